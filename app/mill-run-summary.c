/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The same figures as in a run file, from the pipeline. */

#include "config.h"

#include "mill-run-summary.h"

#include "sources/mill-crawl-source.h"

static void
add_broken (MillCrawlSummary *self, const MillDeadLetter *letter)
{
  MillBrokenLink link = { .url = (char *) mill_item_get_key (letter->item),
                          .referrer = (char *) mill_item_get_attribute (letter->item, "referrer"),
                          .error = letter->error->message };

  g_ptr_array_add (self->broken, mill_broken_link_copy (&link));
}

/**
 * mill_run_summary_of_pipeline:
 * @pipeline: a crawl that has ended
 * @max_broken: how many broken links to list
 *
 * Returns: (transfer full): what became of it
 */
MillCrawlSummary *
mill_run_summary_of_pipeline (MillPipeline *pipeline, guint max_broken)
{
  MillCrawlSource *source = MILL_CRAWL_SOURCE (mill_pipeline_get_source (pipeline));
  g_autoptr (MillSnapshot) snapshot = mill_pipeline_snapshot (pipeline);
  g_autoptr (GPtrArray) letters = mill_pipeline_get_dead_letters (pipeline);
  MillCrawlSummary *self = g_new0 (MillCrawlSummary, 1);
  MillFrontierCounts counts = { 0 };

  mill_crawl_source_get_counts (source, &counts);
  g_object_get (source, "start", &self->start, NULL);
  self->name = g_strdup (self->start);
  self->known = counts.known;
  self->done = snapshot->done;
  self->dead = snapshot->dead;
  self->disallowed = counts.skipped_robots;
  self->over_limit = counts.skipped_limit;
  self->left = counts.pending + snapshot->returned;
  self->bytes = snapshot->bytes;
  self->broken = g_ptr_array_new_with_free_func ((GDestroyNotify) mill_broken_link_free);
  for (guint i = 0; i < MIN (letters->len, max_broken); i++)
    add_broken (self, g_ptr_array_index (letters, i));
  return self;
}
