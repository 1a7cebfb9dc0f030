/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillPipeline's life, from start to end. The control thread is the only one that moves it towards its end:
 *
 *   the producer ends → queue 0 is shut down and joined → queue 1 is … → the last is joined → the workers,
 * who now find their queues shut down, end → the steps wrap up → the end.
 *
 * A stop makes each of these come at once: it empties the queues and cancels whoever waits or works.
 */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"
#include "core/mill-virtual-clock.h"
#include "pipeline/mill-pipeline-private.h"

void
mill_pipeline_tell_control (MillPipeline *self, GSourceFunc func, gpointer subject)
{
  MillMessage *message = g_new (MillMessage, 1);

  *message = (MillMessage){ self, subject };
  mill_loop_call (self->control, func, message);
}

static void
set_state_locked (MillPipeline *self, MillState state)
{
  if (self->state == state || self->is_ending)
    return;
  self->state = state;
  mill_event_log_add (self->events, MILL_EVENT_STATE, g_strdup (mill_state_get_label (state)));
}

static void
clear_drain_timer_locked (MillPipeline *self)
{
  if (self->drain_timer != NULL)
    g_source_destroy (self->drain_timer);
  g_clear_pointer (&self->drain_timer, g_source_unref);
}

static void
stop_timers (MillPipeline *self)
{
  for (guint i = 0; i < self->stages->len; i++)
    mill_stage_stop_timer (g_ptr_array_index (self->stages, i));
  if (self->watch_timer != NULL)
    g_source_destroy (self->watch_timer);
  g_clear_pointer (&self->watch_timer, g_source_unref);
}

static void
close_parts (MillPipeline *self)
{
  mill_producer_close_source (self->producer);
  for (guint i = 0; i < self->stages->len; i++)
    mill_stage_close_step (g_ptr_array_index (self->stages, i));
  for (guint i = 0; i < self->n_loops; i++)
    mill_loop_quit (self->loops[i]);
  for (guint i = 0; i < self->n_loops; i++)
    g_clear_pointer (&self->loops[i], mill_loop_free);
  if (self->demo_site != NULL)
    mill_demo_site_stop (self->demo_site);
}

static gboolean
return_join_cb (gpointer task)
{
  g_task_return_boolean (task, TRUE);
  return G_SOURCE_REMOVE;
}

/* Hands each task to its own context, the reference included: the last reference to the pipeline may go with
 * it, and must not go on this thread, for which the pipeline waits when it is freed. */
static void
wake_joiners (GQueue *ready)
{
  MillWaiter *waiter;

  while ((waiter = mill_waiter_pop_ready (ready)) != NULL)
    {
      g_autoptr (GSource) idle = g_idle_source_new ();
      GTask *task = g_steal_pointer (&waiter->task);

      mill_waiter_unref (waiter);
      g_source_set_callback (idle, return_join_cb, task, g_object_unref);
      g_source_attach (idle, g_task_get_context (task));
    }
}

/* How it ends, from now on whatever anybody does. What is recorded must say so, and be there before who joins
 * goes on. */
static MillState
decide_end (MillPipeline *self)
{
  MillState state;

  g_mutex_lock (&self->lock);
  self->is_ending = TRUE;
  if (self->fatal != NULL || (self->source_error != NULL && !self->stop_asked))
    state = MILL_STATE_FAILED;
  else
    state = self->stop_asked ? MILL_STATE_STOPPED : MILL_STATE_FINISHED;
  mill_event_log_add (self->events, MILL_EVENT_STATE, g_strdup (mill_state_get_label (state)));
  g_mutex_unlock (&self->lock);
  return state;
}

/* Everything has ended but the control thread, which does so now. */
void
mill_pipeline_finish (MillPipeline *self)
{
  GQueue ready = G_QUEUE_INIT;
  MillWaiter *waiter;
  MillState state;

  stop_timers (self);
  state = decide_end (self);
  if (self->recorder != NULL)
    mill_recorder_end (self->recorder, state);
  close_parts (self);
  /* Before the joiners: the last of them may free the pipeline, which waits for this thread only. */
  mill_loop_quit (self->control);

  g_mutex_lock (&self->lock);
  self->ending.end_us = g_get_monotonic_time ();
  self->state = state;
  /* Together with the state: until then a drain may still set one. */
  clear_drain_timer_locked (self);
  while ((waiter = mill_wait_list_peek (&self->joiners)) != NULL)
    mill_waiter_serve (waiter, -1, &ready);
  g_mutex_unlock (&self->lock);
  wake_joiners (&ready);
}

/* The first time counts. */
static void
note_time_locked (gint64 *time_us)
{
  if (*time_us == 0)
    *time_us = g_get_monotonic_time ();
}

static void
note_time (MillPipeline *self, gint64 *time_us)
{
  g_mutex_lock (&self->lock);
  note_time_locked (time_us);
  g_mutex_unlock (&self->lock);
}

static void
check_end (MillPipeline *self)
{
  if (!self->all_joined)
    return;
  for (guint i = 0; i < self->stages->len; i++)
    if (!mill_stage_try_close (g_ptr_array_index (self->stages, i)))
      return;
  self->all_joined = FALSE;
  note_time (self, &self->ending.wrap_up_us);
  mill_pipeline_wrap_up (self);
}

static void
queue_joined_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree MillMessage *message = user_data;
  MillPipeline *self = message->pipeline;
  guint index = GPOINTER_TO_UINT (message->subject);

  mill_queue_join_finish (MILL_QUEUE (object), result, NULL);
  note_time (self, &self->stage_ends[index].joined_us);
  mill_pipeline_close_stage (self, index + 1);
}

/* Nothing more comes into stage @index: its queue is shut down and joined, then the next one's. */
void
mill_pipeline_close_stage (MillPipeline *self, guint index)
{
  MillQueue *queue;
  MillMessage *message;

  if (index == self->stages->len)
    {
      self->all_joined = TRUE;
      check_end (self);
      return;
    }
  if (!mill_pipeline_may_close (self, index))
    return;
  queue = mill_stage_get_queue (g_ptr_array_index (self->stages, index));
  g_ptr_array_unref (mill_queue_shutdown (queue, FALSE));
  note_time (self, &self->stage_ends[index].closed_us);
  message = g_new (MillMessage, 1);
  *message = (MillMessage){ self, GUINT_TO_POINTER (index) };
  mill_queue_join_async (queue, NULL, queue_joined_cb, message);
}

/* The producer has ended, or is as good as that. On the control thread. */
static void
end_of_source (MillPipeline *self, GError *error)
{
  self->watch_over = TRUE;
  g_mutex_lock (&self->lock);
  self->source_error = error;
  note_time_locked (&self->ending.began_us);
  note_time_locked (&self->ending.source_us);
  self->source_ended = TRUE;
  self->producer_alive = FALSE;
  if (self->state == MILL_STATE_RUNNING)
    set_state_locked (self, MILL_STATE_DRAINING);
  if (self->source_error != NULL)
    mill_event_log_add (self->events, MILL_EVENT_FAULT, g_strdup (self->source_error->message));
  g_mutex_unlock (&self->lock);
  mill_pipeline_close_stage (self, 0);
}

static gboolean
producer_ended_cb (gpointer user_data)
{
  g_autofree MillMessage *message = user_data;

  mill_producer_reap (message->pipeline->producer);
  end_of_source (message->pipeline, message->subject);
  return G_SOURCE_REMOVE;
}

/* The producer was told to end some time ago. One that is not with the source then will never be again, and
 * ends by itself. */
static gboolean
watch_cb (gpointer user_data)
{
  MillPipeline *self = user_data;
  double grace = (double) mill_stage_get_grace_us (g_ptr_array_index (self->stages, 0)) / G_USEC_PER_SEC;

  if (self->watch_over || !mill_producer_give_up (self->producer))
    return G_SOURCE_REMOVE;
  mill_pipeline_report_fault (
      self, g_strdup_printf (_ ("the source “%s” has not returned for %.3g s since it was told to end"),
                             self->source_name, grace));
  end_of_source (self, NULL);
  return G_SOURCE_REMOVE;
}

/* The producer was told to end: on the control thread. */
static void
watch_producer (MillPipeline *self)
{
  gint64 grace = mill_stage_get_grace_us (g_ptr_array_index (self->stages, 0));

  if (self->watch_timer != NULL || self->watch_over)
    return;
  self->watch_timer = g_timeout_source_new (0);
  g_source_set_ready_time (self->watch_timer, g_get_monotonic_time () + grace);
  g_source_set_callback (self->watch_timer, watch_cb, self, NULL);
  g_source_attach (self->watch_timer, mill_loop_get_context (self->control));
}

/* From the producer, as its last act. Takes over @error. */
void
mill_pipeline_producer_ended (MillPipeline *self, GError *error)
{
  mill_pipeline_tell_control (self, producer_ended_cb, error);
}

/* The context ends it. */
static void
start_leaping (MillPipeline *self)
{
  g_autoptr (GSource) leaper = mill_virtual_clock_leaper_new (MILL_VIRTUAL_CLOCK (self->clock));

  g_source_attach (leaper, mill_loop_get_context (self->loops[0]));
}

static gboolean
start_producer_cb (gpointer user_data)
{
  g_autofree MillMessage *message = user_data;
  GError *error = NULL;

  if (!mill_producer_start (message->pipeline->producer, &error))
    mill_pipeline_producer_ended (message->pipeline, error);
  /* Only now: before all have begun, the next event may be one that is far away. */
  if (message->pipeline->is_leaping)
    start_leaping (message->pipeline);
  return G_SOURCE_REMOVE;
}

static gboolean
worker_ended_cb (gpointer user_data)
{
  g_autofree MillMessage *message = user_data;
  MillPipeline *self = message->pipeline;
  MillWorker *worker = message->subject;

  /* Takes the stage's lock, and so comes after whoever started the worker has noted its thread. */
  mill_stage_worker_reaped (worker->stage, worker);
  if (worker->thread != NULL)
    g_thread_join (worker->thread);
  mill_worker_unref (worker);
  check_end (self);
  return G_SOURCE_REMOVE;
}

/* From a worker, as its last act. */
void
mill_pipeline_worker_ended (MillPipeline *self, MillWorker *worker)
{
  mill_pipeline_tell_control (self, worker_ended_cb, mill_worker_ref (worker));
}

static gboolean
worker_given_up_cb (gpointer user_data)
{
  g_autofree MillMessage *message = user_data;

  check_end (message->pipeline);
  return G_SOURCE_REMOVE;
}

/* From a stage: it has fewer workers, and none of those is going to say that it has ended. */
void
mill_pipeline_worker_given_up (MillPipeline *self)
{
  mill_pipeline_tell_control (self, worker_given_up_cb, NULL);
}

/* Where the next task is to run: the loops in turn. */
MillLoop *
mill_pipeline_get_loop (MillPipeline *self)
{
  return self->loops[(guint) g_atomic_int_add (&self->next_loop, 1) % self->n_loops];
}

static gboolean
needs_loops (MillPipeline *self)
{
  for (guint i = 0; i < self->stages->len; i++)
    if (mill_stage_get_kind (g_ptr_array_index (self->stages, i)) == MILL_KIND_ASYNC)
      return TRUE;
  return self->source_kind == MILL_KIND_ASYNC;
}

static gboolean
check_shape (MillPipeline *self, GError **error)
{
  if (self->source == NULL)
    g_set_error_literal (error, MILL_ERROR, MILL_ERROR_STATE, _ ("the pipeline has no source"));
  else if (self->stages->len == 0)
    g_set_error_literal (error, MILL_ERROR, MILL_ERROR_STATE, _ ("the pipeline has no stage"));
  else if (self->source_kind == MILL_KIND_ASYNC && mill_source_reads_blocking (self->source))
    g_set_error (error, MILL_ERROR, MILL_ERROR_STATE,
                 _ ("the source “%s” reads files, which would block the loop: it needs kind=threads"),
                 self->source_name);
  else if (self->state != MILL_STATE_IDLE)
    g_set_error_literal (error, MILL_ERROR, MILL_ERROR_STATE, _ ("a pipeline runs only once"));
  else
    return TRUE;
  return FALSE;
}

static gboolean
can_stage_leap (MillStage *stage)
{
  double timeout_s;

  g_object_get (stage, "timeout", &timeout_s, NULL);
  return mill_stage_get_kind (stage) == MILL_KIND_ASYNC && timeout_s <= 0.0 &&
         mill_step_keeps_time (mill_stage_get_step (stage));
}

/* Whether a run that is to leap can. */
static gboolean
check_leaping (MillPipeline *self, GError **error)
{
  const char *culprit = NULL;

  if (!self->is_leaping)
    return TRUE;
  if (self->source_kind != MILL_KIND_ASYNC || !mill_source_keeps_time (self->source))
    culprit = "source";
  for (guint i = 0; culprit == NULL && i < self->stages->len; i++)
    if (!can_stage_leap (g_ptr_array_index (self->stages, i)))
      culprit = mill_stage_get_name (g_ptr_array_index (self->stages, i));
  if (culprit != NULL)
    g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID,
                 _ ("%s: a run leaps over waits only where all are tasks (kind=async) that wait by the "
                    "pipeline’s clock alone, without a timeout: sources such as timer, steps such as "
                    "simulate"),
                 culprit);
  return culprit == NULL;
}

static gboolean
open_parts (MillPipeline *self, GError **error)
{
  if (self->demo_site != NULL && !mill_demo_site_start (self->demo_site, 0, error))
    return FALSE;
  if (!mill_source_open (self->source, self, error))
    return FALSE;
  for (guint i = 0; i < self->stages->len; i++)
    {
      MillStage *stage = g_ptr_array_index (self->stages, i);

      if (!mill_step_open (mill_stage_get_step (stage), self, error))
        {
          g_prefix_error (error, "%s: ", mill_stage_get_name (stage));
          return FALSE;
        }
    }
  return TRUE;
}

static MillStageLinks
make_links (MillPipeline *self, guint index)
{
  return (MillStageLinks){
    .pipeline = self,
    .ledger = self->ledger,
    .gate = self->gate,
    .watcher = self->watcher,
    .sink = self->sink,
    .next = index + 1 < self->stages->len ? g_ptr_array_index (self->stages, index + 1) : NULL,
    .control = mill_loop_get_context (self->control),
    .clock = self->clock,
    .clock_is_real = self->clock == mill_clock_get_real (),
    .is_leaping = self->is_leaping,
    .index = index,
  };
}

static void
start_loops (MillPipeline *self)
{
  self->n_loops = needs_loops (self) ? CLAMP (g_get_num_processors (), 1, MILL_MAX_LOOPS) : 0;
  if (self->is_leaping)
    self->n_loops = 1;
  for (guint i = 0; i < self->n_loops; i++)
    {
      g_autofree char *name = g_strdup_printf ("mill-loop-%u", i + 1);

      self->loops[i] = mill_loop_new (name);
    }
}

static void
start_stages (MillPipeline *self)
{
  /* From the end, so that nothing flows into a stage that has not begun. */
  for (guint i = self->stages->len; i > 0; i--)
    {
      MillStageLinks links = make_links (self, i - 1);

      mill_stage_start (g_ptr_array_index (self->stages, i - 1), &links);
    }
}

/* A start that failed leaves the pipeline idle, so that the cause can be mended and the start tried again. */
static void
undo_start (MillPipeline *self)
{
  mill_source_close (self->source);
  for (guint i = 0; i < self->stages->len; i++)
    mill_step_close (mill_stage_get_step (g_ptr_array_index (self->stages, i)));
  if (self->demo_site != NULL)
    mill_demo_site_stop (self->demo_site);
  if (self->control != NULL)
    mill_loop_quit (self->control);
  g_clear_pointer (&self->control, mill_loop_free);
}

/* Whoever asked for any port must learn which one it is. */
static void
note_address_locked (MillPipeline *self)
{
  g_autofree char *address = mill_source_dup_address (self->source);

  if (address != NULL)
    mill_event_log_add (self->events, MILL_EVENT_STATE, g_strdup_printf (_ ("listening at %s"), address));
}

/**
 * mill_pipeline_start:
 *
 * Opens the parts and lets the pipeline run. Returns soon; what may take a while is opening files and
 * folders.
 *
 * Returns: %FALSE when a part cannot be opened; the pipeline is idle then and may be started again
 */
gboolean
mill_pipeline_start (MillPipeline *self, GError **error)
{
  MillStageLinks links;

  g_return_val_if_fail (MILL_IS_PIPELINE (self), FALSE);

  if (!check_shape (self, error) || !check_leaping (self, error))
    return FALSE;
  self->control = mill_loop_new ("mill-control");
  if (!open_parts (self, error))
    {
      undo_start (self);
      return FALSE;
    }
  start_loops (self);
  /* To look each time would take the cache line in which the source counts. */
  self->watcher = mill_source_is_watcher (self->source) ? self->source : NULL;
  self->ledger = mill_ledger_new (self->stages->len);
  self->feeds = g_new0 (MillFeed, self->stages->len);
  self->stage_ends = g_new0 (MillStageEnd, self->stages->len);
  links = make_links (self, 0);
  self->producer =
      mill_producer_new (self->source, mill_stage_get_queue (g_ptr_array_index (self->stages, 0)), &links,
                         self->source_kind == MILL_KIND_ASYNC ? self->loops[0] : NULL);
  if (self->recorder != NULL)
    mill_recorder_start (self->recorder, self);
  g_mutex_lock (&self->lock);
  self->start_us = g_get_monotonic_time ();
  self->clock_start_us = mill_clock_get_time (self->clock);
  self->producer_alive = TRUE;
  mill_event_log_start (self->events, self->start_us);
  set_state_locked (self, MILL_STATE_RUNNING);
  note_address_locked (self);
  while (self->scheduled->len > 0)
    mill_pipeline_attach_scheduled (self, g_ptr_array_steal_index (self->scheduled, 0));
  g_mutex_unlock (&self->lock);
  start_stages (self);
  mill_pipeline_tell_control (self, start_producer_cb, NULL);
  return TRUE;
}

/* FALSE, with the error. */
gboolean
mill_pipeline_refuse (MillState state, GError **error)
{
  g_set_error (error, MILL_ERROR, MILL_ERROR_STATE, _ ("not possible while the pipeline is %s"),
               mill_state_get_label (state));
  return FALSE;
}

/**
 * mill_pipeline_pause:
 *
 * Lets workers finish what they hold and begin nothing else. Queues keep what they hold.
 *
 * Returns: %FALSE with %MILL_ERROR_STATE unless it was running or draining
 */
gboolean
mill_pipeline_pause (MillPipeline *self, GError **error)
{
  MillState state;

  g_return_val_if_fail (MILL_IS_PIPELINE (self), FALSE);

  g_mutex_lock (&self->lock);
  state = self->state;
  if (state == MILL_STATE_RUNNING || state == MILL_STATE_DRAINING)
    {
      set_state_locked (self, MILL_STATE_PAUSED);
      mill_gate_set_open (self->gate, FALSE);
    }
  g_mutex_unlock (&self->lock);
  return state == MILL_STATE_RUNNING || state == MILL_STATE_DRAINING || mill_pipeline_refuse (state, error);
}

/**
 * mill_pipeline_resume:
 *
 * Goes on after mill_pipeline_pause().
 *
 * Returns: %FALSE with %MILL_ERROR_STATE unless it was paused
 */
gboolean
mill_pipeline_resume (MillPipeline *self, GError **error)
{
  MillState state;

  g_return_val_if_fail (MILL_IS_PIPELINE (self), FALSE);

  g_mutex_lock (&self->lock);
  state = self->state;
  if (state == MILL_STATE_PAUSED)
    {
      set_state_locked (self, self->source_ended || self->ending.began_us > 0 ? MILL_STATE_DRAINING
                                                                              : MILL_STATE_RUNNING);
      mill_gate_set_open (self->gate, TRUE);
    }
  g_mutex_unlock (&self->lock);
  return state == MILL_STATE_PAUSED || mill_pipeline_refuse (state, error);
}

static gboolean
drain_deadline_cb (gpointer user_data)
{
  mill_pipeline_stop (user_data);
  return G_SOURCE_REMOVE;
}

static void
set_drain_deadline_locked (MillPipeline *self, double deadline_s)
{
  gint64 deadline_us =
      g_get_monotonic_time () + (gint64) (MIN (deadline_s, MILL_MOST_SECONDS) * G_USEC_PER_SEC);

  clear_drain_timer_locked (self);
  self->ending.deadline_us = deadline_s < 0 ? 0 : deadline_us;
  if (deadline_s < 0)
    return;
  self->drain_timer = g_timeout_source_new (0);
  g_source_set_ready_time (self->drain_timer, deadline_us);
  g_source_set_callback (self->drain_timer, drain_deadline_cb, self, NULL);
  g_source_attach (self->drain_timer, mill_loop_get_context (self->control));
}

static gboolean
drain_cb (gpointer user_data)
{
  g_autofree MillMessage *message = user_data;

  mill_producer_end (message->pipeline->producer);
  watch_producer (message->pipeline);
  return G_SOURCE_REMOVE;
}

/**
 * mill_pipeline_drain:
 * @deadline_s: how long it may take, in seconds, before it becomes a stop; negative is no limit
 *
 * Ends the source and works off what is queued. May be called again to set another deadline.
 *
 * Returns: %FALSE with %MILL_ERROR_STATE unless it is running, paused or draining
 */
gboolean
mill_pipeline_drain (MillPipeline *self, double deadline_s, GError **error)
{
  MillState state;
  gboolean possible;

  g_return_val_if_fail (MILL_IS_PIPELINE (self), FALSE);

  g_mutex_lock (&self->lock);
  state = self->state;
  possible = state == MILL_STATE_RUNNING || state == MILL_STATE_PAUSED || state == MILL_STATE_DRAINING;
  if (possible)
    {
      set_state_locked (self, MILL_STATE_DRAINING);
      note_time_locked (&self->ending.began_us);
      set_drain_deadline_locked (self, deadline_s);
      mill_gate_set_open (self->gate, TRUE);
      mill_pipeline_tell_control (self, drain_cb, NULL);
    }
  g_mutex_unlock (&self->lock);
  if (!possible)
    return mill_pipeline_refuse (state, error);
  /* Here as well: nothing is produced any more once this function has returned. */
  mill_producer_end (self->producer);
  return TRUE;
}

static void
return_queued (MillPipeline *self, guint index)
{
  g_autoptr (GPtrArray) items =
      mill_queue_shutdown (mill_stage_get_queue (g_ptr_array_index (self->stages, index)), TRUE);

  note_time (self, &self->stage_ends[index].closed_us);
  for (guint i = 0; i < items->len; i++)
    mill_pipeline_item_lost (self, index, g_ptr_array_index (items, i), MILL_OUTCOME_RETURNED, NULL, 0);
}

static gboolean
stop_cb (gpointer user_data)
{
  g_autofree MillMessage *message = user_data;
  MillPipeline *self = message->pipeline;

  mill_producer_stop (self->producer);
  watch_producer (self);
  for (guint i = 0; i < self->stages->len; i++)
    return_queued (self, i);
  for (guint i = 0; i < self->stages->len; i++)
    mill_stage_cancel_workers (g_ptr_array_index (self->stages, i));
  mill_gate_set_open (self->gate, TRUE);
  return G_SOURCE_REMOVE;
}

/* Whether this call did it. */
static gboolean
stop_locked (MillPipeline *self)
{
  if (self->state == MILL_STATE_IDLE || self->is_ending || self->stop_asked)
    return FALSE;
  self->stop_asked = TRUE;
  note_time_locked (&self->ending.began_us);
  note_time_locked (&self->ending.stop_us);
  set_state_locked (self, MILL_STATE_STOPPING);
  mill_pipeline_tell_control (self, stop_cb, NULL);
  return TRUE;
}

/**
 * mill_pipeline_stop:
 *
 * Cancels everything, now. If the pipeline is stopping already, cancels what its steps do at the end;
 * otherwise does nothing if it is not running.
 */
void
mill_pipeline_stop (MillPipeline *self)
{
  g_autoptr (GCancellable) wrap_up = NULL;

  g_return_if_fail (MILL_IS_PIPELINE (self));

  g_mutex_lock (&self->lock);
  g_set_object (&wrap_up, self->wrap_up);
  stop_locked (self);
  g_mutex_unlock (&self->lock);
  g_cancellable_cancel (wrap_up);
}

/* What @stage does cannot go on, and could not with any other item: a stop, after which the run has failed.
 * Of several the first counts. Any thread. @stage: (nullable): if @error says by itself where it was */
void
mill_pipeline_fail (MillPipeline *self, const char *stage, const GError *error)
{
  g_mutex_lock (&self->lock);
  if (stop_locked (self))
    {
      self->fatal = g_error_copy (error);
      if (stage != NULL)
        g_prefix_error (&self->fatal, "%s: ", stage);
      mill_event_log_add (self->events, MILL_EVENT_FAULT, g_strdup (self->fatal->message));
    }
  g_mutex_unlock (&self->lock);
}
