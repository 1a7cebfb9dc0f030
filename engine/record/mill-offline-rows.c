/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table `item`, asked for files, and the table `rewritten`. */

#include "config.h"

#include "record/mill-offline-rows-private.h"

#define MAX_REDIRECTS 20 /* as many as a crawl follows */

static const char *
get_text (sqlite3_stmt *statement, int column)
{
  return (const char *) sqlite3_column_text (statement, column);
}

guint64
mill_offline_rows_count (MillRunFile *file)
{
  sqlite3_stmt *query;
  guint64 n = 0;

  mill_run_file_begin (file);
  query = mill_run_file_prepare (file, "SELECT count (*) FROM item WHERE file IS NOT NULL");
  if (mill_run_file_step (file, query))
    n = (guint64) sqlite3_column_int64 (query, 0);
  sqlite3_reset (query);
  mill_run_file_end (file);
  return n;
}

guint
mill_offline_rows_read (MillRunFile *file, const char *after, guint n, MillOfflineRowFunc func,
                        gpointer user_data)
{
  sqlite3_stmt *query;
  guint n_read = 0;

  mill_run_file_begin (file);
  query = mill_run_file_prepare (file, "SELECT key, file, type FROM item WHERE file IS NOT NULL AND key > ?"
                                       " ORDER BY key LIMIT ?");
  sqlite3_bind_text (query, 1, after, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (query, 2, n);
  for (; mill_run_file_step (file, query); n_read++)
    func (get_text (query, 0), get_text (query, 1), get_text (query, 2), user_data);
  mill_run_file_end (file);
  return n_read;
}

/* Returns: (transfer full) (nullable): where the page was saved; if it is a redirect, @location says where to
 */
static char *
find_once (MillRunFile *file, const char *key, char **location)
{
  sqlite3_stmt *query = mill_run_file_prepare (file, "SELECT file, location FROM item WHERE key = ?");
  char *found = NULL;

  sqlite3_bind_text (query, 1, key, -1, SQLITE_TRANSIENT);
  if (mill_run_file_step (file, query))
    {
      found = g_strdup (get_text (query, 0));
      *location = g_strdup (get_text (query, 1));
    }
  sqlite3_reset (query);
  return found;
}

char *
mill_offline_rows_find (MillRunFile *file, const char *key)
{
  g_autofree char *next = g_strdup (key);
  char *found = NULL;

  mill_run_file_begin (file);
  for (guint i = 0; i <= MAX_REDIRECTS && found == NULL && next != NULL; i++)
    {
      g_autofree char *here = g_steal_pointer (&next);

      found = find_once (file, here, &next);
    }
  mill_run_file_end (file);
  return found;
}

/* A later version adds columns here as it does elsewhere; an earlier one leaves the table alone. */
static void
make_table (MillRunFile *file)
{
  mill_run_file_step (file, mill_run_file_prepare (file, "CREATE TABLE IF NOT EXISTS rewritten"
                                                         " (file TEXT PRIMARY KEY, digest TEXT NOT NULL)"
                                                         " WITHOUT ROWID"));
}

char *
mill_offline_rows_dup_digest (MillRunFile *file, const char *path)
{
  sqlite3_stmt *query;
  char *digest = NULL;

  mill_run_file_begin (file);
  make_table (file);
  query = mill_run_file_prepare (file, "SELECT digest FROM rewritten WHERE file = ?");
  sqlite3_bind_text (query, 1, path, -1, SQLITE_STATIC);
  if (mill_run_file_step (file, query))
    digest = g_strdup (get_text (query, 0));
  sqlite3_reset (query);
  mill_run_file_end (file);
  return digest;
}

void
mill_offline_rows_set_digest (MillRunFile *file, const char *path, const char *digest)
{
  sqlite3_stmt *insert;

  mill_run_file_begin (file);
  make_table (file);
  insert = mill_run_file_prepare (file, "INSERT OR REPLACE INTO rewritten VALUES (?, ?)");
  sqlite3_bind_text (insert, 1, path, -1, SQLITE_STATIC);
  sqlite3_bind_text (insert, 2, digest, -1, SQLITE_STATIC);
  mill_run_file_step (file, insert);
  mill_run_file_end (file);
  mill_run_file_commit (file);
}
