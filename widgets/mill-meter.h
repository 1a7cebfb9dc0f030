/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The number behind a gauge that is drawn by hand, for assistive technology.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkWidget *mill_meter_new (GtkWidget *parent);
void mill_meter_allocate (GtkWidget *meter, int width, int height);
void mill_meter_set_label (GtkWidget *meter, const char *label);
void mill_meter_set (GtkWidget *meter, double value, double maximum, const char *text);

G_END_DECLS
