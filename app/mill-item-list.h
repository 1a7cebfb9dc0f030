/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillItemList: the items of a run file as a list model of MillItemRow, however many there are.
 *
 * Contract (tests/test-item-list.c):
 *
 * - It holds where each item is, and reads a page of items when one of them is asked for; of the pages the
 * last few are kept.
 * - What is asked for is worked out in a thread; the list stays as it was until then, and `busy` says so. A
 * result that comes after something else was asked for is dropped.
 * - mill_item_list_poll() has it look whether the file has grown. In the order of settling new items come at
 * the end, and nothing else changes.
 * - `changing` is emitted before the items that were there change places.
 *
 * Threads: that of the default main context.
 */

#pragma once

#include <gio/gio.h>

#include "mill-item-file.h"

G_BEGIN_DECLS

#define MILL_TYPE_ITEM_LIST (mill_item_list_get_type ())
G_DECLARE_FINAL_TYPE (MillItemList, mill_item_list, MILL, ITEM_LIST, GObject)

MillItemList *mill_item_list_new (void);

void mill_item_list_set_path (MillItemList *self, const char *path);
void mill_item_list_set_query (MillItemList *self, const MillItemQuery *query);
void mill_item_list_poll (MillItemList *self);

gboolean mill_item_list_is_busy (MillItemList *self);
gboolean mill_item_list_is_read (MillItemList *self);
const char *mill_item_list_get_error (MillItemList *self);
guint64 mill_item_list_get_total (MillItemList *self);
guint mill_item_list_find (MillItemList *self, MillItemRow *row);
GPtrArray *mill_item_list_read_fields (MillItemList *self, MillItemRow *row);

G_END_DECLS
