/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pass over a folder of saved pages. Files are opened one folder after the other, from a descriptor of
 * the root on, so that nobody can put a symbolic link in the way. */

#include "config.h"

#include "crawl/mill-offline-tree-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/mill-error.h"
#include "core/mill-write-private.h"
#include "crawl/mill-offline-links-private.h"
#include "record/mill-offline-rows-private.h"

#define BATCH 64 /* pages that are read from the run file at a time */

typedef struct
{
  char *key;
  char *path;
  char *type;
} Page;

typedef struct
{
  MillRunFile *file;         /* (unowned) */
  GCancellable *cancellable; /* (unowned) (nullable) */
  int root;
  const char *path; /* (unowned) of the page at hand */
  guint n_left;     /* files that could not be read or replaced */
  GError *first;    /* (owned) (nullable) why, for the first of them */
} Tree;

static void
page_free (gpointer data)
{
  Page *page = data;

  g_free (page->key);
  g_free (page->path);
  g_free (page->type);
  g_free (page);
}

static gboolean
fail_with (GError **error, const char *path, int errsv)
{
  g_set_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (errsv), "%s: %s", path, g_strerror (errsv));
  return FALSE;
}

/* A run file may have been made by anybody. */
static gboolean
is_inside (const char *path)
{
  g_auto (GStrv) names = g_strsplit (path, "/", -1);

  for (char **name = names; *name != NULL; name++)
    if (**name == '\0' || strcmp (*name, ".") == 0 || strcmp (*name, "..") == 0)
      return FALSE;
  return names[0] != NULL;
}

/* Opens the folder that holds @path. Returns: -1 with errno set when that is impossible */
static int
open_folder (const Tree *self, const char *path)
{
  int folder = dup (self->root);
  const char *slash;

  for (const char *p = path; folder >= 0 && (slash = strchr (p, '/')) != NULL; p = slash + 1)
    {
      g_autofree char *name = g_strndup (p, (gsize) (slash - p));
      int next = openat (folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      int errsv = errno;

      close (folder);
      errno = errsv;
      folder = next;
    }
  return folder;
}

/* Returns: (transfer full) (nullable): what is in a file; %NULL with errno set */
static GBytes *
read_all (int fd, gsize size)
{
  g_autofree char *data = g_try_malloc (size + 1);
  gsize length = 0;

  if (data == NULL)
    errno = ENOMEM;
  while (data != NULL && length < size)
    {
      gssize n = read (fd, data + length, size - length);

      if (n < 0 && errno != EINTR)
        return NULL;
      if (n == 0)
        break;
      length += n > 0 ? (gsize) n : 0;
    }
  return data != NULL ? g_bytes_new_take (g_steal_pointer (&data), length) : NULL;
}

/* Returns: (transfer full) (nullable): the page, %NULL with errno set; that is EFBIG when it is too long */
static GBytes *
read_page (int folder, const char *name, mode_t *mode)
{
  /* no device or pipe that somebody put there makes it wait */
  int fd = openat (folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  GBytes *bytes = NULL;
  struct stat status;
  int errsv;

  if (fd < 0)
    return NULL;
  if (fstat (fd, &status) != 0)
    errsv = errno;
  else if (!S_ISREG (status.st_mode))
    errsv = EINVAL;
  else if (status.st_size > MILL_OFFLINE_SIZE_MAX)
    errsv = EFBIG;
  else
    {
      bytes = read_all (fd, (gsize) status.st_size);
      errsv = errno;
      *mode = status.st_mode & 0777;
    }
  close (fd);
  errno = errsv;
  return bytes;
}

/* Writes a file beside the one of that name, and gives it the name. Returns: FALSE with errno set, and the
 * file as it was */
static gboolean
replace_page (Tree *self, int folder, const char *name, GBytes *bytes, mode_t mode)
{
  g_autofree char *temporary = g_strdup_printf (".millrace-%d-offline.part", (int) getpid ());
  int fd, errsv = 0;

  unlinkat (folder, temporary, 0); /* of a program that had this number and was killed */
  fd = openat (folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0)
    return FALSE;
  if (!mill_write_all (fd, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) ||
      fchmod (fd, mode) != 0)
    errsv = errno;
  if (close (fd) != 0 && errsv == 0)
    errsv = errno;
  if (errsv == 0)
    {
      g_autofree char *digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);

      mill_offline_rows_set_digest (self->file, self->path, digest);
      if (renameat (folder, temporary, folder, name) != 0)
        errsv = errno;
    }
  if (errsv != 0)
    unlinkat (folder, temporary, 0);
  errno = errsv;
  return errsv == 0;
}

static gboolean
is_settled (Tree *self, GBytes *bytes)
{
  g_autofree char *noted = mill_offline_rows_dup_digest (self->file, self->path);
  g_autofree char *digest = noted != NULL ? g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes) : NULL;

  return noted != NULL && strcmp (noted, digest) == 0;
}

static char *
find_cb (const char *url, gpointer user_data)
{
  Tree *self = user_data;
  g_autofree char *path = NULL;

  if (g_cancellable_is_cancelled (self->cancellable))
    return NULL;
  path = mill_offline_rows_find (self->file, url);
  return path != NULL && is_inside (path) ? mill_offline_reference (self->path, path) : NULL;
}

static gboolean
rewrite_in_folder (Tree *self, int folder, const char *name, const Page *page)
{
  mode_t mode = 0;
  g_autoptr (GBytes) bytes = read_page (folder, name, &mode);
  g_autoptr (GBytes) rewritten = NULL;

  if (bytes == NULL)
    return errno == EFBIG;
  rewritten = mill_offline_rewrite (bytes, page->type, page->key, is_settled (self, bytes), find_cb, self);
  if (rewritten == NULL || rewritten == bytes || g_cancellable_is_cancelled (self->cancellable))
    return TRUE;
  return replace_page (self, folder, name, rewritten, mode);
}

/* Whether to go on makes no sense. */
static gboolean
is_fatal (int errsv)
{
  return mill_write_is_hopeless (errsv) || errsv == EMFILE || errsv == ENFILE || errsv == ENOMEM;
}

static gboolean
rewrite_page (Tree *self, const Page *page, GError **error)
{
  const char *slash = strrchr (page->path, '/');
  gboolean ok = FALSE;
  int folder, errsv;

  if (!mill_offline_is_rewritable (page->type))
    return TRUE;
  self->path = page->path;
  errno = EINVAL;
  folder = is_inside (page->path) ? open_folder (self, page->path) : -1;
  if (folder >= 0)
    ok = rewrite_in_folder (self, folder, slash != NULL ? slash + 1 : page->path, page);
  errsv = errno;
  if (folder >= 0)
    close (folder);
  if (ok)
    return TRUE;
  if (is_fatal (errsv))
    return fail_with (error, page->path, errsv);
  self->n_left++;
  if (self->first == NULL)
    fail_with (&self->first, page->path, errsv);
  return TRUE;
}

static void
add_page (const char *key, const char *file, const char *type, gpointer user_data)
{
  Page *page = g_new (Page, 1);

  *page = (Page){ g_strdup (key), g_strdup (file), g_strdup (type) };
  g_ptr_array_add (user_data, page);
}

static gboolean
rewrite_pages (Tree *self, MillOfflineProgressFunc progress, gpointer user_data, GError **error)
{
  guint64 n_files = mill_offline_rows_count (self->file), n_done = 0;
  g_autofree char *after = g_strdup ("");

  for (;;)
    {
      g_autoptr (GPtrArray) pages = g_ptr_array_new_with_free_func (page_free);
      const Page *last;

      if (mill_offline_rows_read (self->file, after, BATCH, add_page, pages) == 0)
        return mill_run_file_check (self->file, error);
      for (guint i = 0; i < pages->len; i++)
        {
          if (g_cancellable_set_error_if_cancelled (self->cancellable, error) ||
              !rewrite_page (self, g_ptr_array_index (pages, i), error))
            return FALSE;
          progress (++n_done, n_files, user_data);
        }
      last = g_ptr_array_index (pages, pages->len - 1);
      /* Of a stranger's file: a key that is no text sorts behind all text. */
      if (strcmp (last->key, after) <= 0)
        return mill_run_file_check (self->file, error);
      g_free (after);
      after = g_strdup (last->key);
    }
}

/**
 * mill_offline_tree_rewrite:
 * @folder: where the pages were saved
 * @file: says which pages those are
 * @progress: called after each file
 * @user_data: for @progress
 * @cancellable: (nullable): ends it between two files
 * @error: return location for an error
 *
 * Rewrites the links of the pages in a folder, as this header says.
 *
 * Returns: %FALSE with @error set if something could not be rewritten, or it was cancelled
 */
gboolean
mill_offline_tree_rewrite (const char *folder, MillRunFile *file, MillOfflineProgressFunc progress,
                           gpointer user_data, GCancellable *cancellable, GError **error)
{
  Tree self = { .file = file, .cancellable = cancellable };
  gboolean ok;

  self.root = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self.root < 0)
    ok = fail_with (error, folder, errno);
  else
    {
      ok = rewrite_pages (&self, progress, user_data, error);
      close (self.root);
    }
  if (ok && self.n_left > 0)
    {
      g_set_error (error, MILL_ERROR, MILL_ERROR_FAILED,
                   ngettext ("the links of %u file could not be rewritten: %s",
                             "the links of %u files could not be rewritten; the first: %s", self.n_left),
                   self.n_left, self.first->message);
      ok = FALSE;
    }
  g_clear_error (&self.first);
  return ok;
}
