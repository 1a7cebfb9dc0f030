/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What most setters of properties do. */

#include "config.h"

#include "core/mill-property-private.h"

/* @field: (owned) (nullable) */
gboolean
mill_property_take_string (char **field, const GValue *value)
{
  return mill_property_take_string_or (field, value, NULL);
}

/* @field: (owned) (nullable)
 * @otherwise: (nullable): what a value that is NULL stands for */
gboolean
mill_property_take_string_or (char **field, const GValue *value, const char *otherwise)
{
  const char *text = g_value_get_string (value);
  char *before = *field;

  if (text == NULL)
    text = otherwise;
  if (g_strcmp0 (before, text) == 0)
    return FALSE;
  *field = g_strdup (text);
  g_free (before);
  return TRUE;
}

gboolean
mill_property_take_boolean (gboolean *field, const GValue *value)
{
  gboolean before = *field;

  *field = g_value_get_boolean (value);
  return *field != before;
}

gboolean
mill_property_take_int (gint *field, const GValue *value)
{
  gint before = *field;

  *field = g_value_get_int (value);
  return *field != before;
}

gboolean
mill_property_take_uint (guint *field, const GValue *value)
{
  guint before = *field;

  *field = g_value_get_uint (value);
  return *field != before;
}

gboolean
mill_property_take_uint64 (guint64 *field, const GValue *value)
{
  guint64 before = *field;

  *field = g_value_get_uint64 (value);
  return *field != before;
}

gboolean
mill_property_take_double (double *field, const GValue *value)
{
  double before = *field;

  *field = g_value_get_double (value);
  return *field < before || *field > before;
}
