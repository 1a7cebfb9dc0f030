/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillSaveStep: whole files or none, and a clear word when it cannot be. */

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/mill-error.h"
#include "core/mill-retry-policy.h"
#include "pipeline/mill-pipeline.h"
#include "steps/mill-save-step.h"
#include "test-parts.h"
#include "test-work.h"

#define MIB (1024 * 1024)

typedef struct
{
  char *root;             /* (owned) a folder for the test alone */
  MillPipeline *pipeline; /* (owned) for the step's open */
  MillStep *step;         /* (owned) (nullable) */
  MillWork work;
  GError *error; /* (owned) (nullable) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->root = g_dir_make_tmp ("mill-save-XXXXXX", NULL);
  fixture->pipeline = mill_pipeline_new ("test");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  mill_work_finalize (&fixture->work);
  g_clear_error (&fixture->error);
  g_clear_object (&fixture->step);
  g_object_unref (fixture->pipeline);
  test_remove_tree (fixture->root);
  g_free (fixture->root);
}

/* Opens a step for the folder @name in the fixture's. */
static gboolean
open_folder (Fixture *fixture, const char *name)
{
  g_autofree char *folder = g_build_filename (fixture->root, name, NULL);

  g_clear_object (&fixture->step);
  g_clear_error (&fixture->error);
  fixture->step = mill_save_step_new (folder);
  return mill_step_open (fixture->step, fixture->pipeline, &fixture->error);
}

static gboolean
save_bytes (Fixture *fixture, const char *url, GBytes *bytes, GCancellable *cancellable)
{
  mill_work_finalize (&fixture->work);
  g_clear_error (&fixture->error);
  test_work_init (&fixture->work, mill_item_new (1, url));
  mill_item_set_payload (mill_work_get_item (&fixture->work), bytes);
  return mill_step_run (fixture->step, &fixture->work, cancellable, &fixture->error);
}

static gboolean
save (Fixture *fixture, const char *url, const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));

  return save_bytes (fixture, url, bytes, NULL);
}

static gboolean
save_zeros (Fixture *fixture, const char *url, gsize size, GCancellable *cancellable)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (size), size);

  return save_bytes (fixture, url, bytes, cancellable);
}

static void
assert_file (Fixture *fixture, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (fixture->root, name, NULL);
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &contents, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (contents, ==, text);
  g_assert_cmpstr (mill_item_get_attribute (mill_work_get_item (&fixture->work), "saved-as"), ==, path);
}

/* How many files, not folders, are below @path. */
static guint
count_files (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  guint n = 0;

  if (dir == NULL)
    return g_file_test (path, G_FILE_TEST_EXISTS) ? 1 : 0;
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      n += count_files (child);
    }
  return n;
}

static void
test_saves (Fixture *fixture, gconstpointer data)
{
  g_assert_true (open_folder (fixture, "new/deeper"));
  g_assert_true (save (fixture, "http://h.example/a/b.html", "one"));
  assert_file (fixture, "new/deeper/h.example/a/b.html", "one");
  g_assert_true (save (fixture, "http://h.example:81/", "two"));
  assert_file (fixture, "new/deeper/h.example_81/index.html", "two");
  g_assert_true (save (fixture, "http://h.example/empty.html", ""));
  assert_file (fixture, "new/deeper/h.example/empty.html", "");
  g_assert_cmpuint (count_files (fixture->root), ==, 3);
}

/* A retry, or another run, writes the same file again. */
static void
test_replaces (Fixture *fixture, gconstpointer data)
{
  g_assert_true (open_folder (fixture, "out"));
  g_assert_true (save (fixture, "http://h.example/a.html", "a longer text"));
  g_assert_true (save (fixture, "http://h.example/a.html", "short"));
  assert_file (fixture, "out/h.example/a.html", "short");
  g_assert_true (open_folder (fixture, "out"));
  g_assert_true (save (fixture, "http://h.example/a.html", "next run"));
  assert_file (fixture, "out/h.example/a.html", "next run");
  g_assert_cmpuint (count_files (fixture->root), ==, 1);
}

/* Without a payload there is nothing to save; without an address, nothing to call it. */
static void
test_odd_items (Fixture *fixture, gconstpointer data)
{
  g_assert_true (open_folder (fixture, "out"));
  g_assert_true (save_bytes (fixture, "http://h.example/redirect", NULL, NULL));
  g_assert_null (mill_item_get_attribute (mill_work_get_item (&fixture->work), "saved-as"));
  g_assert_false (save (fixture, "17", "a line"));
  g_assert_error (fixture->error, MILL_ERROR, MILL_ERROR_INVALID);
  g_assert_false (save (fixture, NULL, "a line"));
  g_assert_error (fixture->error, MILL_ERROR, MILL_ERROR_INVALID);
  g_assert_cmpuint (count_files (fixture->root), ==, 0);
}

/* Whatever an address says, the file is inside the folder. */
static void
test_stays_inside (Fixture *fixture, gconstpointer data)
{
  static const char *const urls[] = {
    "http://h.example/%2e%2e/%2e%2e/x", "http://h.example/..%2f..%2fx", "http://h.example/a/%00/x",
    "http://h.example//etc/passwd",     "http://h.example/C:%5Cx",
  };
  g_autofree char *out = g_build_filename (fixture->root, "a/b/out", NULL);

  g_assert_true (open_folder (fixture, "a/b/out"));
  for (gsize i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      g_assert_true (save (fixture, urls[i], "x"));
      g_assert_true (
          g_str_has_prefix (mill_item_get_attribute (mill_work_get_item (&fixture->work), "saved-as"), out));
    }
  g_assert_cmpuint (count_files (fixture->root), ==, count_files (out));
}

static void
test_bad_folder (Fixture *fixture, gconstpointer data)
{
  g_autofree char *file = g_build_filename (fixture->root, "file", NULL);
  g_autoptr (MillStep) nowhere = mill_save_step_new (NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (file, "x", 1, NULL));
  g_assert_false (open_folder (fixture, "file"));
  g_assert_nonnull (strstr (fixture->error->message, file));
  g_assert_false (open_folder (fixture, "file/below"));
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY);
  g_assert_false (mill_step_open (nowhere, fixture->pipeline, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_INVALID);
  g_assert_cmpuint (count_files (fixture->root), ==, 1);
}

/* A file of the user's is where a folder is wanted: that costs the pages in it, and no others. */
static void
test_file_in_the_way (Fixture *fixture, gconstpointer data)
{
  g_autofree char *host = g_build_filename (fixture->root, "out/h.example", NULL);
  g_autofree char *file = g_build_filename (host, "a", NULL);

  g_assert_cmpint (g_mkdir_with_parents (host, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, "mine", -1, NULL));
  g_assert_true (open_folder (fixture, "out"));
  g_assert_false (save (fixture, "http://h.example/a/b.html", "x"));
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY);
  g_assert_nonnull (strstr (fixture->error->message, "h.example/a/b.html"));
  g_assert_true (save (fixture, "http://h.example/c.html", "x"));
  g_assert_cmpuint (count_files (fixture->root), ==, 2);
}

/* Folders that are removed on the way are made again; with the save folder itself the run ends. */
static void
test_folder_removed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *out = g_build_filename (fixture->root, "out", NULL);
  g_autofree char *host = g_build_filename (out, "h.example", NULL);

  g_assert_true (open_folder (fixture, "out"));
  g_assert_true (save (fixture, "http://h.example/a/b.html", "x"));
  test_remove_tree (host);
  g_assert_true (save (fixture, "http://h.example/a/c.html", "again"));
  assert_file (fixture, "out/h.example/a/c.html", "again");
  test_remove_tree (out);
  g_assert_false (save (fixture, "http://h.example/a/d.html", "x"));
  g_assert_error (fixture->error, MILL_ERROR, MILL_ERROR_FATAL);
  g_assert_nonnull (strstr (fixture->error->message, out));
  g_assert_false (g_file_test (out, G_FILE_TEST_EXISTS));
}

/* What a program that was killed has left is removed; what somebody still writes, and what only looks like
 * it, is not. */
static void
test_leftovers (Fixture *fixture, gconstpointer data)
{
  static const char *const others[] = { ".millrace-1.part",    ".millrace-1-2.part2", "millrace-1-2.part",
                                        ".millrace-a-2.part",  ".millrace-1-.part",   ".millrace-1-2",
                                        "h/.millrace-1-2.part" };
  g_autofree char *ours = g_build_filename (fixture->root, ".millrace-77-0.part", NULL);
  g_autofree char *busy = g_build_filename (fixture->root, ".millrace-77-1.part", NULL);
  g_autofree char *folder = g_build_filename (fixture->root, ".millrace-77-2.part", NULL);
  g_autofree char *link = g_build_filename (fixture->root, ".millrace-77-3.part", NULL);
  g_autofree char *page = g_build_filename (fixture->root, "h", NULL);
  int fd;

  g_assert_cmpint (g_mkdir (page, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autofree char *path = g_build_filename (fixture->root, others[i], NULL);

      g_assert_true (g_file_set_contents (path, "mine", -1, NULL));
    }
  g_assert_true (g_file_set_contents (ours, "half a pa", -1, NULL));
  g_assert_true (g_file_set_contents (busy, "half a pa", -1, NULL));
  g_assert_cmpint (symlink (ours, link), ==, 0);
  fd = open (busy, O_WRONLY | O_CLOEXEC);
  g_assert_cmpint (flock (fd, LOCK_EX | LOCK_NB), ==, 0);
  g_assert_true (open_folder (fixture, "."));
  g_assert_false (g_file_test (ours, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (busy, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (folder, G_FILE_TEST_IS_DIR));
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  close (fd);
  g_assert_true (open_folder (fixture, "."));
  g_assert_false (g_file_test (busy, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_unlink (link), ==, 0);
  g_assert_cmpuint (count_files (fixture->root), ==, G_N_ELEMENTS (others));
}

/* Permissions do not bind root, so this is for everybody else. */
static void
test_forbidden_folder (Fixture *fixture, gconstpointer data)
{
  if (geteuid () == 0)
    {
      g_test_skip ("root may write everywhere");
      return;
    }
  g_assert_cmpint (g_chmod (fixture->root, 0500), ==, 0);
  g_assert_false (open_folder (fixture, "out"));
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  g_assert_cmpint (g_chmod (fixture->root, 0700), ==, 0);
}

/* A write that fails in the middle leaves nothing, and the file that was there stays. */
static void
test_breaks_off (Fixture *fixture, gconstpointer data)
{
  struct rlimit before, small;

  g_assert_true (open_folder (fixture, "out"));
  g_assert_true (save (fixture, "http://h.example/old.html", "old"));
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  small = before;
  small.rlim_cur = 64 * 1024;
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  g_assert_false (save_zeros (fixture, "http://h.example/old.html", MIB, NULL));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_nonnull (strstr (fixture->error->message, "old.html"));
  g_assert_false (mill_retry_policy_is_retryable (fixture->error));
  g_assert_cmpuint (count_files (fixture->root), ==, 1);
  g_assert_true (save (fixture, "http://h.example/new.html", "new"));
  assert_file (fixture, "out/h.example/new.html", "new");
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_assert_true (open_folder (fixture, "out"));
  g_cancellable_cancel (cancellable);
  g_assert_false (save_zeros (fixture, "http://h.example/a", MIB, cancellable));
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (count_files (fixture->root), ==, 0);
}

/* Needs a file system of one's own, so root and a system that lets it. */
static gboolean
mount_small_disk (const char *path)
{
  if (unshare (CLONE_NEWNS) != 0 || mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
    return FALSE;
  return mount ("tmpfs", path, "tmpfs", 0, "size=256k") == 0;
}

static void
test_full_disk (Fixture *fixture, gconstpointer data)
{
  g_autofree char *disk = g_build_filename (fixture->root, "disk", NULL);

  g_assert_cmpint (g_mkdir (disk, 0700), ==, 0);
  if (!mount_small_disk (disk))
    {
      g_test_skip ("no file system can be mounted here");
      return;
    }
  g_assert_true (open_folder (fixture, "disk/out"));
  g_assert_true (save_zeros (fixture, "http://h.example/fits", 100 * 1024, NULL));
  g_assert_false (save_zeros (fixture, "http://h.example/does-not", MIB, NULL));
  g_assert_error (fixture->error, MILL_ERROR, MILL_ERROR_FATAL);
  g_assert_nonnull (strstr (fixture->error->message, g_strerror (ENOSPC)));
  g_assert_nonnull (strstr (fixture->error->message, "does-not"));
  g_assert_false (mill_retry_policy_is_retryable (fixture->error));
  g_assert_cmpuint (count_files (disk), ==, 1);
  /* What the failure took is free again. */
  g_assert_true (save_zeros (fixture, "http://h.example/fits-too", 100 * 1024, NULL));
  g_assert_cmpuint (count_files (disk), ==, 2);
  umount2 (disk, MNT_DETACH);
}

typedef struct
{
  Fixture *fixture; /* (unowned) */
  guint number;
} Writer;

static gpointer
write_thread (gpointer data)
{
  Writer *writer = data;
  guint saved = 0;

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://h.example/%u/%u.html", i % 10, i * 4 + writer->number);
      g_autoptr (GBytes) bytes = g_bytes_new (url, strlen (url));
      MillWork work;

      test_work_init (&work, mill_item_new (i, url));
      mill_item_set_payload (mill_work_get_item (&work), bytes);
      saved += (guint) mill_step_run (writer->fixture->step, &work, NULL, NULL);
      mill_work_finalize (&work);
    }
  return GUINT_TO_POINTER (saved);
}

static void
test_threads (Fixture *fixture, gconstpointer data)
{
  Writer writers[4];
  GThread *threads[4];

  g_assert_true (open_folder (fixture, "out"));
  for (guint i = 0; i < 4; i++)
    {
      writers[i] = (Writer){ fixture, i };
      threads[i] = g_thread_new ("writer", write_thread, &writers[i]);
    }
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (threads[i])), ==, 100);
  g_assert_cmpuint (count_files (fixture->root), ==, 400);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/save/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("saves", test_saves);
  ADD ("replaces", test_replaces);
  ADD ("odd-items", test_odd_items);
  ADD ("stays-inside", test_stays_inside);
  ADD ("bad-folder", test_bad_folder);
  ADD ("file-in-the-way", test_file_in_the_way);
  ADD ("folder-removed", test_folder_removed);
  ADD ("leftovers", test_leftovers);
  ADD ("forbidden-folder", test_forbidden_folder);
  ADD ("breaks-off", test_breaks_off);
  ADD ("cancelled", test_cancelled);
  ADD ("threads", test_threads);
  /* The last one: it moves to a mount namespace of its own. */
  ADD ("full-disk", test_full_disk);
  return g_test_run ();
}
