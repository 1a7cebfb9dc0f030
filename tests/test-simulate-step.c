/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillSimulateStep: the times and failures it promises, in both worlds. */

#include "config.h"

#include <locale.h>
#include <math.h>

#include "core/mill-error.h"
#include "pipeline/mill-knob.h"
#include "steps/mill-simulate-step.h"
#include "test-work.h"

#define N_DRAWS 20000

typedef struct
{
  double mean;
  double deviation;
  double least;
  double most;
} Moments;

static MillSimulateStep *step_new (const char *first, ...) G_GNUC_NULL_TERMINATED;

static MillSimulateStep *
step_new (const char *first, ...)
{
  va_list properties;
  MillSimulateStep *step;

  va_start (properties, first);
  step = MILL_SIMULATE_STEP (g_object_new_valist (MILL_TYPE_SIMULATE_STEP, first, properties));
  va_end (properties);
  return step;
}

/* Of the milliseconds of the first items. */
static Moments
measure (MillSimulateStep *step)
{
  double sum = 0.0, squares = 0.0;
  Moments found = { .least = G_MAXDOUBLE };

  for (guint i = 1; i <= N_DRAWS; i++)
    {
      gboolean fails;
      double ms = (double) mill_simulate_step_get_duration (step, i, 0, &fails) / 1000.0;

      sum += ms;
      squares += ms * ms;
      found.least = MIN (found.least, ms);
      found.most = MAX (found.most, ms);
    }
  found.mean = sum / N_DRAWS;
  found.deviation = sqrt (squares / N_DRAWS - found.mean * found.mean);
  return found;
}

static void
assert_close (double value, double wanted, double tolerance)
{
  g_assert_cmpfloat_with_epsilon (value, wanted, tolerance);
}

static void
test_fixed (void)
{
  g_autoptr (MillSimulateStep) step = step_new ("latency", 12.5, "spread", 3.0, NULL);
  Moments found = measure (step);

  assert_close (found.least, 12.5, 1e-9);
  assert_close (found.most, 12.5, 1e-9);
}

/* Mean a, deviation of U(a - b, a + b): b / sqrt 3. */
static void
test_uniform (void)
{
  g_autoptr (MillSimulateStep) step =
      step_new ("distribution", MILL_DISTRIBUTION_UNIFORM, "latency", 7.5, "spread", 2.5, NULL);
  Moments found = measure (step);

  assert_close (found.mean, 7.5, 0.05);
  assert_close (found.deviation, 2.5 / sqrt (3.0), 0.05);
  g_assert_cmpfloat (found.least, >=, 5.0);
  g_assert_cmpfloat (found.most, <=, 10.0);
}

static void
test_exponential (void)
{
  g_autoptr (MillSimulateStep) step =
      step_new ("distribution", MILL_DISTRIBUTION_EXPONENTIAL, "latency", 20.0, NULL);
  Moments found = measure (step);

  assert_close (found.mean, 20.0, 0.6);
  assert_close (found.deviation, 20.0, 0.8);
}

static void
test_lognormal (void)
{
  g_autoptr (MillSimulateStep) step =
      step_new ("distribution", MILL_DISTRIBUTION_LOGNORMAL, "latency", 50.0, "spread", 25.0, NULL);
  Moments found = measure (step);

  assert_close (found.mean, 50.0, 0.8);
  assert_close (found.deviation, 25.0, 1.5);
}

/* No setting makes a time that is negative or endless. */
static void
test_extremes (void)
{
  g_autoptr (MillSimulateStep) step =
      step_new ("distribution", MILL_DISTRIBUTION_LOGNORMAL, "latency", 0.001, "spread", 60000.0, NULL);
  Moments found = measure (step);

  g_assert_cmpfloat (found.least, >=, 0.0);
  g_assert_cmpfloat (found.most, <=, 3600000.0);
  g_object_set (step, "latency", 0.0, NULL);
  assert_close (measure (step).most, 0.0, 1e-9);
  g_object_set (step, "distribution", MILL_DISTRIBUTION_UNIFORM, "spread", 10.0, NULL);
  assert_close (measure (step).least, 0.0, 1e-9);
}

static guint
count_failures (MillSimulateStep *step, guint attempt)
{
  guint failures = 0;

  for (guint i = 1; i <= N_DRAWS; i++)
    {
      gboolean fails;

      mill_simulate_step_get_duration (step, i, attempt, &fails);
      failures += (guint) fails;
    }
  return failures;
}

static void
test_error_rate (void)
{
  g_autoptr (MillSimulateStep) step = step_new ("error-rate", 0.25, NULL);

  assert_close (count_failures (step, 0) / (double) N_DRAWS, 0.25, 0.015);
  assert_close (count_failures (step, 1) / (double) N_DRAWS, 0.25, 0.015);
  g_object_set (step, "error-rate", 0.0, NULL);
  g_assert_cmpuint (count_failures (step, 0), ==, 0);
  g_object_set (step, "error-rate", 1.0, NULL);
  g_assert_cmpuint (count_failures (step, 0), ==, N_DRAWS);
}

/* Seed, item and attempt say everything; each of them matters. */
static void
test_repeatable (void)
{
  g_autoptr (MillSimulateStep) a = step_new ("distribution", MILL_DISTRIBUTION_EXPONENTIAL, "seed", 7u, NULL);
  g_autoptr (MillSimulateStep) b = step_new ("distribution", MILL_DISTRIBUTION_EXPONENTIAL, "seed", 7u, NULL);
  g_autoptr (MillSimulateStep) other =
      step_new ("distribution", MILL_DISTRIBUTION_EXPONENTIAL, "seed", 8u, NULL);
  guint same_seed = 0, same_item = 0, same_attempt = 0;
  gboolean fails;

  for (guint i = 1; i <= 1000; i++)
    {
      gint64 us = mill_simulate_step_get_duration (a, i, 0, &fails);

      g_assert_cmpint (us, ==, mill_simulate_step_get_duration (b, i, 0, &fails));
      same_seed += us == mill_simulate_step_get_duration (other, i, 0, &fails);
      same_item += us == mill_simulate_step_get_duration (a, i + 1, 0, &fails);
      same_attempt += us == mill_simulate_step_get_duration (a, i, 1, &fails);
    }
  g_assert_cmpuint (same_seed, <, 10);
  g_assert_cmpuint (same_item, <, 10);
  g_assert_cmpuint (same_attempt, <, 10);
}

typedef struct
{
  gboolean returned;
  gboolean ok;
  GError *error; /* (owned) (nullable) */
} Outcome;

static void
finished_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  outcome->ok = mill_step_process_finish (MILL_STEP (object), result, &outcome->error);
  outcome->returned = TRUE;
}

/* Runs item 1 through the face that @data names. */
static Outcome
run (gconstpointer data, MillSimulateStep *step, GCancellable *cancellable)
{
  Outcome outcome = { FALSE, FALSE, NULL };
  MillWork work;

  test_work_init (&work, mill_item_new (1, NULL));
  if (GPOINTER_TO_INT (data) == MILL_KIND_THREADS)
    outcome.ok = mill_step_process (MILL_STEP (step), &work, cancellable, &outcome.error);
  else
    {
      mill_step_process_async (MILL_STEP (step), &work, cancellable, finished_cb, &outcome);
      while (!outcome.returned)
        g_main_context_iteration (NULL, TRUE);
    }
  mill_work_finalize (&work);
  return outcome;
}

static void
test_takes_its_time (gconstpointer data)
{
  g_autoptr (MillSimulateStep) step = step_new ("latency", 30.0, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gint64 before = g_get_monotonic_time ();
  Outcome outcome = run (data, step, cancellable);

  g_assert_no_error (outcome.error);
  g_assert_true (outcome.ok);
  g_assert_cmpint (g_get_monotonic_time () - before, >=, 30000);
}

static void
test_fails (gconstpointer data)
{
  g_autoptr (MillSimulateStep) step = step_new ("latency", 0.0, "error-rate", 1.0, NULL);
  Outcome outcome = run (data, step, NULL);

  g_assert_error (outcome.error, MILL_ERROR, MILL_ERROR_RETRYABLE);
  g_assert_false (outcome.ok);
  g_clear_error (&outcome.error);
}

static gpointer
cancel_thread (gpointer data)
{
  g_cancellable_cancel (data);
  return NULL;
}

/* A minute's work ends at once, whether it was cancelled before or meanwhile. */
static void
test_cancelled (gconstpointer data)
{
  g_autoptr (MillSimulateStep) step = step_new ("latency", 60000.0, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gint64 before = g_get_monotonic_time ();
  GThread *thread = g_thread_new ("cancel", cancel_thread, cancellable);
  Outcome outcome = run (data, step, cancellable);

  g_thread_join (thread);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&outcome.error);
  outcome = run (data, step, cancellable);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&outcome.error);
  g_assert_cmpint (g_get_monotonic_time () - before, <, 30 * G_USEC_PER_SEC);
}

static void
count_notify_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  (*(guint *) user_data)++;
}

/* Setters compare, then notify; the knobs are marked and the rest is not. */
static void
test_properties (void)
{
  g_autoptr (MillSimulateStep) step = step_new ("latency", 10.0, NULL);
  GObjectClass *klass = G_OBJECT_GET_CLASS (step);
  double latency;
  guint notified = 0;

  g_signal_connect (step, "notify::latency", G_CALLBACK (count_notify_cb), &notified);
  g_object_set (step, "latency", 33.0, NULL);
  g_object_set (step, "latency", 33.0, "spread", 2.0, NULL);
  g_assert_cmpuint (notified, ==, 1);
  g_object_get (step, "latency", &latency, NULL);
  assert_close (latency, 33.0, 1e-9);
  g_assert_true (g_object_class_find_property (klass, "latency")->flags & MILL_PARAM_KNOB);
  g_assert_true (g_object_class_find_property (klass, "error-rate")->flags & MILL_PARAM_KNOB);
  g_assert_false (g_object_class_find_property (klass, "seed")->flags & MILL_PARAM_KNOB);
  g_assert_true (g_object_class_find_property (klass, "seed")->flags & MILL_PARAM_CONFIG);
}

static void
add_both (const char *name, GTestDataFunc func)
{
  g_autofree char *threads = g_strdup_printf ("/simulate/%s/threads", name);
  g_autofree char *tasks = g_strdup_printf ("/simulate/%s/async", name);

  g_test_add_data_func (threads, GINT_TO_POINTER (MILL_KIND_THREADS), func);
  g_test_add_data_func (tasks, GINT_TO_POINTER (MILL_KIND_ASYNC), func);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/simulate/fixed", test_fixed);
  g_test_add_func ("/simulate/uniform", test_uniform);
  g_test_add_func ("/simulate/exponential", test_exponential);
  g_test_add_func ("/simulate/lognormal", test_lognormal);
  g_test_add_func ("/simulate/extremes", test_extremes);
  g_test_add_func ("/simulate/error-rate", test_error_rate);
  g_test_add_func ("/simulate/repeatable", test_repeatable);
  g_test_add_func ("/simulate/properties", test_properties);
  add_both ("takes-its-time", test_takes_its_time);
  add_both ("fails", test_fails);
  add_both ("cancelled", test_cancelled);
  return g_test_run ();
}
