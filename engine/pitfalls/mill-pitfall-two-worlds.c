/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pitfall: a queue that belongs to a loop, put into from a thread. The item is in the queue, but the loop
 * sleeps and is not told: it finds the item when something else wakes it. (The same as
 * asyncio.Queue.put_nowait() called from a thread.) Cured: a queue for both worlds, whose put wakes the loop.
 *
 * There is no race for memory in the wrong one, a GAsyncQueue has a lock. What it lacks is the wake-up. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "core/mill-cancel-source-private.h"
#include "pitfalls/mill-pitfall-private.h"

typedef struct
{
  MillTrial *trial;
  GMainLoop *loop;
  GAsyncQueue *items; /* of the wrong one: whatever the loop finds in it when it looks */
  MillQueue *queue;   /* of the cured one */
  guint n_left;
  double longest_ms;
} Program;

/* On the loop. */
static void
handle (Program *self, MillItem *item)
{
  double wait_ms = (double) (g_get_monotonic_time () - mill_item_get_born (item)) / 1000.0;

  self->longest_ms = MAX (self->longest_ms, wait_ms);
  mill_trial_chart (self->trial, wait_ms);
  mill_trial_set_figure (self->trial, self->longest_ms);
  mill_trial_count_done (self->trial);
  if (--self->n_left == 0)
    g_main_loop_quit (self->loop);
}

/* In a thread: an item now and then, so that the loop is asleep by then. */
static void
produce (Program *self, void (*put) (Program *, MillItem *))
{
  guint n_items = mill_trial_get (self->trial, "items");

  for (guint i = 1; i <= n_items && !mill_trial_is_cancelled (self->trial); i++)
    {
      g_autoptr (MillItem) item = mill_item_new (i, NULL);

      mill_trial_block (self->trial, mill_trial_get (self->trial, "interval"));
      mill_item_set_born (item, g_get_monotonic_time ());
      put (self, item);
    }
}

/* ---- as usually written: a queue that its loop looks into whenever it comes round ------------------------
 */

typedef struct
{
  GSource source;
  Program *program;
} TaskQueue;

static gboolean
has_item (GSource *source)
{
  return g_async_queue_length (((TaskQueue *) source)->program->items) > 0;
}

static gboolean
prepare (GSource *source, int *timeout_ms)
{
  return has_item (source);
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  Program *self = ((TaskQueue *) source)->program;
  g_autoptr (MillItem) item = g_async_queue_pop (self->items);

  handle (self, item);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs task_queue_funcs = { .prepare = prepare, .check = has_item, .dispatch = dispatch };

static void
put_into_task_queue (Program *self, MillItem *item)
{
  g_async_queue_push (self->items, mill_item_ref (item));
  /* and the loop sleeps on: nobody called g_main_context_wakeup() */
}

static gpointer
produce_for_task_queue (gpointer user_data)
{
  produce (user_data, put_into_task_queue);
  return NULL;
}

static void
serve_task_queue (Program *self, GMainContext *context)
{
  g_autoptr (GSource) source = g_source_new (&task_queue_funcs, sizeof (TaskQueue));

  ((TaskQueue *) source)->program = self;
  g_source_attach (source, context);
  g_main_loop_run (self->loop);
  g_source_destroy (source);
}

/* ---- cured: a queue for both worlds ----------------------------------------------------------------------
 */

static void
got_item_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Program *self = user_data;
  g_autoptr (MillItem) item = mill_queue_get_finish (self->queue, result, NULL);

  if (item == NULL)
    {
      g_main_loop_quit (self->loop);
      return;
    }
  mill_queue_task_done (self->queue, NULL);
  handle (self, item);
  if (self->n_left > 0)
    mill_queue_get_async (self->queue, mill_trial_get_cancellable (self->trial), got_item_cb, self);
}

static void
put_into_queue (Program *self, MillItem *item)
{
  mill_queue_put (self->queue, item, mill_trial_get_cancellable (self->trial), NULL);
}

static gpointer
produce_for_queue (gpointer user_data)
{
  produce (user_data, put_into_queue);
  return NULL;
}

static void
serve_queue (Program *self, GMainContext *context)
{
  mill_queue_get_async (self->queue, mill_trial_get_cancellable (self->trial), got_item_cb, self);
  g_main_loop_run (self->loop);
}

static void
unref_item (gpointer item)
{
  mill_item_unref (item);
}

/* ---- the loop, which something else wakes now and then, the same for both --------------------------------
 */

static gboolean
tick_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static gboolean
cancelled_cb (gpointer user_data)
{
  Program *self = user_data;

  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

static void
run_program (MillTrial *trial, GThreadFunc producer, void (*serve) (Program *, GMainContext *))
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (context, FALSE);
  g_autoptr (MillQueue) queue = mill_queue_new (0);
  g_autoptr (GAsyncQueue) items = g_async_queue_new_full (unref_item);
  Program self = { trial, loop, items, queue, mill_trial_get (trial, "items"), 0.0 };
  g_autoptr (GSource) tick = g_timeout_source_new (mill_trial_get (trial, "tick"));
  GSource *cancelled = mill_cancel_source_new ("mill pitfall", MILL_NEVER, mill_trial_get_cancellable (trial),
                                               cancelled_cb, &self, NULL);
  MillCrew *crew;

  g_main_context_push_thread_default (context);
  g_source_set_callback (tick, tick_cb, NULL, NULL);
  g_source_attach (tick, context);
  g_source_attach (cancelled, context);
  crew = mill_crew_start (1, producer, &self);
  serve (&self, context);
  mill_crew_end (crew);
  mill_cancel_source_destroy (cancelled);
  g_source_destroy (tick);
  g_main_context_pop_thread_default (context);
}

static void
run_wrong (MillTrial *trial)
{
  run_program (trial, produce_for_task_queue, serve_task_queue);
}

static void
run_cured (MillTrial *trial)
{
  run_program (trial, produce_for_queue, serve_queue);
}

const MillPitfallInfo mill_pitfall_two_worlds = {
  .name = "two-worlds",
  .type_name = "MillPitfallTwoWorlds",
  .title = N_ ("A loop's queue used from a thread"),
  .advice = N_ (
      "Look at how long an item waits although the loop has nothing else to do: until something else happens "
      "to wake it. The queue of one world does not wake the other; between them belongs a queue that is "
      "made for both, or a call that is."),
  .variants = { N_ ("A thread puts into the loop's own queue"), N_ ("One queue for threads and tasks") },
  .figure = N_ ("Longest wait in the queue"),
  .unit = N_ ("ms"),
  .series = N_ ("Wait of an item"),
  .series_unit = N_ ("ms"),
  .programs = { run_wrong, run_cured },
  .parameters = { MILL_PITFALL_ITEMS (40),
                  { "interval", N_ ("Interval"), N_ ("How often a thread puts an item"), N_ ("ms"), 1, 5000,
                    100 },
                  { "tick", N_ ("Tick"), N_ ("How often something else wakes the loop"), N_ ("ms"), 1, 10000,
                    1000 } },
};
