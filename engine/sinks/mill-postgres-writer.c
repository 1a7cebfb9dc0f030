/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillPostgresWriter: puts batches into one table of a PostgreSQL database. A batch is a chain of callbacks:
 * a connection is taken or made, set up for the columns there are, and given the rows; then it stands idle
 * for the next batch. */

#include "config.h"

#include "sinks/mill-postgres-writer-private.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"
#include "pipeline/mill-batch-step.h"
#include "sinks/mill-postgres-conninfo-private.h"
#include "sinks/mill-postgres-sql-private.h"

#define MERGES 100

/* libpq counts what it has to send as an int, and keeps a copy of it. A batch that comes to more is split by
 * its stage; a row of more is none that the server would take. */
#define MOST_OF_BATCH (32 * 1024 * 1024)
#define MOST_OF_ROW   (1024 * 1024 * 1024 - 1)

struct _MillPostgresWriter
{
  char *connection; /* (owned) */
  char *table;      /* (owned) */
  gboolean create;

  GMutex lock;
  GPtrArray *idle;        /* (owned) (lock) of (owned) MillPostgresLink */
  MillColumns *columns;   /* (owned) (lock) */
  guint merges;           /* (lock) so many batches more are merged at once */
  guint generation;       /* (lock) of the columns; 0: none have been learned */
  gboolean is_limited;    /* (lock) the columns that there can be are known */
  gboolean has_connected; /* (lock) once */
};

/* One batch on its way; the task's data. */
typedef struct
{
  MillPostgresWriter *writer;
  MillWork *work;
  MillPostgresLink *link; /* (owned) (nullable) */
  GString *copied;        /* (owned) */
  gboolean merges;        /* by way of the staging table */
  GPtrArray *rejects;     /* (owned) of (owned) (nullable) GError, by the place of the item */
  guint generation;       /* of the columns that the rows and the link are for */
} Batch;

static void proceed (GTask *task);

static void
free_error (gpointer data)
{
  if (data != NULL)
    g_error_free (data);
}

static void
batch_free (gpointer data)
{
  Batch *batch = data;

  g_clear_pointer (&batch->link, mill_postgres_link_free);
  g_string_free (batch->copied, TRUE);
  g_ptr_array_unref (batch->rejects);
  g_free (batch);
}

/* ---- the links that stand idle ---------------------------------------------------------------------- */

/* Returns: (transfer full) (nullable) */
static MillPostgresLink *
take_idle (MillPostgresWriter *self)
{
  MillPostgresLink *link;

  do
    {
      g_mutex_lock (&self->lock);
      link = self->idle->len > 0 ? g_ptr_array_steal_index (self->idle, self->idle->len - 1) : NULL;
      g_mutex_unlock (&self->lock);
      if (link == NULL || mill_postgres_link_is_usable (link))
        return link;
      mill_postgres_link_free (link);
    }
  while (TRUE);
}

static void
put_back (Batch *batch)
{
  MillPostgresLink *link = g_steal_pointer (&batch->link);

  if (!mill_postgres_link_is_usable (link))
    {
      mill_postgres_link_free (link);
      return;
    }
  g_mutex_lock (&batch->writer->lock);
  g_ptr_array_add (batch->writer->idle, link);
  g_mutex_unlock (&batch->writer->lock);
}

/* ---- the rows --------------------------------------------------------------------------------------- */

static void
learn_locked (MillPostgresWriter *self, MillWork *work)
{
  if (self->generation > 0 || (!self->create && !self->is_limited))
    return;
  for (guint i = 0; i < mill_work_get_n_items (work); i++)
    mill_columns_learn (self->columns, mill_work_get_nth_item (work, i));
  self->generation = 1;
}

/* Returns: whether the columns have become more, so that all must begin anew */
static gboolean
encode_item_locked (Batch *batch, guint i, MillCell *cells)
{
  MillPostgresWriter *self = batch->writer;
  MillItem *item = mill_work_get_nth_item (batch->work, i);
  GError *error = NULL;
  MillRow row = mill_columns_read (self->columns, item, cells, &error);

  if (row == MILL_ROW_UNKNOWN)
    {
      mill_columns_learn (self->columns, item);
      self->generation++;
      return TRUE;
    }
  if (row == MILL_ROW_READ)
    mill_postgres_append_row (batch->copied, batch->merges ? (gint) i : -1, cells,
                              mill_columns_get_n (self->columns), &error);
  batch->rejects->pdata[i] = error;
  return FALSE;
}

static gboolean
is_too_large (Batch *batch)
{
  return batch->copied->len > (mill_work_get_n_items (batch->work) > 1 ? MOST_OF_BATCH : MOST_OF_ROW);
}

/* Returns: whether all rows are there, or enough of them to see that they are too large together */
static gboolean
encode_once_locked (Batch *batch)
{
  g_autofree MillCell *cells = g_new (MillCell, mill_columns_get_n (batch->writer->columns));
  guint n = mill_work_get_n_items (batch->work);

  g_string_truncate (batch->copied, 0);
  g_ptr_array_set_size (batch->rejects, 0);
  g_ptr_array_set_size (batch->rejects, (gint) n);
  for (guint i = 0; i < n && !is_too_large (batch); i++)
    if (encode_item_locked (batch, i, cells))
      return FALSE;
  return TRUE;
}

static void
encode_locked (Batch *batch)
{
  while (!encode_once_locked (batch))
    ;
  batch->generation = batch->writer->generation;
}

/* ---- the chain -------------------------------------------------------------------------------------- */

static void
fail (GTask *task, GError *error)
{
  Batch *batch = g_task_get_task_data (task);

  if (batch->link != NULL)
    put_back (batch);
  g_task_return_error (task, error);
  g_object_unref (task);
}

/* Where one key was there already, others will be, too. */
static void
begin_merging (Batch *batch)
{
  batch->merges = TRUE;
  g_mutex_lock (&batch->writer->lock);
  batch->writer->merges = MERGES;
  g_mutex_unlock (&batch->writer->lock);
}

/* What was tried before may be there. */
static gboolean
must_merge (MillPostgresWriter *self, MillWork *work)
{
  gboolean merges;

  g_mutex_lock (&self->lock);
  merges = self->merges > 0;
  self->merges -= merges ? 1 : 0;
  g_mutex_unlock (&self->lock);
  return merges || mill_work_get_attempt (work) > 0;
}

static void
put_cb (GError *error, gpointer user_data)
{
  GTask *task = user_data;
  Batch *batch = g_task_get_task_data (task);

  if (error != NULL && !batch->merges && mill_postgres_link_had_duplicate (batch->link))
    {
      g_error_free (error);
      begin_merging (batch);
      proceed (task);
      return;
    }
  if (error != NULL)
    {
      fail (task, error);
      return;
    }
  put_back (batch);
  for (guint i = 0; i < batch->rejects->len; i++)
    if (batch->rejects->pdata[i] != NULL)
      mill_work_reject (batch->work, i, g_steal_pointer (&batch->rejects->pdata[i]));
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
set_up_cb (GError *error, gpointer user_data)
{
  GTask *task = user_data;
  Batch *batch = g_task_get_task_data (task);

  if (error != NULL)
    {
      fail (task, error);
      return;
    }
  mill_postgres_link_set_generation (batch->link, batch->generation);
  proceed (task);
}

static GError *
limit_locked (MillPostgresWriter *self, GStrv names)
{
  GHashTable *set = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    g_hash_table_add (set, g_ascii_strdown (names[i], -1));
  if (g_hash_table_size (set) == 0)
    {
      g_hash_table_unref (set);
      return g_error_new (MILL_ERROR, MILL_ERROR_FATAL, _ ("the database has no table “%s”"), self->table);
    }
  mill_columns_close (self->columns, set);
  self->is_limited = TRUE;
  return NULL;
}

static void
listed_cb (GError *error, gpointer user_data)
{
  GTask *task = user_data;
  Batch *batch = g_task_get_task_data (task);
  MillPostgresWriter *self = batch->writer;

  g_mutex_lock (&self->lock);
  if (error == NULL && !self->is_limited)
    error = limit_locked (self, mill_postgres_link_get_names (batch->link));
  g_mutex_unlock (&self->lock);
  if (error != NULL)
    fail (task, error);
  else
    proceed (task);
}

/* What to ask for next, and who is to hear of it. The rows, the link and what is asked are of the same
 * columns. Returns: (transfer full) */
static char *
compose_next_locked (MillPostgresWriter *self, Batch *batch, MillPostgresLinkFunc *func)
{
  learn_locked (self, batch->work);
  if (self->generation == 0)
    {
      *func = listed_cb;
      return mill_postgres_sql_list_columns (batch->link, self->table);
    }
  encode_locked (batch);
  if (mill_postgres_link_get_generation (batch->link) != batch->generation)
    {
      *func = set_up_cb;
      return mill_postgres_sql_set_up (batch->link, self->table, self->columns, self->create);
    }
  *func = put_cb;
  return (batch->merges ? mill_postgres_sql_merge : mill_postgres_sql_insert) (batch->link, self->table,
                                                                               self->columns);
}

static GError *
describe_size (void)
{
  return g_error_new_literal (MILL_ERROR, MILL_ERROR_TOO_LARGE,
                              _ ("this is more than PostgreSQL takes at a time"));
}

static void
proceed (GTask *task)
{
  Batch *batch = g_task_get_task_data (task);
  MillPostgresLinkFunc func;
  g_autofree char *sql = NULL;

  g_mutex_lock (&batch->writer->lock);
  sql = compose_next_locked (batch->writer, batch, &func);
  g_mutex_unlock (&batch->writer->lock);
  if (is_too_large (batch))
    {
      fail (task, describe_size ());
      return;
    }
  mill_postgres_link_run (batch->link, sql, func == put_cb ? batch->copied : NULL,
                          g_task_get_cancellable (task), func, task);
}

/* As long as the server has never been reached, the job is the first to be looked at. */
static GError *
judge_refusal (MillPostgresWriter *self, GError *error)
{
  gboolean has_connected;

  g_mutex_lock (&self->lock);
  has_connected = self->has_connected;
  g_mutex_unlock (&self->lock);
  if (has_connected || !g_error_matches (error, MILL_ERROR, MILL_ERROR_RETRYABLE))
    return error;
  error->code = MILL_ERROR_FATAL;
  g_prefix_error (&error, "%s ",
                  _ ("no server answers that this job could write to; “step=sqlite” needs none."));
  return error;
}

static void
connected_cb (GError *error, gpointer user_data)
{
  GTask *task = user_data;
  MillPostgresWriter *self = ((Batch *) g_task_get_task_data (task))->writer;

  if (error != NULL)
    {
      fail (task, judge_refusal (self, error));
      return;
    }
  g_mutex_lock (&self->lock);
  self->has_connected = TRUE;
  g_mutex_unlock (&self->lock);
  proceed (task);
}

/* Writes the items of @work, rejecting those that are no rows, and returns a boolean with the task, whose
 * cancellable ends it.
 * @task: (transfer full) */
void
mill_postgres_writer_write (MillPostgresWriter *self, MillWork *work, GTask *task)
{
  Batch *batch = g_new0 (Batch, 1);

  batch->writer = self;
  batch->work = work;
  batch->copied = g_string_new (NULL);
  batch->rejects = g_ptr_array_new_with_free_func (free_error);
  batch->merges = must_merge (self, work);
  batch->link = take_idle (self);
  g_task_set_task_data (task, batch, batch_free);
  if (batch->link != NULL)
    {
      proceed (task);
      return;
    }
  batch->link = mill_postgres_link_new ();
  mill_postgres_link_connect (batch->link, self->connection, g_task_get_cancellable (task), connected_cb,
                              task);
}

/* ---- life ------------------------------------------------------------------------------------------- */

/* Does not connect yet.
 * Returns: (transfer full) (nullable): %NULL with an error if the settings are wrong, or if they name a
 * server of this machine that does not answer */
MillPostgresWriter *
mill_postgres_writer_new (const MillPostgresSettings *settings, GError **error)
{
  MillPostgresWriter *self;

  if (!mill_postgres_check_conninfo (settings->connection, error) ||
      !mill_postgres_check_server (settings->connection, error))
    return NULL;
  self = g_new0 (MillPostgresWriter, 1);
  g_mutex_init (&self->lock);
  self->connection = g_strdup (settings->connection);
  self->table = g_strdup (settings->table);
  self->create = settings->create;
  self->columns = mill_columns_new (settings->key, settings->columns);
  self->idle = g_ptr_array_new_with_free_func ((GDestroyNotify) mill_postgres_link_free);
  return self;
}

/* Not while a batch is on its way. */
void
mill_postgres_writer_free (MillPostgresWriter *self)
{
  g_ptr_array_unref (self->idle);
  mill_columns_free (self->columns);
  g_mutex_clear (&self->lock);
  g_free (self->connection);
  g_free (self->table);
  g_free (self);
}
