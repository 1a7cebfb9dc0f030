/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Comma-separated values as RFC 4180 has them. */

#include "config.h"

#include "core/mill-csv-private.h"

#include <string.h>

/* OWASP, "CSV Injection": these begin a formula. */
static gboolean
is_formula (const char *text, gsize length)
{
  while (length > 0 && *text == '\'')
    {
      text++;
      length--;
    }
  return length > 0 && memchr ("=+-@\t\r", *text, 6) != NULL;
}

static gboolean
needs_quotes (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (text[i] == ',' || text[i] == '"' || text[i] == '\r' || text[i] == '\n')
      return TRUE;
  return FALSE;
}

/* Appends a cell. */
void
mill_csv_append_text (GString *line, const char *text, gsize length)
{
  gboolean formula = is_formula (text, length);
  gboolean quoted = formula || needs_quotes (text, length);

  if (!quoted)
    {
      g_string_append_len (line, text, (gssize) length);
      return;
    }
  g_string_append (line, formula ? "\"'" : "\"");
  for (gsize i = 0; i < length; i++)
    {
      if (text[i] == '"')
        g_string_append_c (line, '"');
      g_string_append_c (line, text[i]);
    }
  g_string_append_c (line, '"');
}

/* Takes a cell that is complete. */
static void
take_cell (GPtrArray *cells, GString *cell)
{
  gboolean formula = cell->len > 0 && cell->str[0] == '\'' && is_formula (cell->str, cell->len);

  g_ptr_array_add (cells, g_strdup (cell->str + (formula ? 1 : 0)));
  g_string_truncate (cell, 0);
}

/* Reads a cell that is quoted from behind its first mark.
 * Returns: what is behind its last; %NULL if there is none */
static const char *
read_quoted (const char *text, const char *end, GString *cell)
{
  for (; text < end; text++)
    {
      if (*text == '"' && (text + 1 == end || text[1] != '"'))
        return text + 1;
      if (*text == '"')
        text++;
      g_string_append_c (cell, *text);
    }
  return NULL;
}

/* Reads the cells of the first line, which must have an end.
 * Returns: (transfer full) (nullable) (element-type utf8): the texts; %NULL if this is no line */
GPtrArray *
mill_csv_read_line (const char *text, gsize length)
{
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) cell = g_string_new (NULL);
  const char *end = text + length;

  while (text != NULL && text < end)
    {
      if (*text == '"')
        text = read_quoted (text + 1, end, cell);
      else
        while (text < end && strchr (",\"\r\n", *text) == NULL)
          g_string_append_c (cell, *text++);
      if (text == NULL || text == end)
        return NULL;
      take_cell (cells, cell);
      if (*text == '\n' || (*text == '\r' && text + 1 < end && text[1] == '\n'))
        return g_steal_pointer (&cells);
      if (*text++ != ',')
        return NULL;
    }
  return NULL;
}
