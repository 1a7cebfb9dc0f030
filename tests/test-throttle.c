/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillThrottle: the contract in its header, a row for each answer. */

#include "config.h"

#include <glib.h>

#include "crawl/mill-throttle-private.h"

#define MS ((gint64) 1000)

typedef struct
{
  const char *what;
  gint64 delay_us; /* so far */
  MillThrottleBounds bounds;
  gint64 latency_us;
  gboolean is_success;
  gint64 expected_us;
} Row;

static const Row rows[] = {
  { "rises at once", 100 * MS, { 0, 60000 * MS, 1 }, 1000 * MS, TRUE, 1000 * MS },
  { "falls by halves", 1000 * MS, { 0, 60000 * MS, 1 }, 200 * MS, TRUE, 600 * MS },
  { "stays at the target", 300 * MS, { 0, 60000 * MS, 1 }, 300 * MS, TRUE, 300 * MS },
  { "latency over concurrency", 0, { 0, 60000 * MS, 4 }, 1000 * MS, TRUE, 250 * MS },
  { "a concurrency below one", 0, { 0, 60000 * MS, 0.5 }, 1000 * MS, TRUE, 2000 * MS },
  { "begins with the least delay", 0, { 100 * MS, 60000 * MS, 1 }, 60 * MS, TRUE, 100 * MS },
  { "the mean is taken from the least delay", 0, { 1000 * MS, 60000 * MS, 1 }, 10 * MS, TRUE, 1000 * MS },
  { "never below the least", 1000 * MS, { 700 * MS, 60000 * MS, 1 }, 0, TRUE, 700 * MS },
  { "never above the most", 0, { 0, 5000 * MS, 1 }, 30000 * MS, TRUE, 5000 * MS },
  { "the least wins over the most", 0, { 9000 * MS, 5000 * MS, 1 }, 30000 * MS, TRUE, 9000 * MS },
  { "a quick error shortens nothing", 1000 * MS, { 0, 60000 * MS, 1 }, 1 * MS, FALSE, 1000 * MS },
  { "a slow error lengthens", 1000 * MS, { 0, 60000 * MS, 1 }, 20000 * MS, FALSE, 20000 * MS },
  { "an error under a least delay that was raised",
    100 * MS,
    { 500 * MS, 60000 * MS, 1 },
    1 * MS,
    FALSE,
    500 * MS },
  { "an error under a most that was lowered", 9000 * MS, { 0, 5000 * MS, 1 }, 1 * MS, FALSE, 5000 * MS },
  { "no time at all", 0, { 0, 60000 * MS, 1 }, 0, TRUE, 0 },
  { "a clock that went back", 100 * MS, { 0, 60000 * MS, 1 }, -5 * MS, TRUE, 50 * MS },
  { "the longest latency", 0, { 0, G_MAXINT64, 0.001 }, G_MAXINT64, TRUE, G_MAXINT64 },
};

static void
test_rows (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const Row *row = &rows[i];
      MillThrottle throttle = { row->delay_us };

      g_test_message ("%s", row->what);
      mill_throttle_answered (&throttle, &row->bounds, row->latency_us, row->is_success);
      g_assert_cmpint (mill_throttle_get_delay (&throttle, &row->bounds), ==, row->expected_us);
    }
}

/* A server that becomes slow and recovers: the delay is there with the first slow answer, and back, to a
 * millisecond, after ten quick ones. */
static void
test_course (void)
{
  const MillThrottleBounds bounds = { 100 * MS, 60000 * MS, 2 };
  MillThrottle throttle = { 0 };

  g_assert_cmpint (mill_throttle_get_delay (&throttle, &bounds), ==, 100 * MS);
  mill_throttle_answered (&throttle, &bounds, 150 * MS, TRUE);
  g_assert_cmpint (mill_throttle_get_delay (&throttle, &bounds), ==, 100 * MS);
  mill_throttle_answered (&throttle, &bounds, 2000 * MS, TRUE);
  g_assert_cmpint (mill_throttle_get_delay (&throttle, &bounds), ==, 1000 * MS);
  for (guint i = 0; i < 100; i++)
    mill_throttle_answered (&throttle, &bounds, 2 * MS, FALSE);
  g_assert_cmpint (mill_throttle_get_delay (&throttle, &bounds), ==, 1000 * MS);
  for (guint i = 0; i < 10; i++)
    mill_throttle_answered (&throttle, &bounds, 202 * MS, TRUE);
  g_assert_cmpint (mill_throttle_get_delay (&throttle, &bounds), <, 102 * MS);
  g_assert_cmpint (mill_throttle_get_delay (&throttle, &bounds), >=, 101 * MS);
}

/* A knob that is turned counts at once, in both directions. */
static void
test_live (void)
{
  MillThrottleBounds bounds = { 100 * MS, 60000 * MS, 1 };
  MillThrottle throttle = { 0 };

  mill_throttle_answered (&throttle, &bounds, 3000 * MS, TRUE);
  bounds.max_us = 500 * MS;
  g_assert_cmpint (mill_throttle_get_delay (&throttle, &bounds), ==, 500 * MS);
  bounds.max_us = 60000 * MS;
  bounds.min_us = 4000 * MS;
  g_assert_cmpint (mill_throttle_get_delay (&throttle, &bounds), ==, 4000 * MS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/throttle/rows", test_rows);
  g_test_add_func ("/throttle/course", test_course);
  g_test_add_func ("/throttle/live", test_live);
  return g_test_run ();
}
