/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillAlertsWindow: the limits of one run that alert when they are passed. What is changed holds at once. */

#pragma once

#include <adwaita.h>

#include "mill-run.h"

G_BEGIN_DECLS

#define MILL_TYPE_ALERTS_WINDOW (mill_alerts_window_get_type ())
G_DECLARE_FINAL_TYPE (MillAlertsWindow, mill_alerts_window, MILL, ALERTS_WINDOW, AdwWindow)

GtkWidget *mill_alerts_window_new (GtkWindow *parent, MillRun *run);

G_END_DECLS
