/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillWindow: undoing and redoing what was done to the knobs. */

#include "config.h"

#include "mill-window-private.h"

#include "mill-knob-row.h"

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

static void
toast_dismissed_cb (MillWindow *self, AdwToast *toast)
{
  if (toast == self->knob_toast)
    g_clear_weak_pointer (&self->knob_toast);
}

/* One word at a time: who undoes ten steps does not read ten of them one after the other, and sees each as
 * long as any. */
static void
say (MillWindow *self, const char *what)
{
  g_autofree char *title = g_markup_escape_text (what, -1);
  AdwToast *toast = adw_toast_new (title);

  if (self->knob_toast != NULL)
    adw_toast_dismiss (self->knob_toast);
  adw_toast_set_timeout (toast, 3);
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  g_set_weak_pointer (&self->knob_toast, toast);
  g_signal_connect_object (toast, "dismissed", G_CALLBACK (toast_dismissed_cb), self, G_CONNECT_SWAPPED);
  adw_toast_overlay_add_toast (self->toast_overlay, toast);
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

/* A text that is being edited has an undo of its own; a knob's that is only shown has not. */
static gboolean
is_editing_text (MillWindow *self)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  GtkWidget *row = focus != NULL ? gtk_widget_get_ancestor (focus, MILL_TYPE_KNOB_ROW) : NULL;

  if (row != NULL)
    return mill_knob_row_is_editing (MILL_KNOB_ROW (row));
  return GTK_IS_EDITABLE (focus) || GTK_IS_TEXT_VIEW (focus);
}

static gboolean
undo_key_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  return !is_editing_text (MILL_WINDOW (widget)) && gtk_widget_activate_action (widget, "win.undo", NULL);
}

static gboolean
redo_key_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  return !is_editing_text (MILL_WINDOW (widget)) && gtk_widget_activate_action (widget, "win.redo", NULL);
}

static void
add_key (GtkEventController *controller, guint keyval, GdkModifierType modifiers, GtkShortcutFunc func)
{
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (keyval, modifiers),
                                                          gtk_callback_action_new (func, NULL, NULL)));
}

/**
 * mill_window_add_undo_keys:
 *
 * Called once, in init. The keys are looked at before the widget that has the focus gets them: a text takes
 * them all, also when it has nothing to undo.
 */
void
mill_window_add_undo_keys (MillWindow *self)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  add_key (controller, GDK_KEY_z, GDK_CONTROL_MASK, undo_key_cb);
  add_key (controller, GDK_KEY_z, GDK_CONTROL_MASK | GDK_SHIFT_MASK, redo_key_cb);
  add_key (controller, GDK_KEY_y, GDK_CONTROL_MASK, redo_key_cb);
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}

/**
 * mill_window_install_knob_actions:
 * @widget_class: the class of #MillWindow
 *
 * Called once, in class_init.
 */
void
mill_window_install_knob_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.undo", NULL, undo_action);
  gtk_widget_class_install_action (widget_class, "win.redo", NULL, redo_action);
}
