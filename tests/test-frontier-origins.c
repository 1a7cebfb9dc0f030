/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a frontier says of where a URL was found: depth, level, referrer, sitemap; also to another frontier
 * that goes on with its run file. */

#include "config.h"

#include "crawl/mill-frontier-table-private.h"
#include "crawl/mill-sitemap-rows-private.h"

#define MAP "http://h/map.xml"

typedef struct
{
  MillRunFile *file;      /* (owned) */
  MillFrontier *frontier; /* (owned) */
} Fixture;

static void
open_frontier (Fixture *fixture)
{
  g_clear_object (&fixture->frontier);
  fixture->frontier = mill_frontier_new_recorded (2, 0, 0, NULL, fixture->file);
  mill_frontier_set_delay_ms (fixture->frontier, 0);
  mill_frontier_set_max_in_flight (fixture->frontier, 0);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->file = mill_run_file_new_temporary ();
  open_frontier (fixture);
  mill_frontier_add_start (fixture->frontier, "http://h/");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_unref (fixture->frontier);
  mill_run_file_unref (fixture->file);
}

static void
assert_taken (Fixture *fixture, const char *url, guint depth, guint level, const char *referrer)
{
  MillFrontierEntry entry;

  g_assert_cmpint (mill_frontier_take (fixture->frontier, 0, &entry, NULL, NULL), ==, MILL_FRONTIER_READY);
  g_assert_cmpstr (entry.url, ==, url);
  g_assert_cmpuint (entry.depth, ==, depth);
  g_assert_cmpuint (entry.level, ==, level);
  g_assert_cmpstr (entry.referrer, ==, referrer);
}

static guint
add_requisite (Fixture *fixture, const char *url, const char *referrer)
{
  g_autoptr (GPtrArray) urls = g_ptr_array_new ();

  g_ptr_array_add (urls, (gpointer) url);
  return mill_frontier_add_requisites (fixture->frontier, urls, referrer);
}

static void
test_levels (Fixture *fixture, gconstpointer data)
{
  assert_taken (fixture, "http://h/", 0, 0, NULL);
  g_assert_cmpuint (add_requisite (fixture, "http://h/1.css", "http://h/"), ==, 1);
  g_assert_cmpuint (add_requisite (fixture, "http://h/1.css", "http://h/"), ==, 0);
  g_assert_cmpuint (add_requisite (fixture, "http://h/no.css", "http://h/nobody"), ==, 0);
  g_assert_cmpint (mill_frontier_add (fixture->frontier, "http://h/a", 1, "http://h/"), ==,
                   MILL_FRONTIER_ADDED);
  assert_taken (fixture, "http://h/1.css", 0, 1, "http://h/");
  assert_taken (fixture, "http://h/a", 1, 0, "http://h/");
  g_assert_cmpuint (add_requisite (fixture, "http://h/2.css", "http://h/1.css"), ==, 1);
  /* Where a requisite leads is one too, whatever depth the link would have had. */
  g_assert_cmpint (mill_frontier_add_redirect (fixture->frontier, "http://h/3.css", 1, "http://h/1.css"), ==,
                   MILL_FRONTIER_ADDED);
  g_assert_cmpuint (add_requisite (fixture, "http://h/a.css", "http://h/a"), ==, 1);
  assert_taken (fixture, "http://h/2.css", 0, 2, "http://h/1.css");
  assert_taken (fixture, "http://h/3.css", 0, 2, "http://h/1.css");
  assert_taken (fixture, "http://h/a.css", 1, 1, "http://h/a");
}

/* The last pages have their requisites, but no page beyond; and a row of requisites has an end. */
static void
test_limits (Fixture *fixture, gconstpointer data)
{
  MillFrontierCounts counts;
  g_autofree char *last = g_strdup ("http://h/z");

  assert_taken (fixture, "http://h/", 0, 0, NULL);
  g_assert_cmpint (mill_frontier_add (fixture->frontier, last, 2, "http://h/"), ==, MILL_FRONTIER_ADDED);
  assert_taken (fixture, last, 2, 0, "http://h/");
  g_assert_cmpint (mill_frontier_add (fixture->frontier, "http://h/beyond", 3, last), ==,
                   MILL_FRONTIER_TOO_DEEP);
  for (guint level = 1; level <= MILL_FRONTIER_MAX_LEVEL; level++)
    {
      g_autofree char *url = g_strdup_printf ("http://h/%u", level);

      g_assert_cmpuint (add_requisite (fixture, url, last), ==, 1);
      assert_taken (fixture, url, 2, level, last);
      g_free (last);
      last = g_steal_pointer (&url);
    }
  g_assert_cmpuint (add_requisite (fixture, "http://h/beyond", last), ==, 0);
  g_assert_cmpint (mill_frontier_add_redirect (fixture->frontier, "http://h/beyond", 3, last), ==,
                   MILL_FRONTIER_TOO_DEEP);
  mill_frontier_get_counts (fixture->frontier, &counts);
  g_assert_cmpuint (counts.skipped_depth, ==, 3);
}

/* A requisite is nearer than the pages that its page links to, and farther than the page. */
static void
test_nearer (Fixture *fixture, gconstpointer data)
{
  assert_taken (fixture, "http://h/", 0, 0, NULL);
  add_requisite (fixture, "http://h/1.css", "http://h/");
  assert_taken (fixture, "http://h/1.css", 0, 1, "http://h/");
  mill_frontier_add (fixture->frontier, "http://h/a", 2, NULL);
  mill_frontier_add (fixture->frontier, "http://h/b", 1, NULL);
  mill_frontier_add (fixture->frontier, "http://h/c", 0, NULL);
  add_requisite (fixture, "http://h/a", "http://h/");
  add_requisite (fixture, "http://h/b", "http://h/");
  add_requisite (fixture, "http://h/c", "http://h/");
  add_requisite (fixture, "http://h/d", "http://h/1.css");
  add_requisite (fixture, "http://h/d", "http://h/");
  open_frontier (fixture); /* what is in the file is what was in memory */
  assert_taken (fixture, "http://h/", 0, 0, NULL);
  assert_taken (fixture, "http://h/1.css", 0, 1, "http://h/");
  assert_taken (fixture, "http://h/a", 0, 1, "http://h/");
  assert_taken (fixture, "http://h/b", 0, 1, "http://h/");
  assert_taken (fixture, "http://h/c", 0, 0, NULL);
  assert_taken (fixture, "http://h/d", 0, 1, "http://h/");
}

/* The page that a sitemap names keeps that mark, unless a link makes it nearer. */
static void
test_sitemap (Fixture *fixture, gconstpointer data)
{
  const MillSitemapRow map = { .url = MAP, .site = "h:80" };

  mill_sitemap_rows_add (fixture->file, &map);
  assert_taken (fixture, "http://h/", 0, 0, NULL);
  mill_frontier_add (fixture->frontier, "http://h/deep", 2, "http://h/");
  mill_frontier_add (fixture->frontier, "http://h/linked", 1, "http://h/");
  g_assert_cmpint (mill_frontier_add_from_sitemap (fixture->frontier, "http://h/a", MAP), ==,
                   MILL_FRONTIER_ADDED);
  g_assert_cmpint (mill_frontier_add_from_sitemap (fixture->frontier, "http://h/b", MAP), ==,
                   MILL_FRONTIER_ADDED);
  g_assert_cmpint (mill_frontier_add_from_sitemap (fixture->frontier, "http://h/deep", MAP), ==,
                   MILL_FRONTIER_KNOWN);
  g_assert_cmpint (mill_frontier_add_from_sitemap (fixture->frontier, "http://h/linked", MAP), ==,
                   MILL_FRONTIER_KNOWN);
  mill_frontier_add (fixture->frontier, "http://h/b", 0, NULL);
  for (guint i = 0; i < 2; i++, open_frontier (fixture))
    {
      if (i > 0)
        assert_taken (fixture, "http://h/", 0, 0, NULL);
      assert_taken (fixture, "http://h/deep", 1, 0, MAP);
      assert_taken (fixture, "http://h/linked", 1, 0, "http://h/");
      assert_taken (fixture, "http://h/a", 1, 0, MAP);
      assert_taken (fixture, "http://h/b", 0, 0, NULL);
    }
}

/* What failed and is tried once more leads to requisites as before. */
static void
test_reopened (Fixture *fixture, gconstpointer data)
{
  assert_taken (fixture, "http://h/", 0, 0, NULL);
  add_requisite (fixture, "http://h/1.css", "http://h/");
  assert_taken (fixture, "http://h/1.css", 0, 1, "http://h/");
  mill_frontier_settled (fixture->frontier, "http://h/1.css", MILL_OUTCOME_DEAD);
  mill_frontier_reopen (fixture->frontier, "http://h/1.css");
  g_assert_cmpuint (add_requisite (fixture, "http://h/2.css", "http://h/1.css"), ==, 1);
  assert_taken (fixture, "http://h/2.css", 0, 2, "http://h/1.css");
}

#define ADD(name, func) g_test_add ("/frontier-origins/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("levels", test_levels);
  ADD ("limits", test_limits);
  ADD ("nearer", test_nearer);
  ADD ("sitemap", test_sitemap);
  ADD ("reopened", test_reopened);
  return g_test_run ();
}
