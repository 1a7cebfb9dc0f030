/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Dots, slots, pipe and share bar: what they are told, what they tell, and a few pixels of what they draw.
 */
#include "config.h"

#include "mill-dots.h"
#include "mill-pipe.h"
#include "mill-share-bar.h"
#include "mill-slots.h"
#include "mill-tank.h"
#include "mill-timeline.h"

#include "widget-fixture.h"

#include <math.h>
#include <string.h>

/* Dots */

static void
set_dots (MillDots *dots, guint busy, guint waiting, guint idle)
{
  g_autofree guint8 *states = g_new (guint8, busy + waiting + idle + 1);
  guint n = 0, i;

  for (i = 0; i < waiting; i++)
    states[n++] = MILL_DOT_WAITING;
  for (i = 0; i < busy; i++)
    states[n++] = MILL_DOT_BUSY;
  for (i = 0; i < idle; i++)
    states[n++] = 200; /* unknown counts as idle */
  mill_dots_set_states (dots, states, n);
}

static void
test_dots (void)
{
  Fixture fixture;
  MillDots *dots;
  cairo_surface_t *surface;
  int minimum, natural;

  fixture_show (&fixture, mill_dots_new (), 290, -1);
  dots = MILL_DOTS (fixture.widget);
  mill_dots_set_label (dots, "fetch workers");
  set_dots (dots, 30, 6, 3);
  g_assert_cmpuint (mill_dots_get_n (dots), ==, 39);
  g_assert_cmpuint (mill_dots_get_count (dots, MILL_DOT_BUSY), ==, 30);
  g_assert_cmpuint (mill_dots_get_count (dots, MILL_DOT_IDLE), ==, 3);
  assert_described (fixture.widget, GTK_ACCESSIBLE_PROPERTY_LABEL, "fetch workers");
  assert_described (fixture.widget, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "30 busy · 6 waiting · 3 idle");

  mill_dots_set_states (dots, (const guint8[]){ MILL_DOT_WAITING, MILL_DOT_LIMITED, MILL_DOT_LIMITED }, 3);
  g_assert_cmpuint (mill_dots_get_count (dots, MILL_DOT_LIMITED), ==, 2);
  assert_described (fixture.widget, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                    "2 waiting for the rate · 1 waiting");
  set_dots (dots, 30, 6, 3);

  fixture_wait_for_frame (&fixture);
  surface = fixture_render (&fixture);
  g_assert_cmpuint (count_hue (surface, 'b'), >, 30 * 80);
  g_assert_cmpuint (count_hue (surface, 'o'), >, 6 * 20);
  cairo_surface_destroy (surface);

  /* However many there are, the height is bounded. */
  set_dots (dots, 0, 0, 0);
  gtk_widget_measure (fixture.widget, GTK_ORIENTATION_VERTICAL, 290, &minimum, NULL, NULL, NULL);
  set_dots (dots, 200, 0, 0);
  gtk_widget_measure (fixture.widget, GTK_ORIENTATION_VERTICAL, 290, NULL, &natural, NULL, NULL);
  g_assert_cmpint (natural, >, minimum * 2);
  g_assert_cmpint (natural, <=, minimum * 3);
  set_dots (dots, 5000, 1, 0);
  gtk_widget_measure (fixture.widget, GTK_ORIENTATION_VERTICAL, 290, NULL, &natural, NULL, NULL);
  g_assert_cmpint (natural, >, minimum * 2);
  g_assert_cmpint (natural, <=, minimum * 3);

  /* One in a state among thousands still shows. */
  fixture_wait_for_frame (&fixture);
  surface = fixture_render (&fixture);
  g_assert_cmpuint (count_hue (surface, 'o'), >, 5);
  cairo_surface_destroy (surface);
  fixture_hide (&fixture);
}

/* Slots */

static char *
query_slot_cb (MillSlots *slots, guint slot, guint *asked)
{
  *asked = slot;
  return g_strdup ("held by somebody");
}

static void
fill_cells (MillSlotCell *cells, guint n, gint64 age_us)
{
  guint i;

  for (i = 0; i < n; i++)
    cells[i] = (MillSlotCell){ .age_us = age_us, .held = TRUE };
}

static void
test_slots (void)
{
  MillSlotCell cells[500];
  Fixture fixture;
  MillSlots *slots;
  GtkWidget *meter;
  cairo_surface_t *surface;
  int natural;
  guint n;

  fixture_show (&fixture, mill_slots_new (), 290, -1);
  slots = MILL_SLOTS (fixture.widget);
  meter = find_child (fixture.widget, GTK_TYPE_LEVEL_BAR);
  mill_slots_set_thresholds (slots, 1000, 2000);

  fill_cells (cells, 32, 0);
  cells[31].age_us = 1000;
  cells[30].age_us = 2000;
  cells[29].held = FALSE;
  mill_slots_set (slots, cells, 32, 32);
  g_assert_cmpuint (mill_slots_get_n_held (slots), ==, 31);
  g_assert_cmpuint (mill_slots_get_n (slots), ==, 32);
  assert_described (meter, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, "31 of 32 slots held");
  fixture_wait_for_frame (&fixture);
  surface = fixture_render (&fixture);
  g_assert_cmpuint (count_hue (surface, 'b'), >, 29 * 60);
  g_assert_cmpuint (count_hue (surface, 'o'), >, 2 * 60);
  cairo_surface_destroy (surface);

  /* A lowered limit: free slots beyond it go, held ones stay until they are given back. */
  cells[31].held = FALSE;
  mill_slots_set (slots, cells, 32, 8);
  g_assert_cmpuint (mill_slots_get_n (slots), ==, 31);
  mill_slots_set (slots, cells, 4, 8);
  g_assert_cmpuint (mill_slots_get_n (slots), ==, 8);
  g_assert_cmpuint (mill_slots_get_n_held (slots), ==, 4);

  for (n = 1; n <= 500; n += 7)
    {
      fill_cells (cells, n, 0);
      mill_slots_set (slots, cells, n, n);
      gtk_widget_measure (fixture.widget, GTK_ORIENTATION_VERTICAL, 290, NULL, &natural, NULL, NULL);
      g_assert_cmpint (natural, <=, 3 * 17);
    }
  fixture_hide (&fixture);
}

static void
test_slots_query (void)
{
  MillSlotCell cells[32];
  Fixture fixture;
  GtkTooltip *tooltip = g_object_new (GTK_TYPE_TOOLTIP, NULL);
  guint asked = G_MAXUINT;
  gboolean shown = FALSE;
  MillSlots *slots;

  fixture_show (&fixture, mill_slots_new (), 290, -1);
  slots = MILL_SLOTS (fixture.widget);
  fill_cells (cells, 32, 0);
  mill_slots_set (slots, cells, 32, 32);
  fixture_wait_for_frame (&fixture);

  g_assert_cmpint (mill_slots_get_slot_at (slots, 2.0, 2.0), ==, 0);
  g_assert_cmpint (mill_slots_get_slot_at (slots, 2.0, 18.0), >, 0);
  g_assert_cmpint (mill_slots_get_slot_at (slots, -1.0, 2.0), ==, -1);
  g_assert_cmpint (mill_slots_get_slot_at (slots, 2.0, 1000.0), ==, -1);

  g_signal_connect (slots, "query-slot", G_CALLBACK (query_slot_cb), &asked);
  g_signal_emit_by_name (slots, "query-tooltip", 24, 2, FALSE, tooltip, &shown);
  g_assert_true (shown);
  g_assert_cmpuint (asked, ==, 1);
  g_object_unref (tooltip);
  fixture_hide (&fixture);
}

/* Pipe */

static void
test_pipe (void)
{
  Fixture fixture;
  MillPipe *pipe;
  cairo_surface_t *surface;
  double slow, phase;

  fixture_show (&fixture, mill_pipe_new (), 100, -1);
  pipe = MILL_PIPE (fixture.widget);
  gt_signal_logger_connect (fixture.logger, pipe, "notify");
  g_assert_false (mill_pipe_is_moving (pipe));

  mill_pipe_set_rate (pipe, 1.0);
  fixture_pop_notify (&fixture, pipe, "rate");
  slow = mill_pipe_get_speed (pipe);
  g_assert_cmpfloat (slow, >, 0.0);
  g_assert_true (mill_pipe_is_moving (pipe));
  phase = mill_pipe_get_phase (pipe);
  while (fabs (mill_pipe_get_phase (pipe) - phase) < 1e-9)
    g_main_context_iteration (NULL, TRUE);

  mill_pipe_set_rate (pipe, 1000.0);
  fixture_pop_notify (&fixture, pipe, "rate");
  g_assert_cmpfloat (mill_pipe_get_speed (pipe), >, slow * 2.0);
  mill_pipe_set_rate (pipe, 1e30);
  fixture_pop_notify (&fixture, pipe, "rate");
  g_assert_cmpfloat (mill_pipe_get_speed (pipe), <, 300.0);

  mill_pipe_set_stalled (pipe, TRUE);
  fixture_pop_notify (&fixture, pipe, "stalled");
  mill_pipe_set_stalled (pipe, 2);
  g_assert_false (mill_pipe_is_moving (pipe));
  fixture_wait_for_frame (&fixture);
  surface = fixture_render (&fixture);
  g_assert_cmpuint (count_hue (surface, 'r'), >, 200);
  g_assert_cmpuint (count_hue (surface, 'b'), ==, 0);
  cairo_surface_destroy (surface);

  mill_pipe_set_stalled (pipe, FALSE);
  fixture_pop_notify (&fixture, pipe, "stalled");
  g_assert_true (mill_pipe_is_moving (pipe));
  mill_pipe_set_rate (pipe, NAN);
  fixture_pop_notify (&fixture, pipe, "rate");
  g_assert_false (mill_pipe_is_moving (pipe));
  fixture_hide (&fixture);
}

/* Nothing ticks in a hidden widget or where the user wants no animations. */
static void
test_pipe_rests (void)
{
  GtkSettings *settings = gtk_settings_get_default ();
  Fixture fixture;
  MillPipe *pipe;

  fixture_show (&fixture, mill_pipe_new (), 100, -1);
  pipe = MILL_PIPE (fixture.widget);
  mill_pipe_set_rate (pipe, 100.0);
  g_assert_true (mill_pipe_is_moving (pipe));

  gtk_widget_set_visible (fixture.widget, FALSE);
  g_assert_false (mill_pipe_is_moving (pipe));
  gtk_widget_set_visible (fixture.widget, TRUE);
  wait_for (is_mapped, pipe, "the pipe to be mapped");
  g_assert_true (mill_pipe_is_moving (pipe));

  g_object_set (settings, "gtk-enable-animations", FALSE, NULL);
  g_assert_false (mill_pipe_is_moving (pipe));
  g_object_set (settings, "gtk-enable-animations", TRUE, NULL);
  g_assert_true (mill_pipe_is_moving (pipe));
  fixture_hide (&fixture);
}

static void
test_pipe_phase (void)
{
  Fixture fixture;
  MillPipe *pipe;
  cairo_surface_t *one, *other;

  fixture_show (&fixture, mill_pipe_new (), 100, -1);
  pipe = MILL_PIPE (fixture.widget);
  mill_pipe_set_phase (pipe, 3.25);
  g_assert_cmpfloat_with_epsilon (mill_pipe_get_phase (pipe), 0.25, 1e-9);
  fixture_wait_for_frame (&fixture);
  one = fixture_render (&fixture);
  mill_pipe_set_phase (pipe, 0.75);
  fixture_wait_for_frame (&fixture);
  other = fixture_render (&fixture);
  g_assert_cmpint (
      memcmp (cairo_image_surface_get_data (one), cairo_image_surface_get_data (other),
              (gsize) cairo_image_surface_get_stride (one) * (gsize) cairo_image_surface_get_height (one)),
      !=, 0);
  cairo_surface_destroy (one);
  cairo_surface_destroy (other);
  fixture_hide (&fixture);
}

/* Share bar */

static void
test_share_bar (void)
{
  const double shares[MILL_N_DOT_STATES] = { [MILL_DOT_BUSY] = 0.5, [MILL_DOT_BLOCKED] = 0.25 };
  const double limited[MILL_N_DOT_STATES] = { [MILL_DOT_BUSY] = 0.5, [MILL_DOT_LIMITED] = 0.5 };
  const double wrong[MILL_N_DOT_STATES] = {
    [MILL_DOT_BUSY] = 3.0, [MILL_DOT_WAITING] = 1.0, [MILL_DOT_STUCK] = NAN, [MILL_DOT_PAUSED] = -1.0
  };
  Fixture fixture;
  MillShareBar *bar;
  cairo_surface_t *surface;
  int y;

  fixture_show (&fixture, mill_share_bar_new (), 200, -1);
  bar = MILL_SHARE_BAR (fixture.widget);
  gt_signal_logger_connect (fixture.logger, bar, "notify::legend");
  mill_share_bar_set_legend (bar, "busy 50 %");
  fixture_pop_notify (&fixture, bar, "legend");
  mill_share_bar_set_legend (bar, "busy 50 %");
  assert_described (fixture.widget, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "busy 50 %");

  mill_share_bar_set_shares (bar, shares);
  fixture_wait_for_frame (&fixture);
  surface = fixture_render (&fixture);
  y = cairo_image_surface_get_height (surface) - 4;
  g_assert_cmpint (hue_of (pixel_at (surface, 50, y)), ==, 'b');
  g_assert_cmpint (hue_of (pixel_at (surface, 98, y)), ==, 'b');
  g_assert_cmpint (hue_of (pixel_at (surface, 125, y)), ==, 'r');
  g_assert_cmpint (hue_of (pixel_at (surface, 180, y)), ==, '-');
  cairo_surface_destroy (surface);

  mill_share_bar_set_shares (bar, limited);
  fixture_wait_for_frame (&fixture);
  surface = fixture_render (&fixture);
  y = cairo_image_surface_get_height (surface) - 4;
  g_assert_cmpint (hue_of (pixel_at (surface, 50, y)), ==, 'b');
  g_assert_cmpint (hue_of (pixel_at (surface, 180, y)), ==, 'o');
  cairo_surface_destroy (surface);

  mill_share_bar_set_shares (bar, wrong);
  g_assert_cmpfloat_with_epsilon (mill_share_bar_get_share (bar, MILL_DOT_BUSY), 0.75, 1e-9);
  g_assert_cmpfloat_with_epsilon (mill_share_bar_get_share (bar, MILL_DOT_WAITING), 0.25, 1e-9);
  g_assert_cmpfloat_with_epsilon (mill_share_bar_get_share (bar, MILL_DOT_STUCK), 0.0, 1e-9);
  fixture_hide (&fixture);
}

/* All of them at once, in both directions of writing and in the dark. */
static void
test_styles (void)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  const GType types[] = { MILL_TYPE_TANK, MILL_TYPE_DOTS,      MILL_TYPE_SLOTS,
                          MILL_TYPE_PIPE, MILL_TYPE_SHARE_BAR, MILL_TYPE_TIMELINE };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (types) * 4; i++)
    {
      Fixture fixture;

      adw_style_manager_set_color_scheme (manager, i % 2 == 0 ? ADW_COLOR_SCHEME_FORCE_DARK
                                                              : ADW_COLOR_SCHEME_FORCE_LIGHT);
      gtk_widget_set_default_direction (i / 2 % 2 == 0 ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
      fixture_show (&fixture, g_object_new (types[i / 4], NULL), 300, 200);
      cairo_surface_destroy (fixture_render (&fixture));
      fixture_hide (&fixture);
    }
}

int
main (int argc, char *argv[])
{
  fixture_init (&argc, &argv);

  g_test_add_func ("/widgets/dots", test_dots);
  g_test_add_func ("/widgets/slots/cells", test_slots);
  g_test_add_func ("/widgets/slots/query", test_slots_query);
  g_test_add_func ("/widgets/pipe/rate", test_pipe);
  g_test_add_func ("/widgets/pipe/rests", test_pipe_rests);
  g_test_add_func ("/widgets/pipe/phase", test_pipe_phase);
  g_test_add_func ("/widgets/share-bar", test_share_bar);
  g_test_add_func ("/widgets/styles", test_styles);

  return g_test_run ();
}
