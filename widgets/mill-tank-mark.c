/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The mark of a tank, which sets the maximum size. Below its resting height it moves on the scale of the
 * level, so that it can be put exactly where the level stands; pulled above, it stays at rest and the scale
 * grows by a factor of ten for each height of the tank.
 */
#include "config.h"

#include "mill-tank-private.h"

#include "mill-format.h"
#include "mill-scale.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define MAXSIZE_LIMIT 1000000000u

void
mill_tank_set_scale (MillTank *self, double scale)
{
  self->scale = MAX (scale, 1.0);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
change_maxsize (MillTank *self, guint64 maxsize)
{
  if (maxsize == self->maxsize)
    return;
  mill_tank_set_maxsize (self, maxsize);
  g_signal_emit_by_name (self, "maxsize-changed", maxsize);
}

static void
settle_cb (double value, gpointer user_data)
{
  mill_tank_set_scale (MILL_TANK (user_data), value);
}

static void
settle_done_cb (MillTank *self)
{
  mill_tank_update (self);
}

static void
end_drag (MillTank *self)
{
  AdwTimedAnimation *settle = ADW_TIMED_ANIMATION (self->settle);

  self->dragging = FALSE;
  adw_timed_animation_set_value_from (settle, self->scale);
  adw_timed_animation_set_value_to (settle, mill_tank_get_rest_scale (self));
  adw_animation_play (self->settle);
}

/* Two significant digits, so that a drag lands on round numbers. */
static guint64
round_maxsize (double value)
{
  double step;

  if (!(value >= 1.0))
    return 1;
  step = MAX (mill_scale_nice_floor (value / 20.0), 1.0);

  return (guint64) CLAMP (round (value / step) * step, 1.0, (double) MAXSIZE_LIMIT);
}

gboolean
mill_tank_is_on_mark (MillTank *self, double x, double y)
{
  MillTankGeometry geometry;
  double reach;

  mill_tank_get_geometry (self, &geometry);
  reach = fabs (x - geometry.handle) < 16.0 * geometry.unit ? 16.0 * geometry.unit : 7.0 * geometry.unit;

  return self->editable && fabs (y - geometry.mark) <= reach;
}

static void
drag_begin_cb (MillTank *self, double x, double y)
{
  MillTankGeometry geometry;

  if (!mill_tank_is_on_mark (self, x, y))
    {
      gtk_gesture_set_state (self->drag, GTK_EVENT_SEQUENCE_DENIED);
      return;
    }

  gtk_gesture_set_state (self->drag, GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_grab_focus (self->mark);
  adw_animation_skip (self->settle);
  mill_tank_get_geometry (self, &geometry);
  self->dragging = TRUE;
  self->drag_from = self->maxsize;
  self->drag_scale = self->scale;
  self->drag_y = geometry.mark;
}

static void
drag_update_cb (MillTank *self, double dx, double dy)
{
  MillTankGeometry geometry;
  double height, above, value;

  if (!self->dragging)
    return;

  mill_tank_get_geometry (self, &geometry);
  height = geometry.base - geometry.rest;
  above = (geometry.base - self->drag_y - dy) / height; /* 1 at rest */
  value = above <= 1.0 ? self->drag_scale * above : self->drag_scale * pow (10.0, above - 1.0);
  change_maxsize (self, fabs (dy) < 0.5 ? self->drag_from : round_maxsize (value));
  mill_tank_set_scale (self, MAX (self->drag_scale, (double) self->maxsize));
}

static void
drag_end_cb (MillTank *self)
{
  if (self->dragging)
    end_drag (self);
}

static void
cancel_drag (MillTank *self)
{
  self->dragging = FALSE;
  change_maxsize (self, self->drag_from);
  gtk_gesture_set_state (self->drag, GTK_EVENT_SEQUENCE_DENIED);
  mill_tank_update (self);
}

static guint64
step_maxsize (MillTank *self, int direction, gboolean page)
{
  const double from = self->maxsize > 0 ? (double) self->maxsize : mill_tank_get_rest_scale (self);
  double step = MAX (mill_scale_nice_floor (from / 10.0), 1.0);

  if (page)
    return round_maxsize (direction > 0 ? from * 2.0 : from / 2.0);
  /* Going down from a power of ten, the finer step of what lies below. */
  if (direction < 0)
    step = MAX (mill_scale_nice_floor ((from - step) / 10.0), 1.0);

  return (guint64) CLAMP (from + direction * step, 1.0, (double) MAXSIZE_LIMIT);
}

static gboolean
key_pressed_cb (MillTank *self, guint keyval, guint keycode, GdkModifierType modifiers,
                GtkEventController *controller)
{
  switch (keyval)
    {
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      change_maxsize (self, step_maxsize (self, 1, FALSE));
      return GDK_EVENT_STOP;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      change_maxsize (self, step_maxsize (self, -1, FALSE));
      return GDK_EVENT_STOP;
    case GDK_KEY_Page_Up:
    case GDK_KEY_KP_Page_Up:
      change_maxsize (self, step_maxsize (self, 1, TRUE));
      return GDK_EVENT_STOP;
    case GDK_KEY_Page_Down:
    case GDK_KEY_KP_Page_Down:
      change_maxsize (self, step_maxsize (self, -1, TRUE));
      return GDK_EVENT_STOP;
    case GDK_KEY_Home:
    case GDK_KEY_End:
      return GDK_EVENT_STOP; /* a range would jump to its ends, which nobody wants of a queue */
    case GDK_KEY_Escape:
      if (!self->dragging)
        return GDK_EVENT_PROPAGATE;
      cancel_drag (self);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

static void
mark_value_changed_cb (MillTank *self)
{
  double value = gtk_range_get_value (GTK_RANGE (self->mark));

  if (!self->updating_mark)
    change_maxsize (self, (guint64) CLAMP (round (value), 1.0, (double) MAXSIZE_LIMIT));
}

static void
motion_cb (MillTank *self, double x, double y)
{
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), mill_tank_is_on_mark (self, x, y) ? "ns-resize" : NULL);
}

static void
add_controllers (MillTank *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();

  self->drag = gtk_gesture_drag_new ();
  g_signal_connect_swapped (self->drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect_swapped (self->drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect_swapped (self->drag, "drag-end", G_CALLBACK (drag_end_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (self->drag));

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (widget, keys);

  g_signal_connect_swapped (motion, "motion", G_CALLBACK (motion_cb), self);
  gtk_widget_add_controller (widget, motion);
}

/* Makes the mark's child, its animation and the controllers that move it. */
void
mill_tank_init_mark (MillTank *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  self->mark = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 1.0, MAXSIZE_LIMIT, 1.0);
  gtk_widget_set_can_target (self->mark, FALSE);
  gtk_widget_set_parent (self->mark, widget);
  g_signal_connect_swapped (self->mark, "value-changed", G_CALLBACK (mark_value_changed_cb), self);

  self->settle = adw_timed_animation_new (widget, 0.0, 1.0, 250,
                                          adw_callback_animation_target_new (settle_cb, self, NULL));
  g_signal_connect_object (self->settle, "done", G_CALLBACK (settle_done_cb), self, G_CONNECT_SWAPPED);

  add_controllers (self);
}

/* Tells assistive technology where the mark is. */
void
mill_tank_update_mark (MillTank *self)
{
  g_autofree char *text = self->maxsize > 0 ? mill_format_count (self->maxsize) : g_strdup (_ ("no limit"));
  double value = self->maxsize > 0 ? (double) self->maxsize : MAXSIZE_LIMIT;

  self->updating_mark = TRUE;
  gtk_range_set_value (GTK_RANGE (self->mark), value);
  self->updating_mark = FALSE;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->mark), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
}
