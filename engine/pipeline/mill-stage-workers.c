/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillStage's workers: starting, retiring and cancelling them, and giving up on those that do not end. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "core/mill-queue-private.h"
#include "pipeline/mill-pipeline-private.h"
#include "pipeline/mill-stage-private.h"
#include "pipeline/mill-worker-private.h"

/* Starts @worker (transfer full). Lock held. Returns whether the system let it. */
static gboolean
start_locked (MillStage *self, MillWorker *worker)
{
  g_autoptr (GError) error = NULL;

  if (self->kind == MILL_KIND_ASYNC)
    mill_worker_start_task (worker, mill_pipeline_get_loop (self->links.pipeline));
  else if (!mill_worker_start_thread (worker, &error))
    {
      mill_pipeline_report_fault (self->links.pipeline,
                                  g_strdup_printf (_ ("%s: no more than %u workers can be started: %s"),
                                                   self->name, self->workers->len, error->message));
      mill_worker_unref (worker);
      return FALSE;
    }
  g_ptr_array_add (self->workers, worker);
  g_ptr_array_add (self->serving, worker);
  return TRUE;
}

static gboolean
spawn_locked (MillStage *self)
{
  return start_locked (self, mill_worker_new (self, ++self->next_number));
}

/* How many are to serve. Past the bound, nobody takes the place of one that is stuck. */
static guint
get_wanted_locked (MillStage *self)
{
  guint excess = self->stuck->len > MILL_MAX_STUCK ? self->stuck->len - MILL_MAX_STUCK : 0;

  return self->consumers > excess ? self->consumers - excess : 0;
}

/* Makes as many workers serve as are wanted. The ones to be retired come back, to be told without the lock.
 */
static GPtrArray *
adjust_locked (MillStage *self)
{
  GPtrArray *retired = g_ptr_array_new_with_free_func ((GDestroyNotify) mill_worker_unref);
  guint wanted = get_wanted_locked (self);

  while (self->running && self->serving->len < wanted && spawn_locked (self))
    ;
  while (self->serving->len > wanted)
    {
      MillWorker *worker = g_ptr_array_steal_index (self->serving, self->serving->len - 1);

      g_ptr_array_add (retired, mill_worker_ref (worker));
    }
  return retired;
}

void
mill_stage_adjust_and_unlock (MillStage *self)
{
  g_autoptr (GPtrArray) retired = adjust_locked (self);

  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < retired->len; i++)
    mill_worker_retire (g_ptr_array_index (retired, i));
}

static GPtrArray *
ref_workers (MillStage *self)
{
  GPtrArray *workers = g_ptr_array_new_with_free_func ((GDestroyNotify) mill_worker_unref);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->workers->len; i++)
    g_ptr_array_add (workers, mill_worker_ref (g_ptr_array_index (self->workers, i)));
  g_mutex_unlock (&self->lock);
  return workers;
}

/* Worker @index, which was just given up on, leaves those that count. (transfer full) */
static MillWorker *
set_aside_locked (MillStage *self, guint index)
{
  MillWorker *worker = g_ptr_array_steal_index (self->workers, index);
  MillHand hand;

  mill_worker_look_at (worker, mill_stage_get_time (self), &hand, self->past_state_us);
  g_ptr_array_remove_fast (self->serving, worker);
  g_ptr_array_add (self->stuck, worker);
  g_clear_pointer (&worker->thread, g_thread_unref);
  if (worker->loop != NULL && (mill_step_is_async (self->step) || mill_worker_is_in_fault (worker)))
    mill_loop_hold (worker->loop);
  return mill_worker_ref (worker);
}

/* Looks after all attempts, and says when the next look is due. An attempt that begins after this one cannot
 * be over its time sooner than one time-out from now, nor, once cancelled, sooner than the grace. */
static gint64
look_locked (MillStage *self, GPtrArray *overdue, GPtrArray *given_up)
{
  gint64 now = g_get_monotonic_time ();
  gint64 next = self->timeout_s > 0 ? now + (gint64) (self->timeout_s * G_USEC_PER_SEC) : G_MAXINT64;

  if (!self->running)
    next = MIN (next, now + (gint64) (self->grace_s * G_USEC_PER_SEC));
  for (guint i = self->workers->len; i > 0; i--)
    {
      GCancellable *cancellable = NULL;
      gboolean give_up = FALSE;
      gint64 due = mill_worker_look (g_ptr_array_index (self->workers, i - 1), now,
                                     (gint64) (self->grace_s * G_USEC_PER_SEC), &cancellable, &give_up);

      next = MIN (next, due);
      if (cancellable != NULL)
        g_ptr_array_add (overdue, cancellable);
      if (give_up)
        g_ptr_array_add (given_up, set_aside_locked (self, i - 1));
    }
  return next;
}

static void
rescue_all (MillStage *self, GPtrArray *given_up)
{
  guint n_settled = 0;

  if (given_up->len == 0)
    return;
  for (guint i = 0; i < given_up->len; i++)
    n_settled += mill_worker_rescue (g_ptr_array_index (given_up, i));
  /* Those that were handed an item count already; one too many is retired and ends after it. */
  g_mutex_lock (&self->lock);
  mill_stage_adjust_and_unlock (self);
  mill_pipeline_worker_given_up (self->links.pipeline);
  /* At the very end: on this thread it may call back at once, and that be the end of the pipeline. */
  if (n_settled > 0)
    mill_queue_tasks_done (self->queue, n_settled, NULL);
}

/* Cancels the attempts that are over their time, gives up on those that go on all the same, and comes back
 * when the next may be. */
static gboolean
reap_cb (gpointer user_data)
{
  MillStage *self = user_data;
  g_autoptr (GPtrArray) overdue = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) given_up = g_ptr_array_new_with_free_func ((GDestroyNotify) mill_worker_unref);
  gint64 next;

  g_mutex_lock (&self->lock);
  next = look_locked (self, overdue, given_up);
  if (self->reaper != NULL)
    g_source_set_ready_time (self->reaper, next == G_MAXINT64 ? -1 : next);
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < overdue->len; i++)
    g_cancellable_cancel (g_ptr_array_index (overdue, i));
  rescue_all (self, given_up);
  return G_SOURCE_CONTINUE;
}

static gboolean
reaper_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs reaper_funcs = { .dispatch = reaper_dispatch };

static void
start_reaper (MillStage *self)
{
  self->reaper = g_source_new (&reaper_funcs, sizeof (GSource));
  g_source_set_static_name (self->reaper, "mill time-outs");
  g_source_set_callback (self->reaper, reap_cb, self, NULL);
  g_source_set_ready_time (self->reaper, 0);
  g_source_attach (self->reaper, self->links.control);
}

/* Has limiter and budget go by @clock; nobody uses them yet. */
static void
set_clock (MillStage *self, MillClock *clock)
{
  g_autoptr (MillRateLimiter) limiter = g_steal_pointer (&self->limiter);
  g_autoptr (MillRetryBudget) budget = g_steal_pointer (&self->budget);

  self->limiter = mill_rate_limiter_new (mill_rate_limiter_get_rate (limiter),
                                         mill_rate_limiter_get_burst (limiter), clock);
  self->budget = mill_retry_budget_new (mill_retry_budget_get_percent (budget), clock);
}

/* Starts the workers. */
void
mill_stage_start (MillStage *self, const MillStageLinks *links)
{
  self->links = *links;
  if (links->clock != mill_clock_get_real ())
    set_clock (self, links->clock);
  if (links->is_leaping)
    mill_queue_set_clock (self->queue, links->clock);
  g_mutex_lock (&self->lock);
  self->running = TRUE;
  self->step_open = TRUE;
  start_reaper (self);
  mill_stage_adjust_and_unlock (self);
}

/* Cancels all workers, now and for good. */
void
mill_stage_cancel_workers (MillStage *self)
{
  g_autoptr (GPtrArray) workers = NULL;

  g_mutex_lock (&self->lock);
  self->running = FALSE;
  g_mutex_unlock (&self->lock);
  workers = ref_workers (self);
  for (guint i = 0; i < workers->len; i++)
    mill_worker_cancel (g_ptr_array_index (workers, i));
  /* Those that do not care are to be given up on. */
  g_mutex_lock (&self->lock);
  if (self->reaper != NULL)
    g_source_set_ready_time (self->reaper, 0);
  g_mutex_unlock (&self->lock);
}

/* Whether no worker is left; if so none will be started any more. */
gboolean
mill_stage_try_close (MillStage *self)
{
  gboolean closed;

  g_mutex_lock (&self->lock);
  closed = self->workers->len == 0;
  if (closed)
    self->running = FALSE;
  g_mutex_unlock (&self->lock);
  return closed;
}

/* On the control thread, at the end. */
void
mill_stage_stop_timer (MillStage *self)
{
  g_mutex_lock (&self->lock);
  if (self->reaper != NULL)
    g_source_destroy (self->reaper);
  g_clear_pointer (&self->reaper, g_source_unref);
  g_mutex_unlock (&self->lock);
}

/* The worker's thread or task has ended. */
void
mill_stage_worker_reaped (MillStage *self, MillWorker *worker)
{
  MillHand hand;

  g_mutex_lock (&self->lock);
  mill_worker_look_at (worker, mill_stage_get_time (self), &hand, self->past_state_us);
  g_ptr_array_remove_fast (self->serving, worker);
  g_ptr_array_remove (self->workers, worker);
  g_mutex_unlock (&self->lock);
}

static gpointer
ref_item (gconstpointer item, gpointer user_data)
{
  return mill_item_ref ((gpointer) item);
}

/* Starts a worker that goes on with @items (transfer none), the @attempt-th time at @retry_at_us. On the
 * control thread. FALSE when there can be none. */
gboolean
mill_stage_hand_over (MillStage *self, GPtrArray *items, guint attempt, gint64 retry_at_us)
{
  MillWorker *worker;
  gboolean ok;

  g_mutex_lock (&self->lock);
  ok = self->running && self->stuck->len <= MILL_MAX_STUCK;
  if (ok)
    {
      worker = mill_worker_new (self, ++self->next_number);
      mill_worker_inherit (worker, g_ptr_array_copy (items, ref_item, NULL), attempt, retry_at_us);
      ok = start_locked (self, worker);
    }
  g_mutex_unlock (&self->lock);
  return ok;
}

static void
report_return (MillStage *self, MillWorker *worker)
{
  g_autofree char *name = mill_worker_dup_name (worker);
  double seconds = (double) (g_get_monotonic_time () - worker->attempt_began_us) / G_USEC_PER_SEC;

  /* Translators: a worker's name, then seconds */
  mill_pipeline_report_fault (
      self->links.pipeline,
      g_strdup_printf (_ ("%s came back after %.3g s; its result came too late"), name, seconds));
}

/* The step of one of the stuck has ended. Any thread, also when the pipeline is gone; drops the reference
 * that the list had. */
void
mill_stage_worker_came_back (MillStage *self, MillWorker *worker)
{
  gboolean close;
  guint index;

  g_mutex_lock (&self->lock);
  if (g_ptr_array_find (self->stuck, worker, &index))
    g_ptr_array_steal_index (self->stuck, index);
  close = self->over && self->stuck->len == 0 && self->step_open;
  if (close)
    self->step_open = FALSE;
  if (!self->over)
    report_return (self, worker);
  mill_stage_adjust_and_unlock (self);
  if (close)
    mill_step_close (self->step);
  mill_worker_unref (worker);
}

/* At the end, on the control thread: from now on nobody of this stage looks at the pipeline. The step is
 * closed, unless some are stuck in it. */
void
mill_stage_close_step (MillStage *self)
{
  gboolean close;

  g_mutex_lock (&self->lock);
  self->over = TRUE;
  close = self->stuck->len == 0 && self->step_open;
  if (close)
    self->step_open = FALSE;
  g_mutex_unlock (&self->lock);
  if (close)
    mill_step_close (self->step);
}

/* Adds a #MillStuck (transfer full) to @list for each worker that was given up on and has not come back. */
void
mill_stage_list_stuck (MillStage *self, GPtrArray *list)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->stuck->len; i++)
    g_ptr_array_add (list, mill_worker_describe_stuck (g_ptr_array_index (self->stuck, i)));
  g_mutex_unlock (&self->lock);
}
