/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pitfall: an end that is told by an item, the sentinel, which each consumer puts back for the next. The
 * last one puts it back for nobody: the queue has one unfinished item for ever, and join never returns.
 * Cured: the queue is shut down, which all consumers see. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "pitfalls/mill-pitfall-private.h"

/* The number of the item that is not one. */
#define SENTINEL G_MAXUINT64

typedef struct
{
  MillTrial *trial;
  MillQueue *queue;
} Program;

static void
work (Program *self)
{
  mill_trial_block (self->trial, mill_trial_get (self->trial, "latency"));
  mill_trial_count_done (self->trial);
}

/* ---- as usually written ----------------------------------------------------------------------------------
 */

static gpointer
consume_until_sentinel (gpointer user_data)
{
  Program *self = user_data;
  gboolean more = TRUE;

  while (more)
    {
      g_autoptr (MillItem) item =
          mill_queue_get (self->queue, mill_trial_get_cancellable (self->trial), NULL);

      if (item == NULL)
        return NULL;
      more = mill_item_get_id (item) != SENTINEL;
      if (more)
        work (self);
      else
        mill_queue_put (self->queue, item, mill_trial_get_cancellable (self->trial),
                        NULL); /* for the next one */
      mill_queue_task_done (self->queue, NULL);
    }
  return NULL;
}

static void
end_by_sentinel (Program *self)
{
  g_autoptr (MillItem) sentinel = mill_item_new (SENTINEL, NULL);

  mill_queue_put (self->queue, sentinel, mill_trial_get_cancellable (self->trial), NULL);
}

/* ---- cured -----------------------------------------------------------------------------------------------
 */

static gpointer
consume_until_shutdown (gpointer user_data)
{
  Program *self = user_data;
  MillItem *item;

  while ((item = mill_queue_get (self->queue, mill_trial_get_cancellable (self->trial), NULL)) != NULL)
    {
      work (self);
      mill_queue_task_done (self->queue, NULL);
      mill_item_unref (item);
    }
  return NULL;
}

static void
end_by_shutdown (Program *self)
{
  g_ptr_array_unref (mill_queue_shutdown (self->queue, FALSE));
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
run_program (MillTrial *trial, GThreadFunc consumer, void (*end) (Program *))
{
  g_autoptr (MillQueue) queue = mill_queue_new ((gint) mill_trial_get (trial, "maxsize"));
  Program self = { trial, queue };
  MillCrew *crew = mill_crew_start (mill_trial_get (trial, "consumers"), consumer, &self);

  produce (&self);
  end (&self);
  mill_trial_join (trial, queue, crew); /* the wrong one never returns of itself */
  mill_crew_end (crew);
}

static void
run_wrong (MillTrial *trial)
{
  run_program (trial, consume_until_sentinel, end_by_sentinel);
}

static void
run_cured (MillTrial *trial)
{
  run_program (trial, consume_until_shutdown, end_by_shutdown);
}

const MillPitfallInfo mill_pitfall_reput_sentinel = {
  .name = "reput-sentinel",
  .type_name = "MillPitfallReputSentinel",
  .title = N_ ("A sentinel put back into the queue"),
  .advice = N_ (
      "Look at the unfinished items: they fall to one and stay there, though all the work is done, and join "
      "waits for ever. The one is the sentinel, which the last consumer put back for nobody; an end is a "
      "state "
      "of the queue that all can see, so shut it down."),
  .variants = { N_ ("Each consumer puts the sentinel back"), N_ ("The queue is shut down") },
  .figure = N_ ("Wait in join"),
  .unit = N_ ("s"),
  .series = N_ ("Unfinished items"),
  .programs = { run_wrong, run_cured },
  .figure_is_wait = TRUE,
  .parameters = { MILL_PITFALL_ITEMS (600), MILL_PITFALL_CONSUMERS (4), MILL_PITFALL_LATENCY (10),
                  MILL_PITFALL_MAXSIZE (100), MILL_PITFALL_GIVE_UP (3000) },
};
