/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mill-table-column.h"

/**
 * mill_table_column_new:
 * @title: its title, translated
 * @width: in pixels, or %MILL_TABLE_COLUMN_SHARES
 * @factory: (transfer full): makes and fills its cells
 * @sorter: (transfer full): what a press on its title sorts by
 *
 * Returns: (transfer full): a column whose width can be dragged
 */
GtkColumnViewColumn *
mill_table_column_new (const char *title, int width, GtkListItemFactory *factory, GtkSorter *sorter)
{
  GtkColumnViewColumn *self = gtk_column_view_column_new (title, factory);

  gtk_column_view_column_set_sorter (self, sorter);
  g_object_unref (sorter);
  gtk_column_view_column_set_resizable (self, TRUE);
  if (width > 0)
    gtk_column_view_column_set_fixed_width (self, width);
  else
    gtk_column_view_column_set_expand (self, TRUE);
  return self;
}
