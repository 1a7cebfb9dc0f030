/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recording of any run: the contracts of MillRecorder, MillItemLog and MillRunWriter. */

#include "config.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <sqlite3.h>
#include <string.h>

#include "core/mill-error.h"
#include "failing-vfs.h"
#include "record/mill-item-log-private.h"
#include "record/mill-run-record.h"
#include "run-query.h"
#include "test-parts.h"

#define MANY 100000 /* more than can be on their way */
#define MORE 300000 /* dead ones, likewise */

typedef struct
{
  char *folder; /* (owned) */
  char *path;   /* (owned) of the run file, which is not there yet */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("millrace-record-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "run.sqlite", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  test_remove_tree (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static gint64
ask (Fixture *fixture, const char *sql)
{
  return test_ask_run (fixture->path, sql);
}

/* @sql: a condition on `item` */
static gint64
count (Fixture *fixture, const char *sql)
{
  g_autofree char *query = g_strdup_printf ("SELECT count (*) FROM item WHERE %s", sql);

  return ask (fixture, query);
}

/* ---- runs -----------------------------------------------------------------------------------------------
 */

/* Everything that can become of an item. */
static TestAct
mixed (guint64 id, guint attempt)
{
  if (id % 13 == 0)
    return TEST_CONSUME;
  if (id % 11 == 0)
    return TEST_EMIT;
  if (id % 7 == 0)
    return attempt < 1 ? TEST_FAIL_FOR_NOW : TEST_SUCCEED;
  return id % 17 == 0 ? TEST_FAIL : TEST_SUCCEED;
}

static TestAct
hold_from_ten (guint64 id, guint attempt)
{
  return id < 10 ? TEST_SUCCEED : TEST_HOLD;
}

static void
record (Fixture *fixture, MillPipeline *pipeline)
{
  g_autoptr (MillJob) job = test_load_job ("mixed-pipeline");
  g_autoptr (GError) error = NULL;

  g_assert_true (mill_run_record (pipeline, job, fixture->path, 0, &error));
  g_assert_no_error (error);
}

static MillPipeline *
pipeline_new (Fixture *fixture, guint n, TestPlan plan, MillKind kind)
{
  MillStep *step = kind == MILL_KIND_ASYNC ? test_task_step_new (plan) : test_step_new (plan);
  MillStep *first =
      kind == MILL_KIND_ASYNC ? test_task_step_new (test_succeed) : test_step_new (test_succeed);
  MillPipeline *pipeline = test_pipeline_new (test_source_new (n, 0), MILL_KIND_THREADS,
                                              test_stage_new ("one", kind, first, 20, 1),
                                              test_stage_new ("two", kind, step, 20, 4), NULL);

  test_set (pipeline, "two.backoff", "0");
  record (fixture, pipeline);
  return pipeline;
}

/* What the file says is what the last snapshot says, and adds up. */
static void
assert_adds_up (Fixture *fixture, MillPipeline *pipeline)
{
  g_autoptr (MillSnapshot) snapshot = mill_pipeline_snapshot (pipeline);

  g_assert_true (mill_snapshot_is_conserved (snapshot));
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM run WHERE ended >= started"), ==, 1);
  g_assert_cmpint (ask (fixture, "SELECT produced FROM run"), ==, snapshot->produced);
  g_assert_cmpint (ask (fixture, "SELECT retries FROM run"), ==, snapshot->retries);
  g_assert_cmpint (ask (fixture, "SELECT done FROM run"), ==, snapshot->done);
  g_assert_cmpint (ask (fixture, "SELECT unrecorded FROM run"), ==, snapshot->unrecorded);
  g_assert_cmpint (count (fixture, "outcome = 'done'") + (gint64) snapshot->unrecorded, ==, snapshot->done);
  g_assert_cmpint (count (fixture, "outcome = 'dead'"), ==, snapshot->dead);
  g_assert_cmpint (count (fixture, "outcome = 'returned'"), ==, snapshot->returned);
  g_assert_cmpint (count (fixture, "1") + (gint64) snapshot->unrecorded, ==,
                   snapshot->produced - snapshot->dropped);
}

static void
test_whole_run (Fixture *fixture, gconstpointer kind)
{
  guint threads_before = test_count_engine_threads ();
  g_autoptr (MillPipeline) pipeline = pipeline_new (fixture, 1000, mixed, (MillKind) GPOINTER_TO_INT (kind));
  g_autoptr (GPtrArray) events = NULL;

  test_start (pipeline);
  mill_pipeline_add_event (pipeline, MILL_EVENT_ALERT, "the queue is full");
  test_set (pipeline, "two.consumers", "3");
  test_join (pipeline);
  assert_adds_up (fixture, pipeline);
  g_assert_cmpint (ask (fixture, "SELECT unrecorded FROM run"), ==, 0);
  g_assert_cmpint (ask (fixture, "SELECT state = 'finished' AND error IS NULL FROM run"), ==, 1);
  g_assert_cmpint (count (fixture, "outcome = 'dead' AND (stage <> 'two' OR error IS NULL)"), ==, 0);
  g_assert_cmpint (count (fixture, "outcome = 'done' AND (stage IS NOT NULL OR error IS NOT NULL)"), ==, 0);
  g_assert_cmpint (count (fixture, "attempts = 2"), ==, ask (fixture, "SELECT retries FROM run"));
  g_assert_cmpint (count (fixture, "latency_ms IS NULL OR latency_ms < 0"), ==, 0);
  g_assert_cmpint (count (fixture, "key = '#17' AND outcome = 'dead' AND number = 17"), ==, 1);

  events = mill_pipeline_get_events (pipeline, 0);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM event"), ==, events->len);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM event WHERE kind = 'knob' AND text = "
                                 "'two.consumers 4 → 3' AND time_ms >= 0"),
                   ==, 1);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM event WHERE kind = 'alert'"), ==, 1);
  g_assert_cmpint (ask (fixture, "SELECT kind = 'state' FROM event ORDER BY number DESC LIMIT 1"), ==, 1);
  g_assert_cmpint (ask (fixture, "SELECT count (DISTINCT stage) FROM sample"), ==, 2);
  g_assert_cmpint (ask (fixture, "SELECT max (done) FROM sample WHERE stage = 'two'") +
                       ask (fixture, "SELECT max (dead) FROM sample WHERE stage = 'two'"),
                   ==, ask (fixture, "SELECT done + dead FROM run"));
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM sample WHERE busy + idle + blocked < 0"), ==, 0);
  test_assert_nothing_left (pipeline, threads_before);
}

/* Samples come while the run goes on, about ten a second, and the file can be read meanwhile. */
static void
test_meanwhile (Fixture *fixture, gconstpointer kind)
{
  g_autoptr (MillPipeline) pipeline =
      pipeline_new (fixture, 100, hold_from_ten, (MillKind) GPOINTER_TO_INT (kind));

  test_start (pipeline);
  TEST_WAIT (pipeline, s->done == 9 && s->elapsed_us > 0);
  while (ask (fixture, "SELECT count (*) FROM sample WHERE stage = 'two' AND done = 9") < 5 ||
         count (fixture, "1") < 9)
    test_step_aside ();
  g_assert_cmpint (ask (fixture, "SELECT state = 'running' AND ended IS NULL AND done = 9 FROM run"), ==, 1);
  g_assert_cmpint (ask (fixture, "SELECT min (workers) = 4 AND min (held) = 4 AND max (maxsize) = 20 FROM "
                                 "sample WHERE stage = 'two' AND done = 9"),
                   ==, 1);
  mill_pipeline_stop (pipeline);
  test_join (pipeline);
  assert_adds_up (fixture, pipeline);
  g_assert_cmpint (ask (fixture, "SELECT state = 'stopped' FROM run"), ==, 1);
  g_assert_cmpint (count (fixture, "outcome = 'returned'"), >=, 4);
  g_assert_cmpint (count (fixture, "outcome = 'returned' AND stage IS NULL"), ==, 0);
}

/* What died and was sent back has one row, of what became of it then. */
static gint is_broken; /* (atomic) */

static TestAct
fail_while_broken (guint64 id, guint attempt)
{
  return g_atomic_int_get (&is_broken) && id % 2 == 1 ? TEST_FAIL : TEST_SUCCEED;
}

static void
test_requeued (Fixture *fixture, gconstpointer kind)
{
  MillSource *source = test_source_new (100, 0);
  g_autoptr (MillPipeline) pipeline = NULL;

  g_atomic_int_set (&is_broken, TRUE);
  test_source_hang_at (source, 101);
  pipeline = test_pipeline_new (source, MILL_KIND_THREADS,
                                test_stage_new ("one", (MillKind) GPOINTER_TO_INT (kind),
                                                GPOINTER_TO_INT (kind) == MILL_KIND_ASYNC
                                                    ? test_task_step_new (fail_while_broken)
                                                    : test_step_new (fail_while_broken),
                                                20, 2),
                                NULL);
  record (fixture, pipeline);
  test_start (pipeline);
  TEST_WAIT (pipeline, s->done == 50 && s->dead == 50);
  while (count (fixture, "outcome = 'dead'") < 50)
    test_step_aside ();
  g_assert_cmpint (mill_pipeline_requeue_dead_letters (pipeline, NULL), ==, 50);
  TEST_WAIT (pipeline, s->dead == 50); /* dead once more */
  g_atomic_int_set (&is_broken, FALSE);
  g_assert_cmpint (mill_pipeline_requeue_dead_letters (pipeline, NULL), ==, 50);
  TEST_WAIT (pipeline, s->done == 100);
  test_source_release (source);
  test_join (pipeline);
  assert_adds_up (fixture, pipeline);
  g_assert_cmpint (count (fixture, "outcome = 'done'"), ==, 100);
  g_assert_cmpint (count (fixture, "rowid > 50 AND number % 2 = 1"), ==, 50);
}

/* The disk fails: the run goes on, and says once that it is not recorded any more. */
static void
test_disk_fails (Fixture *fixture, gconstpointer kind)
{
  g_autoptr (MillPipeline) pipeline = NULL;
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (MillSnapshot) snapshot = NULL;
  guint n_faults = 0;

  failing_vfs_arm (G_MAXINT, SQLITE_FULL); /* so that the file is on this disk */
  pipeline = pipeline_new (fixture, 20000, mixed, (MillKind) GPOINTER_TO_INT (kind));
  failing_vfs_arm (4, SQLITE_FULL);
  test_start (pipeline);
  test_join (pipeline);
  g_assert_true (failing_vfs_disarm ());
  snapshot = mill_pipeline_snapshot (pipeline);
  g_assert_cmpint (snapshot->state, ==, MILL_STATE_FINISHED);
  g_assert_true (mill_snapshot_is_conserved (snapshot));
  events = mill_pipeline_get_events (pipeline, 0);
  for (guint i = 0; i < events->len; i++)
    {
      const MillEvent *event = g_ptr_array_index (events, i);

      if (event->kind != MILL_EVENT_FAULT)
        continue;
      n_faults++;
      g_assert_nonnull (strstr (event->text, "the disk is full"));
      g_assert_nonnull (strstr (event->text, "not recorded any more"));
    }
  g_assert_cmpuint (n_faults, ==, 1);
}

/* A file that is there already is not touched, and a pipeline that never starts leaves nothing behind. */
static void
test_no_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MillJob) job = test_load_job ("mixed-pipeline");
  g_autoptr (MillPipeline) pipeline = mill_job_build (job, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (fixture->path, "mine", -1, NULL));
  g_assert_false (mill_run_record (pipeline, job, fixture->path, 0, &error));
  g_assert_nonnull (strstr (error->message, "is there already"));
}

/* ---- the log, without a pipeline ------------------------------------------------------------------------
 */

static void
failed_cb (const GError *error, gpointer user_data)
{
  g_assert_not_reached ();
}

static void
settle (MillItemLog *log, guint64 id, const char *key, MillOutcome outcome)
{
  g_autoptr (MillItem) item = mill_item_new (id, key);

  mill_item_log_settled (log, 0, item, outcome, NULL, 1, g_get_monotonic_time ());
}

static MillItemLog *
open_log (MillRunFile *file, MillRunWriter **writer, guint64 most_items)
{
  static const char *const stages[] = { "work", NULL };

  *writer = mill_run_writer_new (file, failed_cb, NULL);
  return mill_item_log_new (*writer, stages, most_items);
}

static void
close_log (MillRunFile *file, MillRunWriter *writer, MillItemLog *log)
{
  g_autoptr (GError) error = NULL;

  mill_item_log_flush (log);
  mill_run_writer_close (writer);
  mill_run_file_close (file, &error);
  g_assert_no_error (error);
  mill_run_writer_free (writer);
  mill_item_log_free (log);
}

static void
test_keys (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MillRunFile) file = mill_run_file_create (fixture->path, NULL);
  MillRunWriter *writer;
  MillItemLog *log = open_log (file, &writer, 0);

  settle (log, 1, "a", MILL_OUTCOME_DONE);
  settle (log, 2, NULL, MILL_OUTCOME_DONE);
  settle (log, 3, "a", MILL_OUTCOME_DEAD);
  settle (log, 4, "#2", MILL_OUTCOME_DONE);
  settle (log, 3, "a", MILL_OUTCOME_RETURNED); /* steps may emit what they like */
  settle (log, 2, NULL, MILL_OUTCOME_DONE);
  close_log (file, writer, log);
  g_assert_cmpint (count (fixture, "1"), ==, 6);
  g_assert_cmpint (count (fixture, "key = 'a' AND number = 1 AND rowid = 1"), ==, 1);
  g_assert_cmpint (count (fixture, "key = '#2' AND number = 2"), ==, 1);
  g_assert_cmpint (count (fixture, "key = 'a #3' AND outcome = 'dead' AND stage = 'work'"), ==, 1);
  g_assert_cmpint (count (fixture, "key = '#2 #4' AND number = 4"), ==, 1);
  g_assert_cmpint (count (fixture, "number = 3 AND outcome = 'returned'"), ==, 1);
  g_assert_cmpint (count (fixture, "finished > '2026' AND length (finished) = 23"), ==, 6);
}

/* While the file cannot be written to nobody waits, memory has a bound, and what matters is kept. */
static void
test_left_out (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MillRunFile) file = mill_run_file_create (fixture->path, NULL);
  MillRunWriter *writer;
  MillItemLog *log = open_log (file, &writer, 0);
  guint64 unrecorded;

  mill_run_file_begin (file);
  for (guint64 id = 1; id <= MANY; id++)
    settle (log, id, NULL, id % 100 == 0 ? MILL_OUTCOME_DEAD : MILL_OUTCOME_DONE);
  unrecorded = mill_item_log_get_unrecorded (log);
  mill_run_file_end (file);
  g_assert_cmpuint (unrecorded, >, 0);
  g_assert_cmpuint (unrecorded, <, MANY - 60000);
  close_log (file, writer, log);
  g_assert_cmpint (count (fixture, "outcome = 'dead'"), ==, MANY / 100);
  g_assert_cmpint (count (fixture, "1"), ==, MANY - unrecorded);
}

/* Not even a run in which everything fails takes memory without a bound. */
static void
test_dead_left_out (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MillRunFile) file = mill_run_file_create (fixture->path, NULL);
  MillRunWriter *writer;
  MillItemLog *log = open_log (file, &writer, 1000);
  guint64 unrecorded;

  mill_run_file_begin (file);
  for (guint64 id = 1; id <= MORE; id++)
    settle (log, id, NULL, MILL_OUTCOME_DEAD);
  unrecorded = mill_item_log_get_unrecorded (log);
  mill_run_file_end (file);
  g_assert_cmpuint (unrecorded, >=, MORE - 140000);
  g_assert_cmpuint (unrecorded, <, MORE - 120000);
  close_log (file, writer, log);
  g_assert_cmpint (count (fixture, "outcome = 'dead'"), ==, MORE - unrecorded);
}

/* However much is written, memory holds no more of the file than it is allowed to. */
static void
test_cache (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MillRunFile) file = mill_run_file_create (fixture->path, NULL);
  MillRunWriter *writer;
  MillItemLog *log = open_log (file, &writer, 0);

  mill_run_file_limit_cache (file, 1024);
  for (guint64 id = 1; id <= 50000; id++)
    settle (log, id, NULL, MILL_OUTCOME_DONE);
  mill_item_log_flush (log);
  mill_run_writer_close (writer);
  g_assert_cmpint (sqlite3_memory_used (), <, 2 * 1024 * 1024);
  close_log (file, writer, log);
  g_assert_cmpint (count (fixture, "1"), ==, 50000);
}

/* A file that is to stay small has the first items, and what matters of the others. */
static void
test_most_items (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MillRunFile) file = mill_run_file_create (fixture->path, NULL);
  MillRunWriter *writer;
  MillItemLog *log = open_log (file, &writer, 100);

  for (guint64 id = 1; id <= 150; id++)
    settle (log, id, NULL, MILL_OUTCOME_DONE);
  settle (log, 151, NULL, MILL_OUTCOME_DEAD);
  settle (log, 152, NULL, MILL_OUTCOME_RETURNED);
  g_assert_cmpuint (mill_item_log_get_unrecorded (log), ==, 50);
  close_log (file, writer, log);
  g_assert_cmpint (count (fixture, "outcome = 'done' AND number <= 100"), ==, 100);
  g_assert_cmpint (count (fixture, "number IN (151, 152)"), ==, 2);
  g_assert_cmpint (count (fixture, "1"), ==, 102);
}

typedef struct
{
  MillItemLog *log;
  guint64 first;
} Part;

static gpointer
settle_part (gpointer data)
{
  const Part *part = data;

  for (guint64 i = 0; i < 5000; i++)
    settle (part->log, part->first + i, NULL, MILL_OUTCOME_DONE);
  return NULL;
}

/* Several threads settle while the writer writes; each item is there once, or counted. */
static void
test_many_threads (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MillRunFile) file = mill_run_file_create (fixture->path, NULL);
  MillRunWriter *writer;
  MillItemLog *log = open_log (file, &writer, 0);
  Part parts[4];
  GThread *threads[4];
  guint64 unrecorded;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      parts[i] = (Part){ log, 1 + i * 5000 };
      threads[i] = g_thread_new ("settle", settle_part, &parts[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    g_thread_join (threads[i]);
  unrecorded = mill_item_log_get_unrecorded (log);
  close_log (file, writer, log);
  g_assert_cmpint (count (fixture, "1"), ==, 20000 - unrecorded);
  g_assert_cmpint (ask (fixture, "SELECT count (DISTINCT number) FROM item"), ==, 20000 - unrecorded);
}

static void
add_both (const char *name, void (*func) (Fixture *, gconstpointer))
{
  g_autofree char *threads = g_strdup_printf ("/run-record/%s/threads", name);
  g_autofree char *tasks = g_strdup_printf ("/run-record/%s/async", name);

  g_test_add (threads, Fixture, GINT_TO_POINTER (MILL_KIND_THREADS), set_up, func, tear_down);
  g_test_add (tasks, Fixture, GINT_TO_POINTER (MILL_KIND_ASYNC), set_up, func, tear_down);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  add_both ("whole-run", test_whole_run);
  add_both ("meanwhile", test_meanwhile);
  add_both ("requeued", test_requeued);
  add_both ("disk-fails", test_disk_fails);
#define ADD(name, func) g_test_add ("/run-record/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("no-file", test_no_file);
  ADD ("keys", test_keys);
  ADD ("left-out", test_left_out);
  ADD ("dead-left-out", test_dead_left_out);
  ADD ("cache", test_cache);
  ADD ("most-items", test_most_items);
  ADD ("many-threads", test_many_threads);
#undef ADD

  return g_test_run ();
}
