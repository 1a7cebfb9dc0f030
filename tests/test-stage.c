/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillStage's contract (engine/pipeline/mill-stage.h): limits, retries, time-outs and failures, in both
 * worlds. */

#include "config.h"

#include <locale.h>

#include "core/mill-error.h"
#include "core/mill-virtual-clock.h"
#include "test-parts.h"

static MillStep *
step_new (gconstpointer data, TestPlan plan)
{
  return GPOINTER_TO_INT (data) == MILL_KIND_ASYNC ? test_task_step_new (plan) : test_step_new (plan);
}

/* One stage called "work" of the kind that @data says. */
static MillPipeline *
pipeline_new (gconstpointer data, guint n, TestPlan plan, guint consumers)
{
  MillKind kind = GPOINTER_TO_INT (data);

  return test_pipeline_new (test_source_new (n, 0), kind,
                            test_stage_new ("work", kind, step_new (data, plan), 50, consumers), NULL);
}

static MillStep *
get_step (MillPipeline *pipeline)
{
  return mill_stage_get_step (mill_pipeline_get_stage (pipeline, 0));
}

static TestAct
fail_every_third (guint64 id, guint attempt)
{
  return id % 3 == 0 ? TEST_FAIL : TEST_SUCCEED;
}

static TestAct
fail_silently (guint64 id, guint attempt)
{
  return TEST_FAIL_SILENTLY;
}

static TestAct
emit_or_consume (guint64 id, guint attempt)
{
  return id % 2 == 0 ? TEST_EMIT : TEST_CONSUME;
}

static void
test_consumers_are_live (gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, 200, test_hold, 2);

  test_start (pipeline);
  TEST_WAIT (pipeline, s0->by_state[MILL_WORKER_BUSY] == 2);
  test_set (pipeline, "work.consumers", "7");
  TEST_WAIT (pipeline, s0->by_state[MILL_WORKER_BUSY] == 7 && s0->workers == 7);
  /* Busy workers finish their item; they are interrupted by nothing. */
  test_set (pipeline, "work.consumers", "1");
  TEST_WAIT (pipeline, s0->consumers == 1 && s0->workers == 7 && s0->by_state[MILL_WORKER_BUSY] == 7);
  test_step_release (get_step (pipeline));
  TEST_WAIT (pipeline, s0->workers <= 1);
  test_join (pipeline);
  TEST_WAIT (pipeline, s->done == 200 && s->dead == 0 && s->returned == 0);
}

/* Workers that wait for an item leave as soon as they are not wanted any more. */
static void
test_idle_workers_leave_at_once (gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, 3, test_hold, 10);

  test_start (pipeline);
  TEST_WAIT (pipeline, s0->by_state[MILL_WORKER_BUSY] == 3);
  test_set (pipeline, "work.consumers", "0");
  TEST_WAIT (pipeline, s0->workers == 3 && s0->by_state[MILL_WORKER_IDLE] == 0);
  test_step_release (get_step (pipeline));
  test_join (pipeline);
  TEST_WAIT (pipeline, s->done == 3);
}

static void
test_slots_limit (gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, 100, test_hold, 10);

  test_set (pipeline, "work.slots", "3");
  test_start (pipeline);
  TEST_WAIT (pipeline, s0->by_state[MILL_WORKER_BUSY] == 3 && s0->by_state[MILL_WORKER_WAITING] == 7);
  TEST_WAIT (pipeline, s0->held == 3 && s0->waiting == 7 && s0->slots->len == 3);
  test_set (pipeline, "work.slots", "5");
  TEST_WAIT (pipeline, test_step_get_holding (get_step (pipeline)) == 5 && s0->waiting == 5);
  test_set (pipeline, "work.slots", "2");
  TEST_WAIT (pipeline, s0->permits == 2 && s0->held == 5 && s0->slots->len == 5);
  g_assert_cmpuint (test_step_get_most_at_once (get_step (pipeline)), ==, 5);
  test_step_release (get_step (pipeline));
  test_join (pipeline);
  TEST_WAIT (pipeline, s->done == 100 && s0->held == 0);
  g_assert_cmpuint (test_step_get_most_at_once (get_step (pipeline)), ==, 5);
}

/* Waits for the end, with a clock that flies: the waits before retries take no time. */
static void
join_flying (MillPipeline *pipeline, MillClock *clock)
{
  while (!mill_state_is_final (mill_pipeline_get_state (pipeline)))
    {
      mill_virtual_clock_advance (MILL_VIRTUAL_CLOCK (clock), 60 * G_USEC_PER_SEC);
      test_step_aside ();
    }
  test_join (pipeline);
}

static void
test_retries (gconstpointer data)
{
  g_autoptr (MillClock) clock = mill_virtual_clock_new (0);
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, 20, test_fail_twice, 4);

  mill_pipeline_set_clock (pipeline, clock);
  test_start (pipeline);
  join_flying (pipeline, clock);
  TEST_WAIT (pipeline, s->done == 20 && s->dead == 0 && s->retries == 40);
  g_assert_cmpuint (test_step_get_begun (get_step (pipeline)), ==, 60);
}

static void
test_retries_end (gconstpointer data)
{
  g_autoptr (MillClock) clock = mill_virtual_clock_new (0);
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, 5, test_fail_for_now, 4);
  g_autoptr (GPtrArray) letters = NULL;
  MillDeadLetter *letter;

  mill_pipeline_set_clock (pipeline, clock);
  test_set (pipeline, "work.retries", "3");
  test_start (pipeline);
  join_flying (pipeline, clock);
  TEST_WAIT (pipeline, s->done == 0 && s->dead == 5 && s->retries == 15);
  letters = mill_pipeline_get_dead_letters (pipeline);
  g_assert_cmpuint (letters->len, ==, 5);
  letter = g_ptr_array_index (letters, 0);
  g_assert_cmpuint (letter->attempts, ==, 4);
  g_assert_cmpstr (letter->stage, ==, "work");
  g_assert_error (letter->error, MILL_ERROR, MILL_ERROR_RETRYABLE);
}

/* A worker that waits before a retry holds no slot: another one works meanwhile. */
static void
test_backing_off_holds_no_slot (gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, 4, test_fail_for_now, 4);

  test_set (pipeline, "work.slots", "1");
  test_set (pipeline, "work.backoff", "3600");
  test_start (pipeline);
  TEST_WAIT (pipeline, s0->by_state[MILL_WORKER_BACKING_OFF] == 4 && s0->held == 0);
  mill_pipeline_stop (pipeline);
  test_join (pipeline);
  TEST_WAIT (pipeline, s->returned == 4);
}

/* A failure stops no worker and loses no task_done. */
static void
test_failures_stop_no_worker (gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, 300, fail_every_third, 4);
  MillQueueStats stats;

  test_start (pipeline);
  test_join (pipeline);
  TEST_WAIT (pipeline, s->done == 200 && s->dead == 100 && s->retries == 0);
  mill_queue_get_stats (mill_stage_get_queue (mill_pipeline_get_stage (pipeline, 0)), &stats);
  g_assert_cmpuint (stats.unfinished, ==, 0);
}

static void
test_silent_failure (gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, 3, fail_silently, 2);
  g_autoptr (GPtrArray) letters = NULL;

  test_start (pipeline);
  test_join (pipeline);
  letters = mill_pipeline_get_dead_letters (pipeline);
  g_assert_cmpuint (letters->len, ==, 3);
  g_assert_error (((MillDeadLetter *) g_ptr_array_index (letters, 0))->error, MILL_ERROR, MILL_ERROR_FAILED);
}

static void
test_timeout (gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, 2, test_hold, 2);
  g_autoptr (GPtrArray) letters = NULL;

  test_set (pipeline, "work.timeout", "0.02");
  test_set (pipeline, "work.retries", "1");
  test_start (pipeline);
  test_join (pipeline);
  TEST_WAIT (pipeline, s->dead == 2 && s->retries == 2);
  letters = mill_pipeline_get_dead_letters (pipeline);
  g_assert_error (((MillDeadLetter *) g_ptr_array_index (letters, 0))->error, MILL_ERROR,
                  MILL_ERROR_TIMED_OUT);
}

/* The time-out is live: one that is set while an attempt runs counts for those that begin after. */
static void
test_timeout_is_live (gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, G_MAXUINT, test_hold, 2);

  test_set (pipeline, "work.timeout", "0.01");
  test_set (pipeline, "work.retries", "0");
  test_start (pipeline);
  TEST_WAIT (pipeline, s->dead >= 2);
  test_set (pipeline, "work.timeout", "0");
  TEST_WAIT (pipeline, test_step_get_holding (get_step (pipeline)) == 2);
  mill_pipeline_stop (pipeline);
  test_join (pipeline);
}

static void
test_emit_and_consume (gconstpointer data)
{
  MillKind kind = GPOINTER_TO_INT (data);
  g_autoptr (MillPipeline) pipeline = test_pipeline_new (
      test_source_new (100, 0), kind, test_stage_new ("work", kind, step_new (data, emit_or_consume), 10, 3),
      test_stage_new ("next", kind, step_new (data, test_succeed), 10, 3), NULL);

  /* 50 end in the first stage, 50 go on and bring another one along. */
  test_start (pipeline);
  test_join (pipeline);
  TEST_WAIT (pipeline, s->produced == 150 && s->done == 150);
  g_assert_cmpuint (test_step_get_begun (mill_stage_get_step (mill_pipeline_get_stage (pipeline, 1))), ==,
                    100);
}

static void
test_latency_is_recorded (gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, 100, test_succeed, 4);

  test_start (pipeline);
  test_join (pipeline);
  TEST_WAIT (pipeline,
             mill_histogram_get_count (s->latency) == 100 && mill_histogram_get_count (s0->service) == 100);
}

/* Tasks are spread over several loops, so that hundreds in flight do not wait for one. */
static void
test_several_loops (void)
{
  guint n_loops = CLAMP (g_get_num_processors (), 1, 4);
  g_autoptr (MillPipeline) pipeline = pipeline_new (GINT_TO_POINTER (MILL_KIND_ASYNC), 8, test_hold, 8);

  test_start (pipeline);
  TEST_WAIT (pipeline, test_step_get_holding (get_step (pipeline)) == 8);
  g_assert_cmpuint (test_step_get_n_threads (get_step (pipeline)), ==, n_loops);
  test_step_release (get_step (pipeline));
  test_join (pipeline);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  test_add_both ("stage", "consumers-are-live", test_consumers_are_live);
  test_add_both ("stage", "idle-workers-leave-at-once", test_idle_workers_leave_at_once);
  test_add_both ("stage", "slots-limit", test_slots_limit);
  test_add_both ("stage", "retries", test_retries);
  test_add_both ("stage", "retries-end", test_retries_end);
  test_add_both ("stage", "backing-off-holds-no-slot", test_backing_off_holds_no_slot);
  test_add_both ("stage", "failures-stop-no-worker", test_failures_stop_no_worker);
  test_add_both ("stage", "silent-failure", test_silent_failure);
  test_add_both ("stage", "timeout", test_timeout);
  test_add_both ("stage", "timeout-is-live", test_timeout_is_live);
  test_add_both ("stage", "emit-and-consume", test_emit_and_consume);
  test_add_both ("stage", "latency-is-recorded", test_latency_is_recorded);

  g_test_add_func ("/stage/several-loops", test_several_loops);

  return g_test_run ();
}
