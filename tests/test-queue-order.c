/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order in which a queue's items leave, changed while the queue is in use. */

#include "config.h"

#include "core/mill-queue.h"
#include "mill-enum-types.h"

#define N_RACED 8000

static void
put (MillQueue *queue, guint64 id, gint priority)
{
  g_autoptr (MillItem) item = mill_item_new (id, NULL);

  mill_item_set_priority (item, priority);
  g_assert_true (mill_queue_put (queue, item, NULL, NULL));
}

static guint64
get (MillQueue *queue)
{
  g_autoptr (MillItem) item = mill_queue_try_get (queue, NULL);

  g_assert_nonnull (item);
  return mill_item_get_id (item);
}

/* What is queued, in the order of arrival, and what ought to be next. */
typedef struct
{
  guint64 id;
  gint priority;
} Expected;

static guint
find_next (const GArray *queued, MillQueueOrder order)
{
  guint next = 0;

  if (order == MILL_QUEUE_ORDER_LIFO)
    return queued->len - 1;
  for (guint i = 1; order == MILL_QUEUE_ORDER_PRIORITY && i < queued->len; i++)
    if (g_array_index (queued, Expected, i).priority < g_array_index (queued, Expected, next).priority)
      next = i;
  return next;
}

static void
get_expected (MillQueue *queue, GArray *queued, MillQueueOrder order)
{
  guint next = find_next (queued, order);

  g_assert_cmpuint (get (queue), ==, g_array_index (queued, Expected, next).id);
  g_array_remove_index (queued, next);
}

/* Whatever it is changed from, to, and how often: what is queued leaves as if it had been put into a queue of
 * the present order. */
static void
test_as_if (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (0);
  g_autoptr (GArray) queued = g_array_new (FALSE, FALSE, sizeof (Expected));
  MillQueueOrder order = MILL_QUEUE_ORDER_FIFO;

  for (guint64 id = 1; id <= 8000; id++)
    {
      Expected expected = { id, g_test_rand_int_range (-2, 3) };

      put (queue, id, expected.priority);
      g_array_append_val (queued, expected);
      /* At times it runs empty, at times it holds many chunks. */
      for (gint n = g_test_rand_int_range (0, id / 1000 % 2 == 0 ? 2 : 4); n > 0 && queued->len > 0; n--)
        get_expected (queue, queued, order);
      if (g_test_rand_int_range (0, 50) == 0)
        {
          order = (MillQueueOrder) g_test_rand_int_range (0, MILL_QUEUE_ORDER_PRIORITY + 1);
          mill_queue_set_order (queue, order);
          g_assert_cmpint (mill_queue_get_order (queue), ==, order);
        }
      g_assert_cmpuint (mill_queue_get_depth (queue), ==, queued->len);
    }
  while (queued->len > 0)
    get_expected (queue, queued, order);
  g_assert_null (mill_queue_try_get (queue, NULL));
}

/* The bounds hold, and what is queued is given back in the present order. */
static void
test_bounds_and_shutdown (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (3);
  g_autoptr (GPtrArray) removed = NULL;
  g_autoptr (MillItem) item = mill_item_new (4, NULL);

  put (queue, 1, 2);
  put (queue, 2, 1);
  put (queue, 3, 3);
  mill_queue_set_order (queue, MILL_QUEUE_ORDER_PRIORITY);
  g_assert_false (mill_queue_try_put (queue, item, NULL));
  removed = mill_queue_shutdown (queue, TRUE);
  g_assert_cmpuint (removed->len, ==, 3);
  g_assert_cmpuint (mill_item_get_id (g_ptr_array_index (removed, 0)), ==, 2);
  g_assert_cmpuint (mill_item_get_id (g_ptr_array_index (removed, 1)), ==, 1);
  g_assert_cmpuint (mill_item_get_id (g_ptr_array_index (removed, 2)), ==, 3);
  mill_queue_set_order (queue, MILL_QUEUE_ORDER_FIFO);
  g_assert_true (mill_queue_join (queue, NULL, NULL));
}

static void
count_notify_cb (GObject *queue, GParamSpec *pspec, gpointer user_data)
{
  ++*(guint *) user_data;
}

static void
test_notified (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (0);
  guint n = 0;

  g_signal_connect (queue, "notify::order", G_CALLBACK (count_notify_cb), &n);
  g_object_set (queue, "order", MILL_QUEUE_ORDER_LIFO, NULL);
  g_object_set (queue, "order", MILL_QUEUE_ORDER_LIFO, NULL);
  g_assert_cmpuint (n, ==, 1);
}

/* Producers and consumers at work while the order changes: each item comes out once. */
static gpointer
produce (gpointer queue)
{
  for (guint64 id = 1; id <= N_RACED; id++)
    put (queue, id, (gint) (id % 3));
  return NULL;
}

static gpointer
consume (gpointer queue)
{
  guint64 sum = 0;
  MillItem *item;

  while ((item = mill_queue_get (queue, NULL, NULL)) != NULL)
    {
      sum += mill_item_get_id (item);
      mill_item_unref (item);
      mill_queue_task_done (queue, NULL);
    }
  return GSIZE_TO_POINTER (sum);
}

static void
test_raced (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (100);
  g_autoptr (GPtrArray) removed = NULL;
  GThread *producers[2], *consumers[2];
  gsize sum = 0;

  for (guint i = 0; i < 2; i++)
    {
      producers[i] = g_thread_new ("produce", produce, queue);
      consumers[i] = g_thread_new ("consume", consume, queue);
    }
  for (guint i = 0; i < 100; i++)
    mill_queue_set_order (queue, (MillQueueOrder) (i % 3));
  for (guint i = 0; i < 2; i++)
    g_thread_join (producers[i]);
  removed = mill_queue_shutdown (queue, FALSE);
  g_assert_true (mill_queue_join (queue, NULL, NULL));
  for (guint i = 0; i < 2; i++)
    sum += GPOINTER_TO_SIZE (g_thread_join (consumers[i]));
  g_assert_cmpuint (sum, ==, (gsize) N_RACED * (N_RACED + 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/queue/order/as-if", test_as_if);
  g_test_add_func ("/queue/order/bounds-and-shutdown", test_bounds_and_shutdown);
  g_test_add_func ("/queue/order/notified", test_notified);
  g_test_add_func ("/queue/order/raced", test_raced);
  return g_test_run ();
}
