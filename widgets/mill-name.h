/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The accessible name of a widget, kept beside it since GTK does not give it back.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

gboolean mill_name_set (GtkWidget *widget, char **name, const char *new_name);

G_END_DECLS
