/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Export: one query in the order in which pages were found, row by row, so memory does not grow with the run.
 * SQLite itself writes the JSON. */

#include "config.h"

#include "record/mill-export.h"

#include <string.h>

#include "record/mill-run-file-private.h"

#define FLUSH_AT (64 * 1024)

#define COLUMNS                                                                                              \
  "key AS url, outcome, status, type, bytes, i.depth, i.referrer, location, file, attempts, finished, error"
#define FROM " FROM item i LEFT JOIN frontier f ON f.url = i.key ORDER BY f.id, key"

static const char csv_query[] = "SELECT " COLUMNS FROM;
static const char json_query[] =
    "SELECT json_object ('url', key, 'outcome', outcome, 'status', status, 'type', type, 'bytes', bytes,"
    " 'depth', i.depth, 'referrer', i.referrer, 'location', location, 'file', file, 'attempts', attempts,"
    " 'finished', finished, 'error', error)" FROM;

/* OWASP, "CSV Injection": these begin a formula. */
static gboolean
looks_like_formula (const char *text)
{
  return *text != '\0' && strchr ("=+-@\t\r", *text) != NULL;
}

/* RFC 4180, 2.5 to 2.7. */
static void
append_cell (GString *line, const char *text)
{
  gboolean quoted = strpbrk (text, ",\"\r\n") != NULL || looks_like_formula (text);

  if (quoted)
    g_string_append_c (line, '"');
  if (looks_like_formula (text))
    g_string_append_c (line, '\'');
  for (const char *c = text; *c != '\0'; c++)
    {
      if (*c == '"')
        g_string_append_c (line, '"');
      g_string_append_c (line, *c);
    }
  if (quoted)
    g_string_append_c (line, '"');
}

static void
append_names (GString *text, sqlite3_stmt *query)
{
  for (int i = 0; i < sqlite3_column_count (query); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "," : "", sqlite3_column_name (query, i));
  g_string_append (text, "\r\n");
}

static void
append_row (GString *text, sqlite3_stmt *query)
{
  for (int i = 0; i < sqlite3_column_count (query); i++)
    {
      const char *cell = (const char *) sqlite3_column_text (query, i);

      if (i > 0)
        g_string_append_c (text, ',');
      if (cell != NULL)
        append_cell (text, cell);
    }
  g_string_append (text, "\r\n");
}

static gboolean
flush (GString *text, GOutputStream *output, GCancellable *cancellable, GError **error)
{
  gboolean ok = g_output_stream_write_all (output, text->str, text->len, NULL, cancellable, error);

  g_string_truncate (text, 0);
  return ok;
}

/* Between begin and end of @file. */
static gboolean
write_rows (MillRunFile *file, MillExportFormat format, GOutputStream *output, GCancellable *cancellable,
            GError **error)
{
  g_autoptr (GString) text = g_string_sized_new (2 * FLUSH_AT);
  sqlite3_stmt *query = mill_run_file_prepare (file, format == MILL_EXPORT_CSV ? csv_query : json_query);
  gboolean ok = TRUE;

  if (query != NULL && format == MILL_EXPORT_CSV)
    append_names (text, query);
  while (ok && mill_run_file_step (file, query))
    {
      if (format == MILL_EXPORT_CSV)
        append_row (text, query);
      else
        g_string_append_printf (text, "%s\n", (const char *) sqlite3_column_text (query, 0));
      if (text->len >= FLUSH_AT)
        ok = flush (text, output, cancellable, error);
    }
  sqlite3_reset (query);
  return ok && flush (text, output, cancellable, error);
}

/**
 * mill_export_run:
 * @path: a run file; it may be in use
 * @format: how
 * @output: where to
 * @cancellable: (nullable): ends it early
 *
 * Writes what became of each page, in the order in which they were found. Blocks.
 *
 * Returns: %FALSE with @error set if the file cannot be read or @output not be written; what was written
 * before stays
 */
gboolean
mill_export_run (const char *path, MillExportFormat format, GOutputStream *output, GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (MillRunFile) file = NULL;
  gboolean ok;

  g_return_val_if_fail (path != NULL, FALSE);
  g_return_val_if_fail (G_IS_OUTPUT_STREAM (output), FALSE);

  file = mill_run_file_open_for_reading (path, error);
  if (file == NULL)
    return FALSE;
  mill_run_file_begin (file);
  ok = write_rows (file, format, output, cancellable, error);
  mill_run_file_end (file);
  return ok && mill_run_file_check (file, error);
}
