/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillRecentList: the run files that are known, the newest first. It looks for them, in a thread, when it is
 * shown and when its window is turned to. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define MILL_TYPE_RECENT_LIST (mill_recent_list_get_type ())
G_DECLARE_FINAL_TYPE (MillRecentList, mill_recent_list, MILL, RECENT_LIST, GtkWidget)

void mill_recent_list_set_hidden (MillRecentList *self, GPtrArray *paths);

G_END_DECLS
