/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The columns of a table of dead letters, each a MillItemRow; their headers sort. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void mill_dead_letter_columns_add (GtkColumnView *view);

G_END_DECLS
