/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillTimestampStep: every form by way of microseconds since 1970. */

#include "config.h"

#include "steps/mill-timestamp-step.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/mill-error.h"
#include "core/mill-property-private.h"
#include "mill-enum-types.h"
#include "pipeline/mill-knob.h"

/* From the year 1 to the end of 9999: what ISO 8601 has four digits for. */
#define LEAST_US (G_GINT64_CONSTANT (-62135596800) * G_USEC_PER_SEC)
#define MOST_US  (G_GINT64_CONSTANT (253402300800) * G_USEC_PER_SEC - 1)

struct _MillTimestampStep
{
  MillMapStep parent_instance;

  char *field; /* (owned) */
  MillTimeForm from;
  MillTimeTarget to;
};

typedef enum
{
  PROP_FIELD = 1,
  PROP_FROM,
  PROP_TO,
} MillTimestampStepProperty;

static GParamSpec *properties[PROP_TO + 1];

G_DEFINE_FINAL_TYPE (MillTimestampStep, mill_timestamp_step, MILL_TYPE_MAP_STEP)

static gboolean
take_date_time (GDateTime *date_time, gint64 *time_us)
{
  if (date_time == NULL)
    return FALSE;
  *time_us = g_date_time_to_unix (date_time) * G_USEC_PER_SEC + g_date_time_get_microsecond (date_time);
  g_date_time_unref (date_time);
  return TRUE;
}

static gboolean
read_iso (const char *text, gint64 *time_us)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();

  return take_date_time (g_date_time_new_from_iso8601 (text, utc), time_us);
}

static gboolean
read_clf (const char *text, gint64 *time_us)
{
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  int day, year, hour, minute, second, zone_hour, zone_minute, end = -1;
  char month[4], sign;
  const char *found;

  if (sscanf (text, "%2d/%3[A-Za-z]/%4d:%2d:%2d:%2d %c%2d%2d%n", &day, month, &year, &hour, &minute, &second,
              &sign, &zone_hour, &zone_minute, &end) != 9 ||
      text[end] != '\0' || (sign != '+' && sign != '-') || zone_hour < 0 || zone_hour > 23 ||
      zone_minute < 0 || zone_minute > 59)
    return FALSE;
  found = strstr (months, month);
  if (found == NULL || strlen (month) != 3 || (found - months) % 3 != 0)
    return FALSE;
  if (!take_date_time (g_date_time_new_utc (year, (gint) (found - months) / 3 + 1, day, hour, minute, second),
                       time_us))
    return FALSE;
  *time_us -= (sign == '-' ? -1 : 1) * (gint64) (zone_hour * 60 + zone_minute) * 60 * G_USEC_PER_SEC;
  return TRUE;
}

/* @value of units of @unit_us. */
static gboolean
read_real (double value, gint64 unit_us, gint64 *time_us)
{
  double us = value * (double) unit_us;

  if (!isfinite (us) || us < (double) LEAST_US || us > (double) MOST_US)
    return FALSE;
  *time_us = (gint64) floor (us + 0.5);
  return TRUE;
}

static gboolean
read_number (const MillRecord *record, guint i, gint64 unit_us, gint64 *time_us)
{
  const char *text = mill_record_get_text (record, i, NULL);
  MillValueType type = mill_record_get_value_type (record, i);
  char *end = NULL;
  double value;

  if (type == MILL_VALUE_INTEGER && unit_us == 1)
    {
      *time_us = mill_record_get_integer (record, i);
      return *time_us >= LEAST_US && *time_us <= MOST_US;
    }
  if (type == MILL_VALUE_INTEGER || type == MILL_VALUE_REAL)
    return read_real (mill_record_get_real (record, i), unit_us, time_us);
  if (text == NULL)
    return FALSE;
  value = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' && read_real (value, unit_us, time_us);
}

static gboolean
read_time (MillTimestampStep *self, const MillRecord *record, guint i, gint64 *time_us)
{
  const char *text = mill_record_get_text (record, i, NULL);

  switch (self->from)
    {
    case MILL_TIME_FORM_ISO:
      return text != NULL && read_iso (text, time_us);
    case MILL_TIME_FORM_CLF:
      return text != NULL && read_clf (text, time_us);
    case MILL_TIME_FORM_UNIX:
      return read_number (record, i, G_USEC_PER_SEC, time_us);
    case MILL_TIME_FORM_UNIX_MS:
      return read_number (record, i, 1000, time_us);
    case MILL_TIME_FORM_UNIX_US:
      return read_number (record, i, 1, time_us);
    case MILL_TIME_FORM_NOW:
    default:
      g_assert_not_reached ();
    }
}

/* The least second that is not later. */
static gint64
floor_seconds (gint64 time_us)
{
  return time_us / G_USEC_PER_SEC - (time_us % G_USEC_PER_SEC < 0);
}

static void
add_iso (MillRecord *record, const char *field, gint64 time_us)
{
  gint64 seconds = floor_seconds (time_us);
  g_autoptr (GDateTime) date_time = g_date_time_new_from_unix_utc (seconds);
  int milliseconds = (int) ((time_us - seconds * G_USEC_PER_SEC) / 1000);
  char text[40];

  g_snprintf (text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", g_date_time_get_year (date_time),
              g_date_time_get_month (date_time), g_date_time_get_day_of_month (date_time),
              g_date_time_get_hour (date_time), g_date_time_get_minute (date_time),
              g_date_time_get_second (date_time), milliseconds);
  mill_record_add_text (record, field, text, -1);
}

static void
add_time (MillTimestampStep *self, MillRecord *record, gint64 time_us)
{
  switch (self->to)
    {
    case MILL_TIME_TARGET_UNIX:
      mill_record_add_real (record, self->field, (double) time_us / G_USEC_PER_SEC);
      break;
    case MILL_TIME_TARGET_UNIX_MS:
      mill_record_add_integer (record, self->field, time_us / 1000 - (time_us % 1000 < 0));
      break;
    case MILL_TIME_TARGET_UNIX_US:
      mill_record_add_integer (record, self->field, time_us);
      break;
    case MILL_TIME_TARGET_ISO:
    default:
      add_iso (record, self->field, time_us);
    }
}

static gboolean
change_time (MillTimestampStep *self, MillRecord *record, GError **error)
{
  gint place = mill_record_find (record, self->field, 0);
  g_autofree char *text = NULL;
  gint64 time_us = 0;

  if (place < 0 || mill_record_get_value_type (record, (guint) place) == MILL_VALUE_NULL)
    mill_record_add_null (record, self->field);
  else if (read_time (self, record, (guint) place, &time_us) && time_us >= LEAST_US && time_us <= MOST_US)
    add_time (self, record, time_us);
  else
    {
      text = mill_record_dup_as_text (record, (guint) place);
      g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID,
                   _ ("field “%s”: “%s” is no time of the form asked for"), self->field, text);
      return FALSE;
    }
  return TRUE;
}

static MillRecord *
mill_timestamp_step_map (MillMapStep *step, MillItem *item, GError **error)
{
  MillTimestampStep *self = MILL_TIMESTAMP_STEP (step);
  const MillRecord *before = mill_item_get_record (item);
  g_autoptr (MillRecord) record = before != NULL ? mill_record_copy (before) : mill_record_new ();

  if (self->from == MILL_TIME_FORM_NOW)
    add_time (self, record, g_get_real_time ());
  else if (before == NULL)
    {
      g_set_error_literal (error, MILL_ERROR, MILL_ERROR_INVALID,
                           _ ("the item has no fields: a step such as parse-json must come before"));
      return NULL;
    }
  else if (!change_time (self, record, error))
    return NULL;
  return g_steal_pointer (&record);
}

static void
mill_timestamp_step_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MillTimestampStep *self = MILL_TIMESTAMP_STEP (object);

  switch ((MillTimestampStepProperty) prop_id)
    {
    case PROP_FIELD:
      g_value_set_string (value, self->field);
      break;
    case PROP_FROM:
      g_value_set_enum (value, (gint) self->from);
      break;
    case PROP_TO:
      g_value_set_enum (value, (gint) self->to);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_timestamp_step_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MillTimestampStep *self = MILL_TIMESTAMP_STEP (object);
  gboolean changed = FALSE;

  switch ((MillTimestampStepProperty) prop_id)
    {
    case PROP_FIELD:
      changed = mill_property_take_string_or (&self->field, value, "time");
      break;
    case PROP_FROM:
      changed = self->from != (MillTimeForm) g_value_get_enum (value);
      self->from = (MillTimeForm) g_value_get_enum (value);
      break;
    case PROP_TO:
      changed = self->to != (MillTimeTarget) g_value_get_enum (value);
      self->to = (MillTimeTarget) g_value_get_enum (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
  if (changed)
    g_object_notify_by_pspec (object, pspec);
}

static void
mill_timestamp_step_finalize (GObject *object)
{
  g_free (MILL_TIMESTAMP_STEP (object)->field);
  G_OBJECT_CLASS (mill_timestamp_step_parent_class)->finalize (object);
}

static void
mill_timestamp_step_class_init (MillTimestampStepClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mill_timestamp_step_get_property;
  object_class->set_property = mill_timestamp_step_set_property;
  object_class->finalize = mill_timestamp_step_finalize;
  MILL_MAP_STEP_CLASS (klass)->map = mill_timestamp_step_map;
  /**
   * MillTimestampStep:field:
   *
   * The field with the time.
   */
  properties[PROP_FIELD] =
      g_param_spec_string ("field", _ ("Field"), _ ("Which field has the time"), "time", MILL_CONFIG_FLAGS);
  /**
   * MillTimestampStep:from:
   *
   * In what form the time is read.
   */
  properties[PROP_FROM] = g_param_spec_enum (
      "from", _ ("From"),
      _ ("How the time is written: iso, clf, unix, unix-ms or unix-us; or now, for the present one"),
      MILL_TYPE_TIME_FORM, MILL_TIME_FORM_NOW, MILL_CONFIG_FLAGS);
  /**
   * MillTimestampStep:to:
   *
   * In what form the time is written.
   */
  properties[PROP_TO] = g_param_spec_enum (
      "to", _ ("To"), _ ("How the time is to be written: iso, in UTC, unix, unix-ms or unix-us"),
      MILL_TYPE_TIME_TARGET, MILL_TIME_TARGET_ISO, MILL_CONFIG_FLAGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mill_timestamp_step_init (MillTimestampStep *self)
{
  self->field = g_strdup ("time");
}

/**
 * mill_timestamp_step_new:
 *
 * Creates the step, which adds the present time as the field “time”.
 *
 * Returns: (transfer full): the step
 */
MillStep *
mill_timestamp_step_new (void)
{
  return g_object_new (MILL_TYPE_TIMESTAMP_STEP, NULL);
}
