/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillWindow: a window with a tab for each run. Whatever is opened takes the tab that is shown if that is on
 * its start page, else a new one. It never closes a tab, nor itself, over a running pipeline: it asks, stops
 * it, and waits until its last thread has ended. */

#pragma once

#include <adwaita.h>

#include "mill-run.h"

G_BEGIN_DECLS

#define MILL_TYPE_WINDOW (mill_window_get_type ())
G_DECLARE_FINAL_TYPE (MillWindow, mill_window, MILL, WINDOW, AdwApplicationWindow)

MillWindow *mill_window_new (GtkApplication *application);
MillRun *mill_window_get_run (MillWindow *self);
gboolean mill_window_open_builtin (MillWindow *self, const char *id);
gboolean mill_window_open_file (MillWindow *self, GFile *file);
gboolean mill_window_show_tab (MillWindow *self, guint id);

G_END_DECLS
