/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Charts are drawn straight into memory by vertical spans with antialiased ends and shown as one image each:
 * a tenth of what one render node per column costs, let alone a stroked path. The image is shown by a cairo
 * node, not as a texture, because GTK 4.8's cairo renderer converts every pixel of a texture through floats
 * on each drawing.
 */
#include "config.h"

#include "mill-plot.h"

#include <math.h>

struct _MillPlot
{
  guint width;
  guint height;
  guint32 *pixels; /* (owned): premultiplied ARGB, row by row from the top */
};

/* A colour times a coverage, as premultiplied 8-bit channels in one word. */
static guint32
premultiply (const GdkRGBA *color, double coverage)
{
  const double alpha = (double) color->alpha * coverage;
  const guint32 a = (guint32) (alpha * 255.0 + 0.5);
  const guint32 r = (guint32) ((double) color->red * alpha * 255.0 + 0.5);
  const guint32 g = (guint32) ((double) color->green * alpha * 255.0 + 0.5);
  const guint32 b = (guint32) ((double) color->blue * alpha * 255.0 + 0.5);

  return a << 24 | r << 16 | g << 8 | b;
}

/* Source over destination, two channels at a time; x/255 as (x + 128 + (x + 128)/256)/256, exact for 16 bits.
 */
static guint32
over (guint32 source, guint32 destination)
{
  const guint32 keep = 255u - (source >> 24);
  guint32 even = (destination & 0x00ff00ffu) * keep + 0x00800080u;
  guint32 odd = ((destination >> 8) & 0x00ff00ffu) * keep + 0x00800080u;

  even = ((even + ((even >> 8) & 0x00ff00ffu)) >> 8) & 0x00ff00ffu;
  odd = (odd + ((odd >> 8) & 0x00ff00ffu)) & 0xff00ff00u;

  return source + (even | odd);
}

static void
blend (MillPlot *self, guint x, guint y, guint32 source)
{
  guint32 *pixel = &self->pixels[(gsize) y * self->width + x];

  *pixel = *pixel == 0 ? source : over (source, *pixel);
}

/* Where a value lies: @pad pixels are kept free above @top, so that a line at the top is not cut. */
static double
value_to_y (const MillPlot *self, double value, double top, double pad)
{
  return (double) self->height - value / top * ((double) self->height - pad);
}

/**
 * mill_plot_new:
 * @width: in device pixels
 * @height: in device pixels
 *
 * Returns: (transfer full): a transparent picture
 */
MillPlot *
mill_plot_new (guint width, guint height)
{
  MillPlot *self;

  g_return_val_if_fail (width > 0 && height > 0 && width <= 32767 && height <= 32767, NULL);

  self = g_new (MillPlot, 1);
  self->width = width;
  self->height = height;
  self->pixels = g_new0 (guint32, (gsize) width * height);

  return self;
}

/**
 * mill_plot_free:
 * @self: (transfer full): a picture
 *
 * Frees it.
 */
void
mill_plot_free (MillPlot *self)
{
  g_free (self->pixels);
  g_free (self);
}

/**
 * mill_plot_free_to_node:
 * @self: (transfer full): a picture
 * @scale: device pixels per logical pixel
 *
 * Returns: (transfer full): what draws the picture with its top left corner at (0, 0)
 */
GskRenderNode *
mill_plot_free_to_node (MillPlot *self, int scale)
{
  static const cairo_user_data_key_t key;
  const int width = (int) self->width, height = (int) self->height;
  cairo_surface_t *image = cairo_image_surface_create_for_data ((guchar *) self->pixels, CAIRO_FORMAT_ARGB32,
                                                                width, height, width * 4);
  GskRenderNode *node = gsk_cairo_node_new (
      &GRAPHENE_RECT_INIT (0.0f, 0.0f, (float) width / (float) scale, (float) height / (float) scale));
  cairo_t *cr = gsk_cairo_node_get_draw_context (node);

  cairo_surface_set_device_scale (image, scale, scale);
  cairo_set_source_surface (cr, image, 0.0, 0.0);
  cairo_paint (cr);

  /* The recording refers to the image, and would copy it if it died first. */
  cairo_surface_set_user_data (image, &key, self, (cairo_destroy_func_t) mill_plot_free);
  cairo_surface_set_user_data (cairo_get_target (cr), &key, image,
                               (cairo_destroy_func_t) cairo_surface_destroy);
  cairo_destroy (cr);

  return node;
}

/**
 * mill_plot_get_width:
 * @self: a picture
 *
 * Returns: its width in device pixels
 */
guint
mill_plot_get_width (MillPlot *self)
{
  return self->width;
}

/**
 * mill_plot_get_height:
 * @self: a picture
 *
 * Returns: its height in device pixels
 */
guint
mill_plot_get_height (MillPlot *self)
{
  return self->height;
}

/**
 * mill_plot_get_pixel:
 * @self: a picture
 * @x: column
 * @y: row from the top
 *
 * Returns: the premultiplied colour there, 0xAARRGGBB
 */
guint32
mill_plot_get_pixel (MillPlot *self, guint x, guint y)
{
  g_return_val_if_fail (x < self->width && y < self->height, 0);

  return self->pixels[(gsize) y * self->width + x];
}

/**
 * mill_plot_add_column:
 * @self: a picture
 * @x: the column; nothing is drawn outside the picture
 * @y0: one end, from the top
 * @y1: the other end
 * @color: the colour
 *
 * Draws a vertical span one pixel wide. Its ends cover their pixels in part.
 */
void
mill_plot_add_column (MillPlot *self, int x, double y0, double y1, const GdkRGBA *color)
{
  const double upper = CLAMP (MIN (y0, y1), 0.0, (double) self->height);
  const double lower = CLAMP (MAX (y0, y1), 0.0, (double) self->height);
  const guint first = (guint) upper;
  const guint last = (guint) lower;
  guint32 solid;
  guint y;

  if (x < 0 || x >= (int) self->width || !(lower > upper))
    return;
  if (first == last)
    {
      blend (self, (guint) x, first, premultiply (color, lower - upper));
      return;
    }

  blend (self, (guint) x, first, premultiply (color, (double) (first + 1) - upper));
  solid = premultiply (color, 1.0);
  for (y = first + 1; y < last; y++)
    blend (self, (guint) x, y, solid);
  if (last < self->height)
    blend (self, (guint) x, last, premultiply (color, lower - (double) last));
}

/**
 * mill_plot_add_stripes:
 * @self: a picture
 * @x: the column; nothing is drawn outside the picture
 * @y0: one end, from the top
 * @y1: the other end
 * @spacing: from one stripe to the next, in pixels along x
 * @thickness: of a stripe, in pixels along x
 * @slope: dx/dy of the stripes
 * @color: their colour
 *
 * Draws what stripes across the whole picture have in a vertical span one pixel wide. Their edges are soft.
 */
void
mill_plot_add_stripes (MillPlot *self, int x, double y0, double y1, double spacing, double thickness,
                       double slope, const GdkRGBA *color)
{
  const guint first = (guint) CLAMP (ceil (MIN (y0, y1)), 0.0, (double) self->height);
  const guint last = (guint) CLAMP (floor (MAX (y0, y1)), 0.0, (double) self->height);
  guint y;

  if (x < 0 || x >= (int) self->width || !(spacing > 0.0))
    return;
  for (y = first; y < last; y++)
    {
      double at = fmod (x - slope * y, spacing);
      double cover;

      at = at < 0.0 ? at + spacing : at;
      cover = CLAMP (MIN (at + 1.0, thickness) - MAX (at, 0.0), 0.0, 1.0);
      /* The next stripe may begin within this pixel. */
      cover += CLAMP (at + 1.0 - spacing, 0.0, 1.0);
      if (cover > 0.0)
        blend (self, (guint) x, y, premultiply (color, MIN (cover, 1.0)));
    }
}

/**
 * mill_plot_add_area:
 * @self: a picture
 * @columns: (array): one per pixel column
 * @top: the value at the upper edge
 * @pad: pixels kept free above that
 * @color: the fill
 *
 * Fills from the bottom up to each column's greatest value.
 */
void
mill_plot_add_area (MillPlot *self, const MillSeriesColumn *columns, double top, double pad,
                    const GdkRGBA *color)
{
  guint i;

  for (i = 0; i < self->width; i++)
    if (columns[i].filled)
      mill_plot_add_column (self, (int) i, value_to_y (self, columns[i].max, top, pad), (double) self->height,
                            color);
}

/**
 * mill_plot_add_line:
 * @self: a picture
 * @columns: (array): one per pixel column
 * @top: the value at the upper edge
 * @pad: pixels kept free above that
 * @thickness: of the line, in pixels
 * @color: of the line
 *
 * Draws a curve: in each column what it spans, together with the step from the column before.
 */
void
mill_plot_add_line (MillPlot *self, const MillSeriesColumn *columns, double top, double pad, double thickness,
                    const GdkRGBA *color)
{
  const double half = thickness / 2.0;
  const double lowest = (double) self->height - half; /* a line at zero is drawn whole */
  double before = 0.0;
  gboolean linked = FALSE;
  guint i;

  for (i = 0; i < self->width; i++)
    {
      double upper, lower;

      if (!columns[i].filled)
        {
          linked = FALSE;
          continue;
        }
      upper = MIN (value_to_y (self, columns[i].max, top, pad), lowest);
      lower = MIN (value_to_y (self, columns[i].min, top, pad), lowest);
      if (linked)
        {
          upper = MIN (upper, before);
          lower = MAX (lower, before);
        }
      mill_plot_add_column (self, (int) i, upper - half, lower + half, color);
      before = MIN (value_to_y (self, columns[i].last, top, pad), lowest);
      linked = TRUE;
    }
}

/**
 * mill_plot_add_dashes:
 * @self: a picture
 * @columns: (array): one per pixel column
 * @top: the value at the upper edge
 * @pad: pixels kept free above that
 * @thickness: of the line, in pixels
 * @dash: length of a dash
 * @gap: length of a gap
 * @color: of the line
 *
 * Draws a dashed step line on whole pixels. The dashes stand still while the curve moves on.
 */
void
mill_plot_add_dashes (MillPlot *self, const MillSeriesColumn *columns, double top, double pad,
                      double thickness, guint dash, guint gap, const GdkRGBA *color)
{
  guint i;

  for (i = 0; i < self->width; i++)
    {
      double y;

      if (!columns[i].filled || i % (dash + gap) >= dash)
        continue;
      y = round (value_to_y (self, columns[i].last, top, pad) - thickness / 2.0);
      mill_plot_add_column (self, (int) i, y, y + thickness, color);
    }
}
