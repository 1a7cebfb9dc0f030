/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A crawl that is taken up knows as much as the one that was left. */

#include "config.h"

#include <glib/gstdio.h>
#include <locale.h>

#include "crawl/mill-crawl-job.h"
#include "crawl/mill-crawl-record.h"
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

#define ADD(name, func) g_test_add ("/crawl-resume/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  ADD ("sent-away", test_sent_away);
  ADD ("sent-aside", test_sent_aside);
  ADD ("sent-into-folder", test_sent_into_folder);
  return g_test_run ();
}
