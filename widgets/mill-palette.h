/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The colours that everything drawn in Millrace shares, by what they mean. They follow the light, dark and
 * high-contrast styles; no widget names a colour of its own.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MillColor:
 * @MILL_COLOR_BLUE: busy, in flight
 * @MILL_COLOR_ORANGE: waiting for a slot or a rate
 * @MILL_COLOR_PURPLE: backing off, retries
 * @MILL_COLOR_GREEN: fine, throughput
 * @MILL_COLOR_AMBER: filling up, getting old
 * @MILL_COLOR_RED: full, blocked, dead
 * @MILL_COLOR_GREY: idle
 * @MILL_COLOR_TRACK: the empty part of a gauge
 * @MILL_COLOR_LINE: hairlines: chart baselines, outlines of gauges
 * @MILL_COLOR_TEXT: text, in the widget's own CSS colour
 * @MILL_COLOR_DIM: secondary text
 * @MILL_COLOR_VIEW: what lies behind: boxes drawn over a chart
 *
 * What a colour stands for.
 */
typedef enum
{
  MILL_COLOR_BLUE,
  MILL_COLOR_ORANGE,
  MILL_COLOR_PURPLE,
  MILL_COLOR_GREEN,
  MILL_COLOR_AMBER,
  MILL_COLOR_RED,
  MILL_COLOR_GREY,
  MILL_COLOR_TRACK,
  MILL_COLOR_LINE,
  MILL_COLOR_TEXT,
  MILL_COLOR_DIM,
  MILL_COLOR_VIEW,
  MILL_N_COLORS
} MillColor;

/**
 * MillPaletteScheme:
 * @MILL_PALETTE_STANDARD: GNOME's colours
 * @MILL_PALETTE_COLOR_BLIND: the colours of Okabe and Ito, which all kinds of colour vision tell apart
 * @MILL_PALETTE_HIGH_CONTRAST: colours that stand out from what is behind them
 *
 * Which colours stand for it.
 */
typedef enum
{
  MILL_PALETTE_STANDARD,
  MILL_PALETTE_COLOR_BLIND,
  MILL_PALETTE_HIGH_CONTRAST,
} MillPaletteScheme;

MillPaletteScheme mill_palette_get_scheme (void);
void mill_palette_set_scheme (MillPaletteScheme scheme);
void mill_palette_get_fill (MillPaletteScheme scheme, gboolean dark, MillColor color, GdkRGBA *out);
void mill_palette_get (GtkWidget *widget, MillColor color, GdkRGBA *out);
void mill_palette_get_on (const GdkRGBA *fill, GdkRGBA *out);
void mill_palette_watch (GtkWidget *widget);

G_END_DECLS
