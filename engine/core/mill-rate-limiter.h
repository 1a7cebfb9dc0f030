/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillRateLimiter:
 *
 * A token bucket for two worlds.
 *
 * The contract (tests/test-rate-limiter.c):
 *
 * - The bucket holds at most `burst` tokens, is full at first, and gains `rate` tokens a second. Every
 * acquire takes one. So in any T seconds at most burst + rate · T tokens fall due, and exactly that many
 * since a moment when it was full if there is always somebody who waits; no rounding adds up.
 * - `rate` == 0 means no limit; a limit that is set then begins with a full bucket.
 * - Waiters, threads and tasks alike, are served strictly in the order in which they began to wait. A token
 * that falls due while somebody waits is never lost, however late whoever hands it out comes.
 * - A new rate or burst counts at once, for those who wait too. What was gained so far stays, up to the
 * burst.
 * - A cancelled acquire takes nothing; one that had already been granted when it was cancelled succeeds.
 *
 * Threads: every function may be called from any thread; callbacks run in the caller's thread-default main
 * context, never with the lock held. A thread that waits keeps the time for everybody; where only tasks wait,
 * the main context of the first one does.
 */

#pragma once

#include "core/mill-clock.h"

G_BEGIN_DECLS

#define MILL_TYPE_RATE_LIMITER (mill_rate_limiter_get_type ())
G_DECLARE_FINAL_TYPE (MillRateLimiter, mill_rate_limiter, MILL, RATE_LIMITER, GObject)

MillRateLimiter *mill_rate_limiter_new (double rate, guint burst, MillClock *clock);

double mill_rate_limiter_get_rate (MillRateLimiter *self);
void mill_rate_limiter_set_rate (MillRateLimiter *self, double rate);
guint mill_rate_limiter_get_burst (MillRateLimiter *self);
void mill_rate_limiter_set_burst (MillRateLimiter *self, guint burst);

gboolean mill_rate_limiter_acquire (MillRateLimiter *self, GCancellable *cancellable, GError **error);
gboolean mill_rate_limiter_try_acquire (MillRateLimiter *self);
void mill_rate_limiter_acquire_async (MillRateLimiter *self, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data);
gboolean mill_rate_limiter_acquire_finish (MillRateLimiter *self, GAsyncResult *result, GError **error);

guint mill_rate_limiter_get_waiting (MillRateLimiter *self);
guint64 mill_rate_limiter_get_acquired (MillRateLimiter *self);

G_END_DECLS
