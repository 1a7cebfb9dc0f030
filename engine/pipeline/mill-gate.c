/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillGate: closes while a pipeline is paused. */

#include "config.h"

#include "pipeline/mill-gate-private.h"

struct _MillGate
{
  GObject parent_instance;

  GMutex lock;
  gint open; /* (atomic) written with the lock held */
  MillWaitList waiters;
};

G_DEFINE_FINAL_TYPE (MillGate, mill_gate, G_TYPE_OBJECT)

static void
waiting_task_cancelled (gpointer owner, MillWaiter *waiter)
{
  MillGate *self = owner;

  mill_waiter_leave_cancelled (waiter, &self->lock);
}

static void
mill_gate_finalize (GObject *object)
{
  g_mutex_clear (&MILL_GATE (object)->lock);
  G_OBJECT_CLASS (mill_gate_parent_class)->finalize (object);
}

static void
mill_gate_class_init (MillGateClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mill_gate_finalize;
}

static void
mill_gate_init (MillGate *self)
{
  g_mutex_init (&self->lock);
  self->open = TRUE;
}

MillGate *
mill_gate_new (void)
{
  return g_object_new (MILL_TYPE_GATE, NULL);
}

gboolean
mill_gate_is_open (MillGate *self)
{
  return g_atomic_int_get (&self->open);
}

void
mill_gate_set_open (MillGate *self, gboolean open)
{
  GQueue ready = G_QUEUE_INIT;
  MillWaiter *waiter;

  g_mutex_lock (&self->lock);
  g_atomic_int_set (&self->open, open);
  while (open && (waiter = mill_wait_list_peek (&self->waiters)) != NULL)
    mill_waiter_serve (waiter, -1, &ready);
  g_mutex_unlock (&self->lock);
  while ((waiter = mill_waiter_pop_ready (&ready)) != NULL)
    {
      g_task_return_boolean (waiter->task, TRUE);
      mill_waiter_unref (waiter);
    }
}

gboolean
mill_gate_pass (MillGate *self, GCancellable *cancellable)
{
  MillWaiter waiter;
  gulong handler;

  if (mill_gate_is_open (self))
    return !g_cancellable_is_cancelled (cancellable);
  mill_waiter_init_thread (&waiter, &self->lock);
  handler = mill_waiter_connect (&waiter, cancellable);
  g_mutex_lock (&self->lock);
  waiter.served = mill_gate_is_open (self);
  if (!waiter.served)
    mill_waiter_wait (&waiter, &self->waiters);
  g_mutex_unlock (&self->lock);
  mill_waiter_disconnect (&waiter, cancellable, handler);
  return waiter.served;
}

void
mill_gate_pass_async (MillGate *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_check_cancellable (task, FALSE);
  if (g_task_return_error_if_cancelled (task))
    return;
  g_mutex_lock (&self->lock);
  if (!mill_gate_is_open (self))
    {
      mill_wait_list_push (&self->waiters,
                           mill_waiter_new_task (task, self, cancellable, waiting_task_cancelled));
      g_mutex_unlock (&self->lock);
      return;
    }
  g_mutex_unlock (&self->lock);
  g_task_return_boolean (task, TRUE);
}

gboolean
mill_gate_pass_finish (MillGate *self, GAsyncResult *result)
{
  return g_task_propagate_boolean (G_TASK (result), NULL);
}
