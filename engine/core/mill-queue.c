/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillQueue: one bounded queue for threads and tasks.
 *
 * A GAsyncQueue holds the items; it is only ever touched with `lock` held and nobody waits inside it, so it
 * never signals. Waiters park in three lists of our own. The rules that keep wake-ups from being lost:
 *
 *   putters: whenever there is room, the list is empty. Whoever makes room inserts the first putter's item on
 *            its behalf.
 *   getters: whenever an item is queued, the list is empty or its first waiter is a thread that was woken.
 * That thread takes an item itself, so a producer wakes one thread, not one per item; it wakes the next one
 * if items are left. Tasks, and threads that came too late once, are handed an item. joiners: whenever
 * unfinished is 0, the list is empty.
 *
 * settle_locked() restores all three after any change.
 */

#include "config.h"

#include "core/mill-queue.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"
#include "core/mill-queue-private.h"

typedef enum
{
  PROP_MAXSIZE = 1,
  PROP_DEPTH,
} MillQueueProperty;

static GParamSpec *props[PROP_DEPTH + 1];

G_DEFINE_FINAL_TYPE (MillQueue, mill_queue, G_TYPE_OBJECT)

static guint
depth_locked (MillQueue *self)
{
  return (guint) g_async_queue_length_unlocked (self->items);
}

static gboolean
has_room_locked (MillQueue *self)
{
  return self->maxsize <= 0 || depth_locked (self) < (guint) self->maxsize;
}

static void
insert_locked (MillQueue *self, MillItem *item)
{
  guint depth;

  mill_item_set_enqueued (item, g_get_monotonic_time ());
  g_async_queue_push_unlocked (self->items, item);
  self->bytes += mill_item_get_size (item);
  self->unfinished++;
  self->puts++;
  depth = depth_locked (self);
  self->high_water = MAX (self->high_water, depth);
}

static MillItem *
take_locked (MillQueue *self)
{
  MillItem *item = g_async_queue_try_pop_unlocked (self->items);

  self->bytes -= mill_item_get_size (item);
  self->gets++;
  return item;
}

static void
fail_all_locked (MillWaitList *list, gint error_code, GQueue *ready)
{
  MillWaiter *waiter;

  while ((waiter = mill_wait_list_peek (list)) != NULL)
    mill_waiter_serve (waiter, error_code, ready);
}

/* Hands items to the getters at the head, or wakes the thread that stands there. */
static void
serve_getters_locked (MillQueue *self, GQueue *ready)
{
  MillWaiter *waiter;

  while (depth_locked (self) > 0 && (waiter = mill_wait_list_peek (&self->getters)) != NULL)
    {
      if (waiter->task == NULL && !waiter->overtaken)
        {
          if (!waiter->woken)
            {
              waiter->woken = TRUE;
              g_cond_signal (&waiter->cond);
            }
          return;
        }
      waiter->payload = take_locked (self);
      mill_waiter_serve (waiter, -1, ready);
    }
}

static void
serve_putters_locked (MillQueue *self, GQueue *ready)
{
  MillWaiter *waiter;

  while (has_room_locked (self) && (waiter = mill_wait_list_peek (&self->putters)) != NULL)
    {
      insert_locked (self, g_steal_pointer (&waiter->payload));
      mill_waiter_serve (waiter, -1, ready);
    }
}

static void
settle_locked (MillQueue *self, GQueue *ready)
{
  if (self->is_shut_down)
    fail_all_locked (&self->putters, MILL_ERROR_SHUT_DOWN, ready);
  /* Serving one side makes work for the other: a handed item leaves room, an inserted one can be handed. */
  do
    {
      serve_putters_locked (self, ready);
      serve_getters_locked (self, ready);
    }
  while (has_room_locked (self) && mill_wait_list_peek (&self->putters) != NULL);
  if (self->is_shut_down && depth_locked (self) == 0)
    fail_all_locked (&self->getters, MILL_ERROR_SHUT_DOWN, ready);
  if (self->unfinished == 0)
    fail_all_locked (&self->joiners, -1, ready);
}

static void
set_shut_down_error (GError **error)
{
  g_set_error_literal (error, MILL_ERROR, MILL_ERROR_SHUT_DOWN, _ ("the queue is shut down"));
}

/* Completes the tasks that were served while the lock was held. An item in a task's hands is the task's
 * result: if the task is never finished, the item is freed with it. */
static void
return_ready (GQueue *ready)
{
  GList *link;

  while ((link = g_queue_pop_head_link (ready)) != NULL)
    {
      MillWaiter *waiter = link->data;

      if (waiter->cancel_source != NULL)
        g_source_destroy (waiter->cancel_source);
      if (waiter->error_code == MILL_ERROR_SHUT_DOWN)
        {
          GError *error = NULL;

          set_shut_down_error (&error);
          g_task_return_error (waiter->task, error);
          g_clear_pointer (&waiter->payload, mill_item_unref);
        }
      else if (waiter->payload != NULL)
        g_task_return_pointer (waiter->task, waiter->payload, (GDestroyNotify) mill_item_unref);
      else
        g_task_return_boolean (waiter->task, TRUE);
      mill_waiter_unref (waiter);
    }
}

void
mill_queue_settle_and_unlock (MillQueue *self)
{
  GQueue ready = G_QUEUE_INIT;

  settle_locked (self, &ready);
  g_mutex_unlock (&self->lock);
  return_ready (&ready);
}

/* Locks the queue with @waiter ready to be parked and listening to @cancellable. */
static gulong
connect_and_lock (MillQueue *self, MillWaiter *waiter, GCancellable *cancellable)
{
  gulong handler;

  mill_waiter_init_thread (waiter, &self->lock);
  handler = mill_waiter_connect (waiter, cancellable);
  g_mutex_lock (&self->lock);
  return handler;
}

/* A parked getter that was woken: takes an item if one is left, otherwise notes that it came too late. */
static void
getter_woken_locked (MillQueue *self, MillWaiter *waiter)
{
  waiter->woken = FALSE;
  if (depth_locked (self) == 0)
    {
      waiter->overtaken = TRUE;
      return;
    }
  waiter->payload = take_locked (self);
  waiter->served = TRUE;
  mill_wait_list_remove (&self->getters, waiter);
}

/* Parks until @waiter is served, its cancellable fires or the deadline passes; in the last two cases it has
 * left the list. */
static void
wait_in_list_locked (MillQueue *self, MillWaitList *list, MillWaiter *waiter, gint64 deadline_us)
{
  gboolean in_time = TRUE;

  mill_wait_list_push (list, waiter);
  while (!waiter->served && !waiter->cancelled && in_time)
    {
      in_time = mill_waiter_park (waiter, deadline_us);
      if (waiter->woken && !waiter->served && !waiter->cancelled)
        getter_woken_locked (self, waiter);
    }
  if (!waiter->served)
    mill_wait_list_remove (list, waiter);
}

static gboolean
report_wait (const MillWaiter *waiter, GError **error)
{
  if (waiter->served && waiter->error_code < 0)
    return TRUE;
  if (waiter->served)
    set_shut_down_error (error);
  else if (waiter->cancelled)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Operation was cancelled"));
  else
    g_set_error_literal (error, MILL_ERROR, MILL_ERROR_TIMED_OUT, _ ("the deadline passed"));
  return FALSE;
}

/* Waits in @list on the calling thread. @payload goes in, what the waiter was handed comes out. */
static gboolean
wait_blocking (MillQueue *self, MillWaitList *list, MillWaiter *waiter, gint64 deadline_us,
               GCancellable *cancellable, gulong handler, GError **error)
{
  wait_in_list_locked (self, list, waiter, deadline_us);
  mill_queue_settle_and_unlock (self);
  mill_waiter_disconnect (waiter, cancellable, handler);
  return report_wait (waiter, error);
}

gboolean
mill_queue_try_put_locked (MillQueue *self, MillItem *item)
{
  if (!has_room_locked (self))
    return FALSE;
  insert_locked (self, mill_item_ref (item));
  return TRUE;
}

MillItem *
mill_queue_try_get_locked (MillQueue *self)
{
  return depth_locked (self) > 0 ? take_locked (self) : NULL;
}

static void
mill_queue_finalize (GObject *object)
{
  MillQueue *self = MILL_QUEUE (object);

  g_async_queue_unref (self->items);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (mill_queue_parent_class)->finalize (object);
}

static void
mill_queue_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MillQueue *self = MILL_QUEUE (object);

  switch ((MillQueueProperty) prop_id)
    {
    case PROP_MAXSIZE:
      g_value_set_int (value, mill_queue_get_maxsize (self));
      break;
    case PROP_DEPTH:
      g_value_set_uint (value, mill_queue_get_depth (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_queue_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MillQueue *self = MILL_QUEUE (object);

  switch ((MillQueueProperty) prop_id)
    {
    case PROP_MAXSIZE:
      mill_queue_set_maxsize (self, g_value_get_int (value));
      break;
    case PROP_DEPTH:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_queue_class_init (MillQueueClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = mill_queue_finalize;
  object_class->get_property = mill_queue_get_property;
  object_class->set_property = mill_queue_set_property;

  /**
   * MillQueue:maxsize:
   *
   * The most items the queue holds; 0 or less is no bound. Live, from any thread.
   */
  props[PROP_MAXSIZE] =
      g_param_spec_int ("maxsize", NULL, NULL, G_MININT, G_MAXINT, 0,
                        G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  /**
   * MillQueue:depth:
   *
   * How many items are queued. Not notified: it changes all the time, so ask.
   */
  props[PROP_DEPTH] =
      g_param_spec_uint ("depth", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (props), props);
}

static void
mill_queue_init (MillQueue *self)
{
  g_mutex_init (&self->lock);
  self->items = g_async_queue_new_full ((GDestroyNotify) mill_item_unref);
}

/**
 * mill_queue_new:
 * @maxsize: the most items it holds; 0 or less is no bound
 *
 * Returns: (transfer full): an empty queue
 */
MillQueue *
mill_queue_new (gint maxsize)
{
  return g_object_new (MILL_TYPE_QUEUE, "maxsize", maxsize, NULL);
}

gint
mill_queue_get_maxsize (MillQueue *self)
{
  gint maxsize;

  g_return_val_if_fail (MILL_IS_QUEUE (self), 0);
  g_mutex_lock (&self->lock);
  maxsize = self->maxsize;
  g_mutex_unlock (&self->lock);
  return maxsize;
}

/**
 * mill_queue_set_maxsize:
 * @maxsize: the new bound; 0 or less is none
 *
 * Changes the bound while the queue is in use. Waiting putters enter as far as there is room; nothing is
 * evicted.
 */
void
mill_queue_set_maxsize (MillQueue *self, gint maxsize)
{
  gboolean changed;

  g_return_if_fail (MILL_IS_QUEUE (self));
  g_mutex_lock (&self->lock);
  changed = self->maxsize != maxsize;
  self->maxsize = maxsize;
  mill_queue_settle_and_unlock (self);
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MAXSIZE]);
}

guint
mill_queue_get_depth (MillQueue *self)
{
  guint depth;

  g_return_val_if_fail (MILL_IS_QUEUE (self), 0);
  g_mutex_lock (&self->lock);
  depth = depth_locked (self);
  g_mutex_unlock (&self->lock);
  return depth;
}

/**
 * mill_queue_get_stats:
 * @stats: (out caller-allocates): filled with figures of one moment
 */
void
mill_queue_get_stats (MillQueue *self, MillQueueStats *stats)
{
  gint64 now = g_get_monotonic_time ();

  g_return_if_fail (MILL_IS_QUEUE (self));
  g_mutex_lock (&self->lock);
  *stats = (MillQueueStats){
    .depth = depth_locked (self),
    .bytes = self->bytes,
    .maxsize = self->maxsize,
    .unfinished = self->unfinished,
    .high_water = self->high_water,
    .puts = self->puts,
    .gets = self->gets,
    .putters = mill_wait_list_get_length (&self->putters),
    .getters = mill_wait_list_get_length (&self->getters),
    .put_blocked_us = mill_wait_list_get_waited (&self->putters, now),
    .get_idle_us = mill_wait_list_get_waited (&self->getters, now),
    .is_shut_down = self->is_shut_down,
  };
  g_mutex_unlock (&self->lock);
}

/**
 * mill_queue_put:
 * @item: (transfer none): the item; the queue takes a reference
 * @cancellable: (nullable): ends the wait
 *
 * Puts @item at the end, and blocks the calling thread while the queue is full.
 *
 * Returns: %TRUE if it was put; otherwise nothing has changed and @error is %MILL_ERROR_SHUT_DOWN or
 *   %G_IO_ERROR_CANCELLED
 */
gboolean
mill_queue_put (MillQueue *self, MillItem *item, GCancellable *cancellable, GError **error)
{
  return mill_queue_put_until (self, item, G_MAXINT64, cancellable, error);
}

/**
 * mill_queue_put_until:
 * @deadline_us: until when to wait, in microseconds of g_get_monotonic_time(); one that has passed does not
 *   wait, %G_MAXINT64 waits for ever
 *
 * Like mill_queue_put(), but fails with %MILL_ERROR_TIMED_OUT when the deadline passes first.
 */
gboolean
mill_queue_put_until (MillQueue *self, MillItem *item, gint64 deadline_us, GCancellable *cancellable,
                      GError **error)
{
  MillWaiter waiter;
  gulong handler;
  gboolean put;

  g_return_val_if_fail (MILL_IS_QUEUE (self), FALSE);
  g_return_val_if_fail (item != NULL, FALSE);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  g_mutex_lock (&self->lock);
  if (!self->is_shut_down && mill_queue_try_put_locked (self, item))
    {
      mill_queue_settle_and_unlock (self);
      return TRUE;
    }
  g_mutex_unlock (&self->lock);

  handler = connect_and_lock (self, &waiter, cancellable);
  if (!self->is_shut_down && mill_queue_try_put_locked (self, item))
    {
      mill_queue_settle_and_unlock (self);
      mill_waiter_disconnect (&waiter, cancellable, handler);
      return TRUE;
    }
  if (self->is_shut_down)
    {
      g_mutex_unlock (&self->lock);
      mill_waiter_disconnect (&waiter, cancellable, handler);
      set_shut_down_error (error);
      return FALSE;
    }
  waiter.payload = mill_item_ref (item);
  put = wait_blocking (self, &self->putters, &waiter, deadline_us, cancellable, handler, error);
  if (!put)
    mill_item_unref (waiter.payload);
  return put;
}

/**
 * mill_queue_try_put:
 *
 * Like mill_queue_put(), but fails with %MILL_ERROR_FULL instead of waiting.
 */
gboolean
mill_queue_try_put (MillQueue *self, MillItem *item, GError **error)
{
  gboolean is_shut_down, put;

  g_return_val_if_fail (MILL_IS_QUEUE (self), FALSE);
  g_return_val_if_fail (item != NULL, FALSE);

  g_mutex_lock (&self->lock);
  is_shut_down = self->is_shut_down;
  put = !is_shut_down && mill_queue_try_put_locked (self, item);
  mill_queue_settle_and_unlock (self);
  if (is_shut_down)
    set_shut_down_error (error);
  else if (!put)
    g_set_error_literal (error, MILL_ERROR, MILL_ERROR_FULL, _ ("the queue is full"));
  return put;
}

/**
 * mill_queue_get:
 * @cancellable: (nullable): ends the wait
 *
 * Takes the first item, and blocks the calling thread while there is none. Report it with
 * mill_queue_task_done() once it is dealt with.
 *
 * Returns: (transfer full) (nullable): the item, or %NULL with @error %MILL_ERROR_SHUT_DOWN or
 *   %G_IO_ERROR_CANCELLED
 */
MillItem *
mill_queue_get (MillQueue *self, GCancellable *cancellable, GError **error)
{
  return mill_queue_get_until (self, G_MAXINT64, cancellable, error);
}

/**
 * mill_queue_get_until:
 * @deadline_us: until when to wait, as in mill_queue_put_until()
 *
 * Like mill_queue_get(), but fails with %MILL_ERROR_TIMED_OUT when the deadline passes first.
 *
 * Returns: (transfer full) (nullable): the item
 */
MillItem *
mill_queue_get_until (MillQueue *self, gint64 deadline_us, GCancellable *cancellable, GError **error)
{
  MillWaiter waiter;
  MillItem *item;
  gulong handler;

  g_return_val_if_fail (MILL_IS_QUEUE (self), NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  g_mutex_lock (&self->lock);
  item = mill_queue_try_get_locked (self);
  if (item != NULL)
    {
      mill_queue_settle_and_unlock (self);
      return item;
    }
  g_mutex_unlock (&self->lock);

  handler = connect_and_lock (self, &waiter, cancellable);
  item = mill_queue_try_get_locked (self);
  if (item != NULL || self->is_shut_down)
    {
      mill_queue_settle_and_unlock (self);
      mill_waiter_disconnect (&waiter, cancellable, handler);
      if (item == NULL)
        set_shut_down_error (error);
      return item;
    }
  if (!wait_blocking (self, &self->getters, &waiter, deadline_us, cancellable, handler, error))
    return NULL;
  return waiter.payload;
}

/**
 * mill_queue_try_get:
 *
 * Like mill_queue_get(), but fails with %MILL_ERROR_EMPTY instead of waiting.
 *
 * Returns: (transfer full) (nullable): the item
 */
MillItem *
mill_queue_try_get (MillQueue *self, GError **error)
{
  MillItem *item;
  gboolean is_shut_down;

  g_return_val_if_fail (MILL_IS_QUEUE (self), NULL);

  g_mutex_lock (&self->lock);
  item = mill_queue_try_get_locked (self);
  is_shut_down = self->is_shut_down;
  mill_queue_settle_and_unlock (self);
  if (item == NULL && is_shut_down)
    set_shut_down_error (error);
  else if (item == NULL)
    g_set_error_literal (error, MILL_ERROR, MILL_ERROR_EMPTY, _ ("the queue is empty"));
  return item;
}

/**
 * mill_queue_put_many:
 * @items: (element-type MillItem) (transfer none): the items, in their order
 * @cancellable: (nullable): ends the wait
 *
 * Puts a batch, and blocks the calling thread while the queue is full: what mill_queue_put() of each in turn
 * does, for less. Another producer's items may come between.
 *
 * Returns: how many were put, from the front of @items; fewer than all with @error as for mill_queue_put()
 */
guint
mill_queue_put_many (MillQueue *self, GPtrArray *items, GCancellable *cancellable, GError **error)
{
  guint n = 0;

  g_return_val_if_fail (MILL_IS_QUEUE (self), 0);
  g_return_val_if_fail (items != NULL, 0);

  while (n < items->len)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return n;
      g_mutex_lock (&self->lock);
      while (!self->is_shut_down && n < items->len
             && mill_queue_try_put_locked (self, g_ptr_array_index (items, n)))
        n++;
      mill_queue_settle_and_unlock (self);
      if (n < items->len && !mill_queue_put (self, g_ptr_array_index (items, n), cancellable, error))
        return n;
      n++;
    }
  return items->len;
}

/**
 * mill_queue_get_many:
 * @max_items: how many to take at most, at least 1
 * @cancellable: (nullable): ends the wait
 *
 * Takes what is queued, up to @max_items, and blocks the calling thread while there is nothing. Report each
 * with mill_queue_task_done(), or all with mill_queue_tasks_done().
 *
 * Returns: (transfer full) (element-type MillItem) (nullable): at least one item, or %NULL with @error as for
 *   mill_queue_get()
 */
GPtrArray *
mill_queue_get_many (MillQueue *self, guint max_items, GCancellable *cancellable, GError **error)
{
  GPtrArray *items;
  MillItem *item;

  g_return_val_if_fail (MILL_IS_QUEUE (self), NULL);
  g_return_val_if_fail (max_items > 0, NULL);

  item = mill_queue_get (self, cancellable, error);
  if (item == NULL)
    return NULL;
  items = g_ptr_array_new_full (max_items, (GDestroyNotify) mill_item_unref);
  g_ptr_array_add (items, item);
  g_mutex_lock (&self->lock);
  while (items->len < max_items && (item = mill_queue_try_get_locked (self)) != NULL)
    g_ptr_array_add (items, item);
  mill_queue_settle_and_unlock (self);
  return items;
}

/**
 * mill_queue_task_done:
 *
 * Reports that an item that was taken has been dealt with, successfully or not.
 *
 * Returns: %FALSE with %MILL_ERROR_SURPLUS_DONE if there are no unfinished items
 */
gboolean
mill_queue_task_done (MillQueue *self, GError **error)
{
  return mill_queue_tasks_done (self, 1, error);
}

/**
 * mill_queue_tasks_done:
 * @n_items: how many
 *
 * Reports that so many items have been dealt with.
 *
 * Returns: %FALSE with %MILL_ERROR_SURPLUS_DONE, and nothing changed, if fewer are unfinished
 */
gboolean
mill_queue_tasks_done (MillQueue *self, guint n_items, GError **error)
{
  gboolean surplus;

  g_return_val_if_fail (MILL_IS_QUEUE (self), FALSE);

  g_mutex_lock (&self->lock);
  surplus = self->unfinished < n_items;
  if (!surplus)
    self->unfinished -= n_items;
  mill_queue_settle_and_unlock (self);
  if (surplus)
    g_set_error_literal (error, MILL_ERROR, MILL_ERROR_SURPLUS_DONE,
                         _ ("task_done was called more often than items were put"));
  return !surplus;
}

/**
 * mill_queue_join:
 * @cancellable: (nullable): ends the wait
 *
 * Blocks the calling thread until every item that was put has been reported done.
 *
 * Returns: %TRUE once none is unfinished; %FALSE with %G_IO_ERROR_CANCELLED
 */
gboolean
mill_queue_join (MillQueue *self, GCancellable *cancellable, GError **error)
{
  return mill_queue_join_until (self, G_MAXINT64, cancellable, error);
}

/**
 * mill_queue_join_until:
 * @deadline_us: until when to wait, as in mill_queue_put_until()
 *
 * Like mill_queue_join(), but fails with %MILL_ERROR_TIMED_OUT when the deadline passes first.
 */
gboolean
mill_queue_join_until (MillQueue *self, gint64 deadline_us, GCancellable *cancellable, GError **error)
{
  MillWaiter waiter;
  gulong handler;

  g_return_val_if_fail (MILL_IS_QUEUE (self), FALSE);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  handler = connect_and_lock (self, &waiter, cancellable);
  if (self->unfinished == 0)
    {
      g_mutex_unlock (&self->lock);
      mill_waiter_disconnect (&waiter, cancellable, handler);
      return TRUE;
    }
  return wait_blocking (self, &self->joiners, &waiter, deadline_us, cancellable, handler, error);
}

/**
 * mill_queue_shutdown:
 * @immediate: whether to empty the queue as well
 *
 * Ends the queue's use; see the contract above. May be called again, also to go from a gentle shutdown to an
 * immediate one.
 *
 * Returns: (transfer full) (element-type MillItem): what was removed, in order; empty unless @immediate
 */
GPtrArray *
mill_queue_shutdown (MillQueue *self, gboolean immediate)
{
  GPtrArray *removed = g_ptr_array_new_with_free_func ((GDestroyNotify) mill_item_unref);

  g_return_val_if_fail (MILL_IS_QUEUE (self), removed);

  g_mutex_lock (&self->lock);
  self->is_shut_down = TRUE;
  while (immediate && depth_locked (self) > 0)
    {
      g_ptr_array_add (removed, take_locked (self));
      self->gets--; /* removed, not consumed */
      self->unfinished--;
    }
  mill_queue_settle_and_unlock (self);
  return removed;
}
