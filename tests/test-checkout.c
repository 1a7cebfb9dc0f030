/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The checkout: how long shoppers wait, measured by a run that leaps, beside the same queue worked out by
 * hand from the same random numbers, and that beside what theory says. */

#include "config.h"

#include <math.h>

#include "core/mill-erlang.h"
#include "core/mill-error.h"
#include "core/mill-random-private.h"
#include "mill-enum-types.h"
#include "pipeline/mill-pipeline.h"
#include "sources/mill-timer-source.h"
#include "steps/mill-simulate-step.h"
#include "test-parts.h"

#define N_TILLS   3
#define N_RUN     4000    /* shoppers of a run */
#define N_BY_HAND 2000000 /* and of a calculation */
#define N_BATCHES 100
#define RATE      4.0
#define SERVICE_S 0.6
#define URGENT    30.0

/* ---- the queue, by hand ---------------------------------------------------------------------------------
 */

typedef struct
{
  gint64 came_us;
  gint64 service_us;
  gboolean is_member;
} Shopper;

typedef struct
{
  guint64 n[2]; /* members, others */
  double sum_us[2];
  double batch_us[N_BATCHES]; /* the mean of each batch of all that were served */
} Waits;

/* The random numbers of the source and of the step. */
static Shopper *
draw_shoppers (guint n, MillSimulateStep *step)
{
  Shopper *shoppers = g_new (Shopper, n);
  double intervals = 0.0;

  for (guint i = 0; i < n; i++)
    {
      guint64 interval = mill_random_state_for (1, i + 1, 0), priority = mill_random_state_for (1, i + 1, 1);
      gboolean fails;

      intervals -= log1p (-mill_random_draw (&interval));
      shoppers[i].came_us = (gint64) ceil (intervals * G_USEC_PER_SEC / RATE - 1e-3);
      shoppers[i].service_us = mill_simulate_step_get_duration (step, i + 1, 0, &fails);
      shoppers[i].is_member = mill_random_draw (&priority) * 100.0 < URGENT;
    }
  return shoppers;
}

/* Which of those that stand there, in the order in which they came, is next. */
static guint
choose (const Shopper *shoppers, const GArray *standing, MillQueueOrder order)
{
  if (order == MILL_QUEUE_ORDER_LIFO)
    return standing->len - 1;
  for (guint i = 0; order == MILL_QUEUE_ORDER_PRIORITY && i < standing->len; i++)
    if (shoppers[g_array_index (standing, guint, i)].is_member)
      return i;
  return 0;
}

/* For first come, first served this is the recursion of Kiefer and Wolfowitz, "On the Theory of Queues with
 * Many Servers", Transactions of the American Mathematical Society 78 (1955). */
static Waits
work_out (const Shopper *shoppers, guint n, MillQueueOrder order)
{
  g_autoptr (GArray) standing = g_array_new (FALSE, FALSE, sizeof (guint));
  gint64 free_us[N_TILLS] = { 0 };
  Waits waits = { 0 };

  for (guint served = 0, came = 0; served < n; served++)
    {
      guint till = 0, place, next;
      gint64 now;

      for (guint i = 1; i < N_TILLS; i++)
        if (free_us[i] < free_us[till])
          till = i;
      now = free_us[till];
      if (standing->len == 0 && shoppers[came].came_us > now)
        now = shoppers[came].came_us;
      for (; came < n && shoppers[came].came_us <= now; came++)
        g_array_append_val (standing, came);
      place = choose (shoppers, standing, order);
      next = g_array_index (standing, guint, place);
      g_array_remove_index (standing, place);
      free_us[till] = now + shoppers[next].service_us;
      waits.n[!shoppers[next].is_member]++;
      waits.sum_us[!shoppers[next].is_member] += (double) (now - shoppers[next].came_us);
      waits.batch_us[(guint64) served * N_BATCHES / n] +=
          (double) (now - shoppers[next].came_us) * N_BATCHES / n;
    }
  return waits;
}

static double
mean_of_all (const Waits *waits)
{
  return (waits->sum_us[0] + waits->sum_us[1]) / (double) (waits->n[0] + waits->n[1]);
}

/* Half the 95 % confidence interval of the mean. Waits near each other are alike, batches of thousands are
 * not, so it is taken from the batches' means: Law and Kelton, "Simulation Modeling and Analysis", ch. 9. */
static double
half_interval (const Waits *waits)
{
  double mean = mean_of_all (waits), squares = 0.0;

  for (guint i = 0; i < N_BATCHES; i++)
    squares += (waits->batch_us[i] - mean) * (waits->batch_us[i] - mean);
  return 1.984 * sqrt (squares / (N_BATCHES - 1) / N_BATCHES);
}

/* ---- the queue, run ------------------------------------------------------------------------------------
 */

static MillPipeline *
build (MillKind kind)
{
  MillPipeline *pipeline = mill_pipeline_new ("checkout");
  g_autoptr (MillSource) source =
      g_object_new (MILL_TYPE_TIMER_SOURCE, "rate", RATE, "jitter", MILL_TIMER_JITTER_EXPONENTIAL, "count",
                    N_RUN, "urgent", URGENT, NULL);
  g_autoptr (MillStep) step = g_object_new (MILL_TYPE_SIMULATE_STEP, "latency", SERVICE_S * 1000.0,
                                            "distribution", MILL_DISTRIBUTION_EXPONENTIAL, "seed", 2, NULL);
  g_autoptr (MillStage) tills = mill_stage_new ("tills", kind, step);

  g_object_set (tills, "consumers", N_TILLS, NULL);
  mill_pipeline_set_source (pipeline, "timer", source, kind);
  mill_pipeline_add_stage (pipeline, tills);
  return pipeline;
}

static const MillStageSnapshot *
get_tills (const MillSnapshot *snapshot)
{
  return g_ptr_array_index (snapshot->stages, 0);
}

static const MillQueueWait *
get_wait (const MillSnapshot *snapshot, guint i)
{
  return &g_array_index (get_tills (snapshot)->waits, MillQueueWait, i);
}

static MillSnapshot *
run_to_the_end (MillPipeline *pipeline)
{
  MillSnapshot *snapshot;

  mill_pipeline_set_leaping (pipeline);
  g_assert_true (mill_pipeline_start (pipeline, NULL));
  g_assert_true (mill_pipeline_join (pipeline, NULL, NULL));
  snapshot = mill_pipeline_snapshot (pipeline);
  g_assert_cmpuint (snapshot->done, ==, N_RUN);
  return snapshot;
}

static void
assert_near (double value, double expected, double tolerance)
{
  if (fabs (value - expected) > tolerance * expected)
    g_error ("%g is not within %g %% of %g", value, tolerance * 100.0, expected);
}

/* A run that leaps is the queue itself, to the microsecond: its waits are those worked out by hand, whatever
 * the order. The tolerance is for who comes in the very microsecond in which a till is free. */
static void
test_by_hand (gconstpointer data)
{
  MillQueueOrder order = (MillQueueOrder) GPOINTER_TO_INT (data);
  g_autoptr (MillPipeline) pipeline = build (MILL_KIND_ASYNC);
  MillStage *tills = mill_pipeline_get_stage (pipeline, 0);
  g_autofree Shopper *shoppers = draw_shoppers (N_RUN, MILL_SIMULATE_STEP (mill_stage_get_step (tills)));
  Waits expected = work_out (shoppers, N_RUN, order);
  g_autoptr (MillSnapshot) run = NULL;

  g_object_set (tills, "order", order, NULL);
  run = run_to_the_end (pipeline);
  g_assert_cmpuint (get_tills (run)->waits->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      const MillQueueWait *wait = get_wait (run, i);

      g_assert_cmpint (wait->priority, ==, i == 0 ? -1 : 0);
      g_assert_cmpuint (wait->count, ==, expected.n[i]);
      g_assert_cmpuint (wait->recent_count, ==, wait->count);
      assert_near (wait->mean_us, expected.sum_us[i] / (double) expected.n[i], 1e-4);
      g_assert_cmpint (wait->p95_us, <=, wait->max_us);
    }
  /* Its time is the shoppers', and not the machine's. */
  g_assert_true (run->is_leaping);
  g_assert_cmpint (run->elapsed_us, >=, shoppers[N_RUN - 1].came_us);
  assert_near (mill_histogram_get_mean (get_tills (run)->service), SERVICE_S * G_USEC_PER_SEC, 0.05);
}

/* What is worked out by hand agrees with theory: 2,000,000 shoppers at a load of 0.8, of whose mean half the
 * 95 % confidence interval is about 1 %. The seed is fixed. */
static void
test_theory (void)
{
  g_autoptr (MillPipeline) pipeline = build (MILL_KIND_ASYNC);
  MillStage *tills = mill_pipeline_get_stage (pipeline, 0);
  g_autofree Shopper *shoppers = draw_shoppers (N_BY_HAND, MILL_SIMULATE_STEP (mill_stage_get_step (tills)));
  double members = RATE * URGENT / 100.0, others = RATE - members;
  double mean_us = mill_erlang_mean_wait (N_TILLS, RATE, SERVICE_S) * G_USEC_PER_SEC;

  for (guint order = 0; order <= MILL_QUEUE_ORDER_PRIORITY; order++)
    {
      Waits waits = work_out (shoppers, N_BY_HAND, (MillQueueOrder) order);

      g_test_message ("order %u: mean wait %.1f, +- %.1f, ms, by theory %.1f ms", order,
                      mean_of_all (&waits) / 1000.0, half_interval (&waits) / 1000.0, mean_us / 1000.0);
      g_assert_cmpfloat (half_interval (&waits), <, 0.02 * mean_us);
      assert_near (mean_of_all (&waits), mean_us, 0.02);
      if (order != MILL_QUEUE_ORDER_PRIORITY)
        continue;
      assert_near (waits.sum_us[0] / (double) waits.n[0],
                   mill_erlang_priority_mean_wait (N_TILLS, 0.0, members, others, SERVICE_S) * G_USEC_PER_SEC,
                   0.02);
      assert_near (waits.sum_us[1] / (double) waits.n[1],
                   mill_erlang_priority_mean_wait (N_TILLS, members, others, 0.0, SERVICE_S) * G_USEC_PER_SEC,
                   0.02);
    }
}

/* ---- the formulas ---------------------------------------------------------------------------------------
 */

/* Erlang's formula as he wrote it, for few servers. */
static double
delay_by_definition (guint servers, double offered)
{
  double sum = 0.0, term = 1.0;

  for (guint n = 0; n < servers; n++)
    {
      sum += term;
      term *= offered / (n + 1);
    }
  term *= servers / (servers - offered);
  return term / (sum + term);
}

static void
test_erlang (void)
{
  for (guint servers = 1; servers <= 20; servers++)
    for (guint percent = 5; percent < 100; percent += 15)
      {
        double offered = servers * percent / 100.0;

        assert_near (mill_erlang_c (servers, offered), delay_by_definition (servers, offered), 1e-9);
      }
  /* One server waits for its load: M/M/1. */
  assert_near (mill_erlang_c (1, 0.8), 0.8, 1e-12);
  assert_near (mill_erlang_mean_wait (1, 0.8, 1.0), 4.0, 1e-12);
  assert_near (mill_erlang_wait_percentile (1, 0.8, 1.0, 95), log (16.0) / 0.2, 1e-12);
  /* Nobody in twenty waits, so 95 of a hundred wait for nothing. */
  g_assert_cmpfloat (mill_erlang_wait_percentile (1, 0.04, 1.0, 95), <=, 0.0);
  /* More servers than any power or factorial could be written down for. */
  g_assert_cmpfloat (mill_erlang_c (10000, 9990.0), >, 0.8);
  g_assert_cmpfloat (mill_erlang_c (10000, 9990.0), <, 1.0);
  g_assert_cmpfloat (mill_erlang_b (1000000, 10.0), >=, 0.0);
  /* Too much. */
  assert_near (mill_erlang_c (3, 3.0), 1.0, 1e-12);
  g_assert_true (isinf (mill_erlang_mean_wait (3, 5.0, 0.6)));
  g_assert_true (isinf (mill_erlang_wait_percentile (3, 5.0, 0.6, 95)));
  /* Members may be served though the others never are. */
  g_assert_false (isinf (mill_erlang_priority_mean_wait (3, 0.0, 1.0, 9.0, 0.6)));
  g_assert_true (isinf (mill_erlang_priority_mean_wait (3, 1.0, 9.0, 0.0, 0.6)));
}

/* ---- where theory applies -------------------------------------------------------------------------------
 */

static void
assert_applies (const char *path, const char *value, gboolean applies)
{
  g_autoptr (MillPipeline) pipeline = build (MILL_KIND_ASYNC);
  g_autoptr (MillSnapshot) snapshot = NULL;
  const MillWaitTheory *theory;

  g_assert_true (mill_pipeline_set_knob (pipeline, path, value, NULL));
  snapshot = mill_pipeline_snapshot (pipeline);
  theory = get_tills (snapshot)->theory;
  g_assert_nonnull (theory);
  if (applies)
    g_assert_cmpstr (theory->why_not, ==, NULL);
  else
    g_assert_nonnull (theory->why_not);
}

static void
test_applies (void)
{
  g_autoptr (MillPipeline) pipeline = build (MILL_KIND_ASYNC);
  g_autoptr (MillSnapshot) snapshot = NULL;

  assert_applies ("source.rate", "3", TRUE);
  assert_applies ("source.rate", "5", FALSE);
  assert_applies ("tills.consumers", "0", FALSE);
  assert_applies ("tills.order", "lifo", TRUE);
  assert_applies ("tills.maxsize", "10", TRUE);
  assert_applies ("tills.slots", "2", FALSE);
  assert_applies ("tills.rate", "100", FALSE);
  assert_applies ("tills.timeout", "1", FALSE);
  assert_applies ("tills.error-rate", "0.1", FALSE);
  assert_applies ("tills.fault-latency", "10", FALSE);
  g_object_set (mill_pipeline_get_source (pipeline), "jitter", MILL_TIMER_JITTER_FIXED, NULL);
  snapshot = mill_pipeline_snapshot (pipeline);
  g_assert_null (get_tills (snapshot)->theory);
}

/* ---- runs that leap -------------------------------------------------------------------------------------
 */

/* A knob is turned at its time of the run; from then on waits are recent. */
static void
test_knob_on_the_way (void)
{
  g_autoptr (MillPipeline) pipeline = build (MILL_KIND_ASYNC);
  g_autoptr (MillSnapshot) run = NULL;

  g_assert_true (mill_pipeline_schedule_knob (pipeline, 500.0, "tills.consumers", "4", NULL));
  run = run_to_the_end (pipeline);
  for (guint i = 0; i < 2; i++)
    {
      const MillQueueWait *wait = get_wait (run, i);

      /* 1000 s in all. */
      assert_near ((double) wait->recent_count, (double) wait->count / 2.0, 0.1);
      g_assert_cmpfloat (wait->recent_mean_us, <, wait->mean_us / 2.0);
    }
}

static void
assert_refused (MillPipeline *pipeline, const char *who)
{
  g_autoptr (GError) error = NULL;

  mill_pipeline_set_leaping (pipeline);
  g_assert_false (mill_pipeline_start (pipeline, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_INVALID);
  g_assert_true (g_str_has_prefix (error->message, who));
}

static void
test_refused (void)
{
  g_autoptr (MillPipeline) threads = build (MILL_KIND_THREADS);
  g_autoptr (MillPipeline) timeout = build (MILL_KIND_ASYNC);

  assert_refused (threads, "source: ");
  g_assert_true (mill_pipeline_set_knob (timeout, "tills.timeout", "1", NULL));
  assert_refused (timeout, "tills: ");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/checkout/by-hand/fifo", GINT_TO_POINTER (MILL_QUEUE_ORDER_FIFO), test_by_hand);
  g_test_add_data_func ("/checkout/by-hand/lifo", GINT_TO_POINTER (MILL_QUEUE_ORDER_LIFO), test_by_hand);
  g_test_add_data_func ("/checkout/by-hand/priority", GINT_TO_POINTER (MILL_QUEUE_ORDER_PRIORITY),
                        test_by_hand);
  g_test_add_func ("/checkout/theory", test_theory);
  g_test_add_func ("/checkout/erlang", test_erlang);
  g_test_add_func ("/checkout/applies", test_applies);
  g_test_add_func ("/checkout/knob-on-the-way", test_knob_on_the_way);
  g_test_add_func ("/checkout/refused", test_refused);
  return g_test_run ();
}
