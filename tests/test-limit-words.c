/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of a limit: the numbers are those of the finding, and nothing is promised that it does not
 * hold. */

#include "config.h"

#include "mill-limit-words.h"

/* fetch and save, of a run that is on its way. */
static MillSnapshot *
new_run (void)
{
  static MillStageSnapshot fetch = { .name = "fetch" }, save = { .name = "save" };
  static MillSnapshot run = { .state = MILL_STATE_RUNNING, .unfinished = 1200 };

  g_clear_pointer (&run.stages, g_ptr_array_unref);
  run.stages = g_ptr_array_new ();
  g_ptr_array_add (run.stages, &fetch);
  g_ptr_array_add (run.stages, &save);
  return &run;
}

static const MillLimitFinding slots = {
  .kind = MILL_LIMIT_SLOTS,
  .resource = MILL_LIMIT_SLOTS,
  .seconds = 10,
  .waiting = 6.2,
  .source_blocked = 0.61,
  .pushed_back = -1,
  .load = { .seconds = 10,
            .workers = 39,
            .consumers = 39,
            .permits = 32,
            .in_flight = 31.6,
            .attempts = 2140,
            .attempt_rate = 214,
            .service_us = 148000 },
  .helps = MILL_LIMIT_SLOTS,
  .value = 39,
  .gain = 0.196,
  .until = MILL_LIMIT_CONSUMERS,
};

static void
assert_sentence (const MillLimitFinding *finding, const char *sentence)
{
  g_autofree char *said = mill_limit_words_sentence (finding, new_run ());

  g_assert_cmpstr (said, ==, sentence);
}

static void
assert_says (const MillLimitFinding *finding, const char *sentence, const char *advice)
{
  MillSnapshot *run = new_run ();
  g_autofree char *advised = mill_limit_words_advice (finding, run);

  assert_sentence (finding, sentence);
  g_assert_cmpstr (advised, ==, advice);
}

static void
test_slots (void)
{
  MillLimitFinding finding = slots;

  assert_says (
      &finding, "The limit is fetch’s slots: 31.6 of 32 held over 10 s, 6.2 workers waiting for one.",
      "Backpressure: full queues make the source wait 61 % of the time. More consumers will not help. "
      "Slots at 39 would give about +20 %; then the limit is fetch’s consumers. "
      "L = λW checks: 31.6 ≈ 214/s × 148 ms.");

  finding.waiting = 1;
  assert_sentence (&finding,
                   "The limit is fetch’s slots: 31.6 of 32 held over 10 s, 1 worker waiting for one.");

  /* One without the other does nothing; and what nobody knows the end of is a promise with a condition. */
  finding.with_consumers = TRUE;
  finding.pushed_back = 0;
  finding.value = 64;
  finding.gain = 1;
  finding.until = MILL_LIMIT_UNSURE;
  finding.load.attempt_rate = 100;
  assert_says (
      &finding,
      "The limit is fetch’s slots and consumers: 31.6 of 32 slots held over 10 s, a consumer for each.",
      "More of the one without the other will not help. Slots and consumers at 64 would give up to +100 %, "
      "if attempts take no longer then. "
      "L = λW does not check, for the flow is not steady: 31.6 ≠ 100/s × 148 ms.");
}

static void
test_others (void)
{
  MillLimitFinding finding = { .kind = MILL_LIMIT_RATE,
                               .resource = MILL_LIMIT_RATE,
                               .stage = 1,
                               .pushed_back = 0,
                               .seconds = 4.2,
                               .waiting = 20.5,
                               .load = { .rate = 50, .attempt_rate = 49.7 },
                               .helps = MILL_LIMIT_RATE,
                               .value = 51,
                               .until = MILL_LIMIT_SOURCE,
                               .until_stage = -1 };

  assert_says (&finding,
               "The limit is save’s rate: 50 of 50 a second used over 4.2 s, 20.5 workers waiting for it.",
               "Backpressure: its full queue makes fetch wait. More consumers or slots will not help. "
               "To raise it gives little: the next limit, the source, is near.");

  finding = (MillLimitFinding){ .kind = MILL_LIMIT_SOURCE_WAITING,
                                .resource = MILL_LIMIT_SOURCE_WAITING,
                                .stage = -1,
                                .pushed_back = -1,
                                .seconds = 10,
                                .why = "per-host limit",
                                .load.shares[MILL_WORKER_IDLE] = 0.75,
                                .helps = MILL_LIMIT_SOURCE,
                                .gain = 3,
                                .until = MILL_LIMIT_CONSUMERS };
  assert_says (&finding, "The limit is the source (per-host limit): fetch’s workers idle for 75 % of 10 s.",
               "More consumers, slots or a longer queue will not help. "
               "The stages could take about 4.0 times as much; then the limit is fetch.");

  finding = (MillLimitFinding){ .kind = MILL_LIMIT_CPU,
                                .resource = MILL_LIMIT_CPU,
                                .stage = -1,
                                .pushed_back = -1,
                                .seconds = 10,
                                .cpu = 0.97 };
  assert_says (&finding, "The limit is the processors: 97 % of all of them used by this run over 10 s.",
               "More consumers or slots will not help: no processor is free for them.");
}

/* What is not known is not said. */
static void
test_not_sure (void)
{
  MillLimitFinding finding = { .stage = -1, .doubt = MILL_LIMIT_DOUBT_MIXED };

  assert_says (&finding, "Not sure what the limit is: none stands out.", "");
  finding.doubt = MILL_LIMIT_DOUBT_TOO_FEW;
  finding.stage = 1;
  assert_says (&finding, "Not sure yet what the limit is: too few attempts of save have ended.", "");
  finding.doubt = MILL_LIMIT_DOUBT_CHANGED;
  assert_says (&finding, "A knob was turned; soon it shows what that does.", "");
}

/* Where somebody holds on to an item, it says who and which. */
static void
test_hang (void)
{
  MillLimitFinding finding = { .stage = 1, .doubt = MILL_LIMIT_DOUBT_TOO_FEW };
  MillHand hands[] = { { .number = 1, .has_item = TRUE, .item_id = 7, .item_since_us = 10 * G_USEC_PER_SEC },
                       { .number = 2 },
                       { .number = 3, .has_item = TRUE, .item_id = 4, .item_since_us = 8 * G_USEC_PER_SEC } };
  MillSnapshot *run = new_run ();
  MillStageSnapshot *save = g_ptr_array_index (run->stages, 1);
  g_autofree char *early = NULL;
  g_autofree char *late = NULL;

  save->hands = g_array_new (FALSE, FALSE, sizeof (MillHand));
  g_array_append_vals (save->hands, hands, G_N_ELEMENTS (hands));
  run->time_us = 10 * G_USEC_PER_SEC;
  early = mill_limit_words_advice (&finding, run);
  g_assert_cmpstr (early, ==, "");
  run->time_us = 20 * G_USEC_PER_SEC;
  late = mill_limit_words_advice (&finding, run);
  g_assert_cmpstr (late, ==, "It may hang: save-3 has had item 4 for 12.0 s.");
  g_clear_pointer (&save->hands, g_array_unref);
}

static void
test_states (void)
{
  MillLimitFinding finding = slots;

  finding.kind = MILL_LIMIT_DRAINING;
  assert_says (
      &finding,
      "Draining, 1,200 left. The limit is fetch’s slots: 31.6 of 32 held over 10 s, 6.2 workers waiting "
      "for one.",
      "L = λW checks: 31.6 ≈ 214/s × 148 ms.");
  finding =
      (MillLimitFinding){ .kind = MILL_LIMIT_DRAINING, .doubt = MILL_LIMIT_DOUBT_TOO_SHORT, .stage = -1 };
  assert_says (&finding, "Draining: 1,200 items are left.", "");
  finding =
      (MillLimitFinding){ .kind = MILL_LIMIT_NOT_STARTED, .resource = MILL_LIMIT_NOT_STARTED, .stage = -1 };
  assert_says (&finding, "Press Start: here you will read what holds the run back.",
               "A run is as fast as its narrowest place: everything else waits for it.");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/limit-words/slots", test_slots);
  g_test_add_func ("/limit-words/others", test_others);
  g_test_add_func ("/limit-words/not-sure", test_not_sure);
  g_test_add_func ("/limit-words/hang", test_hang);
  g_test_add_func ("/limit-words/states", test_states);
  return g_test_run ();
}
