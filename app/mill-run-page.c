/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillRunPage: the pages of a run, and the frame clock that feeds them. */

#include "config.h"

#include "mill-run-page.h"

#include <adwaita.h>

#include "mill-alert-banner.h"
#include "mill-dead-letters-page.h"
#include "mill-events-page.h"
#include "mill-flow-page.h"
#include "mill-items-page.h"
#include "mill-pace.h"
#include "mill-shutdown-page.h"
#include "mill-unseen.h"

/* The other pages have no gauges that move; words and counts are read no faster than this. */
#define QUIET_SPACING_MS 200

#define ROOM_MARGIN  20 /* beside the flow, when it is presented */
#define FLOW_PERCENT 50 /* of the screen's height, at most */

/* By how many per cent type is enlarged for a room; each has its class in style.css. */
static const int scales[] = { 300, 260, 230, 200, 180, 160, 140, 120 };

struct _MillRunPage
{
  GtkWidget parent_instance;

  MillRun *run;      /* (owned) (nullable) */
  guint tick;        /* 0 unless the flow is seen and the run is active */
  guint timer;       /* 0 unless another page is seen and the run is active */
  gint64 pace;       /* of mill_pace_is_due() */
  char *scale_class; /* (owned) (nullable): NULL unless it is presented to a room */

  /* Template */
  MillAlertBanner *alert_banner;
  AdwViewStack *view_stack;
  GtkWidget *switcher;
  MillFlowPage *flow_page;
  MillItemsPage *items_page;
  MillDeadLettersPage *dead_letters_page;
  MillEventsPage *events_page;
  MillShutdownPage *shutdown_page;
  AdwViewStackPage *dead_letters_tab;
};

G_DEFINE_FINAL_TYPE (MillRunPage, mill_run_page, GTK_TYPE_WIDGET)

static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  MillRunPage *self = MILL_RUN_PAGE (widget);

  if (mill_pace_is_due (&self->pace, gdk_frame_clock_get_frame_time (clock)))
    mill_run_sample (self->run);

  return G_SOURCE_CONTINUE;
}

static gboolean
timer_cb (gpointer user_data)
{
  mill_run_sample (MILL_RUN_PAGE (user_data)->run);

  return G_SOURCE_CONTINUE;
}

/* The frame clock is asked for only as long as there is something that moves to see. */
static void
update_tick (MillRunPage *self)
{
  gboolean is_wanted =
      gtk_widget_get_mapped (GTK_WIDGET (self)) && self->run != NULL && mill_run_is_active (self->run);
  gboolean is_moving = is_wanted && gtk_widget_get_mapped (GTK_WIDGET (self->flow_page));

  if (is_moving && self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), tick_cb, NULL, NULL);
  else if (!is_moving && self->tick != 0)
    {
      gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
      self->tick = 0;
    }

  if (is_wanted && !is_moving && self->timer == 0)
    self->timer = g_timeout_add (QUIET_SPACING_MS, timer_cb, self);
  else if (!is_wanted || is_moving)
    g_clear_handle_id (&self->timer, g_source_remove);
}

static void
beat_cb (MillRunPage *self)
{
  guint64 n_dead = mill_run_get_snapshot (self->run)->dead;

  adw_view_stack_page_set_badge_number (self->dead_letters_tab, (guint) MIN (n_dead, G_MAXUINT));
}

static void
time_chosen_cb (MillRunPage *self, gint64 time_us)
{
  mill_run_page_show_page (self, "flow");
  mill_flow_page_show_time (self->flow_page, time_us);
}

static void
mill_run_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (mill_run_page_parent_class)->map (widget);
  update_tick (MILL_RUN_PAGE (widget));
}

static void
mill_run_page_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (mill_run_page_parent_class)->unmap (widget);
  update_tick (MILL_RUN_PAGE (widget));
}

static void
forget_run (MillRunPage *self)
{
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_clear_object (&self->run);
}

static void
mill_run_page_dispose (GObject *object)
{
  MillRunPage *self = MILL_RUN_PAGE (object);
  GtkWidget *child;

  g_clear_handle_id (&self->timer, g_source_remove);
  forget_run (self);
  g_clear_pointer (&self->scale_class, g_free);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (mill_run_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/millrace/Millrace/ui/run-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MillRunPage, alert_banner);
  gtk_widget_class_bind_template_child (widget_class, MillRunPage, view_stack);
  gtk_widget_class_bind_template_child (widget_class, MillRunPage, switcher);
  gtk_widget_class_bind_template_child (widget_class, MillRunPage, flow_page);
  gtk_widget_class_bind_template_child (widget_class, MillRunPage, items_page);
  gtk_widget_class_bind_template_child (widget_class, MillRunPage, dead_letters_page);
  gtk_widget_class_bind_template_child (widget_class, MillRunPage, events_page);
  gtk_widget_class_bind_template_child (widget_class, MillRunPage, shutdown_page);
  gtk_widget_class_bind_template_child (widget_class, MillRunPage, dead_letters_tab);
  gtk_widget_class_bind_template_callback (widget_class, time_chosen_cb);
}

/* The parameter is a page's name. */
static void
show_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mill_run_page_show_page (MILL_RUN_PAGE (widget), g_variant_get_string (parameter, NULL));
}

static void
mill_run_page_class_init (MillRunPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mill_run_page_dispose;
  widget_class->map = mill_run_page_map;
  widget_class->unmap = mill_run_page_unmap;

  g_type_ensure (MILL_TYPE_ALERT_BANNER);
  g_type_ensure (MILL_TYPE_FLOW_PAGE);
  g_type_ensure (MILL_TYPE_ITEMS_PAGE);
  g_type_ensure (MILL_TYPE_DEAD_LETTERS_PAGE);
  g_type_ensure (MILL_TYPE_EVENTS_PAGE);
  g_type_ensure (MILL_TYPE_SHUTDOWN_PAGE);
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "run.show", "s", show_action);
}

static void
mill_run_page_init (MillRunPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  mill_unseen_hide_children (GTK_WIDGET (self->view_stack));
  g_signal_connect_object (self->flow_page, "map", G_CALLBACK (update_tick), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (self->flow_page, "unmap", G_CALLBACK (update_tick), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}

/**
 * mill_run_page_set_run:
 * @run: (transfer none): what to show
 *
 * Replaces what was shown, and shows its flow.
 */
void
mill_run_page_set_run (MillRunPage *self, MillRun *run)
{
  forget_run (self);
  self->run = g_object_ref (run);
  mill_alert_banner_set_run (self->alert_banner, run);
  mill_flow_page_set_run (self->flow_page, run);
  mill_items_page_set_run (self->items_page, run);
  mill_dead_letters_page_set_run (self->dead_letters_page, run);
  mill_events_page_set_run (self->events_page, run);
  mill_shutdown_page_set_run (self->shutdown_page, run);
  adw_view_stack_set_visible_child_name (self->view_stack, "flow");
  g_signal_connect_object (run, "beat", G_CALLBACK (beat_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "state-changed", G_CALLBACK (update_tick), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "ended", G_CALLBACK (update_tick), self, G_CONNECT_SWAPPED);
  beat_cb (self);
  update_tick (self);
}

/**
 * mill_run_page_show_page:
 * @name: “flow”, “items”, “dead-letters”, “events” or “shutdown”
 *
 * Shows this page; one that is not there changes nothing.
 */
void
mill_run_page_show_page (MillRunPage *self, const char *name)
{
  GtkWidget *child = adw_view_stack_get_child_by_name (self->view_stack, name);

  if (child != NULL && adw_view_stack_page_get_visible (adw_view_stack_get_page (self->view_stack, child)))
    adw_view_stack_set_visible_child (self->view_stack, child);
}

/* The largest of the scales at which the flow still fits, and leaves the charts their part. All of it is as
 * large as the type, so that it can be measured in its usual size. */
static int
choose_scale (MillRunPage *self, int width, int height)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (scales) - 1; i++)
    {
      int needed = mill_flow_page_measure_flow (self->flow_page, (width - 2 * ROOM_MARGIN) * 100 / scales[i]);

      if (needed >= 0 && needed * scales[i] <= height * FLOW_PERCENT)
        break;
    }
  return scales[i];
}

/**
 * mill_run_page_present:
 * @width: of the screen, in pixels
 * @height: of the screen, in pixels
 *
 * Shows the flow and two charts only, as large as the screen allows, for people at the back of a room.
 */
void
mill_run_page_present (MillRunPage *self, int width, int height)
{
  mill_run_page_show_page (self, "flow");
  self->scale_class = g_strdup_printf ("scale-%d", choose_scale (self, width, height));
  gtk_widget_add_css_class (GTK_WIDGET (self), "presented");
  gtk_widget_add_css_class (GTK_WIDGET (self), self->scale_class);
  gtk_widget_set_visible (self->switcher, FALSE);
  mill_alert_banner_set_presenting (self->alert_banner, TRUE);
  mill_flow_page_set_presenting (self->flow_page, TRUE);
}

/**
 * mill_run_page_end_presentation:
 *
 * Shows everything again, in its usual size.
 */
void
mill_run_page_end_presentation (MillRunPage *self)
{
  gtk_widget_remove_css_class (GTK_WIDGET (self), "presented");
  gtk_widget_remove_css_class (GTK_WIDGET (self), self->scale_class);
  g_clear_pointer (&self->scale_class, g_free);
  gtk_widget_set_visible (self->switcher, TRUE);
  mill_alert_banner_set_presenting (self->alert_banner, FALSE);
  mill_flow_page_set_presenting (self->flow_page, FALSE);
}
