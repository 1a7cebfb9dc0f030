/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillQueue's batches without waiting: mill_queue_try_put_many(), mill_queue_try_get_many(). */

#include "config.h"

#include <locale.h>

#include "core/mill-error.h"
#include "core/mill-queue.h"

static GPtrArray *
make_items (guint n)
{
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify) mill_item_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (items, mill_item_new (i, NULL));
  return items;
}

/* @items are those from @first on; (transfer full). */
static void
assert_items (GPtrArray *items, guint64 first, guint n)
{
  g_assert_nonnull (items);
  g_assert_cmpuint (items->len, ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (mill_item_get_id (g_ptr_array_index (items, i)), ==, first + i);
  g_ptr_array_unref (items);
}

/* As many as there is room for, from where one says, in their order; the rest stays the caller's. */
static void
test_room (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (4);
  g_autoptr (GPtrArray) items = make_items (8);

  g_assert_cmpuint (mill_queue_try_put_many (queue, items, 1), ==, 4);
  g_assert_cmpuint (mill_queue_try_put_many (queue, items, 5), ==, 0);
  assert_items (mill_queue_try_get_many (queue, 3, NULL), 1, 3);
  g_assert_cmpuint (mill_queue_try_put_many (queue, items, 5), ==, 3);
  g_assert_cmpuint (mill_queue_try_put_many (queue, items, 8), ==, 0);
  assert_items (mill_queue_try_get_many (queue, 100, NULL), 4, 4);
}

static void
test_empty (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (0);
  g_autoptr (GError) error = NULL;

  g_assert_null (mill_queue_try_get_many (queue, 3, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_EMPTY);
}

static void
test_shut_down (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (0);
  g_autoptr (GPtrArray) items = make_items (3);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (mill_queue_try_put_many (queue, items, 2), ==, 1);
  g_ptr_array_unref (mill_queue_shutdown (queue, FALSE));
  g_assert_cmpuint (mill_queue_try_put_many (queue, items, 0), ==, 0);
  assert_items (mill_queue_try_get_many (queue, 3, NULL), 2, 1);
  g_assert_null (mill_queue_try_get_many (queue, 3, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_SHUT_DOWN);
}

typedef struct
{
  guint n_done;
  guint64 got[2]; /* ids */
} Tasks;

static void
got_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Tasks *tasks = user_data;
  g_autoptr (MillItem) item = mill_queue_get_finish (MILL_QUEUE (object), result, NULL);

  tasks->got[tasks->n_done++] = mill_item_get_id (item);
}

static void
put_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Tasks *tasks = user_data;

  g_assert_true (mill_queue_put_finish (MILL_QUEUE (object), result, NULL));
  tasks->n_done++;
}

/* Who waits to get is served first, and the rest is queued. */
static void
test_waiting_getters (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (2);
  g_autoptr (GPtrArray) items = make_items (6);
  Tasks tasks = { 0 };

  mill_queue_get_async (queue, NULL, got_cb, &tasks);
  mill_queue_get_async (queue, NULL, got_cb, &tasks);
  g_assert_cmpuint (mill_queue_try_put_many (queue, items, 0), ==, 4);
  while (tasks.n_done < 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (tasks.got[0], ==, 0);
  g_assert_cmpuint (tasks.got[1], ==, 1);
  assert_items (mill_queue_try_get_many (queue, 6, NULL), 2, 2);
}

/* Who waits to put comes in for what is taken, and nothing of a batch comes before. */
static void
test_waiting_putters (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (2);
  g_autoptr (GPtrArray) items = make_items (6);
  Tasks tasks = { 0 };

  g_assert_cmpuint (mill_queue_try_put_many (queue, items, 0), ==, 2);
  mill_queue_put_async (queue, g_ptr_array_index (items, 2), NULL, put_cb, &tasks);
  mill_queue_put_async (queue, g_ptr_array_index (items, 3), NULL, put_cb, &tasks);
  assert_items (mill_queue_try_get_many (queue, 1, NULL), 0, 1);
  g_assert_cmpuint (mill_queue_try_put_many (queue, items, 4), ==, 0);
  assert_items (mill_queue_try_get_many (queue, 2, NULL), 1, 2);
  while (tasks.n_done < 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (mill_queue_try_put_many (queue, items, 4), ==, 1);
  assert_items (mill_queue_try_get_many (queue, 6, NULL), 3, 2);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/queue/try-many/room", test_room);
  g_test_add_func ("/queue/try-many/empty", test_empty);
  g_test_add_func ("/queue/try-many/shut-down", test_shut_down);
  g_test_add_func ("/queue/try-many/waiting-getters", test_waiting_getters);
  g_test_add_func ("/queue/try-many/waiting-putters", test_waiting_putters);

  return g_test_run ();
}
