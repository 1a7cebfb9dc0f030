/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillQueue's contract (engine/core/mill-queue.h), sentence by sentence, for both worlds. */

#include "config.h"

#include <locale.h>

#include "core/mill-error.h"
#include "core/mill-queue.h"

#define SECOND G_USEC_PER_SEC

/* A blocking call made on another thread, and what came of it. */
typedef struct
{
  MillQueue *queue;          /* (unowned) */
  MillItem *item;            /* (owned) (nullable) to be put, or what was got */
  GCancellable *cancellable; /* (owned) */
  GError *error;             /* (owned) (nullable) */
  gboolean ok;
  GThread *thread; /* (owned) */
} Call;

/* An asynchronous call, and what came of it. */
typedef struct
{
  MillItem *item; /* (owned) (nullable) */
  GError *error;  /* (owned) (nullable) */
  gboolean ok;
  gboolean returned;
  GPtrArray *order; /* (unowned) (nullable) where got items are noted as they arrive */
} Pending;

static MillItem *
item_new (guint64 id)
{
  return mill_item_new (id, NULL);
}

static void
put_id (MillQueue *queue, guint64 id)
{
  g_autoptr (MillItem) item = item_new (id);
  g_autoptr (GError) error = NULL;

  mill_queue_put (queue, item, NULL, &error);
  g_assert_no_error (error);
}

static void
assert_get_id (MillQueue *queue, guint64 id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillItem) item = mill_queue_try_get (queue, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (mill_item_get_id (item), ==, id);
}

static gpointer
put_thread (gpointer data)
{
  Call *call = data;

  call->ok = mill_queue_put (call->queue, call->item, call->cancellable, &call->error);
  return NULL;
}

static gpointer
get_thread (gpointer data)
{
  Call *call = data;

  call->item = mill_queue_get (call->queue, call->cancellable, &call->error);
  call->ok = call->item != NULL;
  return NULL;
}

static gpointer
join_thread (gpointer data)
{
  Call *call = data;

  call->ok = mill_queue_join (call->queue, call->cancellable, &call->error);
  return NULL;
}

static Call *
call_new (MillQueue *queue, GThreadFunc func, MillItem *item)
{
  Call *call = g_new0 (Call, 1);

  call->queue = queue;
  call->item = item;
  call->cancellable = g_cancellable_new ();
  call->thread = g_thread_new ("call", func, call);
  return call;
}

static void
call_wait (Call *call)
{
  g_thread_join (g_steal_pointer (&call->thread));
}

static void
call_free (Call *call)
{
  g_clear_pointer (&call->item, mill_item_unref);
  g_clear_error (&call->error);
  g_object_unref (call->cancellable);
  g_free (call);
}

/* Waits until so many producers and consumers are parked. */
static void
wait_for_waiters (MillQueue *queue, guint putters, guint getters)
{
  MillQueueStats stats;

  do
    {
      g_thread_yield ();
      mill_queue_get_stats (queue, &stats);
    }
  while (stats.putters != putters || stats.getters != getters);
}

static void
get_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Pending *pending = user_data;

  pending->item = mill_queue_get_finish (MILL_QUEUE (object), result, &pending->error);
  pending->ok = pending->item != NULL;
  pending->returned = TRUE;
  if (pending->ok && pending->order != NULL)
    g_ptr_array_add (pending->order, pending);
}

static void
put_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Pending *pending = user_data;

  pending->ok = mill_queue_put_finish (MILL_QUEUE (object), result, &pending->error);
  pending->returned = TRUE;
}

static void
join_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Pending *pending = user_data;

  pending->ok = mill_queue_join_finish (MILL_QUEUE (object), result, &pending->error);
  pending->returned = TRUE;
}

static void
pending_wait (Pending *pending)
{
  while (!pending->returned)
    g_main_context_iteration (NULL, TRUE);
}

static void
pending_clear (Pending *pending)
{
  g_clear_pointer (&pending->item, mill_item_unref);
  g_clear_error (&pending->error);
}

static void
settle_main_context (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_order (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (0);

  for (guint i = 0; i < 1000; i++)
    put_id (queue, i);
  g_assert_cmpuint (mill_queue_get_depth (queue), ==, 1000);
  for (guint i = 0; i < 1000; i++)
    assert_get_id (queue, i);
}

static void
test_try (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (1);
  g_autoptr (MillItem) item = item_new (1);
  g_autoptr (GError) error = NULL;

  g_assert_null (mill_queue_try_get (queue, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_EMPTY);
  g_clear_error (&error);
  g_assert_true (mill_queue_try_put (queue, item, NULL));
  g_assert_false (mill_queue_try_put (queue, item, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_FULL);
  g_assert_cmpuint (mill_queue_get_depth (queue), ==, 1);
}

static void
test_deadline (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (1);
  g_autoptr (MillItem) item = item_new (1);
  g_autoptr (GError) error = NULL;
  gint64 past = g_get_monotonic_time () - SECOND;
  gint64 soon = g_get_monotonic_time () + SECOND / 50;

  g_assert_null (mill_queue_get_until (queue, past, NULL, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_TIMED_OUT);
  g_clear_error (&error);
  g_assert_null (mill_queue_get_until (queue, soon, NULL, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_TIMED_OUT);
  g_assert_cmpint (g_get_monotonic_time (), >=, soon);
  g_clear_error (&error);

  g_assert_true (mill_queue_put_until (queue, item, past, NULL, NULL));
  g_assert_false (mill_queue_put_until (queue, item, past, NULL, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_TIMED_OUT);
  g_assert_cmpuint (mill_queue_get_depth (queue), ==, 1);
  g_clear_error (&error);
  g_assert_false (mill_queue_join_until (queue, past, NULL, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_TIMED_OUT);
}

static void
test_put_blocks_until_room (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (1);
  MillQueueStats stats;
  gint64 seen;
  Call *call;

  put_id (queue, 1);
  call = call_new (queue, put_thread, item_new (2));
  wait_for_waiters (queue, 1, 0);
  /* Blocked for a microsecond at the least. */
  seen = g_get_monotonic_time ();
  while (g_get_monotonic_time () == seen)
    ;
  g_assert_cmpuint (mill_queue_get_depth (queue), ==, 1);
  assert_get_id (queue, 1);
  call_wait (call);
  g_assert_true (call->ok);
  assert_get_id (queue, 2);
  mill_queue_get_stats (queue, &stats);
  g_assert_cmpint (stats.put_blocked_us, >, 0);
  g_assert_cmpuint (stats.high_water, ==, 1);
  call_free (call);
}

static void
test_get_blocks_until_item (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (0);
  Call *call = call_new (queue, get_thread, NULL);

  wait_for_waiters (queue, 0, 1);
  put_id (queue, 7);
  call_wait (call);
  g_assert_cmpuint (mill_item_get_id (call->item), ==, 7);
  call_free (call);
}

static void
test_async_put_waits_until_room (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (1);
  g_autoptr (MillItem) item = item_new (2);
  Pending pending = { 0 };

  put_id (queue, 1);
  mill_queue_put_async (queue, item, NULL, put_cb, &pending);
  settle_main_context ();
  g_assert_false (pending.returned);
  assert_get_id (queue, 1);
  pending_wait (&pending);
  g_assert_true (pending.ok);
  assert_get_id (queue, 2);
}

static void
test_async_get_waits_until_item (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (0);
  Pending pending = { 0 };

  mill_queue_get_async (queue, NULL, get_cb, &pending);
  settle_main_context ();
  g_assert_false (pending.returned);
  put_id (queue, 9);
  pending_wait (&pending);
  g_assert_cmpuint (mill_item_get_id (pending.item), ==, 9);
  pending_clear (&pending);
}

/* Waiters are served in the order in which they came, whichever world they are of. */
static void
test_waiters_are_fifo (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (0);
  g_autoptr (GPtrArray) order = g_ptr_array_new ();
  Pending first = { .order = order }, third = { .order = order };
  Call *second;

  mill_queue_get_async (queue, NULL, get_cb, &first);
  second = call_new (queue, get_thread, NULL);
  wait_for_waiters (queue, 0, 2);
  mill_queue_get_async (queue, NULL, get_cb, &third);

  put_id (queue, 1);
  put_id (queue, 2);
  call_wait (second);
  put_id (queue, 3);
  pending_wait (&third);
  g_assert_cmpuint (mill_item_get_id (first.item), ==, 1);
  g_assert_cmpuint (mill_item_get_id (second->item), ==, 2);
  g_assert_cmpuint (mill_item_get_id (third.item), ==, 3);
  g_assert_true (order->pdata[0] == &first);
  call_free (second);
  pending_clear (&first);
  pending_clear (&third);
}

static void
test_putters_are_fifo (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (1);
  g_autoptr (MillItem) third = item_new (3);
  Pending pending = { 0 };
  Call *second;

  put_id (queue, 1);
  second = call_new (queue, put_thread, item_new (2));
  wait_for_waiters (queue, 1, 0);
  mill_queue_put_async (queue, third, NULL, put_cb, &pending);
  for (guint i = 1; i <= 3; i++)
    {
      g_autoptr (MillItem) item = mill_queue_get (queue, NULL, NULL);

      g_assert_cmpuint (mill_item_get_id (item), ==, i);
    }
  call_wait (second);
  pending_wait (&pending);
  call_free (second);
}

static void
test_task_done_and_join (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (0);
  g_autoptr (GError) error = NULL;
  Pending pending = { 0 };
  Call *call;

  g_assert_true (mill_queue_join (queue, NULL, NULL));
  put_id (queue, 1);
  put_id (queue, 2);
  call = call_new (queue, join_thread, NULL);
  mill_queue_join_async (queue, NULL, join_cb, &pending);
  assert_get_id (queue, 1);
  assert_get_id (queue, 2);
  g_assert_true (mill_queue_task_done (queue, NULL));
  settle_main_context ();
  g_assert_false (pending.returned);
  g_assert_true (mill_queue_task_done (queue, NULL));
  pending_wait (&pending);
  call_wait (call);
  g_assert_true (call->ok);
  g_assert_true (pending.ok);
  g_assert_false (mill_queue_task_done (queue, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_SURPLUS_DONE);
  call_free (call);
}

static void
test_gentle_shutdown (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (2);
  g_autoptr (GPtrArray) removed = NULL;
  g_autoptr (MillItem) item = item_new (9);
  g_autoptr (GError) error = NULL;
  Call *putter;

  put_id (queue, 1);
  put_id (queue, 2);
  putter = call_new (queue, put_thread, item_new (3));
  wait_for_waiters (queue, 1, 0);
  removed = mill_queue_shutdown (queue, FALSE);
  g_assert_cmpuint (removed->len, ==, 0);
  call_wait (putter);
  g_assert_error (putter->error, MILL_ERROR, MILL_ERROR_SHUT_DOWN);
  g_assert_false (mill_queue_put (queue, item, NULL, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_SHUT_DOWN);
  g_clear_error (&error);
  assert_get_id (queue, 1);
  assert_get_id (queue, 2);
  g_assert_null (mill_queue_get (queue, NULL, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_SHUT_DOWN);
  call_free (putter);
}

static void
test_shutdown_ends_waiting_getters (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (0);
  Pending pending = { 0 };
  Call *call = call_new (queue, get_thread, NULL);

  wait_for_waiters (queue, 0, 1);
  mill_queue_get_async (queue, NULL, get_cb, &pending);
  g_ptr_array_unref (mill_queue_shutdown (queue, FALSE));
  call_wait (call);
  pending_wait (&pending);
  g_assert_error (call->error, MILL_ERROR, MILL_ERROR_SHUT_DOWN);
  g_assert_error (pending.error, MILL_ERROR, MILL_ERROR_SHUT_DOWN);
  call_free (call);
  pending_clear (&pending);
}

static void
test_immediate_shutdown (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (3);
  g_autoptr (GPtrArray) removed = NULL;
  g_autoptr (MillItem) refused = item_new (4);
  g_autoptr (GError) error = NULL;
  Pending join = { 0 }, putter = { 0 };

  for (guint i = 1; i <= 3; i++)
    put_id (queue, i);
  assert_get_id (queue, 1);
  put_id (queue, 5);
  mill_queue_put_async (queue, refused, NULL, put_cb, &putter);
  mill_queue_join_async (queue, NULL, join_cb, &join);
  removed = mill_queue_shutdown (queue, TRUE);
  g_assert_cmpuint (removed->len, ==, 3);
  g_assert_cmpuint (mill_item_get_id (removed->pdata[0]), ==, 2);
  g_assert_cmpuint (mill_item_get_id (removed->pdata[2]), ==, 5);
  pending_wait (&putter);
  g_assert_error (putter.error, MILL_ERROR, MILL_ERROR_SHUT_DOWN);
  g_assert_null (mill_queue_get (queue, NULL, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_SHUT_DOWN);
  /* One is in a consumer's hands still. */
  settle_main_context ();
  g_assert_false (join.returned);
  mill_queue_task_done (queue, NULL);
  pending_wait (&join);
  g_assert_true (join.ok);
  pending_clear (&putter);
}

static void
test_growing_lets_putters_in (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (1);
  g_autoptr (MillItem) third = item_new (3);
  Pending pending = { 0 };
  Call *call;

  put_id (queue, 1);
  call = call_new (queue, put_thread, item_new (2));
  wait_for_waiters (queue, 1, 0);
  mill_queue_put_async (queue, third, NULL, put_cb, &pending);
  mill_queue_set_maxsize (queue, 3);
  call_wait (call);
  pending_wait (&pending);
  g_assert_cmpuint (mill_queue_get_depth (queue), ==, 3);
  call_free (call);
}

static void
test_shrinking_evicts_nothing (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (0);
  g_autoptr (MillItem) item = item_new (11);
  Pending pending = { 0 };

  for (guint i = 1; i <= 10; i++)
    put_id (queue, i);
  mill_queue_set_maxsize (queue, 3);
  g_assert_cmpuint (mill_queue_get_depth (queue), ==, 10);
  mill_queue_put_async (queue, item, NULL, put_cb, &pending);
  for (guint i = 1; i <= 7; i++)
    {
      assert_get_id (queue, i);
      settle_main_context ();
      g_assert_false (pending.returned);
    }
  assert_get_id (queue, 8);
  pending_wait (&pending);
  g_assert_cmpuint (mill_queue_get_depth (queue), ==, 3);
}

static void
test_cancelled_put_has_no_effect (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (MillItem) third = item_new (3);
  Pending pending = { 0 };
  Call *call;

  put_id (queue, 1);
  call = call_new (queue, put_thread, item_new (2));
  wait_for_waiters (queue, 1, 0);
  mill_queue_put_async (queue, third, cancellable, put_cb, &pending);
  g_cancellable_cancel (call->cancellable);
  g_cancellable_cancel (cancellable);
  call_wait (call);
  pending_wait (&pending);
  g_assert_error (call->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_error (pending.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_get_id (queue, 1);
  g_assert_cmpuint (mill_queue_get_depth (queue), ==, 0);
  call_free (call);
  pending_clear (&pending);
}

static void
test_cancelled_before_the_call (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (0);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Pending pending = { 0 };

  put_id (queue, 1);
  g_cancellable_cancel (cancellable);
  g_assert_null (mill_queue_get (queue, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  mill_queue_get_async (queue, cancellable, get_cb, &pending);
  pending_wait (&pending);
  g_assert_error (pending.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (mill_queue_get_depth (queue), ==, 1);
  pending_clear (&pending);
}

/* A task that was handed its item and is cancelled before it hears of it gets the item all the same. */
static void
test_handed_item_survives_cancel (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (0);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Pending pending = { 0 };

  mill_queue_get_async (queue, cancellable, get_cb, &pending);
  put_id (queue, 1);
  g_cancellable_cancel (cancellable);
  pending_wait (&pending);
  g_assert_true (pending.ok);
  pending_clear (&pending);
}

/* Cancelling waiters at the moment they are woken loses no item: whoever remains gets it. */
static void
test_cancel_passes_wake_up_on (void)
{
  for (guint round = 0; round < 300; round++)
    {
      g_autoptr (MillQueue) queue = mill_queue_new (0);
      Call *first = call_new (queue, get_thread, NULL);
      Call *second;

      wait_for_waiters (queue, 0, 1);
      second = call_new (queue, get_thread, NULL);
      wait_for_waiters (queue, 0, 2);
      put_id (queue, 1);
      g_cancellable_cancel (first->cancellable);
      call_wait (first);
      if (first->ok)
        put_id (queue, 2);
      call_wait (second); /* hangs if the wake-up was lost */
      g_assert_true (second->ok);
      if (!first->ok)
        g_assert_error (first->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      call_free (first);
      call_free (second);
    }
}

#define N_PRODUCERS 3
#define N_CONSUMERS 3
#define N_TASKS     3
#define N_EACH      4000

typedef struct
{
  MillQueue *queue;
  guint8 seen[N_PRODUCERS * N_EACH]; /* (atomic by item: one consumer each) */
  gint by_threads;                   /* (atomic) */
  gint by_tasks;                     /* (atomic) */
} Stress;

typedef struct
{
  Stress *stress;
  guint first;
} Producer;

static gpointer
stress_produce (gpointer data)
{
  Producer *producer = data;

  for (guint i = 0; i < N_EACH; i++)
    put_id (producer->stress->queue, producer->first + i);
  return NULL;
}

static void
note (Stress *stress, MillItem *item, gint *counter)
{
  stress->seen[mill_item_get_id (item)]++;
  mill_item_unref (item);
  g_atomic_int_inc (counter);
  g_assert_true (mill_queue_task_done (stress->queue, NULL));
}

static gpointer
stress_consume (gpointer data)
{
  Stress *stress = data;
  MillItem *item;

  while ((item = mill_queue_get (stress->queue, NULL, NULL)) != NULL)
    note (stress, item, &stress->by_threads);
  return NULL;
}

static guint tasks_left; /* the main thread's */

static void
stress_got_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Stress *stress = user_data;
  MillItem *item = mill_queue_get_finish (MILL_QUEUE (object), result, NULL);

  if (item == NULL)
    {
      tasks_left--;
      return;
    }
  note (stress, item, &stress->by_tasks);
  mill_queue_get_async (stress->queue, NULL, stress_got_cb, stress);
}

static gpointer
stress_resize (gpointer data)
{
  Stress *stress = data;
  MillQueueStats stats;
  guint turn = 0;

  do
    {
      static const gint sizes[] = { 1, 7, 100, 3, 0, 16 };

      mill_queue_set_maxsize (stress->queue, sizes[turn++ % G_N_ELEMENTS (sizes)]);
      g_thread_yield ();
      mill_queue_get_stats (stress->queue, &stats);
    }
  while (stats.puts < N_PRODUCERS * N_EACH);
  return NULL;
}

/* Both worlds at once, while maxsize changes: every item arrives exactly once, and both worlds are served:
 * all of them wait before there is anything. */
static void
test_stress (void)
{
  g_autofree Stress *stress = g_new0 (Stress, 1);
  g_autoptr (MillQueue) queue = mill_queue_new (16);
  Producer producers[N_PRODUCERS];
  GThread *threads[N_PRODUCERS + N_CONSUMERS + 1];
  guint n = 0;

  stress->queue = queue;
  for (tasks_left = 0; tasks_left < N_TASKS; tasks_left++)
    mill_queue_get_async (queue, NULL, stress_got_cb, stress);
  for (guint i = 0; i < N_CONSUMERS; i++)
    threads[n++] = g_thread_new ("consumer", stress_consume, stress);
  wait_for_waiters (queue, 0, N_TASKS + N_CONSUMERS);
  for (guint i = 0; i < N_PRODUCERS; i++)
    {
      producers[i] = (Producer){ stress, i * N_EACH };
      threads[n++] = g_thread_new ("producer", stress_produce, &producers[i]);
    }
  threads[n++] = g_thread_new ("resizer", stress_resize, stress);

  while (g_atomic_int_get (&stress->by_threads) + g_atomic_int_get (&stress->by_tasks) < N_PRODUCERS * N_EACH)
    g_main_context_iteration (NULL, FALSE);
  g_assert_true (mill_queue_join (queue, NULL, NULL));
  g_ptr_array_unref (mill_queue_shutdown (queue, FALSE));
  for (guint i = 0; i < n; i++)
    g_thread_join (threads[i]);
  while (tasks_left > 0)
    g_main_context_iteration (NULL, TRUE);

  for (guint i = 0; i < N_PRODUCERS * N_EACH; i++)
    g_assert_cmpuint (stress->seen[i], ==, 1);
  g_assert_cmpint (stress->by_threads, >, 0);
  g_assert_cmpint (stress->by_tasks, >, 0);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/queue/order", test_order);
  g_test_add_func ("/queue/try", test_try);
  g_test_add_func ("/queue/deadline", test_deadline);
  g_test_add_func ("/queue/put-blocks-until-room", test_put_blocks_until_room);
  g_test_add_func ("/queue/get-blocks-until-item", test_get_blocks_until_item);
  g_test_add_func ("/queue/async-put-waits-until-room", test_async_put_waits_until_room);
  g_test_add_func ("/queue/async-get-waits-until-item", test_async_get_waits_until_item);
  g_test_add_func ("/queue/waiters-are-fifo", test_waiters_are_fifo);
  g_test_add_func ("/queue/putters-are-fifo", test_putters_are_fifo);
  g_test_add_func ("/queue/task-done-and-join", test_task_done_and_join);
  g_test_add_func ("/queue/gentle-shutdown", test_gentle_shutdown);
  g_test_add_func ("/queue/shutdown-ends-waiting-getters", test_shutdown_ends_waiting_getters);
  g_test_add_func ("/queue/immediate-shutdown", test_immediate_shutdown);
  g_test_add_func ("/queue/growing-lets-putters-in", test_growing_lets_putters_in);
  g_test_add_func ("/queue/shrinking-evicts-nothing", test_shrinking_evicts_nothing);
  g_test_add_func ("/queue/cancelled-put-has-no-effect", test_cancelled_put_has_no_effect);
  g_test_add_func ("/queue/cancelled-before-the-call", test_cancelled_before_the_call);
  g_test_add_func ("/queue/handed-item-survives-cancel", test_handed_item_survives_cancel);
  g_test_add_func ("/queue/cancel-passes-wake-up-on", test_cancel_passes_wake_up_on);
  g_test_add_func ("/queue/stress", test_stress);

  return g_test_run ();
}
