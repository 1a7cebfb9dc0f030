/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a knob of the engine becomes a row of the panel. */

#pragma once

#include <gtk/gtk.h>

#include "mill-run.h"

G_BEGIN_DECLS

GtkWidget *mill_knob_binding_new_row (MillRun *run, MillKnob *knob);
void mill_knob_binding_refresh (GtkWidget *row);

G_END_DECLS
