/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Kinds are known by their names: there are four. */

#include "config.h"

#include "steps/mill-cast-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "core/mill-error.h"
#include "core/mill-integer-private.h"

static void
pair_free (gpointer data)
{
  MillNamePair *pair = data;

  g_free (pair->name);
  g_free (pair->other);
  g_free (pair);
}

/* (transfer full) (element-type MillNamePair) (nullable): of "a:b, c:d"; an empty list of an empty text. */
GPtrArray *
mill_name_pairs_parse (const char *text, GError **error)
{
  g_autoptr (GPtrArray) pairs = g_ptr_array_new_with_free_func (pair_free);
  g_auto (GStrv) words = g_strsplit (text != NULL ? text : "", ",", -1);

  for (char **word = words; *word != NULL; word++)
    {
      MillNamePair *pair;
      char *colon;

      if (*g_strstrip (*word) == '\0' && words[1] == NULL)
        break;
      colon = strrchr (*word, ':');
      if (colon == NULL || colon == *word || colon[1] == '\0')
        {
          g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("“%s” is not of the form NAME:OTHER"),
                       *word);
          return NULL;
        }
      *colon = '\0';
      pair = g_new0 (MillNamePair, 1);
      pair->name = g_strdup (g_strchomp (*word));
      pair->other = g_strdup (g_strchug (colon + 1));
      g_ptr_array_add (pairs, pair);
    }
  return g_steal_pointer (&pairs);
}

/* The same, of fields and kinds. */
GPtrArray *
mill_casts_parse (const char *text, GError **error)
{
  static const char *const kinds[] = { "text", "int", "real", "bool", NULL };
  g_autoptr (GPtrArray) pairs = mill_name_pairs_parse (text, error);

  for (guint i = 0; pairs != NULL && i < pairs->len; i++)
    {
      const MillNamePair *pair = g_ptr_array_index (pairs, i);

      if (g_strv_contains (kinds, pair->other))
        continue;
      g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("“%s” is not one of text, int, real, bool"),
                   pair->other);
      return NULL;
    }
  return g_steal_pointer (&pairs);
}

static gboolean
add_integer (MillRecord *record, const char *name, const char *text)
{
  gint64 value;

  if (!mill_integer_read (text, &value))
    return FALSE;
  mill_record_add_integer (record, name, value);
  return TRUE;
}

static gboolean
add_real (MillRecord *record, const char *name, const char *text)
{
  char *end = NULL;
  double value = g_ascii_strtod (text, &end);

  if (end == text || *end != '\0' || !isfinite (value))
    return FALSE;
  mill_record_add_real (record, name, value);
  return TRUE;
}

static gboolean
add_boolean (MillRecord *record, const char *name, const char *text)
{
  static const char *const yes[] = { "true", "yes", "1", NULL }, *const no[] = { "false", "no", "0", NULL };
  gboolean is_yes = g_strv_contains (yes, text);

  if (!is_yes && !g_strv_contains (no, text))
    return FALSE;
  mill_record_add_boolean (record, name, is_yes);
  return TRUE;
}

/* Adds @text, of @length bytes, as a value of @kind. Nothing, and “-”, which stands for it in logs, is no
 * number, but null. Whether it could be understood. */
gboolean
mill_cast_text (MillRecord *record, const char *name, const char *text, gsize length, const char *kind)
{
  char buffer[64];
  g_autofree char *longer = NULL;
  const char *ended = buffer;

  if (g_str_equal (kind, "text"))
    {
      mill_record_add_text (record, name, text, (gssize) length);
      return TRUE;
    }
  if (length == 0 || (length == 1 && *text == '-'))
    {
      mill_record_add_null (record, name);
      return TRUE;
    }
  if (memchr (text, '\0', length) != NULL)
    return FALSE;
  if (length < sizeof buffer)
    {
      memcpy (buffer, text, length);
      buffer[length] = '\0';
    }
  else
    ended = longer = g_strndup (text, length);
  if (g_str_equal (kind, "int"))
    return add_integer (record, name, ended);
  return g_str_equal (kind, "real") ? add_real (record, name, ended) : add_boolean (record, name, ended);
}

/* A number as another kind of number; whether it is one, and can be. */
static gboolean
cast_number (MillRecord *record, guint i, const char *kind)
{
  const char *name = mill_record_get_name (record, i);
  MillValueType type = mill_record_get_value_type (record, i);
  double value = mill_record_get_real (record, i);

  if (type != MILL_VALUE_INTEGER && type != MILL_VALUE_REAL)
    return FALSE;
  if (g_str_equal (kind, "real"))
    {
      mill_record_add_real (record, name, value);
      return TRUE;
    }
  if (!g_str_equal (kind, "int") || value < -0x1p63 || value >= 0x1p63)
    return FALSE;
  if (type == MILL_VALUE_REAL)
    mill_record_add_integer (record, name, (gint64) value);
  return TRUE;
}

/* Makes the field's value one of @kind; a real number loses its fraction as an integer, and null stays null.
 */
gboolean
mill_cast_field (MillRecord *record, guint i, const char *kind, GError **error)
{
  MillValueType type = mill_record_get_value_type (record, i);
  const char *written;
  gsize length;
  g_autofree char *text = NULL;
  g_autofree char *name = NULL;

  if (type == MILL_VALUE_NULL || cast_number (record, i, kind))
    return TRUE;
  if (type == MILL_VALUE_TEXT || type == MILL_VALUE_JSON)
    {
      written = mill_record_get_text (record, i, &length);
      text = g_memdup2 (written, length + 1);
    }
  else
    {
      text = mill_record_dup_as_text (record, i);
      length = strlen (text);
    }
  name = g_strdup (mill_record_get_name (record, i));
  if (mill_cast_text (record, name, text, length, kind))
    return TRUE;
  g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("field “%s”: “%s” is not of the kind %s"), name,
               text, kind);
  return FALSE;
}
