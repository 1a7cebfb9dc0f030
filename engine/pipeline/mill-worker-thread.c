/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillWorker in the world of threads: every wait blocks. */

#include "config.h"

#include "pipeline/mill-fault-private.h"
#include "pipeline/mill-pipeline-private.h"
#include "pipeline/mill-worker-private.h"

static gboolean
pass_limiter (MillWorker *self)
{
  MillRateLimiter *limiter = mill_stage_get_rate_limiter (self->stage);

  if (mill_worker_try_pass_limiter (self))
    return TRUE;
  mill_worker_wait (self, MILL_WORKER_LIMITED);
  return mill_rate_limiter_acquire (limiter, self->stop, NULL);
}

static gboolean
acquire_slot (MillWorker *self)
{
  MillSemaphore *semaphore = mill_stage_get_semaphore (self->stage);
  guint64 id = mill_item_get_id (mill_work_get_item (&self->work));

  if (mill_worker_try_acquire_slot (self))
    return TRUE;
  mill_worker_wait (self, MILL_WORKER_WAITING);
  return mill_semaphore_acquire (semaphore, id, &self->slot, self->stop, NULL);
}

/* Whether the step is to run. */
static gboolean
meet_fault (MillWorker *self, GError **error)
{
  return mill_fault_meet (mill_stage_get_fault (self->stage), mill_stage_get_links (self->stage)->clock,
                          mill_item_get_id (mill_work_get_item (&self->work)), self->work.attempt,
                          self->attempt, error);
}

static MillVerdict
attempt (MillWorker *self, GError **error, gint64 *retry_at_us)
{
  gboolean ok;

  /* In this order: a slot is not held by who only waits for the time. */
  if (!pass_limiter (self) || !acquire_slot (self))
    return MILL_VERDICT_RETURN;
  mill_worker_begin_attempt (self);
  ok = (!self->in_fault || meet_fault (self, error)) &&
       mill_step_run (mill_stage_get_step (self->stage), &self->work, self->attempt, error);
  if (!mill_worker_claim_result (self))
    return MILL_VERDICT_GIVEN_UP;
  mill_semaphore_release (mill_stage_get_semaphore (self->stage), self->slot);
  return mill_worker_end_attempt (self, ok, error, retry_at_us);
}

static void
post_outbox (MillWorker *self)
{
  const MillStageLinks *links = mill_stage_get_links (self->stage);

  while (!mill_worker_post (self))
    {
      mill_worker_wait (self, MILL_WORKER_BLOCKED);
      mill_worker_posted (self, mill_queue_put (mill_stage_get_queue (links->next),
                                                mill_worker_peek_outbox (self), self->stop, NULL));
    }
}

/* One look decides: who finds the gate open goes on, though it be closed right after; who waits says so
 * first. */
static gboolean
pass_gate (MillWorker *self, GCancellable *cancellable)
{
  MillGate *gate = mill_stage_get_links (self->stage)->gate;

  if (mill_gate_is_open (gate))
    return !g_cancellable_is_cancelled (cancellable);
  mill_worker_wait (self, MILL_WORKER_PAUSED);
  return mill_gate_pass (gate, cancellable);
}

static MillVerdict
first_attempt (MillWorker *self, GError **error, gint64 *retry_at_us)
{
  return pass_gate (self, self->stop) ? attempt (self, error, retry_at_us) : MILL_VERDICT_RETURN;
}

static MillVerdict
next_attempt (MillWorker *self, GError **error, gint64 *retry_at_us)
{
  MillClock *clock = mill_stage_get_links (self->stage)->clock;

  mill_worker_wait (self, MILL_WORKER_BACKING_OFF);
  return mill_clock_wait_until (clock, *retry_at_us, self->stop, NULL) ? attempt (self, error, retry_at_us)
                                                                       : MILL_VERDICT_RETURN;
}

/* Settles what is in hand as @verdict says. Returns whether the rest of a batch is in hand now. */
static gboolean
settle (MillWorker *self, MillVerdict verdict, const GError *error)
{
  if (verdict != MILL_VERDICT_SUCCESS)
    return mill_worker_give_up (
        self, verdict == MILL_VERDICT_DEAD ? MILL_OUTCOME_DEAD : MILL_OUTCOME_RETURNED, error);
  mill_worker_succeed (self);
  post_outbox (self);
  return mill_worker_release (self);
}

/* Tries what is in hand, for the next time at @retry_at_us if it is not 0, until all of it is settled. FALSE
 * when the worker was given up on. */
static gboolean
handle (MillWorker *self, gint64 retry_at_us)
{
  gboolean more;

  do
    {
      g_autoptr (GError) error = NULL;
      MillVerdict verdict = retry_at_us > 0 ? MILL_VERDICT_RETRY : first_attempt (self, &error, &retry_at_us);

      while (verdict == MILL_VERDICT_RETRY || verdict == MILL_VERDICT_SPLIT)
        {
          g_clear_error (&error);
          verdict = verdict == MILL_VERDICT_RETRY ? next_attempt (self, &error, &retry_at_us)
                                                  : attempt (self, &error, &retry_at_us);
        }
      if (verdict == MILL_VERDICT_GIVEN_UP)
        return FALSE;
      more = settle (self, verdict, error);
      retry_at_us = 0;
    }
  while (more);
  return TRUE;
}

/* Takes what else belongs to the batch that has begun, as long as it may wait for that. */
static void
gather (MillWorker *self)
{
  MillQueue *queue = mill_stage_get_queue (self->stage);
  gint64 linger = mill_batch_step_get_linger_us (self->batching);
  gint64 deadline = g_get_monotonic_time () + linger;
  guint room;

  while ((room = mill_worker_get_room (self)) > 0)
    {
      GPtrArray *items = mill_queue_try_get_many (queue, room, NULL);

      if (items == NULL && linger > 0)
        {
          mill_worker_wait (self, MILL_WORKER_IDLE);
          items = mill_queue_get_many_until (queue, room, deadline, self->retire, NULL);
        }
      if (items == NULL)
        break;
      mill_worker_take_many (self, items);
      if (linger == 0)
        break;
    }
}

/* Whether there is one, or a batch, which is then in hand. */
static gboolean
next_item (MillWorker *self)
{
  MillQueue *queue = mill_stage_get_queue (self->stage);
  MillItem *item;

  if (!pass_gate (self, self->retire))
    return FALSE;
  item = mill_queue_try_get (queue, NULL);
  if (item == NULL)
    {
      mill_worker_wait (self, MILL_WORKER_IDLE);
      item = mill_queue_get (queue, self->retire, NULL);
    }
  if (item == NULL)
    return FALSE;
  mill_worker_take (self, item);
  if (self->batching != NULL)
    gather (self);
  mill_worker_begin_work (self);
  return TRUE;
}

static gpointer
run (gpointer data)
{
  MillWorker *self = data;
  gboolean goes_on = self->inherited_retry_us == 0 || handle (self, self->inherited_retry_us);

  while (goes_on && next_item (self))
    goes_on = handle (self, 0);
  if (!goes_on)
    {
      mill_worker_came_back (self);
      return NULL;
    }
  mill_pipeline_worker_ended (mill_stage_get_links (self->stage)->pipeline, self);
  return NULL;
}

/* Starts the worker's thread. Fails with %G_THREAD_ERROR_AGAIN when the system has no more. */
gboolean
mill_worker_start_thread (MillWorker *self, GError **error)
{
  g_autofree char *name = g_strdup_printf ("%.10s-%u", mill_stage_get_name (self->stage), self->number);

  /* The thread may end, and be joined, before this function returns; the caller holds the stage's lock, which
   * reaping takes, so `thread` is set by then. */
  self->thread = g_thread_try_new (name, run, self, error);
  return self->thread != NULL;
}
