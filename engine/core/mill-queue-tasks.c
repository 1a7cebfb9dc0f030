/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillQueue's asynchronous faces: a task that cannot go on at once waits in the same list as the threads do.
 */

#include "config.h"

#include "core/mill-error.h"
#include "core/mill-queue-private.h"

static void
waiting_task_cancelled (gpointer owner, MillWaiter *waiter)
{
  MillQueue *self = owner;
  MillItem *item = NULL;

  mill_queue_lock_all (self);
  if (waiter->list == NULL)
    {
      mill_queue_settle_and_unlock (self);
      return;
    }
  if (waiter->list == &self->putters)
    item = g_steal_pointer (&waiter->payload);
  mill_wait_list_remove (waiter->list, waiter);
  mill_queue_settle_and_unlock (self);
  g_clear_pointer (&item, mill_item_unref);
  mill_waiter_return_cancelled (waiter);
}

static GTask *
new_task (MillQueue *self, gpointer tag, GCancellable *cancellable, GAsyncReadyCallback callback,
          gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  /* An item that was handed over must arrive even if the cancellable fires on the way. */
  g_task_set_check_cancellable (task, FALSE);
  return task;
}

static void
return_error (GTask *task, MillError code)
{
  GError *error = NULL;

  mill_queue_set_error (code, &error);
  g_task_return_error (task, error);
}

static void
wait_as_task_and_unlock (MillQueue *self, MillWaitList *list, GTask *task, MillItem *item)
{
  MillWaiter *waiter =
      mill_waiter_new_task (task, self, g_task_get_cancellable (task), waiting_task_cancelled);

  waiter->payload = item;
  mill_wait_list_push (list, waiter);
  mill_queue_settle_and_unlock (self);
}

/**
 * mill_queue_put_async:
 * @item: (transfer none): the item
 * @cancellable: (nullable): ends the wait
 * @callback: called in the thread-default main context once the item is in the queue, or cannot be put
 *
 * Puts @item at the end, suspended while the queue is full.
 */
void
mill_queue_put_async (MillQueue *self, MillItem *item, GCancellable *cancellable,
                      GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (MILL_IS_QUEUE (self));
  g_return_if_fail (item != NULL);

  task = new_task (self, mill_queue_put_async, cancellable, callback, user_data);
  if (g_task_return_error_if_cancelled (task))
    return;
  mill_item_ref (item);
  if (mill_queue_put_quickly (self, item))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  mill_queue_lock_all (self);
  if (mill_queue_try_put_locked (self, item))
    {
      mill_queue_settle_and_unlock (self);
      g_task_return_boolean (task, TRUE);
    }
  else if (self->is_shut_down)
    {
      mill_queue_settle_and_unlock (self);
      mill_item_unref (item);
      return_error (task, MILL_ERROR_SHUT_DOWN);
    }
  else
    wait_as_task_and_unlock (self, &self->putters, task, item);
}

/**
 * mill_queue_put_finish:
 *
 * Returns: %TRUE if the item was put; otherwise nothing has changed and @error is as for mill_queue_put()
 */
gboolean
mill_queue_put_finish (MillQueue *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * mill_queue_get_async:
 * @cancellable: (nullable): ends the wait
 * @callback: called in the thread-default main context with an item, or when none will come
 *
 * Takes the first item, suspended while there is none. @callback has to call mill_queue_get_finish(), or the
 * item is lost.
 */
void
mill_queue_get_async (MillQueue *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  MillItem *item;

  g_return_if_fail (MILL_IS_QUEUE (self));

  task = new_task (self, mill_queue_get_async, cancellable, callback, user_data);
  if (g_task_return_error_if_cancelled (task))
    return;
  item = mill_queue_get_quickly (self);
  if (item == NULL)
    {
      mill_queue_lock_all (self);
      item = mill_queue_try_get_locked (self);
      if (item == NULL && !self->is_shut_down)
        {
          wait_as_task_and_unlock (self, &self->getters, task, NULL);
          return;
        }
      mill_queue_settle_and_unlock (self);
    }
  if (item != NULL)
    g_task_return_pointer (task, item, (GDestroyNotify) mill_item_unref);
  else
    return_error (task, MILL_ERROR_SHUT_DOWN);
}

/**
 * mill_queue_get_finish:
 *
 * Returns: (transfer full) (nullable): the item, or %NULL with @error as for mill_queue_get()
 */
MillItem *
mill_queue_get_finish (MillQueue *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * mill_queue_join_async:
 * @cancellable: (nullable): ends the wait
 * @callback: called in the thread-default main context once no item is unfinished
 */
void
mill_queue_join_async (MillQueue *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (MILL_IS_QUEUE (self));

  task = new_task (self, mill_queue_join_async, cancellable, callback, user_data);
  if (g_task_return_error_if_cancelled (task))
    return;
  mill_queue_lock_all (self);
  /* Before the look at the counts, see mill_queue_tasks_done(). */
  atomic_store (&self->has_joiners, TRUE);
  if (mill_queue_unfinished (self) > 0)
    {
      wait_as_task_and_unlock (self, &self->joiners, task, NULL);
      return;
    }
  mill_queue_settle_and_unlock (self);
  g_task_return_boolean (task, TRUE);
}

gboolean
mill_queue_join_finish (MillQueue *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
