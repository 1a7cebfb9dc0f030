/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The language the programs speak: the same set-up for the window and the command line. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean mill_language_is_uninstalled (void);
void mill_language_set_up (void);

G_END_DECLS
