/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillWorker: what a consumer does with an item, or with a batch of them, whichever world it lives in. */

#include "config.h"

#include "pipeline/mill-worker-private.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"
#include "core/mill-limits-private.h"
#include "pipeline/mill-helper-private.h"
#include "pipeline/mill-pipeline-private.h"

MillWorker *
mill_worker_new (MillStage *stage, guint number)
{
  MillWorker *self = g_new0 (MillWorker, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->lock);
  self->stage = g_object_ref (stage);
  self->number = number;
  if (MILL_IS_BATCH_STEP (mill_stage_get_step (stage)))
    self->batching = MILL_BATCH_STEP (mill_stage_get_step (stage));
  mill_work_init (&self->work);
  self->state_since_us = mill_stage_get_time (stage);
  self->attempt = g_cancellable_new ();
  self->retire = g_cancellable_new ();
  self->stop = g_cancellable_new ();
  self->outbox = g_ptr_array_new_with_free_func ((GDestroyNotify) mill_item_unref);
  return self;
}

MillWorker *
mill_worker_ref (MillWorker *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
mill_worker_unref (MillWorker *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_clear_pointer (&self->helper, mill_helper_free);
  g_object_unref (self->attempt);
  g_object_unref (self->retire);
  g_object_unref (self->stop);
  g_ptr_array_unref (self->outbox);
  mill_work_finalize (&self->work);
  g_object_unref (self->stage);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* (transfer full): "fetch-3" */
char *
mill_worker_dup_name (MillWorker *self)
{
  return g_strdup_printf ("%s-%u", mill_stage_get_name (self->stage), self->number);
}

/* Lets the worker end once it holds no item. Any thread. */
void
mill_worker_retire (MillWorker *self)
{
  g_cancellable_cancel (self->retire);
}

static void
cancel_attempt (MillWorker *self)
{
  g_autoptr (GCancellable) attempt = NULL;

  g_mutex_lock (&self->lock);
  attempt = g_object_ref (self->attempt);
  if (self->cancelled_us == 0)
    self->cancelled_us = g_get_monotonic_time ();
  g_mutex_unlock (&self->lock);
  g_cancellable_cancel (attempt);
}

/* Ends every wait and the attempt in hand; the item is returned. Any thread, holding no lock. */
void
mill_worker_cancel (MillWorker *self)
{
  g_cancellable_cancel (self->stop);
  g_cancellable_cancel (self->retire);
  /* After `stop`: an attempt that begins from now on sees that by itself. */
  cancel_attempt (self);
}

/* Reads what the worker does, and adds the time spent in each state, the present spell included. Any thread.
 */
void
mill_worker_look_at (MillWorker *self, gint64 now_us, MillHand *hand, gint64 *state_us)
{
  g_mutex_lock (&self->lock);
  *hand = (MillHand){
    .number = self->number,
    .state = self->state,
    .state_since_us = self->state_since_us,
    .has_item = self->has_item,
    .item_id = self->item_id,
    .item_since_us = self->item_since_us,
  };
  for (guint i = 0; i < MILL_N_WORKER_STATES; i++)
    state_us[i] += self->state_us[i];
  state_us[self->state] += MAX (now_us - self->state_since_us, 0);
  g_mutex_unlock (&self->lock);
}

/* The item is the running thread's own; the others see what is noted here. */
static void
note_item_locked (MillWorker *self, gint64 now_us)
{
  MillItem *item = mill_work_peek (&self->work);
  gboolean has_item = item != NULL;
  guint64 id = has_item ? mill_item_get_id (item) : 0;

  if (self->has_item == has_item && self->item_id == id)
    return;
  self->has_item = has_item;
  self->item_id = id;
  self->item_since_us = has_item ? now_us : 0;
}

/* By the worker's own thread. */
static void
set_state_locked (MillWorker *self, MillWorkerState state, gint64 now_us)
{
  note_item_locked (self, now_us);
  self->state_us[self->state] += now_us - self->state_since_us;
  self->state = state;
  self->state_since_us = now_us;
}

/* The time of mill_stage_get_time() when the worker last ceased to wait, or its step ended: to look at the
 * clock takes longer than all else that happens to an item in between. */
gint64
mill_worker_get_time (MillWorker *self)
{
  if (self->now_us == 0)
    self->now_us = mill_stage_get_time (self->stage);
  return self->now_us;
}

/* The same time of the stage's clock. */
static gint64
get_clock_time (MillWorker *self)
{
  const MillStageLinks *links = mill_stage_get_links (self->stage);

  return links->clock_is_real ? mill_worker_get_time (self) : mill_clock_get_time (links->clock);
}

/* Whether the rate allows an attempt at once. */
gboolean
mill_worker_try_pass_limiter (MillWorker *self)
{
  return mill_rate_limiter_try_acquire_at (mill_stage_get_rate_limiter (self->stage), get_clock_time (self));
}

/* Whether there is a slot for the item at once. */
gboolean
mill_worker_try_acquire_slot (MillWorker *self)
{
  return mill_semaphore_try_acquire_at (mill_stage_get_semaphore (self->stage),
                                        mill_item_get_id (mill_work_get_item (&self->work)),
                                        mill_worker_get_time (self), &self->slot);
}

/* The worker is about to wait in @state. */
void
mill_worker_wait (MillWorker *self, MillWorkerState state)
{
  gint64 now = mill_stage_get_time (self->stage);

  self->now_us = 0;
  g_mutex_lock (&self->lock);
  set_state_locked (self, state, now);
  g_mutex_unlock (&self->lock);
}

/* Takes @item (transfer full), or another one for its batch. */
void
mill_worker_take (MillWorker *self, MillItem *item)
{
  mill_work_take (&self->work, item);
  mill_retry_budget_deposit_at (mill_stage_get_retry_budget (self->stage), 1, get_clock_time (self));
}

/* Takes @items (transfer full), too, for its batch. */
void
mill_worker_take_many (MillWorker *self, GPtrArray *items)
{
  mill_retry_budget_deposit_at (mill_stage_get_retry_budget (self->stage), items->len, get_clock_time (self));
  mill_work_take_many (&self->work, items);
}

/* How many more items belong to what was taken. */
guint
mill_worker_get_room (MillWorker *self)
{
  guint batch = self->batching != NULL ? mill_batch_step_get_batch (self->batching) : 1;

  return batch > self->work.items->len ? batch - self->work.items->len : 0;
}

/* Begins on what was taken. */
void
mill_worker_begin_work (MillWorker *self)
{
  mill_work_begin (&self->work, 0);
}

/* Readies `attempt`, the deadline and `in_fault`. */
void
mill_worker_begin_attempt (MillWorker *self)
{
  gint64 timeout = mill_stage_get_timeout_us (self->stage);
  gint64 now = mill_worker_get_time (self);

  g_mutex_lock (&self->lock);
  set_state_locked (self, MILL_WORKER_BUSY, now);
  self->attempt_began_us = now;
  if (self->cancelled_us != 0 || g_cancellable_is_cancelled (self->attempt))
    {
      /* A new one rather than a reset one: who still looks at the old one must see it cancelled, and who was
       * about to cancel the old attempt must not hit this one. */
      g_object_unref (self->attempt);
      self->attempt = g_cancellable_new ();
    }
  self->attempt_open = TRUE;
  self->in_fault = mill_fault_is_on (mill_stage_get_fault (self->stage));
  self->cancelled_us = 0;
  self->timed_out = FALSE;
  g_atomic_int_set (&self->work.timed_out, FALSE);
  self->deadline_us = timeout > 0 ? self->attempt_began_us + timeout : 0;
  g_mutex_unlock (&self->lock);
  if (g_cancellable_is_cancelled (self->stop))
    cancel_attempt (self);
}

/* Whether the item may be tried again. Says so in @error if it may not only because others were. */
static gboolean
may_retry (MillWorker *self, const MillRetryPolicy *policy, GError **error)
{
  g_autoptr (GError) refused = NULL;

  if (self->work.attempt >= policy->retries || !mill_retry_policy_is_retryable (*error))
    return FALSE;
  if (mill_retry_budget_try_withdraw (mill_stage_get_retry_budget (self->stage)))
    return TRUE;
  /* Translators: why an attempt failed, and why there is no other */
  refused =
      g_error_new ((*error)->domain, (*error)->code,
                   _ ("%s; not tried again, because the stage’s retry budget is spent"), (*error)->message);
  g_clear_error (error);
  g_propagate_error (error, g_steal_pointer (&refused));
  return FALSE;
}

/* What is to become of an item whose attempt failed with @error, which may be replaced by a better one:
 * whether it is tried again, and when, no sooner than in @least_wait_s. */
MillVerdict
mill_worker_judge (MillWorker *self, double least_wait_s, GError **error, gint64 *retry_at_us)
{
  MillRetryPolicy policy;
  double wait_s;

  mill_stage_get_retry_policy (self->stage, &policy);
  if (!may_retry (self, &policy, error))
    return MILL_VERDICT_DEAD;
  wait_s = mill_retry_policy_get_wait (&policy, self->work.attempt, mill_stage_get_jitter (self->stage));
  *retry_at_us = mill_clock_get_time (mill_stage_get_links (self->stage)->clock) +
                 (gint64) (MAX (wait_s, least_wait_s) * G_USEC_PER_SEC);
  return MILL_VERDICT_RETRY;
}

/* Readies an attempt that was no attempt, because it was too early for it. */
static MillVerdict
postpone (MillWorker *self, gint64 *retry_at_us)
{
  if (g_cancellable_is_cancelled (self->stop))
    return MILL_VERDICT_RETURN;
  *retry_at_us = mill_clock_get_time (mill_stage_get_links (self->stage)->clock) + self->work.postponed_us;
  mill_work_begin_attempt (&self->work, self->work.attempt);
  return MILL_VERDICT_RETRY;
}

/* Judges an attempt whose result was claimed, that ended with @ok or @error, which may be replaced by a
 * better one. On a retry the work is ready for the next attempt, at @retry_at_us. */
MillVerdict
mill_worker_end_attempt (MillWorker *self, gboolean ok, GError **error, gint64 *retry_at_us)
{
  gint64 now = self->now_us = mill_stage_get_time (self->stage);
  MillVerdict verdict;

  if (!ok && !self->timed_out && self->work.postponed_us > 0)
    return postpone (self, retry_at_us);
  mill_stage_record_service (self->stage, now - self->attempt_began_us);
  if (ok)
    return MILL_VERDICT_SUCCESS;
  if (g_cancellable_is_cancelled (self->stop))
    return MILL_VERDICT_RETURN;
  if (g_error_matches (*error, MILL_ERROR, MILL_ERROR_FATAL))
    {
      mill_pipeline_fail (mill_stage_get_links (self->stage)->pipeline, mill_stage_get_name (self->stage),
                          *error);
      return MILL_VERDICT_RETURN;
    }
  if (self->timed_out)
    {
      g_clear_error (error);
      g_set_error (error, MILL_ERROR, MILL_ERROR_TIMED_OUT, _ ("no result within %.3g s"),
                   (double) (now - self->attempt_began_us) / G_USEC_PER_SEC);
    }
  else if (*error == NULL)
    g_set_error_literal (error, MILL_ERROR, MILL_ERROR_FAILED, _ ("the step failed and did not say why"));
  if (!mill_retry_policy_is_retryable (*error) && mill_work_split (&self->work))
    return MILL_VERDICT_SPLIT;
  verdict = mill_worker_judge (self, self->work.retry_after_s, error, retry_at_us);
  if (verdict == MILL_VERDICT_DEAD)
    return verdict;
  mill_ledger_retry (mill_stage_get_links (self->stage)->ledger, mill_stage_get_links (self->stage)->index);
  mill_work_begin_attempt (&self->work, self->work.attempt + 1);
  return MILL_VERDICT_RETRY;
}

static void
finish_in_last_stage (MillWorker *self, MillItem *const *items, guint n)
{
  const MillStageLinks *links = mill_stage_get_links (self->stage);

  for (guint i = 0; i < n && links->sink != NULL; i++)
    mill_sink_accept (links->sink, items[i]);
  mill_pipeline_items_done (links->pipeline, links->index, items, n, mill_worker_get_time (self));
}

static void
post_emitted (MillWorker *self, MillItem *item)
{
  const MillStageLinks *links = mill_stage_get_links (self->stage);

  mill_item_set_born (item, mill_item_get_born (mill_work_get_item (&self->work)));
  if (links->next == NULL)
    {
      mill_ledger_admit (links->ledger, links->index, 1);
      finish_in_last_stage (self, &item, 1);
      return;
    }
  mill_ledger_admit (links->ledger, links->index + 1, 1);
  g_ptr_array_add (self->outbox, mill_item_ref (item));
}

static void
lose (MillWorker *self, MillItem *item, MillOutcome outcome, const GError *error)
{
  const MillStageLinks *links = mill_stage_get_links (self->stage);

  mill_pipeline_item_lost (links->pipeline, links->index, item, outcome, error, self->work.attempt + 1);
}

/* The part's items from @first up to @end, which the attempt has dealt with. */
static void
pass_on (MillWorker *self, guint first, guint end)
{
  const MillStageLinks *links = mill_stage_get_links (self->stage);
  MillItem *const *items = mill_work_get_items (&self->work) + first;
  guint n = end - first;

  if (n == 0)
    return;
  if (self->work.consumed)
    mill_pipeline_items_done (links->pipeline, links->index, items, n, mill_worker_get_time (self));
  else if (links->next == NULL)
    finish_in_last_stage (self, items, n);
  else
    {
      mill_ledger_move (links->ledger, links->index, n);
      for (guint i = 0; i < n; i++)
        g_ptr_array_add (self->outbox, mill_item_ref (items[i]));
    }
}

static void
left_stage (MillWorker *self)
{
  const MillStageLinks *links = mill_stage_get_links (self->stage);

  for (guint i = 0; links->watcher != NULL && i < self->work.n; i++)
    mill_source_left_stage (links->watcher, mill_work_get_nth_item (&self->work, i), links->index);
}

/* Books a successful attempt, and fills the outbox with what is bound for the next stage. */
void
mill_worker_succeed (MillWorker *self)
{
  guint first = 0; /* that is not settled yet */

  left_stage (self);
  for (guint i = 0; self->work.emitted != NULL && i < self->work.emitted->len; i++)
    post_emitted (self, g_ptr_array_index (self->work.emitted, i));
  for (guint i = 0; self->work.rejected != NULL && i < self->work.n; i++)
    {
      const GError *rejection = mill_work_get_rejection (&self->work, i);

      if (rejection == NULL)
        continue;
      pass_on (self, first, i);
      lose (self, mill_work_get_nth_item (&self->work, i), MILL_OUTCOME_DEAD, rejection);
      first = i + 1;
    }
  pass_on (self, first, self->work.n);
}

/* Puts what there is room for in the next stage's queue. Returns whether that was all of the outbox. */
gboolean
mill_worker_post (MillWorker *self)
{
  const MillStageLinks *links = mill_stage_get_links (self->stage);

  if (self->n_posted < self->outbox->len)
    self->n_posted +=
        mill_queue_try_put_many (mill_stage_get_queue (links->next), self->outbox, self->n_posted);
  return self->n_posted == self->outbox->len;
}

/* (transfer none) (nullable): what is to be put next. */
MillItem *
mill_worker_peek_outbox (MillWorker *self)
{
  return self->n_posted < self->outbox->len ? g_ptr_array_index (self->outbox, self->n_posted) : NULL;
}

/* The item at the head of the outbox was put, or refused because the run is being stopped. */
void
mill_worker_posted (MillWorker *self, gboolean ok)
{
  const MillStageLinks *links = mill_stage_get_links (self->stage);

  if (!ok)
    mill_pipeline_item_lost (links->pipeline, links->index + 1, mill_worker_peek_outbox (self),
                             MILL_OUTCOME_RETURNED, NULL, 0);
  self->n_posted++;
}

/* Ends the work on what the attempt was for: the queue hears that it is done with, after whatever came of it
 * is in the next one. Returns whether the rest of a batch is in hand now. */
gboolean
mill_worker_release (MillWorker *self)
{
  guint n = self->work.n;
  gboolean more = mill_work_begin_rest (&self->work);

  g_ptr_array_set_size (self->outbox, 0);
  self->n_posted = 0;
  self->now_us = 0;
  mill_queue_tasks_done (mill_stage_get_queue (self->stage), n, NULL);
  return more;
}

/* Books what will not go on, and releases it. */
gboolean
mill_worker_give_up (MillWorker *self, MillOutcome outcome, const GError *error)
{
  left_stage (self);
  for (guint i = 0; i < self->work.n; i++)
    lose (self, mill_work_get_nth_item (&self->work, i), outcome, error);
  return mill_worker_release (self);
}
