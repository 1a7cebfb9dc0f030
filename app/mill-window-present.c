/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillWindow: a run presented to a room: the whole screen, large type, nothing but the flow and two charts.
 * The header lies over it, and shows itself while the pointer moves. */

#include "config.h"

#include "mill-window-private.h"

#include <glib/gi18n.h>
#include <math.h>

#define SHOWN_MS     2500
#define MOTION_PX    2.0
#define SMALL_SCREEN 1280
#define LOW_SCREEN   720

static void
set_cursor (MillWindow *self, const char *name)
{
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), name);
}

static gboolean
hide_header_cb (gpointer user_data)
{
  MillWindow *self = user_data;
  GtkPopover *menu = gtk_menu_button_get_popover (self->menu_button);

  /* It would go with the header. */
  if (menu != NULL && gtk_widget_get_visible (GTK_WIDGET (menu)))
    return G_SOURCE_CONTINUE;
  self->header_timer = 0;
  gtk_revealer_set_reveal_child (self->header_revealer, FALSE);
  set_cursor (self, "none");
  return G_SOURCE_REMOVE;
}

static void
show_header_for_a_while (MillWindow *self)
{
  g_clear_handle_id (&self->header_timer, g_source_remove);
  self->header_timer = g_timeout_add (SHOWN_MS, hide_header_cb, self);
  gtk_revealer_set_reveal_child (self->header_revealer, TRUE);
  set_cursor (self, NULL);
}

/* What moves under a pointer that rests gives motions, too. */
static void
motion_cb (MillWindow *self, double x, double y)
{
  gboolean has_moved = fabs (x - self->pointer_x) > MOTION_PX || fabs (y - self->pointer_y) > MOTION_PX;

  self->pointer_x = x;
  self->pointer_y = y;
  if (has_moved && self->presented != NULL)
    show_header_for_a_while (self);
}

static void
move_header (MillWindow *self, gboolean over)
{
  GtkWidget *header = self->header;

  g_object_ref (header);
  if (over)
    {
      gtk_box_remove (self->frame, header);
      gtk_revealer_set_child (self->header_revealer, header);
    }
  else
    {
      gtk_revealer_set_child (self->header_revealer, NULL);
      gtk_box_prepend (self->frame, header);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->header_revealer), over);
  g_object_unref (header);
}

/* The size of the screen that the window will fill. */
static void
get_screen_size (MillWindow *self, int *width, int *height)
{
  GtkNative *native = GTK_NATIVE (self);
  GdkSurface *surface = gtk_native_get_surface (native);
  GdkMonitor *monitor = surface != NULL
                            ? gdk_display_get_monitor_at_surface (gdk_surface_get_display (surface), surface)
                            : NULL;
  GdkRectangle geometry = { .width = SMALL_SCREEN, .height = LOW_SCREEN };

  if (monitor != NULL)
    gdk_monitor_get_geometry (monitor, &geometry);
  *width = geometry.width;
  *height = geometry.height;
}

static void
present (MillWindow *self, MillRunPage *page)
{
  int width, height;

  g_set_object (&self->presented, page);
  get_screen_size (self, &width, &height);
  mill_run_page_present (page, width, height);
  gtk_widget_set_visible (self->tab_bar, FALSE);
  gtk_button_set_label (self->present_button, _ ("End Presentation"));
  move_header (self, TRUE);
  show_header_for_a_while (self);
  mill_window_update_actions (self);
  gtk_window_fullscreen (GTK_WINDOW (self));
}

/**
 * mill_window_end_presentation:
 *
 * Leaves the whole screen, if something is presented on it.
 */
void
mill_window_end_presentation (MillWindow *self)
{
  if (self->presented == NULL)
    return;
  mill_run_page_end_presentation (self->presented);
  g_clear_object (&self->presented);
  g_clear_handle_id (&self->header_timer, g_source_remove);
  set_cursor (self, NULL);
  move_header (self, FALSE);
  gtk_button_set_label (self->present_button, _ ("Present"));
  gtk_widget_set_visible (self->tab_bar, TRUE);
  mill_window_update_actions (self);
  gtk_window_unfullscreen (GTK_WINDOW (self));
}

static gboolean
key_pressed_cb (MillWindow *self, guint keyval)
{
  if (keyval != GDK_KEY_Escape || self->presented == NULL)
    return GDK_EVENT_PROPAGATE;
  mill_window_end_presentation (self);
  return GDK_EVENT_STOP;
}

/* The window manager may have taken the whole screen away. */
static void
fullscreened_cb (MillWindow *self)
{
  if (!gtk_window_is_fullscreen (GTK_WINDOW (self)))
    mill_window_end_presentation (self);
}

static void
present_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillWindow *self = MILL_WINDOW (widget);

  if (self->presented != NULL)
    mill_window_end_presentation (self);
  else
    present (self, mill_tab_get_run_page (mill_window_get_tab (self)));
}

/**
 * mill_window_install_present_action:
 * @widget_class: the class of #MillWindow
 *
 * Called once, in class_init.
 */
void
mill_window_install_present_action (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.present", NULL, present_action);
}

/**
 * mill_window_init_presentation:
 *
 * Called once, when the window is made.
 */
void
mill_window_init_presentation (MillWindow *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (motion, GTK_PHASE_CAPTURE);
  g_signal_connect_object (motion, "motion", G_CALLBACK (motion_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect_object (self, "notify::fullscreened", G_CALLBACK (fullscreened_cb), self,
                           G_CONNECT_SWAPPED);
}
