/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One chart of a timeline: its title, its series and limits, its scale and the two texts at its right.
 */
#pragma once

#include "mill-dots.h"
#include "mill-palette.h"
#include "mill-series.h"

G_BEGIN_DECLS

/**
 * MillTimelineKind:
 * @MILL_TIMELINE_AREA: a filled curve
 * @MILL_TIMELINE_LINES: up to three curves
 * @MILL_TIMELINE_BARS: counts per interval; each sample is what was counted since the one before
 * @MILL_TIMELINE_SHARES: parts of a whole, 0 to 1, one on top of the other; the rest is idle
 *
 * How a row is drawn.
 */
typedef enum
{
  MILL_TIMELINE_AREA,
  MILL_TIMELINE_LINES,
  MILL_TIMELINE_BARS,
  MILL_TIMELINE_SHARES
} MillTimelineKind;

#define MILL_TIMELINE_MAX_SERIES 8

#define MILL_TYPE_TIMELINE_ROW (mill_timeline_row_get_type ())
G_DECLARE_FINAL_TYPE (MillTimelineRow, mill_timeline_row, MILL, TIMELINE_ROW, GObject)

/**
 * MillTimelineSummary:
 * @value: (nullable): in large type, such as “412”
 * @detail: (nullable): what stands under it, such as “mean · 3 to 942”
 * @text: (nullable): all of it as a line of text
 *
 * What was in a span of time. Zero-initialised; the strings are the row's then.
 */
typedef struct
{
  char *value;
  char *detail;
  char *text;
} MillTimelineSummary;

typedef gboolean (*MillTimelineSummaryFunc) (MillTimelineRow *row, gint64 from_us, gint64 to_us,
                                             MillTimelineSummary *out, gpointer user_data);

MillSeries *mill_timeline_row_add_series (MillTimelineRow *self, const char *name, MillColor color);
MillSeries *mill_timeline_row_add_share (MillTimelineRow *self, const char *name, MillDotState state);
MillSeries *mill_timeline_row_add_limit (MillTimelineRow *self, const char *name);
MillSeries *mill_timeline_row_get_series (MillTimelineRow *self, guint index);
MillSeries *mill_timeline_row_get_limit (MillTimelineRow *self);

MillTimelineKind mill_timeline_row_get_kind (MillTimelineRow *self);
MillColor mill_timeline_row_get_color (MillTimelineRow *self);
void mill_timeline_row_set_color (MillTimelineRow *self, MillColor color);
const char *mill_timeline_row_get_title (MillTimelineRow *self);
void mill_timeline_row_set_title (MillTimelineRow *self, const char *title);
void mill_timeline_row_set_value (MillTimelineRow *self, const char *value, const char *detail);
void mill_timeline_row_set_unit (MillTimelineRow *self, const char *unit, guint digits);
void mill_timeline_row_set_minimum_top (MillTimelineRow *self, double top);
void mill_timeline_row_set_summary_func (MillTimelineRow *self, MillTimelineSummaryFunc func,
                                         gpointer user_data);

G_END_DECLS
