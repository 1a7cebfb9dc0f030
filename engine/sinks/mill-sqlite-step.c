/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillSqliteStep: writes items as rows of a table of an SQLite database. The database has one writer,
 * whatever the number of workers: the lock is held for a batch. */

#include "config.h"

#include "sinks/mill-sqlite-step.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"
#include "core/mill-property-private.h"
#include "core/mill-prefetch-private.h"
#include "pipeline/mill-knob.h"
#include "pipeline/mill-pipeline.h"
#include "pipeline/mill-work-private.h"
#include "sinks/mill-sqlite-table-private.h"

struct _MillSqliteStep
{
  MillTableStep parent_instance;

  char *file; /* (owned) (nullable) as configured */
  gboolean durable;

  GMutex lock;
  MillSqliteTable *table; /* (owned) (nullable) (lock) while open */
  MillColumns *columns;   /* (owned) (nullable) (lock) while open */
  gboolean is_known;      /* (lock) the columns have been learned from a batch */
  GArray *cells;          /* (owned) (lock) of MillCell, one a column */
};

typedef enum
{
  PROP_FILE = 1,
  PROP_DURABLE,
} MillSqliteStepProperty;

static GParamSpec *properties[PROP_DURABLE + 1];

G_DEFINE_FINAL_TYPE (MillSqliteStep, mill_sqlite_step, MILL_TYPE_TABLE_STEP)

static gboolean
mill_sqlite_step_open (MillStep *step, MillPipeline *pipeline, GError **error)
{
  MillSqliteStep *self = MILL_SQLITE_STEP (step);
  MillTableStep *base = MILL_TABLE_STEP (step);
  g_autofree char *file = NULL;

  if (self->file == NULL || self->file[0] == '\0')
    {
      g_set_error_literal (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("the sqlite step needs a “file”"));
      return FALSE;
    }
  file = mill_pipeline_expand (pipeline, self->file, error);
  if (file == NULL)
    return FALSE;
  self->table = mill_sqlite_table_open (file, mill_table_step_get_table (base),
                                        mill_table_step_get_create (base), self->durable, error);
  if (self->table == NULL)
    return FALSE;
  self->columns = mill_columns_new (mill_table_step_get_key (base), mill_table_step_get_columns (base));
  self->is_known = FALSE;
  return TRUE;
}

static void
mill_sqlite_step_close (MillStep *step)
{
  MillSqliteStep *self = MILL_SQLITE_STEP (step);

  g_clear_pointer (&self->table, mill_sqlite_table_close);
  g_clear_pointer (&self->columns, mill_columns_free);
}

static gboolean
fit_locked (MillSqliteStep *self, GError **error)
{
  g_array_set_size (self->cells, mill_columns_get_n (self->columns));
  return mill_sqlite_table_fit (self->table, self->columns, error);
}

/* The first batch says which columns there are, and of which types. */
static gboolean
get_ready_locked (MillSqliteStep *self, MillWork *work, GError **error)
{
  if (!self->is_known)
    {
      if (!mill_table_step_get_create (MILL_TABLE_STEP (self)) &&
          !mill_sqlite_table_limit (self->table, self->columns, error))
        return FALSE;
      for (guint i = 0; i < mill_work_get_n_items (work); i++)
        mill_columns_learn (self->columns, mill_work_get_nth_item (work, i));
      self->is_known = TRUE;
    }
  return fit_locked (self, error);
}

static gboolean
put_item_locked (MillSqliteStep *self, MillItem *item, GError **error)
{
  MillRow row = mill_columns_read (self->columns, item, (MillCell *) (gpointer) self->cells->data, error);

  if (row == MILL_ROW_UNKNOWN)
    {
      mill_columns_learn (self->columns, item);
      if (!fit_locked (self, error))
        return FALSE;
      row = mill_columns_read (self->columns, item, (MillCell *) (gpointer) self->cells->data, error);
    }
  return row == MILL_ROW_READ &&
         mill_sqlite_table_put (self->table, (const MillCell *) (gpointer) self->cells->data, error);
}

/* A row that cannot be one does not keep the others out. */
static gboolean
put_items_locked (MillSqliteStep *self, MillWork *work, GError **error)
{
  MillItem *const *items = mill_work_get_items (work);
  guint n = mill_work_get_n_items (work);

  for (guint i = 0; i < n; i++)
    {
      GError *cause = NULL;

      mill_prefetch_record (items, i, n);
      mill_prefetch_payload (items, i, n); /* which is freed soon */
      if (put_item_locked (self, items[i], &cause))
        continue;
      if (!g_error_matches (cause, MILL_ERROR, MILL_ERROR_INVALID) ||
          mill_sqlite_table_is_broken (self->table))
        {
          g_propagate_error (error, cause);
          return FALSE;
        }
      mill_work_reject (work, i, cause);
    }
  return TRUE;
}

static gboolean
mill_sqlite_step_process (MillStep *step, MillWork *work, GCancellable *cancellable, GError **error)
{
  MillSqliteStep *self = MILL_SQLITE_STEP (step);
  gboolean ok;

  g_mutex_lock (&self->lock);
  ok = mill_sqlite_table_begin (self->table, cancellable, error) && get_ready_locked (self, work, error) &&
       put_items_locked (self, work, error) && mill_sqlite_table_commit (self->table, error);
  if (!ok)
    mill_sqlite_table_rollback (self->table);
  g_mutex_unlock (&self->lock);
  return ok;
}

static void
mill_sqlite_step_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MillSqliteStep *self = MILL_SQLITE_STEP (object);

  switch ((MillSqliteStepProperty) prop_id)
    {
    case PROP_FILE:
      g_value_set_string (value, self->file);
      break;
    case PROP_DURABLE:
      g_value_set_boolean (value, self->durable);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_sqlite_step_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MillSqliteStep *self = MILL_SQLITE_STEP (object);
  gboolean changed = FALSE;

  switch ((MillSqliteStepProperty) prop_id)
    {
    case PROP_FILE:
      changed = mill_property_take_string (&self->file, value);
      break;
    case PROP_DURABLE:
      changed = mill_property_take_boolean (&self->durable, value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
  if (changed)
    g_object_notify_by_pspec (object, pspec);
}

static void
mill_sqlite_step_finalize (GObject *object)
{
  MillSqliteStep *self = MILL_SQLITE_STEP (object);

  mill_sqlite_step_close (MILL_STEP (self));
  g_free (self->file);
  g_array_unref (self->cells);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (mill_sqlite_step_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  /**
   * MillSqliteStep:file:
   *
   * The database, which is made if it is not there.
   */
  properties[PROP_FILE] = g_param_spec_string (
      "file", _ ("File"), _ ("The database; it is made if it is not there"), NULL, MILL_CONFIG_FLAGS);
  /**
   * MillSqliteStep:durable:
   *
   * Whether each batch is on the disk before it counts as done, so that it survives a power cut. It survives
   * the program's own end, however sudden, in any case.
   */
  properties[PROP_DURABLE] = g_param_spec_boolean (
      "durable", _ ("Durable"),
      _ ("Whether each batch is on the disk, and survives a power cut, before it counts as done"), FALSE,
      MILL_CONFIG_FLAGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mill_sqlite_step_class_init (MillSqliteStepClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  MillStepClass *step_class = MILL_STEP_CLASS (klass);

  object_class->get_property = mill_sqlite_step_get_property;
  object_class->set_property = mill_sqlite_step_set_property;
  object_class->finalize = mill_sqlite_step_finalize;
  step_class->open = mill_sqlite_step_open;
  step_class->process = mill_sqlite_step_process;
  step_class->close = mill_sqlite_step_close;
  install_properties (object_class);
}

static void
mill_sqlite_step_init (MillSqliteStep *self)
{
  g_mutex_init (&self->lock);
  self->cells = g_array_new (FALSE, FALSE, sizeof (MillCell));
}

/**
 * mill_sqlite_step_new:
 * @file: (nullable): the database, which may begin with {temp}; without one the step does not open
 * @table: (nullable): the table; %NULL for "items"
 *
 * Creates the step.
 *
 * Returns: (transfer full): the step
 */
MillStep *
mill_sqlite_step_new (const char *file, const char *table)
{
  return g_object_new (MILL_TYPE_SQLITE_STEP, "file", file, "table", table, NULL);
}
