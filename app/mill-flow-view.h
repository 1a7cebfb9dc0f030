/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillFlowView: the pipeline as a picture: source, then tank and stage for each stage, then what is done,
 * joined by pipes. */

#pragma once

#include <gtk/gtk.h>

#include "mill-run.h"

G_BEGIN_DECLS

#define MILL_TYPE_FLOW_VIEW (mill_flow_view_get_type ())
G_DECLARE_FINAL_TYPE (MillFlowView, mill_flow_view, MILL, FLOW_VIEW, GtkWidget)

GtkWidget *mill_flow_view_new (void);
void mill_flow_view_set_run (MillFlowView *self, MillRun *run);

G_END_DECLS
