/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillStage: an input queue, workers of one kind, and their limits.
 *
 * Each worker takes an item, waits for a slot, runs the step, gives the slot back, and hands the item on.
 * A failed attempt that may be tried again waits without its slot. `task_done` always happens, whatever the
 * step does; a step that fails never stops its worker.
 *
 * Knobs (live, from any thread): `maxsize`, `consumers`, `slots`, `timeout`, `retries`, `backoff`. Raising
 * `consumers` starts workers at once; lowering it lets busy ones finish their item. 0 consumers is allowed:
 * the queue then fills up.
 */

#pragma once

#include "core/mill-queue.h"
#include "core/mill-semaphore.h"
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

G_END_DECLS
