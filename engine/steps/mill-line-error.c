/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "config.h"

#include "steps/mill-line-error-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/mill-error.h"

/* The number of the character at @offset, from 1. */
static guint
count_characters (MillItem *item, gsize offset)
{
  GBytes *payload = mill_item_get_payload (item);
  gsize length = 0;
  const char *text = payload != NULL ? g_bytes_get_data (payload, &length) : NULL;
  guint n = 1;

  for (gsize i = 0; i < MIN (offset, length); i++)
    n += ((guchar) text[i] & 0xc0) != 0x80;
  return n;
}

/* Sets an error that another try would not mend: @problem, @offset bytes from the begin of the item's
 * payload. Returns FALSE. */
gboolean
mill_line_error_set (MillItem *item, gsize offset, const char *problem, GError **error)
{
  const char *key = mill_item_get_key (item);
  guint column = count_characters (item, offset);

  if (key == NULL)
    g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("character %u: %s"), column, problem);
  else if (strspn (key, "0123456789") == strlen (key))
    g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("line %s, character %u: %s"), key, column,
                 problem);
  else
    g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("%s, character %u: %s"), key, column, problem);
  return FALSE;
}
