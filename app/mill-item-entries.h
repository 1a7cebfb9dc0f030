/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillItemEntry: an item while its place in an order is sought. A million of them are sorted in a fraction of
 * a second. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint64 rank; /* in the order of the values */
  gint64 rowid; /* or the place in a list of keys */
} MillItemEntry;

guint64 mill_item_entry_rank (double value);
void mill_item_entries_sort (GArray *entries);

G_END_DECLS
