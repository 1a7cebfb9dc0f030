/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillPostgresLink: one connection to a PostgreSQL server that never blocks. Private to the engine.
 *
 * - Every request is of a context: it is made with a GTask and waits in the thread-default context of that
 * moment; its callbacks run there. Between two requests a link may go to another thread.
 * - A failed request fails with %MILL_ERROR_RETRYABLE if the server was lost, is busy or starting, or if
 *   transactions were in each other's way; with %MILL_ERROR_INVALID if the data were wrong; with
 * %MILL_ERROR_FATAL if the job is. The message is the server's, with its code.
 * - mill_postgres_link_is_usable(): whether another request can be made, which is so after a success and
 * after wrong data. A link that was cancelled is not usable; what it asked for last may have happened or not.
 * One whose server has gone since is not usable either.
 *
 * Threads: one request at a time. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _MillPostgresLink MillPostgresLink;

/* The first @error is NULL when all went well. */
typedef void (*MillPostgresLinkFunc) (GError *error, gpointer user_data);

MillPostgresLink *mill_postgres_link_new (void);
void mill_postgres_link_free (MillPostgresLink *self);

void mill_postgres_link_connect (MillPostgresLink *self, const char *conninfo, GCancellable *cancellable,
                                 MillPostgresLinkFunc func, gpointer user_data);
void mill_postgres_link_run (MillPostgresLink *self, const char *sql, GString *copied,
                             GCancellable *cancellable, MillPostgresLinkFunc func, gpointer user_data);
gboolean mill_postgres_link_is_usable (MillPostgresLink *self);
gboolean mill_postgres_link_had_duplicate (MillPostgresLink *self);
GStrv mill_postgres_link_get_names (MillPostgresLink *self);

void mill_postgres_link_append_name (MillPostgresLink *self, GString *sql, const char *name);
void mill_postgres_link_append_literal (MillPostgresLink *self, GString *sql, const char *text);

guint mill_postgres_link_get_generation (MillPostgresLink *self);
void mill_postgres_link_set_generation (MillPostgresLink *self, guint generation);

G_END_DECLS
