/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The shared palette: GNOME's palette, one table for each of light, dark and their high-contrast versions,
 * and one made for all kinds of colour vision, with text colours taken from the widget's CSS.
 */
#include "config.h"

#include "mill-palette.h"

#include <adwaita.h>

/* Every fill has at least 3:1 against its card in dark and high contrast; in light, orange and amber are
 * brighter than that, which is why no state is told by colour alone. */
static const guint32 light_colors[] = {
  [MILL_COLOR_BLUE] = 0x3584e4,  [MILL_COLOR_ORANGE] = 0xff7800, [MILL_COLOR_PURPLE] = 0x9141ac,
  [MILL_COLOR_GREEN] = 0x33d17a, [MILL_COLOR_AMBER] = 0xe5a50a,  [MILL_COLOR_RED] = 0xe01b24,
  [MILL_COLOR_GREY] = 0x9a9996,
};

static const guint32 dark_colors[] = {
  [MILL_COLOR_BLUE] = 0x3d8ef0,  [MILL_COLOR_ORANGE] = 0xff7800, [MILL_COLOR_PURPLE] = 0xb75fd0,
  [MILL_COLOR_GREEN] = 0x33d17a, [MILL_COLOR_AMBER] = 0xe5a50a,  [MILL_COLOR_RED] = 0xe8323b,
  [MILL_COLOR_GREY] = 0x8b8a88,
};

static const guint32 light_contrast_colors[] = {
  [MILL_COLOR_BLUE] = 0x1a5fb4,  [MILL_COLOR_ORANGE] = 0xb84300, [MILL_COLOR_PURPLE] = 0x613583,
  [MILL_COLOR_GREEN] = 0x1a7f4b, [MILL_COLOR_AMBER] = 0x8f5a00,  [MILL_COLOR_RED] = 0xa51d2d,
  [MILL_COLOR_GREY] = 0x5e5c64,
};

static const guint32 dark_contrast_colors[] = {
  [MILL_COLOR_BLUE] = 0x78aeed,  [MILL_COLOR_ORANGE] = 0xffa348, [MILL_COLOR_PURPLE] = 0xdc8add,
  [MILL_COLOR_GREEN] = 0x8ff0a4, [MILL_COLOR_AMBER] = 0xf8e45c,  [MILL_COLOR_RED] = 0xf66151,
  [MILL_COLOR_GREY] = 0xc0bfbc,
};

/* Masataka Okabe and Kei Ito, “Color Universal Design: How to make figures and presentations that are
 * friendly to colorblind people”, 2002, revised 2008. Their black and white are here the greys; on a dark
 * card their sky blue is in place of the blue, which is too dark for it. */
static const guint32 light_okabe_ito_colors[] = {
  [MILL_COLOR_BLUE] = 0x0072b2,  [MILL_COLOR_ORANGE] = 0xe69f00, [MILL_COLOR_PURPLE] = 0xcc79a7,
  [MILL_COLOR_GREEN] = 0x009e73, [MILL_COLOR_AMBER] = 0xf0e442,  [MILL_COLOR_RED] = 0xd55e00,
  [MILL_COLOR_GREY] = 0x4d4d4d,
};

static const guint32 dark_okabe_ito_colors[] = {
  [MILL_COLOR_BLUE] = 0x56b4e9,  [MILL_COLOR_ORANGE] = 0xe69f00, [MILL_COLOR_PURPLE] = 0xcc79a7,
  [MILL_COLOR_GREEN] = 0x009e73, [MILL_COLOR_AMBER] = 0xf0e442,  [MILL_COLOR_RED] = 0xd55e00,
  [MILL_COLOR_GREY] = 0xd0d0d0,
};

static MillPaletteScheme current_scheme = MILL_PALETTE_STANDARD;
static GList *watchers; /* (owned) of GtkWidget, unowned: to be redrawn */

static void
rgb_from_hex (guint32 hex, GdkRGBA *out)
{
  out->red = (float) ((hex >> 16) & 0xff) / 255.0f;
  out->green = (float) ((hex >> 8) & 0xff) / 255.0f;
  out->blue = (float) (hex & 0xff) / 255.0f;
  out->alpha = 1.0f;
}

static void
text_color (GtkWidget *widget, float alpha, GdkRGBA *out)
{
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), out);
  out->alpha *= alpha;
}

static void
track_color (GtkWidget *widget, gboolean dark, gboolean contrast, GdkRGBA *out)
{
  if (dark)
    *out = (GdkRGBA){ 0.0f, 0.0f, 0.0f, 0.36f };
  else
    text_color (widget, contrast ? 0.04f : 0.07f, out);
}

static const guint32 *
table (MillPaletteScheme scheme, gboolean dark)
{
  switch (scheme)
    {
    case MILL_PALETTE_COLOR_BLIND:
      return dark ? dark_okabe_ito_colors : light_okabe_ito_colors;
    case MILL_PALETTE_HIGH_CONTRAST:
      return dark ? dark_contrast_colors : light_contrast_colors;
    case MILL_PALETTE_STANDARD:
    default:
      return dark ? dark_colors : light_colors;
    }
}

/* Who has chosen high contrast for the whole desktop gets it here, too, unless a palette was chosen. */
static MillPaletteScheme
get_effective_scheme (gboolean contrast)
{
  return contrast && current_scheme == MILL_PALETTE_STANDARD ? MILL_PALETTE_HIGH_CONTRAST : current_scheme;
}

/**
 * mill_palette_get_fill:
 * @scheme: a palette
 * @dark: whether it is drawn on a dark card
 * @color: one of the colours that do not follow the text, %MILL_COLOR_BLUE to %MILL_COLOR_GREY
 * @out: (out caller-allocates): the colour
 *
 * Looks up a colour in a palette, whichever is in force.
 */
void
mill_palette_get_fill (MillPaletteScheme scheme, gboolean dark, MillColor color, GdkRGBA *out)
{
  g_return_if_fail (color <= MILL_COLOR_GREY);

  rgb_from_hex (table (scheme, dark)[color], out);
}

/**
 * mill_palette_set_scheme:
 * @scheme: the palette to be in force
 *
 * Redraws everything that draws with the palette.
 */
void
mill_palette_set_scheme (MillPaletteScheme scheme)
{
  if (current_scheme == scheme)
    return;
  current_scheme = scheme;
  g_list_foreach (watchers, (GFunc) (GCallback) gtk_widget_queue_draw, NULL);
}

/**
 * mill_palette_get_scheme:
 *
 * Returns: the palette in force
 */
MillPaletteScheme
mill_palette_get_scheme (void)
{
  return current_scheme;
}

/**
 * mill_palette_get:
 * @widget: the widget to draw
 * @color: what the colour stands for
 * @out: (out caller-allocates): the colour
 *
 * Looks up a colour in the style that is in force. Cheap enough to call in every snapshot. Main thread.
 */
void
mill_palette_get (GtkWidget *widget, MillColor color, GdkRGBA *out)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  gboolean dark = adw_style_manager_get_dark (manager);
  MillPaletteScheme scheme = get_effective_scheme (adw_style_manager_get_high_contrast (manager));
  gboolean contrast = scheme == MILL_PALETTE_HIGH_CONTRAST;

  switch (color)
    {
    case MILL_COLOR_TRACK:
      track_color (widget, dark, contrast, out);
      break;
    case MILL_COLOR_LINE:
      text_color (widget, contrast ? 0.6f : 0.16f, out);
      break;
    case MILL_COLOR_TEXT:
      text_color (widget, 1.0f, out);
      break;
    case MILL_COLOR_DIM:
      text_color (widget, contrast ? 0.9f : 0.65f, out);
      break;
    case MILL_COLOR_VIEW:
      rgb_from_hex (dark ? 0x242424 : 0xfafafa, out);
      break;
    case MILL_COLOR_BLUE:
    case MILL_COLOR_ORANGE:
    case MILL_COLOR_PURPLE:
    case MILL_COLOR_GREEN:
    case MILL_COLOR_AMBER:
    case MILL_COLOR_RED:
    case MILL_COLOR_GREY:
      mill_palette_get_fill (scheme, dark, color, out);
      break;
    case MILL_N_COLORS:
    default:
      g_return_if_reached ();
    }
}

/**
 * mill_palette_get_on:
 * @fill: an opaque colour
 * @out: (out caller-allocates): black or white
 *
 * Chooses the colour of text on @fill by its relative luminance. The limit lies a little above the one of
 * WCAG 2.1 (0.179), because white, bold and large is what the gauges show on the middle colours.
 */
void
mill_palette_get_on (const GdkRGBA *fill, GdkRGBA *out)
{
  double luminance = 0.2126 * (double) (fill->red * fill->red) +
                     0.7152 * (double) (fill->green * fill->green) +
                     0.0722 * (double) (fill->blue * fill->blue);

  if (luminance > 0.30)
    *out = (GdkRGBA){ 0.0f, 0.0f, 0.0f, 0.85f };
  else
    *out = (GdkRGBA){ 1.0f, 1.0f, 1.0f, 1.0f };
}

static void
unwatch (gpointer user_data, GObject *widget)
{
  watchers = g_list_remove (watchers, widget);
}

/**
 * mill_palette_watch:
 * @widget: a widget that draws with the palette
 *
 * Has @widget redrawn whenever the palette changes, for as long as it lives.
 */
void
mill_palette_watch (GtkWidget *widget)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();

  watchers = g_list_prepend (watchers, widget);
  g_object_weak_ref (G_OBJECT (widget), unwatch, NULL);
  g_signal_connect_object (manager, "notify::dark", G_CALLBACK (gtk_widget_queue_draw), widget,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::high-contrast", G_CALLBACK (gtk_widget_queue_draw), widget,
                           G_CONNECT_SWAPPED);
}
