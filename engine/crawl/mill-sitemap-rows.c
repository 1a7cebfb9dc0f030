/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sitemaps in a run file. */

#include "config.h"

#include "crawl/mill-sitemap-rows-private.h"

#include "crawl/mill-frontier-rows-private.h"

void
mill_sitemap_rows_add (MillRunFile *file, const MillSitemapRow *row)
{
  sqlite3_stmt *insert;

  mill_run_file_begin (file);
  insert = mill_run_file_prepare (
      file, "INSERT OR IGNORE INTO sitemap (url, site, nesting, delay, state) VALUES (?, ?, ?, ?, ?)");
  sqlite3_bind_text (insert, 1, row->url, -1, SQLITE_STATIC);
  sqlite3_bind_text (insert, 2, row->site, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (insert, 3, row->nesting);
  sqlite3_bind_int64 (insert, 4, row->delay_ms);
  sqlite3_bind_int (insert, 5, (int) row->state);
  mill_run_file_step (file, insert);
  mill_run_file_end (file);
}

void
mill_sitemap_rows_set_state (MillRunFile *file, const char *url, MillSitemapRowState state)
{
  sqlite3_stmt *update;

  mill_run_file_begin (file);
  update = mill_run_file_prepare (file, "UPDATE sitemap SET state = ? WHERE url = ?");
  sqlite3_bind_int (update, 1, (int) state);
  sqlite3_bind_text (update, 2, url, -1, SQLITE_STATIC);
  mill_run_file_step (file, update);
  mill_run_file_end (file);
}

void
mill_sitemap_rows_read (MillRunFile *file, MillSitemapRowFunc func, gpointer user_data)
{
  sqlite3_stmt *query;

  mill_run_file_begin (file);
  query = mill_run_file_prepare (file, "SELECT url, site, nesting, delay, state FROM sitemap ORDER BY id");
  while (mill_run_file_step (file, query))
    {
      const char *site = (const char *) sqlite3_column_text (query, 1);
      const MillSitemapRow row = { .url = (const char *) sqlite3_column_text (query, 0),
                                   .site = site != NULL ? site : "",
                                   .nesting = (guint) sqlite3_column_int64 (query, 2),
                                   .delay_ms = (guint) sqlite3_column_int64 (query, 3),
                                   .state = (MillSitemapRowState) sqlite3_column_int (query, 4) };

      if (!mill_frontier_rows_check_url (file, row.url))
        break;
      func (&row, user_data);
    }
  sqlite3_reset (query);
  mill_run_file_end (file);
}

gint64
mill_sitemap_rows_find (MillRunFile *file, const char *url)
{
  sqlite3_stmt *query = mill_run_file_prepare (file, "SELECT id FROM sitemap WHERE url = ?");
  gint64 id;

  sqlite3_bind_text (query, 1, url, -1, SQLITE_STATIC);
  id = mill_run_file_step (file, query) ? sqlite3_column_int64 (query, 0) : 0;
  sqlite3_reset (query);
  return id;
}
