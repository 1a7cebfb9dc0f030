/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillPostgresStep (engine/sinks/mill-postgres-step.h), sentence by sentence, at a server that is thrown away
 * afterwards: one for all tests, each of which has a table of its own. Skipped where there is no server to
 * start. */

#include "config.h"

#include <locale.h>
#include <string.h>

#include "core/mill-error.h"
#include "core/mill-retry-policy.h"
#include "line-rig.h"
#include "sinks/mill-postgres-step.h"
#include "test-parts.h"
#include "test-rows.h"

static char *state; /* (owned) the server's file */
static char *uri;   /* (owned) */

/* ---- the server ------------------------------------------------------------------------------------- */

/* tests/tools/postgres; what it prints, or NULL with its exit status in @status. */
static char *
tell_server (int *status, const char *command, const char *argument)
{
  g_autofree char *program = g_test_build_filename (G_TEST_DIST, "tools", "postgres", NULL);
  const char *argv[] = { program, state, command, argument, NULL };
  g_autoptr (GError) error = NULL;
  char *output = NULL;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, status, &error);
  g_assert_no_error (error);
  return g_strchomp (output);
}

static void
command_server (const char *command, const char *argument)
{
  int status;

  g_free (tell_server (&status, command, argument));
  g_assert_cmpint (status, ==, 0);
}

static void
assert_sql (const char *sql, const char *expected)
{
  int status;
  g_autofree char *output = tell_server (&status, "sql", sql);

  g_assert_cmpint (status, ==, 0);
  g_assert_cmpstr (output, ==, expected);
}

static void
open_step (TestRows *rows, const char *table, const char *key, gboolean create)
{
  MillStep *step = mill_postgres_step_new (uri, table);

  g_object_set (step, "key", key, "create", create, NULL);
  test_rows_open (rows, step);
  g_assert_no_error (rows->error);
}

/* ---- tests ------------------------------------------------------------------------------------------ */

static void
test_writes (TestRows *rows, gconstpointer data)
{
  open_step (rows, "public.kinds \"of\" rows", NULL, TRUE);
  g_assert_true (test_rows_write (
      rows, "1", "{\"a\":1,\"b\":\"it's\\t\\\\a\\ntext\",\"c\":1.5,\"d\":true,\"e\":null,\"f\":[1,2]}", "2",
      "{\"a\":2}", NULL));
  g_assert_no_error (rows->error);
  assert_sql ("SELECT item_key, a, b = E'it''s\\t\\\\a\\ntext', c, d, e, f->1 FROM \"kinds \"\"of\"\" rows\" "
              "ORDER BY 1",
              "1|1|t|1.5|t||2\n2|2|||||");

  open_step (rows, "payloads", NULL, TRUE);
  g_assert_true (test_rows_write (rows, "c:1", "plain text", "c:2", "", NULL));
  assert_sql ("SELECT * FROM payloads ORDER BY 1", "c:1|plain text\nc:2|");
}

static void
test_replaces (TestRows *rows, gconstpointer data)
{
  open_step (rows, "replaced", "id", TRUE);
  g_assert_true (test_rows_write (rows, "1", "{\"id\":\"x\",\"n\":1}", "2", "{\"id\":\"y\",\"n\":2}", "3",
                                  "{\"id\":\"x\",\"n\":3}", NULL));
  g_assert_true (test_rows_repeat (rows));
  assert_sql ("SELECT id, n FROM replaced ORDER BY 1", "x|3\ny|2");

  open_step (rows, "replaced", "id", TRUE);
  g_assert_true (test_rows_write (rows, "1", "{\"id\":\"y\",\"n\":9}", NULL));
  g_assert_true (test_rows_write (rows, "1", "{\"id\":\"z\",\"n\":9,\"later\":1}", NULL));
  assert_sql ("SELECT * FROM replaced ORDER BY 1", "x|3|\ny|9|\nz|9|1");

  open_step (rows, "keys", "id", TRUE);
  g_assert_true (test_rows_write (rows, "1", "{\"id\":7}", "2", "{\"id\":7}", NULL));
  assert_sql ("SELECT * FROM keys", "7");
}

/* What can be seen without the server is rejected alone; what the server finds fails the batch, for the stage
 * to split it. */
static void
test_bad_rows (TestRows *rows, gconstpointer data)
{
  assert_sql ("CREATE TABLE strict (id bigint PRIMARY KEY, n int CHECK (n < 10), t text)", "");
  open_step (rows, "strict", "id", FALSE);
  g_assert_true (test_rows_write (rows, "1", "{\"id\":1,\"n\":1}", "2", "{\"n\":2}", "3",
                                  "{\"id\":3,\"x\":1}", "4", "{\"id\":4,\"n\":4}", NULL));
  g_assert_null (test_rows_get_rejection (rows, 0));
  g_assert_cmpstr (test_rows_get_rejection (rows, 1), ==, "the key field “id” is missing or null");
  g_assert_cmpstr (test_rows_get_rejection (rows, 2), ==, "the field “x” has no column");
  g_assert_null (test_rows_get_rejection (rows, 3));

  g_assert_false (test_rows_write (rows, "5", "{\"id\":5,\"n\":5}", "6", "{\"id\":6,\"n\":10}", NULL));
  g_assert_error (rows->error, MILL_ERROR, MILL_ERROR_INVALID);
  g_assert_nonnull (strstr (rows->error->message, "(23514)"));
  g_assert_false (test_rows_write (rows, "6", "{\"id\":\"six\"}", NULL));
  g_assert_error (rows->error, MILL_ERROR, MILL_ERROR_INVALID);
  g_assert_true (test_rows_write (rows, "5", "{\"id\":5,\"n\":5}", NULL));
  assert_sql ("SELECT string_agg (id::text, ' ' ORDER BY id) FROM strict", "1 4 5");
}

static void
test_nul (TestRows *rows, gconstpointer data)
{
  MillItem *item = test_row_new ("1", "-");
  g_autoptr (GBytes) bytes = g_bytes_new_static ("a\0b", 3);

  open_step (rows, "without_nul", NULL, TRUE);
  g_assert_true (test_rows_write (rows, "1", "fine", NULL));
  mill_item_set_payload (item, bytes);
  mill_work_take (&rows->work, item);
  g_assert_true (test_rows_repeat (rows));
  g_assert_cmpstr (test_rows_get_rejection (rows, 1), ==,
                   "there is a NUL byte in a text, which PostgreSQL cannot store");
}

/* Rows that are too many bytes together are for the stage to split; none of them is lost. */
static void
test_large (TestRows *rows, gconstpointer data)
{
  MillItem *item = test_row_new ("2", "-");
  g_autoptr (GBytes) bytes = NULL;
  char *text = g_strnfill (33 * 1024 * 1024, 'x');

  bytes = g_bytes_new_take (text, 33 * 1024 * 1024);
  open_step (rows, "large", NULL, TRUE);
  g_assert_true (test_rows_write (rows, "1", "small", NULL));
  mill_item_set_payload (item, bytes);
  mill_work_take (&rows->work, item);
  g_assert_false (test_rows_repeat (rows));
  g_assert_error (rows->error, MILL_ERROR, MILL_ERROR_TOO_LARGE);
  assert_sql ("SELECT item_key FROM large", "1");
}

static void
assert_fatal (TestRows *rows, const char *part)
{
  g_assert_false (test_rows_write (rows, "1", "{\"a\":1}", NULL));
  g_assert_error (rows->error, MILL_ERROR, MILL_ERROR_FATAL);
  if (strstr (rows->error->message, part) == NULL)
    g_error ("“%s” is not in “%s”", part, rows->error->message);
}

static void
assert_refused (TestRows *rows, const char *connection, const char *part)
{
  g_assert_false (test_rows_open (rows, mill_postgres_step_new (connection, NULL)));
  g_assert_error (rows->error, MILL_ERROR, MILL_ERROR_INVALID);
  g_assert_nonnull (strstr (rows->error->message, part));
  g_assert_null (strstr (rows->error->message, "secret"));
}

static void
test_wrong_jobs (TestRows *rows, gconstpointer data)
{
  g_autofree char *nowhere = g_strconcat (uri, "-that-is-not-there", NULL);

  assert_sql ("CREATE TABLE bare (item_key bigint)", "");
  open_step (rows, "absent", NULL, FALSE);
  assert_fatal (rows, "the database has no table “absent”");
  open_step (rows, "bare", NULL, TRUE);
  assert_fatal (rows, "(42P10)");
  test_rows_open (rows, mill_postgres_step_new (nowhere, NULL));
  assert_fatal (rows, "(3D000)");

  assert_refused (rows, "postgresql://me:secret@127.0.0.1/x", "a password has no place in a job");
  assert_refused (rows, "host=h password=secret", "a password has no place in a job");
  assert_refused (rows, "host=h passwort=secret", "as libpq wants it");
}

/* Nothing listens at port 1. Of a server of this machine that is known before anything is read. */
static void
test_no_server (TestRows *rows, gconstpointer data)
{
  g_assert_false (test_rows_open (rows, mill_postgres_step_new ("postgresql://127.0.0.1:1/x", NULL)));
  g_assert_error (rows->error, MILL_ERROR, MILL_ERROR_FATAL);
  g_assert_true (g_str_has_prefix (rows->error->message,
                                   "no PostgreSQL server answers at “postgresql://127.0.0.1:1/x”. "));
  g_assert_nonnull (strstr (rows->error->message, "“step=sqlite”"));
  g_assert_false (test_rows_open (rows, mill_postgres_step_new ("host=/nowhere", NULL)));
  g_assert_error (rows->error, MILL_ERROR, MILL_ERROR_FATAL);

  /* Of any other, such as one of several, when there is something to write. */
  g_assert_true (test_rows_open (rows, mill_postgres_step_new ("host=127.0.0.1,127.0.0.1 port=1", NULL)));
  assert_fatal (rows, "no server answers");
}

static void
test_cancelled (TestRows *rows, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  open_step (rows, "cancelled", NULL, TRUE);
  g_assert_false (test_rows_write_cancellable (rows, cancellable, "1", "{\"a\":1}", NULL));
  g_assert_error (rows->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (test_rows_repeat (rows));
  g_assert_false (test_rows_write_cancellable (rows, cancellable, "2", "{\"a\":1}", NULL));
  g_assert_true (test_rows_repeat (rows));
  assert_sql ("SELECT count (*) FROM cancelled", "2");
}

/* A server that was there is waited for. */
static void
test_lost (TestRows *rows, gconstpointer data)
{
  open_step (rows, "lost", NULL, TRUE);
  g_assert_true (test_rows_write (rows, "1", "{\"a\":1}", NULL));
  command_server ("down", NULL);
  g_assert_false (test_rows_write (rows, "2", "{\"a\":2}", NULL));
  g_assert_true (mill_retry_policy_is_retryable (rows->error));
  command_server ("up", NULL);
  g_assert_true (test_rows_repeat (rows));
  assert_sql ("SELECT count (*) FROM lost", "2");
}

/* A connection that broke while nobody used it costs no attempt. */
static void
test_lost_while_idle (TestRows *rows, gconstpointer data)
{
  open_step (rows, "idle", NULL, TRUE);
  g_assert_true (test_rows_write (rows, "1", "{\"a\":1}", NULL));
  command_server ("restart", "fast");
  g_assert_true (test_rows_write (rows, "2", "{\"a\":2}", NULL));
  assert_sql ("SELECT count (*) FROM idle", "2");
}

/* @key: the line of the stage that names it, or "" */
static MillPipeline *
build_job (const char *source, const char *table, const char *key)
{
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (MillJob) job = NULL;
  g_autoptr (GError) error = NULL;
  MillPipeline *pipeline;

  text = g_strdup_printf ("[Job]\nname=x\n[Source]\n%s\n"
                          "[Stage parse]\nkind=async\nstep=parse-json\nmaxsize=100\n"
                          "[Stage store]\nkind=async\nstep=postgres\nmaxsize=100\nconsumers=4\nbatch=20\n"
                          "retries=100\nbackoff=0.02\nretry-budget=0\n"
                          "connection=%s\ntable=%s\n%s\n[Sink]\ntype=count\n",
                          source, uri, table, key);
  bytes = g_bytes_new (text, strlen (text));
  job = mill_job_new_from_bytes (bytes, "x.millrace", &error);
  g_assert_no_error (error);
  pipeline = mill_job_build (job, &error);
  g_assert_no_error (error);
  return pipeline;
}

/* With the server killed in the middle, and a row that it does not take: this is a dead letter, and each of
 * the others is there once. */
static void
test_job (TestRows *rows, gconstpointer data)
{
  g_autofree char *lines = test_rows_get_path (rows, "lines");
  g_autofree char *source = g_strdup_printf ("type=lines\nkind=threads\nfile=%s", lines);
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (MillPipeline) pipeline = NULL;
  g_autoptr (GPtrArray) letters = NULL;
  const MillDeadLetter *letter;

  for (guint i = 1; i <= 4000; i++)
    g_string_append_printf (log, "{\"id\":%u,\"n\":%d}\n", i, i == 3000 ? -1 : 1);
  g_assert_true (g_file_set_contents (lines, log->str, -1, NULL));
  assert_sql ("CREATE TABLE job (id bigint PRIMARY KEY, n int CHECK (n > 0), at timestamptz DEFAULT now ())",
              "");
  pipeline = build_job (source, "job", "key=id");
  test_start (pipeline);
  TEST_WAIT (pipeline, s->done > 0);
  command_server ("restart", "immediate");
  test_join (pipeline);
  test_assert_conserved (pipeline);
  letters = mill_pipeline_get_dead_letters (pipeline);
  g_assert_cmpuint (letters->len, ==, 1);
  letter = letters->pdata[0];
  g_assert_cmpstr (mill_item_get_key (letter->item), ==, "3000");
  assert_sql ("SELECT count (*), sum (id) FROM job", "3999|7999000");
}

/* Sends the lines of the stream from the one after @first to @last. (transfer full) */
static GSocket *
send_lines (const char *where, guint first, guint last)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  GSocket *socket = line_rig_try_connect (where, &error);

  g_assert_no_error (error);
  g_string_append_printf (text, "FROM log %u\n", first);
  for (guint i = first + 1; i <= last; i++)
    g_string_append_printf (text, "{\"id\":%u}\n", i);
  line_rig_send (socket, text->str, (gssize) text->len);
  return socket;
}

static guint
read_acknowledgement (GSocket *socket)
{
  g_autofree char *line = line_rig_read (socket);

  g_assert_nonnull (line);
  g_assert_true (g_str_has_prefix (line, "ACK "));
  return (guint) g_ascii_strtoull (line + strlen ("ACK "), NULL, 10);
}

/* Both ends die: the sender, which goes on after the last line that was acknowledged to it, and the server.
 * The key is the one that the source gives, so that a line with another would be another row. */
static void
test_sender_and_server_die (TestRows *rows, gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = build_job ("type=tcp\nkind=async\nack=true", "sent", "");
  g_autoptr (GSocket) first = NULL, second = NULL;
  g_autofree char *where = NULL;
  guint n;

  test_start (pipeline);
  where = mill_source_dup_address (mill_pipeline_get_source (pipeline));
  first = send_lines (where, 0, 2000);
  n = read_acknowledgement (first);
  g_socket_close (first, NULL);
  command_server ("restart", "immediate");
  second = send_lines (where, n, 3000);
  g_socket_shutdown (second, FALSE, TRUE, NULL);
  while (n < 3000)
    n = read_acknowledgement (second);
  g_assert_cmpuint (n, ==, 3000);
  assert_sql ("SELECT count (*), count (DISTINCT id), sum (id) FROM sent", "3000|3000|4501500");
  mill_pipeline_drain (pipeline, 30.0, NULL);
  test_join (pipeline);
  test_assert_conserved (pipeline);
}

static void
add (const char *path, void (*test) (TestRows *, gconstpointer))
{
  g_test_add (path, TestRows, NULL, test_rows_set_up, test, test_rows_tear_down);
}

static void
skip (void)
{
  g_test_skip ("there is no PostgreSQL server to start (package postgresql)");
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = NULL;
  int status, result;

  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("mill-postgres-XXXXXX", NULL);
  state = g_build_filename (folder, "server", NULL);
  uri = tell_server (&status, "start", NULL);
  if (status != 0)
    {
      g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 3);
      g_test_add_func ("/postgres-step", skip);
      result = g_test_run ();
      test_remove_tree (folder);
      return result;
    }
  add ("/postgres-step/writes", test_writes);
  add ("/postgres-step/replaces", test_replaces);
  add ("/postgres-step/bad-rows", test_bad_rows);
  add ("/postgres-step/nul", test_nul);
  add ("/postgres-step/large", test_large);
  add ("/postgres-step/wrong-jobs", test_wrong_jobs);
  add ("/postgres-step/no-server", test_no_server);
  add ("/postgres-step/cancelled", test_cancelled);
  add ("/postgres-step/lost", test_lost);
  add ("/postgres-step/lost-while-idle", test_lost_while_idle);
  add ("/postgres-step/job", test_job);
  add ("/postgres-step/sender-and-server-die", test_sender_and_server_die);
  result = g_test_run ();
  command_server ("stop", NULL);
  test_remove_tree (folder);
  return result;
}
