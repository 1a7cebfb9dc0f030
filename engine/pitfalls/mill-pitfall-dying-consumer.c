/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pitfall: an error that nobody catches ends the consumer, as an exception ends a Python thread. With
 * each bad item one fewer is left; after the last, the queue fills up and the producer waits for ever. Cured:
 * the error ends the item, which becomes a dead letter, and the consumer goes on. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"
#include "pitfalls/mill-pitfall-private.h"

typedef struct
{
  MillTrial *trial;
  MillQueue *queue;
  GAsyncQueue *dead_letters; /* of the cured one: the errors */
} Program;

/* Every so many-th item is bad. */
static gboolean
process (Program *self, MillItem *item, GError **error)
{
  mill_trial_block (self->trial, mill_trial_get (self->trial, "latency"));
  if (mill_item_get_id (item) % mill_trial_get (self->trial, "bad") != 0)
    return TRUE;
  g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, "item %" G_GUINT64_FORMAT " is not a record",
               mill_item_get_id (item));
  return FALSE;
}

/* ---- as usually written ----------------------------------------------------------------------------------
 */

static gpointer
consume_until_error (gpointer user_data)
{
  Program *self = user_data;

  for (;;)
    {
      g_autoptr (MillItem) item =
          mill_queue_get (self->queue, mill_trial_get_cancellable (self->trial), NULL);

      if (item == NULL || !process (self, item, NULL))
        return NULL; /* and nobody misses this consumer */
      mill_trial_count_done (self->trial);
      mill_queue_task_done (self->queue, NULL);
    }
}

/* ---- cured -----------------------------------------------------------------------------------------------
 */

static gpointer
consume (gpointer user_data)
{
  Program *self = user_data;

  for (;;)
    {
      g_autoptr (MillItem) item =
          mill_queue_get (self->queue, mill_trial_get_cancellable (self->trial), NULL);
      GError *error = NULL;

      if (item == NULL)
        return NULL;
      if (process (self, item, &error))
        mill_trial_count_done (self->trial);
      else
        g_async_queue_push (self->dead_letters, error);
      mill_queue_task_done (self->queue, NULL);
    }
}

/* ---- the same for both -----------------------------------------------------------------------------------
 */

static void
free_error (gpointer error)
{
  g_error_free (error);
}

static void
produce (Program *self, MillCrew *crew)
{
  guint n_items = mill_trial_get (self->trial, "items");
  gboolean ok = TRUE;

  for (guint i = 1; ok && i <= n_items; i++)
    {
      g_autoptr (MillItem) item = mill_item_new (i, NULL);

      ok = mill_trial_put (self->trial, self->queue, item, crew); /* the wrong one never returns of itself */
      mill_trial_chart (self->trial, mill_crew_get_alive (crew));
    }
}

static void
run_program (MillTrial *trial, GThreadFunc consumer)
{
  g_autoptr (MillQueue) queue = mill_queue_new ((gint) mill_trial_get (trial, "maxsize"));
  g_autoptr (GAsyncQueue) dead_letters = g_async_queue_new_full (free_error);
  Program self = { trial, queue, dead_letters };
  MillCrew *crew = mill_crew_start (mill_trial_get (trial, "consumers"), consumer, &self);
  guint n_items = mill_trial_get (trial, "items");

  produce (&self, crew);
  g_ptr_array_unref (mill_queue_shutdown (queue, FALSE));
  mill_crew_end (crew);
  mill_trial_set_figure (trial,
                         n_items - mill_trial_get_done (trial) - (guint) g_async_queue_length (dead_letters));
}

static void
run_wrong (MillTrial *trial)
{
  run_program (trial, consume_until_error);
}

static void
run_cured (MillTrial *trial)
{
  run_program (trial, consume);
}

const MillPitfallInfo mill_pitfall_dying_consumer = {
  .name = "dying-consumer",
  .type_name = "MillPitfallDyingConsumer",
  .title = N_ ("An exception kills the consumer"),
  .advice = N_ (
      "Look at how many consumers are left: each bad item takes one with it, and when the last is gone the "
      "queue fills and the producer waits for ever. An item may fail, a consumer may not: catch whatever the "
      "work throws, keep the item as a dead letter, and go on, as a stage does."),
  .variants = { N_ ("The error ends the consumer"), N_ ("The error ends the item only") },
  .figure = N_ ("Items never processed"),
  .unit = N_ ("items"),
  .series = N_ ("Consumers left"),
  .programs = { run_wrong, run_cured },
  .parameters = { MILL_PITFALL_ITEMS (1000),
                  MILL_PITFALL_CONSUMERS (4),
                  MILL_PITFALL_LATENCY (10),
                  MILL_PITFALL_MAXSIZE (100),
                  { "bad", N_ ("Bad item"), N_ ("Every so many-th item is bad"), NULL, 1, 100000, 100 },
                  MILL_PITFALL_GIVE_UP (3000) },
};
