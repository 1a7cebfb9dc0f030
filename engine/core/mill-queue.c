/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillQueue: one bounded queue for threads and tasks: the object, and the rules about those who wait.
 *
 * Nobody waits inside the GAsyncQueue that holds the items; waiters park in three lists of our own. The rules
 * that keep wake-ups from being lost, whenever no operation is under way:
 *
 *   putters: while the first one's item could enter, that one is a thread which was woken.
 *   getters: while an item is queued, the first one is a thread which was woken.
 *   joiners: while unfinished is 0, there is none.
 *
 * A woken thread helps itself once it runs, so that one is woken at a time, not one per item; it then wakes
 * the next if there is more. Tasks, and threads that came too late once, are served where they stand.
 *
 * settle_locked() restores all three after any change. An end of the queue is open, that is, puts or gets
 * need no more than its own lock, while they cannot break a rule: see ends_locked().
 */

#include "config.h"

#include "core/mill-queue.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"
#include "core/mill-queue-private.h"
#include "mill-enum-types.h"

typedef enum
{
  PROP_MAXSIZE = 1,
  PROP_MAX_BYTES,
  PROP_ORDER,
  PROP_STATISTICS,
  PROP_DEPTH,
} MillQueueProperty;

static GParamSpec *props[PROP_DEPTH + 1];

G_DEFINE_FINAL_TYPE (MillQueue, mill_queue, G_TYPE_OBJECT)

/* ---- locks ----------------------------------------------------------------------------------------------
 */

void
mill_queue_lock_ends (MillQueue *self)
{
  mill_lock (&self->out.lock);
  mill_lock (&self->in.lock);
}

void
mill_queue_lock_all (MillQueue *self)
{
  mill_lock (&self->lock);
  mill_queue_lock_ends (self);
}

/* Whether puts and gets may go through without looking at who waits. A put may while a getter is on its way,
 * and not while one stands there to be served; putters are served by gets, so while one waits neither end is
 * open. A shut down queue fails its getters with its last item. */
static void
ends_locked (MillQueue *self)
{
  MillWaiter *getter = mill_wait_list_peek (&self->getters);
  MillWaiter *putter = mill_wait_list_peek (&self->putters);
  gboolean plain = self->order == MILL_QUEUE_ORDER_FIFO && !self->is_shut_down;

  self->in.open = plain && (putter == NULL || putter->woken) && (getter == NULL || getter->woken);
  self->out.open = plain && (putter == NULL || putter->woken);
  self->in.limit = self->maxsize > 0 ? (gsize) self->maxsize : G_MAXSIZE;
  self->in.byte_limit = self->max_bytes > 0 ? (gsize) MIN (self->max_bytes, G_MAXSIZE) : G_MAXSIZE;
}

void
mill_queue_unlock_ends (MillQueue *self)
{
  ends_locked (self);
  g_mutex_unlock (&self->in.lock);
  g_mutex_unlock (&self->out.lock);
}

/* ---- the rules ------------------------------------------------------------------------------------------
 */

/* Whether there is room for @item: an item above the byte bound enters an empty queue, since it never could
 * otherwise. */
gboolean
mill_queue_can_enter_locked (MillQueue *self, const MillItem *item)
{
  gsize depth = mill_queue_depth_locked (self);

  if (self->maxsize > 0 && depth >= (gsize) self->maxsize)
    return FALSE;
  return self->max_bytes == 0 || depth == 0 ||
         mill_queue_bytes_locked (self) + mill_item_get_size (item) <= self->max_bytes;
}

/* Whether @waiter is a thread that can be told to help itself; it is on its way from then on. */
static gboolean
wake (MillWaiter *waiter, MillWaiter **woken)
{
  if (waiter->task != NULL || waiter->overtaken)
    return FALSE;
  if (!waiter->woken)
    *woken = waiter;
  waiter->woken = TRUE;
  return TRUE;
}

MillQueueBatch *
mill_queue_waiter_get_batch (const MillWaiter *waiter)
{
  return waiter->task != NULL ? g_task_get_task_data (waiter->task) : NULL;
}

/* A batch's item is its task data's. */
MillItem *
mill_queue_waiter_steal_item (MillWaiter *waiter)
{
  MillItem *item = g_steal_pointer (&waiter->payload);

  return mill_queue_waiter_get_batch (waiter) == NULL ? item : NULL;
}

static void
serve_getter_locked (MillQueue *self, MillWaiter *waiter, GQueue *ready)
{
  MillQueueBatch *batch = mill_queue_waiter_get_batch (waiter);

  if (batch != NULL)
    mill_queue_get_many_locked (self, batch->items, batch->max_items);
  else
    waiter->payload = mill_queue_take_locked (self, TRUE);
  mill_waiter_end (waiter, -1, ready);
}

/* A batch stays at the head until all its items are in. */
static void
serve_putter_locked (MillQueue *self, MillWaiter *waiter, GQueue *ready)
{
  MillQueueBatch *batch = mill_queue_waiter_get_batch (waiter);

  mill_queue_append_locked (self, g_steal_pointer (&waiter->payload));
  if (batch != NULL && ++batch->n_put < batch->items->len)
    waiter->payload = g_ptr_array_index (batch->items, batch->n_put);
  else
    mill_waiter_end (waiter, -1, ready);
}

/* Returns whether anything changed that matters to the other side. */
static gboolean
serve_getters_locked (MillQueue *self, GQueue *ready, MillWaiter **woken)
{
  MillWaiter *waiter;
  gboolean changed = FALSE;

  while (mill_queue_depth_locked (self) > 0 && (waiter = mill_wait_list_peek (&self->getters)) != NULL &&
         !wake (waiter, woken))
    {
      serve_getter_locked (self, waiter, ready);
      changed = TRUE;
    }
  return changed;
}

static gboolean
serve_putters_locked (MillQueue *self, GQueue *ready, MillWaiter **woken)
{
  MillWaiter *waiter;
  gboolean changed = FALSE;

  while ((waiter = mill_wait_list_peek (&self->putters)) != NULL &&
         mill_queue_can_enter_locked (self, waiter->payload) && !wake (waiter, woken))
    {
      serve_putter_locked (self, waiter, ready);
      changed = TRUE;
    }
  return changed;
}

static void
fail_all_locked (MillWaitList *list, gint error_code, GQueue *ready)
{
  MillWaiter *waiter;

  while ((waiter = mill_wait_list_peek (list)) != NULL)
    mill_waiter_end (waiter, error_code, ready);
}

static void
settle_locked (MillQueue *self, GQueue *ready, MillWaiter **woken_getter, MillWaiter **woken_putter)
{
  gboolean changed;

  if (self->is_shut_down)
    fail_all_locked (&self->putters, MILL_ERROR_SHUT_DOWN, ready);
  /* Serving one side makes work for the other: a handed item leaves room, an inserted one can be handed. */
  do
    {
      changed = serve_putters_locked (self, ready, woken_putter);
      changed |= serve_getters_locked (self, ready, woken_getter);
    }
  while (changed);
  if (self->is_shut_down && mill_queue_depth_locked (self) == 0)
    fail_all_locked (&self->getters, MILL_ERROR_SHUT_DOWN, ready);
  if (mill_queue_unfinished (self) == 0)
    fail_all_locked (&self->joiners, -1, ready);
  if (mill_wait_list_peek (&self->joiners) == NULL)
    atomic_store (&self->has_joiners, FALSE);
}

static void
return_served (MillWaiter *waiter)
{
  MillQueueBatch *batch = mill_queue_waiter_get_batch (waiter);

  if (batch != NULL && batch->max_items > 0)
    g_task_return_pointer (waiter->task, g_steal_pointer (&batch->items), (GDestroyNotify) g_ptr_array_unref);
  else if (waiter->payload != NULL)
    g_task_return_pointer (waiter->task, waiter->payload, (GDestroyNotify) mill_item_unref);
  else
    g_task_return_boolean (waiter->task, TRUE);
}

static void
return_failed (MillWaiter *waiter)
{
  MillItem *item = mill_queue_waiter_steal_item (waiter);
  GError *error = NULL;

  mill_queue_set_error ((MillError) waiter->error_code, &error);
  g_task_return_error (waiter->task, error);
  g_clear_pointer (&item, mill_item_unref);
}

/* Completes the tasks that were served. Items in a task's hands are the task's result: if the task is never
 * finished, they are freed with it. */
static void
return_ready (GQueue *ready)
{
  MillWaiter *waiter;

  while ((waiter = mill_waiter_pop_ready (ready)) != NULL)
    {
      if (waiter->error_code >= 0)
        return_failed (waiter);
      else
        return_served (waiter);
      mill_waiter_unref (waiter);
    }
}

/* Signalling takes long enough for the ends to be released before; a waiting thread cannot go away meanwhile,
 * since it needs `lock` for that. */
void
mill_queue_settle_and_unlock (MillQueue *self)
{
  GQueue ready = G_QUEUE_INIT;
  MillWaiter *woken_getter = NULL, *woken_putter = NULL;

  settle_locked (self, &ready, &woken_getter, &woken_putter);
  mill_queue_unlock_ends (self);
  mill_waiter_signal_ready (&ready);
  if (woken_getter != NULL)
    g_cond_signal (&woken_getter->cond);
  if (woken_putter != NULL)
    g_cond_signal (&woken_putter->cond);
  g_mutex_unlock (&self->lock);
  return_ready (&ready);
}

/* ---- what every face begins with ------------------------------------------------------------------------
 */

/* Nobody overtakes a putter that waits for room, only one that is on its way. */
gboolean
mill_queue_try_put_locked (MillQueue *self, MillItem *item)
{
  MillWaiter *first = mill_wait_list_peek (&self->putters);

  if (self->is_shut_down || !mill_queue_can_enter_locked (self, item) || (first != NULL && !first->woken))
    return FALSE;
  mill_queue_append_locked (self, item);
  return TRUE;
}

MillItem *
mill_queue_try_get_locked (MillQueue *self)
{
  return mill_queue_take_locked (self, TRUE);
}

gboolean
mill_queue_put_quickly (MillQueue *self, MillItem *item)
{
  gboolean put;

  mill_lock (&self->in.lock);
  put = self->in.open && mill_queue_room_quickly (self, &item, 1) > 0;
  if (put)
    mill_queue_append_locked (self, item);
  g_mutex_unlock (&self->in.lock);
  return put;
}

MillItem *
mill_queue_get_quickly (MillQueue *self)
{
  MillItem *item;

  mill_lock (&self->out.lock);
  item = self->out.open ? mill_queue_take_locked (self, FALSE) : NULL;
  g_mutex_unlock (&self->out.lock);
  return item;
}

gsize
mill_queue_unfinished (MillQueue *self)
{
  gsize done = atomic_load (&self->done);

  return atomic_load (&self->in.puts) - done;
}

void
mill_queue_set_error (MillError code, GError **error)
{
  const char *message = NULL;

  switch (code)
    {
    case MILL_ERROR_SHUT_DOWN:
      message = _ ("the queue is shut down");
      break;
    case MILL_ERROR_FULL:
      message = _ ("the queue is full");
      break;
    case MILL_ERROR_EMPTY:
      message = _ ("the queue is empty");
      break;
    case MILL_ERROR_TIMED_OUT:
      message = _ ("the deadline passed");
      break;
    case MILL_ERROR_SURPLUS_DONE:
      message = _ ("task_done was called more often than items were put");
      break;
    case MILL_ERROR_INVALID:
      message = _ ("a deadline cannot be negative");
      break;
    case MILL_ERROR_JOB:
    case MILL_ERROR_HTTP:
    case MILL_ERROR_TOO_LARGE:
    case MILL_ERROR_STATE:
    case MILL_ERROR_FAILED:
    case MILL_ERROR_RETRYABLE:
    case MILL_ERROR_FATAL:
    case MILL_ERROR_DAMAGED:
    default:
      g_assert_not_reached ();
    }
  g_set_error_literal (error, MILL_ERROR, (gint) code, message);
}

/* ---- the object -----------------------------------------------------------------------------------------
 */

static void
mill_queue_finalize (GObject *object)
{
  MillQueue *self = MILL_QUEUE (object);

  mill_queue_store_clear (self);
  g_mutex_clear (&self->in.lock);
  g_mutex_clear (&self->out.lock);
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
    case PROP_MAX_BYTES:
      g_value_set_uint64 (value, mill_queue_get_max_bytes (self));
      break;
    case PROP_ORDER:
      g_value_set_enum (value, (gint) mill_queue_get_order (self));
      break;
    case PROP_STATISTICS:
      g_value_set_boolean (value, mill_queue_get_statistics (self));
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
    case PROP_MAX_BYTES:
      mill_queue_set_max_bytes (self, g_value_get_uint64 (value));
      break;
    case PROP_ORDER:
      mill_queue_set_order (self, (MillQueueOrder) g_value_get_enum (value));
      break;
    case PROP_STATISTICS:
      mill_queue_set_statistics (self, g_value_get_boolean (value));
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
  const GParamFlags live = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->finalize = mill_queue_finalize;
  object_class->get_property = mill_queue_get_property;
  object_class->set_property = mill_queue_set_property;

  /**
   * MillQueue:maxsize:
   *
   * The most items the queue holds; 0 or less is no bound. Live, from any thread.
   */
  props[PROP_MAXSIZE] = g_param_spec_int ("maxsize", NULL, NULL, G_MININT, G_MAXINT, 0, live);
  /**
   * MillQueue:max-bytes:
   *
   * The most bytes of payload the queue holds; 0 is no bound. Live, from any thread.
   */
  props[PROP_MAX_BYTES] = g_param_spec_uint64 ("max-bytes", NULL, NULL, 0, G_MAXUINT64, 0, live);
  /**
   * MillQueue:order:
   *
   * In which order items leave. Live, from any thread.
   */
  props[PROP_ORDER] =
      g_param_spec_enum ("order", NULL, NULL, MILL_TYPE_QUEUE_ORDER, MILL_QUEUE_ORDER_FIFO, live);
  /**
   * MillQueue:statistics:
   *
   * Whether to time how long items wait. The counts are kept in any case. Live, from any thread.
   */
  props[PROP_STATISTICS] = g_param_spec_boolean ("statistics", NULL, NULL, TRUE, live);
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
  g_mutex_init (&self->out.lock);
  g_mutex_init (&self->in.lock);
  self->statistics = TRUE;
  mill_queue_store_init (self);
  ends_locked (self);
}

/**
 * mill_queue_new:
 * @maxsize: the most items it holds; 0 or less is no bound
 *
 * Creates a queue.
 *
 * Returns: (transfer full): an empty queue, first in, first out
 */
MillQueue *
mill_queue_new (gint maxsize)
{
  return mill_queue_new_with_order (maxsize, MILL_QUEUE_ORDER_FIFO);
}

/**
 * mill_queue_new_with_order:
 * @maxsize: the most items it holds; 0 or less is no bound
 * @order: in which order items leave
 *
 * Creates a queue.
 *
 * Returns: (transfer full): an empty queue
 */
MillQueue *
mill_queue_new_with_order (gint maxsize, MillQueueOrder order)
{
  return g_object_new (MILL_TYPE_QUEUE, "maxsize", maxsize, "order", order, NULL);
}

/**
 * mill_queue_get_maxsize:
 *
 * The bound on the number of items.
 *
 * Returns: the most items it holds; 0 or less is no bound
 */
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
  mill_queue_lock_all (self);
  changed = self->maxsize != maxsize;
  self->maxsize = maxsize;
  mill_queue_settle_and_unlock (self);
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MAXSIZE]);
}

/**
 * mill_queue_get_max_bytes:
 *
 * The bound on the payloads' sizes.
 *
 * Returns: the most bytes of payload it holds; 0 is no bound
 */
guint64
mill_queue_get_max_bytes (MillQueue *self)
{
  guint64 max_bytes;

  g_return_val_if_fail (MILL_IS_QUEUE (self), 0);
  g_mutex_lock (&self->lock);
  max_bytes = self->max_bytes;
  g_mutex_unlock (&self->lock);
  return max_bytes;
}

/**
 * mill_queue_set_max_bytes:
 * @max_bytes: the new bound on the payloads' sizes; 0 is none
 *
 * Changes the byte bound while the queue is in use, as mill_queue_set_maxsize() does with the other.
 */
void
mill_queue_set_max_bytes (MillQueue *self, guint64 max_bytes)
{
  gboolean changed;

  g_return_if_fail (MILL_IS_QUEUE (self));
  mill_queue_lock_all (self);
  changed = self->max_bytes != max_bytes;
  self->max_bytes = max_bytes;
  mill_queue_settle_and_unlock (self);
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MAX_BYTES]);
}

/**
 * mill_queue_get_order:
 *
 * In which order items leave.
 *
 * Returns: the order now
 */
MillQueueOrder
mill_queue_get_order (MillQueue *self)
{
  MillQueueOrder order;

  g_return_val_if_fail (MILL_IS_QUEUE (self), MILL_QUEUE_ORDER_FIFO);
  g_mutex_lock (&self->lock);
  order = self->order;
  g_mutex_unlock (&self->lock);
  return order;
}

/**
 * mill_queue_set_order:
 * @order: the new order
 *
 * Changes the order while the queue is in use, also of what is queued: it leaves as if it had been put into a
 * queue of that order. Others wait meanwhile, about a tenth of a second for a million items.
 */
void
mill_queue_set_order (MillQueue *self, MillQueueOrder order)
{
  gboolean changed;

  g_return_if_fail (MILL_IS_QUEUE (self));
  mill_queue_lock_all (self);
  changed = self->order != order;
  if (changed)
    mill_queue_store_set_order_locked (self, order);
  mill_queue_settle_and_unlock (self);
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ORDER]);
}

/**
 * mill_queue_get_statistics:
 *
 * Whether the queue times how long items wait.
 *
 * Returns: whether items' waits are timed
 */
gboolean
mill_queue_get_statistics (MillQueue *self)
{
  gboolean statistics;

  g_return_val_if_fail (MILL_IS_QUEUE (self), FALSE);
  g_mutex_lock (&self->lock);
  statistics = self->statistics;
  g_mutex_unlock (&self->lock);
  return statistics;
}

/**
 * mill_queue_set_statistics:
 * @statistics: whether to time items' waits
 *
 * Turns the timing on or off while the queue is in use.
 */
void
mill_queue_set_statistics (MillQueue *self, gboolean statistics)
{
  gboolean changed;

  g_return_if_fail (MILL_IS_QUEUE (self));
  mill_queue_lock_all (self);
  changed = self->statistics != !!statistics;
  self->statistics = !!statistics;
  mill_queue_settle_and_unlock (self);
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATISTICS]);
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

/* Whether @n more may be reported done after @done. A look at the producers' count takes their cache line, so
 * that is done only when what is known of it does not suffice. */
static gboolean
are_unfinished (MillQueue *self, gsize done, gsize n)
{
  gsize puts = atomic_load_explicit (&self->known_puts, memory_order_relaxed);

  /* The counts wrap, and another thread may have noted an older one: what is known may lie behind `done`. */
  if ((gssize) (puts - done) >= 0 && puts - done >= n)
    return TRUE;
  puts = atomic_load (&self->in.puts);
  atomic_store_explicit (&self->known_puts, puts, memory_order_relaxed);
  return puts - done >= n;
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
  gsize done;

  g_return_val_if_fail (MILL_IS_QUEUE (self), FALSE);

  done = atomic_load (&self->done);
  do
    {
      if (!are_unfinished (self, done, n_items))
        {
          mill_queue_set_error (MILL_ERROR_SURPLUS_DONE, error);
          return FALSE;
        }
    }
  while (!atomic_compare_exchange_weak (&self->done, &done, done + n_items));
  /* A joiner first says that it is there and then looks at the counts; here it is the other way round. So one
   * of the two sees the other. */
  if (atomic_load (&self->has_joiners) && mill_queue_unfinished (self) == 0)
    {
      mill_queue_lock_all (self);
      mill_queue_settle_and_unlock (self);
    }
  return TRUE;
}

/* What was removed counts as dealt with, as far as it has not been reported already by somebody who never
 * took it: `done` must not pass `puts`, or unfinished would never be 0 again. */
static void
finish_removed_locked (MillQueue *self, gsize n_removed)
{
  gsize puts = atomic_load (&self->in.puts), done = atomic_load (&self->done);

  while (!atomic_compare_exchange_weak (&self->done, &done, done + MIN (n_removed, puts - done)))
    ;
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
  MillItem *item;

  g_return_val_if_fail (MILL_IS_QUEUE (self), removed);

  mill_queue_lock_all (self);
  self->is_shut_down = TRUE;
  while (immediate && (item = mill_queue_take_locked (self, TRUE)) != NULL)
    g_ptr_array_add (removed, item);
  self->removed += removed->len;
  finish_removed_locked (self, removed->len);
  mill_queue_settle_and_unlock (self);
  return removed;
}
