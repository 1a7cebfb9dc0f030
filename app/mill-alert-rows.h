/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillAlertRows: a row with a switch and a value for each limit that may alert.
 *
 * A limit that nobody touches stays exactly as it was set, however it is rounded when it is shown. `changed`
 * is emitted when the user changed one.
 */

#pragma once

#include <adwaita.h>

#include "pipeline/mill-alert-limits.h"

G_BEGIN_DECLS

#define MILL_TYPE_ALERT_ROWS (mill_alert_rows_get_type ())
G_DECLARE_FINAL_TYPE (MillAlertRows, mill_alert_rows, MILL, ALERT_ROWS, AdwPreferencesGroup)

const MillAlertLimits *mill_alert_rows_get_limits (MillAlertRows *self);
void mill_alert_rows_set_limits (MillAlertRows *self, const MillAlertLimits *limits);
void mill_alert_rows_set_stages (MillAlertRows *self, const char *const *names);

G_END_DECLS
