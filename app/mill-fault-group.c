/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillFaultGroup: a heading with a button, and a list of rows. */

#include "config.h"

#include "mill-fault-group.h"

#include "mill-css-class.h"
#include "mill-knob-binding.h"

struct _MillFaultGroup
{
  GtkBox parent_instance;

  MillRun *run; /* (owned) */
  char *owner;  /* (owned): a stage */

  /* Template */
  GtkListBox *list;
};

G_DEFINE_FINAL_TYPE (MillFaultGroup, mill_fault_group, GTK_TYPE_BOX)

static void
all_off_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mill_knob_board_turn_faults_off (mill_run_get_knobs (MILL_FAULT_GROUP (widget)->run));
}

static void
mill_fault_group_dispose (GObject *object)
{
  MillFaultGroup *self = MILL_FAULT_GROUP (object);

  g_clear_object (&self->run);
  g_clear_pointer (&self->owner, g_free);

  G_OBJECT_CLASS (mill_fault_group_parent_class)->dispose (object);
}

static void
mill_fault_group_class_init (MillFaultGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mill_fault_group_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/millrace/Millrace/ui/fault-group.ui");
  gtk_widget_class_bind_template_child (widget_class, MillFaultGroup, list);
  gtk_widget_class_install_action (widget_class, "faults.all-off", NULL, all_off_action);
}

static void
mill_fault_group_init (MillFaultGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mill_fault_group_new:
 * @run: (transfer none): the run
 * @owner: one of its stages
 *
 * Returns: (transfer floating): a group without rows
 */
GtkWidget *
mill_fault_group_new (MillRun *run, const char *owner)
{
  MillFaultGroup *self = g_object_new (MILL_TYPE_FAULT_GROUP, NULL);

  self->run = g_object_ref (run);
  self->owner = g_strdup (owner);
  mill_fault_group_refresh (self);

  return GTK_WIDGET (self);
}

/**
 * mill_fault_group_add_row:
 * @row: (transfer floating): a row of mill_knob_binding_new_row(), for a fault of the stage
 *
 * Adds it at the end.
 */
void
mill_fault_group_add_row (MillFaultGroup *self, GtkWidget *row)
{
  gtk_list_box_append (self->list, row);
}

/**
 * mill_fault_group_refresh:
 *
 * Shows the faults as they are now. The button works as long as any stage has one on.
 */
void
mill_fault_group_refresh (MillFaultGroup *self)
{
  MillKnobBoard *knobs = mill_run_get_knobs (self->run);
  GtkWidget *row;

  for (row = gtk_widget_get_first_child (GTK_WIDGET (self->list)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    mill_knob_binding_refresh (row);
  mill_css_class_set (GTK_WIDGET (self), "on", mill_knob_board_has_faults_on (knobs, self->owner));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "faults.all-off",
                                 mill_knob_board_has_faults_on (knobs, NULL));
}
