/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillInflater: a GZlibDecompressor, begun anew for each member. */

#include "config.h"

#include "sources/mill-inflater-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK (64 * 1024)

static const guint8 magic[2] = { 0x1f, 0x8b };

struct _MillInflater
{
  GConverter *decompressor; /* (owned) */
  gboolean is_inside;       /* a member */
  gboolean is_at_end;       /* of the file */
  gsize start, end;         /* of what was read and not inflated */
  guint8 input[CHUNK];
};

gboolean
mill_inflater_applies (int fd)
{
  guint8 begin[sizeof magic];
  off_t position = lseek (fd, 0, SEEK_CUR);

  return position >= 0 && pread (fd, begin, sizeof begin, position) == sizeof begin &&
         memcmp (begin, magic, sizeof magic) == 0;
}

MillInflater *
mill_inflater_new (void)
{
  MillInflater *self = g_new0 (MillInflater, 1);

  self->decompressor = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  return self;
}

void
mill_inflater_free (MillInflater *self)
{
  g_object_unref (self->decompressor);
  g_free (self);
}

/* FALSE with an error. */
static gboolean
fill_input (MillInflater *self, int fd, GError **error)
{
  gssize n;

  memmove (self->input, self->input + self->start, self->end - self->start);
  self->end -= self->start;
  self->start = 0;
  do
    n = read (fd, self->input + self->end, CHUNK - self->end);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    {
      int errsv = errno;

      g_set_error_literal (error, G_IO_ERROR, (gint) g_io_error_from_errno (errsv), g_strerror (errsv));
      return FALSE;
    }
  self->end += (gsize) n;
  self->is_at_end = n == 0;
  return TRUE;
}

static gboolean
begins_member (MillInflater *self)
{
  return self->end - self->start >= sizeof magic &&
         memcmp (self->input + self->start, magic, sizeof magic) == 0;
}

/* Inflates what there is. @n: (out): how many bytes came. FALSE with an error. */
static gboolean
inflate_some (MillInflater *self, char *room, gsize size, gsize *n, GError **error)
{
  gsize n_read = 0;
  GConverterResult result = g_converter_convert (
      self->decompressor, self->input + self->start, self->end - self->start, room, size,
      self->is_at_end ? G_CONVERTER_INPUT_AT_END : G_CONVERTER_NO_FLAGS, &n_read, n, error);

  if (result == G_CONVERTER_ERROR)
    return FALSE;
  self->start += n_read;
  self->is_inside = result != G_CONVERTER_FINISHED;
  if (result == G_CONVERTER_FINISHED)
    g_converter_reset (self->decompressor);
  return TRUE;
}

gssize
mill_inflater_read (MillInflater *self, int fd, char *room, gsize size, GError **error)
{
  gsize n = 0;

  while (n == 0)
    {
      /* Two bytes must be there to know a member by. */
      if (!self->is_at_end && self->end - self->start < sizeof magic)
        {
          if (!fill_input (self, fd, error))
            return -1;
          continue;
        }
      if (!self->is_inside && !begins_member (self))
        return 0;
      if (self->start == self->end)
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT,
                               _ ("the compressed file is cut off"));
          return -1;
        }
      if (!inflate_some (self, room, size, &n, error))
        return -1;
    }
  return (gssize) n;
}
