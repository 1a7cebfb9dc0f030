/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillPostgresStep: writes items as rows of a table of a PostgreSQL database. */

#include "config.h"

#include "sinks/mill-postgres-step.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"
#include "core/mill-property-private.h"
#include "pipeline/mill-knob.h"
#include "sinks/mill-postgres-writer-private.h"

struct _MillPostgresStep
{
  MillTableStep parent_instance;

  char *connection;           /* (owned) (nullable) */
  MillPostgresWriter *writer; /* (owned) (nullable) while open */
};

typedef enum
{
  PROP_CONNECTION = 1,
} MillPostgresStepProperty;

static GParamSpec *properties[PROP_CONNECTION + 1];

G_DEFINE_FINAL_TYPE (MillPostgresStep, mill_postgres_step, MILL_TYPE_TABLE_STEP)

static gboolean
mill_postgres_step_open (MillStep *step, MillPipeline *pipeline, GError **error)
{
  MillPostgresStep *self = MILL_POSTGRES_STEP (step);
  MillTableStep *base = MILL_TABLE_STEP (step);
  const MillPostgresSettings settings = { self->connection != NULL ? self->connection : "",
                                          mill_table_step_get_table (base), mill_table_step_get_key (base),
                                          mill_table_step_get_columns (base),
                                          mill_table_step_get_create (base) };

  self->writer = mill_postgres_writer_new (&settings, error);
  return self->writer != NULL;
}

static void
mill_postgres_step_close (MillStep *step)
{
  g_clear_pointer (&MILL_POSTGRES_STEP (step)->writer, mill_postgres_writer_free);
}

static void
mill_postgres_step_process_async (MillStep *step, MillWork *work, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data)
{
  mill_postgres_writer_write (MILL_POSTGRES_STEP (step)->writer, work,
                              g_task_new (step, cancellable, callback, user_data));
}

static gboolean
mill_postgres_step_process_finish (MillStep *step, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
mill_postgres_step_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MillPostgresStep *self = MILL_POSTGRES_STEP (object);

  switch ((MillPostgresStepProperty) prop_id)
    {
    case PROP_CONNECTION:
      g_value_set_string (value, self->connection);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_postgres_step_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MillPostgresStep *self = MILL_POSTGRES_STEP (object);

  switch ((MillPostgresStepProperty) prop_id)
    {
    case PROP_CONNECTION:
      if (mill_property_take_string (&self->connection, value))
        g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_postgres_step_finalize (GObject *object)
{
  MillPostgresStep *self = MILL_POSTGRES_STEP (object);

  mill_postgres_step_close (MILL_STEP (self));
  g_free (self->connection);
  G_OBJECT_CLASS (mill_postgres_step_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  /**
   * MillPostgresStep:connection:
   *
   * Where the database is, as libpq has it: "host=… dbname=…" or "postgresql://…". What is not said comes
   * from the environment (PGHOST and so on). A password must not be in it: it belongs into ~/.pgpass or
   * PGPASSWORD.
   */
  properties[PROP_CONNECTION] = g_param_spec_string (
      "connection", _ ("Connection"),
      _ ("Where the database is: “host=… dbname=…” or “postgresql://…”, without a password"), NULL,
      MILL_CONFIG_FLAGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mill_postgres_step_class_init (MillPostgresStepClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  MillStepClass *step_class = MILL_STEP_CLASS (klass);

  object_class->get_property = mill_postgres_step_get_property;
  object_class->set_property = mill_postgres_step_set_property;
  object_class->finalize = mill_postgres_step_finalize;
  step_class->open = mill_postgres_step_open;
  step_class->process_async = mill_postgres_step_process_async;
  step_class->process_finish = mill_postgres_step_process_finish;
  step_class->close = mill_postgres_step_close;
  install_properties (object_class);
}

static void
mill_postgres_step_init (MillPostgresStep *self)
{
}

/**
 * mill_postgres_step_new:
 * @connection: (nullable): where the database is, as libpq has it; %NULL for where the environment says
 * @table: (nullable): the table, "name" or "schema.name"; %NULL for "items"
 *
 * Creates the step.
 *
 * Returns: (transfer full): the step
 */
MillStep *
mill_postgres_step_new (const char *connection, const char *table)
{
  return g_object_new (MILL_TYPE_POSTGRES_STEP, "connection", connection, "table", table, NULL);
}
