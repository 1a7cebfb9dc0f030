/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillQueue's contract (engine/core/mill-queue.h), the part that is not about one plain item at a time:
 * orders, the byte bound, batches, deadlines, statistics. */

#include "config.h"

#include <locale.h>

#include "core/mill-error.h"
#include "core/mill-queue.h"

static MillItem *
item_new (guint64 id, gint priority, gsize size)
{
  MillItem *item = mill_item_new (id, NULL);

  mill_item_set_priority (item, priority);
  if (size > 0)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (size), size);

      mill_item_set_payload (item, bytes);
    }
  return item;
}

static void
put (MillQueue *queue, guint64 id, gint priority, gsize size)
{
  g_autoptr (MillItem) item = item_new (id, priority, size);
  g_autoptr (GError) error = NULL;

  mill_queue_try_put (queue, item, &error);
  g_assert_no_error (error);
}

static void
assert_get (MillQueue *queue, guint64 id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillItem) item = mill_queue_get (queue, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (mill_item_get_id (item), ==, id);
}

static GPtrArray *
batch_new (guint first, guint n)
{
  GPtrArray *batch = g_ptr_array_new_with_free_func ((GDestroyNotify) mill_item_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (batch, item_new (first + i, 0, 0));
  return batch;
}

static void
wait_for_putters (MillQueue *queue, guint putters)
{
  MillQueueStats stats;

  do
    {
      g_thread_yield ();
      mill_queue_get_stats (queue, &stats);
    }
  while (stats.putters != putters);
}

/* ---- orders ---------------------------------------------------------------------------------------------
 */

static void
test_lifo (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new_with_order (0, MILL_QUEUE_ORDER_LIFO);

  for (guint i = 0; i < 500; i++)
    put (queue, i, 0, 0);
  assert_get (queue, 499);
  put (queue, 1000, 0, 0);
  assert_get (queue, 1000);
  for (guint i = 499; i-- > 0;)
    assert_get (queue, i);
}

/* Priorities at random; each id says when it came. */
static void
test_priority (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new_with_order (0, MILL_QUEUE_ORDER_PRIORITY);
  gint last_priority = G_MININT;
  guint64 last_id = 0;

  for (guint i = 0; i < 2000; i++)
    put (queue, i, g_test_rand_int_range (-5, 6), 0);
  for (guint i = 0; i < 2000; i++)
    {
      g_autoptr (MillItem) item = mill_queue_get (queue, NULL, NULL);

      g_assert_cmpint (mill_item_get_priority (item), >=, last_priority);
      if (mill_item_get_priority (item) == last_priority)
        g_assert_cmpuint (mill_item_get_id (item), >, last_id);
      last_priority = mill_item_get_priority (item);
      last_id = mill_item_get_id (item);
    }
}

/* A full priority queue: who waits for room enters and then goes by priority. */
static gpointer
put_urgent (gpointer data)
{
  g_autoptr (MillItem) item = item_new (9, -1, 0);

  g_assert_true (mill_queue_put (data, item, NULL, NULL));
  return NULL;
}

static void
test_bounded_priority (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new_with_order (2, MILL_QUEUE_ORDER_PRIORITY);
  GThread *thread;

  put (queue, 1, 5, 0);
  put (queue, 2, 5, 0);
  thread = g_thread_new ("putter", put_urgent, queue);
  wait_for_putters (queue, 1);
  assert_get (queue, 1);
  g_thread_join (thread);
  assert_get (queue, 9);
  assert_get (queue, 2);
}

static void
test_removed_in_order (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new_with_order (0, MILL_QUEUE_ORDER_PRIORITY);
  g_autoptr (GPtrArray) removed = NULL;

  put (queue, 1, 3, 0);
  put (queue, 2, 1, 0);
  put (queue, 3, 2, 0);
  removed = mill_queue_shutdown (queue, TRUE);
  g_assert_cmpuint (removed->len, ==, 3);
  g_assert_cmpuint (mill_item_get_id (removed->pdata[0]), ==, 2);
  g_assert_cmpuint (mill_item_get_id (removed->pdata[1]), ==, 3);
  g_assert_cmpuint (mill_item_get_id (removed->pdata[2]), ==, 1);
}

/* What is queued is freed with the queue, in every order. */
static void
test_freed_with_items (void)
{
  for (guint order = 0; order <= MILL_QUEUE_ORDER_PRIORITY; order++)
    {
      MillQueue *queue = mill_queue_new_with_order (0, (MillQueueOrder) order);
      gpointer weak = queue;

      for (guint i = 0; i < 200; i++)
        put (queue, i, 0, 1);
      assert_get (queue, order == MILL_QUEUE_ORDER_LIFO ? 199 : 0);
      g_object_add_weak_pointer (G_OBJECT (queue), &weak);
      g_object_unref (queue);
      g_assert_null (weak);
    }
}

/* ---- the byte bound -------------------------------------------------------------------------------------
 */

static void
test_byte_bound (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (0);
  g_autoptr (MillItem) four = item_new (3, 0, 4);
  g_autoptr (GError) error = NULL;
  MillQueueStats stats;

  mill_queue_set_max_bytes (queue, 10);
  put (queue, 1, 0, 6);
  put (queue, 2, 0, 1);
  g_assert_false (mill_queue_try_put (queue, four, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_FULL);
  put (queue, 4, 0, 3);
  mill_queue_get_stats (queue, &stats);
  g_assert_cmpuint (stats.bytes, ==, 10);
  g_assert_cmpuint (stats.max_bytes, ==, 10);
  put (queue, 5, 0, 0);
  assert_get (queue, 1);
  g_assert_true (mill_queue_try_put (queue, four, NULL));
}

/* What is larger than the bound enters an empty queue only. */
static void
test_oversized (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (0);
  g_autoptr (MillItem) big = item_new (2, 0, 100);

  g_object_set (queue, "max-bytes", (guint64) 10, NULL);
  put (queue, 1, 0, 1);
  g_assert_false (mill_queue_try_put (queue, big, NULL));
  assert_get (queue, 1);
  g_assert_true (mill_queue_try_put (queue, big, NULL));
  g_assert_false (mill_queue_try_put (queue, big, NULL));
  assert_get (queue, 2);
}

typedef struct
{
  MillQueue *queue; /* (unowned) */
  MillItem *item;   /* (unowned) */
} PutCall;

static gpointer
put_call (gpointer data)
{
  PutCall *call = data;

  g_assert_true (mill_queue_put (call->queue, call->item, NULL, NULL));
  return NULL;
}

/* A small item does not slip past a large one that waits for room, and a higher bound lets both in. */
static void
test_no_overtaking (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (0);
  g_autoptr (MillItem) large = item_new (2, 0, 8), small = item_new (3, 0, 1);
  PutCall call = { queue, large };
  GThread *thread;

  mill_queue_set_max_bytes (queue, 10);
  put (queue, 1, 0, 5);
  thread = g_thread_new ("putter", put_call, &call);
  wait_for_putters (queue, 1);
  g_assert_false (mill_queue_try_put (queue, small, NULL));
  mill_queue_set_max_bytes (queue, 0);
  g_thread_join (thread);
  g_assert_true (mill_queue_try_put (queue, small, NULL));
  for (guint i = 1; i <= 3; i++)
    assert_get (queue, i);
}

/* ---- batches --------------------------------------------------------------------------------------------
 */

static void
test_many (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (0);
  guint got = 0;

  for (guint n = 0; n < 300; n += 100)
    {
      g_autoptr (GPtrArray) batch = batch_new (n, 100);

      g_assert_cmpuint (mill_queue_put_many (queue, batch, NULL, NULL), ==, 100);
    }
  while (got < 300)
    {
      g_autoptr (GPtrArray) batch = mill_queue_get_many (queue, 64, NULL, NULL);

      g_assert_cmpuint (batch->len, ==, MIN (64, 300 - got));
      for (guint i = 0; i < batch->len; i++)
        g_assert_cmpuint (mill_item_get_id (batch->pdata[i]), ==, got + i);
      got += batch->len;
    }
  g_assert_false (mill_queue_tasks_done (queue, 301, NULL));
  g_assert_true (mill_queue_tasks_done (queue, 299, NULL));
  g_assert_false (mill_queue_tasks_done (queue, 2, NULL));
  g_assert_true (mill_queue_task_done (queue, NULL));
  g_assert_true (mill_queue_join (queue, NULL, NULL));
}

typedef struct
{
  MillQueue *queue;          /* (unowned) */
  GCancellable *cancellable; /* (owned) */
  GPtrArray *batch;          /* (owned) */
  guint n_put;
  GError *error; /* (owned) (nullable) */
} ManyCall;

static gpointer
put_many_call (gpointer data)
{
  ManyCall *call = data;

  call->n_put = mill_queue_put_many (call->queue, call->batch, call->cancellable, &call->error);
  return NULL;
}

static void
many_call_clear (ManyCall *call)
{
  g_clear_pointer (&call->batch, g_ptr_array_unref);
  g_clear_object (&call->cancellable);
  g_clear_error (&call->error);
}

/* A batch enters as room allows; what came in stays in, and the call says how much. */
static void
test_many_cancelled (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (10);
  ManyCall call = { queue, g_cancellable_new (), batch_new (0, 25), 0, NULL };
  GThread *thread = g_thread_new ("putter", put_many_call, &call);

  wait_for_putters (queue, 1);
  g_assert_cmpuint (mill_queue_get_depth (queue), ==, 10);
  for (guint i = 0; i < 5; i++)
    assert_get (queue, i);
  do
    wait_for_putters (queue, 1);
  while (mill_queue_get_depth (queue) < 10);
  g_cancellable_cancel (call.cancellable);
  g_thread_join (thread);
  g_assert_cmpuint (call.n_put, ==, 15);
  g_assert_error (call.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  for (guint i = 5; i < 15; i++)
    assert_get (queue, i);
  g_assert_cmpuint (mill_queue_get_depth (queue), ==, 0);
  many_call_clear (&call);
}

static void
test_many_shut_down (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (10);
  ManyCall call = { queue, g_cancellable_new (), batch_new (0, 25), 0, NULL };
  GThread *thread = g_thread_new ("putter", put_many_call, &call);
  g_autoptr (GPtrArray) removed = NULL, none = NULL;
  g_autoptr (GError) error = NULL;

  wait_for_putters (queue, 1);
  removed = mill_queue_shutdown (queue, TRUE);
  g_thread_join (thread);
  g_assert_cmpuint (call.n_put, ==, 10);
  g_assert_cmpuint (removed->len, ==, 10);
  g_assert_error (call.error, MILL_ERROR, MILL_ERROR_SHUT_DOWN);
  none = mill_queue_get_many (queue, 5, NULL, &error);
  g_assert_null (none);
  g_assert_error (error, MILL_ERROR, MILL_ERROR_SHUT_DOWN);
  many_call_clear (&call);
}

/* After a gentle shutdown batches go on to the end. */
static void
test_many_after_shutdown (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (0);
  g_autoptr (GPtrArray) batch = batch_new (0, 100), got = NULL;

  mill_queue_put_many (queue, batch, NULL, NULL);
  g_ptr_array_unref (mill_queue_shutdown (queue, FALSE));
  got = mill_queue_get_many (queue, 1000, NULL, NULL);
  g_assert_cmpuint (got->len, ==, 100);
}

/* ---- batches of tasks -----------------------------------------------------------------------------------
 */

/* An asynchronous batch, and what came of it. */
typedef struct
{
  gboolean done;
  guint n_put;
  GPtrArray *items; /* (owned) (nullable) */
  GError *error;    /* (owned) (nullable) */
} ManyTask;

static void
many_task_clear (ManyTask *task)
{
  g_clear_pointer (&task->items, g_ptr_array_unref);
  g_clear_error (&task->error);
  *task = (ManyTask){ FALSE };
}

static void
put_many_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  ManyTask *task = user_data;

  g_assert_false (task->done);
  task->n_put = mill_queue_put_many_finish (MILL_QUEUE (object), result, &task->error);
  task->done = TRUE;
}

static void
get_many_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  ManyTask *task = user_data;

  g_assert_false (task->done);
  task->items = mill_queue_get_many_finish (MILL_QUEUE (object), result, &task->error);
  g_assert_true ((task->items == NULL) == (task->error != NULL));
  task->done = TRUE;
}

static void
wait_done (const ManyTask *task)
{
  while (!task->done)
    g_main_context_iteration (NULL, TRUE);
}

/* Lets everything that is ready run. */
static void
turn_over (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
assert_ids (GPtrArray *items, guint first, guint n)
{
  g_assert_cmpuint (items->len, ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (mill_item_get_id (items->pdata[i]), ==, first + i);
}

/* What finds room goes in at once; the rest, as others take; and nobody comes between. */
static void
test_put_many_async (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (10);
  g_autoptr (GPtrArray) batch = batch_new (0, 25), next = batch_new (25, 2);
  g_autoptr (MillItem) intruder = item_new (99, 0, 0);
  ManyTask first = { FALSE }, second = { FALSE };

  mill_queue_put_many_async (queue, batch, NULL, put_many_cb, &first);
  mill_queue_put_many_async (queue, next, NULL, put_many_cb, &second);
  /* The queue has references of its own. */
  g_clear_pointer (&batch, g_ptr_array_unref);
  for (guint i = 0; i < 14; i++)
    {
      turn_over ();
      g_assert_false (first.done);
      g_assert_cmpuint (mill_queue_get_depth (queue), ==, 10);
      g_assert_false (mill_queue_try_put (queue, intruder, NULL));
      assert_get (queue, i);
    }
  assert_get (queue, 14);
  wait_done (&first);
  g_assert_no_error (first.error);
  g_assert_cmpuint (first.n_put, ==, 25);
  for (guint i = 15; i < 27; i++)
    assert_get (queue, i);
  wait_done (&second);
  g_assert_cmpuint (second.n_put, ==, 2);
}

/* An empty batch and one with room for all of it do not wait. */
static void
test_put_many_async_at_once (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (3);
  g_autoptr (GPtrArray) none = batch_new (0, 0), batch = batch_new (0, 3);
  ManyTask task = { FALSE };

  mill_queue_put_many_async (queue, none, NULL, put_many_cb, &task);
  wait_done (&task);
  g_assert_no_error (task.error);
  g_assert_cmpuint (task.n_put, ==, 0);
  many_task_clear (&task);
  mill_queue_put_many_async (queue, batch, NULL, put_many_cb, &task);
  g_assert_cmpuint (mill_queue_get_depth (queue), ==, 3);
  wait_done (&task);
  g_assert_cmpuint (task.n_put, ==, 3);
}

static void
test_put_many_async_cancelled (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (4);
  g_autoptr (GPtrArray) batch = batch_new (0, 9);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  ManyTask task = { FALSE };

  mill_queue_put_many_async (queue, batch, cancellable, put_many_cb, &task);
  assert_get (queue, 0);
  g_cancellable_cancel (cancellable);
  wait_done (&task);
  g_assert_error (task.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (task.n_put, ==, 5);
  for (guint i = 1; i < 5; i++)
    assert_get (queue, i);
  g_assert_cmpuint (mill_queue_get_depth (queue), ==, 0);
  many_task_clear (&task);

  mill_queue_put_many_async (queue, batch, cancellable, put_many_cb, &task);
  wait_done (&task);
  g_assert_error (task.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (task.n_put, ==, 0);
  many_task_clear (&task);
}

static void
test_put_many_async_shut_down (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (4);
  g_autoptr (GPtrArray) batch = batch_new (0, 9), removed = NULL;
  ManyTask task = { FALSE };

  mill_queue_put_many_async (queue, batch, NULL, put_many_cb, &task);
  removed = mill_queue_shutdown (queue, TRUE);
  wait_done (&task);
  g_assert_error (task.error, MILL_ERROR, MILL_ERROR_SHUT_DOWN);
  g_assert_cmpuint (task.n_put, ==, 4);
  assert_ids (removed, 0, 4);
  many_task_clear (&task);

  mill_queue_put_many_async (queue, batch, NULL, put_many_cb, &task);
  wait_done (&task);
  g_assert_error (task.error, MILL_ERROR, MILL_ERROR_SHUT_DOWN);
  g_assert_cmpuint (task.n_put, ==, 0);
  many_task_clear (&task);
}

/* The byte bound holds within a batch as well. */
static void
test_put_many_async_bytes (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (0);
  g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify) mill_item_unref);
  ManyTask task = { FALSE };

  mill_queue_set_max_bytes (queue, 100);
  for (guint i = 0; i < 5; i++)
    g_ptr_array_add (batch, item_new (i, 0, 40));
  mill_queue_put_many_async (queue, batch, NULL, put_many_cb, &task);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpuint (mill_queue_get_depth (queue), ==, 2);
      assert_get (queue, i);
    }
  wait_done (&task);
  g_assert_cmpuint (task.n_put, ==, 5);
}

static void
test_get_many_async (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (0);
  g_autoptr (GPtrArray) batch = batch_new (0, 10);
  ManyTask first = { FALSE }, second = { FALSE }, third = { FALSE };

  mill_queue_get_many_async (queue, 6, NULL, get_many_cb, &first);
  mill_queue_get_many_async (queue, 6, NULL, get_many_cb, &second);
  turn_over ();
  g_assert_false (first.done);
  mill_queue_put_many_async (queue, batch, NULL, put_many_cb, &third);
  wait_done (&first);
  wait_done (&second);
  wait_done (&third);
  g_assert_cmpuint (third.n_put, ==, 10);
  assert_ids (first.items, 0, 6);
  assert_ids (second.items, 6, 4);
  many_task_clear (&first);
  many_task_clear (&second);
  many_task_clear (&third);

  mill_queue_put_many (queue, batch, NULL, NULL);
  mill_queue_get_many_async (queue, 1000, NULL, get_many_cb, &third);
  g_assert_cmpuint (mill_queue_get_depth (queue), ==, 0);
  wait_done (&third);
  assert_ids (third.items, 0, 10);
  many_task_clear (&third);
}

static void
test_get_many_async_cancelled (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (0);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  ManyTask task = { FALSE };

  mill_queue_get_many_async (queue, 6, cancellable, get_many_cb, &task);
  g_cancellable_cancel (cancellable);
  wait_done (&task);
  g_assert_error (task.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  put (queue, 1, 0, 0);
  g_assert_cmpuint (mill_queue_get_depth (queue), ==, 1);
  many_task_clear (&task);
}

static void
test_get_many_async_shut_down (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (0);
  ManyTask waiting = { FALSE }, rest = { FALSE }, late = { FALSE };

  mill_queue_get_many_async (queue, 6, NULL, get_many_cb, &waiting);
  put (queue, 1, 0, 0);
  put (queue, 2, 0, 0);
  g_ptr_array_unref (mill_queue_shutdown (queue, FALSE));
  mill_queue_get_many_async (queue, 6, NULL, get_many_cb, &rest);
  mill_queue_get_many_async (queue, 6, NULL, get_many_cb, &late);
  wait_done (&waiting);
  wait_done (&rest);
  wait_done (&late);
  assert_ids (waiting.items, 1, 1);
  assert_ids (rest.items, 2, 1);
  g_assert_error (late.error, MILL_ERROR, MILL_ERROR_SHUT_DOWN);
  many_task_clear (&waiting);
  many_task_clear (&rest);
  many_task_clear (&late);
}

/* ---- deadlines ------------------------------------------------------------------------------------------
 */

static void
assert_invalid (gboolean failed, GError **error)
{
  g_assert_true (failed);
  g_assert_error (*error, MILL_ERROR, MILL_ERROR_INVALID);
  g_clear_error (error);
}

/* As CPython's ValueError for a negative timeout: even where there would be no wait. */
static void
test_negative_deadline (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (0);
  g_autoptr (MillItem) item = item_new (2, 0, 0);
  g_autoptr (GError) error = NULL;

  put (queue, 1, 0, 0);
  assert_invalid (!mill_queue_put_until (queue, item, -1, NULL, &error), &error);
  assert_invalid (mill_queue_get_until (queue, -1, NULL, &error) == NULL, &error);
  assert_invalid (mill_queue_get_many_until (queue, 5, G_MININT64, NULL, &error) == NULL, &error);
  assert_invalid (!mill_queue_join_until (queue, -1, NULL, &error), &error);
  g_assert_cmpuint (mill_queue_get_depth (queue), ==, 1);
}

static void
test_passed_deadline (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (1);
  g_autoptr (MillItem) item = item_new (2, 0, 0);
  g_autoptr (GPtrArray) batch = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (mill_queue_get_many_until (queue, 5, 0, NULL, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_TIMED_OUT);
  put (queue, 1, 0, 0);
  batch = mill_queue_get_many_until (queue, 5, 0, NULL, NULL);
  g_assert_cmpuint (batch->len, ==, 1);
  g_assert_true (mill_queue_put_until (queue, item, 0, NULL, NULL));
  g_assert_false (mill_queue_put_until (queue, item, 0, NULL, NULL));
}

/* ---- the end, and what is counted -----------------------------------------------------------------------
 */

static void
test_join_after_shutdown (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (0);
  g_autoptr (GError) error = NULL;

  put (queue, 1, 0, 0);
  put (queue, 2, 0, 0);
  assert_get (queue, 1);
  g_ptr_array_unref (mill_queue_shutdown (queue, TRUE));
  g_assert_false (mill_queue_join_until (queue, 0, NULL, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_TIMED_OUT);
  g_assert_true (mill_queue_task_done (queue, NULL));
  g_assert_true (mill_queue_join_until (queue, 0, NULL, NULL));
  g_assert_false (mill_queue_task_done (queue, NULL));
}

/* One that never took the item reports it; removing it then must not count it again, as in CPython. */
static void
test_removed_after_reported (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (0);
  g_autoptr (GError) error = NULL;
  MillQueueStats stats;

  put (queue, 1, 0, 0);
  put (queue, 2, 0, 0);
  g_assert_true (mill_queue_task_done (queue, NULL));
  g_ptr_array_unref (mill_queue_shutdown (queue, TRUE));
  mill_queue_get_stats (queue, &stats);
  g_assert_cmpuint (stats.unfinished, ==, 0);
  mill_queue_join_until (queue, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (mill_queue_task_done (queue, NULL));
}

/* Counted always, timed when asked; slowly enough, each one. */
static void
test_statistics (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (0);
  g_autoptr (MillHistogram) before = NULL, after = NULL, off = NULL;
  MillQueueStats stats;

  put (queue, 1, 0, 0);
  assert_get (queue, 1);
  before = mill_queue_get_waits (queue);
  g_assert_cmpuint (mill_histogram_get_count (before), ==, 1);
  for (guint i = 0; i < 1000; i++)
    {
      gint64 start = g_get_monotonic_time ();

      while (g_get_monotonic_time () - start < 5)
        ;
      put (queue, i, 0, 0);
      assert_get (queue, i);
    }
  after = mill_queue_get_waits (queue);
  /* At 0.2 million a second each item is timed; a stall of this thread does not change that. */
  g_assert_cmpuint (mill_histogram_get_count (after), >=, 1001 - 32);
  mill_queue_set_statistics (queue, FALSE);
  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (MillItem) item = NULL;

      put (queue, i, 0, 0);
      item = mill_queue_get (queue, NULL, NULL);
      g_assert_cmpint (mill_item_get_enqueued (item), ==, 0);
    }
  off = mill_queue_get_waits (queue);
  g_assert_cmpuint (mill_histogram_get_count (off), ==, mill_histogram_get_count (after));
  mill_queue_get_stats (queue, &stats);
  g_assert_cmpuint (stats.puts, ==, 1101);
  g_assert_cmpuint (stats.gets, ==, 1101);
}

/* The high-water mark is a depth that was there. */
static void
test_high_water (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (0);
  MillQueueStats stats;

  for (guint round = 1; round <= 200; round++)
    {
      for (guint i = 0; i < 3; i++)
        put (queue, i, 0, 0);
      for (guint i = 0; i < 3; i++)
        assert_get (queue, i);
    }
  mill_queue_get_stats (queue, &stats);
  g_assert_cmpuint (stats.high_water, ==, 3);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/queue/rules/lifo", test_lifo);
  g_test_add_func ("/queue/rules/priority", test_priority);
  g_test_add_func ("/queue/rules/bounded-priority", test_bounded_priority);
  g_test_add_func ("/queue/rules/removed-in-order", test_removed_in_order);
  g_test_add_func ("/queue/rules/freed-with-items", test_freed_with_items);
  g_test_add_func ("/queue/rules/byte-bound", test_byte_bound);
  g_test_add_func ("/queue/rules/oversized", test_oversized);
  g_test_add_func ("/queue/rules/no-overtaking", test_no_overtaking);
  g_test_add_func ("/queue/rules/many", test_many);
  g_test_add_func ("/queue/rules/many-cancelled", test_many_cancelled);
  g_test_add_func ("/queue/rules/many-shut-down", test_many_shut_down);
  g_test_add_func ("/queue/rules/many-after-shutdown", test_many_after_shutdown);
  g_test_add_func ("/queue/rules/put-many-async", test_put_many_async);
  g_test_add_func ("/queue/rules/put-many-async-at-once", test_put_many_async_at_once);
  g_test_add_func ("/queue/rules/put-many-async-cancelled", test_put_many_async_cancelled);
  g_test_add_func ("/queue/rules/put-many-async-shut-down", test_put_many_async_shut_down);
  g_test_add_func ("/queue/rules/put-many-async-bytes", test_put_many_async_bytes);
  g_test_add_func ("/queue/rules/get-many-async", test_get_many_async);
  g_test_add_func ("/queue/rules/get-many-async-cancelled", test_get_many_async_cancelled);
  g_test_add_func ("/queue/rules/get-many-async-shut-down", test_get_many_async_shut_down);
  g_test_add_func ("/queue/rules/negative-deadline", test_negative_deadline);
  g_test_add_func ("/queue/rules/passed-deadline", test_passed_deadline);
  g_test_add_func ("/queue/rules/join-after-shutdown", test_join_after_shutdown);
  g_test_add_func ("/queue/rules/removed-after-reported", test_removed_after_reported);
  g_test_add_func ("/queue/rules/statistics", test_statistics);
  g_test_add_func ("/queue/rules/high-water", test_high_water);

  return g_test_run ();
}
