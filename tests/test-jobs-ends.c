/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shipped jobs about how things end: time-outs and cancellation (row 5 of what Millrace has to do),
 * graceful shutdown (row 8) and dead letters (row 14), and what is stuck. */

#include "config.h"

#include <locale.h>

#include "core/mill-error.h"
#include "test-parts.h"

/* What is over its time is cancelled and tried once more; the rest comes through. */
static void
test_timeouts (void)
{
  g_autoptr (MillPipeline) pipeline = test_build_job ("timeouts");
  g_autoptr (GPtrArray) letters = NULL;
  guint before = test_count_engine_threads ();

  /* A machine that is busy with other things must not make all of them late: one in 200 takes 2 s by itself,
   * and most of them less than 0.1 s. Nor must it spend the budget, without which nothing is tried once more.
   */
  test_set (pipeline, "call.latency", "100");
  test_set (pipeline, "call.spread", "600");
  test_set (pipeline, "call.timeout", "2");
  test_set (pipeline, "call.retry-budget", "0");
  test_set (pipeline, "call.slots", "200");
  test_set (pipeline, "call.consumers", "200");
  test_start (pipeline);
  test_join (pipeline);
  TEST_WAIT (pipeline, s->state == MILL_STATE_FINISHED && s->done + s->dead == 3000);
  TEST_WAIT (pipeline, s->retries > 0 && s->done > 1500 && s->stuck->len == 0);
  letters = mill_pipeline_get_dead_letters (pipeline);
  for (guint i = 0; i < letters->len; i++)
    {
      const MillDeadLetter *letter = g_ptr_array_index (letters, i);

      g_assert_error (letter->error, MILL_ERROR, MILL_ERROR_TIMED_OUT);
      g_assert_cmpuint (letter->attempts, ==, 2);
    }
  test_assert_nothing_left (pipeline, before);
}

static void
test_drained (void)
{
  g_autoptr (MillPipeline) pipeline = test_build_job ("graceful-shutdown");
  guint before = test_count_engine_threads ();

  test_start (pipeline);
  TEST_WAIT (pipeline, s->done >= 200);
  g_assert_true (mill_pipeline_drain (pipeline, -1, NULL));
  test_join (pipeline);
  TEST_WAIT (pipeline, s->state == MILL_STATE_FINISHED && s->returned == 0 && s->done == s->produced);
  test_assert_nothing_left (pipeline, before);
}

static void
test_stopped (void)
{
  g_autoptr (MillPipeline) pipeline = test_build_job ("graceful-shutdown");
  g_autoptr (GPtrArray) returned = NULL;
  guint before = test_count_engine_threads ();

  test_start (pipeline);
  TEST_WAIT (pipeline, s->done >= 200 && s0->queue.depth > 0);
  /* The deadline has passed before anything could be worked off, even if nobody sees that at once. */
  test_set (pipeline, "prepare.latency", "10000");
  test_set (pipeline, "write.latency", "10000");
  g_assert_true (mill_pipeline_drain (pipeline, 0, NULL));
  test_join (pipeline);
  returned = mill_pipeline_get_returned (pipeline);
  TEST_WAIT (pipeline, s->state == MILL_STATE_STOPPED && s->returned > 0 && s->returned == returned->len);
  TEST_WAIT (pipeline, s->produced == s->done + s->dead + s->returned);
  test_assert_nothing_left (pipeline, before);
}

/* Kept with the reason; sent back once the cause is mended, none is left. */
static void
test_dead_letters (void)
{
  g_autoptr (MillPipeline) pipeline = test_build_job ("dead-letters");
  g_autoptr (GPtrArray) letters = NULL;
  const MillDeadLetter *first;

  test_start (pipeline);
  TEST_WAIT (pipeline, s->dead >= 20);
  letters = mill_pipeline_get_dead_letters (pipeline);
  first = g_ptr_array_index (letters, 0);
  g_assert_cmpstr (first->stage, ==, "call");
  g_assert_cmpstr (first->error->message, ==, "simulated failure");
  g_assert_cmpuint (first->attempts, ==, 1);

  /* With nothing in work, so that nothing fails any more once the rate is 0. */
  g_assert_true (mill_pipeline_pause (pipeline, NULL));
  TEST_WAIT (pipeline, s0->by_state[MILL_WORKER_PAUSED] == 8);
  test_set (pipeline, "call.error-rate", "0");
  g_assert_cmpint (mill_pipeline_requeue_dead_letters (pipeline, NULL), >=, 20);
  TEST_WAIT (pipeline, s->dead == 0 && s->unfinished > 20);
  g_assert_true (mill_pipeline_resume (pipeline, NULL));
  /* A drain takes no more of them; they are in by then, or on their way. */
  g_assert_true (mill_pipeline_drain (pipeline, -1, NULL));
  test_join (pipeline);
  TEST_WAIT (pipeline, s->state == MILL_STATE_FINISHED && s->dead == 0 && s->done == s->produced);
}

static gboolean
is_stalled (const MillSnapshot *snapshot)
{
  const MillStageSnapshot *send = g_ptr_array_index (snapshot->stages, 1);

  return send->queue.depth == 16 && send->by_state[MILL_WORKER_BUSY] == 8 && snapshot->done == 0;
}

/* Everything is full and stands, and moves once the stall is over. */
static void
test_stuck (void)
{
  g_autoptr (MillPipeline) pipeline = test_build_job ("stuck");
  guint before = test_count_engine_threads ();

  test_set (pipeline, "send.timeout", "0");
  test_start (pipeline);
  TEST_WAIT (pipeline, s->producer == MILL_PRODUCER_BLOCKED && s0->queue.depth == 12 && is_stalled (s));
  test_set (pipeline, "send.fault-stall", "false");
  test_join (pipeline);
  TEST_WAIT (pipeline, s->state == MILL_STATE_FINISHED && s->done == 48 && s->produced == 48);
  test_assert_nothing_left (pipeline, before);
}

/* When nobody does anything about it, all that was stuck is a dead letter. */
static void
test_stuck_to_the_end (void)
{
  g_autoptr (MillPipeline) pipeline = test_build_job ("stuck");
  g_autoptr (GPtrArray) letters = NULL;
  guint before = test_count_engine_threads ();

  test_set (pipeline, "send.timeout", "0.05");
  test_start (pipeline);
  test_join (pipeline);
  TEST_WAIT (pipeline, s->state == MILL_STATE_FINISHED && s->dead == 48 && s->done == 0);
  letters = mill_pipeline_get_dead_letters (pipeline);
  for (guint i = 0; i < letters->len; i++)
    g_assert_error (((const MillDeadLetter *) g_ptr_array_index (letters, i))->error, MILL_ERROR,
                    MILL_ERROR_TIMED_OUT);
  test_assert_nothing_left (pipeline, before);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/jobs/ends/timeouts", test_timeouts);
  g_test_add_func ("/jobs/ends/drained", test_drained);
  g_test_add_func ("/jobs/ends/stopped", test_stopped);
  g_test_add_func ("/jobs/ends/dead-letters", test_dead_letters);
  g_test_add_func ("/jobs/ends/stuck", test_stuck);
  g_test_add_func ("/jobs/ends/stuck-to-the-end", test_stuck_to_the_end);

  return g_test_run ();
}
