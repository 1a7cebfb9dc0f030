/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillKnobPanel: one list of rows for each owner of knobs, and below it, always in sight, its faults; the
 * rows on show follow the run's `beat`. */

#include "config.h"

#include "mill-knob-panel.h"

#include "mill-fault-group.h"
#include "mill-knob-binding.h"
#include "mill-unseen.h"

struct _MillKnobPanel
{
  GtkBox parent_instance;

  MillRun *run;          /* (owned) (nullable) */
  GtkStringList *owners; /* (owned): whose knobs there are, in the order of the flow */

  /* Template */
  GtkDropDown *owner_drop_down;
  GtkStack *stack;
  GtkStack *fault_stack;
};

enum
{
  SIGNAL_OWNER_CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MillKnobPanel, mill_knob_panel, GTK_TYPE_BOX)

static void
refresh_rows (GtkWidget *list)
{
  GtkWidget *row;

  for (row = gtk_widget_get_first_child (list); row != NULL; row = gtk_widget_get_next_sibling (row))
    mill_knob_binding_refresh (row);
}

static void
update_reset (MillKnobPanel *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "knobs.reset",
                                 self->run != NULL &&
                                     !mill_knob_board_is_as_in_job (mill_run_get_knobs (self->run)));
}

static void
beat_cb (MillKnobPanel *self)
{
  GtkWidget *list = gtk_stack_get_visible_child (self->stack);
  GtkWidget *group = gtk_stack_get_visible_child (self->fault_stack);

  if (list != NULL)
    refresh_rows (list);
  if (group != NULL)
    mill_fault_group_refresh (MILL_FAULT_GROUP (group));
  update_reset (self);
}

/* The source has none. */
static void
show_faults (MillKnobPanel *self, const char *owner)
{
  GtkWidget *group = gtk_stack_get_child_by_name (self->fault_stack, owner);

  if (group != NULL)
    gtk_stack_set_visible_child (self->fault_stack, group);
  gtk_widget_set_visible (GTK_WIDGET (self->fault_stack), group != NULL);
}

static void
owner_selected_cb (MillKnobPanel *self)
{
  guint selected = gtk_drop_down_get_selected (self->owner_drop_down);
  const char *owner;

  if (selected >= g_list_model_get_n_items (G_LIST_MODEL (self->owners)))
    return;
  owner = gtk_string_list_get_string (self->owners, selected);
  gtk_stack_set_visible_child_name (self->stack, owner);
  show_faults (self, owner);
  beat_cb (self);
  g_signal_emit (self, signals[SIGNAL_OWNER_CHOSEN], 0, owner);
}

static void
reset_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mill_knob_board_reset (mill_run_get_knobs (MILL_KNOB_PANEL (widget)->run));
}

static GtkWidget *
add_list (MillKnobPanel *self, const char *owner)
{
  GtkWidget *list = gtk_list_box_new ();

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "knobs");
  mill_unseen_hide (list);
  gtk_stack_add_named (self->stack, list, owner);
  gtk_string_list_append (self->owners, owner);

  return list;
}

static GtkWidget *
add_fault_group (MillKnobPanel *self, const char *owner)
{
  GtkWidget *group = mill_fault_group_new (self->run, owner);

  mill_unseen_hide (group);
  gtk_stack_add_named (self->fault_stack, group, owner);

  return group;
}

static void
add_row (MillKnobPanel *self, MillKnob *knob)
{
  const char *owner = mill_knob_get_owner (knob);
  gboolean is_fault = mill_knob_is_fault (knob);
  GtkWidget *parent = gtk_stack_get_child_by_name (is_fault ? self->fault_stack : self->stack, owner);
  GtkWidget *row = mill_knob_binding_new_row (self->run, knob);

  if (parent == NULL)
    parent = is_fault ? add_fault_group (self, owner) : add_list (self, owner);
  if (is_fault)
    mill_fault_group_add_row (MILL_FAULT_GROUP (parent), row);
  else
    gtk_list_box_append (GTK_LIST_BOX (parent), row);
}

static void
add_rows (MillKnobPanel *self)
{
  GPtrArray *knobs = mill_knob_board_get_knobs (mill_run_get_knobs (self->run));
  guint i;

  for (i = 0; i < knobs->len; i++)
    add_row (self, g_ptr_array_index (knobs, i));
}

static void
forget_run (MillKnobPanel *self)
{
  if (self->run != NULL)
    {
      g_signal_handlers_disconnect_by_data (mill_run_get_knobs (self->run), self);
      g_signal_handlers_disconnect_by_data (self->run, self);
    }
  g_clear_object (&self->run);
}

static void
remove_pages (GtkStack *stack)
{
  GtkWidget *page;

  while ((page = gtk_widget_get_first_child (GTK_WIDGET (stack))) != NULL)
    gtk_stack_remove (stack, page);
}

static void
mill_knob_panel_dispose (GObject *object)
{
  MillKnobPanel *self = MILL_KNOB_PANEL (object);

  forget_run (self);
  g_clear_object (&self->owners);

  G_OBJECT_CLASS (mill_knob_panel_parent_class)->dispose (object);
}

static void
mill_knob_panel_class_init (MillKnobPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mill_knob_panel_dispose;

  /**
   * MillKnobPanel::owner-chosen:
   * @name: a stage, or the source
   *
   * Other knobs are shown now.
   */
  signals[SIGNAL_OWNER_CHOSEN] = g_signal_new ("owner-chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                               0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/millrace/Millrace/ui/knob-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, MillKnobPanel, owner_drop_down);
  gtk_widget_class_bind_template_child (widget_class, MillKnobPanel, stack);
  gtk_widget_class_bind_template_child (widget_class, MillKnobPanel, fault_stack);
  gtk_widget_class_bind_template_callback (widget_class, owner_selected_cb);
  gtk_widget_class_install_action (widget_class, "knobs.reset", NULL, reset_action);
}

static void
mill_knob_panel_init (MillKnobPanel *self)
{
  self->owners = gtk_string_list_new (NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mill_knob_panel_set_run:
 * @run: (transfer none): whose knobs to show
 *
 * Replaces all rows; shows the knobs of the first stage.
 */
void
mill_knob_panel_set_run (MillKnobPanel *self, MillRun *run)
{
  forget_run (self);
  remove_pages (self->stack);
  remove_pages (self->fault_stack);
  g_clear_object (&self->owners);
  self->owners = gtk_string_list_new (NULL);
  self->run = g_object_ref (run);
  add_rows (self);
  gtk_drop_down_set_model (self->owner_drop_down, G_LIST_MODEL (self->owners));
  gtk_widget_set_visible (GTK_WIDGET (self->owner_drop_down),
                          g_list_model_get_n_items (G_LIST_MODEL (self->owners)) > 1);
  mill_knob_panel_show_owner (self,
                              mill_stage_get_name (mill_pipeline_get_stage (mill_run_get_pipeline (run), 0)));
  g_signal_connect_object (run, "beat", G_CALLBACK (beat_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (mill_run_get_knobs (run), "changed", G_CALLBACK (beat_cb), self,
                           G_CONNECT_SWAPPED);
}

/**
 * mill_knob_panel_show_owner:
 * @name: a stage, or the source
 *
 * Shows its knobs; a name without knobs changes nothing.
 */
void
mill_knob_panel_show_owner (MillKnobPanel *self, const char *name)
{
  guint n_owners = g_list_model_get_n_items (G_LIST_MODEL (self->owners));
  guint i;

  for (i = 0; i < n_owners; i++)
    if (g_strcmp0 (gtk_string_list_get_string (self->owners, i), name) == 0)
      gtk_drop_down_set_selected (self->owner_drop_down, i);
}
