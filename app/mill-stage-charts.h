/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillStageCharts: the charts of one stage over time. It records from the run's start, seen or not. */

#pragma once

#include <gtk/gtk.h>

#include "mill-run.h"
#include "mill-timeline.h"

G_BEGIN_DECLS

#define MILL_TYPE_STAGE_CHARTS (mill_stage_charts_get_type ())
G_DECLARE_FINAL_TYPE (MillStageCharts, mill_stage_charts, MILL, STAGE_CHARTS, GtkWidget)

GtkWidget *mill_stage_charts_new (MillRun *run, guint stage, MillTimelineView *view);
MillTimeline *mill_stage_charts_get_timeline (MillStageCharts *self);
void mill_stage_charts_set_distribution (MillStageCharts *self, gboolean distribution);
char *mill_stage_charts_describe_selection (MillStageCharts *self, char **out_short);
void mill_stage_charts_set_presenting (MillStageCharts *self, gboolean presenting);
void mill_stage_charts_add_event (MillStageCharts *self, const MillEvent *event);

G_END_DECLS
