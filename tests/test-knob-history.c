/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillKnobHistory (app/mill-knob-history.h): what one undo takes back. */

#include "config.h"

#include "mill-knob-history.h"

#define LATER (MILL_KNOB_DRAG_US + 1)

static void
assert_turn (const GPtrArray *step, guint index, const char *path, double before, double after)
{
  const MillKnobTurn *turn;

  g_assert_nonnull (step);
  g_assert_cmpuint (index, <, step->len);
  turn = g_ptr_array_index (step, index);
  g_assert_cmpstr (turn->path, ==, path);
  g_assert_cmpfloat_with_epsilon (turn->before, before, 1e-9);
  g_assert_cmpfloat_with_epsilon (turn->after, after, 1e-9);
}

static void
test_undo_and_redo (void)
{
  g_autoptr (MillKnobHistory) history = mill_knob_history_new (10);

  g_assert_false (mill_knob_history_can_undo (history));
  g_assert_null (mill_knob_history_undo (history));
  g_assert_null (mill_knob_history_redo (history));

  mill_knob_history_add (history, "a.slots", 1, 2, 0);
  mill_knob_history_add (history, "b.slots", 5, 6, 1);
  assert_turn (mill_knob_history_undo (history), 0, "b.slots", 5, 6);
  assert_turn (mill_knob_history_undo (history), 0, "a.slots", 1, 2);
  g_assert_false (mill_knob_history_can_undo (history));
  assert_turn (mill_knob_history_redo (history), 0, "a.slots", 1, 2);
  assert_turn (mill_knob_history_redo (history), 0, "b.slots", 5, 6);
  g_assert_false (mill_knob_history_can_redo (history));
  g_assert_true (mill_knob_history_can_undo (history));
}

/* A new turn is where redoing ends. */
static void
test_turn_after_undo (void)
{
  g_autoptr (MillKnobHistory) history = mill_knob_history_new (10);

  mill_knob_history_add (history, "a", 1, 2, 0);
  mill_knob_history_add (history, "a", 2, 3, LATER);
  mill_knob_history_undo (history);
  g_assert_true (mill_knob_history_can_redo (history));
  /* However soon it comes, it does not go on with the step before. */
  mill_knob_history_add (history, "a", 2, 7, LATER);
  g_assert_false (mill_knob_history_can_redo (history));
  assert_turn (mill_knob_history_undo (history), 0, "a", 2, 7);
  assert_turn (mill_knob_history_undo (history), 0, "a", 1, 2);
  g_assert_false (mill_knob_history_can_undo (history));
}

static void
test_drag (void)
{
  g_autoptr (MillKnobHistory) history = mill_knob_history_new (10);

  for (guint i = 0; i < 100; i++)
    mill_knob_history_add (history, "a", i, i + 1, i * MILL_KNOB_DRAG_US);
  mill_knob_history_add (history, "a", 100, 50, 99 * MILL_KNOB_DRAG_US + LATER);
  assert_turn (mill_knob_history_undo (history), 0, "a", 100, 50);
  assert_turn (mill_knob_history_undo (history), 0, "a", 0, 100);
  g_assert_false (mill_knob_history_can_undo (history));
}

/* Another knob ends a drag. */
static void
test_two_drags (void)
{
  g_autoptr (MillKnobHistory) history = mill_knob_history_new (10);

  mill_knob_history_add (history, "a", 1, 2, 0);
  mill_knob_history_add (history, "b", 1, 2, 0);
  mill_knob_history_add (history, "a", 2, 3, 0);
  assert_turn (mill_knob_history_undo (history), 0, "a", 2, 3);
  assert_turn (mill_knob_history_undo (history), 0, "b", 1, 2);
  assert_turn (mill_knob_history_undo (history), 0, "a", 1, 2);
}

/* There and back again is nothing to undo. */
static void
test_nothing_turned (void)
{
  g_autoptr (MillKnobHistory) history = mill_knob_history_new (10);

  mill_knob_history_add (history, "a", 4, 4, 0);
  g_assert_false (mill_knob_history_can_undo (history));
  mill_knob_history_add (history, "a", 4, 9, 0);
  mill_knob_history_add (history, "a", 9, 4, 1);
  g_assert_false (mill_knob_history_can_undo (history));
  mill_knob_history_begin (history);
  mill_knob_history_end (history);
  g_assert_false (mill_knob_history_can_undo (history));
  /* What follows is a step of its own. */
  mill_knob_history_add (history, "b", 1, 2, 2);
  assert_turn (mill_knob_history_undo (history), 0, "b", 1, 2);
  g_assert_false (mill_knob_history_can_undo (history));
}

static void
test_group (void)
{
  g_autoptr (MillKnobHistory) history = mill_knob_history_new (10);
  const GPtrArray *step;

  mill_knob_history_add (history, "a", 1, 2, 0);
  mill_knob_history_begin (history);
  mill_knob_history_add (history, "a", 2, 0, 1);
  mill_knob_history_add (history, "b", 3, 0, 1);
  g_assert_false (mill_knob_history_can_undo (history));
  mill_knob_history_end (history);
  mill_knob_history_add (history, "b", 0, 8, 1);

  assert_turn (mill_knob_history_undo (history), 0, "b", 0, 8);
  step = mill_knob_history_undo (history);
  g_assert_cmpuint (step->len, ==, 2);
  assert_turn (step, 0, "a", 2, 0);
  assert_turn (step, 1, "b", 3, 0);
  step = mill_knob_history_redo (history);
  g_assert_cmpuint (step->len, ==, 2);
  mill_knob_history_undo (history);
  assert_turn (mill_knob_history_undo (history), 0, "a", 1, 2);
}

static void
test_capacity (void)
{
  g_autoptr (MillKnobHistory) history = mill_knob_history_new (3);

  for (guint i = 0; i < 10; i++)
    mill_knob_history_add (history, "a", i, i + 1, i * LATER);
  assert_turn (mill_knob_history_undo (history), 0, "a", 9, 10);
  assert_turn (mill_knob_history_undo (history), 0, "a", 8, 9);
  assert_turn (mill_knob_history_undo (history), 0, "a", 7, 8);
  g_assert_false (mill_knob_history_can_undo (history));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/knob-history/undo-and-redo", test_undo_and_redo);
  g_test_add_func ("/knob-history/turn-after-undo", test_turn_after_undo);
  g_test_add_func ("/knob-history/drag", test_drag);
  g_test_add_func ("/knob-history/two-drags", test_two_drags);
  g_test_add_func ("/knob-history/nothing-turned", test_nothing_turned);
  g_test_add_func ("/knob-history/group", test_group);
  g_test_add_func ("/knob-history/capacity", test_capacity);

  return g_test_run ();
}
