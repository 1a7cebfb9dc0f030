/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillSqliteTable: one table of an SQLite database and the one connection that writes to it. Private to the
 * engine.
 *
 * - mill_sqlite_table_begin() and _commit() or _rollback() enclose the rows of a batch; what is written
 * between them is there as a whole or not at all. A failed _commit() is followed by a _rollback().
 * - mill_sqlite_table_fit() comes before the first row and whenever there are more columns; it makes what the
 * table lacks, if it may. Where it may not, mill_sqlite_table_limit() says once which columns there can be.
 * - mill_sqlite_table_put(): a row that the database refuses fails with %MILL_ERROR_INVALID and leaves the
 * rest of the batch as it is, unless mill_sqlite_table_is_broken(): then the table's own rules have ended the
 * transaction.
 * - Other failures are %MILL_ERROR_RETRYABLE, if somebody else has the database locked for longer than
 * MILL_SQLITE_PATIENCE_MS, or %MILL_ERROR_FATAL.
 *
 * Threads: one at a time. */

#pragma once

#include <gio/gio.h>

#include "sinks/mill-columns-private.h"

G_BEGIN_DECLS

#define MILL_SQLITE_PATIENCE_MS 300

typedef struct _MillSqliteTable MillSqliteTable;

MillSqliteTable *mill_sqlite_table_open (const char *file, const char *name, gboolean create,
                                         gboolean durable, GError **error);
void mill_sqlite_table_close (MillSqliteTable *self);

gboolean mill_sqlite_table_begin (MillSqliteTable *self, GCancellable *cancellable, GError **error);
gboolean mill_sqlite_table_limit (MillSqliteTable *self, MillColumns *columns, GError **error);
gboolean mill_sqlite_table_fit (MillSqliteTable *self, MillColumns *columns, GError **error);
gboolean mill_sqlite_table_put (MillSqliteTable *self, const MillCell *cells, GError **error);
gboolean mill_sqlite_table_is_broken (MillSqliteTable *self);
gboolean mill_sqlite_table_commit (MillSqliteTable *self, GError **error);
void mill_sqlite_table_rollback (MillSqliteTable *self);

G_END_DECLS
