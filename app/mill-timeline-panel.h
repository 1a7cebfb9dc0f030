/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillTimelinePanel: the charts of every stage, one stage at a time, and how much time they show. */

#pragma once

#include <gtk/gtk.h>

#include "mill-run.h"

G_BEGIN_DECLS

#define MILL_TYPE_TIMELINE_PANEL (mill_timeline_panel_get_type ())
G_DECLARE_FINAL_TYPE (MillTimelinePanel, mill_timeline_panel, MILL, TIMELINE_PANEL, GtkBox)

void mill_timeline_panel_set_run (MillTimelinePanel *self, MillRun *run);
void mill_timeline_panel_set_presenting (MillTimelinePanel *self, gboolean presenting);
void mill_timeline_panel_show_stage (MillTimelinePanel *self, const char *name);
void mill_timeline_panel_show_time (MillTimelinePanel *self, gint64 time_us);

G_END_DECLS
