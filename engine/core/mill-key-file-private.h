/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text from a key file that may come from anywhere. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *mill_key_file_dup_string (GKeyFile *file, const char *group, const char *key, GError **error);
char *mill_key_file_dup_translated (GKeyFile *file, const char *group, const char *key, GError **error);

G_END_DECLS
