/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The crosshair: follows the pointer, or stays at the view's time, and says what the values were then, in a
 * box beside it and, from the keyboard, to assistive technology.
 */
#include "config.h"

#include "mill-timeline-private.h"

#include "mill-draw.h"
#include "mill-format.h"

#include <math.h>

/* In units of mill_text_unit(). */
#define BOX_PADDING  9.0
#define BOX_DISTANCE 8.0
#define BOX_RADIUS   8.0
#define SWATCH       8.0
#define MARKER_REACH 5.0

#define BOX_TEXT 0.80

gboolean
mill_timeline_has_crosshair (MillTimeline *self)
{
  return self->has_pointer || mill_timeline_view_get_crosshair (self->view, NULL);
}

gint64
mill_timeline_crosshair_time (MillTimeline *self)
{
  gint64 time = self->now;

  if (self->has_pointer)
    time = mill_timeline_x_to_time (self, self->pointer_x);
  else
    mill_timeline_view_get_crosshair (self->view, &time);

  return CLAMP (time, MIN (self->origin, self->now), self->now);
}

/* Tenths of a second where a pixel is less than that. */
guint
mill_timeline_time_digits (MillTimeline *self)
{
  const double us_per_pixel = (double) (self->t1 - self->t0) / MAX (self->layout.plot_width, 1.0);

  return us_per_pixel < 2000.0 ? 3 : us_per_pixel < 20000.0 ? 2 : us_per_pixel < 200000.0 ? 1 : 0;
}

static char *
describe_curve (MillTimelineRow *row, guint curve, gint64 time_us)
{
  double value = NAN;
  gint64 bar;

  if (row->kind != MILL_TIMELINE_BARS)
    {
      mill_series_get_at (row->curves[curve].series, time_us, &value);
      return mill_timeline_row_format (row, curve, value);
    }

  /* Of bars, what the bar at that time shows. */
  bar = row->bars_step > 0 ? (time_us - row->bars_from) / row->bars_step : -1;
  if (bar >= 0 && bar < row->curves[curve].n_columns)
    value = row->curves[curve].columns[bar].sum;

  return mill_timeline_row_format (row, curve, value);
}

/* A share of which there is nothing then is not worth a line. */
static gboolean
has_value (MillTimelineRow *row, guint curve, gint64 time_us)
{
  double value = 0.0;

  return row->kind != MILL_TIMELINE_SHARES ||
         (mill_series_get_at (row->curves[curve].series, time_us, &value) && value >= 0.005);
}

/**
 * mill_timeline_describe:
 * @self: a timeline
 * @time_us: a time
 *
 * Returns: (transfer full): the values at that time in one line, such as “0:34.2, depth 961, in flight 32”
 */
char *
mill_timeline_describe (MillTimeline *self, gint64 time_us)
{
  g_autofree char *time = NULL;
  g_autoptr (GString) text = NULL;
  guint i, j;

  g_return_val_if_fail (MILL_IS_TIMELINE (self), NULL);

  time = mill_format_time (time_us - self->origin, MAX (mill_timeline_time_digits (self), 1));
  text = g_string_new (time);
  for (i = 0; i < self->rows->len; i++)
    {
      MillTimelineRow *row = g_ptr_array_index (self->rows, i);

      for (j = 0; j < row->n_curves; j++)
        {
          g_autofree char *value = NULL;

          if (!has_value (row, j, time_us))
            continue;
          value = describe_curve (row, j, time_us);
          g_string_append_printf (text, ", %s", value);
        }
    }

  return g_strdup (text->str);
}

/* Tells assistive technology what the crosshair says. */
void
mill_timeline_announce (MillTimeline *self)
{
  g_autofree char *text = NULL;

  if (mill_timeline_has_crosshair (self))
    text = mill_timeline_describe (self, mill_timeline_crosshair_time (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  text != NULL ? text : "", GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
                                  text != NULL ? text : "", -1);
}

/* Sets line @index of the box; @color is -1 for a line without one. */
static void
set_line (MillTimeline *self, guint index, const char *text, int color)
{
  mill_text_set (mill_timeline_get_text (self, self->box, index, BOX_TEXT), text);
  g_array_set_size (self->box_colors, MAX (self->box_colors->len, index + 1));
  g_array_index (self->box_colors, int, index) = color;
}

/* Prepares the lines of the box: the time, one value per curve, the marker if there is one. */
void
mill_timeline_update_crosshair (MillTimeline *self)
{
  const double us_per_pixel = (double) (self->t1 - self->t0) / self->layout.plot_width;
  const gint64 time_us = mill_timeline_crosshair_time (self);
  const MillTimelineMarker *marker;
  g_autofree char *time = NULL;
  guint n = 0, i, j;

  if (!mill_timeline_has_crosshair (self))
    return;

  time = mill_format_time (time_us - self->origin, mill_timeline_time_digits (self));
  set_line (self, n++, time, -1);
  for (i = 0; i < self->rows->len; i++)
    {
      MillTimelineRow *row = g_ptr_array_index (self->rows, i);

      for (j = 0; j < row->n_curves; j++)
        {
          g_autofree char *value = NULL;

          if (!has_value (row, j, time_us))
            continue;
          value = describe_curve (row, j, time_us);
          set_line (self, n++, value, (int) row->curves[j].color);
        }
    }

  marker = mill_timeline_find_marker (self, time_us, (gint64) (MARKER_REACH * us_per_pixel));
  if (marker != NULL)
    set_line (self, n++, marker->text.string, -1);
  g_ptr_array_set_size (self->box, (int) n);
}

static void
measure_box (MillTimeline *self, graphene_size_t *out)
{
  double widest = 0.0, all = 0.0, width, height;
  guint i;

  for (i = 0; i < self->box->len; i++)
    {
      mill_text_get_size (g_ptr_array_index (self->box, i), &width, &height);
      widest = MAX (widest, width + (i > 0 ? (SWATCH + 6.0) * self->layout.unit : 0.0));
      all += height;
    }
  out->width = (float) ceil (widest + 2.0 * BOX_PADDING * self->layout.unit);
  out->height = (float) ceil (all + 1.4 * BOX_PADDING * self->layout.unit);
}

static void
snapshot_box_lines (MillTimeline *self, GtkSnapshot *snapshot, const graphene_rect_t *bounds)
{
  const double unit = self->layout.unit;
  const double left = (double) bounds->origin.x + BOX_PADDING * unit;
  const double swatch = round (SWATCH * unit);
  double y = (double) bounds->origin.y + 0.7 * BOX_PADDING * unit, height;
  GdkRGBA text, dim, color;
  guint i;

  mill_palette_get (GTK_WIDGET (self), MILL_COLOR_TEXT, &text);
  mill_palette_get (GTK_WIDGET (self), MILL_COLOR_DIM, &dim);
  for (i = 0; i < self->box->len; i++)
    {
      MillText *line = g_ptr_array_index (self->box, i);
      const int line_color = g_array_index (self->box_colors, int, i);
      const gboolean has_color = line_color >= 0;

      if (has_color)
        mill_palette_get (GTK_WIDGET (self), (MillColor) line_color, &color);
      mill_text_get_size (line, NULL, &height);
      if (has_color)
        mill_draw_box (snapshot,
                       &GRAPHENE_RECT_INIT ((float) round (left), (float) round (y + (height - swatch) / 2.0),
                                            (float) swatch, (float) swatch),
                       2.0 * unit, &color);
      mill_text_draw (line, snapshot, round (has_color ? left + (SWATCH + 6.0) * unit : left), round (y),
                      has_color ? &text : &dim);
      y += height;
    }
}

static void
snapshot_box (MillTimeline *self, GtkSnapshot *snapshot, double x)
{
  const MillTimelineLayout *layout = &self->layout;
  const double unit = layout->unit;
  const double distance = BOX_DISTANCE * unit;
  graphene_size_t size;
  graphene_rect_t bounds;
  GdkRGBA view, line;
  double left = x + distance;

  measure_box (self, &size);
  if (left + (double) size.width > layout->plot_x + layout->plot_width)
    left = x - distance - (double) size.width;
  graphene_rect_init (&bounds, (float) round (MAX (left, 0.0)),
                      (float) (layout->plots_top + layout->plot_offset + round (6.0 * unit)), size.width,
                      size.height);

  mill_palette_get (GTK_WIDGET (self), MILL_COLOR_VIEW, &view);
  mill_palette_get (GTK_WIDGET (self), MILL_COLOR_LINE, &line);
  view.alpha = 0.94f;
  mill_draw_box (snapshot, &bounds, BOX_RADIUS * unit, &view);
  mill_draw_outline (snapshot, &bounds, BOX_RADIUS * unit, 1.0, &line);
  snapshot_box_lines (self, snapshot, &bounds);
}

void
mill_timeline_snapshot_crosshair (MillTimeline *self, GtkSnapshot *snapshot)
{
  const MillTimelineLayout *layout = &self->layout;
  const double top = layout->plots_top - round (3.0 * layout->unit); /* below the pills */
  gint64 time;
  GdkRGBA blue;
  double x;

  if (!mill_timeline_has_crosshair (self))
    return;
  time = mill_timeline_crosshair_time (self);
  if (time < self->t0 || time > self->t1)
    return;

  x = round (mill_timeline_time_to_x (self, time));
  mill_palette_get (GTK_WIDGET (self), MILL_COLOR_BLUE, &blue);
  gtk_snapshot_append_color (
      snapshot, &blue,
      &GRAPHENE_RECT_INIT ((float) x, (float) top, 1.0f, (float) (layout->plots_bottom - top)));
  snapshot_box (self, snapshot, x);
}

/**
 * mill_timeline_get_crosshair:
 * @self: a timeline
 * @out_time_us: (out) (optional): where the crosshair is
 *
 * Returns: %FALSE, with @out_time_us untouched, if there is none
 */
gboolean
mill_timeline_get_crosshair (MillTimeline *self, gint64 *out_time_us)
{
  g_return_val_if_fail (MILL_IS_TIMELINE (self), FALSE);

  if (!mill_timeline_has_crosshair (self))
    return FALSE;
  if (out_time_us != NULL)
    *out_time_us = mill_timeline_crosshair_time (self);

  return TRUE;
}

/**
 * mill_timeline_set_crosshair:
 * @self: a timeline
 * @time_us: a time
 *
 * Puts the crosshair at a time, where it stays until it is moved or removed.
 */
void
mill_timeline_set_crosshair (MillTimeline *self, gint64 time_us)
{
  g_return_if_fail (MILL_IS_TIMELINE (self));

  self->has_pointer = FALSE;
  mill_timeline_view_set_crosshair (self->view, time_us);
  mill_timeline_announce (self);
}

/**
 * mill_timeline_clear_crosshair:
 * @self: a timeline
 *
 * Removes the crosshair.
 */
void
mill_timeline_clear_crosshair (MillTimeline *self)
{
  g_return_if_fail (MILL_IS_TIMELINE (self));

  if (!mill_timeline_has_crosshair (self))
    return;
  self->has_pointer = FALSE;
  mill_timeline_view_clear_crosshair (self->view);
  mill_timeline_changed (self);
  mill_timeline_announce (self);
}
