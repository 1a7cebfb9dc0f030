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

void mill_palette_get (GtkWidget *widget, MillColor color, GdkRGBA *out);
void mill_palette_get_on (const GdkRGBA *fill, GdkRGBA *out);
void mill_palette_watch (GtkWidget *widget);

G_END_DECLS
