/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A choice row: a label, a drop-down, and a button that is there once something else was chosen.
 */
#include "config.h"

#include "mill-choice-row.h"

#include "mill-knob-parts.h"

struct _MillChoiceRow
{
  AdwPreferencesRow parent_instance;

  GtkWidget *label;     /* (unowned): belongs to the row */
  GtkWidget *drop_down; /* (unowned) */
  GtkWidget *reset;     /* (unowned) */
  gboolean has_usual;
  guint usual;
  guint updating; /* > 0 while it is set */
};

enum
{
  SIGNAL_CHANGED_BY_USER,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MillChoiceRow, mill_choice_row, ADW_TYPE_PREFERENCES_ROW)

static void
show_mark (MillChoiceRow *self)
{
  gboolean is_turned = self->has_usual && mill_choice_row_get_chosen (self) != self->usual;

  if (is_turned)
    gtk_widget_add_css_class (GTK_WIDGET (self), "turned");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "turned");
  mill_knob_reset_button_show (self->reset, is_turned);
}

static void
selected_cb (MillChoiceRow *self)
{
  show_mark (self);
  if (self->updating == 0)
    g_signal_emit (self, signals[SIGNAL_CHANGED_BY_USER], 0, mill_choice_row_get_chosen (self));
}

static void
reset_clicked_cb (MillChoiceRow *self)
{
  /* The button goes away, and the focus must not go with it. */
  if (gtk_widget_is_focus (self->reset))
    gtk_widget_grab_focus (self->drop_down);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->drop_down), self->usual);
}

static void
mill_choice_row_class_init (MillChoiceRowClass *klass)
{
  signals[SIGNAL_CHANGED_BY_USER] =
      g_signal_new ("changed-by-user", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
mill_choice_row_init (MillChoiceRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  self->label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->label), 0.0f);
  gtk_widget_set_hexpand (self->label, TRUE);
  self->drop_down = gtk_drop_down_new (NULL, NULL);
  gtk_widget_set_valign (self->drop_down, GTK_ALIGN_CENTER);
  self->reset = mill_knob_reset_button_new ();
  gtk_box_append (GTK_BOX (box), self->label);
  gtk_box_append (GTK_BOX (box), self->drop_down);
  gtk_box_append (GTK_BOX (box), self->reset);
  gtk_widget_add_css_class (GTK_WIDGET (self), "mill-knob");
  gtk_widget_add_css_class (box, "mill-knob-line");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), FALSE);
  gtk_widget_set_focusable (GTK_WIDGET (self), FALSE);
  g_signal_connect_swapped (self->drop_down, "notify::selected", G_CALLBACK (selected_cb), self);
  g_signal_connect_swapped (self->reset, "clicked", G_CALLBACK (reset_clicked_cb), self);
}

/**
 * mill_choice_row_new:
 * @label: what is chosen
 * @choices: (array zero-terminated=1): the names there are
 *
 * Returns: (transfer floating): the row; the first of @choices is chosen
 */
GtkWidget *
mill_choice_row_new (const char *label, const char *const *choices)
{
  MillChoiceRow *self = g_object_new (MILL_TYPE_CHOICE_ROW, NULL);
  g_autoptr (GtkStringList) names = gtk_string_list_new (choices);

  gtk_label_set_label (GTK_LABEL (self->label), label);
  self->updating++;
  gtk_drop_down_set_model (GTK_DROP_DOWN (self->drop_down), G_LIST_MODEL (names));
  self->updating--;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->drop_down), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return GTK_WIDGET (self);
}

/**
 * mill_choice_row_get_chosen:
 *
 * Returns: the place of the chosen one, from 0
 */
guint
mill_choice_row_get_chosen (MillChoiceRow *self)
{
  g_return_val_if_fail (MILL_IS_CHOICE_ROW (self), 0);
  return gtk_drop_down_get_selected (GTK_DROP_DOWN (self->drop_down));
}

/**
 * mill_choice_row_set_chosen:
 * @choice: the place of one, from 0
 *
 * Shows another one, which the user has not chosen.
 */
void
mill_choice_row_set_chosen (MillChoiceRow *self, guint choice)
{
  g_return_if_fail (MILL_IS_CHOICE_ROW (self));
  self->updating++;
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->drop_down), choice);
  self->updating--;
}

/**
 * mill_choice_row_set_description:
 * @description: a sentence or two
 *
 * Says what the choice is about.
 */
void
mill_choice_row_set_description (MillChoiceRow *self, const char *description)
{
  g_return_if_fail (MILL_IS_CHOICE_ROW (self));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), description);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->drop_down), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  description, -1);
}

/**
 * mill_choice_row_set_usual:
 * @choice: the place of the usual one
 * @text: what the button says that goes back to it
 *
 * Marks the row whenever another one is chosen.
 */
void
mill_choice_row_set_usual (MillChoiceRow *self, guint choice, const char *text)
{
  g_return_if_fail (MILL_IS_CHOICE_ROW (self));
  self->has_usual = TRUE;
  self->usual = choice;
  gtk_widget_set_tooltip_text (self->reset, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->reset), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  show_mark (self);
}
