/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillStyle: the program's own style sheets.
 *
 * AdwApplication would load them from the program's resources by itself, but then GtkApplication would name
 * to GTK the place of the program's icons as well. Each time that a place is named, by libadwaita too, all
 * icons are read anew, which takes longer than the whole start page. So libadwaita is set up before
 * GtkApplication, which knows of no resources, and the program's icons are where GTK looks anyway
 * (data/millrace.gresource.xml). */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

void mill_style_load (void);

G_END_DECLS
