/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillCrawlSource: asks the frontier for the next page. Each host's robots.txt comes first; it is fetched
 * beside the pipeline, as sitemaps are, since it is nobody's item. */

#include "config.h"

#include "sources/mill-crawl-source-private.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"
#include "crawl/mill-crawl-job.h"
#include "crawl/mill-frontier-rows-private.h"
#include "crawl/mill-frontier-table-private.h"
#include "crawl/mill-url.h"
#include "pipeline/mill-knob.h"
#include "pipeline/mill-pipeline.h"
#include "record/mill-item-rows-private.h"
#include "sources/mill-robots-file-private.h"

#define COMMIT_EVERY_MS 500

typedef enum
{
  PROP_START = 1,
  PROP_MAX_PAGES,
  PROP_MAX_DEPTH,
  PROP_PREFIX,
  PROP_INCLUDE,
  PROP_EXCLUDE,
  PROP_REQUISITES,
  PROP_SITEMAPS,
  PROP_ROBOTS,
  PROP_PER_HOST,
  PROP_DELAY,
} MillCrawlSourceProperty;

static GParamSpec *properties[PROP_DELAY + 1];

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
    add_problem (self, url, problem);
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
  frontier = mill_frontier_new_recorded (self->max_depth, self->max_pages,
                                         self->robots ? MILL_CRAWL_ROBOTS_TOKEN : NULL, self->file);
  g_mutex_lock (&self->lock);
  mill_frontier_set_max_in_flight (frontier, self->per_host);
  mill_frontier_set_delay_ms (frontier, self->delay_ms);
  self->frontier = frontier;
  self->scope = g_steal_pointer (&scope);
  g_mutex_unlock (&self->lock);
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
          yield->why = why != NULL ? _ (why) : NULL;
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
mill_crawl_source_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MillCrawlSource *self = MILL_CRAWL_SOURCE (object);

  g_mutex_lock (&self->lock);
  switch ((MillCrawlSourceProperty) prop_id)
    {
    case PROP_START:
      g_value_set_string (value, self->start);
      break;
    case PROP_MAX_PAGES:
      g_value_set_uint (value, self->max_pages);
      break;
    case PROP_MAX_DEPTH:
      g_value_set_int (value, self->max_depth);
      break;
    case PROP_PREFIX:
      g_value_set_boolean (value, self->prefix);
      break;
    case PROP_INCLUDE:
      g_value_set_string (value, self->include);
      break;
    case PROP_EXCLUDE:
      g_value_set_string (value, self->exclude);
      break;
    case PROP_REQUISITES:
      g_value_set_boolean (value, self->requisites);
      break;
    case PROP_SITEMAPS:
      g_value_set_boolean (value, self->sitemaps);
      break;
    case PROP_ROBOTS:
      g_value_set_boolean (value, self->robots);
      break;
    case PROP_PER_HOST:
      g_value_set_uint (value, self->frontier != NULL ? mill_frontier_get_max_in_flight (self->frontier)
                                                      : self->per_host);
      break;
    case PROP_DELAY:
      g_value_set_uint (value, self->frontier != NULL ? mill_frontier_get_delay_ms (self->frontier)
                                                      : self->delay_ms);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
  g_mutex_unlock (&self->lock);
}

static gboolean
change_string (char **field, const char *value)
{
  if (g_strcmp0 (*field, value) == 0)
    return FALSE;
  g_free (*field);
  *field = g_strdup (value);
  return TRUE;
}

static gboolean
change_uint (guint *field, guint value)
{
  gboolean changed = *field != value;

  *field = value;
  return changed;
}

static gboolean
change_int (gint *field, gint value)
{
  gboolean changed = *field != value;

  *field = value;
  return changed;
}

/* Sets one property; says whether it had another value before. */
static gboolean
change_locked (MillCrawlSource *self, MillCrawlSourceProperty property, const GValue *value)
{
  switch (property)
    {
    case PROP_START:
      return change_string (&self->start, g_value_get_string (value));
    case PROP_MAX_PAGES:
      return change_uint (&self->max_pages, g_value_get_uint (value));
    case PROP_MAX_DEPTH:
      return change_int (&self->max_depth, g_value_get_int (value));
    case PROP_PREFIX:
      return change_int (&self->prefix, g_value_get_boolean (value));
    case PROP_INCLUDE:
      return change_string (&self->include, g_value_get_string (value));
    case PROP_EXCLUDE:
      return change_string (&self->exclude, g_value_get_string (value));
    case PROP_REQUISITES:
      return change_int (&self->requisites, g_value_get_boolean (value));
    case PROP_SITEMAPS:
      return change_int (&self->sitemaps, g_value_get_boolean (value));
    case PROP_ROBOTS:
      return change_int (&self->robots, g_value_get_boolean (value));
    case PROP_PER_HOST:
      return change_uint (&self->per_host, g_value_get_uint (value));
    case PROP_DELAY:
      return change_uint (&self->delay_ms, g_value_get_uint (value));
    default:
      return FALSE;
    }
}

static void
mill_crawl_source_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MillCrawlSource *self = MILL_CRAWL_SOURCE (object);
  g_autoptr (MillFrontier) frontier = NULL;
  guint per_host, delay_ms;
  gboolean changed;

  if (prop_id < PROP_START || prop_id > PROP_DELAY)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      return;
    }
  g_mutex_lock (&self->lock);
  changed = change_locked (self, (MillCrawlSourceProperty) prop_id, value);
  per_host = self->per_host;
  delay_ms = self->delay_ms;
  g_set_object (&frontier, self->frontier);
  g_mutex_unlock (&self->lock);
  if (!changed)
    return;
  if (frontier != NULL)
    {
      mill_frontier_set_max_in_flight (frontier, per_host);
      mill_frontier_set_delay_ms (frontier, delay_ms);
    }
  g_object_notify_by_pspec (object, pspec);
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
install_properties (GObjectClass *object_class)
{
  /**
   * MillCrawlSource:start:
   *
   * Addresses to begin with, with spaces between them.
   */
  properties[PROP_START] =
      g_param_spec_string ("start", _ ("Start addresses"),
                           _ ("Addresses to begin with, with spaces between them"), NULL, MILL_CONFIG_FLAGS);
  /**
   * MillCrawlSource:max-pages:
   *
   * How many pages to fetch at most; 0 is no limit.
   */
  properties[PROP_MAX_PAGES] =
      g_param_spec_uint ("max-pages", _ ("Most pages"), _ ("How many pages to fetch at most; 0 is no limit"),
                         0, G_MAXINT, 0, MILL_CONFIG_FLAGS);
  /**
   * MillCrawlSource:max-depth:
   *
   * How many links away from a start address to go; -1 is no limit.
   */
  properties[PROP_MAX_DEPTH] = g_param_spec_int (
      "max-depth", _ ("Greatest depth"), _ ("How many links away from a start address to go; -1 is no limit"),
      -1, G_MAXINT, -1, MILL_CONFIG_FLAGS);
  /**
   * MillCrawlSource:prefix:
   *
   * Go only where a start address's folder is, and further down.
   */
  properties[PROP_PREFIX] = g_param_spec_boolean (
      "prefix", _ ("Stay below"), _ ("Go only where a start address's folder is, and further down"), FALSE,
      MILL_CONFIG_FLAGS);
  /**
   * MillCrawlSource:include:
   *
   * Patterns with spaces between them: go only where one matches. `*` stands for anything, `?` for one
   * character; a pattern is held against all of an address's path and query. See #MillScope.
   */
  properties[PROP_INCLUDE] = g_param_spec_string (
      "include", _ ("Include"), _ ("Patterns with spaces between them: go only where one matches"), NULL,
      MILL_CONFIG_FLAGS);
  /**
   * MillCrawlSource:exclude:
   *
   * Patterns with spaces between them: go nowhere where one matches.
   */
  properties[PROP_EXCLUDE] = g_param_spec_string (
      "exclude", _ ("Exclude"), _ ("Patterns with spaces between them: go nowhere where one matches"), NULL,
      MILL_CONFIG_FLAGS);
  /**
   * MillCrawlSource:requisites:
   *
   * Also fetch what it takes to show a page: images, stylesheets, scripts and so on. They may be anywhere on
   * the start addresses' sites, where nothing excludes them, and need not be within the limit on depth.
   */
  properties[PROP_REQUISITES] = g_param_spec_boolean (
      "requisites", _ ("Requisites"),
      _ ("Also fetch what it takes to show a page: images, stylesheets, scripts and so on"), FALSE,
      MILL_CONFIG_FLAGS);
  /**
   * MillCrawlSource:sitemaps:
   *
   * Also fetch the pages in scope that a site's sitemaps name. They count as one link away from a start
   * address. Sitemaps are named in robots.txt, so that must be read.
   */
  properties[PROP_SITEMAPS] = g_param_spec_boolean (
      "sitemaps", _ ("Sitemaps"), _ ("Also fetch the pages that the sitemaps named in robots.txt name"),
      FALSE, MILL_CONFIG_FLAGS);
  /**
   * MillCrawlSource:robots:
   *
   * Leave alone what a site asks crawlers to.
   */
  properties[PROP_ROBOTS] =
      g_param_spec_boolean ("robots", _ ("Obey robots.txt"), _ ("Leave alone what a site asks crawlers to"),
                            TRUE, MILL_CONFIG_FLAGS);
  /**
   * MillCrawlSource:per-host:
   *
   * How many pages of one host are in work at a time. Live, from any thread.
   */
  properties[PROP_PER_HOST] =
      g_param_spec_uint ("per-host", _ ("Per host"), _ ("How many pages of one host are in work at a time"),
                         1, 1000, MILL_CRAWL_DEFAULT_PER_HOST, MILL_KNOB_FLAGS);
  /**
   * MillCrawlSource:delay:
   *
   * The least time between two requests to one host, in milliseconds. Live, from any thread.
   */
  properties[PROP_DELAY] = mill_knob_with_unit (
      g_param_spec_uint ("delay", _ ("Delay"), _ ("The least time between two requests to one host"), 0,
                         3600000, MILL_CRAWL_DEFAULT_DELAY_MS, MILL_KNOB_FLAGS),
      N_ ("ms"));
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mill_crawl_source_class_init (MillCrawlSourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  MillSourceClass *source_class = MILL_SOURCE_CLASS (klass);

  object_class->get_property = mill_crawl_source_get_property;
  object_class->set_property = mill_crawl_source_set_property;
  object_class->finalize = mill_crawl_source_finalize;
  source_class->open = mill_crawl_source_open;
  source_class->poll = mill_crawl_source_poll;
  source_class->left_stage = mill_crawl_source_left_stage;
  source_class->settled = mill_crawl_source_settled;
  source_class->requeued = mill_crawl_source_requeued;
  source_class->get_total = mill_crawl_source_get_total;
  source_class->close = mill_crawl_source_close;
  install_properties (object_class);
}

static void
mill_crawl_source_init (MillCrawlSource *self)
{
  g_mutex_init (&self->lock);
  self->problems = g_ptr_array_new_with_free_func (g_free);
  self->sitemap_problems = g_ptr_array_new_with_free_func (g_free);
  self->max_depth = -1;
  self->robots = TRUE;
  self->per_host = MILL_CRAWL_DEFAULT_PER_HOST;
  self->delay_ms = MILL_CRAWL_DEFAULT_DELAY_MS;
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
 *
 * Begins no more requests to a host that asked to wait. Any thread.
 */
void
mill_crawl_source_hold_host (MillCrawlSource *self, const char *url, double seconds)
{
  g_autofree char *host_key = mill_url_host_key (url);

  g_return_if_fail (MILL_IS_CRAWL_SOURCE (self));
  g_return_if_fail (self->frontier != NULL);

  mill_frontier_hold_host (self->frontier, host_key,
                           g_get_monotonic_time () + (gint64) (seconds * G_USEC_PER_SEC),
                           N_ ("asked to wait (Retry-After)"));
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
