/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillRunFile and its export where storage fails: each write in turn, damage of many kinds, folders and files
 * that are closed. Nothing that was committed is lost, nothing is overwritten, and the words name the file.
 */

#include "config.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <grp.h>
#include <locale.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/mill-error.h"
#include "crawl/mill-sitemap-rows-private.h"
#include "failing-vfs.h"
#include "record/mill-export.h"
#include "record/mill-item-rows-private.h"
#include "record/mill-run-file-private.h"
#include "run-query.h"
#include "test-parts.h"

#define BLOCK     4096
#define ITEMS     400
#define NOBODY    65534
#define ACCIDENTS 100

typedef struct
{
  char *folder; /* (owned) */
  char *path;   /* (owned) of the run file, which is not there yet */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("millrace-failures-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "run.sqlite", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_chmod (fixture->folder, 0700);
  test_remove_tree (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->folder);
}

/* With what SQLite keeps beside it for readers. */
static void
remove_run (Fixture *fixture)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };

  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *name = g_strconcat (fixture->path, suffixes[i], NULL);

      g_remove (name);
    }
}

static guint
count_entries (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
change (const char *path, const char *sql)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static void
assert_words (const GError *error, const char *words)
{
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "run.sqlite"));
  g_assert_nonnull (strstr (error->message, words));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

/* ---- each write in turn ---------------------------------------------------------------------------------
 */

static void
put_item (MillRunFile *file, guint number)
{
  g_autofree char *key = g_strdup_printf ("http://h/%04u", number);
  g_autoptr (MillItem) item = mill_item_new (number + 1, key);

  mill_item_rows_put (file, item, MILL_OUTCOME_DONE, NULL);
}

/* Records some results, a few a transaction. Returns: how many are known to be committed */
static guint
record (MillRunFile *file)
{
  guint n_committed = 0;

  for (guint i = 0; i < 60; i++)
    {
      put_item (file, i);
      if (i % 20 != 19)
        continue;
      mill_run_file_commit (file);
      if (mill_run_file_check (file, NULL))
        n_committed = i + 1;
    }
  return n_committed;
}

/* Returns: whether a write failed */
static gboolean
fail_at (Fixture *fixture, guint n_good, int code, const char *words)
{
  g_autoptr (GError) error = NULL;
  MillRunFile *file;
  guint n_committed = 0;
  gboolean is_closed = FALSE, has_failed;

  failing_vfs_arm (n_good, code);
  file = mill_run_file_create (fixture->path, &error);
  if (file == NULL)
    {
      g_assert_true (failing_vfs_disarm ());
      assert_words (error, words);
      /* The name is free again. */
      g_assert_cmpuint (count_entries (fixture->folder), ==, 0);
      return TRUE;
    }
  n_committed = record (file);
  is_closed = mill_run_file_close (file, &error);
  mill_run_file_unref (file);
  has_failed = failing_vfs_disarm ();
  if (!is_closed)
    {
      g_assert_true (has_failed);
      assert_words (error, words);
    }
  else
    g_assert_cmpuint (n_committed, ==, 60);

  g_clear_error (&error);
  file = mill_run_file_open (fixture->path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (test_ask_run (fixture->path, "SELECT count (*) FROM item"), >=, n_committed);
  g_assert_cmpint (test_ask_run (fixture->path, "SELECT count (*) FROM item") % 20, ==, 0);
  g_assert_cmpint (test_ask_run (fixture->path,
                                 "SELECT count (*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"),
                   ==, 1);
  put_item (file, 1000);
  g_assert_true (mill_run_file_close (file, &error));
  mill_run_file_unref (file);
  g_assert_cmpint (test_ask_run (fixture->path, "SELECT count (*) FROM item WHERE key = 'http://h/1000'"), ==,
                   1);
  remove_run (fixture);
  return has_failed;
}

static void
test_each_write (Fixture *fixture, gconstpointer data)
{
  guint n = 0;

  while (fail_at (fixture, n, SQLITE_FULL, "the disk is full"))
    n++;
  g_test_message ("%u writes", n);
  g_assert_cmpuint (n, >, 10);
  while (n > 0)
    g_assert_true (fail_at (fixture, --n, SQLITE_IOERR_WRITE, "cannot be read or written"));
}

/* ---- damage ---------------------------------------------------------------------------------------------
 */

static void
make_run (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  MillRunFile *file = mill_run_file_create (fixture->path, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < ITEMS; i++)
    put_item (file, i);
  g_assert_true (mill_run_file_close (file, &error));
  mill_run_file_unref (file);
}

static GBytes *
read_run (Fixture *fixture)
{
  char *data = NULL;
  gsize length = 0;

  g_assert_true (g_file_get_contents (fixture->path, &data, &length, NULL));
  return g_bytes_new_take (data, length);
}

static void
write_run (Fixture *fixture, const guint8 *data, gsize length)
{
  remove_run (fixture);
  g_assert_true (g_file_set_contents (fixture->path, (const char *) data, (gssize) length, NULL));
}

/* Exports what can be. Returns: how many results, all of which are true and none twice */
static guint
count_exported (Fixture *fixture, GError **error)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_auto (GStrv) lines = NULL;
  gboolean ok = mill_export_run (fixture->path, MILL_EXPORT_PAGES, MILL_EXPORT_CSV, stream, NULL, error);

  g_assert_true (g_output_stream_write_all (stream, "", 1, NULL, NULL, NULL));
  lines = g_strsplit (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (stream)), "\r\n", -1);
  if (lines[0] == NULL || lines[1] == NULL)
    {
      g_assert_false (ok);
      return 0;
    }
  g_assert_true (g_str_has_prefix (lines[0], "url,outcome,"));
  for (char **line = lines + 1; **line != '\0'; line++)
    g_assert_true (g_hash_table_add (seen, *line));
  if (ok)
    g_assert_cmpuint (g_hash_table_size (seen), ==, ITEMS);
  return g_hash_table_size (seen);
}

/* A file that is cut off, wherever. */
static void
test_truncated (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) whole = NULL;
  const guint8 *bytes;
  gsize length;
  guint most = 0;

  make_run (fixture);
  whole = read_run (fixture);
  bytes = g_bytes_get_data (whole, &length);
  g_assert_cmpuint (length, >, 10 * BLOCK);
  for (gsize cut = 0; cut < length; cut += BLOCK)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) after = NULL;
      guint n;

      write_run (fixture, bytes, cut);
      n = count_exported (fixture, &error);
      if (n < ITEMS)
        assert_words (error, cut == 0 ? "is not a run file" : "is damaged");
      g_clear_error (&error);
      g_assert_null (mill_run_file_open (fixture->path, &error));
      assert_words (error, cut == 0 ? "is not a run file" : "is damaged");
      after = read_run (fixture);
      g_assert_cmpmem (bytes, cut, g_bytes_get_data (after, NULL), g_bytes_get_size (after));
      most = MAX (most, n);
    }
  g_test_message ("at most %u results of %u", most, ITEMS);
  g_assert_cmpuint (most, >, ITEMS / 2);
}

/* Overwrites the third leaf of a table. */
static void
damage (Fixture *fixture, const char *table)
{
  g_autofree char *sql = g_strdup_printf ("SELECT pageno FROM dbstat WHERE name = '%s' AND pagetype = 'leaf'"
                                          " ORDER BY path LIMIT 1 OFFSET 2",
                                          table);
  gint64 block = test_ask_run (fixture->path, sql);
  g_autoptr (GBytes) whole = read_run (fixture);
  gsize length = g_bytes_get_size (whole);
  g_autofree guint8 *bytes = g_memdup2 (g_bytes_get_data (whole, NULL), length);

  memset (bytes + (block - 1) * BLOCK, 0x5a, BLOCK);
  write_run (fixture, bytes, length);
}

/* One block of the results is lost: all the others are exported, from both sides of it. */
static void
test_hole (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint n;

  make_run (fixture);
  damage (fixture, "item");
  n = count_exported (fixture, &error);
  g_assert_error (error, MILL_ERROR, MILL_ERROR_DAMAGED);
  assert_words (error, "could still be read");
  g_test_message ("%u results of %u", n, ITEMS);
  g_assert_cmpuint (n, >, ITEMS / 2);
  g_assert_cmpuint (n, <, ITEMS);
}

/* (transfer full): what could be exported */
static char *export(Fixture *fixture, MillExportTable table, MillExportFormat format, GError **error)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();

  mill_export_run (fixture->path, table, format, stream, NULL, error);
  g_assert_true (g_output_stream_write_all (stream, "", 1, NULL, NULL, NULL));
  g_output_stream_close (stream, NULL, NULL);
  return g_memory_output_stream_steal_data (G_MEMORY_OUTPUT_STREAM (stream));
}

static guint
count_words (const char *text, const char *words)
{
  guint n = 0;

  for (const char *found = text; (found = strstr (found, words)) != NULL; found++)
    n++;
  return n;
}

/* Of a plain run, too, what is behind the hole. */
static void
test_hole_in_items (Fixture *fixture, gconstpointer data)
{
  g_autofree char *csv = NULL;
  g_autoptr (GError) error = NULL;
  guint n;

  make_run (fixture);
  damage (fixture, "item");
  csv = export(fixture, MILL_EXPORT_ITEMS, MILL_EXPORT_CSV, &error);
  g_assert_error (error, MILL_ERROR, MILL_ERROR_DAMAGED);
  assert_words (error, "could still be read");
  n = count_words (csv, "\r\n") - 1;
  g_assert_cmpuint (n, >, ITEMS / 2);
  g_assert_cmpuint (n, <, ITEMS);
  g_assert_cmpuint (count_words (csv, "key,outcome,"), ==, 1);
  g_assert_cmpuint (count_words (csv, "http://h/0399,"), ==, 1);
}

/* All results are there where something else is damaged, but for what was to be looked up in it. */
static void
test_frontier_hole (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *whole = NULL, *left = NULL;

  make_run (fixture);
  change (fixture->path, "INSERT INTO host VALUES (1, 'h:80'); INSERT INTO frontier (url, host, depth, level)"
                         " SELECT key, 1, 0, 2 FROM item");
  whole = export(fixture, MILL_EXPORT_PAGES, MILL_EXPORT_JSONL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_words (whole, "\"level\":2,"), ==, ITEMS);
  g_assert_cmpuint (count_words (whole, "\"redirects\":[],"), ==, ITEMS);
  damage (fixture, "frontier");
  left = export(fixture, MILL_EXPORT_PAGES, MILL_EXPORT_JSONL, &error);
  g_assert_error (error, MILL_ERROR, MILL_ERROR_DAMAGED);
  assert_words (error, "could still be read: " G_STRINGIFY (ITEMS));
  g_assert_cmpuint (count_words (left, "\"level\":null,"), ==, ITEMS);
  g_assert_cmpuint (count_words (left, "\"redirects\":null,"), ==, ITEMS);
  g_assert_cmpuint (count_words (left, "\n"), ==, ITEMS);
  g_assert_cmpuint (count_words (left, "}\n"), ==, ITEMS);
  g_clear_error (&error);
  g_assert_cmpuint (count_exported (fixture, &error), ==, ITEMS);
  g_assert_error (error, MILL_ERROR, MILL_ERROR_DAMAGED);
}

/* Tables that need the whole file say that they cannot be had. */
static void
test_other_exports (Fixture *fixture, gconstpointer data)
{
  static const MillExportTable tables[] = { MILL_EXPORT_BROKEN, MILL_EXPORT_DUPLICATES, MILL_EXPORT_CHANGES };

  make_run (fixture);
  change (fixture->path, "INSERT INTO meta VALUES ('earlier', 'before.sqlite')");
  damage (fixture, "item");
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *csv = export(fixture, tables[i], MILL_EXPORT_CSV, &error);

      g_assert_error (error, MILL_ERROR, MILL_ERROR_INVALID);
      assert_words (error, "is damaged");
      g_assert_cmpuint (count_words (csv, "\n"), ==, 1);
    }
}

/* Bytes that are something else now: it is one of the answers above, whatever they were. */
static void
test_accidents (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) g_test_rand_int ());
  g_autoptr (GBytes) whole = NULL;
  gsize length;

  make_run (fixture);
  whole = read_run (fixture);
  length = g_bytes_get_size (whole);
  for (guint i = 0; i < ACCIDENTS; i++)
    {
      g_autofree guint8 *bytes = g_memdup2 (g_bytes_get_data (whole, NULL), length);
      g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
      g_autoptr (MillRunFile) file = NULL;
      g_autoptr (GError) error = NULL;
      MillExportTable table = i % 5 < 2 ? MILL_EXPORT_PAGES : (MillExportTable) (i % 5 - 1);
      guint n = 1u << g_rand_int_range (rand, 0, 8);
      gsize at = (gsize) g_rand_int_range (rand, 0, (gint) (i % 4 == 0 ? BLOCK : length - n));

      for (guint j = 0; j < n; j++)
        bytes[at + j] = (guint8) g_rand_int (rand);
      write_run (fixture, bytes, length);
      if (!mill_export_run (fixture->path, table, MILL_EXPORT_JSONL, stream, NULL, &error))
        assert_words (error, "");
      g_clear_error (&error);
      file = mill_run_file_open (fixture->path, &error);
      if (file == NULL)
        {
          g_autoptr (GBytes) after = read_run (fixture);

          assert_words (error, "");
          g_assert_cmpmem (bytes, length, g_bytes_get_data (after, NULL), g_bytes_get_size (after));
        }
    }
}

/* Tables that are not what they were, by another program's doing. */
static void
test_other_tables (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *sql;
    const char *words;
  } cases[] = {
    { "DROP TABLE item", "have no “item." },
    { "DROP TABLE frontier", "have no “frontier." },
    { "ALTER TABLE item DROP COLUMN file", "have no “item.file”" },
    { "DROP TABLE item; CREATE VIEW item AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i FROM n)"
      " SELECT i AS key, i AS outcome, i AS finished, i AS attempts, i AS status, i AS type, i AS bytes,"
      " i AS depth, i AS referrer, i AS location, i AS file, i AS error FROM n",
      "have no “item." },
    { "PRAGMA user_version = 1000", "later version" },
    { "PRAGMA application_id = 5", "is not a run file" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      make_run (fixture);
      change (fixture->path, cases[i].sql);
      g_assert_null (mill_run_file_open (fixture->path, &error));
      assert_words (error, cases[i].words);
      g_clear_error (&error);
      g_assert_cmpuint (count_exported (fixture, &error), ==, 0);
      assert_words (error, cases[i].words);
      remove_run (fixture);
    }
}

static void
count_sitemap (const MillSitemapRow *row, gpointer user_data)
{
  g_assert_nonnull (row->site);
  ++*(guint *) user_data;
}

/* Sitemaps that no crawl has put there: those before are read, and the file has failed. */
static void
test_odd_sitemaps (Fixture *fixture, gconstpointer data)
{
  static const char *const urls[] = { "'file:///etc/passwd'", "'http://u:p@h/s'", "''", "NULL", "x'00ff'" };

  for (gsize i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      g_autofree char *sql =
          g_strdup_printf ("DROP TABLE sitemap; CREATE TABLE sitemap (id, url, site, nesting, delay, state);"
                           "INSERT INTO sitemap (id, url) VALUES (1, 'http://h/s'), (2, %s)",
                           urls[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (MillRunFile) file = NULL;
      guint n = 0;

      make_run (fixture);
      change (fixture->path, sql);
      file = mill_run_file_open (fixture->path, &error);
      g_assert_no_error (error);
      mill_sitemap_rows_read (file, count_sitemap, &n);
      g_assert_cmpuint (n, ==, 1);
      g_assert_false (mill_run_file_check (file, &error));
      assert_words (error, "it has an address that is none");
      g_clear_pointer (&file, mill_run_file_unref);
      remove_run (fixture);
    }
}

/* ---- files that are closed ------------------------------------------------------------------------------
 */

/* A reader that finds the file held by another program does not wait for it. */
static void
test_locked (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  sqlite3 *db = NULL;

  make_run (fixture);
  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE", NULL, NULL, NULL),
                   ==, SQLITE_OK);
  g_assert_cmpuint (count_exported (fixture, &error), ==, 0);
  assert_words (error, "is in use by another program; end that, or wait");
  sqlite3_close (db);
  g_clear_error (&error);
  g_assert_cmpuint (count_exported (fixture, &error), ==, ITEMS);
}

typedef void (*TryFunc) (Fixture *fixture, GError **error);

static void
try_create (Fixture *fixture, GError **error)
{
  g_autofree char *other = g_build_filename (fixture->folder, "new-run.sqlite", NULL);
  G_GNUC_UNUSED g_autoptr (MillRunFile) file = mill_run_file_create (other, error);
}

static void
try_open (Fixture *fixture, GError **error)
{
  G_GNUC_UNUSED g_autoptr (MillRunFile) file = mill_run_file_open (fixture->path, error);
}

static void
try_export (Fixture *fixture, GError **error)
{
  g_assert_cmpuint (count_exported (fixture, error), ==, ITEMS);
}

static gboolean
become_nobody (void)
{
  return geteuid () != 0 || (setgroups (0, NULL) == 0 && setresgid (NOBODY, NOBODY, NOBODY) == 0 &&
                             setresuid (NOBODY, NOBODY, NOBODY) == 0);
}

/* As somebody whom permissions bind, which root is not: in another process. Returns: what went wrong, "" for
 * nothing */
static char *
try_as_nobody (Fixture *fixture, TryFunc func)
{
  char message[1024] = "";
  gsize length = 0;
  int ends[2], status;
  gssize n;
  pid_t child;

  g_assert_cmpint (pipe (ends), ==, 0);
  child = fork ();
  if (child == 0)
    {
      g_autoptr (GError) error = NULL;

      close (ends[0]);
      if (!become_nobody ())
        _exit (77);
      func (fixture, &error);
      if (error != NULL && write (ends[1], error->message, strlen (error->message)) < 0)
        _exit (1);
      _exit (0);
    }
  close (ends[1]);
  while ((n = read (ends[0], message + length, sizeof message - 1 - length)) > 0)
    length += (gsize) n;
  close (ends[0]);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  if (WEXITSTATUS (status) == 77)
    return NULL;
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  g_test_message ("“%s”", message);
  return g_strndup (message, length);
}

static void
assert_as_nobody (Fixture *fixture, TryFunc func, const char *name, const char *words)
{
  g_autofree char *message = try_as_nobody (fixture, func);

  if (message == NULL)
    {
      g_test_skip ("this process cannot become another user");
      return;
    }
  g_assert_nonnull (strstr (message, name));
  g_assert_nonnull (strstr (message, words));
}

/* A folder in which nothing can be made: a run in it can be exported, but not go on. */
static void
test_read_only_folder (Fixture *fixture, gconstpointer data)
{
  make_run (fixture);
  g_assert_cmpint (g_chmod (fixture->path, 0666), ==, 0);
  g_assert_cmpint (g_chmod (fixture->folder, 0555), ==, 0);
  assert_as_nobody (fixture, try_export, "", "");
  assert_as_nobody (fixture, try_create, "new-run.sqlite", "Permission denied");
  assert_as_nobody (fixture, try_open, "run.sqlite", "its folder must be writable, too");
}

static void
test_read_only_file (Fixture *fixture, gconstpointer data)
{
  make_run (fixture);
  g_assert_cmpint (g_chmod (fixture->path, 0444), ==, 0);
  g_assert_cmpint (g_chmod (fixture->folder, 0777), ==, 0);
  assert_as_nobody (fixture, try_export, "", "");
  assert_as_nobody (fixture, try_open, "run.sqlite", "Permission denied");
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/run-file-failures/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("each-write", test_each_write);
  ADD ("truncated", test_truncated);
  ADD ("hole", test_hole);
  ADD ("hole-in-items", test_hole_in_items);
  ADD ("frontier-hole", test_frontier_hole);
  ADD ("other-exports", test_other_exports);
  ADD ("accidents", test_accidents);
  ADD ("other-tables", test_other_tables);
  ADD ("odd-sitemaps", test_odd_sitemaps);
  ADD ("locked", test_locked);
  ADD ("read-only-folder", test_read_only_folder);
  ADD ("read-only-file", test_read_only_file);
#undef ADD

  return g_test_run ();
}
