/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Results in a run file. The columns are the attributes that the crawl's steps give their items. */

#include "config.h"

#include "record/mill-item-rows-private.h"

#include <string.h>

static void
bind_number (sqlite3_stmt *statement, int place, const char *digits)
{
  if (digits != NULL)
    sqlite3_bind_int64 (statement, place, g_ascii_strtoll (digits, NULL, 10));
}

static void
bind_time (sqlite3_stmt *statement, int place, gint64 time_us)
{
  g_autofree char *text = mill_run_file_format_time (time_us);

  mill_run_file_bind_text (statement, place, text);
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

static void
append_part (GString *text, const char *part)
{
  if (part != NULL)
    g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", part);
}

char *
mill_item_rows_describe (const char *status, const char *type, const char *location, gint64 size)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *media_type = type != NULL ? g_strndup (type, strcspn (type, "; \t")) : NULL;
  g_autofree char *target = location != NULL ? g_strconcat ("→ ", location, NULL) : NULL;
  g_autofree char *length = target == NULL && size >= 0 ? g_format_size ((guint64) size) : NULL;

  append_part (text, status);
  append_part (text, target == NULL && media_type != NULL && *media_type != '\0' ? media_type : NULL);
  append_part (text, target);
  append_part (text, length);
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

static void
bind_result (sqlite3_stmt *put, int place, MillItem *item)
{
  gint64 size = mill_item_get_payload (item) != NULL ? (gint64) mill_item_get_size (item) : -1;
  g_autofree char *result = mill_item_rows_describe (mill_item_get_attribute (item, "status"),
                                                     mill_item_get_attribute (item, "content-type"),
                                                     mill_item_get_attribute (item, "location"), size);

  mill_run_file_bind_text (put, place, result);
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
      " location, file, error, started, header_ms, fetch_ms, title, hash, etag, last_modified, latency_ms,"
      " stage, result) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  mill_run_file_bind_text (put, 1, mill_item_get_key (item));
  mill_run_file_bind_text (put, 2, outcome == MILL_OUTCOME_DONE ? "done" : "dead");
  bind_time (put, 3, g_get_real_time ());
  sqlite3_bind_int64 (put, 4, (gint64) mill_item_get_attempt (item) + 1);
  bind_number (put, 5, mill_item_get_attribute (item, "status"));
  mill_run_file_bind_text (put, 6, mill_item_get_attribute (item, "content-type"));
  if (payload != NULL)
    sqlite3_bind_int64 (put, 7, (gint64) mill_item_get_size (item));
  bind_number (put, 8, mill_item_get_attribute (item, "depth"));
  mill_run_file_bind_text (put, 9, mill_item_get_attribute (item, "referrer"));
  mill_run_file_bind_text (put, 10, mill_item_get_attribute (item, "location"));
  mill_run_file_bind_text (put, 11, mill_item_get_attribute (item, "file"));
  mill_run_file_bind_text (put, 12, error != NULL ? error->message : NULL);
  if (started != NULL)
    bind_time (put, 13, g_ascii_strtoll (started, NULL, 10));
  bind_span (put, 14, mill_item_get_attribute (item, "header-us"));
  bind_span (put, 15, mill_item_get_attribute (item, "fetch-us"));
  mill_run_file_bind_text (put, 16, mill_item_get_attribute (item, "title"));
  mill_run_file_bind_text (put, 17, hash);
  mill_run_file_bind_text (put, 18, mill_item_get_attribute (item, "etag"));
  mill_run_file_bind_text (put, 19, mill_item_get_attribute (item, "last-modified"));
  if (mill_item_get_born (item) > 0)
    sqlite3_bind_double (put, 20, (double) (g_get_monotonic_time () - mill_item_get_born (item)) / 1000.0);
  if (outcome == MILL_OUTCOME_DEAD)
    mill_run_file_bind_text (put, 21, mill_item_get_attribute (item, MILL_ITEM_STAGE));
  else
    bind_result (put, 22, item);
  mill_run_file_step (file, put);
  mill_run_file_end (file);
}
