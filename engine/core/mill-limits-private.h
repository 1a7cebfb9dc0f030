/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The limits' calls for who has just looked at the clock, which takes longer than any of them. */

#pragma once

#include "core/mill-rate-limiter.h"
#include "core/mill-retry-budget.h"
#include "core/mill-semaphore.h"

G_BEGIN_DECLS

/* mill_rate_limiter_try_acquire(), and mill_retry_budget_deposit() of @n items, at @now_us of their clock. */
gboolean mill_rate_limiter_try_acquire_at (MillRateLimiter *self, gint64 now_us);
void mill_retry_budget_deposit_at (MillRetryBudget *self, guint n, gint64 now_us);
/* mill_semaphore_try_acquire() at @now_us of g_get_monotonic_time(). */
gboolean mill_semaphore_try_acquire_at (MillSemaphore *self, guint64 item_id, gint64 now_us, guint *slot);

G_END_DECLS
