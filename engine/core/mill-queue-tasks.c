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
    item = mill_queue_waiter_steal_item (waiter);
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
 * @user_data: for @callback
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
 * @result: what the callback was given
 *
 * Ends mill_queue_put_async().
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
 * @user_data: for @callback
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
 * @result: what the callback was given
 *
 * Ends mill_queue_get_async().
 *
 * Returns: (transfer full) (nullable): the item, or %NULL with @error as for mill_queue_get()
 */
MillItem *
mill_queue_get_finish (MillQueue *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- batches --------------------------------------------------------------------------------------------
 */

static void
batch_free (gpointer data)
{
  MillQueueBatch *batch = data;

  if (batch->items != NULL && batch->max_items == 0)
    for (guint i = batch->n_put; i < batch->items->len; i++)
      mill_item_unref (g_ptr_array_index (batch->items, i));
  g_clear_pointer (&batch->items, g_ptr_array_unref);
  g_free (batch);
}

static MillQueueBatch *
batch_new (GTask *task, GPtrArray *items, guint max_items)
{
  MillQueueBatch *batch = g_new0 (MillQueueBatch, 1);

  batch->items = items;
  batch->max_items = max_items;
  g_task_set_task_data (task, batch, batch_free);
  return batch;
}

static GPtrArray *
copy_items (GPtrArray *items)
{
  GPtrArray *copy = g_ptr_array_sized_new (items->len);

  for (guint i = 0; i < items->len; i++)
    g_ptr_array_add (copy, mill_item_ref (g_ptr_array_index (items, i)));
  return copy;
}

/* Puts what goes in at once; returns whether that was all. */
static gboolean
put_batch_locked (MillQueue *self, MillQueueBatch *batch)
{
  while (batch->n_put < batch->items->len &&
         mill_queue_try_put_locked (self, g_ptr_array_index (batch->items, batch->n_put)))
    batch->n_put++;
  return batch->n_put == batch->items->len;
}

/**
 * mill_queue_put_many_async:
 * @self: the queue
 * @items: (element-type MillItem) (transfer none): the items, in their order
 * @cancellable: (nullable): ends the wait
 * @callback: (scope async): called in the thread-default main context once all items are in the queue, or no
 *   more can be put
 * @user_data: for @callback
 *
 * Puts a batch, suspended while the queue is full.
 */
void
mill_queue_put_many_async (MillQueue *self, GPtrArray *items, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  MillQueueBatch *batch;
  gboolean all;

  g_return_if_fail (MILL_IS_QUEUE (self));
  g_return_if_fail (items != NULL);

  task = new_task (self, mill_queue_put_many_async, cancellable, callback, user_data);
  batch = batch_new (task, copy_items (items), 0);
  if (g_task_return_error_if_cancelled (task))
    return;
  batch->n_put = mill_queue_put_many_quickly (self, batch->items, 0);
  if (batch->n_put == batch->items->len)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  mill_queue_lock_all (self);
  all = put_batch_locked (self, batch);
  if (!all && !self->is_shut_down)
    {
      wait_as_task_and_unlock (self, &self->putters, task, g_ptr_array_index (batch->items, batch->n_put));
      return;
    }
  mill_queue_settle_and_unlock (self);
  if (all)
    g_task_return_boolean (task, TRUE);
  else
    return_error (task, MILL_ERROR_SHUT_DOWN);
}

/**
 * mill_queue_put_many_finish:
 * @self: the queue
 * @result: what the callback was given
 *
 * Ends [method@Queue.put_many_async].
 *
 * Returns: how many were put, from the front of the batch; fewer than all with @error as for
 *   [method@Queue.put]
 */
guint
mill_queue_put_many_finish (MillQueue *self, GAsyncResult *result, GError **error)
{
  MillQueueBatch *batch;

  g_return_val_if_fail (g_task_is_valid (result, self), 0);

  batch = g_task_get_task_data (G_TASK (result));
  g_task_propagate_boolean (G_TASK (result), error);
  return batch->n_put;
}

/**
 * mill_queue_get_many_async:
 * @self: the queue
 * @max_items: how many to take at most, at least 1
 * @cancellable: (nullable): ends the wait
 * @callback: (scope async): called in the thread-default main context with items, or when none will come
 * @user_data: for @callback
 *
 * Takes what is queued, up to @max_items, suspended while there is nothing. @callback has to call
 * [method@Queue.get_many_finish], or the items are lost.
 */
void
mill_queue_get_many_async (MillQueue *self, guint max_items, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  MillQueueBatch *batch;

  g_return_if_fail (MILL_IS_QUEUE (self));
  g_return_if_fail (max_items > 0);

  task = new_task (self, mill_queue_get_many_async, cancellable, callback, user_data);
  batch = batch_new (task, g_ptr_array_new_full (max_items, (GDestroyNotify) mill_item_unref), max_items);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (!mill_queue_get_many_quickly (self, batch->items, max_items))
    {
      mill_queue_lock_all (self);
      mill_queue_get_many_locked (self, batch->items, max_items);
      if (batch->items->len == 0 && !self->is_shut_down)
        {
          wait_as_task_and_unlock (self, &self->getters, task, NULL);
          return;
        }
      mill_queue_settle_and_unlock (self);
    }
  if (batch->items->len > 0)
    g_task_return_pointer (task, g_steal_pointer (&batch->items), (GDestroyNotify) g_ptr_array_unref);
  else
    return_error (task, MILL_ERROR_SHUT_DOWN);
}

/**
 * mill_queue_get_many_finish:
 * @self: the queue
 * @result: what the callback was given
 *
 * Ends [method@Queue.get_many_async]. Report each item with [method@Queue.task_done], or all with
 * [method@Queue.tasks_done].
 *
 * Returns: (transfer full) (element-type MillItem) (nullable): at least one item, or %NULL with @error as for
 *   [method@Queue.get]
 */
GPtrArray *
mill_queue_get_many_finish (MillQueue *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- join -----------------------------------------------------------------------------------------------
 */

/**
 * mill_queue_join_async:
 * @cancellable: (nullable): ends the wait
 * @callback: called in the thread-default main context once no item is unfinished
 * @user_data: for @callback
 *
 * Waits until every item that was put has been reported done, suspended meanwhile.
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

/**
 * mill_queue_join_finish:
 * @result: what the callback was given
 *
 * Ends mill_queue_join_async().
 *
 * Returns: %TRUE once none is unfinished; %FALSE with %G_IO_ERROR_CANCELLED
 */
gboolean
mill_queue_join_finish (MillQueue *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
