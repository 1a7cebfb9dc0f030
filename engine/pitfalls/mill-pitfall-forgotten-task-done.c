/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pitfall: task_done is forgotten on one way through the consumer, here that of a bad item. Those items
 * stay unfinished, and join never returns. Cured: one place that all ways lead through. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"
#include "pitfalls/mill-pitfall-private.h"

typedef struct
{
  MillTrial *trial;
  MillQueue *queue;
} Program;

/* Every so many-th item is bad. */
static gboolean
parse (Program *self, MillItem *item, GError **error)
{
  if (mill_item_get_id (item) % mill_trial_get (self->trial, "bad") != 0)
    return TRUE;
  g_set_error_literal (error, MILL_ERROR, MILL_ERROR_INVALID, "not a record");
  return FALSE;
}

static void
work (Program *self, MillItem *item)
{
  mill_trial_block (self->trial, mill_trial_get (self->trial, "latency"));
  mill_trial_count_done (self->trial);
}

/* ---- as usually written ----------------------------------------------------------------------------------
 */

static gpointer
consume_and_forget (gpointer user_data)
{
  Program *self = user_data;

  for (;;)
    {
      g_autoptr (MillItem) item =
          mill_queue_get (self->queue, mill_trial_get_cancellable (self->trial), NULL);

      if (item == NULL)
        return NULL;
      if (!parse (self, item, NULL))
        continue; /* past task_done */
      work (self, item);
      mill_queue_task_done (self->queue, NULL);
    }
}

/* ---- cured -----------------------------------------------------------------------------------------------
 */

static void
handle (Program *self, MillItem *item)
{
  if (!parse (self, item, NULL))
    return;
  work (self, item);
}

static gpointer
consume (gpointer user_data)
{
  Program *self = user_data;

  for (;;)
    {
      g_autoptr (MillItem) item =
          mill_queue_get (self->queue, mill_trial_get_cancellable (self->trial), NULL);

      if (item == NULL)
        return NULL;
      handle (self, item); /* whatever it does, it comes back here */
      mill_queue_task_done (self->queue, NULL);
    }
}

/* ---- the same for both -----------------------------------------------------------------------------------
 */

static void
produce (Program *self)
{
  guint n_items = mill_trial_get (self->trial, "items");
  gboolean ok = TRUE;

  for (guint i = 1; ok && i <= n_items; i++)
    {
      g_autoptr (MillItem) item = mill_item_new (i, NULL);

      ok = mill_queue_put (self->queue, item, mill_trial_get_cancellable (self->trial), NULL);
      if (i % 10 == 0)
        {
          MillQueueStats stats;

          mill_queue_get_stats (self->queue, &stats);
          mill_trial_chart (self->trial, (double) stats.unfinished);
        }
    }
}

static void
run_program (MillTrial *trial, GThreadFunc consumer)
{
  g_autoptr (MillQueue) queue = mill_queue_new ((gint) mill_trial_get (trial, "maxsize"));
  Program self = { trial, queue };
  MillCrew *crew = mill_crew_start (mill_trial_get (trial, "consumers"), consumer, &self);

  produce (&self);
  mill_trial_join (trial, queue, crew); /* the wrong one never returns of itself */
  g_ptr_array_unref (mill_queue_shutdown (queue, FALSE));
  mill_crew_end (crew);
}

static void
run_wrong (MillTrial *trial)
{
  run_program (trial, consume_and_forget);
}

static void
run_cured (MillTrial *trial)
{
  run_program (trial, consume);
}

const MillPitfallInfo mill_pitfall_forgotten_task_done = {
  .name = "forgotten-task-done",
  .type_name = "MillPitfallForgottenTaskDone",
  .title = N_ ("task_done forgotten"),
  .advice = N_ (
      "Look at the unfinished items: the queue is empty and the consumers wait, yet some items count as "
      "being "
      "worked on, and join waits for ever. Each is a bad item whose consumer went on to the next one; call "
      "task_done in the one place that all ways lead through, as a stage does."),
  .variants = { N_ ("A bad item skips task_done"), N_ ("All ways lead through task_done") },
  .figure = N_ ("Wait in join"),
  .unit = N_ ("s"),
  .series = N_ ("Unfinished items"),
  .programs = { run_wrong, run_cured },
  .figure_is_wait = TRUE,
  .parameters = { MILL_PITFALL_ITEMS (600),
                  MILL_PITFALL_CONSUMERS (4),
                  MILL_PITFALL_LATENCY (10),
                  MILL_PITFALL_MAXSIZE (100),
                  { "bad", N_ ("Bad item"), N_ ("Every so many-th item is bad"), NULL, 1, 100000, 60 },
                  MILL_PITFALL_GIVE_UP (3000) },
};
