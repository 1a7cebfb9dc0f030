/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A crawl that is done once more says what changed, and claims no more than it knows. */

#include "config.h"

#include <locale.h>
#include <string.h>

#include "core/mill-error.h"
#include "crawl/mill-crawl-job.h"
#include "crawl/mill-crawl-record.h"
#include "record/mill-changes.h"
#include "record/mill-export.h"
#include "sources/mill-crawl-source.h"
#include "run-query.h"
#include "test-parts.h"
#include "test-web-server.h"

#define HTML "text/html"

typedef struct
{
  TestWebServer *server; /* (owned) */
  char *folder;          /* (owned) */
  char *before;          /* (owned) of the first run's file */
  char *after;           /* (owned) of the second's */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = test_web_server_new ();
  fixture->folder = g_dir_make_tmp ("mill-repeat-XXXXXX", NULL);
  fixture->before = g_build_filename (fixture->folder, "before.run", NULL);
  fixture->after = g_build_filename (fixture->folder, "after.run", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  test_web_server_free (fixture->server);
  test_remove_tree (fixture->folder);
  g_free (fixture->before);
  g_free (fixture->after);
  g_free (fixture->folder);
}

static void
set_page (Fixture *fixture, const char *path, const char *body)
{
  test_web_server_set_page (fixture->server, path, HTML, body);
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
crawl (Fixture *fixture)
{
  g_autofree char *start = test_web_server_url (fixture->server, "/");
  const char *urls[] = { start, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (MillJob) job = NULL;
  g_autoptr (MillPipeline) pipeline = NULL;
  MillCrawlOptions options;

  mill_crawl_options_init (&options, urls);
  options.delay_ms = 0;
  options.retries = 0;
  job = mill_crawl_job_new (&options, &error);
  g_assert_no_error (error);
  pipeline = mill_job_build (job, &error);
  g_assert_no_error (error);
  mill_crawl_record (pipeline, job, fixture->before, &error);
  g_assert_no_error (error);
  run (pipeline);
}

/* @max_pages: 0 for as many as there are */
static void
repeat (Fixture *fixture, guint max_pages)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillPipeline) pipeline = mill_crawl_repeat (fixture->before, fixture->after, &error);

  g_assert_no_error (error);
  g_object_set (mill_pipeline_get_source (pipeline), "max-pages", max_pages, NULL);
  run (pipeline);
}

static MillChangeCounts
count (Fixture *fixture)
{
  MillChangeCounts counts;
  g_autoptr (GError) error = NULL;

  g_assert_true (mill_changes_count (fixture->after, &counts, &error));
  g_assert_no_error (error);
  g_assert_true (counts.is_compared);
  return counts;
}

/* (transfer full): an object a line */
static char *
export_changes (Fixture *fixture)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;

  mill_export_run (fixture->after, MILL_EXPORT_CHANGES, MILL_EXPORT_JSONL, stream, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_write_all (stream, "", 1, NULL, NULL, NULL);
  g_output_stream_close (stream, NULL, NULL);
  return g_memory_output_stream_steal_data (G_MEMORY_OUTPUT_STREAM (stream));
}

static void
assert_change (Fixture *fixture, const char *changes, const char *kind, const char *path)
{
  g_autofree char *line =
      g_strdup_printf ("{\"change\":\"%s\",\"url\":\"%s%s\",", kind, fixture->server->base, path);

  g_test_message ("%s", line);
  g_assert_nonnull (strstr (changes, line));
}

/* Each kind once, but for what cannot be there in a run that went to its end. */
static void
test_kinds (Fixture *fixture, gconstpointer data)
{
  g_autofree char *changes = NULL;
  MillChangeCounts counts;

  set_page (fixture, "/",
            "<a href=same>.</a><a href=other>.</a><a href=gone>.</a><a href=unlinked>.</a>"
            "<a href=sent>.</a><a href=sent2>.</a><a href=broken>.</a><a href=mended>.</a>"
            "<a href=fails>.</a><a href=secret>.</a>");
  set_page (fixture, "/same", "as it was");
  set_page (fixture, "/other", "one");
  set_page (fixture, "/gone", "here");
  set_page (fixture, "/unlinked", "here");
  set_page (fixture, "/fails", "here");
  set_page (fixture, "/secret", "here");
  test_web_server_set_status (fixture->server, "/sent", "301 X", "Location: /same\r\n");
  test_web_server_set_status (fixture->server, "/sent2", "301 X", "Location: /same\r\n");
  crawl (fixture);

  set_page (fixture, "/",
            "<a href=same>.</a><a href=other>.</a><a href=gone>.</a><a href=fresh>.</a>"
            "<a href=sent>.</a><a href=sent2>.</a><a href=broken>.</a><a href=mended>.</a>"
            "<a href=fails>.</a><a href=secret>.</a><a href=fresh-but-broken>.</a>");
  set_page (fixture, "/other", "two"); /* of the same length */
  set_page (fixture, "/fresh", "");
  set_page (fixture, "/mended", "");
  test_web_server_set_status (fixture->server, "/gone", "410 Gone", "");
  test_web_server_set_status (fixture->server, "/fails", "500 Oops", "");
  test_web_server_set_status (fixture->server, "/sent2", "301 X", "Location: /other\r\n");
  test_web_server_set_page (fixture->server, "/robots.txt", "text/plain",
                            "User-agent: *\nDisallow: /secret\n");
  repeat (fixture, 0);

  changes = export_changes (fixture);
  assert_change (fixture, changes, "new", "/fresh");
  assert_change (fixture, changes, "new", "/mended");
  assert_change (fixture, changes, "changed", "/");
  assert_change (fixture, changes, "changed", "/other");
  assert_change (fixture, changes, "changed", "/sent2");
  assert_change (fixture, changes, "gone", "/gone");
  assert_change (fixture, changes, "unlinked", "/unlinked");
  assert_change (fixture, changes, "failed", "/fails");
  assert_change (fixture, changes, "failed", "/fresh-but-broken");
  assert_change (fixture, changes, "unfetched", "/secret");
  g_assert_null (strstr (changes, "/same\",\"status\""));
  g_assert_null (strstr (changes, "/broken"));
  counts = count (fixture);
  g_assert_cmpuint (counts.n_new, ==, 2);
  g_assert_cmpuint (counts.n_changed, ==, 3);
  g_assert_cmpuint (counts.n_unchanged, ==, 2); /* /same and /sent */
  g_assert_cmpuint (counts.n_unknown, ==, 0);
  g_assert_cmpuint (counts.n_gone, ==, 1);
  g_assert_cmpuint (counts.n_unlinked, ==, 1);
  g_assert_cmpuint (counts.n_failed, ==, 2);
  g_assert_cmpuint (counts.n_unfetched, ==, 1);
}

/* What validators say is kept, before and now. */
static void
test_validators (Fixture *fixture, gconstpointer data)
{
  g_autofree char *changes = NULL;

  test_web_server_set (fixture->server, "/",
                       "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nETag: \"1\"\r\n"
                       "Last-Modified: Fri, 27 Nov 2026 12:00:00 GMT\r\nConnection: close\r\n\r\na");
  crawl (fixture);
  test_web_server_set (fixture->server, "/",
                       "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nETag: \"2\"\r\nConnection: close\r\n\r\nb");
  repeat (fixture, 0);
  changes = export_changes (fixture);
  assert_change (fixture, changes, "changed", "/");
  g_assert_nonnull (strstr (changes,
                            "\"etag\":\"\\\"2\\\"\",\"etag_before\":\"\\\"1\\\"\",\"last_modified\":null,"
                            "\"last_modified_before\":\"Fri, 27 Nov 2026 12:00:00 GMT\""));
}

/* Of a run that ended early nobody knows what it would have found; once it has gone on to its end, one does.
 */
static void
test_ended_early (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillPipeline) pipeline = NULL;
  MillChangeCounts counts;

  set_page (fixture, "/", "<a href=a>.</a>");
  set_page (fixture, "/a", "<a href=b>.</a>");
  set_page (fixture, "/b", "");
  crawl (fixture);
  set_page (fixture, "/a", "");
  repeat (fixture, 1);
  counts = count (fixture);
  g_assert_cmpuint (counts.n_unchanged, ==, 1);
  g_assert_cmpuint (counts.n_unfetched, ==, 2);
  g_assert_cmpuint (counts.n_unlinked, ==, 0);

  pipeline = mill_crawl_resume (fixture->after, &error);
  g_assert_no_error (error);
  run (pipeline);
  counts = count (fixture);
  g_assert_cmpuint (counts.n_unchanged, ==, 1);
  g_assert_cmpuint (counts.n_changed, ==, 1);
  g_assert_cmpuint (counts.n_unfetched, ==, 0);
  g_assert_cmpuint (counts.n_unlinked, ==, 1);
}

/* The earlier file is only read, and the new one must be new. */
static void
test_files (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *bytes = NULL, *bytes_after = NULL;
  gsize length, length_after;
  MillChangeCounts counts;

  g_assert_null (mill_crawl_repeat (fixture->before, fixture->after, &error));
  g_assert_nonnull (strstr (error->message, "before.run"));
  g_clear_error (&error);
  g_assert_false (g_file_test (fixture->after, G_FILE_TEST_EXISTS));

  set_page (fixture, "/", "");
  crawl (fixture);
  g_assert_true (g_file_get_contents (fixture->before, &bytes, &length, NULL));
  g_assert_null (mill_crawl_repeat (fixture->before, fixture->before, &error));
  g_assert_nonnull (strstr (error->message, "there already"));
  repeat (fixture, 0);
  g_assert_true (g_file_get_contents (fixture->before, &bytes_after, &length_after, NULL));
  g_assert_cmpmem (bytes, length, bytes_after, length_after);

  g_assert_true (mill_changes_count (fixture->before, &counts, NULL));
  g_assert_false (counts.is_compared);
}

/* Where the earlier results cannot be read, there is no new file. */
static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *bytes = NULL;
  gsize length, block, root;

  set_page (fixture, "/", "");
  crawl (fixture);
  block = (gsize) test_ask_run (fixture->before, "PRAGMA page_size");
  root = (gsize) test_ask_run (fixture->before, "SELECT rootpage FROM sqlite_schema WHERE name = 'item'");
  g_assert_true (g_file_get_contents (fixture->before, &bytes, &length, NULL));
  g_assert_cmpuint (root * block, <=, length);
  memset (bytes + (root - 1) * block, 0x5a, block);
  g_assert_true (g_file_set_contents (fixture->before, bytes, (gssize) length, NULL));
  g_assert_null (mill_crawl_repeat (fixture->before, fixture->after, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_DAMAGED);
  g_assert_nonnull (strstr (error->message, "before.run is damaged"));
  g_assert_false (g_file_test (fixture->after, G_FILE_TEST_EXISTS));
}

#define ADD(name, func) g_test_add ("/crawl-repeat/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  ADD ("kinds", test_kinds);
  ADD ("validators", test_validators);
  ADD ("ended-early", test_ended_early);
  ADD ("files", test_files);
  ADD ("damaged", test_damaged);
  return g_test_run ();
}
