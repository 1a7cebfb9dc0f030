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
  double titles_width; /* room for titles and legends beside the plots */
  double title_x;      /* the edge titles are aligned to */
  double value_x;      /* the edge values are aligned to */
  double tick_edge;    /* the edge the scale's number is aligned to */
} MillTimelineLayout;

struct _MillTimeline
{
  GtkWidget parent_instance;

  GPtrArray *rows;     /* (owned) (element-type MillTimelineRow): those shown */
  GPtrArray *all_rows; /* (owned) (nullable) (element-type MillTimelineRow): NULL while all are shown */
  GPtrArray *markers;  /* (owned) (element-type MillTimelineMarker): oldest first */
  gint64 origin;
  gint64 now;
  MillTimelineView *view; /* (owned) */
  char *label;            /* (owned) (nullable) */
  MillText empty_text;
  GPtrArray *ticks; /* (owned) (element-type MillText): the labels of the time axis */

  MillTimelineLayout layout;
  gint64 t0; /* what the plots show, on whole pixels */
  gint64 t1;
  gint64 tick_step;
  double values_width; /* only grows, so that the plots do not jump */
  int layout_width;    /* for which it has grown */

  gboolean has_pointer; /* the crosshair stays under the pointer while time passes */
  double pointer_x;
  GPtrArray *box; /* (owned) (element-type MillText): the lines of the crosshair's box, the time first */

  GArray *box_colors; /* (owned) (element-type int): of its lines: a MillColor, or -1 */

  double drag_x;  /* where the pointer began to drag */
  gint64 drag_t0; /* what was shown then */
  gint64 drag_t1;
  gboolean dragged;        /* far enough to be more than a click */
  MillText selection_text; /* how long the selected span is */
  gint64 stats_from;       /* the span whose statistics the rows show; stats_to < stats_from for none */
  gint64 stats_to;
  gboolean stats_settled; /* no more samples can come into it */
  gboolean embeds_plots;  /* while it is drawn into a document, see mill_timeline_export_svg() */
};

void mill_timeline_update (MillTimeline *self, int width, int height);
double mill_timeline_time_to_x (MillTimeline *self, gint64 time_us);
gint64 mill_timeline_x_to_time (MillTimeline *self, double x);
MillText *mill_timeline_get_text (MillTimeline *self, GPtrArray *texts, guint index, double scale);
gboolean mill_timeline_has_data (MillTimeline *self);

void mill_timeline_changed (MillTimeline *self);
gint64 mill_timeline_window_length (MillTimeline *self);
guint mill_timeline_time_digits (MillTimeline *self);

void mill_timeline_init_input (MillTimeline *self);
void mill_timeline_install_actions (GtkWidgetClass *widget_class);

gint64 mill_timeline_crosshair_time (MillTimeline *self);
gboolean mill_timeline_has_crosshair (MillTimeline *self);
void mill_timeline_announce (MillTimeline *self);
void mill_timeline_update_crosshair (MillTimeline *self);
void mill_timeline_snapshot_crosshair (MillTimeline *self, GtkSnapshot *snapshot);
void mill_timeline_update_selection (MillTimeline *self);
void mill_timeline_snapshot_selection (MillTimeline *self, GtkSnapshot *snapshot);
void mill_timeline_snapshot_markers (MillTimeline *self, GtkSnapshot *snapshot);
double mill_timeline_legend_get_height (MillTimelineRow *row, double width, double room, double unit);
void mill_timeline_legend_snapshot (MillTimeline *self, GtkSnapshot *snapshot, MillTimelineRow *row, double x,
                                    double y, double width, double room, double bottom);
void mill_timeline_snapshot (GtkWidget *widget, GtkSnapshot *snapshot);

MillTimelineMarker *mill_timeline_marker_new (GtkWidget *timeline, gint64 time_us, const char *text,
                                              MillMarkerKind kind);
void mill_timeline_marker_free (MillTimelineMarker *self);
const MillTimelineMarker *mill_timeline_find_marker (MillTimeline *self, gint64 time_us, gint64 reach_us);

G_END_DECLS
