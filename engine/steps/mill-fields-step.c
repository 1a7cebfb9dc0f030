/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillFieldsStep: changes a copy, which then takes the record's place. */

#include "config.h"

#include "steps/mill-fields-step.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/mill-error.h"
#include "core/mill-property-private.h"
#include "mill-enum-types.h"
#include "pipeline/mill-knob.h"
#include "steps/mill-cast-private.h"

/* One round of changes, as it is written. */
typedef struct
{
  const char *rename;
  const char *cast;
  const char *select;
} Words;

/* And as it is read. Immutable. */
typedef struct
{
  GPtrArray *renames; /* (owned) of MillNamePair */
  GPtrArray *casts;   /* (owned) of MillNamePair */
  char **select;      /* (owned) (nullable) NULL: all */
} Changes;

struct _MillFieldsStep
{
  MillMapStep parent_instance;

  char *rename; /* (owned) (nullable) as configured, and so on */
  char *cast;
  char *select;
  MillFieldsPreset preset;

  Changes of_preset; /* set by open */
  Changes own;       /* set by open */
};

typedef enum
{
  PROP_RENAME = 1,
  PROP_CAST,
  PROP_SELECT,
  PROP_PRESET,
} MillFieldsStepProperty;

static GParamSpec *properties[PROP_PRESET + 1];

static const Words presets[] = {
  [MILL_FIELDS_PRESET_JOURNALD] = { "__REALTIME_TIMESTAMP:time, _HOSTNAME:host, _SYSTEMD_UNIT:unit, "
                                    "SYSLOG_IDENTIFIER:identifier, _PID:pid, PRIORITY:priority, "
                                    "MESSAGE:message",
                                    "time:int, pid:int, priority:int",
                                    "time, host, unit, identifier, pid, priority, message" },
};

G_DEFINE_FINAL_TYPE (MillFieldsStep, mill_fields_step, MILL_TYPE_MAP_STEP)

static void
changes_clear (Changes *changes)
{
  g_clear_pointer (&changes->renames, g_ptr_array_unref);
  g_clear_pointer (&changes->casts, g_ptr_array_unref);
  g_clear_pointer (&changes->select, g_strfreev);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Changes, changes_clear)

/* (transfer full) (nullable): of "a, b, c". */
static char **
parse_select (const char *text, GError **error)
{
  g_auto (GStrv) names = g_strsplit (text, ",", -1);

  for (char **name = names; *name != NULL; name++)
    if (*g_strstrip (*name) == '\0')
      {
        g_set_error_literal (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("a field’s name is missing"));
        return NULL;
      }
  return g_steal_pointer (&names);
}

/* @property is what is wrong. */
static gboolean
read_words (Changes *changes, const Words *words, const char **property, GError **error)
{
  changes_clear (changes);
  *property = "rename";
  changes->renames = mill_name_pairs_parse (words->rename, error);
  if (changes->renames == NULL)
    return FALSE;
  *property = "cast";
  changes->casts = mill_casts_parse (words->cast, error);
  if (changes->casts == NULL)
    return FALSE;
  *property = "select";
  if (words->select == NULL || *words->select == '\0')
    return TRUE;
  changes->select = parse_select (words->select, error);
  return changes->select != NULL;
}

static gboolean
mill_fields_step_check (MillStep *step, const char **property, GError **error)
{
  MillFieldsStep *self = MILL_FIELDS_STEP (step);
  const Words words = { self->rename, self->cast, self->select };
  g_auto (Changes) changes = { 0 };

  return read_words (&changes, &words, property, error);
}

static gboolean
mill_fields_step_open (MillStep *step, MillPipeline *pipeline, GError **error)
{
  MillFieldsStep *self = MILL_FIELDS_STEP (step);
  const Words words = { self->rename, self->cast, self->select };
  const char *property;

  return read_words (&self->of_preset, &presets[self->preset], &property, error) &&
         read_words (&self->own, &words, &property, error);
}

/* Adds a field of @from to @to, or null if @i is negative. */
static void
copy_field (MillRecord *to, const MillRecord *from, gint i, const char *name)
{
  const char *text;
  gsize length;

  switch (i < 0 ? MILL_VALUE_NULL : mill_record_get_value_type (from, (guint) i))
    {
    case MILL_VALUE_BOOLEAN:
      mill_record_add_boolean (to, name, mill_record_get_boolean (from, (guint) i));
      break;
    case MILL_VALUE_INTEGER:
      mill_record_add_integer (to, name, mill_record_get_integer (from, (guint) i));
      break;
    case MILL_VALUE_REAL:
      mill_record_add_real (to, name, mill_record_get_real (from, (guint) i));
      break;
    case MILL_VALUE_TEXT:
      text = mill_record_get_text (from, (guint) i, &length);
      mill_record_add_text (to, name, text, (gssize) length);
      break;
    case MILL_VALUE_JSON:
      text = mill_record_get_text (from, (guint) i, &length);
      mill_record_add_json (to, name, text, (gssize) length);
      break;
    case MILL_VALUE_NULL:
    default:
      mill_record_add_null (to, name);
    }
}

/* (transfer full): the fields of @record, which is (transfer full), that are selected. */
static MillRecord *
select_fields (MillRecord *record, char **names)
{
  MillRecord *selected = mill_record_new ();

  for (guint i = 0; names[i] != NULL; i++)
    copy_field (selected, record, mill_record_find (record, names[i], i), names[i]);
  mill_record_unref (record);
  return selected;
}

static gboolean
change (const Changes *changes, MillRecord **record, GError **error)
{
  for (guint i = 0; i < changes->renames->len; i++)
    {
      const MillNamePair *pair = g_ptr_array_index (changes->renames, i);
      gint place = mill_record_find (*record, pair->name, i);

      if (place >= 0)
        mill_record_rename (*record, (guint) place, pair->other);
    }
  for (guint i = 0; i < changes->casts->len; i++)
    {
      const MillNamePair *pair = g_ptr_array_index (changes->casts, i);
      gint place = mill_record_find (*record, pair->name, i);

      if (place >= 0 && !mill_cast_field (*record, (guint) place, pair->other, error))
        return FALSE;
    }
  if (changes->select != NULL)
    *record = select_fields (*record, changes->select);
  return TRUE;
}

static MillRecord *
mill_fields_step_map (MillMapStep *step, MillItem *item, GError **error)
{
  MillFieldsStep *self = MILL_FIELDS_STEP (step);
  const MillRecord *before = mill_item_get_record (item);
  g_autoptr (MillRecord) record = before != NULL ? mill_record_copy (before) : NULL;

  if (record == NULL)
    {
      g_set_error_literal (error, MILL_ERROR, MILL_ERROR_INVALID,
                           _ ("the item has no fields: a step such as parse-json must come before"));
      return NULL;
    }
  if (!change (&self->of_preset, &record, error) || !change (&self->own, &record, error))
    return NULL;
  return g_steal_pointer (&record);
}

static void
mill_fields_step_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MillFieldsStep *self = MILL_FIELDS_STEP (object);

  switch ((MillFieldsStepProperty) prop_id)
    {
    case PROP_RENAME:
      g_value_set_string (value, self->rename);
      break;
    case PROP_CAST:
      g_value_set_string (value, self->cast);
      break;
    case PROP_SELECT:
      g_value_set_string (value, self->select);
      break;
    case PROP_PRESET:
      g_value_set_enum (value, (gint) self->preset);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_fields_step_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MillFieldsStep *self = MILL_FIELDS_STEP (object);
  gboolean changed = FALSE;

  switch ((MillFieldsStepProperty) prop_id)
    {
    case PROP_RENAME:
      changed = mill_property_take_string (&self->rename, value);
      break;
    case PROP_CAST:
      changed = mill_property_take_string (&self->cast, value);
      break;
    case PROP_SELECT:
      changed = mill_property_take_string (&self->select, value);
      break;
    case PROP_PRESET:
      changed = self->preset != (MillFieldsPreset) g_value_get_enum (value);
      self->preset = (MillFieldsPreset) g_value_get_enum (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
  if (changed)
    g_object_notify_by_pspec (object, pspec);
}

static void
mill_fields_step_finalize (GObject *object)
{
  MillFieldsStep *self = MILL_FIELDS_STEP (object);

  g_free (self->rename);
  g_free (self->cast);
  g_free (self->select);
  changes_clear (&self->of_preset);
  changes_clear (&self->own);
  G_OBJECT_CLASS (mill_fields_step_parent_class)->finalize (object);
}

static void
mill_fields_step_class_init (MillFieldsStepClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  MillStepClass *step_class = MILL_STEP_CLASS (klass);

  object_class->get_property = mill_fields_step_get_property;
  object_class->set_property = mill_fields_step_set_property;
  object_class->finalize = mill_fields_step_finalize;
  step_class->check = mill_fields_step_check;
  step_class->open = mill_fields_step_open;
  MILL_MAP_STEP_CLASS (klass)->map = mill_fields_step_map;
  /**
   * MillFieldsStep:rename:
   *
   * Which fields get other names: "old:new, …".
   */
  properties[PROP_RENAME] =
      g_param_spec_string ("rename", _ ("Rename"), _ ("Which fields get other names: old:new, other:newer"),
                           NULL, MILL_CONFIG_FLAGS);
  /**
   * MillFieldsStep:cast:
   *
   * Which fields become text, int, real or bool: "status:int, …".
   */
  properties[PROP_CAST] = g_param_spec_string (
      "cast", _ ("Cast"), _ ("Which fields become text, int, real or bool: status:int, host:text"), NULL,
      MILL_CONFIG_FLAGS);
  /**
   * MillFieldsStep:select:
   *
   * Which fields there are in the end, in their order; %NULL or empty for all.
   */
  properties[PROP_SELECT] = g_param_spec_string (
      "select", _ ("Select"), _ ("Which fields there are in the end, in this order: time, status"), NULL,
      MILL_CONFIG_FLAGS);
  /**
   * MillFieldsStep:preset:
   *
   * Settings that are ready.
   */
  properties[PROP_PRESET] =
      g_param_spec_enum ("preset", _ ("Preset"),
                         _ ("Settings that come before these: journald, behind parse-json, for the lines of "
                            "“journalctl -o json”"),
                         MILL_TYPE_FIELDS_PRESET, MILL_FIELDS_PRESET_NONE, MILL_CONFIG_FLAGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mill_fields_step_init (MillFieldsStep *self)
{
}

/**
 * mill_fields_step_new:
 *
 * Creates the step, which changes nothing yet.
 *
 * Returns: (transfer full): the step
 */
MillStep *
mill_fields_step_new (void)
{
  return g_object_new (MILL_TYPE_FIELDS_STEP, NULL);
}
