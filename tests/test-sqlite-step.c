/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillSqliteStep (engine/sinks/mill-sqlite-step.h), sentence by sentence, asked by SQLite alone. */

#include "config.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "core/mill-error.h"
#include "core/mill-retry-policy.h"
#include "run-query.h"
#include "sinks/mill-postgres-step.h"
#include "sinks/mill-sqlite-step.h"
#include "test-parts.h"
#include "test-rows.h"

static void
open_step (TestRows *rows, const char *first_property, ...)
{
  g_autofree char *path = test_rows_get_path (rows, "rows.sqlite");
  MillStep *step = mill_sqlite_step_new (path, NULL);
  va_list properties;

  va_start (properties, first_property);
  if (first_property != NULL)
    g_object_set_valist (G_OBJECT (step), first_property, properties);
  va_end (properties);
  test_rows_open (rows, step);
  g_assert_no_error (rows->error);
}

static gint64
ask (TestRows *rows, const char *sql)
{
  g_autofree char *path = test_rows_get_path (rows, "rows.sqlite");

  return test_ask_run (path, sql);
}

/* Another program's connection. */
static sqlite3 *
connect_other (TestRows *rows, const char *sql)
{
  g_autofree char *path = test_rows_get_path (rows, "rows.sqlite");
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  return db;
}

static void
test_writes (TestRows *rows, gconstpointer data)
{
  open_step (rows, NULL);
  g_assert_true (test_rows_write (rows, "1",
                                  "{\"a\":1,\"b\":\"it's\",\"c\":1.5,\"d\":true,\"e\":null,\"f\":[1,2]}", "2",
                                  "{\"a\":2}", NULL));
  g_assert_no_error (rows->error);
  g_assert_cmpint (ask (rows, "SELECT count (*) FROM items"), ==, 2);
  g_assert_cmpint (
      ask (rows, "SELECT count (*) FROM items WHERE item_key = 1 AND a = 1 AND b = 'it''s' AND c = 1.5 AND "
                 "d = 1 AND e IS NULL AND f = '[1,2]'"),
      ==, 1);
  g_assert_cmpint (ask (rows, "SELECT count (*) FROM items WHERE item_key = 2 AND a = 2 AND b IS NULL"), ==,
                   1);
  g_assert_cmpint (ask (rows, "SELECT count (*) FROM pragma_journal_mode WHERE journal_mode = 'wal'"), ==, 1);
}

static void
test_replaces (TestRows *rows, gconstpointer data)
{
  open_step (rows, "key", "id", "table", "a \"table\"", NULL);
  g_assert_true (test_rows_write (rows, "1", "{\"id\":\"x\",\"n\":1}", "2", "{\"id\":\"y\",\"n\":2}", "3",
                                  "{\"id\":\"x\",\"n\":3}", NULL));
  g_assert_true (test_rows_repeat (rows));
  g_assert_cmpint (ask (rows, "SELECT count (*) FROM \"a \"\"table\"\"\""), ==, 2);
  g_assert_cmpint (ask (rows, "SELECT n FROM \"a \"\"table\"\"\" WHERE id = 'x'"), ==, 3);

  /* Another run goes on with what is there. */
  open_step (rows, "key", "id", "table", "a \"table\"", NULL);
  g_assert_true (test_rows_write (rows, "1", "{\"id\":\"y\",\"n\":9}", NULL));
  g_assert_cmpint (ask (rows, "SELECT sum (n) FROM \"a \"\"table\"\"\""), ==, 12);
}

static void
test_key_alone (TestRows *rows, gconstpointer data)
{
  open_step (rows, "key", "id", NULL);
  g_assert_true (test_rows_write (rows, "1", "{\"id\":7}", "2", "{\"id\":7}", NULL));
  g_assert_cmpint (ask (rows, "SELECT sum (id) FROM items"), ==, 7);
}

static void
test_payload (TestRows *rows, gconstpointer data)
{
  open_step (rows, NULL);
  g_assert_true (test_rows_write (rows, "c:1", "plain text", "c:2", "", NULL));
  g_assert_cmpint (
      ask (rows, "SELECT count (*) FROM items WHERE payload = 'plain text' AND item_key = 'c:1'"), ==, 1);
  g_assert_cmpint (ask (rows, "SELECT count (*) FROM items WHERE payload = ''"), ==, 1);
}

static void
test_new_column (TestRows *rows, gconstpointer data)
{
  open_step (rows, NULL);
  g_assert_true (test_rows_write (rows, "1", "{\"a\":1}", NULL));
  g_assert_true (test_rows_write (rows, "2", "{\"a\":2}", "3", "{\"a\":3,\"later\":4}", NULL));
  g_assert_cmpint (ask (rows, "SELECT sum (later) + count (*) FROM items"), ==, 7);
}

static void
test_bad_rows (TestRows *rows, gconstpointer data)
{
  sqlite3_close (
      connect_other (rows, "CREATE TABLE items (id INTEGER PRIMARY KEY, n INTEGER CHECK (n < 10))"));
  open_step (rows, "key", "id", "create", FALSE, NULL);
  g_assert_true (test_rows_write (rows, "1", "{\"id\":1,\"n\":1}", "2", "{\"id\":2,\"n\":10}", "3",
                                  "{\"n\":3}", "4", "{\"id\":4,\"n\":4,\"x\":1}", "5", "{\"id\":5,\"n\":5}",
                                  "6", "{\"id\":\"six\"}", NULL));
  g_assert_null (test_rows_get_rejection (rows, 0));
  g_assert_cmpstr (test_rows_get_rejection (rows, 1), ==,
                   "the table “items” does not take the row: CHECK constraint failed: n < 10");
  g_assert_cmpstr (test_rows_get_rejection (rows, 2), ==, "the key field “id” is missing or null");
  g_assert_cmpstr (test_rows_get_rejection (rows, 3), ==, "the field “x” has no column");
  g_assert_null (test_rows_get_rejection (rows, 4));
  g_assert_nonnull (test_rows_get_rejection (rows, 5));
  g_assert_cmpint (ask (rows, "SELECT sum (id) FROM items"), ==, 6);
}

/* A table whose own rule ends the transaction: all of the batch is given back, for the stage to split it. */
static void
test_rule_that_rolls_back (TestRows *rows, gconstpointer data)
{
  sqlite3_close (connect_other (
      rows, "CREATE TABLE items (id INTEGER PRIMARY KEY, n INTEGER NOT NULL ON CONFLICT ROLLBACK)"));
  open_step (rows, "key", "id", NULL);
  g_assert_false (test_rows_write (rows, "1", "{\"id\":1,\"n\":1}", "2", "{\"id\":2,\"n\":null}", NULL));
  g_assert_error (rows->error, MILL_ERROR, MILL_ERROR_INVALID);
  g_assert_cmpint (ask (rows, "SELECT count (*) FROM items"), ==, 0);
  g_assert_true (test_rows_write (rows, "1", "{\"id\":1,\"n\":1}", NULL));
  g_assert_cmpint (ask (rows, "SELECT count (*) FROM items"), ==, 1);
}

static void
test_locked (TestRows *rows, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  sqlite3 *other;

  open_step (rows, NULL);
  other = connect_other (rows, "BEGIN IMMEDIATE");
  g_assert_false (test_rows_write (rows, "1", "{\"a\":1}", NULL));
  g_assert_true (mill_retry_policy_is_retryable (rows->error));

  g_cancellable_cancel (cancellable);
  g_assert_false (test_rows_write_cancellable (rows, cancellable, "1", "{\"a\":1}", NULL));
  g_assert_error (rows->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  sqlite3_close (other);
  g_assert_true (test_rows_repeat (rows));
  g_assert_cmpint (ask (rows, "SELECT count (*) FROM items"), ==, 1);
}

static void
assert_fatal (TestRows *rows, const char *message)
{
  g_assert_false (test_rows_write (rows, "1", "{\"a\":1}", NULL));
  g_assert_error (rows->error, MILL_ERROR, MILL_ERROR_FATAL);
  if (!g_str_has_suffix (rows->error->message, message))
    g_error ("“%s” does not end with “%s”", rows->error->message, message);
}

static void
test_wrong_jobs (TestRows *rows, gconstpointer data)
{
  sqlite3_close (connect_other (rows, "CREATE TABLE bare (item_key INTEGER)"));
  open_step (rows, "create", FALSE, NULL);
  assert_fatal (rows, "has no table “items”");
  open_step (rows, "table", "bare", NULL);
  assert_fatal (rows, "ON CONFLICT clause does not match any PRIMARY KEY or UNIQUE constraint");

  g_assert_false (test_rows_open (rows, mill_sqlite_step_new (NULL, NULL)));
  g_assert_cmpstr (rows->error->message, ==, "the sqlite step needs a “file”");
  g_assert_false (test_rows_open (rows, mill_sqlite_step_new (rows->folder, NULL)));
  g_assert_error (rows->error, MILL_ERROR, MILL_ERROR_FATAL);
}

/* As a job: what is wrong becomes a dead letter with its line's number, and all else is there once. */
static void
test_job (TestRows *rows, gconstpointer data)
{
  g_autofree char *lines = test_rows_get_path (rows, "lines"),
                  *path = test_rows_get_path (rows, "rows.sqlite");
  g_autofree char *text = NULL;
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (MillJob) job = NULL;
  g_autoptr (MillPipeline) pipeline = NULL;
  g_autoptr (GPtrArray) letters = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 1; i <= 1200; i++)
    g_string_append_printf (log, i % 1000 == 0 ? "{\"id\":%u,\n" : "{\"id\":%u,\"text\":\"line\"}\n", i);
  g_file_set_contents (lines, log->str, -1, &error);
  g_assert_no_error (error);
  text =
      g_strdup_printf ("[Job]\nname=x\n[Source]\ntype=lines\nkind=threads\nfile=%s\n"
                       "[Stage parse]\nkind=threads\nstep=parse-json\nmaxsize=5000\nconsumers=4\n"
                       "[Stage store]\nkind=threads\nstep=sqlite\nmaxsize=5000\nbatch=500\nfile=%s\nkey=id\n"
                       "[Sink]\ntype=count\n",
                       lines, path);
  bytes = g_bytes_new (text, strlen (text));
  job = mill_job_new_from_bytes (bytes, "x.millrace", &error);
  g_assert_no_error (error);
  pipeline = mill_job_build (job, &error);
  g_assert_no_error (error);
  test_start (pipeline);
  test_join (pipeline);
  test_assert_conserved (pipeline);
  letters = mill_pipeline_get_dead_letters (pipeline);
  g_assert_cmpuint (letters->len, ==, 1);
  g_assert_cmpstr (mill_item_get_key (((MillDeadLetter *) letters->pdata[0])->item), ==, "1000");
  g_assert_cmpint (ask (rows, "SELECT count (*) FROM items"), ==, 1199);
  g_assert_cmpint (ask (rows, "SELECT sum (id) FROM items"), ==, 1200 * 1201 / 2 - 1000);
}

static void
write_lines (const char *path, const char *request)
{
  FILE *file = g_fopen (path, "a");

  for (guint i = 0; i < 3; i++)
    fprintf (file, "::1 - - [28/Nov/2026:12:00:00 +0000] \"GET /%s HTTP/1.1\" 404 %u\n", request, i);
  fputs ("none of nginx’s\n", file);
  fclose (file);
}

/* The shipped one that follows a log, of these files: over a rotation, each line is a row or a dead letter.
 */
static void
test_follow_log (TestRows *rows, gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = test_build_job ("follow-log");
  MillStep *store = mill_stage_get_step (mill_pipeline_get_stage (pipeline, 1));
  g_autofree char *log = test_rows_get_path (rows, "access.log"),
                  *old = test_rows_get_path (rows, "access.log.1"),
                  *path = test_rows_get_path (rows, "rows.sqlite");

  g_object_set (mill_pipeline_get_source (pipeline), "file", log, NULL);
  g_object_set (store, "file", path, "linger", 0u, NULL);
  test_start (pipeline);
  write_lines (log, "before");
  TEST_WAIT (pipeline, s->done == 3 && s->dead == 1);
  g_assert_cmpint (g_rename (log, old), ==, 0);
  write_lines (log, "after");
  TEST_WAIT (pipeline, s->done == 6 && s->dead == 2);
  g_assert_true (mill_pipeline_drain (pipeline, 60.0, NULL));
  test_join (pipeline);
  g_assert_cmpint (ask (rows, "SELECT count (*) FROM log WHERE status = 404"), ==, 6);
  g_assert_cmpint (ask (rows, "SELECT count (*) FROM log WHERE path = '/after'"), ==, 3);
}

/* The shipped ones, and what their steps are. */
static void
test_shipped (TestRows *rows, gconstpointer data)
{
  g_autoptr (MillPipeline) to_file = test_build_job ("log-to-sqlite"),
                           to_server = test_build_job ("log-to-postgres"),
                           posts_to_server = test_build_job ("http-to-postgres");

  g_assert_true (MILL_IS_SQLITE_STEP (mill_stage_get_step (mill_pipeline_get_stage (to_file, 1))));
  g_assert_true (MILL_IS_POSTGRES_STEP (mill_stage_get_step (mill_pipeline_get_stage (to_server, 1))));
  g_assert_true (MILL_IS_POSTGRES_STEP (mill_stage_get_step (mill_pipeline_get_stage (posts_to_server, 1))));
}

static void
add (const char *path, void (*test) (TestRows *, gconstpointer))
{
  g_test_add (path, TestRows, NULL, test_rows_set_up, test, test_rows_tear_down);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  add ("/sqlite-step/writes", test_writes);
  add ("/sqlite-step/replaces", test_replaces);
  add ("/sqlite-step/key-alone", test_key_alone);
  add ("/sqlite-step/payload", test_payload);
  add ("/sqlite-step/new-column", test_new_column);
  add ("/sqlite-step/bad-rows", test_bad_rows);
  add ("/sqlite-step/rule-that-rolls-back", test_rule_that_rolls_back);
  add ("/sqlite-step/locked", test_locked);
  add ("/sqlite-step/wrong-jobs", test_wrong_jobs);
  add ("/sqlite-step/job", test_job);
  add ("/sqlite-step/follow-log", test_follow_log);
  add ("/sqlite-step/shipped", test_shipped);
  return g_test_run ();
}
