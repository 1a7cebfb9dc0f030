/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillItemsPage: what became of each item, from the run file, also while that is written: a table to sort,
 * filter and search, and all about the item that is selected. It works only while it is mapped. */

#pragma once

#include <adwaita.h>

#include "mill-run.h"

G_BEGIN_DECLS

#define MILL_TYPE_ITEMS_PAGE (mill_items_page_get_type ())
G_DECLARE_FINAL_TYPE (MillItemsPage, mill_items_page, MILL, ITEMS_PAGE, AdwBin)

void mill_items_page_set_run (MillItemsPage *self, MillRun *run);

G_END_DECLS
