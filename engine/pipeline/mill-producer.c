/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillProducer: polls a source and fills the first queue. Two drivers of one logic: run() blocks, step()
 * suspends. */

#include "config.h"

#include "pipeline/mill-producer-private.h"

#include "pipeline/mill-pipeline-private.h"

/* A task gives the other tasks of its loop their turn after so many items. */
#define ITEMS_PER_TURN 64

struct _MillProducer
{
  gatomicrefcount refs; /* the pipeline's, and one of a poll that was given up on */
  MillSource *source;   /* (owned) */
  MillQueue *queue;     /* (owned) */
  MillStageLinks links; /* of the first stage */
  MillLoop *loop;       /* (unowned) (nullable) NULL for a thread */
  GThread *thread;      /* (owned) (nullable) */
  GSource *ticker;      /* (owned) (nullable) a task's: calls step() at once */
  GSource *alarm;       /* (owned) (nullable) a task's, used on its loop: calls step() when it is time */
  MillItem *item;       /* (owned) (nullable) a task's, while it waits for room */
  GCancellable *end;    /* (owned) ends polling */
  GCancellable *stop;   /* (owned) ends waiting for room as well */

  GMutex lock; /* guards the rest */
  MillProducerState state;
  const char *why;    /* (static) (nullable) */
  gboolean woken;     /* the source called since the last poll */
  MillWaiter *waiter; /* (unowned) (nullable) the thread, while it waits for the source */
  gint64 polled_us;   /* since when it is with the source; 0 is not */
  gboolean given_up;
  gboolean close_asked; /* of one that was given up on: closes the source when it comes back */
};

static void step (MillProducer *self);

static void
set_state (MillProducer *self, MillProducerState state, const char *why)
{
  /* Nobody else sets it. */
  if (self->state == state && self->why == why)
    return;
  g_mutex_lock (&self->lock);
  self->state = state;
  self->why = why;
  g_mutex_unlock (&self->lock);
}

/* The source's wake-up; any thread. */
static void
source_woke_cb (gpointer source, gpointer user_data)
{
  MillProducer *self = user_data;

  g_mutex_lock (&self->lock);
  self->woken = TRUE;
  if (self->waiter != NULL)
    g_cond_signal (&self->waiter->cond);
  if (self->ticker != NULL)
    g_source_set_ready_time (self->ticker, 0);
  g_mutex_unlock (&self->lock);
}

/* The source has returned after all, with @yield or @error, which are of no use any more. */
static void
come_back (MillProducer *self, MillSourceResult result, MillSourceYield *yield, GError **error)
{
  MillLoop *loop = self->loop;
  gboolean close;

  if (result == MILL_SOURCE_READY)
    mill_item_unref (yield->item);
  g_clear_error (error);
  g_mutex_lock (&self->lock);
  self->polled_us = 0;
  close = self->close_asked;
  g_mutex_unlock (&self->lock);
  if (close)
    mill_source_close (self->source);
  mill_producer_unref (self);
  if (loop != NULL)
    mill_loop_release (loop);
}

/* FALSE when the producer was given up on, and may be gone. */
static gboolean
poll_source (MillProducer *self, MillSourceResult *result, MillSourceYield *yield, GError **error)
{
  gint64 now = g_get_monotonic_time ();
  gint64 clock_now = self->links.clock_is_real ? now : mill_clock_get_time (self->links.clock);
  gboolean given_up;

  g_mutex_lock (&self->lock);
  self->woken = FALSE;
  self->polled_us = now;
  g_mutex_unlock (&self->lock);
  *result = mill_source_poll (self->source, clock_now, yield, error);
  g_mutex_lock (&self->lock);
  given_up = self->given_up;
  if (!given_up)
    self->polled_us = 0;
  g_mutex_unlock (&self->lock);
  if (given_up)
    come_back (self, *result, yield, error);
  return !given_up;
}

/* Books the item that the source has yielded. From here on it is the pipeline's: put, or returned. */
static void
admit (MillProducer *self, MillItem *item)
{
  const MillStageLinks *links = &self->links;

  mill_item_set_born (item, links->is_leaping ? mill_clock_get_time (links->clock) : g_get_monotonic_time ());
  mill_ledger_produce (self->links.ledger);
}

static void
settle_put (MillProducer *self, MillItem *item, gboolean ok)
{
  if (!ok)
    mill_pipeline_item_lost (self->links.pipeline, 0, item, MILL_OUTCOME_RETURNED, NULL, 0);
  mill_item_unref (item);
}

static void
finish (MillProducer *self, GError *error)
{
  mill_source_set_wake_func (self->source, NULL, NULL);
  set_state (self, MILL_PRODUCER_ENDED, NULL);
  mill_pipeline_producer_ended (self->links.pipeline, error);
}

/* FALSE when @ready_at_us came first. Lock held, and released meanwhile. */
static gboolean
park_locked (MillProducer *self, MillWaiter *waiter, gint64 ready_at_us)
{
  if (ready_at_us == G_MAXINT64)
    return mill_waiter_park (waiter, G_MAXINT64);
  return mill_clock_cond_wait_until (self->links.clock, &waiter->cond, &self->lock, ready_at_us);
}

/* The thread waits until @ready_at_us, for the source's call, or for the end. */
static void
wait_for_source (MillProducer *self, gint64 ready_at_us)
{
  MillWaiter waiter;
  gulong handler;
  gboolean in_time = TRUE;

  mill_waiter_init_thread (&waiter, &self->lock);
  handler = mill_waiter_connect (&waiter, self->end);
  g_mutex_lock (&self->lock);
  self->waiter = &waiter;
  while (!self->woken && !waiter.cancelled && in_time)
    in_time = park_locked (self, &waiter, ready_at_us);
  self->waiter = NULL;
  g_mutex_unlock (&self->lock);
  mill_waiter_disconnect (&waiter, self->end, handler);
}

static void
put_blocking (MillProducer *self, MillItem *item)
{
  gboolean ok = mill_queue_try_put (self->queue, item, NULL);

  if (!ok)
    {
      set_state (self, MILL_PRODUCER_BLOCKED, NULL);
      ok = mill_queue_put (self->queue, item, self->stop, NULL);
    }
  settle_put (self, item, ok);
}

/* After the end: what the source has taken from others already. */
static void
put_rest_blocking (MillProducer *self)
{
  MillItem *item;

  while ((item = mill_source_take_rest (self->source)) != NULL)
    {
      admit (self, item);
      put_blocking (self, item);
    }
}

static gboolean
pass_gate (MillProducer *self)
{
  gboolean passed;

  /* One look decides: who waits has said so. */
  if (mill_gate_is_open (self->links.gate))
    passed = !g_cancellable_is_cancelled (self->end);
  else
    {
      set_state (self, MILL_PRODUCER_PAUSED, NULL);
      passed = mill_gate_pass (self->links.gate, self->end);
    }
  if (passed)
    set_state (self, MILL_PRODUCER_RUNNING, NULL);
  return passed;
}

static gpointer
run (gpointer data)
{
  MillProducer *self = data;
  MillSourceResult result = MILL_SOURCE_READY;
  GError *error = NULL;

  while (result != MILL_SOURCE_END && result != MILL_SOURCE_ERROR && pass_gate (self))
    {
      MillSourceYield yield;

      if (!poll_source (self, &result, &yield, &error))
        return NULL;
      if (result == MILL_SOURCE_READY)
        {
          admit (self, yield.item);
          put_blocking (self, yield.item);
        }
      else if (result == MILL_SOURCE_WAIT)
        {
          set_state (self, MILL_PRODUCER_WAITING, yield.why);
          wait_for_source (self, yield.ready_at_us);
        }
    }
  if (result != MILL_SOURCE_END && result != MILL_SOURCE_ERROR)
    put_rest_blocking (self);
  finish (self, error);
  return NULL;
}

/* The task comes back at once, after the others of its loop. */
static void
take_turns (MillProducer *self)
{
  g_mutex_lock (&self->lock);
  g_source_set_ready_time (self->ticker, 0);
  g_mutex_unlock (&self->lock);
}

static void
clear_alarm (MillProducer *self)
{
  if (self->alarm != NULL)
    g_source_destroy (self->alarm);
  g_clear_pointer (&self->alarm, g_source_unref);
}

static gboolean
alarm_cb (gpointer user_data)
{
  step (user_data);
  return G_SOURCE_REMOVE;
}

/* The task comes back at @ready_at_us, or as soon as the source calls. */
static void
suspend (MillProducer *self, gint64 ready_at_us)
{
  if (ready_at_us == G_MAXINT64)
    return;
  self->alarm = mill_clock_source_new (self->links.clock, ready_at_us);
  g_source_set_static_name (self->alarm, "mill producer alarm");
  g_source_set_callback (self->alarm, alarm_cb, self, NULL);
  g_source_attach (self->alarm, mill_loop_get_context (self->loop));
}

static void
finish_task (MillProducer *self, GError *error)
{
  g_mutex_lock (&self->lock);
  g_source_destroy (self->ticker);
  g_clear_pointer (&self->ticker, g_source_unref);
  g_mutex_unlock (&self->lock);
  finish (self, error);
}

static void
put_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  MillProducer *self = user_data;

  settle_put (self, g_steal_pointer (&self->item), mill_queue_put_finish (self->queue, result, NULL));
  step (self);
}

/* Whether the item went in at once; otherwise put_cb() goes on. */
static gboolean
put_suspending (MillProducer *self, MillItem *item)
{
  if (mill_queue_try_put (self->queue, item, NULL))
    {
      settle_put (self, item, TRUE);
      return TRUE;
    }
  self->item = item;
  set_state (self, MILL_PRODUCER_BLOCKED, NULL);
  mill_queue_put_async (self->queue, item, self->stop, put_cb, self);
  return FALSE;
}

/* After the end: what the source has taken from others already, one item a turn. */
static void
put_rest_suspending (MillProducer *self)
{
  MillItem *item = mill_source_take_rest (self->source);

  set_state (self, MILL_PRODUCER_RUNNING, NULL);
  if (item == NULL)
    {
      finish_task (self, NULL);
      return;
    }
  admit (self, item);
  if (put_suspending (self, item))
    take_turns (self);
}

static void
passed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  mill_gate_pass_finish (MILL_GATE (object), result);
  step (user_data);
}

/* One turn of the task: ends by starting exactly one wait, or with finish_task(). */
static void
step (MillProducer *self)
{
  clear_alarm (self);
  for (guint i = 0; i < ITEMS_PER_TURN; i++)
    {
      MillSourceResult result;
      MillSourceYield yield;
      GError *error = NULL;

      if (g_cancellable_is_cancelled (self->end))
        {
          put_rest_suspending (self);
          return;
        }
      if (!mill_gate_is_open (self->links.gate))
        {
          set_state (self, MILL_PRODUCER_PAUSED, NULL);
          mill_gate_pass_async (self->links.gate, self->end, passed_cb, self);
          return;
        }
      set_state (self, MILL_PRODUCER_RUNNING, NULL);
      if (!poll_source (self, &result, &yield, &error))
        return;
      switch (result)
        {
        case MILL_SOURCE_READY:
          admit (self, yield.item);
          if (!put_suspending (self, yield.item))
            return;
          break;
        case MILL_SOURCE_WAIT:
          set_state (self, MILL_PRODUCER_WAITING, yield.why);
          suspend (self, yield.ready_at_us);
          return;
        case MILL_SOURCE_END:
        case MILL_SOURCE_ERROR:
        default:
          finish_task (self, error);
          return;
        }
    }
  take_turns (self);
}

static gboolean
tick_cb (gpointer user_data)
{
  MillProducer *self = user_data;

  /* Not while it waits for room or for the gate: then that wait's callback goes on. */
  if (mill_producer_get_state (self, NULL) == MILL_PRODUCER_BLOCKED ||
      mill_producer_get_state (self, NULL) == MILL_PRODUCER_PAUSED)
    return G_SOURCE_CONTINUE;
  step (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
ticker_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  g_source_set_ready_time (source, -1);
  return callback (user_data);
}

static GSourceFuncs ticker_funcs = { .dispatch = ticker_dispatch };

static void
start_task (MillProducer *self)
{
  GSource *ticker = g_source_new (&ticker_funcs, sizeof (GSource));

  g_source_set_static_name (ticker, "mill producer");
  g_source_set_callback (ticker, tick_cb, self, NULL);
  g_source_set_ready_time (ticker, 0);
  mill_source_set_wake_func (self->source, source_woke_cb, self);
  g_mutex_lock (&self->lock);
  self->ticker = ticker;
  g_source_attach (ticker, mill_loop_get_context (self->loop));
  g_mutex_unlock (&self->lock);
}

MillProducer *
mill_producer_new (MillSource *source, MillQueue *queue, const MillStageLinks *links, MillLoop *loop)
{
  MillProducer *self = g_new0 (MillProducer, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->lock);
  self->source = g_object_ref (source);
  self->queue = g_object_ref (queue);
  self->links = *links;
  self->loop = loop;
  self->end = g_cancellable_new ();
  self->stop = g_cancellable_new ();
  return self;
}

void
mill_producer_unref (MillProducer *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_clear_pointer (&self->ticker, g_source_unref);
  g_object_unref (self->source);
  g_object_unref (self->queue);
  g_object_unref (self->end);
  g_object_unref (self->stop);
  g_mutex_clear (&self->lock);
  g_free (self);
}

gboolean
mill_producer_start (MillProducer *self, GError **error)
{
  if (self->loop != NULL)
    {
      start_task (self);
      return TRUE;
    }
  mill_source_set_wake_func (self->source, source_woke_cb, self);
  self->thread = g_thread_try_new ("mill-producer", run, self, error);
  return self->thread != NULL;
}

void
mill_producer_end (MillProducer *self)
{
  g_cancellable_cancel (self->end);
  source_woke_cb (self->source, self);
}

void
mill_producer_stop (MillProducer *self)
{
  /* In this order: a put that fails must find that this is the end. */
  mill_producer_end (self);
  g_cancellable_cancel (self->stop);
}

void
mill_producer_reap (MillProducer *self)
{
  if (self->thread != NULL)
    g_thread_join (g_steal_pointer (&self->thread));
}

gboolean
mill_producer_give_up (MillProducer *self)
{
  gboolean given_up;

  g_mutex_lock (&self->lock);
  given_up = self->given_up = self->polled_us > 0;
  if (given_up)
    {
      g_atomic_ref_count_inc (&self->refs);
      self->state = MILL_PRODUCER_ENDED;
      if (self->ticker != NULL)
        g_source_destroy (self->ticker);
    }
  g_mutex_unlock (&self->lock);
  if (!given_up)
    return FALSE;
  if (self->loop != NULL)
    mill_loop_hold (self->loop);
  g_clear_pointer (&self->thread, g_thread_unref);
  mill_source_set_wake_func (self->source, NULL, NULL);
  return TRUE;
}

MillStuck *
mill_producer_describe_stuck (MillProducer *self)
{
  MillStuck *stuck = NULL;

  g_mutex_lock (&self->lock);
  if (self->given_up && self->polled_us > 0)
    {
      stuck = g_new0 (MillStuck, 1);
      stuck->name = g_strdup ("source");
      stuck->since_us = self->polled_us;
    }
  g_mutex_unlock (&self->lock);
  return stuck;
}

void
mill_producer_close_source (MillProducer *self)
{
  gboolean now;

  g_mutex_lock (&self->lock);
  now = self->polled_us == 0;
  self->close_asked = !now;
  g_mutex_unlock (&self->lock);
  if (now)
    mill_source_close (self->source);
}

/* Any thread. @why: (out) (optional) (transfer none) (nullable) */
MillProducerState
mill_producer_get_state (MillProducer *self, const char **why)
{
  MillProducerState state;

  g_mutex_lock (&self->lock);
  state = self->state;
  if (why != NULL)
    *why = self->why;
  g_mutex_unlock (&self->lock);
  return state;
}
