/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillJsonlStep (engine/sinks/mill-jsonl-step.h), and the file that grows by whole batches. */

#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/mill-error.h"
#include "sinks/mill-jsonl-step.h"
#include "test-parts.h"
#include "test-rows.h"

static void
open_step (TestRows *rows, gboolean durable)
{
  g_autofree char *path = test_rows_get_path (rows, "rows.jsonl");
  MillStep *step = mill_jsonl_step_new (path);

  g_object_set (step, "durable", durable, NULL);
  test_rows_open (rows, step);
  g_assert_no_error (rows->error);
}

static void
assert_contents (TestRows *rows, const char *expected)
{
  g_autofree char *path = test_rows_get_path (rows, "rows.jsonl"), *contents = NULL;

  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, expected);
}

static void
close_step (TestRows *rows)
{
  mill_step_close (rows->step);
  g_clear_object (&rows->step);
}

static void
test_appends (TestRows *rows, gconstpointer data)
{
  g_autofree char *note = test_rows_get_path (rows, "rows.jsonl.batch");

  open_step (rows, FALSE);
  g_assert_true (test_rows_write (rows, "1", "{\"a\":1,\"b\":\"x\\ny\"}", "2", "plain \"text\"", NULL));
  g_assert_true (test_rows_write (rows, "3", "\xff", "4", "{}", NULL));
  g_assert_cmpstr (test_rows_get_rejection (rows, 0), ==, "the payload is not UTF-8, as JSON must be");
  g_assert_null (test_rows_get_rejection (rows, 1));
  open_step (rows, TRUE);
  g_assert_true (test_rows_write (rows, "5", "{\"a\":5}", NULL));
  assert_contents (rows, "{\"a\":1,\"b\":\"x\\ny\"}\n{\"payload\":\"plain \\\"text\\\"\"}\n{}\n{\"a\":5}\n");
  g_assert_true (g_file_test (note, G_FILE_TEST_EXISTS));
  close_step (rows);
  g_assert_false (g_file_test (note, G_FILE_TEST_EXISTS));
}

/* As a program leaves it that is killed while it writes the second of two batches. */
static void
test_heals (TestRows *rows, gconstpointer data)
{
  g_autofree char *path = test_rows_get_path (rows, "rows.jsonl"),
                  *note = test_rows_get_path (rows, "rows.jsonl.batch");

  g_assert_true (g_file_set_contents (path, "{\"a\":1}\n{\"a\":2}\n{\"a", -1, NULL));
  g_assert_true (g_file_set_contents (note, "00000000000000000008 00000000000000000030\n", -1, NULL));
  open_step (rows, FALSE);
  assert_contents (rows, "{\"a\":1}\n");
  g_assert_true (test_rows_write (rows, "3", "{\"a\":3}", NULL));
  assert_contents (rows, "{\"a\":1}\n{\"a\":3}\n");
  close_step (rows);

  /* The batch was written to its end, or others have written since. */
  g_assert_true (g_file_set_contents (note, "00000000000000000008 00000000000000000016\n", -1, NULL));
  open_step (rows, FALSE);
  assert_contents (rows, "{\"a\":1}\n{\"a\":3}\n");
}

/* Room for the first batch only: the second is taken back whole. */
static void
test_full (TestRows *rows, gconstpointer data)
{
  struct rlimit before, limit;

  open_step (rows, FALSE);
  g_assert_true (
      test_rows_write (rows, "1", "{\"text\":\"0123456789012345678901234567890123456789\"}", NULL));
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  limit = (struct rlimit){ .rlim_cur = 60, .rlim_max = before.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  g_assert_false (test_rows_write (rows, "2", "{\"a\":2}", "3", "{\"a\":3}", NULL));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_error (rows->error, MILL_ERROR, MILL_ERROR_FATAL);
  assert_contents (rows, "{\"text\":\"0123456789012345678901234567890123456789\"}\n");
  g_assert_true (test_rows_repeat (rows));
}

/* The descriptor of the file that the step writes can only be read from now on: a disk that failed. */
static void
fail_disk (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  int reader = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  const char *name;

  g_assert_cmpint (reader, >=, 0);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *link = g_build_filename ("/proc/self/fd", name, NULL);
      g_autofree char *target = g_file_read_link (link, NULL);
      int fd = (int) g_ascii_strtoull (name, NULL, 10);

      if (g_strcmp0 (target, path) == 0 && fd != reader)
        g_assert_cmpint (dup3 (reader, fd, O_CLOEXEC), ==, fd);
    }
  close (reader);
}

/* A part of a batch that can be neither gone on with nor taken back is taken back the next time. */
static void
test_torn (TestRows *rows, gconstpointer data)
{
  g_autofree char *path = test_rows_get_path (rows, "rows.jsonl");

  open_step (rows, FALSE);
  g_assert_true (test_rows_write (rows, "1", "{\"a\":1}", NULL));
  fail_disk (path);
  g_assert_false (test_rows_write (rows, "2", "{\"a\":2}", NULL));
  g_assert_error (rows->error, MILL_ERROR, MILL_ERROR_FATAL);
  close_step (rows);
  g_assert_true (g_file_set_contents (path, "{\"a\":1}\n{\"a", -1, NULL));
  open_step (rows, FALSE);
  assert_contents (rows, "{\"a\":1}\n");
}

static void
test_refuses (TestRows *rows, gconstpointer data)
{
  g_autofree char *path = test_rows_get_path (rows, "rows.jsonl");
  g_autoptr (MillStep) other = mill_jsonl_step_new (path);
  g_autoptr (GError) error = NULL;

  g_assert_false (test_rows_open (rows, mill_jsonl_step_new (NULL)));
  g_assert_cmpstr (rows->error->message, ==, "the jsonl step needs a “file”");
  g_assert_false (test_rows_open (rows, mill_jsonl_step_new (rows->folder)));
  g_assert_error (rows->error, MILL_ERROR, MILL_ERROR_FATAL);
  open_step (rows, FALSE);
  g_assert_false (mill_step_open (other, rows->pipeline, &error));
  g_assert_nonnull (strstr (error->message, "another program is writing to it"));
  g_assert_true (test_rows_write (rows, "1", "{\"a\":1}", NULL));
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
  add ("/jsonl-step/appends", test_appends);
  add ("/jsonl-step/heals", test_heals);
  add ("/jsonl-step/full", test_full);
  add ("/jsonl-step/torn", test_torn);
  add ("/jsonl-step/refuses", test_refuses);
  return g_test_run ();
}
