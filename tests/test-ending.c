/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a snapshot says of a run's end (engine/pipeline/mill-ending.h, mill-hand.h): who holds what, and when
 * each part of the end came. */

#include "config.h"

#include <locale.h>

#include "test-parts.h"

static TestAct
hold_first (guint64 id, guint attempt)
{
  return id == 1 ? TEST_HOLD : TEST_SUCCEED;
}

static MillStep *
step_new (MillKind kind, TestPlan plan)
{
  return kind == MILL_KIND_ASYNC ? test_task_step_new (plan) : test_step_new (plan);
}

static const MillStageSnapshot *
stage_of (const MillSnapshot *snapshot, guint index)
{
  return g_ptr_array_index (snapshot->stages, index);
}

static guint
count_holders (const MillStageSnapshot *stage)
{
  guint n = 0;

  for (guint i = 0; i < stage->hands->len; i++)
    n += g_array_index (stage->hands, MillHand, i).has_item;
  return n;
}

/* The first that holds an item. */
static MillHand
get_holder (const MillStageSnapshot *stage)
{
  for (guint i = 0; i < stage->hands->len; i++)
    if (g_array_index (stage->hands, MillHand, i).has_item)
      return g_array_index (stage->hands, MillHand, i);
  g_assert_not_reached ();
}

/* Two stages and two workers each; the first item is held in the first stage, and the other nine go through.
 */
static MillPipeline *
pipeline_new (MillKind kind)
{
  return test_pipeline_new (test_source_new (10, 0), kind,
                            test_stage_new ("one", kind, step_new (kind, hold_first), 20, 2),
                            test_stage_new ("two", kind, step_new (kind, test_succeed), 20, 2), NULL);
}

static void
wait_for_the_held_one (MillPipeline *pipeline)
{
  TEST_WAIT (pipeline, s->done == 9 && s->ending.source_us > 0 && s0->closed_us > 0);
}

static void
release (MillPipeline *pipeline)
{
  test_step_release (mill_stage_get_step (mill_pipeline_get_stage (pipeline, 0)));
}

static void
test_hands (gconstpointer kind)
{
  g_autoptr (MillPipeline) pipeline = pipeline_new (GPOINTER_TO_UINT (kind));
  g_autoptr (MillSnapshot) held = NULL;
  const MillStageSnapshot *stage;
  MillHand hand;

  test_start (pipeline);
  TEST_WAIT (pipeline, s->done == 9 && s0->by_state[MILL_WORKER_BUSY] == 1);
  held = mill_pipeline_snapshot (pipeline);
  stage = stage_of (held, 0);
  g_assert_cmpuint (stage->hands->len, ==, stage->workers);
  g_assert_cmpuint (count_holders (stage), ==, 1);
  g_assert_cmpuint (count_holders (stage_of (held, 1)), ==, 0);
  hand = get_holder (stage);
  g_assert_cmpuint (hand.item_id, ==, 1);
  g_assert_cmpint (hand.state, ==, MILL_WORKER_BUSY);
  g_assert_cmpuint (hand.number, >=, 1);
  g_assert_cmpint (hand.item_since_us, >, 0);
  g_assert_cmpint (hand.item_since_us, <=, hand.state_since_us);
  g_assert_cmpint (hand.state_since_us, <=, held->time_us);
  for (guint i = 0; i < stage->workers; i++)
    g_assert_cmpint (stage->worker_states[i], ==, (guint8) g_array_index (stage->hands, MillHand, i).state);
  release (pipeline);
  test_join (pipeline);
}

static void
test_times_of_a_drain (gconstpointer kind)
{
  g_autoptr (MillPipeline) pipeline = pipeline_new (GPOINTER_TO_UINT (kind));
  g_autoptr (MillSnapshot) before = mill_pipeline_snapshot (pipeline);
  g_autoptr (MillSnapshot) held = NULL;
  g_autoptr (MillSnapshot) end = NULL;

  g_assert_cmpint (before->ending.began_us, ==, 0);
  g_assert_cmpint (stage_of (before, 0)->closed_us, ==, 0);
  test_start (pipeline);
  wait_for_the_held_one (pipeline);

  /* The first stage is shut down, and one item holds it up; the second is open. */
  held = mill_pipeline_snapshot (pipeline);
  g_assert_cmpint (held->ending.began_us, <=, held->ending.source_us);
  g_assert_cmpint (held->ending.source_us, <=, stage_of (held, 0)->closed_us);
  g_assert_true (stage_of (held, 0)->queue.is_shut_down);
  g_assert_cmpuint (stage_of (held, 0)->unfinished, ==, 1);
  g_assert_cmpint (stage_of (held, 1)->closed_us, ==, 0);
  g_assert_false (stage_of (held, 1)->queue.is_shut_down);
  g_assert_cmpint (held->ending.wrap_up_us, ==, 0);

  release (pipeline);
  test_join (pipeline);
  end = mill_pipeline_snapshot (pipeline);
  g_assert_cmpint (end->ending.began_us, ==, held->ending.began_us);
  g_assert_cmpint (stage_of (end, 0)->closed_us, <=, stage_of (end, 0)->joined_us);
  g_assert_cmpint (stage_of (end, 0)->joined_us, <=, stage_of (end, 1)->closed_us);
  g_assert_cmpint (stage_of (end, 1)->closed_us, <=, stage_of (end, 1)->joined_us);
  g_assert_cmpint (stage_of (end, 1)->joined_us, <=, end->ending.wrap_up_us);
  g_assert_cmpint (end->ending.wrap_up_us, <=, end->ending.end_us);
  g_assert_cmpint (end->ending.stop_us, ==, 0);
  g_assert_cmpint (end->ending.deadline_us, ==, 0);
}

static void
test_times_of_a_stop (gconstpointer kind)
{
  g_autoptr (MillPipeline) pipeline = pipeline_new (GPOINTER_TO_UINT (kind));
  g_autoptr (MillSnapshot) draining = NULL;
  g_autoptr (MillSnapshot) end = NULL;

  test_start (pipeline);
  wait_for_the_held_one (pipeline);
  g_assert_true (mill_pipeline_drain (pipeline, 3600, NULL));
  draining = mill_pipeline_snapshot (pipeline);
  g_assert_cmpint (draining->ending.deadline_us, >, draining->time_us);
  g_assert_cmpint (draining->ending.stop_us, ==, 0);
  mill_pipeline_stop (pipeline);
  test_join (pipeline);
  end = mill_pipeline_snapshot (pipeline);
  g_assert_cmpint (end->ending.stop_us, >=, end->ending.began_us);
  g_assert_cmpint (end->ending.end_us, >=, end->ending.stop_us);
  g_assert_cmpint (stage_of (end, 1)->joined_us, >, 0);
  g_assert_cmpuint (end->returned, ==, 1);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  test_add_both ("ending", "hands", test_hands);
  test_add_both ("ending", "times-of-a-drain", test_times_of_a_drain);
  test_add_both ("ending", "times-of-a-stop", test_times_of_a_stop);

  return g_test_run ();
}
