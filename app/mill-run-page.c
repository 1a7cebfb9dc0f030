/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillRunPage: puts the views together and feeds them. */

#include "config.h"

#include "mill-run-page.h"

#include "mill-flow-view.h"
#include "mill-knob-panel.h"
#include "mill-summary-card.h"
#include "mill-timeline-panel.h"

struct _MillRunPage
{
  GtkWidget parent_instance;

  MillRun *run; /* (owned) (nullable) */
  guint tick;   /* 0 unless the page is seen and the run is active */

  /* Template */
  MillFlowView *flow_view;
  MillSummaryCard *summary_card;
  MillTimelinePanel *timeline_panel;
  MillKnobPanel *knob_panel;
};

G_DEFINE_FINAL_TYPE (MillRunPage, mill_run_page, GTK_TYPE_WIDGET)

static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  mill_run_sample (MILL_RUN_PAGE (widget)->run);

  return G_SOURCE_CONTINUE;
}

/* The frame clock is asked for only as long as there is something new to see. */
static void
update_tick (MillRunPage *self)
{
  gboolean is_wanted =
      gtk_widget_get_mapped (GTK_WIDGET (self)) && self->run != NULL && mill_run_is_active (self->run);

  if (is_wanted && self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), tick_cb, NULL, NULL);
  else if (!is_wanted && self->tick != 0)
    {
      gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
      self->tick = 0;
    }
}

static void
ended_cb (MillRunPage *self)
{
  update_tick (self);
  mill_summary_card_show (self->summary_card, self->run);
  gtk_widget_set_visible (GTK_WIDGET (self->summary_card), TRUE);
}

static void
stage_chosen_cb (MillRunPage *self, const char *name)
{
  mill_knob_panel_show_owner (self->knob_panel, name);
}

static void
owner_chosen_cb (MillRunPage *self, const char *name)
{
  mill_timeline_panel_show_stage (self->timeline_panel, name);
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

  forget_run (self);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (mill_run_page_parent_class)->dispose (object);
}

static void
mill_run_page_class_init (MillRunPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mill_run_page_dispose;
  widget_class->map = mill_run_page_map;
  widget_class->unmap = mill_run_page_unmap;

  g_type_ensure (MILL_TYPE_FLOW_VIEW);
  g_type_ensure (MILL_TYPE_SUMMARY_CARD);
  g_type_ensure (MILL_TYPE_TIMELINE_PANEL);
  g_type_ensure (MILL_TYPE_KNOB_PANEL);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/millrace/Millrace/ui/run-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MillRunPage, flow_view);
  gtk_widget_class_bind_template_child (widget_class, MillRunPage, summary_card);
  gtk_widget_class_bind_template_child (widget_class, MillRunPage, timeline_panel);
  gtk_widget_class_bind_template_child (widget_class, MillRunPage, knob_panel);
  gtk_widget_class_bind_template_callback (widget_class, stage_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, owner_chosen_cb);
}

static void
mill_run_page_init (MillRunPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
state_changed_cb (MillRunPage *self)
{
  update_tick (self);
}

/* What is in a run file is what it was opened for, so it comes first; else there is nothing to tell yet. */
static void
show_stored (MillRunPage *self)
{
  GtkWidget *summary = GTK_WIDGET (self->summary_card);
  gboolean is_stored = mill_run_is_stored (self->run);

  gtk_box_reorder_child_after (GTK_BOX (gtk_widget_get_parent (summary)), summary,
                               is_stored ? NULL : GTK_WIDGET (self->flow_view));
  if (is_stored)
    mill_summary_card_show (self->summary_card, self->run);
  gtk_widget_set_visible (summary, is_stored);
}

/**
 * mill_run_page_set_run:
 * @run: (transfer none): what to show
 *
 * Replaces what was shown.
 */
void
mill_run_page_set_run (MillRunPage *self, MillRun *run)
{
  forget_run (self);
  self->run = g_object_ref (run);
  mill_flow_view_set_run (self->flow_view, run);
  mill_timeline_panel_set_run (self->timeline_panel, run);
  mill_knob_panel_set_run (self->knob_panel, run);
  show_stored (self);
  g_signal_connect_object (run, "state-changed", G_CALLBACK (state_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "ended", G_CALLBACK (ended_cb), self, G_CONNECT_SWAPPED);
  update_tick (self);
}
