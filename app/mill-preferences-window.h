/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillPreferencesWindow: what can be chosen for the whole program. Every choice is in force at once. */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MILL_TYPE_PREFERENCES_WINDOW (mill_preferences_window_get_type ())
G_DECLARE_FINAL_TYPE (MillPreferencesWindow, mill_preferences_window, MILL, PREFERENCES_WINDOW, AdwWindow)

GtkWidget *mill_preferences_window_new (GtkWindow *parent, GSettings *settings);

G_END_DECLS
