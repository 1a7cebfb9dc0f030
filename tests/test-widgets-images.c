/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pictures of the charts against reference pictures in tests/images. Only what is drawn straight into pixels
 * is compared, without any text, so that the fonts and the version of GTK do not matter: a row's plot in each
 * kind.
 *
 * A picture that differs is written beside the reference's difference, and where to is in the message. With
 * MILL_UPDATE_IMAGES=1 the references are written anew: look at them before you keep them.
 */
#include "config.h"

#include "mill-timeline-private.h"

#include "widget-fixture.h"

#include <math.h>

#define WIDTH  300
#define HEIGHT 60

#define SECOND G_USEC_PER_SEC

/* A pixel differs when a channel is this far off; so many may, for the rounding of another machine. */
#define TOLERANCE 24
#define MAX_WRONG 12

static cairo_surface_t *
draw_row (MillTimelineRow *row, gint64 t0, gint64 t1)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
  cairo_t *cr = cairo_create (surface);

  mill_timeline_row_update (row, t0, t1, t1, FALSE, WIDTH);
  cairo_set_source_rgb (cr, 1.0, 1.0, 1.0);
  cairo_paint (cr);
  gsk_render_node_draw (mill_timeline_row_get_node (row, HEIGHT, 1), cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);

  return surface;
}

static guint
channel_distance (guint32 a, guint32 b)
{
  guint distance = 0, shift;

  for (shift = 0; shift < 24; shift += 8)
    distance = MAX (distance, (guint) ABS ((int) (a >> shift & 0xff) - (int) (b >> shift & 0xff)));

  return distance;
}

/* How many pixels differ; @difference gets the reference with these in red. */
static guint
compare (cairo_surface_t *found, cairo_surface_t *expected, cairo_surface_t *difference)
{
  cairo_t *cr = cairo_create (difference);
  guint wrong = 0;
  int x, y;

  cairo_set_source_surface (cr, expected, 0.0, 0.0);
  cairo_paint_with_alpha (cr, 0.4);
  cairo_set_source_rgb (cr, 1.0, 0.0, 0.0);
  for (y = 0; y < HEIGHT; y++)
    for (x = 0; x < WIDTH; x++)
      if (channel_distance (pixel_at (found, x, y), pixel_at (expected, x, y)) > TOLERANCE)
        {
          cairo_rectangle (cr, x, y, 1.0, 1.0);
          wrong++;
        }
  cairo_fill (cr);
  cairo_destroy (cr);

  return wrong;
}

static char *
image_path (const char *name)
{
  g_autofree char *file = g_strconcat (name, ".png", NULL);

  return g_test_build_filename (G_TEST_DIST, "images", file, NULL);
}

static void
write_failure (const char *name, const char *what, cairo_surface_t *surface, char **out_path)
{
  g_autofree char *file = g_strdup_printf ("image-%s-%s.png", name, what);

  *out_path = g_test_build_filename (G_TEST_BUILT, file, NULL);
  g_assert_cmpint (cairo_surface_write_to_png (surface, *out_path), ==, CAIRO_STATUS_SUCCESS);
}

/* Returns how many pixels are wrong, having told where to see them if they are too many. */
static guint
check (const char *name, cairo_surface_t *found)
{
  g_autofree char *path = image_path (name);
  g_autofree char *found_path = NULL;
  g_autofree char *difference_path = NULL;
  cairo_surface_t *expected, *difference;
  guint wrong;

  if (g_getenv ("MILL_UPDATE_IMAGES") != NULL)
    g_assert_cmpint (cairo_surface_write_to_png (found, path), ==, CAIRO_STATUS_SUCCESS);
  expected = cairo_image_surface_create_from_png (path);
  g_assert_cmpint (cairo_surface_status (expected), ==, CAIRO_STATUS_SUCCESS);
  g_assert_cmpint (cairo_image_surface_get_width (expected), ==, WIDTH);
  g_assert_cmpint (cairo_image_surface_get_height (expected), ==, HEIGHT);
  difference = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
  wrong = compare (found, expected, difference);
  if (wrong > MAX_WRONG)
    {
      write_failure (name, "found", found, &found_path);
      write_failure (name, "difference", difference, &difference_path);
      g_test_message ("%u pixels of %s differ: see %s and %s", wrong, path, found_path, difference_path);
    }
  cairo_surface_destroy (difference);
  cairo_surface_destroy (expected);

  return wrong;
}

static void
check_row (const char *name, MillTimelineRow *row)
{
  cairo_surface_t *found = draw_row (row, 0, 60 * SECOND);

  g_assert_cmpuint (check (name, found), <=, MAX_WRONG);
  cairo_surface_destroy (found);
}

static MillTimelineRow *
add_row (Fixture *fixture, MillTimelineKind kind)
{
  fixture_show (fixture, mill_timeline_new (), 600, 300);

  return mill_timeline_add_row (MILL_TIMELINE (fixture->widget), kind, "", MILL_COLOR_BLUE);
}

static void
fill_area (MillTimelineRow *row, double spike)
{
  MillSeries *depth = mill_timeline_row_add_series (row, "", MILL_COLOR_BLUE);
  MillSeries *limit = mill_timeline_row_add_limit (row, "");
  guint i;

  for (i = 0; i < 600; i++)
    {
      mill_series_append (depth, i * SECOND / 10,
                          i == 450             ? spike
                          : i > 300 && i < 350 ? NAN
                                               : 400.0 + 300.0 * sin (i / 60.0));
      mill_series_append (limit, i * SECOND / 10, i < 200 ? 1000.0 : 800.0);
    }
}

/* A filled curve with a spike of one sample and a gap, below a limit with a step. */
static void
test_images_area (void)
{
  Fixture fixture;
  MillTimelineRow *row = add_row (&fixture, MILL_TIMELINE_AREA);

  fill_area (row, 950.0);
  check_row ("area", row);
  fixture_hide (&fixture);
}

/* Without its spike, one sample in six hundred, it is another picture. */
static void
test_images_fail (void)
{
  Fixture fixture;
  MillTimelineRow *row = add_row (&fixture, MILL_TIMELINE_AREA);
  cairo_surface_t *found;

  if (g_getenv ("MILL_UPDATE_IMAGES") == NULL)
    {
      fill_area (row, 450.0);
      found = draw_row (row, 0, 60 * SECOND);
      g_assert_cmpuint (check ("area", found), >, MAX_WRONG);
      cairo_surface_destroy (found);
    }
  fixture_hide (&fixture);
}

static void
test_images_lines (void)
{
  static const MillColor colors[] = { MILL_COLOR_BLUE, MILL_COLOR_AMBER, MILL_COLOR_ORANGE };
  Fixture fixture;
  MillTimelineRow *row = add_row (&fixture, MILL_TIMELINE_LINES);
  guint i, j;

  for (j = 0; j < 3; j++)
    {
      MillSeries *series = mill_timeline_row_add_series (row, "", colors[j]);

      for (i = 0; i < 300; i++)
        mill_series_append (series, i * SECOND / 5, 20.0 + j * 30.0 + (i * 7919 % 13) * (j + 1) * 0.5);
    }
  check_row ("lines", row);
  fixture_hide (&fixture);
}

static void
test_images_bars (void)
{
  Fixture fixture;
  MillTimelineRow *row = add_row (&fixture, MILL_TIMELINE_BARS);
  MillSeries *retries = mill_timeline_row_add_series (row, "", MILL_COLOR_PURPLE);
  MillSeries *dead = mill_timeline_row_add_series (row, "", MILL_COLOR_RED);
  guint i;

  for (i = 0; i < 300; i++)
    {
      mill_series_append (retries, i * SECOND / 5, i % 37 == 0 ? 3.0 : 0.0);
      mill_series_append (dead, i * SECOND / 5, i % 91 == 0 ? 1.0 : 0.0);
    }
  check_row ("bars", row);
  fixture_hide (&fixture);
}

/* All states, each with its hatching, and a time without workers. */
static void
test_images_shares (void)
{
  static const MillDotState states[] = {
    MILL_DOT_BUSY,        MILL_DOT_LIMITED, MILL_DOT_WAITING,
    MILL_DOT_BACKING_OFF, MILL_DOT_BLOCKED, MILL_DOT_PAUSED,
  };
  Fixture fixture;
  MillTimelineRow *row = add_row (&fixture, MILL_TIMELINE_SHARES);
  guint i, j;

  for (j = 0; j < G_N_ELEMENTS (states); j++)
    {
      MillSeries *series = mill_timeline_row_add_share (row, "", states[j]);

      for (i = 0; i < 300; i++)
        mill_series_append (series, i * SECOND / 5,
                            i > 200 && i < 220 ? NAN
                                               : 0.15 + (i / 50 % 6 == j ? 0.2 : 0.0) - (j == 5 ? 0.1 : 0.0));
    }
  check_row ("shares", row);
  fixture_hide (&fixture);
}

int
main (int argc, char *argv[])
{
  fixture_init (&argc, &argv);
  /* Lines are as thick as the text is large. */
  g_object_set (gtk_settings_get_default (), "gtk-font-name", "Sans 11", "gtk-xft-dpi", 96 * 1024, NULL);

  g_test_add_func ("/widgets/images/area", test_images_area);
  g_test_add_func ("/widgets/images/fail", test_images_fail);
  g_test_add_func ("/widgets/images/lines", test_images_lines);
  g_test_add_func ("/widgets/images/bars", test_images_bars);
  g_test_add_func ("/widgets/images/shares", test_images_shares);

  return g_test_run ();
}
