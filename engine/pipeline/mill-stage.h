/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillStage:
 *
 * An input queue, workers of one kind, and their limits.
 *
 * Each worker takes an item, passes the rate limiter, waits for a slot, runs the step, gives the slot back,
 * and hands the item on. A failed attempt that may be tried again waits without its slot, and then passes
 * both again: the rate is that of attempts. If the retry budget is spent, it is not tried again. `task_done`
 * always happens, whatever the step does; a step that fails never stops its worker.
 *
 * The limiter comes before the slot, so that no slot is held by somebody who only waits for the time. The
 * price: where slots are scarcer than the rate, up to `consumers` workers have passed the limiter and wait
 * for a slot, and when slots are added they begin at once.
 *
 * A step that has not ended `grace` seconds after its cancellable fired, because its attempt timed out or the
 * run is being stopped, is given up on (tests/test-stuck.c):
 *
 * - Its item is settled as the retry policy says, or returned on a stop; a retry goes to another worker.
 *   `task_done` is called once.
 * - The worker is reported by name, as an event and in the snapshot, until it comes back. While the pipeline
 *   runs, another one takes its place; so that this has an end, from the 65th at a time on each stuck worker
 *   counts as one of the `consumers`.
 * - A late result changes nothing. What the late step uses lives until then.
 *
 * Knobs (live, from any thread): `maxsize`, `consumers`, `slots`, `rate`, `burst`, `timeout`, `retries`,
 * `backoff`, `retry-budget`. Raising
 * `consumers` starts workers at once; lowering it lets busy ones finish their item. 0 consumers is allowed:
 * the queue then fills up. `grace` is fixed from the start on; the first stage's is the source's too. Those
 * of its #MillFault make trouble on purpose.
 *
 * Threads: create it and give it to a pipeline on one thread; all else may be done on any.
 */

#pragma once

#include "core/mill-queue.h"
#include "core/mill-rate-limiter.h"
#include "core/mill-retry-budget.h"
#include "core/mill-semaphore.h"
#include "pipeline/mill-fault.h"
#include "pipeline/mill-step.h"

G_BEGIN_DECLS

#define MILL_TYPE_STAGE (mill_stage_get_type ())
G_DECLARE_FINAL_TYPE (MillStage, mill_stage, MILL, STAGE, GObject)

MillStage *mill_stage_new (const char *name, MillKind kind, MillStep *step);

const char *mill_stage_get_name (MillStage *self);
MillKind mill_stage_get_kind (MillStage *self);
MillStep *mill_stage_get_step (MillStage *self);
MillQueue *mill_stage_get_queue (MillStage *self);
MillSemaphore *mill_stage_get_semaphore (MillStage *self);
MillRateLimiter *mill_stage_get_rate_limiter (MillStage *self);
MillRetryBudget *mill_stage_get_retry_budget (MillStage *self);
MillFault *mill_stage_get_fault (MillStage *self);

G_END_DECLS
