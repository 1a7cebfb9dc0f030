/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The histogram view: its bars add up, its marks stand where they belong, and it can be read by keyboard.
 */
#include "config.h"

#include "mill-histogram-view.h"

#include "widget-fixture.h"

static void
fill (MillHistogramView *view)
{
  const MillHistogramBucket buckets[] = {
    { 1000, 1008, 60 },
    { 1008, 1016, 30 },
    { 8000, 8064, 9 },
    { 64000, 64512, 1 },
  };

  mill_histogram_view_set_buckets (view, buckets, G_N_ELEMENTS (buckets));
}

static void
test_histogram_bars (void)
{
  Fixture fixture;
  MillHistogramView *view;
  cairo_surface_t *surface;
  guint blue;

  fixture_show (&fixture, mill_histogram_view_new (), 600, 240);
  view = MILL_HISTOGRAM_VIEW (fixture.widget);
  surface = fixture_render (&fixture);
  g_assert_cmpuint (count_hue (surface, 'b'), ==, 0);
  cairo_surface_destroy (surface);

  fill (view);
  g_assert_cmpuint (mill_histogram_view_get_count (view), ==, 100);
  fixture_wait_for_frame (&fixture);
  surface = fixture_render (&fixture);
  blue = count_hue (surface, 'b');
  g_assert_cmpuint (blue, >, 500);
  cairo_surface_destroy (surface);

  mill_histogram_view_set_mark (view, 2, "p99", 8032);
  fixture_wait_for_frame (&fixture);
  surface = fixture_render (&fixture);
  g_assert_cmpuint (count_hue (surface, 'o'), >, 150);
  cairo_surface_destroy (surface);

  mill_histogram_view_set_buckets (view, NULL, 0);
  g_assert_cmpuint (mill_histogram_view_get_count (view), ==, 0);
  fixture_wait_for_frame (&fixture);
  surface = fixture_render (&fixture);
  g_assert_cmpuint (count_hue (surface, 'b'), ==, 0);
  cairo_surface_destroy (surface);
  fixture_hide (&fixture);
}

static void
test_histogram_keys (void)
{
  Fixture fixture;
  MillHistogramView *view;

  fixture_show (&fixture, mill_histogram_view_new (), 600, 240);
  view = MILL_HISTOGRAM_VIEW (fixture.widget);
  mill_histogram_view_set_caption (view, "100 attempts");
  assert_described (fixture.widget, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "100 attempts");
  g_assert_false (press (fixture.widget, GDK_KEY_Right, 0)); /* nothing to read */

  fill (view);
  g_assert_true (press (fixture.widget, GDK_KEY_Right, 0));
  assert_described (fixture.widget, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "939 µs to 1.02 ms: 90 (90.0 %)");
  g_assert_true (press (fixture.widget, GDK_KEY_Right, 0));
  assert_described (fixture.widget, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "7.51 ms to 8.19 ms: 9 (9.0 %)");
  g_assert_true (press (fixture.widget, GDK_KEY_End, 0));
  g_assert_true (press (fixture.widget, GDK_KEY_Right, 0));
  assert_described (fixture.widget, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "60.1 ms to 65.5 ms: 1 (1.0 %)");
  g_assert_true (press (fixture.widget, GDK_KEY_Home, 0));
  assert_described (fixture.widget, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "939 µs to 1.02 ms: 90 (90.0 %)");
  g_assert_true (press (fixture.widget, GDK_KEY_Escape, 0));
  assert_described (fixture.widget, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "100 attempts");
  g_assert_false (press (fixture.widget, GDK_KEY_Escape, 0));
  fixture_hide (&fixture);
}

int
main (int argc, char *argv[])
{
  fixture_init (&argc, &argv);

  g_test_add_func ("/widgets/histogram/bars", test_histogram_bars);
  g_test_add_func ("/widgets/histogram/keys", test_histogram_keys);

  return g_test_run ();
}
