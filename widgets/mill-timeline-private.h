/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the parts of the timeline share: its state, and the layout that is computed once per frame.
 */
#pragma once

#include "mill-text.h"
#include "mill-timeline-row-private.h"
#include "mill-timeline.h"

G_BEGIN_DECLS

typedef struct
{
  gint64 time_us;
  MillMarkerKind kind;
  MillText text;
} MillTimelineMarker;

typedef enum
{
  MILL_CROSSHAIR_NONE,
  MILL_CROSSHAIR_POINTER, /* stays under the pointer while time passes */
  MILL_CROSSHAIR_TIME     /* stays at its time */
} MillCrosshair;

/* All in logical pixels of the widget. */
typedef struct
{
  double unit;
  gboolean narrow; /* titles stand above the plots instead of beside them */
  gboolean rtl;
  double plot_x;
  double plot_width;
  double plots_top;
  double row_pitch;
  double plot_offset; /* from a row's top to its plot's */
  double plot_height;
  double plots_bottom;
  double title_x;   /* the edge titles are aligned to */
  double value_x;   /* the edge values are aligned to */
  double tick_edge; /* the edge the scale's number is aligned to */
} MillTimelineLayout;

struct _MillTimeline
{
  GtkWidget parent_instance;

  GPtrArray *rows;    /* (owned) (element-type MillTimelineRow) */
  GPtrArray *markers; /* (owned) (element-type MillTimelineMarker): oldest first */
  gint64 origin;
  gint64 now;
  MillTimelineWindow window;
  char *label; /* (owned) (nullable) */
  MillText empty_text;
  GPtrArray *ticks; /* (owned) (element-type MillText): the labels of the time axis */

  MillTimelineLayout layout;
  gint64 t0; /* what the plots show, on whole pixels */
  gint64 t1;
  gint64 tick_step;
  double values_width; /* only grows, so that the plots do not jump */
  int layout_width;    /* for which it has grown */

  MillCrosshair crosshair;
  double pointer_x;
  gint64 crosshair_us;
  GPtrArray *box; /* (owned) (element-type MillText): the lines of the crosshair's box, the time first */
};

void mill_timeline_update (MillTimeline *self, int width, int height);
double mill_timeline_time_to_x (MillTimeline *self, gint64 time_us);
gint64 mill_timeline_x_to_time (MillTimeline *self, double x);
MillText *mill_timeline_get_text (MillTimeline *self, GPtrArray *texts, guint index, double scale);
gboolean mill_timeline_has_data (MillTimeline *self);

void mill_timeline_init_crosshair (MillTimeline *self);
void mill_timeline_update_crosshair (MillTimeline *self);
void mill_timeline_snapshot_crosshair (MillTimeline *self, GtkSnapshot *snapshot);
void mill_timeline_snapshot_markers (MillTimeline *self, GtkSnapshot *snapshot);
void mill_timeline_snapshot (GtkWidget *widget, GtkSnapshot *snapshot);

MillTimelineMarker *mill_timeline_marker_new (GtkWidget *timeline, gint64 time_us, const char *text,
                                              MillMarkerKind kind);
void mill_timeline_marker_free (MillTimelineMarker *self);
const MillTimelineMarker *mill_timeline_find_marker (MillTimeline *self, gint64 time_us, gint64 reach_us);

G_END_DECLS
