/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages that are not shown, as GTK 4.8 does not tell them apart: a screen reader would read them all. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void mill_unseen_hide (GtkWidget *widget);
void mill_unseen_hide_children (GtkWidget *widget);

G_END_DECLS
