/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pitfall: a call that blocks, made on the loop. The loop serves nobody else meanwhile; a heartbeat on
 * the same loop shows it. Cured: threads make the call. It is the same queue, since both worlds can take from
 * it. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "pitfalls/mill-heartbeat-private.h"
#include "pitfalls/mill-pitfall-private.h"

typedef struct
{
  MillTrial *trial;
  MillQueue *queue;
  GMainLoop *loop;
  guint n_tasks; /* that have not ended */
} Program;

/* All that is to be done, and then the end. */
static MillQueue *
fill_queue (MillTrial *trial)
{
  guint n_items = mill_trial_get (trial, "items");
  MillQueue *queue = mill_queue_new ((gint) n_items);

  for (guint i = 1; i <= n_items; i++)
    {
      g_autoptr (MillItem) item = mill_item_new (i, NULL);

      mill_queue_put (queue, item, NULL, NULL);
    }
  g_ptr_array_unref (mill_queue_shutdown (queue, FALSE));
  return queue;
}

/* Asks a server, in a way that waits for the answer. */
static void
call (Program *self, MillItem *item)
{
  mill_trial_block (self->trial, mill_trial_get (self->trial, "latency"));
  mill_trial_count_done (self->trial);
}

/* ---- as usually written: tasks on the loop, and each makes the call itself -------------------------------
 */

static void
got_item_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Program *self = user_data;
  g_autoptr (MillItem) item = mill_queue_get_finish (self->queue, result, NULL);

  if (item == NULL)
    {
      if (--self->n_tasks == 0)
        g_main_loop_quit (self->loop);
      return;
    }
  call (self, item); /* here the whole loop stands still */
  mill_queue_task_done (self->queue, NULL);
  mill_queue_get_async (self->queue, mill_trial_get_cancellable (self->trial), got_item_cb, self);
}

static void
run_on_loop (Program *self)
{
  self->n_tasks = mill_trial_get (self->trial, "consumers");
  for (guint i = 0; i < self->n_tasks; i++)
    mill_queue_get_async (self->queue, mill_trial_get_cancellable (self->trial), got_item_cb, self);
  g_main_loop_run (self->loop);
}

/* ---- cured: as many threads make the call, and the loop awaits them --------------------------------------
 */

static gpointer
make_calls (gpointer user_data)
{
  Program *self = user_data;
  MillItem *item;

  while ((item = mill_queue_get (self->queue, mill_trial_get_cancellable (self->trial), NULL)) != NULL)
    {
      call (self, item);
      mill_queue_task_done (self->queue, NULL);
      mill_item_unref (item);
    }
  return NULL;
}

static void
joined_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Program *self = user_data;

  mill_queue_join_finish (self->queue, result, NULL);
  g_main_loop_quit (self->loop);
}

static void
run_in_threads (Program *self)
{
  MillCrew *crew = mill_crew_start (mill_trial_get (self->trial, "consumers"), make_calls, self);

  mill_queue_join_async (self->queue, mill_trial_get_cancellable (self->trial), joined_cb, self);
  g_main_loop_run (self->loop);
  mill_crew_end (crew);
}

/* ---- the loop with the heartbeat, the same for both ------------------------------------------------------
 */

static void
run_program (MillTrial *trial, void (*run) (Program *))
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (context, FALSE);
  g_autoptr (MillQueue) queue = fill_queue (trial);
  Program self = { trial, queue, loop, 0 };
  MillHeartbeat heartbeat;

  g_main_context_push_thread_default (context);
  mill_heartbeat_start (&heartbeat, trial, context);
  run (&self);
  mill_heartbeat_stop (&heartbeat);
  g_main_context_pop_thread_default (context);
}

static void
run_wrong (MillTrial *trial)
{
  run_program (trial, run_on_loop);
}

static void
run_cured (MillTrial *trial)
{
  run_program (trial, run_in_threads);
}

const MillPitfallInfo mill_pitfall_blocking_call = {
  .name = "blocking-call",
  .type_name = "MillPitfallBlockingCall",
  .title = N_ ("A blocking call on the loop"),
  .advice = N_ (
      "Look at the time between two heartbeats of the loop: with the call on it, nothing else on the loop "
      "moves until the answer is there. A loop serves one callback at a time, so what waits must wait "
      "elsewhere: in a thread, or in an asynchronous call."),
  .variants = { N_ ("Tasks make the call on the loop itself"),
                N_ ("Threads make the call; the loop awaits them") },
  .figure = N_ ("Longest freeze"),
  .unit = N_ ("ms"),
  .series = N_ ("Between heartbeats"),
  .series_unit = N_ ("ms"),
  .programs = { run_wrong, run_cured },
  .parameters = { MILL_PITFALL_ITEMS (20), MILL_PITFALL_CONSUMERS (2), MILL_PITFALL_LATENCY (200),
                  MILL_PITFALL_HEARTBEAT (10) },
};
