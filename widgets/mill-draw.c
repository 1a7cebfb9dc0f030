/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Shapes from render nodes that both renderers draw quickly: clips, colours and gradients, no stroked lines.
 */
#include "config.h"

#include "mill-draw.h"

#include <math.h>

/**
 * mill_draw_box:
 * @snapshot: where to draw
 * @bounds: the box
 * @radius: of its corners
 * @color: the fill
 *
 * Fills a rounded box.
 */
void
mill_draw_box (GtkSnapshot *snapshot, const graphene_rect_t *bounds, double radius, const GdkRGBA *color)
{
  GskRoundedRect rounded;

  gsk_rounded_rect_init_from_rect (&rounded, bounds, (float) radius);
  gtk_snapshot_push_rounded_clip (snapshot, &rounded);
  gtk_snapshot_append_color (snapshot, color, bounds);
  gtk_snapshot_pop (snapshot);
}

/**
 * mill_draw_outline:
 * @snapshot: where to draw
 * @bounds: the box
 * @radius: of its corners
 * @width: of the line, inside @bounds
 * @color: of the line
 *
 * Outlines a rounded box.
 */
void
mill_draw_outline (GtkSnapshot *snapshot, const graphene_rect_t *bounds, double radius, double width,
                   const GdkRGBA *color)
{
  const float line = (float) width;
  GskRoundedRect rounded;

  gsk_rounded_rect_init_from_rect (&rounded, bounds, (float) radius);
  gtk_snapshot_append_border (snapshot, &rounded, (float[4]){ line, line, line, line },
                              (GdkRGBA[4]){ *color, *color, *color, *color });
}

/**
 * mill_draw_hatch:
 * @snapshot: where to draw
 * @bounds: the area
 * @spacing: from one stripe to the next, measured along x
 * @thickness: of a stripe, measured along x
 * @slope: dx/dy of the stripes; negative leans right at the top
 * @color: of the stripes
 *
 * Hatches an area. A repeating gradient costs a fraction of as many lines.
 */
void
mill_draw_hatch (GtkSnapshot *snapshot, const graphene_rect_t *bounds, double spacing, double thickness,
                 double slope, const GdkRGBA *color)
{
  const float soft = (float) (0.5 / spacing); /* half a pixel of transition at each edge of a stripe */
  const float end = (float) (thickness / spacing);
  const double norm = 1.0 + slope * slope;
  GdkRGBA clear = *color;
  /* Hung up at the lower edge: the level of a tank rises and falls without moving its stripes. */
  const graphene_point_t from = { bounds->origin.x, bounds->origin.y + bounds->size.height };
  graphene_point_t to;

  clear.alpha = 0.0f;
  /* The normal of the stripes is (1, -slope); a step of `spacing` along x is spacing/norm of it. */
  to.x = from.x + (float) (spacing / norm);
  to.y = from.y - (float) (spacing * slope / norm);

  gtk_snapshot_append_repeating_linear_gradient (
      snapshot, bounds, &from, &to,
      (GskColorStop[5]){
          { 0.0f, clear }, { soft, *color }, { end, *color }, { end + soft, clear }, { 1.0f, clear } },
      5);
}

/**
 * mill_draw_dashes:
 * @snapshot: where to draw
 * @line: the line as a thin horizontal or vertical box
 * @dash: length of a dash
 * @gap: length of a gap
 * @color: of the dashes
 *
 * Draws a dashed line along the longer side of @line.
 */
void
mill_draw_dashes (GtkSnapshot *snapshot, const graphene_rect_t *line, double dash, double gap,
                  const GdkRGBA *color)
{
  const gboolean vertical = line->size.height > line->size.width;
  const double length = (double) (vertical ? line->size.height : line->size.width);
  graphene_rect_t piece = *line;
  double at;

  for (at = 0.0; at < length; at += dash + gap)
    {
      if (vertical)
        {
          piece.origin.y = line->origin.y + (float) at;
          piece.size.height = (float) MIN (dash, length - at);
        }
      else
        {
          piece.origin.x = line->origin.x + (float) at;
          piece.size.width = (float) MIN (dash, length - at);
        }
      gtk_snapshot_append_color (snapshot, color, &piece);
    }
}

/**
 * mill_draw_surface:
 * @width: in logical pixels
 * @height: in logical pixels
 * @scale: device pixels per logical pixel
 *
 * Returns: (transfer full): an empty image to draw on in logical pixels
 */
cairo_surface_t *
mill_draw_surface (double width, double height, int scale)
{
  cairo_surface_t *surface = cairo_image_surface_create (
      CAIRO_FORMAT_ARGB32, MAX (1, (int) ceil (width * scale)), MAX (1, (int) ceil (height * scale)));

  cairo_surface_set_device_scale (surface, scale, scale);

  return surface;
}

/**
 * mill_draw_texture:
 * @surface: (transfer full): an image surface
 *
 * Returns: (transfer full): its picture as a texture
 */
GdkTexture *
mill_draw_texture (cairo_surface_t *surface)
{
  GdkTexture *texture;
  GBytes *bytes;
  gsize stride;

  cairo_surface_flush (surface);
  stride = (gsize) cairo_image_surface_get_stride (surface);
  bytes = g_bytes_new_with_free_func (cairo_image_surface_get_data (surface),
                                      stride * (gsize) cairo_image_surface_get_height (surface),
                                      (GDestroyNotify) cairo_surface_destroy, surface);
  texture =
      gdk_memory_texture_new (cairo_image_surface_get_width (surface),
                              cairo_image_surface_get_height (surface), GDK_MEMORY_DEFAULT, bytes, stride);
  g_bytes_unref (bytes);

  return texture;
}
