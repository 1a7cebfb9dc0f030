/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillLineBuffer: a buffer whose line moves to the front when that makes room, and which grows otherwise. */

#include "config.h"

#include "sources/mill-line-buffer-private.h"

#include <string.h>

void
mill_line_buffer_init (MillLineBuffer *self, gsize max_length)
{
  *self = (MillLineBuffer){ .max_length = max_length };
}

void
mill_line_buffer_clear (MillLineBuffer *self)
{
  g_free (self->data);
  mill_line_buffer_init (self, self->max_length);
}

char *
mill_line_buffer_reserve (MillLineBuffer *self)
{
  if (self->start > 0 && self->capacity - self->end < MILL_LINE_BUFFER_READ)
    {
      memmove (self->data, self->data + self->start, self->end - self->start);
      self->scanned -= self->start;
      self->end -= self->start;
      self->start = 0;
    }
  if (self->capacity - self->end < MILL_LINE_BUFFER_READ)
    {
      self->capacity = MAX (2 * self->end, 2 * MILL_LINE_BUFFER_READ);
      self->capacity = MIN (self->capacity, self->max_length) + MILL_LINE_BUFFER_READ;
      self->data = g_realloc (self->data, self->capacity);
    }
  return self->data + self->end;
}

void
mill_line_buffer_commit (MillLineBuffer *self, gsize n)
{
  self->end += n;
}

/* Gives the bytes from the line's start to @line_end, and goes on at @next. */
static void
take_line (MillLineBuffer *self, gsize line_end, gsize next, const char **line, gsize *length)
{
  *line = self->data + self->start;
  *length = line_end - self->start;
  if (*length > 0 && self->data[line_end - 1] == '\r')
    (*length)--;
  self->start = self->scanned = next;
}

MillLineResult
mill_line_buffer_next (MillLineBuffer *self, const char **line, gsize *length)
{
  gsize unscanned = self->end - self->scanned;
  const char *newline = unscanned > 0 ? memchr (self->data + self->scanned, '\n', unscanned) : NULL;
  gsize line_end = newline != NULL ? (gsize) (newline - self->data) : self->end;

  if (line_end - self->start > self->max_length)
    return MILL_LINE_TOO_LONG;
  if (newline == NULL)
    {
      self->scanned = self->end;
      return MILL_LINE_PARTIAL;
    }
  take_line (self, line_end, line_end + 1, line, length);
  return MILL_LINE_FOUND;
}

gboolean
mill_line_buffer_take_rest (MillLineBuffer *self, const char **line, gsize *length)
{
  if (self->end == self->start)
    return FALSE;
  take_line (self, self->end, self->end, line, length);
  return TRUE;
}
