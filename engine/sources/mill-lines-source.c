/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillLinesSource: lines, as they come. A disk is read at once, but a pipe or a terminal may be silent for
 * hours: the source then says that it waits, so that the pipeline can be stopped, and has the engine's loop
 * watch it. A file that is followed is looked at again from time to time: what renames and truncates it tells
 * nobody. */

#include "config.h"

#include "sources/mill-lines-source.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/mill-error.h"
#include "core/mill-property-private.h"
#include "pipeline/mill-knob.h"
#include "pipeline/mill-pipeline.h"
#include "sources/mill-inflater-private.h"
#include "sources/mill-line-buffer-private.h"
#include "sources/mill-number-key-private.h"

#define LOOK_AGAIN_US (G_USEC_PER_SEC / 4)

struct _MillLinesSource
{
  MillSource parent_instance;

  char *file; /* (owned) (nullable) */
  gboolean follow;

  /* Made by open; then used by poll alone. */
  char *name; /* (owned) (nullable) for messages */
  int fd; /* (owned, unless it is the standard input) -1 when closed, or while a followed file is missing */
  gboolean may_be_silent;
  MillInflater *inflater; /* (owned) (nullable) of a compressed file */
  gboolean is_leaving; /* another file is in its place; what was written to this one meanwhile comes first */
  GMainContext *context; /* (owned) (nullable) */
  MillLineBuffer buffer;
  guint64 number;
  gboolean at_end;

  GMutex lock;
  GSource *watch; /* (owned) (nullable) (lock) set while input is awaited */
};

typedef enum
{
  PROP_FILE = 1,
  PROP_FOLLOW,
} MillLinesSourceProperty;

static GParamSpec *properties[PROP_FOLLOW + 1];

G_DEFINE_FINAL_TYPE (MillLinesSource, mill_lines_source, MILL_TYPE_SOURCE)

static gboolean
set_errno_error (GError **error, const char *name, int errsv)
{
  g_set_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (errsv), _ ("cannot read “%s”: %s"), name,
               g_strerror (errsv));
  return FALSE;
}

/* What can be followed is a file of lines as they are. */
static gboolean
check_follow (MillLinesSource *self, GError **error)
{
  if (!self->follow || (!self->may_be_silent && self->inflater == NULL))
    return TRUE;
  g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID,
               self->may_be_silent ? _ ("follow: “%s” is not a file, and followed as it is")
                                   : _ ("follow: “%s” is compressed, and cannot be followed"),
               self->name);
  return FALSE;
}

static gboolean
open_file (MillLinesSource *self, GError **error)
{
  struct stat info;

  if (g_str_equal (self->name, "-"))
    {
      g_free (self->name);
      self->name = g_strdup (_ ("the standard input"));
      self->fd = STDIN_FILENO;
    }
  else /* without O_NONBLOCK, opening a named pipe waits for a writer */
    self->fd = open (self->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  self->may_be_silent = FALSE;
  if (self->fd < 0 && errno == ENOENT && self->follow)
    return TRUE;
  if (self->fd < 0 || fstat (self->fd, &info) != 0)
    return set_errno_error (error, self->name, errno);
  if (S_ISDIR (info.st_mode))
    return set_errno_error (error, self->name, EISDIR);
  self->may_be_silent = !S_ISREG (info.st_mode);
  if (!self->may_be_silent && mill_inflater_applies (self->fd))
    self->inflater = mill_inflater_new ();
  return check_follow (self, error);
}

static void
close_file (MillLinesSource *self)
{
  if (self->fd > STDIN_FILENO)
    close (self->fd);
  self->fd = -1;
}

/* A start that failed may be tried again. */
static void
forget_file (MillLinesSource *self)
{
  close_file (self);
  g_clear_pointer (&self->inflater, mill_inflater_free);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->name, g_free);
}

static gboolean
mill_lines_source_open (MillSource *source, MillPipeline *pipeline, GError **error)
{
  MillLinesSource *self = MILL_LINES_SOURCE (source);
  GMainContext *context = mill_pipeline_get_context (pipeline);

  forget_file (self);
  if (self->file == NULL || self->file[0] == '\0')
    {
      g_set_error_literal (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("the source of lines needs a “file”"));
      return FALSE;
    }
  self->name = mill_pipeline_expand (pipeline, self->file, error);
  if (self->name == NULL || !open_file (self, error))
    return FALSE;
  self->context = context != NULL ? g_main_context_ref (context) : NULL;
  return TRUE;
}

static gboolean
input_came_cb (int fd, GIOCondition condition, gpointer user_data)
{
  MillLinesSource *self = user_data;

  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->watch, g_source_unref);
  g_mutex_unlock (&self->lock);
  mill_source_wake (MILL_SOURCE (self));
  return G_SOURCE_REMOVE;
}

static void
watch_input (MillLinesSource *self)
{
  g_mutex_lock (&self->lock);
  if (self->watch == NULL)
    {
      self->watch = g_unix_fd_source_new (self->fd, G_IO_IN | G_IO_HUP | G_IO_ERR);
      g_source_set_callback (self->watch, G_SOURCE_FUNC (input_came_cb), g_object_ref (self), g_object_unref);
      g_source_set_static_name (self->watch, "MillLinesSource input");
      g_source_attach (self->watch, self->context);
    }
  g_mutex_unlock (&self->lock);
}

static gboolean
is_silent (MillLinesSource *self)
{
  GPollFD input = { .fd = self->fd, .events = G_IO_IN | G_IO_HUP | G_IO_ERR };

  return self->may_be_silent && g_poll (&input, 1, 0) == 0;
}

typedef enum
{
  FILL_GOT,
  FILL_SILENT,
  FILL_LATER, /* look again, some time */
  FILL_CUT,   /* another file follows */
  FILL_END,
  FILL_ERROR,
} Fill;

static Fill
fill_buffer (MillLinesSource *self, GError **error)
{
  char *room;
  gssize n;

  if (is_silent (self))
    return FILL_SILENT;
  room = mill_line_buffer_reserve (&self->buffer);
  do
    n = read (self->fd, room, MILL_LINE_BUFFER_READ);
  while (n < 0 && errno == EINTR);
  if (n < 0 && errno == EAGAIN)
    return FILL_SILENT;
  if (n < 0)
    {
      set_errno_error (error, self->name, errno);
      return FILL_ERROR;
    }
  mill_line_buffer_commit (&self->buffer, (gsize) n);
  return n == 0 ? FILL_END : FILL_GOT;
}

static Fill
fill_buffer_inflating (MillLinesSource *self, GError **error)
{
  g_autoptr (GError) reason = NULL;
  gssize n = mill_inflater_read (self->inflater, self->fd, mill_line_buffer_reserve (&self->buffer),
                                 MILL_LINE_BUFFER_READ, &reason);

  if (n < 0)
    {
      g_set_error (error, reason->domain, reason->code, _ ("cannot read “%s”: %s"), self->name,
                   reason->message);
      return FILL_ERROR;
    }
  mill_line_buffer_commit (&self->buffer, (gsize) n);
  return n == 0 ? FILL_END : FILL_GOT;
}

/* Goes on with the file that is in the place of the one that is open. */
static Fill
change_file (MillLinesSource *self)
{
  int fd = open (self->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

  self->is_leaving = FALSE;
  if (fd < 0)
    return FILL_LATER;
  close_file (self);
  self->fd = fd;
  return FILL_CUT;
}

/* One that is followed may come later. */
static Fill
await_file (MillLinesSource *self)
{
  struct stat named;

  if (stat (self->name, &named) != 0 || !S_ISREG (named.st_mode))
    return FILL_LATER;
  return change_file (self);
}

/* The end of a file that is followed. Another one in its place counts only once there is something in it:
 * until then, whoever writes may still write to this one. */
static Fill
look_again (MillLinesSource *self)
{
  struct stat held, named;

  if (self->is_leaving)
    return change_file (self);
  if (fstat (self->fd, &held) != 0)
    return FILL_LATER;
  if (held.st_size < lseek (self->fd, 0, SEEK_CUR))
    {
      lseek (self->fd, 0, SEEK_SET);
      return FILL_CUT;
    }
  if (stat (self->name, &named) != 0 || !S_ISREG (named.st_mode) || named.st_size == 0 ||
      (named.st_ino == held.st_ino && named.st_dev == held.st_dev))
    return FILL_LATER;
  self->is_leaving = TRUE;
  return FILL_GOT;
}

static Fill
fill (MillLinesSource *self, GError **error)
{
  Fill result;

  if (self->fd < 0)
    return await_file (self);
  result = self->inflater != NULL ? fill_buffer_inflating (self, error) : fill_buffer (self, error);
  return result == FILL_END && self->follow ? look_again (self) : result;
}

static MillItem *
make_item (MillLinesSource *self, const char *line, gsize length)
{
  g_autoptr (GBytes) payload = g_bytes_new (line, length);
  char digits[MILL_NUMBER_KEY_SIZE];
  MillItem *item;

  self->number++;
  item = mill_item_new (self->number, mill_number_key (digits, self->number));
  mill_item_set_payload (item, payload);
  return item;
}

static MillSourceResult
fail_at_long_line (MillLinesSource *self, GError **error)
{
  g_autofree char *place = g_strdup_printf ("%s:%" G_GUINT64_FORMAT, self->name, self->number + 1);

  g_set_error (error, MILL_ERROR, MILL_ERROR_TOO_LARGE, _ ("%s: the line is longer than %d MiB"), place,
               MILL_LINES_MAX_LENGTH / (1024 * 1024));
  return MILL_SOURCE_ERROR;
}

static MillSourceResult
wait_for_growth (MillLinesSource *self, gint64 now_us, MillSourceYield *yield)
{
  yield->ready_at_us = now_us + LOOK_AGAIN_US;
  yield->why = self->fd < 0 ? _ ("waiting for the file to be there") : _ ("waiting for the file to grow");
  return MILL_SOURCE_WAIT;
}

static MillSourceResult
wait_for_input (MillLinesSource *self, MillSourceYield *yield)
{
  watch_input (self);
  yield->ready_at_us = G_MAXINT64;
  yield->why = _ ("waiting for input");
  return MILL_SOURCE_WAIT;
}

static MillSourceResult
mill_lines_source_poll (MillSource *source, gint64 now_us, MillSourceYield *yield, GError **error)
{
  MillLinesSource *self = MILL_LINES_SOURCE (source);

  for (;;)
    {
      const char *line;
      gsize length;

      switch (mill_line_buffer_next (&self->buffer, &line, &length))
        {
        case MILL_LINE_FOUND:
          yield->item = make_item (self, line, length);
          return MILL_SOURCE_READY;
        case MILL_LINE_TOO_LONG:
          return fail_at_long_line (self, error);
        case MILL_LINE_PARTIAL:
        default:
          break;
        }
      if (self->at_end)
        {
          if (!mill_line_buffer_take_rest (&self->buffer, &line, &length))
            return MILL_SOURCE_END;
          yield->item = make_item (self, line, length);
          return MILL_SOURCE_READY;
        }
      switch (fill (self, error))
        {
        case FILL_SILENT:
          return wait_for_input (self, yield);
        case FILL_LATER:
          return wait_for_growth (self, now_us, yield);
        case FILL_CUT:
          if (!mill_line_buffer_take_rest (&self->buffer, &line, &length))
            break;
          yield->item = make_item (self, line, length);
          return MILL_SOURCE_READY;
        case FILL_ERROR:
          return MILL_SOURCE_ERROR;
        case FILL_END:
          self->at_end = TRUE;
          break;
        case FILL_GOT:
        default:
          break;
        }
    }
}

/* What was read from a pipe is nowhere else. */
static MillItem *
mill_lines_source_take_rest (MillSource *source)
{
  MillLinesSource *self = MILL_LINES_SOURCE (source);
  const char *line;
  gsize length;

  if (!self->may_be_silent || mill_line_buffer_next (&self->buffer, &line, &length) != MILL_LINE_FOUND)
    return NULL;
  return make_item (self, line, length);
}

static void
mill_lines_source_close (MillSource *source)
{
  MillLinesSource *self = MILL_LINES_SOURCE (source);
  g_autoptr (GSource) watch = NULL;

  g_mutex_lock (&self->lock);
  watch = g_steal_pointer (&self->watch);
  g_mutex_unlock (&self->lock);
  if (watch != NULL)
    g_source_destroy (watch);
  close_file (self);
}

static void
mill_lines_source_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch ((MillLinesSourceProperty) prop_id)
    {
    case PROP_FILE:
      g_value_set_string (value, MILL_LINES_SOURCE (object)->file);
      break;
    case PROP_FOLLOW:
      g_value_set_boolean (value, MILL_LINES_SOURCE (object)->follow);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_lines_source_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MillLinesSource *self = MILL_LINES_SOURCE (object);

  switch ((MillLinesSourceProperty) prop_id)
    {
    case PROP_FILE:
      if (mill_property_take_string (&self->file, value))
        g_object_notify_by_pspec (object, pspec);
      break;
    case PROP_FOLLOW:
      if (mill_property_take_boolean (&self->follow, value))
        g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_lines_source_finalize (GObject *object)
{
  MillLinesSource *self = MILL_LINES_SOURCE (object);

  forget_file (self);
  mill_line_buffer_clear (&self->buffer);
  g_free (self->file);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (mill_lines_source_parent_class)->finalize (object);
}

static void
mill_lines_source_class_init (MillLinesSourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  MillSourceClass *source_class = MILL_SOURCE_CLASS (klass);

  object_class->get_property = mill_lines_source_get_property;
  object_class->set_property = mill_lines_source_set_property;
  object_class->finalize = mill_lines_source_finalize;
  source_class->open = mill_lines_source_open;
  source_class->poll = mill_lines_source_poll;
  source_class->take_rest = mill_lines_source_take_rest;
  source_class->close = mill_lines_source_close;
  source_class->reads_blocking = TRUE;

  /**
   * MillLinesSource:file:
   *
   * A file whose lines are the items; “-” is the standard input.
   */
  properties[PROP_FILE] = g_param_spec_string (
      "file", _ ("File"), _ ("A file whose lines are the items; “-” is the standard input"), NULL,
      MILL_CONFIG_FLAGS);
  /**
   * MillLinesSource:follow:
   *
   * Wait for more at the end of the file, also when another takes its place.
   */
  properties[PROP_FOLLOW] = g_param_spec_boolean (
      "follow", _ ("Follow"), _ ("Wait for more at the end of the file, also when another takes its place"),
      FALSE, MILL_CONFIG_FLAGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mill_lines_source_init (MillLinesSource *self)
{
  self->fd = -1;
  mill_line_buffer_init (&self->buffer, MILL_LINES_MAX_LENGTH);
  g_mutex_init (&self->lock);
}

/**
 * mill_lines_source_new:
 * @file: (nullable): a path, or "-" for the standard input
 *
 * Creates the source.
 *
 * Returns: (transfer full): the source
 */
MillSource *
mill_lines_source_new (const char *file)
{
  return g_object_new (MILL_TYPE_LINES_SOURCE, "file", file, NULL);
}
