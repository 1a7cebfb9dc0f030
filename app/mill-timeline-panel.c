/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillTimelinePanel: all charts share one view, which the buttons above them change and follow. Hands events
 * on to the charts as markers. A knob that is dragged gives many events in a row; they become one marker. */

#include "config.h"

#include "mill-timeline-panel.h"

#include <glib/gi18n.h>
#include <string.h>

#include "mill-chart-save.h"
#include "mill-stage-charts.h"
#include "mill-unseen.h"

#define SAME_TURN_US  (700 * G_TIME_SPAN_MILLISECOND)
#define LEAST_SPAN_US (10 * G_TIME_SPAN_SECOND)
#define ARROW         " → "

struct _MillTimelinePanel
{
  GtkBox parent_instance;

  MillTimelineView *view; /* (owned) */
  gboolean following;     /* the buttons are being set to what the view says */
  gboolean presenting;    /* to a room */

  MillRun *run;       /* (owned) (nullable) */
  GPtrArray *charts;  /* (owned) (element-type MillStageCharts): unowned, the stack's */
  guint64 next_event; /* the first one not seen yet */
  MillEvent *turn;    /* (owned) (nullable): a knob's event that may still be followed by more of the same */

  /* Template */
  GtkToggleButton *span_10_s;
  GtkToggleButton *span_1_min;
  GtkToggleButton *span_10_min;
  GtkToggleButton *span_all;
  GtkToggleButton *live_button;
  GtkToggleButton *distribution_button;
  GtkWidget *selection_box;
  GtkLabel *selection_label;
  GtkWidget *tools;
  GtkLabel *presented_label;
  GtkDropDown *stage_drop_down;
  GtkStack *stack;
};

enum
{
  SIGNAL_STAGE_CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MillTimelinePanel, mill_timeline_panel, GTK_TYPE_BOX)

static void
mark (MillTimelinePanel *self, const MillEvent *event)
{
  guint i;

  for (i = 0; i < self->charts->len; i++)
    mill_stage_charts_add_event (g_ptr_array_index (self->charts, i), event);
}

static void
mark_turn (MillTimelinePanel *self)
{
  if (self->turn != NULL)
    mark (self, self->turn);
  g_clear_pointer (&self->turn, mill_event_free);
}

/* Events of one knob begin with the same word: "work.consumers 8 → 0". */
static gboolean
is_same_turn (const MillEvent *before, const MillEvent *event)
{
  gsize length = strcspn (event->text, " ");

  return event->kind == MILL_EVENT_KNOB && event->time_us - before->time_us < SAME_TURN_US &&
         strncmp (before->text, event->text, length + 1) == 0;
}

/* "slots 24 → 25", then "slots 25 → 26": one turn from 24 to 26. */
static void
extend_turn (MillEvent *turn, const MillEvent *event)
{
  const char *old_arrow = strstr (turn->text, ARROW);
  const char *new_arrow = strstr (event->text, ARROW);
  char *text;

  if (old_arrow != NULL && new_arrow != NULL)
    text = g_strdup_printf ("%.*s%s", (int) (old_arrow - turn->text), turn->text, new_arrow);
  else
    text = g_strdup (event->text);
  g_free (turn->text);
  turn->text = text;
  turn->time_us = event->time_us;
}

static void
take_event (MillTimelinePanel *self, const MillEvent *event)
{
  if (self->turn != NULL && is_same_turn (self->turn, event))
    {
      extend_turn (self->turn, event);
      return;
    }

  mark_turn (self);
  if (event->kind == MILL_EVENT_KNOB)
    self->turn = mill_event_copy (event);
  else
    mark (self, event);
}

/* Returns: (transfer none) (nullable) */
static MillTimeline *
get_shown (MillTimelinePanel *self)
{
  GtkWidget *charts = gtk_stack_get_visible_child (self->stack);

  return charts != NULL ? mill_stage_charts_get_timeline (MILL_STAGE_CHARTS (charts)) : NULL;
}

/* The figures stand beside the charts; in words they are the label's name and tooltip. */
static void
show_selection (MillTimelinePanel *self)
{
  GtkWidget *charts = gtk_stack_get_visible_child (self->stack);
  GtkWidget *label = GTK_WIDGET (self->selection_label);
  g_autofree char *head = NULL;
  g_autofree char *text = NULL;

  if (charts != NULL)
    text = mill_stage_charts_describe_selection (MILL_STAGE_CHARTS (charts), &head);
  gtk_widget_set_visible (self->selection_box, text != NULL);
  if (text == NULL || g_strcmp0 (text, gtk_widget_get_tooltip_text (label)) == 0)
    return;

  gtk_label_set_label (self->selection_label, head);
  gtk_widget_set_tooltip_text (label, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
beat_cb (MillTimelinePanel *self)
{
  const MillSnapshot *snapshot = mill_run_get_snapshot (self->run);
  g_autoptr (GPtrArray) events = NULL;
  guint i;

  if (snapshot->n_events > self->next_event)
    {
      events = mill_pipeline_get_events (mill_run_get_pipeline (self->run), self->next_event);
      for (i = 0; i < events->len; i++)
        take_event (self, g_ptr_array_index (events, i));
      if (events->len > 0)
        self->next_event = ((MillEvent *) g_ptr_array_index (events, events->len - 1))->number + 1;
    }

  show_selection (self);
  if (self->turn != NULL && snapshot->elapsed_us - self->turn->time_us >= SAME_TURN_US)
    mark_turn (self);
}

static MillTimelineWindow
get_window (MillTimelinePanel *self)
{
  if (gtk_toggle_button_get_active (self->span_10_s))
    return MILL_TIMELINE_WINDOW_10_S;
  if (gtk_toggle_button_get_active (self->span_1_min))
    return MILL_TIMELINE_WINDOW_1_MIN;
  if (gtk_toggle_button_get_active (self->span_10_min))
    return MILL_TIMELINE_WINDOW_10_MIN;
  return MILL_TIMELINE_WINDOW_ALL;
}

static void
span_toggled_cb (MillTimelinePanel *self, GtkToggleButton *button)
{
  if (gtk_toggle_button_get_active (button) && !self->following)
    mill_timeline_view_set_window (self->view, get_window (self));
}

static void
live_toggled_cb (MillTimelinePanel *self)
{
  MillTimeline *timeline = get_shown (self);

  if (self->following)
    return;
  if (gtk_toggle_button_get_active (self->live_button))
    mill_timeline_view_follow (self->view, 0);
  else if (timeline != NULL)
    mill_timeline_freeze (timeline);
  /* Before the first frame there is nothing to stay at. */
  gtk_toggle_button_set_active (self->live_button, mill_timeline_view_get_live (self->view));
}

static void
distribution_toggled_cb (MillTimelinePanel *self)
{
  const gboolean distribution = gtk_toggle_button_get_active (self->distribution_button);
  guint i;

  for (i = 0; i < self->charts->len; i++)
    mill_stage_charts_set_distribution (g_ptr_array_index (self->charts, i), distribution);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "charts.save-png", !distribution);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "charts.save-svg", !distribution);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "charts.save-csv", !distribution);
}

static void
clear_selection_cb (MillTimelinePanel *self)
{
  MillTimeline *timeline = get_shown (self);

  mill_timeline_view_clear_selection (self->view);
  if (timeline != NULL && gtk_widget_get_mapped (GTK_WIDGET (timeline)))
    gtk_widget_grab_focus (GTK_WIDGET (timeline));
}

/* None of the buttons of the time is on while the view is zoomed or frozen: each leads back. */
static void
view_changed_cb (MillTimelinePanel *self)
{
  const MillTimelineWindow window = mill_timeline_view_get_window (self->view);
  const gboolean live = mill_timeline_view_get_live (self->view);
  const gboolean plain = live && mill_timeline_view_get_length (self->view) == 0;

  self->following = TRUE;
  gtk_toggle_button_set_active (self->live_button, live);
  gtk_toggle_button_set_active (self->span_10_s, plain && window == MILL_TIMELINE_WINDOW_10_S);
  gtk_toggle_button_set_active (self->span_1_min, plain && window == MILL_TIMELINE_WINDOW_1_MIN);
  gtk_toggle_button_set_active (self->span_10_min, plain && window == MILL_TIMELINE_WINDOW_10_MIN);
  gtk_toggle_button_set_active (self->span_all, plain && window == MILL_TIMELINE_WINDOW_ALL);
  self->following = FALSE;
  show_selection (self);
}

static const char *
get_stage_name (MillTimelinePanel *self, guint index)
{
  return mill_stage_get_name (mill_pipeline_get_stage (mill_run_get_pipeline (self->run), index));
}

static void
stage_selected_cb (MillTimelinePanel *self)
{
  guint selected = gtk_drop_down_get_selected (self->stage_drop_down);

  if (selected >= self->charts->len)
    return;
  gtk_stack_set_visible_child (self->stack, g_ptr_array_index (self->charts, selected));
  gtk_label_set_label (self->presented_label, get_stage_name (self, selected));
  show_selection (self);
  g_signal_emit (self, signals[SIGNAL_STAGE_CHOSEN], 0, get_stage_name (self, selected));
}

static void
add_charts (MillTimelinePanel *self, guint stage)
{
  GtkWidget *charts = mill_stage_charts_new (self->run, stage, self->view);

  mill_stage_charts_set_distribution (MILL_STAGE_CHARTS (charts),
                                      gtk_toggle_button_get_active (self->distribution_button));
  mill_stage_charts_set_presenting (MILL_STAGE_CHARTS (charts), self->presenting);
  mill_unseen_hide (charts);
  gtk_stack_add_child (self->stack, charts);
  g_ptr_array_add (self->charts, charts);
}

static void
remove_charts (MillTimelinePanel *self)
{
  guint i;

  for (i = 0; i < self->charts->len; i++)
    gtk_stack_remove (self->stack, g_ptr_array_index (self->charts, i));
  g_ptr_array_set_size (self->charts, 0);
}

static void
forget_run (MillTimelinePanel *self)
{
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_clear_object (&self->run);
  g_clear_pointer (&self->turn, mill_event_free);
  self->next_event = 0;
}

/* "Mixed pipeline – fetch" */
static char *
suggest_name (MillTimelinePanel *self)
{
  const guint selected = MIN (gtk_drop_down_get_selected (self->stage_drop_down), self->charts->len - 1);
  char *name = g_strdup_printf ("%s – %s", mill_job_get_name (mill_run_get_job (self->run)),
                                get_stage_name (self, selected));

  return g_strdelimit (name, "/\\", '-');
}

static void
save_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MillTimelinePanel *self = MILL_TIMELINE_PANEL (widget);
  MillTimeline *timeline = get_shown (self);
  MillChartFormat format = MILL_CHART_PNG;
  g_autofree char *name = NULL;

  if (timeline == NULL || !gtk_widget_get_mapped (GTK_WIDGET (timeline)))
    return;
  if (g_str_equal (action, "charts.save-svg"))
    format = MILL_CHART_SVG;
  else if (g_str_equal (action, "charts.save-csv"))
    format = MILL_CHART_CSV;
  name = suggest_name (self);
  mill_chart_save (timeline, format, name);
}

static void
mill_timeline_panel_dispose (GObject *object)
{
  MillTimelinePanel *self = MILL_TIMELINE_PANEL (object);

  forget_run (self);
  g_ptr_array_set_size (self->charts, 0);

  G_OBJECT_CLASS (mill_timeline_panel_parent_class)->dispose (object);
}

static void
mill_timeline_panel_finalize (GObject *object)
{
  MillTimelinePanel *self = MILL_TIMELINE_PANEL (object);

  g_clear_pointer (&self->charts, g_ptr_array_unref);
  g_clear_object (&self->view);

  G_OBJECT_CLASS (mill_timeline_panel_parent_class)->finalize (object);
}

static void
mill_timeline_panel_class_init (MillTimelinePanelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mill_timeline_panel_dispose;
  object_class->finalize = mill_timeline_panel_finalize;

  /**
   * MillTimelinePanel::stage-chosen:
   * @name: the stage
   *
   * Other charts are shown now.
   */
  signals[SIGNAL_STAGE_CHOSEN] = g_signal_new ("stage-chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                               0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_install_action (widget_class, "charts.save-png", NULL, save_action);
  gtk_widget_class_install_action (widget_class, "charts.save-svg", NULL, save_action);
  gtk_widget_class_install_action (widget_class, "charts.save-csv", NULL, save_action);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/millrace/Millrace/ui/timeline-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, MillTimelinePanel, span_10_s);
  gtk_widget_class_bind_template_child (widget_class, MillTimelinePanel, span_1_min);
  gtk_widget_class_bind_template_child (widget_class, MillTimelinePanel, span_10_min);
  gtk_widget_class_bind_template_child (widget_class, MillTimelinePanel, span_all);
  gtk_widget_class_bind_template_child (widget_class, MillTimelinePanel, live_button);
  gtk_widget_class_bind_template_child (widget_class, MillTimelinePanel, distribution_button);
  gtk_widget_class_bind_template_child (widget_class, MillTimelinePanel, selection_box);
  gtk_widget_class_bind_template_child (widget_class, MillTimelinePanel, selection_label);
  gtk_widget_class_bind_template_child (widget_class, MillTimelinePanel, tools);
  gtk_widget_class_bind_template_child (widget_class, MillTimelinePanel, presented_label);
  gtk_widget_class_bind_template_child (widget_class, MillTimelinePanel, stage_drop_down);
  gtk_widget_class_bind_template_child (widget_class, MillTimelinePanel, stack);
  gtk_widget_class_bind_template_callback (widget_class, span_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, live_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, distribution_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, clear_selection_cb);
  gtk_widget_class_bind_template_callback (widget_class, stage_selected_cb);
}

static void
mill_timeline_panel_init (MillTimelinePanel *self)
{
  self->charts = g_ptr_array_new ();
  self->view = mill_timeline_view_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->view, "changed", G_CALLBACK (view_changed_cb), self, G_CONNECT_SWAPPED);
  mill_timeline_view_set_window (self->view, MILL_TIMELINE_WINDOW_ALL);
}

/**
 * mill_timeline_panel_set_run:
 * @run: (transfer none): what to show
 *
 * Replaces all charts.
 */
void
mill_timeline_panel_set_run (MillTimelinePanel *self, MillRun *run)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint n_stages = mill_pipeline_get_n_stages (mill_run_get_pipeline (run));
  guint i;

  forget_run (self);
  remove_charts (self);
  mill_timeline_view_clear_selection (self->view);
  mill_timeline_view_clear_crosshair (self->view);
  mill_timeline_view_follow (self->view, 0);
  self->run = g_object_ref (run);
  for (i = 0; i < n_stages; i++)
    {
      add_charts (self, i);
      gtk_string_list_append (names, get_stage_name (self, i));
    }
  gtk_drop_down_set_model (self->stage_drop_down, G_LIST_MODEL (names));
  gtk_widget_set_visible (GTK_WIDGET (self->stage_drop_down), n_stages > 1);
  g_signal_connect_object (run, "beat", G_CALLBACK (beat_cb), self, G_CONNECT_SWAPPED);
}

/**
 * mill_timeline_panel_show_stage:
 * @name: a stage
 *
 * Shows its charts; a name that no stage has changes nothing.
 */
void
mill_timeline_panel_show_stage (MillTimelinePanel *self, const char *name)
{
  guint i;

  for (i = 0; i < self->charts->len; i++)
    if (g_strcmp0 (get_stage_name (self, i), name) == 0)
      gtk_drop_down_set_selected (self->stage_drop_down, i);
}

/**
 * mill_timeline_panel_show_time:
 * @time_us: since the start of the run, in microseconds
 *
 * Freezes the charts with that time in view, and puts the crosshair there. How much time is shown stays as it
 * is, if there is enough of it to see.
 */
void
mill_timeline_panel_show_time (MillTimelinePanel *self, gint64 time_us)
{
  MillTimeline *timeline = get_shown (self);
  gint64 from_us = 0, to_us = 0;

  if (timeline == NULL)
    return;
  gtk_toggle_button_set_active (self->distribution_button, FALSE);
  mill_timeline_get_span (timeline, &from_us, &to_us);
  if (time_us < from_us || time_us > to_us || to_us - from_us < LEAST_SPAN_US)
    {
      gint64 length_us = MAX (to_us - from_us, LEAST_SPAN_US);

      from_us = MAX (time_us - length_us / 2, 0);
      to_us = from_us + length_us;
    }
  mill_timeline_view_freeze (self->view, from_us, to_us);
  mill_timeline_set_crosshair (timeline, time_us);
  if (gtk_widget_get_mapped (GTK_WIDGET (timeline)))
    gtk_widget_grab_focus (GTK_WIDGET (timeline));
}

/**
 * mill_timeline_panel_set_presenting:
 * @presenting: whether it is presented to a room
 *
 * Shows two charts and nothing to press, or everything.
 */
void
mill_timeline_panel_set_presenting (MillTimelinePanel *self, gboolean presenting)
{
  self->presenting = presenting;
  gtk_widget_set_visible (self->tools, !presenting);
  gtk_widget_set_visible (GTK_WIDGET (self->presented_label), presenting && self->charts->len > 1);
  for (guint i = 0; i < self->charts->len; i++)
    mill_stage_charts_set_presenting (g_ptr_array_index (self->charts, i), presenting);
}
