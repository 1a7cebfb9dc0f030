/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What another program shows: a folder, an address. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void mill_uri_open (GtkWidget *widget, const char *uri, const char *heading);

G_END_DECLS
