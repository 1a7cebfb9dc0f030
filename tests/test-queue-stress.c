/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillQueue under everything at once: every face in both worlds, bounds that change, waits that are cancelled
 * or time out, and at the end a shutdown of either kind at any moment. Whatever happens, each item that was
 * put comes out exactly once, or is handed back by the shutdown; what could not be put does not come out. */

#include "config.h"

#include <locale.h>

#include "core/mill-error.h"
#include "core/mill-queue.h"

#define N_PRODUCERS 4
#define N_CONSUMERS 4
#define N_TASKS     4
#define N_EACH      1500
#define MAX_PAYLOAD 100
#define BYTE_BOUND  500

enum
{
  NEVER_PUT = 1,
  PUT = 2,
  CAME_OUT = 4,
};

typedef struct
{
  MillQueue *queue; /* (owned) */
  gboolean ordered;
  gint states[(N_PRODUCERS + 1) * N_EACH]; /* atomic; flags, by the item's id */
  gint next_task_item;                     /* the main thread's */
  gint tasks_running;                      /* likewise */
  GRand *task_rand;                        /* (owned) likewise */
  gint producing;                          /* atomic: how many producers are at work */
  gint came_out;                           /* atomic */
} Stress;

typedef struct
{
  Stress *stress; /* (unowned) */
  guint number;
  guint32 seed;
} Part;

static void
set_state (Stress *stress, guint64 id, gint state)
{
  gint before = (gint) g_atomic_int_or ((guint *) &stress->states[id], (guint) state);

  g_assert_false (before & state);
}

static void
note_put (Stress *stress, MillItem *item, gboolean put, const GError *error)
{
  if (!put)
    g_assert_nonnull (error);
  set_state (stress, mill_item_get_id (item), put ? PUT : NEVER_PUT);
}

static void
note_out (Stress *stress, MillItem *item)
{
  set_state (stress, mill_item_get_id (item), CAME_OUT);
  g_atomic_int_inc (&stress->came_out);
  g_assert_true (mill_queue_task_done (stress->queue, NULL));
}

/* A cancellable that another thread may be firing just now. */
static gpointer
cancel_thread (gpointer data)
{
  g_cancellable_cancel (data);
  g_object_unref (data);
  return NULL;
}

static GCancellable *
cancellable_fired_soon (void)
{
  GCancellable *cancellable = g_cancellable_new ();

  g_thread_unref (g_thread_new ("cancel", cancel_thread, g_object_ref (cancellable)));
  return cancellable;
}

/* With a payload that any byte bound may keep out, of a size that follows from the number. */
static MillItem *
item_new (guint64 id)
{
  static const char payload[MAX_PAYLOAD] = { 0 };
  MillItem *item = mill_item_new (id, NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_static (payload, id * 7 % MAX_PAYLOAD);

  mill_item_set_payload (item, bytes);
  return item;
}

static void
put_some (Stress *stress, GRand *rand, guint first, guint n)
{
  g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify) mill_item_unref);
  g_autoptr (GError) error = NULL;
  guint n_put;

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (batch, item_new (first + i));
  n_put = mill_queue_put_many (stress->queue, batch, NULL, &error);
  for (guint i = 0; i < n; i++)
    note_put (stress, batch->pdata[i], i < n_put, error);
}

static gboolean
put_one (Stress *stress, GRand *rand, MillItem *item, GError **error)
{
  g_autoptr (GCancellable) cancellable = NULL;

  switch (g_rand_int_range (rand, 0, 40))
    {
    case 0:
      cancellable = cancellable_fired_soon ();
      return mill_queue_put (stress->queue, item, cancellable, error);
    case 1 ... 4:
      return mill_queue_put_until (stress->queue, item,
                                   g_get_monotonic_time () + g_rand_int_range (rand, 0, 200), NULL, error);
    case 5 ... 8:
      return mill_queue_try_put (stress->queue, item, error);
    default:
      return mill_queue_put (stress->queue, item, NULL, error);
    }
}

static gpointer
produce (gpointer data)
{
  Part *part = data;
  Stress *stress = part->stress;
  g_autoptr (GRand) rand = g_rand_new_with_seed (part->seed);
  guint end = (part->number + 1) * N_EACH;

  for (guint id = part->number * N_EACH; id < end;)
    {
      guint n = (guint) g_rand_int_range (rand, 1, 70);
      g_autoptr (MillItem) item = NULL;
      g_autoptr (GError) error = NULL;
      gboolean put;

      if (g_rand_int_range (rand, 0, 20) == 0 && id + n <= end)
        {
          put_some (stress, rand, id, n);
          id += n;
          continue;
        }
      item = item_new (id++);
      mill_item_set_priority (item, g_rand_int_range (rand, 0, 3));
      put = put_one (stress, rand, item, &error);
      note_put (stress, item, put, error);
    }
  g_atomic_int_add (&stress->producing, -1);
  return NULL;
}

static MillItem *
get_one (Stress *stress, GRand *rand, GError **error)
{
  g_autoptr (GCancellable) cancellable = NULL;

  switch (g_rand_int_range (rand, 0, 40))
    {
    case 0:
      cancellable = cancellable_fired_soon ();
      return mill_queue_get (stress->queue, cancellable, error);
    case 1 ... 4:
      return mill_queue_get_until (stress->queue, g_get_monotonic_time () + g_rand_int_range (rand, 0, 200),
                                   NULL, error);
    case 5 ... 8:
      return mill_queue_try_get (stress->queue, error);
    default:
      return mill_queue_get (stress->queue, NULL, error);
    }
}

static gpointer
consume (gpointer data)
{
  Part *part = data;
  Stress *stress = part->stress;
  g_autoptr (GRand) rand = g_rand_new_with_seed (part->seed);

  for (;;)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MillItem) item = NULL;

      if (g_rand_int_range (rand, 0, 10) == 0)
        {
          g_autoptr (GPtrArray) batch =
              mill_queue_get_many (stress->queue, (guint) g_rand_int_range (rand, 1, 100), NULL, &error);

          for (guint i = 0; batch != NULL && i < batch->len; i++)
            note_out (stress, batch->pdata[i]);
        }
      else if ((item = get_one (stress, rand, &error)) != NULL)
        note_out (stress, item);
      if (g_error_matches (error, MILL_ERROR, MILL_ERROR_SHUT_DOWN))
        return NULL;
    }
}

static GCancellable *
maybe_cancellable (Stress *stress)
{
  return g_rand_int_range (stress->task_rand, 0, 20) == 0 ? cancellable_fired_soon () : NULL;
}

static void task_get_next (Stress *stress, const GError *error);

static void
task_got_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Stress *stress = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MillItem) item = mill_queue_get_finish (MILL_QUEUE (object), result, &error);

  if (item != NULL)
    note_out (stress, item);
  task_get_next (stress, error);
}

static void
task_got_many_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Stress *stress = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = mill_queue_get_many_finish (MILL_QUEUE (object), result, &error);

  for (guint i = 0; items != NULL && i < items->len; i++)
    note_out (stress, items->pdata[i]);
  task_get_next (stress, error);
}

static void
task_get_next (Stress *stress, const GError *error)
{
  g_autoptr (GCancellable) cancellable = NULL;

  if (g_error_matches (error, MILL_ERROR, MILL_ERROR_SHUT_DOWN))
    {
      stress->tasks_running--;
      return;
    }
  cancellable = maybe_cancellable (stress);
  if (g_rand_int_range (stress->task_rand, 0, 4) == 0)
    mill_queue_get_many_async (stress->queue, (guint) g_rand_int_range (stress->task_rand, 1, 100),
                               cancellable, task_got_many_cb, stress);
  else
    mill_queue_get_async (stress->queue, cancellable, task_got_cb, stress);
}

/* What a task is putting. */
typedef struct
{
  Stress *stress;   /* (unowned) */
  GPtrArray *batch; /* (owned) of (owned) MillItem */
} TaskPut;

static void task_put_next (Stress *stress);

static void
task_put_ended (TaskPut *put, guint n_put, const GError *error)
{
  Stress *stress = put->stress;

  for (guint i = 0; i < put->batch->len; i++)
    note_put (stress, put->batch->pdata[i], i < n_put, error);
  g_ptr_array_unref (put->batch);
  g_free (put);
  task_put_next (stress);
}

static void
task_put_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  gboolean put = mill_queue_put_finish (MILL_QUEUE (object), result, &error);

  task_put_ended (user_data, put ? 1 : 0, error);
}

static void
task_put_many_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  guint n_put = mill_queue_put_many_finish (MILL_QUEUE (object), result, &error);

  task_put_ended (user_data, n_put, error);
}

static void
task_put_next (Stress *stress)
{
  g_autoptr (GCancellable) cancellable = NULL;
  gint left = (N_PRODUCERS + 1) * N_EACH - stress->next_task_item;
  TaskPut *put;
  gint n;

  if (left == 0)
    {
      stress->tasks_running--;
      g_atomic_int_add (&stress->producing, -1);
      return;
    }
  n = g_rand_int_range (stress->task_rand, 0, 10) == 0 ? g_rand_int_range (stress->task_rand, 2, 70) : 1;
  put = g_new0 (TaskPut, 1);
  put->stress = stress;
  put->batch = g_ptr_array_new_with_free_func ((GDestroyNotify) mill_item_unref);
  for (gint i = 0; i < MIN (n, left); i++)
    g_ptr_array_add (put->batch, item_new ((guint64) stress->next_task_item++));
  cancellable = maybe_cancellable (stress);
  if (n > 1)
    mill_queue_put_many_async (stress->queue, put->batch, cancellable, task_put_many_cb, put);
  else
    mill_queue_put_async (stress->queue, put->batch->pdata[0], cancellable, task_put_cb, put);
}

static gpointer
resize (gpointer data)
{
  Part *part = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (part->seed);
  MillQueue *queue = part->stress->queue;

  while (g_atomic_int_get (&part->stress->producing) > 0)
    {
      MillQueueStats stats;

      mill_queue_set_maxsize (queue, g_rand_int_range (rand, -1, 100));
      mill_queue_set_statistics (queue, g_rand_boolean (rand));
      mill_queue_set_max_bytes (queue, (guint64) MAX (g_rand_int_range (rand, -1000, 1000), 0));
      mill_queue_get_stats (queue, &stats);
      g_assert_cmpuint (stats.unfinished, >=, stats.depth);
      g_assert_cmpuint (stats.puts, >=, stats.gets + stats.depth);
      g_thread_yield ();
    }
  return NULL;
}

static gboolean
is_time_to_end (Stress *stress, gint at)
{
  return g_atomic_int_get (&stress->producing) == 0 || g_atomic_int_get (&stress->came_out) >= at;
}

/* Ends when everything was put and @at items at the latest have come out. */
static void
run_one (MillQueueOrder order, gboolean immediate, gint at)
{
  g_autofree Stress *stress = g_new0 (Stress, 1);
  Part parts[N_PRODUCERS + N_CONSUMERS + 1];
  GThread *threads[G_N_ELEMENTS (parts)];
  g_autoptr (GPtrArray) removed = NULL;
  guint n = 0;

  stress->queue = mill_queue_new_with_order (8, order);
  stress->task_rand = g_rand_new_with_seed ((guint32) g_test_rand_int ());
  stress->next_task_item = N_PRODUCERS * N_EACH;
  stress->producing = N_PRODUCERS + 1;
  stress->tasks_running = N_TASKS + 1;
  for (; n < G_N_ELEMENTS (parts); n++)
    {
      GThreadFunc func = n < N_PRODUCERS ? produce : n < N_PRODUCERS + N_CONSUMERS ? consume : resize;

      parts[n] = (Part){ stress, n, (guint32) g_test_rand_int () };
      threads[n] = g_thread_new ("part", func, &parts[n]);
    }
  for (guint i = 0; i < N_TASKS; i++)
    task_get_next (stress, NULL);
  task_put_next (stress);

  while (!is_time_to_end (stress, at))
    g_main_context_iteration (NULL, FALSE);
  removed = mill_queue_shutdown (stress->queue, immediate);
  while (stress->tasks_running > 0)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < n; i++)
    g_thread_join (threads[i]);

  g_assert_true (mill_queue_join_until (stress->queue, 0, NULL, NULL));
  for (guint i = 0; i < removed->len; i++)
    set_state (stress, mill_item_get_id (removed->pdata[i]), CAME_OUT);
  for (guint i = 0; i < G_N_ELEMENTS (stress->states); i++)
    g_assert_true (stress->states[i] == NEVER_PUT || stress->states[i] == (PUT | CAME_OUT));
  g_rand_free (stress->task_rand);
  g_object_unref (stress->queue);
}

static void
test_to_the_end (gconstpointer order)
{
  run_one ((MillQueueOrder) GPOINTER_TO_UINT (order), FALSE, G_MAXINT);
}

static void
test_shut_down (gconstpointer order)
{
  for (guint i = 0; i < 4; i++)
    run_one ((MillQueueOrder) GPOINTER_TO_UINT (order), i % 2 == 0, g_test_rand_int_range (0, N_EACH));
}

static gpointer
put_all (gpointer data)
{
  for (guint i = 0; i < N_EACH; i++)
    {
      g_autoptr (MillItem) item = item_new (i);

      g_assert_true (mill_queue_put (data, item, NULL, NULL));
    }
  return NULL;
}

static gpointer
get_all (gpointer data)
{
  MillItem *item;

  while ((item = mill_queue_get (data, NULL, NULL)) != NULL)
    {
      mill_item_unref (item);
      g_assert_true (mill_queue_task_done (data, NULL));
    }
  return NULL;
}

/* Whatever way in an item finds, no moment sees more bytes than allowed. Nobody takes anything before some
 * were seen: a test that only ever saw none would prove nothing. */
static void
test_byte_bound_holds (void)
{
  g_autoptr (MillQueue) queue = mill_queue_new (0);
  GThread *threads[N_PRODUCERS + N_CONSUMERS];
  MillQueueStats stats;

  mill_queue_set_max_bytes (queue, BYTE_BOUND);
  for (guint i = 0; i < N_PRODUCERS; i++)
    threads[i] = g_thread_new ("producer", put_all, queue);
  do
    {
      g_thread_yield ();
      mill_queue_get_stats (queue, &stats);
    }
  while (stats.bytes == 0);
  for (guint i = N_PRODUCERS; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("consumer", get_all, queue);
  do
    {
      g_thread_yield ();
      mill_queue_get_stats (queue, &stats);
      g_assert_cmpuint (stats.bytes, <=, BYTE_BOUND);
    }
  while (stats.puts < N_PRODUCERS * N_EACH);
  for (guint i = 0; i < N_PRODUCERS; i++)
    g_thread_join (threads[i]);
  g_ptr_array_unref (mill_queue_shutdown (queue, FALSE));
  for (guint i = N_PRODUCERS; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  mill_queue_get_stats (queue, &stats);
  g_assert_cmpuint (stats.bytes, ==, 0);
  g_assert_cmpuint (stats.unfinished, ==, 0);
}

int
main (int argc, char **argv)
{
  static const char *const names[] = { "fifo", "lifo", "priority" };

  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  for (guint order = 0; order < G_N_ELEMENTS (names); order++)
    {
      g_autofree char *to_the_end = g_strdup_printf ("/queue/stress/to-the-end/%s", names[order]);
      g_autofree char *shut_down = g_strdup_printf ("/queue/stress/shut-down/%s", names[order]);

      g_test_add_data_func (to_the_end, GUINT_TO_POINTER (order), test_to_the_end);
      g_test_add_data_func (shut_down, GUINT_TO_POINTER (order), test_shut_down);
    }

  g_test_add_func ("/queue/stress/byte-bound-holds", test_byte_bound_holds);

  return g_test_run ();
}
