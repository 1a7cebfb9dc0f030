/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A cached line of text, and the unit of length that follows the text size.
 */
#include "config.h"

#include "mill-text.h"

#include <pango/pangocairo.h>

/* The font size, in pixels, at which a unit is one pixel: Cantarell or Adwaita Sans 11 at 96 dpi. */
#define REFERENCE_FONT_PX 14.6667

static PangoLayout *
ensure_layout (MillText *self)
{
  PangoAttrList *attributes;

  if (self->layout != NULL)
    return self->layout;

  self->layout = gtk_widget_create_pango_layout (self->widget, self->string);
  attributes = pango_attr_list_new ();
  pango_attr_list_insert (attributes, pango_attr_scale_new (self->scale));
  pango_attr_list_insert (attributes, pango_attr_weight_new (self->weight));
  if (self->tabular)
    pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (self->layout, attributes);
  pango_layout_set_single_paragraph_mode (self->layout, TRUE);
  pango_attr_list_unref (attributes);

  return self->layout;
}

/**
 * mill_text_init:
 * @self: uninitialised memory
 * @widget: the widget that draws it
 * @scale: its size relative to the widget's font
 * @weight: its weight
 *
 * Initialises an empty line of text.
 */
void
mill_text_init (MillText *self, GtkWidget *widget, double scale, PangoWeight weight)
{
  *self = (MillText){ .widget = widget, .string = g_strdup (""), .scale = scale, .weight = weight };
}

/**
 * mill_text_clear:
 * @self: a line of text
 *
 * Releases what it holds.
 */
void
mill_text_clear (MillText *self)
{
  g_clear_object (&self->layout);
  g_clear_pointer (&self->string, g_free);
}

/**
 * mill_text_set:
 * @self: a line of text
 * @string: (nullable): what it says, in UTF-8; %NULL is the same as ""
 *
 * Returns: %TRUE if that changed it
 */
gboolean
mill_text_set (MillText *self, const char *string)
{
  if (string == NULL)
    string = "";
  if (g_strcmp0 (self->string, string) == 0)
    return FALSE;

  g_free (self->string);
  self->string = g_utf8_make_valid (string, -1);
  if (self->layout != NULL)
    pango_layout_set_text (self->layout, self->string, -1);

  return TRUE;
}

/**
 * mill_text_is_empty:
 * @self: a line of text
 *
 * Returns: %TRUE if there is nothing to draw
 */
gboolean
mill_text_is_empty (MillText *self)
{
  return self->string[0] == '\0';
}

/**
 * mill_text_set_max_width:
 * @self: a line of text
 * @width: in pixels; negative for no limit
 *
 * Ellipsizes the text if it is wider than @width.
 */
void
mill_text_set_max_width (MillText *self, double width)
{
  PangoLayout *layout = ensure_layout (self);
  int pango_width = width < 0.0 ? -1 : (int) (width * PANGO_SCALE);

  if (pango_layout_get_width (layout) == pango_width)
    return;
  pango_layout_set_width (layout, pango_width);
  pango_layout_set_ellipsize (layout, width < 0.0 ? PANGO_ELLIPSIZE_NONE : PANGO_ELLIPSIZE_END);
}

/**
 * mill_text_get_size:
 * @self: a line of text
 * @out_width: (out) (optional): in pixels
 * @out_height: (out) (optional): in pixels
 *
 * Measures the text. Pango keeps the result until the text or the font changes.
 */
void
mill_text_get_size (MillText *self, double *out_width, double *out_height)
{
  int width, height;

  pango_layout_get_pixel_size (ensure_layout (self), &width, &height);
  if (out_width != NULL)
    *out_width = width;
  if (out_height != NULL)
    *out_height = height;
}

/**
 * mill_text_draw:
 * @self: a line of text
 * @snapshot: where to draw
 * @x: the left edge
 * @y: the top edge
 * @color: the colour
 *
 * Draws the text with its top left corner at (@x, @y).
 */
void
mill_text_draw (MillText *self, GtkSnapshot *snapshot, double x, double y, const GdkRGBA *color)
{
  PangoLayout *layout = ensure_layout (self);
  PangoRectangle extents;

  if (mill_text_is_empty (self))
    return;

  /* In right-to-left text a layout with a width is aligned to its right edge; undo that. */
  pango_layout_get_pixel_extents (layout, NULL, &extents);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x - (float) extents.x, (float) y));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

/**
 * mill_text_unit:
 * @widget: a widget
 *
 * The unit in which everything drawn is laid out, so that it grows with the text.
 *
 * Returns: one design pixel in logical pixels; 1 at the default text size
 */
double
mill_text_unit (GtkWidget *widget)
{
  PangoContext *context = gtk_widget_get_pango_context (widget);
  const PangoFontDescription *font = pango_context_get_font_description (context);
  double size = (double) pango_font_description_get_size (font) / PANGO_SCALE;
  double dpi = pango_cairo_context_get_resolution (context);

  if (!pango_font_description_get_size_is_absolute (font))
    size *= (dpi > 0.0 ? dpi : 96.0) / 72.0;

  return CLAMP (size / REFERENCE_FONT_PX, 0.5, 4.0);
}
