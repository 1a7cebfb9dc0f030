/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Charts under one another on one time axis, with one crosshair and markers for what was changed.
 */
#pragma once

#include <gtk/gtk.h>

#include "mill-timeline-row.h"
#include "mill-timeline-view.h"

G_BEGIN_DECLS

/**
 * MillMarkerKind:
 * @MILL_MARKER_KNOB: a knob was turned
 * @MILL_MARKER_STATE: started, paused, drained…
 * @MILL_MARKER_FAULT: a fault was injected or something failed
 *
 * What a marker tells of.
 */
typedef enum
{
  MILL_MARKER_KNOB,
  MILL_MARKER_STATE,
  MILL_MARKER_FAULT
} MillMarkerKind;

#define MILL_TYPE_TIMELINE (mill_timeline_get_type ())
G_DECLARE_FINAL_TYPE (MillTimeline, mill_timeline, MILL, TIMELINE, GtkWidget)

GtkWidget *mill_timeline_new (void);

MillTimelineRow *mill_timeline_add_row (MillTimeline *self, MillTimelineKind kind, const char *title,
                                        MillColor color);
void mill_timeline_remove_row (MillTimeline *self, MillTimelineRow *row);
void mill_timeline_remove_all_rows (MillTimeline *self);
void mill_timeline_show_only (MillTimeline *self, MillTimelineRow *const *rows, guint n_rows);
guint mill_timeline_get_n_rows (MillTimeline *self);
MillTimelineRow *mill_timeline_get_row (MillTimeline *self, guint index);

void mill_timeline_add_marker (MillTimeline *self, gint64 time_us, const char *text, MillMarkerKind kind);
void mill_timeline_clear (MillTimeline *self);

/* What is shown of the time; shared between timelines, if wanted. */
MillTimelineView *mill_timeline_get_view (MillTimeline *self);
void mill_timeline_set_view (MillTimeline *self, MillTimelineView *view);
void mill_timeline_zoom (MillTimeline *self, double factor, gint64 around_us);
void mill_timeline_pan (MillTimeline *self, gint64 by_us);
void mill_timeline_follow (MillTimeline *self);
void mill_timeline_freeze (MillTimeline *self);
char *mill_timeline_describe_selection (MillTimeline *self);

/* All times in microseconds on one monotonic clock of the caller's choice. */
gint64 mill_timeline_get_origin (MillTimeline *self);
void mill_timeline_set_origin (MillTimeline *self, gint64 origin_us);
gint64 mill_timeline_get_now (MillTimeline *self);
void mill_timeline_set_now (MillTimeline *self, gint64 now_us);
MillTimelineWindow mill_timeline_get_window (MillTimeline *self);
void mill_timeline_set_window (MillTimeline *self, MillTimelineWindow window);
void mill_timeline_get_span (MillTimeline *self, gint64 *out_t0_us, gint64 *out_t1_us);
gboolean mill_timeline_get_crosshair (MillTimeline *self, gint64 *out_time_us);
void mill_timeline_set_crosshair (MillTimeline *self, gint64 time_us);
void mill_timeline_clear_crosshair (MillTimeline *self);
char *mill_timeline_describe (MillTimeline *self, gint64 time_us);
const char *mill_timeline_get_empty_text (MillTimeline *self);
void mill_timeline_set_empty_text (MillTimeline *self, const char *text);
const char *mill_timeline_get_label (MillTimeline *self);
void mill_timeline_set_label (MillTimeline *self, const char *label);

G_END_DECLS
