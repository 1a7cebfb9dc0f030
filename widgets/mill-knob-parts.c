/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * GTK's controls, trimmed for a row of knobs.
 */
#include "config.h"

#include "mill-knob-parts.h"

/* Scrolling past a list of knobs must not turn them while a pipeline runs. */
void
mill_knob_ignore_scrolling (GtkWidget *widget)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
  guint i;

  for (i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_SCROLL (controller))
        gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_NONE);
    }
}

/* A stepper reads "− 39 +"; beside a slider the buttons are left out. */
void
mill_knob_arrange_buttons (GtkWidget *spin, gboolean stepper)
{
  GtkWidget *child = gtk_widget_get_first_child (spin);
  gboolean moved = FALSE;

  while (child != NULL)
    {
      GtkWidget *next = gtk_widget_get_next_sibling (child);

      if (GTK_IS_BUTTON (child) && !stepper)
        gtk_widget_set_visible (child, FALSE);
      if (GTK_IS_BUTTON (child) && stepper && !moved)
        {
          gtk_widget_insert_after (child, spin, NULL);
          moved = TRUE;
        }
      child = next;
    }
}

/* (transfer floating): what puts a knob back; its place is kept while it is not shown. */
GtkWidget *
mill_knob_reset_button_new (void)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-undo-symbolic");

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_add_css_class (button, "mill-reset");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  mill_knob_reset_button_show (button, FALSE);
  return button;
}

void
mill_knob_reset_button_show (GtkWidget *button, gboolean shown)
{
  gtk_widget_set_opacity (button, shown ? 1.0 : 0.0);
  gtk_widget_set_sensitive (button, shown);
  gtk_widget_set_can_target (button, shown);
  gtk_accessible_update_state (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_STATE_HIDDEN, !shown, -1);
}

/* (transfer floating): a line that says why what was typed was not taken. */
GtkWidget *
mill_knob_hint_new (void)
{
  GtkWidget *hint = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (hint), 0.0f);
  gtk_label_set_wrap (GTK_LABEL (hint), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (hint), 30);
  gtk_widget_add_css_class (hint, "caption");
  gtk_widget_add_css_class (hint, "error");
  gtk_widget_set_margin_bottom (hint, 8);
  gtk_widget_set_visible (hint, FALSE);
  return hint;
}
