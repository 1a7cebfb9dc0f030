/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Run files of earlier versions: nothing of them is lost. */

#include "config.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <sqlite3.h>
#include <string.h>

#include "core/mill-error.h"
#include "crawl/mill-crawl-job.h"
#include "crawl/mill-crawl-record.h"
#include "record/mill-changes.h"
#include "record/mill-export.h"
#include "record/mill-run-file-private.h"
#include "record/mill-run-schema-private.h"
#include "sources/mill-crawl-source.h"
#include "test-parts.h"
#include "test-web-server.h"

#define HTML "text/html"

/* Version 1, letter by letter. */
static const char version_1[] =
    "BEGIN; PRAGMA application_id = 1298754668; PRAGMA user_version = 1;"
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;"
    "CREATE TABLE host (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);"
    "CREATE TABLE frontier ("
    " id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, host INTEGER NOT NULL REFERENCES host,"
    " depth INTEGER NOT NULL, referrer INTEGER REFERENCES frontier,"
    " redirects INTEGER NOT NULL DEFAULT 0, state INTEGER NOT NULL DEFAULT 0);"
    "CREATE INDEX frontier_queued ON frontier (host, id) WHERE state = 0;"
    "CREATE TABLE scope (authority TEXT PRIMARY KEY) WITHOUT ROWID;"
    "CREATE TABLE item ("
    " key TEXT PRIMARY KEY, outcome TEXT NOT NULL, finished TEXT NOT NULL, attempts INTEGER NOT NULL,"
    " status INTEGER, type TEXT, bytes INTEGER, depth INTEGER, referrer TEXT, location TEXT, file TEXT,"
    " error TEXT)"
    " WITHOUT ROWID;"
    "COMMIT;";

/* Version 2, letter by letter, of a crawl whose pages were settled in another order than that of their names.
 */
static const char version_2[] =
    "BEGIN; PRAGMA application_id = 1298754668; PRAGMA user_version = 2;"
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;"
    "CREATE TABLE host (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);"
    "CREATE TABLE frontier ("
    " id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, host INTEGER NOT NULL REFERENCES host,"
    " depth INTEGER NOT NULL, referrer INTEGER REFERENCES frontier,"
    " redirects INTEGER NOT NULL DEFAULT 0, state INTEGER NOT NULL DEFAULT 0,"
    " level INTEGER NOT NULL DEFAULT 0, sitemap INTEGER REFERENCES sitemap);"
    "CREATE INDEX frontier_queued ON frontier (host, id) WHERE state = 0;"
    "CREATE TABLE scope (authority TEXT PRIMARY KEY) WITHOUT ROWID;"
    "CREATE TABLE item ("
    " key TEXT PRIMARY KEY, outcome TEXT NOT NULL, finished TEXT NOT NULL, attempts INTEGER NOT NULL,"
    " status INTEGER, type TEXT, bytes INTEGER, depth INTEGER, referrer TEXT, location TEXT, file TEXT,"
    " error TEXT, started TEXT, header_ms REAL, fetch_ms REAL, title TEXT, hash TEXT, etag TEXT,"
    " last_modified TEXT) WITHOUT ROWID;"
    "CREATE TABLE sitemap ("
    " id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, site TEXT NOT NULL, nesting INTEGER NOT NULL,"
    " delay INTEGER NOT NULL, state INTEGER NOT NULL DEFAULT 0);"
    "CREATE TABLE earlier ("
    " key TEXT PRIMARY KEY, outcome TEXT NOT NULL, finished TEXT NOT NULL, status INTEGER, bytes INTEGER,"
    " hash TEXT, etag TEXT, last_modified TEXT, location TEXT) WITHOUT ROWID;"
    "INSERT INTO item VALUES"
    " ('http://h/a', 'done', '2026-01-01 00:00:02.000', 1, 200, 'text/html', 7, 0, NULL, NULL, 'a.html', "
    "NULL,"
    "  '2026-01-01 00:00:01.900', 12.5, 30.25, 'A', 'abc', '\"1\"', 'Fri'),"
    " ('http://h/b', 'dead', '2026-01-01 00:00:03.000', 3, 404, NULL, NULL, 1, 'http://h/a', NULL, NULL,"
    "  '404 Not Found', NULL, NULL, NULL, NULL, NULL, NULL, NULL),"
    " ('http://h/c', 'done', '2026-01-01 00:00:01.000', 1, 301, NULL, 0, 0, NULL, 'http://h/a', NULL, NULL,"
    "  NULL, 1.5, 2.5, NULL, NULL, NULL, NULL);"
    "COMMIT;";

typedef struct
{
  TestWebServer *server; /* (owned) */
  char *folder;          /* (owned) */
  char *path;            /* (owned) of the run file, which is not there yet */
  char *other;           /* (owned) of another */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = test_web_server_new ();
  fixture->folder = g_dir_make_tmp ("mill-schema-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "1.run", NULL);
  fixture->other = g_build_filename (fixture->folder, "2.run", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  test_web_server_free (fixture->server);
  test_remove_tree (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->other);
  g_free (fixture->folder);
}

static void
execute (sqlite3 *db, const char *sql)
{
  char *message = NULL;

  sqlite3_exec (db, sql, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
}

/* (transfer full) (nullable): the first column of all rows, with commas between them */
static char *
ask (const char *path, const char *sql)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *query = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &query, NULL), ==, SQLITE_OK);
  while (sqlite3_step (query) == SQLITE_ROW)
    g_string_append_printf (text, "%s%s", text->len > 0 ? "," : "",
                            (const char *) sqlite3_column_text (query, 0));
  sqlite3_finalize (query);
  sqlite3_close (db);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_answer (const char *path, const char *sql, const char *answer)
{
  g_autofree char *text = ask (path, sql);

  g_test_message ("%s", sql);
  g_assert_cmpstr (text, ==, answer);
}

static char *
make_job (Fixture *fixture, gboolean requisites)
{
  g_autofree char *start = test_web_server_url (fixture->server, "/");
  const char *urls[] = { start, NULL };
  g_autoptr (MillJob) job = NULL;
  MillCrawlOptions options;

  mill_crawl_options_init (&options, urls);
  options.delay_ms = 0;
  options.retries = 0;
  options.requisites = requisites;
  options.max_depth = 2;
  job = mill_crawl_job_new (&options, NULL);
  return mill_job_to_text (job);
}

/* A crawl that was left after its start page and a stylesheet; a page and what the stylesheet needs are still
 * to be fetched. In its links there is a depth for each level of requisites, if these are wanted. */
static void
make_version_1 (Fixture *fixture, gboolean requisites)
{
  g_autofree char *job = make_job (fixture, requisites);
  const char *base = fixture->server->base;
  int step = requisites ? 16 : 1;
  sqlite3 *db = NULL;
  char *sql = sqlite3_mprintf (
      "INSERT INTO meta VALUES ('job', %Q); INSERT INTO host VALUES (1, %Q); INSERT INTO scope VALUES (%Q);"
      "INSERT INTO frontier VALUES (1, '%q/', 1, 0, NULL, 0, 1), (2, '%q/a', 1, %d, 1, 0, 0),"
      " (3, '%q/s.css', 1, 1, 1, 0, 1), (4, '%q/i.png', 1, 2, 3, 0, 0), (5, '%q/b', 1, %d, 1, 0, 2);"
      "INSERT INTO item VALUES ('%q/', 'done', '2026-01-01 00:00:00.000', 1, 200, 'text/html', 7, 0, NULL, "
      "NULL,"
      " 'index.html', NULL), ('%q/s.css', 'done', '2026-01-01 00:00:00.000', 2, 200, 'text/css', 9, 0, '%q/',"
      " NULL, NULL, NULL), ('%q/b', 'dead', '2026-01-01 00:00:00.000', 3, 404, NULL, NULL, 1, '%q/', NULL, "
      "NULL,"
      " '404 Not Found');",
      job, base + strlen ("http://"), base + strlen ("http://"), base, base, step, base, base, base, step,
      base, base, base, base, base);

  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  execute (db, "PRAGMA journal_mode = WAL");
  execute (db, version_1);
  execute (db, sql);
  sqlite3_free (sql);
  sqlite3_close (db);
}

static void
make_version_2 (Fixture *fixture)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  execute (db, "PRAGMA journal_mode = WAL");
  execute (db, version_2);
  sqlite3_close (db);
}

/* Every cell is where it was, the rows are in the order of settling, and what was not known is empty. */
static void
test_version_2 (Fixture *fixture, gconstpointer data)
{
  static const char old[] =
      "SELECT quote (key) || quote (outcome) || quote (finished) || quote (attempts)"
      " || quote (status) || quote (type) || quote (bytes) || quote (depth)"
      " || quote (referrer) || quote (location) || quote (file) || quote (error)"
      " || quote (started) || quote (header_ms) || quote (fetch_ms) || quote (title)"
      " || quote (hash) || quote (etag) || quote (last_modified) FROM item ORDER BY key";
  g_autofree char *before = NULL, *names = NULL;

  make_version_2 (fixture);
  before = ask (fixture->path, old);
  g_assert_nonnull (strstr (before, "30.25"));
  mill_run_file_unref (mill_run_file_open (fixture->path, NULL));
  assert_answer (fixture->path, "PRAGMA user_version", G_STRINGIFY (MILL_RUN_SCHEMA_VERSION));
  assert_answer (fixture->path, old, before);
  assert_answer (fixture->path, "SELECT key FROM item ORDER BY rowid", "http://h/c,http://h/a,http://h/b");
  assert_answer (fixture->path,
                 "SELECT count (*) FROM item WHERE latency_ms IS NULL AND stage IS NULL AND result IS NULL",
                 "3");
  assert_answer (fixture->path, "SELECT count (*) FROM run", "0");
  mill_run_file_unref (mill_run_file_create (fixture->other, NULL));
  names = ask (fixture->other, "SELECT type || name FROM sqlite_schema ORDER BY name");
  assert_answer (fixture->path, "SELECT type || name FROM sqlite_schema ORDER BY name", names);
}

/* Whatever made a file, its tables are the same. */
static void
test_same_tables (Fixture *fixture, gconstpointer data)
{
  static const char *const tables[] = { "meta",    "host",    "frontier", "scope", "item",
                                        "sitemap", "earlier", "run",      "event", "sample" };
  g_autofree char *names = NULL;

  make_version_1 (fixture, FALSE);
  mill_run_file_unref (mill_run_file_open (fixture->path, NULL));
  mill_run_file_unref (mill_run_file_create (fixture->other, NULL));
  names = ask (fixture->other, "SELECT type || name FROM sqlite_schema ORDER BY name");
  assert_answer (fixture->path, "SELECT type || name FROM sqlite_schema ORDER BY name", names);
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_autofree char *sql =
          g_strdup_printf ("SELECT name || type || \"notnull\" || ifnull (dflt_value, '') || pk"
                           " FROM pragma_table_info ('%s')",
                           tables[i]);
      g_autofree char *columns = ask (fixture->other, sql);

      assert_answer (fixture->path, sql, columns);
    }
  assert_answer (fixture->path, "PRAGMA user_version", G_STRINGIFY (MILL_RUN_SCHEMA_VERSION));
  assert_answer (fixture->path, "PRAGMA application_id", "1298754668");
}

static void
assert_all_there (const char *path)
{
  assert_answer (path, "SELECT depth || '/' || level FROM frontier ORDER BY id", "0/0,1/0,0/1,0/2,1/0");
  assert_answer (path, "SELECT state FROM frontier ORDER BY id", "1,0,1,0,2");
  assert_answer (path, "SELECT ifnull (referrer, 0) FROM frontier ORDER BY id", "0,1,1,3,1");
  assert_answer (path,
                 "SELECT outcome || status || ifnull (type, '') || attempts || depth FROM item ORDER BY key",
                 "done200text/html10,dead40431,done200text/css20");
  assert_answer (path, "SELECT count (*) FROM item WHERE error = '404 Not Found'", "1");
  assert_answer (path, "SELECT file FROM item WHERE file IS NOT NULL", "index.html");
}

static void
test_all_there (Fixture *fixture, gconstpointer data)
{
  make_version_1 (fixture, TRUE);
  mill_run_file_unref (mill_run_file_open (fixture->path, NULL));
  assert_all_there (fixture->path);
  mill_run_file_unref (mill_run_file_open (fixture->path, NULL)); /* once is enough */
  assert_all_there (fixture->path);
}

/* Without requisites the numbers were depths. */
static void
test_plain_depths (Fixture *fixture, gconstpointer data)
{
  make_version_1 (fixture, FALSE);
  mill_run_file_unref (mill_run_file_open (fixture->path, NULL));
  assert_answer (fixture->path, "SELECT depth || '/' || level FROM frontier ORDER BY id",
                 "0/0,1/0,1/0,2/0,1/0");
}

/* To look at a file does not change it. */
static void
test_read_only (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autofree char *bytes = NULL, *after = NULL;
  g_autoptr (GError) error = NULL;
  gsize length, length_after;
  const char *text;

  make_version_1 (fixture, TRUE);
  g_assert_true (g_file_get_contents (fixture->path, &bytes, &length, NULL));
  mill_export_run (fixture->path, MILL_EXPORT_PAGES, MILL_EXPORT_JSONL, stream, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_write_all (stream, "", 1, NULL, NULL, NULL);
  text = g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (stream));
  g_assert_nonnull (strstr (text, "\"file\":\"index.html\""));
  g_assert_nonnull (strstr (text,
                            "/s.css\",\"outcome\":\"done\",\"status\":200,\"type\":\"text/css\",\"bytes\":9,"
                            "\"title\":null,\"depth\":0,\"level\":1,"));
  g_assert_nonnull (strstr (text, "\"error\":\"404 Not Found\""));
  g_assert_true (g_file_get_contents (fixture->path, &after, &length_after, NULL));
  g_assert_cmpmem (bytes, length, after, length_after);
  assert_answer (fixture->path, "PRAGMA user_version", "1");
}

static void
run (MillPipeline *pipeline)
{
  g_autoptr (GError) error = NULL;

  mill_pipeline_start (pipeline, &error);
  g_assert_no_error (error);
  g_assert_true (mill_pipeline_join (pipeline, NULL, NULL));
}

static void
set_site (Fixture *fixture)
{
  test_web_server_set_page (fixture->server, "/", HTML, "1234567");
  test_web_server_set_page (fixture->server, "/s.css", "text/css", "123456789");
  test_web_server_set_page (fixture->server, "/a", HTML, "<a href=deep>d</a><img src=j.png>");
  test_web_server_set_page (fixture->server, "/deep", HTML, "<a href=too-deep>d</a><img src=k.png>");
  test_web_server_set_page (fixture->server, "/i.png", "image/png", "i");
  test_web_server_set_page (fixture->server, "/j.png", "image/png", "j");
  test_web_server_set_page (fixture->server, "/k.png", "image/png", "k");
}

/* What was done is not done again, and the rest is, each at its depth. */
static void
test_resume (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillPipeline) pipeline = NULL;

  make_version_1 (fixture, TRUE);
  set_site (fixture);
  pipeline = mill_crawl_resume (fixture->path, &error);
  g_assert_no_error (error);
  run (pipeline);
  g_assert_cmpuint (test_web_server_get_asked (fixture->server, "/"), ==, 0);
  g_assert_cmpuint (test_web_server_get_asked (fixture->server, "/s.css"), ==, 0);
  g_assert_cmpuint (test_web_server_get_asked (fixture->server, "/b"), ==, 0);
  g_assert_cmpuint (test_web_server_get_asked (fixture->server, "/too-deep"), ==, 0);
  assert_answer (
      fixture->path,
      "SELECT substr (url, -5) || ' ' || depth || '/' || level FROM frontier WHERE id > 5 ORDER BY url",
      "/deep 2/0,j.png 1/1,k.png 2/1");
}

/* An earlier run without hashes: what is as long may be the same or not. */
static void
test_repeat (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillPipeline) pipeline = NULL;
  MillChangeCounts counts;

  make_version_1 (fixture, FALSE);
  set_site (fixture);
  test_web_server_set_page (fixture->server, "/", HTML, "<a href=a>.</a><a href=s.css>.</a>");
  pipeline = mill_crawl_repeat (fixture->path, fixture->other, &error);
  g_assert_no_error (error);
  run (pipeline);
  g_assert_true (mill_changes_count (fixture->other, &counts, NULL));
  g_assert_cmpuint (counts.n_unknown, ==, 1);
  g_assert_cmpuint (counts.n_changed, ==, 1);
  g_assert_cmpuint (counts.n_new, ==, 2);
  assert_answer (fixture->path, "PRAGMA user_version", "1");
}

/* What is no whole file of its version is refused, and stays as it is: also what was changed before that was
 * found. */
static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *sql;
    const char *words;
  } cases[] = {
    { "DROP TABLE item", "do not fit together" },
    { "DROP TABLE host", "have no “host." },
    { "ALTER TABLE item DROP COLUMN file", "do not fit together" },
    { "CREATE TABLE sitemap (id)", "do not fit together" },
    { "ALTER TABLE scope RENAME TO s; CREATE VIEW scope AS SELECT authority FROM s",
      "have no “scope.authority”" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
      g_autofree char *bytes = NULL, *after = NULL;
      g_autoptr (GError) error = NULL;
      gsize length, length_after;
      sqlite3 *db = NULL;

      g_test_message ("%s", cases[i].sql);
      make_version_1 (fixture, TRUE);
      g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
      execute (db, cases[i].sql);
      sqlite3_close (db);
      g_assert_true (g_file_get_contents (fixture->path, &bytes, &length, NULL));
      g_assert_false (
          mill_export_run (fixture->path, MILL_EXPORT_PAGES, MILL_EXPORT_CSV, stream, NULL, &error));
      g_assert_nonnull (strstr (error->message, cases[i].words));
      g_clear_error (&error);
      g_assert_null (mill_run_file_open (fixture->path, &error));
      g_assert_error (error, MILL_ERROR, MILL_ERROR_DAMAGED);
      g_assert_nonnull (strstr (error->message, "1.run is damaged"));
      g_assert_nonnull (strstr (error->message, cases[i].words));
      g_assert_true (g_file_get_contents (fixture->path, &after, &length_after, NULL));
      g_assert_cmpmem (bytes, length, after, length_after);
      g_assert_cmpint (g_remove (fixture->path), ==, 0);
    }
}

#define ADD(name, func) g_test_add ("/run-schema/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  ADD ("same-tables", test_same_tables);
  ADD ("version-2", test_version_2);
  ADD ("all-there", test_all_there);
  ADD ("plain-depths", test_plain_depths);
  ADD ("read-only", test_read_only);
  ADD ("damaged", test_damaged);
  ADD ("resume", test_resume);
  ADD ("repeat", test_repeat);
  return g_test_run ();
}
