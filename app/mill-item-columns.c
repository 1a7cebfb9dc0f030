/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The columns of a table of items. A cell is built once and filled again and again while a million items
 * scroll by, so it is filled by hand, and no width depends on what is in it. */

#include "config.h"

#include "mill-item-columns.h"

#include <glib/gi18n.h>

#include "mill-format.h"
#include "mill-table-column.h"
#include "mill-words.h"

/* Where a cell keeps the list item that it is of. */
#define LIST_ITEM "mill-list-item"

typedef void (*FillFunc) (GtkWidget *cell, MillItemRow *row);

/* A column; its title is translated where it is used. */
typedef struct
{
  const char *title;
  MillItemSort sort;
  int width; /* as of mill_table_column_new() */
  float xalign;
  FillFunc fill;
} Column;

/* ---- cells ----------------------------------------------------------------------------------------------
 */

/* An inscription, other than a label, is of the same size whatever it says. */
static void
set_text (GtkWidget *cell, const char *text)
{
  if (g_strcmp0 (gtk_inscription_get_text (GTK_INSCRIPTION (cell)), text) != 0)
    gtk_inscription_set_text (GTK_INSCRIPTION (cell), text);
}

/* Returns the name of an icon, and of the colour that goes with it. */
static const char *
icon_of (const char *outcome, const char **css_class)
{
  if (g_strcmp0 (outcome, "done") == 0)
    {
      *css_class = "success";
      return "object-select-symbolic";
    }
  *css_class = g_strcmp0 (outcome, "dead") == 0 ? "error" : "dim-label";
  if (g_strcmp0 (outcome, "dead") == 0)
    return "mill-dead-symbolic";
  return g_strcmp0 (outcome, "returned") == 0 ? "mill-return-symbolic" : "dialog-question-symbolic";
}

static void
fill_state (GtkWidget *cell, MillItemRow *row)
{
  GtkWidget *image = gtk_widget_get_first_child (cell);
  const char *outcome = mill_item_row_get_outcome (row);
  const char *css_class;
  const char *icon = icon_of (outcome, &css_class);

  /* Nearly all are done. */
  if (g_strcmp0 (gtk_image_get_icon_name (GTK_IMAGE (image)), icon) != 0)
    {
      gtk_image_set_from_icon_name (GTK_IMAGE (image), icon);
      gtk_widget_set_css_classes (image, (const char *[]){ css_class, NULL });
    }
  set_text (gtk_widget_get_last_child (cell), mill_item_columns_get_state_word (outcome));
}

static void
fill_key (GtkWidget *cell, MillItemRow *row)
{
  set_text (cell, mill_item_row_get_title (row));
}

static void
fill_attempts (GtkWidget *cell, MillItemRow *row)
{
  gint64 attempts = mill_item_row_get_attempts (row);
  g_autofree char *text = attempts > 0 ? mill_format_count ((guint64) attempts) : g_strdup ("–");

  set_text (cell, text);
}

static void
fill_latency (GtkWidget *cell, MillItemRow *row)
{
  double latency_ms = mill_item_row_get_latency_ms (row);
  g_autofree char *text =
      latency_ms >= 0 ? mill_words_span ((gint64) MIN (latency_ms * 1000, 1e15)) : g_strdup ("–");

  set_text (cell, text);
}

static void
fill_result (GtkWidget *cell, MillItemRow *row)
{
  set_text (cell, mill_item_row_get_result (row));
}

static void
fill_finished (GtkWidget *cell, MillItemRow *row)
{
  g_autofree char *text = mill_item_row_describe_time (row);

  set_text (cell, text);
}

static const Column columns[] = {
  { N_ ("State"), MILL_ITEM_SORT_STATE, 110, 0, fill_state },
  { N_ ("Key"), MILL_ITEM_SORT_KEY, MILL_TABLE_COLUMN_SHARES, 0, fill_key },
  { N_ ("Attempts"), MILL_ITEM_SORT_ATTEMPTS, 100, 1, fill_attempts },
  { N_ ("Latency"), MILL_ITEM_SORT_LATENCY, 100, 1, fill_latency },
  { N_ ("Result"), MILL_ITEM_SORT_RESULT, MILL_TABLE_COLUMN_SHARES, 0, fill_result },
  { N_ ("Finished"), MILL_ITEM_SORT_SETTLED, 170, 0, fill_finished },
};

static GtkWidget *
new_text (const Column *column)
{
  GtkWidget *text = gtk_inscription_new (NULL);

  gtk_inscription_set_xalign (GTK_INSCRIPTION (text), column->xalign);
  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (text), column->sort == MILL_ITEM_SORT_KEY
                                                                 ? GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_MIDDLE
                                                                 : GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_inscription_set_min_chars (GTK_INSCRIPTION (text), 1);
  gtk_inscription_set_nat_chars (GTK_INSCRIPTION (text), 1);
  gtk_widget_set_hexpand (text, TRUE);
  gtk_widget_add_css_class (text, "numeric");
  return text;
}

static GtkWidget *
new_cell (const Column *column)
{
  GtkWidget *text = new_text (column), *box, *image;

  if (column->fill != fill_state)
    return text;
  box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  image = g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  gtk_box_append (GTK_BOX (box), image);
  gtk_box_append (GTK_BOX (box), text);
  return box;
}

static void
setup_cb (GtkListItemFactory *factory, GtkListItem *item, const Column *column)
{
  GtkWidget *cell = new_cell (column);

  g_object_set_data (G_OBJECT (cell), LIST_ITEM, item);
  gtk_list_item_set_child (item, cell);
}

static void
bind_cb (GtkListItemFactory *factory, GtkListItem *item, const Column *column)
{
  column->fill (gtk_list_item_get_child (item), gtk_list_item_get_item (item));
}

/* ---- headers --------------------------------------------------------------------------------------------
 */

/* Never compares items: see mill_item_columns_get_sort(). */
static int
tell_sort (gconstpointer answer, gconstpointer nothing, gpointer user_data)
{
  const Column *column = user_data;

  *(MillItemSort *) answer = column->sort;
  return -1;
}

static GtkColumnViewColumn *
new_column (const Column *column)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), (gpointer) column);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), (gpointer) column);
  return mill_table_column_new (_ (column->title), column->width, factory,
                                GTK_SORTER (gtk_custom_sorter_new (tell_sort, (gpointer) column, NULL)));
}

/**
 * mill_item_columns_add:
 * @view: an empty table
 *
 * Gives @view the columns, in the order of settling.
 */
void
mill_item_columns_add (GtkColumnView *view)
{
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = new_column (&columns[i]);

      gtk_column_view_append_column (view, column);
      if (columns[i].sort == MILL_ITEM_SORT_SETTLED)
        gtk_column_view_sort_by_column (view, column, GTK_SORT_ASCENDING);
    }
}

/**
 * mill_item_columns_get_sort:
 * @query: gets the order that the headers ask for
 *
 * GTK before 4.10 does not tell which header was pressed; but its sorter asks the one of that column first,
 * and turns round what that says.
 */
void
mill_item_columns_get_sort (GtkColumnView *view, MillItemQuery *query)
{
  MillItemSort answer = MILL_ITEM_SORT_SETTLED, nothing;

  query->is_descending =
      gtk_sorter_compare (gtk_column_view_get_sorter (view), &answer, &nothing) == GTK_ORDERING_LARGER;
  query->sort = answer;
}

/**
 * mill_item_columns_pick:
 * @x: a place in the table
 * @y: and how far down
 *
 * Returns: the position of the item there, or %GTK_INVALID_LIST_POSITION
 */
guint
mill_item_columns_pick (GtkColumnView *view, double x, double y)
{
  GtkWidget *widget = gtk_widget_pick (GTK_WIDGET (view), x, y, GTK_PICK_DEFAULT);

  for (; widget != NULL && widget != GTK_WIDGET (view); widget = gtk_widget_get_parent (widget))
    {
      GtkWidget *child = gtk_widget_get_first_child (widget);
      GtkListItem *item = g_object_get_data (G_OBJECT (widget), LIST_ITEM);

      /* The room around a cell is the cell's, too. */
      if (item == NULL && child != NULL)
        item = g_object_get_data (G_OBJECT (child), LIST_ITEM);
      if (item != NULL)
        return gtk_list_item_get_position (item);
    }
  return GTK_INVALID_LIST_POSITION;
}

/**
 * mill_item_columns_get_state_word:
 * @outcome: (nullable): as it is in a run file
 *
 * Returns: (transfer none): what became of the item, in a word for people
 */
const char *
mill_item_columns_get_state_word (const char *outcome)
{
  if (g_strcmp0 (outcome, "done") == 0)
    return _ ("Done");
  if (g_strcmp0 (outcome, "dead") == 0)
    return _ ("Failed");
  if (g_strcmp0 (outcome, "returned") == 0)
    return _ ("Returned");
  /* Translators: an item of which nobody knows what became of it */
  return _ ("Unknown");
}
