/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Saving charts: asks for a file and writes into it what was shown when it was asked for. */

#pragma once

#include "mill-timeline.h"

G_BEGIN_DECLS

/**
 * MillChartFormat:
 * @MILL_CHART_PNG: a picture of pixels
 * @MILL_CHART_SVG: a picture of vectors
 * @MILL_CHART_CSV: the samples as a table
 *
 * As what charts are saved.
 */
typedef enum
{
  MILL_CHART_PNG,
  MILL_CHART_SVG,
  MILL_CHART_CSV
} MillChartFormat;

void mill_chart_save (MillTimeline *timeline, MillChartFormat format, const char *name);

G_END_DECLS
