/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillPitfallColumn: one variant of a pitfall: what its program does, its figure in large type, its curve,
 * and how it ended. Columns of one pitfall share their axes: the page that has them says what these are. */

#pragma once

#include <gtk/gtk.h>

#include "mill-timeline.h"
#include "pitfalls/mill-pitfall-run.h"

G_BEGIN_DECLS

#define MILL_TYPE_PITFALL_COLUMN (mill_pitfall_column_get_type ())
G_DECLARE_FINAL_TYPE (MillPitfallColumn, mill_pitfall_column, MILL, PITFALL_COLUMN, GtkWidget)

void mill_pitfall_column_set_up (MillPitfallColumn *self, MillPitfall *pitfall, MillVariant variant,
                                 MillTimelineView *view);
void mill_pitfall_column_show_run (MillPitfallColumn *self, MillPitfallRun *run, gboolean is_new);
gint64 mill_pitfall_column_get_now (MillPitfallColumn *self);
double mill_pitfall_column_get_top (MillPitfallColumn *self);
void mill_pitfall_column_set_axes (MillPitfallColumn *self, gint64 now_us, double top);

G_END_DECLS
