/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillWaiter: parks a thread on a condition of its own, or keeps a pending task, in first-come order. */

#include "config.h"

#include "core/mill-waiter-private.h"

#include "core/mill-cancel-source-private.h"

typedef struct
{
  gpointer owner;     /* (owned) a GObject */
  MillWaiter *waiter; /* (owned) */
  MillWaiterCancelFunc cancelled;
} CancelData;

static void
cancel_data_free (gpointer user_data)
{
  CancelData *data = user_data;

  g_object_unref (data->owner);
  mill_waiter_unref (data->waiter);
  g_free (data);
}

static gboolean
task_cancelled_cb (gpointer user_data)
{
  CancelData *data = user_data;

  data->cancelled (data->owner, data->waiter);
  return G_SOURCE_REMOVE;
}

static void
thread_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  MillWaiter *self = user_data;

  g_mutex_lock (self->lock);
  self->cancelled = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (self->lock);
}

/* Adds @waiter at the end. Lock held. */
void
mill_wait_list_push (MillWaitList *self, MillWaiter *waiter)
{
  waiter->list = self;
  waiter->since_us = g_get_monotonic_time ();
  self->sum_since_us += waiter->since_us;
  g_queue_push_tail_link (&self->waiters, &waiter->link);
}

/* Takes @waiter out. Lock held. */
void
mill_wait_list_remove (MillWaitList *self, MillWaiter *waiter)
{
  g_queue_unlink (&self->waiters, &waiter->link);
  self->sum_since_us -= waiter->since_us;
  self->waited_us += g_get_monotonic_time () - waiter->since_us;
  waiter->list = NULL;
}

MillWaiter *
mill_wait_list_peek (const MillWaitList *self)
{
  return self->waiters.head != NULL ? self->waiters.head->data : NULL;
}

guint
mill_wait_list_get_length (const MillWaitList *self)
{
  return self->waiters.length;
}

/* All the time spent in the list so far, by those who still wait as well, in microseconds. */
gint64
mill_wait_list_get_waited (const MillWaitList *self, gint64 now_us)
{
  return self->waited_us + now_us * self->waiters.length - self->sum_since_us;
}

void
mill_waiter_init_thread (MillWaiter *self, GMutex *lock)
{
  memset (self, 0, sizeof *self);
  self->link.data = self;
  self->lock = lock;
  self->error_code = -1;
  g_cond_init (&self->cond);
}

/* Lets @cancellable end the wait. Without the lock: the handler takes it, and runs at once if the cancellable
 * has fired already. Undo with g_cancellable_disconnect(), also without the lock. */
gulong
mill_waiter_connect (MillWaiter *self, GCancellable *cancellable)
{
  return cancellable != NULL
             ? g_cancellable_connect (cancellable, G_CALLBACK (thread_cancelled_cb), self, NULL)
             : 0;
}

/* The end of a thread's waiter. Without the lock, since a handler that is running takes it. */
void
mill_waiter_disconnect (MillWaiter *self, GCancellable *cancellable, gulong handler)
{
  if (handler != 0)
    g_cancellable_disconnect (cancellable, handler);
  g_cond_clear (&self->cond);
}

/* Sleeps until signalled. Lock held, and released meanwhile. Returns FALSE when the deadline, in microseconds
 * of g_get_monotonic_time(), has passed; %G_MAXINT64 is never. */
gboolean
mill_waiter_park (MillWaiter *self, gint64 deadline_us)
{
  if (deadline_us == G_MAXINT64)
    {
      g_cond_wait (&self->cond, self->lock);
      return TRUE;
    }
  return g_cond_wait_until (&self->cond, self->lock, deadline_us);
}

/* Stands in @list on the calling thread until served or cancelled. Lock held, and released meanwhile. */
void
mill_waiter_wait (MillWaiter *self, MillWaitList *list)
{
  mill_wait_list_push (list, self);
  while (!self->served && !self->cancelled)
    mill_waiter_park (self, G_MAXINT64);
  if (!self->served)
    mill_wait_list_remove (list, self);
}

/* Makes the waiter of @task; @cancelled is called if @cancellable fires while it waits. */
MillWaiter *
mill_waiter_new_task (GTask *task, gpointer owner, GCancellable *cancellable, MillWaiterCancelFunc cancelled)
{
  MillWaiter *self = g_new0 (MillWaiter, 1);

  g_atomic_ref_count_init (&self->refs);
  self->link.data = self;
  self->error_code = -1;
  self->task = g_object_ref (task);
  if (cancellable != NULL)
    {
      CancelData *data = g_new0 (CancelData, 1);

      data->owner = g_object_ref (owner);
      data->waiter = self;
      data->cancelled = cancelled;
      g_atomic_ref_count_inc (&self->refs);
      self->cancel_source = mill_cancel_source_new ("mill waiter", MILL_NEVER, cancellable, task_cancelled_cb,
                                                    data, cancel_data_free);
      g_source_attach (self->cancel_source, g_task_get_context (task));
    }
  return self;
}

void
mill_waiter_unref (MillWaiter *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_clear_object (&self->task);
  g_free (self);
}

/* Ends the wait: the waiter leaves its list and joins @ready. Lock held; before it is released the threads in
 * there have to be told, mill_waiter_signal_ready(), and after it the tasks completed,
 * mill_waiter_pop_ready(). */
void
mill_waiter_end (MillWaiter *self, gint error_code, GQueue *ready)
{
  mill_wait_list_remove (self->list, self);
  self->served = TRUE;
  self->error_code = error_code;
  g_queue_push_tail_link (ready, &self->link);
}

/* The same, but a thread is told at once. */
void
mill_waiter_serve (MillWaiter *self, gint error_code, GQueue *ready)
{
  GQueue threads = G_QUEUE_INIT;

  mill_waiter_end (self, error_code, self->task != NULL ? ready : &threads);
  mill_waiter_signal_ready (&threads);
}

/* Takes the threads out of @ready and wakes them. Lock held: they live on stacks that are left next. */
void
mill_waiter_signal_ready (GQueue *ready)
{
  for (GList *link = ready->head, *next; link != NULL; link = next)
    {
      MillWaiter *waiter = link->data;

      next = link->next;
      if (waiter->task != NULL)
        continue;
      g_queue_unlink (ready, link);
      g_cond_signal (&waiter->cond);
    }
}

/* (transfer full) (nullable): the next task of @ready, to be returned and unreferenced. Without the lock. */
MillWaiter *
mill_waiter_pop_ready (GQueue *ready)
{
  GList *link = g_queue_pop_head_link (ready);
  MillWaiter *waiter;

  if (link == NULL)
    return NULL;
  waiter = link->data;
  g_clear_pointer (&waiter->cancel_source, mill_cancel_source_destroy);
  return waiter;
}

/* Fails the task of a waiter that has left its list because it was cancelled. Without the lock. */
void
mill_waiter_return_cancelled (MillWaiter *self)
{
  g_task_return_new_error (self->task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s", "Operation was cancelled");
  g_clear_pointer (&self->cancel_source, mill_cancel_source_destroy);
  mill_waiter_unref (self);
}

/* What most lists do when the cancellable of a waiting task fires: it leaves, unless it was served just
 * before. */
void
mill_waiter_leave_cancelled (MillWaiter *self, GMutex *lock)
{
  gboolean was_waiting;

  g_mutex_lock (lock);
  was_waiting = self->list != NULL;
  if (was_waiting)
    mill_wait_list_remove (self->list, self);
  g_mutex_unlock (lock);
  if (was_waiting)
    mill_waiter_return_cancelled (self);
}
