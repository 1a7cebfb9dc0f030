/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where everything in a timeline is, and which time it shows. Time moves by whole device pixels, so that a
 * sample stays in its column and a curve keeps its shape while it moves.
 */
#include "config.h"

#include "mill-timeline-private.h"

#include "mill-format.h"
#include "mill-scale.h"

#include <math.h>

/* In units of mill_text_unit(). */
#define TOP            24.0 /* for the markers' pills */
#define BOTTOM         20.0 /* for the time axis */
#define ROW_GAP        18.0
#define COLUMN_GAP     20.0
#define TITLE_GAP      10.0
#define TICK_GAP       7.0
#define NARROW         560.0
#define TICK_DISTANCE  84.0
#define VALUES_QUANTUM 8.0

#define SHORTEST_ALL_US (10 * G_USEC_PER_SEC)

/* Every series has a sample at least this often. */
#define SETTLED_US (2 * G_USEC_PER_SEC)

static double
text_width (MillText *text)
{
  double width;

  mill_text_get_size (text, &width, NULL);

  return width;
}

static void
measure_columns (MillTimeline *self, double *out_titles, double *out_ticks, double *out_values)
{
  const double quantum = VALUES_QUANTUM * self->layout.unit;
  guint i;

  *out_titles = *out_ticks = *out_values = 0.0;
  for (i = 0; i < self->rows->len; i++)
    {
      MillTimelineRow *row = g_ptr_array_index (self->rows, i);

      *out_titles = MAX (*out_titles, text_width (&row->title));
      *out_ticks = MAX (*out_ticks, text_width (&row->tick));
      *out_values = MAX (*out_values, MAX (text_width (&row->value), text_width (&row->detail)));
      if (row->has_span)
        *out_values = MAX (*out_values, MAX (text_width (&row->span_value), text_width (&row->span_detail)));
    }
  *out_ticks = ceil (*out_ticks / quantum) * quantum;
  *out_values = ceil (*out_values / quantum) * quantum;
}

static void
lay_out_columns (MillTimeline *self, int width)
{
  MillTimelineLayout *layout = &self->layout;
  const double unit = layout->unit;
  double titles, ticks, values, before, after;

  measure_columns (self, &titles, &ticks, &values);
  if (width != self->layout_width)
    self->values_width = 0.0;
  self->layout_width = width;
  self->values_width = values = MAX (self->values_width, values);

  layout->narrow = width < NARROW * unit || titles > 0.25 * width;
  before = layout->narrow ? 0.0 : ceil (titles + TITLE_GAP * unit + ticks + TICK_GAP * unit);
  after = values > 0.0 ? ceil (values + COLUMN_GAP * unit) : 0.0;
  layout->plot_width = MAX (floor (width - before - after), 1.0);
  layout->plot_x = layout->rtl ? after : before;
  layout->titles_width = titles;
  layout->title_x = layout->rtl ? width : 0.0;
  layout->value_x = layout->rtl ? after - COLUMN_GAP * unit : width - values;
  layout->tick_edge =
      layout->rtl ? layout->plot_x + layout->plot_width + TICK_GAP * unit : layout->plot_x - TICK_GAP * unit;
}

static void
lay_out_rows (MillTimeline *self, int height)
{
  MillTimelineLayout *layout = &self->layout;
  const double unit = layout->unit;
  const guint n = MAX (self->rows->len, 1);
  double title_height = 0.0, gap;

  if (layout->narrow && self->rows->len > 0)
    mill_text_get_size (&((MillTimelineRow *) g_ptr_array_index (self->rows, 0))->title, NULL, &title_height);

  layout->plots_top = round (TOP * unit);
  layout->plots_bottom = MAX (height - round (BOTTOM * unit), layout->plots_top + n);
  /* The last row needs no gap below it. */
  gap = MIN (ROW_GAP * unit, (layout->plots_bottom - layout->plots_top) / n * 0.25);
  layout->row_pitch = floor ((layout->plots_bottom - layout->plots_top + gap) / n);
  layout->plot_offset = title_height;
  layout->plot_height = MAX (floor (layout->row_pitch - gap - title_height), 1.0);
  layout->plots_bottom =
      layout->plots_top + (n - 1) * layout->row_pitch + layout->plot_offset + layout->plot_height;
}

/* How much time the view's window is. */
gint64
mill_timeline_window_length (MillTimeline *self)
{
  const gint64 elapsed = MAX (self->now - self->origin, 0);
  gint64 step;

  switch (mill_timeline_view_get_window (self->view))
    {
    case MILL_TIMELINE_WINDOW_10_S:
      return 10 * G_USEC_PER_SEC;
    case MILL_TIMELINE_WINDOW_1_MIN:
      return 60 * G_USEC_PER_SEC;
    case MILL_TIMELINE_WINDOW_10_MIN:
      return 600 * (gint64) G_USEC_PER_SEC;
    case MILL_TIMELINE_WINDOW_ALL:
    default:
      /* Grows in steps of a twentieth or more, so that the curves need not be rescaled all the time. */
      if (elapsed <= SHORTEST_ALL_US)
        return SHORTEST_ALL_US;
      step = mill_scale_time_step (elapsed / 20);
      return (elapsed + step - 1) / step * step;
    }
}

/* A run's first window fills from the left; then the newest sample stays at the right edge. */
static void
choose_time (MillTimeline *self, guint n_columns)
{
  const gint64 zoomed = mill_timeline_view_get_length (self->view);
  const gint64 length = zoomed > 0 ? zoomed : mill_timeline_window_length (self);
  const double us_per_column = (double) length / (double) n_columns;
  const gint64 elapsed = self->now - self->origin;
  gint64 end = length;

  if (!mill_timeline_view_get_live (self->view))
    {
      self->t1 = mill_timeline_view_get_end (self->view);
      self->t0 = self->t1 - length;
      return;
    }

  if (elapsed > length)
    end = (gint64) ceil (ceil ((double) elapsed / us_per_column) * us_per_column);
  self->t1 = self->origin + end;
  self->t0 = self->t1 - length;
}

static void
update_ticks (MillTimeline *self)
{
  const MillTimelineLayout *layout = &self->layout;
  const double us_per_pixel = (double) (self->t1 - self->t0) / layout->plot_width;
  const gint64 least = (gint64) (TICK_DISTANCE * layout->unit * us_per_pixel);
  guint i = 0, digits;
  gint64 time;

  self->tick_step = mill_scale_time_step (least);
  digits = self->tick_step >= G_USEC_PER_SEC ? 0 : self->tick_step >= 100000 ? 1 : 2;
  time = (self->t0 - self->origin + self->tick_step - 1) / self->tick_step * self->tick_step;
  for (; time <= self->t1 - self->origin; time += self->tick_step)
    {
      g_autofree char *label = mill_format_time (time, digits);

      mill_text_set (mill_timeline_get_text (self, self->ticks, i++, 0.72), label);
    }
}

static void
update_rows (MillTimeline *self)
{
  const guint scale = (guint) gtk_widget_get_scale_factor (GTK_WIDGET (self));
  const guint n_columns = CLAMP ((guint) self->layout.plot_width * scale, 1, 16384);
  gboolean settled;
  guint i;

  choose_time (self, n_columns);
  settled = self->now > self->t1 + SETTLED_US;
  for (i = 0; i < self->rows->len; i++)
    mill_timeline_row_update (g_ptr_array_index (self->rows, i), self->t0, self->t1, self->now - self->origin,
                              settled, n_columns);
}

/* Brings layout, time and the rows' columns up to date. Called once before each frame in which anything
 * changed. */
void
mill_timeline_update (MillTimeline *self, int width, int height)
{
  GtkWidget *widget = GTK_WIDGET (self);
  double plot_width;

  self->layout.unit = mill_text_unit (widget);
  self->layout.rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  mill_timeline_update_selection (self);
  lay_out_columns (self, width);
  update_rows (self);

  /* The scales may have got longer numbers, which take width from the plots. */
  plot_width = self->layout.plot_width;
  lay_out_columns (self, width);
  if (fabs (plot_width - self->layout.plot_width) > 0.5)
    update_rows (self);

  lay_out_rows (self, height);
  update_ticks (self);
  mill_timeline_update_crosshair (self);
}

double
mill_timeline_time_to_x (MillTimeline *self, gint64 time_us)
{
  return self->layout.plot_x +
         (double) (time_us - self->t0) / (double) MAX (self->t1 - self->t0, 1) * self->layout.plot_width;
}

gint64
mill_timeline_x_to_time (MillTimeline *self, double x)
{
  const double share = CLAMP ((x - self->layout.plot_x) / self->layout.plot_width, 0.0, 1.0);

  return self->t0 + (gint64) (share * (double) (self->t1 - self->t0));
}

/* The text at @index, made if there are fewer. */
MillText *
mill_timeline_get_text (MillTimeline *self, GPtrArray *texts, guint index, double scale)
{
  while (texts->len <= index)
    {
      MillText *text = g_new (MillText, 1);

      mill_text_init (text, GTK_WIDGET (self), scale, PANGO_WEIGHT_NORMAL);
      text->tabular = TRUE;
      g_ptr_array_add (texts, text);
    }

  return g_ptr_array_index (texts, index);
}
