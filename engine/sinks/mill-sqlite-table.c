/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillSqliteTable: one table of an SQLite database and the one connection that writes to it. */

#include "config.h"

#include "sinks/mill-sqlite-table-private.h"

#include <glib/gi18n-lib.h>
#include <sqlite3.h>

#include "core/mill-error.h"

#define PAUSE_MS 5 /* between two looks at a lock */

struct _MillSqliteTable
{
  sqlite3 *db;          /* (owned) */
  sqlite3_stmt *begin;  /* (owned) */
  sqlite3_stmt *commit; /* (owned) */
  sqlite3_stmt *put;    /* (owned) (nullable) until the table fits */
  char *file;           /* (owned) */
  char *name;           /* (owned) */
  gboolean create;
  guint n_columns;           /* of `put` */
  GCancellable *cancellable; /* (nullable) (borrowed) of the batch */
};

/* ---- errors ----------------------------------------------------------------------------------------- */

static gboolean
is_of_the_row (int code)
{
  return code == SQLITE_CONSTRAINT || code == SQLITE_MISMATCH || code == SQLITE_TOOBIG;
}

/* Always %FALSE. */
static gboolean
fail (MillSqliteTable *self, int code, GError **error)
{
  const char *why = sqlite3_errmsg (self->db);

  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return FALSE;
  if (is_of_the_row (code))
    g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("the table “%s” does not take the row: %s"),
                 self->name, why);
  else if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
    g_set_error (error, MILL_ERROR, MILL_ERROR_RETRYABLE,
                 _ ("the database “%s” is in use by somebody else: %s"), self->file, why);
  else
    g_set_error (error, MILL_ERROR, MILL_ERROR_FATAL, _ ("the database “%s” cannot be written: %s"),
                 self->file, why);
  return FALSE;
}

/* Called by SQLite while somebody else holds the lock. Returns: whether to look again */
static int
wait_for_lock_cb (void *data, int n_looks)
{
  MillSqliteTable *self = data;
  GPollFD fd;

  if (n_looks >= MILL_SQLITE_PATIENCE_MS / PAUSE_MS || g_cancellable_is_cancelled (self->cancellable))
    return 0;
  if (g_cancellable_make_pollfd (self->cancellable, &fd))
    {
      g_poll (&fd, 1, PAUSE_MS);
      g_cancellable_release_fd (self->cancellable);
    }
  else
    g_usleep (PAUSE_MS * 1000);
  return 1;
}

/* ---- statements ------------------------------------------------------------------------------------- */

static gboolean
execute (MillSqliteTable *self, const char *sql, GError **error)
{
  int code = sqlite3_exec (self->db, sql, NULL, NULL, NULL);

  return code == SQLITE_OK || fail (self, code, error);
}

static gboolean
prepare (MillSqliteTable *self, const char *sql, sqlite3_stmt **statement, GError **error)
{
  int code = sqlite3_prepare_v3 (self->db, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);

  return code == SQLITE_OK || fail (self, code, error);
}

/* Runs a statement that gives no rows. */
static gboolean
run (MillSqliteTable *self, sqlite3_stmt *statement, GError **error)
{
  int code = sqlite3_step (statement);

  /* The reset says the same once more, and the message is the step's. */
  if (code != SQLITE_DONE)
    fail (self, code, error);
  sqlite3_reset (statement);
  return code == SQLITE_DONE;
}

static void
append_name (GString *sql, const char *name)
{
  g_string_append_c (sql, '"');
  for (const char *c = name; *c != '\0'; c++)
    {
      if (*c == '"')
        g_string_append_c (sql, '"');
      g_string_append_c (sql, *c);
    }
  g_string_append_c (sql, '"');
}

/* ---- the table -------------------------------------------------------------------------------------- */

/* Returns: (transfer full) (nullable): the set of the table's columns in lower case, empty if there is no
 * table; %NULL with an error */
static GHashTable *
read_names (MillSqliteTable *self, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  sqlite3_stmt *statement = NULL;
  int code;

  if (!prepare (self, "SELECT name FROM pragma_table_info (?1)", &statement, error))
    return NULL;
  sqlite3_bind_text (statement, 1, self->name, -1, SQLITE_STATIC);
  while ((code = sqlite3_step (statement)) == SQLITE_ROW)
    g_hash_table_add (names, g_ascii_strdown ((const char *) sqlite3_column_text (statement, 0), -1));
  if (code != SQLITE_DONE)
    fail (self, code, error);
  sqlite3_finalize (statement);
  return code == SQLITE_DONE ? g_steal_pointer (&names) : NULL;
}

static const char *
name_of_type (MillValueType type)
{
  switch (type)
    {
    case MILL_VALUE_BOOLEAN:
      return " BOOLEAN";
    case MILL_VALUE_INTEGER:
      return " INTEGER";
    case MILL_VALUE_REAL:
      return " REAL";
    case MILL_VALUE_TEXT:
    case MILL_VALUE_JSON:
      return " TEXT";
    case MILL_VALUE_NULL:
    default:
      return "";
    }
}

/* A key of whole numbers is the table's own key, which is the quickest; another one takes its place. */
static gboolean
create_table (MillSqliteTable *self, MillColumns *columns, GError **error)
{
  g_autoptr (GString) sql = g_string_new ("CREATE TABLE ");
  gboolean is_integer = mill_columns_get_value_type (columns, 0) == MILL_VALUE_INTEGER;

  append_name (sql, self->name);
  g_string_append (sql, " (");
  for (guint i = 0; i < mill_columns_get_n (columns); i++)
    {
      g_string_append (sql, i > 0 ? ", " : "");
      append_name (sql, mill_columns_get_name (columns, i));
      g_string_append (sql, name_of_type (mill_columns_get_value_type (columns, i)));
      g_string_append (sql, i == 0 ? " NOT NULL PRIMARY KEY" : "");
    }
  g_string_append (sql, is_integer ? ")" : ") WITHOUT ROWID");
  return execute (self, sql->str, error);
}

static gboolean
add_column (MillSqliteTable *self, const char *name, MillValueType type, GError **error)
{
  g_autoptr (GString) sql = g_string_new ("ALTER TABLE ");

  append_name (sql, self->name);
  g_string_append (sql, " ADD COLUMN ");
  append_name (sql, name);
  g_string_append (sql, name_of_type (type));
  return execute (self, sql->str, error);
}

/* Makes what the table lacks of the columns. */
static gboolean
complete_table (MillSqliteTable *self, MillColumns *columns, GError **error)
{
  g_autoptr (GHashTable) names = read_names (self, error);

  if (names == NULL)
    return FALSE;
  if (g_hash_table_size (names) == 0)
    return create_table (self, columns, error);
  for (guint i = 0; i < mill_columns_get_n (columns); i++)
    {
      const char *name = mill_columns_get_name (columns, i);
      g_autofree char *folded = g_ascii_strdown (name, -1);

      if (!g_hash_table_contains (names, folded) &&
          !add_column (self, name, mill_columns_get_value_type (columns, i), error))
        return FALSE;
    }
  return TRUE;
}

static char *
compose_put (MillSqliteTable *self, MillColumns *columns)
{
  g_autoptr (GString) sql = g_string_new ("INSERT INTO ");
  guint n = mill_columns_get_n (columns);

  append_name (sql, self->name);
  for (guint i = 0; i < n; i++)
    {
      g_string_append (sql, i == 0 ? " (" : ", ");
      append_name (sql, mill_columns_get_name (columns, i));
    }
  g_string_append (sql, ") VALUES (?");
  for (guint i = 1; i < n; i++)
    g_string_append (sql, ", ?");
  g_string_append (sql, ") ON CONFLICT (");
  append_name (sql, mill_columns_get_name (columns, 0));
  g_string_append (sql, n > 1 ? ") DO UPDATE SET " : ") DO NOTHING");
  for (guint i = 1; i < n; i++)
    {
      g_string_append (sql, i > 1 ? ", " : "");
      append_name (sql, mill_columns_get_name (columns, i));
      g_string_append (sql, " = excluded.");
      append_name (sql, mill_columns_get_name (columns, i));
    }
  return g_string_free (g_steal_pointer (&sql), FALSE);
}

/* Lets those fields only become columns that have one in a table which is not to be changed. */
gboolean
mill_sqlite_table_limit (MillSqliteTable *self, MillColumns *columns, GError **error)
{
  GHashTable *names = read_names (self, error);

  if (names == NULL)
    return FALSE;
  if (g_hash_table_size (names) == 0)
    {
      g_set_error (error, MILL_ERROR, MILL_ERROR_FATAL, _ ("the database “%s” has no table “%s”"), self->file,
                   self->name);
      g_hash_table_unref (names);
      return FALSE;
    }
  mill_columns_close (columns, names);
  return TRUE;
}

/* Makes the table, if it is to be made, fit the columns, within the transaction that has begun. */
gboolean
mill_sqlite_table_fit (MillSqliteTable *self, MillColumns *columns, GError **error)
{
  g_autofree char *sql = NULL;

  if (self->put != NULL && self->n_columns == mill_columns_get_n (columns))
    return TRUE;
  g_clear_pointer (&self->put, sqlite3_finalize);
  if (self->create && !complete_table (self, columns, error))
    return FALSE;
  sql = compose_put (self, columns);
  self->n_columns = mill_columns_get_n (columns);
  return prepare (self, sql, &self->put, error);
}

/* ---- rows ------------------------------------------------------------------------------------------- */

static int
bind_cell (sqlite3_stmt *statement, int i, const MillCell *cell)
{
  switch (cell->type)
    {
    case MILL_VALUE_BOOLEAN:
    case MILL_VALUE_INTEGER:
      return sqlite3_bind_int64 (statement, i, cell->integer);
    case MILL_VALUE_REAL:
      return sqlite3_bind_double (statement, i, cell->real);
    case MILL_VALUE_TEXT:
    case MILL_VALUE_JSON:
      return sqlite3_bind_text64 (statement, i, cell->text, cell->length, SQLITE_STATIC, SQLITE_UTF8);
    case MILL_VALUE_NULL:
    default:
      return sqlite3_bind_null (statement, i);
    }
}

/* @cells: as many as the table was made to fit; their texts are not needed any more afterwards */
gboolean
mill_sqlite_table_put (MillSqliteTable *self, const MillCell *cells, GError **error)
{
  for (guint i = 0; i < self->n_columns; i++)
    {
      int code = bind_cell (self->put, (int) i + 1, &cells[i]);

      /* A text beyond what SQLite takes; what the row before had there must not be written in its place. */
      if (code != SQLITE_OK)
        return fail (self, code, error);
    }
  return run (self, self->put, error);
}

/* Whether a failed row has ended the transaction, which only a table's own rules can do (ON CONFLICT
 * ROLLBACK). */
gboolean
mill_sqlite_table_is_broken (MillSqliteTable *self)
{
  return sqlite3_get_autocommit (self->db) != 0;
}

gboolean
mill_sqlite_table_begin (MillSqliteTable *self, GCancellable *cancellable, GError **error)
{
  self->cancellable = cancellable;
  return run (self, self->begin, error);
}

gboolean
mill_sqlite_table_commit (MillSqliteTable *self, GError **error)
{
  gboolean ok = run (self, self->commit, error);

  if (ok)
    self->cancellable = NULL;
  return ok;
}

/* The table may have lost what it was just given, too. */
void
mill_sqlite_table_rollback (MillSqliteTable *self)
{
  g_clear_pointer (&self->put, sqlite3_finalize);
  if (!mill_sqlite_table_is_broken (self))
    sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
  self->cancellable = NULL;
}

/* ---- life ------------------------------------------------------------------------------------------- */

static gboolean
set_up (MillSqliteTable *self, gboolean durable, GError **error)
{
  sqlite3_busy_handler (self->db, wait_for_lock_cb, self);
  return execute (self, "PRAGMA journal_mode = WAL", error) &&
         execute (self, durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", error) &&
         prepare (self, "BEGIN IMMEDIATE", &self->begin, error) &&
         prepare (self, "COMMIT", &self->commit, error);
}

/* @durable: whether a batch that was committed survives a power cut
 * Returns: (transfer full) (nullable): the table, which need not be there yet; %NULL with an error */
MillSqliteTable *
mill_sqlite_table_open (const char *file, const char *name, gboolean create, gboolean durable, GError **error)
{
  MillSqliteTable *self = g_new0 (MillSqliteTable, 1);
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
  int code;

  self->file = g_strdup (file);
  self->name = g_strdup (name);
  self->create = create;
  code = sqlite3_open_v2 (file, &self->db, flags, NULL);
  if (code == SQLITE_OK && set_up (self, durable, error))
    return self;
  if (code != SQLITE_OK)
    fail (self, code, error);
  mill_sqlite_table_close (self);
  return NULL;
}

void
mill_sqlite_table_close (MillSqliteTable *self)
{
  sqlite3_finalize (self->put);
  sqlite3_finalize (self->begin);
  sqlite3_finalize (self->commit);
  sqlite3_close (self->db);
  g_free (self->file);
  g_free (self->name);
  g_free (self);
}
