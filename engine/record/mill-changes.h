/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a crawl that was done once more found changed since the run before. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MillChangeCounts:
 * @is_compared: whether the run is compared with an earlier one; if not, the numbers are 0
 * @n_new: pages that were fetched, and were not there or failed before
 * @n_changed: pages with another body, status or target than before
 * @n_unchanged: pages that are as they were
 * @n_unknown: pages as long as they were, of which the earlier run kept no hash
 * @n_gone: pages that were fetched before and that the server now says are gone (404 or 410)
 * @n_unlinked: pages that were fetched before, and to which nothing led this time
 * @n_failed: pages that failed, and did not before
 * @n_unfetched: pages that were fetched before, and were not asked for: robots.txt, a limit, or the end of a
 *   run that was stopped came before
 *
 * How many pages changed in which way. What failed in both runs is not counted.
 */
typedef struct
{
  gboolean is_compared;
  guint64 n_new;
  guint64 n_changed;
  guint64 n_unchanged;
  guint64 n_unknown;
  guint64 n_gone;
  guint64 n_unlinked;
  guint64 n_failed;
  guint64 n_unfetched;
} MillChangeCounts;

gboolean mill_changes_count (const char *path, MillChangeCounts *counts, GError **error);

G_END_DECLS
