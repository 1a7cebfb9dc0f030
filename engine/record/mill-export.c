/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Export: one query a table, row by row, so memory does not grow with the run. SQLite itself writes the JSON.
 */

#include "config.h"

#include "record/mill-export.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/mill-error.h"
#include "record/mill-changes-private.h"
#include "record/mill-run-file-private.h"

#define FLUSH_AT (64 * 1024)

/* A column of a table. */
typedef struct
{
  const char *name;
  const char *sql;
  const char *json; /* (nullable) what JSON has instead, if not the same */
} Column;

typedef struct
{
  const Column *columns; /* up to one without a name */
  const char *from;      /* the rest of the query */
} Table;

/* Where a redirect leads, and where that leads, as far as it was gone after; a loop ends where it closes. */
#define REDIRECTS(aggregate)                                                                                 \
  "(WITH RECURSIVE chain (url) AS (SELECT i.location WHERE i.location IS NOT NULL"                           \
  " UNION SELECT n.location FROM chain JOIN item n ON n.key = chain.url WHERE n.location IS NOT NULL"        \
  " LIMIT 20) SELECT " aggregate " FROM chain)"

static const Column page_columns[] = {
  { "url", "i.key", NULL },
  { "outcome", "i.outcome", NULL },
  { "status", "i.status", NULL },
  { "type", "i.type", NULL },
  { "bytes", "i.bytes", NULL },
  { "title", "i.title", NULL },
  { "depth", "i.depth", NULL },
  { "level", "f.level", NULL },
  { "referrer", "i.referrer", NULL },
  { "location", "i.location", NULL },
  { "redirects", REDIRECTS ("group_concat (url, ' ')"), "json (" REDIRECTS ("json_group_array (url)") ")" },
  { "file", "i.file", NULL },
  { "attempts", "i.attempts", NULL },
  { "started", "i.started", NULL },
  { "header_ms", "i.header_ms", NULL },
  { "fetch_ms", "i.fetch_ms", NULL },
  { "finished", "i.finished", NULL },
  { "hash", "i.hash", NULL },
  { "etag", "i.etag", NULL },
  { "last_modified", "i.last_modified", NULL },
  { "error", "i.error", NULL },
  { NULL, NULL, NULL },
};

static const Column broken_columns[] = {
  { "referrer", "i.referrer", NULL }, { "referrer_title", "r.title", NULL }, { "url", "i.key", NULL },
  { "status", "i.status", NULL },     { "error", "i.error", NULL },          { "depth", "i.depth", NULL },
  { "attempts", "i.attempts", NULL }, { "finished", "i.finished", NULL },    { NULL, NULL, NULL },
};

static const Column duplicate_columns[] = {
  { "hash", "i.hash", NULL },   { "copies", "d.copies", NULL }, { "url", "i.key", NULL },
  { "type", "i.type", NULL },   { "bytes", "i.bytes", NULL },   { "title", "i.title", NULL },
  { "depth", "i.depth", NULL }, { "file", "i.file", NULL },     { NULL, NULL, NULL },
};

static const Column change_columns[] = {
  { "change", MILL_CHANGES_KIND, NULL },
  { "url", "ifnull (i.key, e.key)", NULL },
  { "status", "i.status", NULL },
  { "status_before", "e.status", NULL },
  { "bytes", "i.bytes", NULL },
  { "bytes_before", "e.bytes", NULL },
  { "location", "i.location", NULL },
  { "location_before", "e.location", NULL },
  { "etag", "i.etag", NULL },
  { "etag_before", "e.etag", NULL },
  { "last_modified", "i.last_modified", NULL },
  { "last_modified_before", "e.last_modified", NULL },
  { "finished", "i.finished", NULL },
  { "finished_before", "e.finished", NULL },
  { "title", "i.title", NULL },
  { "referrer", "i.referrer", NULL },
  { "error", "i.error", NULL },
  { NULL, NULL, NULL },
};

static const Table tables[] = {
  [MILL_EXPORT_PAGES] = { page_columns,
                          " FROM item i LEFT JOIN frontier f ON f.url = i.key ORDER BY f.id, i.key" },
  [MILL_EXPORT_BROKEN] = { broken_columns,
                           " FROM item i LEFT JOIN item r ON r.key = i.referrer"
                           " LEFT JOIN frontier f ON f.url = i.key LEFT JOIN frontier p ON p.url = i.referrer"
                           " WHERE i.outcome = 'dead' ORDER BY p.id, f.id, i.key" },
  [MILL_EXPORT_DUPLICATES] = { duplicate_columns,
                               " FROM item i LEFT JOIN frontier f ON f.url = i.key"
                               " JOIN (SELECT g.hash, count (*) AS copies, min (o.id) AS first_id FROM item g"
                               " LEFT JOIN frontier o ON o.url = g.key WHERE g.outcome = 'done' AND g.bytes "
                               "> 0"
                               " GROUP BY g.hash HAVING count (*) > 1) d ON d.hash = i.hash"
                               " WHERE i.outcome = 'done' ORDER BY d.first_id, d.hash, f.id, i.key" },
  [MILL_EXPORT_CHANGES] = { change_columns, MILL_CHANGES_FROM " WHERE " MILL_CHANGES_KIND " <> 'unchanged'"
                                                              " ORDER BY f.id IS NULL, f.id, e.key" },
};

/* Returns: a query for the rows of a table; one of a few, kept for ever */
static const char *
get_query (const Table *table, MillExportFormat format)
{
  g_autoptr (GString) sql = g_string_new (format == MILL_EXPORT_CSV ? "SELECT" : "SELECT json_object (");

  for (const Column *column = table->columns; column->name != NULL; column++)
    {
      const char *comma = column > table->columns ? "," : "";

      if (format == MILL_EXPORT_CSV)
        g_string_append_printf (sql, "%s %s AS %s", comma, column->sql, column->name);
      else
        g_string_append_printf (sql, "%s '%s', %s", comma, column->name,
                                column->json != NULL ? column->json : column->sql);
    }
  if (format == MILL_EXPORT_JSONL)
    g_string_append_c (sql, ')');
  g_string_append (sql, table->from);
  return g_intern_string (sql->str);
}

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
write_rows (MillRunFile *file, MillExportTable table, MillExportFormat format, GOutputStream *output,
            GCancellable *cancellable, GError **error)
{
  g_autoptr (GString) text = g_string_sized_new (2 * FLUSH_AT);
  sqlite3_stmt *query = mill_run_file_prepare (file, get_query (&tables[table], format));
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
 * @table: which results
 * @format: how
 * @output: where to
 * @cancellable: (nullable): ends it early
 *
 * Writes results of a run. Blocks.
 *
 * Returns: %FALSE with @error set if the file cannot be read or @output not be written; what was written
 * before stays. %MILL_EXPORT_CHANGES of a run that is not compared with another is %MILL_ERROR_INVALID
 */
gboolean
mill_export_run (const char *path, MillExportTable table, MillExportFormat format, GOutputStream *output,
                 GCancellable *cancellable, GError **error)
{
  g_autoptr (MillRunFile) file = NULL;
  gboolean ok;

  g_return_val_if_fail (path != NULL, FALSE);
  g_return_val_if_fail ((gsize) table < G_N_ELEMENTS (tables), FALSE);
  g_return_val_if_fail (G_IS_OUTPUT_STREAM (output), FALSE);

  file = mill_run_file_open_for_reading (path, error);
  if (file == NULL)
    return FALSE;
  if (table == MILL_EXPORT_CHANGES && !mill_changes_has_earlier (file))
    {
      g_autofree char *name = g_filename_display_name (path);

      g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("%s is not compared with an earlier run"), name);
      return FALSE;
    }
  mill_run_file_begin (file);
  ok = write_rows (file, table, format, output, cancellable, error);
  mill_run_file_end (file);
  return ok && mill_run_file_check (file, error);
}
