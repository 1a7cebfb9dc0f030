/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillWindow: undoing and redoing what was done to the knobs. */

#include "config.h"

#include "mill-window-private.h"

#include <glib/gi18n.h>

/**
 * mill_window_update_knob_actions:
 *
 * Enables what there is to undo and to redo.
 */
void
mill_window_update_knob_actions (MillWindow *self)
{
  MillRun *run = mill_window_get_run (self);
  MillKnobBoard *knobs = run != NULL ? mill_run_get_knobs (run) : NULL;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.undo",
                                 knobs != NULL && mill_knob_board_can_undo (knobs));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.redo",
                                 knobs != NULL && mill_knob_board_can_redo (knobs));
}

/* One word at a time: who undoes ten steps does not read ten of them one after the other. */
static void
say (MillWindow *self, const char *what)
{
  g_autofree char *title = g_markup_escape_text (what, -1);

  if (self->knob_toast != NULL)
    {
      adw_toast_set_title (self->knob_toast, title);
      return;
    }
  self->knob_toast = adw_toast_new (title);
  adw_toast_set_timeout (self->knob_toast, 3);
  g_object_add_weak_pointer (G_OBJECT (self->knob_toast), (gpointer *) &self->knob_toast);
  adw_toast_overlay_add_toast (self->toast_overlay, self->knob_toast);
}

static void
undo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillWindow *self = MILL_WINDOW (widget);
  g_autofree char *what = mill_knob_board_undo (mill_run_get_knobs (mill_window_get_run (self)));

  if (what != NULL)
    say (self, what);
}

static void
redo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillWindow *self = MILL_WINDOW (widget);
  g_autofree char *what = mill_knob_board_redo (mill_run_get_knobs (mill_window_get_run (self)));

  if (what != NULL)
    say (self, what);
}

/**
 * mill_window_install_knob_actions:
 * @widget_class: the class of #MillWindow
 *
 * Called once, in class_init. The keys are the window's and not the application's: those come before a text
 * that has the focus, which has an undo of its own.
 */
void
mill_window_install_knob_actions (GtkWidgetClass *widget_class)
{
  const GdkModifierType shift_control = GDK_CONTROL_MASK | GDK_SHIFT_MASK;

  gtk_widget_class_install_action (widget_class, "win.undo", NULL, undo_action);
  gtk_widget_class_install_action (widget_class, "win.redo", NULL, redo_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK, "win.undo", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, shift_control, "win.redo", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_y, GDK_CONTROL_MASK, "win.redo", NULL);
}
