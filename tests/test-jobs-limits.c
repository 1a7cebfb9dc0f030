/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shipped jobs about limits: queue depth, slots and rate (row 7 of what Millrace has to do), and retries
 * with a budget (row 6). */

#include "config.h"

#include <locale.h>

#include "core/mill-virtual-clock.h"
#include "test-parts.h"

static MillStageSnapshot *
stage_of (const MillSnapshot *snapshot, guint index)
{
  return g_ptr_array_index (snapshot->stages, index);
}

/* Each of the three limits binds in its turn, and no one stands in for another. */
static void
test_three_limits (void)
{
  g_autoptr (MillClock) clock = mill_virtual_clock_new (0);
  g_autoptr (MillPipeline) pipeline = test_build_job ("three-limits");
  guint before = test_count_engine_threads ();

  mill_pipeline_set_clock (pipeline, clock);
  test_start (pipeline);
  /* The rate: time stands still, so the burst goes through and nobody else, though slots are free. */
  TEST_WAIT (pipeline, s0->held == 0 && s0->queue.depth == 100 && s0->by_state[MILL_WORKER_LIMITED] >= 14 &&
                           s0->by_state[MILL_WORKER_LIMITED] + s0->by_state[MILL_WORKER_BACKING_OFF] == 24);
  g_assert_cmpuint (
      mill_rate_limiter_get_acquired (mill_stage_get_rate_limiter (mill_pipeline_get_stage (pipeline, 0))),
      ==, 10);
  /* The queue: the producer waits. */
  TEST_WAIT (pipeline, s->producer == MILL_PRODUCER_BLOCKED);
  /* The slots: without a rate it is they. */
  test_set (pipeline, "call.latency", "20");
  test_set (pipeline, "call.rate", "0");
  test_set (pipeline, "write.rate", "0");
  TEST_WAIT (pipeline, s0->held == 8 && s0->by_state[MILL_WORKER_WAITING] > 0 &&
                           s0->by_state[MILL_WORKER_LIMITED] == 0);
  while (!mill_state_is_final (mill_pipeline_get_state (pipeline)))
    {
      /* Attempts that failed wait by this clock. */
      mill_virtual_clock_advance (MILL_VIRTUAL_CLOCK (clock), G_USEC_PER_SEC);
      test_step_aside ();
    }
  test_join (pipeline);
  TEST_WAIT (pipeline, s->done + s->dead == 2000 && s->retries > 0);
  TEST_WAIT (pipeline, stage_of (s, 1)->done == s->done && s0->queue.high_water == 100);
  test_assert_nothing_left (pipeline, before);
}

/* With the budget a failing server sees little more than each item once; without it, nearly three times as
 * much. */
static void
test_retry_budget (void)
{
  g_autoptr (MillClock) clock = mill_virtual_clock_new (0);
  g_autoptr (MillPipeline) pipeline = test_build_job ("retry-budget");

  mill_pipeline_set_clock (pipeline, clock);
  test_set (pipeline, "call.latency", "0");
  test_set (pipeline, "call.spread", "0");
  test_set (pipeline, "call.backoff", "0");
  test_start (pipeline);
  test_join (pipeline);
  /* Time stood still: a reserve of 100 and a fifth of the 4000 items. */
  TEST_WAIT (pipeline, s->done + s->dead == 4000 && s->retries <= 900 && s->retries > 800);
  TEST_WAIT (pipeline, s0->retries_refused > 2000 && s->dead > s0->retries_refused);
}

static void
test_retry_storm (void)
{
  g_autoptr (MillPipeline) pipeline = test_build_job ("retry-budget");

  test_set (pipeline, "call.latency", "0");
  test_set (pipeline, "call.spread", "0");
  test_set (pipeline, "call.backoff", "0");
  test_set (pipeline, "call.retry-budget", "0");
  test_start (pipeline);
  test_join (pipeline);
  TEST_WAIT (pipeline, s->done + s->dead == 4000 && s->retries > 6000 && s0->retries_refused == 0);
}

static gpointer
do_nothing (gpointer data)
{
  return NULL;
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  /* ThreadSanitizer starts a thread of its own with the first one; have it before anything is counted. */
  g_thread_join (g_thread_new ("first", do_nothing, NULL));

  g_test_add_func ("/jobs/limits/three-limits", test_three_limits);
  g_test_add_func ("/jobs/limits/retry-budget", test_retry_budget);
  g_test_add_func ("/jobs/limits/retry-storm", test_retry_storm);

  return g_test_run ();
}
