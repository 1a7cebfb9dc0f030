/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillClock's contract (engine/core/mill-clock.h), and MillVirtualClock's beyond it. */

#include "config.h"

#include <locale.h>

#include "core/mill-real-clock.h"
#include "core/mill-virtual-clock.h"

#define SECOND ((gint64) G_USEC_PER_SEC)

/* A thread that waits for a time, and what came of it. */
typedef struct
{
  MillClock *clock; /* (unowned) */
  gint64 time_us;
  GCancellable *cancellable; /* (owned) (nullable) */
  GThread *thread;           /* (owned) */
  gboolean ok;
  GError *error; /* (owned) (nullable) */
  gint64 woken_us;
} Sleeper;

static gpointer
sleeper_thread (gpointer data)
{
  Sleeper *sleeper = data;

  sleeper->ok =
      mill_clock_wait_until (sleeper->clock, sleeper->time_us, sleeper->cancellable, &sleeper->error);
  sleeper->woken_us = mill_clock_get_time (sleeper->clock);
  return NULL;
}

static void
sleeper_start (Sleeper *sleeper, MillClock *clock, gint64 time_us)
{
  *sleeper = (Sleeper){ .clock = clock, .time_us = time_us, .cancellable = g_cancellable_new () };
  sleeper->thread = g_thread_new ("sleeper", sleeper_thread, sleeper);
}

static void
sleeper_join (Sleeper *sleeper)
{
  g_thread_join (sleeper->thread);
  g_clear_object (&sleeper->cancellable);
}

static gboolean
count_cb (gpointer user_data)
{
  (*(guint *) user_data)++;
  return G_SOURCE_REMOVE;
}

static GSource *
attach (MillClock *clock, gint64 time_us, GSourceFunc func, gpointer data)
{
  GSource *source = mill_clock_source_new (clock, time_us);

  g_source_set_callback (source, func, data, NULL);
  g_source_attach (source, NULL);
  return source;
}

static void
iterate (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_real_time (void)
{
  MillClock *clock = mill_clock_get_real ();
  gint64 before = g_get_monotonic_time ();
  gint64 now = mill_clock_get_time (clock);

  g_assert_true (clock == mill_clock_get_real ());
  g_assert_true (MILL_IS_REAL_CLOCK (clock));
  g_assert_cmpint (before, <=, now);
  g_assert_cmpint (now, <=, g_get_monotonic_time ());
}

static void
test_real_thread (void)
{
  MillClock *clock = mill_clock_get_real ();
  gint64 until = mill_clock_get_time (clock) + 2000;

  g_assert_true (mill_clock_wait_until (clock, until, NULL, NULL));
  g_assert_cmpint (mill_clock_get_time (clock), >=, until);
  /* What has passed is not waited for. */
  g_assert_true (mill_clock_wait_until (clock, until - 5, NULL, NULL));
  g_assert_true (mill_clock_wait_until (clock, -1, NULL, NULL));
}

static void
test_real_source (void)
{
  MillClock *clock = mill_clock_get_real ();
  gint64 until = mill_clock_get_time (clock) + 2000;
  g_autoptr (GSource) source = NULL;
  g_autoptr (GSource) past = NULL;
  g_autoptr (GSource) destroyed = NULL;
  guint called = 0, past_called = 0, destroyed_called = 0;

  source = attach (clock, until, count_cb, &called);
  past = attach (clock, -1, count_cb, &past_called);
  destroyed = attach (clock, 0, count_cb, &destroyed_called);
  g_source_destroy (destroyed);
  while (called == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (mill_clock_get_time (clock), >=, until);
  g_assert_cmpuint (past_called, ==, 1);
  g_assert_cmpuint (destroyed_called, ==, 0);
  g_assert_true (g_source_is_destroyed (source));
}

static void
test_real_cancel (void)
{
  Sleeper sleeper, early;

  sleeper_start (&sleeper, mill_clock_get_real (), G_MAXINT64);
  g_cancellable_cancel (sleeper.cancellable);
  sleeper_join (&sleeper);
  g_assert_false (sleeper.ok);
  g_assert_error (sleeper.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&sleeper.error);

  sleeper_start (&early, mill_clock_get_real (),
                 mill_clock_get_time (mill_clock_get_real ()) + 3600 * SECOND);
  g_cancellable_cancel (early.cancellable);
  sleeper_join (&early);
  g_assert_error (early.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&early.error);
}

static void
test_virtual_stands_still (void)
{
  g_autoptr (MillClock) clock = mill_virtual_clock_new (5);
  MillVirtualClock *virtual_clock = MILL_VIRTUAL_CLOCK (clock);

  g_assert_cmpint (mill_clock_get_time (clock), ==, 5);
  g_assert_cmpuint (mill_virtual_clock_advance (virtual_clock, 0), ==, 0);
  g_assert_cmpint (mill_clock_get_time (clock), ==, 5);
  mill_virtual_clock_advance (virtual_clock, 3600 * SECOND);
  g_assert_cmpint (mill_clock_get_time (clock), ==, 5 + 3600 * SECOND);
  g_assert_cmpint (mill_virtual_clock_get_next (virtual_clock), ==, G_MAXINT64);
}

static void
test_virtual_wakes_who_is_due (void)
{
  g_autoptr (MillClock) clock = mill_virtual_clock_new (0);
  MillVirtualClock *virtual_clock = MILL_VIRTUAL_CLOCK (clock);
  Sleeper early, late;
  g_autoptr (GSource) source = NULL;
  guint called = 0;

  sleeper_start (&early, clock, 1 * SECOND);
  sleeper_start (&late, clock, 3 * SECOND);
  source = attach (clock, 2 * SECOND, count_cb, &called);
  mill_virtual_clock_await_waiting (virtual_clock, 3);
  g_assert_cmpint (mill_virtual_clock_get_next (virtual_clock), ==, 1 * SECOND);
  g_assert_cmpuint (mill_virtual_clock_advance (virtual_clock, SECOND - 1), ==, 0);
  g_assert_cmpuint (mill_virtual_clock_get_n_waiting (virtual_clock), ==, 3);

  g_assert_cmpuint (mill_virtual_clock_advance (virtual_clock, 1), ==, 1);
  sleeper_join (&early);
  g_assert_true (early.ok);
  g_assert_cmpint (early.woken_us, ==, 1 * SECOND);
  iterate ();
  g_assert_cmpuint (called, ==, 0);
  g_assert_cmpuint (mill_virtual_clock_get_n_waiting (virtual_clock), ==, 2);

  g_assert_cmpuint (mill_virtual_clock_advance (virtual_clock, 5 * SECOND), ==, 2);
  sleeper_join (&late);
  g_assert_true (late.ok);
  iterate ();
  g_assert_cmpuint (called, ==, 1);
  g_assert_cmpuint (mill_virtual_clock_get_n_waiting (virtual_clock), ==, 0);
}

/* A context that sleeps in poll is woken. */
static void
test_virtual_wakes_a_loop (void)
{
  g_autoptr (MillClock) clock = mill_virtual_clock_new (0);
  Sleeper sleeper;
  g_autoptr (GSource) source = NULL;
  g_autoptr (GSource) chained = NULL;
  guint called = 0;

  sleeper_start (&sleeper, clock, 1);
  source = attach (clock, 2, count_cb, &called);
  iterate ();
  mill_virtual_clock_await_waiting (MILL_VIRTUAL_CLOCK (clock), 2);
  mill_virtual_clock_advance (MILL_VIRTUAL_CLOCK (clock), 2);
  while (called == 0)
    g_main_context_iteration (NULL, TRUE);
  sleeper_join (&sleeper);
  chained = attach (clock, 2, count_cb, &called);
  g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (called, ==, 2);
}

/* A thread that waits on a condition of its own. */
typedef struct
{
  MillClock *clock; /* (unowned) */
  gint64 time_us;
  GMutex lock;
  GCond cond;
  GThread *thread; /* (owned) */
} Waiter;

static gpointer
waiter_thread (gpointer data)
{
  Waiter *self = data;

  g_mutex_lock (&self->lock);
  while (mill_clock_cond_wait_until (self->clock, &self->cond, &self->lock, self->time_us))
    ;
  g_mutex_unlock (&self->lock);
  return NULL;
}

static void
waiter_start (Waiter *self, MillClock *clock, gint64 time_us)
{
  guint before = mill_virtual_clock_get_n_waiting (MILL_VIRTUAL_CLOCK (clock));

  self->clock = clock;
  self->time_us = time_us;
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->thread = g_thread_new ("waiter", waiter_thread, self);
  mill_virtual_clock_await_waiting (MILL_VIRTUAL_CLOCK (clock), before + 1);
}

static void
waiter_join (Waiter *self)
{
  g_thread_join (self->thread);
  g_cond_clear (&self->cond);
  g_mutex_clear (&self->lock);
}

static gpointer
advance_thread (gpointer data)
{
  return GUINT_TO_POINTER (mill_virtual_clock_advance (data, 10));
}

/* Held up at the first of them, the leap has not come to the next. Those of one time are in the order of
 * arrival. */
static void
test_virtual_order (void)
{
  g_autoptr (MillClock) clock = mill_virtual_clock_new (0);
  MillVirtualClock *virtual_clock = MILL_VIRTUAL_CLOCK (clock);
  static const gint64 times[] = { 9, 3, 3, 1 };
  static const guint woken[] = { 3, 1, 2, 0 };
  Waiter waiters[G_N_ELEMENTS (times)];
  GThread *leap;

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    waiter_start (&waiters[i], clock, times[i]);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    g_mutex_lock (&waiters[i].lock);
  leap = g_thread_new ("leap", advance_thread, clock);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      while (mill_virtual_clock_get_n_waiting (virtual_clock) != G_N_ELEMENTS (times) - 1 - i)
        g_thread_yield ();
      g_mutex_unlock (&waiters[woken[i]].lock);
      waiter_join (&waiters[woken[i]]);
    }
  g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (leap)), ==, G_N_ELEMENTS (times));
}

/* A signal ends the wait before the time. */
static void
test_virtual_signal (void)
{
  g_autoptr (MillClock) clock = mill_virtual_clock_new (7);
  MillVirtualClock *virtual_clock = MILL_VIRTUAL_CLOCK (clock);
  Waiter waiter;

  waiter_start (&waiter, clock, 8);
  g_mutex_lock (&waiter.lock);
  /* A time that has passed does not even release the mutex. */
  g_assert_false (mill_clock_cond_wait_until (clock, &waiter.cond, &waiter.lock, 7));
  g_cond_signal (&waiter.cond);
  waiter.time_us = 0;
  g_mutex_unlock (&waiter.lock);
  waiter_join (&waiter);
  g_assert_cmpuint (mill_virtual_clock_get_n_waiting (virtual_clock), ==, 0);
  g_assert_cmpint (mill_clock_get_time (clock), ==, 7);
}

static void
test_virtual_cancel (void)
{
  g_autoptr (MillClock) clock = mill_virtual_clock_new (0);
  MillVirtualClock *virtual_clock = MILL_VIRTUAL_CLOCK (clock);
  g_autoptr (GSource) source = NULL;
  Sleeper sleeper;
  guint called = 0;

  sleeper_start (&sleeper, clock, SECOND);
  source = attach (clock, SECOND, count_cb, &called);
  mill_virtual_clock_await_waiting (virtual_clock, 2);
  g_cancellable_cancel (sleeper.cancellable);
  sleeper_join (&sleeper);
  g_assert_error (sleeper.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&sleeper.error);
  g_assert_cmpuint (mill_virtual_clock_get_n_waiting (virtual_clock), ==, 1);
  g_source_destroy (source);
  g_clear_pointer (&source, g_source_unref);
  g_assert_cmpuint (mill_virtual_clock_get_n_waiting (virtual_clock), ==, 0);
  g_assert_cmpuint (mill_virtual_clock_advance (virtual_clock, 2 * SECOND), ==, 0);
  iterate ();
  g_assert_cmpuint (called, ==, 0);
}

#define N_THREADS 4
#define N_ROUNDS  2000

typedef struct
{
  MillClock *clock;
  gint running; /* (atomic) */
} Stress;

static gpointer
stress_thread (gpointer data)
{
  Stress *stress = data;
  g_autoptr (GMainContext) context = g_main_context_new ();

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      gint64 until = mill_clock_get_time (stress->clock) + 1 + i % 7;
      g_autoptr (GSource) abandoned = mill_clock_source_new (stress->clock, until);

      g_source_attach (abandoned, context);
      g_main_context_iteration (context, FALSE);
      g_assert_true (mill_clock_wait_until (stress->clock, until, NULL, NULL));
      g_assert_cmpint (mill_clock_get_time (stress->clock), >=, until);
      g_source_destroy (abandoned);
    }
  g_atomic_int_add (&stress->running, -1);
  return NULL;
}

static gpointer
cancelled_thread (gpointer data)
{
  Stress *stress = data;

  while (g_atomic_int_get (&stress->running) > 0)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      Sleeper sleeper = { .clock = stress->clock, .time_us = mill_clock_get_time (stress->clock) + 2 };

      sleeper.cancellable = g_object_ref (cancellable);
      sleeper.thread = g_thread_new ("sleeper", sleeper_thread, &sleeper);
      g_cancellable_cancel (cancellable);
      sleeper_join (&sleeper);
      g_clear_error (&sleeper.error);
    }
  return NULL;
}

/* Threads and sources come, are woken, cancelled and destroyed while the time moves. */
static void
test_virtual_stress (void)
{
  g_autoptr (MillClock) clock = mill_virtual_clock_new (0);
  Stress stress = { .clock = clock, .running = N_THREADS };
  GThread *threads[N_THREADS], *canceller;

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("stress", stress_thread, &stress);
  canceller = g_thread_new ("cancel", cancelled_thread, &stress);
  while (g_atomic_int_get (&stress.running) > 0)
    {
      mill_virtual_clock_advance (MILL_VIRTUAL_CLOCK (clock), 1);
      g_thread_yield ();
    }
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  mill_virtual_clock_advance (MILL_VIRTUAL_CLOCK (clock), 10);
  g_thread_join (canceller);
  g_assert_cmpuint (mill_virtual_clock_get_n_waiting (MILL_VIRTUAL_CLOCK (clock)), ==, 0);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/clock/real/time", test_real_time);
  g_test_add_func ("/clock/real/thread", test_real_thread);
  g_test_add_func ("/clock/real/source", test_real_source);
  g_test_add_func ("/clock/real/cancel", test_real_cancel);
  g_test_add_func ("/clock/virtual/stands-still", test_virtual_stands_still);
  g_test_add_func ("/clock/virtual/wakes-who-is-due", test_virtual_wakes_who_is_due);
  g_test_add_func ("/clock/virtual/wakes-a-loop", test_virtual_wakes_a_loop);
  g_test_add_func ("/clock/virtual/order", test_virtual_order);
  g_test_add_func ("/clock/virtual/cancel", test_virtual_cancel);
  g_test_add_func ("/clock/virtual/signal", test_virtual_signal);
  g_test_add_func ("/clock/virtual/stress", test_virtual_stress);

  return g_test_run ();
}
