/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of a run file it takes to rewrite the links of saved pages: where each page was saved, and which files
 * are rewritten already (the table `rewritten`, which is there once it is needed). */

#pragma once

#include "record/mill-run-file-private.h"

G_BEGIN_DECLS

/* @key: the page's address, @file: relative to the folder, @type: (nullable): its Content-Type */
typedef void (*MillOfflineRowFunc) (const char *key, const char *file, const char *type, gpointer user_data);

guint64 mill_offline_rows_count (MillRunFile *file);
/* Up to @n pages that were saved, after the key @after, in the order of their keys. @func must not use the
 * run file. Returns how many. */
guint mill_offline_rows_read (MillRunFile *file, const char *after, guint n, MillOfflineRowFunc func,
                              gpointer user_data);
/* (transfer full) (nullable): where the page was saved, or the one that it redirects to */
char *mill_offline_rows_find (MillRunFile *file, const char *key);

/* (transfer full) (nullable): the digest of a file as it was rewritten */
char *mill_offline_rows_dup_digest (MillRunFile *file, const char *path);
/* Is in the file, not on its way there, on return. */
void mill_offline_rows_set_digest (MillRunFile *file, const char *path, const char *digest);

G_END_DECLS
