/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A crawl with sitemaps, from end to end: which are read, what they add, and that the crawl waits for them.
 */

#include "config.h"

#include <locale.h>
#include <string.h>

#include "core/mill-error.h"
#include "crawl/mill-crawl-job.h"
#include "sources/mill-crawl-source.h"
#include "sources/mill-sitemap-reader-private.h"
#include "test-web-server.h"

#define HTML "text/html"
#define XML  "application/xml"

typedef struct
{
  TestWebServer *server;    /* (owned) */
  char *start;              /* (owned) */
  const char *urls[2];      /* (unowned) */
  MillCrawlOptions options; /* quick, not polite */
  MillPipeline *pipeline;   /* (owned) (nullable) */
  MillSnapshot *end;        /* (owned) (nullable) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = test_web_server_new ();
  fixture->start = test_web_server_url (fixture->server, "/");
  fixture->urls[0] = fixture->start;
  mill_crawl_options_init (&fixture->options, fixture->urls);
  fixture->options.delay_ms = 0;
  fixture->options.retries = 0;
  fixture->options.sitemaps = TRUE;
  test_web_server_set_page (fixture->server, "/", HTML, "");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->end, mill_snapshot_unref);
  g_clear_object (&fixture->pipeline);
  test_web_server_free (fixture->server);
  g_free (fixture->start);
}

static void
start_crawl (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillJob) job = mill_crawl_job_new (&fixture->options, &error);

  g_assert_no_error (error);
  fixture->pipeline = mill_job_build (job, &error);
  g_assert_no_error (error);
  mill_pipeline_start (fixture->pipeline, &error);
  g_assert_no_error (error);
}

static void
end_crawl (Fixture *fixture)
{
  g_assert_true (mill_pipeline_join (fixture->pipeline, NULL, NULL));
  fixture->end = mill_pipeline_snapshot (fixture->pipeline);
  g_assert_true (mill_snapshot_is_conserved (fixture->end));
  g_assert_cmpuint (fixture->end->workers_alive, ==, 0);
}

static void
crawl (Fixture *fixture)
{
  start_crawl (fixture);
  end_crawl (fixture);
}

static MillCrawlSource *
get_source (Fixture *fixture)
{
  return MILL_CRAWL_SOURCE (mill_pipeline_get_source (fixture->pipeline));
}

static void
assert_asked (Fixture *fixture, guint times, const char *const *paths)
{
  for (; *paths != NULL; paths++)
    {
      g_test_message ("%s", *paths);
      g_assert_cmpuint (test_web_server_get_asked (fixture->server, *paths), ==, times);
    }
}

/* A robots.txt that names sitemaps. */
static void
set_robots (Fixture *fixture, const char *rules, const char *const *paths)
{
  g_autoptr (GString) text = g_string_new (rules);

  for (; *paths != NULL; paths++)
    g_string_append_printf (text, "Sitemap: %s%s\n", **paths == '/' ? fixture->server->base : "", *paths);
  test_web_server_set_page (fixture->server, "/robots.txt", "text/plain", text->str);
}

/* A sitemap at @path; those of its entries that begin with a slash are on the server. */
static void
set_sitemap (Fixture *fixture, const char *path, gboolean is_index, const char *const *entries)
{
  g_autoptr (GString) text = g_string_new (is_index ? "<sitemapindex>" : "<urlset>");
  const char *name = is_index ? "sitemap" : "url";

  for (; *entries != NULL; entries++)
    g_string_append_printf (text, "<%s><loc>%s%s</loc></%s>", name,
                            **entries == '/' ? fixture->server->base : "", *entries, name);
  test_web_server_set_page (fixture->server, path, XML, text->str);
}

static void
assert_problem (Fixture *fixture, const char *place, const char *hint)
{
  g_auto (GStrv) problems = mill_crawl_source_dup_problems (get_source (fixture));
  gboolean found = FALSE;

  for (char **problem = problems; *problem != NULL; problem++)
    {
      g_test_message ("%s", *problem);
      found |= strstr (*problem, place) != NULL && strstr (*problem, hint) != NULL;
    }
  g_assert_true (found);
}

static void
assert_no_problem (Fixture *fixture)
{
  g_auto (GStrv) problems = mill_crawl_source_dup_problems (get_source (fixture));

  g_assert_cmpstr (problems[0], ==, NULL);
}

/* Pages that nothing links to, with all rules; a dead one says where it was named. */
static void
test_pages (Fixture *fixture, gconstpointer data)
{
  const char *const exclude[] = { "/private*", NULL };
  g_autoptr (GPtrArray) letters = NULL;
  const MillDeadLetter *letter;
  MillFrontierCounts counts;

  set_robots (fixture, "User-agent: *\nDisallow: /secret\n",
              (const char *[]){ "/map.xml", "/map.xml", NULL });
  set_sitemap (
      fixture, "/map.xml", FALSE,
      (const char *[]){ "/a", "/secret", "/private", "/gone", "/", "http://elsewhere.invalid/", NULL });
  test_web_server_set_page (fixture->server, "/a", HTML, "<a href=b>b</a>");
  test_web_server_set_page (fixture->server, "/b", HTML, "");
  fixture->options.exclude = exclude;
  fixture->options.max_depth = 1;
  crawl (fixture);
  assert_asked (fixture, 1, (const char *[]){ "/robots.txt", "/map.xml", "/", "/a", "/gone", NULL });
  assert_asked (fixture, 0, (const char *[]){ "/b", "/secret", "/private", NULL });
  letters = mill_pipeline_get_dead_letters (fixture->pipeline);
  g_assert_cmpuint (letters->len, ==, 1);
  letter = g_ptr_array_index (letters, 0);
  g_assert_cmpstr (mill_item_get_attribute (letter->item, "depth"), ==, "1");
  g_assert_true (g_str_has_suffix (mill_item_get_attribute (letter->item, "referrer"), "/map.xml"));
  g_assert_true (mill_crawl_source_get_counts (get_source (fixture), &counts));
  g_assert_cmpuint (counts.skipped_robots, ==, 1);
  g_assert_cmpuint (counts.skipped_scope, ==, 1);
  assert_no_problem (fixture);
}

static void
test_unwanted (Fixture *fixture, gconstpointer data)
{
  set_robots (fixture, "", (const char *[]){ "/map.xml", NULL });
  fixture->options.sitemaps = FALSE;
  crawl (fixture);
  assert_asked (fixture, 0, (const char *[]){ "/map.xml", NULL });
}

/* Two indexes deep, and no deeper. */
static void
test_nested (Fixture *fixture, gconstpointer data)
{
  set_robots (fixture, "", (const char *[]){ "/1", NULL });
  set_sitemap (fixture, "/1", TRUE, (const char *[]){ "/1", "/2", "/pages1", NULL });
  set_sitemap (fixture, "/2", TRUE, (const char *[]){ "/3", "/pages2", NULL });
  set_sitemap (fixture, "/3", TRUE, (const char *[]){ "/pages3", NULL });
  set_sitemap (fixture, "/pages1", FALSE, (const char *[]){ "/a", NULL });
  set_sitemap (fixture, "/pages2", FALSE, (const char *[]){ "/b", NULL });
  test_web_server_set_page (fixture->server, "/a", HTML, "");
  test_web_server_set_page (fixture->server, "/b", HTML, "");
  crawl (fixture);
  assert_asked (fixture, 1, (const char *[]){ "/1", "/2", "/3", "/pages1", "/pages2", "/a", "/b", NULL });
  assert_asked (fixture, 0, (const char *[]){ "/pages3", NULL });
  assert_problem (fixture, "/3: ", "index");
  g_assert_cmpuint (fixture->end->done, ==, 3);
}

/* An index that names more than anybody needs. */
static void
test_many (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  guint n_asked = 0;

  for (guint i = 0; i < MILL_SITEMAP_READER_MAX_PER_SITE + 50; i++)
    {
      g_ptr_array_add (paths, g_strdup_printf ("/map%u", i));
      set_sitemap (fixture, g_ptr_array_index (paths, i), FALSE, (const char *[]){ "/a", NULL });
    }
  g_ptr_array_add (paths, NULL);
  set_robots (fixture, "", (const char *[]){ "/index", NULL });
  set_sitemap (fixture, "/index", TRUE, (const char *const *) paths->pdata);
  test_web_server_set_page (fixture->server, "/a", HTML, "");
  crawl (fixture);
  for (guint i = 0; i + 1 < paths->len; i++)
    n_asked += test_web_server_get_asked (fixture->server, g_ptr_array_index (paths, i));
  g_assert_cmpuint (n_asked, ==, MILL_SITEMAP_READER_MAX_PER_SITE - 1);
  assert_asked (fixture, 1, (const char *[]){ "/index", "/a", NULL });
  assert_problem (fixture, "sitemap ", "more than 100");
}

/* What is wrong with a sitemap is said, and hurts nothing else. */
static void
test_problems (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TestWebServer) other = test_web_server_new ();
  g_autofree char *elsewhere = test_web_server_url (other, "/map");

  set_robots (fixture, "", (const char *[]){ "/none", "/page", elsewhere, "ftp://x/", "/good", NULL });
  test_web_server_set_page (fixture->server, "/page", HTML, "<html><body>Hello</body></html>");
  set_sitemap (fixture, "/good", FALSE, (const char *[]){ "/a", NULL });
  test_web_server_set_page (fixture->server, "/a", HTML, "");
  crawl (fixture);
  g_assert_cmpint (fixture->end->state, ==, MILL_STATE_FINISHED);
  g_assert_cmpuint (fixture->end->done, ==, 2);
  g_assert_cmpuint (test_web_server_get_asked (other, "/map"), ==, 0);
  assert_problem (fixture, "/none: ", "404");
  assert_problem (fixture, "/page: ", "<html>");
  assert_problem (fixture, elsewhere, "another site");
  assert_problem (fixture, "ftp://x/: ", "no address");
}

/* The only pages are those of a sitemap of the second level: the crawl must not end before. A problem with a
 * sitemap is not why a crawl has nothing to fetch. */
static void
test_start_disallowed (Fixture *fixture, gconstpointer data)
{
  set_robots (fixture, "User-agent: *\nDisallow: /$\n", (const char *[]){ "/none", "/index", NULL });
  set_sitemap (fixture, "/index", TRUE, (const char *[]){ "/map", NULL });
  set_sitemap (fixture, "/map", FALSE, (const char *[]){ "/a", NULL });
  test_web_server_set_page (fixture->server, "/a", HTML, "");
  crawl (fixture);
  g_assert_cmpint (fixture->end->state, ==, MILL_STATE_FINISHED);
  g_assert_cmpuint (fixture->end->done, ==, 1);
}

static void
test_all_disallowed (Fixture *fixture, gconstpointer data)
{
  set_robots (fixture, "User-agent: *\nDisallow: /\n", (const char *[]){ "/none", NULL });
  crawl (fixture);
  g_assert_cmpint (fixture->end->state, ==, MILL_STATE_FAILED);
  g_assert_nonnull (strstr (fixture->end->error, "robots.txt disallows"));
}

static void
wait_until_asked (Fixture *fixture, const char *path)
{
  while (test_web_server_get_asked (fixture->server, path) == 0)
    g_thread_yield ();
}

/* A server that keeps the crawl waiting for a sitemap cannot keep it from being stopped. */
static void
test_stopped (Fixture *fixture, gconstpointer data)
{
  set_robots (fixture, "", (const char *[]){ "/map", "/more", NULL });
  test_web_server_set (fixture->server, "/map", TEST_SILENCE);
  start_crawl (fixture);
  wait_until_asked (fixture, "/map");
  mill_pipeline_stop (fixture->pipeline);
  end_crawl (fixture);
  g_assert_cmpint (fixture->end->state, ==, MILL_STATE_STOPPED);
  assert_asked (fixture, 0, (const char *[]){ "/more", NULL });
}

/* The time between two requests to a site holds for its sitemaps too. */
static void
test_delay (Fixture *fixture, gconstpointer data)
{
  gint64 begun = g_get_monotonic_time ();

  set_robots (fixture, "User-agent: *\nCrawl-delay: 0.2\n", (const char *[]){ "/1", "/2", "/3", NULL });
  set_sitemap (fixture, "/1", FALSE, (const char *[]){ NULL });
  set_sitemap (fixture, "/2", FALSE, (const char *[]){ NULL });
  set_sitemap (fixture, "/3", FALSE, (const char *[]){ NULL });
  crawl (fixture);
  assert_asked (fixture, 1, (const char *[]){ "/1", "/2", "/3", NULL });
  g_assert_cmpint (g_get_monotonic_time () - begun, >=, 400 * G_TIME_SPAN_MILLISECOND);
}

/* With a limit on pages that is reached, nobody waits for a sitemap. */
static void
test_page_limit (Fixture *fixture, gconstpointer data)
{
  set_robots (fixture, "User-agent: *\nCrawl-delay: 0\n", (const char *[]){ "/1", "/2", NULL });
  set_sitemap (fixture, "/1", FALSE, (const char *[]){ "/a", "/b", "/c", NULL });
  fixture->options.max_pages = 1;
  crawl (fixture);
  g_assert_cmpint (fixture->end->state, ==, MILL_STATE_FINISHED);
  g_assert_cmpuint (fixture->end->produced, ==, 1);
}

static void
test_needs_robots (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MillPipeline) pipeline = mill_pipeline_new ("test");
  g_autoptr (MillSource) source = mill_crawl_source_new ("http://h/");
  g_autoptr (GError) error = NULL;

  g_object_set (source, "sitemaps", TRUE, "robots", FALSE, NULL);
  g_assert_false (mill_source_open (source, pipeline, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "robots.txt"));
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/crawl-sitemaps/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("pages", test_pages);
  ADD ("unwanted", test_unwanted);
  ADD ("nested", test_nested);
  ADD ("many", test_many);
  ADD ("problems", test_problems);
  ADD ("start-disallowed", test_start_disallowed);
  ADD ("all-disallowed", test_all_disallowed);
  ADD ("stopped", test_stopped);
  ADD ("delay", test_delay);
  ADD ("page-limit", test_page_limit);
  ADD ("needs-robots", test_needs_robots);
  return g_test_run ();
}
