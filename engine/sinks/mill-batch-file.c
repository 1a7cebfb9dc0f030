/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillBatchFile: a file that grows by whole batches. */

#include "config.h"

#include "sinks/mill-batch-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/mill-error.h"

#define NOTE_SUFFIX ".batch"
#define NOTE_FORMAT "%020" G_GINT64_FORMAT " %020" G_GINT64_FORMAT "\n"

struct _MillBatchFile
{
  char *path;      /* (owned) */
  char *note_path; /* (owned) */
  int fd;          /* -1: not open; locked */
  int note;        /* -1: not open */
  gboolean durable;
  gint64 size;
  gboolean is_open_ended; /* its last line has no end */
  gboolean is_torn;       /* a part of a batch is in it that could not be taken back: the note stays */
};

/* Always %FALSE. No other batch could be written either. */
static gboolean
fail (const MillBatchFile *self, int errsv, GError **error)
{
  g_set_error (error, MILL_ERROR, MILL_ERROR_FATAL, _ ("the file “%s” cannot be written: %s"), self->path,
               errsv == EWOULDBLOCK ? _ ("another program is writing to it") : g_strerror (errsv));
  return FALSE;
}

static gboolean
write_at (int fd, const char *data, gsize left, gint64 at)
{
  while (left > 0)
    {
      gssize n = pwrite (fd, data, left, at);

      if (n < 0 && errno != EINTR)
        return FALSE;
      if (n > 0)
        {
          data += n;
          at += n;
          left -= (gsize) n;
        }
    }
  return TRUE;
}

static gboolean
flush (MillBatchFile *self, int fd)
{
  return !self->durable || fdatasync (fd) == 0 || errno == EINVAL;
}

/* Takes back what there is of a batch that was not written to its end. */
static gboolean
heal (MillBatchFile *self)
{
  gint64 begin, end;
  char text[64] = "", *rest;

  if (read (self->note, text, sizeof text - 1) < 0)
    return FALSE;
  begin = g_ascii_strtoll (text, &rest, 10);
  end = g_ascii_strtoll (rest, NULL, 10);
  if (self->size <= begin || self->size >= end)
    return TRUE;
  self->size = begin;
  return ftruncate (self->fd, begin) == 0;
}

static gboolean
look_at_end (MillBatchFile *self)
{
  char last = '\n';

  if (self->size > 0 && pread (self->fd, &last, 1, self->size - 1) < 0)
    return FALSE;
  self->is_open_ended = last != '\n';
  return TRUE;
}

static gboolean
open_both (MillBatchFile *self)
{
  struct stat status;

  self->fd = open (self->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (self->fd < 0 || flock (self->fd, LOCK_EX | LOCK_NB) != 0 || fstat (self->fd, &status) != 0)
    return FALSE;
  if (!S_ISREG (status.st_mode))
    {
      errno = EINVAL;
      return FALSE;
    }
  self->size = status.st_size;
  self->note = open (self->note_path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  return self->note >= 0 && heal (self) && look_at_end (self);
}

/* Goes on at the end of the file, which is made if it is not there.
 * Returns: (transfer full) (nullable): %NULL with an error */
MillBatchFile *
mill_batch_file_open (const char *path, gboolean durable, GError **error)
{
  MillBatchFile *self = g_new0 (MillBatchFile, 1);

  self->path = g_strdup (path);
  self->note_path = g_strconcat (path, NOTE_SUFFIX, NULL);
  self->durable = durable;
  self->fd = self->note = -1;
  if (open_both (self))
    return self;
  fail (self, errno, error);
  /* The note is another program's if the file is. */
  if (self->note >= 0)
    close (self->note);
  self->note = -1;
  mill_batch_file_close (self);
  return NULL;
}

gboolean
mill_batch_file_append (MillBatchFile *self, const GString *batch, GError **error)
{
  gint64 begin = self->size + (self->is_open_ended ? 1 : 0), end = begin + (gint64) batch->len;
  g_autofree char *text = g_strdup_printf (NOTE_FORMAT, self->size, end);
  int errsv;

  if (write_at (self->note, text, strlen (text), 0) && flush (self, self->note) &&
      write_at (self->fd, "\n", (gsize) (begin - self->size), self->size) &&
      write_at (self->fd, batch->str, batch->len, begin) && flush (self, self->fd))
    {
      self->size = end;
      self->is_open_ended = FALSE;
      return TRUE;
    }
  errsv = errno;
  self->is_torn = ftruncate (self->fd, self->size) != 0;
  return fail (self, errsv, error);
}

gint64
mill_batch_file_get_size (const MillBatchFile *self)
{
  return self->size;
}

/* Returns: (transfer full): the first @most bytes, or all there are; %NULL with an error */
GBytes *
mill_batch_file_read_begin (const MillBatchFile *self, gsize most, GError **error)
{
  gsize length = (gsize) MIN ((gint64) most, self->size), n = 0;
  g_autofree char *text = g_malloc (length + 1);

  while (n < length)
    {
      gssize got = pread (self->fd, text + n, length - n, (goffset) n);

      if (got == 0)
        break;
      if (got < 0 && errno != EINTR)
        {
          fail (self, errno, error);
          return NULL;
        }
      n += (gsize) MAX (got, 0);
    }
  return g_bytes_new_take (g_steal_pointer (&text), n);
}

void
mill_batch_file_close (MillBatchFile *self)
{
  if (self->note >= 0)
    {
      if (!self->is_torn)
        g_unlink (self->note_path);
      close (self->note);
    }
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->path);
  g_free (self->note_path);
  g_free (self);
}
