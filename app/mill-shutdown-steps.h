/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillShutdownSteps: the end of a run as a list of steps in the order of the flow: the source, each stage's
 * queue and join, the workers, what the steps wrap up. Before the end it is the plan, then the progress, then
 * the record of how long each part took. */

#pragma once

#include <gtk/gtk.h>

#include "pipeline/mill-snapshot.h"

G_BEGIN_DECLS

#define MILL_TYPE_SHUTDOWN_STEPS (mill_shutdown_steps_get_type ())
G_DECLARE_FINAL_TYPE (MillShutdownSteps, mill_shutdown_steps, MILL, SHUTDOWN_STEPS, GtkBox)

void mill_shutdown_steps_show (MillShutdownSteps *self, const MillSnapshot *snapshot);

G_END_DECLS
