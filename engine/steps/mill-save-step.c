/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillSaveStep: whole files or none. A page is written to a temporary file, which then takes the page's name,
 * so no program ever sees half a page under it. Nothing is synced to the disk: after a power cut the last
 * pages may be missing or empty.
 *
 * Temporary files lie in the save folder itself, where no page ever does, and are locked while they are
 * written: one that is not locked was left by a program that was killed, and the next run removes it. */

#include "config.h"

#include "steps/mill-save-step.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/mill-error.h"
#include "core/mill-property-private.h"
#include "core/mill-write-private.h"
#include "crawl/mill-offline-tree-private.h"
#include "crawl/mill-save-name.h"
#include "pipeline/mill-knob.h"
#include "pipeline/mill-pipeline.h"
#include "record/mill-item-rows-private.h"
#include "sources/mill-crawl-source-private.h"

#define SLICE  (1024 * 1024) /* between two looks at the cancellable */
#define PREFIX ".millrace-"  /* of temporary files, then the process, "-" and a number */
#define SUFFIX ".part"

struct _MillSaveStep
{
  MillStep parent_instance;

  char *folder; /* (owned) (nullable) as configured */
  gboolean offline;
  char *root;           /* (owned) (nullable) absolute; set by open */
  MillRunFile *file;    /* (owned) (nullable) what was saved, for later; while it is open and `offline` */
  gboolean file_is_own; /* nobody else writes to it */
  MillSaveNames *names; /* (owned) */
  guint temporaries;    /* (atomic) numbers them */

  GMutex lock;
  GHashTable *made; /* (owned) (lock) set of folders that are known to be there */
};

typedef enum
{
  PROP_FOLDER = 1,
  PROP_OFFLINE,
} MillSaveStepProperty;

static GParamSpec *properties[PROP_OFFLINE + 1];

G_DEFINE_FINAL_TYPE (MillSaveStep, mill_save_step, MILL_TYPE_STEP)

static gboolean
write_bytes (int fd, GBytes *bytes, GCancellable *cancellable)
{
  gsize left;
  const char *data = g_bytes_get_data (bytes, &left);

  while (left > 0)
    {
      gsize n = MIN (left, SLICE);

      if (g_cancellable_is_cancelled (cancellable))
        {
          errno = ECANCELED;
          return FALSE;
        }
      if (!mill_write_all (fd, data, n))
        return FALSE;
      data += n;
      left -= n;
    }
  return TRUE;
}

/* Whether @name is one that create_temporary() gives. */
static gboolean
is_temporary_name (const char *name)
{
  const char *digits = "0123456789";
  gsize pid, number;

  if (!g_str_has_prefix (name, PREFIX))
    return FALSE;
  name += strlen (PREFIX);
  pid = strspn (name, digits);
  if (pid == 0 || name[pid] != '-')
    return FALSE;
  name += pid + 1;
  number = strspn (name, digits);
  return number > 0 && strcmp (name + number, SUFFIX) == 0;
}

/* Whether nobody writes the file any more, and nobody will; it is locked then. A file system without locks
 * says so of none. */
static gboolean
is_left_over (int fd)
{
  struct stat status;

  return fstat (fd, &status) == 0 && S_ISREG (status.st_mode) && status.st_uid == geteuid () &&
         flock (fd, LOCK_EX | LOCK_NB) == 0;
}

/* Removes what programs that were killed left in the folder. */
static void
remove_leftovers (MillSaveStep *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->root, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = NULL;
      int fd;

      if (!is_temporary_name (name))
        continue;
      path = g_build_filename (self->root, name, NULL);
      fd = open (path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
      if (fd < 0)
        continue;
      if (is_left_over (fd))
        g_unlink (path);
      close (fd);
    }
}

/* Whether another program took the file for a leftover between its making and its locking. */
static gboolean
is_taken_away (int fd)
{
  struct stat status;

  if (flock (fd, LOCK_EX | LOCK_NB) != 0)
    return errno == EWOULDBLOCK;
  return fstat (fd, &status) == 0 && status.st_nlink == 0;
}

/* Creates a file of a name that nobody else has. Returns -1 with errno set when that is impossible. */
static int
create_temporary (MillSaveStep *self, const char *folder, char **path)
{
  for (;;)
    {
      guint number = g_atomic_int_add (&self->temporaries, 1);
      g_autofree char *name = g_strdup_printf (PREFIX "%d-%u" SUFFIX, (int) getpid (), number);
      g_autofree char *candidate = g_build_filename (folder, name, NULL);
      int fd = open (candidate, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

      if (fd < 0 && errno != EEXIST)
        return -1;
      if (fd >= 0 && !is_taken_away (fd))
        {
          *path = g_steal_pointer (&candidate);
          return fd;
        }
      if (fd >= 0)
        close (fd);
    }
}

/* Writes @bytes to @path by way of a temporary file in @folder; on failure neither is left behind, and errno
 * says why. */
static gboolean
replace_file (MillSaveStep *self, const char *folder, const char *path, GBytes *bytes,
              GCancellable *cancellable)
{
  g_autofree char *temporary = NULL;
  int fd = create_temporary (self, folder, &temporary);
  int errsv = 0, locked;

  if (fd < 0)
    return FALSE;
  /* To close a file may fail as to write it does, but it is to be locked until it has its name. */
  locked = fcntl (fd, F_DUPFD_CLOEXEC, 0);
  if (locked < 0 || !write_bytes (fd, bytes, cancellable))
    errsv = errno;
  if (close (fd) != 0 && errsv == 0)
    errsv = errno;
  if (errsv == 0 && g_rename (temporary, path) != 0)
    errsv = errno;
  if (errsv != 0)
    g_unlink (temporary);
  if (locked >= 0)
    close (locked);
  errno = errsv;
  return errsv == 0;
}

/* By way of a temporary file in the save folder, or where @folder is on another disk, in itself. */
static gboolean
write_page (MillSaveStep *self, const char *folder, const char *path, GBytes *bytes,
            GCancellable *cancellable)
{
  return replace_file (self, self->root, path, bytes, cancellable) ||
         (errno == EXDEV && replace_file (self, folder, path, bytes, cancellable));
}

static gboolean
make_folder (MillSaveStep *self, const char *folder)
{
  gboolean is_made;

  g_mutex_lock (&self->lock);
  is_made = g_hash_table_contains (self->made, folder);
  g_mutex_unlock (&self->lock);
  if (is_made)
    return TRUE;
  if (g_mkdir_with_parents (folder, 0777) != 0)
    return FALSE;
  g_mutex_lock (&self->lock);
  g_hash_table_add (self->made, g_strdup (folder));
  g_mutex_unlock (&self->lock);
  return TRUE;
}

/* The only way to know that a folder can be written is to write. */
static gboolean
test_folder (MillSaveStep *self, GError **error)
{
  g_autofree char *temporary = NULL;
  int fd = -1;

  if (make_folder (self, self->root))
    fd = create_temporary (self, self->root, &temporary);
  if (fd < 0)
    {
      int errsv = errno;

      g_set_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (errsv),
                   _ ("the folder “%s” cannot be written: %s"), self->root, g_strerror (errsv));
      return FALSE;
    }
  g_unlink (temporary);
  close (fd);
  return TRUE;
}

/* Somebody may have removed folders that were there: all but the save folder itself are made again. */
static gboolean
save_page (MillSaveStep *self, const char *path, GBytes *bytes, GCancellable *cancellable)
{
  g_autofree char *folder = g_path_get_dirname (path);

  if (make_folder (self, folder) && write_page (self, folder, path, bytes, cancellable))
    return TRUE;
  if (errno != ENOENT || !g_file_test (self->root, G_FILE_TEST_IS_DIR))
    return FALSE;
  g_mutex_lock (&self->lock);
  g_hash_table_remove_all (self->made);
  g_mutex_unlock (&self->lock);
  return make_folder (self, folder) && write_page (self, folder, path, bytes, cancellable);
}

/* Whether no other page could be saved either. */
static gboolean
is_hopeless (MillSaveStep *self, int errsv)
{
  g_autofree char *temporary = NULL;
  int fd;

  if (errsv == ECANCELED)
    return FALSE;
  if (mill_write_is_hopeless (errsv))
    return TRUE;
  fd = create_temporary (self, self->root, &temporary);
  if (fd < 0)
    return errno != EMFILE && errno != ENFILE;
  g_unlink (temporary);
  close (fd);
  return FALSE;
}

static gboolean
set_errno_error (MillSaveStep *self, GError **error, const char *path, int errsv)
{
  if (errsv == ENOENT && !g_file_test (self->root, G_FILE_TEST_IS_DIR))
    g_set_error (error, MILL_ERROR, MILL_ERROR_FATAL, _ ("the folder “%s” is not there any more"),
                 self->root);
  else if (is_hopeless (self, errsv))
    g_set_error (error, MILL_ERROR, MILL_ERROR_FATAL, _ ("cannot save to “%s”: %s"), path,
                 g_strerror (errsv));
  else
    g_set_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (errsv), _ ("cannot save to “%s”: %s"), path,
                 g_strerror (errsv));
  return FALSE;
}

static void
reserve_name (const char *key, const char *file, gpointer user_data)
{
  mill_save_names_reserve (MILL_SAVE_STEP (user_data)->names, file, key);
}

/* A crawl that goes on leaves alone what it saved before. */
static void
use_run_file (MillSaveStep *self, MillSource *source)
{
  MillRunFile *file =
      MILL_IS_CRAWL_SOURCE (source) ? mill_crawl_source_get_run_file (MILL_CRAWL_SOURCE (source)) : NULL;

  if (file != NULL)
    mill_item_rows_read_files (file, reserve_name, self);
  g_clear_pointer (&self->file, mill_run_file_unref);
  if (!self->offline)
    return;
  self->file_is_own = file == NULL;
  self->file = file != NULL ? mill_run_file_ref (file) : mill_run_file_new_temporary ();
}

static void
note_row (MillSaveStep *self, MillItem *row)
{
  mill_item_rows_put (self->file, row, MILL_OUTCOME_DONE, NULL);
}

/* What a run file would say of the item, when there is none. */
static void
note_item (MillSaveStep *self, MillItem *item)
{
  const char *final_url = mill_item_get_attribute (item, "final-url");
  g_autoptr (MillItem) page = NULL, redirect = NULL;

  if (!self->file_is_own)
    return;
  if (mill_item_get_payload (item) == NULL || final_url == NULL ||
      g_strcmp0 (final_url, mill_item_get_key (item)) == 0)
    {
      note_row (self, item);
      return;
    }
  /* The step that fetched it has followed redirects. */
  page = mill_item_new (0, final_url);
  mill_item_set_attribute (page, "file", mill_item_get_attribute (item, "file"));
  mill_item_set_attribute (page, "content-type", mill_item_get_attribute (item, "content-type"));
  note_row (self, page);
  redirect = mill_item_new (0, mill_item_get_key (item));
  mill_item_set_attribute (redirect, "location", final_url);
  note_row (self, redirect);
}

static gboolean
mill_save_step_open (MillStep *step, MillPipeline *pipeline, GError **error)
{
  MillSaveStep *self = MILL_SAVE_STEP (step);
  g_autofree char *expanded = NULL;

  if (self->folder == NULL || self->folder[0] == '\0')
    {
      g_set_error_literal (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("the save step needs a “folder”"));
      return FALSE;
    }
  expanded = mill_pipeline_expand (pipeline, self->folder, error);
  if (expanded == NULL)
    return FALSE;
  g_free (self->root);
  self->root = g_canonicalize_filename (expanded, NULL);
  use_run_file (self, mill_pipeline_get_source (pipeline));
  if (!test_folder (self, error))
    return FALSE;
  remove_leftovers (self);
  return TRUE;
}

static gboolean
has_address (const char *key)
{
  return g_str_has_prefix (key, "http://") || g_str_has_prefix (key, "https://");
}

static gboolean
mill_save_step_process (MillStep *step, MillWork *work, GCancellable *cancellable, GError **error)
{
  MillSaveStep *self = MILL_SAVE_STEP (step);
  MillItem *item = mill_work_get_item (work);
  GBytes *payload = mill_item_get_payload (item);
  const char *key = mill_item_get_key (item) != NULL ? mill_item_get_key (item) : "";
  g_autofree char *name = NULL, *path = NULL;

  if (payload == NULL)
    {
      if (self->offline)
        note_item (self, item);
      return TRUE;
    }
  if (!has_address (key))
    {
      g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("“%s” is no web address to name a file after"),
                   key);
      return FALSE;
    }
  name = mill_save_names_get (self->names, key, mill_item_get_attribute (item, "content-type"));
  path = g_build_filename (self->root, name, NULL);
  if (!save_page (self, path, payload, cancellable))
    return set_errno_error (self, error, path, errno);
  mill_item_set_attribute (item, "saved-as", path);
  mill_item_set_attribute (item, "file", name);
  if (self->offline)
    note_item (self, item);
  return TRUE;
}

static void
progress_cb (guint64 n_done, guint64 n_files, gpointer user_data)
{
  mill_pipeline_set_progress (user_data, n_done, n_files);
}

static gboolean
mill_save_step_wrap_up (MillStep *step, MillPipeline *pipeline, GCancellable *cancellable, GError **error)
{
  MillSaveStep *self = MILL_SAVE_STEP (step);

  return !self->offline ||
         mill_offline_tree_rewrite (self->root, self->file, progress_cb, pipeline, cancellable, error);
}

static void
mill_save_step_close (MillStep *step)
{
  g_clear_pointer (&MILL_SAVE_STEP (step)->file, mill_run_file_unref);
}

static void
mill_save_step_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch ((MillSaveStepProperty) prop_id)
    {
    case PROP_FOLDER:
      g_value_set_string (value, MILL_SAVE_STEP (object)->folder);
      break;
    case PROP_OFFLINE:
      g_value_set_boolean (value, MILL_SAVE_STEP (object)->offline);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_save_step_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MillSaveStep *self = MILL_SAVE_STEP (object);

  switch ((MillSaveStepProperty) prop_id)
    {
    case PROP_FOLDER:
      if (mill_property_take_string (&self->folder, value))
        g_object_notify_by_pspec (object, pspec);
      break;
    case PROP_OFFLINE:
      if (mill_property_take_boolean (&self->offline, value))
        g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_save_step_finalize (GObject *object)
{
  MillSaveStep *self = MILL_SAVE_STEP (object);

  g_clear_pointer (&self->file, mill_run_file_unref);
  g_hash_table_unref (self->made);
  g_mutex_clear (&self->lock);
  g_object_unref (self->names);
  g_free (self->root);
  g_free (self->folder);
  G_OBJECT_CLASS (mill_save_step_parent_class)->finalize (object);
}

static void
mill_save_step_class_init (MillSaveStepClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  MillStepClass *step_class = MILL_STEP_CLASS (klass);

  object_class->get_property = mill_save_step_get_property;
  object_class->set_property = mill_save_step_set_property;
  object_class->finalize = mill_save_step_finalize;
  step_class->open = mill_save_step_open;
  step_class->process = mill_save_step_process;
  step_class->wrap_up = mill_save_step_wrap_up;
  step_class->close = mill_save_step_close;

  /**
   * MillSaveStep:folder:
   *
   * Where the files are saved; it is made if it is not there.
   */
  properties[PROP_FOLDER] = g_param_spec_string (
      "folder", _ ("Folder"), _ ("Where the files are saved; it is made if it is not there"), NULL,
      MILL_CONFIG_FLAGS);
  /**
   * MillSaveStep:offline:
   *
   * Whether the links in the saved pages are rewritten at the end, so that they can be read without the
   * network.
   */
  properties[PROP_OFFLINE] = g_param_spec_boolean (
      "offline", _ ("For Reading Offline"),
      _ ("Whether links between the saved pages are made to lead from file to file at the end"), FALSE,
      MILL_CONFIG_FLAGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mill_save_step_init (MillSaveStep *self)
{
  g_mutex_init (&self->lock);
  self->names = mill_save_names_new ();
  self->made = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/**
 * mill_save_step_new:
 * @folder: (nullable): where to save
 *
 * Creates the step.
 *
 * Returns: (transfer full): the step
 */
MillStep *
mill_save_step_new (const char *folder)
{
  return g_object_new (MILL_TYPE_SAVE_STEP, "folder", folder, NULL);
}
