/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillItemDetails: all that is known of one item: a heading, its whole key, and fields that can be selected
 * and copied. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define MILL_TYPE_ITEM_DETAILS (mill_item_details_get_type ())
G_DECLARE_FINAL_TYPE (MillItemDetails, mill_item_details, MILL, ITEM_DETAILS, GtkBox)

void mill_item_details_clear (MillItemDetails *self);
void mill_item_details_add (MillItemDetails *self, const char *title, const char *value);
void mill_item_details_add_column (MillItemDetails *self, const char *column, const char *value);

G_END_DECLS
