/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Export: one query a table, row by row, so memory does not grow with the run. SQLite itself writes the JSON.
 * Of a damaged file that query yields nothing, since SQLite sorts first; then pages are read from both ends
 * of their own table, up to what is damaged. */

#include "config.h"

#include "record/mill-export.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/mill-csv-private.h"
#include "core/mill-error.h"
#include "record/mill-changes-private.h"
#include "record/mill-run-facts.h"
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
  { "latency_ms", "i.latency_ms", NULL },
  { "stage", "i.stage", NULL },
  { "result", "i.result", NULL },
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

static const Column item_columns[] = {
  { "key", "i.key", NULL },
  { "outcome", "i.outcome", NULL },
  { "attempts", "i.attempts", NULL },
  { "latency_ms", "i.latency_ms", NULL },
  { "stage", "i.stage", NULL },
  { "result", "i.result", NULL },
  { "error", "i.error", NULL },
  { "finished", "i.finished", NULL },
  { "number", "i.number", NULL },
  { "status", "i.status", NULL },
  { "type", "i.type", NULL },
  { "bytes", "i.bytes", NULL },
  { "location", "i.location", NULL },
  { "file", "i.file", NULL },
  { NULL, NULL, NULL },
};

static const Column event_columns[] = {
  { "run", "e.run", NULL },   { "number", "e.number", NULL }, { "time_ms", "e.time_ms", NULL },
  { "kind", "e.kind", NULL }, { "text", "e.text", NULL },     { NULL, NULL, NULL },
};

static const Column sample_columns[] = {
  { "run", "s.run", NULL },         { "time_ms", "s.time_ms", NULL }, { "stage", "s.stage", NULL },
  { "depth", "s.depth", NULL },     { "maxsize", "s.maxsize", NULL }, { "held", "s.held", NULL },
  { "permits", "s.permits", NULL }, { "workers", "s.workers", NULL }, { "busy", "s.busy", NULL },
  { "idle", "s.idle", NULL },       { "blocked", "s.blocked", NULL }, { "done", "s.done", NULL },
  { "dead", "s.dead", NULL },       { "retries", "s.retries", NULL }, { "p50_ms", "s.p50_ms", NULL },
  { "p95_ms", "s.p95_ms", NULL },   { "p99_ms", "s.p99_ms", NULL },   { NULL, NULL, NULL },
};

static const Table tables[] = {
  [MILL_EXPORT_PAGES] = { page_columns,
                          " FROM item i LEFT JOIN frontier f ON f.url = i.key ORDER BY f.id, i.rowid" },
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
  [MILL_EXPORT_ITEMS] = { item_columns, " FROM item i ORDER BY i.rowid" },
  [MILL_EXPORT_EVENTS] = { event_columns, " FROM event e ORDER BY e.run, e.number" },
  [MILL_EXPORT_SAMPLES] = { sample_columns, " FROM sample s ORDER BY s.run, s.time_ms, s.stage" },
};

/* How a file is read; the first as long as it is not damaged. */
typedef enum
{
  IN_ORDER,
  FROM_BEGINNING,
  FROM_END,
} Pass;

static const char *const ends[] = {
  [FROM_BEGINNING] = " FROM item i ORDER BY i.rowid",
  [FROM_END] = " FROM item i ORDER BY i.rowid DESC",
};

typedef struct
{
  const char *path; /* (unowned) */
  MillExportTable table;
  MillExportFormat format;
  GOutputStream *output;     /* (unowned) */
  GCancellable *cancellable; /* (unowned) (nullable) */
  GString *text;             /* (owned) what is still to be written */
  gboolean has_names;        /* of columns, in CSV */
  guint64 n_rows;            /* so far */
  gint64 last_row;           /* the number of the last one from the beginning */
} Export;

/* Of what is left, only what is in the row itself: what must be looked up may be what is damaged. */
static const char *
get_value (const Export *self, const Column *column, Pass pass)
{
  if (pass != IN_ORDER && !g_str_has_prefix (column->sql, "i."))
    return "NULL";
  return self->format == MILL_EXPORT_JSONL && column->json != NULL ? column->json : column->sql;
}

/* Whether the rows come by their numbers, so that after a hole the other end can be read. */
static gboolean
has_row_number (const Export *self, Pass pass)
{
  return pass != IN_ORDER || self->table == MILL_EXPORT_ITEMS;
}

/* Returns: a query for rows; one of a few, kept for ever. The last column is the row's number if it has one
 */
static const char *
get_query (const Export *self, Pass pass)
{
  const Table *table = &tables[self->table];
  gboolean is_csv = self->format == MILL_EXPORT_CSV;
  g_autofree char *text = NULL;
  GString *sql = g_string_new (is_csv ? "SELECT" : "SELECT json_object (");

  for (const Column *column = table->columns; column->name != NULL; column++)
    {
      const char *comma = column > table->columns ? "," : "";
      const char *value = get_value (self, column, pass);

      if (is_csv)
        g_string_append_printf (sql, "%s %s", comma, value);
      else
        g_string_append_printf (sql, "%s '%s', %s", comma, column->name, value);
    }
  if (!is_csv)
    g_string_append (sql, ")");
  if (has_row_number (self, pass))
    g_string_append (sql, ", i.rowid");
  g_string_append (sql, pass == IN_ORDER ? table->from : ends[pass]);
  text = g_string_free (sql, FALSE);
  return g_intern_string (text);
}

static void
append_names (Export *self)
{
  const Column *columns = tables[self->table].columns;

  if (self->format != MILL_EXPORT_CSV || self->has_names)
    return;
  for (const Column *column = columns; column->name != NULL; column++)
    g_string_append_printf (self->text, "%s%s", column > columns ? "," : "", column->name);
  g_string_append (self->text, MILL_CSV_END);
  self->has_names = TRUE;
}

static void
append_row (GString *text, sqlite3_stmt *query, int n_cells)
{
  for (int i = 0; i < n_cells; i++)
    {
      const char *cell = (const char *) sqlite3_column_text (query, i);

      if (i > 0)
        g_string_append_c (text, ',');
      if (cell != NULL)
        mill_csv_append_text (text, cell, strlen (cell));
    }
  g_string_append (text, MILL_CSV_END);
}

static gboolean
flush (Export *self, GError **error)
{
  gboolean ok = g_output_stream_write_all (self->output, self->text->str, self->text->len, NULL,
                                           self->cancellable, error);

  g_string_truncate (self->text, 0);
  return ok;
}

static void
append (Export *self, sqlite3_stmt *query, int n_cells)
{
  const char *object = NULL;

  if (self->format == MILL_EXPORT_JSONL)
    object = (const char *) sqlite3_column_text (query, 0);
  if (object != NULL)
    g_string_append_printf (self->text, "%s\n", object);
  else if (self->format == MILL_EXPORT_CSV)
    append_row (self->text, query, n_cells);
  self->n_rows++;
}

/* Between begin and end of @file. Returns: %FALSE when the output fails; what is wrong with the file, it says
 * itself */
static gboolean
write_rows (Export *self, MillRunFile *file, Pass pass, GError **error)
{
  sqlite3_stmt *query = mill_run_file_prepare (file, get_query (self, pass));
  int n_cells = sqlite3_column_count (query) - (has_row_number (self, pass) ? 1 : 0);
  gboolean ok = TRUE;

  while (ok && mill_run_file_step (file, query))
    {
      if (pass == FROM_END && sqlite3_column_int64 (query, n_cells) <= self->last_row)
        break;
      if (has_row_number (self, pass) && pass != FROM_END)
        self->last_row = sqlite3_column_int64 (query, n_cells);
      append (self, query, n_cells);
      if (self->text->len >= FLUSH_AT)
        ok = flush (self, error);
    }
  sqlite3_reset (query);
  return ok && flush (self, error);
}

/* Whether there is what the table is made of. */
static gboolean
check_table (Export *self, MillRunFile *file, GError **error)
{
  g_autofree char *name = NULL;

  if (self->table != MILL_EXPORT_CHANGES || mill_changes_has_earlier (file))
    return TRUE;
  if (!mill_run_file_check (file, error))
    return FALSE;
  name = g_filename_display_name (self->path);
  g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("%s is not compared with an earlier run"), name);
  return FALSE;
}

static gboolean
write_pass (Export *self, Pass pass, GError **error)
{
  g_autoptr (MillRunFile) file = mill_run_file_open_for_reading (self->path, error);
  gboolean ok;

  if (file == NULL || !check_table (self, file, error))
    return FALSE;
  append_names (self);
  mill_run_file_begin (file);
  ok = write_rows (self, file, pass, error);
  mill_run_file_end (file);
  return ok && mill_run_file_check (file, error);
}

/* Writes what is left of a damaged file's pages or items, and says so: @error is what was found. With nothing
 * left, the code is another. */
static void
salvage (Export *self, GError **error)
{
  const gboolean is_kept = self->table == MILL_EXPORT_PAGES || self->table == MILL_EXPORT_ITEMS;
  g_autoptr (GError) failure = NULL;
  g_autofree char *count = NULL;

  if (is_kept && self->n_rows == 0)
    (void) (write_pass (self, FROM_BEGINNING, &failure) ||
            (g_error_matches (failure, MILL_ERROR, MILL_ERROR_DAMAGED) && write_pass (self, FROM_END, NULL)));
  else if (self->table == MILL_EXPORT_ITEMS)
    write_pass (self, FROM_END, NULL);
  if (failure != NULL && !g_error_matches (failure, MILL_ERROR, MILL_ERROR_DAMAGED))
    {
      g_clear_error (error);
      g_propagate_error (error, g_steal_pointer (&failure));
      return;
    }
  if (!is_kept || self->n_rows == 0)
    {
      (*error)->code = MILL_ERROR_INVALID;
      return;
    }
  count = g_strdup_printf ("%" G_GUINT64_FORMAT, self->n_rows);
  g_clear_error (&failure);
  failure = g_error_new (MILL_ERROR, MILL_ERROR_DAMAGED, _ ("%s; results that could still be read: %s"),
                         (*error)->message, count);
  g_clear_error (error);
  g_propagate_error (error, g_steal_pointer (&failure));
}

/**
 * mill_export_run:
 * @path: a run file; it may be in use
 * @table: which results
 * @format: how
 * @output: where to
 * @cancellable: (nullable): ends it early
 *
 * Writes results of a run. Blocks. Of a damaged file %MILL_EXPORT_PAGES and
 * %MILL_EXPORT_ITEMS write all that can still be read, in
 * no particular order and without `level` and `redirects`, and fail with %MILL_ERROR_DAMAGED if that is
 * anything, and with %MILL_ERROR_INVALID if not. The other tables, which need the whole file, fail with
 * %MILL_ERROR_INVALID.
 *
 * Returns: %FALSE with @error set if the file cannot be read or @output not be written; what was written
 * before stays. %MILL_EXPORT_CHANGES of a run that is not compared with another is %MILL_ERROR_INVALID
 */
gboolean
mill_export_run (const char *path, MillExportTable table, MillExportFormat format, GOutputStream *output,
                 GCancellable *cancellable, GError **error)
{
  Export self = { .path = path,
                  .table = table,
                  .format = format,
                  .output = output,
                  .cancellable = cancellable,
                  .last_row = G_MININT64 };
  g_autoptr (GError) failure = NULL;

  g_return_val_if_fail (path != NULL, FALSE);
  g_return_val_if_fail ((gsize) table < G_N_ELEMENTS (tables), FALSE);
  g_return_val_if_fail (G_IS_OUTPUT_STREAM (output), FALSE);

  self.text = g_string_sized_new (2 * FLUSH_AT);
  if (!write_pass (&self, IN_ORDER, &failure) && g_error_matches (failure, MILL_ERROR, MILL_ERROR_DAMAGED))
    salvage (&self, &failure);
  g_string_free (self.text, TRUE);
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/**
 * mill_export_choose_table:
 * @path: a run file; it may be in use, or damaged
 *
 * Chooses which results say most of a run: the pages of a crawl, the items of another run. What can be
 * written of a file that cannot be read, the export says.
 *
 * Returns: %MILL_EXPORT_PAGES or %MILL_EXPORT_ITEMS
 */
MillExportTable
mill_export_choose_table (const char *path)
{
  g_autoptr (MillRunFacts) facts = NULL;

  g_return_val_if_fail (path != NULL, MILL_EXPORT_PAGES);

  facts = mill_run_facts_read (path, NULL);
  return facts == NULL || facts->is_crawl ? MILL_EXPORT_PAGES : MILL_EXPORT_ITEMS;
}

/**
 * mill_export_run_to_file:
 * @path: a run file; it may be in use
 * @table: which results
 * @format: how
 * @output: the file to write; what was there is replaced
 *
 * Writes results of a run into a file, as mill_export_run() does. The file takes the place of what was there
 * only once it is whole, or, with %MILL_ERROR_DAMAGED, as whole as a damaged run lets it be.
 *
 * Returns: %FALSE with @error set, and but for %MILL_ERROR_DAMAGED @output as it was
 */
gboolean
mill_export_run_to_file (const char *path, MillExportTable table, MillExportFormat format, GFile *output,
                         GError **error)
{
  g_autoptr (GCancellable) given_up = g_cancellable_new ();
  g_autoptr (GFileOutputStream) stream = NULL;
  g_autoptr (GError) failure = NULL;

  g_return_val_if_fail (path != NULL, FALSE);
  g_return_val_if_fail (G_IS_FILE (output), FALSE);

  stream = g_file_replace (output, NULL, FALSE, G_FILE_CREATE_REPLACE_DESTINATION, NULL, error);
  if (stream == NULL)
    return FALSE;
  if (mill_export_run (path, table, format, G_OUTPUT_STREAM (stream), NULL, &failure))
    return g_output_stream_close (G_OUTPUT_STREAM (stream), NULL, error);
  if (g_error_matches (failure, MILL_ERROR, MILL_ERROR_DAMAGED) &&
      !g_output_stream_close (G_OUTPUT_STREAM (stream), NULL, error))
    return FALSE;
  g_propagate_error (error, g_steal_pointer (&failure));
  /* Closed by a cancelled operation, the stream leaves the old file alone. */
  g_cancellable_cancel (given_up);
  g_output_stream_close (G_OUTPUT_STREAM (stream), given_up, NULL);
  return FALSE;
}
