/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a step does at the end: after all items and before the pipeline has ended, also after a stop, and a
 * stop ends it. */

#include "config.h"

#include "core/mill-error.h"
#include "test-parts.h"

/* A step that wraps up until it is released or cancelled. */
#define TEST_TYPE_LATE_STEP (test_late_step_get_type ())
G_DECLARE_FINAL_TYPE (TestLateStep, test_late_step, TEST, LATE_STEP, MillStep)

struct _TestLateStep
{
  MillStep parent_instance;

  gboolean fails;
  GMutex lock;
  GCond cond;
  gboolean is_released; /* under lock; so are the others */
  guint n_processed;
  guint n_seen; /* processed when it wrapped up */
  guint n_wrapped_up;
  guint n_closed;
  GThread *control; /* the thread that closed it */
  GThread *thread;  /* the one that wrapped up */
};

G_DEFINE_FINAL_TYPE (TestLateStep, test_late_step, MILL_TYPE_STEP)

static gboolean
test_late_step_process (MillStep *step, MillWork *work, GCancellable *cancellable, GError **error)
{
  TestLateStep *self = TEST_LATE_STEP (step);

  g_mutex_lock (&self->lock);
  self->n_processed++;
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static void
cancelled_cb (GCancellable *cancellable, TestLateStep *self)
{
  g_mutex_lock (&self->lock);
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
}

static gboolean
test_late_step_wrap_up (MillStep *step, MillPipeline *pipeline, GCancellable *cancellable, GError **error)
{
  TestLateStep *self = TEST_LATE_STEP (step);
  gulong handler = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), self, NULL);

  mill_pipeline_set_progress (pipeline, 3, 7);
  g_mutex_lock (&self->lock);
  self->n_wrapped_up++;
  self->n_seen = self->n_processed;
  self->thread = g_thread_self ();
  while (!self->is_released && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
  g_cancellable_disconnect (cancellable, handler);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (self->fails)
    g_set_error_literal (error, MILL_ERROR, MILL_ERROR_FAILED, "late");
  return !self->fails;
}

static void
test_late_step_close (MillStep *step)
{
  TestLateStep *self = TEST_LATE_STEP (step);

  g_mutex_lock (&self->lock);
  self->n_closed++;
  self->control = g_thread_self ();
  g_assert_cmpuint (self->n_wrapped_up, ==, 1);
  g_mutex_unlock (&self->lock);
}

static void
test_late_step_finalize (GObject *object)
{
  TestLateStep *self = TEST_LATE_STEP (object);

  g_cond_clear (&self->cond);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (test_late_step_parent_class)->finalize (object);
}

static void
test_late_step_class_init (TestLateStepClass *klass)
{
  MillStepClass *step_class = MILL_STEP_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = test_late_step_finalize;
  step_class->process = test_late_step_process;
  step_class->wrap_up = test_late_step_wrap_up;
  step_class->close = test_late_step_close;
}

static void
test_late_step_init (TestLateStep *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
}

static void
release (TestLateStep *self)
{
  g_mutex_lock (&self->lock);
  self->is_released = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
}

static guint
get_wrapped_up (TestLateStep *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->n_wrapped_up;
  g_mutex_unlock (&self->lock);
  return n;
}

static MillPipeline *
start (TestLateStep **step, guint n_items, MillKind kind)
{
  MillPipeline *pipeline;

  *step = g_object_new (TEST_TYPE_LATE_STEP, NULL);
  pipeline = test_pipeline_new (test_source_new (n_items, 0), MILL_KIND_THREADS,
                                test_stage_new ("late", kind, MILL_STEP (g_object_ref (*step)), 4, 2), NULL);
  test_start (pipeline);
  return pipeline;
}

/* After the last item; the pipeline is not over before, and says how far it is. */
static void
test_after_all (gconstpointer data)
{
  guint threads = test_count_engine_threads ();
  g_autoptr (TestLateStep) step = NULL;
  g_autoptr (MillPipeline) pipeline = start (&step, 20, GPOINTER_TO_INT (data));

  TEST_WAIT (pipeline, get_wrapped_up (step) == 1);
  TEST_WAIT (pipeline, s->done == 20 && s->progress_done == 3 && s->progress_total == 7);
  g_assert_cmpuint (step->n_seen, ==, 20);
  g_assert_cmpint (mill_pipeline_get_state (pipeline), ==, MILL_STATE_DRAINING);
  g_assert_cmpuint (step->n_closed, ==, 0);
  release (step);
  test_join (pipeline);
  g_assert_cmpint (mill_pipeline_get_state (pipeline), ==, MILL_STATE_FINISHED);
  g_assert_cmpuint (step->n_closed, ==, 1);
  g_assert_true (step->thread != step->control);
  test_assert_nothing_left (pipeline, threads);
}

/* A stop while it wraps up ends that. */
static void
test_stop_meanwhile (gconstpointer data)
{
  g_autoptr (TestLateStep) step = NULL;
  g_autoptr (MillPipeline) pipeline = start (&step, 5, GPOINTER_TO_INT (data));

  TEST_WAIT (pipeline, get_wrapped_up (step) == 1);
  mill_pipeline_stop (pipeline);
  test_join (pipeline);
  g_assert_cmpint (mill_pipeline_get_state (pipeline), ==, MILL_STATE_STOPPED);
  g_assert_cmpuint (step->n_closed, ==, 1);
}

/* After a stop it wraps up all the same, and another one ends that. */
static void
test_stop_twice (gconstpointer data)
{
  g_autoptr (TestLateStep) step = NULL;
  g_autoptr (MillPipeline) pipeline = start (&step, G_MAXUINT, GPOINTER_TO_INT (data));

  mill_pipeline_stop (pipeline);
  TEST_WAIT (pipeline, get_wrapped_up (step) == 1);
  g_assert_cmpint (mill_pipeline_get_state (pipeline), ==, MILL_STATE_STOPPING);
  mill_pipeline_stop (pipeline);
  test_join (pipeline);
  g_assert_cmpint (mill_pipeline_get_state (pipeline), ==, MILL_STATE_STOPPED);
}

static void
test_fails (gconstpointer data)
{
  g_autoptr (TestLateStep) step = NULL;
  g_autoptr (MillPipeline) pipeline = start (&step, 5, GPOINTER_TO_INT (data));
  g_autoptr (MillSnapshot) snapshot = NULL;

  step->fails = TRUE;
  release (step);
  test_join (pipeline);
  snapshot = mill_pipeline_snapshot (pipeline);
  g_assert_cmpint (snapshot->state, ==, MILL_STATE_FAILED);
  g_assert_cmpstr (snapshot->error, ==, "late: late");
  g_assert_cmpuint (snapshot->done, ==, 5);
}

/* Whoever lets go of the pipeline does not wait for what it would still do. */
static void
test_unref_meanwhile (gconstpointer data)
{
  g_autoptr (TestLateStep) step = NULL;
  MillPipeline *pipeline = start (&step, G_MAXUINT, GPOINTER_TO_INT (data));

  mill_pipeline_stop (pipeline);
  TEST_WAIT (pipeline, get_wrapped_up (step) == 1);
  g_object_unref (pipeline);
  g_assert_cmpuint (step->n_closed, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add_both ("wrap-up", "after-all", test_after_all);
  test_add_both ("wrap-up", "stop-meanwhile", test_stop_meanwhile);
  test_add_both ("wrap-up", "stop-twice", test_stop_twice);
  test_add_both ("wrap-up", "fails", test_fails);
  test_add_both ("wrap-up", "unref-meanwhile", test_unref_meanwhile);
  return g_test_run ();
}
