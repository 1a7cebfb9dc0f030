/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillClock: the interface, and the cancellable wait that is made of it. */

#include "config.h"

#include "core/mill-clock.h"

#include <glib/gi18n-lib.h>

#include "core/mill-waiter-private.h"

G_DEFINE_INTERFACE (MillClock, mill_clock, G_TYPE_OBJECT)

static void
mill_clock_default_init (MillClockInterface *iface)
{
}

/**
 * mill_clock_get_time:
 *
 * Reads the clock.
 *
 * Returns: the time in microseconds; what it counts from is the clock's own affair
 */
gint64
mill_clock_get_time (MillClock *self)
{
  g_return_val_if_fail (MILL_IS_CLOCK (self), 0);
  return MILL_CLOCK_GET_IFACE (self)->get_time (self);
}

/**
 * mill_clock_cond_wait_until: (skip)
 * @cond: what may wake the caller earlier
 * @mutex: held by the caller, and again when the function returns; released meanwhile
 * @time_us: until when, in microseconds of this clock; %G_MAXINT64 is never
 *
 * g_cond_wait_until() by this clock. As there, a wake-up may be spurious: look at what you wait for in a
 * loop.
 *
 * Returns: %FALSE when the time has come, %TRUE when the caller was woken by something else
 */
gboolean
mill_clock_cond_wait_until (MillClock *self, GCond *cond, GMutex *mutex, gint64 time_us)
{
  g_return_val_if_fail (MILL_IS_CLOCK (self), FALSE);
  if (time_us == G_MAXINT64)
    {
      g_cond_wait (cond, mutex);
      return TRUE;
    }
  return MILL_CLOCK_GET_IFACE (self)->cond_wait_until (self, cond, mutex, time_us);
}

/**
 * mill_clock_wait_until:
 * @time_us: until when, in microseconds of this clock
 * @cancellable: (nullable): ends the wait
 *
 * Blocks the calling thread until a time.
 *
 * Returns: %TRUE when the time has come; %FALSE with %G_IO_ERROR_CANCELLED
 */
gboolean
mill_clock_wait_until (MillClock *self, gint64 time_us, GCancellable *cancellable, GError **error)
{
  GMutex lock;
  MillWaiter waiter;
  gulong handler;
  gboolean cancelled;

  g_return_val_if_fail (MILL_IS_CLOCK (self), FALSE);

  g_mutex_init (&lock);
  mill_waiter_init_thread (&waiter, &lock);
  handler = mill_waiter_connect (&waiter, cancellable);
  g_mutex_lock (&lock);
  while (!waiter.cancelled && mill_clock_cond_wait_until (self, &waiter.cond, &lock, time_us))
    ;
  cancelled = waiter.cancelled;
  g_mutex_unlock (&lock);
  mill_waiter_disconnect (&waiter, cancellable, handler);
  g_mutex_clear (&lock);
  if (cancelled)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Operation was cancelled"));
  return !cancelled;
}

/**
 * mill_clock_source_new: (skip)
 * @time_us: when, in microseconds of this clock
 *
 * Makes a source that is dispatched once, at a time; its callback is a #GSourceFunc. Attach it to the context
 * of whoever waits; destroy it to wait no more. It keeps its clock alive.
 *
 * Returns: (transfer full): the source, not attached yet
 */
GSource *
mill_clock_source_new (MillClock *self, gint64 time_us)
{
  g_return_val_if_fail (MILL_IS_CLOCK (self), NULL);
  return MILL_CLOCK_GET_IFACE (self)->source_new (self, time_us);
}
