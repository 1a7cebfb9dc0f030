/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tank: its level, its mark under keyboard, pointer and assistive technology, and what it draws.
 */
#include "config.h"

#include "mill-tank.h"

#include "widget-fixture.h"

#include <string.h>

static void
test_tank_properties (void)
{
  Fixture fixture;
  MillTank *tank;
  GtkWidget *meter, *mark;

  fixture_show (&fixture, mill_tank_new (), -1, -1);
  tank = MILL_TANK (fixture.widget);
  gt_signal_logger_connect (fixture.logger, tank, "notify");
  gt_signal_logger_connect (fixture.logger, tank, "maxsize-changed");
  meter = find_child (fixture.widget, GTK_TYPE_LEVEL_BAR);
  mark = find_child (fixture.widget, GTK_TYPE_SCALE);

  mill_tank_set_maxsize (tank, 1000);
  fixture_pop_notify (&fixture, tank, "maxsize");
  mill_tank_set_depth (tank, 942);
  fixture_pop_notify (&fixture, tank, "depth");
  mill_tank_set_depth (tank, 942);
  mill_tank_set_high_water (tank, 960);
  fixture_pop_notify (&fixture, tank, "high-water");
  mill_tank_set_label (tank, "fetch queue");
  fixture_pop_notify (&fixture, tank, "label");
  mill_tank_set_caption (tank, "queue · full in 0 s");
  fixture_pop_notify (&fixture, tank, "caption");
  mill_tank_set_caption (tank, "queue · full in 0 s");
  gt_signal_logger_assert_no_emissions (fixture.logger);

  g_assert_cmpint (gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (meter)), ==,
                   GTK_ACCESSIBLE_ROLE_METER);
  assert_described (meter, GTK_ACCESSIBLE_PROPERTY_LABEL, "fetch queue");
  assert_described (meter, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, "942 of 1,000 queued");
  assert_described (mark, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, "1,000");
  assert_described (mark, GTK_ACCESSIBLE_PROPERTY_LABEL, "fetch queue: max size");
  g_assert_cmpfloat_with_epsilon (gtk_level_bar_get_value (GTK_LEVEL_BAR (meter)), 942.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (gtk_level_bar_get_max_value (GTK_LEVEL_BAR (meter)), 1000.0, 1e-9);

  mill_tank_set_blocked (tank, TRUE);
  fixture_pop_notify (&fixture, tank, "blocked");
  assert_described (meter, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, "942 of 1,000 queued, producers blocked");

  mill_tank_set_maxsize (tank, 0);
  fixture_pop_notify (&fixture, tank, "maxsize");
  assert_described (meter, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, "942 queued, no limit");
  fixture_hide (&fixture);
}

/* The colour of most of what is drawn. */
static char
tank_hue (Fixture *fixture)
{
  const char *hues = "gor";
  cairo_surface_t *surface;
  char hue = '-';
  guint most = 400; /* texts and the mark are less */
  gsize i;

  fixture_wait_for_frame (fixture);
  surface = fixture_render (fixture);
  for (i = 0; i < strlen (hues); i++)
    if (count_hue (surface, hues[i]) > most)
      {
        most = count_hue (surface, hues[i]);
        hue = hues[i];
      }
  cairo_surface_destroy (surface);

  return hue;
}

static guint
tank_level_pixels (Fixture *fixture, char hue)
{
  cairo_surface_t *surface;
  guint n;

  fixture_wait_for_frame (fixture);
  surface = fixture_render (fixture);
  n = count_hue (surface, hue);
  cairo_surface_destroy (surface);

  return n;
}

static void
test_tank_drawing (void)
{
  Fixture fixture;
  MillTank *tank;
  guint quarter, half;

  fixture_show (&fixture, mill_tank_new (), -1, -1);
  tank = MILL_TANK (fixture.widget);
  mill_tank_set_maxsize (tank, 1000);
  g_assert_cmpint (tank_hue (&fixture), ==, '-');
  mill_tank_set_depth (tank, 250);
  g_assert_cmpint (tank_hue (&fixture), ==, 'g');
  quarter = tank_level_pixels (&fixture, 'g');
  mill_tank_set_depth (tank, 500);
  half = tank_level_pixels (&fixture, 'g');
  /* Twice the level, but for its corners and the text in front of it. */
  g_assert_cmpuint (half, >, quarter * 17 / 10);
  g_assert_cmpuint (half, <, quarter * 22 / 10);

  mill_tank_set_depth (tank, 599);
  g_assert_cmpint (tank_hue (&fixture), ==, 'g');
  mill_tank_set_depth (tank, 600);
  g_assert_cmpint (tank_hue (&fixture), ==, 'o');
  mill_tank_set_depth (tank, 850);
  g_assert_cmpint (tank_hue (&fixture), ==, 'o');
  mill_tank_set_depth (tank, 851);
  g_assert_cmpint (tank_hue (&fixture), ==, 'r');

  /* More than the maximum size, as after it was lowered. */
  mill_tank_set_maxsize (tank, 100);
  g_assert_cmpint (tank_hue (&fixture), ==, 'r');
  fixture_hide (&fixture);
}

static void
test_tank_keyboard (void)
{
  Fixture fixture;
  MillTank *tank;
  guint64 maxsize = 0;

  fixture_show (&fixture, mill_tank_new (), -1, -1);
  tank = MILL_TANK (fixture.widget);
  mill_tank_set_maxsize (tank, 1000);
  gt_signal_logger_connect (fixture.logger, tank, "maxsize-changed");
  g_assert_true (gtk_widget_grab_focus (fixture.widget));

  g_assert_true (press (fixture.widget, GDK_KEY_Up, 0));
  fixture_pop_signal (&fixture, tank, "maxsize-changed", &maxsize);
  g_assert_cmpuint (maxsize, ==, 1100);
  g_assert_cmpuint (mill_tank_get_maxsize (tank), ==, 1100);
  g_assert_true (press (fixture.widget, GDK_KEY_Page_Down, 0));
  fixture_pop_signal (&fixture, tank, "maxsize-changed", &maxsize);
  g_assert_cmpuint (maxsize, ==, 560);
  mill_tank_set_maxsize (tank, 1);
  g_assert_true (press (fixture.widget, GDK_KEY_Down, 0));
  g_assert_cmpuint (mill_tank_get_maxsize (tank), ==, 1);
  g_assert_true (press (fixture.widget, GDK_KEY_Page_Up, 0));
  fixture_pop_signal (&fixture, tank, "maxsize-changed", &maxsize);
  g_assert_cmpuint (maxsize, ==, 2);
  g_assert_false (press (fixture.widget, GDK_KEY_Escape, 0));
  g_assert_false (press (fixture.widget, GDK_KEY_a, 0));

  /* As assistive technology sets it. */
  gtk_range_set_value (GTK_RANGE (find_child (fixture.widget, GTK_TYPE_SCALE)), 777.0);
  fixture_pop_signal (&fixture, tank, "maxsize-changed", &maxsize);
  g_assert_cmpuint (maxsize, ==, 777);

  mill_tank_set_editable (tank, FALSE);
  g_assert_false (gtk_widget_grab_focus (fixture.widget));
  fixture_hide (&fixture);
}

static void
drag (GtkWidget *widget, const char *signal, double x, double y)
{
  g_signal_emit_by_name (find_controller (widget, GTK_TYPE_GESTURE_DRAG), signal, x, y);
}

/* The y at which the mark rests, found by the cursor it sets. */
static int
find_mark (GtkWidget *widget)
{
  GtkEventController *motion = find_controller (widget, GTK_TYPE_EVENT_CONTROLLER_MOTION);
  const int middle = gtk_widget_get_width (widget) / 2;
  int first = -1, y;

  for (y = 0; y < gtk_widget_get_height (widget); y++)
    {
      g_signal_emit_by_name (motion, "motion", (double) middle, (double) y);
      if (gtk_widget_get_cursor (widget) != NULL && first < 0)
        first = y;
      if (gtk_widget_get_cursor (widget) == NULL && first >= 0)
        return (first + y) / 2;
    }

  g_assert_not_reached ();
}

static void
test_tank_drag (void)
{
  Fixture fixture;
  MillTank *tank;
  guint64 maxsize = 0;
  double x, y;

  fixture_show (&fixture, mill_tank_new (), -1, -1);
  tank = MILL_TANK (fixture.widget);
  mill_tank_set_maxsize (tank, 1000);
  fixture_wait_for_frame (&fixture);
  gt_signal_logger_connect (fixture.logger, tank, "maxsize-changed");
  x = gtk_widget_get_width (fixture.widget) / 2.0;
  y = find_mark (fixture.widget);

  /* Not on the mark. */
  drag (fixture.widget, "drag-begin", x, y + 60.0);
  drag (fixture.widget, "drag-update", 0.0, 30.0);
  drag (fixture.widget, "drag-end", 0.0, 30.0);
  gt_signal_logger_assert_no_emissions (fixture.logger);

  /* Down it goes in proportion, up by a factor; while dragging each step is told. */
  drag (fixture.widget, "drag-begin", x, y);
  drag (fixture.widget, "drag-update", 0.0, 40.0);
  fixture_pop_signal (&fixture, tank, "maxsize-changed", &maxsize);
  g_assert_cmpuint (maxsize, >, 400);
  g_assert_cmpuint (maxsize, <, 900);
  drag (fixture.widget, "drag-update", 0.0, -134.0);
  fixture_pop_signal (&fixture, tank, "maxsize-changed", &maxsize);
  g_assert_cmpuint (maxsize, >=, 5000);
  g_assert_cmpuint (maxsize, <=, 20000);
  drag (fixture.widget, "drag-update", 0.0, 10000.0);
  fixture_pop_signal (&fixture, tank, "maxsize-changed", &maxsize);
  g_assert_cmpuint (maxsize, ==, 1);

  /* Escape brings back what it was. */
  g_assert_true (press (fixture.widget, GDK_KEY_Escape, 0));
  fixture_pop_signal (&fixture, tank, "maxsize-changed", &maxsize);
  g_assert_cmpuint (maxsize, ==, 1000);
  drag (fixture.widget, "drag-update", 0.0, 20.0);
  gt_signal_logger_assert_no_emissions (fixture.logger);
  fixture_hide (&fixture);
}

int
main (int argc, char *argv[])
{
  fixture_init (&argc, &argv);

  g_test_add_func ("/widgets/tank/properties", test_tank_properties);
  g_test_add_func ("/widgets/tank/drawing", test_tank_drawing);
  g_test_add_func ("/widgets/tank/keyboard", test_tank_keyboard);
  g_test_add_func ("/widgets/tank/drag", test_tank_drag);

  return g_test_run ();
}
