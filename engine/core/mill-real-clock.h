/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillRealClock:
 *
 * The system's monotonic time, that of g_get_monotonic_time(). There is one,
 * mill_clock_get_real().
 *
 * Threads: every function may be called from any thread.
 */

#pragma once

#include "core/mill-clock.h"

G_BEGIN_DECLS

#define MILL_TYPE_REAL_CLOCK (mill_real_clock_get_type ())
G_DECLARE_FINAL_TYPE (MillRealClock, mill_real_clock, MILL, REAL_CLOCK, GObject)

G_END_DECLS
