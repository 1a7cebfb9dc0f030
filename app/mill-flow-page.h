/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillFlowPage: a run as it flows: the pipeline, what it amounts to, the charts and the knobs. */

#pragma once

#include <gtk/gtk.h>

#include "mill-run.h"

G_BEGIN_DECLS

#define MILL_TYPE_FLOW_PAGE (mill_flow_page_get_type ())
G_DECLARE_FINAL_TYPE (MillFlowPage, mill_flow_page, MILL, FLOW_PAGE, GtkWidget)

void mill_flow_page_set_run (MillFlowPage *self, MillRun *run);
void mill_flow_page_set_presenting (MillFlowPage *self, gboolean presenting);
void mill_flow_page_show_time (MillFlowPage *self, gint64 time_us);
int mill_flow_page_measure_flow (MillFlowPage *self, int width);

G_END_DECLS
