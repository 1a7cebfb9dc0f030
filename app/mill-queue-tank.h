/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillQueueTank: a tank that shows the input queue of one stage, and whose mark is its maxsize knob. */

#pragma once

#include <gtk/gtk.h>

#include "mill-run.h"

G_BEGIN_DECLS

GtkWidget *mill_queue_tank_new (MillRun *run, guint stage);

G_END_DECLS
