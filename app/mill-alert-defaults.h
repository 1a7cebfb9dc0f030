/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The limits of new runs whose job has none of its own, as they are kept in the settings. */

#pragma once

#include "mill-run.h"

G_BEGIN_DECLS

MillAlertLimits *mill_alert_defaults_read (GSettings *settings);
void mill_alert_defaults_write (GSettings *settings, const MillAlertLimits *limits);
void mill_alert_defaults_apply (GSettings *settings, MillRun *run);

G_END_DECLS
