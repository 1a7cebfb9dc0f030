/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* In place of g_key_file_get_string() and g_key_file_get_locale_string(), which up to GLib 2.74 return a
 * damaged value beside their error, and which set one error over another when a value that ends in a lone
 * backslash has an unknown escape before it: a warning on the console for what a stranger wrote. */

#include "config.h"

#include "core/mill-key-file-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static gboolean
ends_in_lone_backslash (const char *raw)
{
  size_t n = 0;

  for (size_t at = strlen (raw); at > 0 && raw[at - 1] == '\\'; at--)
    n++;
  return n % 2 == 1;
}

/* Returns: (transfer full) (nullable): the text of @key, its escapes read; NULL with a #GKeyFileError if
 * there is none or it is not text */
char *
mill_key_file_dup_string (GKeyFile *file, const char *group, const char *key, GError **error)
{
  g_autofree char *raw = g_key_file_get_value (file, group, key, error);
  g_autofree char *value = NULL;
  GError *cause = NULL;

  if (raw == NULL)
    return NULL;
  if (ends_in_lone_backslash (raw))
    {
      g_set_error_literal (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
                           _ ("the value ends in a lone backslash; for one in the text, write two"));
      return NULL;
    }
  value = g_key_file_get_string (file, group, key, &cause);
  if (cause == NULL)
    return g_steal_pointer (&value);
  g_propagate_error (error, cause);
  return NULL;
}

/* Returns: (transfer full) (nullable): the text of @key in the user's language, or else the untranslated one;
 * NULL with an error as mill_key_file_dup_string() */
char *
mill_key_file_dup_translated (GKeyFile *file, const char *group, const char *key, GError **error)
{
  g_autofree char *locale = g_key_file_get_locale_for_key (file, group, key, NULL);
  g_autofree char *translated = locale != NULL ? g_strdup_printf ("%s[%s]", key, locale) : NULL;

  /* Newer GLibs name a locale, "C", for the untranslated value as well. */
  if (translated != NULL && g_key_file_has_key (file, group, translated, NULL))
    return mill_key_file_dup_string (file, group, translated, error);
  return mill_key_file_dup_string (file, group, key, error);
}
