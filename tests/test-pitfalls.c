/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gallery of pitfalls: each shows what it is there to show, in both variants, and none leaves anything
 * behind. */

#include "config.h"

#include <string.h>

#include "core/mill-error.h"
#include "pipeline/mill-job.h"
#include "pitfalls/mill-pitfall-run.h"
#include "test-parts.h"

typedef struct
{
  MillPitfallRun *run; /* (owned) */
  MillTrialResult wrong;
  MillTrialResult cured;
} Outcome;

static MillPitfall *
make (const char *name, const char *first_parameter, va_list parameters)
{
  GType type = mill_pitfall_find_type (name);
  MillPitfall *pitfall;

  g_assert_cmpuint (type, !=, G_TYPE_INVALID);
  pitfall = g_object_new (type, NULL);
  g_object_set_valist (G_OBJECT (pitfall), first_parameter, parameters);
  return pitfall;
}

/* Runs both variants to the end. The parameters are names and guints, and NULL. */
static Outcome
run (const char *name, const char *first_parameter, ...)
{
  guint before = test_count_engine_threads ();
  g_autoptr (MillPitfall) pitfall = NULL;
  Outcome outcome;
  va_list parameters;

  va_start (parameters, first_parameter);
  pitfall = make (name, first_parameter, parameters);
  va_end (parameters);
  outcome.run = mill_pitfall_run_new (pitfall);
  mill_pitfall_run_start (outcome.run);
  mill_pitfall_run_wait (outcome.run);
  g_assert_true (mill_pitfall_run_is_over (outcome.run));
  mill_pitfall_run_get_result (outcome.run, MILL_VARIANT_WRONG, &outcome.wrong);
  mill_pitfall_run_get_result (outcome.run, MILL_VARIANT_CURED, &outcome.cured);
  g_assert_cmpint (outcome.wrong.state, ==, MILL_TRIAL_FINISHED);
  g_assert_cmpint (outcome.cured.state, ==, MILL_TRIAL_FINISHED);
  g_assert_false (outcome.cured.hangs);
  test_wait_for_threads (before);
  g_test_message ("%s: wrong %g%s, cured %g", name, outcome.wrong.figure,
                  outcome.wrong.hangs ? " (hangs)" : "", outcome.cured.figure);
  return outcome;
}

static void
outcome_clear (Outcome *outcome)
{
  g_clear_object (&outcome->run);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)

/* The figure of the wrong one is certain; that of the cured one is of how soon a machine that has other
 * things to do serves a loop, so it has a few tries. */
#define TRIES 5

static gboolean
is_clear (const Outcome *outcome)
{
  return outcome->cured.figure < outcome->wrong.figure / 2.0;
}

static void
test_blocking_call (void)
{
  gboolean clear = FALSE;

  for (guint i = 0; i < TRIES && !clear; i++)
    {
      g_auto (Outcome) outcome =
          run ("blocking-call", "items", 2, "consumers", 1, "latency", 100, "heartbeat", 5, NULL);

      g_assert_cmpuint (outcome.wrong.done, ==, 2);
      g_assert_cmpuint (outcome.cured.done, ==, 2);
      g_assert_cmpfloat (outcome.wrong.figure, >=, 100.0);
      clear = is_clear (&outcome);
    }
  g_assert_true (clear);
}

/* Wrong: nothing beats while an item is computed, however fast the machine; both compute all. */
static void
test_cpu_bound (void)
{
  gboolean clear = FALSE;

  for (guint i = 0; i < TRIES && !clear; i++)
    {
      g_auto (Outcome) outcome =
          run ("cpu-bound", "items", 2, "consumers", 1, "kilobytes", 10000, "heartbeat", 5, NULL);

      g_assert_cmpuint (outcome.wrong.done, ==, 2);
      g_assert_cmpuint (outcome.cured.done, ==, 2);
      clear = is_clear (&outcome);
    }
  g_assert_true (clear);
}

static double
get_last_value (const Outcome *outcome, MillVariant variant)
{
  g_autoptr (GArray) samples = g_array_new (FALSE, FALSE, sizeof (MillTrialSample));
  guint n = mill_pitfall_run_get_samples (outcome->run, variant, samples);

  g_assert_cmpuint (n, >, 0);
  for (guint i = 1; i < n; i++)
    g_assert_cmpint (g_array_index (samples, MillTrialSample, i - 1).time_us, <=,
                     g_array_index (samples, MillTrialSample, i).time_us);
  return g_array_index (samples, MillTrialSample, n - 1).value;
}

/* Cured: never more than fits. Wrong: nearly all of it, as the consumer is busy for long with the first. */
static void
test_unbounded_queue (void)
{
  g_auto (Outcome) outcome = run ("unbounded-queue", "items", 20, "consumers", 1, "interval", 0, "latency",
                                  10, "maxsize", 4, "kilobytes", 1, NULL);

  g_assert_cmpuint (outcome.wrong.done, ==, 20);
  g_assert_cmpuint (outcome.cured.done, ==, 20);
  g_assert_cmpfloat (outcome.cured.figure, <=, 0.004);
  g_assert_cmpfloat (outcome.wrong.figure, >, 0.004);
  g_assert_cmpfloat (outcome.wrong.figure, <=, 0.02);
  g_assert_cmpfloat (get_last_value (&outcome, MILL_VARIANT_CURED), <=, 0.0);
}

static void
test_unbounded_queue_is_guarded (void)
{
  g_auto (Outcome) outcome = run ("unbounded-queue", "items", 40, "consumers", 8, "interval", 0, "latency", 1,
                                  "kilobytes", 1000, "limit", 2, NULL);

  g_assert_cmpuint (outcome.wrong.done, ==, 40);
  g_assert_cmpfloat (outcome.wrong.figure, <=, 2.0);
}

static void
test_two_worlds (void)
{
  gboolean clear = FALSE;

  for (guint i = 0; i < TRIES && !clear; i++)
    {
      g_auto (Outcome) outcome = run ("two-worlds", "items", 3, "interval", 10, "tick", 150, NULL);

      g_assert_cmpuint (outcome.wrong.done, ==, 3);
      g_assert_cmpuint (outcome.cured.done, ==, 3);
      clear = is_clear (&outcome);
    }
  g_assert_true (clear);
}

/* Four consumers write whole batches only, so at least the 30 beyond those are missing. */
static void
test_ungraceful_stop (void)
{
  g_auto (Outcome) outcome =
      run ("ungraceful-stop", "items", 530, "consumers", 4, "latency", 0, "batch", 50, NULL);

  g_assert_cmpfloat (outcome.wrong.figure, >=, 30);
  g_assert_cmpuint ((guint) get_last_value (&outcome, MILL_VARIANT_WRONG), ==,
                    530 - (guint) outcome.wrong.figure);
  g_assert_cmpuint ((guint) outcome.cured.figure, ==, 0);
  g_assert_cmpuint (outcome.cured.done, ==, 530);
  g_assert_cmpuint ((guint) get_last_value (&outcome, MILL_VARIANT_CURED), ==, 530);
}

static void
test_retry_without_key (void)
{
  g_auto (Outcome) outcome =
      run ("retry-without-key", "items", 200, "consumers", 4, "latency", 0, "lost-answer", 20, NULL);

  g_assert_cmpuint ((guint) outcome.wrong.figure, ==, 10);
  g_assert_cmpuint ((guint) outcome.cured.figure, ==, 0);
  g_assert_cmpuint (outcome.wrong.done, ==, 200);
  g_assert_cmpuint (outcome.cured.done, ==, 200);
}

static void
test_reput_sentinel (void)
{
  g_auto (Outcome) outcome = run ("reput-sentinel", "items", 100, "latency", 0, "give-up", 30, NULL);

  g_assert_true (outcome.wrong.hangs);
  g_assert_cmpuint (outcome.wrong.unfinished, ==, 1);
  g_assert_cmpuint (outcome.wrong.done, ==, 100);
  g_assert_cmpfloat (outcome.wrong.figure, >=, 0.03);
  g_assert_cmpuint ((guint) get_last_value (&outcome, MILL_VARIANT_WRONG), ==, 1);
  g_assert_cmpuint (outcome.cured.unfinished, ==, 0);
  g_assert_cmpuint (outcome.cured.done, ==, 100);
  g_assert_cmpuint ((guint) get_last_value (&outcome, MILL_VARIANT_CURED), ==, 0);
}

static void
test_forgotten_task_done (void)
{
  g_auto (Outcome) outcome =
      run ("forgotten-task-done", "items", 100, "latency", 0, "bad", 20, "give-up", 30, NULL);

  g_assert_true (outcome.wrong.hangs);
  g_assert_cmpuint (outcome.wrong.unfinished, ==, 5);
  g_assert_cmpuint (outcome.wrong.done, ==, 95);
  g_assert_cmpuint (outcome.cured.unfinished, ==, 0);
  g_assert_cmpuint (outcome.cured.done, ==, 95);
}

/* Four consumers die of the items 20, 40, 60 and 80; all good ones up to 80 were processed, and none after.
 */
static void
test_dying_consumer (void)
{
  g_auto (Outcome) outcome = run ("dying-consumer", "items", 200, "consumers", 4, "latency", 0, "maxsize", 10,
                                  "bad", 20, "give-up", 30, NULL);

  g_assert_true (outcome.wrong.hangs);
  g_assert_cmpuint (outcome.wrong.done, ==, 76);
  g_assert_cmpuint ((guint) outcome.wrong.figure, ==, 124);
  g_assert_cmpuint ((guint) get_last_value (&outcome, MILL_VARIANT_WRONG), ==, 0);
  g_assert_cmpuint (outcome.cured.done, ==, 190);
  g_assert_cmpuint ((guint) outcome.cured.figure, ==, 0);
}

/* Each of them, in the middle of what it does with its own parameters, which would take seconds. */
static void
test_cancel (void)
{
  g_autofree char *list = mill_pitfall_list_names ();
  g_auto (GStrv) names = g_strsplit (list, ", ", -1);
  guint before = test_count_engine_threads ();

  g_assert_cmpuint (g_strv_length (names), ==, 9);
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autoptr (MillPitfall) pitfall = g_object_new (mill_pitfall_find_type (names[i]), NULL);
      g_autoptr (MillPitfallRun) all = mill_pitfall_run_new (pitfall);
      MillTrialResult result;

      mill_pitfall_run_get_result (all, MILL_VARIANT_WRONG, &result);
      g_assert_cmpint (result.state, ==, MILL_TRIAL_WAITING);
      g_assert_false (mill_pitfall_run_is_over (all));
      mill_pitfall_run_start (all);
      do
        {
          mill_pitfall_run_get_result (all, MILL_VARIANT_WRONG, &result);
          g_thread_yield ();
        }
      while (result.state == MILL_TRIAL_WAITING);
      mill_pitfall_run_cancel (all);
      mill_pitfall_run_wait (all);
      mill_pitfall_run_get_result (all, MILL_VARIANT_WRONG, &result);
      g_assert_cmpint (result.state, ==, MILL_TRIAL_CANCELLED);
      g_assert_false (result.hangs);
    }
  test_wait_for_threads (before);
}

/* A run that is freed while it runs ends, too. */
static void
test_free (void)
{
  g_autoptr (MillPitfall) pitfall = g_object_new (mill_pitfall_find_type ("blocking-call"), NULL);
  guint before = test_count_engine_threads ();
  MillPitfallRun *all = mill_pitfall_run_new (pitfall);

  mill_pitfall_run_start (all);
  g_object_unref (all);
  test_wait_for_threads (before);
}

static MillJob *
read_job (const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return mill_job_new_from_bytes (bytes, "j", error);
}

#define PITFALL_JOB "[Job]\nname=x\n[Pitfall]\n"

static void
test_job (void)
{
  g_autoptr (MillJob) job = read_job (PITFALL_JOB "name=dying-consumer\nitems=7\n", NULL);
  g_autoptr (MillPitfall) pitfall = NULL;
  guint items = 0, consumers = 0;

  g_assert_true (mill_job_is_pitfall (job));
  pitfall = mill_job_build_pitfall (job, NULL);
  g_object_get (pitfall, "items", &items, "consumers", &consumers, NULL);
  g_assert_cmpstr (mill_pitfall_get_name (pitfall), ==, "dying-consumer");
  g_assert_cmpuint (items, ==, 7);
  g_assert_cmpuint (consumers, ==, 4);
}

static void
test_wrong_jobs (void)
{
  static const char *const wrongs[][2] = {
    { PITFALL_JOB, "j: [Pitfall] name: the key is missing" },
    { PITFALL_JOB "name=luck\n", "j: [Pitfall] name: “luck” is not one of blocking-call, cpu-bound, " },
    { PITFALL_JOB "name=cpu-bound\nlatency=1\n",
      "j: [Pitfall] latency: unknown key; the keys here are name, " },
    { PITFALL_JOB "name=cpu-bound\nitems=0\n",
      "j: [Pitfall] items: “0” is not a whole number from 1 to 100000" },
    { PITFALL_JOB "name=cpu-bound\n[Source]\ntype=count\n",
      "j: [Source]: unknown group; the groups are Job, Pitfall" },
    { "[Pitfall]\nname=cpu-bound\n", "j: [Job]: the group is missing" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrongs); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MillJob) job = read_job (wrongs[i][0], &error);

      g_assert_null (job);
      g_assert_error (error, MILL_ERROR, MILL_ERROR_JOB);
      g_assert_true (g_str_has_prefix (error->message, wrongs[i][1]));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pitfalls/blocking-call", test_blocking_call);
  g_test_add_func ("/pitfalls/cpu-bound", test_cpu_bound);
  g_test_add_func ("/pitfalls/unbounded-queue", test_unbounded_queue);
  g_test_add_func ("/pitfalls/unbounded-queue/guarded", test_unbounded_queue_is_guarded);
  g_test_add_func ("/pitfalls/two-worlds", test_two_worlds);
  g_test_add_func ("/pitfalls/ungraceful-stop", test_ungraceful_stop);
  g_test_add_func ("/pitfalls/retry-without-key", test_retry_without_key);
  g_test_add_func ("/pitfalls/reput-sentinel", test_reput_sentinel);
  g_test_add_func ("/pitfalls/forgotten-task-done", test_forgotten_task_done);
  g_test_add_func ("/pitfalls/dying-consumer", test_dying_consumer);
  g_test_add_func ("/pitfalls/cancel", test_cancel);
  g_test_add_func ("/pitfalls/free", test_free);
  g_test_add_func ("/pitfalls/job", test_job);
  g_test_add_func ("/pitfalls/job/wrong", test_wrong_jobs);
  return g_test_run ();
}
