/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of the tables that are filled by hand. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define MILL_TABLE_COLUMN_SHARES -1 /* as a width: shares what the others leave */

GtkColumnViewColumn *mill_table_column_new (const char *title, int width, GtkListItemFactory *factory,
                                            GtkSorter *sorter);

G_END_DECLS
