/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What MillLinesSource does with files that are compressed, and with files that are followed
 * (engine/sources/mill-lines-source.h). */

#include "config.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

#include "core/mill-error.h"
#include "core/mill-virtual-clock.h"
#include "sources/mill-lines-source.h"
#include "tests/test-parts.h"

typedef struct
{
  char *folder;         /* (owned) */
  char *file;           /* (owned) a path in it */
  MillSource *source;   /* (owned) */
  GError *error;        /* (owned) (nullable) */
  guint64 n;            /* lines so far */
  MillSourceYield wait; /* of the last poll */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("mill-lines-XXXXXX", NULL);
  fixture->file = g_build_filename (fixture->folder, "input", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  mill_source_close (fixture->source);
  g_object_unref (fixture->source);
  g_clear_error (&fixture->error);
  test_remove_tree (fixture->folder);
  g_free (fixture->file);
  g_free (fixture->folder);
}

static gboolean
open_source (Fixture *fixture, gboolean follow)
{
  g_autoptr (MillPipeline) pipeline = mill_pipeline_new ("test");

  fixture->source = g_object_new (MILL_TYPE_LINES_SOURCE, "file", fixture->file, "follow", follow, NULL);
  return mill_source_open (fixture->source, pipeline, &fixture->error);
}

static MillSourceResult
poll_source (Fixture *fixture)
{
  return mill_source_poll (fixture->source, 1000, &fixture->wait, &fixture->error);
}

static void
assert_line (Fixture *fixture, const char *text)
{
  g_autoptr (MillItem) item = NULL;
  g_autofree char *key = g_strdup_printf ("%" G_GUINT64_FORMAT, ++fixture->n);
  GBytes *payload;

  g_assert_cmpint (poll_source (fixture), ==, MILL_SOURCE_READY);
  item = fixture->wait.item;
  payload = mill_item_get_payload (item);
  g_assert_cmpmem (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload), text, strlen (text));
  g_assert_cmpstr (mill_item_get_key (item), ==, key);
}

static void
assert_end (Fixture *fixture)
{
  g_assert_cmpint (poll_source (fixture), ==, MILL_SOURCE_END);
}

/* At a time, not by being told. */
static void
assert_waits (Fixture *fixture)
{
  g_assert_cmpint (poll_source (fixture), ==, MILL_SOURCE_WAIT);
  g_assert_cmpint (fixture->wait.ready_at_us, ==, 1000 + G_USEC_PER_SEC / 4);
}

/* Appends a gzip member. */
static void
add_member (GByteArray *bytes, const char *text, gsize length)
{
  g_autoptr (GConverter) compressor = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1));
  g_autofree char *out = g_malloc (length + 1000);
  gsize n_read, n_written;

  g_assert_cmpint (g_converter_convert (compressor, text, length, out, length + 1000,
                                        G_CONVERTER_INPUT_AT_END, &n_read, &n_written, NULL),
                   ==, G_CONVERTER_FINISHED);
  g_byte_array_append (bytes, (const guint8 *) out, (guint) n_written);
}

static void
write_bytes (Fixture *fixture, GByteArray *bytes, guint length)
{
  g_assert_true (g_file_set_contents (fixture->file, (const char *) bytes->data, (gssize) length, NULL));
}

static void
append (Fixture *fixture, const char *text)
{
  FILE *file = g_fopen (fixture->file, "a");

  g_assert_cmpint (fputs (text, file), >=, 0);
  g_assert_cmpint (fclose (file), ==, 0);
}

/* Members one after the other are one file, as gzip has it; zeros behind them are nothing. */
static void
test_gzip (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  add_member (bytes, "one\ntw", 6);
  add_member (bytes, "", 0);
  add_member (bytes, "o\r\nthree", 8);
  g_byte_array_append (bytes, (const guint8 *) "\0\0\0\0", 4);
  write_bytes (fixture, bytes, bytes->len);
  g_assert_true (open_source (fixture, FALSE));
  assert_line (fixture, "one");
  assert_line (fixture, "two");
  assert_line (fixture, "three");
  assert_end (fixture);
}

/* Wherever the edges of what is read fall. */
static void
test_gzip_large (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  for (guint i = 0; i < 30000; i++)
    g_string_append_printf (text, "%u %u\n", i, g_rand_int (random));
  add_member (bytes, text->str, text->len);
  g_assert_cmpuint (bytes->len, >, 2 * 64 * 1024);
  write_bytes (fixture, bytes, bytes->len);
  g_assert_true (open_source (fixture, FALSE));
  for (char *line = text->str, *end; (end = strchr (line, '\n')) != NULL; line = end + 1)
    {
      *end = '\0';
      assert_line (fixture, line);
    }
  assert_end (fixture);
}

static void
test_gzip_cut_off (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  add_member (bytes, "one\n", 4);
  add_member (bytes, "two\n", 4);
  write_bytes (fixture, bytes, bytes->len - 3);
  g_assert_true (open_source (fixture, FALSE));
  assert_line (fixture, "one");
  assert_line (fixture, "two");
  g_assert_cmpint (poll_source (fixture), ==, MILL_SOURCE_ERROR);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT);
  g_assert_nonnull (strstr (fixture->error->message, fixture->file));
}

static void
test_gzip_damaged (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  add_member (bytes, "one\n", 4);
  bytes->data[bytes->len - 6] ^= 1; /* of the checksum */
  write_bytes (fixture, bytes, bytes->len);
  g_assert_true (open_source (fixture, FALSE));
  while (poll_source (fixture) == MILL_SOURCE_READY)
    mill_item_unref (fixture->wait.item);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_assert_nonnull (strstr (fixture->error->message, fixture->file));
}

static void
test_follow (Fixture *fixture, gconstpointer data)
{
  append (fixture, "one\ntw");
  g_assert_true (open_source (fixture, TRUE));
  assert_line (fixture, "one");
  assert_waits (fixture);
  append (fixture, "o\nthree");
  assert_line (fixture, "two");
  assert_waits (fixture);
  append (fixture, "\n");
  assert_line (fixture, "three");
  assert_waits (fixture);
}

static void
move_away (Fixture *fixture)
{
  g_autofree char *old = g_strconcat (fixture->file, ".1", NULL);

  g_assert_cmpint (g_rename (fixture->file, old), ==, 0);
}

/* What comes to the old file before its successor has anything is not lost. */
static void
test_rotation (Fixture *fixture, gconstpointer data)
{
  FILE *writer;

  append (fixture, "one\n");
  writer = g_fopen (fixture->file, "a");
  g_assert_true (open_source (fixture, TRUE));
  assert_line (fixture, "one");
  assert_waits (fixture);
  move_away (fixture);
  assert_waits (fixture);
  append (fixture, "");
  assert_waits (fixture);
  fputs ("two\nhalf", writer);
  fflush (writer);
  assert_line (fixture, "two");
  assert_waits (fixture);
  fputs (" three", writer);
  fclose (writer);
  append (fixture, "four\n");
  assert_line (fixture, "half three");
  assert_line (fixture, "four");
  assert_waits (fixture);
  move_away (fixture);
  append (fixture, "five\n");
  assert_line (fixture, "five");
  assert_waits (fixture);
}

static void
test_truncation (Fixture *fixture, gconstpointer data)
{
  append (fixture, "one\ntwo\nhalf");
  g_assert_true (open_source (fixture, TRUE));
  assert_line (fixture, "one");
  assert_line (fixture, "two");
  assert_waits (fixture);
  g_assert_cmpint (truncate (fixture->file, 0), ==, 0);
  append (fixture, "new\n");
  assert_line (fixture, "half");
  assert_line (fixture, "new");
  assert_waits (fixture);
}

/* A log that nobody has written to yet; one that is not followed is an error. */
static void
test_follow_missing (Fixture *fixture, gconstpointer data)
{
  g_assert_false (open_source (fixture, FALSE));
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&fixture->error);
  g_object_unref (fixture->source);
  g_assert_true (open_source (fixture, TRUE));
  assert_waits (fixture);
  g_assert_cmpint (g_mkdir (fixture->file, 0700), ==, 0);
  assert_waits (fixture);
  g_assert_cmpint (g_rmdir (fixture->file), ==, 0);
  append (fixture, "");
  assert_waits (fixture);
  append (fixture, "one\n");
  assert_line (fixture, "one");
  move_away (fixture);
  assert_waits (fixture);
  append (fixture, "two\n");
  assert_line (fixture, "two");
}

/* What cannot be followed is named at the start. */
static void
test_follow_compressed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  add_member (bytes, "one\n", 4);
  write_bytes (fixture, bytes, bytes->len);
  g_assert_false (open_source (fixture, TRUE));
  g_assert_error (fixture->error, MILL_ERROR, MILL_ERROR_INVALID);
  g_assert_true (g_str_has_prefix (fixture->error->message, "follow: "));
}

static void
test_follow_device (Fixture *fixture, gconstpointer data)
{
  g_free (fixture->file);
  fixture->file = g_strdup ("/dev/null");
  g_assert_false (open_source (fixture, TRUE));
  g_assert_error (fixture->error, MILL_ERROR, MILL_ERROR_INVALID);
  g_assert_true (g_str_has_prefix (fixture->error->message, "follow: "));
}

/* In a pipeline: it looks again when it is time, and a drain does not wait for that. */
static void
test_pipeline (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MillClock) clock = mill_virtual_clock_new (0);
  g_autoptr (MillPipeline) pipeline = NULL;

  append (fixture, "one\n");
  fixture->source = g_object_new (MILL_TYPE_LINES_SOURCE, "file", fixture->file, "follow", TRUE, NULL);
  pipeline = test_pipeline_new (
      g_object_ref (fixture->source), MILL_KIND_THREADS,
      test_stage_new ("work", MILL_KIND_THREADS, test_step_new (test_succeed), 10, 1), NULL);
  mill_pipeline_set_clock (pipeline, clock);
  test_start (pipeline);
  TEST_WAIT (pipeline, s->done == 1 && s->producer == MILL_PRODUCER_WAITING);
  append (fixture, "two\n");
  mill_virtual_clock_await_waiting (MILL_VIRTUAL_CLOCK (clock), 1);
  mill_virtual_clock_advance (MILL_VIRTUAL_CLOCK (clock), G_USEC_PER_SEC / 4);
  TEST_WAIT (pipeline, s->done == 2 && s->producer == MILL_PRODUCER_WAITING);
  g_assert_true (mill_pipeline_drain (pipeline, 60.0, NULL));
  test_join (pipeline);
  g_assert_cmpint (mill_pipeline_get_state (pipeline), ==, MILL_STATE_FINISHED);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/lines-files/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("gzip", test_gzip);
  ADD ("gzip/large", test_gzip_large);
  ADD ("gzip/cut-off", test_gzip_cut_off);
  ADD ("gzip/damaged", test_gzip_damaged);
  ADD ("follow", test_follow);
  ADD ("follow/rotation", test_rotation);
  ADD ("follow/truncation", test_truncation);
  ADD ("follow/missing", test_follow_missing);
  ADD ("follow/compressed", test_follow_compressed);
  ADD ("follow/device", test_follow_device);
  ADD ("follow/pipeline", test_pipeline);
  return g_test_run ();
}
