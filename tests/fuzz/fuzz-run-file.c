/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any run file: exported, and taken up by a crawl that is never started. An input that begins as a database
 * is the file itself; any other is SQL, which is run on a file that was fine, so that it may come to hold
 * what no crawl writes. */

#include "config.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "core/mill-error.h"
#include "crawl/mill-crawl-record.h"
#include "crawl/mill-crawl-summary.h"
#include "crawl/mill-frontier-table-private.h"
#include "crawl/mill-sitemap-rows-private.h"
#include "fuzz.h"
#include "pipeline/mill-pipeline.h"
#include "record/mill-changes.h"
#include "record/mill-export.h"
#include "record/mill-item-rows-private.h"
#include "record/mill-run-file-private.h"

#define DATABASE  "SQLite format 3"
#define SQL_STEPS 20 /* of a thousand operations */
#define TAKEN_MAX 20

static const char content[] =
    "INSERT INTO meta VALUES ('job', '[Job]\nname=Fuzz\n[Source]\ntype=crawl\nstart=http://h/\n"
    "[Stage fetch]\nstep=fetch\nkind=async\n[Stage links]\nstep=links\n'), ('program', 'Millrace');"
    "INSERT INTO scope VALUES ('h'), ('g:81');"
    "INSERT INTO host VALUES (1, 'h:80'), (2, 'g:81');"
    "INSERT INTO frontier (id, url, host, depth, referrer, redirects, state) VALUES (1, 'http://h/', 1, 0, "
    "NULL, 0, 1), (2, 'http://h/a', 1, 1, 1, 0, 0),"
    " (3, 'http://g:81/', 2, 0, NULL, 1, 0), (4, 'http://h/b', 1, 1, 1, 0, 2), (5, 'http://h/c', 1, 1, 1, 0, "
    "3);"
    "INSERT INTO item (key, outcome, finished, attempts, status, type, bytes, depth, file)"
    " VALUES ('http://h/', 'done', '2026-11-27 12:00:00.123', 1, 200, 'text/html', 3, 0, 'h/index.html'),"
    " ('http://h/b', 'dead', '2026-11-27 12:00:01.123', 3, 404, NULL, NULL, 1, NULL);"
    "INSERT INTO sitemap VALUES (1, 'http://h/sitemap.xml', 'h', 0, 1000, 0), (2, 'http://h/2.xml', 'h', 1, "
    "0, 1);"
    "INSERT INTO earlier VALUES ('http://h/', 'done', '2026-11-26 12:00:00.123', 200, 4, NULL, NULL, NULL, "
    "NULL),"
    " ('http://h/d', 'done', '2026-11-26 12:00:00.123', 200, 4, 'f00d', NULL, NULL, NULL);"
    "INSERT INTO meta VALUES ('earlier', '/before.sqlite');";

static char *folder; /* (owned) in memory if the system has such a file system */
static char *path;   /* (owned) */

static void
remove_file (void)
{
  static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };

  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *name = g_strconcat (path, suffixes[i], NULL);

      g_unlink (name);
    }
}

static void
remove_folder (void)
{
  remove_file ();
  g_rmdir (folder);
}

static void
make_folder (void)
{
  const char *base = g_file_test ("/dev/shm", G_FILE_TEST_IS_DIR) ? "/dev/shm" : g_get_tmp_dir ();

  folder = g_build_filename (base, "millrace-fuzz-XXXXXX", NULL);
  g_assert_nonnull (g_mkdtemp (folder));
  path = g_build_filename (folder, "run.sqlite", NULL);
  atexit (remove_folder);
}

static GBytes *
read_file (void)
{
  char *data = NULL;
  gsize length = 0;

  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  return g_bytes_new_take (data, length);
}

static void
write_file (GBytes *bytes)
{
  FILE *file = g_fopen (path, "we");

  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (g_bytes_get_data (bytes, NULL), 1, g_bytes_get_size (bytes), file), ==,
                    g_bytes_get_size (bytes));
  g_assert_cmpint (fclose (file), ==, 0);
}

/* Returns: (transfer full): a small run file that is fine */
static GBytes *
make_base (void)
{
  g_autoptr (GError) error = NULL;
  MillRunFile *file = mill_run_file_create (path, &error);
  sqlite3 *db = NULL;
  GBytes *base;

  g_assert_no_error (error);
  mill_run_file_unref (file);
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, content, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (
      sqlite3_exec (db, "PRAGMA journal_mode = DELETE; PRAGMA page_size = 512; VACUUM", NULL, NULL, NULL), ==,
      SQLITE_OK);
  sqlite3_close (db);
  base = read_file ();
  remove_file ();
  return base;
}

static int
authorize (void *user_data, int action, const char *a, const char *b, const char *c, const char *d)
{
  gboolean is_harmful =
      action == SQLITE_ATTACH || action == SQLITE_DETACH ||
      (action == SQLITE_PRAGMA && g_ascii_strcasecmp (a, "user_version") != 0 &&
       g_ascii_strcasecmp (a, "application_id") != 0 && g_ascii_strcasecmp (a, "writable_schema") != 0);

  return is_harmful ? SQLITE_DENY : SQLITE_OK;
}

static int
count_down (void *steps)
{
  return --*(int *) steps < 0;
}

/* Returns: (transfer full): what @sql makes of a file that was fine */
static GBytes *
change_base (const char *sql)
{
  static GBytes *base;
  int steps = SQL_STEPS;
  sqlite3_int64 length = 0;
  unsigned char *image;
  sqlite3 *db = NULL;
  GBytes *changed;

  if (base == NULL)
    base = make_base ();
  length = (sqlite3_int64) g_bytes_get_size (base);
  image = sqlite3_malloc64 ((sqlite3_uint64) length);
  memcpy (image, g_bytes_get_data (base, NULL), (gsize) length);
  g_assert_cmpint (sqlite3_open (":memory:", &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_deserialize (db, "main", image, length, length,
                                        SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE),
                   ==, SQLITE_OK);
  sqlite3_limit (db, SQLITE_LIMIT_LENGTH, 100000);
  sqlite3_set_authorizer (db, authorize, NULL);
  sqlite3_progress_handler (db, 1000, count_down, &steps);
  sqlite3_exec (db, sql, NULL, NULL, NULL);
  sqlite3_progress_handler (db, 0, NULL, NULL);
  sqlite3_exec (db, "COMMIT", NULL, NULL, NULL);
  image = sqlite3_serialize (db, "main", &length, 0);
  changed = g_bytes_new (image, (gsize) length);
  sqlite3_free (image);
  sqlite3_close (db);
  return changed;
}

static void
check_message (const GError *error)
{
  g_assert_nonnull (error);
  g_assert_true (error->domain == MILL_ERROR);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_nonnull (strstr (error->message, "run.sqlite"));
}

static void
check_export (MillExportTable table, MillExportFormat format)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;

  if (!mill_export_run (path, table, format, stream, NULL, &error))
    check_message (error);
}

static void
check_summaries (void)
{
  g_autoptr (GError) error = NULL;
  MillCrawlSummary *summary = mill_crawl_summary_read (path, 2, &error);
  MillChangeCounts counts;

  if (summary == NULL)
    check_message (error);
  else
    mill_crawl_summary_free (summary);
  g_clear_error (&error);
  if (!mill_changes_count (path, &counts, &error))
    check_message (error);
}

static void
check_sitemap (const MillSitemapRow *row, gpointer user_data)
{
  g_assert_true (g_str_has_prefix (row->url, "http://") || g_str_has_prefix (row->url, "https://"));
  g_assert_nonnull (row->site);
}

static void
note_file (const char *key, const char *file, gpointer user_data)
{
  g_assert_nonnull (key);
  g_assert_nonnull (file);
}

/* Works off what the file says is to be fetched. */
static void
check_frontier (MillRunFile *file)
{
  const MillPoliteness politeness = { .max_in_flight = 1 };
  MillFrontierTable *table = mill_frontier_table_new (file);
  gint64 now_us = 0;

  mill_frontier_table_set_bounds (table, 3, 0, "Millrace");
  mill_frontier_table_set_politeness (table, &politeness);
  for (guint i = 0; i < TAKEN_MAX; i++)
    {
      const char *why;
      MillFrontierEntry entry;
      gint64 ready_at_us;
      g_autofree char *url = NULL;

      if (mill_frontier_table_take (table, now_us, &entry, &ready_at_us, &why) != MILL_FRONTIER_READY)
        break;
      g_assert_true (g_str_has_prefix (entry.url, "http://") || g_str_has_prefix (entry.url, "https://"));
      url = g_strdup (entry.url);
      mill_frontier_table_settle (table, url, i % 3 == 0 ? MILL_OUTCOME_DEAD : MILL_OUTCOME_DONE);
    }
  mill_frontier_table_free (table);
}

static void
check_resume (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillPipeline) pipeline = mill_crawl_resume (path, &error);
  g_autoptr (MillRunFile) file = NULL;

  if (pipeline == NULL)
    g_assert_true (error != NULL && g_utf8_validate (error->message, -1, NULL));
  g_clear_object (&pipeline);
  g_clear_error (&error);
  file = mill_run_file_open (path, &error);
  if (file == NULL)
    {
      check_message (error);
      return;
    }
  mill_item_rows_read_files (file, note_file, NULL);
  mill_sitemap_rows_read (file, check_sitemap, NULL);
  check_frontier (file);
  if (!mill_run_file_close (file, &error))
    check_message (error);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GBytes) bytes = NULL, after = NULL;

  if (folder == NULL)
    make_folder ();
  if (size >= strlen (DATABASE) && memcmp (data, DATABASE, strlen (DATABASE)) == 0)
    bytes = g_bytes_new (data, size);
  else
    {
      g_autofree char *sql = g_strndup ((const char *) data, size);

      bytes = change_base (sql);
    }
  remove_file ();
  write_file (bytes);
  for (guint table = MILL_EXPORT_PAGES; table <= MILL_EXPORT_CHANGES; table++)
    check_export ((MillExportTable) table, MILL_EXPORT_CSV);
  check_export (MILL_EXPORT_PAGES, MILL_EXPORT_JSONL);
  check_summaries ();
  after = read_file ();
  g_assert_true (g_bytes_equal (bytes, after));
  check_resume ();
  return 0;
}
