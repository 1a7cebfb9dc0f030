/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was chosen in the preferences, put into force for the whole program, at once and whenever it changes.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void mill_preferences_follow (GSettings *settings);

G_END_DECLS
