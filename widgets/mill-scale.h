/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Round numbers for axes.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

double mill_scale_nice_ceil (double value);
double mill_scale_nice_floor (double value);
double mill_scale_follow (double top, double needed);
gint64 mill_scale_time_step (gint64 at_least_us);

G_END_DECLS
