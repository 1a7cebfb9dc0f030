/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The timeline: the time it shows, its curves, the crosshair by keyboard and pointer, rows and markers.
 */
#include "config.h"

#include "mill-timeline-export.h"
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

static GtkEventController *
find_drag (GtkWidget *widget, guint button)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
  guint i;

  for (i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_GESTURE_DRAG (controller) &&
          gtk_gesture_single_get_button (GTK_GESTURE_SINGLE (controller)) == button)
        return controller;
    }

  g_assert_not_reached ();
}

static MillTimeline *
show_a_run (Fixture *fixture, gint64 length_us)
{
  MillTimeline *timeline;

  fixture_show (fixture, mill_timeline_new (), 900, 400);
  timeline = MILL_TIMELINE (fixture->widget);
  feed (add_depth_row (timeline), 0, length_us / 2, 20.0);
  feed (mill_timeline_get_row (timeline, 0), length_us / 2, length_us, 60.0);
  mill_timeline_set_now (timeline, length_us);
  fixture_wait_for_frame (fixture);

  return timeline;
}

static void
assert_span (Fixture *fixture, gint64 t0_us, gint64 t1_us, gint64 reach_us)
{
  gint64 t0, t1;

  fixture_wait_for_frame (fixture);
  mill_timeline_get_span (MILL_TIMELINE (fixture->widget), &t0, &t1);
  g_assert_cmpint (ABS (t0 - t0_us), <=, reach_us);
  g_assert_cmpint (ABS (t1 - t1_us), <=, reach_us);
}

/* Around the present a zoom follows on; elsewhere it freezes, and what it is around stays where it is. */
static void
test_timeline_zoom (void)
{
  const gint64 second = G_USEC_PER_SEC;
  Fixture fixture;
  MillTimeline *timeline = show_a_run (&fixture, 120 * second);
  MillTimelineView *view = mill_timeline_get_view (timeline);

  assert_span (&fixture, 60 * second, 120 * second, second / 5);
  g_assert_true (press (fixture.widget, GDK_KEY_plus, 0));
  assert_span (&fixture, 80 * second, 120 * second, second / 5);
  g_assert_true (mill_timeline_view_get_live (view));
  mill_timeline_set_now (timeline, 130 * second);
  assert_span (&fixture, 90 * second, 130 * second, second / 5);
  g_assert_true (press (fixture.widget, GDK_KEY_minus, 0));
  assert_span (&fixture, 70 * second, 130 * second, second / 5);
  g_assert_cmpint (mill_timeline_view_get_length (view), ==, 0);

  mill_timeline_zoom (timeline, 2.0, 80 * second);
  assert_span (&fixture, 75 * second, 105 * second, second / 5);
  g_assert_false (mill_timeline_view_get_live (view));
  mill_timeline_set_now (timeline, 200 * second);
  assert_span (&fixture, 75 * second, 105 * second, second / 5);
  mill_timeline_zoom (timeline, 1000.0, 80 * second);
  g_assert_cmpint (mill_timeline_view_get_length (view), ==, second / 5);
  mill_timeline_zoom (timeline, 1.0e-9, 80 * second);
  assert_span (&fixture, 0, 200 * second, 0);

  g_assert_true (press (fixture.widget, GDK_KEY_0, 0));
  assert_span (&fixture, 140 * second, 200 * second, second / 5);
  g_assert_true (mill_timeline_view_get_live (view));
  fixture_hide (&fixture);
}

/* Back and forth, never out of the run; on past the present it follows again. */
static void
test_timeline_pan (void)
{
  const gint64 second = G_USEC_PER_SEC;
  Fixture fixture;
  MillTimeline *timeline = show_a_run (&fixture, 200 * second);
  MillTimelineView *view = mill_timeline_get_view (timeline);
  GtkEventController *drag = find_drag (fixture.widget, GDK_BUTTON_MIDDLE);
  gint64 t0, t1;

  g_assert_true (press (fixture.widget, GDK_KEY_Page_Up, 0));
  assert_span (&fixture, 110 * second, 170 * second, second / 5);
  g_assert_false (mill_timeline_view_get_live (view));
  mill_timeline_pan (timeline, -500 * second);
  assert_span (&fixture, 0, 60 * second, 0);
  mill_timeline_pan (timeline, 20 * second);
  assert_span (&fixture, 20 * second, 80 * second, 0);

  mill_timeline_get_span (timeline, &t0, &t1);
  g_signal_emit_by_name (drag, "drag-begin", 400.0, 100.0);
  g_signal_emit_by_name (drag, "drag-update", -100.0, 0.0);
  fixture_wait_for_frame (&fixture);
  g_signal_emit_by_name (drag, "drag-update", 50.0, 0.0);
  fixture_wait_for_frame (&fixture);
  g_signal_emit_by_name (drag, "drag-update", 0.0, 0.0);
  assert_span (&fixture, t0, t1, second / 5);

  mill_timeline_pan (timeline, 500 * second);
  assert_span (&fixture, 140 * second, 200 * second, second / 5);
  g_assert_true (mill_timeline_view_get_live (view));

  /* The crosshair takes what is shown along. */
  mill_timeline_set_crosshair (timeline, 141 * second);
  g_assert_true (press (fixture.widget, GDK_KEY_Left, GDK_CONTROL_MASK));
  assert_span (&fixture, 138 * second, 198 * second, second / 5);
  fixture_hide (&fixture);
}

static void
test_timeline_selection (void)
{
  const gint64 second = G_USEC_PER_SEC;
  Fixture fixture;
  MillTimeline *timeline = show_a_run (&fixture, 40 * second);
  MillTimelineView *view = mill_timeline_get_view (timeline);
  MillTimelineRow *retries =
      mill_timeline_add_row (timeline, MILL_TIMELINE_BARS, "Retries", MILL_COLOR_PURPLE);
  MillSeries *series = mill_timeline_row_add_series (retries, "retries", MILL_COLOR_PURPLE);
  GtkEventController *drag = find_drag (fixture.widget, GDK_BUTTON_PRIMARY);
  cairo_surface_t *surface;
  gint64 from, to, head;
  guint plain;
  char *text;

  mill_series_append (series, 12 * second, 3.0);
  mill_series_append (series, 14 * second, 2.0);
  mill_series_append (series, 24 * second, 8.0);
  fixture_wait_for_frame (&fixture);
  g_assert_null (mill_timeline_describe_selection (timeline));
  surface = fixture_render (&fixture);
  plain = count_hue (surface, 'b');
  cairo_surface_destroy (surface);

  /* Half the time at 20, half at 60. */
  mill_timeline_view_select (view, 30 * second, 10 * second);
  text = mill_timeline_describe_selection (timeline);
  g_assert_cmpstr (text, ==,
                   "0:10.0 to 0:30.0 (20.0 s)\ndepth: mean 40.2, least 20, greatest 60\n"
                   "retries: 13, 0.65 per second");
  g_free (text);
  fixture_wait_for_frame (&fixture);
  surface = fixture_render (&fixture);
  g_assert_cmpuint (count_hue (surface, 'b'), >, plain + 100);
  cairo_surface_destroy (surface);
  g_assert_true (press (fixture.widget, GDK_KEY_Escape, 0));
  g_assert_false (mill_timeline_view_get_selection (view, NULL, NULL));
  g_assert_null (mill_timeline_describe_selection (timeline));

  /* By keyboard, from the crosshair on; shorter again; Escape clears the span first. */
  mill_timeline_set_crosshair (timeline, 20 * second);
  g_assert_true (press (fixture.widget, GDK_KEY_Right, GDK_SHIFT_MASK | GDK_CONTROL_MASK));
  g_assert_true (mill_timeline_get_crosshair (timeline, &head));
  g_assert_true (mill_timeline_view_get_selection (view, &from, &to));
  g_assert_cmpint (from, ==, 20 * second);
  g_assert_cmpint (to, ==, head);
  g_assert_cmpint (to, >, from);
  g_assert_false (mill_timeline_view_get_live (view));
  g_assert_true (press (fixture.widget, GDK_KEY_Left, GDK_SHIFT_MASK));
  g_assert_true (mill_timeline_view_get_selection (view, NULL, &head));
  g_assert_cmpint (head, <, to);
  g_assert_true (press (fixture.widget, GDK_KEY_Escape, 0));
  g_assert_true (mill_timeline_get_crosshair (timeline, NULL));
  g_assert_true (press (fixture.widget, GDK_KEY_Escape, 0));
  g_assert_false (mill_timeline_get_crosshair (timeline, NULL));

  /* With the pointer; a click without a way clears it. */
  g_signal_emit_by_name (drag, "drag-begin", 300.0, 100.0);
  g_signal_emit_by_name (drag, "drag-update", 2.0, 0.0);
  g_assert_false (mill_timeline_view_get_selection (view, NULL, NULL));
  g_signal_emit_by_name (drag, "drag-update", 100.0, 0.0);
  g_signal_emit_by_name (drag, "drag-end", 100.0, 0.0);
  g_assert_true (mill_timeline_view_get_selection (view, &from, &to));
  g_assert_cmpint (to - from, >, 5 * second);
  g_signal_emit_by_name (drag, "drag-begin", 300.0, 100.0);
  g_signal_emit_by_name (drag, "drag-end", 0.0, 0.0);
  g_assert_false (mill_timeline_view_get_selection (view, NULL, NULL));

  gtk_widget_activate_action (fixture.widget, "timeline.select-shown", NULL);
  g_assert_true (mill_timeline_view_get_selection (view, &from, &to));
  g_assert_cmpint (from, ==, 0);
  g_assert_cmpint (to, ==, 40 * second);
  fixture_hide (&fixture);
}

/* Timelines with one view show the same, and say so. */
static void
test_timeline_view (void)
{
  g_autoptr (MillTimelineView) view = mill_timeline_view_new ();
  Fixture fixture;
  MillTimeline *timeline;
  GtkWidget *other = g_object_ref_sink (mill_timeline_new ());

  fixture_show (&fixture, mill_timeline_new (), 900, 400);
  timeline = MILL_TIMELINE (fixture.widget);
  gt_signal_logger_connect (fixture.logger, timeline, "notify");
  gt_signal_logger_connect (fixture.logger, view, "notify");
  gt_signal_logger_connect (fixture.logger, view, "changed");
  mill_timeline_set_view (timeline, view);
  fixture_pop_notify (&fixture, timeline, "view");
  mill_timeline_set_view (MILL_TIMELINE (other), view);

  mill_timeline_set_window (MILL_TIMELINE (other), MILL_TIMELINE_WINDOW_10_S);
  g_assert_cmpint (mill_timeline_get_window (timeline), ==, MILL_TIMELINE_WINDOW_10_S);
  fixture_pop_notify (&fixture, view, "window");
  fixture_pop_notify (&fixture, timeline, "window");
  fixture_pop_signal (&fixture, view, "changed", NULL);
  mill_timeline_view_freeze (view, 5, 15);
  fixture_pop_notify (&fixture, view, "live");
  fixture_pop_notify (&fixture, view, "length");
  fixture_pop_signal (&fixture, view, "changed", NULL);
  mill_timeline_view_freeze (view, 5, 15);
  mill_timeline_set_crosshair (MILL_TIMELINE (other), 7);
  fixture_pop_signal (&fixture, view, "changed", NULL);
  g_assert_true (mill_timeline_get_crosshair (timeline, NULL));
  mill_timeline_view_set_window (view, MILL_TIMELINE_WINDOW_10_S);
  fixture_pop_notify (&fixture, view, "live");
  fixture_pop_notify (&fixture, view, "length");
  fixture_pop_signal (&fixture, view, "changed", NULL);

  mill_timeline_set_view (timeline, NULL);
  fixture_pop_notify (&fixture, timeline, "view");
  fixture_pop_notify (&fixture, timeline, "window");
  g_assert_true (mill_timeline_get_view (timeline) != view);
  g_object_unref (other);
  fixture_hide (&fixture);
}

/* Shares lie on one another; what is nothing is not named. */
static void
test_timeline_shares (void)
{
  const gint64 second = G_USEC_PER_SEC;
  Fixture fixture;
  MillTimeline *timeline;
  MillTimelineRow *row;
  MillSeries *busy, *blocked;
  cairo_surface_t *surface;
  guint blue, red;
  gint64 time;
  char *text;

  fixture_show (&fixture, mill_timeline_new (), 900, 300);
  timeline = MILL_TIMELINE (fixture.widget);
  row = mill_timeline_add_row (timeline, MILL_TIMELINE_SHARES, "Workers", MILL_COLOR_BLUE);
  busy = mill_timeline_row_add_share (row, "busy", MILL_DOT_BUSY);
  mill_timeline_row_add_share (row, "backing off", MILL_DOT_BACKING_OFF);
  blocked = mill_timeline_row_add_share (row, "blocked", MILL_DOT_BLOCKED);
  for (time = 0; time <= 60 * second; time += second / 5)
    {
      mill_series_append (busy, time, 0.5);
      mill_series_append (mill_timeline_row_get_series (row, 1), time, 0.0);
      mill_series_append (blocked, time, time < 30 * second ? 0.0 : 0.25);
    }
  mill_timeline_set_now (timeline, 60 * second);
  fixture_wait_for_frame (&fixture);
  surface = fixture_render (&fixture);
  blue = count_hue (surface, 'b');
  red = count_hue (surface, 'r');
  cairo_surface_destroy (surface);
  /* Half the height all the time, and a quarter half the time, some of that stripes. */
  g_assert_cmpuint (blue, >, 20000);
  g_assert_cmpuint (red, >, blue / 6);
  g_assert_cmpuint (red, <, blue * 3 / 10);

  text = mill_timeline_describe (timeline, 20 * second);
  g_assert_cmpstr (text, ==, "0:20.0, busy 50 %");
  g_free (text);
  text = mill_timeline_describe (timeline, 40 * second);
  g_assert_cmpstr (text, ==, "0:40.0, busy 50 %, blocked 25 %");
  g_free (text);
  mill_timeline_view_select (mill_timeline_get_view (timeline), 20 * second, 40 * second);
  text = mill_timeline_describe_selection (timeline);
  g_assert_cmpstr (text, ==, "0:20.0 to 0:40.0 (20.0 s)\nbusy 50 %, blocked 13 %");
  g_free (text);
  fixture_hide (&fixture);
}

static cairo_status_t
read_cb (void *closure, unsigned char *data, unsigned int length)
{
  GInputStream *stream = closure;
  gsize n;

  return g_input_stream_read_all (stream, data, length, &n, NULL, NULL) && n == length
             ? CAIRO_STATUS_SUCCESS
             : CAIRO_STATUS_READ_ERROR;
}

static void
root_cb (GMarkupParseContext *context, const char *element, const char **names, const char **values,
         gpointer user_data, GError **error)
{
  char **root = user_data;

  if (*root == NULL)
    *root = g_strdup (element);
}

/* The picture has the size and the colours; the pointer's crosshair is not on it. */
static void
test_timeline_pictures (void)
{
  const GMarkupParser parser = { .start_element = root_cb };
  Fixture fixture;
  MillTimeline *timeline = show_a_run (&fixture, 40 * G_USEC_PER_SEC);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) png = mill_timeline_export_png (timeline, &error);
  g_autoptr (GBytes) svg = mill_timeline_export_svg (timeline, &error);
  g_autoptr (GBytes) pointed = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GMarkupParseContext) context = NULL;
  g_autofree char *root = NULL;
  cairo_surface_t *surface;

  g_assert_no_error (error);
  stream = g_memory_input_stream_new_from_bytes (png);
  surface = cairo_image_surface_create_from_png_stream (read_cb, stream);
  g_assert_cmpint (cairo_surface_status (surface), ==, CAIRO_STATUS_SUCCESS);
  g_assert_cmpint (cairo_image_surface_get_width (surface), >=, 900);
  g_assert_cmpint (cairo_image_surface_get_width (surface), <=, 1000);
  g_assert_cmpint (cairo_image_surface_get_height (surface), >=, 400);
  g_assert_cmpuint (count_hue (surface, 'b'), >, 300);
  cairo_surface_destroy (surface);

  context = g_markup_parse_context_new (&parser, 0, &root, NULL);
  g_markup_parse_context_parse (context, g_bytes_get_data (svg, NULL), (gssize) g_bytes_get_size (svg),
                                &error);
  g_assert_no_error (error);
  g_markup_parse_context_end_parse (context, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (root, ==, "svg");

  g_signal_emit_by_name (find_controller (fixture.widget, GTK_TYPE_EVENT_CONTROLLER_MOTION), "motion", 500.0,
                         100.0);
  fixture_wait_for_frame (&fixture);
  pointed = mill_timeline_export_png (timeline, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (png, pointed));
  fixture_hide (&fixture);
}

/* Each number is the sample's, to the last bit. */
static void
test_timeline_table (void)
{
  Fixture fixture;
  MillTimeline *timeline;
  MillTimelineRow *row;
  g_autoptr (GBytes) csv = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  double value;
  guint i;

  fixture_show (&fixture, mill_timeline_new (), 900, 400);
  timeline = MILL_TIMELINE (fixture.widget);
  row = mill_timeline_add_row (timeline, MILL_TIMELINE_LINES, "Time, \"service\"", MILL_COLOR_BLUE);
  mill_timeline_row_add_series (row, "p50", MILL_COLOR_BLUE);
  mill_timeline_row_add_series (row, "p99", MILL_COLOR_BLUE);
  mill_timeline_row_set_unit (row, "ms", 1);
  for (i = 0; i < 20; i++)
    {
      mill_series_append (mill_timeline_row_get_series (row, 0), 1000000 + i * 100000, 1.0 / (i + 3));
      if (i % 2 == 0)
        mill_series_append (mill_timeline_row_get_series (row, 1), 1000000 + i * 100000, i * 7.1);
    }
  mill_timeline_set_now (timeline, 3 * G_USEC_PER_SEC);
  fixture_wait_for_frame (&fixture);

  csv = mill_timeline_export_csv (timeline);
  text = g_strndup (g_bytes_get_data (csv, NULL), g_bytes_get_size (csv));
  lines = g_strsplit (text, "\r\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 22);
  g_assert_cmpstr (lines[0], ==,
                   "Time (s),\"Time, \"\"service\"\": p50 (ms)\",\"Time, \"\"service\"\": p99 (ms)\"");
  for (i = 0; i < 20; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[1 + i], ",", -1);

      g_assert_cmpuint (g_strv_length (fields), ==, 3);
      g_assert_cmpfloat_with_epsilon (g_ascii_strtod (fields[0], NULL), 1.0 + i * 0.1, 1e-9);
      value = 1.0 / (i + 3);
      g_assert_true (g_ascii_strtod (fields[1], NULL) >= value && g_ascii_strtod (fields[1], NULL) <= value);
      if (i % 2 == 0)
        g_assert_cmpfloat_with_epsilon (g_ascii_strtod (fields[2], NULL), i * 7.1, 1e-12);
      else
        g_assert_cmpstr (fields[2], ==, "");
    }

  /* Only what is shown. */
  mill_timeline_view_freeze (mill_timeline_get_view (timeline), 1200000, 1500000);
  fixture_wait_for_frame (&fixture);
  g_bytes_unref (csv);
  csv = mill_timeline_export_csv (timeline);
  g_free (text);
  text = g_strndup (g_bytes_get_data (csv, NULL), g_bytes_get_size (csv));
  g_strfreev (lines);
  lines = g_strsplit (text, "\r\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 6);
  g_assert_true (g_str_has_prefix (lines[1], "1.200000,"));
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
  g_test_add_func ("/widgets/timeline/zoom", test_timeline_zoom);
  g_test_add_func ("/widgets/timeline/pan", test_timeline_pan);
  g_test_add_func ("/widgets/timeline/selection", test_timeline_selection);
  g_test_add_func ("/widgets/timeline/shares", test_timeline_shares);
  g_test_add_func ("/widgets/timeline/pictures", test_timeline_pictures);
  g_test_add_func ("/widgets/timeline/table", test_timeline_table);
  g_test_add_func ("/widgets/timeline/view", test_timeline_view);
  g_test_add_func ("/widgets/timeline/rows", test_timeline_rows);

  return g_test_run ();
}
