/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An archive is gzip members, one a record. A program that was killed may have left half a member at the end,
 * which most readers stumble over; all before it must be whole, or nothing is touched. */

#include "config.h"

#include "record/mill-warc-end-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "core/mill-error.h"

#define IN_SIZE  (64 * 1024)
#define OUT_SIZE (256 * 1024)

static const char magic[] = "WARC/1.";

#define MAGIC_LENGTH (sizeof magic - 1)

typedef struct
{
  int fd;
  const char *name;
  GConverter *gzip; /* (owned) */
  guint8 *in;       /* (owned) */
  guint8 *out;      /* (owned) */
  gsize in_length;
  gsize in_done;
  goffset offset;           /* in the file, of what is next in `in` */
  char begin[MAGIC_LENGTH]; /* of the present record */
  gsize n_begin;
} Scan;

static void
scan_clear (Scan *self)
{
  g_object_unref (self->gzip);
  g_free (self->in);
  g_free (self->out);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scan, scan_clear)

static void
scan_init (Scan *self, int fd, const char *name)
{
  *self = (Scan){ .fd = fd, .name = name };
  self->gzip = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  self->in = g_malloc (IN_SIZE);
  self->out = g_malloc (OUT_SIZE);
}

static gboolean
fill (Scan *self, GError **error)
{
  memmove (self->in, self->in + self->in_done, self->in_length - self->in_done);
  self->in_length -= self->in_done;
  self->in_done = 0;
  while (self->in_length < IN_SIZE)
    {
      ssize_t n = pread (self->fd, self->in + self->in_length, IN_SIZE - self->in_length,
                         self->offset + (goffset) self->in_length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        g_set_error (error, MILL_ERROR, MILL_ERROR_FATAL, _ ("the archive %s cannot be read: %s"), self->name,
                     g_strerror (errno));
      if (n <= 0)
        return n == 0;
      self->in_length += (gsize) n;
    }
  return TRUE;
}

static void
note_begin (Scan *self, gsize n_out)
{
  gsize n = MIN (n_out, MAGIC_LENGTH - self->n_begin);

  memcpy (self->begin + self->n_begin, self->out, n);
  self->n_begin += n;
}

static gboolean
looks_right (const Scan *self)
{
  return memcmp (self->begin, magic, self->n_begin) == 0;
}

static gboolean
set_foreign_error (const char *name, GError **error)
{
  g_set_error (
      error, MILL_ERROR, MILL_ERROR_FATAL,
      _ ("%s is there already and is no archive with a gzip member for each record; take another name"),
      name);
  return FALSE;
}

static gboolean
set_damage_error (const Scan *self, goffset begin, GError **error)
{
  g_autofree char *place = g_strdup_printf ("%" G_GOFFSET_FORMAT, begin);

  g_set_error (
      error, MILL_ERROR, MILL_ERROR_FATAL,
      _ ("%s is damaged: the record at byte %s cannot be read. Nothing was changed; take another name"),
      self->name, place);
  return FALSE;
}

/* Reads one member. @whole: whether the file holds all of it */
static gboolean
skip_member (Scan *self, gboolean *whole, GError **error)
{
  const goffset begin = self->offset;
  GConverterResult result = G_CONVERTER_CONVERTED;

  g_converter_reset (self->gzip);
  self->n_begin = 0;
  *whole = FALSE;
  while (result != G_CONVERTER_FINISHED)
    {
      gsize n_read = 0, n_written = 0;

      if (self->in_done == self->in_length)
        {
          if (!fill (self, error))
            return FALSE;
          if (self->in_length == 0)
            return TRUE;
        }
      result = g_converter_convert (self->gzip, self->in + self->in_done, self->in_length - self->in_done,
                                    self->out, OUT_SIZE, G_CONVERTER_NO_FLAGS, &n_read, &n_written, NULL);
      if (result == G_CONVERTER_ERROR)
        return set_damage_error (self, begin, error);
      self->in_done += n_read;
      self->offset += (goffset) n_read;
      note_begin (self, n_written);
      if (!looks_right (self))
        return set_damage_error (self, begin, error);
    }
  *whole = self->n_begin == MAGIC_LENGTH;
  return *whole || set_damage_error (self, begin, error);
}

/**
 * mill_warc_check_begin:
 * @fd: a file that is there already
 * @name: its name, for messages
 *
 * A quick look, so that the wrong name is known at once.
 *
 * Returns: %FALSE with @error set if this cannot be an archive of ours
 */
gboolean
mill_warc_check_begin (int fd, const char *name, GError **error)
{
  g_auto (Scan) scan = { 0 };
  g_autoptr (GError) reason = NULL;
  gsize n_read = 0, n_written = 0;

  scan_init (&scan, fd, name);
  if (!fill (&scan, error))
    return FALSE;
  if (scan.in_length == 0)
    return TRUE;
  if (g_converter_convert (scan.gzip, scan.in, scan.in_length, scan.out, OUT_SIZE, G_CONVERTER_NO_FLAGS,
                           &n_read, &n_written, &reason) == G_CONVERTER_ERROR &&
      !g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT))
    return set_foreign_error (name, error);
  note_begin (&scan, n_written);
  return looks_right (&scan) || set_foreign_error (name, error);
}

/**
 * mill_warc_find_end:
 * @fd: a file that is there already
 * @name: its name, for messages
 * @cancellable: ends it early
 * @end: (out): where the last whole record ends; what comes after that is half a record
 *
 * Reads all of the archive. Blocks.
 *
 * Returns: %FALSE with @error set if it cannot be read, or is damaged before its end
 */
gboolean
mill_warc_find_end (int fd, const char *name, GCancellable *cancellable, goffset *end, GError **error)
{
  g_auto (Scan) scan = { 0 };
  gboolean whole = TRUE;

  scan_init (&scan, fd, name);
  for (*end = 0; whole; *end = whole ? scan.offset : *end)
    if (g_cancellable_set_error_if_cancelled (cancellable, error) || !skip_member (&scan, &whole, error))
      return FALSE;
  return TRUE;
}
