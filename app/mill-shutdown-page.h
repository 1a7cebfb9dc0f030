/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillShutdownPage: how the run ends, and what holds it up. */

#pragma once

#include <adwaita.h>

#include "mill-run.h"

G_BEGIN_DECLS

#define MILL_TYPE_SHUTDOWN_PAGE (mill_shutdown_page_get_type ())
G_DECLARE_FINAL_TYPE (MillShutdownPage, mill_shutdown_page, MILL, SHUTDOWN_PAGE, AdwBin)

void mill_shutdown_page_set_run (MillShutdownPage *self, MillRun *run);

G_END_DECLS
