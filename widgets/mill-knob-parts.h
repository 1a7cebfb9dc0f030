/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a row of knobs is made of.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void mill_knob_ignore_scrolling (GtkWidget *widget);
void mill_knob_arrange_buttons (GtkWidget *spin, gboolean stepper);

GtkWidget *mill_knob_reset_button_new (void);
void mill_knob_reset_button_show (GtkWidget *button, gboolean shown);
GtkWidget *mill_knob_hint_new (void);

G_END_DECLS
