/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The frontier's SQL. */

#include "config.h"

#include "crawl/mill-frontier-rows-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "crawl/mill-url.h"

/* 0 is stored as NULL. */
static void
bind_id (sqlite3_stmt *statement, int place, gint64 id)
{
  if (id != 0)
    sqlite3_bind_int64 (statement, place, id);
}

static const char *
get_text (sqlite3_stmt *statement, int column)
{
  return (const char *) sqlite3_column_text (statement, column);
}

gboolean
mill_frontier_rows_check_url (MillRunFile *file, const char *url)
{
  g_autofree char *canonical =
      url != NULL ? mill_url_canonicalize (NULL, url, MILL_URL_FLAGS_REFUSE_CREDENTIALS, NULL) : NULL;

  if (canonical != NULL && strcmp (canonical, url) == 0)
    return TRUE;
  mill_run_file_fail (file, _ ("it has an address that is none"));
  return FALSE;
}

static gboolean
check_host (MillRunFile *file, const char *key, const char *url)
{
  g_autofree char *right = mill_frontier_rows_check_url (file, url) ? mill_url_host_key (url) : NULL;

  if (right != NULL && g_strcmp0 (key, right) != 0)
    mill_run_file_fail (file, _ ("it has an address with another’s host"));
  return g_strcmp0 (key, right) == 0;
}

gint64
mill_frontier_rows_add_host (MillRunFile *file, const char *key)
{
  sqlite3_stmt *insert = mill_run_file_prepare (file, "INSERT INTO host (key) VALUES (?)");

  sqlite3_bind_text (insert, 1, key, -1, SQLITE_STATIC);
  mill_run_file_step (file, insert);
  return mill_run_file_last_id (file);
}

void
mill_frontier_rows_read_hosts (MillRunFile *file, MillFrontierHostFunc func, gpointer user_data)
{
  sqlite3_stmt *query =
      mill_run_file_prepare (file, "SELECT h.id, h.key, min (f.url), sum (f.state = 0)"
                                   " FROM host h JOIN frontier f ON f.host = h.id GROUP BY h.id");

  while (mill_run_file_step (file, query) && check_host (file, get_text (query, 1), get_text (query, 2)))
    func (sqlite3_column_int64 (query, 0), get_text (query, 1), get_text (query, 2),
          (guint64) sqlite3_column_int64 (query, 3), user_data);
  sqlite3_reset (query);
}

void
mill_frontier_rows_add_scope (MillRunFile *file, const char *authority)
{
  sqlite3_stmt *insert = mill_run_file_prepare (file, "INSERT OR IGNORE INTO scope VALUES (?)");

  sqlite3_bind_text (insert, 1, authority, -1, SQLITE_STATIC);
  mill_run_file_step (file, insert);
}

void
mill_frontier_rows_read_scope (MillRunFile *file, GFunc func, gpointer user_data)
{
  sqlite3_stmt *query = mill_run_file_prepare (file, "SELECT authority FROM scope");

  while (mill_run_file_step (file, query))
    if (get_text (query, 0) != NULL)
      func ((gpointer) get_text (query, 0), user_data);
}

void
mill_frontier_rows_read_redirected (MillRunFile *file, GFunc func, gpointer user_data)
{
  sqlite3_stmt *query =
      mill_run_file_prepare (file, "SELECT url FROM frontier WHERE depth = 0 AND level = 0 AND redirects > 0"
                                   " ORDER BY id");

  while (mill_run_file_step (file, query) && mill_frontier_rows_check_url (file, get_text (query, 0)))
    func ((gpointer) get_text (query, 0), user_data);
  sqlite3_reset (query);
}

gint64
mill_frontier_rows_add (MillRunFile *file, gint64 host, const char *url, const MillFrontierOrigin *origin)
{
  sqlite3_stmt *insert = mill_run_file_prepare (
      file, "INSERT OR IGNORE INTO frontier (url, host, depth, level, redirects, referrer, sitemap)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)");

  sqlite3_bind_text (insert, 1, url, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (insert, 2, host);
  sqlite3_bind_int64 (insert, 3, origin->depth);
  sqlite3_bind_int64 (insert, 4, origin->level);
  sqlite3_bind_int64 (insert, 5, origin->redirects);
  bind_id (insert, 6, origin->referrer);
  bind_id (insert, 7, origin->sitemap);
  mill_run_file_step (file, insert);
  return mill_run_file_n_changed (file) > 0 ? mill_run_file_last_id (file) : 0;
}

gboolean
mill_frontier_rows_has (MillRunFile *file, const char *url)
{
  sqlite3_stmt *query = mill_run_file_prepare (file, "SELECT 1 FROM frontier WHERE url = ?");
  gboolean found;

  sqlite3_bind_text (query, 1, url, -1, SQLITE_STATIC);
  found = mill_run_file_step (file, query);
  sqlite3_reset (query);
  return found;
}

gint64
mill_frontier_rows_find_settled (MillRunFile *file, const char *url, MillFrontierOrigin *origin)
{
  sqlite3_stmt *query =
      mill_run_file_prepare (file, "SELECT id, depth, level FROM frontier WHERE url = ? AND state IN (1, 2)");
  gint64 id = 0;

  sqlite3_bind_text (query, 1, url, -1, SQLITE_STATIC);
  if (mill_run_file_step (file, query))
    {
      id = sqlite3_column_int64 (query, 0);
      *origin = (MillFrontierOrigin){ .depth = (guint) sqlite3_column_int64 (query, 1),
                                      .level = (guint) sqlite3_column_int64 (query, 2) };
    }
  sqlite3_reset (query);
  return id;
}

void
mill_frontier_rows_set_state (MillRunFile *file, gint64 id, MillFrontierRowState state)
{
  sqlite3_stmt *update = mill_run_file_prepare (file, "UPDATE frontier SET state = ? WHERE id = ?");

  sqlite3_bind_int (update, 1, (int) state);
  sqlite3_bind_int64 (update, 2, id);
  mill_run_file_step (file, update);
}

void
mill_frontier_rows_shorten (MillRunFile *file, const char *url, const MillFrontierOrigin *origin)
{
  sqlite3_stmt *update =
      mill_run_file_prepare (file, "UPDATE frontier SET depth = ?2, level = ?3, referrer = ?4, sitemap = ?5"
                                   " WHERE url = ?1 AND state = 0 AND (depth, level) > (?2, ?3)");

  sqlite3_bind_text (update, 1, url, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (update, 2, origin->depth);
  sqlite3_bind_int64 (update, 3, origin->level);
  bind_id (update, 4, origin->referrer);
  bind_id (update, 5, origin->sitemap);
  mill_run_file_step (file, update);
}

guint
mill_frontier_rows_read_queued (MillRunFile *file, gint64 host, gint64 after, guint n,
                                MillFrontierRowFunc func, gpointer user_data)
{
  sqlite3_stmt *query =
      mill_run_file_prepare (file, "SELECT f.id, f.url, f.depth, f.level, f.redirects, ifnull (r.url, s.url)"
                                   " FROM frontier f LEFT JOIN frontier r ON r.id = f.referrer"
                                   " LEFT JOIN sitemap s ON s.id = f.sitemap"
                                   " WHERE f.host = ? AND f.state = 0 AND f.id > ? ORDER BY f.id LIMIT ?");
  guint n_read = 0;

  sqlite3_bind_int64 (query, 1, host);
  sqlite3_bind_int64 (query, 2, after);
  sqlite3_bind_int64 (query, 3, n);
  for (; mill_run_file_step (file, query) && mill_frontier_rows_check_url (file, get_text (query, 1));
       n_read++)
    {
      const MillFrontierRow row = { .id = sqlite3_column_int64 (query, 0),
                                    .url = get_text (query, 1),
                                    .origin = { .depth = (guint) sqlite3_column_int64 (query, 2),
                                                .level = (guint) sqlite3_column_int64 (query, 3),
                                                .redirects = (guint) sqlite3_column_int64 (query, 4),
                                                .referrer_url = get_text (query, 5) } };

      func (&row, user_data);
    }
  sqlite3_reset (query);
  return n_read;
}

guint64
mill_frontier_rows_sum_bytes (MillRunFile *file)
{
  sqlite3_stmt *query = mill_run_file_prepare (file, "SELECT ifnull (sum (bytes), 0) FROM item");
  guint64 bytes = 0;

  if (mill_run_file_step (file, query))
    bytes = (guint64) MAX (sqlite3_column_int64 (query, 0), 0);
  sqlite3_reset (query);
  return bytes;
}

void
mill_frontier_rows_count (MillRunFile *file, MillFrontierCountFunc func, gpointer user_data)
{
  sqlite3_stmt *query = mill_run_file_prepare (file, "SELECT state, count (*) FROM frontier GROUP BY state");

  while (mill_run_file_step (file, query))
    func ((MillFrontierRowState) sqlite3_column_int (query, 0), (guint64) sqlite3_column_int64 (query, 1),
          user_data);
}
