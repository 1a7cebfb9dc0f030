/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillKnobBoard (app/mill-knob-board.h): knobs turned, put back and told in words. */

#include "config.h"

#include <string.h>

#include "mill-knob-board.h"
#include "pipeline/mill-job.h"

static const char job_text[] = "[Job]\nname=x\n[Source]\ntype=count\nitems=1\n"
                               "[Stage work]\nstep=simulate\nslots=24\nmaxsize=100\ntimeout=5\n"
                               "[Stage save]\nstep=simulate\nfault-latency=20\n";

typedef struct
{
  MillPipeline *pipeline; /* (owned) */
  MillKnobBoard *board;   /* (owned) */
  guint n_changed;
} Fixture;

static void
count_cb (Fixture *fixture)
{
  fixture->n_changed++;
}

static void
fixture_init (Fixture *fixture)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (job_text, strlen (job_text));
  g_autoptr (GError) error = NULL;
  g_autoptr (MillJob) job = mill_job_new_from_bytes (bytes, "x.millrace", &error);

  g_assert_no_error (error);
  *fixture = (Fixture){ .pipeline = mill_job_build (job, NULL) };
  fixture->board = mill_knob_board_new (fixture->pipeline);
  g_signal_connect_swapped (fixture->board, "changed", G_CALLBACK (count_cb), fixture);
}

static void
fixture_clear (Fixture *fixture)
{
  g_object_add_weak_pointer (G_OBJECT (fixture->board), (gpointer *) &fixture->board);
  g_object_unref (fixture->board);
  g_assert_null (fixture->board);
  g_object_unref (fixture->pipeline);
}

static void
turn (Fixture *fixture, const char *path, double value)
{
  mill_knob_board_turn (fixture->board, mill_knob_board_find (fixture->board, path), value);
}

static void
assert_number (Fixture *fixture, const char *path, double wanted)
{
  MillKnob *knob = mill_knob_board_find (fixture->board, path);

  g_assert_cmpfloat_with_epsilon (mill_knob_board_get_number (fixture->board, knob), wanted, 1e-9);
}

static void
assert_words (char *words, const char *wanted)
{
  g_assert_cmpstr (words, ==, wanted);
  g_free (words);
}

/* A knob that is dragged is turned a moment later; the board knows already. */
static void
test_drag (void)
{
  Fixture fixture;
  MillKnob *slots;

  fixture_init (&fixture);
  slots = mill_knob_board_find (fixture.board, "work.slots");
  turn (&fixture, "work.slots", 25);
  turn (&fixture, "work.slots", 26.4);
  turn (&fixture, "work.slots", 1e9);
  assert_number (&fixture, "work.slots", 10000);
  while (!(mill_knob_get_number (slots) > 9999))
    g_main_context_iteration (NULL, TRUE);
  /* Another knob does not wait for it. */
  turn (&fixture, "work.slots", 30);
  turn (&fixture, "work.slots", 32);
  turn (&fixture, "work.maxsize", 7);
  g_assert_cmpfloat_with_epsilon (mill_knob_get_number (slots), 32, 1e-9);
  fixture_clear (&fixture);
}

static void
test_words (void)
{
  static const struct
  {
    const char *path;
    double value;
    const char *undone;
    const char *redone;
  } turns[] = {
    { "work.slots", 32, "work: Slots 24 → 32 undone", "work: Slots 24 → 32 redone" },
    { "work.timeout", 0.5, "work: Timeout 5.0 s → 0.5 s undone", "work: Timeout 5.0 s → 0.5 s redone" },
    { "work.maxsize", 0, "work: Max size 100 → no limit undone", "work: Max size 100 → no limit redone" },
    { "save.fault-stall", 1, "save: Stall off → on undone", "save: Stall off → on redone" },
    { "save.fault-errors", 30, "save: Errors 0 % → 30 % undone", "save: Errors 0 % → 30 % redone" },
  };
  Fixture fixture;

  fixture_init (&fixture);
  g_assert_null (mill_knob_board_undo (fixture.board));
  for (guint i = 0; i < G_N_ELEMENTS (turns); i++)
    {
      double before =
          mill_knob_board_get_number (fixture.board, mill_knob_board_find (fixture.board, turns[i].path));

      turn (&fixture, turns[i].path, turns[i].value);
      assert_words (mill_knob_board_undo (fixture.board), turns[i].undone);
      assert_number (&fixture, turns[i].path, before);
      assert_words (mill_knob_board_redo (fixture.board), turns[i].redone);
      assert_number (&fixture, turns[i].path, turns[i].value);
    }
  g_assert_null (mill_knob_board_redo (fixture.board));
  g_assert_cmpuint (fixture.n_changed, ==, 3 * G_N_ELEMENTS (turns));
  fixture_clear (&fixture);
}

/* All at once, and taken back at once. */
static void
test_reset (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  g_assert_true (mill_knob_board_is_as_in_job (fixture.board));
  turn (&fixture, "work.slots", 32);
  turn (&fixture, "save.fault-latency", 0);
  g_assert_false (mill_knob_board_is_as_in_job (fixture.board));
  mill_knob_board_reset (fixture.board);
  g_assert_true (mill_knob_board_is_as_in_job (fixture.board));
  assert_number (&fixture, "work.slots", 24);
  assert_number (&fixture, "save.fault-latency", 20);
  assert_words (mill_knob_board_undo (fixture.board), "2 knobs undone");
  assert_number (&fixture, "work.slots", 32);
  assert_number (&fixture, "save.fault-latency", 0);
  fixture_clear (&fixture);
}

/* Off is off, whatever the job says. */
static void
test_faults_off (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  g_assert_true (mill_knob_board_has_faults_on (fixture.board, "save"));
  g_assert_false (mill_knob_board_has_faults_on (fixture.board, "work"));
  turn (&fixture, "work.fault-stall", 1);
  turn (&fixture, "work.slots", 3);
  g_assert_true (mill_knob_board_has_faults_on (fixture.board, "work"));
  mill_knob_board_turn_faults_off (fixture.board);
  g_assert_false (mill_knob_board_has_faults_on (fixture.board, NULL));
  assert_number (&fixture, "work.slots", 3);
  assert_words (mill_knob_board_undo (fixture.board), "2 knobs undone");
  assert_number (&fixture, "save.fault-latency", 20);
  assert_number (&fixture, "work.fault-stall", 1);
  fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/knob-board/drag", test_drag);
  g_test_add_func ("/knob-board/words", test_words);
  g_test_add_func ("/knob-board/reset", test_reset);
  g_test_add_func ("/knob-board/faults-off", test_faults_off);

  return g_test_run ();
}
