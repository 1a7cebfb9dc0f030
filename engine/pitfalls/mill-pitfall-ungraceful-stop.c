/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pitfall: a stop that cancels the consumers. What is in the queue, and in the batches that are not full
 * yet, is gone, and nobody knows how much. Cured: the queue is shut down; the consumers take what is left in
 * it, write their last batch, and end. (Where there is no time for that, a pipeline's stop counts and returns
 * what it did not do.) */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "pitfalls/mill-pitfall-private.h"
#include "pitfalls/mill-rows-private.h"

#define SCHEMA "CREATE TABLE row (item INTEGER PRIMARY KEY)"
#define WRITE  "INSERT INTO row (item) VALUES (?)"
#define COUNT  "SELECT count(*) FROM row"

typedef struct
{
  MillTrial *trial;
  MillQueue *queue;
  MillRows *rows;
  GCancellable *stop; /* what ends the consumers of the wrong one */
} Program;

static void
write_batch (Program *self, GArray *batch)
{
  mill_rows_write (self->rows, WRITE, (const guint64 *) (gconstpointer) batch->data, batch->len);
  g_array_set_size (batch, 0);
  mill_trial_chart (self->trial, mill_rows_count (self->rows, COUNT));
}

/* Whether there was one to take and to add to the batch. */
static gboolean
consume_one (Program *self, GArray *batch)
{
  g_autoptr (MillItem) item = mill_queue_get (self->queue, self->stop, NULL);
  guint64 id;

  if (item == NULL)
    return FALSE;
  mill_trial_block (self->trial, mill_trial_get (self->trial, "latency"));
  id = mill_item_get_id (item);
  g_array_append_val (batch, id);
  if (batch->len >= mill_trial_get (self->trial, "batch"))
    write_batch (self, batch);
  mill_queue_task_done (self->queue, NULL);
  mill_trial_count_done (self->trial);
  return TRUE;
}

static gpointer
consume (gpointer user_data)
{
  Program *self = user_data;
  g_autoptr (GArray) batch = g_array_new (FALSE, FALSE, sizeof (guint64));

  while (consume_one (self, batch))
    ;
  return NULL; /* and with it the rows of the last batch */
}

static gpointer
consume_to_the_end (gpointer user_data)
{
  Program *self = user_data;
  g_autoptr (GArray) batch = g_array_new (FALSE, FALSE, sizeof (guint64));

  while (consume_one (self, batch))
    ;
  write_batch (self, batch);
  return NULL;
}

/* Somebody asks for the stop when this has returned. Returns how many items were taken in. */
static guint
produce (Program *self)
{
  guint n_items = mill_trial_get (self->trial, "items"), n_put = 0;

  while (n_put < n_items)
    {
      g_autoptr (MillItem) item = mill_item_new (n_put + 1, NULL);

      if (!mill_queue_put (self->queue, item, mill_trial_get_cancellable (self->trial), NULL))
        break;
      n_put++;
    }
  return n_put;
}

static void
run_program (MillTrial *trial, GThreadFunc consumer, void (*stop) (Program *))
{
  g_autoptr (MillQueue) queue = mill_queue_new ((gint) mill_trial_get (trial, "maxsize"));
  g_autoptr (MillRows) rows = mill_rows_new (SCHEMA);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Program self = { trial, queue, rows, cancellable };
  MillCrew *crew = mill_crew_start (mill_trial_get (trial, "consumers"), consumer, &self);
  guint n_items = produce (&self);

  stop (&self);
  mill_crew_end (crew);
  mill_trial_chart (trial, mill_rows_count (rows, COUNT));
  mill_trial_set_figure (trial, n_items - mill_rows_count (rows, COUNT));
}

static void
stop_at_once (Program *self)
{
  g_cancellable_cancel (self->stop);
}

static void
stop_gracefully (Program *self)
{
  g_ptr_array_unref (mill_queue_shutdown (self->queue, FALSE));
}

static void
run_wrong (MillTrial *trial)
{
  run_program (trial, consume, stop_at_once);
}

static void
run_cured (MillTrial *trial)
{
  run_program (trial, consume_to_the_end, stop_gracefully);
}

const MillPitfallInfo mill_pitfall_ungraceful_stop = {
  .name = "ungraceful-stop",
  .type_name = "MillPitfallUngracefulStop",
  .title = N_ ("A stop that loses items"),
  .advice = N_ (
      "Look at how many rows are written when each program has ended: both took in the same items, and one "
      "lost what was still queued and what lay in batches that were not full. A stop is the last step of the "
      "work: take in nothing more, work off what is there, write the last batch, and only then end."),
  .variants = { N_ ("The consumers are cancelled"), N_ ("The queue is shut down and emptied") },
  .figure = N_ ("Items missing"),
  .unit = N_ ("items"),
  .series = N_ ("Rows written"),
  .programs = { run_wrong, run_cured },
  .parameters = { MILL_PITFALL_ITEMS (2020),
                  MILL_PITFALL_CONSUMERS (4),
                  MILL_PITFALL_LATENCY (5),
                  MILL_PITFALL_MAXSIZE (200),
                  { "batch", N_ ("Batch"), N_ ("How many rows are written at a time"), NULL, 1, 10000, 50 } },
};
