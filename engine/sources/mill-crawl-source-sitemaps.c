/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillCrawlSource: what a site's sitemaps name goes to the frontier, one link away from the start. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "crawl/mill-frontier-table-private.h"
#include "sources/mill-crawl-source-private.h"

/* Forgets the run. */
void
mill_crawl_source_clear_sitemaps (MillCrawlSource *self)
{
  g_clear_pointer (&self->sitemap_reader, mill_sitemap_reader_free);
  g_mutex_lock (&self->lock);
  g_ptr_array_set_size (self->sitemap_problems, 0);
  g_mutex_unlock (&self->lock);
}

static void
add_problem (MillCrawlSource *self, const char *url, const GError *problem)
{
  g_mutex_lock (&self->lock);
  if (self->sitemap_problems->len < MILL_CRAWL_MAX_PROBLEMS)
    g_ptr_array_add (self->sitemap_problems, g_strdup_printf (_ ("sitemap %s: %s"), url, problem->message));
  g_mutex_unlock (&self->lock);
}

static void
got_sitemap_cb (const char *url, MillSitemap *sitemap, const GError *problem, gpointer user_data)
{
  MillCrawlSource *self = user_data;
  g_autoptr (MillScope) scope = NULL;
  guint n_skipped = 0;

  if (problem != NULL)
    add_problem (self, url, problem);
  if (sitemap == NULL)
    return;
  g_mutex_lock (&self->lock);
  scope = mill_scope_ref (self->scope);
  g_mutex_unlock (&self->lock);
  for (const char *const *page = mill_sitemap_get_urls (sitemap); *page != NULL; page++)
    if (mill_scope_contains (scope, *page))
      mill_frontier_add_from_sitemap (self->frontier, *page, url);
    else
      n_skipped++;
  g_mutex_lock (&self->lock);
  self->skipped_scope += n_skipped;
  g_mutex_unlock (&self->lock);
}

static void
idle_cb (gpointer user_data)
{
  mill_source_wake (user_data);
}

void
mill_crawl_source_open_sitemaps (MillCrawlSource *self, GMainContext *context)
{
  self->sitemap_reader = mill_sitemap_reader_new (
      context, self->reader, mill_frontier_get_run_file (self->frontier), got_sitemap_cb, idle_cb, self);
}

/* Reads the sitemaps that a robots.txt names, if they are wanted. */
void
mill_crawl_source_read_sitemaps (MillCrawlSource *self, const char *robots_url, MillRobots *robots)
{
  double delay_s = mill_robots_get_crawl_delay (robots, MILL_CRAWL_ROBOTS_TOKEN);
  guint delay_ms = mill_frontier_get_delay_ms (self->frontier);

  if (self->sitemap_reader == NULL)
    return;
  if (delay_s > 0)
    delay_ms = MAX (delay_ms, (guint) (delay_s * 1000));
  mill_sitemap_reader_add (self->sitemap_reader, robots_url, mill_robots_get_sitemaps (robots), delay_ms);
}

/* Whether a crawl that has nothing more to fetch may get something from a sitemap. */
gboolean
mill_crawl_source_awaits_sitemaps (MillCrawlSource *self)
{
  MillFrontierCounts counts;

  if (self->sitemap_reader == NULL || !mill_sitemap_reader_is_busy (self->sitemap_reader))
    return FALSE;
  mill_frontier_get_counts (self->frontier, &counts);
  return (self->max_pages == 0 || counts.taken < self->max_pages) &&
         (self->max_bytes == 0 || counts.bytes < self->max_bytes);
}

void
mill_crawl_source_set_archive (MillCrawlSource *self, MillWarcWriter *archive, MillPipeline *pipeline)
{
  mill_file_reader_set_archive (self->reader, archive, pipeline);
}
