/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillHistogram and MillRetryPolicy against exact calculations. */

#include "config.h"

#include <gio/gio.h>
#include <locale.h>

#include "core/mill-error.h"
#include "core/mill-histogram.h"
#include "core/mill-retry-policy.h"

static int
compare (gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *) a, right = *(const gint64 *) b;

  return (left > right) - (left < right);
}

static void
assert_close (gint64 value, gint64 exact)
{
  g_assert_cmpfloat_with_epsilon ((double) value, (double) exact, MAX (0.01 * (double) exact, 0.5));
}

static void
test_error_is_below_one_percent (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (MillHistogram) histogram = mill_histogram_new ();
  static const double percentiles[] = { 0, 1, 25, 50, 90, 95, 99, 99.9, 100 };

  for (guint i = 0; i < 20000; i++)
    {
      gint64 value = (gint64) g_rand_double_range (rand, 0, 1 << g_rand_int_range (rand, 0, 30));

      g_array_append_val (values, value);
      mill_histogram_record (histogram, value);
    }
  g_array_sort (values, compare);
  for (guint i = 0; i < G_N_ELEMENTS (percentiles); i++)
    {
      guint rank = (guint) MAX (1, (percentiles[i] * values->len + 99.999) / 100);

      assert_close (mill_histogram_get_percentile (histogram, percentiles[i]),
                    g_array_index (values, gint64, MIN (rank, values->len) - 1));
    }
  g_assert_cmpint (mill_histogram_get_max (histogram), ==, g_array_index (values, gint64, values->len - 1));
}

/* One value alone, in every bucket of the range: at both its edges and somewhere inside. */
static void
test_error_over_the_range (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  g_autoptr (MillHistogram) large = mill_histogram_new ();

  /* A greater value in the same histogram, so that the maximum does not give the value away. */
  mill_histogram_record (large, (G_GINT64_CONSTANT (1) << 37) - 1);
  for (guint bits = 0; bits < 37; bits++)
    for (guint i = 0; i < 400; i++)
      {
        g_autoptr (MillHistogram) histogram = mill_histogram_copy (large);
        gint64 low = G_GINT64_CONSTANT (1) << bits;
        gint64 step = MAX (low / 128, 1);
        gint64 value = low + step * (i % 128) + (i < 128 ? 0 : i < 256 ? step - 1 : g_rand_int (rand) % step);

        if (value >= 2 * low)
          continue;
        mill_histogram_record (histogram, value);
        g_assert_cmpfloat (ABS ((double) mill_histogram_get_percentile (histogram, 50) - (double) value), <=,
                           (double) value / 128);
      }
}

static void
assert_same (const MillHistogram *a, const MillHistogram *b)
{
  g_assert_cmpuint (mill_histogram_get_count (a), ==, mill_histogram_get_count (b));
  g_assert_cmpfloat_with_epsilon (mill_histogram_get_mean (a), mill_histogram_get_mean (b), 1e-9);
  for (guint permille = 0; permille < 1000; permille++)
    g_assert_cmpint (mill_histogram_get_percentile (a, permille / 10.0), ==,
                     mill_histogram_get_percentile (b, permille / 10.0));
}

/* Parts that are merged are the same as all recorded in one, in whatever order; and a part taken away leaves
 * the others. */
static void
test_merge_equals_record_all (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  g_autoptr (MillHistogram) all = mill_histogram_new ();
  g_autoptr (MillHistogram) forth = mill_histogram_new ();
  g_autoptr (MillHistogram) back = mill_histogram_new ();
  g_autoptr (MillHistogram) but_one = mill_histogram_new ();
  MillHistogram *parts[7];

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      parts[i] = mill_histogram_new ();
      for (guint j = 0; j < 3000; j++)
        {
          gint64 value = (gint64) g_rand_double_range (rand, 0, 1 << g_rand_int_range (rand, 0, 31));

          mill_histogram_record (all, value);
          mill_histogram_record (parts[i], value);
          if (i > 0)
            mill_histogram_record (but_one, value);
        }
    }
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      mill_histogram_merge (forth, parts[i]);
      mill_histogram_merge (back, parts[G_N_ELEMENTS (parts) - 1 - i]);
    }
  assert_same (forth, all);
  assert_same (back, all);
  g_assert_cmpint (mill_histogram_get_max (forth), ==, mill_histogram_get_max (all));
  g_assert_cmpint (mill_histogram_get_percentile (forth, 100), ==, mill_histogram_get_percentile (all, 100));

  mill_histogram_subtract (all, parts[0]);
  assert_same (all, but_one);
  assert_close (mill_histogram_get_max (all), mill_histogram_get_max (but_one));
  mill_histogram_subtract (forth, back);
  g_assert_cmpuint (mill_histogram_get_count (forth), ==, 0);
  g_assert_cmpint (mill_histogram_get_max (forth), ==, 0);
  g_assert_cmpint (mill_histogram_get_percentile (forth, 50), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    mill_histogram_free (parts[i]);
}

static void
test_merge_and_subtract (void)
{
  g_autoptr (MillHistogram) all = mill_histogram_new ();
  g_autoptr (MillHistogram) late = mill_histogram_new ();
  g_autoptr (MillHistogram) early = NULL;

  for (gint64 i = 1; i <= 100; i++)
    mill_histogram_record (all, i);
  early = mill_histogram_copy (all);
  for (gint64 i = 5000; i < 5100; i++)
    mill_histogram_record (late, i);
  mill_histogram_merge (all, late);
  g_assert_cmpuint (mill_histogram_get_count (all), ==, 200);
  g_assert_cmpint (mill_histogram_get_max (all), ==, 5099);
  mill_histogram_subtract (all, early);
  g_assert_cmpuint (mill_histogram_get_count (all), ==, 100);
  assert_close (mill_histogram_get_percentile (all, 50), 5049);
  g_assert_cmpfloat_with_epsilon (mill_histogram_get_mean (all), 5049.5, 1e-6);
}

static void
test_extremes (void)
{
  g_autoptr (MillHistogram) histogram = mill_histogram_new ();

  g_assert_cmpint (mill_histogram_get_percentile (histogram, 99), ==, 0);
  g_assert_cmpfloat (mill_histogram_get_mean (histogram), <=, 0);
  mill_histogram_record (histogram, -5);
  g_assert_cmpint (mill_histogram_get_percentile (histogram, 100), ==, 0);
  mill_histogram_record (histogram, G_MAXINT64);
  g_assert_cmpint (mill_histogram_get_max (histogram), ==, (G_GINT64_CONSTANT (1) << 37) - 1);
  assert_close (mill_histogram_get_percentile (histogram, 100), (G_GINT64_CONSTANT (1) << 37) - 1);
}

/* The buckets hold all that was recorded, each value within the bounds of one. */
static void
test_buckets (void)
{
  const gint64 values[] = { 0, 1, 127, 128, 129, 255, 256, 1000, 1001, 123456, G_GINT64_CONSTANT (1) << 36 };
  g_autoptr (MillHistogram) histogram = mill_histogram_new ();
  g_autoptr (MillHistogram) rebuilt = mill_histogram_new ();
  gint64 low, high, last = 0;
  guint64 count, total = 0;
  guint position = 0, i = 0;

  g_assert_false (mill_histogram_next_bucket (histogram, &position, &low, &high, &count));
  for (i = 0; i < G_N_ELEMENTS (values); i++)
    mill_histogram_record_many (histogram, values[i], i + 1);
  mill_histogram_record_many (histogram, 5, 0);
  i = position = 0;
  while (mill_histogram_next_bucket (histogram, &position, &low, &high, &count))
    {
      g_assert_cmpint (low, >=, last);
      g_assert_cmpint (high, >, low);
      for (; i < G_N_ELEMENTS (values) && values[i] < high; i++)
        {
          g_assert_cmpint (values[i], >=, low);
          total += i + 1;
        }
      mill_histogram_record_many (rebuilt, low + (high - low) / 2, count);
      last = high;
    }
  g_assert_cmpuint (i, ==, G_N_ELEMENTS (values));
  g_assert_cmpuint (total, ==, mill_histogram_get_count (histogram));
  g_assert_cmpuint (mill_histogram_get_count (rebuilt), ==, total);
  for (i = 1; i < 100; i++)
    assert_close (mill_histogram_get_percentile (rebuilt, i), mill_histogram_get_percentile (histogram, i));
}

static void
test_backoff (void)
{
  MillRetryPolicy policy = { .retries = 5, .base = 0.1, .cap = 2 };

  g_assert_cmpfloat_with_epsilon (mill_retry_policy_get_wait (&policy, 0, 0), 0.1, 1e-9);
  g_assert_cmpfloat_with_epsilon (mill_retry_policy_get_wait (&policy, 3, 0), 0.8, 1e-9);
  g_assert_cmpfloat_with_epsilon (mill_retry_policy_get_wait (&policy, 1, 0.5), 0.22, 1e-9);
  g_assert_cmpfloat_with_epsilon (mill_retry_policy_get_wait (&policy, 10, 0), 2, 1e-9);
  g_assert_cmpfloat_with_epsilon (mill_retry_policy_get_wait (&policy, G_MAXUINT, 0.9), 2, 1e-9);
}

static void
test_what_is_retried (void)
{
  g_autoptr (GError) refused = g_error_new (G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, "refused");
  g_autoptr (GError) full = g_error_new (G_IO_ERROR, G_IO_ERROR_NO_SPACE, "full");
  g_autoptr (GError) missing = g_error_new (MILL_ERROR, MILL_ERROR_HTTP, "404");
  g_autoptr (GError) busy = g_error_new (MILL_ERROR, MILL_ERROR_RETRYABLE, "503");
  g_autoptr (GError) late = g_error_new (MILL_ERROR, MILL_ERROR_TIMED_OUT, "late");

  g_assert_true (mill_retry_policy_is_retryable (refused));
  g_assert_true (mill_retry_policy_is_retryable (busy));
  g_assert_true (mill_retry_policy_is_retryable (late));
  g_assert_false (mill_retry_policy_is_retryable (full));
  g_assert_false (mill_retry_policy_is_retryable (missing));
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/histogram/error-is-below-one-percent", test_error_is_below_one_percent);
  g_test_add_func ("/histogram/error-over-the-range", test_error_over_the_range);
  g_test_add_func ("/histogram/merge-equals-record-all", test_merge_equals_record_all);
  g_test_add_func ("/histogram/merge-and-subtract", test_merge_and_subtract);
  g_test_add_func ("/histogram/extremes", test_extremes);
  g_test_add_func ("/histogram/buckets", test_buckets);
  g_test_add_func ("/retry-policy/backoff", test_backoff);
  g_test_add_func ("/retry-policy/what-is-retried", test_what_is_retried);

  return g_test_run ();
}
