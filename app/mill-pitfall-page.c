/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillPitfallPage: a run that is not wanted any more is cancelled, and freed by a thread, as that waits for
 * its end.
 */

#include "config.h"

#include "mill-pitfall-page.h"

#include <glib/gi18n.h>

#include "mill-pace.h"
#include "mill-pitfall-column.h"

/* What is shown of the time at first; most end within it. */
#define FIRST_SPAN_US (6 * (gint64) G_USEC_PER_SEC)

/* An axis for curves that are all zeros. */
#define LEAST_TOP 1.0

struct _MillPitfallPage
{
  GtkWidget parent_instance;

  MillJob *job;           /* (owned) (nullable) */
  MillPitfall *pitfall;   /* (owned) (nullable) */
  MillPitfallRun *run;    /* (owned) (nullable): NULL before the first one */
  MillTimelineView *view; /* (owned): of both columns */
  gboolean is_running;    /* as far as is known */
  guint tick;             /* 0 unless it runs and is seen */
  gint64 pace;            /* of mill_pace_is_due() */

  /* Template */
  GtkLabel *advice_label;
  GtkLabel *order_label;
  GtkWidget *again_button;
  MillPitfallColumn *wrong_column;
  MillPitfallColumn *cured_column;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MillPitfallPage, mill_pitfall_page, GTK_TYPE_WIDGET)

static gpointer
free_run (gpointer run)
{
  g_object_unref (run);
  return NULL;
}

static void
forget_run (MillPitfallPage *self)
{
  if (self->run == NULL)
    return;
  mill_pitfall_run_cancel (self->run);
  g_thread_unref (g_thread_new ("mill-pitfall", free_run, g_steal_pointer (&self->run)));
  self->is_running = FALSE;
}

/* A longer run is shown whole, unless the user has chosen what to see. */
static void
widen_time (MillPitfallPage *self, gint64 now_us)
{
  if (now_us > FIRST_SPAN_US && mill_timeline_view_get_live (self->view) &&
      mill_timeline_view_get_length (self->view) == FIRST_SPAN_US)
    mill_timeline_view_follow (self->view, 0);
}

static void
show_run (MillPitfallPage *self, gboolean is_new)
{
  gint64 now_us;
  double top;

  mill_pitfall_column_show_run (self->wrong_column, self->run, is_new);
  mill_pitfall_column_show_run (self->cured_column, self->run, is_new);
  now_us = MAX (mill_pitfall_column_get_now (self->wrong_column),
                mill_pitfall_column_get_now (self->cured_column));
  top = MAX (mill_pitfall_column_get_top (self->wrong_column),
             mill_pitfall_column_get_top (self->cured_column));
  top = MAX (top, LEAST_TOP);
  widen_time (self, now_us);
  mill_pitfall_column_set_axes (self->wrong_column, now_us, top);
  mill_pitfall_column_set_axes (self->cured_column, now_us, top);
}

static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  MillPitfallPage *self = MILL_PITFALL_PAGE (widget);

  if (!mill_pace_is_due (&self->pace, gdk_frame_clock_get_frame_time (clock)))
    return G_SOURCE_CONTINUE;
  /* Asked for first, so that what is shown then is all. */
  self->is_running = !mill_pitfall_run_is_over (self->run);
  show_run (self, FALSE);
  if (self->is_running)
    return G_SOURCE_CONTINUE;
  self->tick = 0;
  gtk_widget_set_visible (self->again_button, TRUE);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  return G_SOURCE_REMOVE;
}

static void
update_tick (MillPitfallPage *self)
{
  gboolean is_moving = self->is_running && gtk_widget_get_mapped (GTK_WIDGET (self));

  if (is_moving && self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), tick_cb, NULL, NULL);
  else if (!is_moving && self->tick != 0)
    {
      gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
      self->tick = 0;
    }
}

static void
mill_pitfall_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (mill_pitfall_page_parent_class)->map (widget);
  update_tick (MILL_PITFALL_PAGE (widget));
}

static void
mill_pitfall_page_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (mill_pitfall_page_parent_class)->unmap (widget);
  update_tick (MILL_PITFALL_PAGE (widget));
}

static void
mill_pitfall_page_dispose (GObject *object)
{
  MillPitfallPage *self = MILL_PITFALL_PAGE (object);
  GtkWidget *child;

  forget_run (self);
  update_tick (self);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->job);
  g_clear_object (&self->pitfall);
  g_clear_object (&self->view);

  G_OBJECT_CLASS (mill_pitfall_page_parent_class)->dispose (object);
}

static void
mill_pitfall_page_class_init (MillPitfallPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mill_pitfall_page_dispose;
  widget_class->map = mill_pitfall_page_map;
  widget_class->unmap = mill_pitfall_page_unmap;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (MILL_TYPE_PITFALL_COLUMN);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/millrace/Millrace/ui/pitfall-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MillPitfallPage, advice_label);
  gtk_widget_class_bind_template_child (widget_class, MillPitfallPage, order_label);
  gtk_widget_class_bind_template_child (widget_class, MillPitfallPage, again_button);
  gtk_widget_class_bind_template_child (widget_class, MillPitfallPage, wrong_column);
  gtk_widget_class_bind_template_child (widget_class, MillPitfallPage, cured_column);
}

static void
mill_pitfall_page_init (MillPitfallPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->view = mill_timeline_view_new ();
  mill_timeline_view_set_window (self->view, MILL_TIMELINE_WINDOW_ALL);
  mill_timeline_view_follow (self->view, FIRST_SPAN_US);
}

/**
 * mill_pitfall_page_set_job:
 * @job: (transfer none): a job that is a pitfall
 *
 * Shows it, ready to be started; what was shown before ends.
 */
void
mill_pitfall_page_set_job (MillPitfallPage *self, MillJob *job)
{
  forget_run (self);
  update_tick (self);
  g_set_object (&self->job, job);
  g_clear_object (&self->pitfall);
  self->pitfall = mill_job_build_pitfall (job, NULL);
  gtk_label_set_label (self->advice_label, mill_pitfall_get_advice (self->pitfall));
  gtk_label_set_label (self->order_label,
                       mill_pitfall_is_apart (self->pitfall)
                           ? _ ("Same load, same axes; one after the other, as each would slow the "
                                "other down.")
                           : _ ("Same load, same axes, at the same time."));
  mill_pitfall_column_set_up (self->wrong_column, self->pitfall, MILL_VARIANT_WRONG, self->view);
  mill_pitfall_column_set_up (self->cured_column, self->pitfall, MILL_VARIANT_CURED, self->view);
}

/**
 * mill_pitfall_page_get_job:
 *
 * Returns: (transfer none) (nullable): what it shows
 */
MillJob *
mill_pitfall_page_get_job (MillPitfallPage *self)
{
  return self->job;
}

/**
 * mill_pitfall_page_start:
 *
 * Runs both variants; once more, if they have run.
 */
void
mill_pitfall_page_start (MillPitfallPage *self)
{
  forget_run (self);
  self->run = mill_pitfall_run_new (self->pitfall);
  mill_timeline_view_clear_selection (self->view);
  mill_timeline_view_clear_crosshair (self->view);
  mill_timeline_view_follow (self->view, FIRST_SPAN_US);
  gtk_widget_set_visible (self->again_button, FALSE);
  mill_pitfall_run_start (self->run);
  self->is_running = TRUE;
  show_run (self, TRUE);
  update_tick (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/**
 * mill_pitfall_page_stop:
 *
 * Lets both variants end soon; what they have shown stays.
 */
void
mill_pitfall_page_stop (MillPitfallPage *self)
{
  if (self->run != NULL)
    mill_pitfall_run_cancel (self->run);
}

/**
 * mill_pitfall_page_is_running:
 *
 * Returns: whether the variants run, as far as can be seen
 */
gboolean
mill_pitfall_page_is_running (MillPitfallPage *self)
{
  return self->is_running;
}
