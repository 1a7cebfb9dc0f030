/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillRecentRow: a run file: what it is of, how far it is, and what can be done with it. It reads the file in
 * a thread, and says so when the file cannot be read. */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MILL_TYPE_RECENT_ROW (mill_recent_row_get_type ())
G_DECLARE_FINAL_TYPE (MillRecentRow, mill_recent_row, MILL, RECENT_ROW, AdwActionRow)

GtkWidget *mill_recent_row_new (const char *path);
const char *mill_recent_row_get_path (MillRecentRow *self);
void mill_recent_row_refresh (MillRecentRow *self);

G_END_DECLS
