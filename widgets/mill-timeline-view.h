/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What timelines of one clock have in common: which time they show, whether they follow the present, the span
 * that is selected, and the crosshair. Several timelines may share one view; each shows the same.
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * MillTimelineWindow:
 * @MILL_TIMELINE_WINDOW_10_S: the last ten seconds
 * @MILL_TIMELINE_WINDOW_1_MIN: the last minute
 * @MILL_TIMELINE_WINDOW_10_MIN: the last ten minutes
 * @MILL_TIMELINE_WINDOW_ALL: from the origin to now
 *
 * How much time is shown.
 */
typedef enum
{
  MILL_TIMELINE_WINDOW_10_S,
  MILL_TIMELINE_WINDOW_1_MIN,
  MILL_TIMELINE_WINDOW_10_MIN,
  MILL_TIMELINE_WINDOW_ALL
} MillTimelineWindow;

#define MILL_TYPE_TIMELINE_WINDOW (mill_timeline_window_get_type ())
GType mill_timeline_window_get_type (void) G_GNUC_CONST;

#define MILL_TYPE_TIMELINE_VIEW (mill_timeline_view_get_type ())
G_DECLARE_FINAL_TYPE (MillTimelineView, mill_timeline_view, MILL, TIMELINE_VIEW, GObject)

MillTimelineView *mill_timeline_view_new (void);

MillTimelineWindow mill_timeline_view_get_window (MillTimelineView *self);
void mill_timeline_view_set_window (MillTimelineView *self, MillTimelineWindow window);
gboolean mill_timeline_view_get_live (MillTimelineView *self);
gint64 mill_timeline_view_get_length (MillTimelineView *self);
gint64 mill_timeline_view_get_end (MillTimelineView *self);
void mill_timeline_view_follow (MillTimelineView *self, gint64 length_us);
void mill_timeline_view_freeze (MillTimelineView *self, gint64 t0_us, gint64 t1_us);

gboolean mill_timeline_view_get_selection (MillTimelineView *self, gint64 *out_from_us, gint64 *out_to_us);
void mill_timeline_view_select (MillTimelineView *self, gint64 anchor_us, gint64 head_us);
void mill_timeline_view_extend (MillTimelineView *self, gint64 head_us);
void mill_timeline_view_clear_selection (MillTimelineView *self);

gboolean mill_timeline_view_get_crosshair (MillTimelineView *self, gint64 *out_time_us);
void mill_timeline_view_set_crosshair (MillTimelineView *self, gint64 time_us);
void mill_timeline_view_clear_crosshair (MillTimelineView *self);

G_END_DECLS
