/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillClock:
 *
 * What time it is, and waiting for a time, so that tests of limits, backoff and sampling take
 * none.
 *
 * The contract (tests/test-clock.c), which MillRealClock and MillVirtualClock keep:
 *
 * - Time is monotonic, in microseconds. It never goes back.
 * - A thread waits with mill_clock_wait_until(), or on a condition of its own with
 * mill_clock_cond_wait_until(). A task waits with a #GSource of mill_clock_source_new(), attached to its main
 * context.
 * - Nobody is woken before the time. A time that has passed ends the wait at once.
 * - A wait ends early when its cancellable fires, its condition is signalled or its source is destroyed.
 *
 * Threads: every function may be called from any thread, and many may wait at once.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MILL_TYPE_CLOCK (mill_clock_get_type ())
G_DECLARE_INTERFACE (MillClock, mill_clock, MILL, CLOCK, GObject)

/**
 * MillClockInterface:
 * @get_time: see mill_clock_get_time()
 * @cond_wait_until: see mill_clock_cond_wait_until()
 * @source_new: (skip): see mill_clock_source_new()
 *
 * What a clock implements; each from any thread.
 */
struct _MillClockInterface
{
  /*< private >*/
  GTypeInterface parent_iface;

  /*< public >*/
  gint64 (*get_time) (MillClock *self);
  gboolean (*cond_wait_until) (MillClock *self, GCond *cond, GMutex *mutex, gint64 time_us);
  GSource *(*source_new) (MillClock *self, gint64 time_us);
};

MillClock *mill_clock_get_real (void);

gint64 mill_clock_get_time (MillClock *self);
gboolean mill_clock_cond_wait_until (MillClock *self, GCond *cond, GMutex *mutex, gint64 time_us);
gboolean mill_clock_wait_until (MillClock *self, gint64 time_us, GCancellable *cancellable, GError **error);
GSource *mill_clock_source_new (MillClock *self, gint64 time_us);

G_END_DECLS
