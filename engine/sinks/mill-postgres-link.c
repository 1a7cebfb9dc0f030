/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillPostgresLink: one connection to a PostgreSQL server that never blocks. libpq has one socket, which it
 * may replace while it connects; each wait watches it anew. */

#include "config.h"

#include "sinks/mill-postgres-link-private.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <libpq-fe.h>
#include <string.h>

#include "core/mill-cancel-source-private.h"
#include "core/mill-error.h"
#include "sinks/mill-postgres-error-private.h"

#define CONNECT_SECONDS  10
#define UNIQUE_VIOLATION "23505"

struct _MillPostgresLink
{
  PGconn *connection;     /* (owned) (nullable) */
  guint generation;       /* of what was set up for it; its owner's */
  gboolean is_lost;       /* it was cancelled or failed in a way that leaves open what state it is in */
  gboolean had_duplicate; /* the last request failed since a key was there already */
  GStrv names;            /* (owned) (nullable) the first column of what the last request gave */

  /* The request that is under way. */
  GMainContext *context;     /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) (nullable) */
  GSource *watch;            /* (owned) (nullable) */
  GSource *end;              /* (owned) (nullable) cancellation and time limit */
  gint64 deadline_us;        /* MILL_NEVER: none */
  gboolean (*proceed) (MillPostgresLink *self);
  GString *copied; /* (nullable) (borrowed) */
  GError *error;   /* (owned) (nullable) the first */
  MillPostgresLinkFunc func;
  gpointer user_data;
};

/* ---- requests --------------------------------------------------------------------------------------- */

static void
stop_waiting (MillPostgresLink *self)
{
  if (self->watch != NULL)
    g_source_destroy (self->watch);
  g_clear_pointer (&self->watch, g_source_unref);
  g_clear_pointer (&self->end, mill_cancel_source_destroy);
}

static void
finish (MillPostgresLink *self)
{
  MillPostgresLinkFunc func = self->func;
  GError *error = g_steal_pointer (&self->error);

  stop_waiting (self);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_object (&self->cancellable);
  self->copied = NULL;
  self->func = NULL;
  func (error, self->user_data);
}

static void
note_error (MillPostgresLink *self, const char *sqlstate, const char *message)
{
  g_autofree char *text = mill_postgres_tidy (message);

  if (self->error != NULL)
    return;
  self->had_duplicate = g_strcmp0 (sqlstate, UNIQUE_VIOLATION) == 0;
  self->error = g_error_new (MILL_ERROR, (gint) mill_postgres_judge (sqlstate), _ ("PostgreSQL: %s%s%s%s"),
                             text, sqlstate != NULL ? " (" : "", sqlstate != NULL ? sqlstate : "",
                             sqlstate != NULL ? ")" : "");
}

static void
note_loss (MillPostgresLink *self)
{
  self->is_lost = TRUE;
  note_error (self, NULL, PQerrorMessage (self->connection));
}

static gboolean
ended_cb (gpointer user_data)
{
  MillPostgresLink *self = user_data;

  self->is_lost = TRUE;
  if (!g_cancellable_set_error_if_cancelled (self->cancellable, &self->error))
    g_set_error (&self->error, MILL_ERROR, MILL_ERROR_RETRYABLE,
                 _ ("PostgreSQL: the server did not answer within %d seconds"), CONNECT_SECONDS);
  finish (self);
  return G_SOURCE_REMOVE;
}

static gboolean
socket_cb (gint fd, GIOCondition condition, gpointer user_data)
{
  MillPostgresLink *self = user_data;

  g_source_destroy (self->watch);
  g_clear_pointer (&self->watch, g_source_unref);
  if (self->proceed (self))
    finish (self);
  return G_SOURCE_REMOVE;
}

/* Always %FALSE: the request goes on. */
static gboolean
wait_for (MillPostgresLink *self, GIOCondition condition)
{
  self->watch = g_unix_fd_source_new (PQsocket (self->connection), condition);
  g_source_set_callback (self->watch, G_SOURCE_FUNC (socket_cb), self, NULL);
  g_source_attach (self->watch, self->context);
  return FALSE;
}

static void
begin (MillPostgresLink *self, gboolean (*proceed) (MillPostgresLink *), gint64 deadline_us,
       GCancellable *cancellable, MillPostgresLinkFunc func, gpointer user_data)
{
  self->context = g_main_context_ref_thread_default ();
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  self->proceed = proceed;
  self->func = func;
  self->user_data = user_data;
  self->deadline_us = deadline_us;
}

static void
limit (MillPostgresLink *self)
{
  self->end =
      mill_cancel_source_new ("mill postgres", self->deadline_us, self->cancellable, ended_cb, self, NULL);
  g_source_attach (self->end, self->context);
}

/* ---- connecting ------------------------------------------------------------------------------------- */

static void
note_refusal (MillPostgresLink *self)
{
  const char *message = PQerrorMessage (self->connection);
  char state[6];

  self->is_lost = TRUE;
  note_error (self, mill_postgres_find_state (message, state) ? state : NULL, message);
}

static gboolean
proceed_connecting (MillPostgresLink *self)
{
  switch (PQconnectPoll (self->connection))
    {
    case PGRES_POLLING_READING:
      return wait_for (self, G_IO_IN);
    case PGRES_POLLING_WRITING:
      return wait_for (self, G_IO_OUT);
    case PGRES_POLLING_OK:
      PQsetErrorVerbosity (self->connection, PQERRORS_DEFAULT);
      PQsetnonblocking (self->connection, 1);
      return TRUE;
    case PGRES_POLLING_FAILED:
    case PGRES_POLLING_ACTIVE:
    default:
      note_refusal (self);
      return TRUE;
    }
}

static void
ignore_notice_cb (void *user_data, const PGresult *result)
{
}

/* Looks up the host's name, which blocks, and begins to connect. */
static void
look_up_thread (GTask *task, gpointer source_object, gpointer task_data, GCancellable *cancellable)
{
  const char *keywords[] = { "dbname", "fallback_application_name", "client_encoding", NULL };
  const char *values[] = { task_data, "millrace", "UTF8", NULL };

  g_task_return_pointer (task, PQconnectStartParams (keywords, values, 1), (GDestroyNotify) PQfinish);
}

static void
looked_up_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  MillPostgresLink *self = user_data;

  self->connection = g_task_propagate_pointer (G_TASK (result), NULL);
  g_assert (self->connection != NULL);
  PQsetNoticeReceiver (self->connection, ignore_notice_cb, NULL);
  PQsetErrorVerbosity (self->connection, PQERRORS_VERBOSE);
  if (g_cancellable_set_error_if_cancelled (self->cancellable, &self->error))
    self->is_lost = TRUE;
  else if (PQstatus (self->connection) == CONNECTION_BAD)
    note_refusal (self);
  else
    {
      limit (self);
      wait_for (self, G_IO_OUT);
      return;
    }
  finish (self);
}

/* @func is called when the link can be used or has failed, not before this returns. */
void
mill_postgres_link_connect (MillPostgresLink *self, const char *conninfo, GCancellable *cancellable,
                            MillPostgresLinkFunc func, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, looked_up_cb, self);

  begin (self, proceed_connecting, g_get_monotonic_time () + CONNECT_SECONDS * G_USEC_PER_SEC, cancellable,
         func, user_data);
  g_task_set_task_data (task, g_strdup (conninfo), g_free);
  g_task_run_in_thread (task, look_up_thread);
}

/* ---- asking ----------------------------------------------------------------------------------------- */

static void
keep_names (MillPostgresLink *self, const PGresult *result)
{
  int n = PQntuples (result);

  g_strfreev (self->names);
  self->names = g_new0 (char *, (gsize) n + 1);
  for (int i = 0; i < n; i++)
    self->names[i] = g_strdup (PQgetvalue (result, i, 0));
}

/* What libpq says 0 of it has not taken, for want of memory: the copy must not end as if it had. */
static gboolean
send_copy (MillPostgresLink *self)
{
  return PQputCopyData (self->connection, self->copied->str, (int) self->copied->len) > 0 &&
         PQputCopyEnd (self->connection, NULL) > 0;
}

/* Returns: whether there may be more results */
static gboolean
take_result (MillPostgresLink *self)
{
  PGresult *result = PQgetResult (self->connection);

  if (result == NULL)
    return FALSE;
  switch (PQresultStatus (result))
    {
    case PGRES_COMMAND_OK:
      break;
    case PGRES_TUPLES_OK:
      keep_names (self, result);
      break;
    case PGRES_COPY_IN:
      if (!send_copy (self))
        note_loss (self);
      break;
    case PGRES_EMPTY_QUERY:
    case PGRES_COPY_OUT:
    case PGRES_BAD_RESPONSE:
    case PGRES_NONFATAL_ERROR:
    case PGRES_FATAL_ERROR:
    case PGRES_COPY_BOTH:
    case PGRES_SINGLE_TUPLE:
    case PGRES_PIPELINE_SYNC:
    case PGRES_PIPELINE_ABORTED:
    default:
      note_error (self, PQresultErrorField (result, PG_DIAG_SQLSTATE), PQresultErrorMessage (result));
    }
  PQclear (result);
  return !self->is_lost;
}

static gboolean
proceed_asking (MillPostgresLink *self)
{
  do
    {
      int unsent;

      if (PQconsumeInput (self->connection) == 0 || (unsent = PQflush (self->connection)) < 0)
        {
          /* What the server said at its end may have come before the connection broke. */
          while (!PQisBusy (self->connection) && take_result (self))
            ;
          note_loss (self);
          return TRUE;
        }
      if (unsent > 0 || PQisBusy (self->connection))
        return wait_for (self, unsent > 0 ? G_IO_IN | G_IO_OUT : G_IO_IN);
    }
  while (take_result (self));
  if (PQstatus (self->connection) == CONNECTION_BAD)
    note_loss (self);
  return TRUE;
}

/* Runs @sql, which is one transaction if it has none of its own.
 * @copied: (nullable): what to send when one of its statements is a COPY, less than %G_MAXINT bytes; it is
 *   kept until @func
 * @func: is called at the end, perhaps before this returns. */
void
mill_postgres_link_run (MillPostgresLink *self, const char *sql, GString *copied, GCancellable *cancellable,
                        MillPostgresLinkFunc func, gpointer user_data)
{
  begin (self, proceed_asking, MILL_NEVER, cancellable, func, user_data);
  self->copied = copied;
  self->had_duplicate = FALSE;
  g_clear_pointer (&self->names, g_strfreev);
  limit (self);
  if (PQsendQuery (self->connection, sql) == 0)
    note_loss (self);
  else if (!proceed_asking (self))
    return;
  finish (self);
}

/* Reads all that the server has said meanwhile: after its last words the connection may be over.
 * Returns: whether it is not */
static gboolean
hear_out (MillPostgresLink *self)
{
  GPollFD fd = { .fd = PQsocket (self->connection), .events = G_IO_IN };

  do
    if (PQconsumeInput (self->connection) == 0)
      return FALSE;
  while (g_poll (&fd, 1, 0) > 0);
  return TRUE;
}

gboolean
mill_postgres_link_is_usable (MillPostgresLink *self)
{
  return self->connection != NULL && !self->is_lost && hear_out (self) &&
         PQstatus (self->connection) == CONNECTION_OK &&
         PQtransactionStatus (self->connection) == PQTRANS_IDLE;
}

/* Whether the last request failed because a key was there already, or twice in it. */
gboolean
mill_postgres_link_had_duplicate (MillPostgresLink *self)
{
  return self->had_duplicate;
}

/* Returns: (nullable) (transfer none): the first column of the last result that had one, until the next
 * request */
GStrv
mill_postgres_link_get_names (MillPostgresLink *self)
{
  return self->names;
}

/* ---- quoting ---------------------------------------------------------------------------------------- */

void
mill_postgres_link_append_name (MillPostgresLink *self, GString *sql, const char *name)
{
  char *quoted = PQescapeIdentifier (self->connection, name, strlen (name));

  /* It fails for a text that is no UTF-8; the server would refuse that name, too. */
  g_string_append (sql, quoted != NULL ? quoted : "\"\"");
  PQfreemem (quoted);
}

void
mill_postgres_link_append_literal (MillPostgresLink *self, GString *sql, const char *text)
{
  char *quoted = PQescapeLiteral (self->connection, text, strlen (text));

  g_string_append (sql, quoted != NULL ? quoted : "''");
  PQfreemem (quoted);
}

/* ---- life ------------------------------------------------------------------------------------------- */

guint
mill_postgres_link_get_generation (MillPostgresLink *self)
{
  return self->generation;
}

void
mill_postgres_link_set_generation (MillPostgresLink *self, guint generation)
{
  self->generation = generation;
}

MillPostgresLink *
mill_postgres_link_new (void)
{
  return g_new0 (MillPostgresLink, 1);
}

/* Not while a request is under way. */
void
mill_postgres_link_free (MillPostgresLink *self)
{
  g_assert (self->func == NULL);
  PQfinish (self->connection);
  g_strfreev (self->names);
  g_free (self);
}
