/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillTableStep: the settings of a step that writes rows. How items become rows is MillColumns' matter. */

#include "config.h"

#include "sinks/mill-table-step.h"

#include <glib/gi18n-lib.h>

#include "core/mill-property-private.h"
#include "pipeline/mill-knob.h"

#define DEFAULT_TABLE "items"

typedef struct
{
  char *table;   /* (owned) */
  char *key;     /* (owned) (nullable) */
  char *columns; /* (owned) (nullable) */
  gboolean create;
} MillTableStepPrivate;

typedef enum
{
  PROP_TABLE = 1,
  PROP_KEY,
  PROP_COLUMNS,
  PROP_CREATE,
} MillTableStepProperty;

static GParamSpec *properties[PROP_CREATE + 1];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (MillTableStep, mill_table_step, MILL_TYPE_BATCH_STEP)

static MillTableStepPrivate *
get_private (MillTableStep *self)
{
  return mill_table_step_get_instance_private (self);
}

static void
mill_table_step_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MillTableStepPrivate *priv = get_private (MILL_TABLE_STEP (object));

  switch ((MillTableStepProperty) prop_id)
    {
    case PROP_TABLE:
      g_value_set_string (value, priv->table);
      break;
    case PROP_KEY:
      g_value_set_string (value, priv->key);
      break;
    case PROP_COLUMNS:
      g_value_set_string (value, priv->columns);
      break;
    case PROP_CREATE:
      g_value_set_boolean (value, priv->create);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_table_step_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MillTableStepPrivate *priv = get_private (MILL_TABLE_STEP (object));
  gboolean changed = FALSE;

  switch ((MillTableStepProperty) prop_id)
    {
    case PROP_TABLE:
      changed = mill_property_take_string_or (&priv->table, value, DEFAULT_TABLE);
      break;
    case PROP_KEY:
      changed = mill_property_take_string (&priv->key, value);
      break;
    case PROP_COLUMNS:
      changed = mill_property_take_string (&priv->columns, value);
      break;
    case PROP_CREATE:
      changed = mill_property_take_boolean (&priv->create, value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
  if (changed)
    g_object_notify_by_pspec (object, pspec);
}

static void
mill_table_step_finalize (GObject *object)
{
  MillTableStepPrivate *priv = get_private (MILL_TABLE_STEP (object));

  g_free (priv->table);
  g_free (priv->key);
  g_free (priv->columns);
  G_OBJECT_CLASS (mill_table_step_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  /**
   * MillTableStep:table:
   *
   * The table that the rows go to, "name" or, where a database has schemas, "schema.name".
   */
  properties[PROP_TABLE] = g_param_spec_string (
      "table", _ ("Table"), _ ("The table that the rows go to: “name” or, in PostgreSQL, “schema.name”"),
      DEFAULT_TABLE, MILL_CONFIG_FLAGS);
  /**
   * MillTableStep:key:
   *
   * The field by which a row that comes again replaces itself; without one, the column "item_key" with the
   * item's own key.
   */
  properties[PROP_KEY] = g_param_spec_string (
      "key", _ ("Key"),
      _ ("The field by which a row that comes again replaces itself; empty: the item's own key"), NULL,
      MILL_CONFIG_FLAGS);
  /**
   * MillTableStep:columns:
   *
   * The only fields that are written, with commas between them; without any, all.
   */
  properties[PROP_COLUMNS] = g_param_spec_string (
      "columns", _ ("Columns"), _ ("The only fields that are written, with commas between them; empty: all"),
      NULL, MILL_CONFIG_FLAGS);
  /**
   * MillTableStep:create:
   *
   * Whether the table, and columns that it lacks, are made.
   */
  properties[PROP_CREATE] = g_param_spec_boolean (
      "create", _ ("Create"), _ ("Whether the table, and columns that it lacks, are made"), TRUE,
      MILL_CONFIG_FLAGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mill_table_step_class_init (MillTableStepClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mill_table_step_get_property;
  object_class->set_property = mill_table_step_set_property;
  object_class->finalize = mill_table_step_finalize;
  install_properties (object_class);
}

static void
mill_table_step_init (MillTableStep *self)
{
  MillTableStepPrivate *priv = get_private (self);

  priv->table = g_strdup (DEFAULT_TABLE);
  priv->create = TRUE;
}

/**
 * mill_table_step_get_table:
 *
 * Its #MillTableStep:table.
 *
 * Returns: (transfer none): the table that the rows go to
 */
const char *
mill_table_step_get_table (MillTableStep *self)
{
  g_return_val_if_fail (MILL_IS_TABLE_STEP (self), NULL);
  return get_private (self)->table;
}

/**
 * mill_table_step_get_key:
 *
 * Its #MillTableStep:key.
 *
 * Returns: (transfer none) (nullable): the field that is the key; %NULL or empty for the item's own key
 */
const char *
mill_table_step_get_key (MillTableStep *self)
{
  g_return_val_if_fail (MILL_IS_TABLE_STEP (self), NULL);
  return get_private (self)->key;
}

/**
 * mill_table_step_get_columns:
 *
 * Its #MillTableStep:columns.
 *
 * Returns: (transfer none) (nullable): the only fields that are written, with commas between them; %NULL or
 * empty for all
 */
const char *
mill_table_step_get_columns (MillTableStep *self)
{
  g_return_val_if_fail (MILL_IS_TABLE_STEP (self), NULL);
  return get_private (self)->columns;
}

/**
 * mill_table_step_get_create:
 *
 * Its #MillTableStep:create.
 *
 * Returns: whether the table, and columns that it lacks, are made
 */
gboolean
mill_table_step_get_create (MillTableStep *self)
{
  g_return_val_if_fail (MILL_IS_TABLE_STEP (self), FALSE);
  return get_private (self)->create;
}
