/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillFlowPage: puts the views together; what is chosen in one is shown in the others. */

#include "config.h"

#include "mill-flow-page.h"

#include "mill-flow-view.h"
#include "mill-knob-panel.h"
#include "mill-limit-card.h"
#include "mill-summary-card.h"
#include "mill-timeline-panel.h"
#include "mill-waits-card.h"

struct _MillFlowPage
{
  GtkWidget parent_instance;

  MillRun *run;        /* (owned) (nullable) */
  gboolean presenting; /* to a room */

  /* Template */
  MillFlowView *flow_view;
  MillLimitCard *limit_card;
  MillWaitsCard *waits_card;
  MillSummaryCard *summary_card;
  MillTimelinePanel *timeline_panel;
  MillKnobPanel *knob_panel;
};

G_DEFINE_FINAL_TYPE (MillFlowPage, mill_flow_page, GTK_TYPE_WIDGET)

/* Shown once there is something to sum up, but not to a room. */
static void
show_summary (MillFlowPage *self, gboolean has_ended)
{
  if (has_ended)
    mill_summary_card_show (self->summary_card, self->run);
  gtk_widget_set_visible (GTK_WIDGET (self->summary_card), has_ended && !self->presenting);
}

static void
ended_cb (MillFlowPage *self)
{
  show_summary (self, TRUE);
}

static void
stage_chosen_cb (MillFlowPage *self, const char *name)
{
  mill_knob_panel_show_owner (self->knob_panel, name);
}

static void
owner_chosen_cb (MillFlowPage *self, const char *name)
{
  mill_timeline_panel_show_stage (self->timeline_panel, name);
}

static void
forget_run (MillFlowPage *self)
{
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_clear_object (&self->run);
}

static void
mill_flow_page_dispose (GObject *object)
{
  MillFlowPage *self = MILL_FLOW_PAGE (object);
  GtkWidget *child;

  forget_run (self);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (mill_flow_page_parent_class)->dispose (object);
}

static void
mill_flow_page_class_init (MillFlowPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mill_flow_page_dispose;

  g_type_ensure (MILL_TYPE_FLOW_VIEW);
  g_type_ensure (MILL_TYPE_LIMIT_CARD);
  g_type_ensure (MILL_TYPE_WAITS_CARD);
  g_type_ensure (MILL_TYPE_SUMMARY_CARD);
  g_type_ensure (MILL_TYPE_TIMELINE_PANEL);
  g_type_ensure (MILL_TYPE_KNOB_PANEL);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/millrace/Millrace/ui/flow-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MillFlowPage, flow_view);
  gtk_widget_class_bind_template_child (widget_class, MillFlowPage, limit_card);
  gtk_widget_class_bind_template_child (widget_class, MillFlowPage, waits_card);
  gtk_widget_class_bind_template_child (widget_class, MillFlowPage, summary_card);
  gtk_widget_class_bind_template_child (widget_class, MillFlowPage, timeline_panel);
  gtk_widget_class_bind_template_child (widget_class, MillFlowPage, knob_panel);
  gtk_widget_class_bind_template_callback (widget_class, stage_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, owner_chosen_cb);
}

static void
mill_flow_page_init (MillFlowPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* What is in a run file is what it was opened for, so it comes first; else there is nothing to tell yet. */
static void
show_stored (MillFlowPage *self)
{
  GtkWidget *summary = GTK_WIDGET (self->summary_card);
  gboolean is_stored = mill_run_is_stored (self->run);

  gtk_box_reorder_child_after (GTK_BOX (gtk_widget_get_parent (summary)), summary,
                               is_stored ? NULL : GTK_WIDGET (self->flow_view));
  show_summary (self, is_stored);
}

/**
 * mill_flow_page_set_run:
 * @run: (transfer none): what to show
 *
 * Replaces what was shown.
 */
void
mill_flow_page_set_run (MillFlowPage *self, MillRun *run)
{
  forget_run (self);
  self->run = g_object_ref (run);
  mill_flow_view_set_run (self->flow_view, run);
  mill_limit_card_set_run (self->limit_card, run);
  mill_waits_card_set_run (self->waits_card, run);
  mill_timeline_panel_set_run (self->timeline_panel, run);
  mill_knob_panel_set_run (self->knob_panel, run);
  show_stored (self);
  g_signal_connect_object (run, "ended", G_CALLBACK (ended_cb), self, G_CONNECT_SWAPPED);
}

static gboolean
has_ended (MillRun *run)
{
  return mill_run_is_stored (run) ||
         (!mill_run_is_active (run) && mill_run_get_state (run) != MILL_STATE_IDLE);
}

/**
 * mill_flow_page_set_presenting:
 * @presenting: whether it is presented to a room
 *
 * Shows the flow and two charts, and takes no key, or shows everything.
 */
void
mill_flow_page_set_presenting (MillFlowPage *self, gboolean presenting)
{
  self->presenting = presenting;
  mill_timeline_panel_set_presenting (self->timeline_panel, presenting);
  mill_waits_card_set_presenting (self->waits_card, presenting);
  gtk_widget_set_visible (GTK_WIDGET (self->knob_panel), !presenting);
  gtk_widget_set_can_focus (GTK_WIDGET (self), !presenting);
  show_summary (self, has_ended (self->run));
}

/**
 * mill_flow_page_show_time:
 * @time_us: since the start of the run, in microseconds
 *
 * Has the charts show what was then.
 */
void
mill_flow_page_show_time (MillFlowPage *self, gint64 time_us)
{
  mill_timeline_panel_show_time (self->timeline_panel, time_us);
}

/**
 * mill_flow_page_measure_flow:
 * @width: how wide it may be, in pixels
 *
 * Returns: how high the flow is then, in the size in which it is shown now; -1 if it needs more width
 */
int
mill_flow_page_measure_flow (MillFlowPage *self, int width)
{
  GtkWidget *flow = GTK_WIDGET (self->flow_view);
  int least, height;

  gtk_widget_measure (flow, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  if (least > width)
    return -1;
  gtk_widget_measure (flow, GTK_ORIENTATION_VERTICAL, width, NULL, &height, NULL, NULL);
  return height;
}
