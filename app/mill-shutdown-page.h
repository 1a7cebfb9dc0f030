/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillShutdownPage: a debugger for the end of a run. While it runs: who holds what, and what a drain and a
 * stop would do. While it ends: what is done, what holds join up and for how long, and when the rest is
 * returned. Afterwards: what became of every item, and how long each part took. */

#pragma once

#include <adwaita.h>

#include "mill-run.h"

G_BEGIN_DECLS

#define MILL_TYPE_SHUTDOWN_PAGE (mill_shutdown_page_get_type ())
G_DECLARE_FINAL_TYPE (MillShutdownPage, mill_shutdown_page, MILL, SHUTDOWN_PAGE, AdwBin)

void mill_shutdown_page_set_run (MillShutdownPage *self, MillRun *run);

G_END_DECLS
