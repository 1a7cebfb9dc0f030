/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillWarcWriter: a list of exchanges to be written, and a thread that writes them one after the other. */

#include "config.h"

#include "record/mill-warc-writer-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/mill-cancel-source-private.h"
#include "core/mill-error.h"
#include "core/mill-write-private.h"
#include "record/mill-warc-end-private.h"

#define SUFFIX      ".warc.gz"
#define BUFFER_SIZE (256 * 1024)
#define LEAST_ROOM  1024
#define MOST_LEFT   (16 * 1024 * 1024)
#define LEVEL       6

struct _MillWarcWriter
{
  gatomicrefcount refs;
  char *path;   /* (owned) */
  char *name;   /* (owned) for messages */
  char *fields; /* (owned) of the warcinfo record */
  gboolean is_new;
  GThread *thread;       /* (owned) (nullable) once it was joined */
  GCancellable *closing; /* (owned) ends the look for the end of an archive that nothing is added to */

  /* The thread's own, and before it begins and after it was joined whose who opens and closes. */
  int fd;
  goffset end;      /* of the last whole exchange */
  char *warcinfo;   /* (owned) (nullable) the name of the warcinfo record, once it is written */
  GConverter *gzip; /* (owned) */
  guint8 *buffer;   /* (owned) compressed, not yet written */
  gsize n_buffered;

  GMutex lock;    /* guards the rest */
  GCond cond;     /* something to do */
  GQueue waiting; /* of (owned) Write */
  gsize n_left;   /* bytes of those that nobody waits for */
  gboolean is_closed;
  GError *error; /* (owned) (nullable) the first */
};

/* One exchange on its way into the file. */
typedef struct
{
  gatomicrefcount refs;
  MillWarcWriter *writer;     /* (unowned) who waits keeps it, and the writer itself what nobody waits for */
  MillWarcExchange *exchange; /* (owned) */
  gsize size;
  GTask *task;         /* (owned) (nullable) (lock) who waits, until one claims the right to answer */
  GSource *cancel;     /* (owned) (nullable) (lock) */
  gboolean is_waiting; /* (lock) in the list */
  gboolean is_left;    /* nobody waits */
} Write;

static void
write_unref (gpointer data)
{
  Write *write = data;

  if (!g_atomic_ref_count_dec (&write->refs))
    return;
  mill_warc_exchange_free (write->exchange);
  g_free (write);
}

static gboolean
set_errno_error (MillWarcWriter *self, GError **error)
{
  g_set_error (error, MILL_ERROR, MILL_ERROR_FATAL, _ ("the archive %s cannot be written: %s"), self->name,
               g_strerror (errno));
  return FALSE;
}

static gboolean
write_out (MillWarcWriter *self, GError **error)
{
  if (!mill_write_all (self->fd, self->buffer, self->n_buffered))
    return set_errno_error (self, error);
  self->n_buffered = 0;
  return TRUE;
}

static gboolean
compress (MillWarcWriter *self, gconstpointer data, gsize size, gboolean is_last, GError **error)
{
  const guint8 *next = data;
  GConverterResult result = G_CONVERTER_CONVERTED;

  while (size > 0 || (is_last && result != G_CONVERTER_FINISHED))
    {
      gsize n_read, n_written;

      if (BUFFER_SIZE - self->n_buffered < LEAST_ROOM && !write_out (self, error))
        return FALSE;
      result = g_converter_convert (
          self->gzip, next, size, self->buffer + self->n_buffered, BUFFER_SIZE - self->n_buffered,
          is_last ? G_CONVERTER_INPUT_AT_END : G_CONVERTER_NO_FLAGS, &n_read, &n_written, error);
      if (result == G_CONVERTER_ERROR)
        return FALSE;
      next += n_read;
      size -= n_read;
      self->n_buffered += n_written;
    }
  return TRUE;
}

static gboolean
compress_bytes (MillWarcWriter *self, GBytes *bytes, GError **error)
{
  return bytes == NULL ||
         compress (self, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), FALSE, error);
}

/* @head: (transfer full), @first, @second: (nullable) what follows it */
static gboolean
add_record (MillWarcWriter *self, GString *head, GBytes *first, GBytes *second, GError **error)
{
  gboolean ok;

  g_converter_reset (self->gzip);
  ok = compress (self, head->str, head->len, FALSE, error) && compress_bytes (self, first, error) &&
       compress_bytes (self, second, error) && compress (self, "\r\n\r\n", 4, TRUE, error);
  g_string_free (head, TRUE);
  return ok;
}

static gboolean
add_info (MillWarcWriter *self, GError **error)
{
  g_autofree char *file = g_strdelimit (g_path_get_basename (self->name), "\r\n", ' ');
  g_autoptr (GBytes) fields = g_bytes_new_static (self->fields, strlen (self->fields));
  g_autofree char *name = mill_warc_new_name ();

  if (!add_record (self, mill_warc_describe_info (name, file, self->fields), fields, NULL, error))
    return FALSE;
  self->warcinfo = g_steal_pointer (&name);
  return TRUE;
}

static gboolean
add_exchange (MillWarcWriter *self, const MillWarcExchange *exchange, GError **error)
{
  g_auto (MillWarcNames) names = { g_strdup (self->warcinfo), mill_warc_new_name (), mill_warc_new_name () };

  /* In this order, a program that is killed leaves no request behind that names a missing response. */
  return add_record (self, mill_warc_describe_response (exchange, &names), exchange->response, exchange->body,
                     error) &&
         add_record (self, mill_warc_describe_request (exchange, &names), exchange->request, NULL, error);
}

/* Writes all of an exchange or, as far as the disk lets it, nothing. */
static gboolean
write_exchange (MillWarcWriter *self, const MillWarcExchange *exchange, GError **error)
{
  goffset end;

  self->n_buffered = 0;
  if ((self->warcinfo != NULL || add_info (self, error)) && add_exchange (self, exchange, error) &&
      write_out (self, error))
    {
      end = lseek (self->fd, 0, SEEK_CUR);
      if (end >= 0)
        {
          self->end = end;
          return TRUE;
        }
      set_errno_error (self, error);
    }
  /* What fails here leaves half a record, which the next run cuts off. */
  if (ftruncate (self->fd, self->end) != 0)
    g_debug ("%s: %s", self->name, g_strerror (errno));
  return FALSE;
}

/* Goes to the end of what is there, and cuts off half a record. */
static gboolean
go_to_end (MillWarcWriter *self, GError **error)
{
  if (self->is_new)
    return TRUE;
  if (!mill_warc_find_end (self->fd, self->name, self->closing, &self->end, error))
    return FALSE;
  if (ftruncate (self->fd, self->end) != 0 || lseek (self->fd, self->end, SEEK_SET) < 0)
    return set_errno_error (self, error);
  return TRUE;
}

/* Answers who waits, unless somebody has. */
static void
settle (MillWarcWriter *self, Write *write, const GError *error)
{
  GTask *task;
  GSource *cancel;

  g_mutex_lock (&self->lock);
  task = g_steal_pointer (&write->task);
  cancel = g_steal_pointer (&write->cancel);
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&cancel, mill_cancel_source_destroy);
  if (task == NULL)
    return;
  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

/* (transfer full) (nullable): the next one; NULL once it is closed and all are written */
static Write *
take (MillWarcWriter *self)
{
  Write *write;

  g_mutex_lock (&self->lock);
  while (g_queue_is_empty (&self->waiting) && !self->is_closed)
    g_cond_wait (&self->cond, &self->lock);
  write = g_queue_pop_head (&self->waiting);
  if (write != NULL)
    {
      write->is_waiting = FALSE;
      if (write->is_left)
        self->n_left -= write->size;
    }
  g_mutex_unlock (&self->lock);
  return write;
}

static gpointer
run (gpointer data)
{
  MillWarcWriter *self = data;
  g_autoptr (GError) error = NULL;
  gboolean ok = go_to_end (self, &error);
  Write *write;

  while ((write = take (self)) != NULL)
    {
      ok = ok && write_exchange (self, write->exchange, &error);
      if (!ok)
        {
          g_mutex_lock (&self->lock);
          if (self->error == NULL)
            self->error = g_error_copy (error);
          g_mutex_unlock (&self->lock);
        }
      settle (self, write, error);
      write_unref (write);
    }
  return NULL;
}

static gboolean
refuse_name (const char *name, GError **error)
{
  g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("%s: an archive’s name ends in %s"), name, SUFFIX);
  return FALSE;
}

static gboolean
open_file (MillWarcWriter *self, GError **error)
{
  if (!g_str_has_suffix (self->path, SUFFIX))
    return refuse_name (self->name, error);
  self->fd = g_open (self->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  self->is_new = self->fd >= 0;
  if (self->fd < 0 && errno == EEXIST)
    self->fd = g_open (self->path, O_RDWR | O_CLOEXEC, 0);
  if (self->fd < 0)
    return set_errno_error (self, error);
  if (flock (self->fd, LOCK_EX | LOCK_NB) == 0)
    return self->is_new || mill_warc_check_begin (self->fd, self->name, error);
  g_set_error (error, MILL_ERROR, MILL_ERROR_FAILED, _ ("the archive %s is being written by another crawl"),
               self->name);
  return FALSE;
}

/**
 * mill_warc_writer_new:
 * @path: where; the name ends in ".warc.gz"
 * @fields: what to say about who writes it, as application/warc-fields
 *
 * Opens an archive, or begins one.
 *
 * Returns: (transfer full): the writer, or %NULL with @error set and the file as it was
 */
MillWarcWriter *
mill_warc_writer_new (const char *path, const char *fields, GError **error)
{
  MillWarcWriter *self = g_new0 (MillWarcWriter, 1);

  g_atomic_ref_count_init (&self->refs);
  self->path = g_strdup (path);
  self->name = g_filename_display_name (path);
  self->fields = g_strdup (fields);
  self->fd = -1;
  self->closing = g_cancellable_new ();
  self->gzip = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, LEVEL));
  self->buffer = g_malloc (BUFFER_SIZE);
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  g_queue_init (&self->waiting);
  if (open_file (self, error))
    self->thread = g_thread_try_new ("mill-warc", run, self, error);
  if (self->thread == NULL)
    g_clear_pointer (&self, mill_warc_writer_unref);
  return self;
}

MillWarcWriter *
mill_warc_writer_ref (MillWarcWriter *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/* Not on the writer's own thread, nor with exchanges that somebody waits for. */
void
mill_warc_writer_unref (MillWarcWriter *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  mill_warc_writer_close (self, NULL);
  g_object_unref (self->gzip);
  g_object_unref (self->closing);
  g_clear_error (&self->error);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self->warcinfo);
  g_free (self->buffer);
  g_free (self->fields);
  g_free (self->name);
  g_free (self->path);
  g_free (self);
}

/**
 * mill_warc_writer_close:
 *
 * Waits until all is written. What comes afterwards fails. By one thread at a time.
 *
 * Returns: %FALSE with @error set if something could not be written, now or before
 */
gboolean
mill_warc_writer_close (MillWarcWriter *self, GError **error)
{
  g_mutex_lock (&self->lock);
  self->is_closed = TRUE;
  if (g_queue_is_empty (&self->waiting))
    g_cancellable_cancel (self->closing);
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&self->thread, g_thread_join);
  if (self->fd >= 0)
    {
      if (self->is_new && self->end == 0)
        g_unlink (self->path);
      if (close (self->fd) != 0 && self->error == NULL)
        set_errno_error (self, &self->error);
      self->fd = -1;
    }
  if (self->error != NULL && error != NULL)
    *error = g_error_copy (self->error);
  return self->error == NULL;
}

/* In place of the writer's thread, while its turn has not come or the disk hangs. */
static gboolean
cancelled_cb (gpointer user_data)
{
  Write *write = user_data;
  MillWarcWriter *self = write->writer;
  g_autoptr (GTask) task = NULL;
  GSource *cancel;
  gboolean was_waiting;

  g_mutex_lock (&self->lock);
  task = g_steal_pointer (&write->task);
  cancel = g_steal_pointer (&write->cancel);
  was_waiting = task != NULL && write->is_waiting;
  if (was_waiting)
    g_queue_remove (&self->waiting, write);
  g_mutex_unlock (&self->lock);
  if (task != NULL)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Operation was cancelled"));
  if (was_waiting)
    write_unref (write);
  g_clear_pointer (&cancel, mill_cancel_source_destroy);
  return G_SOURCE_REMOVE;
}

static Write *
write_new (MillWarcWriter *self, MillWarcExchange *exchange)
{
  Write *write = g_new0 (Write, 1);

  g_atomic_ref_count_init (&write->refs);
  write->writer = self;
  write->exchange = exchange;
  write->size = mill_warc_exchange_get_size (exchange);
  return write;
}

/* Takes over @write, unless there is an error. */
static gboolean
push (MillWarcWriter *self, Write *write, GError **error)
{
  gboolean ok;

  g_mutex_lock (&self->lock);
  ok = self->error == NULL && !self->is_closed;
  if (ok)
    {
      write->is_waiting = TRUE;
      g_queue_push_tail (&self->waiting, write);
      g_cond_signal (&self->cond);
    }
  else if (self->error != NULL)
    g_propagate_error (error, g_error_copy (self->error));
  else
    g_set_error (error, MILL_ERROR, MILL_ERROR_STATE, _ ("the archive %s is closed"), self->name);
  g_mutex_unlock (&self->lock);
  return ok;
}

/**
 * mill_warc_writer_write_async:
 * @exchange: (transfer full): what to write
 * @cancellable: (nullable): ends the wait
 * @callback: called in the thread-default main context once it is written
 *
 * Writes an exchange. The caller keeps a reference to @self until @callback.
 */
void
mill_warc_writer_write_async (MillWarcWriter *self, MillWarcExchange *exchange, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Write *write = write_new (self, exchange);
  GError *error = NULL;

  g_task_set_source_tag (task, mill_warc_writer_write_async);
  g_task_set_check_cancellable (task, FALSE);
  write->task = g_object_ref (task);
  if (cancellable != NULL)
    {
      g_atomic_ref_count_inc (&write->refs);
      write->cancel =
          mill_cancel_source_new ("mill warc", MILL_NEVER, cancellable, cancelled_cb, write, write_unref);
      g_source_attach (write->cancel, g_task_get_context (task));
    }
  if (push (self, write, &error))
    return;
  settle (self, write, error);
  g_error_free (error);
  write_unref (write);
}

/**
 * mill_warc_writer_write_finish:
 *
 * Returns: whether the exchange is in the file; otherwise @error says why not
 */
gboolean
mill_warc_writer_write_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * mill_warc_writer_leave:
 * @exchange: (transfer full): what to write
 *
 * Writes an exchange for which nobody can wait any more; or does not, if the disk lags far behind.
 */
void
mill_warc_writer_leave (MillWarcWriter *self, MillWarcExchange *exchange)
{
  Write *write = write_new (self, exchange);
  gboolean has_room;

  write->is_left = TRUE;
  g_mutex_lock (&self->lock);
  has_room = self->n_left + write->size <= MOST_LEFT;
  if (has_room)
    self->n_left += write->size;
  g_mutex_unlock (&self->lock);
  if (has_room && push (self, write, NULL))
    return;
  write_unref (write);
}
