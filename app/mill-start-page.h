/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillStartPage: recent crawls, the gallery of scenarios, and the ways to a job of one's own. It acts through
 * the window's actions. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define MILL_TYPE_START_PAGE (mill_start_page_get_type ())
G_DECLARE_FINAL_TYPE (MillStartPage, mill_start_page, MILL, START_PAGE, GtkWidget)

void mill_start_page_set_hidden (MillStartPage *self, GPtrArray *paths);

G_END_DECLS
