/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run file says of a crawl, at each stage of its life. */

#include "config.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "crawl/mill-crawl-job.h"
#include "crawl/mill-crawl-record.h"
#include "crawl/mill-crawl-summary.h"
#include "record/mill-run-file-private.h"
#include "test-web-server.h"

#define HTML "text/html; charset=utf-8"

typedef struct
{
  TestWebServer *server; /* (owned) */
  char *folder;          /* (owned) */
  char *path;            /* (owned) of the run file, which is not there yet */
  guint64 max_bytes;     /* of what begin() makes */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = test_web_server_new ();
  fixture->folder = g_dir_make_tmp ("mill-summary-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "run.millrace-run", NULL);
  test_web_server_set_page (fixture->server, "/", HTML, "<a href=a>a</a> <a href=gone>b</a> <a href=c>c</a>");
  test_web_server_set_page (fixture->server, "/a", HTML, "<a href=lost>d</a>");
  test_web_server_set_page (fixture->server, "/c", HTML, "12345");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  test_web_server_free (fixture->server);
  g_remove (fixture->path);
  g_rmdir (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->folder);
}

/* (transfer full): a recorded crawl that was not started */
static MillPipeline *
begin (Fixture *fixture, guint max_pages)
{
  g_autofree char *start = test_web_server_url (fixture->server, "/");
  const char *urls[] = { start, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (MillJob) job = NULL;
  MillPipeline *pipeline;
  MillCrawlOptions options;

  mill_crawl_options_init (&options, urls);
  options.delay_ms = 0;
  options.max_pages = max_pages;
  options.max_bytes = fixture->max_bytes;
  job = mill_crawl_job_new (&options, &error);
  g_assert_no_error (error);
  pipeline = mill_job_build (job, &error);
  g_assert_no_error (error);
  mill_crawl_record (pipeline, job, fixture->path, &error);
  g_assert_no_error (error);
  return pipeline;
}

static void
run (MillPipeline *pipeline)
{
  g_autoptr (GError) error = NULL;

  mill_pipeline_start (pipeline, &error);
  g_assert_no_error (error);
  g_assert_true (mill_pipeline_join (pipeline, NULL, NULL));
}

static MillCrawlSummary *
read_summary (Fixture *fixture, guint max_broken)
{
  g_autoptr (GError) error = NULL;
  MillCrawlSummary *summary = mill_crawl_summary_read (fixture->path, max_broken, &error);

  g_assert_no_error (error);
  return summary;
}

static void
test_finished (Fixture *fixture, gconstpointer data)
{
  g_autofree char *gone = test_web_server_url (fixture->server, "/gone");
  g_autofree char *a = test_web_server_url (fixture->server, "/a");
  g_autoptr (MillPipeline) pipeline = begin (fixture, 0);
  g_autoptr (MillCrawlSummary) summary = NULL;
  g_autoptr (MillCrawlSummary) copy = NULL;
  g_autoptr (MillCrawlSummary) short_one = NULL;
  MillBrokenLink *link;

  run (pipeline);
  summary = read_summary (fixture, 10);
  copy = mill_crawl_summary_copy (summary);
  g_assert_true (mill_crawl_summary_is_finished (copy));
  g_assert_false (copy->is_in_use);
  g_assert_true (g_str_has_prefix (copy->start, fixture->server->base));
  g_assert_nonnull (strstr (copy->name, copy->start));
  g_assert_null (copy->folder);
  g_assert_cmpuint (copy->known, ==, 5);
  g_assert_cmpuint (copy->done, ==, 3);
  g_assert_cmpuint (copy->dead, ==, 2);
  g_assert_cmpuint (copy->disallowed + copy->left + copy->over_limit + copy->saved, ==, 0);
  g_assert_cmpuint (copy->bytes, >, 5);
  g_assert_nonnull (copy->began);
  g_assert_cmpint (g_date_time_compare (copy->began, copy->ended), <=, 0);
  g_assert_cmpuint (copy->broken->len, ==, 2);
  link = g_ptr_array_index (copy->broken, 0);
  g_assert_cmpstr (link->url, ==, gone);
  g_assert_true (g_str_has_prefix (link->error, "404"));
  link = g_ptr_array_index (copy->broken, 1);
  g_assert_cmpstr (link->referrer, ==, a);

  /* As many as are asked for; the count is of all. */
  short_one = read_summary (fixture, 1);
  g_assert_cmpuint (short_one->broken->len, ==, 1);
  g_assert_cmpuint (short_one->dead, ==, 2);
}

/* What is beyond the limit is not left to be done. */
static void
test_limited (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = begin (fixture, 1);
  g_autoptr (MillCrawlSummary) summary = NULL;

  run (pipeline);
  summary = read_summary (fixture, 10);
  g_assert_true (mill_crawl_summary_is_finished (summary));
  g_assert_cmpuint (summary->max_pages, ==, 1);
  g_assert_cmpuint (summary->done, ==, 1);
  g_assert_cmpuint (summary->left, ==, 0);
  g_assert_cmpuint (summary->over_limit, ==, 3);
}

/* So is what is beyond the limit on bytes, until that is raised. */
static void
test_limited_bytes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = NULL;
  g_autoptr (MillPipeline) again = NULL;
  g_autoptr (MillPipeline) more = NULL;
  g_autoptr (MillCrawlSummary) summary = NULL;
  g_autoptr (MillCrawlSummary) last = NULL;
  g_autoptr (GError) error = NULL;

  fixture->max_bytes = 1;
  pipeline = begin (fixture, 0);
  run (pipeline);
  summary = read_summary (fixture, 10);
  g_assert_true (mill_crawl_summary_is_finished (summary));
  g_assert_cmpuint (summary->max_bytes, ==, 1);
  g_assert_cmpuint (summary->done, ==, 1);
  g_assert_cmpuint (summary->left, ==, 0);
  g_assert_cmpuint (summary->over_limit, ==, 3);
  g_clear_object (&pipeline);

  /* What came before counts. */
  again = mill_crawl_resume (fixture->path, &error);
  g_assert_no_error (error);
  run (again);
  g_clear_object (&again);
  more = mill_crawl_resume (fixture->path, &error);
  g_assert_no_error (error);
  g_object_set (mill_pipeline_get_source (more), "max-bytes", (guint64) 1000000, NULL);
  run (more);
  last = read_summary (fixture, 10);
  g_assert_cmpuint (last->done + last->dead, ==, last->known);
  g_assert_cmpuint (test_web_server_get_asked (fixture->server, "/"), ==, 1);
}

static void
test_disallowed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = begin (fixture, 0);
  g_autoptr (MillCrawlSummary) summary = NULL;

  test_web_server_set_page (fixture->server, "/robots.txt", "text/plain", "User-agent: *\nDisallow: /c\n");
  run (pipeline);
  summary = read_summary (fixture, 0);
  g_assert_cmpuint (summary->disallowed, ==, 1);
  g_assert_cmpuint (summary->done, ==, 2);
  g_assert_cmpuint (summary->broken->len, ==, 0);
  g_assert_true (mill_crawl_summary_is_finished (summary));
}

/* In use until the crawl has ended, whether its pipeline is still there or not; this very process may ask. */
static void
test_in_use (Fixture *fixture, gconstpointer data)
{
  MillPipeline *pipeline = begin (fixture, 0);
  MillPipeline *again;
  g_autoptr (MillCrawlSummary) before = NULL;
  g_autoptr (MillCrawlSummary) after = NULL;
  g_autoptr (MillCrawlSummary) dropped = NULL;
  g_autoptr (GError) error = NULL;

  before = read_summary (fixture, 0);
  g_assert_true (before->is_in_use);
  g_assert_cmpuint (before->known, ==, 0);
  g_assert_null (before->began);
  g_assert_false (mill_crawl_summary_is_finished (before));
  g_assert_null (mill_crawl_resume (fixture->path, &error));
  g_assert_nonnull (strstr (error->message, "in use"));
  run (pipeline);
  after = read_summary (fixture, 0);
  g_assert_false (after->is_in_use);
  again = mill_crawl_resume (fixture->path, NULL);
  g_assert_nonnull (again);
  g_object_unref (pipeline);
  g_object_unref (again);
  dropped = read_summary (fixture, 0);
  g_assert_false (dropped->is_in_use);
}

/* What is on the disk counts from before on; the counts of a pipeline that goes on begin after it. */
static void
test_goes_on (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MillPipeline) first = begin (fixture, 1);
  g_autoptr (MillPipeline) second = NULL;
  g_autoptr (MillSnapshot) snapshot = NULL;
  g_autoptr (MillCrawlSummary) summary = NULL;
  g_autoptr (MillJob) job = NULL;
  g_autoptr (GError) error = NULL;

  run (first);
  g_assert_cmpuint (mill_crawl_get_n_before (first), ==, 0);
  job = mill_crawl_read_job (fixture->path, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (mill_job_get_name (job), "Crawl of "));
  second = mill_crawl_resume (fixture->path, &error);
  g_assert_no_error (error);
  g_object_set (mill_pipeline_get_source (second), "max-pages", 0, NULL);
  run (second);
  g_assert_cmpuint (mill_crawl_get_n_before (second), ==, 1);
  snapshot = mill_pipeline_snapshot (second);
  summary = read_summary (fixture, 0);
  g_assert_cmpuint (snapshot->done + snapshot->dead + 1, ==, summary->done + summary->dead);
}

static void
test_strangers (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) missing = NULL;
  g_autoptr (GError) no_run = NULL;
  g_autoptr (GError) no_job = NULL;
  MillRunFile *file;

  g_assert_null (mill_crawl_summary_read (fixture->path, 0, &missing));
  g_assert_nonnull (strstr (missing->message, fixture->path));
  g_assert_true (
      g_file_set_contents (fixture->path, "no database at all, whatever its name is...", -1, NULL));
  g_assert_null (mill_crawl_summary_read (fixture->path, 0, &no_run));
  g_assert_nonnull (strstr (no_run->message, "not a run file"));
  g_remove (fixture->path);
  file = mill_run_file_create (fixture->path, NULL);
  g_assert_nonnull (file);
  mill_run_file_unref (file);
  g_assert_null (mill_crawl_summary_read (fixture->path, 0, &no_job));
  g_assert_nonnull (strstr (no_job->message, "what was to be crawled"));
}

#define ADD(name, func) g_test_add ("/crawl-summary/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  ADD ("finished", test_finished);
  ADD ("limited", test_limited);
  ADD ("limited-bytes", test_limited_bytes);
  ADD ("disallowed", test_disallowed);
  ADD ("in-use", test_in_use);
  ADD ("goes-on", test_goes_on);
  ADD ("strangers", test_strangers);
  return g_test_run ();
}
