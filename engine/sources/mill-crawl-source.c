/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillCrawlSource: asks the frontier for the next page. Each host's robots.txt comes first; it is fetched
 * beside the pipeline, as sitemaps are, since it is nobody's item. */

#include "config.h"

#include "sources/mill-crawl-source-private.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"
#include "core/mill-list-private.h"
#include "crawl/mill-crawl-job.h"
#include "crawl/mill-frontier-rows-private.h"
#include "crawl/mill-frontier-table-private.h"
#include "crawl/mill-url.h"
#include "pipeline/mill-pipeline.h"
#include "record/mill-item-rows-private.h"
#include "sources/mill-robots-file-private.h"

#define COMMIT_EVERY_MS 500

G_DEFINE_FINAL_TYPE (MillCrawlSource, mill_crawl_source, MILL_TYPE_SOURCE)

static void
add_problem (MillCrawlSource *self, const char *url, const GError *problem)
{
  g_mutex_lock (&self->lock);
  if (self->problems->len < MILL_CRAWL_MAX_PROBLEMS)
    g_ptr_array_add (self->problems, g_strdup_printf (_ ("%s cannot be read, so its site is left alone: %s"),
                                                      url, problem->message));
  g_mutex_unlock (&self->lock);
}

static void
got_robots_cb (const char *url, gpointer robots, const GError *problem, gpointer user_data)
{
  MillCrawlSource *self = user_data;
  g_autofree char *host_key = mill_url_host_key (url);

  if (problem != NULL)
    add_problem (self, url, problem); /* and the frontier takes no answer for one */
  else
    mill_frontier_set_robots (self->frontier, host_key, robots);
  mill_crawl_source_read_sitemaps (self, url, robots);
  mill_frontier_settled (self->frontier, url, MILL_OUTCOME_DONE);
}

static void
wake_cb (MillFrontier *frontier, gpointer user_data)
{
  mill_source_wake (user_data);
}

/* What is done is soon kept, even when nothing else is for a while. */
static gboolean
commit_cb (gpointer user_data)
{
  mill_run_file_commit (user_data);
  return G_SOURCE_CONTINUE;
}

static void
start_commit_timer (MillCrawlSource *self, GMainContext *context)
{
  self->commit_timer = g_timeout_source_new (COMMIT_EVERY_MS);
  g_source_set_static_name (self->commit_timer, "mill run file");
  g_source_set_callback (self->commit_timer, commit_cb, mill_run_file_ref (self->file),
                         (GDestroyNotify) mill_run_file_unref);
  g_source_attach (self->commit_timer, context);
}

static void
stop_commit_timer (MillCrawlSource *self)
{
  if (self->commit_timer != NULL)
    g_source_destroy (self->commit_timer);
  g_clear_pointer (&self->commit_timer, g_source_unref);
}

/* Returns: (transfer full): the words of a list with blanks between them */
static char **
split_list (const char *list)
{
  g_auto (GStrv) parts = g_strsplit_set (list != NULL ? list : "", " \t\n", -1);
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();

  for (char **part = parts; *part != NULL; part++)
    if (**part != '\0')
      g_strv_builder_add (words, *part);
  return g_strv_builder_end (words);
}

/* Returns: (transfer full) (nullable): the canonical addresses to begin with */
static char **
read_starts (MillCrawlSource *self, MillPipeline *pipeline, GError **error)
{
  g_autofree char *expanded = mill_pipeline_expand (pipeline, self->start != NULL ? self->start : "", error);
  g_auto (GStrv) words = expanded != NULL ? split_list (expanded) : NULL;

  if (words == NULL)
    return NULL;
  for (char **word = words; *word != NULL; word++)
    {
      char *url = mill_crawl_check_start (*word, error);

      if (url == NULL)
        return NULL;
      g_free (*word);
      *word = url;
    }
  if (*words != NULL)
    return g_steal_pointer (&words);
  g_set_error_literal (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("a crawl needs an address to “start” from"));
  return NULL;
}

static MillScope *
make_scope (MillCrawlSource *self, char **starts, GError **error)
{
  g_auto (GStrv) include = split_list (self->include);
  g_auto (GStrv) exclude = split_list (self->exclude);

  return mill_scope_new ((const char *const *) starts, self->prefix, (const char *const *) include,
                         (const char *const *) exclude, error);
}

static void
collect_cb (gpointer url, gpointer urls)
{
  g_ptr_array_add (urls, g_strdup (url));
}

/* Returns: (transfer full) (nullable): the scope, with what the starts redirected to in an earlier run */
static MillScope *
restore_scope (MillCrawlSource *self, char **starts, GError **error)
{
  g_autoptr (GPtrArray) redirected = g_ptr_array_new_with_free_func (g_free);
  MillScope *scope = make_scope (self, starts, error);

  if (scope == NULL || self->file == NULL)
    return scope;
  mill_run_file_begin (self->file);
  mill_frontier_rows_read_redirected (self->file, collect_cb, redirected);
  mill_run_file_end (self->file);
  for (guint i = 0; i < redirected->len; i++)
    {
      g_autoptr (MillScope) old = scope;

      scope = mill_scope_new_restored (old, g_ptr_array_index (redirected, i));
    }
  return scope;
}

/* A start that failed may be tried again. */
static void
forget_run (MillCrawlSource *self)
{
  g_mutex_lock (&self->lock);
  g_clear_object (&self->frontier);
  g_clear_pointer (&self->scope, mill_scope_unref);
  g_ptr_array_set_size (self->problems, 0);
  self->skipped_scope = 0;
  g_mutex_unlock (&self->lock);
  mill_crawl_source_clear_sitemaps (self);
  g_clear_pointer (&self->reader, mill_file_reader_unref);
  self->given = 0;
}

static gboolean
mill_crawl_source_open (MillSource *source, MillPipeline *pipeline, GError **error)
{
  MillCrawlSource *self = MILL_CRAWL_SOURCE (source);
  g_auto (GStrv) starts = NULL;
  g_autoptr (MillScope) scope = NULL;
  MillFrontier *frontier;
  MillFrontierCounts counts;

  forget_run (self);
  if (self->sitemaps && !self->robots)
    {
      g_set_error_literal (error, MILL_ERROR, MILL_ERROR_INVALID,
                           _ ("sitemaps: they are named in robots.txt, which this crawl does not read"));
      return FALSE;
    }
  starts = read_starts (self, pipeline, error);
  scope = starts != NULL ? restore_scope (self, starts, error) : NULL;
  if (scope == NULL)
    return FALSE;
  frontier = mill_frontier_new_recorded (self->max_depth, self->max_pages, self->max_bytes,
                                         self->robots ? MILL_CRAWL_ROBOTS_TOKEN : NULL, self->file);
  g_mutex_lock (&self->lock);
  self->frontier = frontier;
  self->scope = g_steal_pointer (&scope);
  g_mutex_unlock (&self->lock);
  mill_crawl_source_apply_knobs (self);
  mill_frontier_get_counts (frontier, &counts);
  self->n_before = counts.taken;
  for (char **start = starts; *start != NULL; start++)
    mill_frontier_add_start (frontier, *start);
  self->reader = mill_file_reader_new (mill_pipeline_get_context (pipeline));
  if (self->sitemaps)
    mill_crawl_source_open_sitemaps (self, mill_pipeline_get_context (pipeline));
  mill_frontier_set_wake (frontier, wake_cb, self, NULL);
  if (self->file != NULL)
    start_commit_timer (self, mill_pipeline_get_context (pipeline));
  return mill_frontier_check (frontier, error);
}

/* A crawl that fetched nothing has failed, and says why; so has one that could not be kept. */
static MillSourceResult
end (MillCrawlSource *self, GError **error)
{
  MillFrontierCounts counts;
  g_autofree char *problem = NULL;

  if (self->file != NULL)
    mill_run_file_commit (self->file);
  if (!mill_frontier_check (self->frontier, error))
    return MILL_SOURCE_ERROR;
  mill_frontier_get_counts (self->frontier, &counts);
  if (counts.taken > 0)
    return MILL_SOURCE_END;
  g_mutex_lock (&self->lock);
  if (self->problems->len > 0)
    problem = g_strdup (g_ptr_array_index (self->problems, 0));
  g_mutex_unlock (&self->lock);
  g_set_error_literal (error, MILL_ERROR, MILL_ERROR_FAILED,
                       problem != NULL ? problem : _ ("robots.txt disallows every address to start from"));
  return MILL_SOURCE_ERROR;
}

static MillItem *
item_from_entry (MillCrawlSource *self, const MillFrontierEntry *entry)
{
  MillItem *item = mill_item_new (++self->given, entry->url);
  char depth[12], level[12];

  g_snprintf (depth, sizeof depth, "%u", entry->depth);
  mill_item_set_attribute (item, "depth", depth);
  g_snprintf (level, sizeof level, "%u", entry->level);
  mill_item_set_attribute (item, "requisite", entry->level > 0 ? level : NULL);
  mill_item_set_attribute (item, "referrer", entry->referrer);
  return item;
}

static MillSourceResult
mill_crawl_source_poll (MillSource *source, gint64 now_us, MillSourceYield *yield, GError **error)
{
  MillCrawlSource *self = MILL_CRAWL_SOURCE (source);
  gboolean was_idle = self->sitemap_reader == NULL;

  for (;;)
    {
      MillFrontierEntry entry;
      const char *why = NULL;

      switch (mill_frontier_take (self->frontier, now_us, &entry, &yield->ready_at_us, &why))
        {
        case MILL_FRONTIER_READY:
          if (entry.is_robots)
            {
              mill_file_reader_read (self->reader, &mill_robots_file, entry.url, got_robots_cb, self);
              continue;
            }
          yield->item = item_from_entry (self, &entry);
          return MILL_SOURCE_READY;
        case MILL_FRONTIER_WAIT:
          yield->why = why;
          return MILL_SOURCE_WAIT;
        case MILL_FRONTIER_FAILED:
          mill_frontier_check (self->frontier, error);
          return MILL_SOURCE_ERROR;
        case MILL_FRONTIER_END:
        default:
          if (!mill_crawl_source_awaits_sitemaps (self))
            {
              if (was_idle)
                return end (self, error);
              was_idle = TRUE; /* but the last sitemap may have added pages since the frontier was asked */
              continue;
            }
          yield->ready_at_us = G_MAXINT64;
          yield->why = _ ("waiting for sitemaps");
          return MILL_SOURCE_WAIT;
        }
    }
}

static void
mill_crawl_source_left_stage (MillSource *source, MillItem *item, guint stage)
{
  if (stage == 0)
    mill_frontier_finished (MILL_CRAWL_SOURCE (source)->frontier, mill_item_get_key (item));
}

static void
mill_crawl_source_settled (MillSource *source, MillItem *item, MillOutcome outcome, const GError *error)
{
  MillCrawlSource *self = MILL_CRAWL_SOURCE (source);

  /* First, so that what is settled has its result. */
  if (self->file != NULL)
    mill_item_rows_put (self->file, item, outcome, error);
  mill_frontier_settled (self->frontier, mill_item_get_key (item), outcome);
}

static void
mill_crawl_source_requeued (MillSource *source, MillItem *item)
{
  mill_frontier_reopen (MILL_CRAWL_SOURCE (source)->frontier, mill_item_get_key (item));
}

/* What is known so far; links may add to it. */
static gint64
mill_crawl_source_get_total (MillSource *source)
{
  MillCrawlSource *self = MILL_CRAWL_SOURCE (source);
  MillFrontierCounts counts;
  guint64 total;

  if (!mill_crawl_source_get_counts (self, &counts))
    return -1;
  total = counts.taken + counts.pending;
  if (self->max_pages > 0)
    total = MIN (total, self->max_pages);
  return (gint64) (total - MIN (total, self->n_before));
}

/* What is lost this late is said as a problem. */
static void
close_file (MillCrawlSource *self)
{
  g_autoptr (GError) error = NULL;

  if (self->file == NULL || mill_run_file_close (self->file, &error))
    return;
  g_mutex_lock (&self->lock);
  g_ptr_array_insert (self->problems, 0, g_strdup (error->message));
  g_mutex_unlock (&self->lock);
}

static void
mill_crawl_source_close (MillSource *source)
{
  MillCrawlSource *self = MILL_CRAWL_SOURCE (source);

  if (self->frontier != NULL)
    mill_frontier_set_wake (self->frontier, NULL, NULL, NULL);
  if (self->sitemap_reader != NULL)
    mill_sitemap_reader_stop (self->sitemap_reader);
  if (self->reader != NULL)
    mill_file_reader_stop (self->reader);
  stop_commit_timer (self);
  close_file (self);
}

static void
mill_crawl_source_finalize (GObject *object)
{
  MillCrawlSource *self = MILL_CRAWL_SOURCE (object);

  forget_run (self);
  stop_commit_timer (self);
  g_clear_pointer (&self->file, mill_run_file_unref);
  g_ptr_array_unref (self->problems);
  g_ptr_array_unref (self->sitemap_problems);
  g_free (self->start);
  g_free (self->include);
  g_free (self->exclude);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (mill_crawl_source_parent_class)->finalize (object);
}

static void
mill_crawl_source_class_init (MillCrawlSourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  MillSourceClass *source_class = MILL_SOURCE_CLASS (klass);

  object_class->finalize = mill_crawl_source_finalize;
  source_class->open = mill_crawl_source_open;
  source_class->poll = mill_crawl_source_poll;
  source_class->left_stage = mill_crawl_source_left_stage;
  source_class->settled = mill_crawl_source_settled;
  source_class->requeued = mill_crawl_source_requeued;
  source_class->get_total = mill_crawl_source_get_total;
  source_class->close = mill_crawl_source_close;
  mill_crawl_source_install_properties (object_class);
}

static void
mill_crawl_source_init (MillCrawlSource *self)
{
  g_mutex_init (&self->lock);
  self->problems = g_ptr_array_new_with_free_func (g_free);
  self->sitemap_problems = g_ptr_array_new_with_free_func (g_free);
  mill_crawl_source_init_properties (self);
}

/**
 * mill_crawl_source_new:
 * @start: (nullable): one or more addresses, with spaces between them
 *
 * Creates the source with the polite defaults: robots.txt obeyed, four requests per host at a time, 100 ms
 * apart.
 *
 * Returns: (transfer full): the source
 */
MillSource *
mill_crawl_source_new (const char *start)
{
  return g_object_new (MILL_TYPE_CRAWL_SOURCE, "start", start, NULL);
}

void
mill_crawl_source_set_run_file (MillCrawlSource *self, MillRunFile *file)
{
  mill_run_file_ref (file);
  g_clear_pointer (&self->file, mill_run_file_unref);
  self->file = file;
}

MillRunFile *
mill_crawl_source_get_run_file (MillCrawlSource *self)
{
  return self->file;
}

/**
 * mill_crawl_source_hold_host:
 * @url: a page of the host
 * @seconds: how long to wait
 * @status: the status of the answer that asked for it
 *
 * Begins no more requests to a host that asked to wait. Any thread.
 */
void
mill_crawl_source_hold_host (MillCrawlSource *self, const char *url, double seconds, guint status)
{
  g_autofree char *host_key = mill_url_host_key (url);

  g_return_if_fail (MILL_IS_CRAWL_SOURCE (self));
  g_return_if_fail (self->frontier != NULL);

  mill_frontier_hold_host (self->frontier, host_key,
                           g_get_monotonic_time () + (gint64) (seconds * G_USEC_PER_SEC), status);
}

/**
 * mill_crawl_source_begin_request:
 * @url: a page that was taken from here
 *
 * Asks to begin a request: the first for @url, or another try. Any thread.
 *
 * Returns: 0 if it has begun and is to be sent now; otherwise for how long to wait before asking again, in
 * microseconds
 */
gint64
mill_crawl_source_begin_request (MillCrawlSource *self, const char *url)
{
  gint64 now_us = g_get_monotonic_time (), ready_at_us;

  g_return_val_if_fail (MILL_IS_CRAWL_SOURCE (self), 0);
  g_return_val_if_fail (self->frontier != NULL, 0);

  return mill_frontier_begin (self->frontier, url, now_us, &ready_at_us) ? 0 : ready_at_us - now_us;
}

/**
 * mill_crawl_source_answered:
 * @url: a page whose request has begun
 * @latency_us: the time from its beginning to the header of the answer, or to the failure without one
 * @is_success: whether the answer's status is 2xx
 *
 * Tells the throttle how a host answers. Any thread.
 */
void
mill_crawl_source_answered (MillCrawlSource *self, const char *url, gint64 latency_us, gboolean is_success)
{
  g_return_if_fail (MILL_IS_CRAWL_SOURCE (self));
  g_return_if_fail (self->frontier != NULL);

  mill_frontier_answered (self->frontier, url, latency_us, is_success);
}

/**
 * mill_crawl_source_received:
 * @n_bytes: how long the body of a page is, decompressed
 *
 * Counts towards [property@Mill.CrawlSource:max-bytes]. Any thread.
 */
void
mill_crawl_source_received (MillCrawlSource *self, guint64 n_bytes)
{
  g_return_if_fail (MILL_IS_CRAWL_SOURCE (self));
  g_return_if_fail (self->frontier != NULL);

  mill_frontier_received (self->frontier, n_bytes);
}

/**
 * mill_crawl_source_get_hosts: (skip)
 * @most: how many to describe at most
 *
 * Says of each host how the crawl gets on with it, and why it waits: those that wait longest come first, in
 * whole seconds, then those with most to fetch. Takes time for each host that is known. Any thread.
 *
 * Returns: (transfer full) (element-type MillCrawlHost): the hosts; none before the start
 */
GPtrArray *
mill_crawl_source_get_hosts (MillCrawlSource *self, guint most)
{
  g_autoptr (MillFrontier) frontier = NULL;

  g_return_val_if_fail (MILL_IS_CRAWL_SOURCE (self), NULL);

  g_mutex_lock (&self->lock);
  g_set_object (&frontier, self->frontier);
  g_mutex_unlock (&self->lock);
  if (frontier == NULL)
    return g_ptr_array_new_with_free_func ((GDestroyNotify) mill_crawl_host_free);
  return mill_frontier_get_hosts (frontier, g_get_monotonic_time (), most);
}

/**
 * mill_crawl_source_get_host_list: (rename-to mill_crawl_source_get_hosts)
 * @most: how many to describe at most
 *
 * The same as mill_crawl_source_get_hosts(), with a list.
 *
 * Returns: (transfer full) (element-type MillCrawlHost): the hosts
 */
GList *
mill_crawl_source_get_host_list (MillCrawlSource *self, guint most)
{
  return mill_list_steal (mill_crawl_source_get_hosts (self, most));
}

/**
 * mill_crawl_source_get_requisites:
 *
 * Any thread, once the source is open.
 *
 * Returns: whether the crawl also wants what it takes to show a page
 */
gboolean
mill_crawl_source_get_requisites (MillCrawlSource *self)
{
  g_return_val_if_fail (MILL_IS_CRAWL_SOURCE (self), FALSE);

  return self->requisites;
}

/**
 * mill_crawl_source_get_counts:
 * @counts: (out caller-allocates): what the crawl knows
 *
 * Any thread.
 *
 * Returns: %FALSE before the start; @counts is not touched then
 */
gboolean
mill_crawl_source_get_counts (MillCrawlSource *self, MillFrontierCounts *counts)
{
  g_autoptr (MillFrontier) frontier = NULL;
  guint64 skipped_scope;

  g_return_val_if_fail (MILL_IS_CRAWL_SOURCE (self), FALSE);

  g_mutex_lock (&self->lock);
  g_set_object (&frontier, self->frontier);
  skipped_scope = self->skipped_scope;
  g_mutex_unlock (&self->lock);
  if (frontier == NULL)
    return FALSE;
  mill_frontier_get_counts (frontier, counts);
  counts->skipped_scope += skipped_scope;
  return TRUE;
}

/**
 * mill_crawl_source_dup_problems:
 *
 * Any thread.
 *
 * Returns: (transfer full): for each site that is left alone because its robots.txt cannot be read, a
 * sentence that says so, up to 100; then as many for sitemaps that were not read, or not to their end
 */
char **
mill_crawl_source_dup_problems (MillCrawlSource *self)
{
  GStrvBuilder *builder = g_strv_builder_new ();
  char **problems;

  g_return_val_if_fail (MILL_IS_CRAWL_SOURCE (self), NULL);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->problems->len; i++)
    g_strv_builder_add (builder, g_ptr_array_index (self->problems, i));
  for (guint i = 0; i < self->sitemap_problems->len; i++)
    g_strv_builder_add (builder, g_ptr_array_index (self->sitemap_problems, i));
  g_mutex_unlock (&self->lock);
  problems = g_strv_builder_end (builder);
  g_strv_builder_unref (builder);
  return problems;
}
