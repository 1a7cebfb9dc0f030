/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Run files on the disk. SQLite keeps what it has not moved into a file yet beside it. */

#include "config.h"

#include "mill-run-files.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "record/mill-run-facts.h"

#define KEY          "run-files"
#define SQLITE_MAGIC "SQLite format 3"
#define MOST_TRIES   1000
#define MOST_KEPT    50 /* paths in the settings */
#define MOST_LETTERS 60 /* of a job's name in that of a file */

static const char *const parts[] = { "", "-wal", "-shm" };

/**
 * mill_run_files_get_folder:
 *
 * Returns: (transfer full): where run files are unless somebody says otherwise
 */
char *
mill_run_files_get_folder (void)
{
  return g_build_filename (g_get_user_data_dir (), "millrace", "runs", NULL);
}

/* Takes over @text. Returns: (transfer full): the same as a part of a file name, which hides no file */
static char *
make_file_name (char *text)
{
  g_strdelimit (text, "/\\:*?\"<>|", '_');
  if (*text == '.')
    *text = '_';
  return text;
}

/* (transfer full): the host of an address, as a part of a file name. */
static char *
host_of (const char *start)
{
  g_auto (GStrv) words = g_strsplit (start != NULL ? start : "", " ", 2);
  g_autoptr (GUri) uri = words[0] != NULL ? g_uri_parse (words[0], G_URI_FLAGS_PARSE_RELAXED, NULL) : NULL;
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  if (host == NULL || *host == '\0')
    return g_strdup ("crawl");
  return make_file_name (g_strdup (host));
}

static char *
make_path (const char *folder, const char *stem, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = g_date_time_format (now, "%F %H.%M");

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      int problem = errno;
      g_autofree char *name = g_filename_display_name (folder);

      g_set_error (error, G_FILE_ERROR, (gint) g_file_error_from_errno (problem), "%s: %s", name,
                   g_strerror (problem));
      return NULL;
    }
  for (guint i = 1; i < MOST_TRIES; i++)
    {
      g_autofree char *number = i > 1 ? g_strdup_printf (" (%u)", i) : g_strdup ("");
      g_autofree char *name = g_strconcat (stem, " ", date, number, MILL_RUN_FILE_SUFFIX, NULL);
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&path);
    }
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST, "%s: %s", folder, g_strerror (EEXIST));
  return NULL;
}

/**
 * mill_run_files_new_path:
 * @folder: where; it is made if it is not there
 * @start: (nullable): the address that the crawl starts at
 *
 * Returns: (transfer full) (nullable): the path of a file that is not there yet, or %NULL with @error set
 */
char *
mill_run_files_new_path (const char *folder, const char *start, GError **error)
{
  g_autofree char *host = host_of (start);

  return make_path (folder, host, error);
}

/**
 * mill_run_files_new_named_path:
 * @folder: where; it is made if it is not there
 * @name: (nullable): what runs, for people
 *
 * Returns: (transfer full) (nullable): the path of a file that is not there yet, or %NULL with @error set
 */
char *
mill_run_files_new_named_path (const char *folder, const char *name, GError **error)
{
  g_autofree char *stem =
      name != NULL && *name != '\0'
          ? make_file_name (g_utf8_substring (name, 0, MIN (g_utf8_strlen (name, -1), MOST_LETTERS)))
          : g_strdup ("run");

  return make_path (folder, stem, error);
}

/**
 * mill_run_files_is_one:
 * @file: a file
 *
 * Returns: whether its name or its first bytes are those of a run file
 */
gboolean
mill_run_files_is_one (GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autoptr (GFileInputStream) stream = NULL;
  char begin[sizeof SQLITE_MAGIC] = "";

  if (name != NULL && g_str_has_suffix (name, MILL_RUN_FILE_SUFFIX))
    return TRUE;
  stream = g_file_read (file, NULL, NULL);
  return stream != NULL &&
         g_input_stream_read_all (G_INPUT_STREAM (stream), begin, sizeof begin, NULL, NULL, NULL) &&
         memcmp (begin, SQLITE_MAGIC, sizeof begin) == 0;
}

typedef struct
{
  char *path; /* (owned) */
  gint64 time_s;
} Found;

static void
found_free (Found *found)
{
  g_free (found->path);
  g_free (found);
}

static int
compare_found (gconstpointer a, gconstpointer b)
{
  const Found *left = *(Found *const *) a, *right = *(Found *const *) b;

  if (left->time_s != right->time_s)
    return left->time_s > right->time_s ? -1 : 1;
  return g_strcmp0 (left->path, right->path);
}

/* What is new may be beside the file still; who only reads leaves an empty file there. */
static void
add_if_there (GPtrArray *found, const char *path)
{
  g_autofree char *wal = g_strconcat (path, "-wal", NULL);
  GStatBuf status, wal_status;
  Found *one;

  if (g_stat (path, &status) != 0 || !S_ISREG (status.st_mode))
    return;
  one = g_new (Found, 1);
  *one = (Found){ g_strdup (path), (gint64) status.st_mtime };
  if (g_stat (wal, &wal_status) == 0 && wal_status.st_size > 0)
    one->time_s = MAX (one->time_s, (gint64) wal_status.st_mtime);
  g_ptr_array_add (found, one);
}

/**
 * mill_run_files_list:
 * @folder: a folder, which need not be there
 * @elsewhere: (array zero-terminated=1) (nullable): paths of run files that are not in it
 * @most: how many to list at most
 *
 * Returns: (transfer full) (element-type filename): the paths of the run files that are there, the one that
 *   was written last first
 */
GPtrArray *
mill_run_files_list (const char *folder, const char *const *elsewhere, guint most)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) found_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_str_has_suffix (name, MILL_RUN_FILE_SUFFIX))
        add_if_there (found, path);
    }
  for (; elsewhere != NULL && *elsewhere != NULL; elsewhere++)
    add_if_there (found, *elsewhere);
  g_ptr_array_sort (found, compare_found);
  for (guint i = 0; i < MIN (found->len, most); i++)
    g_ptr_array_add (paths, g_strdup (((Found *) g_ptr_array_index (found, i))->path));
  return paths;
}

static gboolean
may_be_pruned (const char *path)
{
  g_autoptr (MillRunFacts) facts = mill_run_facts_read (path, NULL);

  return facts != NULL && !facts->is_crawl && !facts->is_in_use;
}

/**
 * mill_run_files_prune:
 * @folder: a folder, which need not be there
 * @kept: how many to keep
 *
 * Deletes the oldest recordings of runs that are no crawls, all but @kept of them. What cannot be read, and
 * what is in use, stays.
 */
void
mill_run_files_prune (const char *folder, guint kept)
{
  g_autoptr (GPtrArray) paths = mill_run_files_list (folder, NULL, G_MAXUINT);
  guint n = 0;

  for (guint i = 0; i < paths->len; i++)
    {
      const char *path = g_ptr_array_index (paths, i);

      if (may_be_pruned (path) && ++n > kept)
        mill_run_files_delete (path);
    }
}

/**
 * mill_run_files_get_elsewhere:
 * @settings: (nullable): the settings
 *
 * Returns: (transfer full) (array zero-terminated=1): the paths that mill_run_files_remember() was told
 */
char **
mill_run_files_get_elsewhere (GSettings *settings)
{
  g_auto (GStrv) uris = settings != NULL ? g_settings_get_strv (settings, KEY) : NULL;
  g_autoptr (GStrvBuilder) paths = g_strv_builder_new ();

  for (guint i = 0; uris != NULL && uris[i] != NULL; i++)
    {
      g_autofree char *path = g_filename_from_uri (uris[i], NULL, NULL);

      if (path != NULL)
        g_strv_builder_add (paths, path);
    }
  return g_strv_builder_end (paths);
}

/* Puts the address of @path first, or takes it away. */
static void
change_elsewhere (GSettings *settings, const char *path, gboolean is_kept)
{
  g_auto (GStrv) old = g_settings_get_strv (settings, KEY);
  g_auto (GStrv) new = NULL;
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (uri == NULL)
    return;
  if (is_kept)
    g_strv_builder_add (builder, uri);
  for (guint i = 0; old[i] != NULL && i < MOST_KEPT; i++)
    if (!g_str_equal (old[i], uri))
      g_strv_builder_add (builder, old[i]);
  new = g_strv_builder_end (builder);
  g_settings_set_strv (settings, KEY, (const char *const *) new);
}

/**
 * mill_run_files_remember:
 * @settings: (nullable): the settings
 * @path: the absolute path of a run file
 *
 * Keeps in mind where a run file is, unless that is the usual folder.
 */
void
mill_run_files_remember (GSettings *settings, const char *path)
{
  g_autofree char *usual = mill_run_files_get_folder ();
  g_autofree char *folder = g_path_get_dirname (path);

  if (settings == NULL || (g_strcmp0 (folder, usual) == 0 && g_str_has_suffix (path, MILL_RUN_FILE_SUFFIX)))
    return;
  change_elsewhere (settings, path, TRUE);
}

/**
 * mill_run_files_forget:
 * @settings: (nullable): the settings
 * @path: a run file
 *
 * Takes back mill_run_files_remember().
 */
void
mill_run_files_forget (GSettings *settings, const char *path)
{
  if (settings != NULL)
    change_elsewhere (settings, path, FALSE);
}

/**
 * mill_run_files_delete:
 * @path: a run file
 *
 * Deletes it and what SQLite keeps beside it.
 */
void
mill_run_files_delete (const char *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *part = g_strconcat (path, parts[i], NULL);

      g_unlink (part);
    }
}

/**
 * mill_run_files_trash:
 * @path: a run file
 *
 * Moves it and what SQLite keeps beside it to the trash; deletes it where there is no trash.
 */
void
mill_run_files_trash (const char *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *part = g_strconcat (path, parts[i], NULL);
      g_autoptr (GFile) file = g_file_new_for_path (part);

      if (g_file_query_exists (file, NULL) && !g_file_trash (file, NULL, NULL))
        g_unlink (part);
    }
}
