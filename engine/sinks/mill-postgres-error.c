/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an SQLSTATE means to a batch: "PostgreSQL Error Codes", appendix A of its manual. */

#include "config.h"

#include "sinks/mill-postgres-error-private.h"

#include <string.h>

#define STATE_LENGTH 5

static gboolean
begins_with_one_of (const char *state, const char *const *beginnings)
{
  for (gsize i = 0; beginnings[i] != NULL; i++)
    if (g_str_has_prefix (state, beginnings[i]))
      return TRUE;
  return FALSE;
}

/* @sqlstate: (nullable): five characters; %NULL: the server was not reached, or was lost
 * Returns: %MILL_ERROR_RETRYABLE, %MILL_ERROR_FATAL, or %MILL_ERROR_INVALID when it is about the data */
MillError
mill_postgres_judge (const char *sqlstate)
{
  /* Lost connections, transactions in each other's way, want of room or of a lock, a server that starts, ends
   * or stands by, and trouble with its disk. */
  static const char *const passing[] = { "08", "40", "53", "55006", "55P03", "57", "58", "25006", NULL };
  /* No right to do it, no such database, schema, table, column or constraint, and what it cannot do. */
  static const char *const wrong[] = { "0A", "0P", "28", "3D", "3F", "42", "F0", NULL };

  if (sqlstate == NULL || begins_with_one_of (sqlstate, passing))
    return MILL_ERROR_RETRYABLE;
  return begins_with_one_of (sqlstate, wrong) ? MILL_ERROR_FATAL : MILL_ERROR_INVALID;
}

static gboolean
is_state (const char *text)
{
  for (gsize i = 0; i < STATE_LENGTH; i++)
    if (!g_ascii_isupper (text[i]) && !g_ascii_isdigit (text[i]))
      return FALSE;
  return text[STATE_LENGTH] == ':';
}

/* Finds the code in a verbose message: "FATAL:  28P01: password authentication failed". There is no other way
 * to know why a connection was refused. */
gboolean
mill_postgres_find_state (const char *message, char state[6])
{
  for (const char *at = strstr (message, ":  "); at != NULL; at = strstr (at + 1, ":  "))
    if (is_state (at + 3))
      {
        memcpy (state, at + 3, STATE_LENGTH);
        state[STATE_LENGTH] = '\0';
        return TRUE;
      }
  return FALSE;
}

/* One line of libpq's message, without where in the server's source it comes from.
 * Returns: (transfer full) */
char *
mill_postgres_tidy (const char *message)
{
  g_auto (GStrv) lines = g_strsplit (message, "\n", -1);
  GString *text = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = g_strstrip (lines[i]);

      if (line[0] != '\0' && !g_str_has_prefix (line, "LOCATION:"))
        g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", line);
    }
  return g_string_free (text, FALSE);
}
