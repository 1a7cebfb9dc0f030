/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillPipeline's contract (engine/pipeline/mill-pipeline.h): its life, in both worlds. */

#include "config.h"

#include <locale.h>

#include "core/mill-error.h"
#include "test-parts.h"

/* Whether the stage's workers, its step and the producer are tasks: every combination must behave the same.
 */
typedef struct
{
  MillKind source;
  MillKind stage;
  MillKind step;
} World;

static const World worlds[] = {
  { MILL_KIND_THREADS, MILL_KIND_THREADS, MILL_KIND_THREADS },
  { MILL_KIND_ASYNC, MILL_KIND_ASYNC, MILL_KIND_ASYNC },
  { MILL_KIND_THREADS, MILL_KIND_ASYNC, MILL_KIND_THREADS },
  { MILL_KIND_ASYNC, MILL_KIND_THREADS, MILL_KIND_ASYNC },
};

static const char *const world_names[] = { "threads", "tasks", "blocking-step-on-tasks",
                                           "async-step-on-threads" };

static MillStep *
step_new (const World *world, TestPlan plan)
{
  return world->step == MILL_KIND_ASYNC ? test_task_step_new (plan) : test_step_new (plan);
}

static MillStep *
first_step (MillPipeline *pipeline)
{
  return mill_stage_get_step (mill_pipeline_get_stage (pipeline, 0));
}

static void
assert_totals (MillPipeline *pipeline, MillState state, guint64 done, guint64 dead)
{
  g_autoptr (MillSnapshot) snapshot = mill_pipeline_snapshot (pipeline);

  g_assert_cmpstr (mill_state_get_id (snapshot->state), ==, mill_state_get_id (state));
  g_assert_cmpuint (snapshot->done, ==, done);
  g_assert_cmpuint (snapshot->dead, ==, dead);
  g_assert_cmpuint (snapshot->unfinished, ==, 0);
  g_assert_cmpuint (snapshot->workers_alive, ==, 0);
  g_assert_true (mill_snapshot_is_conserved (snapshot));
}

static void
test_runs_to_the_end (gconstpointer data)
{
  const World *world = data;
  guint before = test_count_engine_threads ();
  g_autoptr (MillPipeline) pipeline =
      test_pipeline_new (test_source_new (500, 0), world->source,
                         test_stage_new ("one", world->stage, step_new (world, test_succeed), 10, 4),
                         test_stage_new ("two", world->stage, step_new (world, test_succeed), 5, 3), NULL);

  test_start (pipeline);
  test_join (pipeline);
  assert_totals (pipeline, MILL_STATE_FINISHED, 500, 0);
  g_assert_cmpuint (test_source_get_settled (mill_pipeline_get_source (pipeline), MILL_OUTCOME_DONE), ==,
                    500);
  g_assert_cmpuint (mill_queue_get_depth (mill_stage_get_queue (mill_pipeline_get_stage (pipeline, 1))), ==,
                    0);
  test_wait_for_threads (before);
}

static void
test_empty_source (gconstpointer data)
{
  const World *world = data;
  g_autoptr (MillPipeline) pipeline =
      test_pipeline_new (test_source_new (0, 0), world->source,
                         test_stage_new ("one", world->stage, step_new (world, test_succeed), 10, 4), NULL);

  test_start (pipeline);
  test_join (pipeline);
  assert_totals (pipeline, MILL_STATE_FINISHED, 0, 0);
}

/* No consumers: depth rises to exactly maxsize and the producer is blocked; with consumers again, it drains.
 */
static void
test_full_queue_blocks_producer (gconstpointer data)
{
  const World *world = data;
  g_autoptr (MillPipeline) pipeline =
      test_pipeline_new (test_source_new (300, 0), world->source,
                         test_stage_new ("work", world->stage, step_new (world, test_succeed), 100, 0), NULL);

  test_start (pipeline);
  TEST_WAIT (pipeline, s->producer == MILL_PRODUCER_BLOCKED && s0->queue.putters == 1);
  TEST_WAIT (pipeline, s0->queue.depth == 100 && s0->queue.put_blocked_us > 0);
  g_assert_cmpuint (mill_queue_get_depth (mill_stage_get_queue (mill_pipeline_get_stage (pipeline, 0))), ==,
                    100);
  test_set (pipeline, "work.consumers", "8");
  test_join (pipeline);
  assert_totals (pipeline, MILL_STATE_FINISHED, 300, 0);
}

static void
test_shrinking_maxsize_evicts_nothing (gconstpointer data)
{
  const World *world = data;
  g_autoptr (MillPipeline) pipeline =
      test_pipeline_new (test_source_new (300, 0), world->source,
                         test_stage_new ("work", world->stage, step_new (world, test_hold), 100, 0), NULL);
  MillQueue *queue = mill_stage_get_queue (mill_pipeline_get_stage (pipeline, 0));

  test_start (pipeline);
  TEST_WAIT (pipeline, s0->queue.putters == 1);
  test_set (pipeline, "work.maxsize", "50");
  g_assert_cmpuint (mill_queue_get_depth (queue), ==, 100);
  /* 50 leave it: exactly at the bound, so the producer is still blocked. */
  test_set (pipeline, "work.consumers", "50");
  TEST_WAIT (pipeline, test_step_get_holding (first_step (pipeline)) == 50);
  TEST_WAIT (pipeline, s0->queue.depth == 50 && s0->queue.putters == 1 && s0->queue.puts == 100);
  test_set (pipeline, "work.consumers", "51");
  TEST_WAIT (pipeline, s0->queue.puts == 101 && s0->queue.depth == 50);
  test_step_release (first_step (pipeline));
  test_join (pipeline);
  assert_totals (pipeline, MILL_STATE_FINISHED, 300, 0);
}

static void
test_drain_works_off_the_queue (gconstpointer data)
{
  const World *world = data;
  g_autoptr (MillPipeline) pipeline =
      test_pipeline_new (test_source_new (G_MAXUINT, 0), world->source,
                         test_stage_new ("one", world->stage, step_new (world, test_hold), 20, 4),
                         test_stage_new ("two", world->stage, step_new (world, test_succeed), 5, 2), NULL);
  g_autoptr (MillSnapshot) end = NULL;

  test_start (pipeline);
  /* 4 held, 20 queued, one in the producer's hands: nothing more can come. */
  TEST_WAIT (pipeline, s->produced == 25);
  g_assert_true (mill_pipeline_drain (pipeline, -1, NULL));
  g_assert_cmpint (mill_pipeline_get_state (pipeline), ==, MILL_STATE_DRAINING);
  test_step_release (first_step (pipeline));
  test_join (pipeline);
  end = mill_pipeline_snapshot (pipeline);
  /* 4 were held, 20 queued, and the one in the producer's hands went in as well. */
  g_assert_cmpuint (end->produced, ==, 25);
  assert_totals (pipeline, MILL_STATE_FINISHED, 25, 0);
}

static void
test_drain_deadline_becomes_a_stop (gconstpointer data)
{
  const World *world = data;
  guint before = test_count_engine_threads ();
  g_autoptr (MillPipeline) pipeline =
      test_pipeline_new (test_source_new (G_MAXUINT, 0), world->source,
                         test_stage_new ("one", world->stage, step_new (world, test_hold), 20, 4), NULL);
  g_autoptr (GPtrArray) returned = NULL;

  test_start (pipeline);
  /* 4 held, 20 queued, one in the producer's hands: nothing more can come. */
  TEST_WAIT (pipeline, s->produced == 25);
  g_assert_true (mill_pipeline_drain (pipeline, 0.02, NULL));
  test_join (pipeline);
  assert_totals (pipeline, MILL_STATE_STOPPED, 0, 0);
  returned = mill_pipeline_get_returned (pipeline);
  g_assert_cmpuint (returned->len, ==, 25);
  test_wait_for_threads (before);
}

static void
drain_within_a_minute (gpointer step, gpointer pipeline)
{
  g_assert_true (mill_pipeline_drain (pipeline, 60, NULL));
}

/* All has been worked off, only the state does not say so yet: the deadline must neither fire nor stay behind
 * (the leak checker would report it). */
static void
test_drain_in_the_last_moment (gconstpointer data)
{
  const World *world = data;
  g_autoptr (MillPipeline) pipeline =
      test_pipeline_new (test_source_new (10, 0), world->source,
                         test_stage_new ("one", world->stage, step_new (world, test_succeed), 20, 2), NULL);

  test_step_set_close_func (first_step (pipeline), drain_within_a_minute, pipeline);
  test_start (pipeline);
  test_join (pipeline);
  g_assert_cmpint (mill_pipeline_get_state (pipeline), ==, MILL_STATE_FINISHED);
}

static void
test_stop_returns_what_was_not_processed (gconstpointer data)
{
  const World *world = data;
  guint before = test_count_engine_threads ();
  g_autoptr (MillPipeline) pipeline =
      test_pipeline_new (test_source_new (G_MAXUINT, 0), world->source,
                         test_stage_new ("one", world->stage, step_new (world, test_succeed), 20, 4),
                         test_stage_new ("two", world->stage, step_new (world, test_hold), 5, 2), NULL);
  g_autoptr (MillSnapshot) end = NULL;
  g_autoptr (GPtrArray) returned = NULL;
  g_autoptr (GHashTable) ids = g_hash_table_new (NULL, NULL);

  test_start (pipeline);
  /* 2 are held by the second stage and 5 queued before it, 4 of the first are blocked with 20 queued before
   * them, and the producer holds one. */
  TEST_WAIT (pipeline, s->produced == 2 + 5 + 4 + 20 + 1);
  mill_pipeline_stop (pipeline);
  test_join (pipeline);
  end = mill_pipeline_snapshot (pipeline);
  returned = mill_pipeline_get_returned (pipeline);
  g_assert_cmpuint (end->produced, ==, 32);
  g_assert_cmpuint (returned->len, ==, end->returned);
  assert_totals (pipeline, MILL_STATE_STOPPED, 0, 0);
  for (guint i = 0; i < returned->len; i++)
    g_assert_true (g_hash_table_add (ids, GSIZE_TO_POINTER (mill_item_get_id (returned->pdata[i]))));
  g_assert_cmpuint (test_source_get_settled (mill_pipeline_get_source (pipeline), MILL_OUTCOME_RETURNED), ==,
                    returned->len);
  test_wait_for_threads (before);
}

static void
test_pause (gconstpointer data)
{
  const World *world = data;
  g_autoptr (MillPipeline) pipeline =
      test_pipeline_new (test_source_new (200, 0), world->source,
                         test_stage_new ("one", world->stage, step_new (world, test_hold), 20, 4), NULL);
  MillStep *step = first_step (pipeline);

  test_start (pipeline);
  TEST_WAIT (pipeline, test_step_get_holding (step) == 4);
  /* Only now can nobody take what would let the producer out of its put and into the gate. */
  TEST_WAIT (pipeline, s0->queue.putters == 1 && s0->queue.depth == 20);
  g_assert_true (mill_pipeline_pause (pipeline, NULL));
  g_assert_false (mill_pipeline_pause (pipeline, NULL));
  test_step_release (step);
  /* The four finish what they hold and begin nothing else; the queue keeps what it has. */
  TEST_WAIT (pipeline, s0->by_state[MILL_WORKER_PAUSED] == 4 && s->done == 4);
  g_assert_cmpuint (test_step_get_begun (step), ==, 4);
  TEST_WAIT (pipeline, s0->queue.depth == 20);
  g_assert_true (mill_pipeline_resume (pipeline, NULL));
  test_join (pipeline);
  assert_totals (pipeline, MILL_STATE_FINISHED, 200, 0);
}

static void
test_stop_while_paused (gconstpointer data)
{
  const World *world = data;
  g_autoptr (MillPipeline) pipeline =
      test_pipeline_new (test_source_new (200, 0), world->source,
                         test_stage_new ("one", world->stage, step_new (world, test_hold), 20, 4), NULL);

  test_start (pipeline);
  TEST_WAIT (pipeline, test_step_get_holding (first_step (pipeline)) == 4);
  g_assert_true (mill_pipeline_pause (pipeline, NULL));
  mill_pipeline_stop (pipeline);
  test_join (pipeline);
  assert_totals (pipeline, MILL_STATE_STOPPED, 0, 0);
}

static void
test_source_that_fails (gconstpointer data)
{
  const World *world = data;
  g_autoptr (MillPipeline) pipeline =
      test_pipeline_new (test_source_new (200, 50), world->source,
                         test_stage_new ("one", world->stage, step_new (world, test_succeed), 20, 4), NULL);
  g_autoptr (MillSnapshot) end = NULL;

  test_start (pipeline);
  test_join (pipeline);
  assert_totals (pipeline, MILL_STATE_FAILED, 50, 0);
  end = mill_pipeline_snapshot (pipeline);
  g_assert_cmpstr (end->error, ==, "planned end of the source");
}

static TestAct
end_run_at_30 (guint64 id, guint attempt)
{
  return id == 30 ? TEST_FAIL_FATALLY : TEST_SUCCEED;
}

/* The item is returned, not dead, and so is all that was not done. */
static void
test_step_that_ends_the_run (gconstpointer data)
{
  const World *world = data;
  g_autoptr (MillPipeline) pipeline =
      test_pipeline_new (test_source_new (G_MAXUINT, 0), world->source,
                         test_stage_new ("one", world->stage, step_new (world, end_run_at_30), 20, 1), NULL);
  g_autoptr (MillSnapshot) end = NULL;
  g_autoptr (GPtrArray) returned = NULL;
  gboolean found = FALSE;

  test_start (pipeline);
  test_join (pipeline);
  test_assert_conserved (pipeline);
  end = mill_pipeline_snapshot (pipeline);
  g_assert_cmpint (end->state, ==, MILL_STATE_FAILED);
  g_assert_cmpstr (end->error, ==, "one: planned end of the run");
  g_assert_cmpuint (end->dead, ==, 0);
  g_assert_cmpuint (end->done, >=, 29);
  g_assert_cmpuint (end->done + end->returned, ==, end->produced);
  returned = mill_pipeline_get_returned (pipeline);
  for (guint i = 0; i < returned->len; i++)
    found = found || mill_item_get_id (g_ptr_array_index (returned, i)) == 30;
  g_assert_true (found);
}

static void
joined_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  mill_pipeline_join_finish (MILL_PIPELINE (object), result, &error);
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

static void
test_join_async (gconstpointer data)
{
  const World *world = data;
  guint before = test_count_engine_threads ();
  MillPipeline *pipeline =
      test_pipeline_new (test_source_new (100, 0), world->source,
                         test_stage_new ("one", world->stage, step_new (world, test_hold), 20, 4), NULL);
  MillStep *step = g_object_ref (first_step (pipeline));
  gboolean joined = FALSE;

  test_start (pipeline);
  mill_pipeline_join_async (pipeline, NULL, joined_cb, &joined);
  /* The pending join keeps it alive. */
  g_object_unref (pipeline);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_false (joined);
  test_step_release (step);
  while (!joined)
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (step);
  test_wait_for_threads (before);
}

static void
test_freed_while_running (gconstpointer data)
{
  const World *world = data;
  guint before = test_count_engine_threads ();
  MillPipeline *pipeline =
      test_pipeline_new (test_source_new (G_MAXUINT, 0), world->source,
                         test_stage_new ("one", world->stage, step_new (world, test_hold), 20, 4), NULL);

  test_start (pipeline);
  g_object_add_weak_pointer (G_OBJECT (pipeline), (gpointer *) &pipeline);
  g_object_unref (pipeline);
  g_assert_null (pipeline);
  test_wait_for_threads (before);
}

static void
test_start_that_fails (void)
{
  guint before = test_count_engine_threads ();
  g_autoptr (MillPipeline) empty = mill_pipeline_new ("empty");
  g_autoptr (MillPipeline) pipeline = test_pipeline_new (
      test_source_new (10, 0), MILL_KIND_THREADS,
      test_stage_new ("one", MILL_KIND_THREADS, test_step_new (test_succeed), 20, 4), NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (mill_pipeline_start (empty, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_STATE);
  g_clear_error (&error);

  test_step_set_open_error (first_step (pipeline), TRUE);
  g_assert_false (mill_pipeline_start (pipeline, &error));
  g_assert_cmpstr (error->message, ==, "one: planned refusal");
  g_assert_cmpint (mill_pipeline_get_state (pipeline), ==, MILL_STATE_IDLE);
  test_wait_for_threads (before);
  g_clear_error (&error);
  g_assert_false (mill_pipeline_join (pipeline, NULL, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_STATE);
  g_clear_error (&error);

  /* Once the cause is mended it starts; and no second time. */
  test_step_set_open_error (first_step (pipeline), FALSE);
  test_start (pipeline);
  test_join (pipeline);
  assert_totals (pipeline, MILL_STATE_FINISHED, 10, 0);
  g_assert_false (mill_pipeline_start (pipeline, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_STATE);
}

static void
test_knobs (void)
{
  g_autoptr (MillPipeline) pipeline =
      test_pipeline_new (test_source_new (100, 0), MILL_KIND_THREADS,
                         test_stage_new ("work", MILL_KIND_THREADS, test_step_new (test_hold), 20, 4), NULL);
  g_autoptr (GPtrArray) knobs = mill_pipeline_list_knobs (pipeline);
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GError) error = NULL;
  MillKnob *maxsize = g_ptr_array_index (knobs, 0);
  MillEvent *event;

  g_assert_cmpstr (mill_knob_get_path (maxsize), ==, "work.maxsize");
  g_assert_cmpfloat_with_epsilon (mill_knob_get_number (maxsize), 20, 1e-9);
  g_assert_true (mill_knob_is_integer (maxsize));
  g_assert_false (mill_pipeline_set_knob (pipeline, "work.maxsize", "many", &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "work.maxsize: “many” is not a whole number from 0"));
  g_clear_error (&error);
  g_assert_false (mill_pipeline_set_knob (pipeline, "work.timeout", "-1", &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (mill_pipeline_set_knob (pipeline, "work.timeout", "nan", &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (mill_pipeline_set_knob (pipeline, "play.maxsize", "1", &error));
  g_assert_nonnull (strstr (error->message, "work.consumers"));
  g_clear_error (&error);
  g_assert_false (mill_pipeline_schedule_knob (pipeline, 0, "work.slots", "x", &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_INVALID);

  g_assert_true (mill_pipeline_schedule_knob (pipeline, 0.01, "work.slots", "2", NULL));
  test_start (pipeline);
  TEST_WAIT (pipeline, s0->permits == 2 && s->n_events == 2);
  events = mill_pipeline_get_events (pipeline, 1);
  event = g_ptr_array_index (events, 0);
  g_assert_cmpint (event->kind, ==, MILL_EVENT_KNOB);
  g_assert_cmpstr (event->text, ==, "work.slots 0 → 2");
  g_assert_cmpint (event->time_us, >=, 10000);
  test_step_release (first_step (pipeline));
  test_join (pipeline);
}

/* What others add comes in turn, at its time, with the pipeline's own. */
static void
test_added_events (void)
{
  g_autoptr (MillPipeline) pipeline =
      test_pipeline_new (test_source_new (4, 0), MILL_KIND_THREADS,
                         test_stage_new ("work", MILL_KIND_THREADS, test_step_new (test_hold), 20, 4), NULL);
  g_autoptr (GPtrArray) events = NULL;
  const MillEvent *alert, *fault;

  test_start (pipeline);
  mill_pipeline_add_event (pipeline, MILL_EVENT_ALERT, "the queue is full");
  mill_pipeline_add_event (pipeline, MILL_EVENT_FAULT, "work: 200 ms more");
  events = mill_pipeline_get_events (pipeline, 1);
  g_assert_cmpuint (events->len, >=, 2);
  alert = g_ptr_array_index (events, 0);
  fault = g_ptr_array_index (events, 1);
  g_assert_cmpint (alert->kind, ==, MILL_EVENT_ALERT);
  g_assert_cmpstr (alert->text, ==, "the queue is full");
  g_assert_cmpint (fault->kind, ==, MILL_EVENT_FAULT);
  g_assert_cmpuint (fault->number, ==, 2);
  g_assert_cmpint (fault->time_us, >=, alert->time_us);
  test_step_release (first_step (pipeline));
  test_join (pipeline);
}

static TestAct
mixed_plan (guint64 id, guint attempt)
{
  if (id % 13 == 0)
    return TEST_CONSUME;
  if (id % 11 == 0)
    return TEST_EMIT;
  if (id % 7 == 0)
    return attempt < 1 ? TEST_FAIL_FOR_NOW : TEST_SUCCEED;
  return id % 17 == 0 ? TEST_FAIL : TEST_SUCCEED;
}

/* Starts and ends at random moments while knobs are turned: always ends, always conserves, in every snapshot.
 */
static void
test_random_ends (gconstpointer data)
{
  const World *world = data;
  guint before = test_count_engine_threads ();

  for (guint round = 0; round < 30; round++)
    {
      g_autoptr (MillPipeline) pipeline =
          test_pipeline_new (test_source_new (G_MAXUINT, 0), world->source,
                             test_stage_new ("one", world->stage, step_new (world, mixed_plan), 8, 3),
                             test_stage_new ("two", world->stage, step_new (world, mixed_plan), 4, 2), NULL);
      guint64 enough = (guint64) g_test_rand_int_range (0, 400);
      static const char *const sizes[] = { "1", "2", "30", "4" };
      static const char *const counts[] = { "0", "1", "6", "3" };

      test_start (pipeline);
      for (guint turn = 0; turn < 8; turn++)
        {
          test_set (pipeline, "one.maxsize", sizes[g_test_rand_int_range (0, 4)]);
          test_set (pipeline, "two.consumers", counts[g_test_rand_int_range (0, 4)]);
          test_set (pipeline, "one.slots", counts[g_test_rand_int_range (1, 4)]);
          test_assert_conserved (pipeline);
        }
      test_set (pipeline, "two.consumers", "2");
      TEST_WAIT (pipeline, s->done >= enough);
      if (round % 3 == 0)
        mill_pipeline_stop (pipeline);
      else
        mill_pipeline_drain (pipeline, round % 3 == 1 ? -1 : 0.002, NULL);
      test_join (pipeline);
      TEST_WAIT (pipeline, s->unfinished == 0 && s->workers_alive == 0);
    }
  test_wait_for_threads (before);
}

static void
add (const char *name, GTestDataFunc func)
{
  for (guint i = 0; i < G_N_ELEMENTS (worlds); i++)
    {
      g_autofree char *path = g_strdup_printf ("/pipeline/%s/%s", name, world_names[i]);

      g_test_add_data_func (path, &worlds[i], func);
    }
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  add ("runs-to-the-end", test_runs_to_the_end);
  add ("empty-source", test_empty_source);
  add ("full-queue-blocks-producer", test_full_queue_blocks_producer);
  add ("shrinking-maxsize-evicts-nothing", test_shrinking_maxsize_evicts_nothing);
  add ("drain-works-off-the-queue", test_drain_works_off_the_queue);
  add ("drain-deadline-becomes-a-stop", test_drain_deadline_becomes_a_stop);
  add ("drain-in-the-last-moment", test_drain_in_the_last_moment);
  add ("stop-returns-what-was-not-processed", test_stop_returns_what_was_not_processed);
  add ("pause", test_pause);
  add ("stop-while-paused", test_stop_while_paused);
  add ("source-that-fails", test_source_that_fails);
  add ("step-that-ends-the-run", test_step_that_ends_the_run);
  add ("join-async", test_join_async);
  add ("freed-while-running", test_freed_while_running);
  g_test_add_func ("/pipeline/start-that-fails", test_start_that_fails);
  g_test_add_func ("/pipeline/knobs", test_knobs);
  g_test_add_func ("/pipeline/added-events", test_added_events);
  add ("random-ends", test_random_ends);

  return g_test_run ();
}
