/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Results in a run file. The columns are the attributes that the crawl's steps give their items. */

#include "config.h"

#include "record/mill-item-rows-private.h"

static void
bind_text (sqlite3_stmt *statement, int place, const char *text)
{
  if (text != NULL)
    sqlite3_bind_text (statement, place, text, -1, SQLITE_TRANSIENT);
}

static void
bind_number (sqlite3_stmt *statement, int place, const char *digits)
{
  if (digits != NULL)
    sqlite3_bind_int64 (statement, place, g_ascii_strtoll (digits, NULL, 10));
}

/* As people and SQLite's functions read it: "2026-11-27 12:00:00.123", UTC. */
static void
bind_time (sqlite3_stmt *statement, int place, gint64 time_us)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (time_us / G_USEC_PER_SEC);
  g_autofree char *seconds = g_date_time_format (time, "%F %T");
  g_autofree char *text =
      g_strdup_printf ("%s.%03d", seconds, (int) (time_us % G_USEC_PER_SEC / G_TIME_SPAN_MILLISECOND));

  bind_text (statement, place, text);
}

/* Microseconds as milliseconds. */
static void
bind_span (sqlite3_stmt *statement, int place, const char *digits)
{
  if (digits != NULL)
    sqlite3_bind_double (statement, place, (double) g_ascii_strtoll (digits, NULL, 10) / 1000.0);
}

void
mill_item_rows_read_files (MillRunFile *file, MillItemFileFunc func, gpointer user_data)
{
  sqlite3_stmt *query;

  mill_run_file_begin (file);
  query = mill_run_file_prepare (file, "SELECT key, file FROM item WHERE file IS NOT NULL");
  while (mill_run_file_step (file, query))
    {
      const char *key = (const char *) sqlite3_column_text (query, 0);
      const char *name = (const char *) sqlite3_column_text (query, 1);

      if (key != NULL && name != NULL)
        func (key, name, user_data);
    }
  mill_run_file_end (file);
}

void
mill_item_rows_put (MillRunFile *file, MillItem *item, MillOutcome outcome, const GError *error)
{
  GBytes *payload = mill_item_get_payload (item);
  const char *started = mill_item_get_attribute (item, "started-us");
  g_autofree char *hash = NULL;
  sqlite3_stmt *put;

  if (outcome == MILL_OUTCOME_RETURNED || mill_item_get_key (item) == NULL)
    return;
  /* Before the file is this thread's: it may take long. */
  if (payload != NULL)
    hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, payload);
  mill_run_file_begin (file);
  put = mill_run_file_prepare (
      file,
      "INSERT OR REPLACE INTO item (key, outcome, finished, attempts, status, type, bytes, depth, referrer,"
      " location, file, error, started, header_ms, fetch_ms, title, hash, etag, last_modified)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  bind_text (put, 1, mill_item_get_key (item));
  bind_text (put, 2, outcome == MILL_OUTCOME_DONE ? "done" : "dead");
  bind_time (put, 3, g_get_real_time ());
  sqlite3_bind_int64 (put, 4, (gint64) mill_item_get_attempt (item) + 1);
  bind_number (put, 5, mill_item_get_attribute (item, "status"));
  bind_text (put, 6, mill_item_get_attribute (item, "content-type"));
  if (payload != NULL)
    sqlite3_bind_int64 (put, 7, (gint64) mill_item_get_size (item));
  bind_number (put, 8, mill_item_get_attribute (item, "depth"));
  bind_text (put, 9, mill_item_get_attribute (item, "referrer"));
  bind_text (put, 10, mill_item_get_attribute (item, "location"));
  bind_text (put, 11, mill_item_get_attribute (item, "file"));
  bind_text (put, 12, error != NULL ? error->message : NULL);
  if (started != NULL)
    bind_time (put, 13, g_ascii_strtoll (started, NULL, 10));
  bind_span (put, 14, mill_item_get_attribute (item, "header-us"));
  bind_span (put, 15, mill_item_get_attribute (item, "fetch-us"));
  bind_text (put, 16, mill_item_get_attribute (item, "title"));
  bind_text (put, 17, hash);
  bind_text (put, 18, mill_item_get_attribute (item, "etag"));
  bind_text (put, 19, mill_item_get_attribute (item, "last-modified"));
  mill_run_file_step (file, put);
  mill_run_file_end (file);
}
