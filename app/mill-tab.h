/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillTab: what one tab of a window shows: the start page, one run, or one pitfall. It is on the start page
 * until it is given a run or a pitfall, and goes back there when that is taken from it.
 *
 * Signals: `changed` when it shows something else, or the state of what it shows or what can be undone has
 * changed; `beat`, `alert` and `ended` are those of its run. */

#pragma once

#include <adwaita.h>

#include "mill-pitfall-page.h"
#include "mill-run-page.h"
#include "mill-run.h"

G_BEGIN_DECLS

#define MILL_TYPE_TAB (mill_tab_get_type ())
G_DECLARE_FINAL_TYPE (MillTab, mill_tab, MILL, TAB, AdwBin)

MillTab *mill_tab_new (void);
guint mill_tab_get_id (MillTab *self);
MillRun *mill_tab_get_run (MillTab *self);
MillRunPage *mill_tab_get_run_page (MillTab *self);
gboolean mill_tab_is_active (MillTab *self);
gboolean mill_tab_is_free (MillTab *self);
gboolean mill_tab_is_loading (MillTab *self);
gboolean mill_tab_set_run (MillTab *self, MillRun *run);
MillPitfallPage *mill_tab_get_pitfall_page (MillTab *self);
gboolean mill_tab_set_pitfall (MillTab *self, MillJob *job);
void mill_tab_show_start (MillTab *self);
void mill_tab_set_loading (MillTab *self, const char *name);
void mill_tab_set_hidden (MillTab *self, GPtrArray *paths);

char *mill_tab_get_title (MillTab *self);
const char *mill_tab_get_icon_name (MillTab *self);

G_END_DECLS
