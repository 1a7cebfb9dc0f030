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
bind_now (sqlite3_stmt *statement, int place)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *seconds = g_date_time_format (now, "%F %T");
  g_autofree char *text = g_strdup_printf ("%s.%03d", seconds, g_date_time_get_microsecond (now) / 1000);

  bind_text (statement, place, text);
}

void
mill_item_rows_read_files (MillRunFile *file, MillItemFileFunc func, gpointer user_data)
{
  sqlite3_stmt *query;

  mill_run_file_begin (file);
  query = mill_run_file_prepare (file, "SELECT key, file FROM item WHERE file IS NOT NULL");
  while (mill_run_file_step (file, query))
    func ((const char *) sqlite3_column_text (query, 0), (const char *) sqlite3_column_text (query, 1),
          user_data);
  mill_run_file_end (file);
}

void
mill_item_rows_put (MillRunFile *file, MillItem *item, MillOutcome outcome, const GError *error)
{
  sqlite3_stmt *put;

  if (outcome == MILL_OUTCOME_RETURNED || mill_item_get_key (item) == NULL)
    return;
  mill_run_file_begin (file);
  put = mill_run_file_prepare (
      file,
      "INSERT OR REPLACE INTO item (key, outcome, finished, attempts, status, type, bytes, depth, referrer,"
      " location, file, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  bind_text (put, 1, mill_item_get_key (item));
  bind_text (put, 2, outcome == MILL_OUTCOME_DONE ? "done" : "dead");
  bind_now (put, 3);
  sqlite3_bind_int64 (put, 4, (gint64) mill_item_get_attempt (item) + 1);
  bind_number (put, 5, mill_item_get_attribute (item, "status"));
  bind_text (put, 6, mill_item_get_attribute (item, "content-type"));
  if (mill_item_get_payload (item) != NULL)
    sqlite3_bind_int64 (put, 7, (gint64) mill_item_get_size (item));
  bind_number (put, 8, mill_item_get_attribute (item, "depth"));
  bind_text (put, 9, mill_item_get_attribute (item, "referrer"));
  bind_text (put, 10, mill_item_get_attribute (item, "location"));
  bind_text (put, 11, mill_item_get_attribute (item, "file"));
  bind_text (put, 12, error != NULL ? error->message : NULL);
  mill_run_file_step (file, put);
  mill_run_file_end (file);
}
