/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A crawl is polite: what the frontier lets begin when, by a clock that is a number; and what a server sees
 * of a whole crawl.
 *
 * A server may see two requests late, and so close together, whatever the client did: it is no witness to the
 * distance between two of them. What no stall can fake, and is asserted:
 * - The n-th request comes no sooner than n delays after the crawl began.
 * - There are no more at a time than allowed: the server counts one as over before the client can know.
 * - Each request that it saw had begun in the frontier, where the distance is exact.
 */

#include "config.h"

#include <string.h>

#include "crawl/mill-crawl-job.h"
#include "crawl/mill-frontier-table-private.h"
#include "demo/mill-demo-site.h"
#include "sources/mill-crawl-source.h"
#include "test-parts.h"
#include "test-web-server.h"

#define MS   ((gint64) 1000)
#define HTML "text/html; charset=utf-8"

static MillFrontier *
new_frontier (guint max_in_flight, guint delay_ms)
{
  MillFrontier *frontier = mill_frontier_new (-1, 0, NULL);

  mill_frontier_set_max_in_flight (frontier, max_in_flight);
  mill_frontier_set_delay_ms (frontier, delay_ms);
  return frontier;
}

static void
add_and_take (MillFrontier *frontier, gint64 now_us, const char *url)
{
  MillFrontierEntry entry;

  mill_frontier_add_start (frontier, url);
  g_assert_cmpint (mill_frontier_take (frontier, now_us, &entry, NULL, NULL), ==, MILL_FRONTIER_READY);
  g_assert_cmpstr (entry.url, ==, url);
}

static void
assert_begins (MillFrontier *frontier, const char *url, gint64 now_us)
{
  gint64 ready_at_us;

  g_assert_true (mill_frontier_begin (frontier, url, now_us, &ready_at_us));
}

static void
assert_too_early (MillFrontier *frontier, const char *url, gint64 now_us, gint64 expected_us)
{
  gint64 ready_at_us;

  g_assert_false (mill_frontier_begin (frontier, url, now_us, &ready_at_us));
  g_assert_cmpint (ready_at_us, ==, expected_us);
}

/* Taken in time, begun late: the distance is that of the beginnings. Other tries of the same URL count. */
static void
test_begin (void)
{
  g_autoptr (MillFrontier) frontier = new_frontier (0, 100);
  MillFrontierEntry entry;
  gint64 ready_at_us;

  add_and_take (frontier, 0, "http://h/1");
  add_and_take (frontier, 100 * MS, "http://h/2");
  add_and_take (frontier, 200 * MS, "http://h/3");
  assert_begins (frontier, "http://h/1", 500 * MS);
  assert_too_early (frontier, "http://h/2", 500 * MS, 600 * MS);
  assert_too_early (frontier, "http://h/2", 600 * MS - 1, 600 * MS);
  assert_begins (frontier, "http://h/3", 600 * MS);
  assert_too_early (frontier, "http://h/2", 600 * MS, 700 * MS);
  assert_too_early (frontier, "http://h/1", 650 * MS, 700 * MS);
  assert_begins (frontier, "http://h/1", 700 * MS);
  /* What is taken next keeps its distance from what was begun. */
  mill_frontier_add_start (frontier, "http://h/4");
  g_assert_cmpint (mill_frontier_take (frontier, 750 * MS, &entry, &ready_at_us, NULL), ==,
                   MILL_FRONTIER_WAIT);
  g_assert_cmpint (ready_at_us, ==, 800 * MS);
  /* Another host, and what is nobody's, wait for nothing. */
  add_and_take (frontier, 700 * MS, "http://g/");
  assert_begins (frontier, "http://g/", 700 * MS);
  assert_begins (frontier, "http://h/stranger", 700 * MS);
}

/* Without a delay nothing waits, whatever order the threads tell the time in. */
static void
test_no_delay (void)
{
  g_autoptr (MillFrontier) frontier = new_frontier (0, 0);

  add_and_take (frontier, 5, "http://h/1");
  add_and_take (frontier, 5, "http://h/2");
  assert_begins (frontier, "http://h/1", 7);
  assert_begins (frontier, "http://h/2", 6);
  add_and_take (frontier, 5, "http://h/3");
}

/* A host that asks to wait is left alone by what is on its way to it as well. */
static void
test_held_host (void)
{
  g_autoptr (MillFrontier) frontier = new_frontier (0, 10);

  add_and_take (frontier, 0, "http://h/1");
  add_and_take (frontier, 10 * MS, "http://h/2");
  assert_begins (frontier, "http://h/1", 10 * MS);
  mill_frontier_hold_host (frontier, "h:80", 5000 * MS, 429);
  assert_too_early (frontier, "http://h/2", 100 * MS, 5000 * MS);
  assert_begins (frontier, "http://h/2", 5000 * MS);
  assert_too_early (frontier, "http://h/1", 5000 * MS, 5010 * MS);
}

static void
test_throttle (void)
{
  g_autoptr (MillFrontier) frontier = new_frontier (0, 10);

  add_and_take (frontier, 0, "http://h/1");
  add_and_take (frontier, 10 * MS, "http://h/2");
  assert_begins (frontier, "http://h/1", 10 * MS);
  mill_frontier_answered (frontier, "http://h/1", 4000 * MS, TRUE); /* there is no throttle yet */
  assert_too_early (frontier, "http://h/2", 10 * MS, 20 * MS);
  mill_frontier_set_throttle (frontier, 2, 60000);
  mill_frontier_answered (frontier, "http://h/1", 4000 * MS, TRUE);
  assert_too_early (frontier, "http://h/2", 20 * MS, 2010 * MS);
  mill_frontier_set_throttle (frontier, 2, 1000); /* live */
  assert_too_early (frontier, "http://h/2", 20 * MS, 1010 * MS);
  mill_frontier_set_throttle (frontier, 0, 1000);
  assert_begins (frontier, "http://h/2", 20 * MS);
}

/* What a host in the list waits for. */
static void
assert_waits (MillFrontier *frontier, gint64 now_us, const char *name, MillCrawlWait wait, gint64 wait_us)
{
  g_autoptr (GPtrArray) hosts = mill_frontier_get_hosts (frontier, now_us, 100);

  for (guint i = 0; i < hosts->len; i++)
    {
      const MillCrawlHost *host = g_ptr_array_index (hosts, i);

      if (strcmp (host->name, name) != 0)
        continue;
      g_assert_cmpstr (mill_crawl_wait_get_id (host->wait), ==, mill_crawl_wait_get_id (wait));
      g_assert_cmpint (host->wait_us, ==, wait_us);
      g_assert_cmpuint (host->status, ==, wait == MILL_CRAWL_WAIT_RETRY_AFTER ? 503 : 0);
      return;
    }
  g_assert_not_reached ();
}

static void
set_robots (MillFrontier *frontier, const char *host_key, const char *robots_url, const char *text)
{
  g_autoptr (GBytes) bytes = text != NULL ? g_bytes_new_static (text, strlen (text)) : NULL;
  g_autoptr (MillRobots) robots = bytes != NULL ? mill_robots_parse (bytes) : NULL;

  if (robots != NULL)
    mill_frontier_set_robots (frontier, host_key, robots);
  mill_frontier_settled (frontier, robots_url, MILL_OUTCOME_DONE);
}

/* Every reason there is. */
static void
test_reasons (void)
{
  g_autoptr (MillFrontier) frontier = mill_frontier_new (-1, 0, "Millrace");
  MillFrontierEntry entry;

  mill_frontier_set_max_in_flight (frontier, 2);
  mill_frontier_set_delay_ms (frontier, 100);
  mill_frontier_add_start (frontier, "http://h/1");
  assert_waits (frontier, 0, "h:80", MILL_CRAWL_WAIT_NONE, 0);
  g_assert_cmpint (mill_frontier_take (frontier, 0, &entry, NULL, NULL), ==, MILL_FRONTIER_READY);
  assert_waits (frontier, 0, "h:80", MILL_CRAWL_WAIT_ROBOTS, 0);
  set_robots (frontier, "h:80", "http://h/robots.txt", "User-agent: *\nDisallow: /x\n");
  assert_waits (frontier, 30 * MS, "h:80", MILL_CRAWL_WAIT_DELAY, 70 * MS);
  set_robots (frontier, "h:80", "", "User-agent: *\nCrawl-delay: 2\n");
  assert_waits (frontier, 30 * MS, "h:80", MILL_CRAWL_WAIT_CRAWL_DELAY, 1970 * MS);
  set_robots (frontier, "h:80", "", "");
  g_assert_cmpint (mill_frontier_take (frontier, 100 * MS, &entry, NULL, NULL), ==, MILL_FRONTIER_READY);
  mill_frontier_add_start (frontier, "http://h/2");
  mill_frontier_set_throttle (frontier, 1, 60000);
  mill_frontier_answered (frontier, "http://h/1", 3000 * MS, TRUE);
  assert_waits (frontier, 100 * MS, "h:80", MILL_CRAWL_WAIT_THROTTLE, 3000 * MS);
  mill_frontier_hold_host (frontier, "h:80", 7000 * MS, 503);
  assert_waits (frontier, 100 * MS, "h:80", MILL_CRAWL_WAIT_RETRY_AFTER, 6900 * MS);
  mill_frontier_set_throttle (frontier, 0, 60000);
  g_assert_cmpint (mill_frontier_take (frontier, 7000 * MS, &entry, NULL, NULL), ==, MILL_FRONTIER_READY);
  mill_frontier_add_start (frontier, "http://h/3");
  assert_waits (frontier, 7000 * MS, "h:80", MILL_CRAWL_WAIT_PER_HOST, 0);
  /* What is out may have to wait as well, although nothing is to be taken. */
  mill_frontier_hold_host (frontier, "h:80", 9000 * MS, 503);
  assert_waits (frontier, 8000 * MS, "h:80", MILL_CRAWL_WAIT_RETRY_AFTER, 1000 * MS);

  mill_frontier_add_start (frontier, "http://g/");
  g_assert_cmpint (mill_frontier_take (frontier, 9000 * MS, &entry, NULL, NULL), ==, MILL_FRONTIER_READY);
  set_robots (frontier, "g:80", "http://g/robots.txt", NULL);
  assert_waits (frontier, 9000 * MS, "g:80", MILL_CRAWL_WAIT_LEFT_ALONE, 0);
}

/* Who waits longest comes first, then who has most to fetch; no more than asked for. */
static void
test_list (void)
{
  g_autoptr (MillFrontier) frontier = new_frontier (0, 0);
  g_autoptr (GPtrArray) hosts = NULL;
  const MillCrawlHost *host;

  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://h%u/", i);

      mill_frontier_add_start (frontier, url);
    }
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://h7/%u", i);

      mill_frontier_add_start (frontier, url);
    }
  mill_frontier_hold_host (frontier, "h3:80", 60000 * MS, 503);
  mill_frontier_hold_host (frontier, "h4:80", 90000 * MS, 503);
  hosts = mill_frontier_get_hosts (frontier, 0, 4);
  g_assert_cmpuint (hosts->len, ==, 4);
  g_assert_cmpstr (((MillCrawlHost *) g_ptr_array_index (hosts, 0))->name, ==, "h4:80");
  g_assert_cmpstr (((MillCrawlHost *) g_ptr_array_index (hosts, 1))->name, ==, "h3:80");
  host = g_ptr_array_index (hosts, 2);
  g_assert_cmpstr (host->name, ==, "h7:80");
  g_assert_cmpuint (host->pending, ==, 1001); /* more than memory holds of them */
  g_assert_cmpint (host->least_gap_us, ==, -1);
  g_assert_cmpstr (((MillCrawlHost *) g_ptr_array_index (hosts, 3))->name, ==, "h0:80");
}

/* A request on its way from the frontier to its host, again and again. */
typedef struct
{
  char *url; /* (owned) */
  gint64 at_us;
  guint tries;
} Trip;

static void
trip_free (gpointer data)
{
  g_free (((Trip *) data)->url);
  g_free (data);
}

typedef struct
{
  guint n_out;
  guint n_begun;
  gint64 last_us;
} Seen;

/* Pages that linger in a queue, fail and are tried again at any time, hosts that ask to wait, and a machine
 * that stands still for seconds: of no host do two requests begin closer than the delay, and no more than
 * allowed are out. */
static void
test_simulation (void)
{
  for (guint round = 0; round < 4; round++)
    {
      const guint limit = 1 + round * 2, delay_ms = 20 + 10 * round, n_pages = 600;
      g_autoptr (MillFrontier) frontier = new_frontier (limit, delay_ms);
      g_autoptr (GPtrArray) trips = g_ptr_array_new_with_free_func (trip_free);
      Seen seen[3] = { 0 };
      gint64 hold_until_us[3] = { 0 }, now = 0;
      guint n_done = 0;

      for (guint i = 0; i < n_pages; i++)
        {
          g_autofree char *url = g_strdup_printf ("http://%c/%u", 'a' + (char) (i % 3), i);

          mill_frontier_add_start (frontier, url);
        }
      while (n_done < n_pages)
        {
          MillFrontierEntry entry;

          while (mill_frontier_take (frontier, now, &entry, NULL, NULL) == MILL_FRONTIER_READY)
            {
              Trip *trip = g_new0 (Trip, 1);

              trip->url = g_strdup (entry.url);
              trip->at_us = now + g_test_rand_int_range (0, 300) * MS;
              g_ptr_array_add (trips, trip);
              g_assert_cmpuint (++seen[entry.url[7] - 'a'].n_out, <=, limit);
            }
          for (guint i = trips->len; i-- > 0;)
            {
              Trip *trip = g_ptr_array_index (trips, i);
              guint index = (guint) (trip->url[7] - 'a');
              Seen *host = &seen[index];
              gint64 ready_at_us;

              if (trip->at_us > now)
                continue;
              if (!mill_frontier_begin (frontier, trip->url, now, &ready_at_us))
                {
                  g_assert_cmpint (ready_at_us, >, now);
                  trip->at_us = ready_at_us;
                  continue;
                }
              if (host->n_begun++ > 0)
                g_assert_cmpint (now - host->last_us, >=, delay_ms * MS);
              g_assert_cmpint (now, >=, hold_until_us[index]);
              host->last_us = now;
              if (g_test_rand_int_range (0, 40) == 0)
                {
                  hold_until_us[index] = now + 700 * MS;
                  mill_frontier_hold_host (frontier,
                                           index == 0   ? "a:80"
                                           : index == 1 ? "b:80"
                                                        : "c:80",
                                           hold_until_us[index], 503);
                }
              if (trip->tries++ < 2 && g_test_rand_int_range (0, 3) == 0)
                {
                  trip->at_us = now + g_test_rand_int_range (0, 100) * MS;
                  continue;
                }
              host->n_out--;
              n_done++;
              mill_frontier_settled (frontier, trip->url, MILL_OUTCOME_DONE);
              g_ptr_array_remove_index_fast (trips, i);
            }
          now += g_test_rand_int_range (0, 500) == 0 ? 5000 * MS : g_test_rand_int_range (0, 4000);
        }
      for (guint i = 0; i < G_N_ELEMENTS (seen); i++)
        g_assert_cmpuint (seen[i].n_begun, >=, n_pages / 3);
    }
}

typedef struct
{
  MillCrawlOptions options;
  const char *urls[2];    /* (unowned) */
  MillPipeline *pipeline; /* (owned) */
  gint64 began_us;
} Crawl;

static void
crawl_prepare (Crawl *crawl, const char *url)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillJob) job = NULL;

  crawl->urls[0] = url;
  crawl->options.urls = crawl->urls;
  job = mill_crawl_job_new (&crawl->options, &error);
  g_assert_no_error (error);
  crawl->pipeline = mill_job_build (job, &error);
  g_assert_no_error (error);
}

static void
crawl_run (Crawl *crawl)
{
  g_autoptr (MillSnapshot) end = NULL;

  crawl->began_us = g_get_monotonic_time ();
  test_start (crawl->pipeline);
  test_join (crawl->pipeline);
  end = mill_pipeline_snapshot (crawl->pipeline);
  g_assert_cmpint (end->state, ==, MILL_STATE_FINISHED);
}

static GPtrArray *
get_hosts (Crawl *crawl)
{
  return mill_crawl_source_get_hosts (MILL_CRAWL_SOURCE (mill_pipeline_get_source (crawl->pipeline)), 100);
}

/* The first is request 0, that for robots.txt. */
static void
assert_log (const char *log, gint64 began_us, guint delay_ms, guint most, guint64 n_expected)
{
  g_auto (GStrv) lines = g_strsplit (log, "\n", -1);
  guint n = 0;

  for (char **line = lines; **line != '\0'; line++, n++)
    {
      g_auto (GStrv) words = g_strsplit (*line, " ", -1);
      gint64 time_us = g_ascii_strtoll (words[0], NULL, 10);

      g_assert_cmpuint (g_strv_length (words), ==, 5);
      g_assert_cmpint (time_us - began_us, >=, n * delay_ms * MS);
      g_assert_cmpuint (g_ascii_strtoull (words[1], NULL, 10), <=, most);
      g_assert_cmpstr (words[3], ==, "GET");
      g_assert_false (g_str_has_prefix (words[4], "/private"));
      if (n == 0)
        g_assert_cmpstr (words[4], ==, "/robots.txt");
    }
  g_assert_cmpuint (n, ==, n_expected);
}

/* A whole crawl of a site that takes its time, fails and is busy, as the site sees it. */
static void
test_served (void)
{
  const guint delay_ms = 25, per_host = 2;
  g_autoptr (MillDemoSite) site = mill_demo_site_new ();
  g_autoptr (GOutputStream) log = g_memory_output_stream_new_resizable ();
  g_autoptr (GPtrArray) hosts = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL, *text = NULL;
  const MillCrawlHost *host;
  MillDemoSiteCounts counts;
  MillFrontierCounts known;
  Crawl crawl = { 0 };

  g_object_set (site, "pages", 30, "latency-ms", 60, "error-rate", 0.2, NULL);
  mill_demo_site_set_log (site, log);
  mill_demo_site_start (site, 0, &error);
  g_assert_no_error (error);
  url = mill_demo_site_get_uri (site);
  mill_crawl_options_init (&crawl.options, crawl.urls);
  crawl.options.per_host = per_host;
  crawl.options.delay_ms = delay_ms;
  crawl.options.timeout_s = 0; /* what is given up on is still in work over there */
  crawl_prepare (&crawl, url);
  test_set (crawl.pipeline, "fetch.backoff", "0.001");
  test_set (crawl.pipeline, "fetch.retry-budget", "0"); /* it goes by the clock */
  crawl_run (&crawl);
  hosts = get_hosts (&crawl);
  g_assert_true (
      mill_crawl_source_get_counts (MILL_CRAWL_SOURCE (mill_pipeline_get_source (crawl.pipeline)), &known));
  g_clear_object (&crawl.pipeline);
  mill_demo_site_get_counts (site, &counts);
  mill_demo_site_stop (site);
  g_assert_true (mill_demo_site_check_log (site, NULL));

  g_assert_cmpuint (counts.requests, >, 31); /* there were retries */
  g_assert_cmpuint (counts.failed, >, 0);
  g_assert_cmpuint (counts.max_in_flight, <=, per_host);
  g_assert_cmpuint (known.skipped_robots, >, 0);
  text = g_strndup (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (log)),
                    g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (log)));
  assert_log (text, crawl.began_us, delay_ms, per_host, counts.requests);
  g_assert_cmpuint (hosts->len, ==, 1);
  host = g_ptr_array_index (hosts, 0);
  g_assert_cmpuint (host->requests, ==, counts.requests); /* none went past the frontier */
  g_assert_cmpint (host->least_gap_us, >=, delay_ms * MS);
  g_test_message ("%u requests, %u at a time, %.3f ms apart at least", (guint) counts.requests,
                  counts.max_in_flight, (double) host->least_gap_us / MS);
}

/* A server that asks to wait: the crawl says so while it lasts, and nothing more is asked. */
static void
test_retry_after (void)
{
  TestWebServer *server = test_web_server_new ();
  g_autofree char *url = test_web_server_url (server, "/");
  Crawl crawl = { 0 };
  const MillCrawlHost *host;

  test_web_server_set_page (server, "/", HTML, "<a href=1>1</a> <a href=2>2</a> <a href=3>3</a>");
  test_web_server_set_status (server, "/1", "429 Too Many Requests", "Retry-After: 100\r\n");
  test_web_server_set_status (server, "/2", "429 Too Many Requests", "Retry-After: 100\r\n");
  test_web_server_set_status (server, "/3", "429 Too Many Requests", "Retry-After: 100\r\n");
  mill_crawl_options_init (&crawl.options, crawl.urls);
  crawl.options.per_host = 1;
  crawl.options.delay_ms = 0;
  crawl_prepare (&crawl, url);
  test_start (crawl.pipeline);
  for (gboolean is_held = FALSE; !is_held;)
    {
      g_autoptr (GPtrArray) hosts = get_hosts (&crawl);

      test_step_aside ();
      host = hosts->len > 0 ? g_ptr_array_index (hosts, 0) : NULL;
      is_held = host != NULL && host->wait == MILL_CRAWL_WAIT_RETRY_AFTER;
      if (!is_held)
        continue;
      g_assert_cmpuint (host->status, ==, 429);
      g_assert_cmpint (host->wait_us, <=, 100 * G_USEC_PER_SEC);
      g_assert_cmpuint (host->in_flight, ==, 1);
      g_assert_cmpuint (host->pending, ==, 2);
      g_assert_cmpuint (host->requests, ==, 3); /* with robots.txt */
    }
  mill_pipeline_stop (crawl.pipeline);
  test_join (crawl.pipeline);
  g_assert_cmpuint (test_web_server_get_asked (server, "/2") + test_web_server_get_asked (server, "/3"), ==,
                    0);
  g_clear_object (&crawl.pipeline);
  test_web_server_free (server);
}

/* The throttle through the fetch step: a host that answers slowly gets a delay that follows it, up to the
 * knob's limit. */
static void
test_throttled (void)
{
  g_autoptr (MillDemoSite) site = mill_demo_site_new ();
  g_autoptr (GPtrArray) hosts = NULL;
  g_autofree char *url = NULL;
  const MillCrawlHost *host;
  Crawl crawl = { 0 };

  g_object_set (site, "pages", 3, "latency-ms", 50, NULL);
  g_assert_true (mill_demo_site_start (site, 0, NULL));
  url = mill_demo_site_get_uri (site);
  mill_crawl_options_init (&crawl.options, crawl.urls);
  crawl.options.delay_ms = 0;
  crawl.options.throttle = 0.01;
  crawl.options.timeout_s = 0;
  crawl_prepare (&crawl, url);
  test_set (crawl.pipeline, "source.max-delay", "30");
  crawl_run (&crawl);
  hosts = get_hosts (&crawl);
  host = g_ptr_array_index (hosts, 0);
  g_assert_cmpint (host->delay_us, ==, 30 * MS);
  g_clear_object (&crawl.pipeline);
  mill_demo_site_stop (site);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/politeness/begin", test_begin);
  g_test_add_func ("/politeness/no-delay", test_no_delay);
  g_test_add_func ("/politeness/hold", test_held_host);
  g_test_add_func ("/politeness/throttle", test_throttle);
  g_test_add_func ("/politeness/reasons", test_reasons);
  g_test_add_func ("/politeness/list", test_list);
  g_test_add_func ("/politeness/simulation", test_simulation);
  g_test_add_func ("/politeness/served", test_served);
  g_test_add_func ("/politeness/retry-after", test_retry_after);
  g_test_add_func ("/politeness/throttled", test_throttled);
  return g_test_run ();
}
