/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The parts of the widgets that need no display: series, plots, scales and number formats.
 */
#include "config.h"

#include "mill-format.h"
#include "mill-plot.h"
#include "mill-scale.h"
#include "mill-series.h"

#include <locale.h>
#include <math.h>
#include <string.h>

static void
assert_near (double a, double b)
{
  g_assert_cmpfloat_with_epsilon (a, b, 1e-9);
}

static void
test_series_empty (void)
{
  g_autoptr (MillSeries) series = mill_series_new ();
  MillSeriesColumn columns[4];
  double value, other;
  gint64 time;

  g_assert_false (mill_series_get_first_time (series, &time));
  g_assert_false (mill_series_get_last (series, &time, &value));
  g_assert_false (mill_series_get_at (series, 0, &value));
  g_assert_false (mill_series_get_range (series, 0, 100, &value, &other));
  g_assert_cmpuint (mill_series_query (series, 0, 100, MILL_SERIES_FILL_STEP, columns, 4), ==, 0);
  g_assert_false (columns[0].filled);
  g_assert_cmpuint (mill_series_get_memory (series), ==, 0);
}

static void
test_series_exact (void)
{
  g_autoptr (MillSeries) series = mill_series_new ();
  MillSeriesColumn columns[2];
  double value, other;
  gint64 time;

  mill_series_append (series, 10, 1.0);
  mill_series_append (series, 20, 5.0);
  mill_series_append (series, 30, -2.0);
  mill_series_append (series, 60, 4.0);

  g_assert_true (mill_series_get_first_time (series, &time));
  g_assert_cmpint (time, ==, 10);
  g_assert_true (mill_series_get_last (series, &time, &value));
  g_assert_cmpint (time, ==, 60);
  assert_near (value, 4.0);

  g_assert_false (mill_series_get_at (series, 9, &value));
  g_assert_true (mill_series_get_at (series, 29, &value));
  assert_near (value, 5.0);
  g_assert_true (mill_series_get_at (series, 30, &value));
  assert_near (value, -2.0);
  g_assert_true (mill_series_get_at (series, 1000, &value));
  assert_near (value, 4.0);

  g_assert_true (mill_series_get_range (series, 11, 30, &value, &other));
  assert_near (value, -2.0);
  assert_near (other, 5.0);
  g_assert_false (mill_series_get_range (series, 31, 59, &value, &other));

  g_assert_cmpuint (mill_series_query (series, 0, 100, MILL_SERIES_FILL_NONE, columns, 2), ==, 2);
  assert_near (columns[0].min, -2.0);
  assert_near (columns[0].max, 5.0);
  assert_near (columns[0].last, -2.0);
  assert_near (columns[0].sum, 4.0);
  g_assert_cmpuint (columns[0].n, ==, 3);
  assert_near (columns[1].max, 4.0);
}

/* Time that goes back counts as the newest time: the order of samples is what they came in. */
static void
add_entry (const MillSeriesEntry *entry, gpointer user_data)
{
  double *sums = user_data;

  sums[0] += entry->sum;
  sums[1] += entry->n;
}

/* A sample stands for the time since the one before it; a gap stands for nothing. */
static void
test_series_stats (void)
{
  g_autoptr (MillSeries) series = mill_series_new_sized (16, 3);
  MillSeriesStats stats = { .n = 77 };
  double sums[2] = { 0 };
  guint i;

  g_assert_false (mill_series_get_stats (series, 0, 100, &stats));
  mill_series_append (series, 10, 1.0);
  g_assert_true (mill_series_get_stats (series, 0, 100, &stats));
  g_assert_cmpfloat_with_epsilon (stats.mean, 1.0, 1e-9);
  mill_series_append (series, 20, 3.0);
  mill_series_append (series, 60, 7.0);
  g_assert_true (mill_series_get_stats (series, 10, 60, &stats));
  g_assert_cmpuint (stats.n, ==, 3);
  g_assert_cmpfloat_with_epsilon (stats.min, 1.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (stats.max, 7.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (stats.sum, 11.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (stats.mean, (10.0 * 3.0 + 40.0 * 7.0) / 50.0, 1e-9);
  mill_series_append (series, 70, NAN);
  mill_series_append (series, 170, 5.0);
  mill_series_append (series, 180, 5.0);
  g_assert_true (mill_series_get_stats (series, 50, 200, &stats));
  g_assert_cmpuint (stats.n, ==, 3);
  g_assert_cmpfloat_with_epsilon (stats.mean, (10.0 * 7.0 + 10.0 * 5.0) / 20.0, 1e-9);
  g_assert_false (mill_series_get_stats (series, 71, 169, &stats));

  /* However often they were merged, they add up. */
  mill_series_clear (series);
  for (i = 1; i <= 1000; i++)
    mill_series_append (series, i * 10, i % 2 == 0 ? 2.0 : 4.0);
  g_assert_true (mill_series_get_stats (series, 0, 10000, &stats));
  g_assert_cmpuint (stats.n, ==, 1000);
  g_assert_cmpfloat_with_epsilon (stats.sum, 3000.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (stats.mean, 3.0, 0.01);
  mill_series_foreach (series, 0, 10000, add_entry, sums);
  g_assert_cmpfloat_with_epsilon (sums[0], 3000.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (sums[1], 1000.0, 1e-9);
}

static void
test_series_time_goes_back (void)
{
  g_autoptr (MillSeries) series = mill_series_new ();
  gint64 time;
  double value;

  mill_series_append (series, 100, 1.0);
  mill_series_append (series, 50, 2.0);
  g_assert_true (mill_series_get_last (series, &time, &value));
  g_assert_cmpint (time, ==, 100);
  assert_near (value, 2.0);
}

static void
test_series_fill (void)
{
  g_autoptr (MillSeries) series = mill_series_new ();
  MillSeriesColumn columns[5];

  mill_series_append (series, 5, 10.0);
  mill_series_append (series, 45, 50.0);

  g_assert_cmpuint (mill_series_query (series, 0, 50, MILL_SERIES_FILL_NONE, columns, 5), ==, 2);
  g_assert_false (columns[2].filled);

  g_assert_cmpuint (mill_series_query (series, 0, 50, MILL_SERIES_FILL_STEP, columns, 5), ==, 5);
  assert_near (columns[3].max, 10.0);

  g_assert_cmpuint (mill_series_query (series, 0, 50, MILL_SERIES_FILL_LINEAR, columns, 5), ==, 5);
  assert_near (columns[1].last, 20.0);
  assert_near (columns[3].last, 40.0);
  g_assert_cmpuint (columns[3].n, ==, 0);

  /* Both ends lie outside of what is asked for. */
  g_assert_cmpuint (mill_series_query (series, 10, 30, MILL_SERIES_FILL_LINEAR, columns, 2), ==, 2);
  assert_near (columns[0].last, 20.0);
  assert_near (columns[1].last, 30.0);

  /* Before the first sample and after the last there is nothing. */
  g_assert_cmpuint (mill_series_query (series, -50, 0, MILL_SERIES_FILL_STEP, columns, 5), ==, 0);
  g_assert_cmpuint (mill_series_query (series, 50, 100, MILL_SERIES_FILL_STEP, columns, 5), ==, 0);
}

static void
test_series_gap (void)
{
  g_autoptr (MillSeries) series = mill_series_new ();
  MillSeriesColumn columns[5];
  double value;

  mill_series_append (series, 5, 10.0);
  mill_series_append (series, 15, NAN);
  mill_series_append (series, 45, 50.0);

  g_assert_cmpuint (mill_series_query (series, 0, 50, MILL_SERIES_FILL_LINEAR, columns, 5), ==, 2);
  g_assert_false (columns[2].filled);
  g_assert_false (mill_series_get_at (series, 20, &value));
  g_assert_true (mill_series_get_at (series, 45, &value));

  mill_series_append (series, 46, INFINITY);
  g_assert_false (mill_series_get_last (series, NULL, &value));
}

/* However much is merged: nothing is lost of sums and extremes, and what is recent is exact. */
static void
test_series_merging (void)
{
  const guint n = 50000, n_recent = 60;
  g_autoptr (MillSeries) series = mill_series_new_sized (64, 4);
  g_autofree double *values = g_new (double, n);
  g_autofree MillSeriesColumn *columns = g_new (MillSeriesColumn, 1000);
  double sum = 0.0, minimum = INFINITY, maximum = -INFINITY, got_sum = 0.0, low, high;
  guint count = 0, i;

  for (i = 0; i < n; i++)
    {
      values[i] = g_test_rand_double_range (-1000.0, 1000.0);
      sum += values[i];
      minimum = MIN (minimum, values[i]);
      maximum = MAX (maximum, values[i]);
      mill_series_append (series, (gint64) i * 1000, values[i]);
    }

  g_assert_true (mill_series_get_range (series, 0, (gint64) n * 1000, &low, &high));
  assert_near (low, minimum);
  assert_near (high, maximum);

  mill_series_query (series, 0, (gint64) n * 1000, MILL_SERIES_FILL_LINEAR, columns, 1000);
  low = INFINITY;
  high = -INFINITY;
  for (i = 0; i < 1000; i++)
    {
      g_assert_true (columns[i].filled);
      got_sum += columns[i].sum;
      count += columns[i].n;
      low = MIN (low, columns[i].min);
      high = MAX (high, columns[i].max);
    }
  g_assert_cmpuint (count, ==, n);
  g_assert_cmpfloat_with_epsilon (got_sum, sum, 1e-6);
  assert_near (low, minimum);
  assert_near (high, maximum);

  mill_series_query (series, (gint64) (n - n_recent) * 1000, (gint64) n * 1000, MILL_SERIES_FILL_NONE,
                     columns, n_recent);
  for (i = 0; i < n_recent; i++)
    assert_near (columns[i].max, values[n - n_recent + i]);
}

/* Three hours at 30 Hz: no more memory than for the first sample, the whole time still there, a spike still
 * as high. */
static void
test_series_memory (void)
{
  g_autoptr (MillSeries) series = mill_series_new ();
  MillSeriesColumn columns[100];
  const guint n = 3 * 3600 * 30;
  gsize at_first = 0;
  guint i;

  for (i = 0; i < n; i++)
    {
      mill_series_append (series, (gint64) i * 33333, i == 1234 ? 777.0 : 1.0);
      if (i == 0)
        at_first = mill_series_get_memory (series);
    }

  g_assert_cmpuint (mill_series_get_memory (series), <=, 350 * 1024);
  g_assert_cmpuint (mill_series_get_memory (series), ==, at_first);
  g_assert_cmpuint (mill_series_get_n_samples (series), ==, n);
  g_assert_cmpuint (mill_series_query (series, 0, (gint64) n * 33333, MILL_SERIES_FILL_NONE, columns, 100),
                    ==, 100);
  assert_near (columns[0].max, 777.0);
  assert_near (columns[99].max, 1.0);
}

static void
test_series_clear (void)
{
  g_autoptr (MillSeries) series = mill_series_new ();
  guint64 generation;
  double value;

  mill_series_append (series, 1, 1.0);
  generation = mill_series_get_generation (series);
  mill_series_append (series, 2, 1.0);
  g_assert_cmpuint (mill_series_get_generation (series), !=, generation);
  mill_series_clear (series);
  g_assert_cmpuint (mill_series_get_n_samples (series), ==, 0);
  g_assert_false (mill_series_get_at (series, 2, &value));

  mill_series_append (series, 1, 3.0);
  g_assert_true (mill_series_get_at (series, 1, &value));
  assert_near (value, 3.0);
}

static guint
alpha_at (MillPlot *plot, guint x, guint y)
{
  return mill_plot_get_pixel (plot, x, y) >> 24;
}

static void
test_plot_column (void)
{
  const GdkRGBA red = { 1.0f, 0.0f, 0.0f, 1.0f };
  g_autoptr (MillPlot) plot = mill_plot_new (4, 10);

  mill_plot_add_column (plot, 1, 2.5, 5.0, &red);
  g_assert_cmpuint (alpha_at (plot, 1, 1), ==, 0);
  g_assert_cmpuint (alpha_at (plot, 1, 2), ==, 128);
  g_assert_cmphex (mill_plot_get_pixel (plot, 1, 3), ==, 0xffff0000u);
  g_assert_cmphex (mill_plot_get_pixel (plot, 1, 4), ==, 0xffff0000u);
  g_assert_cmpuint (alpha_at (plot, 1, 5), ==, 0);
  g_assert_cmpuint (alpha_at (plot, 0, 3), ==, 0);

  /* Upside down, within one pixel, and outside. */
  mill_plot_add_column (plot, 2, 7.75, 7.5, &red);
  g_assert_cmpuint (alpha_at (plot, 2, 7), ==, 64);
  mill_plot_add_column (plot, 3, -100.0, 100.0, &red);
  g_assert_cmpuint (alpha_at (plot, 3, 0), ==, 255);
  g_assert_cmpuint (alpha_at (plot, 3, 9), ==, 255);
  mill_plot_add_column (plot, -1, 0.0, 10.0, &red);
  mill_plot_add_column (plot, 4, 0.0, 10.0, &red);
  mill_plot_add_column (plot, 0, NAN, 10.0, &red);
  g_assert_cmpuint (alpha_at (plot, 0, 5), ==, 0);
}

static void
test_plot_blending (void)
{
  g_autoptr (MillPlot) plot = mill_plot_new (1, 1);
  guint32 pixel;

  mill_plot_add_column (plot, 0, 0.0, 1.0, &(GdkRGBA){ 1.0f, 1.0f, 1.0f, 1.0f });
  mill_plot_add_column (plot, 0, 0.0, 1.0, &(GdkRGBA){ 0.0f, 0.0f, 0.0f, 0.5f });
  pixel = mill_plot_get_pixel (plot, 0, 0);
  g_assert_cmpuint (pixel >> 24, ==, 255);
  g_assert_cmpuint (pixel & 0xff, >=, 126);
  g_assert_cmpuint (pixel & 0xff, <=, 128);
}

static void
fill_columns (MillSeriesColumn *columns, guint n, double value)
{
  guint i;

  for (i = 0; i < n; i++)
    columns[i] = (MillSeriesColumn){ .min = value, .max = value, .last = value, .filled = TRUE };
}

/* A step is one connected curve; a gap is not bridged; zero and the top are drawn whole. */
static void
test_plot_line (void)
{
  const GdkRGBA black = { 0.0f, 0.0f, 0.0f, 1.0f };
  g_autoptr (MillPlot) plot = mill_plot_new (6, 102);
  MillSeriesColumn columns[6];
  guint y;

  fill_columns (columns, 3, 0.0);
  fill_columns (columns + 3, 3, 100.0);
  columns[4].filled = FALSE;
  mill_plot_add_line (plot, columns, 100.0, 2.0, 2.0, &black);

  g_assert_cmpuint (alpha_at (plot, 0, 101), ==, 255);
  g_assert_cmpuint (alpha_at (plot, 0, 100), ==, 255);
  g_assert_cmpuint (alpha_at (plot, 0, 99), ==, 0);
  for (y = 1; y < 102; y++)
    g_assert_cmpuint (alpha_at (plot, 3, y), ==, 255);
  g_assert_cmpuint (alpha_at (plot, 4, 2), ==, 0);
  g_assert_cmpuint (alpha_at (plot, 5, 1), ==, 255);
  g_assert_cmpuint (alpha_at (plot, 5, 50), ==, 0);
}

static void
test_plot_area_and_dashes (void)
{
  const GdkRGBA black = { 0.0f, 0.0f, 0.0f, 1.0f };
  g_autoptr (MillPlot) plot = mill_plot_new (8, 100);
  MillSeriesColumn columns[8];

  fill_columns (columns, 8, 50.0);
  columns[7].filled = FALSE;
  mill_plot_add_area (plot, columns, 100.0, 0.0, &(GdkRGBA){ 0.0f, 0.0f, 0.0f, 0.2f });
  g_assert_cmpuint (alpha_at (plot, 0, 49), ==, 0);
  g_assert_cmpuint (alpha_at (plot, 0, 50), ==, 51);
  g_assert_cmpuint (alpha_at (plot, 7, 50), ==, 0);

  mill_plot_add_dashes (plot, columns, 100.0, 0.0, 1.0, 3, 2, &black);
  g_assert_cmpuint (alpha_at (plot, 2, 50), ==, 255);
  g_assert_cmpuint (alpha_at (plot, 3, 50), ==, 51);
  g_assert_cmpuint (alpha_at (plot, 5, 50), ==, 255);
}

static void
test_scale_nice (void)
{
  assert_near (mill_scale_nice_ceil (0.0), 1.0);
  assert_near (mill_scale_nice_ceil (1.0), 1.0);
  assert_near (mill_scale_nice_ceil (1001.0), 2000.0);
  assert_near (mill_scale_nice_ceil (0.03), 0.05);
  assert_near (mill_scale_nice_ceil (600.0), 1000.0);
  assert_near (mill_scale_nice_floor (999.0), 500.0);
  assert_near (mill_scale_nice_floor (1000.0), 1000.0);
  assert_near (mill_scale_nice_floor (0.7), 0.5);
  assert_near (mill_scale_nice_floor (-1.0), 0.0);
}

/* Grows at once, does not follow every wobble, shrinks when much is unused. */
static void
test_scale_follow (void)
{
  double top = mill_scale_follow (0.0, 100.0);
  double grown;

  g_assert_cmpfloat (top, >=, 100.0);
  g_assert_cmpfloat (top, <, 110.0);
  assert_near (mill_scale_follow (top, 90.0), top);
  assert_near (mill_scale_follow (top, 70.0), top);
  grown = mill_scale_follow (top, 200.0);
  g_assert_cmpfloat (grown, >=, 200.0);
  assert_near (mill_scale_follow (grown, 205.0), grown);
  g_assert_cmpfloat (mill_scale_follow (top, 10.0), <, 12.0);
  assert_near (mill_scale_follow (top, NAN), top);
  assert_near (mill_scale_follow (0.0, 0.0), 1.0);
}

static void
test_scale_time (void)
{
  g_assert_cmpint (mill_scale_time_step (1), ==, 10000);
  g_assert_cmpint (mill_scale_time_step (1000000), ==, 1000000);
  g_assert_cmpint (mill_scale_time_step (1000001), ==, 2000000);
  g_assert_cmpint (mill_scale_time_step (61 * G_USEC_PER_SEC), ==, 120 * G_USEC_PER_SEC);
  g_assert_cmpint (mill_scale_time_step (G_GINT64_CONSTANT (604800000001)), ==,
                   G_GINT64_CONSTANT (1209600000000));
}

static void
assert_format (char *text, const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_format (void)
{
  assert_format (mill_format_count (0), "0");
  assert_format (mill_format_count (999), "999");
  assert_format (mill_format_count (1000), "1,000");
  assert_format (mill_format_count (G_MAXUINT64), "18,446,744,073,709,551,615");
  assert_format (mill_format_number (-1234.5, 1), "-1,234.5");
  assert_format (mill_format_number (0.1, 2), "0.10");
  assert_format (mill_format_number (NAN, 0), "–");
  assert_format (mill_format_time (0, 0), "0:00");
  assert_format (mill_format_time (G_GINT64_CONSTANT (34249999), 1), "0:34.2");
  assert_format (mill_format_time (G_GINT64_CONSTANT (59999999), 0), "0:59");
  assert_format (mill_format_time (G_GINT64_CONSTANT (3725000000), 0), "1:02:05");
  assert_format (mill_format_time (G_GINT64_CONSTANT (-1500000), 2), "−0:01.50");
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/widgets/series/empty", test_series_empty);
  g_test_add_func ("/widgets/series/exact", test_series_exact);
  g_test_add_func ("/widgets/series/stats", test_series_stats);
  g_test_add_func ("/widgets/series/time-goes-back", test_series_time_goes_back);
  g_test_add_func ("/widgets/series/fill", test_series_fill);
  g_test_add_func ("/widgets/series/gap", test_series_gap);
  g_test_add_func ("/widgets/series/merging", test_series_merging);
  g_test_add_func ("/widgets/series/memory", test_series_memory);
  g_test_add_func ("/widgets/series/clear", test_series_clear);
  g_test_add_func ("/widgets/plot/column", test_plot_column);
  g_test_add_func ("/widgets/plot/blending", test_plot_blending);
  g_test_add_func ("/widgets/plot/line", test_plot_line);
  g_test_add_func ("/widgets/plot/area-and-dashes", test_plot_area_and_dashes);
  g_test_add_func ("/widgets/scale/nice", test_scale_nice);
  g_test_add_func ("/widgets/scale/follow", test_scale_follow);
  g_test_add_func ("/widgets/scale/time", test_scale_time);
  g_test_add_func ("/widgets/format", test_format);

  return g_test_run ();
}
