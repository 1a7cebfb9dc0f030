/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Markers: a dotted line through all rows and a pill with its text. Where pills would overlap, the newest
 * keeps its text and the older ones become points, whose text the crosshair shows.
 */
#include "config.h"

#include "mill-timeline-private.h"

#include "mill-draw.h"

#include <math.h>

/* In units of mill_text_unit(). */
#define PILL_HEIGHT  19.0
#define PILL_PADDING 9.0
#define PILL_GAP     4.0
#define POINT        7.0

MillTimelineMarker *
mill_timeline_marker_new (GtkWidget *timeline, gint64 time_us, const char *text, MillMarkerKind kind)
{
  MillTimelineMarker *self = g_new0 (MillTimelineMarker, 1);

  self->time_us = time_us;
  self->kind = kind;
  mill_text_init (&self->text, timeline, 0.74, PANGO_WEIGHT_SEMIBOLD);
  mill_text_set (&self->text, text);

  return self;
}

void
mill_timeline_marker_free (MillTimelineMarker *self)
{
  mill_text_clear (&self->text);
  g_free (self);
}

/* The newest marker within @reach_us of a time, or NULL. */
const MillTimelineMarker *
mill_timeline_find_marker (MillTimeline *self, gint64 time_us, gint64 reach_us)
{
  guint i;

  for (i = self->markers->len; i-- > 0;)
    {
      const MillTimelineMarker *marker = g_ptr_array_index (self->markers, i);

      if (ABS (marker->time_us - time_us) <= reach_us)
        return marker;
    }

  return NULL;
}

static void
opaque_text_color (MillTimeline *self, GdkRGBA *out)
{
  GdkRGBA text, view;

  mill_palette_get (GTK_WIDGET (self), MILL_COLOR_TEXT, &text);
  mill_palette_get (GTK_WIDGET (self), MILL_COLOR_VIEW, &view);
  out->red = text.red * text.alpha + view.red * (1.0f - text.alpha);
  out->green = text.green * text.alpha + view.green * (1.0f - text.alpha);
  out->blue = text.blue * text.alpha + view.blue * (1.0f - text.alpha);
  out->alpha = 1.0f;
}

/* A knob is a filled pill, a state an outlined one, a fault a red one with square corners. */
static void
snapshot_pill (MillTimeline *self, GtkSnapshot *snapshot, MillTimelineMarker *marker,
               const graphene_rect_t *bounds)
{
  const double unit = self->layout.unit;
  const double radius = marker->kind == MILL_MARKER_FAULT ? 3.0 * unit : (double) bounds->size.height / 2.0;
  GdkRGBA fill, ink, text;
  double height;

  opaque_text_color (self, &text);
  mill_palette_get (GTK_WIDGET (self), MILL_COLOR_VIEW, &fill);
  ink = text;
  if (marker->kind == MILL_MARKER_KNOB)
    {
      ink = fill;
      fill = text;
    }
  else if (marker->kind == MILL_MARKER_FAULT)
    {
      mill_palette_get (GTK_WIDGET (self), MILL_COLOR_RED, &fill);
      mill_palette_get_on (&fill, &ink);
    }

  mill_draw_box (snapshot, bounds, radius, &fill);
  if (marker->kind == MILL_MARKER_STATE)
    mill_draw_outline (snapshot, bounds, radius, 1.0, &text);
  mill_text_get_size (&marker->text, NULL, &height);
  mill_text_draw (&marker->text, snapshot, (double) bounds->origin.x + PILL_PADDING * unit,
                  (double) bounds->origin.y + floor (((double) bounds->size.height - height) / 2.0), &ink);
}

/* Through all rows, but not through the titles that stand above them. */
static void
snapshot_line (MillTimeline *self, GtkSnapshot *snapshot, double x, double top, const GdkRGBA *color)
{
  const MillTimelineLayout *layout = &self->layout;
  graphene_rect_t line;
  guint i;

  if (!layout->narrow)
    {
      graphene_rect_init (&line, (float) x, (float) top, 1.0f, (float) (layout->plots_bottom - top));
      mill_draw_dashes (snapshot, &line, 2.0, 2.0, color);
      return;
    }
  for (i = 0; i < self->rows->len; i++)
    {
      graphene_rect_init (&line, (float) x,
                          (float) (layout->plots_top + i * layout->row_pitch + layout->plot_offset), 1.0f,
                          (float) layout->plot_height);
      mill_draw_dashes (snapshot, &line, 2.0, 2.0, color);
    }
}

static void
snapshot_marker (MillTimeline *self, GtkSnapshot *snapshot, MillTimelineMarker *marker, double x,
                 double *free_until)
{
  const MillTimelineLayout *layout = &self->layout;
  const double unit = layout->unit;
  const double height = round (PILL_HEIGHT * unit);
  const double right = layout->plot_x + layout->plot_width;
  graphene_rect_t bounds;
  GdkRGBA color;
  double width, left;

  mill_palette_get (GTK_WIDGET (self), marker->kind == MILL_MARKER_FAULT ? MILL_COLOR_RED : MILL_COLOR_DIM,
                    &color);
  snapshot_line (self, snapshot, round (x), height, &color);

  mill_text_get_size (&marker->text, &width, NULL);
  width = ceil (width + 2.0 * PILL_PADDING * unit);
  left = round (CLAMP (x - width / 2.0, layout->plot_x, MAX (right - width, layout->plot_x)));
  if (left + width + PILL_GAP * unit <= *free_until)
    {
      graphene_rect_init (&bounds, (float) left, 0.0f, (float) width, (float) height);
      snapshot_pill (self, snapshot, marker, &bounds);
      *free_until = left;
      return;
    }

  graphene_rect_init (&bounds, (float) (round (x) - floor (POINT * unit / 2.0)),
                      (float) (height - POINT * unit), (float) round (POINT * unit),
                      (float) round (POINT * unit));
  /* A point under a pill cannot be seen. */
  if ((double) (bounds.origin.x + bounds.size.width) <= *free_until)
    mill_draw_box (snapshot, &bounds, POINT * unit / 2.0, &color);
}

void
mill_timeline_snapshot_markers (MillTimeline *self, GtkSnapshot *snapshot)
{
  const MillTimelineLayout *layout = &self->layout;
  double free_until = G_MAXDOUBLE, last_x = G_MAXDOUBLE;
  guint i;

  for (i = self->markers->len; i-- > 0;)
    {
      MillTimelineMarker *marker = g_ptr_array_index (self->markers, i);
      const double x = mill_timeline_time_to_x (self, marker->time_us);

      if (marker->time_us < self->t0)
        return;
      /* What falls on the same pixels as a newer one adds nothing. */
      if (x > layout->plot_x + layout->plot_width || last_x - x < 2.0)
        continue;
      snapshot_marker (self, snapshot, marker, x, &free_until);
      last_x = x;
    }
}
