/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillBatchStep (engine/pipeline/mill-batch-step.h), sentence by sentence, in both worlds and with both
 * faces. */

#include "config.h"

#include <locale.h>

#include "core/mill-error.h"
#include "pipeline/mill-batch-step.h"
#include "test-parts.h"

/* A step that notes its batches, with a blocking face or, as a TestTaskBatches, an asynchronous one. Items of
 * a number below `bad` spoil every attempt that they are in; those that can be divided by `rejected` are
 * rejected; the first `busy` attempts fail for now; and as long as it holds, an attempt waits until it is let
 * go or cancelled. With `hangs` a cancellation does not help. */
#define TEST_TYPE_BATCHES (test_batches_get_type ())
G_DECLARE_DERIVABLE_TYPE (TestBatches, test_batches, TEST, BATCHES, MillBatchStep)

struct _TestBatchesClass
{
  MillBatchStepClass parent_class;
};

#define TEST_TYPE_TASK_BATCHES (test_task_batches_get_type ())
G_DECLARE_FINAL_TYPE (TestTaskBatches, test_task_batches, TEST, TASK_BATCHES, TestBatches)

struct _TestTaskBatches
{
  TestBatches parent_instance;
};

typedef struct
{
  guint bad;
  guint rejected;
  guint busy;

  GMutex lock;
  GCond changed;
  gboolean holds;  /* (lock) */
  gboolean hangs;  /* (lock) */
  guint holding;   /* (lock) attempts that wait */
  GArray *sizes;   /* (owned) (lock) of guint: the attempts, in order */
  GArray *written; /* (owned) (lock) of guint64: the items of the successful ones, without the rejected */
} TestBatchesPrivate;

typedef TestBatchesPrivate Batches;

G_DEFINE_TYPE_WITH_PRIVATE (TestBatches, test_batches, MILL_TYPE_BATCH_STEP)
G_DEFINE_FINAL_TYPE (TestTaskBatches, test_task_batches, TEST_TYPE_BATCHES)

static Batches *
get_batches (gpointer step)
{
  return test_batches_get_instance_private (TEST_BATCHES (step));
}

static void
wake_cb (GCancellable *cancellable, gpointer user_data)
{
  Batches *self = user_data;

  g_mutex_lock (&self->lock);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static void
hold (Batches *self, GCancellable *cancellable)
{
  gulong handler = g_cancellable_connect (cancellable, G_CALLBACK (wake_cb), self, NULL);

  g_mutex_lock (&self->lock);
  self->holding++;
  while (self->holds && (self->hangs || !g_cancellable_is_cancelled (cancellable)))
    g_cond_wait (&self->changed, &self->lock);
  self->holding--;
  g_mutex_unlock (&self->lock);
  g_cancellable_disconnect (cancellable, handler);
}

static void
let_go (Batches *self)
{
  g_mutex_lock (&self->lock);
  self->holds = FALSE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static guint
get_holding (Batches *self)
{
  guint holding;

  g_mutex_lock (&self->lock);
  holding = self->holding;
  g_mutex_unlock (&self->lock);
  return holding;
}

/* Notes the attempt. Returns which it is, from 1. */
static guint
note_attempt (Batches *self, MillWork *work)
{
  guint n = mill_work_get_n_items (work);
  guint attempt;

  g_assert_true (mill_work_get_nth_item (work, 0) == mill_work_get_item (work));
  g_mutex_lock (&self->lock);
  g_array_append_val (self->sizes, n);
  attempt = self->sizes->len;
  g_mutex_unlock (&self->lock);
  return attempt;
}

static gboolean
is_spoilt (Batches *self, MillWork *work)
{
  for (guint i = 0; i < mill_work_get_n_items (work); i++)
    if (mill_item_get_id (mill_work_get_nth_item (work, i)) < self->bad)
      return TRUE;
  return FALSE;
}

static void
write_all (Batches *self, MillWork *work)
{
  for (guint i = 0; i < mill_work_get_n_items (work); i++)
    {
      guint64 id = mill_item_get_id (mill_work_get_nth_item (work, i));

      if (self->rejected > 0 && id % self->rejected == 0)
        {
          mill_work_reject (work, i, g_error_new (MILL_ERROR, MILL_ERROR_FAILED, "rejected"));
          mill_work_reject (work, i, g_error_new (MILL_ERROR, MILL_ERROR_FAILED, "rejected once more"));
          continue;
        }
      g_mutex_lock (&self->lock);
      g_array_append_val (self->written, id);
      g_mutex_unlock (&self->lock);
    }
}

static gboolean
run (Batches *self, MillWork *work, GCancellable *cancellable, GError **error)
{
  guint attempt = note_attempt (self, work);

  hold (self, cancellable);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (attempt <= self->busy)
    {
      g_set_error_literal (error, MILL_ERROR, MILL_ERROR_RETRYABLE, "busy");
      return FALSE;
    }
  if (is_spoilt (self, work))
    {
      g_set_error_literal (error, MILL_ERROR, MILL_ERROR_FAILED, "bad");
      return FALSE;
    }
  write_all (self, work);
  return TRUE;
}

static gboolean
test_batches_process (MillStep *step, MillWork *work, GCancellable *cancellable, GError **error)
{
  return run (get_batches (step), work, cancellable, error);
}

static void
test_batches_finalize (GObject *object)
{
  Batches *self = get_batches (object);

  g_array_unref (self->sizes);
  g_array_unref (self->written);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (test_batches_parent_class)->finalize (object);
}

static void
test_batches_class_init (TestBatchesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_batches_finalize;
  MILL_STEP_CLASS (klass)->process = test_batches_process;
}

static void
test_batches_init (TestBatches *step)
{
  Batches *self = get_batches (step);

  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->sizes = g_array_new (FALSE, FALSE, sizeof (guint));
  self->written = g_array_new (FALSE, FALSE, sizeof (guint64));
}

static void
run_in_thread (GTask *task, gpointer source_object, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (run (get_batches (source_object), task_data, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
test_task_batches_process_async (MillStep *step, MillWork *work, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (step, cancellable, callback, user_data);

  g_task_set_task_data (task, work, NULL);
  g_task_run_in_thread (task, run_in_thread);
}

static gboolean
test_task_batches_process_finish (MillStep *step, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
test_task_batches_class_init (TestTaskBatchesClass *klass)
{
  MILL_STEP_CLASS (klass)->process = NULL;
  MILL_STEP_CLASS (klass)->process_async = test_task_batches_process_async;
  MILL_STEP_CLASS (klass)->process_finish = test_task_batches_process_finish;
}

static void
test_task_batches_init (TestTaskBatches *self)
{
}

/* ---- the cases ------------------------------------------------------------------------------------------
 */

typedef struct
{
  MillStep *step; /* (owned) */
  Batches *batches;
  MillStage *stage;       /* (unowned) */
  MillPipeline *pipeline; /* (owned) */
} Fixture;

/* One worker, whose world is @data, with the step's face of the same kind. */
static void
set_up_with (Fixture *fixture, gconstpointer data, MillSource *source, guint batch, guint linger_ms)
{
  MillKind kind = (MillKind) GPOINTER_TO_INT (data);

  fixture->step = g_object_new (kind == MILL_KIND_ASYNC ? TEST_TYPE_TASK_BATCHES : TEST_TYPE_BATCHES, "batch",
                                batch, "linger", linger_ms, NULL);
  fixture->batches = get_batches (fixture->step);
  fixture->stage = test_stage_new ("store", kind, g_object_ref (fixture->step), 1000, 1);
  fixture->pipeline = test_pipeline_new (source, MILL_KIND_THREADS, fixture->stage, NULL);
  g_object_set (fixture->stage, "backoff", 0.0, NULL);
}

static void
set_up (Fixture *fixture, gconstpointer data, guint n_items, guint batch, guint linger_ms)
{
  set_up_with (fixture, data, test_source_new (n_items, 0), batch, linger_ms);
}

static void
tear_down (Fixture *fixture)
{
  test_assert_conserved (fixture->pipeline);
  g_clear_object (&fixture->pipeline);
  g_clear_object (&fixture->step);
}

static guint
count_attempts (Fixture *fixture)
{
  return fixture->batches->sizes->len;
}

static guint
get_size (Fixture *fixture, guint attempt)
{
  return g_array_index (fixture->batches->sizes, guint, attempt);
}

static void
assert_ended (Fixture *fixture, guint64 done, guint64 dead)
{
  g_autoptr (MillSnapshot) snapshot = mill_pipeline_snapshot (fixture->pipeline);
  MillQueueStats stats;

  g_assert_cmpint (snapshot->state, ==, MILL_STATE_FINISHED);
  g_assert_cmpuint (snapshot->done, ==, done);
  g_assert_cmpuint (snapshot->dead, ==, dead);
  g_assert_true (((MillStageSnapshot *) g_ptr_array_index (snapshot->stages, 0))->batching);
  g_assert_cmpuint (fixture->batches->written->len, ==, done);
  mill_queue_get_stats (mill_stage_get_queue (fixture->stage), &stats);
  g_assert_cmpuint (stats.unfinished, ==, 0);
}

/* Full as long as there are enough items, however long that takes; and at the end what is left, at once. */
static void
test_full (gconstpointer data)
{
  Fixture fixture;

  set_up (&fixture, data, 25, 10, 3600000);
  test_start (fixture.pipeline);
  test_join (fixture.pipeline);
  g_assert_cmpuint (count_attempts (&fixture), ==, 3);
  g_assert_cmpuint (get_size (&fixture, 0), ==, 10);
  g_assert_cmpuint (get_size (&fixture, 1), ==, 10);
  g_assert_cmpuint (get_size (&fixture, 2), ==, 5);
  for (guint i = 0; i < 25; i++)
    g_assert_cmpuint (g_array_index (fixture.batches->written, guint64, i), ==, i + 1);
  assert_ended (&fixture, 25, 0);
  tear_down (&fixture);
}

/* One that is not full waits for no more than its time. */
static void
test_linger (gconstpointer data)
{
  g_autoptr (MillSource) source = test_source_new (G_MAXUINT, 0);
  Fixture fixture;

  test_source_hang_at (source, 6);
  set_up_with (&fixture, data, g_object_ref (source), 10, 1);
  test_start (fixture.pipeline);
  TEST_WAIT (fixture.pipeline, s->done == 5);
  mill_pipeline_stop (fixture.pipeline);
  test_source_release (source);
  test_join (fixture.pipeline);
  tear_down (&fixture);
}

/* What spoils a batch dies alone; all others are written, and none twice. */
static void
test_split (gconstpointer data)
{
  Fixture fixture;

  set_up (&fixture, data, 100, 100, 3600000);
  fixture.batches->bad = 3; /* items 1 and 2 */
  test_start (fixture.pipeline);
  test_join (fixture.pipeline);
  assert_ended (&fixture, 98, 2);
  for (guint i = 0; i < 98; i++)
    g_assert_cmpuint (g_array_index (fixture.batches->written, guint64, i), ==, i + 3);
  /* 100, 50, 25, 12, 6, 3, 1; then 99, 49, 24, 12, 6, 3, 1; then 98 */
  g_assert_cmpuint (count_attempts (&fixture), ==, 15);
  g_assert_cmpuint (get_size (&fixture, 14), ==, 98);
  tear_down (&fixture);
}

/* All spoilt: each dies by itself, with its own reason. */
static void
test_all_bad (gconstpointer data)
{
  g_autoptr (GPtrArray) letters = NULL;
  Fixture fixture;

  set_up (&fixture, data, 8, 8, 3600000);
  fixture.batches->bad = 100;
  test_start (fixture.pipeline);
  test_join (fixture.pipeline);
  assert_ended (&fixture, 0, 8);
  letters = mill_pipeline_get_dead_letters (fixture.pipeline);
  g_assert_cmpuint (letters->len, ==, 8);
  for (guint i = 0; i < letters->len; i++)
    {
      const MillDeadLetter *letter = g_ptr_array_index (letters, i);

      g_assert_cmpuint (mill_item_get_id (letter->item), ==, i + 1);
      g_assert_cmpstr (letter->error->message, ==, "bad");
      g_assert_cmpuint (letter->attempts, ==, 1);
    }
  tear_down (&fixture);
}

static void
test_reject (gconstpointer data)
{
  g_autoptr (GPtrArray) letters = NULL;
  Fixture fixture;

  set_up (&fixture, data, 20, 10, 3600000);
  fixture.batches->rejected = 5;
  test_start (fixture.pipeline);
  test_join (fixture.pipeline);
  assert_ended (&fixture, 16, 4);
  g_assert_cmpuint (count_attempts (&fixture), ==, 2);
  letters = mill_pipeline_get_dead_letters (fixture.pipeline);
  for (guint i = 0; i < letters->len; i++)
    g_assert_cmpstr (((const MillDeadLetter *) g_ptr_array_index (letters, i))->error->message, ==,
                     "rejected");
  tear_down (&fixture);
}

/* Tried again as a whole; one retry for the batch. */
static void
test_retry (gconstpointer data)
{
  g_autoptr (MillSnapshot) snapshot = NULL;
  Fixture fixture;

  set_up (&fixture, data, 10, 10, 3600000);
  fixture.batches->busy = 2;
  test_start (fixture.pipeline);
  test_join (fixture.pipeline);
  assert_ended (&fixture, 10, 0);
  snapshot = mill_pipeline_snapshot (fixture.pipeline);
  g_assert_cmpuint (snapshot->retries, ==, 2);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (get_size (&fixture, i), ==, 10);
  tear_down (&fixture);
}

/* Not split: it is not the items' fault. */
static void
test_retries_spent (gconstpointer data)
{
  Fixture fixture;

  set_up (&fixture, data, 10, 10, 3600000);
  g_object_set (fixture.stage, "retries", 1, NULL);
  fixture.batches->busy = 100;
  test_start (fixture.pipeline);
  test_join (fixture.pipeline);
  assert_ended (&fixture, 0, 10);
  g_assert_cmpuint (count_attempts (&fixture), ==, 2);
  tear_down (&fixture);
}

/* A stop returns all of the batch, and what the source had beyond it. */
static void
test_stop (gconstpointer data)
{
  g_autoptr (GPtrArray) returned = NULL;
  Fixture fixture;

  set_up (&fixture, data, 20, 10, 3600000);
  fixture.batches->holds = TRUE;
  test_start (fixture.pipeline);
  TEST_WAIT (fixture.pipeline, get_holding (fixture.batches) == 1);
  mill_pipeline_stop (fixture.pipeline);
  test_join (fixture.pipeline);
  returned = mill_pipeline_get_returned (fixture.pipeline);
  g_assert_cmpuint (returned->len, >=, 10);
  g_assert_cmpuint (fixture.batches->written->len, ==, 0);
  tear_down (&fixture);
}

/* A step that does not end although the run was stopped: its batch is returned all the same, once. */
static void
test_given_up (gconstpointer data)
{
  g_autoptr (GPtrArray) returned = NULL;
  Fixture fixture;

  set_up (&fixture, data, 10, 10, 3600000);
  fixture.batches->holds = fixture.batches->hangs = TRUE;
  g_object_set (fixture.stage, "grace", 0.01, NULL);
  test_start (fixture.pipeline);
  TEST_WAIT (fixture.pipeline, get_holding (fixture.batches) == 1);
  mill_pipeline_stop (fixture.pipeline);
  test_join (fixture.pipeline);
  returned = mill_pipeline_get_returned (fixture.pipeline);
  g_assert_cmpuint (returned->len, ==, 10);
  let_go (fixture.batches);
  TEST_WAIT (fixture.pipeline, s->stuck->len == 0);
  tear_down (&fixture);
}

/* A time-out: the batch goes to another worker, which writes it. */
static void
test_timed_out (gconstpointer data)
{
  Fixture fixture;

  set_up (&fixture, data, 10, 10, 3600000);
  fixture.batches->holds = fixture.batches->hangs = TRUE;
  g_object_set (fixture.stage, "grace", 0.01, "timeout", 0.01, NULL);
  test_start (fixture.pipeline);
  TEST_WAIT (fixture.pipeline, s->stuck->len >= 1);
  test_set (fixture.pipeline, "store.timeout", "0");
  let_go (fixture.batches);
  test_join (fixture.pipeline);
  TEST_WAIT (fixture.pipeline, s->stuck->len == 0 && s->done + s->dead == 10);
  tear_down (&fixture);
}

/* A full batch does not go on while the run is paused; one that is being gathered is not lost. */
static void
test_paused (gconstpointer data)
{
  Fixture fixture;

  set_up (&fixture, data, 40, 10, 3600000);
  fixture.batches->holds = TRUE;
  test_start (fixture.pipeline);
  TEST_WAIT (fixture.pipeline, get_holding (fixture.batches) == 1);
  g_assert_true (mill_pipeline_pause (fixture.pipeline, NULL));
  let_go (fixture.batches);
  TEST_WAIT (fixture.pipeline, s0->by_state[MILL_WORKER_PAUSED] == 1 && s->done == 10);
  g_assert_true (mill_pipeline_resume (fixture.pipeline, NULL));
  test_join (fixture.pipeline);
  assert_ended (&fixture, 40, 0);
  tear_down (&fixture);
}

/* Turned to nothing and back while a batch is gathered: what was taken is written, and the rest by the next.
 */
static void
test_consumers (gconstpointer data)
{
  g_autoptr (MillSource) source = test_source_new (G_MAXUINT, 0);
  Fixture fixture;

  test_source_hang_at (source, 6);
  set_up_with (&fixture, data, g_object_ref (source), 10, 3600000);
  test_start (fixture.pipeline);
  TEST_WAIT (fixture.pipeline, s0->queue.gets == 5);
  test_set (fixture.pipeline, "store.consumers", "0");
  TEST_WAIT (fixture.pipeline, s->done == 5 && s0->workers == 0);
  mill_pipeline_stop (fixture.pipeline);
  test_source_release (source);
  test_join (fixture.pipeline);
  tear_down (&fixture);
}

/* Many workers, bad items, busy moments and rejections at once: each item ends once. */
static void
test_everything (gconstpointer data)
{
  Fixture fixture;

  set_up (&fixture, data, 5000, 37, 1);
  fixture.batches->bad = 20;
  fixture.batches->rejected = 101;
  fixture.batches->busy = 5;
  g_object_set (fixture.stage, "consumers", 8, "retries", 100, "retry-budget", 0, NULL);
  test_start (fixture.pipeline);
  test_join (fixture.pipeline);
  assert_ended (&fixture, 5000 - 19 - 5000 / 101, 19 + 5000 / 101);
  tear_down (&fixture);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  test_add_both ("batch-step", "full", test_full);
  test_add_both ("batch-step", "linger", test_linger);
  test_add_both ("batch-step", "split", test_split);
  test_add_both ("batch-step", "all-bad", test_all_bad);
  test_add_both ("batch-step", "reject", test_reject);
  test_add_both ("batch-step", "retry", test_retry);
  test_add_both ("batch-step", "retries-spent", test_retries_spent);
  test_add_both ("batch-step", "stop", test_stop);
  test_add_both ("batch-step", "given-up", test_given_up);
  test_add_both ("batch-step", "timed-out", test_timed_out);
  test_add_both ("batch-step", "paused", test_paused);
  test_add_both ("batch-step", "consumers", test_consumers);
  test_add_both ("batch-step", "everything", test_everything);
  return g_test_run ();
}
