/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rewrites the links of all pages that a crawl has saved in a folder: mill-offline-links-private.h says how.
 *
 * Contract (tests/test-offline-tree.c):
 *
 * - A file is replaced as a whole or not at all, keeps its mode, and is not touched when nothing in it
 * changes.
 * - To do it again changes nothing; when pages have come since, only links to those. So a crawl that goes on
 * may do it again at its end. What tells a file that was rewritten from one that was not is a digest in the
 * run file, kept before the file is replaced: it is right whenever the program is killed.
 * - No path leaves the folder, whatever the run file says, and no symbolic link below the folder is followed.
 * - Memory is bounded by the longest page, not by their number.
 * - A page that is too long (%MILL_OFFLINE_SIZE_MAX) stays as it is. A file that is gone, or is none, does
 * not keep the others from being rewritten; it is an error at the end. A disk that is full is one at once.
 *
 * Blocks; any thread, one at a time for a folder.
 */

#pragma once

#include <gio/gio.h>

#include "record/mill-run-file-private.h"

G_BEGIN_DECLS

/* @n_done of @n_files have been looked at. */
typedef void (*MillOfflineProgressFunc) (guint64 n_done, guint64 n_files, gpointer user_data);

gboolean mill_offline_tree_rewrite (const char *folder, MillRunFile *file, MillOfflineProgressFunc progress,
                                    gpointer user_data, GCancellable *cancellable, GError **error);

G_END_DECLS
