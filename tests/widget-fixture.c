/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The fixture of the widget tests. Nothing here sleeps: it waits for frames, or for a condition, with a time
 * limit.
 */
#include "config.h"

#include "widget-fixture.h"

#include <locale.h>
#include <string.h>

#define TIMEOUT_S 100

static gboolean
give_up_cb (gpointer what)
{
  g_error ("timed out waiting for %s", (const char *) what);
  return G_SOURCE_REMOVE;
}

/* Runs the main loop until @condition holds; fails after a while. */
void
wait_for (gboolean (*condition) (gpointer data), gpointer data, const char *what)
{
  guint watch = g_timeout_add_seconds (TIMEOUT_S, give_up_cb, (gpointer) what);

  while (!condition (data))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (watch);
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *) data;
}

static void
painted_cb (gboolean *painted)
{
  *painted = TRUE;
}

/* Until the window was laid out and drawn once more. */
void
fixture_wait_for_frame (Fixture *self)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (self->window);
  gboolean painted = FALSE;
  gulong handler = g_signal_connect_swapped (clock, "after-paint", G_CALLBACK (painted_cb), &painted);

  gdk_frame_clock_request_phase (clock, GDK_FRAME_CLOCK_PHASE_PAINT);
  wait_for (is_true, &painted, "a frame");
  g_signal_handler_disconnect (clock, handler);
}

gboolean
is_mapped (gpointer widget)
{
  return gtk_widget_get_mapped (widget);
}

void
fixture_show (Fixture *self, GtkWidget *widget, int width, int height)
{
  self->window = gtk_window_new ();
  gtk_window_set_decorated (GTK_WINDOW (self->window), FALSE);
  self->widget = widget;
  self->logger = gt_signal_logger_new ();
  gtk_widget_set_size_request (widget, width, height);
  gtk_widget_set_halign (widget, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (widget, GTK_ALIGN_CENTER);
  if (GTK_IS_LIST_BOX_ROW (widget))
    {
      GtkWidget *list = gtk_list_box_new ();

      gtk_list_box_append (GTK_LIST_BOX (list), widget);
      gtk_window_set_child (GTK_WINDOW (self->window), list);
    }
  else
    {
      gtk_window_set_child (GTK_WINDOW (self->window), widget);
    }
  gtk_window_present (GTK_WINDOW (self->window));
  wait_for (is_mapped, widget, "the widget to be mapped");
  fixture_wait_for_frame (self);
}

/* Every test ends here: no signal may be left that nobody asked about. */
void
fixture_hide (Fixture *self)
{
  gt_signal_logger_assert_no_emissions (self->logger);
  gt_signal_logger_free (self->logger);
  gtk_window_destroy (GTK_WINDOW (self->window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* What the widget draws, on white. */
cairo_surface_t *
fixture_render (Fixture *self)
{
  GtkWidget *widget = self->widget;
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  const int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  GskRenderNode *node;
  cairo_t *cr = cairo_create (surface);

  cairo_set_source_rgb (cr, 1.0, 1.0, 1.0);
  cairo_paint (cr);
  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_to_node (snapshot);
  if (node != NULL)
    {
      gsk_render_node_draw (node, cr);
      gsk_render_node_unref (node);
    }
  cairo_destroy (cr);
  cairo_surface_flush (surface);

  return surface;
}

guint32
pixel_at (cairo_surface_t *surface, int x, int y)
{
  const guchar *data = cairo_image_surface_get_data (surface);
  guint32 pixel;

  g_assert_cmpint (x, <, cairo_image_surface_get_width (surface));
  g_assert_cmpint (y, <, cairo_image_surface_get_height (surface));
  memcpy (&pixel, data + y * cairo_image_surface_get_stride (surface) + x * 4, sizeof pixel);

  return pixel & 0xffffffu;
}

/* Red, green or blue where that is clearly the strongest channel; 'o' for orange and amber, which have green
 * too. */
char
hue_of (guint32 pixel)
{
  const int r = (int) (pixel >> 16), g = (int) (pixel >> 8 & 0xff), b = (int) (pixel & 0xff);

  if (r > g + 40 && r > b + 40)
    return g < 90 ? 'r' : 'o';
  if (g > r + 40 && g > b + 20)
    return 'g';
  if (b > r + 40 && b > g + 40)
    return 'b';

  return '-';
}

guint
count_hue (cairo_surface_t *surface, char hue)
{
  guint n = 0;
  int x, y;

  for (y = 0; y < cairo_image_surface_get_height (surface); y++)
    for (x = 0; x < cairo_image_surface_get_width (surface); x++)
      n += hue_of (pixel_at (surface, x, y)) == hue ? 1 : 0;

  return n;
}

/* The controller of a type among a widget's own. */
GtkEventController *
find_controller (GtkWidget *widget, GType type)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
  guint i;

  for (i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (G_TYPE_CHECK_INSTANCE_TYPE (controller, type))
        return controller;
    }

  g_assert_not_reached ();
}

gboolean
press (GtkWidget *widget, guint keyval, GdkModifierType modifiers)
{
  gboolean handled = FALSE;

  g_signal_emit_by_name (find_controller (widget, GTK_TYPE_EVENT_CONTROLLER_KEY), "key-pressed", keyval, 0u,
                         modifiers, &handled);

  return handled;
}

GtkWidget *
find_child (GtkWidget *parent, GType type)
{
  GtkWidget *child, *found;

  for (child = gtk_widget_get_first_child (parent); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      if (G_TYPE_CHECK_INSTANCE_TYPE (child, type))
        return child;
      found = find_child (child, type);
      if (found != NULL)
        return found;
    }

  return NULL;
}

void
assert_described (GtkWidget *widget, GtkAccessibleProperty property, const char *expected)
{
  g_autofree char *wrong = gtk_test_accessible_check_property (GTK_ACCESSIBLE (widget), property, expected);

  g_assert_cmpstr (wrong, ==, NULL);
}

/* With GTK's test context, what assistive technology is told can be asserted without any being there. */
void
fixture_init (int *argc, char ***argv)
{
  g_setenv ("GTK_A11Y", "test", TRUE);
  setlocale (LC_ALL, "");
  g_test_init (argc, argv, NULL);
  adw_init ();
}
