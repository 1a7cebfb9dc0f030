/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pitfall: a queue without a bound between a fast producer and a slow consumer. It never makes the
 * producer wait, so all that has not been consumed lies in memory. Cured: a bound, at which the producer
 * waits.
 *
 * So that it cannot hurt the machine, the wrong one has a limit of bytes all the same. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "pitfalls/mill-pitfall-private.h"

#define MEGABYTE 1e6

typedef struct
{
  MillTrial *trial;
  MillQueue *queue;
} Program;

static void
chart_memory (Program *self, double *most)
{
  MillQueueStats stats;
  double megabytes;

  mill_queue_get_stats (self->queue, &stats);
  megabytes = (double) stats.bytes / MEGABYTE;
  mill_trial_chart (self->trial, megabytes);
  if (megabytes > *most)
    mill_trial_set_figure (self->trial, *most = megabytes);
}

static gpointer
consume (gpointer user_data)
{
  Program *self = user_data;
  MillItem *item;

  while ((item = mill_queue_get (self->queue, mill_trial_get_cancellable (self->trial), NULL)) != NULL)
    {
      mill_trial_block (self->trial, mill_trial_get (self->trial, "latency"));
      mill_queue_task_done (self->queue, NULL);
      mill_trial_count_done (self->trial);
      mill_item_unref (item);
    }
  return NULL;
}

/* A page that was fetched, a record that was read: something that takes memory. */
static MillItem *
make_item (guint number, gsize size)
{
  MillItem *item = mill_item_new (number, NULL);
  g_autoptr (GBytes) payload = g_bytes_new_take (memset (g_malloc (size), 'x', size), size);

  mill_item_set_payload (item, payload);
  return item;
}

static void
produce (Program *self, double *most)
{
  gsize size = (gsize) mill_trial_get (self->trial, "kilobytes") * 1000;
  guint n_items = mill_trial_get (self->trial, "items");
  gboolean ok = TRUE;

  for (guint i = 1; ok && i <= n_items; i++)
    {
      g_autoptr (MillItem) item = make_item (i, size);

      mill_trial_block (self->trial, mill_trial_get (self->trial, "interval"));
      ok = mill_queue_put (self->queue, item, mill_trial_get_cancellable (self->trial), NULL);
      chart_memory (self, most);
    }
}

static void
run_program (MillTrial *trial, gint maxsize)
{
  g_autoptr (MillQueue) queue = mill_queue_new (maxsize);
  Program self = { trial, queue };
  MillCrew *crew = mill_crew_start (mill_trial_get (trial, "consumers"), consume, &self);
  double most = 0.0;

  mill_queue_set_max_bytes (queue, (guint64) mill_trial_get (trial, "limit") * 1000000);
  produce (&self, &most);
  g_ptr_array_unref (mill_queue_shutdown (queue, FALSE));
  while (mill_crew_get_alive (crew) > 0)
    {
      mill_trial_block (trial, 10);
      chart_memory (&self, &most);
    }
  mill_crew_end (crew);
}

static void
run_wrong (MillTrial *trial)
{
  run_program (trial, 0); /* no bound */
}

static void
run_cured (MillTrial *trial)
{
  run_program (trial, (gint) mill_trial_get (trial, "maxsize"));
}

const MillPitfallInfo mill_pitfall_unbounded_queue = {
  .name = "unbounded-queue",
  .type_name = "MillPitfallUnboundedQueue",
  .title = N_ ("A queue without a bound"),
  .advice = N_ (
      "Look at the memory: without a bound it climbs for as long as the producer is faster, with one it is "
      "flat, and both are done at the same time. A queue does not make a slow consumer faster, it only hides "
      "that it is slow; a full one passes that on to the producer, which waits."),
  .variants = { N_ ("maxsize 0: the producer never waits"),
                N_ ("A bound: the producer waits when it is full") },
  .figure = N_ ("Most memory"),
  .unit = N_ ("MB"),
  .series = N_ ("In the queue"),
  .series_unit = N_ ("MB"),
  .programs = { run_wrong, run_cured },
  .parameters = { MILL_PITFALL_ITEMS (2000),
                  MILL_PITFALL_CONSUMERS (2),
                  MILL_PITFALL_LATENCY (4),
                  { "interval", N_ ("Interval"), N_ ("How long the producer takes for an item"), N_ ("ms"), 0,
                    5000, 1 },
                  MILL_PITFALL_MAXSIZE (50),
                  { "kilobytes", N_ ("Size"), N_ ("How much memory one item takes"), N_ ("kB"), 1, 1000, 50 },
                  { "limit", N_ ("Limit"), N_ ("So many bytes the queue takes and no more, bound or not"),
                    N_ ("MB"), 1, 64, 64 } },
};
