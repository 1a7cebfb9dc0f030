/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillSemaphore's contract (engine/core/mill-semaphore.h) for both worlds. */

#include "config.h"

#include <locale.h>

#include "core/mill-error.h"
#include "core/mill-semaphore.h"

typedef struct
{
  MillSemaphore *semaphore;  /* (unowned) */
  GCancellable *cancellable; /* (owned) (nullable) */
  GError *error;             /* (owned) (nullable) */
  GThread *thread;           /* (owned) (nullable) */
  guint slot;
  gboolean ok;
  gboolean returned; /* a task's */
} Acquire;

static gpointer
acquire_thread (gpointer data)
{
  Acquire *acquire = data;

  acquire->ok =
      mill_semaphore_acquire (acquire->semaphore, 42, &acquire->slot, acquire->cancellable, &acquire->error);
  return NULL;
}

static void
acquire_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Acquire *acquire = user_data;

  acquire->ok =
      mill_semaphore_acquire_finish (MILL_SEMAPHORE (object), result, &acquire->slot, &acquire->error);
  acquire->returned = TRUE;
}

static void
start_thread (Acquire *acquire, MillSemaphore *semaphore, guint waiting_then)
{
  acquire->semaphore = semaphore;
  acquire->cancellable = g_cancellable_new ();
  acquire->thread = g_thread_new ("acquire", acquire_thread, acquire);
  while (mill_semaphore_get_waiting (semaphore) != waiting_then)
    g_thread_yield ();
}

static void
acquire_clear (Acquire *acquire)
{
  g_clear_object (&acquire->cancellable);
  g_clear_error (&acquire->error);
}

static void
wait_returned (Acquire *acquire)
{
  while (!acquire->returned)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_slots (void)
{
  g_autoptr (MillSemaphore) semaphore = mill_semaphore_new (3);
  g_autoptr (GArray) slots = g_array_new (FALSE, FALSE, sizeof (MillSlot));
  guint slot;

  for (guint i = 0; i < 3; i++)
    {
      g_assert_true (mill_semaphore_try_acquire (semaphore, 100 + i, &slot));
      g_assert_cmpuint (slot, ==, i);
    }
  g_assert_false (mill_semaphore_try_acquire (semaphore, 9, &slot));
  mill_semaphore_release (semaphore, 1);
  mill_semaphore_release (semaphore, 0);
  g_assert_true (mill_semaphore_try_acquire (semaphore, 7, &slot));
  g_assert_cmpuint (slot, ==, 0);

  mill_semaphore_get_slots (semaphore, slots);
  g_assert_cmpuint (slots->len, ==, 3);
  g_assert_cmpuint (g_array_index (slots, MillSlot, 0).item_id, ==, 7);
  g_assert_false (g_array_index (slots, MillSlot, 1).held);
  g_assert_cmpuint (g_array_index (slots, MillSlot, 2).item_id, ==, 102);
  g_assert_cmpint (g_array_index (slots, MillSlot, 2).since_us, <=, g_get_monotonic_time ());
  g_assert_cmpuint (mill_semaphore_get_held (semaphore), ==, 2);
}

static void
test_no_limit (void)
{
  g_autoptr (MillSemaphore) semaphore = mill_semaphore_new (0);
  g_autoptr (GArray) slots = g_array_new (FALSE, FALSE, sizeof (MillSlot));
  guint slot;

  for (guint i = 0; i < 500; i++)
    g_assert_true (mill_semaphore_try_acquire (semaphore, i, &slot));
  g_assert_cmpuint (mill_semaphore_get_held (semaphore), ==, 500);
  mill_semaphore_get_slots (semaphore, slots);
  g_assert_cmpuint (slots->len, ==, 0);
}

static void
test_waiters_are_fifo (void)
{
  g_autoptr (MillSemaphore) semaphore = mill_semaphore_new (1);
  Acquire first = { 0 }, second = { 0 };
  guint slot;

  g_assert_true (mill_semaphore_try_acquire (semaphore, 1, &slot));
  start_thread (&first, semaphore, 1);
  mill_semaphore_acquire_async (semaphore, 2, NULL, acquire_cb, &second);
  g_assert_cmpuint (mill_semaphore_get_waiting (semaphore), ==, 2);
  mill_semaphore_release (semaphore, slot);
  g_thread_join (first.thread);
  g_assert_true (first.ok);
  g_assert_false (second.returned);
  mill_semaphore_release (semaphore, first.slot);
  wait_returned (&second);
  g_assert_true (second.ok);
  acquire_clear (&first);
}

static void
test_raising_lets_waiters_in (void)
{
  g_autoptr (MillSemaphore) semaphore = mill_semaphore_new (1);
  Acquire thread = { 0 }, task = { 0 };
  guint slot;

  g_assert_true (mill_semaphore_try_acquire (semaphore, 1, &slot));
  start_thread (&thread, semaphore, 1);
  mill_semaphore_acquire_async (semaphore, 2, NULL, acquire_cb, &task);
  mill_semaphore_set_permits (semaphore, 3);
  g_thread_join (thread.thread);
  wait_returned (&task);
  g_assert_true (thread.ok && task.ok);
  acquire_clear (&thread);
}

static void
test_lowering_interrupts_nobody (void)
{
  g_autoptr (MillSemaphore) semaphore = mill_semaphore_new (3);
  guint slot, slots[3];

  for (guint i = 0; i < 3; i++)
    g_assert_true (mill_semaphore_try_acquire (semaphore, i, &slots[i]));
  mill_semaphore_set_permits (semaphore, 1);
  g_assert_cmpuint (mill_semaphore_get_held (semaphore), ==, 3);
  mill_semaphore_release (semaphore, slots[0]);
  mill_semaphore_release (semaphore, slots[1]);
  g_assert_false (mill_semaphore_try_acquire (semaphore, 9, &slot));
  mill_semaphore_release (semaphore, slots[2]);
  g_assert_true (mill_semaphore_try_acquire (semaphore, 9, &slot));
}

static void
test_cancel (void)
{
  g_autoptr (MillSemaphore) semaphore = mill_semaphore_new (1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Acquire thread = { 0 }, task = { 0 };
  guint slot;

  g_assert_true (mill_semaphore_try_acquire (semaphore, 1, &slot));
  start_thread (&thread, semaphore, 1);
  mill_semaphore_acquire_async (semaphore, 2, cancellable, acquire_cb, &task);
  g_cancellable_cancel (thread.cancellable);
  g_cancellable_cancel (cancellable);
  g_thread_join (thread.thread);
  wait_returned (&task);
  g_assert_error (thread.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_error (task.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (mill_semaphore_get_waiting (semaphore), ==, 0);
  mill_semaphore_release (semaphore, slot);
  g_assert_cmpuint (mill_semaphore_get_held (semaphore), ==, 0);
  acquire_clear (&thread);
  acquire_clear (&task);
}

static void
test_granted_permit_survives_cancel (void)
{
  g_autoptr (MillSemaphore) semaphore = mill_semaphore_new (1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Acquire task = { 0 };
  guint slot;

  g_assert_true (mill_semaphore_try_acquire (semaphore, 1, &slot));
  mill_semaphore_acquire_async (semaphore, 2, cancellable, acquire_cb, &task);
  mill_semaphore_release (semaphore, slot);
  g_cancellable_cancel (cancellable);
  wait_returned (&task);
  g_assert_true (task.ok);
}

#define N_THREADS 6
#define N_ROUNDS  3000

typedef struct
{
  MillSemaphore *semaphore;
  gint inside;   /* (atomic) */
  gint greatest; /* (atomic) */
  gint running;  /* (atomic) */
} Stress;

static gpointer
stress_thread (gpointer data)
{
  Stress *stress = data;

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      guint slot;
      gint inside;

      g_assert_true (mill_semaphore_acquire (stress->semaphore, i, &slot, NULL, NULL));
      inside = g_atomic_int_add (&stress->inside, 1) + 1;
      if (inside > g_atomic_int_get (&stress->greatest))
        g_atomic_int_set (&stress->greatest, inside);
      g_thread_yield ();
      g_atomic_int_add (&stress->inside, -1);
      mill_semaphore_release (stress->semaphore, slot);
    }
  g_atomic_int_add (&stress->running, -1);
  return NULL;
}

static void
test_stress (void)
{
  g_autoptr (MillSemaphore) semaphore = mill_semaphore_new (2);
  Stress stress = { .semaphore = semaphore, .running = N_THREADS };
  GThread *threads[N_THREADS];
  guint turn = 0;

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("stress", stress_thread, &stress);
  while (g_atomic_int_get (&stress.running) > 0)
    {
      mill_semaphore_set_permits (semaphore, 1 + turn++ % 3);
      g_thread_yield ();
    }
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (stress.greatest, <=, 3);
  g_assert_cmpuint (mill_semaphore_get_held (semaphore), ==, 0);
  g_assert_cmpuint (mill_semaphore_get_waiting (semaphore), ==, 0);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/semaphore/slots", test_slots);
  g_test_add_func ("/semaphore/no-limit", test_no_limit);
  g_test_add_func ("/semaphore/waiters-are-fifo", test_waiters_are_fifo);
  g_test_add_func ("/semaphore/raising-lets-waiters-in", test_raising_lets_waiters_in);
  g_test_add_func ("/semaphore/lowering-interrupts-nobody", test_lowering_interrupts_nobody);
  g_test_add_func ("/semaphore/cancel", test_cancel);
  g_test_add_func ("/semaphore/granted-permit-survives-cancel", test_granted_permit_survives_cancel);
  g_test_add_func ("/semaphore/stress", test_stress);

  return g_test_run ();
}
