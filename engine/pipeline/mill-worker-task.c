/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillWorker in the world of tasks: every wait suspends. A chain of callbacks on one engine loop, each of
 * which starts exactly one wait or goes back to begin(). */

#include "config.h"

#include "core/mill-cancel-source-private.h"
#include "pipeline/mill-fault-private.h"
#include "pipeline/mill-helper-private.h"
#include "pipeline/mill-pipeline-private.h"
#include "pipeline/mill-ticket-private.h"
#include "pipeline/mill-worker-private.h"

static void begin (MillWorker *self);
static void begin_work (MillWorker *self);
static void pass_limiter (MillWorker *self);
static void post_outbox (MillWorker *self);

static void
end (MillWorker *self)
{
  mill_pipeline_worker_ended (mill_stage_get_links (self->stage)->pipeline, self);
}

/* What was in hand is settled, and there may be the rest of a batch. */
static void
go_on (MillWorker *self, gboolean more)
{
  if (more)
    begin_work (self);
  else
    begin (self);
}

static void
give_up (MillWorker *self, MillOutcome outcome, const GError *error)
{
  go_on (self, mill_worker_give_up (self, outcome, error));
}

static void
posted_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  MillWorker *self = user_data;

  mill_worker_posted (self, mill_queue_put_finish (MILL_QUEUE (object), result, NULL));
  post_outbox (self);
}

static void
post_outbox (MillWorker *self)
{
  const MillStageLinks *links = mill_stage_get_links (self->stage);

  if (mill_worker_post (self))
    {
      go_on (self, mill_worker_release (self));
      return;
    }
  mill_worker_wait (self, MILL_WORKER_BLOCKED);
  mill_queue_put_async (mill_stage_get_queue (links->next), mill_worker_peek_outbox (self), self->stop,
                        posted_cb, self);
}

static gboolean
backoff_ended_cb (gpointer user_data)
{
  MillWorker *self = user_data;

  g_source_destroy (self->backoff);
  g_clear_pointer (&self->backoff, g_source_unref);
  g_clear_pointer (&self->backoff_stop, mill_cancel_source_destroy);
  if (g_cancellable_is_cancelled (self->stop))
    give_up (self, MILL_OUTCOME_RETURNED, NULL);
  else
    pass_limiter (self);
  return G_SOURCE_REMOVE;
}

static void
back_off (MillWorker *self, gint64 until_us)
{
  GMainContext *context = mill_loop_get_context (self->loop);

  mill_worker_wait (self, MILL_WORKER_BACKING_OFF);
  self->backoff = mill_clock_source_new (mill_stage_get_links (self->stage)->clock, until_us);
  g_source_set_callback (self->backoff, backoff_ended_cb, self, NULL);
  g_source_attach (self->backoff, context);
  self->backoff_stop =
      mill_cancel_source_new ("mill backoff", MILL_NEVER, self->stop, backoff_ended_cb, self, NULL);
  g_source_attach (self->backoff_stop, context);
}

static void
attempt_ended (MillWorker *self, gboolean ok, GError *step_error)
{
  g_autoptr (GError) error = step_error;
  gint64 retry_at_us = 0;

  mill_semaphore_release (mill_stage_get_semaphore (self->stage), self->slot);
  switch (mill_worker_end_attempt (self, ok, &error, &retry_at_us))
    {
    case MILL_VERDICT_SUCCESS:
      mill_worker_succeed (self);
      post_outbox (self);
      break;
    case MILL_VERDICT_RETRY:
      back_off (self, retry_at_us);
      break;
    case MILL_VERDICT_SPLIT:
      pass_limiter (self);
      break;
    case MILL_VERDICT_DEAD:
      give_up (self, MILL_OUTCOME_DEAD, error);
      break;
    case MILL_VERDICT_RETURN:
      give_up (self, MILL_OUTCOME_RETURNED, NULL);
      break;
    case MILL_VERDICT_GIVEN_UP: /* whose results do not come here */
    default:
      g_assert_not_reached ();
    }
}

static void
came_back (MillWorker *self)
{
  MillLoop *loop = self->loop;

  mill_worker_came_back (self);
  mill_loop_release (loop);
}

static void
step_ended_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  MillWorker *self = mill_ticket_redeem (user_data);
  GError *error = NULL;
  gboolean ok;

  if (self == NULL)
    return;
  ok = mill_step_process_finish (MILL_STEP (object), result, &error);
  if (mill_worker_claim_result (self))
    {
      attempt_ended (self, ok, error);
      return;
    }
  g_clear_error (&error);
  came_back (self);
}

static void
run_step (MillWorker *self)
{
  MillStep *step = mill_stage_get_step (self->stage);
  GError *error = NULL;

  if (mill_step_is_async (step))
    {
      mill_step_process_async (step, &self->work, self->attempt, step_ended_cb, mill_ticket_new (self));
      return;
    }
  if (self->helper == NULL)
    {
      g_autofree char *name = g_strdup_printf ("%.10s+%u", mill_stage_get_name (self->stage), self->number);

      self->helper = mill_helper_new (name, &error);
    }
  if (self->helper != NULL)
    mill_helper_run (self->helper, self, attempt_ended);
  else if (mill_worker_claim_result (self))
    attempt_ended (self, FALSE, error);
  else
    {
      g_clear_error (&error);
      mill_worker_came_back (self);
    }
}

static void
met_fault_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  MillWorker *self = user_data;
  GError *error = NULL;
  gboolean ok = mill_fault_meet_finish (MILL_FAULT (object), result, &error);

  if (!mill_worker_leave_fault (self, ok))
    {
      g_clear_error (&error);
      came_back (self);
    }
  else if (ok)
    run_step (self);
  else
    attempt_ended (self, FALSE, error);
}

static void
attempt (MillWorker *self)
{
  mill_worker_begin_attempt (self);
  if (self->in_fault)
    mill_fault_meet_async (mill_stage_get_fault (self->stage), mill_stage_get_links (self->stage)->clock,
                           mill_item_get_id (mill_work_get_item (&self->work)), self->work.attempt,
                           self->attempt, met_fault_cb, self);
  else
    run_step (self);
}

static void
acquired_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  MillWorker *self = user_data;

  if (mill_semaphore_acquire_finish (MILL_SEMAPHORE (object), result, &self->slot, NULL))
    attempt (self);
  else
    give_up (self, MILL_OUTCOME_RETURNED, NULL);
}

static void
acquire_slot (MillWorker *self)
{
  MillSemaphore *semaphore = mill_stage_get_semaphore (self->stage);
  guint64 id = mill_item_get_id (mill_work_get_item (&self->work));

  if (mill_worker_try_acquire_slot (self))
    {
      attempt (self);
      return;
    }
  mill_worker_wait (self, MILL_WORKER_WAITING);
  mill_semaphore_acquire_async (semaphore, id, self->stop, acquired_cb, self);
}

static void
passed_limiter_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  MillWorker *self = user_data;

  if (mill_rate_limiter_acquire_finish (MILL_RATE_LIMITER (object), result, NULL))
    acquire_slot (self);
  else
    give_up (self, MILL_OUTCOME_RETURNED, NULL);
}

/* The limiter comes before the slot: a slot is not held by who only waits for the time. */
static void
pass_limiter (MillWorker *self)
{
  MillRateLimiter *limiter = mill_stage_get_rate_limiter (self->stage);

  if (mill_worker_try_pass_limiter (self))
    {
      acquire_slot (self);
      return;
    }
  mill_worker_wait (self, MILL_WORKER_LIMITED);
  mill_rate_limiter_acquire_async (limiter, self->stop, passed_limiter_cb, self);
}

static void
passed_with_item_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  MillWorker *self = user_data;

  if (mill_gate_pass_finish (MILL_GATE (object), result))
    pass_limiter (self);
  else
    give_up (self, MILL_OUTCOME_RETURNED, NULL);
}

static void
begin_work (MillWorker *self)
{
  MillGate *gate = mill_stage_get_links (self->stage)->gate;

  if (mill_gate_is_open (gate))
    {
      pass_limiter (self);
      return;
    }
  mill_worker_wait (self, MILL_WORKER_PAUSED);
  mill_gate_pass_async (gate, self->stop, passed_with_item_cb, self);
}

static void
gathered (MillWorker *self)
{
  g_clear_pointer (&self->linger, mill_cancel_source_destroy);
  g_clear_object (&self->gather);
  mill_worker_begin_work (self);
  begin_work (self);
}

static gboolean
linger_ended_cb (gpointer user_data)
{
  MillWorker *self = user_data;

  g_cancellable_cancel (self->gather);
  return G_SOURCE_REMOVE;
}

static void
got_more_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  MillWorker *self = user_data;
  GPtrArray *items = mill_queue_get_many_finish (MILL_QUEUE (object), result, NULL);

  if (items != NULL)
    mill_worker_take_many (self, items);
  if (items != NULL && mill_worker_get_room (self) > 0)
    mill_queue_get_many_async (MILL_QUEUE (object), mill_worker_get_room (self), self->gather, got_more_cb,
                               self);
  else
    gathered (self);
}

/* Takes what else belongs to the batch that has begun, as long as it may wait for that. */
static void
gather (MillWorker *self)
{
  MillQueue *queue = mill_stage_get_queue (self->stage);
  gint64 linger = mill_batch_step_get_linger_us (self->batching);
  gint64 deadline = g_get_monotonic_time () + linger;
  guint room = mill_worker_get_room (self);
  GPtrArray *items = room > 0 ? mill_queue_try_get_many (queue, room, NULL) : NULL;

  if (items != NULL)
    {
      mill_worker_take_many (self, items);
      room = mill_worker_get_room (self);
    }
  if (room == 0 || linger == 0)
    {
      gathered (self);
      return;
    }
  mill_worker_wait (self, MILL_WORKER_IDLE);
  self->gather = g_cancellable_new ();
  self->linger = mill_cancel_source_new ("mill batch", deadline, self->retire, linger_ended_cb, self, NULL);
  g_source_attach (self->linger, mill_loop_get_context (self->loop));
  mill_queue_get_many_async (queue, room, self->gather, got_more_cb, self);
}

static void
got_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  MillWorker *self = user_data;
  MillItem *item = mill_queue_get_finish (MILL_QUEUE (object), result, NULL);

  if (item == NULL)
    {
      end (self);
      return;
    }
  mill_worker_take (self, item);
  if (self->batching != NULL)
    {
      gather (self);
      return;
    }
  mill_worker_begin_work (self);
  begin_work (self);
}

static void
get_item (MillWorker *self)
{
  mill_worker_wait (self, MILL_WORKER_IDLE);
  mill_queue_get_async (mill_stage_get_queue (self->stage), self->retire, got_cb, self);
}

static void
passed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  if (mill_gate_pass_finish (MILL_GATE (object), result))
    get_item (user_data);
  else
    end (user_data);
}

static void
begin (MillWorker *self)
{
  MillGate *gate = mill_stage_get_links (self->stage)->gate;

  if (mill_gate_is_open (gate))
    {
      get_item (self);
      return;
    }
  mill_worker_wait (self, MILL_WORKER_PAUSED);
  mill_gate_pass_async (gate, self->retire, passed_cb, self);
}

static gboolean
begin_cb (gpointer user_data)
{
  MillWorker *self = user_data;

  if (self->inherited_retry_us > 0)
    back_off (self, self->inherited_retry_us);
  else
    begin (self);
  return G_SOURCE_REMOVE;
}

/* Starts the worker as a task on @loop. */
void
mill_worker_start_task (MillWorker *self, MillLoop *loop)
{
  self->loop = loop;
  mill_loop_call (loop, begin_cb, self);
}
