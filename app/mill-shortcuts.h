/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of the program, all in one table. data/ui/help-overlay.ui shows the same ones: a test compares
 * them. Keys of a single widget, such as a chart's, are that widget's own. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MillShortcut:
 * @action: the action, with its target if it has one; %NULL for what GTK does by itself
 * @accels: the keys, %NULL-terminated
 */
typedef struct
{
  const char *action;
  const char *accels[3];
} MillShortcut;

const MillShortcut *mill_shortcuts_list (guint *n);

G_END_DECLS
