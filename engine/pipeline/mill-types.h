/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The small enumerations that the pipeline's types share. */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef struct _MillPipeline MillPipeline;

/**
 * MillKind:
 * @MILL_KIND_THREADS: workers are threads; a full or empty queue blocks them
 * @MILL_KIND_ASYNC: workers are tasks on an engine main loop; a full or empty queue suspends them
 *
 * Of which world a worker is.
 */
typedef enum
{
  MILL_KIND_THREADS,
  MILL_KIND_ASYNC,
} MillKind;

/**
 * MillState:
 * @MILL_STATE_IDLE: built, not started
 * @MILL_STATE_RUNNING: the source produces, the workers work
 * @MILL_STATE_PAUSED: workers finish the item in their hands and begin no other; queues keep what they hold
 * @MILL_STATE_DRAINING: the source has ended or was told to; what is queued is worked off
 * @MILL_STATE_STOPPING: everything was cancelled; workers are putting back what they hold
 * @MILL_STATE_FINISHED: the source ended, or a drain was asked for, and everything was worked off
 * @MILL_STATE_STOPPED: ended by a stop or by a drain's deadline; the rest was returned
 * @MILL_STATE_FAILED: the source failed, and what it had produced was worked off; or a step said that the run
 *   cannot go on, and the rest was returned
 *
 * idle → running ⇄ paused → draining → finished or failed; stopping → stopped from any of them.
 */
typedef enum
{
  MILL_STATE_IDLE,
  MILL_STATE_RUNNING,
  MILL_STATE_PAUSED,
  MILL_STATE_DRAINING,
  MILL_STATE_STOPPING,
  MILL_STATE_FINISHED,
  MILL_STATE_STOPPED,
  MILL_STATE_FAILED,
} MillState;

const char *mill_state_get_id (MillState state);
const char *mill_state_get_label (MillState state);
gboolean mill_state_is_final (MillState state);

/**
 * MillWorkerState:
 * @MILL_WORKER_IDLE: waits for an item
 * @MILL_WORKER_PAUSED: waits for the pipeline to go on
 * @MILL_WORKER_LIMITED: has an item, waits for the rate limiter; holds no slot
 * @MILL_WORKER_WAITING: has an item, waits for a slot
 * @MILL_WORKER_BUSY: works on an item
 * @MILL_WORKER_BACKING_OFF: waits before it tries an item again; holds no slot
 * @MILL_WORKER_BLOCKED: is done with an item and waits for room in the next queue
 *
 * What a worker is doing.
 */
typedef enum
{
  MILL_WORKER_IDLE,
  MILL_WORKER_PAUSED,
  MILL_WORKER_LIMITED,
  MILL_WORKER_WAITING,
  MILL_WORKER_BUSY,
  MILL_WORKER_BACKING_OFF,
  MILL_WORKER_BLOCKED,
} MillWorkerState;

/**
 * MILL_N_WORKER_STATES:
 *
 * How many states a worker may be in.
 */
#define MILL_N_WORKER_STATES (MILL_WORKER_BLOCKED + 1)

/**
 * MillOutcome:
 * @MILL_OUTCOME_DONE: went through the last stage, or a step let it end
 * @MILL_OUTCOME_DEAD: failed for good; kept as a dead letter
 * @MILL_OUTCOME_RETURNED: not processed, because the run was stopped first
 *
 * What became of an item.
 */
typedef enum
{
  MILL_OUTCOME_DONE,
  MILL_OUTCOME_DEAD,
  MILL_OUTCOME_RETURNED,
} MillOutcome;

G_END_DECLS
