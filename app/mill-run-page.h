/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillRunPage: everything about one run, in pages: flow, items, dead letters, events, shutdown. While it can
 * be seen it samples the run with the frame clock, whichever page is shown. A page works only while it is
 * mapped, and catches up when it is. */

#pragma once

#include <gtk/gtk.h>

#include "mill-run.h"

G_BEGIN_DECLS

#define MILL_TYPE_RUN_PAGE (mill_run_page_get_type ())
G_DECLARE_FINAL_TYPE (MillRunPage, mill_run_page, MILL, RUN_PAGE, GtkWidget)

void mill_run_page_set_run (MillRunPage *self, MillRun *run);
void mill_run_page_show_page (MillRunPage *self, const char *name);
void mill_run_page_present (MillRunPage *self, int width, int height);
void mill_run_page_end_presentation (MillRunPage *self);

G_END_DECLS
