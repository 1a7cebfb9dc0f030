/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillFault (engine/pipeline/mill-fault.h): whatever trouble is made, in either world, the books agree, no
 * waiting is longer than it must be, and every run ends. */

#include "config.h"

#include <locale.h>
#include <string.h>

#include "core/mill-error.h"
#include "core/mill-virtual-clock.h"
#include "pipeline/mill-pipeline-private.h"
#include "test-parts.h"

#define SECOND ((gint64) G_USEC_PER_SEC)

/* One stage called "work", with the other world's step too: threads run an asynchronous one, tasks one that
 * blocks. */
static MillPipeline *
pipeline_with (MillKind kind, gboolean crossed, guint n, guint consumers)
{
  gboolean is_async = (kind == MILL_KIND_ASYNC) != crossed;
  MillStep *step = is_async ? test_task_step_new (test_succeed) : test_step_new (test_succeed);
  MillPipeline *pipeline = test_pipeline_new (test_source_new (n, 0), MILL_KIND_THREADS,
                                              test_stage_new ("work", kind, step, 50, consumers), NULL);

  test_set (pipeline, "work.backoff", "0");
  test_set (pipeline, "work.retry-budget", "0");
  return pipeline;
}

static MillPipeline *
pipeline_new (gconstpointer data, guint n, guint consumers)
{
  return pipeline_with (GPOINTER_TO_INT (data), FALSE, n, consumers);
}

static guint
get_begun (MillPipeline *pipeline)
{
  return test_step_get_begun (mill_stage_get_step (mill_pipeline_get_stage (pipeline, 0)));
}

static guint64
count_dead_with (MillPipeline *pipeline, MillError code)
{
  g_autoptr (GPtrArray) letters = mill_pipeline_get_dead_letters (pipeline);
  guint64 n = 0;

  for (guint i = 0; i < letters->len; i++)
    n += g_error_matches (((MillDeadLetter *) g_ptr_array_index (letters, i))->error, MILL_ERROR, code);
  return n;
}

static void
test_knobs (void)
{
  g_autoptr (MillPipeline) pipeline = pipeline_with (MILL_KIND_THREADS, FALSE, 1, 1);
  MillFault *fault = mill_stage_get_fault (mill_pipeline_get_stage (pipeline, 0));
  g_autoptr (GPtrArray) knobs = mill_pipeline_list_knobs (pipeline);
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GString) faults = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  const MillEvent *event;

  for (guint i = 0; i < knobs->len; i++)
    {
      MillKnob *knob = g_ptr_array_index (knobs, i);

      if (mill_knob_is_fault (knob))
        g_string_append_printf (faults, "%s=%g ", mill_knob_get_path (knob), mill_knob_get_number (knob));
    }
  g_assert_cmpstr (faults->str, ==, "work.fault-latency=0 work.fault-errors=0 work.fault-stall=0 ");

  g_assert_false (mill_fault_is_on (fault));
  g_assert_false (mill_pipeline_set_knob (pipeline, "work.fault-errors", "101", &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_INVALID);
  test_set (pipeline, "work.fault-errors", "25");
  g_assert_true (mill_fault_is_on (fault));
  test_set (pipeline, "work.slots", "3");
  test_set (pipeline, "work.fault-errors", "0");
  g_assert_false (mill_fault_is_on (fault));

  events = mill_pipeline_get_events (pipeline, 2);
  g_assert_cmpuint (events->len, ==, 3);
  event = g_ptr_array_index (events, 0);
  g_assert_cmpint (event->kind, ==, MILL_EVENT_FAULT);
  g_assert_cmpstr (event->text, ==, "work.fault-errors 0 → 25 %");
  event = g_ptr_array_index (events, 1);
  g_assert_cmpint (event->kind, ==, MILL_EVENT_KNOB);
  event = g_ptr_array_index (events, 2);
  g_assert_cmpint (event->kind, ==, MILL_EVENT_FAULT);
}

/* A path names one knob only, whatever the step has of its own. */
static void
test_paths_are_unambiguous (void)
{
  static const char *const jobs[] = { "backpressure", "demo-crawl", "mixed-pipeline", "timeouts", NULL };

  for (guint i = 0; jobs[i] != NULL; i++)
    {
      g_autoptr (MillPipeline) pipeline = test_build_job (jobs[i]);
      g_autoptr (GPtrArray) knobs = mill_pipeline_list_knobs (pipeline);
      g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

      for (guint j = 0; j < knobs->len; j++)
        g_assert_true (g_hash_table_add (seen, (gpointer) mill_knob_get_path (g_ptr_array_index (knobs, j))));
    }
}

static void
test_job_keys (void)
{
  static const char text[] =
      "[Job]\nname=x\n[Source]\ntype=count\nitems=1\n"
      "[Stage work]\nstep=simulate\nerror-rate=0.5\nfault-latency=20\nfault-stall=true\n";
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (GError) error = NULL;
  g_autoptr (MillJob) job = mill_job_new_from_bytes (bytes, "x.millrace", &error);
  g_autoptr (MillPipeline) pipeline = NULL;
  g_autoptr (MillKnob) latency = NULL;
  g_autoptr (MillKnob) stall = NULL;

  g_assert_no_error (error);
  pipeline = mill_job_build (job, &error);
  g_assert_no_error (error);
  latency = mill_pipeline_find_knob (pipeline, "work.fault-latency", &error);
  stall = mill_pipeline_find_knob (pipeline, "work.fault-stall", &error);
  g_assert_cmpfloat_with_epsilon (mill_knob_get_number (latency), 20, 1e-9);
  g_assert_cmpfloat_with_epsilon (mill_knob_get_number (stall), 1, 1e-9);
}

/* All attempts fail: each item is tried three times, and then is a dead letter; the step never runs. */
static void
test_all_fail (gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, 200, 4);

  test_set (pipeline, "work.retries", "2");
  test_set (pipeline, "work.fault-errors", "100");
  test_start (pipeline);
  test_join (pipeline);
  TEST_WAIT (pipeline, s->dead == 200 && s->retries == 400 && s->done == 0);
  g_assert_cmpuint (count_dead_with (pipeline, MILL_ERROR_RETRYABLE), ==, 200);
  g_assert_cmpuint (get_begun (pipeline), ==, 0);
}

/* Three in ten attempts fail, the same ones in each run and each world. */
static void
test_some_fail (gconstpointer data)
{
  static guint64 retries_before = 0;
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, 1000, 4);
  g_autoptr (MillSnapshot) end = NULL;

  test_set (pipeline, "work.retries", "100");
  test_set (pipeline, "work.fault-errors", "30");
  test_start (pipeline);
  test_join (pipeline);
  TEST_WAIT (pipeline, s->done == 1000 && s->dead == 0);
  end = mill_pipeline_snapshot (pipeline);
  /* 1000 · 0.3 / 0.7 = 429 of them are to be expected, give or take 25. */
  g_assert_cmpuint (end->retries, >, 329);
  g_assert_cmpuint (end->retries, <, 529);
  if (retries_before != 0)
    g_assert_cmpuint (end->retries, ==, retries_before);
  retries_before = end->retries;
  g_assert_cmpuint (get_begun (pipeline), ==, 1000);
}

static void
test_stall_and_release (gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, 100, 3);

  test_set (pipeline, "work.slots", "2");
  test_set (pipeline, "work.fault-stall", "true");
  test_start (pipeline);
  /* They hold what an attempt holds. */
  TEST_WAIT (pipeline, s0->by_state[MILL_WORKER_BUSY] == 2 && s0->held == 2 && s0->waiting == 1);
  g_assert_cmpuint (get_begun (pipeline), ==, 0);
  test_set (pipeline, "work.fault-stall", "false");
  test_join (pipeline);
  TEST_WAIT (pipeline, s->done == 100);
  g_assert_cmpuint (get_begun (pipeline), ==, 100);
}

/* Workers that are taken away while they stall finish their item once it is over. */
static void
test_stall_and_retire (gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, 10, 3);

  test_set (pipeline, "work.fault-stall", "true");
  test_start (pipeline);
  TEST_WAIT (pipeline, s0->by_state[MILL_WORKER_BUSY] == 3 && s0->queue.depth == 7);
  test_set (pipeline, "work.consumers", "0");
  test_set (pipeline, "work.fault-stall", "false");
  TEST_WAIT (pipeline, s->done == 3 && s0->workers == 0);
  test_set (pipeline, "work.consumers", "1");
  test_join (pipeline);
  TEST_WAIT (pipeline, s->done == 10);
}

static void
stall_and_stop (MillKind kind, gboolean crossed)
{
  guint before = test_count_engine_threads ();
  g_autoptr (MillPipeline) pipeline = pipeline_with (kind, crossed, G_MAXUINT, 3);

  test_set (pipeline, "work.fault-stall", "true");
  test_start (pipeline);
  TEST_WAIT (pipeline, s0->by_state[MILL_WORKER_BUSY] == 3 && s0->queue.depth == 50);
  mill_pipeline_stop (pipeline);
  test_join (pipeline);
  g_assert_cmpint (mill_pipeline_get_state (pipeline), ==, MILL_STATE_STOPPED);
  TEST_WAIT (pipeline, s->returned == s->produced && s->stuck->len == 0);
  g_assert_cmpuint (get_begun (pipeline), ==, 0);
  test_wait_for_threads (before);
}

static void
test_stall_and_stop (gconstpointer data)
{
  stall_and_stop (GPOINTER_TO_INT (data), FALSE);
  stall_and_stop (GPOINTER_TO_INT (data), TRUE);
}

static void
test_stall_and_drain (gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, G_MAXUINT, 3);

  test_set (pipeline, "work.fault-stall", "true");
  test_start (pipeline);
  TEST_WAIT (pipeline, s0->by_state[MILL_WORKER_BUSY] == 3 && s0->queue.depth == 50);
  g_assert_true (mill_pipeline_drain (pipeline, 0.02, NULL));
  test_join (pipeline);
  g_assert_cmpint (mill_pipeline_get_state (pipeline), ==, MILL_STATE_STOPPED);
  TEST_WAIT (pipeline, s->returned == s->produced && s->done == 0);
}

/* The attempt's time limit runs while it waits. */
static void
test_timeout (gconstpointer data)
{
  static const char *const faults[][2] = { { "work.fault-latency", "60000" },
                                           { "work.fault-stall", "true" } };

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autoptr (MillPipeline) pipeline = pipeline_new (data, 6, 3);

      test_set (pipeline, "work.timeout", "0.01");
      test_set (pipeline, "work.retries", "1");
      test_set (pipeline, faults[i][0], faults[i][1]);
      test_start (pipeline);
      test_join (pipeline);
      TEST_WAIT (pipeline, s->dead == 6 && s->retries == 6);
      g_assert_cmpuint (count_dead_with (pipeline, MILL_ERROR_TIMED_OUT), ==, 6);
      g_assert_cmpuint (get_begun (pipeline), ==, 0);
    }
}

/* By the pipeline's clock, so a test of it takes no time. */
static void
test_latency (gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, 4, 2);
  g_autoptr (MillVirtualClock) clock = MILL_VIRTUAL_CLOCK (mill_virtual_clock_new (0));

  mill_pipeline_set_clock (pipeline, MILL_CLOCK (clock));
  test_set (pipeline, "work.fault-latency", "60000");
  test_start (pipeline);
  TEST_WAIT (pipeline, mill_virtual_clock_get_n_waiting (clock) == 2);
  mill_virtual_clock_advance (clock, 60 * SECOND - 1);
  g_assert_cmpuint (get_begun (pipeline), ==, 0);
  mill_virtual_clock_advance (clock, 1);
  TEST_WAIT (pipeline, s->done == 2 && mill_virtual_clock_get_n_waiting (clock) == 2);
  /* Attempts that begin from now on are not slowed down; those that wait go on waiting. */
  test_set (pipeline, "work.fault-latency", "0");
  g_assert_cmpuint (get_begun (pipeline), ==, 2);
  mill_virtual_clock_advance (clock, 60 * SECOND);
  test_join (pipeline);
  TEST_WAIT (pipeline, s->done == 4);
}

static void
test_latency_and_stop (gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, G_MAXUINT, 3);

  test_set (pipeline, "work.fault-latency", "60000");
  test_start (pipeline);
  TEST_WAIT (pipeline, s0->by_state[MILL_WORKER_BUSY] == 3 && s0->queue.depth == 50);
  mill_pipeline_stop (pipeline);
  test_join (pipeline);
  TEST_WAIT (pipeline, s->returned == s->produced && s->done == 0);
}

/* Something that must not be: it blocks the loops. */
typedef struct
{
  GMutex lock;
  GCond cond;
  guint n_blocked;
  gboolean released;
} Blockade;

static gboolean
block_cb (gpointer data)
{
  Blockade *blockade = data;

  g_mutex_lock (&blockade->lock);
  blockade->n_blocked++;
  while (!blockade->released)
    g_cond_wait (&blockade->cond, &blockade->lock);
  blockade->n_blocked--;
  g_mutex_unlock (&blockade->lock);
  return G_SOURCE_REMOVE;
}

static guint
block_all_loops (MillPipeline *pipeline, Blockade *blockade)
{
  MillLoop *first = mill_pipeline_get_loop (pipeline);
  MillLoop *loop = first;
  guint n_loops = 0;

  do
    {
      mill_loop_call (loop, block_cb, blockade);
      n_loops++;
      loop = mill_pipeline_get_loop (pipeline);
    }
  while (loop != first);
  return n_loops;
}

static guint
count_blocked (Blockade *blockade)
{
  guint n;

  g_mutex_lock (&blockade->lock);
  n = blockade->n_blocked;
  g_mutex_unlock (&blockade->lock);
  return n;
}

/* Tasks that cannot come out of their fault in time are given up on like any other, and come back later on a
 * loop that is still there, whatever kind of step they were bound for. */
static void
given_up (gboolean crossed)
{
  guint before = test_count_engine_threads ();
  g_autoptr (MillPipeline) pipeline = pipeline_with (MILL_KIND_ASYNC, crossed, 50, 8);
  MillStage *stage = mill_pipeline_get_stage (pipeline, 0);
  Blockade blockade = { .n_blocked = 0 };
  guint n_loops;

  g_mutex_init (&blockade.lock);
  g_cond_init (&blockade.cond);
  g_object_set (stage, "grace", 0.01, NULL);
  test_set (pipeline, "work.fault-stall", "true");
  test_start (pipeline);
  /* All has come in: nothing but the tasks needs the loops. */
  TEST_WAIT (pipeline, s0->by_state[MILL_WORKER_BUSY] == 8 && s->produced == 50);
  n_loops = block_all_loops (pipeline, &blockade);
  TEST_WAIT (pipeline, count_blocked (&blockade) == n_loops);
  mill_pipeline_stop (pipeline);
  TEST_WAIT (pipeline, s->stuck->len == 8);
  test_join (pipeline);
  TEST_WAIT (pipeline, s->returned == s->produced && s->stuck->len == 8);

  g_mutex_lock (&blockade.lock);
  blockade.released = TRUE;
  g_cond_broadcast (&blockade.cond);
  g_mutex_unlock (&blockade.lock);
  TEST_WAIT (pipeline, s->stuck->len == 0);
  test_wait_for_threads (before);
  g_assert_cmpuint (test_step_get_closed (mill_stage_get_step (stage)), ==, 1);
  g_assert_cmpuint (get_begun (pipeline), ==, 0);
  g_mutex_clear (&blockade.lock);
  g_cond_clear (&blockade.cond);
}

static void
test_given_up (void)
{
  given_up (FALSE);
  given_up (TRUE);
}

static gpointer
turn_thread (gpointer data)
{
  MillPipeline *pipeline = data;

  for (guint i = 0; i < 300; i++)
    {
      test_set (pipeline, "work.fault-stall", i % 2 == 0 ? "true" : "false");
      test_set (pipeline, "work.fault-errors", i % 3 == 0 ? "50" : "0");
      test_set (pipeline, "work.fault-latency", i % 5 == 0 ? "0.01" : "0");
    }
  return NULL;
}

/* Turned by two at once while it runs: nobody is left behind a stall that is over. */
static void
test_turned_all_the_time (gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, 3000, 8);
  GThread *turners[2];

  test_set (pipeline, "work.retries", "100");
  test_start (pipeline);
  for (guint i = 0; i < G_N_ELEMENTS (turners); i++)
    turners[i] = g_thread_new ("turner", turn_thread, pipeline);
  for (guint i = 0; i < G_N_ELEMENTS (turners); i++)
    g_thread_join (turners[i]);
  test_set (pipeline, "work.fault-stall", "false");
  test_set (pipeline, "work.fault-errors", "0");
  test_join (pipeline);
  TEST_WAIT (pipeline, s->done == 3000 && s->dead == 0);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/fault/knobs", test_knobs);
  g_test_add_func ("/fault/paths-are-unambiguous", test_paths_are_unambiguous);
  g_test_add_func ("/fault/job-keys", test_job_keys);
  test_add_both ("fault", "all-fail", test_all_fail);
  test_add_both ("fault", "some-fail", test_some_fail);
  test_add_both ("fault", "stall-and-release", test_stall_and_release);
  test_add_both ("fault", "stall-and-retire", test_stall_and_retire);
  test_add_both ("fault", "stall-and-stop", test_stall_and_stop);
  test_add_both ("fault", "stall-and-drain", test_stall_and_drain);
  test_add_both ("fault", "timeout", test_timeout);
  test_add_both ("fault", "latency", test_latency);
  test_add_both ("fault", "latency-and-stop", test_latency_and_stop);
  g_test_add_func ("/fault/given-up", test_given_up);
  test_add_both ("fault", "turned-all-the-time", test_turned_all_the_time);

  return g_test_run ();
}
