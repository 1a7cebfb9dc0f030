/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steps and sources that misbehave (engine/pipeline/mill-stage.h, mill-pipeline.h): whatever they do, no
 * worker stops, no task_done is lost, and every run ends. */

#include "config.h"

#include <locale.h>
#include <string.h>

#include "core/mill-error.h"
#include "pipeline/mill-worker-private.h"
#include "test-parts.h"

/* The workers' world and the step's face. */
typedef struct
{
  MillKind stage;
  MillKind step;
} World;

static const World worlds[] = {
  { MILL_KIND_THREADS, MILL_KIND_THREADS },
  { MILL_KIND_THREADS, MILL_KIND_ASYNC },
  { MILL_KIND_ASYNC, MILL_KIND_THREADS },
  { MILL_KIND_ASYNC, MILL_KIND_ASYNC },
};

static const char *const world_names[] = { "blocking-step-on-threads", "async-step-on-threads",
                                           "blocking-step-on-tasks", "async-step-on-tasks" };

static TestAct
fail_silently (guint64 id, guint attempt)
{
  return id % 2 == 0 ? TEST_FAIL_SILENTLY : TEST_SUCCEED;
}

static TestAct
claim_to_be_cancelled (guint64 id, guint attempt)
{
  return id % 2 == 0 ? TEST_FAIL_CANCELLED : TEST_SUCCEED;
}

static TestAct
hang (guint64 id, guint attempt)
{
  return TEST_HANG;
}

/* Items 1 to 3, every time. */
static TestAct
hang_at_three (guint64 id, guint attempt)
{
  return id <= 3 ? TEST_HANG : TEST_SUCCEED;
}

/* Items 1 to 3, the first time. */
static TestAct
hang_at_first (guint64 id, guint attempt)
{
  return id <= 3 && attempt == 0 ? TEST_HANG : TEST_SUCCEED;
}

static TestAct
call_twice_then_hold (guint64 id, guint attempt)
{
  return id == 1 ? TEST_CALL_TWICE : TEST_HOLD;
}

static MillPipeline *
pipeline_with (const World *world, guint n, TestPlan plan, guint consumers, double grace)
{
  MillStep *step = world->step == MILL_KIND_ASYNC ? test_task_step_new (plan) : test_step_new (plan);
  MillStage *stage = test_stage_new ("work", world->stage, step, 50, consumers);

  g_object_set (stage, "grace", grace, NULL);
  return test_pipeline_new (test_source_new (n, 0), MILL_KIND_THREADS, stage, NULL);
}

static MillPipeline *
pipeline_new (const World *world, guint n, TestPlan plan, guint consumers)
{
  return pipeline_with (world, n, plan, consumers, 0.01);
}

static MillStep *
get_step (MillPipeline *pipeline)
{
  return mill_stage_get_step (mill_pipeline_get_stage (pipeline, 0));
}

static void
assert_all_task_done (MillPipeline *pipeline)
{
  MillQueueStats stats;

  mill_queue_get_stats (mill_stage_get_queue (mill_pipeline_get_stage (pipeline, 0)), &stats);
  g_assert_cmpuint (stats.unfinished, ==, 0);
}

static guint
count_faults (MillPipeline *pipeline, const char *with)
{
  g_autoptr (GPtrArray) events = mill_pipeline_get_events (pipeline, 0);
  guint n = 0;

  for (guint i = 0; i < events->len; i++)
    {
      const MillEvent *event = g_ptr_array_index (events, i);

      n += event->kind == MILL_EVENT_FAULT && strstr (event->text, with) != NULL ? 1 : 0;
    }
  return n;
}

/* The late ones end, and with them the last that is held of the pipeline. */
static void
release_and_wait (MillPipeline *pipeline, guint threads)
{
  test_step_release (get_step (pipeline));
  TEST_WAIT (pipeline, s->stuck->len == 0);
  test_wait_for_threads (threads);
  g_assert_cmpuint (test_step_get_closed (get_step (pipeline)), ==, 1);
}

/* The control thread cancels what is overdue a moment after it has seen that; the next attempt may have begun
 * by then. */
static void
test_cancelled_too_late (void)
{
  g_autoptr (MillStep) step = test_step_new (test_succeed);
  g_autoptr (MillStage) stage = mill_stage_new ("work", MILL_KIND_THREADS, step);
  g_autoptr (MillItem) item = mill_item_new (1, NULL);
  g_autoptr (GCancellable) overdue = NULL;
  MillWorker *worker = mill_worker_new (stage, 1);
  gboolean give_up;

  g_object_set (stage, "timeout", 1.0, NULL);
  mill_work_take (&worker->work, mill_item_ref (item));
  mill_work_begin (&worker->work, 0);
  mill_worker_begin_attempt (worker);
  mill_worker_look (worker, worker->attempt_began_us + 2 * G_USEC_PER_SEC, G_USEC_PER_SEC, &overdue,
                    &give_up);
  g_assert_nonnull (overdue);
  g_assert_false (give_up);
  g_assert_true (mill_worker_claim_result (worker));
  mill_worker_begin_attempt (worker);
  g_cancellable_cancel (overdue);
  g_assert_false (g_cancellable_is_cancelled (worker->attempt));
  g_assert_false (worker->timed_out);
  mill_worker_unref (worker);
}

static void
test_failure_without_an_error (gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, 100, fail_silently, 3);

  test_start (pipeline);
  test_join (pipeline);
  TEST_WAIT (pipeline, s->done == 50 && s->dead == 50 && s->stuck->len == 0);
  assert_all_task_done (pipeline);
}

static void
test_cancelled_by_nobody (gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, 100, claim_to_be_cancelled, 3);
  g_autoptr (GPtrArray) letters = NULL;

  test_start (pipeline);
  test_join (pipeline);
  TEST_WAIT (pipeline, s->done == 50 && s->dead == 50 && s->returned == 0);
  assert_all_task_done (pipeline);
  letters = mill_pipeline_get_dead_letters (pipeline);
  g_assert_error (((MillDeadLetter *) g_ptr_array_index (letters, 0))->error, G_IO_ERROR,
                  G_IO_ERROR_CANCELLED);
}

static void
test_time_out_that_is_obeyed (gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = pipeline_with (data, 4, test_hold, 2, 3600);

  test_set (pipeline, "work.timeout", "0.01");
  test_set (pipeline, "work.retries", "1");
  test_start (pipeline);
  test_join (pipeline);
  TEST_WAIT (pipeline, s->dead == 4 && s->retries == 4 && s->stuck->len == 0);
  assert_all_task_done (pipeline);
  g_assert_cmpuint (count_faults (pipeline, "work-"), ==, 0);
}

/* The items go to other workers, and the late results, which change the items and add some, are nobody's. */
static void
test_time_out_that_is_ignored (gconstpointer data)
{
  guint before = test_count_engine_threads ();
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, 50, hang_at_first, 3);

  test_set (pipeline, "work.timeout", "0.02");
  test_set (pipeline, "work.slots", "3");
  test_set (pipeline, "work.retries", "100");
  test_start (pipeline);
  test_join (pipeline);
  TEST_WAIT (pipeline, s->done == 50 && s->dead == 0 && s->retries >= 3 && s->workers_alive == 0);
  TEST_WAIT (pipeline, s->state == MILL_STATE_FINISHED && s->stuck->len >= 3 && s0->held == 0);
  assert_all_task_done (pipeline);
  g_assert_cmpuint (count_faults (pipeline, "was given to another worker"), >=, 3);
  g_assert_cmpuint (test_step_get_closed (get_step (pipeline)), ==, 0);
  release_and_wait (pipeline, before);
  TEST_WAIT (pipeline, s->produced == 50 && s->done == 50);
}

/* The first three hang, and are to be over their time; no other item is, however slow this machine: the
 * source gives nothing more before there is no time-out any more for the attempts that begin then. */
static void
hang_three (MillPipeline *pipeline, const char *timeout)
{
  MillSource *source = mill_pipeline_get_source (pipeline);

  test_source_hang_at (source, 4);
  test_set (pipeline, "work.timeout", timeout);
  test_set (pipeline, "work.retries", "0");
  test_start (pipeline);
  TEST_WAIT (pipeline, test_step_get_holding (get_step (pipeline)) == 3);
  test_set (pipeline, "work.timeout", "0");
  test_source_release (source);
}

static void
test_time_out_that_is_ignored_to_the_end (gconstpointer data)
{
  guint before = test_count_engine_threads ();
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, 20, hang_at_three, 3);
  g_autoptr (GPtrArray) letters = NULL;
  MillDeadLetter *letter;

  hang_three (pipeline, "0.2");
  test_join (pipeline);
  TEST_WAIT (pipeline, s->done == 17 && s->dead == 3 && s->retries == 0 && s->stuck->len == 3);
  assert_all_task_done (pipeline);
  g_assert_cmpuint (count_faults (pipeline, "is a dead letter"), ==, 3);
  letters = mill_pipeline_get_dead_letters (pipeline);
  letter = g_ptr_array_index (letters, 0);
  g_assert_error (letter->error, MILL_ERROR, MILL_ERROR_TIMED_OUT);
  g_assert_cmpuint (letter->attempts, ==, 1);
  release_and_wait (pipeline, before);
  g_assert_null (mill_item_get_attribute (letter->item, "late"));
}

/* While the pipeline runs, as many workers serve as are wanted; the stuck are named. */
static void
test_replacement (gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, G_MAXUINT, hang_at_three, 3);
  g_autoptr (MillSnapshot) snapshot = NULL;
  const MillStuck *stuck;

  hang_three (pipeline, "0.5");
  TEST_WAIT (pipeline, s->stuck->len == 3 && s0->workers == 3 && s->done > 100);
  snapshot = mill_pipeline_snapshot (pipeline);
  stuck = g_ptr_array_index (snapshot->stuck, 0);
  g_assert_true (g_str_has_prefix (stuck->name, "work-"));
  g_assert_true (stuck->has_item && stuck->item_id >= 1 && stuck->item_id <= 3);
  g_assert_cmpint (snapshot->time_us - stuck->since_us, >=, 500000);
  test_step_release (get_step (pipeline));
  TEST_WAIT (pipeline, s->stuck->len == 0 && s0->workers == 3);
  g_assert_cmpuint (count_faults (pipeline, "came back"), ==, 3);
  mill_pipeline_stop (pipeline);
  test_join (pipeline);
  g_assert_cmpuint (test_step_get_closed (get_step (pipeline)), ==, 1);
}

/* Past 64, a stuck worker counts as a consumer: at 69 none of 5 is left. They are back when the stuck are. */
static void
test_bound (gconstpointer data)
{
  guint before = test_count_engine_threads ();
  g_autoptr (MillPipeline) pipeline = pipeline_with (data, G_MAXUINT, hang, 5, 0.001);

  test_set (pipeline, "work.timeout", "0.01");
  test_set (pipeline, "work.retries", "1");
  test_start (pipeline);
  TEST_WAIT (pipeline, s->stuck->len == 69 && s0->workers == 0);
  test_step_release (get_step (pipeline));
  TEST_WAIT (pipeline, s->stuck->len == 0 && s0->workers == 5 && s->done > 0);
  mill_pipeline_stop (pipeline);
  test_join (pipeline);
  assert_all_task_done (pipeline);
  test_wait_for_threads (before);
}

/* One that was to leave anyway gets no successor, but its item gets another try. */
static void
test_retired_worker (gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, 1, hang_at_first, 1);

  test_start (pipeline);
  TEST_WAIT (pipeline, test_step_get_holding (get_step (pipeline)) == 1);
  test_set (pipeline, "work.consumers", "0");
  mill_pipeline_stop (pipeline);
  test_join (pipeline);
  TEST_WAIT (pipeline, s->returned == 1 && s->stuck->len == 1 && s->workers_alive == 0);
  test_step_release (get_step (pipeline));
  TEST_WAIT (pipeline, s->stuck->len == 0);
}

static void
test_stop_that_is_ignored (gconstpointer data)
{
  guint before = test_count_engine_threads ();
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, 100, hang_at_three, 4);
  g_autoptr (GPtrArray) returned = NULL;

  test_start (pipeline);
  TEST_WAIT (pipeline, s->done == 97 && test_step_get_holding (get_step (pipeline)) == 3);
  mill_pipeline_stop (pipeline);
  test_join (pipeline);
  TEST_WAIT (pipeline, s->state == MILL_STATE_STOPPED && s->returned == 3 && s->workers_alive == 0);
  TEST_WAIT (pipeline, s->stuck->len == 3 && s->unfinished == 0);
  assert_all_task_done (pipeline);
  g_assert_cmpuint (count_faults (pipeline, "was returned"), ==, 3);
  returned = mill_pipeline_get_returned (pipeline);
  g_assert_cmpuint (returned->len, ==, 3);
  /* All others have ended: what is left are three stuck threads, or the loops that three callbacks are due
   * on. */
  test_wait_for_threads (before + 3);
  release_and_wait (pipeline, before);
  TEST_WAIT (pipeline, s->produced == 100 && s->done == 97 && s->returned == 3);
  g_assert_null (mill_item_get_attribute (g_ptr_array_index (returned, 0), "late"));
}

static void
test_drain_deadline_that_is_ignored (gconstpointer data)
{
  guint before = test_count_engine_threads ();
  g_autoptr (MillPipeline) pipeline = pipeline_new (data, G_MAXUINT, hang, 2);

  test_start (pipeline);
  TEST_WAIT (pipeline, test_step_get_holding (get_step (pipeline)) == 2 && s->produced == 53);
  g_assert_true (mill_pipeline_drain (pipeline, 0.01, NULL));
  test_join (pipeline);
  TEST_WAIT (pipeline, s->state == MILL_STATE_STOPPED && s->returned == 53 && s->stuck->len == 2);
  assert_all_task_done (pipeline);
  release_and_wait (pipeline, before);
}

static void
step_gone_cb (gpointer user_data, GObject *step)
{
  g_atomic_int_set ((gint *) user_data, TRUE);
}

/* What the late ones use outlives the pipeline, and goes when they do. */
static void
test_freed_while_stuck (gconstpointer data)
{
  guint before = test_count_engine_threads ();
  MillPipeline *pipeline = pipeline_new (data, 100, hang_at_three, 4);
  MillStep *step = g_object_ref (get_step (pipeline));
  gint gone = FALSE;

  test_start (pipeline);
  TEST_WAIT (pipeline, s->done == 97 && test_step_get_holding (step) == 3);
  g_object_unref (pipeline);
  g_assert_cmpuint (test_step_get_holding (step), ==, 3);
  g_object_weak_ref (G_OBJECT (step), step_gone_cb, &gone);
  test_step_release (step);
  g_object_unref (step);
  while (!g_atomic_int_get (&gone))
    test_step_aside ();
  test_wait_for_threads (before);
}

/* Each call has a number; the second one's means nothing, least of all the worker's next item. */
static void
test_second_call (gconstpointer data)
{
  MillKind kind = GPOINTER_TO_INT (data);
  World world = { kind, MILL_KIND_ASYNC };
  g_autoptr (MillPipeline) pipeline = pipeline_new (&world, 2, call_twice_then_hold, 1);

  test_start (pipeline);
  TEST_WAIT (pipeline, test_step_get_second_calls (get_step (pipeline)) == 1);
  TEST_WAIT (pipeline, s->done == 1 && s0->by_state[MILL_WORKER_BUSY] == 1 &&
                           test_step_get_holding (get_step (pipeline)) == 1);
  test_step_release (get_step (pipeline));
  test_join (pipeline);
  TEST_WAIT (pipeline, s->done == 2);
}

static MillPipeline *
pipeline_with_stuck_source (void)
{
  static const World world = { MILL_KIND_THREADS, MILL_KIND_THREADS };
  MillPipeline *pipeline = pipeline_new (&world, G_MAXUINT, test_succeed, 2);

  test_source_hang_at (mill_pipeline_get_source (pipeline), 11);
  test_start (pipeline);
  TEST_WAIT (pipeline, s->done == 10);
  return pipeline;
}

/* Without a deadline as well: what had come is worked off. The item that comes too late was never produced.
 */
/* One that was given up on is closed by whoever comes back with it. */
static void
wait_for_close (MillSource *source)
{
  while (test_source_get_closed (source) == 0)
    test_step_aside ();
  g_assert_cmpuint (test_source_get_closed (source), ==, 1);
}

static void
test_source_that_ignores_a_drain (void)
{
  guint before = test_count_engine_threads ();
  g_autoptr (MillPipeline) pipeline = pipeline_with_stuck_source ();
  MillSource *source = mill_pipeline_get_source (pipeline);
  g_autoptr (MillSnapshot) snapshot = NULL;

  g_assert_true (mill_pipeline_drain (pipeline, -1, NULL));
  test_join (pipeline);
  snapshot = mill_pipeline_snapshot (pipeline);
  g_assert_cmpint (snapshot->state, ==, MILL_STATE_FINISHED);
  g_assert_cmpuint (snapshot->stuck->len, ==, 1);
  g_assert_cmpstr (((MillStuck *) g_ptr_array_index (snapshot->stuck, 0))->name, ==, "source");
  g_assert_cmpuint (count_faults (pipeline, "the source “test” has not returned"), ==, 1);
  g_assert_cmpuint (test_source_get_closed (source), ==, 0);
  test_wait_for_threads (before + 1);
  test_source_release (source);
  TEST_WAIT (pipeline, s->stuck->len == 0);
  wait_for_close (source);
  test_wait_for_threads (before);
  TEST_WAIT (pipeline, s->produced == 10 && s->done == 10);
}

static void
test_source_that_ignores_a_stop (void)
{
  guint before = test_count_engine_threads ();
  MillPipeline *pipeline = pipeline_with_stuck_source ();
  MillSource *source = g_object_ref (mill_pipeline_get_source (pipeline));

  mill_pipeline_stop (pipeline);
  test_join (pipeline);
  TEST_WAIT (pipeline, s->state == MILL_STATE_STOPPED && s->stuck->len == 1);
  g_object_unref (pipeline);
  test_source_release (source);
  wait_for_close (source);
  test_wait_for_threads (before);
  g_object_unref (source);
}

static TestAct
hang_now_and_then (guint64 id, guint attempt)
{
  return id % 40 == 0 && attempt == 0 ? TEST_HANG : id % 7 == 0 ? TEST_FAIL : TEST_SUCCEED;
}

/* Ends at any moment, with some stuck, some late and some just then coming back. */
static void
test_random_ends (gconstpointer data)
{
  guint before = test_count_engine_threads ();

  for (guint round = 0; round < 20; round++)
    {
      g_autoptr (MillPipeline) pipeline = pipeline_with (data, G_MAXUINT, hang_now_and_then, 4, 0.001);
      guint64 enough = (guint64) g_test_rand_int_range (1, 200);

      test_set (pipeline, "work.timeout", "0.01");
      test_start (pipeline);
      TEST_WAIT (pipeline, s->done >= enough);
      if (round % 2 == 0)
        test_step_release (get_step (pipeline));
      if (round % 4 < 2)
        mill_pipeline_stop (pipeline);
      else
        mill_pipeline_drain (pipeline, 0.01, NULL);
      test_join (pipeline);
      TEST_WAIT (pipeline, s->unfinished == 0 && s->workers_alive == 0);
      assert_all_task_done (pipeline);
      test_step_release (get_step (pipeline));
    }
  test_wait_for_threads (before);
}

/* GLib and the sanitizers start threads of their own when they are first needed; have them before anything is
 * counted. */
static void
warm_up (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (worlds); i++)
    {
      g_autoptr (MillPipeline) pipeline = pipeline_new (&worlds[i], 5, test_succeed, 1);

      test_start (pipeline);
      test_join (pipeline);
    }
}

static void
add (const char *name, GTestDataFunc func)
{
  for (guint i = 0; i < G_N_ELEMENTS (worlds); i++)
    {
      g_autofree char *path = g_strdup_printf ("/stuck/%s/%s", name, world_names[i]);

      g_test_add_data_func (path, &worlds[i], func);
    }
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  warm_up ();

  add ("failure-without-an-error", test_failure_without_an_error);
  add ("cancelled-by-nobody", test_cancelled_by_nobody);
  add ("time-out-that-is-obeyed", test_time_out_that_is_obeyed);
  add ("time-out-that-is-ignored", test_time_out_that_is_ignored);
  add ("time-out-that-is-ignored-to-the-end", test_time_out_that_is_ignored_to_the_end);
  add ("replacement", test_replacement);
  add ("bound", test_bound);
  add ("retired-worker", test_retired_worker);
  add ("stop-that-is-ignored", test_stop_that_is_ignored);
  add ("drain-deadline-that-is-ignored", test_drain_deadline_that_is_ignored);
  add ("freed-while-stuck", test_freed_while_stuck);
  g_test_add_data_func ("/stuck/second-call/threads", GINT_TO_POINTER (MILL_KIND_THREADS), test_second_call);
  g_test_add_data_func ("/stuck/second-call/tasks", GINT_TO_POINTER (MILL_KIND_ASYNC), test_second_call);
  g_test_add_func ("/stuck/cancelled-too-late", test_cancelled_too_late);
  g_test_add_func ("/stuck/source-that-ignores-a-drain", test_source_that_ignores_a_drain);
  g_test_add_func ("/stuck/source-that-ignores-a-stop", test_source_that_ignores_a_stop);
  add ("random-ends", test_random_ends);

  return g_test_run ();
}
