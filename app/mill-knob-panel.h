/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillKnobPanel: every knob of the pipeline, grouped by the stage that has it. */

#pragma once

#include <gtk/gtk.h>

#include "mill-run.h"

G_BEGIN_DECLS

#define MILL_TYPE_KNOB_PANEL (mill_knob_panel_get_type ())
G_DECLARE_FINAL_TYPE (MillKnobPanel, mill_knob_panel, MILL, KNOB_PANEL, GtkBox)

void mill_knob_panel_set_run (MillKnobPanel *self, MillRun *run);
void mill_knob_panel_show_owner (MillKnobPanel *self, const char *name);

G_END_DECLS
