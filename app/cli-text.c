/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text on a terminal. A column is what a Latin letter takes; a Chinese character takes two, a combining one
 * none. */

#include "config.h"

#include "cli-text.h"

#include <stdarg.h>
#include <string.h>

struct _MillCliTable
{
  char *alignment; /* (owned) a letter for each column: l or r */
  guint n_columns;
  GPtrArray *cells; /* (owned) of strings, row by row */
};

static guint
char_width (gunichar c)
{
  return g_unichar_iszerowidth (c) ? 0 : g_unichar_iswide (c) ? 2 : 1;
}

/**
 * mill_cli_text_width:
 * @text: in UTF-8
 *
 * Returns: how many columns it takes
 */
guint
mill_cli_text_width (const char *text)
{
  guint width = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    width += char_width (g_utf8_get_char (p));
  return width;
}

/**
 * mill_cli_text_printable:
 * @text: in any encoding, by anybody
 *
 * Returns: (transfer full): @text in UTF-8 and without what a terminal obeys, such as escape sequences; lines
 * stay
 */
char *
mill_cli_text_printable (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *printable = g_string_sized_new (strlen (valid));

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      const gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (printable, g_unichar_iscntrl (c) && c != '\n' ? ' ' : c);
    }
  return g_string_free (printable, FALSE);
}

/**
 * mill_cli_text_fit:
 * @text: in UTF-8
 * @columns: how many columns there are
 *
 * Returns: (transfer full): as much of the beginning of @text as fits
 */
char *
mill_cli_text_fit (const char *text, guint columns)
{
  const char *p = text;
  guint width = 0;

  while (*p != '\0' && width + char_width (g_utf8_get_char (p)) <= columns)
    {
      width += char_width (g_utf8_get_char (p));
      p = g_utf8_next_char (p);
    }
  return g_strndup (text, (gsize) (p - text));
}

/**
 * mill_cli_table_new:
 * @alignment: a letter for each column: "l" or "r"
 *
 * Returns: (transfer full): a table without rows
 */
MillCliTable *
mill_cli_table_new (const char *alignment)
{
  MillCliTable *self = g_new0 (MillCliTable, 1);

  self->alignment = g_strdup (alignment);
  self->n_columns = (guint) strlen (alignment);
  self->cells = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
mill_cli_table_free (MillCliTable *self)
{
  g_ptr_array_unref (self->cells);
  g_free (self->alignment);
  g_free (self);
}

/**
 * mill_cli_table_add:
 * @first: the first column's text
 * @...: the other columns' texts, then %NULL
 *
 * Adds a row. Columns that are left out are empty.
 */
void
mill_cli_table_add (MillCliTable *self, const char *first, ...)
{
  va_list rest;
  const char *cell = first;

  va_start (rest, first);
  for (guint column = 0; column < self->n_columns; column++)
    {
      g_ptr_array_add (self->cells, g_strdup (cell != NULL ? cell : ""));
      if (cell != NULL)
        cell = va_arg (rest, const char *);
    }
  va_end (rest);
}

static guint
column_width (MillCliTable *self, guint column)
{
  guint width = 0;

  for (guint i = column; i < self->cells->len; i += self->n_columns)
    width = MAX (width, mill_cli_text_width (g_ptr_array_index (self->cells, i)));
  return width;
}

static void
append_cell (GString *text, const char *cell, guint width, char alignment)
{
  guint padding = width - mill_cli_text_width (cell);

  if (alignment == 'l')
    g_string_append (text, cell);
  for (guint i = 0; i < padding; i++)
    g_string_append_c (text, ' ');
  if (alignment == 'r')
    g_string_append (text, cell);
}

static void
strip_line (GString *text)
{
  while (text->len > 0 && text->str[text->len - 1] == ' ')
    g_string_truncate (text, text->len - 1);
}

/**
 * mill_cli_table_to_string:
 *
 * Returns: (transfer full): the rows, each a line that begins with two spaces
 */
char *
mill_cli_table_to_string (MillCliTable *self)
{
  GString *text = g_string_new (NULL);
  g_autofree guint *widths = g_new (guint, self->n_columns);

  for (guint column = 0; column < self->n_columns; column++)
    widths[column] = column_width (self, column);
  for (guint i = 0; i < self->cells->len; i++)
    {
      guint column = i % self->n_columns;

      g_string_append (text, "  ");
      append_cell (text, g_ptr_array_index (self->cells, i), widths[column], self->alignment[column]);
      if (column + 1 < self->n_columns)
        continue;
      strip_line (text);
      g_string_append_c (text, '\n');
    }
  return g_string_free (text, FALSE);
}
