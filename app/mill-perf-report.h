/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * MillPerfReport:
 *
 * What drawing a window costs: it counts the frames that are really painted, times them, and prints one JSON
 * object. It draws nothing itself, so what it measures is what anybody would see.
 */

#pragma once

#include <gtk/gtk.h>

#include "mill-run.h"

G_BEGIN_DECLS

#define MILL_TYPE_PERF_REPORT (mill_perf_report_get_type ())
G_DECLARE_FINAL_TYPE (MillPerfReport, mill_perf_report, MILL, PERF_REPORT, GObject)

typedef void (*MillPerfReportFunc) (MillPerfReport *report, gpointer user_data);

MillPerfReport *mill_perf_report_new (GtkWindow *window, MillRun *run, gint64 started_us);
void mill_perf_report_take (MillPerfReport *self, double seconds, MillPerfReportFunc done,
                            gpointer user_data);
MillRun *mill_perf_report_get_run (MillPerfReport *self);
char *mill_perf_report_to_json (MillPerfReport *self);

G_END_DECLS
