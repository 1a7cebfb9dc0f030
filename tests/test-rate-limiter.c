/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillRateLimiter's contract (engine/core/mill-rate-limiter.h) for both worlds, by a clock that the test
 * moves. */

#include "config.h"

#include <locale.h>

#include "core/mill-rate-limiter.h"
#include "core/mill-virtual-clock.h"

#define SECOND ((gint64) G_USEC_PER_SEC)

typedef struct
{
  MillClock *clock;         /* (owned) */
  MillRateLimiter *limiter; /* (owned) */
} Fixture;

typedef struct
{
  MillRateLimiter *limiter;  /* (unowned) */
  GCancellable *cancellable; /* (owned) (nullable) */
  GError *error;             /* (owned) (nullable) */
  GThread *thread;           /* (owned) (nullable) */
  gboolean ok;
  gint returned; /* (atomic) */
} Acquire;

static void
fixture_init (Fixture *fixture, double rate, guint burst)
{
  fixture->clock = mill_virtual_clock_new (1000 * SECOND);
  fixture->limiter = mill_rate_limiter_new (rate, burst, fixture->clock);
}

static void
fixture_clear (Fixture *fixture)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (mill_rate_limiter_get_waiting (fixture->limiter), ==, 0);
  g_assert_finalize_object (g_steal_pointer (&fixture->limiter));
  g_assert_cmpuint (mill_virtual_clock_get_n_waiting (MILL_VIRTUAL_CLOCK (fixture->clock)), ==, 0);
  g_assert_finalize_object (g_steal_pointer (&fixture->clock));
}

static void
advance (Fixture *fixture, gint64 by_us)
{
  mill_virtual_clock_advance (MILL_VIRTUAL_CLOCK (fixture->clock), by_us);
}

static guint
take_all (Fixture *fixture)
{
  guint n = 0;

  while (n < 100000 && mill_rate_limiter_try_acquire (fixture->limiter))
    n++;
  return n;
}

static gpointer
acquire_thread (gpointer data)
{
  Acquire *acquire = data;

  acquire->ok = mill_rate_limiter_acquire (acquire->limiter, acquire->cancellable, &acquire->error);
  g_atomic_int_set (&acquire->returned, TRUE);
  return NULL;
}

static void
acquire_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Acquire *acquire = user_data;

  acquire->ok = mill_rate_limiter_acquire_finish (MILL_RATE_LIMITER (object), result, &acquire->error);
  g_atomic_int_set (&acquire->returned, TRUE);
}

/* Waits until the thread does. */
static void
start_thread (Acquire *acquire, Fixture *fixture)
{
  guint before = mill_rate_limiter_get_waiting (fixture->limiter);

  *acquire = (Acquire){ .limiter = fixture->limiter, .cancellable = g_cancellable_new () };
  acquire->thread = g_thread_new ("acquire", acquire_thread, acquire);
  while (mill_rate_limiter_get_waiting (fixture->limiter) != before + 1)
    g_thread_yield ();
  /* Whoever keeps the time waits by the clock. */
  mill_virtual_clock_await_waiting (MILL_VIRTUAL_CLOCK (fixture->clock), 1);
}

static void
start_task (Acquire *acquire, Fixture *fixture)
{
  *acquire = (Acquire){ .cancellable = g_cancellable_new () };
  mill_rate_limiter_acquire_async (fixture->limiter, acquire->cancellable, acquire_cb, acquire);
}

static void
wait_returned (Acquire *acquire)
{
  while (!g_atomic_int_get (&acquire->returned))
    if (acquire->thread != NULL)
      g_thread_yield ();
    else
      g_main_context_iteration (NULL, TRUE);
  g_clear_pointer (&acquire->thread, g_thread_join);
  g_clear_object (&acquire->cancellable);
}

static void
assert_granted (Acquire *acquire)
{
  wait_returned (acquire);
  g_assert_no_error (acquire->error);
  g_assert_true (acquire->ok);
}

static void
assert_cancelled (Acquire *acquire)
{
  wait_returned (acquire);
  g_assert_false (acquire->ok);
  g_assert_error (acquire->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&acquire->error);
}

static void
assert_waits (Acquire *acquire)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_false (g_atomic_int_get (&acquire->returned));
}

static void
test_bucket (void)
{
  Fixture fixture;

  fixture_init (&fixture, 10, 5);
  g_assert_cmpuint (take_all (&fixture), ==, 5);
  advance (&fixture, SECOND / 10 - 1);
  g_assert_cmpuint (take_all (&fixture), ==, 0);
  advance (&fixture, 1);
  g_assert_cmpuint (take_all (&fixture), ==, 1);
  advance (&fixture, 3 * SECOND / 10);
  g_assert_cmpuint (take_all (&fixture), ==, 3);
  advance (&fixture, 3600 * SECOND);
  g_assert_cmpuint (take_all (&fixture), ==, 5);
  g_assert_cmpuint (mill_rate_limiter_get_acquired (fixture.limiter), ==, 14);
  fixture_clear (&fixture);
}

static void
test_no_limit (void)
{
  Fixture fixture;
  Acquire task;

  fixture_init (&fixture, 0, 3);
  g_assert_cmpuint (take_all (&fixture), ==, 100000);
  g_assert_true (mill_rate_limiter_acquire (fixture.limiter, NULL, NULL));
  start_task (&task, &fixture);
  assert_granted (&task);
  g_assert_cmpuint (mill_rate_limiter_get_acquired (fixture.limiter), ==, 100002);
  /* A limit begins with a full bucket. */
  mill_rate_limiter_set_rate (fixture.limiter, 1);
  g_assert_cmpuint (take_all (&fixture), ==, 3);
  fixture_clear (&fixture);
}

/* A virtual minute at awkward rates, looked at in awkward steps: the sum is exact, so nothing drifts. */
static void
test_exact_without_waiters (void)
{
  static const double rates[] = { 0.1, 1.0 / 3, 1, 3, 7, 9.99, 100, 333, 12345 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
    {
      Fixture fixture;
      gint64 left = 60 * SECOND;
      guint burst = 2 + (guint) rates[i];
      guint64 expected = burst + (guint64) (60 * rates[i] + 1e-6);

      fixture_init (&fixture, rates[i], burst);
      take_all (&fixture);
      while (left > 0)
        {
          /* Never so long that the bucket overflows. */
          gint64 step = MIN (left, g_rand_int_range (rand, 1, 900000));

          advance (&fixture, step);
          take_all (&fixture);
          left -= step;
        }
      g_assert_cmpuint (mill_rate_limiter_get_acquired (fixture.limiter), ==, expected);
      fixture_clear (&fixture);
    }
}

static void
count_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  if (mill_rate_limiter_acquire_finish (MILL_RATE_LIMITER (object), result, NULL))
    (*(guint *) user_data)++;
}

/* With somebody always waiting, every token is handed out, though whoever hands it out always comes late. */
static void
test_exact_with_waiters (void)
{
  static const gint64 steps[] = { 1, 333333, 999999, 7000001, 30000000 };
  Fixture fixture;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gint64 passed = 0;
  guint got = 0;

  fixture_init (&fixture, 7, 2);
  for (guint i = 0; i < 600; i++)
    mill_rate_limiter_acquire_async (fixture.limiter, cancellable, count_cb, &got);
  for (guint i = 0; passed < 60 * SECOND; i++)
    {
      gint64 step = MIN (steps[i % G_N_ELEMENTS (steps)], 60 * SECOND - passed);

      advance (&fixture, step);
      passed += step;
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_assert_cmpuint (got, ==, 2 + (guint) (7 * passed / SECOND));
    }
  g_assert_cmpuint (got, ==, 2 + 7 * 60);
  g_cancellable_cancel (cancellable);
  fixture_clear (&fixture);
}

/* Threads and tasks in turn: each gets its token when it is due, in the order of arrival. */
static void
test_waiters_are_fifo (void)
{
  Fixture fixture;
  Acquire acquires[6];

  fixture_init (&fixture, 1, 1);
  g_assert_true (mill_rate_limiter_try_acquire (fixture.limiter));
  for (guint i = 0; i < G_N_ELEMENTS (acquires); i++)
    if (i % 3 == 1)
      start_thread (&acquires[i], &fixture);
    else
      start_task (&acquires[i], &fixture);
  g_assert_cmpuint (mill_rate_limiter_get_waiting (fixture.limiter), ==, G_N_ELEMENTS (acquires));
  for (guint i = 0; i < G_N_ELEMENTS (acquires); i++)
    {
      mill_virtual_clock_await_waiting (MILL_VIRTUAL_CLOCK (fixture.clock), 1);
      advance (&fixture, SECOND);
      /* Nobody overtakes those who wait, even before they were told. */
      g_assert_false (mill_rate_limiter_try_acquire (fixture.limiter));
      assert_granted (&acquires[i]);
      for (guint j = i + 1; j < G_N_ELEMENTS (acquires); j++)
        assert_waits (&acquires[j]);
    }
  fixture_clear (&fixture);
}

static void
test_rate_is_live (void)
{
  Fixture fixture;
  Acquire thread, task, last;

  fixture_init (&fixture, 1.0 / 3600, 1);
  take_all (&fixture);
  start_thread (&thread, &fixture);
  start_task (&task, &fixture);
  start_task (&last, &fixture);
  advance (&fixture, 1800 * SECOND);
  /* Half a token is there; at one a second the rest takes half a second. */
  mill_rate_limiter_set_rate (fixture.limiter, 1);
  while (mill_virtual_clock_get_next (MILL_VIRTUAL_CLOCK (fixture.clock)) !=
         mill_clock_get_time (fixture.clock) + SECOND / 2)
    g_thread_yield ();
  advance (&fixture, SECOND / 2);
  assert_granted (&thread);
  assert_waits (&task);
  /* Lowering makes those who wait wait longer. */
  mill_rate_limiter_set_rate (fixture.limiter, 0.1);
  advance (&fixture, SECOND);
  assert_waits (&task);
  advance (&fixture, 9 * SECOND);
  assert_granted (&task);
  /* No limit lets everybody pass. */
  mill_rate_limiter_set_rate (fixture.limiter, 0);
  assert_granted (&last);
  fixture_clear (&fixture);
}

static void
test_burst_is_live (void)
{
  Fixture fixture;

  fixture_init (&fixture, 1, 10);
  /* Of a smaller bucket what is over flows off; a larger one is not fuller. */
  mill_rate_limiter_set_burst (fixture.limiter, 4);
  mill_rate_limiter_set_burst (fixture.limiter, 8);
  g_assert_cmpuint (mill_rate_limiter_get_burst (fixture.limiter), ==, 8);
  g_assert_cmpuint (take_all (&fixture), ==, 4);
  advance (&fixture, 60 * SECOND);
  g_assert_cmpuint (take_all (&fixture), ==, 8);
  /* What was gained counts on. */
  advance (&fixture, SECOND / 2);
  mill_rate_limiter_set_burst (fixture.limiter, 1);
  advance (&fixture, SECOND / 2);
  g_assert_cmpuint (take_all (&fixture), ==, 1);
  fixture_clear (&fixture);
}

static void
count_notify_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  (*(guint *) user_data)++;
}

static void
test_properties (void)
{
  Fixture fixture;
  guint notified = 0;
  double rate;
  guint burst;
  g_autoptr (MillClock) clock = NULL;

  fixture_init (&fixture, 2.5, 3);
  g_signal_connect (fixture.limiter, "notify", G_CALLBACK (count_notify_cb), &notified);
  g_object_set (fixture.limiter, "rate", 2.5, "burst", 3u, NULL);
  g_assert_cmpuint (notified, ==, 0);
  g_object_set (fixture.limiter, "rate", 4.0, "burst", 5u, NULL);
  g_assert_cmpuint (notified, ==, 2);
  g_object_get (fixture.limiter, "rate", &rate, "burst", &burst, "clock", &clock, NULL);
  g_assert_cmpfloat_with_epsilon (rate, 4.0, 1e-9);
  g_assert_cmpuint (burst, ==, 5);
  g_assert_true (clock == fixture.clock);
  g_clear_object (&clock);
  fixture_clear (&fixture);
}

static void
test_cancel (void)
{
  Fixture fixture;
  Acquire thread, task, next, late = { 0 };

  fixture_init (&fixture, 1, 1);
  take_all (&fixture);
  start_task (&task, &fixture);
  start_thread (&thread, &fixture);
  start_task (&next, &fixture);
  g_cancellable_cancel (thread.cancellable);
  assert_cancelled (&thread);
  g_cancellable_cancel (task.cancellable);
  assert_cancelled (&task);
  g_assert_cmpuint (mill_rate_limiter_get_waiting (fixture.limiter), ==, 1);
  /* They took nothing: the next one gets the first token. */
  advance (&fixture, SECOND);
  assert_granted (&next);
  g_assert_cmpuint (mill_rate_limiter_get_acquired (fixture.limiter), ==, 2);

  /* One that is cancelled before it begins takes nothing, though there is a token. */
  advance (&fixture, SECOND);
  late.cancellable = g_cancellable_new ();
  g_cancellable_cancel (late.cancellable);
  g_assert_false (mill_rate_limiter_acquire (fixture.limiter, late.cancellable, &late.error));
  g_assert_error (late.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&late.error);
  mill_rate_limiter_acquire_async (fixture.limiter, late.cancellable, acquire_cb, &late);
  assert_cancelled (&late);
  g_assert_cmpuint (take_all (&fixture), ==, 1);
  fixture_clear (&fixture);
}

/* A token that was due while the cancelled one waited is the next one's. */
static void
test_cancel_passes_on (void)
{
  Fixture fixture;
  Acquire first, second;

  fixture_init (&fixture, 1, 1);
  take_all (&fixture);
  start_task (&first, &fixture);
  start_task (&second, &fixture);
  g_cancellable_cancel (first.cancellable);
  advance (&fixture, SECOND);
  assert_cancelled (&first);
  assert_granted (&second);
  fixture_clear (&fixture);
}

static void
test_granted_survives_cancel (void)
{
  Fixture fixture;
  Acquire task;

  fixture_init (&fixture, 1, 1);
  take_all (&fixture);
  start_task (&task, &fixture);
  mill_rate_limiter_set_rate (fixture.limiter, 0);
  g_cancellable_cancel (task.cancellable);
  assert_granted (&task);
  g_assert_cmpuint (mill_rate_limiter_get_acquired (fixture.limiter), ==, 2);
  fixture_clear (&fixture);
}

/* The same by the real clock: nobody is let in before the time. */
static void
test_real_time (void)
{
  g_autoptr (MillRateLimiter) limiter = mill_rate_limiter_new (500, 1, NULL);
  gint64 began = g_get_monotonic_time ();
  guint got = 0;

  for (guint i = 0; i < 6; i++)
    g_assert_true (mill_rate_limiter_acquire (limiter, NULL, NULL));
  for (guint i = 0; i < 5; i++)
    mill_rate_limiter_acquire_async (limiter, NULL, count_cb, &got);
  while (got < 5)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (g_get_monotonic_time () - began, >=, 10 * SECOND / 500);
}

#define N_THREADS 4
#define N_TASKS   4
#define N_ROUNDS  1500

typedef struct
{
  MillRateLimiter *limiter; /* (unowned) */
  gint granted;             /* (atomic) */
  gint cancelled;           /* (atomic) */
  gint running;             /* (atomic) */
} Stress;

typedef struct
{
  Stress *stress;
  guint rounds;
  GRand *rand; /* (owned) */
} StressTask;

/* One in four can be cancelled. */
static GCancellable *
make_cancellable (GRand *rand)
{
  return g_rand_int_range (rand, 0, 4) == 0 ? g_cancellable_new () : NULL;
}

static void
count_result (Stress *stress, gboolean ok)
{
  g_atomic_int_inc (ok ? &stress->granted : &stress->cancelled);
}

static gpointer
cancel_thread (gpointer data)
{
  g_autoptr (GCancellable) cancellable = data;

  g_cancellable_cancel (cancellable);
  return NULL;
}

static gpointer
stress_thread (gpointer data)
{
  Stress *stress = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) g_atomic_int_get (&stress->running));

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      g_autoptr (GCancellable) cancellable = make_cancellable (rand);
      GThread *canceller = cancellable != NULL && i % 16 == 0
                               ? g_thread_new ("cancel", cancel_thread, g_object_ref (cancellable))
                               : NULL;

      count_result (stress, mill_rate_limiter_acquire (stress->limiter, cancellable, NULL));
      if (canceller != NULL)
        g_thread_join (canceller);
    }
  g_atomic_int_add (&stress->running, -1);
  return NULL;
}

static void next_round (StressTask *task);

static void
stress_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  StressTask *task = user_data;

  count_result (task->stress, mill_rate_limiter_acquire_finish (MILL_RATE_LIMITER (object), result, NULL));
  next_round (task);
}

static void
next_round (StressTask *task)
{
  g_autoptr (GCancellable) cancellable = make_cancellable (task->rand);

  if (task->rounds-- == 0)
    {
      g_atomic_int_add (&task->stress->running, -1);
      return;
    }
  mill_rate_limiter_acquire_async (task->stress->limiter, cancellable, stress_cb, task);
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
}

static gpointer
stress_loop (gpointer data)
{
  Stress *stress = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  StressTask tasks[N_TASKS];
  gint left = 0;

  g_main_context_push_thread_default (context);
  for (guint i = 0; i < N_TASKS; i++)
    {
      tasks[i] = (StressTask){ stress, N_ROUNDS, g_rand_new_with_seed (i) };
      next_round (&tasks[i]);
    }
  do
    {
      g_main_context_iteration (context, TRUE);
      left = 0;
      for (guint i = 0; i < N_TASKS; i++)
        left += tasks[i].rounds != G_MAXUINT;
    }
  while (left > 0);
  for (guint i = 0; i < N_TASKS; i++)
    g_rand_free (tasks[i].rand);
  g_main_context_pop_thread_default (context);
  return NULL;
}

/* Threads, tasks on two loops, cancellations and changing limits: each acquire is answered, and those that
 * were granted are those that were counted. */
static void
test_stress (gconstpointer data)
{
  static const double rates[] = { 20000, 0, 100000, 5000, 1000000 };
  gboolean is_virtual = GPOINTER_TO_INT (data);
  g_autoptr (MillClock) clock =
      is_virtual ? mill_virtual_clock_new (0) : g_object_ref (mill_clock_get_real ());
  g_autoptr (MillRateLimiter) limiter = mill_rate_limiter_new (20000, 1, clock);
  Stress stress = { .limiter = limiter, .running = N_THREADS + 2 * N_TASKS };
  GThread *threads[N_THREADS + 2];

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("stress", stress_thread, &stress);
  for (guint i = 0; i < 2; i++)
    threads[N_THREADS + i] = g_thread_new ("loop", stress_loop, &stress);
  for (guint turn = 0; g_atomic_int_get (&stress.running) > 0; turn++)
    {
      if (is_virtual)
        mill_virtual_clock_advance (MILL_VIRTUAL_CLOCK (clock), 50);
      if (turn % 64 == 0)
        mill_rate_limiter_set_rate (limiter, rates[turn / 64 % G_N_ELEMENTS (rates)]);
      mill_rate_limiter_set_burst (limiter, 1 + turn % 3);
      g_thread_yield ();
    }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (stress.granted + stress.cancelled, ==, (N_THREADS + 2 * N_TASKS) * N_ROUNDS);
  g_assert_cmpuint (mill_rate_limiter_get_acquired (limiter), ==, (guint64) stress.granted);
  g_assert_cmpuint (mill_rate_limiter_get_waiting (limiter), ==, 0);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/rate-limiter/bucket", test_bucket);
  g_test_add_func ("/rate-limiter/no-limit", test_no_limit);
  g_test_add_func ("/rate-limiter/exact-without-waiters", test_exact_without_waiters);
  g_test_add_func ("/rate-limiter/exact-with-waiters", test_exact_with_waiters);
  g_test_add_func ("/rate-limiter/waiters-are-fifo", test_waiters_are_fifo);
  g_test_add_func ("/rate-limiter/rate-is-live", test_rate_is_live);
  g_test_add_func ("/rate-limiter/burst-is-live", test_burst_is_live);
  g_test_add_func ("/rate-limiter/properties", test_properties);
  g_test_add_func ("/rate-limiter/cancel", test_cancel);
  g_test_add_func ("/rate-limiter/cancel-passes-on", test_cancel_passes_on);
  g_test_add_func ("/rate-limiter/granted-survives-cancel", test_granted_survives_cancel);
  g_test_add_func ("/rate-limiter/real-time", test_real_time);
  g_test_add_data_func ("/rate-limiter/stress/real", GINT_TO_POINTER (FALSE), test_stress);
  g_test_add_data_func ("/rate-limiter/stress/virtual", GINT_TO_POINTER (TRUE), test_stress);

  return g_test_run ();
}
