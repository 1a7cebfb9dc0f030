/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "core/mill-histogram.h"
#include "core/mill-queue.h"
#include "core/mill-semaphore.h"
#include "pipeline/mill-ending.h"
#include "pipeline/mill-hand.h"
#include "pipeline/mill-stuck.h"
#include "pipeline/mill-types.h"
#include "pipeline/mill-wait-theory.h"

G_BEGIN_DECLS

#define MILL_TYPE_SNAPSHOT (mill_snapshot_get_type ())

/**
 * MillProducerState:
 * @MILL_PRODUCER_RUNNING: asks the source and puts items
 * @MILL_PRODUCER_BLOCKED: the first queue is full
 * @MILL_PRODUCER_WAITING: the source has nothing to give now; `why` says for what it waits
 * @MILL_PRODUCER_PAUSED: the pipeline is paused
 * @MILL_PRODUCER_ENDED: the source has ended, or was told to
 *
 * What a producer is doing.
 */
typedef enum
{
  MILL_PRODUCER_RUNNING,
  MILL_PRODUCER_BLOCKED,
  MILL_PRODUCER_WAITING,
  MILL_PRODUCER_PAUSED,
  MILL_PRODUCER_ENDED,
} MillProducerState;

/**
 * MillStageSnapshot:
 * @name: the stage's name in the job file
 * @kind: threads or tasks
 * @queue: its input queue
 * @workers: how many workers there are now, those that are leaving included
 * @consumers: how many are wanted (the knob)
 * @by_state: how many workers are in each #MillWorkerState
 * @worker_states: (array length=workers): each worker's #MillWorkerState
 * @state_us: worker-time spent in each state so far, the present spells included, in microseconds
 * @hands: (element-type MillHand): what each worker has in its hands, in the order of @worker_states
 * @slots: (element-type MillSlot): the semaphore's slots; empty when @permits is 0
 * @permits: the semaphore's limit; 0 is none
 * @held: permits held now, or items in work when there is no limit
 * @waiting: workers waiting for a permit
 * @rate: the rate limiter's attempts a second; 0 is no limit
 * @burst: its bucket
 * @unfinished: items that entered the stage and have not left it
 * @done: items that left it for the next stage or for good
 * @dead: items that failed here for good
 * @retries: attempts beyond the first
 * @retries_refused: those that the retry budget did not allow; their items are among @dead
 * @closed_us: when its queue was shut down, g_get_monotonic_time(); 0 is not yet
 * @joined_us: when its queue was joined, and so all its items had left it; 0 is not yet
 * @waits: (element-type MillQueueWait): how long items waited in the queue, for each priority there was
 * @theory: (nullable): how long they ought to wait; %NULL where the items do not come at random
 * @batching: whether an attempt is for several items, a batch
 * @service: time from having a slot to the attempt's end, per attempt
 *
 * One stage of a snapshot.
 */
typedef struct
{
  const char *name; /* (owned) */
  MillKind kind;
  MillQueueStats queue;
  guint workers;
  guint consumers;
  guint by_state[MILL_N_WORKER_STATES];
  guint8 *worker_states; /* (owned) */
  gint64 state_us[MILL_N_WORKER_STATES];
  GArray *hands; /* (owned) */
  GArray *slots; /* (owned) */
  guint permits;
  guint held;
  guint waiting;
  double rate;
  guint burst;
  guint64 unfinished;
  guint64 done;
  guint64 dead;
  guint64 retries;
  guint64 retries_refused;
  gint64 closed_us;
  gint64 joined_us;
  GArray *waits;          /* (owned) */
  MillWaitTheory *theory; /* (owned) (nullable) */
  gboolean batching;
  MillHistogram *service; /* (owned) */
} MillStageSnapshot;

#define MILL_TYPE_STAGE_SNAPSHOT (mill_stage_snapshot_get_type ())
GType mill_stage_snapshot_get_type (void);
MillStageSnapshot *mill_stage_snapshot_copy (const MillStageSnapshot *self);
void mill_stage_snapshot_free (MillStageSnapshot *self);

/**
 * MillSnapshot:
 * @time_us: when it was taken, g_get_monotonic_time(); in a run that leaps, the time of its clock, as are
 * all times in which items and workers are concerned
 * @elapsed_us: time since the start (pauses included); after the end, the whole run's
 * @real_us: the real time since the start, in a run that leaps; else the same as @elapsed_us
 * @is_leaping: whether the run leaps over waits, see mill_pipeline_set_leaping()
 * @state: the pipeline's state
 * @error: (nullable): why the pipeline failed
 * @source_name: the source's name
 * @producer: what the producer is doing
 * @producer_kind: thread or task
 * @why: (nullable): for what the producer waits
 * @total: how many items the source will have produced in the end; -1 unknown
 * @produced: items the source produced, plus those that steps added
 * @done: went through
 * @dead: dead letters
 * @returned: not processed because the run was stopped
 * @dropped: discarded by a policy
 * @unfinished: in the pipeline
 * @retries: attempts beyond the first, all stages
 * @bytes: payload bytes of the items that are done
 * @latency: from entering the pipeline to done
 * @stages: (element-type MillStageSnapshot): in the order of the flow
 * @workers_alive: threads and tasks that have not ended, the producer included; 0 in every final state
 * @stuck: (element-type MillStuck): who was given up on and has not come back; not among @workers_alive
 * @progress_done: how much of what its steps do at the end is done
 * @progress_total: of how much, in whatever units; 0 while they do nothing
 * @ending: when each part of the end came
 * @n_events: how many events there have been
 * @unrecorded: how many items have been settled without a row in the run file, see mill_run_record()
 *
 * One picture of a pipeline, taken at one moment. A plain record; nothing in it changes.
 *
 * Conservation holds in every snapshot: produced = done + dead + returned + dropped + unfinished. The two
 * sides are counted at different places (mill-ledger.c), so the equation can fail, and a test that asserts it
 * can too.
 *
 * Threads: any, at the same time.
 */
typedef struct
{
  gint64 time_us;
  gint64 elapsed_us;
  gint64 real_us;
  gboolean is_leaping;
  MillState state;
  char *error;             /* (owned) (nullable) */
  const char *source_name; /* (owned) */
  MillProducerState producer;
  MillKind producer_kind;
  const char *why; /* (static) (nullable) */
  gint64 total;
  guint64 produced;
  guint64 done;
  guint64 dead;
  guint64 returned;
  guint64 dropped;
  guint64 unfinished;
  guint64 retries;
  guint64 bytes;
  MillHistogram *latency; /* (owned) */
  GPtrArray *stages;      /* (owned) */
  guint workers_alive;
  GPtrArray *stuck; /* (owned) */
  guint64 progress_done;
  guint64 progress_total;
  MillEnding ending;
  guint64 n_events;
  guint64 unrecorded;
} MillSnapshot;

GType mill_snapshot_get_type (void);
MillSnapshot *mill_snapshot_ref (MillSnapshot *self);
void mill_snapshot_unref (MillSnapshot *self);
gboolean mill_snapshot_is_conserved (const MillSnapshot *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MillSnapshot, mill_snapshot_unref)

G_END_DECLS
