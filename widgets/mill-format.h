/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Numbers and times as people read them, in the language of the session.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *mill_format_count (guint64 count);
char *mill_format_number (double number, guint digits);
char *mill_format_time (gint64 time_us, guint digits);

G_END_DECLS
