/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* In place of g_ascii_string_to_signed() and g_ascii_string_to_unsigned(), which take any errno for a
 * failure: also the EAGAIN of a thread that waits, inside g_ascii_strtoll(), for another one to set up the C
 * locale. The first numbers of a program that several threads read at once would now and then be none. */

#include "config.h"

#include "core/mill-integer-private.h"

#include <errno.h>

/* Reads @text, decimal digits that may follow a sign, with nothing before or behind them. FALSE if it is not
 * one, or does not fit. */
gboolean
mill_integer_read (const char *text, gint64 *value)
{
  char *end = NULL;

  errno = 0;
  *value = g_ascii_strtoll (text, &end, 10);
  return !g_ascii_isspace (*text) && end != text && *end == '\0' && errno != ERANGE;
}

/* The same without a sign. */
gboolean
mill_integer_read_unsigned (const char *text, guint64 *value)
{
  char *end = NULL;

  errno = 0;
  *value = g_ascii_strtoull (text, &end, 10);
  return g_ascii_isdigit (*text) && *end == '\0' && errno != ERANGE;
}
