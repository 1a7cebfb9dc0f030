/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillVirtualClock:
 *
 * A clock that a test moves, or that leaps over the time in which nothing happens.
 *
 * The contract (tests/test-clock.c), beyond that of MillClock:
 *
 * - Time stands still until mill_virtual_clock_advance() moves it, in one leap.
 * - The leap wakes exactly those that are due, in the order of their times; those of one time in the order in
 *   which they began to wait. (Sources that are due at once in one main context are dispatched by GLib's
 * rules: by priority, then in the order in which they were attached.)
 * - It knows how many wait, and a thread can wait until enough do: that is the event a test waits for before
 * it moves the time.
 *
 * - A source of mill_virtual_clock_leaper_new() moves it by itself: whenever all else in its main context has
 * been done, to the next time for which somebody waits. So what would take hours takes as long as the work in
 * it.
 *
 * A source waits from mill_clock_source_new() on until it is due or finalized.
 *
 * Threads: every function may be called from any thread.
 */

#pragma once

#include "core/mill-clock.h"

G_BEGIN_DECLS

#define MILL_TYPE_VIRTUAL_CLOCK (mill_virtual_clock_get_type ())
G_DECLARE_FINAL_TYPE (MillVirtualClock, mill_virtual_clock, MILL, VIRTUAL_CLOCK, GObject)

MillClock *mill_virtual_clock_new (gint64 time_us);

guint mill_virtual_clock_advance (MillVirtualClock *self, gint64 by_us);
gint64 mill_virtual_clock_get_next (MillVirtualClock *self);
guint mill_virtual_clock_get_n_waiting (MillVirtualClock *self);
void mill_virtual_clock_await_waiting (MillVirtualClock *self, guint n);
GSource *mill_virtual_clock_leaper_new (MillVirtualClock *self);

G_END_DECLS
