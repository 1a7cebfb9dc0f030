/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The columns of a table of dead letters. */

#include "config.h"

#include "mill-dead-letter-columns.h"

#include <glib/gi18n.h>
#include <string.h>

#include "mill-format.h"
#include "mill-item-row.h"
#include "mill-table-column.h"

/* A column; its title is translated where it is used. */
typedef struct
{
  const char *title;
  int width; /* as of mill_table_column_new() */
  float xalign;
  char *(*describe) (MillItemRow *row);
  int (*compare) (MillItemRow *a, MillItemRow *b);
} Column;

static char *
describe_reason (MillItemRow *row)
{
  return g_strdup (mill_item_row_get_result (row));
}

static int
compare_reasons (MillItemRow *a, MillItemRow *b)
{
  return strcmp (mill_item_row_get_result (a), mill_item_row_get_result (b));
}

static char *
describe_key (MillItemRow *row)
{
  return g_strdup (mill_item_row_get_title (row));
}

static int
compare_keys (MillItemRow *a, MillItemRow *b)
{
  return strcmp (mill_item_row_get_key (a), mill_item_row_get_key (b));
}

static char *
describe_stage (MillItemRow *row)
{
  return g_strdup (mill_item_row_get_stage (row));
}

static int
compare_stages (MillItemRow *a, MillItemRow *b)
{
  return strcmp (mill_item_row_get_stage (a), mill_item_row_get_stage (b));
}

static char *
describe_attempts (MillItemRow *row)
{
  return mill_format_count ((guint64) MAX (mill_item_row_get_attempts (row), 0));
}

static int
compare_attempts (MillItemRow *a, MillItemRow *b)
{
  gint64 attempts_a = mill_item_row_get_attempts (a), attempts_b = mill_item_row_get_attempts (b);

  return (attempts_a > attempts_b) - (attempts_a < attempts_b);
}

/* The numbers are in the order of time. */
static int
compare_times (MillItemRow *a, MillItemRow *b)
{
  gint64 number_a = mill_item_row_get_rowid (a), number_b = mill_item_row_get_rowid (b);

  return (number_a > number_b) - (number_a < number_b);
}

static const Column columns[] = {
  /* Translators: why an item failed */
  { N_ ("Reason"), MILL_TABLE_COLUMN_SHARES, 0, describe_reason, compare_reasons },
  { N_ ("Key"), MILL_TABLE_COLUMN_SHARES, 0, describe_key, compare_keys },
  { N_ ("Stage"), 120, 0, describe_stage, compare_stages },
  { N_ ("Attempts"), 100, 1, describe_attempts, compare_attempts },
  /* Translators: the time when an item failed */
  { N_ ("Failed At"), 130, 1, mill_item_row_describe_time, compare_times },
};

static void
setup_cb (GtkListItemFactory *factory, GtkListItem *item, const Column *column)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), column->xalign);
  gtk_label_set_ellipsize (GTK_LABEL (label),
                           column->compare == compare_keys ? PANGO_ELLIPSIZE_MIDDLE : PANGO_ELLIPSIZE_END);
  gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
  gtk_label_set_width_chars (GTK_LABEL (label), 1);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (item, label);
}

static void
bind_cb (GtkListItemFactory *factory, GtkListItem *item, const Column *column)
{
  g_autofree char *text = column->describe (gtk_list_item_get_item (item));

  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (item)), text);
}

static int
compare_rows (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Column *column = user_data;

  return column->compare ((MillItemRow *) a, (MillItemRow *) b);
}

static GtkColumnViewColumn *
new_column (const Column *column)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), (gpointer) column);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), (gpointer) column);
  return mill_table_column_new (_ (column->title), column->width, factory,
                                GTK_SORTER (gtk_custom_sorter_new (compare_rows, (gpointer) column, NULL)));
}

/**
 * mill_dead_letter_columns_add:
 * @view: an empty table
 *
 * Gives @view the columns.
 */
void
mill_dead_letter_columns_add (GtkColumnView *view)
{
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = new_column (&columns[i]);

      gtk_column_view_append_column (view, column);
    }
}
