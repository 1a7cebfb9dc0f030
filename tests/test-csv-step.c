/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillCsvStep (engine/sinks/mill-csv-step.h). How its file grows, test-jsonl-step tests. */

#include "config.h"

#include <locale.h>
#include <string.h>

#include "core/mill-csv-private.h"
#include "core/mill-error.h"
#include "sinks/mill-csv-step.h"
#include "test-rows.h"

static gboolean
try_open (TestRows *rows, const char *columns)
{
  g_autofree char *path = test_rows_get_path (rows, "rows.csv");

  return test_rows_open (rows, mill_csv_step_new (path, columns));
}

static void
open_step (TestRows *rows, const char *columns)
{
  try_open (rows, columns);
  g_assert_no_error (rows->error);
}

static void
set_contents (TestRows *rows, const char *name, const char *contents)
{
  g_autofree char *path = test_rows_get_path (rows, name);

  g_assert_true (g_file_set_contents (path, contents, -1, NULL));
}

static void
assert_contents (TestRows *rows, const char *expected)
{
  g_autofree char *path = test_rows_get_path (rows, "rows.csv"), *contents = NULL;

  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, expected);
}

/* The columns are the first batch's; each run goes on below them. */
static void
test_appends (TestRows *rows, gconstpointer data)
{
  open_step (rows, NULL);
  g_assert_true (test_rows_write (rows, "1", "{\"a\":1,\"b\":\"x\"}", "2", "{\"c\":true}", NULL));
  g_assert_true (test_rows_write (rows, "3", "{\"b\":\"y\",\"d\":1}", "4", "{\"c\":[1,2],\"a\":0.5}", NULL));
  g_assert_cmpstr (test_rows_get_rejection (rows, 0), ==, "the field “d” has no column");
  g_assert_null (test_rows_get_rejection (rows, 1));
  open_step (rows, NULL);
  g_assert_true (test_rows_write (rows, "5", "{\"c\":null,\"b\":-5}", "6", "text", "7", "{\"A\":1}", NULL));
  g_assert_null (test_rows_get_rejection (rows, 0));
  g_assert_cmpstr (test_rows_get_rejection (rows, 1), ==,
                   "the item has no fields, and there is no column for its payload");
  g_assert_cmpstr (test_rows_get_rejection (rows, 2), ==, "the field “A” cannot be told from the column “a”");
  assert_contents (rows, "a,b,c\r\n1,x,\r\n,,true\r\n0.5,,\"[1,2]\"\r\n,-5,\r\n");
}

static void
test_quotes (TestRows *rows, gconstpointer data)
{
  open_step (rows, NULL);
  g_assert_true (
      test_rows_write (rows, "1", "{\"a,b\":\"x, y\",\"=c\":\"two\\nlines\"}", "2",
                       "{\"a,b\":\"say \\\"hm\\\"\",\"=c\":\"\"}", "3", "{\"a,b\":\"=1+1\",\"=c\":\"-5\"}",
                       "4", "{\"a,b\":\"'@x\",\"=c\":\"it's\"}", "5", "{\"a,b\":-5,\"=c\":\"'x\"}", NULL));
  assert_contents (rows, "\"a,b\",\"'=c\"\r\n\"x, y\",\"two\nlines\"\r\n\"say \"\"hm\"\"\",\"\"\r\n"
                         "\"'=1+1\",\"'-5\"\r\n\"''@x\",it's\r\n-5,'x\r\n");
  /* The names are the same when they are read again. */
  open_step (rows, NULL);
  g_assert_true (test_rows_write (rows, "6", "{\"a,b\":1,\"=c\":2}", NULL));
  g_assert_null (test_rows_get_rejection (rows, 0));
}

/* One column: no line is empty, and what is no text is no row. */
static void
test_payloads (TestRows *rows, gconstpointer data)
{
  open_step (rows, NULL);
  g_assert_true (test_rows_write (rows, "1", "{}", NULL));
  g_assert_cmpstr (test_rows_get_rejection (rows, 0), ==,
                   "there are no columns yet, and the record has no fields");
  assert_contents (rows, "");
  g_assert_true (test_rows_write (rows, "2", "one", "3", "\xff", "4", "{\"payload\":null}", NULL));
  g_assert_null (test_rows_get_rejection (rows, 0));
  g_assert_cmpstr (test_rows_get_rejection (rows, 1), ==, "the text of the field “payload” is not UTF-8");
  assert_contents (rows, "payload\r\none\r\n\"\"\r\n");
}

static void
test_chosen (TestRows *rows, gconstpointer data)
{
  g_autofree char *path = test_rows_get_path (rows, "rows.csv"), *expected = NULL;

  open_step (rows, " b,a");
  g_assert_true (test_rows_write (rows, "1", "{\"a\":1,\"b\":2,\"c\":3}", "2", "{\"c\":4}", NULL));
  assert_contents (rows, "b,a\r\n2,1\r\n,\r\n");
  g_assert_false (try_open (rows, "a,b"));
  g_assert_error (rows->error, MILL_ERROR, MILL_ERROR_INVALID);
  expected =
      g_strconcat (path, ": the file has the columns b, a, which are not those that “columns” names", NULL);
  g_assert_cmpstr (rows->error->message, ==, expected);
  g_assert_false (try_open (rows, "b,a,c"));
  open_step (rows, "b,a");
  g_assert_true (test_rows_write (rows, "3", "{\"a\":5,\"c\":6}", NULL));
  assert_contents (rows, "b,a\r\n2,1\r\n,\r\n,5\r\n");
}

/* Files that others have made, and what a program leaves that is killed while it writes its first batch. */
static void
test_found (TestRows *rows, gconstpointer data)
{
  static const char *const bad[] = { "a,a\r\n", "a,A\n",  "a,\n1,2\n", "\n",
                                     "a,b",     "\"a\nb", "a\"b\n",    "\xff\n" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      set_contents (rows, "rows.csv", bad[i]);
      g_assert_false (try_open (rows, NULL));
      g_assert_nonnull (
          strstr (rows->error->message, "the first line does not name columns, each of them once"));
      assert_contents (rows, bad[i]);
    }
  set_contents (rows, "rows.csv",
                "\xef\xbb\xbf"
                "b,\"a \"\"1\"\"\"\n1,2");
  open_step (rows, NULL);
  g_assert_true (test_rows_write (rows, "1", "{\"a \\\"1\\\"\":3,\"b\":4}", "2", "{\"x\":1}", NULL));
  g_assert_cmpstr (test_rows_get_rejection (rows, 1), ==, "the field “x” has no column");
  assert_contents (rows, "\xef\xbb\xbf"
                         "b,\"a \"\"1\"\"\"\n1,2\n4,3\r\n");
  test_rows_open (rows, mill_csv_step_new (NULL, NULL));
  g_assert_cmpstr (rows->error->message, ==, "the csv step needs a “file”");

  set_contents (rows, "rows.csv", "a,b\r\n1");
  set_contents (rows, "rows.csv.batch", "00000000000000000000 00000000000000000030\n");
  open_step (rows, NULL);
  g_assert_true (test_rows_write (rows, "1", "{\"c\":1}", NULL));
  assert_contents (rows, "c\r\n1\r\n");
  mill_step_close (rows->step); /* which takes its note away */
  g_clear_object (&rows->step);

  set_contents (rows, "rows.csv", "c\r\n1\r\n2\r\n3");
  set_contents (rows, "rows.csv.batch", "00000000000000000006 00000000000000000030\n");
  open_step (rows, NULL);
  g_assert_true (test_rows_write (rows, "4", "{\"c\":4}", NULL));
  assert_contents (rows, "c\r\n1\r\n4\r\n");
}

/* What is written reads back as it was, formulas and all. */
static void
test_reads_back (void)
{
  static const char *const texts[] = { "",   "a",  "=a", "'=a", "''-", "'", "'a", "a,b\r\n\"c\"",
                                       "\"", "\t", "5",  "é" };
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (GPtrArray) cells = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_string_append (line, i > 0 ? "," : "");
      mill_csv_append_text (line, texts[i], strlen (texts[i]));
    }
  g_assert_null (mill_csv_read_line (line->str, line->len));
  g_string_append (line, MILL_CSV_END "more");
  cells = mill_csv_read_line (line->str, line->len);
  g_assert_cmpuint (cells->len, ==, G_N_ELEMENTS (texts));
  for (guint i = 0; i < cells->len; i++)
    g_assert_cmpstr (g_ptr_array_index (cells, i), ==, texts[i]);
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
  add ("/csv-step/appends", test_appends);
  add ("/csv-step/quotes", test_quotes);
  add ("/csv-step/payloads", test_payloads);
  add ("/csv-step/chosen", test_chosen);
  add ("/csv-step/found", test_found);
  g_test_add_func ("/csv-step/reads-back", test_reads_back);
  return g_test_run ();
}
