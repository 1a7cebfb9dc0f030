/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Drawing of the signs. Hundreds of dots then cost one small texture each, whichever their shape.
 */
#include "config.h"

#include "mill-dot-glyph.h"

#include "mill-draw.h"

#include <math.h>

/* Below this many device pixels a sign inside a ring cannot be told; the ring gets bolder instead. */
#define DETAIL_PX 8.5

static void
ring (cairo_t *cr, double diameter, double width)
{
  cairo_set_line_width (cr, width);
  cairo_arc (cr, diameter / 2.0, diameter / 2.0, (diameter - width) / 2.0, 0.0, 2.0 * G_PI);
  cairo_stroke (cr);
}

static void
disc (cairo_t *cr, double diameter, double radius)
{
  cairo_arc (cr, diameter / 2.0, diameter / 2.0, radius, 0.0, 2.0 * G_PI);
  cairo_fill (cr);
}

static void
bar (cairo_t *cr, double x, double y, double width, double height)
{
  cairo_rectangle (cr, x - width / 2.0, y - height / 2.0, width, height);
  cairo_fill (cr);
}

/* Of a clock that shows three. */
static void
hands (cairo_t *cr, double diameter, double width)
{
  const double middle = diameter / 2.0;

  cairo_set_line_width (cr, width);
  cairo_move_to (cr, middle, diameter * 0.24);
  cairo_line_to (cr, middle, middle);
  cairo_line_to (cr, diameter * 0.72, middle);
  cairo_stroke (cr);
}

static void
square (cairo_t *cr, double diameter)
{
  const double radius = diameter * 0.2;
  const double inset = diameter * 0.04;
  const double low = inset + radius, high = diameter - inset - radius;

  cairo_arc (cr, high, low, radius, -G_PI / 2.0, 0.0);
  cairo_arc (cr, high, high, radius, 0.0, G_PI / 2.0);
  cairo_arc (cr, low, high, radius, G_PI / 2.0, G_PI);
  cairo_arc (cr, low, low, radius, G_PI, 1.5 * G_PI);
  cairo_close_path (cr);
  cairo_fill (cr);
}

static void
diamond (cairo_t *cr, double diameter)
{
  cairo_move_to (cr, diameter / 2.0, 0.0);
  cairo_line_to (cr, diameter, diameter / 2.0);
  cairo_line_to (cr, diameter / 2.0, diameter);
  cairo_line_to (cr, 0.0, diameter / 2.0);
  cairo_close_path (cr);
  cairo_fill (cr);
}

static void
draw_sign (cairo_t *cr, MillDotState state, double d, gboolean detail)
{
  const double line = MAX (d * 0.125, 1.0);
  const double middle = d / 2.0;

  switch (state)
    {
    case MILL_DOT_IDLE:
      ring (cr, d, line);
      break;
    case MILL_DOT_BUSY:
      disc (cr, d, middle);
      break;
    case MILL_DOT_LIMITED:
      ring (cr, d, detail ? line : line * 1.6);
      if (detail)
        hands (cr, d, line);
      break;
    case MILL_DOT_WAITING:
      ring (cr, d, detail ? line : line * 1.6);
      if (detail)
        bar (cr, middle, middle, d * 0.46, line);
      break;
    case MILL_DOT_BACKING_OFF:
      ring (cr, d, line);
      disc (cr, d, d * (detail ? 0.17 : 0.12));
      break;
    case MILL_DOT_BLOCKED:
      square (cr, d);
      if (detail)
        {
          cairo_set_operator (cr, CAIRO_OPERATOR_CLEAR);
          bar (cr, middle, middle, d * 0.56, line * 1.2);
        }
      break;
    case MILL_DOT_PAUSED:
      ring (cr, d, line);
      if (detail)
        {
          bar (cr, middle - d * 0.13, middle, line, d * 0.4);
          bar (cr, middle + d * 0.13, middle, line, d * 0.4);
        }
      break;
    case MILL_DOT_STUCK:
      diamond (cr, d);
      break;
    case MILL_N_DOT_STATES:
    default:
      g_return_if_reached ();
    }
}

static GdkTexture *
make_texture (MillDotState state, double diameter, int scale, const GdkRGBA *color)
{
  cairo_surface_t *surface = mill_draw_surface (diameter, diameter, scale);
  cairo_t *cr = cairo_create (surface);

  gdk_cairo_set_source_rgba (cr, color);
  draw_sign (cr, state, diameter, diameter * scale >= DETAIL_PX);
  cairo_destroy (cr);

  return mill_draw_texture (surface);
}

/**
 * mill_dot_glyphs_clear:
 * @self: the signs
 *
 * Releases them.
 */
void
mill_dot_glyphs_clear (MillDotGlyphs *self)
{
  guint i;

  for (i = 0; i < MILL_N_DOT_STATES; i++)
    g_clear_object (&self->textures[i]);
}

/**
 * mill_dot_glyphs_get:
 * @self: the signs
 * @widget: the widget to draw
 * @state: a state
 * @diameter: of the sign, in whole logical pixels
 *
 * Makes a sign if there is none yet for this size and style.
 *
 * Returns: (transfer none): its picture
 */
GdkTexture *
mill_dot_glyphs_get (MillDotGlyphs *self, GtkWidget *widget, MillDotState state, double diameter)
{
  const int scale = gtk_widget_get_scale_factor (widget);
  GdkRGBA color;

  g_return_val_if_fail (state < MILL_N_DOT_STATES, NULL);

  if (fabs (self->diameter - diameter) > 1e-6 || self->scale != scale)
    {
      mill_dot_glyphs_clear (self);
      self->diameter = diameter;
      self->scale = scale;
    }

  mill_palette_get (widget, mill_dot_state_get_color (state), &color);
  if (self->textures[state] != NULL && gdk_rgba_equal (&self->colors[state], &color))
    return self->textures[state];

  g_clear_object (&self->textures[state]);
  self->colors[state] = color;
  self->textures[state] = make_texture (state, diameter, scale, &color);

  return self->textures[state];
}
