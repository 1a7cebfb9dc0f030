/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pointer and keys. Pointing moves the crosshair, the primary button selects a span, the middle one and
 * scrolling sideways move through time, Ctrl and scrolling zooms. By keyboard: the arrows move the crosshair,
 * with Shift they select, + and − zoom, Page Up and Page Down move on, 0 follows the present.
 */
#include "config.h"

#include "mill-timeline-private.h"

#include <math.h>

#define DRAG_THRESHOLD 4.0  /* logical pixels; less is a click */
#define ZOOM_STEP      1.25 /* per step of a wheel */
#define ZOOM_KEY       1.5
#define SCROLL_STEP    0.08 /* of what is shown */

static void
leave_pointer (MillTimeline *self)
{
  if (!self->has_pointer)
    return;
  self->has_pointer = FALSE;
  mill_timeline_changed (self);
}

static gint64
first_time (MillTimeline *self)
{
  return MIN (self->origin, self->now);
}

/* Where the crosshair is left of or right of what is shown, that moves along. */
static void
keep_visible (MillTimeline *self, gint64 time_us)
{
  if (time_us < self->t0)
    mill_timeline_pan (self, time_us - self->t0);
  else if (time_us > self->t1)
    mill_timeline_pan (self, time_us - self->t1);
}

static void
move_to (MillTimeline *self, gint64 time_us, gboolean select)
{
  const gint64 from = mill_timeline_has_crosshair (self) ? mill_timeline_crosshair_time (self) : self->now;

  time_us = CLAMP (time_us, first_time (self), self->now);
  if (select && mill_timeline_view_get_selection (self->view, NULL, NULL))
    {
      mill_timeline_view_extend (self->view, time_us);
    }
  else if (select)
    {
      mill_timeline_freeze (self);
      mill_timeline_view_select (self->view, from, time_us);
    }
  mill_timeline_set_crosshair (self, time_us);
  keep_visible (self, time_us);
}

static gint64
zoom_center (MillTimeline *self)
{
  if (mill_timeline_has_crosshair (self))
    return mill_timeline_crosshair_time (self);
  if (mill_timeline_view_get_live (self->view))
    return self->now;

  return self->t0 + (self->t1 - self->t0) / 2;
}

static gboolean
step_back (MillTimeline *self)
{
  if (mill_timeline_view_get_selection (self->view, NULL, NULL))
    mill_timeline_view_clear_selection (self->view);
  else if (mill_timeline_has_crosshair (self))
    mill_timeline_clear_crosshair (self);
  else
    return GDK_EVENT_PROPAGATE;

  return GDK_EVENT_STOP;
}

static gboolean
move_by_key (MillTimeline *self, guint keyval, GdkModifierType modifiers)
{
  const gboolean control = (modifiers & GDK_CONTROL_MASK) != 0;
  const gboolean select = (modifiers & GDK_SHIFT_MASK) != 0;
  const gint64 step = MAX ((self->t1 - self->t0) / 200, 1) * (control ? 10 : 1);
  const gint64 from = mill_timeline_has_crosshair (self) ? mill_timeline_crosshair_time (self) : self->now;

  switch (keyval)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      move_to (self, from - step, select);
      return GDK_EVENT_STOP;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      move_to (self, from + step, select);
      return GDK_EVENT_STOP;
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
      move_to (self, control ? first_time (self) : MAX (self->t0, first_time (self)), select);
      return GDK_EVENT_STOP;
    case GDK_KEY_End:
    case GDK_KEY_KP_End:
      move_to (self, control ? self->now : MIN (self->t1, self->now), select);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

static gboolean
key_pressed_cb (MillTimeline *self, guint keyval, guint keycode, GdkModifierType modifiers)
{
  if (!mill_timeline_has_data (self) || (modifiers & GDK_ALT_MASK) != 0)
    return GDK_EVENT_PROPAGATE;

  switch (keyval)
    {
    case GDK_KEY_plus:
    case GDK_KEY_equal:
    case GDK_KEY_KP_Add:
      mill_timeline_zoom (self, ZOOM_KEY, zoom_center (self));
      return GDK_EVENT_STOP;
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
      mill_timeline_zoom (self, 1.0 / ZOOM_KEY, zoom_center (self));
      return GDK_EVENT_STOP;
    case GDK_KEY_0:
    case GDK_KEY_KP_0:
      mill_timeline_follow (self);
      return GDK_EVENT_STOP;
    case GDK_KEY_Page_Up:
    case GDK_KEY_KP_Page_Up:
      mill_timeline_pan (self, -(self->t1 - self->t0) / 2);
      return GDK_EVENT_STOP;
    case GDK_KEY_Page_Down:
    case GDK_KEY_KP_Page_Down:
      mill_timeline_pan (self, (self->t1 - self->t0) / 2);
      return GDK_EVENT_STOP;
    case GDK_KEY_Escape:
      return step_back (self);
    default:
      return move_by_key (self, keyval, modifiers);
    }
}

static gboolean
is_in_plots (MillTimeline *self, double x, double y)
{
  const MillTimelineLayout *layout = &self->layout;

  return x >= layout->plot_x && x <= layout->plot_x + layout->plot_width && y >= 0.0 &&
         y <= layout->plots_bottom;
}

static void
motion_cb (MillTimeline *self, double x, double y)
{
  if (!is_in_plots (self, x, y))
    {
      leave_pointer (self);
      return;
    }
  mill_timeline_view_clear_crosshair (self->view);
  self->has_pointer = TRUE;
  self->pointer_x = x;
  mill_timeline_changed (self);
}

static gboolean
scroll_cb (MillTimeline *self, double dx, double dy, GtkEventController *controller)
{
  const GdkModifierType modifiers = gtk_event_controller_get_current_event_state (controller);
  const double length = (double) (self->t1 - self->t0);
  gint64 around;

  if (!mill_timeline_has_data (self))
    return GDK_EVENT_PROPAGATE;
  if (modifiers & GDK_CONTROL_MASK)
    {
      around = self->has_pointer ? mill_timeline_x_to_time (self, self->pointer_x) : zoom_center (self);
      mill_timeline_zoom (self, pow (ZOOM_STEP, -dy), around);
      return GDK_EVENT_STOP;
    }
  if (modifiers & GDK_SHIFT_MASK)
    dx += dy;
  if (fabs (dx) <= fabs (dy) && !(modifiers & GDK_SHIFT_MASK))
    return GDK_EVENT_PROPAGATE;
  mill_timeline_pan (self, (gint64) (dx * SCROLL_STEP * length));

  return GDK_EVENT_STOP;
}

static void
pinch_begin_cb (MillTimeline *self)
{
  self->drag_t0 = self->t0;
  self->drag_t1 = self->t1;
}

/* The scale is since the fingers touched. */
static void
pinch_cb (MillTimeline *self, double scale, GtkGesture *gesture)
{
  const double reached = (double) (self->drag_t1 - self->drag_t0) / (double) MAX (self->t1 - self->t0, 1);
  double x = self->layout.plot_x + self->layout.plot_width, y;

  if (!mill_timeline_has_data (self) || !(scale > 0.0))
    return;
  gtk_gesture_get_bounding_box_center (gesture, &x, &y);
  mill_timeline_zoom (self, scale / reached, mill_timeline_x_to_time (self, x));
  mill_timeline_update (self, gtk_widget_get_width (GTK_WIDGET (self)),
                        gtk_widget_get_height (GTK_WIDGET (self)));
}

static void
drag_begin_cb (MillTimeline *self, double x, double y)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->drag_x = x;
  self->drag_t0 = self->t0;
  self->drag_t1 = self->t1;
  self->dragged = FALSE;
}

static gint64
selectable_time (MillTimeline *self, double x)
{
  return CLAMP (mill_timeline_x_to_time (self, x), first_time (self), self->now);
}

static void
select_update_cb (MillTimeline *self, double offset_x, double offset_y)
{
  if (!mill_timeline_has_data (self) || (!self->dragged && fabs (offset_x) < DRAG_THRESHOLD))
    return;
  if (!self->dragged)
    {
      mill_timeline_freeze (self);
      mill_timeline_view_select (self->view, selectable_time (self, self->drag_x),
                                 selectable_time (self, self->drag_x + offset_x));
    }
  self->dragged = TRUE;
  mill_timeline_view_extend (self->view, selectable_time (self, self->drag_x + offset_x));
}

static void
select_end_cb (MillTimeline *self)
{
  if (!self->dragged)
    mill_timeline_view_clear_selection (self->view);
}

/* What was under the pointer when the button went down stays there. */
static void
pan_update_cb (MillTimeline *self, double offset_x, double offset_y)
{
  const double us_per_pixel = (double) (self->drag_t1 - self->drag_t0) / self->layout.plot_width;
  const gint64 wanted = self->drag_t0 - (gint64) (offset_x * us_per_pixel);

  if (mill_timeline_has_data (self))
    mill_timeline_pan (self, wanted - self->t0);
}

static void
add_drag (MillTimeline *self, guint button, GCallback update, GCallback end)
{
  GtkGesture *drag = gtk_gesture_drag_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), button);
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect_swapped (drag, "drag-update", update, self);
  if (end != NULL)
    g_signal_connect_swapped (drag, "drag-end", end, self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
}

void
mill_timeline_init_input (MillTimeline *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkGesture *pinch = gtk_gesture_zoom_new ();

  g_signal_connect_swapped (motion, "enter", G_CALLBACK (motion_cb), self);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (leave_pointer), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect_swapped (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  g_signal_connect_swapped (pinch, "begin", G_CALLBACK (pinch_begin_cb), self);
  g_signal_connect_swapped (pinch, "scale-changed", G_CALLBACK (pinch_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (pinch));
  add_drag (self, GDK_BUTTON_PRIMARY, G_CALLBACK (select_update_cb), G_CALLBACK (select_end_cb));
  add_drag (self, GDK_BUTTON_MIDDLE, G_CALLBACK (pan_update_cb), NULL);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
}

static void
select_shown (MillTimeline *self)
{
  mill_timeline_freeze (self);
  mill_timeline_view_select (self->view, MAX (self->t0, first_time (self)), MIN (self->t1, self->now));
}

/* For menus, and for whoever cannot press keys on a drawn widget. */
static void
action_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillTimeline *self = MILL_TIMELINE (widget);

  if (!mill_timeline_has_data (self))
    return;
  if (g_str_equal (name, "timeline.zoom-in"))
    mill_timeline_zoom (self, ZOOM_KEY, zoom_center (self));
  else if (g_str_equal (name, "timeline.zoom-out"))
    mill_timeline_zoom (self, 1.0 / ZOOM_KEY, zoom_center (self));
  else if (g_str_equal (name, "timeline.earlier"))
    mill_timeline_pan (self, -(self->t1 - self->t0) / 2);
  else if (g_str_equal (name, "timeline.later"))
    mill_timeline_pan (self, (self->t1 - self->t0) / 2);
  else if (g_str_equal (name, "timeline.follow"))
    mill_timeline_follow (self);
  else if (g_str_equal (name, "timeline.select-shown"))
    select_shown (self);
  else if (g_str_equal (name, "timeline.clear-selection"))
    mill_timeline_view_clear_selection (self->view);
}

void
mill_timeline_install_actions (GtkWidgetClass *widget_class)
{
  static const char *const names[] = {
    "timeline.zoom-in", "timeline.zoom-out",     "timeline.earlier",         "timeline.later",
    "timeline.follow",  "timeline.select-shown", "timeline.clear-selection",
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (names); i++)
    gtk_widget_class_install_action (widget_class, names[i], NULL, action_cb);
}
