/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sources that are not crawls: MillCountSource, MillUrlsSource, MillLinesSource; and MillCountSink. */

#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/mill-error.h"
#include "pipeline/mill-pipeline.h"
#include "pipeline/mill-registry.h"
#include "sinks/mill-count-sink.h"
#include "sources/mill-count-source.h"
#include "sources/mill-lines-source.h"
#include "sources/mill-urls-source.h"
#include "steps/mill-simulate-step.h"

#define MIB (1024 * 1024)

typedef struct
{
  char *folder;           /* (owned) */
  char *file;             /* (owned) a path in it */
  MillPipeline *pipeline; /* (owned) for the source's open */
  MillSource *source;     /* (owned) (nullable) */
  GError *error;          /* (owned) (nullable) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("mill-sources-XXXXXX", NULL);
  fixture->file = g_build_filename (fixture->folder, "input", NULL);
  fixture->pipeline = mill_pipeline_new ("test");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->source != NULL)
    mill_source_close (fixture->source);
  g_clear_object (&fixture->source);
  g_clear_error (&fixture->error);
  g_object_unref (fixture->pipeline);
  g_unlink (fixture->file);
  g_rmdir (fixture->folder);
  g_free (fixture->file);
  g_free (fixture->folder);
}

static void
write_file (Fixture *fixture, const char *contents, gssize length)
{
  g_assert_true (g_file_set_contents (fixture->file, contents, length, NULL));
}

/* Takes over @source. */
static gboolean
open_source (Fixture *fixture, MillSource *source)
{
  if (fixture->source != NULL)
    mill_source_close (fixture->source);
  g_clear_object (&fixture->source);
  g_clear_error (&fixture->error);
  fixture->source = source;
  return mill_source_open (source, fixture->pipeline, &fixture->error);
}

static MillItem *
take (Fixture *fixture)
{
  MillSourceYield yield;

  if (mill_source_poll (fixture->source, g_get_monotonic_time (), &yield, &fixture->error) !=
      MILL_SOURCE_READY)
    return NULL;
  g_assert_nonnull (yield.item);
  return yield.item;
}

static void
assert_key (Fixture *fixture, guint64 id, const char *key)
{
  g_autoptr (MillItem) item = take (fixture);

  g_assert_no_error (fixture->error);
  g_assert_nonnull (item);
  g_assert_cmpuint (mill_item_get_id (item), ==, id);
  g_assert_cmpstr (mill_item_get_key (item), ==, key);
}

static void
assert_end (Fixture *fixture)
{
  MillSourceYield yield;

  g_assert_cmpint (mill_source_poll (fixture->source, 0, &yield, &fixture->error), ==, MILL_SOURCE_END);
  g_assert_no_error (fixture->error);
}

static void
test_count (Fixture *fixture, gconstpointer data)
{
  g_assert_true (open_source (fixture, mill_count_source_new (3)));
  g_assert_cmpint (mill_source_get_total (fixture->source), ==, 3);
  assert_key (fixture, 1, "1");
  assert_key (fixture, 2, "2");
  assert_key (fixture, 3, "3");
  assert_end (fixture);
  g_assert_true (open_source (fixture, mill_count_source_new (0)));
  assert_end (fixture);
}

static MillSource *
urls_from (const char *file)
{
  return g_object_new (MILL_TYPE_URLS_SOURCE, "file", file, NULL);
}

static void
test_urls_file (Fixture *fixture, gconstpointer data)
{
  write_file (fixture, "# a list\nhttp://a.example\r\n\n  https://B.example/x#part  \nhttp://a.example/last",
              -1);
  g_assert_true (open_source (fixture, urls_from (fixture->file)));
  g_assert_cmpint (mill_source_get_total (fixture->source), ==, 3);
  assert_key (fixture, 1, "http://a.example/");
  assert_key (fixture, 2, "https://b.example/x");
  assert_key (fixture, 3, "http://a.example/last");
  assert_end (fixture);
}

static void
assert_bad_list (Fixture *fixture, const char *contents, gssize length, const char *place)
{
  g_autofree char *start = g_strconcat (fixture->file, place, NULL);

  write_file (fixture, contents, length);
  g_assert_false (open_source (fixture, urls_from (fixture->file)));
  g_assert_error (fixture->error, MILL_ERROR, MILL_ERROR_INVALID);
  g_assert_true (g_str_has_prefix (fixture->error->message, start));
}

/* Every mistake is found before the start, and its place named. */
static void
test_urls_bad_file (Fixture *fixture, gconstpointer data)
{
  assert_bad_list (fixture, "http://a.example/\nftp://a.example/\n", -1, ":2: ");
  assert_bad_list (fixture, "#\n\nno address", -1, ":3: ");
  assert_bad_list (fixture, "http://a\0b/\n", 12, ":1: ");
  assert_bad_list (fixture, "http://user:secret@a.example/\n", -1, ":1: ");
  assert_bad_list (fixture, "# nothing\n", -1, ": ");
  assert_bad_list (fixture, "", -1, ": ");
  g_unlink (fixture->file);
  g_assert_false (open_source (fixture, urls_from (fixture->file)));
  g_assert_error (fixture->error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_nonnull (strstr (fixture->error->message, fixture->file));
}

static void
test_urls_template (Fixture *fixture, gconstpointer data)
{
  g_assert_true (open_source (fixture, g_object_new (MILL_TYPE_URLS_SOURCE, "template",
                                                     "http://a.example/{n}/x{n}", "count", 2u, NULL)));
  g_assert_cmpint (mill_source_get_total (fixture->source), ==, 2);
  assert_key (fixture, 1, "http://a.example/1/x1");
  assert_key (fixture, 2, "http://a.example/2/x2");
  assert_end (fixture);
  g_assert_false (
      open_source (fixture, g_object_new (MILL_TYPE_URLS_SOURCE, "template", "file:///{n}", NULL)));
  g_assert_error (fixture->error, MILL_ERROR, MILL_ERROR_INVALID);
}

static void
test_urls_either (Fixture *fixture, gconstpointer data)
{
  g_assert_false (open_source (fixture, mill_urls_source_new ()));
  g_assert_error (fixture->error, MILL_ERROR, MILL_ERROR_INVALID);
  g_assert_false (open_source (fixture, g_object_new (MILL_TYPE_URLS_SOURCE, "template", "http://a/{n}",
                                                      "file", fixture->file, NULL)));
  g_assert_error (fixture->error, MILL_ERROR, MILL_ERROR_INVALID);
}

static void
assert_line (Fixture *fixture, guint64 number, const void *bytes, gsize length)
{
  g_autoptr (MillItem) item = take (fixture);
  g_autofree char *key = g_strdup_printf ("%" G_GUINT64_FORMAT, number);
  GBytes *payload;

  g_assert_no_error (fixture->error);
  g_assert_nonnull (item);
  payload = mill_item_get_payload (item);
  g_assert_cmpmem (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload), bytes, length);
  g_assert_cmpstr (mill_item_get_key (item), ==, key);
}

static void
test_lines (Fixture *fixture, gconstpointer data)
{
  write_file (fixture, "one\ntwo\r\n\nfo\0ur\n\xff\xfe\nlast", 23);
  g_assert_true (open_source (fixture, mill_lines_source_new (fixture->file)));
  g_assert_true (mill_source_reads_blocking (fixture->source));
  assert_line (fixture, 1, "one", 3);
  assert_line (fixture, 2, "two", 3);
  assert_line (fixture, 3, "", 0);
  assert_line (fixture, 4, "fo\0ur", 5);
  assert_line (fixture, 5, "\xff\xfe", 2);
  assert_line (fixture, 6, "last", 4);
  assert_end (fixture);
}

static void
test_lines_empty (Fixture *fixture, gconstpointer data)
{
  write_file (fixture, "", 0);
  g_assert_true (open_source (fixture, mill_lines_source_new (fixture->file)));
  assert_end (fixture);
  g_assert_true (open_source (fixture, mill_lines_source_new ("/dev/null")));
  assert_end (fixture);
}

/* Lines of all lengths come through, wherever the buffer's edges fall. */
static void
test_lines_many (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < 3000; i++)
    {
      for (guint j = 0; j < i % 997; j++)
        g_string_append_c (text, (char) ('a' + (i + j) % 26));
      g_string_append_c (text, '\n');
    }
  write_file (fixture, text->str, (gssize) text->len);
  g_assert_true (open_source (fixture, mill_lines_source_new (fixture->file)));
  for (gsize offset = 0, i = 0; i < 3000; i++)
    {
      assert_line (fixture, i + 1, text->str + offset, i % 997);
      offset += i % 997 + 1;
    }
  assert_end (fixture);
}

static void
test_lines_long (Fixture *fixture, gconstpointer data)
{
  g_autofree char *fits = g_strnfill (MILL_LINES_MAX_LENGTH, 'x');
  g_autofree char *text = g_strconcat ("a\n", fits, "\n", fits, "y\n", NULL);
  g_autofree char *place = g_strconcat (fixture->file, ":3: ", NULL);
  MillSourceYield yield;

  write_file (fixture, text, -1);
  g_assert_true (open_source (fixture, mill_lines_source_new (fixture->file)));
  assert_line (fixture, 1, "a", 1);
  assert_line (fixture, 2, fits, MILL_LINES_MAX_LENGTH);
  g_assert_cmpint (mill_source_poll (fixture->source, 0, &yield, &fixture->error), ==, MILL_SOURCE_ERROR);
  g_assert_error (fixture->error, MILL_ERROR, MILL_ERROR_TOO_LARGE);
  g_assert_true (g_str_has_prefix (fixture->error->message, place));
}

static void
test_lines_bad_file (Fixture *fixture, gconstpointer data)
{
  g_assert_false (open_source (fixture, mill_lines_source_new (NULL)));
  g_assert_error (fixture->error, MILL_ERROR, MILL_ERROR_INVALID);
  g_assert_false (open_source (fixture, mill_lines_source_new (fixture->file)));
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (fixture->error->message, fixture->file));
  g_assert_false (open_source (fixture, mill_lines_source_new (fixture->folder)));
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
}

static MillPipeline *
lines_pipeline_new (const char *file)
{
  MillPipeline *pipeline = mill_pipeline_new ("lines");
  g_autoptr (MillSource) source = mill_lines_source_new (file);
  g_autoptr (MillStep) step = g_object_new (MILL_TYPE_SIMULATE_STEP, "latency", 0.0, NULL);
  g_autoptr (MillStage) stage = mill_stage_new ("work", MILL_KIND_THREADS, step);

  mill_pipeline_set_source (pipeline, "lines", source, MILL_KIND_THREADS);
  mill_pipeline_add_stage (pipeline, stage);
  return pipeline;
}

static void
wait_for_done (MillPipeline *pipeline, guint64 done)
{
  for (;;)
    {
      g_autoptr (MillSnapshot) snapshot = mill_pipeline_snapshot (pipeline);

      g_assert_true (mill_snapshot_is_conserved (snapshot));
      if (snapshot->done == done && snapshot->producer == MILL_PRODUCER_WAITING)
        return;
      g_assert_false (mill_state_is_final (snapshot->state));
      g_thread_yield ();
    }
}

static int
open_pipe (Fixture *fixture, MillPipeline **pipeline)
{
  int fd;

  g_assert_cmpint (mkfifo (fixture->file, 0600), ==, 0);
  *pipeline = lines_pipeline_new (fixture->file);
  g_assert_true (mill_pipeline_start (*pipeline, &fixture->error));
  fd = open (fixture->file, O_WRONLY);
  g_assert_cmpint (fd, >=, 0);
  return fd;
}

static void
write_text (int fd, const char *text)
{
  g_assert_cmpint ((int) write (fd, text, strlen (text)), ==, (int) strlen (text));
}

/* Lines come as they are written; nobody waits for a full buffer. */
static void
test_lines_pipe (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = NULL;
  g_autoptr (MillSnapshot) snapshot = NULL;
  int fd = open_pipe (fixture, &pipeline);

  write_text (fd, "one\ntw");
  wait_for_done (pipeline, 1);
  write_text (fd, "o\nthree");
  wait_for_done (pipeline, 2);
  close (fd);
  g_assert_true (mill_pipeline_join (pipeline, NULL, NULL));
  snapshot = mill_pipeline_snapshot (pipeline);
  g_assert_cmpint (snapshot->state, ==, MILL_STATE_FINISHED);
  g_assert_cmpuint (snapshot->done, ==, 3);
}

/* A pipe that says nothing keeps nobody from stopping, or from draining. */
static void
test_lines_silent_pipe (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (MillPipeline) pipeline = NULL;
      int fd = open_pipe (fixture, &pipeline);

      write_text (fd, "one\n");
      wait_for_done (pipeline, 1);
      if (i == 0)
        mill_pipeline_stop (pipeline);
      else
        g_assert_true (mill_pipeline_drain (pipeline, 10.0, NULL));
      g_assert_true (mill_pipeline_join (pipeline, NULL, NULL));
      close (fd);
      g_unlink (fixture->file);
    }
}

static void
test_count_sink (void)
{
  g_autoptr (MillSink) sink = mill_count_sink_new ();
  g_autoptr (MillItem) item = mill_item_new (1, NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("12345", 5);

  mill_sink_accept (sink, item);
  mill_item_set_payload (item, bytes);
  mill_sink_accept (sink, item);
  g_assert_cmpuint (mill_count_sink_get_items (MILL_COUNT_SINK (sink)), ==, 2);
  g_assert_cmpuint (mill_count_sink_get_bytes (MILL_COUNT_SINK (sink)), ==, 5);
}

static void
assert_names (char *list, GType (*find) (const char *name), GType base)
{
  g_auto (GStrv) names = g_strsplit (list, ", ", -1);

  for (char **name = names; *name != NULL; name++)
    g_assert_true (g_type_is_a (find (*name), base));
  g_assert_cmpuint (g_strv_length (names), >=, 1);
  g_assert_true (find ("nonsense") == G_TYPE_INVALID);
  g_assert_true (find (NULL) == G_TYPE_INVALID);
  g_free (list);
}

/* What an error message offers is there. */
static void
test_registry (void)
{
  assert_names (mill_registry_list_steps (), mill_registry_find_step, MILL_TYPE_STEP);
  assert_names (mill_registry_list_sources (), mill_registry_find_source, MILL_TYPE_SOURCE);
  assert_names (mill_registry_list_sinks (), mill_registry_find_sink, MILL_TYPE_SINK);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/sources/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("count", test_count);
  ADD ("urls/file", test_urls_file);
  ADD ("urls/bad-file", test_urls_bad_file);
  ADD ("urls/template", test_urls_template);
  ADD ("urls/either", test_urls_either);
  ADD ("lines/file", test_lines);
  ADD ("lines/empty", test_lines_empty);
  ADD ("lines/many", test_lines_many);
  ADD ("lines/long", test_lines_long);
  ADD ("lines/bad-file", test_lines_bad_file);
  ADD ("lines/pipe", test_lines_pipe);
  ADD ("lines/silent-pipe", test_lines_silent_pipe);
  g_test_add_func ("/sinks/count", test_count_sink);
  g_test_add_func ("/registry", test_registry);
  return g_test_run ();
}
