/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Classes of the style sheet that a widget has at times. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void mill_css_class_set (GtkWidget *widget, const char *name, gboolean is_set);

G_END_DECLS
