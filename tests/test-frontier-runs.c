/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillFrontier in whole crawls: in random order on a virtual clock, by threads that wait to be woken, and
 * with as many URLs as there are. */

#include "config.h"

#include <string.h>

#include "tests/frontier-parts.h"

#define MS ((gint64) 1000)

/* A site of @n pages: page k links to 3k+1 … 3k+3 and back to some, over two hosts. */
static void
add_children (MillFrontier *frontier, const MillFrontierEntry *entry, guint n)
{
  g_autoptr (GPtrArray) links = g_ptr_array_new_with_free_func (g_free);
  guint64 k = g_ascii_strtoull (strrchr (entry->url, '/') + 1, NULL, 10);

  for (guint64 child = 3 * k + 1; child <= 3 * k + 3 && child < n; child++)
    g_ptr_array_add (links, g_strdup_printf ("http://%s/%u", child % 2 ? "a" : "b", (guint) child));
  g_ptr_array_add (links, g_strdup_printf ("http://%s/%u", (k / 2) % 2 ? "a" : "b", (guint) (k / 2)));
  mill_frontier_add_links (frontier, links, entry->depth + 1, entry->url);
}

typedef struct
{
  guint in_flight;
  gint64 last_start_us;
} HostState;

/* A whole crawl in random order on a virtual clock; the politeness of each start is checked. */
static void
test_simulation (void)
{
  const guint n_pages = 20000;

  for (guint round = 0; round < 3; round++)
    {
      guint limit = 1 + round * 3, delay_ms = round * 7;
      g_autoptr (MillFrontier) frontier = frontier_parts_new (limit, delay_ms);
      g_autoptr (GPtrArray) out = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
      HostState hosts[2] = { { 0, -100000 * MS }, { 0, -100000 * MS } };
      MillFrontierResult result;
      gint64 now = 0;

      mill_frontier_add_start (frontier, "http://b/0");
      mill_frontier_add_start (frontier, "http://a/1");
      do
        {
          MillFrontierEntry entry;
          gint64 ready_at;

          result = mill_frontier_take (frontier, now, &entry, &ready_at, NULL);
          if (result == MILL_FRONTIER_READY)
            {
              HostState *host = &hosts[entry.url[7] - 'a'];

              g_assert_cmpuint (++host->in_flight, <=, limit);
              g_assert_cmpint (now - host->last_start_us, >=, delay_ms * MS);
              host->last_start_us = now;
              g_assert_true (g_hash_table_add (seen, (gpointer) entry.url));
              g_ptr_array_add (out, g_memdup2 (&entry, sizeof entry));
            }
          else if (out->len > 0)
            {
              g_autofree MillFrontierEntry *done =
                  g_ptr_array_steal_index_fast (out, (guint) g_test_rand_int_range (0, (gint32) out->len));

              hosts[done->url[7] - 'a'].in_flight--;
              mill_frontier_finished (frontier, done->url);
              add_children (frontier, done, n_pages);
              mill_frontier_settled (frontier, done->url, MILL_OUTCOME_DONE);
              now += g_test_rand_int_range (0, 5) * MS;
            }
          else if (result == MILL_FRONTIER_WAIT)
            {
              g_assert_cmpint (ready_at, <, G_MAXINT64);
              now = ready_at;
            }
        }
      while (result != MILL_FRONTIER_END);
      g_assert_cmpuint (g_hash_table_size (seen), ==, n_pages);
      frontier_parts_assert_conserved (frontier);
    }
}

typedef struct
{
  MillFrontier *frontier; /* (unowned) */
  GMutex lock;
  GCond cond;
  guint wakes; /* under lock */
  guint taken; /* atomic */
} Crawl;

static void
wake_crawl_cb (MillFrontier *frontier, gpointer user_data)
{
  Crawl *crawl = user_data;

  g_mutex_lock (&crawl->lock);
  crawl->wakes++;
  g_cond_broadcast (&crawl->cond);
  g_mutex_unlock (&crawl->lock);
}

static guint
count_wakes (Crawl *crawl)
{
  guint wakes;

  g_mutex_lock (&crawl->lock);
  wakes = crawl->wakes;
  g_mutex_unlock (&crawl->lock);
  return wakes;
}

static gpointer
crawl_thread (gpointer data)
{
  Crawl *crawl = data;

  for (;;)
    {
      guint wakes = count_wakes (crawl);
      MillFrontierEntry entry;
      MillFrontierResult result = mill_frontier_take (crawl->frontier, 0, &entry, NULL, NULL);

      if (result == MILL_FRONTIER_END)
        return NULL;
      if (result == MILL_FRONTIER_READY)
        {
          g_atomic_int_inc (&crawl->taken);
          mill_frontier_finished (crawl->frontier, entry.url);
          add_children (crawl->frontier, &entry, 20000);
          mill_frontier_settled (crawl->frontier, entry.url, MILL_OUTCOME_DONE);
          continue;
        }
      g_mutex_lock (&crawl->lock);
      while (crawl->wakes == wakes)
        g_cond_wait (&crawl->cond, &crawl->lock);
      g_mutex_unlock (&crawl->lock);
    }
}

/* Threads that sleep until woken: a wake-up that is lost makes this hang. */
static void
test_threads (void)
{
  for (guint round = 0; round < 3; round++)
    {
      g_autoptr (MillFrontier) frontier = frontier_parts_new (round, 0);
      Crawl crawl = { .frontier = frontier };
      GThread *threads[6];

      g_mutex_init (&crawl.lock);
      g_cond_init (&crawl.cond);
      mill_frontier_set_wake (frontier, wake_crawl_cb, &crawl, NULL);
      mill_frontier_add_start (frontier, "http://b/0");
      mill_frontier_add_start (frontier, "http://a/1");
      for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        threads[i] = g_thread_new ("crawl", crawl_thread, &crawl);
      if (round > 0)
        for (guint i = 1; i < 200; i++)
          mill_frontier_set_max_in_flight (frontier, 1 + i % 4);
      for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        g_thread_join (threads[i]);
      g_assert_cmpuint ((guint) g_atomic_int_get (&crawl.taken), ==, 20000);
      frontier_parts_assert_conserved (frontier);
      g_mutex_clear (&crawl.lock);
      g_cond_clear (&crawl.cond);
    }
}

/* Many URLs on one host, and one URL on each of many hosts: a million with -m perf. Anything quadratic takes
 * minutes even with less. */
static void
test_many (void)
{
  const guint n = g_test_perf () ? 1000000 : 200000;

  for (guint hosts = 0; hosts < 2; hosts++)
    {
      g_autoptr (MillFrontier) frontier = frontier_parts_new (4, 0);
      guint count = hosts ? n / 4 : n;
      double add_seconds, take_seconds;

      g_test_timer_start ();
      for (guint i = 0; i < count; i++)
        {
          char url[100];

          g_snprintf (url, sizeof url, "http://host%u.example/some/folder/with/a/usual/name/page-%u.html",
                      hosts ? i : 0, i);
          mill_frontier_add_start (frontier, url);
        }
      add_seconds = g_test_timer_elapsed ();
      g_test_timer_start ();
      for (guint i = 0; i < count; i++)
        {
          MillFrontierEntry entry;

          g_assert_cmpint (mill_frontier_take (frontier, i, &entry, NULL, NULL), ==, MILL_FRONTIER_READY);
          mill_frontier_finished (frontier, entry.url);
          mill_frontier_settled (frontier, entry.url, MILL_OUTCOME_DONE);
        }
      take_seconds = g_test_timer_elapsed ();
      frontier_parts_assert_end (frontier);
      g_test_message ("%u URLs on %s: %.2f M adds/s, %.2f M takes, finishes and settles/s", count,
                      hosts ? "as many hosts" : "one host", count / add_seconds / 1e6,
                      count / take_seconds / 1e6);
      g_assert_cmpfloat (add_seconds + take_seconds, <, 200.0);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/frontier-runs/simulation", test_simulation);
  g_test_add_func ("/frontier-runs/threads", test_threads);
  g_test_add_func ("/frontier-runs/many", test_many);
  return g_test_run ();
}
