/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillWindow: the start page, or one run. It never closes over a running pipeline: it asks, stops it, and
 * waits until its last thread has ended. */

#pragma once

#include <adwaita.h>

#include "pipeline/mill-job.h"

G_BEGIN_DECLS

#define MILL_TYPE_WINDOW (mill_window_get_type ())
G_DECLARE_FINAL_TYPE (MillWindow, mill_window, MILL, WINDOW, AdwApplicationWindow)

MillWindow *mill_window_new (GtkApplication *application);
gboolean mill_window_is_free (MillWindow *self);
gboolean mill_window_open_file (MillWindow *self, GFile *file);
MillWindow *mill_window_open_job (MillWindow *self, MillJob *job, const char *origin);

G_END_DECLS
