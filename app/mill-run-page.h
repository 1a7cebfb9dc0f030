/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillRunPage: everything about one run: flow, summary, charts, knobs. While it can be seen it samples the
 * run with the frame clock. */

#pragma once

#include <gtk/gtk.h>

#include "mill-run.h"

G_BEGIN_DECLS

#define MILL_TYPE_RUN_PAGE (mill_run_page_get_type ())
G_DECLARE_FINAL_TYPE (MillRunPage, mill_run_page, MILL, RUN_PAGE, GtkWidget)

void mill_run_page_set_run (MillRunPage *self, MillRun *run);

G_END_DECLS
