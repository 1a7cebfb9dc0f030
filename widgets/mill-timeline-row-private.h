/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a timeline needs of its rows to lay them out and draw them.
 */
#pragma once

#include "mill-hatch.h"
#include "mill-plot.h"
#include "mill-text.h"
#include "mill-timeline-row.h"

G_BEGIN_DECLS

/* One curve of a row, with what of it is visible. */
typedef struct
{
  MillSeries *series; /* (owned) (nullable): NULL for no such curve */
  char *name;         /* (owned) (nullable) */
  MillColor color;
  MillHatch hatch;           /* of a share */
  gboolean present;          /* of a share, whether there is any in what is shown */
  MillSeriesColumn *columns; /* (owned) (nullable): one per device pixel, or per interval of bars */
  guint n_columns;
  MillText legend;
} MillTimelineCurve;

struct _MillTimelineRow
{
  GObject parent_instance;

  GtkWidget *timeline; /* (unowned) (nullable): NULL once removed from it */
  MillTimelineKind kind;
  MillColor color;
  MillTimelineCurve curves[MILL_TIMELINE_MAX_SERIES];
  guint n_curves;
  MillTimelineCurve limit;

  MillText title;
  MillText value;
  MillText detail;
  MillText tick;
  MillText span_value; /* what stands in place of value and detail while a span is selected */
  MillText span_detail;
  char *span_text; /* (owned) (nullable): the same as a line of text */
  gboolean has_span;
  MillTimelineSummaryFunc summary_func; /* (nullable) */
  gpointer summary_data;                /* (unowned) */
  char *unit;                           /* (owned) (nullable) */
  guint digits;

  double minimum_top;
  double top;        /* the value at the upper edge */
  double tick_value; /* the round value that gets a line */

  gint64 t0; /* what the columns show, in microseconds */
  gint64 t1;
  guint64 generation; /* of all series together, when they were queried */
  gint64 bars_from;   /* begin and length of the intervals, for bars */
  gint64 bars_step;
  guint width;      /* of the plot, in device pixels */
  gboolean settled; /* no more samples can come into what the columns show */

  GskRenderNode *node; /* (owned) (nullable): the picture; NULL when out of date */
  guint node_height;
  GdkRGBA node_colors[MILL_TIMELINE_MAX_SERIES + 1];
};

MillTimelineRow *mill_timeline_row_new (GtkWidget *timeline, MillTimelineKind kind, const char *title,
                                        MillColor color);
void mill_timeline_row_detach (MillTimelineRow *self);
gboolean mill_timeline_row_has_data (MillTimelineRow *self);
gboolean mill_timeline_row_update (MillTimelineRow *self, gint64 t0_us, gint64 t1_us, gint64 data_us,
                                   gboolean settled, guint width);
void mill_timeline_row_summarise (MillTimelineRow *self, gint64 from_us, gint64 to_us);
void mill_timeline_row_clear_summary (MillTimelineRow *self);
const char *mill_timeline_row_get_summary (MillTimelineRow *self);
GskRenderNode *mill_timeline_row_get_node (MillTimelineRow *self, guint height, int scale);
char *mill_timeline_row_format (MillTimelineRow *self, guint curve, double value);
gboolean mill_timeline_row_has_curve (MillTimelineRow *self, guint curve);
char *mill_timeline_row_format_share (double share);
const char *mill_timeline_row_get_name (MillTimelineRow *self, guint curve);

G_END_DECLS
