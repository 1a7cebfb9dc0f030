/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The limits of a stage that go by the clock: rate limiter, backoff and retry budget, in both worlds, by a
 * clock that the test moves. */

#include "config.h"

#include <locale.h>

#include "core/mill-error.h"
#include "core/mill-virtual-clock.h"
#include "test-parts.h"

#define SECOND ((gint64) G_USEC_PER_SEC)

typedef struct
{
  MillPipeline *pipeline;  /* (owned) */
  MillVirtualClock *clock; /* (owned) */
  MillStep *step;          /* (unowned) */
} Fixture;

/* One stage called "work" of the kind that @data says. */
static void
fixture_init (Fixture *fixture, gconstpointer data, guint n, TestPlan plan, guint consumers)
{
  MillKind kind = GPOINTER_TO_INT (data);
  MillStep *step = kind == MILL_KIND_ASYNC ? test_task_step_new (plan) : test_step_new (plan);

  fixture->clock = MILL_VIRTUAL_CLOCK (mill_virtual_clock_new (0));
  fixture->pipeline = test_pipeline_new (test_source_new (n, 0), kind,
                                         test_stage_new ("work", kind, step, 50, consumers), NULL);
  fixture->step = mill_stage_get_step (mill_pipeline_get_stage (fixture->pipeline, 0));
  mill_pipeline_set_clock (fixture->pipeline, MILL_CLOCK (fixture->clock));
}

/* Ends the run, with time that flies. */
static void
fixture_finish (Fixture *fixture)
{
  while (!mill_state_is_final (mill_pipeline_get_state (fixture->pipeline)))
    {
      mill_virtual_clock_advance (fixture->clock, SECOND);
      test_step_aside ();
    }
  test_join (fixture->pipeline);
}

static void
fixture_clear (Fixture *fixture)
{
  g_clear_object (&fixture->pipeline);
  g_assert_cmpuint (mill_virtual_clock_get_n_waiting (fixture->clock), ==, 0);
  g_clear_object (&fixture->clock);
}

/* The burst at once, then exactly one for each step of the clock that is due. */
static void
test_rate (gconstpointer data)
{
  Fixture fixture;

  fixture_init (&fixture, data, 1000, test_succeed, 6);
  test_set (fixture.pipeline, "work.rate", "4");
  test_set (fixture.pipeline, "work.burst", "3");
  test_start (fixture.pipeline);
  TEST_WAIT (fixture.pipeline, s->done == 3 && s0->by_state[MILL_WORKER_LIMITED] == 6);
  for (guint i = 1; i <= 240; i++)
    {
      mill_virtual_clock_advance (fixture.clock, SECOND / 4);
      TEST_WAIT (fixture.pipeline, s->done == 3 + i && s0->by_state[MILL_WORKER_LIMITED] == 6);
    }
  /* A virtual minute: burst + rate · T. */
  g_assert_cmpuint (test_step_get_begun (fixture.step), ==, 3 + 4 * 60);
  fixture_finish (&fixture);
  TEST_WAIT (fixture.pipeline, s->done == 1000);
  fixture_clear (&fixture);
}

static void
test_rate_is_live (gconstpointer data)
{
  Fixture fixture;

  fixture_init (&fixture, data, 100, test_succeed, 4);
  test_set (fixture.pipeline, "work.rate", "0.001");
  test_start (fixture.pipeline);
  TEST_WAIT (fixture.pipeline, s->done == 1 && s0->by_state[MILL_WORKER_LIMITED] == 4);
  TEST_WAIT (fixture.pipeline, s0->rate > 0 && s0->rate < 0.002 && s0->burst == 1);
  test_set (fixture.pipeline, "work.rate", "2");
  mill_virtual_clock_advance (fixture.clock, SECOND / 2);
  TEST_WAIT (fixture.pipeline, s->done == 2 && s0->by_state[MILL_WORKER_LIMITED] == 4);
  /* Without a limit it ends by itself. */
  test_set (fixture.pipeline, "work.rate", "0");
  test_join (fixture.pipeline);
  TEST_WAIT (fixture.pipeline, s->done == 100 && s0->state_us[MILL_WORKER_LIMITED] > 0);
  fixture_clear (&fixture);
}

/* Who waits for the limiter holds no slot; who has passed it may wait for one. */
static void
test_limiter_comes_before_slot (gconstpointer data)
{
  Fixture fixture;

  fixture_init (&fixture, data, 100, test_hold, 4);
  test_set (fixture.pipeline, "work.rate", "1");
  test_set (fixture.pipeline, "work.slots", "2");
  test_start (fixture.pipeline);
  TEST_WAIT (fixture.pipeline, s0->held == 1 && s0->by_state[MILL_WORKER_LIMITED] == 3);
  mill_virtual_clock_advance (fixture.clock, SECOND);
  TEST_WAIT (fixture.pipeline, s0->held == 2 && s0->by_state[MILL_WORKER_LIMITED] == 2);
  mill_virtual_clock_advance (fixture.clock, SECOND);
  TEST_WAIT (fixture.pipeline, s0->held == 2 && s0->by_state[MILL_WORKER_LIMITED] == 1 &&
                                   s0->by_state[MILL_WORKER_WAITING] == 1);
  test_step_release (fixture.step);
  fixture_finish (&fixture);
  TEST_WAIT (fixture.pipeline, s->done == 100);
  fixture_clear (&fixture);
}

/* Every attempt passes the limiter, retries too. */
static void
test_retries_are_limited (gconstpointer data)
{
  Fixture fixture;

  fixture_init (&fixture, data, 1, test_fail_twice, 1);
  test_set (fixture.pipeline, "work.rate", "0.01");
  test_set (fixture.pipeline, "work.backoff", "1");
  test_start (fixture.pipeline);
  TEST_WAIT (fixture.pipeline, s->retries == 1 && s0->by_state[MILL_WORKER_BACKING_OFF] == 1);
  mill_virtual_clock_await_waiting (fixture.clock, 1);
  mill_virtual_clock_advance (fixture.clock, 2 * SECOND);
  TEST_WAIT (fixture.pipeline, s0->by_state[MILL_WORKER_LIMITED] == 1);
  g_assert_cmpuint (test_step_get_begun (fixture.step), ==, 1);
  fixture_finish (&fixture);
  TEST_WAIT (fixture.pipeline, s->done == 1 && s->retries == 2);
  g_assert_cmpuint (mill_rate_limiter_get_acquired (
                        mill_stage_get_rate_limiter (mill_pipeline_get_stage (fixture.pipeline, 0))),
                    ==, 3);
  fixture_clear (&fixture);
}

/* A stop gives back what waits for the limiter, untouched. */
static void
test_stop_while_limited (gconstpointer data)
{
  Fixture fixture;

  fixture_init (&fixture, data, 20, test_succeed, 5);
  test_set (fixture.pipeline, "work.rate", "0.001");
  test_start (fixture.pipeline);
  TEST_WAIT (fixture.pipeline, s->done == 1 && s0->by_state[MILL_WORKER_LIMITED] == 5);
  mill_pipeline_stop (fixture.pipeline);
  test_join (fixture.pipeline);
  TEST_WAIT (fixture.pipeline, s->done == 1 && s->done + s->returned == s->produced && s->workers_alive == 0);
  g_assert_cmpuint (test_step_get_begun (fixture.step), ==, 1);
  fixture_clear (&fixture);
}

/* A worker that is not wanted any more keeps its item, and leaves when that is done. */
static void
test_retire_while_limited (gconstpointer data)
{
  Fixture fixture;

  fixture_init (&fixture, data, 20, test_succeed, 5);
  test_set (fixture.pipeline, "work.rate", "1");
  test_start (fixture.pipeline);
  TEST_WAIT (fixture.pipeline, s->done == 1 && s0->by_state[MILL_WORKER_LIMITED] == 5);
  test_set (fixture.pipeline, "work.consumers", "1");
  for (guint i = 1; i <= 4; i++)
    {
      mill_virtual_clock_await_waiting (fixture.clock, 1);
      mill_virtual_clock_advance (fixture.clock, SECOND);
      TEST_WAIT (fixture.pipeline, s->done == 1 + i);
    }
  fixture_finish (&fixture);
  TEST_WAIT (fixture.pipeline, s->done == 20);
  fixture_clear (&fixture);
}

static guint n_too_early; /* (atomic) */

static TestAct
postpone_thrice (guint64 id, guint attempt)
{
  g_assert_cmpuint (attempt, ==, 0);
  return g_atomic_int_add (&n_too_early, 1) < 3 ? TEST_POSTPONE : TEST_SUCCEED;
}

/* What is postponed waits without its slot, as long as it was told, and is no attempt: nothing is counted,
 * and no retry is spent. */
static void
test_postponed (gconstpointer data)
{
  Fixture fixture;

  g_atomic_int_set (&n_too_early, 0);
  fixture_init (&fixture, data, 1, postpone_thrice, 1);
  test_set (fixture.pipeline, "work.retries", "0");
  test_set (fixture.pipeline, "work.slots", "1");
  test_start (fixture.pipeline);
  for (guint n = 1; n <= 3; n++)
    {
      mill_virtual_clock_await_waiting (fixture.clock, 1);
      TEST_WAIT (fixture.pipeline, s0->by_state[MILL_WORKER_BACKING_OFF] == 1 && s0->held == 0);
      g_assert_cmpuint (mill_virtual_clock_advance (fixture.clock, SECOND - 1), ==, 0);
      g_assert_cmpuint (test_step_get_begun (fixture.step), ==, n);
      mill_virtual_clock_advance (fixture.clock, 1);
    }
  test_join (fixture.pipeline);
  TEST_WAIT (fixture.pipeline,
             s->done == 1 && s->retries == 0 && mill_histogram_get_count (s0->service) == 1);
  fixture_clear (&fixture);
}

static TestAct
postpone (guint64 id, guint attempt)
{
  return TEST_POSTPONE;
}

/* A stop gives back what is postponed. */
static void
test_stop_while_postponed (gconstpointer data)
{
  Fixture fixture;

  fixture_init (&fixture, data, 1, postpone, 1);
  test_start (fixture.pipeline);
  mill_virtual_clock_await_waiting (fixture.clock, 1);
  mill_pipeline_stop (fixture.pipeline);
  test_join (fixture.pipeline);
  TEST_WAIT (fixture.pipeline, s->returned == 1 && s->retries == 0 && s->workers_alive == 0);
  fixture_clear (&fixture);
}

/* The wait before a retry is base · 2^n · (1 + 0..20 %), and it ends neither sooner nor later. */
static void
test_backoff (gconstpointer data)
{
  Fixture fixture;

  fixture_init (&fixture, data, 1, test_fail_for_now, 1);
  test_set (fixture.pipeline, "work.retries", "5");
  test_set (fixture.pipeline, "work.backoff", "2");
  test_start (fixture.pipeline);
  for (guint n = 0; n < 5; n++)
    {
      double base = 2.0 * (1 << n);
      gint64 now = mill_clock_get_time (MILL_CLOCK (fixture.clock));
      double wait;

      TEST_WAIT (fixture.pipeline, s->retries == n + 1);
      mill_virtual_clock_await_waiting (fixture.clock, 1);
      wait = (double) (mill_virtual_clock_get_next (fixture.clock) - now) / G_USEC_PER_SEC;
      g_assert_cmpfloat (wait, >=, base - 1e-5);
      g_assert_cmpfloat (wait, <=, 1.2 * base);
      g_assert_cmpuint (mill_virtual_clock_advance (fixture.clock, (gint64) (wait * G_USEC_PER_SEC) - 10), ==,
                        0);
      g_assert_cmpuint (test_step_get_begun (fixture.step), ==, n + 1);
      g_assert_cmpuint (mill_virtual_clock_advance (fixture.clock, 11), ==, 1);
    }
  test_join (fixture.pipeline);
  TEST_WAIT (fixture.pipeline, s->dead == 1 && s->retries == 5);
  fixture_clear (&fixture);
}

/* The time of the first retry in a run of its own. */
static gint64
first_retry_time (gconstpointer data)
{
  Fixture fixture;
  gint64 next;

  fixture_init (&fixture, data, 1, test_fail_for_now, 1);
  test_set (fixture.pipeline, "work.backoff", "10");
  test_start (fixture.pipeline);
  mill_virtual_clock_await_waiting (fixture.clock, 1);
  next = mill_virtual_clock_get_next (fixture.clock);
  mill_pipeline_stop (fixture.pipeline);
  test_join (fixture.pipeline);
  TEST_WAIT (fixture.pipeline, s->returned == 1);
  fixture_clear (&fixture);
  return next;
}

/* The jitter comes from a seeded generator: two runs are alike. */
static void
test_jitter_is_seeded (gconstpointer data)
{
  gint64 first = first_retry_time (data);

  g_assert_cmpint (first, >, 10 * SECOND);
  g_assert_cmpint (first, ==, first_retry_time (data));
}

static guint
count_refused_letters (MillPipeline *pipeline)
{
  g_autoptr (GPtrArray) letters = mill_pipeline_get_dead_letters (pipeline);
  guint n = 0;

  for (guint i = 0; i < letters->len; i++)
    {
      const MillDeadLetter *letter = g_ptr_array_index (letters, i);

      g_assert_error (letter->error, MILL_ERROR, MILL_ERROR_RETRYABLE);
      n += strstr (letter->error->message, "retry budget is spent") != NULL;
    }
  return n;
}

/* When everything fails, the retries are ten a second and a share of the items; what is refused is dead at
 * once and says why. Time stands still here, so the reserve is that of ten seconds. */
static void
test_budget (gconstpointer data)
{
  Fixture fixture;

  fixture_init (&fixture, data, 1000, test_fail_for_now, 8);
  test_set (fixture.pipeline, "work.backoff", "0");
  test_set (fixture.pipeline, "work.retries", "1");
  test_start (fixture.pipeline);
  test_join (fixture.pipeline);
  TEST_WAIT (fixture.pipeline, s->dead == 1000 && s->retries == 100 + 1000 / 5);
  TEST_WAIT (fixture.pipeline, s0->retries_refused == 1000 - s->retries);
  g_assert_cmpuint (count_refused_letters (fixture.pipeline), ==, 1000 - 300);
  g_assert_cmpuint (test_step_get_begun (fixture.step), ==, 1300);
  fixture_clear (&fixture);
}

static void
test_no_budget (gconstpointer data)
{
  Fixture fixture;

  fixture_init (&fixture, data, 500, test_fail_for_now, 8);
  test_set (fixture.pipeline, "work.backoff", "0");
  test_set (fixture.pipeline, "work.retries", "2");
  test_set (fixture.pipeline, "work.retry-budget", "0");
  test_start (fixture.pipeline);
  test_join (fixture.pipeline);
  TEST_WAIT (fixture.pipeline, s->dead == 500 && s->retries == 1000 && s0->retries_refused == 0);
  g_assert_cmpuint (count_refused_letters (fixture.pipeline), ==, 0);
  fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  test_add_both ("stage-limits", "rate", test_rate);
  test_add_both ("stage-limits", "rate-is-live", test_rate_is_live);
  test_add_both ("stage-limits", "limiter-comes-before-slot", test_limiter_comes_before_slot);
  test_add_both ("stage-limits", "retries-are-limited", test_retries_are_limited);
  test_add_both ("stage-limits", "stop-while-limited", test_stop_while_limited);
  test_add_both ("stage-limits", "retire-while-limited", test_retire_while_limited);
  test_add_both ("stage-limits", "postponed", test_postponed);
  test_add_both ("stage-limits", "stop-while-postponed", test_stop_while_postponed);
  test_add_both ("stage-limits", "backoff", test_backoff);
  test_add_both ("stage-limits", "jitter-is-seeded", test_jitter_is_seeded);
  test_add_both ("stage-limits", "budget", test_budget);
  test_add_both ("stage-limits", "no-budget", test_no_budget);

  return g_test_run ();
}
