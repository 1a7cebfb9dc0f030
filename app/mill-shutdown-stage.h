/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillShutdownStage: one stage as the shutdown page sees it: whether its queue is open, what is unfinished,
 * and which worker holds which item since when: the oldest first, all of them on request. */

#pragma once

#include <gtk/gtk.h>

#include "pipeline/mill-snapshot.h"

G_BEGIN_DECLS

#define MILL_TYPE_SHUTDOWN_STAGE (mill_shutdown_stage_get_type ())
G_DECLARE_FINAL_TYPE (MillShutdownStage, mill_shutdown_stage, MILL, SHUTDOWN_STAGE, GtkBox)

GtkWidget *mill_shutdown_stage_new (void);
void mill_shutdown_stage_show (MillShutdownStage *self, const MillSnapshot *snapshot, guint index);

G_END_DECLS
