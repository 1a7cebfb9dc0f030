/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillPostgresWriter: puts batches into one table of a PostgreSQL database, over as many connections as there
 * are batches at the same time. Private to the engine; without libpq there is none, and
 * mill_postgres_writer_new() says so.
 *
 * A batch is copied straight into the table, which is the quickest and fails, as a whole, if one of its keys
 * is there already. Then, and when it is tried again, it is merged: copied into a temporary table of its
 * connection, and from there put into the table by its key, the last row of a key being the one that stays.
 * Either is one transaction. So a batch whose end was not heard of can be written once more.
 *
 * As long as no connection has succeeded, not to reach the server is fatal: it is the job that is wrong. From
 * then on it is tried again.
 *
 * Threads: any. */

#pragma once

#include <gio/gio.h>

#include "pipeline/mill-work.h"

G_BEGIN_DECLS

typedef struct
{
  const char *connection;
  const char *table;
  const char *key;     /* (nullable) */
  const char *columns; /* (nullable) */
  gboolean create;
} MillPostgresSettings;

typedef struct _MillPostgresWriter MillPostgresWriter;

MillPostgresWriter *mill_postgres_writer_new (const MillPostgresSettings *settings, GError **error);
void mill_postgres_writer_free (MillPostgresWriter *self);

void mill_postgres_writer_write (MillPostgresWriter *self, MillWork *work, GTask *task);

G_END_DECLS
