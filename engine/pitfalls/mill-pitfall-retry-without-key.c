/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pitfall: a retry of something that had been done already. The row was written, only the answer was lost
 * on the way; so it is written again. Cured: the row has a key, and the second time changes the same row. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"
#include "core/mill-retry-policy.h"
#include "pitfalls/mill-pitfall-private.h"
#include "pitfalls/mill-rows-private.h"

#define SCHEMA_WITHOUT_KEY "CREATE TABLE row (item INTEGER)"
#define INSERT             "INSERT INTO row (item) VALUES (?)"

#define SCHEMA_WITH_KEY "CREATE TABLE row (item INTEGER PRIMARY KEY, writes INTEGER DEFAULT 1)"
#define UPSERT          "INSERT INTO row (item) VALUES (?) ON CONFLICT (item) DO UPDATE SET writes = writes + 1"

#define COUNT_DOUBLED "SELECT count(*) - count(DISTINCT item) FROM row"

static const MillRetryPolicy policy = { .retries = 2, .base = 0.001, .cap = 0.1 };

typedef struct
{
  MillTrial *trial;
  MillQueue *queue;
  MillRows *rows;
  const char *sql;
} Program;

/* The row is there either way; but sometimes, the first time, the connection breaks before the answer comes.
 */
static gboolean
write_row (Program *self, MillItem *item, guint attempt, GError **error)
{
  guint64 id = mill_item_get_id (item);

  mill_trial_block (self->trial, mill_trial_get (self->trial, "latency"));
  mill_rows_write (self->rows, self->sql, &id, 1);
  if (attempt > 0 || id % mill_trial_get (self->trial, "lost-answer") != 0)
    return TRUE;
  g_set_error_literal (error, MILL_ERROR, MILL_ERROR_RETRYABLE, "no answer");
  return FALSE;
}

static void
write_with_retries (Program *self, MillItem *item)
{
  for (guint attempt = 0; attempt <= policy.retries; attempt++)
    {
      g_autoptr (GError) error = NULL;

      if (write_row (self, item, attempt, &error) || !mill_retry_policy_is_retryable (error))
        return;
      mill_trial_block (self->trial, (guint) (mill_retry_policy_get_wait (&policy, attempt, 0.5) * 1000.0));
    }
}

static void
count_doubled (Program *self)
{
  guint n_doubled = mill_rows_count (self->rows, COUNT_DOUBLED);

  mill_trial_chart (self->trial, n_doubled);
  mill_trial_set_figure (self->trial, n_doubled);
}

static gpointer
consume (gpointer user_data)
{
  Program *self = user_data;
  MillItem *item;

  while ((item = mill_queue_get (self->queue, mill_trial_get_cancellable (self->trial), NULL)) != NULL)
    {
      write_with_retries (self, item);
      mill_queue_task_done (self->queue, NULL);
      mill_trial_count_done (self->trial);
      if (mill_item_get_id (item) % 10 == 0)
        count_doubled (self);
      mill_item_unref (item);
    }
  return NULL;
}

static void
produce (Program *self)
{
  guint n_items = mill_trial_get (self->trial, "items");
  gboolean ok = TRUE;

  for (guint i = 1; ok && i <= n_items; i++)
    {
      g_autoptr (MillItem) item = mill_item_new (i, NULL);

      ok = mill_queue_put (self->queue, item, mill_trial_get_cancellable (self->trial), NULL);
    }
  g_ptr_array_unref (mill_queue_shutdown (self->queue, FALSE));
}

static void
run_program (MillTrial *trial, const char *schema, const char *sql)
{
  g_autoptr (MillQueue) queue = mill_queue_new (100);
  g_autoptr (MillRows) rows = mill_rows_new (schema);
  Program self = { trial, queue, rows, sql };
  MillCrew *crew = mill_crew_start (mill_trial_get (trial, "consumers"), consume, &self);

  produce (&self);
  mill_crew_end (crew);
  count_doubled (&self);
}

static void
run_wrong (MillTrial *trial)
{
  run_program (trial, SCHEMA_WITHOUT_KEY, INSERT);
}

static void
run_cured (MillTrial *trial)
{
  run_program (trial, SCHEMA_WITH_KEY, UPSERT);
}

const MillPitfallInfo mill_pitfall_retry_without_key = {
  .name = "retry-without-key",
  .type_name = "MillPitfallRetryWithoutKey",
  .title = N_ ("Retries without a key"),
  .advice = N_ (
      "Look at the rows that are there twice: each is one whose answer was lost after it had been written, "
      "and "
      "that was tried again. Who gets no answer cannot know whether it was done, so whatever is retried must "
      "be safe to do twice: give each row a key, and write with an upsert."),
  .variants = { N_ ("INSERT, again after an error"), N_ ("INSERT … ON CONFLICT (key) DO UPDATE") },
  .figure = N_ ("Rows doubled"),
  .unit = N_ ("rows"),
  .series = N_ ("Rows too many"),
  .programs = { run_wrong, run_cured },
  .parameters = { MILL_PITFALL_ITEMS (1000),
                  MILL_PITFALL_CONSUMERS (4),
                  MILL_PITFALL_LATENCY (12),
                  { "lost-answer", N_ ("Lost answer"), N_ ("The answer to every so many-th row is lost once"),
                    NULL, 1, 100000, 20 } },
};
