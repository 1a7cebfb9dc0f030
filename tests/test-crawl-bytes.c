/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The limit on bytes: what the frontier does about it, and a crawl that reaches it. How it goes on from there
 * is in test-crawl-summary. */

#include "config.h"

#include <locale.h>
#include <string.h>

#include "crawl/mill-crawl-job.h"
#include "crawl/mill-frontier.h"
#include "sources/mill-crawl-source.h"
#include "test-parts.h"
#include "test-web-server.h"

static void
count_wake_cb (MillFrontier *frontier, gpointer user_data)
{
  ++*(guint *) user_data;
}

/* What came is enough: the rest is left, what is out is settled as ever. */
static void
test_frontier (void)
{
  g_autoptr (MillFrontier) frontier = g_object_new (MILL_TYPE_FRONTIER, "max-bytes", (guint64) 100,
                                                    "max-in-flight", 0u, "delay-ms", 0u, NULL);
  MillFrontierCounts counts;
  MillFrontierEntry first, second, other;
  guint n_wakes = 0;

  mill_frontier_add_start (frontier, "http://h/1");
  mill_frontier_add_start (frontier, "http://h/2");
  mill_frontier_add_start (frontier, "http://h/3");
  mill_frontier_set_wake (frontier, count_wake_cb, &n_wakes, NULL);
  g_assert_cmpint (mill_frontier_take (frontier, 0, &first, NULL, NULL), ==, MILL_FRONTIER_READY);
  g_assert_cmpint (mill_frontier_take (frontier, 0, &second, NULL, NULL), ==, MILL_FRONTIER_READY);
  mill_frontier_received (frontier, 99);
  mill_frontier_get_counts (frontier, &counts);
  g_assert_cmpuint (counts.pending, ==, 1);
  g_assert_cmpuint (n_wakes, ==, 0);
  mill_frontier_received (frontier, 1);
  g_assert_cmpuint (n_wakes, ==, 1);
  mill_frontier_get_counts (frontier, &counts);
  g_assert_cmpuint (counts.pending, ==, 0);
  g_assert_cmpuint (counts.skipped_limit, ==, 1);
  g_assert_cmpint (mill_frontier_add (frontier, "http://h/4", 1, NULL), ==, MILL_FRONTIER_PAGE_LIMIT);
  g_assert_cmpint (mill_frontier_take (frontier, 0, &other, NULL, NULL), ==, MILL_FRONTIER_WAIT);
  mill_frontier_settled (frontier, first.url, MILL_OUTCOME_DONE);
  mill_frontier_received (frontier, 1000);
  mill_frontier_settled (frontier, second.url, MILL_OUTCOME_DONE);
  g_assert_cmpint (mill_frontier_take (frontier, 0, &other, NULL, NULL), ==, MILL_FRONTIER_END);
  mill_frontier_get_counts (frontier, &counts);
  g_assert_cmpuint (counts.taken + counts.skipped_limit, ==, counts.known);
}

typedef struct
{
  TestWebServer *server;  /* (owned) */
  MillPipeline *pipeline; /* (owned) */
  MillSnapshot *end;      /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = test_web_server_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  mill_snapshot_unref (fixture->end);
  g_clear_object (&fixture->pipeline);
  test_web_server_free (fixture->server);
}

/* A home page that links to nine others, each of 1,000 bytes. */
static void
make_site (Fixture *fixture)
{
  g_autofree char *page = g_strnfill (1000, 'x');
  g_autofree char *home = g_strnfill (1000, ' ');
  g_autoptr (GString) links = g_string_new (NULL);

  for (guint i = 1; i <= 9; i++)
    {
      g_autofree char *path = g_strdup_printf ("/%u", i);

      g_string_append_printf (links, "<a href=%s>", path);
      test_web_server_set_page (fixture->server, path, "text/plain", page);
    }
  memcpy (home, links->str, links->len);
  test_web_server_set_page (fixture->server, "/", "text/html; charset=utf-8", home);
}

static void
crawl (Fixture *fixture, guint per_host)
{
  g_autofree char *start = test_web_server_url (fixture->server, "/");
  const char *urls[] = { start, NULL };
  MillCrawlOptions options;
  g_autoptr (GError) error = NULL;
  g_autoptr (MillJob) job = NULL;

  mill_crawl_options_init (&options, urls);
  options.delay_ms = 0;
  options.max_bytes = 2500;
  options.per_host = per_host;
  job = mill_crawl_job_new (&options, &error);
  g_assert_no_error (error);
  fixture->pipeline = mill_job_build (job, &error);
  g_assert_no_error (error);
  mill_pipeline_start (fixture->pipeline, &error);
  g_assert_no_error (error);
  g_assert_true (mill_pipeline_join (fixture->pipeline, NULL, NULL));
  fixture->end = mill_pipeline_snapshot (fixture->pipeline);
}

/* All that was begun came, and is counted; the rest is known and left. */
static void
assert_adds_up (Fixture *fixture)
{
  MillCrawlSource *source = MILL_CRAWL_SOURCE (mill_pipeline_get_source (fixture->pipeline));
  MillFrontierCounts counts;

  g_assert_cmpint (fixture->end->state, ==, MILL_STATE_FINISHED);
  g_assert_true (mill_snapshot_is_conserved (fixture->end));
  g_assert_cmpuint (fixture->end->produced, ==, fixture->end->done);
  g_assert_cmpuint (fixture->end->bytes, ==, fixture->end->done * 1000);
  g_assert_true (mill_crawl_source_get_counts (source, &counts));
  g_assert_cmpuint (counts.bytes, ==, fixture->end->bytes);
  g_assert_cmpuint (counts.taken, ==, fixture->end->done);
  g_assert_cmpuint (counts.known, ==, 10);
  g_assert_cmpuint (counts.taken + counts.skipped_limit, ==, counts.known);
}

/* The third page makes it full. */
static void
test_one_at_a_time (Fixture *fixture, gconstpointer data)
{
  make_site (fixture);
  crawl (fixture, 1);
  assert_adds_up (fixture);
  g_assert_cmpuint (fixture->end->done, ==, 3);
}

/* Three more may have been on their way then. */
static void
test_four_at_a_time (Fixture *fixture, gconstpointer data)
{
  make_site (fixture);
  crawl (fixture, 4);
  assert_adds_up (fixture);
  g_assert_cmpuint (fixture->end->done, >=, 3);
  g_assert_cmpuint (fixture->end->done, <=, 3 + 3);
}

#define ADD(name, func) g_test_add ("/crawl-bytes/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/crawl-bytes/frontier", test_frontier);
  ADD ("one-at-a-time", test_one_at_a_time);
  ADD ("four-at-a-time", test_four_at_a_time);

  return g_test_run ();
}
