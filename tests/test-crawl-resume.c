/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A crawl that is taken up knows as much as the one that was left. */

#include "config.h"

#include <glib/gstdio.h>
#include <locale.h>

#include "crawl/mill-crawl-job.h"
#include "crawl/mill-crawl-record.h"
#include "crawl/mill-sitemap-rows-private.h"
#include "sources/mill-crawl-source.h"
#include "test-web-server.h"

#define HTML "text/html; charset=utf-8"

typedef struct
{
  TestWebServer *server; /* (owned) */
  TestWebServer *other;  /* (owned) */
  char *folder;          /* (owned) */
  char *path;            /* (owned) of the run file, which is not there yet */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = test_web_server_new ();
  fixture->other = test_web_server_new ();
  fixture->folder = g_dir_make_tmp ("mill-resume-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "run.sqlite", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  test_web_server_free (fixture->server);
  test_web_server_free (fixture->other);
  g_remove (fixture->path);
  g_rmdir (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->folder);
}

/* Fetches one page, in the folder of the start address. */
static void
begin (Fixture *fixture, const char *path)
{
  g_autofree char *start = test_web_server_url (fixture->server, path);
  const char *urls[] = { start, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (MillJob) job = NULL;
  g_autoptr (MillPipeline) pipeline = NULL;
  MillCrawlOptions options;

  mill_crawl_options_init (&options, urls);
  options.delay_ms = 0;
  options.below = TRUE;
  options.max_pages = 1;
  job = mill_crawl_job_new (&options, &error);
  g_assert_no_error (error);
  pipeline = mill_job_build (job, &error);
  g_assert_no_error (error);
  mill_crawl_record (pipeline, job, fixture->path, &error);
  g_assert_no_error (error);
  mill_pipeline_start (pipeline, &error);
  g_assert_no_error (error);
  g_assert_true (mill_pipeline_join (pipeline, NULL, NULL));
}

/* Fetches the others. */
static void
go_on (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillPipeline) pipeline = mill_crawl_resume (fixture->path, &error);

  g_assert_no_error (error);
  g_object_set (mill_pipeline_get_source (pipeline), "max-pages", 0, NULL);
  mill_pipeline_start (pipeline, &error);
  g_assert_no_error (error);
  g_assert_true (mill_pipeline_join (pipeline, NULL, NULL));
}

/* The site that the start address was sent to before is still in scope, below its folder. */
static void
test_sent_away (Fixture *fixture, gconstpointer data)
{
  g_autofree char *header = g_strdup_printf ("Location: %s/d/home\r\n", fixture->other->base);

  test_web_server_set_status (fixture->server, "/", "301 Moved Permanently", header);
  test_web_server_set_page (fixture->other, "/d/home", HTML, "<a href=a>a</a> <a href=/b>b</a>");
  test_web_server_set_page (fixture->other, "/d/a", HTML, "");
  test_web_server_set_page (fixture->other, "/b", HTML, "");
  begin (fixture, "/");
  g_assert_cmpuint (test_web_server_get_asked (fixture->other, "/d/home"), ==, 0);
  go_on (fixture);
  g_assert_cmpuint (test_web_server_get_asked (fixture->server, "/"), ==, 1);
  g_assert_cmpuint (test_web_server_get_asked (fixture->other, "/d/home"), ==, 1);
  g_assert_cmpuint (test_web_server_get_asked (fixture->other, "/d/a"), ==, 1);
  g_assert_cmpuint (test_web_server_get_asked (fixture->other, "/b"), ==, 0);
}

/* A page of the same site does not widen the scope, then or now. */
static void
test_sent_aside (Fixture *fixture, gconstpointer data)
{
  test_web_server_set_status (fixture->server, "/d/", "302 Found", "Location: /login\r\n");
  test_web_server_set_page (fixture->server, "/login", HTML, "<a href=/d/a>a</a> <a href=/b>b</a>");
  test_web_server_set_page (fixture->server, "/d/a", HTML, "");
  test_web_server_set_page (fixture->server, "/b", HTML, "");
  begin (fixture, "/d/");
  go_on (fixture);
  g_assert_cmpuint (test_web_server_get_asked (fixture->server, "/login"), ==, 1);
  g_assert_cmpuint (test_web_server_get_asked (fixture->server, "/d/a"), ==, 1);
  g_assert_cmpuint (test_web_server_get_asked (fixture->server, "/b"), ==, 0);
}

/* The folder that the start address lacked the slash of. */
static void
test_sent_into_folder (Fixture *fixture, gconstpointer data)
{
  test_web_server_set_status (fixture->server, "/d", "301 Moved Permanently", "Location: /d/\r\n");
  test_web_server_set_page (fixture->server, "/d/", HTML, "<a href=/d/a>a</a> <a href=/b>b</a>");
  test_web_server_set_page (fixture->server, "/d/a", HTML, "");
  test_web_server_set_page (fixture->server, "/b", HTML, "");
  begin (fixture, "/d");
  go_on (fixture);
  g_assert_cmpuint (test_web_server_get_asked (fixture->server, "/d/a"), ==, 1);
  g_assert_cmpuint (test_web_server_get_asked (fixture->server, "/b"), ==, 0);
}

static gint64
ask (Fixture *fixture, const char *sql)
{
  g_autoptr (MillRunFile) file = mill_run_file_open (fixture->path, NULL);
  sqlite3_stmt *query;
  gint64 number;

  mill_run_file_begin (file);
  query = mill_run_file_prepare (file, sql);
  g_assert_true (mill_run_file_step (file, query));
  number = sqlite3_column_int64 (query, 0);
  sqlite3_reset (query);
  mill_run_file_end (file);
  return number;
}

static MillPipeline *
build_with_sitemaps (Fixture *fixture)
{
  g_autofree char *start = test_web_server_url (fixture->server, "/");
  const char *urls[] = { start, NULL };
  g_autoptr (MillJob) job = NULL;
  MillPipeline *pipeline;
  MillCrawlOptions options;

  mill_crawl_options_init (&options, urls);
  options.delay_ms = 0;
  options.retries = 0;
  options.sitemaps = TRUE;
  job = mill_crawl_job_new (&options, NULL);
  pipeline = mill_job_build (job, NULL);
  g_assert_true (mill_crawl_record (pipeline, job, fixture->path, NULL));
  return pipeline;
}

/* A sitemap that was found and not read is read, even if there is nothing else to fetch, and so are those it
 * leads to; what was read is not read again. */
static void
test_sitemaps_left (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = build_with_sitemaps (fixture);
  g_autofree char *read = test_web_server_url (fixture->server, "/read");
  g_autofree char *left = test_web_server_url (fixture->server, "/left");
  g_autofree char *index = g_strdup_printf (
      "<sitemapindex><sitemap><loc>%s/next</loc></sitemap></sitemapindex>", fixture->server->base);
  g_autofree char *next =
      g_strdup_printf ("<urlset><url><loc>%s/a</loc></url></urlset>", fixture->server->base);
  const char *site = fixture->server->base + strlen ("http://");
  const MillSitemapRow rows[] = { { .url = read, .site = site, .state = MILL_SITEMAP_ROW_READ },
                                  { .url = left, .site = site } };
  MillRunFile *file;

  test_web_server_set_page (fixture->server, "/", HTML, "");
  test_web_server_set_page (fixture->server, "/left", "application/xml", index);
  test_web_server_set_page (fixture->server, "/next", "application/xml", next);
  g_assert_true (mill_pipeline_start (pipeline, NULL));
  g_assert_true (mill_pipeline_join (pipeline, NULL, NULL));
  g_clear_object (&pipeline);
  file = mill_run_file_open (fixture->path, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    mill_sitemap_rows_add (file, &rows[i]);
  mill_run_file_unref (file);

  go_on (fixture);
  g_assert_cmpuint (test_web_server_get_asked (fixture->server, "/"), ==, 1);
  g_assert_cmpuint (test_web_server_get_asked (fixture->server, "/left"), ==, 1);
  g_assert_cmpuint (test_web_server_get_asked (fixture->server, "/next"), ==, 1);
  g_assert_cmpuint (test_web_server_get_asked (fixture->server, "/a"), ==, 1);
  g_assert_cmpuint (test_web_server_get_asked (fixture->server, "/read"), ==, 0);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM sitemap WHERE state = 1"), ==, 3);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM item WHERE referrer LIKE '%/next' AND depth = 1"), ==,
                   1);
  /* Each start is a run of its own. */
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM run WHERE state = 'finished' AND ended IS NOT NULL"),
                   ==, 2);
  g_assert_cmpint (ask (fixture, "SELECT sum (done) FROM run"), ==,
                   ask (fixture, "SELECT count (*) FROM item WHERE outcome = 'done'"));
  g_assert_cmpint (ask (fixture, "SELECT count (DISTINCT run || stage) FROM sample"), >=, 4);
  g_assert_cmpint (ask (fixture, "SELECT count (DISTINCT run) FROM event WHERE kind = 'state'"), ==, 2);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM item WHERE latency_ms > 0 AND result LIKE '200 %'"),
                   >=, 1);
}

/* What a crawl was reading when it was stopped is left to be read. */
static void
test_sitemap_broken_off (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = build_with_sitemaps (fixture);
  g_autofree char *robots = g_strdup_printf ("Sitemap: %s/map\n", fixture->server->base);

  test_web_server_set_page (fixture->server, "/robots.txt", "text/plain", robots);
  test_web_server_set (fixture->server, "/map", TEST_SILENCE);
  g_assert_true (mill_pipeline_start (pipeline, NULL));
  while (test_web_server_get_asked (fixture->server, "/map") == 0)
    g_thread_yield ();
  mill_pipeline_stop (pipeline);
  g_assert_true (mill_pipeline_join (pipeline, NULL, NULL));
  g_clear_object (&pipeline);
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM sitemap WHERE state = 0 AND url LIKE '%/map'"), ==,
                   1);
}

#define ADD(name, func) g_test_add ("/crawl-resume/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  ADD ("sent-away", test_sent_away);
  ADD ("sent-aside", test_sent_aside);
  ADD ("sent-into-folder", test_sent_into_folder);
  ADD ("sitemaps-left", test_sitemaps_left);
  ADD ("sitemap-broken-off", test_sitemap_broken_off);
  return g_test_run ();
}
