/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes: a run file holds what it is compared with, so that it needs no other file to tell. */

#include "config.h"

#include "record/mill-changes-private.h"

#include <string.h>

gboolean
mill_changes_has_earlier (MillRunFile *file)
{
  g_autofree char *name = mill_run_file_dup_meta (file, MILL_CHANGES_META_EARLIER);

  return name != NULL;
}

static void
copy_rows (MillRunFile *file, MillRunFile *earlier)
{
  sqlite3_stmt *query = mill_run_file_prepare (
      earlier, "SELECT key, outcome, finished, status, bytes, hash, etag, last_modified, location FROM item");
  sqlite3_stmt *insert =
      mill_run_file_prepare (file, "INSERT INTO earlier (key, outcome, finished, status, bytes, hash, etag,"
                                   " last_modified, location) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");

  while (mill_run_file_step (earlier, query))
    {
      for (int i = 0; i < sqlite3_column_count (query); i++)
        sqlite3_bind_value (insert, i + 1, sqlite3_column_value (query, i));
      mill_run_file_step (file, insert);
    }
}

gboolean
mill_changes_take_earlier (MillRunFile *file, MillRunFile *earlier, const char *name, GError **error)
{
  mill_run_file_begin (earlier);
  mill_run_file_begin (file);
  copy_rows (file, earlier);
  mill_run_file_end (file);
  mill_run_file_end (earlier);
  mill_run_file_set_meta (file, MILL_CHANGES_META_EARLIER, name);
  return mill_run_file_check (earlier, error) && mill_run_file_check (file, error);
}

static void
note (MillChangeCounts *counts, const char *kind, guint64 n)
{
  const struct
  {
    const char *kind;
    guint64 *count;
  } kinds[] = {
    { "new", &counts->n_new },
    { "changed", &counts->n_changed },
    { "unchanged", &counts->n_unchanged },
    { "unknown", &counts->n_unknown },
    { "gone", &counts->n_gone },
    { "unlinked", &counts->n_unlinked },
    { "failed", &counts->n_failed },
    { "unfetched", &counts->n_unfetched },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (kind, kinds[i].kind) == 0)
      *kinds[i].count = n;
}

static void
count (MillRunFile *file, MillChangeCounts *counts)
{
  sqlite3_stmt *query;

  mill_run_file_begin (file);
  query = mill_run_file_prepare (file, "SELECT kind, count (*) FROM (SELECT " MILL_CHANGES_KIND
                                       " AS kind" MILL_CHANGES_FROM ") WHERE kind IS NOT NULL GROUP BY kind");
  while (mill_run_file_step (file, query))
    note (counts, (const char *) sqlite3_column_text (query, 0), (guint64) sqlite3_column_int64 (query, 1));
  mill_run_file_end (file);
}

/**
 * mill_changes_count:
 * @path: a run file; it may be in use
 * @counts: (out caller-allocates): how many pages changed
 *
 * Compares a run with the earlier one that it repeats, as far as it has got; see mill_crawl_repeat(). Blocks.
 *
 * Returns: %FALSE with @error set if the file cannot be read
 */
gboolean
mill_changes_count (const char *path, MillChangeCounts *counts, GError **error)
{
  g_autoptr (MillRunFile) file = NULL;

  g_return_val_if_fail (path != NULL, FALSE);
  g_return_val_if_fail (counts != NULL, FALSE);

  *counts = (MillChangeCounts){ 0 };
  file = mill_run_file_open_for_reading (path, error);
  if (file == NULL)
    return FALSE;
  counts->is_compared = mill_changes_has_earlier (file);
  if (counts->is_compared)
    count (file, counts);
  return mill_run_file_check (file, error);
}
