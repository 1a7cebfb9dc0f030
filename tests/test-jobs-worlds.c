/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shipped jobs about the two worlds: one step in either (row 3 of what Millrace has to do), backpressure
 * from the last stage to the source (row 4), tasks that fetch beside threads that write (row 9). */

#include "config.h"

#include <locale.h>
#include <string.h>

#include "test-parts.h"

static MillStageSnapshot *
stage_of (MillSnapshot *snapshot, guint index)
{
  return g_ptr_array_index (snapshot->stages, index);
}

/* Row 3: every item goes through the same step twice, once in each world, with equal figures. */
static void
test_either_world (void)
{
  g_autoptr (MillPipeline) pipeline = test_build_job ("either-world");
  g_autoptr (MillSnapshot) end = NULL;
  MillStageSnapshot *threads, *tasks;
  guint before = test_count_engine_threads ();

  /* What fails is the step's affair alone, not that of a machine that stalls. */
  test_set (pipeline, "threads.timeout", "0");
  test_set (pipeline, "tasks.timeout", "0");
  test_start (pipeline);
  test_join (pipeline);
  test_assert_nothing_left (pipeline, before);
  end = mill_pipeline_snapshot (pipeline);
  threads = stage_of (end, 0);
  tasks = stage_of (end, 1);
  g_assert_cmpint ((gint) threads->kind, ==, (gint) MILL_KIND_THREADS);
  g_assert_cmpint ((gint) tasks->kind, ==, (gint) MILL_KIND_ASYNC);
  g_assert_cmpuint (threads->queue.puts, ==, 2000);
  g_assert_cmpuint (tasks->queue.puts, ==, 2000 - threads->dead);
  g_assert_cmpuint (end->done, ==, 2000 - threads->dead - tasks->dead);
  /* The step decides from seed, item and attempt alone, so both worlds retry the same ones. */
  g_assert_cmpuint (threads->retries, ==, tasks->retries + threads->dead * 2);
  g_assert_cmpuint (threads->retries, >, 0);
}

/* Row 4: a full queue blocks those who fill it, back to the source, and how long is measured. */
static void
test_backpressure (void)
{
  g_autoptr (MillPipeline) pipeline = test_build_job ("backpressure");
  g_autoptr (MillSnapshot) blocked = NULL, end = NULL;

  test_start (pipeline);
  TEST_WAIT (pipeline, stage_of (s, 1)->queue.putters > 0 && s0->queue.depth == 200 &&
                           s->producer == MILL_PRODUCER_BLOCKED);
  blocked = mill_pipeline_snapshot (pipeline);
  g_assert_cmpuint (stage_of (blocked, 1)->queue.high_water, ==, 50);
  g_assert_cmpint (stage_of (blocked, 1)->queue.put_blocked_us, >, 0);
  /* More consumers at the end, and what was blocked moves again. */
  test_set (pipeline, "store.consumers", "64");
  TEST_WAIT (pipeline, s0->queue.depth < 150);
  test_join (pipeline);
  end = mill_pipeline_snapshot (pipeline);
  g_assert_cmpuint (end->done, ==, 3000);
  g_assert_cmpuint (stage_of (end, 0)->queue.high_water, ==, 200);
  g_assert_cmpint (stage_of (end, 0)->queue.put_blocked_us, >=, stage_of (blocked, 0)->queue.put_blocked_us);
  g_assert_cmpint (stage_of (end, 0)->queue.put_blocked_us, <=, end->elapsed_us);
}

/* Row 9: one bounded queue from the tasks to the threads; the disk is written by threads only. */
static void
test_mixed_pipeline (void)
{
  g_autoptr (MillPipeline) pipeline = test_build_job ("mixed-pipeline");
  g_autoptr (MillSnapshot) end = NULL;
  guint before = test_count_engine_threads ();

  test_start (pipeline);
  TEST_WAIT (pipeline, stage_of (s, 1)->done >= 200);
  /* Nobody saves: the queue between the worlds fills, the fetchers wait to hand over, and the source waits.
   */
  test_set (pipeline, "save.consumers", "0");
  TEST_WAIT (pipeline, stage_of (s, 1)->queue.depth == 100 && s0->by_state[MILL_WORKER_BLOCKED] > 0 &&
                           s->producer == MILL_PRODUCER_BLOCKED);
  test_set (pipeline, "save.consumers", "4");
  test_join (pipeline);
  test_assert_nothing_left (pipeline, before);
  end = mill_pipeline_snapshot (pipeline);
  g_assert_cmpint ((gint) stage_of (end, 0)->kind, ==, (gint) MILL_KIND_ASYNC);
  g_assert_cmpint ((gint) stage_of (end, 1)->kind, ==, (gint) MILL_KIND_THREADS);
  g_assert_cmpuint (end->produced, ==, 2000);
  g_assert_cmpuint (end->done + end->dead, ==, 2000);
  g_assert_cmpuint (stage_of (end, 1)->queue.high_water, ==, 100);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/jobs/worlds/either-world", test_either_world);
  g_test_add_func ("/jobs/worlds/backpressure", test_backpressure);
  g_test_add_func ("/jobs/worlds/mixed-pipeline", test_mixed_pipeline);

  return g_test_run ();
}
