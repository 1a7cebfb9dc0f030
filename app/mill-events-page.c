/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillEventsPage: only new events are asked for, with a beat, while the page can be seen. */

#include "config.h"

#include "mill-events-page.h"

#include <glib/gi18n.h>

#include "mill-css-class.h"
#include "mill-event-row.h"
#include "mill-format.h"
#include "mill-search-key.h"
#include "mill-unseen.h"

/* So many are kept; the oldest go. */
#define MAX_KEPT 100000

struct _MillEventsPage
{
  AdwBin parent_instance;

  MillRun *run;      /* (owned) (nullable) */
  GListStore *store; /* (owned) of MillEventRow */
  guint64 next;      /* the number of the first event that is not in the list yet */
  guint64 dropped;   /* those that will never be, or are not any more */
  gboolean follows;  /* the end is in view */
  int kind;          /* the only one shown; -1 is all */
  char *folded;      /* (owned) (nullable): what is searched for, case-folded */

  /* Template */
  GtkDropDown *kind_drop_down;
  GtkSearchEntry *search_entry;
  GtkLabel *count_label;
  GtkStack *stack;
  AdwStatusPage *empty_page;
  GtkScrolledWindow *scroller;
  GtkColumnView *view;
  GtkMultiSelection *selection;
  GtkFilterListModel *filtered;
  GtkCustomFilter *filter;
};

enum
{
  SIGNAL_TIME_CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MillEventsPage, mill_events_page, ADW_TYPE_BIN)

static gboolean
matches (gpointer row, gpointer user_data)
{
  MillEventsPage *self = user_data;

  return mill_event_row_matches (row, self->kind, self->folded);
}

static void
show_count (MillEventsPage *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->store));
  guint n_shown = g_list_model_get_n_items (G_LIST_MODEL (self->filtered));
  g_autofree char *count = mill_format_count (n);
  g_autofree char *shown = mill_format_count (n_shown);
  g_autofree char *dropped = mill_format_count (self->dropped);
  g_autoptr (GString) text = g_string_new (NULL);

  if (n_shown == n)
    g_string_append_printf (text, ngettext ("%s event", "%s events", n), count);
  else
    /* Translators: how many events are shown, and how many there are */
    g_string_append_printf (text, ngettext ("%s of %s event", "%s of %s events", n), shown, count);
  if (self->dropped > 0)
    /* Translators: how many events are not in the list any more, since it is bounded */
    g_string_append_printf (text, _ (" · %s dropped"), dropped);
  gtk_label_set_label (self->count_label, text->str);
  adw_status_page_set_title (self->empty_page, n == 0 ? _ ("No Event Yet") : _ ("No Such Event"));
  gtk_stack_set_visible_child_name (self->stack, n_shown == 0 ? "empty" : "list");
}

static void
append (MillEventsPage *self, GPtrArray *events)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  const MillEvent *first = g_ptr_array_index (events, 0);
  guint n;

  self->dropped += first->number - self->next;
  for (guint i = 0; i < events->len; i++)
    g_ptr_array_add (rows, mill_event_row_new (g_ptr_array_index (events, i)));
  self->next = first->number + events->len;
  g_list_store_splice (self->store, g_list_model_get_n_items (G_LIST_MODEL (self->store)), 0, rows->pdata,
                       rows->len);
  n = g_list_model_get_n_items (G_LIST_MODEL (self->store));
  if (n > MAX_KEPT)
    {
      g_list_store_splice (self->store, 0, n - MAX_KEPT, NULL, 0);
      self->dropped += n - MAX_KEPT;
    }
}

/* Asks only when there are any: to list them takes a lock that the run needs as well. */
static void
fetch (MillEventsPage *self)
{
  g_autoptr (GPtrArray) events = NULL;

  if (mill_run_get_snapshot (self->run)->n_events <= self->next)
    return;
  events = mill_pipeline_get_events (mill_run_get_pipeline (self->run), self->next);
  if (events->len > 0)
    append (self, events);
  show_count (self);
}

static void
beat_cb (MillEventsPage *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    fetch (self);
}

static void
filter_changed (MillEventsPage *self)
{
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  show_count (self);
}

static void
kind_chosen_cb (MillEventsPage *self)
{
  self->kind = (int) gtk_drop_down_get_selected (self->kind_drop_down) - 1;
  filter_changed (self);
}

static void
search_changed_cb (MillEventsPage *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search_entry));

  g_free (self->folded);
  self->folded = *text != '\0' ? g_utf8_casefold (text, -1) : NULL;
  filter_changed (self);
}

static void
stop_search_cb (MillEventsPage *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

static void
scrolled_cb (MillEventsPage *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);

  self->follows = gtk_adjustment_get_value (adjustment) + gtk_adjustment_get_page_size (adjustment) >=
                  gtk_adjustment_get_upper (adjustment) - 1;
}

/* The list has grown, or its place has. */
static void
resized_cb (MillEventsPage *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);

  if (self->follows)
    gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment) -
                                              gtk_adjustment_get_page_size (adjustment));
}

static void
append_line (GString *text, MillEventRow *row)
{
  const MillEvent *event = mill_event_row_get_event (row);
  g_autofree char *time = mill_event_row_describe_time (row);

  g_string_append_printf (text, "%s\t%s\t%s\n", time, mill_event_kind_get_label (event->kind), event->text);
}

/* What is selected, or all that is shown: a line each, its parts apart by tabs. */
static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillEventsPage *self = MILL_EVENTS_PAGE (widget);
  g_autoptr (GtkBitset) chosen = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  gboolean all = gtk_bitset_is_empty (chosen);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MillEventRow) row = NULL;

      if (!all && !gtk_bitset_contains (chosen, i))
        continue;
      row = g_list_model_get_item (G_LIST_MODEL (self->selection), i);
      append_line (text, row);
    }
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text->str);
}

static void
activated_cb (MillEventsPage *self, guint position)
{
  g_autoptr (MillEventRow) row = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  g_signal_emit (self, signals[SIGNAL_TIME_CHOSEN], 0, mill_event_row_get_event (row)->time_us);
}

static void
setup_label_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (item, label);
}

static void
bind_time_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  g_autofree char *time = mill_event_row_describe_time (gtk_list_item_get_item (item));

  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (item)), time);
}

static void
bind_text_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  const MillEvent *event = mill_event_row_get_event (gtk_list_item_get_item (item));

  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (item)), event->text);
  gtk_widget_set_tooltip_text (gtk_list_item_get_child (item), event->text);
}

static void
setup_kind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  gtk_box_append (GTK_BOX (box),
                  g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL));
  gtk_box_append (GTK_BOX (box), gtk_label_new (NULL));
  gtk_list_item_set_child (item, box);
}

static void
bind_kind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  MillEventKind kind = mill_event_row_get_event (gtk_list_item_get_item (item))->kind;
  GtkWidget *box = gtk_list_item_get_child (item);
  gboolean is_bad = kind == MILL_EVENT_FAULT || kind == MILL_EVENT_ALERT;

  gtk_image_set_from_icon_name (GTK_IMAGE (gtk_widget_get_first_child (box)),
                                mill_event_kind_get_icon_name (kind));
  gtk_label_set_label (GTK_LABEL (gtk_widget_get_last_child (box)), mill_event_kind_get_label (kind));
  mill_css_class_set (box, "warning", is_bad);
}

static void
mill_events_page_map (GtkWidget *widget)
{
  MillEventsPage *self = MILL_EVENTS_PAGE (widget);

  if (self->run != NULL)
    fetch (self);
  GTK_WIDGET_CLASS (mill_events_page_parent_class)->map (widget);
}

static void
forget_run (MillEventsPage *self)
{
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_clear_object (&self->run);
}

static void
mill_events_page_dispose (GObject *object)
{
  MillEventsPage *self = MILL_EVENTS_PAGE (object);

  forget_run (self);
  /* It looks at the page. */
  if (self->filter != NULL)
    gtk_custom_filter_set_filter_func (self->filter, NULL, NULL, NULL);
  self->filter = NULL;
  G_OBJECT_CLASS (mill_events_page_parent_class)->dispose (object);
}

static void
mill_events_page_finalize (GObject *object)
{
  MillEventsPage *self = MILL_EVENTS_PAGE (object);

  g_clear_object (&self->store);
  g_free (self->folded);
  G_OBJECT_CLASS (mill_events_page_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/millrace/Millrace/ui/events-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MillEventsPage, kind_drop_down);
  gtk_widget_class_bind_template_child (widget_class, MillEventsPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, MillEventsPage, count_label);
  gtk_widget_class_bind_template_child (widget_class, MillEventsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, MillEventsPage, empty_page);
  gtk_widget_class_bind_template_child (widget_class, MillEventsPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, MillEventsPage, view);
  gtk_widget_class_bind_template_child (widget_class, MillEventsPage, selection);
  gtk_widget_class_bind_template_child (widget_class, MillEventsPage, filtered);
  gtk_widget_class_bind_template_child (widget_class, MillEventsPage, filter);
  gtk_widget_class_bind_template_callback (widget_class, kind_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, setup_label_cb);
  gtk_widget_class_bind_template_callback (widget_class, setup_kind_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_time_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_kind_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_text_cb);
}

static void
mill_events_page_class_init (MillEventsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mill_events_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = mill_events_page_finalize;
  widget_class->map = mill_events_page_map;

  signals[SIGNAL_TIME_CHOSEN] = g_signal_new ("time-chosen", MILL_TYPE_EVENTS_PAGE, G_SIGNAL_RUN_LAST, 0,
                                              NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "events.copy", NULL, copy_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "events.copy", NULL);
}

static void
mill_events_page_init (MillEventsPage *self)
{
  GtkAdjustment *adjustment;

  self->kind = -1;
  self->follows = TRUE;
  self->store = g_list_store_new (MILL_TYPE_EVENT_ROW);
  gtk_widget_init_template (GTK_WIDGET (self));
  mill_unseen_hide_children (GTK_WIDGET (self->stack));
  gtk_custom_filter_set_filter_func (self->filter, matches, self, NULL);
  gtk_filter_list_model_set_model (self->filtered, G_LIST_MODEL (self->store));
  adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (scrolled_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (resized_cb), self, G_CONNECT_SWAPPED);
  mill_search_key_add (GTK_WIDGET (self), GTK_WIDGET (self->search_entry));
  show_count (self);
}

/**
 * mill_events_page_set_run:
 * @run: (transfer none): what to show
 *
 * Replaces what was shown.
 */
void
mill_events_page_set_run (MillEventsPage *self, MillRun *run)
{
  forget_run (self);
  self->run = g_object_ref (run);
  self->next = 0;
  self->dropped = 0;
  self->follows = TRUE;
  g_list_store_remove_all (self->store);
  show_count (self);
  g_signal_connect_object (run, "beat", G_CALLBACK (beat_cb), self, G_CONNECT_SWAPPED);
  beat_cb (self);
}
