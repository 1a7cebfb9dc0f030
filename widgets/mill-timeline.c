/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The timeline: its rows, markers and properties. Every change only asks for an allocation; layout and
 * columns are computed there, once per frame, and the snapshot draws them.
 */
#include "config.h"

#include "mill-timeline-private.h"

#include <math.h>

#include "mill-name.h"

/* In units of mill_text_unit(). */
#define MINIMUM_ROW   52.0
#define NATURAL_ROW   82.0
#define BANDS         44.0
#define MINIMUM_WIDTH 280.0
#define NATURAL_WIDTH 720.0

/* A run of any length keeps the newest of them. */
#define MAX_MARKERS 1000

typedef enum
{
  PROP_LABEL = 1,
  PROP_EMPTY_TEXT,
  PROP_WINDOW,
  PROP_ORIGIN,
  PROP_NOW,
  PROP_VIEW
} MillTimelineProperty;

static GParamSpec *properties[PROP_VIEW + 1];

G_DEFINE_FINAL_TYPE (MillTimeline, mill_timeline, GTK_TYPE_WIDGET)

void
mill_timeline_changed (MillTimeline *self)
{
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
window_changed_cb (MillTimeline *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WINDOW]);
}

static void
forget_view (MillTimeline *self)
{
  if (self->view != NULL)
    g_signal_handlers_disconnect_by_data (self->view, self);
  g_clear_object (&self->view);
}

static void
take_view (MillTimeline *self, MillTimelineView *view)
{
  self->view = view;
  g_signal_connect_swapped (view, "notify::window", G_CALLBACK (window_changed_cb), self);
  g_signal_connect_swapped (view, "changed", G_CALLBACK (mill_timeline_changed), self);
}

static void
free_text (gpointer data)
{
  mill_text_clear (data);
  g_free (data);
}

static void
free_row (gpointer data)
{
  mill_timeline_row_detach (data);
  g_object_unref (data);
}

static void
mill_timeline_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                       int *natural, int *minimum_baseline, int *natural_baseline)
{
  MillTimeline *self = MILL_TIMELINE (widget);
  const double unit = mill_text_unit (widget);
  const guint n = MAX (self->rows->len, 1);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = (int) ceil (MINIMUM_WIDTH * unit);
      *natural = (int) ceil (NATURAL_WIDTH * unit);
    }
  else
    {
      *minimum = (int) ceil ((BANDS + n * MINIMUM_ROW) * unit);
      *natural = (int) ceil ((BANDS + n * NATURAL_ROW) * unit);
    }
}

static void
mill_timeline_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  mill_timeline_update (MILL_TIMELINE (widget), width, height);
}

static void
mill_timeline_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  MillTimeline *self = MILL_TIMELINE (object);

  switch ((MillTimelineProperty) property_id)
    {
    case PROP_LABEL:
      g_value_set_string (value, self->label);
      break;
    case PROP_EMPTY_TEXT:
      g_value_set_string (value, self->empty_text.string);
      break;
    case PROP_WINDOW:
      g_value_set_enum (value, (int) mill_timeline_get_window (self));
      break;
    case PROP_ORIGIN:
      g_value_set_int64 (value, self->origin);
      break;
    case PROP_NOW:
      g_value_set_int64 (value, self->now);
      break;
    case PROP_VIEW:
      g_value_set_object (value, self->view);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
mill_timeline_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  MillTimeline *self = MILL_TIMELINE (object);

  switch ((MillTimelineProperty) property_id)
    {
    case PROP_LABEL:
      mill_timeline_set_label (self, g_value_get_string (value));
      break;
    case PROP_EMPTY_TEXT:
      mill_timeline_set_empty_text (self, g_value_get_string (value));
      break;
    case PROP_WINDOW:
      mill_timeline_set_window (self, (MillTimelineWindow) g_value_get_enum (value));
      break;
    case PROP_ORIGIN:
      mill_timeline_set_origin (self, g_value_get_int64 (value));
      break;
    case PROP_NOW:
      mill_timeline_set_now (self, g_value_get_int64 (value));
      break;
    case PROP_VIEW:
      mill_timeline_set_view (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
mill_timeline_finalize (GObject *object)
{
  MillTimeline *self = MILL_TIMELINE (object);

  forget_view (self);
  g_ptr_array_unref (self->rows);
  g_clear_pointer (&self->all_rows, g_ptr_array_unref);
  g_ptr_array_unref (self->markers);
  g_ptr_array_unref (self->ticks);
  g_ptr_array_unref (self->box);
  g_array_unref (self->box_colors);
  mill_text_clear (&self->empty_text);
  mill_text_clear (&self->selection_text);
  g_free (self->label);

  G_OBJECT_CLASS (mill_timeline_parent_class)->finalize (object);
}

static void
mill_timeline_class_init (MillTimelineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = mill_timeline_get_property;
  object_class->set_property = mill_timeline_set_property;
  object_class->finalize = mill_timeline_finalize;
  widget_class->measure = mill_timeline_measure;
  widget_class->size_allocate = mill_timeline_size_allocate;
  widget_class->snapshot = mill_timeline_snapshot;

  properties[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, NULL, flags);
  properties[PROP_EMPTY_TEXT] = g_param_spec_string ("empty-text", NULL, NULL, "", flags);
  properties[PROP_WINDOW] =
      g_param_spec_enum ("window", NULL, NULL, MILL_TYPE_TIMELINE_WINDOW, MILL_TIMELINE_WINDOW_1_MIN, flags);
  properties[PROP_ORIGIN] = g_param_spec_int64 ("origin", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_NOW] = g_param_spec_int64 ("now", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_VIEW] = g_param_spec_object ("view", NULL, NULL, MILL_TYPE_TIMELINE_VIEW, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  mill_timeline_install_actions (widget_class);
  gtk_widget_class_set_css_name (widget_class, "milltimeline");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
mill_timeline_init (MillTimeline *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  self->rows = g_ptr_array_new_with_free_func (free_row);
  self->markers = g_ptr_array_new_with_free_func ((GDestroyNotify) mill_timeline_marker_free);
  self->ticks = g_ptr_array_new_with_free_func (free_text);
  self->box = g_ptr_array_new_with_free_func (free_text);
  self->box_colors = g_array_new (FALSE, FALSE, sizeof (int));
  self->stats_to = -1;
  take_view (self, mill_timeline_view_new ());
  mill_text_init (&self->empty_text, widget, 1.15, PANGO_WEIGHT_NORMAL);
  mill_text_init (&self->selection_text, widget, 0.74, PANGO_WEIGHT_SEMIBOLD);
  gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);
  mill_timeline_init_input (self);
  mill_palette_watch (widget);
}

gboolean
mill_timeline_has_data (MillTimeline *self)
{
  guint i;

  for (i = 0; i < self->rows->len; i++)
    if (mill_timeline_row_has_data (g_ptr_array_index (self->rows, i)))
      return TRUE;

  return FALSE;
}

/**
 * mill_timeline_new:
 *
 * Returns: (transfer floating): a timeline without rows, showing one minute
 */
GtkWidget *
mill_timeline_new (void)
{
  return g_object_new (MILL_TYPE_TIMELINE, NULL);
}

/**
 * mill_timeline_add_row:
 * @self: a timeline
 * @kind: how it is drawn
 * @title: what it is called, such as “Queue depth”
 * @color: the colour of its area
 *
 * Adds a row below the others. Give it series with mill_timeline_row_add_series().
 *
 * Returns: (transfer none): the row
 */
MillTimelineRow *
mill_timeline_add_row (MillTimeline *self, MillTimelineKind kind, const char *title, MillColor color)
{
  MillTimelineRow *row;

  g_return_val_if_fail (MILL_IS_TIMELINE (self), NULL);

  row = mill_timeline_row_new (GTK_WIDGET (self), kind, title, color);
  g_ptr_array_add (self->rows, row);
  gtk_widget_queue_resize (GTK_WIDGET (self));

  return row;
}

/**
 * mill_timeline_remove_row:
 * @self: a timeline
 * @row: one of its rows
 *
 * Removes a row with its series.
 */
void
mill_timeline_remove_row (MillTimeline *self, MillTimelineRow *row)
{
  g_return_if_fail (MILL_IS_TIMELINE (self));

  if (g_ptr_array_remove (self->rows, row))
    gtk_widget_queue_resize (GTK_WIDGET (self));
}

/**
 * mill_timeline_remove_all_rows:
 * @self: a timeline
 *
 * Removes all rows and markers.
 */
void
mill_timeline_remove_all_rows (MillTimeline *self)
{
  g_return_if_fail (MILL_IS_TIMELINE (self));

  g_ptr_array_set_size (self->rows, 0);
  g_ptr_array_set_size (self->markers, 0);
  mill_timeline_view_clear_selection (self->view);
  mill_timeline_clear_crosshair (self);
  self->layout_width = 0;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/**
 * mill_timeline_show_only:
 * @self: a timeline
 * @rows: (array length=n_rows) (nullable): some of its rows, in the order in which to show them
 * @n_rows: how many; 0 for all rows
 *
 * Shows these rows only; the others go on recording. Until all are shown again, no row may be added or
 * removed.
 */
void
mill_timeline_show_only (MillTimeline *self, MillTimelineRow *const *rows, guint n_rows)
{
  g_return_if_fail (MILL_IS_TIMELINE (self));

  if (self->all_rows == NULL)
    self->all_rows = g_steal_pointer (&self->rows);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  if (n_rows == 0)
    self->rows = g_steal_pointer (&self->all_rows);
  else
    self->rows = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < n_rows; i++)
    g_ptr_array_add (self->rows, g_object_ref (rows[i]));

  /* Those hidden meanwhile did not learn that the span was given up. */
  for (guint i = 0; i < self->rows->len; i++)
    mill_timeline_row_clear_summary (g_ptr_array_index (self->rows, i));
  self->stats_to = self->stats_from - 1;
  self->layout_width = 0;
  mill_timeline_clear_crosshair (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/**
 * mill_timeline_get_n_rows:
 * @self: a timeline
 *
 * Returns: how many rows there are
 */
guint
mill_timeline_get_n_rows (MillTimeline *self)
{
  g_return_val_if_fail (MILL_IS_TIMELINE (self), 0);

  return self->rows->len;
}

/**
 * mill_timeline_get_row:
 * @self: a timeline
 * @index: a number, from the top
 *
 * Returns: (transfer none) (nullable): that row
 */
MillTimelineRow *
mill_timeline_get_row (MillTimeline *self, guint index)
{
  g_return_val_if_fail (MILL_IS_TIMELINE (self), NULL);

  return index < self->rows->len ? g_ptr_array_index (self->rows, index) : NULL;
}

/**
 * mill_timeline_add_marker:
 * @self: a timeline
 * @time_us: when; not before the newest marker
 * @text: what happened, such as “slots 24 → 32”
 * @kind: what it tells of
 *
 * Marks a time. The newest 1,000 markers are kept.
 */
void
mill_timeline_add_marker (MillTimeline *self, gint64 time_us, const char *text, MillMarkerKind kind)
{
  g_return_if_fail (MILL_IS_TIMELINE (self));

  if (self->markers->len == MAX_MARKERS)
    g_ptr_array_remove_range (self->markers, 0, MAX_MARKERS / 4);
  g_ptr_array_add (self->markers, mill_timeline_marker_new (GTK_WIDGET (self), time_us, text, kind));
  mill_timeline_changed (self);
}

/**
 * mill_timeline_clear:
 * @self: a timeline
 *
 * Forgets all samples and markers; keeps the rows. For a new run.
 */
void
mill_timeline_clear (MillTimeline *self)
{
  guint i, j;

  g_return_if_fail (MILL_IS_TIMELINE (self));

  for (i = 0; i < self->rows->len; i++)
    {
      MillTimelineRow *row = g_ptr_array_index (self->rows, i);

      for (j = 0; j < row->n_curves; j++)
        mill_series_clear (row->curves[j].series);
      if (row->limit.series != NULL)
        mill_series_clear (row->limit.series);
      row->top = 0.0;
      row->settled = FALSE;
    }
  g_ptr_array_set_size (self->markers, 0);
  mill_timeline_view_follow (self->view, mill_timeline_view_get_length (self->view));
  mill_timeline_view_clear_selection (self->view);
  mill_timeline_view_follow (self->view, 0);
  mill_timeline_clear_crosshair (self);
  mill_timeline_changed (self);
}

/**
 * mill_timeline_get_origin:
 * @self: a timeline
 *
 * Returns: the time that is labelled 0:00, in microseconds
 */
gint64
mill_timeline_get_origin (MillTimeline *self)
{
  g_return_val_if_fail (MILL_IS_TIMELINE (self), 0);

  return self->origin;
}

/**
 * mill_timeline_set_origin:
 * @self: a timeline
 * @origin_us: the time that is labelled 0:00, usually when the run started, in microseconds
 *
 * Sets where time begins; nothing before it is shown.
 */
void
mill_timeline_set_origin (MillTimeline *self, gint64 origin_us)
{
  g_return_if_fail (MILL_IS_TIMELINE (self));

  if (self->origin == origin_us)
    return;
  self->origin = origin_us;
  mill_timeline_changed (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ORIGIN]);
}

/**
 * mill_timeline_get_now:
 * @self: a timeline
 *
 * Returns: the time of the right edge, in microseconds
 */
gint64
mill_timeline_get_now (MillTimeline *self)
{
  g_return_val_if_fail (MILL_IS_TIMELINE (self), 0);

  return self->now;
}

/**
 * mill_timeline_set_now:
 * @self: a timeline
 * @now_us: the time of the newest samples, in microseconds
 *
 * Moves time on. Call it once after the samples of a frame were appended; not calling it freezes the
 * timeline.
 */
void
mill_timeline_set_now (MillTimeline *self, gint64 now_us)
{
  g_return_if_fail (MILL_IS_TIMELINE (self));

  if (self->now == now_us)
    return;
  self->now = now_us;
  mill_timeline_changed (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NOW]);
}

/**
 * mill_timeline_get_window:
 * @self: a timeline
 *
 * Returns: how much time is shown
 */
MillTimelineWindow
mill_timeline_get_window (MillTimeline *self)
{
  g_return_val_if_fail (MILL_IS_TIMELINE (self), MILL_TIMELINE_WINDOW_1_MIN);

  return mill_timeline_view_get_window (self->view);
}

/**
 * mill_timeline_set_window:
 * @self: a timeline
 * @window: how much time to show
 *
 * Shows this much time up to the present, and follows it.
 */
void
mill_timeline_set_window (MillTimeline *self, MillTimelineWindow window)
{
  g_return_if_fail (MILL_IS_TIMELINE (self));
  g_return_if_fail (window <= MILL_TIMELINE_WINDOW_ALL);

  mill_timeline_view_set_window (self->view, window);
}

/**
 * mill_timeline_get_view:
 * @self: a timeline
 *
 * Returns: (transfer none): which time it shows and what is selected of it
 */
MillTimelineView *
mill_timeline_get_view (MillTimeline *self)
{
  g_return_val_if_fail (MILL_IS_TIMELINE (self), NULL);

  return self->view;
}

/**
 * mill_timeline_set_view:
 * @self: a timeline
 * @view: (nullable): a view, which may be that of other timelines, too; %NULL for one of its own
 *
 * Shows what the view says.
 */
void
mill_timeline_set_view (MillTimeline *self, MillTimelineView *view)
{
  MillTimelineWindow window;

  g_return_if_fail (MILL_IS_TIMELINE (self));
  g_return_if_fail (view == NULL || MILL_IS_TIMELINE_VIEW (view));

  if (self->view == view)
    return;
  window = mill_timeline_get_window (self);
  view = view != NULL ? g_object_ref (view) : mill_timeline_view_new ();
  forget_view (self);
  take_view (self, view);
  mill_timeline_changed (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VIEW]);
  if (mill_timeline_get_window (self) != window)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WINDOW]);
}

/**
 * mill_timeline_get_span:
 * @self: a timeline
 * @out_t0_us: (out) (optional): the time at the left edge of the plots
 * @out_t1_us: (out) (optional): the time at their right edge
 *
 * Says what was shown in the last frame.
 */
void
mill_timeline_get_span (MillTimeline *self, gint64 *out_t0_us, gint64 *out_t1_us)
{
  g_return_if_fail (MILL_IS_TIMELINE (self));

  if (out_t0_us != NULL)
    *out_t0_us = self->t0;
  if (out_t1_us != NULL)
    *out_t1_us = self->t1;
}

/**
 * mill_timeline_get_empty_text:
 * @self: a timeline
 *
 * Returns: what it says before there are samples
 */
const char *
mill_timeline_get_empty_text (MillTimeline *self)
{
  g_return_val_if_fail (MILL_IS_TIMELINE (self), NULL);

  return self->empty_text.string;
}

/**
 * mill_timeline_set_empty_text:
 * @self: a timeline
 * @text: (nullable): what it says before there are samples, such as “Press Start”
 *
 * Sets the text of the empty state.
 */
void
mill_timeline_set_empty_text (MillTimeline *self, const char *text)
{
  g_return_if_fail (MILL_IS_TIMELINE (self));

  if (!mill_text_set (&self->empty_text, text))
    return;
  mill_timeline_changed (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EMPTY_TEXT]);
}

/**
 * mill_timeline_get_label:
 * @self: a timeline
 *
 * Returns: (nullable): its accessible name
 */
const char *
mill_timeline_get_label (MillTimeline *self)
{
  g_return_val_if_fail (MILL_IS_TIMELINE (self), NULL);

  return self->label;
}

/**
 * mill_timeline_set_label:
 * @self: a timeline
 * @label: (nullable): its accessible name
 *
 * Names the timeline. Its accessible description is what the crosshair says when it is moved by keyboard.
 */
void
mill_timeline_set_label (MillTimeline *self, const char *label)
{
  g_return_if_fail (MILL_IS_TIMELINE (self));

  if (!mill_name_set (GTK_WIDGET (self), &self->label, label))
    return;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LABEL]);
}
