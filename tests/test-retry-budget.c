/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillRetryBudget's contract (engine/core/mill-retry-budget.h). */

#include "config.h"

#include <locale.h>

#include "core/mill-retry-budget.h"
#include "core/mill-virtual-clock.h"

#define SECOND  ((gint64) G_USEC_PER_SEC)
#define RESERVE 100

typedef struct
{
  MillClock *clock;        /* (owned) */
  MillRetryBudget *budget; /* (owned) */
} Fixture;

static void
fixture_init (Fixture *fixture, guint percent)
{
  fixture->clock = mill_virtual_clock_new (1234567);
  fixture->budget = mill_retry_budget_new (percent, fixture->clock);
}

static void
fixture_clear (Fixture *fixture)
{
  g_assert_finalize_object (g_steal_pointer (&fixture->budget));
  g_assert_finalize_object (g_steal_pointer (&fixture->clock));
}

static void
advance (Fixture *fixture, gint64 by_us)
{
  mill_virtual_clock_advance (MILL_VIRTUAL_CLOCK (fixture->clock), by_us);
}

static void
deposit (Fixture *fixture, guint n)
{
  for (guint i = 0; i < n; i++)
    mill_retry_budget_deposit (fixture->budget);
}

static guint
withdraw_all (Fixture *fixture)
{
  guint n = 0;

  while (n < 1000000 && mill_retry_budget_try_withdraw (fixture->budget))
    n++;
  return n;
}

static void
test_share_and_reserve (void)
{
  static const guint percents[] = { 1, 20, 50, 100, 250 };

  for (guint i = 0; i < G_N_ELEMENTS (percents); i++)
    {
      Fixture fixture;

      fixture_init (&fixture, percents[i]);
      g_assert_cmpuint (mill_retry_budget_get_balance (fixture.budget), ==, RESERVE);
      g_assert_cmpuint (withdraw_all (&fixture), ==, RESERVE);
      deposit (&fixture, 1000);
      g_assert_cmpuint (mill_retry_budget_get_balance (fixture.budget), ==, 10 * percents[i]);
      g_assert_cmpuint (withdraw_all (&fixture), ==, 10 * percents[i]);
      g_assert_cmpuint (mill_retry_budget_get_balance (fixture.budget), ==, 0);
      fixture_clear (&fixture);
    }
}

/* What was paid in or drawn counts for ten seconds. */
static void
test_window (void)
{
  Fixture fixture;

  fixture_init (&fixture, 20);
  deposit (&fixture, 500);
  advance (&fixture, 5 * SECOND);
  g_assert_cmpuint (withdraw_all (&fixture), ==, RESERVE + 100);
  deposit (&fixture, 50);
  g_assert_cmpuint (withdraw_all (&fixture), ==, 10);
  /* The 500 items are forgotten, the 210 retries are not. */
  advance (&fixture, 5 * SECOND);
  g_assert_cmpuint (mill_retry_budget_get_balance (fixture.budget), ==, 0);
  g_assert_cmpuint (withdraw_all (&fixture), ==, 0);
  advance (&fixture, 5 * SECOND);
  g_assert_cmpuint (withdraw_all (&fixture), ==, RESERVE);
  advance (&fixture, 1000 * SECOND);
  g_assert_cmpuint (mill_retry_budget_get_balance (fixture.budget), ==, RESERVE);
  fixture_clear (&fixture);
}

/* When everything fails for an hour, the retries are the share and ten a second, not one each. */
static void
test_no_storm (void)
{
  Fixture fixture;
  guint retries = 0;

  fixture_init (&fixture, 20);
  for (guint second = 0; second < 3600; second++)
    {
      for (guint i = 0; i < 200; i++)
        {
          mill_retry_budget_deposit (fixture.budget);
          retries += mill_retry_budget_try_withdraw (fixture.budget);
        }
      advance (&fixture, SECOND);
    }
  g_assert_cmpuint (retries, >=, 3600 * (40 + 10) - 1000);
  g_assert_cmpuint (retries, <=, 3600 * (40 + 10) + 1000);
  g_assert_cmpuint (mill_retry_budget_get_refused (fixture.budget), ==, 3600 * 200 - retries);
  fixture_clear (&fixture);
}

static void
test_no_budget (void)
{
  Fixture fixture;

  fixture_init (&fixture, 0);
  g_assert_cmpuint (mill_retry_budget_get_balance (fixture.budget), ==, G_MAXUINT);
  for (guint i = 0; i < 100000; i++)
    g_assert_true (mill_retry_budget_try_withdraw (fixture.budget));
  g_assert_cmpuint (mill_retry_budget_get_refused (fixture.budget), ==, 0);
  fixture_clear (&fixture);
}

static void
test_refused (void)
{
  Fixture fixture;

  fixture_init (&fixture, 100);
  withdraw_all (&fixture);
  for (guint i = 0; i < 49; i++)
    g_assert_false (mill_retry_budget_try_withdraw (fixture.budget));
  g_assert_cmpuint (mill_retry_budget_get_refused (fixture.budget), ==, 50);
  /* They drew nothing: what is paid in now is there at once. */
  deposit (&fixture, 3);
  g_assert_cmpuint (withdraw_all (&fixture), ==, 3);
  fixture_clear (&fixture);
}

static void
count_notify_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  (*(guint *) user_data)++;
}

/* A new share counts for the items that have paid in already. */
static void
test_percent_is_live (void)
{
  Fixture fixture;
  guint notified = 0, percent;
  g_autoptr (MillClock) clock = NULL;

  fixture_init (&fixture, 20);
  g_signal_connect (fixture.budget, "notify", G_CALLBACK (count_notify_cb), &notified);
  deposit (&fixture, 100);
  g_assert_cmpuint (withdraw_all (&fixture), ==, RESERVE + 20);
  g_object_set (fixture.budget, "percent", 50u, NULL);
  g_object_set (fixture.budget, "percent", 50u, NULL);
  g_assert_cmpuint (notified, ==, 1);
  g_object_get (fixture.budget, "percent", &percent, "clock", &clock, NULL);
  g_assert_cmpuint (percent, ==, 50);
  g_assert_true (clock == fixture.clock);
  g_assert_cmpuint (withdraw_all (&fixture), ==, 30);
  mill_retry_budget_set_percent (fixture.budget, 0);
  g_assert_true (mill_retry_budget_try_withdraw (fixture.budget));
  mill_retry_budget_set_percent (fixture.budget, 20);
  g_assert_false (mill_retry_budget_try_withdraw (fixture.budget));
  g_clear_object (&clock);
  fixture_clear (&fixture);
}

#define N_THREADS 4
#define N_EACH    5000

static gpointer
stress_thread (gpointer data)
{
  guint allowed = 0;

  for (guint i = 0; i < N_EACH; i++)
    {
      mill_retry_budget_deposit (data);
      allowed += mill_retry_budget_try_withdraw (data);
    }
  return GUINT_TO_POINTER (allowed);
}

/* Nothing is counted twice or not at all, whoever comes when. */
static void
test_threads (void)
{
  Fixture fixture;
  GThread *threads[N_THREADS];
  guint allowed = 0;

  fixture_init (&fixture, 10);
  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("stress", stress_thread, fixture.budget);
  for (guint i = 0; i < N_THREADS; i++)
    allowed += GPOINTER_TO_UINT (g_thread_join (threads[i]));
  allowed += withdraw_all (&fixture);
  g_assert_cmpuint (allowed, ==, RESERVE + N_THREADS * N_EACH / 10);
  fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/retry-budget/share-and-reserve", test_share_and_reserve);
  g_test_add_func ("/retry-budget/window", test_window);
  g_test_add_func ("/retry-budget/no-storm", test_no_storm);
  g_test_add_func ("/retry-budget/no-budget", test_no_budget);
  g_test_add_func ("/retry-budget/refused", test_refused);
  g_test_add_func ("/retry-budget/percent-is-live", test_percent_is_live);
  g_test_add_func ("/retry-budget/threads", test_threads);

  return g_test_run ();
}
