/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The columns of a table of MillItemRow. Their headers sort nothing: they say what is to be asked of the
 * list. */

#pragma once

#include <gtk/gtk.h>

#include "mill-item-file.h"

G_BEGIN_DECLS

void mill_item_columns_add (GtkColumnView *view);
void mill_item_columns_get_sort (GtkColumnView *view, MillItemQuery *query);
guint mill_item_columns_pick (GtkColumnView *view, double x, double y);

const char *mill_item_columns_get_state_word (const char *outcome);

G_END_DECLS
