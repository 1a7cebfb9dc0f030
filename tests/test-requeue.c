/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dead letters that are requeued (engine/pipeline/mill-pipeline.h). */

#include "config.h"

#include <locale.h>

#include "core/mill-error.h"
#include "test-parts.h"

/* Whether the step fails at odd items. */
static gint broken; /* (atomic) */

static TestAct
fail_while_broken (guint64 id, guint attempt)
{
  return g_atomic_int_get (&broken) && id % 2 == 1 ? TEST_FAIL_FOR_NOW : TEST_SUCCEED;
}

static TestAct
hold_even (guint64 id, guint attempt)
{
  if (id % 2 == 0)
    return TEST_HOLD;
  return g_atomic_int_get (&broken) ? TEST_FAIL : TEST_SUCCEED;
}

static TestAct
fail (guint64 id, guint attempt)
{
  return TEST_FAIL;
}

static MillStep *
step_new (gconstpointer data, TestPlan plan)
{
  return GPOINTER_TO_INT (data) == MILL_KIND_ASYNC ? test_task_step_new (plan) : test_step_new (plan);
}

/* "one" lets all pass, "two" has @plan; @n items, after which the source waits for test_source_release(). */
static MillPipeline *
pipeline_new (gconstpointer data, guint n, TestPlan plan, gint maxsize, guint consumers)
{
  MillKind kind = GPOINTER_TO_INT (data);
  MillSource *source = test_source_new (n, 0);

  g_atomic_int_set (&broken, TRUE);
  if (n != G_MAXUINT)
    test_source_hang_at (source, n + 1);
  return test_pipeline_new (source, MILL_KIND_THREADS,
                            test_stage_new ("one", kind, step_new (data, test_succeed), 10, 2),
                            test_stage_new ("two", kind, step_new (data, plan), maxsize, consumers), NULL);
}

static MillStageSnapshot *
second (MillSnapshot *snapshot)
{
  return g_ptr_array_index (snapshot->stages, 1);
}

static void
assert_refused (MillPipeline *pipeline, guint64 id, MillError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (mill_pipeline_requeue_dead_letter (pipeline, id, &error));
  g_assert_error (error, MILL_ERROR, (gint) code);
}

/* It has all its attempts again, in the stage where it died. */
static void
test_one (gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, 10, fail_while_broken, 10, 2);
  g_autoptr (GPtrArray) letters = NULL;
  g_autoptr (GError) error = NULL;
  const MillDeadLetter *letter;

  test_set (pipeline, "two.retries", "1");
  test_start (pipeline);
  TEST_WAIT (pipeline, s->done == 5 && s->dead == 5 && s->retries == 5);
  letters = mill_pipeline_get_dead_letters (pipeline);
  letter = g_ptr_array_index (letters, 2);
  g_assert_cmpuint (letter->id, ==, 3);

  /* Still broken: it dies again, under a new number. */
  g_assert_true (mill_pipeline_requeue_dead_letter (pipeline, letter->id, &error));
  g_assert_no_error (error);
  TEST_WAIT (pipeline, s->dead == 5 && s->retries == 6);
  assert_refused (pipeline, letter->id, MILL_ERROR_INVALID);
  g_atomic_int_set (&broken, FALSE);
  g_assert_true (mill_pipeline_requeue_dead_letter (pipeline, 6, NULL));
  TEST_WAIT (pipeline, s->done == 6 && s->dead == 4 && s0->done == 10 && second (s)->dead == 4);

  test_source_release (mill_pipeline_get_source (pipeline));
  test_join (pipeline);
  TEST_WAIT (pipeline, s->done == 6 && s->dead == 4 && s->produced == 10);
  assert_refused (pipeline, 1, MILL_ERROR_STATE);
}

static void
test_all (gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, 200, fail_while_broken, 3, 2);
  g_autoptr (GPtrArray) letters = NULL;

  g_assert_cmpint (mill_pipeline_requeue_dead_letters (pipeline, NULL), ==, -1);
  test_set (pipeline, "two.retries", "0");
  test_start (pipeline);
  TEST_WAIT (pipeline, s->done == 100 && s->dead == 100);
  g_atomic_int_set (&broken, FALSE);
  g_assert_cmpint (mill_pipeline_requeue_dead_letters (pipeline, NULL), ==, 100);
  TEST_WAIT (pipeline, s->done == 200 && s->dead == 0);
  g_assert_cmpint (mill_pipeline_requeue_dead_letters (pipeline, NULL), ==, 0);
  letters = mill_pipeline_get_dead_letters (pipeline);
  g_assert_cmpuint (letters->len, ==, 0);
  test_source_release (mill_pipeline_get_source (pipeline));
  test_join (pipeline);
}

/* The caller never waits: what finds no room is unfinished, and goes in later, also in a pause. */
static void
test_full_queue (gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, 40, fail_while_broken, 2, 1);

  test_set (pipeline, "two.retries", "0");
  test_start (pipeline);
  TEST_WAIT (pipeline, s->done == 20 && s->dead == 20);
  test_set (pipeline, "two.consumers", "0");
  TEST_WAIT (pipeline, second (s)->workers == 0);
  g_assert_true (mill_pipeline_pause (pipeline, NULL));
  g_atomic_int_set (&broken, FALSE);
  g_assert_cmpint (mill_pipeline_requeue_dead_letters (pipeline, NULL), ==, 20);
  TEST_WAIT (pipeline, s->dead == 0 && second (s)->unfinished == 20 && second (s)->queue.depth == 2);
  g_assert_true (mill_pipeline_resume (pipeline, NULL));
  /* Accepted is accepted: a drain works it off. */
  test_source_release (mill_pipeline_get_source (pipeline));
  g_assert_true (mill_pipeline_drain (pipeline, -1, NULL));
  TEST_WAIT (pipeline, s->state == MILL_STATE_DRAINING && second (s)->unfinished == 20);
  test_set (pipeline, "two.consumers", "1");
  test_join (pipeline);
  TEST_WAIT (pipeline, s->state == MILL_STATE_FINISHED && s->done == 40 && s->dead == 0);
}

/* A stop returns what was accepted and is not in yet. */
static void
test_stop_returns_the_requeued (gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, 40, fail_while_broken, 2, 1);
  g_autoptr (GPtrArray) returned = NULL;

  test_set (pipeline, "two.retries", "0");
  test_start (pipeline);
  TEST_WAIT (pipeline, s->dead == 20 && s->done == 20);
  test_set (pipeline, "two.consumers", "0");
  TEST_WAIT (pipeline, second (s)->workers == 0);
  g_assert_cmpint (mill_pipeline_requeue_dead_letters (pipeline, NULL), ==, 20);
  test_source_release (mill_pipeline_get_source (pipeline));
  mill_pipeline_stop (pipeline);
  assert_refused (pipeline, 1, MILL_ERROR_STATE);
  test_join (pipeline);
  TEST_WAIT (pipeline, s->dead == 0 && s->done == 20 && s->returned == 20 && s->unfinished == 0);
  returned = mill_pipeline_get_returned (pipeline);
  g_assert_cmpuint (returned->len, ==, 20);
}

static void
test_not_while_draining (gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, 4, hold_even, 10, 4);
  g_autoptr (GPtrArray) letters = NULL;

  test_start (pipeline);
  TEST_WAIT (pipeline, s->dead == 2 && s->unfinished == 2);
  test_source_release (mill_pipeline_get_source (pipeline));
  g_assert_true (mill_pipeline_drain (pipeline, -1, NULL));
  assert_refused (pipeline, 1, MILL_ERROR_STATE);
  g_assert_cmpint (mill_pipeline_requeue_dead_letters (pipeline, NULL), ==, -1);
  test_step_release (mill_stage_get_step (mill_pipeline_get_stage (pipeline, 1)));
  test_join (pipeline);
  TEST_WAIT (pipeline, s->done == 2 && s->dead == 2);
  letters = mill_pipeline_get_dead_letters (pipeline);
  g_assert_cmpuint (letters->len, ==, 2);
}

typedef struct
{
  MillPipeline *pipeline; /* (unowned) */
  gint quit;              /* (atomic) */
  gint accepted;          /* (atomic) */
} Hammer;

static gpointer
hammer (gpointer user_data)
{
  Hammer *self = user_data;

  while (!g_atomic_int_get (&self->quit))
    {
      gint n = mill_pipeline_requeue_dead_letters (self->pipeline, NULL);

      g_atomic_int_add (&self->accepted, MAX (n, 0));
    }
  return NULL;
}

/* Two threads requeue all that dies, over and over, while the run comes to its end in one way or another. */
static void
test_race_with_the_end (gconstpointer data)
{
  for (guint round = 0; round < 20; round++)
    {
      g_autoptr (MillPipeline) pipeline =
          pipeline_new (data, G_MAXUINT, round % 2 == 0 ? fail : fail_while_broken, 4, 2);
      Hammer hammers[2] = { { pipeline, FALSE, 0 }, { pipeline, FALSE, 0 } };
      GThread *threads[2];
      g_autoptr (GPtrArray) letters = NULL;
      g_autoptr (MillSnapshot) end = NULL;

      test_set (pipeline, "two.retries", "0");
      test_start (pipeline);
      for (guint i = 0; i < 2; i++)
        threads[i] = g_thread_new ("hammer", hammer, &hammers[i]);
      TEST_WAIT (pipeline, s0->done > 50 && g_atomic_int_get (&hammers[0].accepted) > 50);
      if (round % 3 == 0)
        mill_pipeline_stop (pipeline);
      else
        mill_pipeline_drain (pipeline, round % 3 == 1 ? -1 : 0.002, NULL);
      test_join (pipeline);
      for (guint i = 0; i < 2; i++)
        {
          g_atomic_int_set (&hammers[i].quit, TRUE);
          g_thread_join (threads[i]);
        }
      end = mill_pipeline_snapshot (pipeline);
      letters = mill_pipeline_get_dead_letters (pipeline);
      g_assert_cmpuint (end->unfinished, ==, 0);
      g_assert_cmpuint (end->dead, ==, letters->len);
    }
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  test_add_both ("requeue", "one", test_one);
  test_add_both ("requeue", "all", test_all);
  test_add_both ("requeue", "full-queue", test_full_queue);
  test_add_both ("requeue", "stop-returns-the-requeued", test_stop_returns_the_requeued);
  test_add_both ("requeue", "not-while-draining", test_not_while_draining);
  test_add_both ("requeue", "race-with-the-end", test_race_with_the_end);

  return g_test_run ();
}
