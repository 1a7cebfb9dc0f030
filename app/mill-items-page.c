/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillItemsPage: turns the headers, the entry and the drop-down into a query of a MillItemList. */

#include "config.h"

#include "mill-items-page.h"

#include <glib/gi18n.h>

#include "mill-format.h"
#include "mill-item-columns.h"
#include "mill-item-details.h"
#include "mill-item-list.h"
#include "mill-unseen.h"
#include "mill-search-key.h"
#include "mill-uri-open.h"

struct _MillItemsPage
{
  AdwBin parent_instance;

  MillRun *run;                  /* (owned) (nullable) */
  MillItemList *list;            /* (owned) */
  GtkSingleSelection *selection; /* (owned): of the list */
  MillItemRow *selected;         /* (owned) (nullable): stays what it is when the list is sorted anew */
  gboolean is_changing;          /* the list; what it does to the selection is not the user's will */
  GtkWidget *menu;               /* (owned): a child */

  /* Template */
  GtkStack *stack;
  AdwStatusPage *nothing_page;
  GtkWidget *preferences_button;
  GtkEditable *search_entry;
  GtkDropDown *state_drop_down;
  GtkLabel *count_label;
  GtkSpinner *spinner;
  GtkColumnView *view;
  GtkLabel *no_match_label;
  MillItemDetails *details;
  GMenuModel *item_menu;
};

G_DEFINE_FINAL_TYPE (MillItemsPage, mill_items_page, ADW_TYPE_BIN)

/* ---- what is shown --------------------------------------------------------------------------------------
 */

static void
say_nothing (MillItemsPage *self, const char *title, const char *description)
{
  g_autofree char *markup = g_markup_escape_text (description, -1);

  adw_status_page_set_title (self->nothing_page, title);
  adw_status_page_set_description (self->nothing_page, markup);
  gtk_widget_set_visible (self->preferences_button, FALSE);
  gtk_stack_set_visible_child_name (self->stack, "nothing");
}

static void
say_why_no_file (MillItemsPage *self)
{
  if (mill_run_get_state (self->run) == MILL_STATE_IDLE)
    say_nothing (self, _ ("Not Started Yet"), _ ("What becomes of each item is listed here while it runs."));
  else
    say_nothing (
        self, _ ("This Run Is Not Recorded"),
        _ ("Items are listed from the run file, and this run has none. Every run that is started here "
           "is recorded unless Preferences say otherwise; on the command line, --record makes a "
           "run file."));
  gtk_widget_set_visible (self->preferences_button, mill_run_get_state (self->run) != MILL_STATE_IDLE);
}

static char *
describe_count (MillItemsPage *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->list));
  guint64 n_total = mill_item_list_get_total (self->list);
  g_autofree char *count = mill_format_count (n);
  g_autofree char *total = mill_format_count (n_total);

  if (!mill_item_list_is_read (self->list))
    return g_strdup (_ ("Reading…"));
  if (n == n_total)
    return g_strdup_printf (ngettext ("%s item", "%s items", n), count);
  /* Translators: how many items are listed, of how many; "12,345 of 1,000,000 items" */
  return g_strdup_printf (ngettext ("%s of %s item", "%s of %s items", (gulong) n_total), count, total);
}

static void
show_list (MillItemsPage *self)
{
  gboolean is_busy = mill_item_list_is_busy (self->list);
  gboolean is_empty = g_list_model_get_n_items (G_LIST_MODEL (self->list)) == 0;
  g_autofree char *count = describe_count (self);

  gtk_label_set_label (self->count_label, is_busy && !is_empty ? _ ("Sorting…") : count);
  gtk_spinner_set_spinning (self->spinner, is_busy);
  gtk_widget_set_visible (GTK_WIDGET (self->no_match_label), is_empty && !is_busy);
  gtk_stack_set_visible_child_name (self->stack, "items");
}

static void
update (MillItemsPage *self)
{
  const char *error = mill_item_list_get_error (self->list);

  if (self->run == NULL)
    return;
  if (mill_run_get_path (self->run) == NULL)
    say_why_no_file (self);
  else if (error != NULL)
    say_nothing (self, _ ("The Run File Cannot Be Read"), error);
  else if (mill_item_list_is_read (self->list) && mill_item_list_get_total (self->list) == 0)
    say_nothing (self, _ ("No Item Yet"), _ ("An item is listed once it is done or has failed for good."));
  else
    show_list (self);
}

/* ---- the selected item ----------------------------------------------------------------------------------
 */

static void
show_details (MillItemsPage *self)
{
  g_autoptr (GPtrArray) fields = NULL;
  gboolean is_address = self->selected != NULL && mill_item_row_is_address (self->selected);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "items.copy", self->selected != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "items.open", is_address);
  gtk_widget_set_visible (GTK_WIDGET (self->details), self->selected != NULL);
  mill_item_details_clear (self->details);
  if (self->selected == NULL)
    return;
  fields = mill_item_list_read_fields (self->list, self->selected);
  for (guint i = 0; i < fields->len; i++)
    {
      const MillItemField *field = g_ptr_array_index (fields, i);

      mill_item_details_add_column (self->details, field->name, field->value);
    }
}

static void
selected_cb (MillItemsPage *self)
{
  MillItemRow *row = gtk_single_selection_get_selected_item (self->selection);

  if (self->is_changing || row == self->selected)
    return;
  g_set_object (&self->selected, row);
  show_details (self);
}

/* A selection whose item goes away would look for it among all the new ones, and read them. */
static void
changing_cb (MillItemsPage *self)
{
  self->is_changing = TRUE;
  gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
}

/* Selects again what was selected, wherever it is now. */
static void
items_changed_cb (MillItemsPage *self)
{
  if (g_list_model_get_n_items (G_LIST_MODEL (self->list)) == 0)
    return; /* the others may follow */
  if (self->is_changing && self->selected != NULL)
    gtk_single_selection_set_selected (self->selection, mill_item_list_find (self->list, self->selected));
  self->is_changing = FALSE;
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillItemsPage *self = MILL_ITEMS_PAGE (widget);
  const char *key = mill_item_row_get_key (self->selected);
  g_autofree char *text = g_utf8_make_valid (key, -1);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
}

static void
open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillItemsPage *self = MILL_ITEMS_PAGE (widget);

  mill_uri_open (widget, mill_item_row_get_key (self->selected), _ ("The Address Cannot Be Opened"));
}

static void
activate_cb (MillItemsPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "items.open", NULL);
}

static void
menu_cb (MillItemsPage *self, int n_presses, double x, double y)
{
  guint position = mill_item_columns_pick (self->view, x, y);
  double menu_x, menu_y;

  if (position == GTK_INVALID_LIST_POSITION)
    return;
  gtk_single_selection_set_selected (self->selection, position);
  gtk_widget_translate_coordinates (GTK_WIDGET (self->view), GTK_WIDGET (self), x, y, &menu_x, &menu_y);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle){ (int) menu_x, (int) menu_y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

/* ---- what is asked for ----------------------------------------------------------------------------------
 */

static void
query_changed_cb (MillItemsPage *self)
{
  static const char *const outcomes[] = { NULL, "done", "dead", "returned" };
  const char *text = gtk_editable_get_text (self->search_entry);
  guint state = gtk_drop_down_get_selected (self->state_drop_down);
  MillItemQuery query = { .outcome = (char *) (state < G_N_ELEMENTS (outcomes) ? outcomes[state] : NULL),
                          .text = (char *) (*text != '\0' ? text : NULL) };

  mill_item_columns_get_sort (self->view, &query);
  mill_item_list_set_query (self->list, &query);
}

static void
stop_search_cb (MillItemsPage *self)
{
  gtk_editable_set_text (self->search_entry, "");
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

/* ---- the run --------------------------------------------------------------------------------------------
 */

static void
follow (MillItemsPage *self)
{
  if (self->run == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  mill_item_list_set_path (self->list, mill_run_get_path (self->run));
  mill_item_list_poll (self->list);
  update (self);
}

static void
mill_items_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (mill_items_page_parent_class)->map (widget);
  follow (MILL_ITEMS_PAGE (widget));
}

static void
forget_run (MillItemsPage *self)
{
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_clear_object (&self->run);
  mill_item_list_set_path (self->list, NULL);
  if (self->selected == NULL)
    return;
  g_clear_object (&self->selected);
  show_details (self);
}

static void
mill_items_page_dispose (GObject *object)
{
  MillItemsPage *self = MILL_ITEMS_PAGE (object);

  if (self->list != NULL)
    {
      /* Its columns are taken from the view one by one, and the order changes with each. */
      g_signal_handlers_disconnect_by_data (gtk_column_view_get_sorter (self->view), self);
      g_signal_handlers_disconnect_by_data (self->list, self);
      mill_item_list_set_path (self->list, NULL);
    }
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_clear_object (&self->run);
  g_clear_object (&self->selected);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_object (&self->selection);
  g_clear_object (&self->list);

  G_OBJECT_CLASS (mill_items_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/millrace/Millrace/ui/items-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MillItemsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, MillItemsPage, nothing_page);
  gtk_widget_class_bind_template_child (widget_class, MillItemsPage, preferences_button);
  gtk_widget_class_bind_template_child (widget_class, MillItemsPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, MillItemsPage, state_drop_down);
  gtk_widget_class_bind_template_child (widget_class, MillItemsPage, count_label);
  gtk_widget_class_bind_template_child (widget_class, MillItemsPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, MillItemsPage, view);
  gtk_widget_class_bind_template_child (widget_class, MillItemsPage, no_match_label);
  gtk_widget_class_bind_template_child (widget_class, MillItemsPage, details);
  gtk_widget_class_bind_template_child (widget_class, MillItemsPage, item_menu);
  gtk_widget_class_bind_template_callback (widget_class, query_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
}

static void
mill_items_page_class_init (MillItemsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mill_items_page_dispose;
  widget_class->map = mill_items_page_map;

  g_type_ensure (MILL_TYPE_ITEM_DETAILS);
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "items.copy", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "items.open", NULL, open_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "items.copy", NULL);
}

static void
add_menu (MillItemsPage *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  self->menu = gtk_popover_menu_new_from_model (self->item_menu);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
  gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect_object (click, "pressed", G_CALLBACK (menu_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->view), GTK_EVENT_CONTROLLER (click));
}

static void
make_list (MillItemsPage *self)
{
  self->list = mill_item_list_new ();
  g_signal_connect_object (self->list, "status", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "changing", G_CALLBACK (changing_cb), self, G_CONNECT_SWAPPED);
  self->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->list)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (selected_cb), self,
                           G_CONNECT_SWAPPED);
  /* After the selection has heard of it. */
  g_signal_connect_object (self->list, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}

static void
mill_items_page_init (MillItemsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  mill_unseen_hide_children (GTK_WIDGET (self->stack));
  make_list (self);
  mill_item_columns_add (self->view);
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (gtk_column_view_get_sorter (self->view), "changed", G_CALLBACK (query_changed_cb),
                           self, G_CONNECT_SWAPPED);
  add_menu (self);
  mill_search_key_add (GTK_WIDGET (self), GTK_WIDGET (self->search_entry));
  show_details (self);
}

/**
 * mill_items_page_set_run:
 * @run: (transfer none): what to show
 *
 * Replaces what was shown.
 */
void
mill_items_page_set_run (MillItemsPage *self, MillRun *run)
{
  forget_run (self);
  self->run = g_object_ref (run);
  g_signal_connect_object (run, "beat", G_CALLBACK (follow), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "ended", G_CALLBACK (follow), self, G_CONNECT_SWAPPED);
  follow (self);
  update (self);
}
