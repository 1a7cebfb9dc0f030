/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillFrontier: the contract in its header. Time is a number here, so nothing waits. */

#include "config.h"

#include <string.h>

#include "core/mill-error.h"
#include "crawl/mill-frontier-table-private.h"
#include "crawl/mill-url.h"
#include "tests/frontier-parts.h"

#define MS ((gint64) 1000)

static void
assert_taken (MillFrontier *frontier, gint64 now_us, const char *url)
{
  MillFrontierEntry entry;
  const char *why;

  g_assert_cmpint (mill_frontier_take (frontier, now_us, &entry, NULL, &why), ==, MILL_FRONTIER_READY);
  g_assert_cmpstr (entry.url, ==, url);
  g_assert_null (why);
}

static void
assert_waits (MillFrontier *frontier, gint64 now_us, gint64 until_us, const char *expected_why)
{
  MillFrontierEntry entry;
  gint64 ready_at_us;
  const char *why;

  g_assert_cmpint (mill_frontier_take (frontier, now_us, &entry, &ready_at_us, &why), ==, MILL_FRONTIER_WAIT);
  g_assert_cmpint (ready_at_us, ==, until_us);
  g_assert_cmpstr (why, ==, expected_why);
}

static void
test_order (void)
{
  g_autoptr (MillFrontier) frontier = frontier_parts_new (0, 0);
  MillFrontierEntry entry;

  frontier_parts_assert_end (frontier);
  g_assert_cmpint (mill_frontier_add_start (frontier, "http://h/"), ==, MILL_FRONTIER_ADDED);
  g_assert_cmpint (mill_frontier_add_start (frontier, "http://h/"), ==, MILL_FRONTIER_KNOWN);
  assert_taken (frontier, 0, "http://h/");
  assert_waits (frontier, 0, G_MAXINT64, "waiting for links");
  g_assert_cmpint (mill_frontier_add (frontier, "http://h/a", 1, "http://h/"), ==, MILL_FRONTIER_ADDED);
  g_assert_cmpint (mill_frontier_add (frontier, "http://h/b", 1, "http://unknown/"), ==, MILL_FRONTIER_ADDED);
  g_assert_cmpint (mill_frontier_add (frontier, "http://h/", 1, "http://h/"), ==, MILL_FRONTIER_KNOWN);

  g_assert_cmpint (mill_frontier_take (frontier, 0, &entry, NULL, NULL), ==, MILL_FRONTIER_READY);
  g_assert_cmpstr (entry.url, ==, "http://h/a");
  g_assert_cmpstr (entry.referrer, ==, "http://h/");
  g_assert_cmpuint (entry.depth, ==, 1);
  g_assert_false (entry.is_robots);
  g_assert_cmpint (mill_frontier_take (frontier, 0, &entry, NULL, NULL), ==, MILL_FRONTIER_READY);
  g_assert_cmpstr (entry.url, ==, "http://h/b");
  g_assert_null (entry.referrer);
  frontier_parts_assert_conserved (frontier);
}

static void
test_end (void)
{
  g_autoptr (MillFrontier) frontier = frontier_parts_new (0, 0);
  MillFrontierCounts counts;

  mill_frontier_add_start (frontier, "http://h/");
  assert_taken (frontier, 0, "http://h/");
  mill_frontier_finished (frontier, "http://h/");
  assert_waits (frontier, 0, G_MAXINT64, "waiting for links");
  mill_frontier_settled (frontier, "http://h/", MILL_OUTCOME_DONE);
  frontier_parts_assert_end (frontier);
  mill_frontier_settled (frontier, "http://h/", MILL_OUTCOME_DONE); /* once counts, and strangers do not */
  mill_frontier_settled (frontier, "http://h/x", MILL_OUTCOME_DONE);
  mill_frontier_finished (frontier, "http://h/x");
  frontier_parts_assert_end (frontier);

  mill_frontier_add (frontier, "http://h/late", 1, NULL);
  mill_frontier_settled (frontier, "http://h/late", MILL_OUTCOME_DONE); /* nor what was not taken */
  assert_taken (frontier, 0, "http://h/late");
  mill_frontier_get_counts (frontier, &counts);
  g_assert_cmpuint (counts.unsettled, ==, 1);
  mill_frontier_settled (frontier, "http://h/late", MILL_OUTCOME_DONE);
  frontier_parts_assert_end (frontier);
}

/* Adds and takes where @from redirects to, @n times in a row, from /0 on. */
static void
redirect_on (MillFrontier *frontier, const char *host, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *from = g_strdup_printf ("http://%s/%u", host, i);
      g_autofree char *to = g_strdup_printf ("http://%s/%u", host, i + 1);

      g_assert_cmpint (mill_frontier_add_redirect (frontier, to, 1, from), ==, MILL_FRONTIER_ADDED);
      assert_taken (frontier, 0, to);
    }
}

/* Redirects in a row are counted; a page in between, or another row, begins anew. */
static void
test_redirects (void)
{
  g_autoptr (MillFrontier) frontier = frontier_parts_new (0, 0);

  mill_frontier_add_start (frontier, "http://h/");
  assert_taken (frontier, 0, "http://h/");
  mill_frontier_add (frontier, "http://h/0", 1, "http://h/");
  assert_taken (frontier, 0, "http://h/0");
  redirect_on (frontier, "h", MILL_FRONTIER_MAX_REDIRECTS);
  g_assert_cmpint (mill_frontier_add_redirect (frontier, "http://h/21", 1, "http://h/20"), ==,
                   MILL_FRONTIER_TOO_MANY_REDIRECTS);
  g_assert_cmpint (mill_frontier_add_redirect (frontier, "http://h/3", 1, "http://h/20"), ==,
                   MILL_FRONTIER_KNOWN);
  g_assert_cmpint (mill_frontier_add_redirect (frontier, "http://elsewhere/", 1, "http://h/5"), ==,
                   MILL_FRONTIER_OUT_OF_SCOPE);
  mill_frontier_add (frontier, "http://h/21", 2, "http://h/20");
  assert_taken (frontier, 0, "http://h/21");
  g_assert_cmpint (mill_frontier_add_redirect (frontier, "http://h/22", 1, "http://h/21"), ==,
                   MILL_FRONTIER_ADDED);
  frontier_parts_assert_conserved (frontier);
}

/* Where a start URL leads is a start URL, with its site, and so on. */
static void
test_redirected_start (void)
{
  g_autoptr (MillFrontier) frontier = frontier_parts_new (0, 0);
  MillFrontierEntry entry;

  mill_frontier_add_start (frontier, "http://h/");
  assert_taken (frontier, 0, "http://h/");
  mill_frontier_add_redirect (frontier, "http://www.h/0", 1, "http://h/");
  g_assert_cmpint (mill_frontier_take (frontier, 0, &entry, NULL, NULL), ==, MILL_FRONTIER_READY);
  g_assert_cmpstr (entry.url, ==, "http://www.h/0");
  g_assert_cmpuint (entry.depth, ==, 0);
  redirect_on (frontier, "www.h", MILL_FRONTIER_MAX_REDIRECTS - 1);
  g_assert_cmpint (mill_frontier_add_redirect (frontier, "http://www.h/20", 1, "http://www.h/19"), ==,
                   MILL_FRONTIER_TOO_MANY_REDIRECTS);
  frontier_parts_assert_conserved (frontier);
}

/* A page that is tried once more keeps the crawl from ending; it is settled again, once. */
static void
test_reopen (void)
{
  g_autoptr (MillFrontier) frontier = frontier_parts_new (0, 0);
  MillFrontierCounts counts;

  mill_frontier_add_start (frontier, "http://h/");
  assert_taken (frontier, 0, "http://h/");
  mill_frontier_settled (frontier, "http://h/", MILL_OUTCOME_DONE);
  mill_frontier_reopen (frontier, "http://h/");
  mill_frontier_reopen (frontier, "http://h/");
  mill_frontier_reopen (frontier, "http://h/stranger");
  assert_waits (frontier, 0, G_MAXINT64, "waiting for links");
  mill_frontier_get_counts (frontier, &counts);
  g_assert_cmpuint (counts.unsettled, ==, 1);
  mill_frontier_settled (frontier, "http://h/", MILL_OUTCOME_DONE);
  frontier_parts_assert_end (frontier);
}

static void
test_scope_and_depth (void)
{
  g_autoptr (MillFrontier) frontier = mill_frontier_new (2, 0, NULL);
  MillFrontierCounts counts;

  mill_frontier_add_start (frontier, "http://h/");
  mill_frontier_add_start (frontier, "http://h2:81/");
  g_assert_cmpint (mill_frontier_add (frontier, "http://other/", 1, NULL), ==, MILL_FRONTIER_OUT_OF_SCOPE);
  g_assert_cmpint (mill_frontier_add (frontier, "http://h:81/", 1, NULL), ==, MILL_FRONTIER_OUT_OF_SCOPE);
  g_assert_cmpint (mill_frontier_add (frontier, "https://h/", 1, NULL), ==, MILL_FRONTIER_ADDED);
  g_assert_cmpint (mill_frontier_add (frontier, "http://h2:81/x", 1, NULL), ==, MILL_FRONTIER_ADDED);
  g_assert_cmpint (mill_frontier_add (frontier, "http://h/2", 2, NULL), ==, MILL_FRONTIER_ADDED);
  g_assert_cmpint (mill_frontier_add (frontier, "http://h/3", 3, NULL), ==, MILL_FRONTIER_TOO_DEEP);
  g_assert_cmpint (mill_frontier_add (frontier, "http://h/3", 2, NULL), ==, MILL_FRONTIER_ADDED);
  mill_frontier_get_counts (frontier, &counts);
  g_assert_cmpuint (counts.skipped_scope, ==, 2);
  g_assert_cmpuint (counts.skipped_depth, ==, 1);
  g_assert_cmpuint (counts.known, ==, 6);
  frontier_parts_assert_conserved (frontier);
}

/* A page that is found again on a shorter way counts as that near, as long as it was not taken. */
static void
test_shorter_way (void)
{
  g_autoptr (MillFrontier) frontier = frontier_parts_new (0, 0);
  MillFrontierEntry entry;

  mill_frontier_add_start (frontier, "http://h/");
  assert_taken (frontier, 0, "http://h/");
  mill_frontier_add (frontier, "http://h/x", 5, NULL);
  mill_frontier_add (frontier, "http://h/x", 2, "http://h/");
  mill_frontier_add (frontier, "http://h/x", 3, NULL);
  g_assert_cmpint (mill_frontier_take (frontier, 0, &entry, NULL, NULL), ==, MILL_FRONTIER_READY);
  g_assert_cmpuint (entry.depth, ==, 2);
  g_assert_cmpstr (entry.referrer, ==, "http://h/");
}

static void
test_page_limit (void)
{
  g_autoptr (MillFrontier) frontier = mill_frontier_new (-1, 3, NULL);
  g_autoptr (GPtrArray) links = g_ptr_array_new ();
  MillFrontierCounts counts;

  mill_frontier_set_delay_ms (frontier, 0);
  mill_frontier_add_start (frontier, "http://h/");
  g_ptr_array_add (links, (gpointer) "http://h/a");
  g_ptr_array_add (links, (gpointer) "http://h/b");
  g_ptr_array_add (links, (gpointer) "http://h/c");
  g_ptr_array_add (links, (gpointer) "http://h/a");
  assert_taken (frontier, 0, "http://h/");
  g_assert_cmpuint (mill_frontier_add_links (frontier, links, 1, "http://h/"), ==, 3);
  assert_taken (frontier, 0, "http://h/a");
  assert_taken (frontier, 0, "http://h/b");
  assert_waits (frontier, 0, G_MAXINT64, "waiting for links");
  g_assert_cmpint (mill_frontier_add (frontier, "http://h/d", 1, NULL), ==, MILL_FRONTIER_PAGE_LIMIT);
  g_assert_cmpint (mill_frontier_add (frontier, "http://h/d", 1, NULL), ==, MILL_FRONTIER_KNOWN);
  mill_frontier_settled (frontier, "http://h/", MILL_OUTCOME_DONE);
  mill_frontier_settled (frontier, "http://h/a", MILL_OUTCOME_DONE);
  mill_frontier_settled (frontier, "http://h/b", MILL_OUTCOME_DONE);
  frontier_parts_assert_end (frontier);
  mill_frontier_get_counts (frontier, &counts);
  g_assert_cmpuint (counts.taken, ==, 3);
  g_assert_cmpuint (counts.skipped_limit, ==, 2);
  g_assert_cmpuint (counts.pending, ==, 0);
  frontier_parts_assert_conserved (frontier);
}

static void
test_delay (void)
{
  g_autoptr (MillFrontier) frontier = frontier_parts_new (0, 100);

  mill_frontier_add_start (frontier, "http://h/1");
  mill_frontier_add_start (frontier, "http://h/2");
  mill_frontier_add_start (frontier, "http://h/3");
  mill_frontier_add_start (frontier, "http://g/1");
  assert_taken (frontier, 5 * MS, "http://h/1");
  assert_taken (frontier, 5 * MS, "http://g/1"); /* each host has its own delay */
  assert_waits (frontier, 5 * MS, 105 * MS, "delay between requests");
  assert_waits (frontier, 105 * MS - 1, 105 * MS, "delay between requests");
  assert_taken (frontier, 105 * MS, "http://h/2");
  assert_waits (frontier, 105 * MS, 205 * MS, "delay between requests");
  mill_frontier_set_delay_ms (frontier, 20);
  assert_waits (frontier, 105 * MS, 125 * MS, "delay between requests");
  mill_frontier_set_delay_ms (frontier, 0);
  assert_taken (frontier, 105 * MS, "http://h/3");
}

static void
test_max_in_flight (void)
{
  g_autoptr (MillFrontier) frontier = frontier_parts_new (2, 0);

  for (guint i = 1; i <= 6; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://h/%u", i);

      mill_frontier_add_start (frontier, url);
    }
  assert_taken (frontier, 0, "http://h/1");
  assert_taken (frontier, 0, "http://h/2");
  assert_waits (frontier, 0, G_MAXINT64, "per-host limit");
  mill_frontier_finished (frontier, "http://h/1");
  mill_frontier_finished (frontier, "http://h/1");
  assert_taken (frontier, 0, "http://h/3");
  assert_waits (frontier, 0, G_MAXINT64, "per-host limit");
  mill_frontier_set_max_in_flight (frontier, 3);
  assert_taken (frontier, 0, "http://h/4");
  mill_frontier_set_max_in_flight (frontier, 1);
  mill_frontier_settled (frontier, "http://h/2", MILL_OUTCOME_DONE); /* settling finishes */
  mill_frontier_finished (frontier, "http://h/3");
  assert_waits (frontier, 0, G_MAXINT64, "per-host limit");
  mill_frontier_finished (frontier, "http://h/4");
  assert_taken (frontier, 0, "http://h/5");
  mill_frontier_set_max_in_flight (frontier, 0);
  assert_taken (frontier, 0, "http://h/6");
}

/* Hosts take turns. */
static void
test_fairness (void)
{
  g_autoptr (MillFrontier) frontier = frontier_parts_new (0, 0);
  guint taken[2] = { 0 };

  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://%c/%u", i < 10 ? 'a' : 'b', i);

      mill_frontier_add_start (frontier, url);
    }
  for (gint64 now = 1; now <= 10; now++)
    {
      MillFrontierEntry entry;

      g_assert_cmpint (mill_frontier_take (frontier, now, &entry, NULL, NULL), ==, MILL_FRONTIER_READY);
      taken[entry.url[7] - 'a']++;
    }
  g_assert_cmpuint (taken[0], ==, 5);
  g_assert_cmpuint (taken[1], ==, 5);
}

static MillRobots *
parse_robots (const char *text)
{
  g_autoptr (GBytes) body = g_bytes_new_static (text, strlen (text));

  return mill_robots_parse (body);
}

static void
test_robots (void)
{
  g_autoptr (MillFrontier) frontier = mill_frontier_new (-1, 2, "Millrace");
  g_autoptr (MillRobots) robots = parse_robots ("User-agent: millrace\nDisallow: /private\nCrawl-delay: 2\n");
  MillFrontierEntry entry;
  MillFrontierCounts counts;

  mill_frontier_set_delay_ms (frontier, 100);
  mill_frontier_add_start (frontier, "https://h:81/private/a");
  mill_frontier_add_start (frontier, "https://h:81/b");
  mill_frontier_add_start (frontier, "https://h:81/c");
  g_assert_cmpint (mill_frontier_add (frontier, "https://h:81/robots.txt", 1, NULL), ==, MILL_FRONTIER_KNOWN);

  g_assert_cmpint (mill_frontier_take (frontier, 0, &entry, NULL, NULL), ==, MILL_FRONTIER_READY);
  g_assert_cmpstr (entry.url, ==, "https://h:81/robots.txt");
  g_assert_true (entry.is_robots);
  assert_waits (frontier, 1000 * MS, G_MAXINT64, "waiting for robots.txt");
  mill_frontier_finished (frontier, entry.url);
  assert_waits (frontier, 1000 * MS, G_MAXINT64, "waiting for robots.txt");
  mill_frontier_set_robots (frontier, "https://elsewhere/", robots);
  mill_frontier_set_robots (frontier, "h:81", robots);
  mill_frontier_settled (frontier, entry.url, MILL_OUTCOME_DONE);

  assert_waits (frontier, 1000 * MS, 2000 * MS, "Crawl-delay in robots.txt");
  assert_taken (frontier, 2000 * MS, "https://h:81/b");
  g_assert_cmpint (mill_frontier_add (frontier, "https://h:81/private/d", 1, NULL), ==,
                   MILL_FRONTIER_DISALLOWED);
  g_assert_cmpint (mill_frontier_add (frontier, "https://h:81/private/d", 1, NULL), ==, MILL_FRONTIER_KNOWN);
  assert_taken (frontier, 4000 * MS, "https://h:81/c"); /* robots.txt is none of the 2 pages */
  mill_frontier_get_counts (frontier, &counts);
  g_assert_cmpuint (counts.skipped_robots, ==, 2);
  g_assert_cmpuint (counts.known, ==, 4);
  frontier_parts_assert_conserved (frontier);
}

/* A robots.txt that nobody could read disallows everything: RFC 9309, section 2.3.1.4. */
static void
test_robots_unreachable (void)
{
  g_autoptr (MillFrontier) frontier = mill_frontier_new (-1, 0, "Millrace");
  MillFrontierEntry entry;
  MillFrontierCounts counts;

  mill_frontier_add_start (frontier, "http://h/a");
  mill_frontier_add_start (frontier, "http://h/b");
  g_assert_cmpint (mill_frontier_take (frontier, 0, &entry, NULL, NULL), ==, MILL_FRONTIER_READY);
  g_assert_true (entry.is_robots);
  mill_frontier_settled (frontier, entry.url, MILL_OUTCOME_DONE);
  frontier_parts_assert_end (frontier);
  mill_frontier_get_counts (frontier, &counts);
  g_assert_cmpuint (counts.skipped_robots, ==, 2);
  g_assert_cmpuint (counts.pending, ==, 0);
}

static void
test_hold (void)
{
  g_autoptr (MillFrontier) frontier = frontier_parts_new (0, 100);

  mill_frontier_add_start (frontier, "http://h/1");
  mill_frontier_add_start (frontier, "http://h/2");
  mill_frontier_hold_host (frontier, "nobody:80", 900 * MS, 503);
  assert_taken (frontier, 0, "http://h/1");
  mill_frontier_hold_host (frontier, "h:80", 900 * MS, 503);
  assert_waits (frontier, 200 * MS, 900 * MS, "asked to wait (Retry-After)");
  mill_frontier_hold_host (frontier, "h:80", 50 * MS, 503);
  assert_waits (frontier, 50 * MS, 100 * MS, "delay between requests");
  assert_taken (frontier, 100 * MS, "http://h/2");
}

/* Another frontier goes on with the file of the first, as after a crash: what was settled stays so, what was
 * out or returned is pending again. */
static void
test_resumed (void)
{
  g_autoptr (MillRunFile) file = mill_run_file_new_temporary ();
  MillFrontier *frontier = mill_frontier_new_recorded (3, 0, 0, NULL, file);
  MillFrontierEntry entry;
  MillFrontierCounts counts;

  mill_frontier_set_delay_ms (frontier, 0);
  mill_frontier_set_max_in_flight (frontier, 0);
  mill_frontier_add_start (frontier, "http://h/");
  assert_taken (frontier, 0, "http://h/");
  for (guint i = 1; i <= 1000; i++) /* more than a window holds */
    {
      g_autofree char *url = g_strdup_printf ("http://h/%u", i);

      g_assert_cmpint (mill_frontier_add (frontier, url, 2, "http://h/"), ==, MILL_FRONTIER_ADDED);
    }
  mill_frontier_settled (frontier, "http://h/", MILL_OUTCOME_DONE);
  assert_taken (frontier, 0, "http://h/1");
  assert_taken (frontier, 0, "http://h/2");
  assert_taken (frontier, 0, "http://h/3");
  mill_frontier_settled (frontier, "http://h/1", MILL_OUTCOME_DEAD);
  mill_frontier_settled (frontier, "http://h/2", MILL_OUTCOME_RETURNED);
  mill_frontier_add (frontier, "http://h/900", 1, NULL); /* a shorter way, to what is on disk only */
  g_object_unref (frontier);

  frontier = mill_frontier_new_recorded (3, 0, 0, NULL, file);
  mill_frontier_set_delay_ms (frontier, 0);
  mill_frontier_set_max_in_flight (frontier, 0);
  mill_frontier_get_counts (frontier, &counts);
  g_assert_cmpuint (counts.known, ==, 1001);
  g_assert_cmpuint (counts.taken, ==, 2);
  g_assert_cmpuint (counts.pending, ==, 999);
  g_assert_cmpint (mill_frontier_add_start (frontier, "http://h/"), ==, MILL_FRONTIER_KNOWN);
  g_assert_cmpint (mill_frontier_add (frontier, "http://h/1", 1, NULL), ==, MILL_FRONTIER_KNOWN);
  for (guint i = 2; i <= 1000; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://h/%u", i);

      g_assert_cmpint (mill_frontier_take (frontier, 0, &entry, NULL, NULL), ==, MILL_FRONTIER_READY);
      g_assert_cmpstr (entry.url, ==, url);
      g_assert_cmpuint (entry.depth, ==, i == 900 ? 1 : 2);
      g_assert_cmpstr (entry.referrer, ==, i == 900 ? NULL : "http://h/");
      mill_frontier_settled (frontier, url, MILL_OUTCOME_DONE);
    }
  frontier_parts_assert_end (frontier);
  frontier_parts_assert_conserved (frontier);
  g_object_unref (frontier);
}

/* What cannot be kept ends the crawl, with the reason. */
static void
test_failed (void)
{
  g_autoptr (MillRunFile) file = mill_run_file_new_temporary ();
  g_autoptr (MillFrontier) frontier = mill_frontier_new_recorded (-1, 0, 0, NULL, file);
  g_autoptr (GError) error = NULL;
  MillFrontierEntry entry;

  g_assert_true (mill_frontier_check (frontier, NULL));
  mill_run_file_begin (file);
  mill_run_file_step (file, mill_run_file_prepare (file, "DROP TABLE frontier"));
  mill_run_file_end (file);
  mill_frontier_add_start (frontier, "http://h/");
  g_assert_cmpint (mill_frontier_take (frontier, 0, &entry, NULL, NULL), ==, MILL_FRONTIER_FAILED);
  g_assert_false (mill_frontier_check (frontier, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_FAILED);
}

static void
test_properties (void)
{
  g_autoptr (MillFrontier) frontier = mill_frontier_new (7, 9, "token");
  g_autofree char *token = NULL;
  int max_depth;
  guint64 max_pages;
  guint max_in_flight, delay_ms;

  g_object_get (frontier, "max-depth", &max_depth, "max-pages", &max_pages, "robots-token", &token,
                "max-in-flight", &max_in_flight, "delay-ms", &delay_ms, NULL);
  g_assert_cmpint (max_depth, ==, 7);
  g_assert_cmpuint (max_pages, ==, 9);
  g_assert_cmpstr (token, ==, "token");
  g_assert_cmpuint (max_in_flight, ==, 4);
  g_assert_cmpuint (delay_ms, ==, 100);
  g_object_set (frontier, "max-in-flight", 11, "delay-ms", 12, NULL);
  g_assert_cmpuint (mill_frontier_get_max_in_flight (frontier), ==, 11);
  g_assert_cmpuint (mill_frontier_get_delay_ms (frontier), ==, 12);
}

static void
count_wake_cb (MillFrontier *frontier, gpointer user_data)
{
  MillFrontierCounts counts;

  mill_frontier_get_counts (frontier, &counts); /* the lock is free */
  ++*(guint *) user_data;
}

static void
destroyed_cb (gpointer user_data)
{
  *(guint *) user_data += 1000;
}

static void
test_wake (void)
{
  g_autoptr (MillFrontier) frontier = frontier_parts_new (1, 0);
  guint woken = 0, other = 0;

  mill_frontier_set_wake (frontier, count_wake_cb, &woken, destroyed_cb);
  mill_frontier_add_start (frontier, "http://h/1");
  g_assert_cmpuint (woken, ==, 1);
  mill_frontier_add_start (frontier, "http://h/2"); /* the host was ready before */
  g_assert_cmpuint (woken, ==, 1);
  assert_taken (frontier, 0, "http://h/1");
  g_assert_cmpuint (woken, ==, 1);
  mill_frontier_finished (frontier, "http://h/1");
  g_assert_cmpuint (woken, ==, 2);
  assert_taken (frontier, 0, "http://h/2");
  mill_frontier_add_start (frontier, "http://h/3");
  g_assert_cmpuint (woken, ==, 2);
  mill_frontier_set_max_in_flight (frontier, 2);
  g_assert_cmpuint (woken, ==, 3);
  assert_taken (frontier, 0, "http://h/3");
  mill_frontier_settled (frontier, "http://h/1", MILL_OUTCOME_DONE);
  mill_frontier_settled (frontier, "http://h/2", MILL_OUTCOME_DONE);
  g_assert_cmpuint (woken, ==, 3);
  mill_frontier_settled (frontier, "http://h/3", MILL_OUTCOME_DONE); /* the end */
  g_assert_cmpuint (woken, ==, 4);

  mill_frontier_set_wake (frontier, count_wake_cb, &other, destroyed_cb);
  g_assert_cmpuint (woken, ==, 1004);
  mill_frontier_add_start (frontier, "http://h/4");
  g_assert_cmpuint (other, ==, 1);
  g_assert_cmpuint (woken, ==, 1004);
  mill_frontier_set_wake (frontier, NULL, NULL, NULL);
  g_assert_cmpuint (other, ==, 1001);
  mill_frontier_add_start (frontier, "http://g/4");
  g_assert_cmpuint (other, ==, 1001);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/frontier/order", test_order);
  g_test_add_func ("/frontier/end", test_end);
  g_test_add_func ("/frontier/redirects", test_redirects);
  g_test_add_func ("/frontier/redirected-start", test_redirected_start);
  g_test_add_func ("/frontier/reopen", test_reopen);
  g_test_add_func ("/frontier/scope-and-depth", test_scope_and_depth);
  g_test_add_func ("/frontier/shorter-way", test_shorter_way);
  g_test_add_func ("/frontier/page-limit", test_page_limit);
  g_test_add_func ("/frontier/delay", test_delay);
  g_test_add_func ("/frontier/max-in-flight", test_max_in_flight);
  g_test_add_func ("/frontier/fairness", test_fairness);
  g_test_add_func ("/frontier/robots", test_robots);
  g_test_add_func ("/frontier/robots-unreachable", test_robots_unreachable);
  g_test_add_func ("/frontier/hold", test_hold);
  g_test_add_func ("/frontier/resumed", test_resumed);
  g_test_add_func ("/frontier/failed", test_failed);
  g_test_add_func ("/frontier/properties", test_properties);
  g_test_add_func ("/frontier/wake", test_wake);

  return g_test_run ();
}
