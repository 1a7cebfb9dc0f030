/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillQueue's faces for threads, which block: at an open end, then with a short look around, then parked. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"
#include "core/mill-queue-private.h"

/* How long to look before parking: about as long as parking and waking take. */
#define LOOKS           24
#define PAUSES_PER_LOOK 24

static gboolean
is_bad_deadline (gint64 deadline_us, GError **error)
{
  if (deadline_us >= 0)
    return FALSE;
  mill_queue_set_error (MILL_ERROR_INVALID, error);
  return TRUE;
}

/* Asked once: GLib asks the system each time, which costs more than the looks. */
static gboolean
has_second_processor (void)
{
  static gsize answer = 0;

  if (g_once_init_enter (&answer))
    g_once_init_leave (&answer, g_get_num_processors () > 1 ? 2 : 1);
  return answer > 1;
}

/* One thread of each side looks out for a change, if there is a second processor for the change to come from:
 * more would only keep it from those who work. Looking seldom lets a few items gather, which are then taken
 * without a further look. */
static gboolean
look_around (MillQueue *self, atomic_bool *taken, gboolean (*is_worth_it) (MillQueue *self))
{
  gboolean found = FALSE;

  if (!has_second_processor () || atomic_exchange (taken, TRUE))
    return FALSE;
  for (guint i = 0; i < LOOKS && !found; i++)
    {
      for (guint j = 0; j < PAUSES_PER_LOOK; j++)
        mill_spin_pause ();
      found = is_worth_it (self);
    }
  atomic_store (taken, FALSE);
  return found;
}

static gboolean
has_item (MillQueue *self)
{
  return atomic_load_explicit (&self->in.puts, memory_order_relaxed) !=
         atomic_load_explicit (&self->out.gets, memory_order_relaxed);
}

/* For an item of no size: the put itself looks at the bytes. */
static gboolean
has_room (MillQueue *self)
{
  gboolean room;

  mill_lock (&self->in.lock);
  room = self->in.open && mill_queue_room_quickly (self, NULL, 1) > 0;
  g_mutex_unlock (&self->in.lock);
  return room;
}

/* Locks the queue with @waiter ready to be parked and listening to @cancellable. */
static gulong
connect_and_lock (MillQueue *self, MillWaiter *waiter, GCancellable *cancellable)
{
  gulong handler;

  mill_waiter_init_thread (waiter, &self->lock);
  handler = mill_waiter_connect (waiter, cancellable);
  mill_queue_lock_all (self);
  return handler;
}

/* A parked thread that was woken: helps itself if it still can, otherwise notes that it came too late. */
static void
help_oneself_locked (MillQueue *self, MillWaitList *list, MillWaiter *waiter)
{
  waiter->woken = FALSE;
  if (list == &self->getters)
    {
      waiter->payload = mill_queue_take_locked (self, TRUE);
      waiter->served = waiter->payload != NULL;
    }
  else if (mill_queue_can_enter_locked (self, waiter->payload))
    {
      mill_queue_append_locked (self, g_steal_pointer (&waiter->payload));
      waiter->served = TRUE;
    }
  waiter->overtaken = !waiter->served;
  if (waiter->served)
    mill_wait_list_remove (list, waiter);
}

/* Parks until @waiter is served, its cancellable fires or the deadline passes; in the last two cases it has
 * left the list. All locks held, at the end again. */
static void
wait_in_list_locked (MillQueue *self, MillWaitList *list, MillWaiter *waiter, gint64 deadline_us)
{
  gboolean in_time = TRUE;

  mill_wait_list_push (list, waiter);
  while (!waiter->served && !waiter->cancelled && in_time)
    {
      mill_queue_unlock_ends (self);
      in_time = mill_waiter_park (waiter, deadline_us);
      mill_queue_lock_ends (self);
      if (waiter->woken && !waiter->served && !waiter->cancelled)
        help_oneself_locked (self, list, waiter);
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
    mill_queue_set_error ((MillError) waiter->error_code, error);
  else if (waiter->cancelled)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Operation was cancelled"));
  else
    mill_queue_set_error (MILL_ERROR_TIMED_OUT, error);
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

/* ---- put ------------------------------------------------------------------------------------------------
 */

/* Puts at once what can be put with all locks. Returns whether that was the end of it. */
static gboolean
try_put_locked (MillQueue *self, MillItem *item, gboolean *put, GError **error)
{
  *put = mill_queue_try_put_locked (self, item);
  if (!*put && !self->is_shut_down)
    return FALSE;
  if (!*put)
    mill_queue_set_error (MILL_ERROR_SHUT_DOWN, error);
  return TRUE;
}

/* Takes over a reference of @item if it returns TRUE. */
static gboolean
put_slowly (MillQueue *self, MillItem *item, gint64 deadline_us, GCancellable *cancellable, GError **error)
{
  MillWaiter waiter;
  gulong handler;
  gboolean put;

  /* Connecting to a cancellable takes a lock of all of them; so it comes last. */
  mill_queue_lock_all (self);
  if (try_put_locked (self, item, &put, error))
    {
      mill_queue_settle_and_unlock (self);
      return put;
    }
  mill_queue_settle_and_unlock (self);
  handler = connect_and_lock (self, &waiter, cancellable);
  if (try_put_locked (self, item, &put, error))
    {
      mill_queue_settle_and_unlock (self);
      mill_waiter_disconnect (&waiter, cancellable, handler);
      return put;
    }
  waiter.payload = item;
  return wait_blocking (self, &self->putters, &waiter, deadline_us, cancellable, handler, error);
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
 * @item: (transfer none): the item; the queue takes a reference
 * @deadline_us: until when to wait, in microseconds of g_get_monotonic_time(); one that has passed does not
 *   wait, %G_MAXINT64 waits for ever
 * @cancellable: (nullable): ends the wait
 *
 * Like mill_queue_put(), but fails with %MILL_ERROR_TIMED_OUT when the deadline passes first, and with
 * %MILL_ERROR_INVALID when it is negative.
 *
 * Returns: whether it was put; otherwise nothing has changed
 */
gboolean
mill_queue_put_until (MillQueue *self, MillItem *item, gint64 deadline_us, GCancellable *cancellable,
                      GError **error)
{
  g_return_val_if_fail (MILL_IS_QUEUE (self), FALSE);
  g_return_val_if_fail (item != NULL, FALSE);

  if (is_bad_deadline (deadline_us, error) || g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  mill_item_ref (item);
  if (mill_queue_put_quickly (self, item) ||
      (look_around (self, &self->putter_spins, has_room) && mill_queue_put_quickly (self, item)) ||
      put_slowly (self, item, deadline_us, cancellable, error))
    return TRUE;
  mill_item_unref (item);
  return FALSE;
}

/**
 * mill_queue_try_put:
 * @item: (transfer none): the item; the queue takes a reference
 *
 * Like mill_queue_put(), but fails with %MILL_ERROR_FULL instead of waiting.
 *
 * Returns: whether it was put; otherwise nothing has changed
 */
gboolean
mill_queue_try_put (MillQueue *self, MillItem *item, GError **error)
{
  gboolean ended, put;

  g_return_val_if_fail (MILL_IS_QUEUE (self), FALSE);
  g_return_val_if_fail (item != NULL, FALSE);

  mill_item_ref (item);
  if (mill_queue_put_quickly (self, item))
    return TRUE;
  mill_queue_lock_all (self);
  ended = try_put_locked (self, item, &put, error);
  mill_queue_settle_and_unlock (self);
  if (!ended)
    mill_queue_set_error (MILL_ERROR_FULL, error);
  if (!put)
    mill_item_unref (item);
  return put;
}

guint
mill_queue_put_many_quickly (MillQueue *self, GPtrArray *items, guint n)
{
  MillItem *const *rest = (MillItem *const *) (items->pdata + n);
  guint n_put = 0;

  mill_lock (&self->in.lock);
  if (self->in.open)
    {
      n_put = (guint) mill_queue_room_quickly (self, rest, items->len - n);
      mill_queue_append_many_locked (self, rest, n_put);
    }
  g_mutex_unlock (&self->in.lock);
  return n + n_put;
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

  mill_queue_ref_items ((MillItem *const *) items->pdata, items->len);
  while (n < items->len && !g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      n = mill_queue_put_many_quickly (self, items, n);
      if (n == items->len || look_around (self, &self->putter_spins, has_room))
        continue;
      if (!put_slowly (self, g_ptr_array_index (items, n), G_MAXINT64, cancellable, error))
        break;
      n++;
    }
  for (guint i = n; i < items->len; i++)
    mill_item_unref (g_ptr_array_index (items, i));
  return n;
}

/**
 * mill_queue_try_put_many:
 * @items: (element-type MillItem) (transfer none): the items, in their order
 * @first: the index of the first one to put
 *
 * Puts as many as there is room for, without waiting. Another producer's items may come between.
 *
 * Returns: how many were put, from @first on; fewer than all if the queue is full or shut down
 */
guint
mill_queue_try_put_many (MillQueue *self, GPtrArray *items, guint first)
{
  gboolean put = TRUE;
  guint n = first;

  g_return_val_if_fail (MILL_IS_QUEUE (self), 0);
  g_return_val_if_fail (items != NULL && first <= items->len, 0);

  mill_queue_ref_items ((MillItem *const *) (items->pdata + first), items->len - first);
  while (put && (n = mill_queue_put_many_quickly (self, items, n)) < items->len)
    {
      mill_queue_lock_all (self);
      try_put_locked (self, g_ptr_array_index (items, n), &put, NULL);
      mill_queue_settle_and_unlock (self);
      n += put;
    }
  for (guint i = n; i < items->len; i++)
    mill_item_unref (g_ptr_array_index (items, i));
  return n - first;
}

/* ---- get ------------------------------------------------------------------------------------------------
 */

/* Takes at once what can be taken with all locks. Returns whether that was the end of it. */
static gboolean
try_get_locked (MillQueue *self, MillItem **item, GError **error)
{
  *item = mill_queue_try_get_locked (self);
  if (*item == NULL && !self->is_shut_down)
    return FALSE;
  if (*item == NULL)
    mill_queue_set_error (MILL_ERROR_SHUT_DOWN, error);
  return TRUE;
}

static void
take_up_to_locked (MillQueue *self, GPtrArray *items, guint max_items, gboolean all_held)
{
  items->len += mill_queue_take_many_locked (self, (MillItem **) (items->pdata + items->len),
                                             max_items - items->len, all_held);
}

gboolean
mill_queue_get_many_quickly (MillQueue *self, GPtrArray *items, guint max_items)
{
  mill_lock (&self->out.lock);
  if (self->out.open)
    take_up_to_locked (self, items, max_items, FALSE);
  g_mutex_unlock (&self->out.lock);
  return items->len > 0;
}

void
mill_queue_get_many_locked (MillQueue *self, GPtrArray *items, guint max_items)
{
  take_up_to_locked (self, items, max_items, TRUE);
}

static MillItem *
get_slowly (MillQueue *self, gint64 deadline_us, GCancellable *cancellable, GError **error)
{
  MillWaiter waiter;
  MillItem *item;
  gulong handler;

  mill_queue_lock_all (self);
  if (try_get_locked (self, &item, error))
    {
      mill_queue_settle_and_unlock (self);
      return item;
    }
  if (cancellable != NULL)
    {
      mill_queue_settle_and_unlock (self);
      handler = connect_and_lock (self, &waiter, cancellable);
      if (try_get_locked (self, &item, error))
        {
          mill_queue_settle_and_unlock (self);
          mill_waiter_disconnect (&waiter, cancellable, handler);
          return item;
        }
    }
  else
    {
      mill_waiter_init_thread (&waiter, &self->lock);
      handler = 0;
    }
  if (!wait_blocking (self, &self->getters, &waiter, deadline_us, cancellable, handler, error))
    return NULL;
  return waiter.payload;
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
 * @cancellable: (nullable): ends the wait
 *
 * Like mill_queue_get(), but fails with %MILL_ERROR_TIMED_OUT when the deadline passes first, and with
 * %MILL_ERROR_INVALID when it is negative.
 *
 * Returns: (transfer full) (nullable): the item
 */
MillItem *
mill_queue_get_until (MillQueue *self, gint64 deadline_us, GCancellable *cancellable, GError **error)
{
  MillItem *item;

  g_return_val_if_fail (MILL_IS_QUEUE (self), NULL);

  if (is_bad_deadline (deadline_us, error) || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  item = mill_queue_get_quickly (self);
  if (item == NULL && look_around (self, &self->getter_spins, has_item))
    item = mill_queue_get_quickly (self);
  return item != NULL ? item : get_slowly (self, deadline_us, cancellable, error);
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
  gboolean ended;

  g_return_val_if_fail (MILL_IS_QUEUE (self), NULL);

  item = mill_queue_get_quickly (self);
  if (item != NULL)
    return item;
  mill_queue_lock_all (self);
  ended = try_get_locked (self, &item, error);
  mill_queue_settle_and_unlock (self);
  if (!ended)
    mill_queue_set_error (MILL_ERROR_EMPTY, error);
  return item;
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
  return mill_queue_get_many_until (self, max_items, G_MAXINT64, cancellable, error);
}

/**
 * mill_queue_get_many_until:
 * @max_items: how many to take at most, at least 1
 * @deadline_us: until when to wait for the first one, as in mill_queue_put_until()
 * @cancellable: (nullable): ends the wait
 *
 * Like mill_queue_get_many(), but fails with %MILL_ERROR_TIMED_OUT when the deadline passes first, and with
 * %MILL_ERROR_INVALID when it is negative.
 *
 * Returns: (transfer full) (element-type MillItem) (nullable): at least one item
 */
GPtrArray *
mill_queue_get_many_until (MillQueue *self, guint max_items, gint64 deadline_us, GCancellable *cancellable,
                           GError **error)
{
  GPtrArray *items;
  MillItem *item;

  g_return_val_if_fail (MILL_IS_QUEUE (self), NULL);
  g_return_val_if_fail (max_items > 0, NULL);

  if (is_bad_deadline (deadline_us, error) || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  items = g_ptr_array_new_full (max_items, (GDestroyNotify) mill_item_unref);
  if (mill_queue_get_many_quickly (self, items, max_items))
    return items;
  if (look_around (self, &self->getter_spins, has_item) &&
      mill_queue_get_many_quickly (self, items, max_items))
    return items;
  item = get_slowly (self, deadline_us, cancellable, error);
  if (item == NULL)
    {
      g_ptr_array_unref (items);
      return NULL;
    }
  g_ptr_array_add (items, item);
  mill_queue_lock_all (self);
  mill_queue_get_many_locked (self, items, max_items);
  mill_queue_settle_and_unlock (self);
  return items;
}

/**
 * mill_queue_try_get_many:
 * @max_items: how many to take at most, at least 1
 *
 * Like mill_queue_get_many(), but fails with %MILL_ERROR_EMPTY instead of waiting.
 *
 * Returns: (transfer full) (element-type MillItem) (nullable): at least one item
 */
GPtrArray *
mill_queue_try_get_many (MillQueue *self, guint max_items, GError **error)
{
  GPtrArray *items;
  MillItem *item;
  gboolean ended;

  g_return_val_if_fail (MILL_IS_QUEUE (self), NULL);
  g_return_val_if_fail (max_items > 0, NULL);

  items = g_ptr_array_new_full (max_items, (GDestroyNotify) mill_item_unref);
  if (mill_queue_get_many_quickly (self, items, max_items))
    return items;
  mill_queue_lock_all (self);
  ended = try_get_locked (self, &item, error);
  if (item != NULL)
    {
      g_ptr_array_add (items, item);
      mill_queue_get_many_locked (self, items, max_items);
    }
  mill_queue_settle_and_unlock (self);
  if (item != NULL)
    return items;
  if (!ended)
    mill_queue_set_error (MILL_ERROR_EMPTY, error);
  g_ptr_array_unref (items);
  return NULL;
}

/* ---- join -----------------------------------------------------------------------------------------------
 */

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
 * @cancellable: (nullable): ends the wait
 *
 * Like mill_queue_join(), but fails with %MILL_ERROR_TIMED_OUT when the deadline passes first, and with
 * %MILL_ERROR_INVALID when it is negative.
 *
 * Returns: whether none is unfinished
 */
gboolean
mill_queue_join_until (MillQueue *self, gint64 deadline_us, GCancellable *cancellable, GError **error)
{
  MillWaiter waiter;
  gulong handler;

  g_return_val_if_fail (MILL_IS_QUEUE (self), FALSE);

  if (is_bad_deadline (deadline_us, error) || g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  handler = connect_and_lock (self, &waiter, cancellable);
  /* Before the look at the counts, see mill_queue_tasks_done(). */
  atomic_store (&self->has_joiners, TRUE);
  if (mill_queue_unfinished (self) == 0)
    {
      mill_queue_settle_and_unlock (self);
      mill_waiter_disconnect (&waiter, cancellable, handler);
      return TRUE;
    }
  return wait_blocking (self, &self->joiners, &waiter, deadline_us, cancellable, handler, error);
}
