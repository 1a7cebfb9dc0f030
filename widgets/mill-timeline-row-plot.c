/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From the samples of a row to its picture, in two steps: before layout, what each pixel column holds and the
 * scale that follows from it; at drawing, the picture in the colours then in force. Both are kept until their
 * input changes.
 */
#include "config.h"

#include "mill-timeline-row-private.h"

#include "mill-format.h"
#include "mill-scale.h"

#include <math.h>

/* In units of mill_text_unit(). */
#define LINE_WIDTH  1.6
#define BAR_WIDTH   5.0
#define BAR_SPACING 4.0
#define WIDEST_BAR  9.0
#define PAD         2.0 /* kept free above the top value */
#define DASH        5.0
#define DASH_GAP    3.0

/* A limit this many times above every value would press them flat; then it is left out of the scale, but not
 * in a run's first seconds, when everything is still small. */
#define FAR_LIMIT    50.0
#define FAR_AFTER_US (3 * G_USEC_PER_SEC)

#define AREA_ALPHA 0.26f
#define IDLE_ALPHA 0.16f

#define NO_SHARE 0.002

static guint64
get_generation (MillTimelineRow *self)
{
  guint64 generation = 0;
  guint i;

  for (i = 0; i < self->n_curves; i++)
    generation += mill_series_get_generation (self->curves[i].series);
  if (self->limit.series != NULL)
    generation += mill_series_get_generation (self->limit.series);

  return generation;
}

static void
query_curve (MillTimelineCurve *curve, gint64 t0, gint64 t1, MillSeriesFill fill, guint n_columns)
{
  if (curve->n_columns != n_columns || curve->columns == NULL)
    {
      g_free (curve->columns);
      curve->columns = g_new (MillSeriesColumn, n_columns);
      curve->n_columns = n_columns;
    }
  mill_series_query (curve->series, t0, t1, fill, curve->columns, n_columns);
}

/* Round intervals on round times, so that a bar keeps its height while it moves. */
static void
query_bars (MillTimelineRow *self)
{
  const double unit = mill_text_unit (self->timeline) * gtk_widget_get_scale_factor (self->timeline);
  const double bin = (BAR_WIDTH * MAX (self->n_curves, 1) + BAR_SPACING) * unit;
  const double us_per_pixel = (double) (self->t1 - self->t0) / (double) self->width;
  guint n, i;

  self->bars_step = mill_scale_time_step ((gint64) MAX (bin * us_per_pixel, 1.0));
  self->bars_from = self->t0 / self->bars_step * self->bars_step;
  if (self->bars_from > self->t0)
    self->bars_from -= self->bars_step;
  n = (guint) ((self->t1 - self->bars_from + self->bars_step - 1) / self->bars_step);

  for (i = 0; i < self->n_curves; i++)
    query_curve (&self->curves[i], self->bars_from, self->bars_from + n * self->bars_step,
                 MILL_SERIES_FILL_NONE, n);
}

static void
query_shares (MillTimelineRow *self)
{
  guint i, j;

  for (i = 0; i < self->n_curves; i++)
    {
      MillTimelineCurve *curve = &self->curves[i];

      query_curve (curve, self->t0, self->t1, MILL_SERIES_FILL_STEP, self->width);
      curve->present = FALSE;
      for (j = 0; j < curve->n_columns && !curve->present; j++)
        curve->present = curve->columns[j].filled && curve->columns[j].mean > NO_SHARE;
    }
}

static void
query_all (MillTimelineRow *self)
{
  guint i;

  if (self->kind == MILL_TIMELINE_BARS)
    query_bars (self);
  else if (self->kind == MILL_TIMELINE_SHARES)
    query_shares (self);
  else
    for (i = 0; i < self->n_curves; i++)
      query_curve (&self->curves[i], self->t0, self->t1, MILL_SERIES_FILL_LINEAR, self->width);

  if (self->limit.series != NULL)
    query_curve (&self->limit, self->t0, self->t1, MILL_SERIES_FILL_STEP, self->width);
}

static double
curve_maximum (const MillTimelineCurve *curve, gboolean bars)
{
  double maximum = 0.0;
  guint i;

  for (i = 0; i < curve->n_columns; i++)
    if (curve->columns[i].filled)
      maximum = MAX (maximum, bars ? curve->columns[i].sum : curve->columns[i].max);

  return maximum;
}

static void
update_share_scale (MillTimelineRow *self)
{
  g_autofree char *tick = mill_timeline_row_format_share (1.0);

  self->top = self->tick_value = 1.0;
  mill_text_set (&self->tick, tick);
}

static void
update_scale (MillTimelineRow *self, gint64 data_us)
{
  double needed = self->minimum_top, limit;
  g_autofree char *tick = NULL;
  guint i;

  if (self->kind == MILL_TIMELINE_SHARES)
    {
      update_share_scale (self);
      return;
    }
  for (i = 0; i < self->n_curves; i++)
    needed = MAX (needed, curve_maximum (&self->curves[i], self->kind == MILL_TIMELINE_BARS));
  if (self->limit.series != NULL)
    {
      limit = curve_maximum (&self->limit, FALSE);
      if (limit <= needed * FAR_LIMIT || data_us < FAR_AFTER_US)
        needed = MAX (needed, limit);
    }

  self->top = mill_scale_follow (self->top, needed);
  self->tick_value = mill_scale_nice_floor (self->top);
  tick = mill_format_number (self->tick_value, self->tick_value < 1.0 ? 1 : 0);
  mill_text_set (&self->tick, tick);
}

/* Brings the columns up to date: @data_us is how long the run has been going, @settled whether the time shown
 * is so long past that no more samples come into it, @width is in device pixels. Returns whether anything
 * that shows has changed. */
gboolean
mill_timeline_row_update (MillTimelineRow *self, gint64 t0_us, gint64 t1_us, gint64 data_us, gboolean settled,
                          guint width)
{
  guint64 generation = get_generation (self);

  if (self->t0 == t0_us && self->t1 == t1_us && self->width == width &&
      (self->settled || self->generation == generation) && self->node != NULL)
    return FALSE;

  self->t0 = t0_us;
  self->t1 = t1_us;
  self->width = width;
  self->generation = generation;
  self->settled = settled;
  query_all (self);
  update_scale (self, data_us);
  g_clear_pointer (&self->node, gsk_render_node_unref);

  return TRUE;
}

static void
plot_bar (MillTimelineRow *self, MillPlot *plot, double left, double width, double sum, const GdkRGBA *color)
{
  const double height = mill_plot_get_height (plot);
  const double tall = MAX (sum / self->top * (height - PAD), 2.0); /* a single one shows */
  int x;

  for (x = (int) round (left); x < (int) round (left + width); x++)
    mill_plot_add_column (plot, x, round (height - tall), height, color);
}

static void
plot_bars (MillTimelineRow *self, MillPlot *plot, double unit, const GdkRGBA *colors)
{
  const double pixels_per_us = (double) self->width / (double) (self->t1 - self->t0);
  const double bin = (double) self->bars_step * pixels_per_us - BAR_SPACING * unit;
  const double width = floor (MIN (bin / MAX (self->n_curves, 1), WIDEST_BAR * unit));
  guint i, j;

  for (i = 0; i < self->n_curves; i++)
    for (j = 0; j < self->curves[i].n_columns; j++)
      {
        const MillSeriesColumn *column = &self->curves[i].columns[j];
        gint64 from = self->bars_from + j * self->bars_step - self->t0;

        if (column->sum > 0.0)
          plot_bar (self, plot, (double) from * pixels_per_us + i * width, width - 1.0, column->sum,
                    &colors[i]);
      }
}

/* The shares of one column, from the bottom up; what is left over is idle. */
static void
plot_share_column (MillTimelineRow *self, MillPlot *plot, guint x, double unit, const GdkRGBA *colors,
                   const GdkRGBA *stripes)
{
  const double height = mill_plot_get_height (plot);
  double total = 0.0, bottom = height;
  GdkRGBA idle = colors[MILL_TIMELINE_MAX_SERIES];
  guint i;

  for (i = 0; i < self->n_curves; i++)
    total += MAX (self->curves[i].columns[x].mean, 0.0);
  for (i = 0; i < self->n_curves; i++)
    {
      const MillHatch *hatch = &self->curves[i].hatch;
      const double share = MAX (self->curves[i].columns[x].mean, 0.0) / MAX (total, 1.0);
      const double top = bottom - share * (height - PAD * unit);

      mill_plot_add_column (plot, (int) x, top, bottom, &colors[i]);
      mill_plot_add_stripes (plot, (int) x, top, bottom, hatch->spacing * unit, hatch->thickness * unit,
                             hatch->slope, &stripes[i]);
      bottom = top;
    }
  idle.alpha = IDLE_ALPHA;
  mill_plot_add_column (plot, (int) x, PAD * unit, bottom, &idle);
}

static void
plot_shares (MillTimelineRow *self, MillPlot *plot, double unit, const GdkRGBA *colors)
{
  GdkRGBA stripes[MILL_TIMELINE_MAX_SERIES];
  guint x, i;

  for (i = 0; i < self->n_curves; i++)
    {
      mill_palette_get_on (&colors[i], &stripes[i]);
      stripes[i].alpha *= self->curves[i].hatch.alpha;
    }
  for (x = 0; x < self->width; x++)
    if (self->curves[0].columns[x].filled)
      plot_share_column (self, plot, x, unit, colors, stripes);
}

static void
plot_curves (MillTimelineRow *self, MillPlot *plot, double unit, const GdkRGBA *colors)
{
  const double pad = PAD * unit;
  GdkRGBA wash = colors[0];
  guint i;

  wash.alpha *= AREA_ALPHA;
  if (self->kind == MILL_TIMELINE_AREA && self->n_curves > 0)
    mill_plot_add_area (plot, self->curves[0].columns, self->top, pad, &wash);
  for (i = 0; i < self->n_curves; i++)
    mill_plot_add_line (plot, self->curves[i].columns, self->top, pad, LINE_WIDTH * unit, &colors[i]);
}

static GskRenderNode *
plot_all (MillTimelineRow *self, guint height, int scale, const GdkRGBA *colors)
{
  const double unit = mill_text_unit (self->timeline) * scale;
  MillPlot *plot = mill_plot_new (self->width, height);

  if (self->kind == MILL_TIMELINE_BARS)
    plot_bars (self, plot, unit, colors);
  else if (self->kind == MILL_TIMELINE_SHARES)
    plot_shares (self, plot, unit, colors);
  else
    plot_curves (self, plot, unit, colors);
  if (self->limit.series != NULL)
    mill_plot_add_dashes (plot, self->limit.columns, self->top, PAD * unit, MAX (round (1.4 * unit), 1.0),
                          (guint) round (DASH * unit), (guint) round (DASH_GAP * unit),
                          &colors[MILL_TIMELINE_MAX_SERIES]);

  return mill_plot_free_to_node (plot, scale);
}

/* Returns: (transfer none) (nullable): the picture of the row, as wide as it was updated for and @height
 * device pixels high */
GskRenderNode *
mill_timeline_row_get_node (MillTimelineRow *self, guint height, int scale)
{
  GdkRGBA colors[MILL_TIMELINE_MAX_SERIES + 1] = { { 0.0f } };
  guint i;

  if (self->width == 0 || height == 0 || self->n_curves == 0)
    return NULL;

  for (i = 0; i < self->n_curves; i++)
    mill_palette_get (self->timeline, self->curves[i].color, &colors[i]);
  mill_palette_get (self->timeline, MILL_COLOR_DIM, &colors[MILL_TIMELINE_MAX_SERIES]);

  if (self->node != NULL && self->node_height == height &&
      memcmp (colors, self->node_colors, sizeof colors) == 0)
    return self->node;

  g_clear_pointer (&self->node, gsk_render_node_unref);
  memcpy (self->node_colors, colors, sizeof colors);
  self->node_height = height;
  self->node = plot_all (self, height, scale, colors);

  return self->node;
}
