/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Drawing of a timeline, from what mill_timeline_update() prepared.
 */
#include "config.h"

#include "mill-timeline-private.h"

#include <math.h>

/* In units of mill_text_unit(). */
#define TITLE_GAP   10.0
#define LEGEND_RISE 4.0

/* Text with its left edge at @x, or in right-to-left its right edge. */
static void
snapshot_text (MillTimeline *self, GtkSnapshot *snapshot, MillText *text, double x, double y,
               const GdkRGBA *color)
{
  double width;

  mill_text_get_size (text, &width, NULL);
  mill_text_draw (text, snapshot, self->layout.rtl ? x - width : x, y, color);
}

static double
height_of (MillText *text)
{
  double height;

  if (mill_text_is_empty (text))
    return 0.0;
  mill_text_get_size (text, NULL, &height);

  return height;
}

/* Beside a title above the plot, as far as the plot goes. */
static void
snapshot_legend_beside (MillTimeline *self, GtkSnapshot *snapshot, MillTimelineRow *row, double top)
{
  const MillTimelineLayout *layout = &self->layout;
  double width, height, gap;

  mill_text_get_size (&row->title, &width, &height);
  gap = width + TITLE_GAP * layout->unit;
  mill_timeline_legend_snapshot (self, snapshot, row, layout->title_x + (layout->rtl ? -gap : gap),
                                 top + floor (height * 0.12), layout->plot_width - gap, 0.0,
                                 top + height + 1.0);
}

static void
snapshot_row_texts (MillTimeline *self, GtkSnapshot *snapshot, MillTimelineRow *row, double top)
{
  const MillTimelineLayout *layout = &self->layout;
  MillText *value_text = row->has_span ? &row->span_value : &row->value;
  MillText *detail_text = row->has_span ? &row->span_detail : &row->detail;
  const double title = height_of (&row->title), value = height_of (value_text);
  const double detail = height_of (detail_text);
  const double block =
      top + layout->plot_offset + MAX (floor ((layout->plot_height - value - detail) / 2.0), 0.0);
  const double bottom = top + layout->plot_offset + layout->plot_height + 4.0 * layout->unit;
  const double room = bottom - top - title;
  double title_y = block + floor ((value - title) / 2.0), legend;
  GdkRGBA text, dim, blue;

  /* A title with a long legend moves up, a little into the gap if need be. */
  legend = mill_timeline_legend_get_height (row, layout->titles_width, room, layout->unit);
  title_y =
      layout->narrow ? top : MAX (MIN (title_y, bottom - legend - title), top - LEGEND_RISE * layout->unit);
  mill_palette_get (GTK_WIDGET (self), MILL_COLOR_TEXT, &text);
  mill_palette_get (GTK_WIDGET (self), MILL_COLOR_DIM, &dim);
  mill_palette_get (GTK_WIDGET (self), MILL_COLOR_BLUE, &blue);
  snapshot_text (self, snapshot, &row->title, layout->title_x, title_y, &text);
  snapshot_text (self, snapshot, value_text, layout->value_x, block, row->has_span ? &blue : &text);
  snapshot_text (self, snapshot, detail_text, layout->value_x, block + value, &dim);
  if (layout->narrow)
    snapshot_legend_beside (self, snapshot, row, top);
  else
    mill_timeline_legend_snapshot (self, snapshot, row, layout->title_x, title_y + title,
                                   layout->titles_width, room,
                                   top + layout->row_pitch + LEGEND_RISE * layout->unit);
}

/* The line of a round value and its number, so that the height of a curve can be read. */
static void
snapshot_scale (MillTimeline *self, GtkSnapshot *snapshot, MillTimelineRow *row, double plot_top)
{
  const MillTimelineLayout *layout = &self->layout;
  const double bottom = plot_top + layout->plot_height;
  const double y = round (bottom - row->tick_value / row->top * (layout->plot_height - 2.0 * layout->unit));
  double width, height;
  GdkRGBA line, dim;

  mill_palette_get (GTK_WIDGET (self), MILL_COLOR_LINE, &line);
  mill_palette_get (GTK_WIDGET (self), MILL_COLOR_DIM, &dim);
  gtk_snapshot_append_color (
      snapshot, &line,
      &GRAPHENE_RECT_INIT ((float) layout->plot_x, (float) bottom, (float) layout->plot_width, 1.0f));
  if (!mill_timeline_row_has_data (row) || row->tick_value <= 0.0)
    return;

  line.alpha *= 0.6f;
  gtk_snapshot_append_color (
      snapshot, &line,
      &GRAPHENE_RECT_INIT ((float) layout->plot_x, (float) y, (float) layout->plot_width, 1.0f));
  if (layout->narrow)
    return;
  mill_text_get_size (&row->tick, &width, &height);
  mill_text_draw (&row->tick, snapshot, layout->rtl ? layout->tick_edge : layout->tick_edge - width,
                  round (y - height / 2.0), &dim);
}

/* As the plain image that it is. Of a recording with an image in it that is painted on an SVG surface,
 * cairo 1.16 forgets a reference. */
static void
snapshot_embedded_plot (GtkSnapshot *snapshot, GskRenderNode *node, int scale)
{
  graphene_rect_t bounds;
  cairo_surface_t *image;
  cairo_t *cr;
  g_autoptr (GBytes) pixels = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  int width, height;

  gsk_render_node_get_bounds (node, &bounds);
  width = (int) roundf (bounds.size.width * (float) scale);
  height = (int) roundf (bounds.size.height * (float) scale);
  image = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cairo_surface_set_device_scale (image, scale, scale);
  cr = cairo_create (image);
  gsk_render_node_draw (node, cr);
  cairo_destroy (cr);
  cairo_surface_flush (image);
  pixels = g_bytes_new (cairo_image_surface_get_data (image),
                        (gsize) cairo_image_surface_get_stride (image) * (gsize) height);
  texture = gdk_memory_texture_new (width, height, GDK_MEMORY_DEFAULT, pixels,
                                    (gsize) cairo_image_surface_get_stride (image));
  cairo_surface_destroy (image);
  gtk_snapshot_append_texture (snapshot, texture, &bounds);
}

static void
snapshot_row (MillTimeline *self, GtkSnapshot *snapshot, guint index)
{
  const MillTimelineLayout *layout = &self->layout;
  MillTimelineRow *row = g_ptr_array_index (self->rows, index);
  const int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  const double top = layout->plots_top + index * layout->row_pitch;
  const double plot_top = top + layout->plot_offset;
  GskRenderNode *node;

  snapshot_scale (self, snapshot, row, plot_top);
  node = mill_timeline_row_get_node (row, (guint) layout->plot_height * (guint) scale, scale);
  if (node != NULL && mill_timeline_row_has_data (row))
    {
      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) layout->plot_x, (float) plot_top));
      if (self->embeds_plots)
        snapshot_embedded_plot (snapshot, node, scale);
      else
        gtk_snapshot_append_node (snapshot, node);
      gtk_snapshot_restore (snapshot);
    }
  snapshot_row_texts (self, snapshot, row, top);
}

static void
snapshot_axis (MillTimeline *self, GtkSnapshot *snapshot)
{
  const MillTimelineLayout *layout = &self->layout;
  const double y = layout->plots_bottom + 1.0;
  gint64 time = (self->t0 - self->origin + self->tick_step - 1) / self->tick_step * self->tick_step;
  GdkRGBA dim, line;
  guint i;

  mill_palette_get (GTK_WIDGET (self), MILL_COLOR_DIM, &dim);
  mill_palette_get (GTK_WIDGET (self), MILL_COLOR_LINE, &line);
  for (i = 0; i < self->ticks->len && time <= self->t1 - self->origin; i++, time += self->tick_step)
    {
      MillText *text = g_ptr_array_index (self->ticks, i);
      const double x = mill_timeline_time_to_x (self, self->origin + time);
      const double right = layout->plot_x + layout->plot_width;
      double width;

      mill_text_get_size (text, &width, NULL);
      gtk_snapshot_append_color (
          snapshot, &line,
          &GRAPHENE_RECT_INIT ((float) round (x), (float) y, 1.0f, (float) (4.0 * layout->unit)));
      mill_text_draw (text, snapshot,
                      round (CLAMP (x - width / 2.0, layout->plot_x, MAX (right - width, layout->plot_x))),
                      y + 4.0 * layout->unit, &dim);
    }
}

static void
snapshot_empty (MillTimeline *self, GtkSnapshot *snapshot)
{
  const MillTimelineLayout *layout = &self->layout;
  double width, height;
  GdkRGBA dim;

  mill_palette_get (GTK_WIDGET (self), MILL_COLOR_DIM, &dim);
  mill_text_get_size (&self->empty_text, &width, &height);
  mill_text_draw (&self->empty_text, snapshot, round (layout->plot_x + (layout->plot_width - width) / 2.0),
                  round ((layout->plots_top + layout->plots_bottom - height) / 2.0), &dim);
}

void
mill_timeline_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  MillTimeline *self = MILL_TIMELINE (widget);
  guint i;

  for (i = 0; i < self->rows->len; i++)
    snapshot_row (self, snapshot, i);

  if (!mill_timeline_has_data (self))
    {
      snapshot_empty (self, snapshot);
      return;
    }
  snapshot_axis (self, snapshot);
  mill_timeline_snapshot_markers (self, snapshot);
  mill_timeline_snapshot_selection (self, snapshot);
  mill_timeline_snapshot_crosshair (self, snapshot);
}
