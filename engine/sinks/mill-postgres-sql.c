/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is said to PostgreSQL: the set-up of a table and its staging table, and the copy of a batch. The
 * staging table has columns of its own names, c0 and so on, so that no field's name can be in the way. */

#include "config.h"

#include "sinks/mill-postgres-sql-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/mill-error.h"

#define STAGING "millrace_batch" /* in the connection's own pg_temp, which is looked into first */

/* "table" or "schema.table". */
static void
append_table (MillPostgresLink *link, GString *sql, const char *table)
{
  const char *dot = strchr (table, '.');
  g_autofree char *schema = dot != NULL ? g_strndup (table, (gsize) (dot - table)) : NULL;

  if (schema != NULL)
    {
      mill_postgres_link_append_name (link, sql, schema);
      g_string_append_c (sql, '.');
    }
  mill_postgres_link_append_name (link, sql, dot != NULL ? dot + 1 : table);
}

static const char *
name_of_type (MillValueType type)
{
  switch (type)
    {
    case MILL_VALUE_BOOLEAN:
      return "boolean";
    case MILL_VALUE_INTEGER:
      return "bigint";
    case MILL_VALUE_REAL:
      return "double precision";
    case MILL_VALUE_JSON:
      return "jsonb";
    case MILL_VALUE_TEXT:
    case MILL_VALUE_NULL:
    default:
      return "text";
    }
}

/* Gives the names of the table's columns; none if there is no table.
 * Returns: (transfer full) */
char *
mill_postgres_sql_list_columns (MillPostgresLink *link, const char *table)
{
  g_autoptr (GString) name = g_string_new (NULL);
  GString *sql =
      g_string_new ("SELECT attname FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass (");

  append_table (link, name, table);
  mill_postgres_link_append_literal (link, sql, name->str);
  g_string_append (sql, ") AND attnum > 0 AND NOT attisdropped");
  return g_string_free (sql, FALSE);
}

static void
append_column (MillPostgresLink *link, GString *sql, MillColumns *columns, guint i)
{
  mill_postgres_link_append_name (link, sql, mill_columns_get_name (columns, i));
  g_string_append_c (sql, ' ');
  g_string_append (sql, name_of_type (mill_columns_get_value_type (columns, i)));
}

/* Connections that do this at the same time would be in each other's way, hence the lock. */
static void
append_create (MillPostgresLink *link, GString *sql, const char *table, MillColumns *columns)
{
  guint n = mill_columns_get_n (columns);

  g_string_append_printf (sql, "SELECT pg_catalog.pg_advisory_xact_lock (%u);", g_str_hash (table));
  g_string_append (sql, "CREATE TABLE IF NOT EXISTS ");
  append_table (link, sql, table);
  for (guint i = 0; i < n; i++)
    {
      g_string_append (sql, i == 0 ? " (" : ", ");
      append_column (link, sql, columns, i);
      g_string_append (sql, i == 0 ? " PRIMARY KEY" : "");
    }
  g_string_append (sql, ");");
  for (guint i = 1; i < n; i++)
    {
      g_string_append (sql, i == 1 ? "ALTER TABLE " : ", ");
      if (i == 1)
        append_table (link, sql, table);
      g_string_append (sql, " ADD COLUMN IF NOT EXISTS ");
      append_column (link, sql, columns, i);
    }
  g_string_append (sql, n > 1 ? ";" : "");
}

static void
append_columns (MillPostgresLink *link, GString *sql, const char *table, MillColumns *columns)
{
  append_table (link, sql, table);
  for (guint i = 0; i < mill_columns_get_n (columns); i++)
    {
      g_string_append (sql, i == 0 ? " (" : ", ");
      mill_postgres_link_append_name (link, sql, mill_columns_get_name (columns, i));
    }
  g_string_append_c (sql, ')');
}

/* Rows are put in the order of their keys, so that two batches with the same ones do not wait for each other.
 */
static void
append_merge (MillPostgresLink *link, GString *sql, const char *table, MillColumns *columns)
{
  guint n = mill_columns_get_n (columns);

  g_string_append (sql, "INSERT INTO ");
  append_columns (link, sql, table, columns);
  g_string_append (sql, " SELECT DISTINCT ON (c0) c0");
  for (guint i = 1; i < n; i++)
    g_string_append_printf (sql, ", c%u", i);
  g_string_append (sql, " FROM pg_temp." STAGING " ORDER BY c0, n DESC ON CONFLICT (");
  mill_postgres_link_append_name (link, sql, mill_columns_get_name (columns, 0));
  g_string_append (sql, n > 1 ? ") DO UPDATE SET " : ") DO NOTHING");
  for (guint i = 1; i < n; i++)
    {
      g_string_append (sql, i > 1 ? ", " : "");
      mill_postgres_link_append_name (link, sql, mill_columns_get_name (columns, i));
      g_string_append (sql, " = EXCLUDED.");
      mill_postgres_link_append_name (link, sql, mill_columns_get_name (columns, i));
    }
}

/* Makes the staging table, and before it the table itself if @create says so. Merging nothing at the end
 * shows whether the table has the key. Returns: (transfer full) */
char *
mill_postgres_sql_set_up (MillPostgresLink *link, const char *table, MillColumns *columns, gboolean create)
{
  GString *sql = g_string_new (NULL);

  if (create)
    append_create (link, sql, table, columns);
  g_string_append (sql, "DROP TABLE IF EXISTS pg_temp." STAGING ";"
                        "CREATE TEMP TABLE " STAGING " ON COMMIT DELETE ROWS AS SELECT 0 AS n");
  for (guint i = 0; i < mill_columns_get_n (columns); i++)
    {
      g_string_append (sql, ", ");
      mill_postgres_link_append_name (link, sql, mill_columns_get_name (columns, i));
      g_string_append_printf (sql, " AS c%u", i);
    }
  g_string_append (sql, " FROM ");
  append_table (link, sql, table);
  g_string_append (sql, " WITH NO DATA;");
  append_merge (link, sql, table, columns);
  return g_string_free (sql, FALSE);
}

/* Copies a batch straight into the table; that fails if one of its keys is there already.
 * Returns: (transfer full) */
char *
mill_postgres_sql_insert (MillPostgresLink *link, const char *table, MillColumns *columns)
{
  GString *sql = g_string_new ("COPY ");

  append_columns (link, sql, table, columns);
  g_string_append (sql, " FROM STDIN");
  return g_string_free (sql, FALSE);
}

/* Copies a batch of numbered rows into the staging table and puts it from there into the table.
 * Returns: (transfer full) */
char *
mill_postgres_sql_merge (MillPostgresLink *link, const char *table, MillColumns *columns)
{
  GString *sql = g_string_new ("COPY pg_temp." STAGING " FROM STDIN;");

  append_merge (link, sql, table, columns);
  return g_string_free (sql, FALSE);
}

/* ---- rows, in COPY's text format -------------------------------------------------------------------- */

/* (nullable): how a character is written that means something else. */
static const char *
escape (char c)
{
  switch (c)
    {
    case '\\':
      return "\\\\";
    case '\t':
      return "\\t";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    default:
      return NULL;
    }
}

static void
append_text (GString *copied, const char *text, gsize length)
{
  const char *run = text, *end = text + length;

  for (const char *c = text; c < end; c++)
    {
      const char *escaped = escape (*c);

      if (escaped == NULL)
        continue;
      g_string_append_len (copied, run, c - run);
      g_string_append (copied, escaped);
      run = c + 1;
    }
  g_string_append_len (copied, run, end - run);
}

static gboolean
append_cell (GString *copied, const MillCell *cell)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  switch (cell->type)
    {
    case MILL_VALUE_BOOLEAN:
      g_string_append_c (copied, cell->integer != 0 ? 't' : 'f');
      return TRUE;
    case MILL_VALUE_INTEGER:
      g_string_append_printf (copied, "%" G_GINT64_FORMAT, cell->integer);
      return TRUE;
    case MILL_VALUE_REAL:
      g_string_append (copied, g_ascii_dtostr (digits, sizeof digits, cell->real));
      return TRUE;
    case MILL_VALUE_TEXT:
    case MILL_VALUE_JSON:
      append_text (copied, cell->text, cell->length);
      return memchr (cell->text, '\0', cell->length) == NULL;
    case MILL_VALUE_NULL:
    default:
      g_string_append (copied, "\\N");
      return TRUE;
    }
}

/* Appends a row for COPY, or nothing if it is none. @number: its place in the batch, for the staging table;
 * else -1. */
gboolean
mill_postgres_append_row (GString *copied, gint number, const MillCell *cells, guint n_cells, GError **error)
{
  gsize before = copied->len;

  if (number >= 0)
    g_string_append_printf (copied, "%d\t", number);
  for (guint i = 0; i < n_cells; i++)
    {
      if (i > 0)
        g_string_append_c (copied, '\t');
      if (append_cell (copied, &cells[i]))
        continue;
      g_string_truncate (copied, before);
      g_set_error_literal (error, MILL_ERROR, MILL_ERROR_INVALID,
                           _ ("there is a NUL byte in a text, which PostgreSQL cannot store"));
      return FALSE;
    }
  g_string_append_c (copied, '\n');
  return TRUE;
}
