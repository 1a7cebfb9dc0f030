/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key that leads to a page's search entry. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void mill_search_key_add (GtkWidget *page, GtkWidget *entry);

G_END_DECLS
