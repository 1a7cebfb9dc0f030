/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole numbers in text, read on any thread. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean mill_integer_read (const char *text, gint64 *value);
gboolean mill_integer_read_unsigned (const char *text, guint64 *value);

G_END_DECLS
