/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillLineBuffer: bytes come in as they are read, lines of bounded length go out, without their ends (LF or
 * CRLF). It looks at each byte once, and holds no more than the longest line and two reads. One thread at a
 * time. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The most that is read at once. */
#define MILL_LINE_BUFFER_READ (64 * 1024)

typedef struct
{
  gsize max_length; /* of a line, without its LF */

  char *data; /* (owned) (nullable) */
  gsize capacity;
  gsize start;   /* of the line */
  gsize scanned; /* up to here there is no line end */
  gsize end;     /* of what was read */
} MillLineBuffer;

typedef enum
{
  MILL_LINE_FOUND,
  MILL_LINE_PARTIAL,  /* more has to be read */
  MILL_LINE_TOO_LONG, /* whatever is read */
} MillLineResult;

void mill_line_buffer_init (MillLineBuffer *self, gsize max_length);
/* Forgets what is in it. */
void mill_line_buffer_clear (MillLineBuffer *self);
/* Where to read MILL_LINE_BUFFER_READ bytes to; then say how many came. After a result PARTIAL only. */
char *mill_line_buffer_reserve (MillLineBuffer *self);
void mill_line_buffer_commit (MillLineBuffer *self, gsize n);
/* @line: (out) (transfer none): valid until the next reserve or clear. */
MillLineResult mill_line_buffer_next (MillLineBuffer *self, const char **line, gsize *length);
/* After the last byte: FALSE if there is nothing after the last line end. */
gboolean mill_line_buffer_take_rest (MillLineBuffer *self, const char **line, gsize *length);

G_END_DECLS
