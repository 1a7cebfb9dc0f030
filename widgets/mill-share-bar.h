/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One strip divided by what the workers do, with a line of text above it.
 */
#pragma once

#include <gtk/gtk.h>

#include "mill-dots.h"

G_BEGIN_DECLS

#define MILL_TYPE_SHARE_BAR (mill_share_bar_get_type ())
G_DECLARE_FINAL_TYPE (MillShareBar, mill_share_bar, MILL, SHARE_BAR, GtkWidget)

GtkWidget *mill_share_bar_new (void);

void mill_share_bar_set_shares (MillShareBar *self, const double shares[MILL_N_DOT_STATES]);
double mill_share_bar_get_share (MillShareBar *self, MillDotState state);
const char *mill_share_bar_get_legend (MillShareBar *self);
void mill_share_bar_set_legend (MillShareBar *self, const char *legend);
const char *mill_share_bar_get_label (MillShareBar *self);
void mill_share_bar_set_label (MillShareBar *self, const char *label);

G_END_DECLS
