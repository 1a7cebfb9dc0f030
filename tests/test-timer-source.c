/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillTimerSource's contract (engine/sources/mill-timer-source.h), by a clock that the test moves. */

#include "config.h"

#include <locale.h>
#include <math.h>

#include "core/mill-virtual-clock.h"
#include "sources/mill-timer-source.h"
#include "steps/mill-simulate-step.h"
#include "tests/test-parts.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define BEGIN  (1000 * SECOND)

typedef struct
{
  MillClock *clock;       /* (owned) */
  MillPipeline *pipeline; /* (owned) for the source's open */
  MillSource *source;     /* (owned) */
  MillSourceYield yield;  /* of the last poll */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->clock = mill_virtual_clock_new (BEGIN);
  fixture->pipeline = mill_pipeline_new ("test");
  mill_pipeline_set_clock (fixture->pipeline, fixture->clock);
  fixture->source = mill_timer_source_new (10.0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  mill_source_close (fixture->source);
  g_object_unref (fixture->pipeline);
  g_assert_finalize_object (fixture->source);
  g_assert_finalize_object (fixture->clock);
}

static MillSourceResult
poll_source (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  MillSourceResult result =
      mill_source_poll (fixture->source, mill_clock_get_time (fixture->clock), &fixture->yield, &error);

  g_assert_no_error (error);
  return result;
}

static void
open_source (Fixture *fixture)
{
  g_assert_true (mill_source_open (fixture->source, fixture->pipeline, NULL));
  g_assert_cmpint (poll_source (fixture), ==, MILL_SOURCE_WAIT);
}

static void
advance_to (Fixture *fixture, gint64 us)
{
  mill_virtual_clock_advance (MILL_VIRTUAL_CLOCK (fixture->clock),
                              BEGIN + us - mill_clock_get_time (fixture->clock));
}

/* How many items are there now. */
static guint
take_all (Fixture *fixture)
{
  guint n = 0;

  while (poll_source (fixture) == MILL_SOURCE_READY)
    {
      mill_item_unref (fixture->yield.item);
      n++;
    }
  return n;
}

static void
assert_due_at (Fixture *fixture, gint64 us)
{
  g_assert_cmpint (poll_source (fixture), ==, MILL_SOURCE_WAIT);
  g_assert_nonnull (fixture->yield.why);
  g_assert_cmpint (fixture->yield.ready_at_us, ==, BEGIN + us);
}

/* The n-th item comes at n/rate, however late the others were asked for. */
static void
test_fixed (Fixture *fixture, gconstpointer data)
{
  open_source (fixture);
  assert_due_at (fixture, SECOND / 10);
  advance_to (fixture, SECOND / 10 - 1);
  g_assert_cmpuint (take_all (fixture), ==, 0);
  advance_to (fixture, SECOND / 10);
  g_assert_cmpuint (take_all (fixture), ==, 1);
  advance_to (fixture, SECOND / 2 + 12345);
  g_assert_cmpuint (take_all (fixture), ==, 4);
  assert_due_at (fixture, 6 * SECOND / 10);
}

static void
test_no_drift (Fixture *fixture, gconstpointer data)
{
  g_object_set (fixture->source, "rate", 7.0, NULL);
  open_source (fixture);
  for (guint i = 1; i <= 7000; i++)
    {
      advance_to (fixture, (gint64) ceil (i * 1e6 / 7));
      g_assert_cmpuint (take_all (fixture), ==, 1);
    }
  g_assert_cmpint (mill_clock_get_time (fixture->clock), ==, BEGIN + 1000 * SECOND);
}

static void
test_overdue (Fixture *fixture, gconstpointer data)
{
  open_source (fixture);
  advance_to (fixture, 60 * SECOND);
  g_assert_cmpuint (take_all (fixture), ==, 11); /* the one awaited, and a second's worth */
  assert_due_at (fixture, 60 * SECOND + SECOND / 10);
}

static void
test_live_rate (Fixture *fixture, gconstpointer data)
{
  open_source (fixture);
  advance_to (fixture, SECOND / 20);
  g_object_set (fixture->source, "rate", 100.0, NULL); /* half an interval is left */
  assert_due_at (fixture, SECOND / 20 + SECOND / 200);
  g_object_set (fixture->source, "rate", 0.0, NULL);
  g_assert_cmpint (poll_source (fixture), ==, MILL_SOURCE_WAIT);
  g_assert_cmpint (fixture->yield.ready_at_us, ==, G_MAXINT64);
  advance_to (fixture, 60 * SECOND);
  g_assert_cmpuint (take_all (fixture), ==, 0);
  g_object_set (fixture->source, "rate", 1.0, NULL);
  assert_due_at (fixture, 60 * SECOND + SECOND / 2);
}

/* What was overdue stays so, and no more. */
static void
test_live_rate_overdue (Fixture *fixture, gconstpointer data)
{
  open_source (fixture);
  advance_to (fixture, SECOND / 2);
  g_object_set (fixture->source, "rate", 1000.0, NULL);
  g_assert_cmpuint (take_all (fixture), ==, 5);
  assert_due_at (fixture, SECOND / 2 + SECOND / 1000);
}

/* Takes the next item when it is due; says how many seconds that took. */
static double
get_interval (Fixture *fixture)
{
  gint64 before = mill_clock_get_time (fixture->clock);

  while (poll_source (fixture) != MILL_SOURCE_READY)
    mill_virtual_clock_advance (MILL_VIRTUAL_CLOCK (fixture->clock),
                                fixture->yield.ready_at_us - mill_clock_get_time (fixture->clock));
  mill_item_unref (fixture->yield.item);
  return (double) (mill_clock_get_time (fixture->clock) - before) / G_USEC_PER_SEC;
}

/* Mean and standard deviation of exponential intervals are alike, and e⁻¹ of them are above the mean. A sum
 * of 10,000 has a relative standard error of 1 %. */
static void
test_exponential (Fixture *fixture, gconstpointer data)
{
  const guint n = 10000;
  gint64 before;
  double squares = 0.0, mean, deviation;
  guint above = 0;

  g_object_set (fixture->source, "jitter", MILL_TIMER_JITTER_EXPONENTIAL, "seed", 5u, NULL);
  open_source (fixture);
  before = mill_clock_get_time (fixture->clock);
  for (guint i = 0; i < n; i++)
    {
      double interval = get_interval (fixture);

      squares += interval * interval;
      above += interval > 0.1;
    }
  mean = (double) (mill_clock_get_time (fixture->clock) - before) / G_USEC_PER_SEC / n;
  deviation = sqrt (squares / n - mean * mean);
  g_assert_cmpfloat_with_epsilon (mean, 0.1, 0.004);
  g_assert_cmpfloat_with_epsilon (deviation, 0.1, 0.006);
  g_assert_cmpfloat_with_epsilon ((double) above / n, exp (-1.0), 0.02);
}

static void
test_seed (Fixture *fixture, gconstpointer data)
{
  double first[3];

  for (guint i = 0; i < 3; i++)
    {
      g_object_set (fixture->source, "jitter", MILL_TIMER_JITTER_EXPONENTIAL, "seed", i < 2 ? 1u : 2u, NULL);
      open_source (fixture);
      first[i] = get_interval (fixture);
    }
  g_assert_cmpfloat_with_epsilon (first[0], first[1], 2e-6);
  g_assert_cmpfloat (fabs (first[0] - first[2]), >, 1e-4);
}

static void
test_count_and_payload (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (mill_source_get_total (fixture->source), ==, -1);
  g_object_set (fixture->source, "count", 2u, "payload", "shopper {n} of {n}", NULL);
  g_assert_cmpint (mill_source_get_total (fixture->source), ==, 2);
  open_source (fixture);
  advance_to (fixture, SECOND);
  for (guint i = 1; i <= 2; i++)
    {
      g_autofree char *key = g_strdup_printf ("%u", i);
      g_autofree char *text = g_strdup_printf ("shopper %u of %u", i, i);
      g_autoptr (MillItem) item = NULL;
      GBytes *payload;

      g_assert_cmpint (poll_source (fixture), ==, MILL_SOURCE_READY);
      item = fixture->yield.item;
      payload = mill_item_get_payload (item);
      g_assert_cmpuint (mill_item_get_id (item), ==, i);
      g_assert_cmpstr (mill_item_get_key (item), ==, key);
      g_assert_cmpmem (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload), text, strlen (text));
    }
  g_assert_cmpint (poll_source (fixture), ==, MILL_SOURCE_END);
}

/* A malformed payload is cut off in the middle, between two characters; which ones are does not change. */
static void
test_malformed (Fixture *fixture, gconstpointer data)
{
  const char *whole = "{\"é\":\"àà\"}", *half = "{\"é\":";
  guint n_halves = 0;

  g_object_set (fixture->source, "rate", 1000.0, "payload", whole, "malformed", 100.0, NULL);
  open_source (fixture);
  advance_to (fixture, SECOND);
  for (guint i = 0; i < 1000; i++)
    {
      g_autoptr (MillItem) item = NULL;
      g_autofree char *text = NULL;
      GBytes *payload;

      if (i == 10)
        g_object_set (fixture->source, "malformed", 10.0, NULL);
      g_assert_cmpint (poll_source (fixture), ==, MILL_SOURCE_READY);
      item = fixture->yield.item;
      payload = mill_item_get_payload (item);
      text = g_strndup (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
      n_halves += g_str_equal (text, half);
      g_assert_cmpstr (text, ==, g_str_equal (text, half) ? half : whole);
      g_assert_true (i >= 10 || n_halves == i + 1);
    }
  g_assert_cmpuint (n_halves, >, 10 + 50);
  g_assert_cmpuint (n_halves, <, 10 + 150);
}

/* In a pipeline: the producer waits by the clock, and a new rate wakes it. */
static void
test_pipeline (gconstpointer data)
{
  MillKind kind = GPOINTER_TO_INT (data);
  g_autoptr (MillClock) clock = mill_virtual_clock_new (0);
  MillStep *step = g_object_new (MILL_TYPE_SIMULATE_STEP, "latency", 0.0, NULL);
  g_autoptr (MillPipeline) pipeline =
      test_pipeline_new (g_object_new (MILL_TYPE_TIMER_SOURCE, "rate", 1.0, "count", 4u, NULL), kind,
                         test_stage_new ("work", kind, step, 10, 1), NULL);

  mill_pipeline_set_clock (pipeline, clock);
  test_start (pipeline);
  mill_virtual_clock_await_waiting (MILL_VIRTUAL_CLOCK (clock), 1);
  TEST_WAIT (pipeline, s->producer == MILL_PRODUCER_WAITING && s->done == 0);
  mill_virtual_clock_advance (MILL_VIRTUAL_CLOCK (clock), SECOND);
  TEST_WAIT (pipeline, s->producer == MILL_PRODUCER_WAITING && s->done == 1);
  test_set (pipeline, "source.rate", "100");
  while (mill_virtual_clock_get_next (MILL_VIRTUAL_CLOCK (clock)) != SECOND + SECOND / 100)
    test_step_aside ();
  mill_virtual_clock_advance (MILL_VIRTUAL_CLOCK (clock), SECOND / 100);
  TEST_WAIT (pipeline, s->producer == MILL_PRODUCER_WAITING && s->done == 2);
  mill_virtual_clock_await_waiting (MILL_VIRTUAL_CLOCK (clock), 1);
  mill_virtual_clock_advance (MILL_VIRTUAL_CLOCK (clock), SECOND);
  test_join (pipeline);
  TEST_WAIT (pipeline, s->done == 4);
}

/* Waiting for its time, the source keeps nobody from ending. */
static void
test_stop (gconstpointer data)
{
  MillKind kind = GPOINTER_TO_INT (data);
  g_autoptr (MillPipeline) pipeline =
      test_pipeline_new (mill_timer_source_new (0.001), kind,
                         test_stage_new ("work", kind, mill_simulate_step_new (), 10, 1), NULL);

  test_start (pipeline);
  TEST_WAIT (pipeline, s->producer == MILL_PRODUCER_WAITING);
  g_assert_true (mill_pipeline_drain (pipeline, 60.0, NULL));
  test_join (pipeline);
  g_assert_cmpint (mill_pipeline_get_state (pipeline), ==, MILL_STATE_FINISHED);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/timer-source/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("fixed", test_fixed);
  ADD ("no-drift", test_no_drift);
  ADD ("overdue", test_overdue);
  ADD ("live-rate", test_live_rate);
  ADD ("live-rate/overdue", test_live_rate_overdue);
  ADD ("exponential", test_exponential);
  ADD ("seed", test_seed);
  ADD ("count-and-payload", test_count_and_payload);
  ADD ("malformed", test_malformed);
  test_add_both ("timer-source", "pipeline", test_pipeline);
  test_add_both ("timer-source", "stop", test_stop);
  return g_test_run ();
}
