/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillQueue and GAsyncQueue behind the one face of what is measured. The ring is in cli-bench-cond.c. */

#include "config.h"

#include "cli-bench-channel.h"

#include "core/mill-queue.h"

/* What a consumer of a GAsyncQueue takes for the end; never looked into. */
static char the_end;

/* ---- MillQueue ---------------------------------------------------------------------------------------- */

/**
 * mill_bench_has_statistics:
 *
 * Returns: whether the statistics of a MillQueue can be switched off
 */
gboolean
mill_bench_has_statistics (void)
{
  g_autoptr (GTypeClass) klass = g_type_class_ref (MILL_TYPE_QUEUE);

  return g_object_class_find_property (G_OBJECT_CLASS (klass), "statistics") != NULL;
}

static gpointer
mill_make (int maxsize, gboolean statistics)
{
  MillQueue *queue = mill_queue_new (maxsize);

  if (mill_bench_has_statistics ())
    g_object_set (queue, "statistics", statistics, NULL);
  return queue;
}

static void
mill_put (gpointer queue, MillItem *item)
{
  mill_queue_put (queue, item, NULL, NULL);
}

static void
mill_put_many (gpointer queue, GPtrArray *items)
{
  mill_queue_put_many (queue, items, NULL, NULL);
}

static MillItem *
mill_get (gpointer queue)
{
  return mill_queue_get (queue, NULL, NULL);
}

static gboolean
mill_get_many (gpointer queue, MillBenchBatch *batch)
{
  batch->owner = mill_queue_get_many (queue, batch->capacity, NULL, NULL);
  if (batch->owner == NULL)
    return FALSE;
  batch->items = (MillItem **) batch->owner->pdata;
  batch->n_items = batch->owner->len;
  return TRUE;
}

static void
mill_done (gpointer queue, MillItem *item)
{
  mill_item_unref (item);
  mill_queue_task_done (queue, NULL);
}

static void
mill_done_many (gpointer queue, MillBenchBatch *batch)
{
  g_clear_pointer (&batch->owner, g_ptr_array_unref);
  mill_queue_tasks_done (queue, batch->n_items, NULL);
}

static void
mill_end (gpointer queue, guint n_getters)
{
  g_ptr_array_unref (mill_queue_shutdown (queue, FALSE));
}

const MillBenchChannel mill_bench_mill_queue = {
  .id = "millqueue",
  .name = "MillQueue",
  .bounded = TRUE,
  .make = mill_make,
  .put = mill_put,
  .put_many = mill_put_many,
  .get = mill_get,
  .get_many = mill_get_many,
  .done = mill_done,
  .done_many = mill_done_many,
  .end = mill_end,
  .free = g_object_unref,
};

/* ---- GAsyncQueue -------------------------------------------------------------------------------------- */

static gpointer
async_make (int maxsize, gboolean statistics)
{
  return g_async_queue_new ();
}

static void
async_put (gpointer queue, MillItem *item)
{
  g_async_queue_push (queue, item);
}

static void
async_put_many (gpointer queue, GPtrArray *items)
{
  g_async_queue_lock (queue);
  for (guint i = 0; i < items->len; i++)
    g_async_queue_push_unlocked (queue, g_ptr_array_index (items, i));
  g_async_queue_unlock (queue);
}

static MillItem *
async_get (gpointer queue)
{
  gpointer item = g_async_queue_pop (queue);

  return item != &the_end ? item : NULL;
}

static gboolean
async_get_many (gpointer queue, MillBenchBatch *batch)
{
  gpointer item;

  batch->n_items = 0;
  g_async_queue_lock (queue);
  item = g_async_queue_pop_unlocked (queue);
  while (item != NULL && item != &the_end)
    {
      batch->items[batch->n_items++] = item;
      item = batch->n_items < batch->capacity ? g_async_queue_try_pop_unlocked (queue) : NULL;
    }
  if (item == &the_end && batch->n_items > 0)
    g_async_queue_push_front_unlocked (queue, item);
  g_async_queue_unlock (queue);
  return batch->n_items > 0;
}

static void
async_done (gpointer queue, MillItem *item)
{
}

static void
async_done_many (gpointer queue, MillBenchBatch *batch)
{
}

static void
async_end (gpointer queue, guint n_getters)
{
  for (guint i = 0; i < n_getters; i++)
    g_async_queue_push (queue, &the_end);
}

const MillBenchChannel mill_bench_async_queue = {
  .id = "gasyncqueue",
  .name = "GAsyncQueue",
  .bounded = FALSE,
  .make = async_make,
  .put = async_put,
  .put_many = async_put_many,
  .get = async_get,
  .get_many = async_get_many,
  .done = async_done,
  .done_many = async_done_many,
  .end = async_end,
  .free = (GDestroyNotify) g_async_queue_unref,
};

/**
 * mill_bench_channel_find:
 * @id: (nullable): a rival's name; %NULL is none, so MillQueue itself
 *
 * Returns: (transfer none) (nullable): what is to be measured, or %NULL if there is none of that name
 */
const MillBenchChannel *
mill_bench_channel_find (const char *id)
{
  const MillBenchChannel *const all[] = { &mill_bench_mill_queue, &mill_bench_async_queue,
                                          &mill_bench_cond_queue };

  if (id == NULL)
    return &mill_bench_mill_queue;
  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    if (g_str_equal (all[i]->id, id))
      return all[i];
  return NULL;
}

/**
 * mill_bench_items_new:
 * @n_items: how many
 *
 * Prepares items, so that it is the queue that is measured and not their making. Their ids are their places
 * in the array.
 *
 * Returns: (transfer full) (element-type MillItem): the items
 */
GPtrArray *
mill_bench_items_new (guint n_items)
{
  GPtrArray *items = g_ptr_array_new_full (n_items, (GDestroyNotify) mill_item_unref);

  for (guint i = 0; i < n_items; i++)
    g_ptr_array_add (items, mill_item_new (i, NULL));
  return items;
}
