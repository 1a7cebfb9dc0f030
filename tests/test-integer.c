/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole numbers in text (engine/core/mill-integer.c). */

#include "config.h"

#include "core/mill-integer-private.h"

#define N_THREADS 8

static gint n_ready; /* (atomic) */

static gpointer
read_with_others (gpointer data)
{
  gint64 value = 0;

  g_atomic_int_inc (&n_ready);
  while (g_atomic_int_get (&n_ready) < N_THREADS)
    ;
  return GINT_TO_POINTER (mill_integer_read ("200", &value) && value == 200);
}

/* The first numbers of all, read by several threads at once: GLib's own functions would not always have them.
 */
static void
test_first (void)
{
  GThread *threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("read", read_with_others, NULL);
  for (guint i = 0; i < N_THREADS; i++)
    g_assert_true (GPOINTER_TO_INT (g_thread_join (threads[i])));
}

static void
assert_read (const char *text, gint64 expected)
{
  gint64 value;

  g_assert_true (mill_integer_read (text, &value));
  g_assert_cmpint (value, ==, expected);
}

static void
test_signed (void)
{
  static const char *const wrong[] = {
    "", "-", " 1", "1 ", "1.0", "0x1", "one", "9223372036854775808", "-9223372036854775809"
  };
  gint64 value;

  assert_read ("0", 0);
  assert_read ("-12", -12);
  assert_read ("+7", 7);
  assert_read ("9223372036854775807", G_MAXINT64);
  assert_read ("-9223372036854775808", G_MININT64);
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (mill_integer_read (wrong[i], &value));
}

static void
test_unsigned (void)
{
  static const char *const wrong[] = { "", "-1", "+1", " 1", "1 ", "18446744073709551616" };
  guint64 value;

  g_assert_true (mill_integer_read_unsigned ("18446744073709551615", &value));
  g_assert_cmpuint (value, ==, G_MAXUINT64);
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (mill_integer_read_unsigned (wrong[i], &value));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/integer/first", test_first);
  g_test_add_func ("/integer/signed", test_signed);
  g_test_add_func ("/integer/unsigned", test_unsigned);
  return g_test_run ();
}
