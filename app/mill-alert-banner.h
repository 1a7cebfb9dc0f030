/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillAlertBanner: names the limits that a run passes, for as long as it does, and leads to where they are
 * set. It is not there while none is passed. */

#pragma once

#include <gtk/gtk.h>

#include "mill-run.h"

G_BEGIN_DECLS

#define MILL_TYPE_ALERT_BANNER (mill_alert_banner_get_type ())
G_DECLARE_FINAL_TYPE (MillAlertBanner, mill_alert_banner, MILL, ALERT_BANNER, GtkButton)

void mill_alert_banner_set_run (MillAlertBanner *self, MillRun *run);
void mill_alert_banner_set_presenting (MillAlertBanner *self, gboolean presenting);

G_END_DECLS
