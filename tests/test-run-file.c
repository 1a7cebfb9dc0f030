/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillRunFile: the contract in its header, and a crawl that is killed again and again. */

#include "config.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <signal.h>
#include <string.h>

#include "core/mill-error.h"
#include "demo/mill-demo-site.h"
#include "record/mill-run-facts.h"
#include "record/mill-run-file-private.h"
#include "run-query.h"
#include "test-parts.h"
#include "warc-reader.h"

#define PAGES       400
#define QUICK_KILLS 6
#define SLOW_KILLS  50
#define ARCHIVE     "all.warc.gz"

typedef struct
{
  char *folder; /* (owned) */
  char *path;   /* (owned) of the run file, which is not there yet */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("millrace-run-file-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "run.sqlite", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  test_remove_tree (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static void
add_host (MillRunFile *file, const char *key)
{
  sqlite3_stmt *insert;

  mill_run_file_begin (file);
  insert = mill_run_file_prepare (file, "INSERT INTO host (key) VALUES (?)");
  sqlite3_bind_text (insert, 1, key, -1, SQLITE_STATIC);
  mill_run_file_step (file, insert);
  mill_run_file_end (file);
}

static void
assert_refused (const char *path, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (mill_run_file_open (path, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, words));
  g_assert_nonnull (strstr (error->message, "run.sqlite"));
}

static void
test_goes_on (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  MillRunFile *file = mill_run_file_create (fixture->path, &error);
  g_autofree char *value = NULL;

  g_assert_no_error (error);
  add_host (file, "a:80");
  mill_run_file_set_meta (file, "job", "one");
  mill_run_file_set_meta (file, "job", "two");
  g_assert_cmpint (test_ask_run (fixture->path, "SELECT count (*) FROM host"), ==, 0);
  mill_run_file_commit (file);
  /* Others may read while it is written to, and see what was committed. */
  g_assert_cmpint (test_ask_run (fixture->path, "SELECT count (*) FROM host"), ==, 1);
  add_host (file, "b:80");
  g_assert_true (mill_run_file_close (file, &error));
  add_host (file, "too late");
  mill_run_file_unref (file);

  file = mill_run_file_open (fixture->path, &error);
  g_assert_no_error (error);
  value = mill_run_file_dup_meta (file, "job");
  g_assert_cmpstr (value, ==, "two");
  g_assert_null (mill_run_file_dup_meta (file, "nothing"));
  mill_run_file_unref (file);
  g_assert_cmpint (test_ask_run (fixture->path, "SELECT count (*) FROM host"), ==, 2);
}

static void
test_one_writer (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  MillRunFile *file = mill_run_file_create (fixture->path, &error);

  g_assert_null (mill_run_file_create (fixture->path, &error));
  g_assert_nonnull (strstr (error->message, "run.sqlite is there already"));
  assert_refused (fixture->path, "in use");
  mill_run_file_unref (file);
  file = mill_run_file_open (fixture->path, NULL);
  g_assert_nonnull (file);
  mill_run_file_unref (file);
}

static void
test_strangers (Fixture *fixture, gconstpointer data)
{
  MillRunFile *file;
  sqlite3 *db = NULL;

  assert_refused (fixture->path, "No such file");
  g_assert_true (g_file_set_contents (fixture->path,
                                      "not a database, but long enough to be looked at as one"
                                      "................................................",
                                      -1, NULL));
  assert_refused (fixture->path, "not a run file");
  g_remove (fixture->path);

  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "CREATE TABLE t (x)", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  assert_refused (fixture->path, "not a run file");
  g_remove (fixture->path);

  file = mill_run_file_create (fixture->path, NULL);
  mill_run_file_unref (file);
  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA user_version = 1000", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  assert_refused (fixture->path, "later version");
}

/* A page of the file that was overwritten is found before anything is written. */
static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  MillRunFile *file = mill_run_file_create (fixture->path, NULL);
  g_autofree char *bytes = NULL, *after = NULL;
  gsize length, length_after;

  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *key = g_strdup_printf ("host-%u.example:80", i);

      add_host (file, key);
    }
  mill_run_file_unref (file);
  g_assert_true (g_file_get_contents (fixture->path, &bytes, &length, NULL));
  memset (bytes + length / 2, 0x5a, 8192);
  g_assert_true (g_file_set_contents (fixture->path, bytes, (gssize) length, NULL));
  assert_refused (fixture->path, "damaged");
  g_assert_true (g_file_get_contents (fixture->path, &after, &length_after, NULL));
  g_assert_cmpmem (bytes, length, after, length_after);
}

/* The first error ends it; what was committed before stays. The file is made full by its own limit. */
static void
test_full (Fixture *fixture, gconstpointer data)
{
  MillRunFile *file = mill_run_file_create (fixture->path, NULL);
  g_autoptr (GError) error = NULL;

  add_host (file, "kept");
  mill_run_file_commit (file);
  mill_run_file_begin (file);
  mill_run_file_step (file, mill_run_file_prepare (file, "PRAGMA max_page_count = 1"));
  mill_run_file_end (file);
  for (guint i = 0; i < 20000 && mill_run_file_check (file, NULL); i++)
    {
      g_autofree char *key = g_strdup_printf ("host-%u.example:80", i);

      add_host (file, key);
    }
  g_assert_false (mill_run_file_check (file, &error));
  g_assert_nonnull (strstr (error->message, "the disk is full"));
  add_host (file, "after");
  g_assert_false (mill_run_file_close (file, NULL));
  mill_run_file_unref (file);
  g_assert_cmpint (test_ask_run (fixture->path, "SELECT count (*) FROM host WHERE key = 'kept'"), ==, 1);
  g_assert_cmpint (test_ask_run (fixture->path, "SELECT count (*) FROM host WHERE key = 'after'"), ==, 0);
}

/* ---- a crawl that is killed -----------------------------------------------------------------------------
 */

static GSubprocess *
start_crawl (Fixture *fixture, const char *start)
{
  g_autofree char *pages = g_build_filename (fixture->folder, "pages", NULL);
  g_autofree char *archive = g_build_filename (fixture->folder, ARCHIVE, NULL);
  const char *cli = g_getenv ("MILLRACE_CLI");
  g_autoptr (GError) error = NULL;
  GSubprocess *child;

  if (start != NULL)
    child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error,
                              cli, "crawl", start, "--record", fixture->path, "--save", pages, "--warc",
                              archive, "--per-host", "16", "--delay", "0", NULL);
  else
    child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error,
                              cli, "crawl", "--resume", fixture->path, NULL);
  g_assert_no_error (error);
  return child;
}

static guint64
count_requests (MillDemoSite *site)
{
  MillDemoSiteCounts counts;

  mill_demo_site_get_counts (site, &counts);
  return counts.requests;
}

static void
ended_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_assert_true (g_subprocess_wait_finish (G_SUBPROCESS (object), result, NULL));
  *(gboolean *) user_data = TRUE;
}

/* Kills @child once it has made @after more requests, at whatever it is just doing, or lets it end before. */
static gboolean
kill_after (GSubprocess *child, MillDemoSite *site, guint64 after)
{
  guint64 last = count_requests (site) + after;
  gboolean ended = FALSE;

  g_subprocess_wait_async (child, NULL, ended_cb, &ended);
  while (!ended && count_requests (site) < last)
    g_main_context_iteration (NULL, FALSE);
  if (!ended)
    g_subprocess_send_signal (child, SIGKILL);
  while (!ended)
    g_main_context_iteration (NULL, TRUE);
  return g_subprocess_get_if_exited (child);
}

/* What is done in the run file is in the archive, which has no half records. */
static void
assert_archived (Fixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->folder, ARCHIVE, NULL);
  g_autoptr (GPtrArray) records = warc_read (path);
  sqlite3 *db = NULL;
  sqlite3_stmt *query = NULL;

  g_assert_cmpint (sqlite3_open_v2 (fixture->path, &db, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "SELECT key FROM item WHERE outcome = 'done'", -1, &query, NULL),
                   ==, SQLITE_OK);
  while (sqlite3_step (query) == SQLITE_ROW)
    g_assert_nonnull (warc_find (records, "response", (const char *) sqlite3_column_text (query, 0)));
  sqlite3_finalize (query);
  sqlite3_close (db);
}

/* Every page once, none lost, each in its file. */
static void
test_killed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MillDemoSite) site = mill_demo_site_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) g_test_rand_int ());
  guint kills = g_test_slow () ? SLOW_KILLS : QUICK_KILLS;
  g_autofree char *uri = NULL;
  gboolean ended = FALSE;

  g_object_set (site, "pages", PAGES, NULL);
  g_assert_true (mill_demo_site_start (site, 0, NULL));
  uri = mill_demo_site_get_uri (site);
  for (guint i = 0; !ended; i++)
    {
      /* The first, which makes the file, lives long enough for that: its first request comes after. */
      g_autoptr (GSubprocess) child = start_crawl (fixture, i == 0 ? uri : NULL);
      guint64 after = (guint64) g_rand_int_range (rand, 1, (gint) MAX (2 * PAGES / kills, 2));

      ended = kill_after (child, site, i < kills ? after : G_MAXUINT32);
      if (ended)
        g_assert_cmpint (g_subprocess_get_exit_status (child), ==, 0);
      g_assert_cmpint (
          test_ask_run (fixture->path,
                        "SELECT count (*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"),
          ==, 1);
    }
  g_assert_cmpint (test_ask_run (fixture->path, "SELECT count (*) FROM item WHERE outcome = 'done'"), ==,
                   PAGES);
  g_assert_cmpint (test_ask_run (fixture->path, "SELECT count (*) FROM frontier WHERE state = 1"), ==, PAGES);
  g_assert_cmpint (test_ask_run (fixture->path, "SELECT count (*) FROM frontier WHERE state = 0"), ==, 0);
  g_assert_cmpint (test_ask_run (fixture->path, "SELECT count (DISTINCT file) FROM item"), ==, PAGES);
  assert_archived (fixture);
  mill_demo_site_stop (site);
}

/* ---- another run that is killed -------------------------------------------------------------------------
 */

#define ROWS_BEFORE_KILL 500

static GSubprocess *
start_endless_run (Fixture *fixture)
{
  g_autofree char *job = g_build_filename (fixture->folder, "job.millrace", NULL);
  g_autoptr (GError) error = NULL;
  GSubprocess *child;

  g_assert_true (g_file_set_contents (job,
                                      "[Job]\nname=Endless\n[Source]\ntype=count\nitems=1000000\n"
                                      "[Stage work]\nkind=threads\nstep=simulate\nmaxsize=100\n"
                                      "consumers=8\nretries=0\ndistribution=uniform\nlatency=2\n"
                                      "spread=1\nerror-rate=0.1\n[Sink]\ntype=count\n",
                                      -1, NULL));
  child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error,
                            g_getenv ("MILLRACE_CLI"), "run", job, "--record", fixture->path, NULL);
  g_assert_no_error (error);
  return child;
}

/* 0 as long as the file cannot be read. */
static gint64
ask_number (Fixture *fixture, const char *question)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *query = NULL;
  gint64 n = 0;

  if (sqlite3_open_v2 (fixture->path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
      sqlite3_prepare_v2 (db, question, -1, &query, NULL) == SQLITE_OK && sqlite3_step (query) == SQLITE_ROW)
    n = sqlite3_column_int64 (query, 0);
  sqlite3_finalize (query);
  sqlite3_close (db);
  return n;
}

static gint64
count_items (Fixture *fixture)
{
  return ask_number (fixture, "SELECT count (*) FROM item");
}

/* Items are handed over a moment before the counts that know of them. */
static gint64
count_counted_items (Fixture *fixture)
{
  return ask_number (fixture, "SELECT min (produced, (SELECT count (*) FROM item)) FROM run");
}

/* Whatever moment it is killed at, the file is whole, and what it counted it has. */
static void
test_run_killed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSubprocess) child = start_endless_run (fixture);
  g_autoptr (MillRunFacts) facts = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ended = FALSE;

  g_subprocess_wait_async (child, NULL, ended_cb, &ended);
  while (!ended && count_counted_items (fixture) < ROWS_BEFORE_KILL)
    g_main_context_iteration (NULL, FALSE);
  g_assert_false (ended);
  facts = mill_run_facts_read (fixture->path, &error);
  g_assert_no_error (error);
  g_assert_true (facts->is_in_use);
  g_assert_false (facts->is_cut_off);
  g_clear_pointer (&facts, mill_run_facts_free);
  g_subprocess_send_signal (child, SIGKILL);
  while (!ended)
    g_main_context_iteration (NULL, TRUE);

  g_assert_cmpint (test_ask_run (fixture->path,
                                 "SELECT count (*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"),
                   ==, 1);
  facts = mill_run_facts_read (fixture->path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (facts->name, ==, "Endless");
  g_assert_cmpint (facts->state, ==, MILL_STATE_RUNNING);
  g_assert_true (facts->is_cut_off);
  g_assert_false (facts->is_crawl || facts->is_in_use);
  g_assert_nonnull (facts->started);
  g_assert_null (facts->ended);
  g_assert_cmpuint (facts->produced, >=, ROWS_BEFORE_KILL);
  /* Each tenth of a second first its items are handed over, then its counts. */
  g_assert_cmpint (count_items (fixture), >=, ROWS_BEFORE_KILL);
  g_assert_cmpint (count_items (fixture) + (gint64) facts->unrecorded + 8, >=, facts->done + facts->dead);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/run-file/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("goes-on", test_goes_on);
  ADD ("one-writer", test_one_writer);
  ADD ("strangers", test_strangers);
  ADD ("damaged", test_damaged);
  ADD ("full", test_full);
  ADD ("killed", test_killed);
  ADD ("run-killed", test_run_killed);
#undef ADD

  return g_test_run ();
}
