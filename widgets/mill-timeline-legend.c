/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The legend of a row: the names of its curves, each behind a piece of what it looks like. Under the title
 * one a line, or several a line where the row is too low for that; beside the title where that stands above
 * the plot.
 */
#include "config.h"

#include "mill-timeline-private.h"

#include "mill-draw.h"

#include <math.h>

/* In units of mill_text_unit(). */
#define SWATCH       10.0
#define SWATCH_GAP   5.0
#define ENTRY_GAP    8.0
#define STROKE       2.0
#define SHARE_HEIGHT 7.0

/* What is laid out: the place of each curve that is shown, from the upper edge and the side of the title. */
typedef struct
{
  guint curve;
  double x;
  double y;
} Entry;

static guint
list_entries (MillTimelineRow *row, Entry *entries)
{
  const gboolean shares = row->kind == MILL_TIMELINE_SHARES;
  guint n = 0, i;

  for (i = 0; i < row->n_curves && row->n_curves > 1; i++)
    {
      /* The top one first; of shares the lowest, which is the one that matters. */
      const guint index = shares ? i : row->n_curves - 1 - i;

      if (mill_timeline_row_has_curve (row, index))
        entries[n++].curve = index;
    }

  return n;
}

/* As many a line as @width allows; returns the height. */
static double
place_entries (MillTimelineRow *row, Entry *entries, guint n, double width, double unit)
{
  double x = 0.0, y = 0.0, line = 0.0;
  guint i;

  for (i = 0; i < n; i++)
    {
      double text, height;

      mill_text_get_size (&row->curves[entries[i].curve].legend, &text, &height);
      text += (SWATCH + SWATCH_GAP) * unit;
      if (x > 0.0 && x + text > width)
        {
          x = 0.0;
          y += line;
        }
      entries[i].x = x;
      entries[i].y = y;
      x += text + ENTRY_GAP * unit;
      line = height;
    }

  return y + line;
}

static guint
lay_out (MillTimelineRow *row, double width, double room, double unit, Entry *entries, double *out_height)
{
  const guint n = list_entries (row, entries);

  *out_height = place_entries (row, entries, n, 0.0, unit);
  if (*out_height > room)
    *out_height = place_entries (row, entries, n, width, unit);

  return n;
}

/* The height of the legend, which has several names a line if it were higher than @room otherwise. */
double
mill_timeline_legend_get_height (MillTimelineRow *row, double width, double room, double unit)
{
  Entry entries[MILL_TIMELINE_MAX_SERIES];
  double height;

  lay_out (row, width, room, unit, entries, &height);

  return height;
}

/* A stroke of the curve's colour, or of a share a piece of what it looks like. */
static void
snapshot_swatch (MillTimeline *self, GtkSnapshot *snapshot, const MillTimelineCurve *curve, double x,
                 double middle, gboolean share)
{
  const double unit = self->layout.unit;
  const double height = MAX (round ((share ? SHARE_HEIGHT : STROKE) * unit), 1.0);
  graphene_rect_t bounds;
  GdkRGBA color;

  graphene_rect_init (&bounds, (float) x, (float) round (middle - height / 2.0),
                      (float) round (SWATCH * unit), (float) height);
  mill_palette_get (GTK_WIDGET (self), curve->color, &color);
  gtk_snapshot_append_color (snapshot, &color, &bounds);
  if (!share || !(curve->hatch.spacing > 0.0))
    return;
  mill_palette_get_on (&color, &color);
  color.alpha *= curve->hatch.alpha;
  mill_draw_hatch (snapshot, &bounds, curve->hatch.spacing * unit, curve->hatch.thickness * unit,
                   curve->hatch.slope, &color);
}

/* Draws what fits above @bottom, beginning at @x, the left edge or in right-to-left the right one. */
void
mill_timeline_legend_snapshot (MillTimeline *self, GtkSnapshot *snapshot, MillTimelineRow *row, double x,
                               double y, double width, double room, double bottom)
{
  const double unit = self->layout.unit, swatch = round (SWATCH * unit);
  const gboolean rtl = self->layout.rtl;
  Entry entries[MILL_TIMELINE_MAX_SERIES];
  double height;
  GdkRGBA dim;
  guint n, i;

  mill_palette_get (GTK_WIDGET (self), MILL_COLOR_DIM, &dim);
  n = lay_out (row, width, room, unit, entries, &height);
  for (i = 0; i < n; i++)
    {
      MillTimelineCurve *curve = &row->curves[entries[i].curve];
      const double edge = round (x + (rtl ? -entries[i].x : entries[i].x));
      const double gap = swatch + SWATCH_GAP * unit;
      double text_width, text_height;

      mill_text_get_size (&curve->legend, &text_width, &text_height);
      if (y + entries[i].y + text_height > bottom)
        return;
      snapshot_swatch (self, snapshot, curve, rtl ? edge - swatch : edge,
                       y + entries[i].y + text_height / 2.0, row->kind == MILL_TIMELINE_SHARES);
      mill_text_draw (&curve->legend, snapshot, rtl ? edge - gap - text_width : edge + gap, y + entries[i].y,
                      &dim);
    }
}
