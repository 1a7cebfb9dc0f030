/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillRows: a table in memory, which does not fail unless memory does. */

#include "config.h"

#include "pitfalls/mill-rows-private.h"

#include <sqlite3.h>

struct _MillRows
{
  GMutex lock; /* one writer at a time */
  sqlite3 *db; /* (owned) */
};

static void
run (MillRows *self, const char *sql)
{
  if (sqlite3_exec (self->db, sql, NULL, NULL, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (self->db));
}

static sqlite3_stmt *
prepare (MillRows *self, const char *sql)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (self->db, sql, -1, &statement, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (self->db));
  return statement;
}

/* @schema: the statement that makes the table. */
MillRows *
mill_rows_new (const char *schema)
{
  MillRows *self = g_new0 (MillRows, 1);

  g_mutex_init (&self->lock);
  if (sqlite3_open (":memory:", &self->db) != SQLITE_OK)
    g_error ("%s", sqlite3_errmsg (self->db));
  run (self, schema);
  return self;
}

void
mill_rows_free (MillRows *self)
{
  sqlite3_close (self->db);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Runs @sql once for each of the @ids, in one transaction. */
void
mill_rows_write (MillRows *self, const char *sql, const guint64 *ids, guint n_ids)
{
  sqlite3_stmt *statement;

  g_mutex_lock (&self->lock);
  run (self, "BEGIN");
  statement = prepare (self, sql);
  for (guint i = 0; i < n_ids; i++)
    {
      sqlite3_bind_int64 (statement, 1, (sqlite3_int64) ids[i]);
      sqlite3_step (statement);
      sqlite3_reset (statement);
    }
  sqlite3_finalize (statement);
  run (self, "COMMIT");
  g_mutex_unlock (&self->lock);
}

/* The number that @sql selects. */
guint
mill_rows_count (MillRows *self, const char *sql)
{
  sqlite3_stmt *statement;
  guint count;

  g_mutex_lock (&self->lock);
  statement = prepare (self, sql);
  sqlite3_step (statement);
  count = (guint) sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  g_mutex_unlock (&self->lock);
  return count;
}
