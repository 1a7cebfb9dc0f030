/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillRetryBudget:
 *
 * How many retries there may be in all, so that a server that fails does not meet a storm of
 * them.
 *
 * The contract (tests/test-retry-budget.c):
 *
 * - Each item pays in when it is tried for the first time; each retry draws. What was paid in or drawn counts
 * for ten seconds.
 * - A retry is allowed while those of the last ten seconds, this one included, are no more than `percent` of
 * the items of the last ten seconds, plus a reserve of ten a second for whoever has only begun or does
 * little.
 * - `percent` == 0 means no budget: every retry is allowed.
 * - A retry that was refused draws nothing. It is counted.
 *
 * A policy says how often one item may be tried again; that alone multiplies the load on a server by as much
 * when everything fails. With the budget, it grows by `percent`. After Finagle's RetryBudget, whose defaults
 * these are (20 %, ten a second, ten seconds).
 *
 * Threads: every function may be called from any thread.
 */

#pragma once

#include "core/mill-clock.h"

G_BEGIN_DECLS

/**
 * MILL_RETRY_BUDGET_DEFAULT_PERCENT:
 *
 * The share of a budget that is as usual.
 */
#define MILL_RETRY_BUDGET_DEFAULT_PERCENT 20
/**
 * MILL_RETRY_BUDGET_MAX_PERCENT:
 *
 * The greatest share of a budget.
 */
#define MILL_RETRY_BUDGET_MAX_PERCENT 1000

#define MILL_TYPE_RETRY_BUDGET (mill_retry_budget_get_type ())
G_DECLARE_FINAL_TYPE (MillRetryBudget, mill_retry_budget, MILL, RETRY_BUDGET, GObject)

MillRetryBudget *mill_retry_budget_new (guint percent, MillClock *clock);

guint mill_retry_budget_get_percent (MillRetryBudget *self);
void mill_retry_budget_set_percent (MillRetryBudget *self, guint percent);

void mill_retry_budget_deposit (MillRetryBudget *self);
gboolean mill_retry_budget_try_withdraw (MillRetryBudget *self);

guint mill_retry_budget_get_balance (MillRetryBudget *self);
guint64 mill_retry_budget_get_refused (MillRetryBudget *self);

G_END_DECLS
