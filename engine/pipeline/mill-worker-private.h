/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillWorker: one consumer of a stage. What both worlds do is in mill-worker.c; how each waits is in
 * mill-worker-thread.c and mill-worker-task.c.
 *
 * A worker is run by one thread at a time. Others may read its state, retire it (it ends once it holds no
 * item) or cancel it (it puts back what it holds and ends).
 */

#pragma once

#include "pipeline/mill-loop-private.h"
#include "pipeline/mill-stage-private.h"
#include "pipeline/mill-work-private.h"

G_BEGIN_DECLS

typedef struct _MillHelper MillHelper;

/* What to do after an attempt. */
typedef enum
{
  MILL_VERDICT_SUCCESS,
  MILL_VERDICT_RETRY,
  MILL_VERDICT_DEAD,
  MILL_VERDICT_RETURN,
} MillVerdict;

struct _MillWorker
{
  gatomicrefcount refs;
  MillStage *stage; /* (unowned) */
  guint number;

  GMutex lock; /* guards the next group */
  MillWorkerState state;
  gint64 state_since_us;
  gint64 state_us[MILL_N_WORKER_STATES];
  gint64 deadline_us; /* of the present attempt; 0 is none */
  gboolean timed_out;
  GCancellable *attempt; /* (owned) fires when the present attempt is to end */

  GCancellable *retire; /* (owned) ends waits for the next item */
  GCancellable *stop;   /* (owned) ends every wait */

  /* The item in hand. The running thread's own. */
  MillWork work;
  guint slot;
  gint64 attempt_began_us;
  GPtrArray *outbox; /* (owned) of (owned) MillItem, bound for the next stage */
  guint n_posted;

  GThread *thread;       /* (owned) (nullable) in the world of threads */
  MillLoop *loop;        /* (unowned) (nullable) in the world of tasks */
  MillHelper *helper;    /* (owned) (nullable) runs blocking steps for a task */
  GSource *backoff;      /* (owned) (nullable) while a task backs off */
  GSource *backoff_stop; /* (owned) (nullable) ends that early */
};

MillWorker *mill_worker_new (MillStage *stage, guint number);
MillWorker *mill_worker_ref (MillWorker *self);
void mill_worker_unref (MillWorker *self);

gboolean mill_worker_start_thread (MillWorker *self, GError **error);
void mill_worker_start_task (MillWorker *self, MillLoop *loop);
void mill_worker_retire (MillWorker *self);
void mill_worker_cancel (MillWorker *self);
gint64 mill_worker_check_deadline (MillWorker *self, gint64 now_us);
void mill_worker_add_times (MillWorker *self, gint64 now_us, MillWorkerState *state, gint64 *state_us);

/* For the two worlds. */
void mill_worker_set_state (MillWorker *self, MillWorkerState state);
void mill_worker_take (MillWorker *self, MillItem *item);
void mill_worker_begin_attempt (MillWorker *self);
MillVerdict mill_worker_end_attempt (MillWorker *self, gboolean ok, GError **error, gint64 *retry_at_us);
void mill_worker_succeed (MillWorker *self);
MillItem *mill_worker_peek_outbox (MillWorker *self);
void mill_worker_posted (MillWorker *self, gboolean ok);
void mill_worker_release_item (MillWorker *self);
void mill_worker_give_up (MillWorker *self, MillOutcome outcome, const GError *error);

G_END_DECLS
