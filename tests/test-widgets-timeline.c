/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The timeline: the time it shows, its curves, the crosshair by keyboard and pointer, rows and markers.
 */
#include "config.h"

#include "mill-timeline.h"

#include "widget-fixture.h"

static MillTimelineRow *
add_depth_row (MillTimeline *timeline)
{
  MillTimelineRow *row = mill_timeline_add_row (timeline, MILL_TIMELINE_AREA, "Queue depth", MILL_COLOR_BLUE);

  mill_timeline_row_add_series (row, "depth", MILL_COLOR_BLUE);
  mill_timeline_row_add_limit (row, "max size");

  return row;
}

static void
feed (MillTimelineRow *row, gint64 from_us, gint64 to_us, double value)
{
  gint64 time;

  for (time = from_us; time < to_us; time += 100000)
    {
      mill_series_append (mill_timeline_row_get_series (row, 0), time, value);
      if (mill_timeline_row_get_limit (row) != NULL)
        mill_series_append (mill_timeline_row_get_limit (row), time, 100.0);
    }
}

static void
test_timeline_span (void)
{
  const gint64 origin = G_GINT64_CONSTANT (5000000000);
  Fixture fixture;
  MillTimeline *timeline;
  gint64 t0, t1;

  fixture_show (&fixture, mill_timeline_new (), 900, 400);
  timeline = MILL_TIMELINE (fixture.widget);
  gt_signal_logger_connect (fixture.logger, timeline, "notify::window");
  add_depth_row (timeline);
  mill_timeline_set_origin (timeline, origin);

  /* It fills from the left… */
  mill_timeline_set_now (timeline, origin + 20 * G_USEC_PER_SEC);
  fixture_wait_for_frame (&fixture);
  mill_timeline_get_span (timeline, &t0, &t1);
  g_assert_cmpint (t0, ==, origin);
  g_assert_cmpint (t1, ==, origin + 60 * G_USEC_PER_SEC);

  /* …then moves, by whole columns. */
  mill_timeline_set_window (timeline, MILL_TIMELINE_WINDOW_10_S);
  fixture_pop_notify (&fixture, timeline, "window");
  fixture_wait_for_frame (&fixture);
  mill_timeline_get_span (timeline, &t0, &t1);
  g_assert_cmpint (t1 - t0, ==, 10 * G_USEC_PER_SEC);
  g_assert_cmpint (t1, >=, origin + 20 * G_USEC_PER_SEC);
  g_assert_cmpint (t1, <, origin + 20 * G_USEC_PER_SEC + 20000);

  mill_timeline_set_window (timeline, MILL_TIMELINE_WINDOW_ALL);
  fixture_pop_notify (&fixture, timeline, "window");
  mill_timeline_set_now (timeline, origin + 1000 * (gint64) G_USEC_PER_SEC);
  fixture_wait_for_frame (&fixture);
  mill_timeline_get_span (timeline, &t0, &t1);
  g_assert_cmpint (t0, ==, origin);
  g_assert_cmpint (t1, >=, origin + 1000 * (gint64) G_USEC_PER_SEC);
  g_assert_cmpint (t1, <=, origin + 1100 * (gint64) G_USEC_PER_SEC);
  fixture_hide (&fixture);
}

static void
test_timeline_drawing (void)
{
  Fixture fixture;
  MillTimeline *timeline;
  MillTimelineRow *row;
  cairo_surface_t *surface;
  guint empty, half;

  fixture_show (&fixture, mill_timeline_new (), 900, 400);
  timeline = MILL_TIMELINE (fixture.widget);
  row = add_depth_row (timeline);
  mill_timeline_set_empty_text (timeline, "Press Start");
  fixture_wait_for_frame (&fixture);
  surface = fixture_render (&fixture);
  empty = count_hue (surface, 'b');
  cairo_surface_destroy (surface);
  g_assert_cmpuint (empty, ==, 0);

  feed (row, 0, 30 * G_USEC_PER_SEC, 60.0);
  mill_timeline_row_set_value (row, "60", "max 100");
  mill_timeline_set_now (timeline, 30 * G_USEC_PER_SEC);
  fixture_wait_for_frame (&fixture);
  surface = fixture_render (&fixture);
  half = count_hue (surface, 'b');
  cairo_surface_destroy (surface);
  g_assert_cmpuint (half, >, 300);

  feed (row, 30 * G_USEC_PER_SEC, 60 * G_USEC_PER_SEC, 60.0);
  mill_timeline_set_now (timeline, 60 * G_USEC_PER_SEC);
  fixture_wait_for_frame (&fixture);
  surface = fixture_render (&fixture);
  g_assert_cmpuint (count_hue (surface, 'b'), >, half * 19 / 10);
  g_assert_cmpuint (count_hue (surface, 'b'), <, half * 21 / 10);
  cairo_surface_destroy (surface);

  mill_timeline_row_set_color (row, MILL_COLOR_RED);
  fixture_wait_for_frame (&fixture);
  surface = fixture_render (&fixture);
  g_assert_cmpuint (count_hue (surface, 'b'), ==, 0);
  g_assert_cmpuint (count_hue (surface, 'r'), >=, half);
  cairo_surface_destroy (surface);

  mill_timeline_clear (timeline);
  fixture_wait_for_frame (&fixture);
  surface = fixture_render (&fixture);
  g_assert_cmpuint (count_hue (surface, 'r'), ==, 0);
  cairo_surface_destroy (surface);
  fixture_hide (&fixture);
}

static void
test_timeline_crosshair (void)
{
  Fixture fixture;
  MillTimeline *timeline;
  MillTimelineRow *depth, *retries;
  g_autofree char *text = NULL;
  gint64 time, before;

  fixture_show (&fixture, mill_timeline_new (), 900, 400);
  timeline = MILL_TIMELINE (fixture.widget);
  g_assert_false (press (fixture.widget, GDK_KEY_Left, 0)); /* nothing to point at yet */
  depth = add_depth_row (timeline);
  retries = mill_timeline_add_row (timeline, MILL_TIMELINE_BARS, "Retries", MILL_COLOR_PURPLE);
  mill_timeline_row_add_series (retries, "retries", MILL_COLOR_PURPLE);
  feed (depth, 0, 20 * G_USEC_PER_SEC, 42.0);
  feed (depth, 20 * G_USEC_PER_SEC, 40 * G_USEC_PER_SEC, 77.0);
  mill_series_append (mill_timeline_row_get_series (retries, 0), 10 * G_USEC_PER_SEC + 1, 2.0);
  mill_series_append (mill_timeline_row_get_series (retries, 0), 10 * G_USEC_PER_SEC + 2, 3.0);
  mill_timeline_set_now (timeline, 40 * G_USEC_PER_SEC);
  fixture_wait_for_frame (&fixture);

  g_assert_false (mill_timeline_get_crosshair (timeline, NULL));
  g_assert_true (press (fixture.widget, GDK_KEY_Left, 0));
  g_assert_true (mill_timeline_get_crosshair (timeline, &time));
  g_assert_cmpint (time, <, 40 * G_USEC_PER_SEC);
  assert_described (fixture.widget, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "0:39.7, depth 77, retries 0");
  before = time;
  g_assert_true (press (fixture.widget, GDK_KEY_Left, GDK_CONTROL_MASK));
  g_assert_true (mill_timeline_get_crosshair (timeline, &time));
  g_assert_cmpint (time, ==, before - 3 * G_USEC_PER_SEC);
  g_assert_true (press (fixture.widget, GDK_KEY_Home, 0));
  g_assert_true (press (fixture.widget, GDK_KEY_Left, 0));
  g_assert_true (mill_timeline_get_crosshair (timeline, &time));
  g_assert_cmpint (time, ==, 0);
  g_assert_true (press (fixture.widget, GDK_KEY_End, 0));
  g_assert_true (press (fixture.widget, GDK_KEY_Right, 0));
  g_assert_true (mill_timeline_get_crosshair (timeline, &time));
  g_assert_cmpint (time, ==, 40 * G_USEC_PER_SEC);

  mill_timeline_set_crosshair (timeline, 10 * G_USEC_PER_SEC + 100);
  text = mill_timeline_describe (timeline, 10 * G_USEC_PER_SEC + 100);
  g_assert_cmpstr (text, ==, "0:10.0, depth 42, retries 5");
  fixture_wait_for_frame (&fixture);
  g_assert_true (press (fixture.widget, GDK_KEY_Escape, 0));
  g_assert_false (mill_timeline_get_crosshair (timeline, NULL));
  g_assert_false (press (fixture.widget, GDK_KEY_Escape, 0));
  fixture_hide (&fixture);
}

/* The pointer's crosshair stays where it is while time goes on, and goes when the pointer leaves. */
static void
test_timeline_pointer (void)
{
  Fixture fixture;
  MillTimeline *timeline;
  MillTimelineRow *row;
  GtkEventController *motion;
  gint64 time, later;

  fixture_show (&fixture, mill_timeline_new (), 900, 400);
  timeline = MILL_TIMELINE (fixture.widget);
  row = add_depth_row (timeline);
  feed (row, 0, 100 * G_USEC_PER_SEC, 42.0);
  mill_timeline_set_now (timeline, 100 * G_USEC_PER_SEC);
  fixture_wait_for_frame (&fixture);
  motion = find_controller (fixture.widget, GTK_TYPE_EVENT_CONTROLLER_MOTION);

  g_signal_emit_by_name (motion, "motion", 500.0, 100.0);
  g_assert_true (mill_timeline_get_crosshair (timeline, &time));
  mill_timeline_set_now (timeline, 110 * G_USEC_PER_SEC);
  fixture_wait_for_frame (&fixture);
  g_assert_true (mill_timeline_get_crosshair (timeline, &later));
  g_assert_cmpint (later - time, >, 9900000);
  g_assert_cmpint (later - time, <, 10100000);
  g_signal_emit_by_name (motion, "motion", 1.0, 100.0);
  g_assert_false (mill_timeline_get_crosshair (timeline, NULL));
  g_signal_emit_by_name (motion, "motion", 500.0, 100.0);
  g_signal_emit_by_name (motion, "leave");
  g_assert_false (mill_timeline_get_crosshair (timeline, NULL));
  fixture_hide (&fixture);
}

/* Rows outlive the timeline for those who hold them; thousands of markers are no burden. */
static void
test_timeline_rows (void)
{
  Fixture fixture;
  MillTimeline *timeline;
  MillTimelineRow *row;
  guint i;

  fixture_show (&fixture, mill_timeline_new (), 900, 400);
  timeline = MILL_TIMELINE (fixture.widget);
  row = g_object_ref (add_depth_row (timeline));
  add_depth_row (timeline);
  g_assert_cmpuint (mill_timeline_get_n_rows (timeline), ==, 2);
  g_assert_true (mill_timeline_get_row (timeline, 0) == row);
  g_assert_null (mill_timeline_get_row (timeline, 2));
  feed (row, 0, 10 * G_USEC_PER_SEC, 1.0);
  for (i = 0; i < 5000; i++)
    mill_timeline_add_marker (timeline, i * 2000, "slots 24 → 32", (MillMarkerKind) (i % 3));
  mill_timeline_set_now (timeline, 10 * G_USEC_PER_SEC);
  fixture_wait_for_frame (&fixture);
  cairo_surface_destroy (fixture_render (&fixture));

  mill_timeline_remove_row (timeline, row);
  g_assert_cmpuint (mill_timeline_get_n_rows (timeline), ==, 1);
  mill_timeline_row_set_value (row, "1", "one");
  mill_timeline_row_set_title (row, "gone");
  feed (row, 10 * G_USEC_PER_SEC, 11 * G_USEC_PER_SEC, 1.0);
  fixture_wait_for_frame (&fixture);
  mill_timeline_remove_all_rows (timeline);
  g_assert_cmpuint (mill_timeline_get_n_rows (timeline), ==, 0);
  fixture_wait_for_frame (&fixture);
  g_object_unref (row);
  fixture_hide (&fixture);
}

int
main (int argc, char *argv[])
{
  fixture_init (&argc, &argv);

  g_test_add_func ("/widgets/timeline/span", test_timeline_span);
  g_test_add_func ("/widgets/timeline/drawing", test_timeline_drawing);
  g_test_add_func ("/widgets/timeline/crosshair", test_timeline_crosshair);
  g_test_add_func ("/widgets/timeline/pointer", test_timeline_pointer);
  g_test_add_func ("/widgets/timeline/rows", test_timeline_rows);

  return g_test_run ();
}
