/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillWorker: one consumer of a stage. What both worlds do is in mill-worker.c; how each waits is in
 * mill-worker-thread.c and mill-worker-task.c.
 *
 * A worker is run by one thread at a time. Others may read its state, retire it (it ends once it holds no
 * item) or cancel it (it puts back what it holds and ends).
 *
 * Giving up. A step should end soon after its cancellable fires. One that does not must hold up neither its
 * item nor the run; so the end of an attempt is claimed, under the worker's lock, exactly once:
 *
 * - by whoever runs the step, as it returns or calls back (mill_worker_claim_result()): the result counts;
 * - or by the control thread, `grace` after the cancellable fired (mill_worker_look()): the worker is given
 * up on. Its item, its slot and its place among the consumers are the control thread's from then on
 *   (mill_worker_rescue()): a copy of the item is settled, or goes to a replacement as its next attempt, and
 *   `task_done` is called by the one who settles. The rest of a batch goes to a replacement, too. The worker
 *   stands in its stage's list of the stuck.
 *
 * A late result finds that it lost the claim and is dropped (mill_worker_came_back()).
 *
 * Who owns what: the worker owns the #MillWork, its item and the cancellable, and holds the stage, which
 * holds the step; the stage's list, `workers` or `stuck`, owns the worker. The late one takes the reference
 * of `stuck` over, so all that the step may still use lives until then, whatever has become of the pipeline.
 * A step that never comes back leaks this and its thread, which nobody joins; a stage replaces no more than
 * %MILL_MAX_STUCK of them. A loop on which a late callback may still come stays (mill_loop_hold()).
 */

#pragma once

#include "pipeline/mill-batch-step.h"
#include "pipeline/mill-loop-private.h"
#include "pipeline/mill-stage-private.h"
#include "pipeline/mill-work-private.h"

G_BEGIN_DECLS

#define MILL_MAX_STUCK 64

typedef struct _MillHelper MillHelper;

/* What to do after an attempt. */
typedef enum
{
  MILL_VERDICT_SUCCESS,
  MILL_VERDICT_RETRY,
  MILL_VERDICT_SPLIT, /* again at once, with a part of the batch, which is in hand */
  MILL_VERDICT_DEAD,
  MILL_VERDICT_RETURN,
  MILL_VERDICT_GIVEN_UP, /* nothing: it is somebody else's */
} MillVerdict;

struct _MillWorker
{
  gatomicrefcount refs;
  MillStage *stage; /* (owned) */
  guint number;

  GMutex lock; /* guards the next group */
  MillWorkerState state;
  gint64 state_since_us;
  gint64 state_us[MILL_N_WORKER_STATES];
  gboolean has_item; /* as of the last change of state, for those who look */
  guint64 item_id;
  gint64 item_since_us;
  gint64 deadline_us;    /* of the present attempt; 0 is none */
  gboolean attempt_open; /* the step is at work and its end was not claimed */
  gboolean given_up;
  gboolean in_fault; /* the attempt meets its stage's faults, and has not got to the step */
  gint64 attempt_began_us;
  gint64 cancelled_us; /* when the present attempt was told to end; 0 is not */
  gboolean timed_out;
  GCancellable *attempt; /* (owned) fires when the present attempt is to end */

  GCancellable *retire; /* (owned) ends waits for the next item */
  GCancellable *stop;   /* (owned) ends every wait */

  /* What is in hand. The running thread's own. */
  MillWork work;
  guint slot;
  gint64 now_us;             /* the clock as last looked at; 0 after a wait, which makes that worthless */
  gint64 inherited_retry_us; /* 0, or when to go on with an item of a worker that was given up on */
  GPtrArray *outbox;         /* (owned) of (owned) MillItem, bound for the next stage */
  guint n_posted;
  MillBatchStep *batching; /* (unowned) (nullable) the step, if it works on several items at a time */

  GThread *thread;       /* (owned) (nullable) in the world of threads */
  MillLoop *loop;        /* (unowned) (nullable) in the world of tasks */
  MillHelper *helper;    /* (owned) (nullable) runs blocking steps for a task */
  GSource *backoff;      /* (owned) (nullable) while a task backs off */
  GSource *backoff_stop; /* (owned) (nullable) ends that early */
  GSource *linger;       /* (owned) (nullable) while a task gathers a batch */
  GCancellable *gather;  /* (owned) (nullable) ends that */
};

MillWorker *mill_worker_new (MillStage *stage, guint number);
MillWorker *mill_worker_ref (MillWorker *self);
void mill_worker_unref (MillWorker *self);

gboolean mill_worker_start_thread (MillWorker *self, GError **error);
void mill_worker_start_task (MillWorker *self, MillLoop *loop);
void mill_worker_retire (MillWorker *self);
void mill_worker_cancel (MillWorker *self);
void mill_worker_look_at (MillWorker *self, gint64 now_us, MillHand *hand, gint64 *state_us);

char *mill_worker_dup_name (MillWorker *self);

/* Giving up; see above. */
gint64 mill_worker_look (MillWorker *self, gint64 now_us, gint64 grace_us, GCancellable **overdue,
                         gboolean *give_up);
gboolean mill_worker_claim_result (MillWorker *self);
gboolean mill_worker_leave_fault (MillWorker *self, gboolean goes_on);
gboolean mill_worker_is_in_fault (MillWorker *self);
void mill_worker_inherit (MillWorker *self, GPtrArray *items, guint attempt, gint64 retry_at_us);
guint mill_worker_rescue (MillWorker *self);
void mill_worker_came_back (MillWorker *self);
MillVerdict mill_worker_judge (MillWorker *self, double least_wait_s, GError **error, gint64 *retry_at_us);
MillStuck *mill_worker_describe_stuck (MillWorker *self);

/* For the two worlds. */
gint64 mill_worker_get_time (MillWorker *self);
gboolean mill_worker_try_pass_limiter (MillWorker *self);
gboolean mill_worker_try_acquire_slot (MillWorker *self);
void mill_worker_wait (MillWorker *self, MillWorkerState state);
void mill_worker_take (MillWorker *self, MillItem *item);
void mill_worker_take_many (MillWorker *self, GPtrArray *items);
guint mill_worker_get_room (MillWorker *self);
void mill_worker_begin_work (MillWorker *self);
void mill_worker_begin_attempt (MillWorker *self);
MillVerdict mill_worker_end_attempt (MillWorker *self, gboolean ok, GError **error, gint64 *retry_at_us);
void mill_worker_succeed (MillWorker *self);
gboolean mill_worker_post (MillWorker *self);
MillItem *mill_worker_peek_outbox (MillWorker *self);
void mill_worker_posted (MillWorker *self, gboolean ok);
gboolean mill_worker_release (MillWorker *self);
gboolean mill_worker_give_up (MillWorker *self, MillOutcome outcome, const GError *error);

G_END_DECLS
