/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillBatchStep:
 *
 * A step that works on several items at a time: writes to a database, most of all. A worker of its stage
 * takes up to `batch` items, waits no longer than `linger` for one that is not full, and runs one attempt for
 * all: the step finds them by mill_work_get_n_items() and mill_work_get_nth_item().
 *
 * The attempt succeeds for all items, but for those that the step has rejected (mill_work_reject()), which
 * are dead letters. When it fails,
 *
 * - it is tried again for all, with the stage's backoff, if that may help (mill_retry_policy_is_retryable());
 *   if it may no longer be, all are dead letters;
 * - otherwise something is wrong with one of the items, and the attempt is made again with the first half of
 *   them, down to single items, and then with the rest: only what fails by itself is a dead letter.
 *
 * So a step does all in one transaction and says what happened. The stage's limits hold for an attempt: a
 * slot is held, the rate is paid and the time-out runs once for each batch. All else is as in any stage: each
 * item is counted, returned and settled for itself.
 *
 * Threads: a step's; the knobs may be turned on any.
 */

#pragma once

#include "pipeline/mill-step.h"

G_BEGIN_DECLS

#define MILL_TYPE_BATCH_STEP (mill_batch_step_get_type ())
G_DECLARE_DERIVABLE_TYPE (MillBatchStep, mill_batch_step, MILL, BATCH_STEP, MillStep)

/**
 * MillBatchStepClass:
 *
 * A subclass implements the faces of #MillStep.
 */
struct _MillBatchStepClass
{
  MillStepClass parent_class;

  /*< private >*/
  guint default_batch;
  guint default_linger_ms;

  gpointer padding[4];
};

void mill_batch_step_class_set_defaults (MillBatchStepClass *klass, guint batch, guint linger_ms);

guint mill_batch_step_get_batch (MillBatchStep *self);
gint64 mill_batch_step_get_linger_us (MillBatchStep *self);

G_END_DECLS
