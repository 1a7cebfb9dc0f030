/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillFaultGroup: the faults of one stage, below its knobs and marked as what they are, with a button that
 * ends all trouble in all stages. While any is on it has the CSS class "on". */

#pragma once

#include <gtk/gtk.h>

#include "mill-run.h"

G_BEGIN_DECLS

#define MILL_TYPE_FAULT_GROUP (mill_fault_group_get_type ())
G_DECLARE_FINAL_TYPE (MillFaultGroup, mill_fault_group, MILL, FAULT_GROUP, GtkBox)

GtkWidget *mill_fault_group_new (MillRun *run, const char *owner);
void mill_fault_group_add_row (MillFaultGroup *self, GtkWidget *row);
void mill_fault_group_refresh (MillFaultGroup *self);

G_END_DECLS
