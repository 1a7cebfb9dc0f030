/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What most setters of properties do. */

#include "config.h"

#include "core/mill-property-private.h"

/* @field: (owned) (nullable) */
gboolean
mill_property_take_string (char **field, const GValue *value)
{
  if (g_strcmp0 (*field, g_value_get_string (value)) == 0)
    return FALSE;
  g_free (*field);
  *field = g_value_dup_string (value);
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
