/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillCrawlSource: its knobs, and what else a job file says of it. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "core/mill-property-private.h"
#include "crawl/mill-crawl-job.h"
#include "pipeline/mill-knob.h"
#include "sources/mill-crawl-source-private.h"

typedef enum
{
  PROP_START = 1,
  PROP_MAX_PAGES,
  PROP_MAX_BYTES,
  PROP_MAX_DEPTH,
  PROP_PREFIX,
  PROP_INCLUDE,
  PROP_EXCLUDE,
  PROP_REQUISITES,
  PROP_SITEMAPS,
  PROP_ROBOTS,
  PROP_PER_HOST,
  PROP_DELAY,
  PROP_THROTTLE,
  PROP_TARGET_CONCURRENCY,
  PROP_MAX_DELAY,
} MillCrawlSourceProperty;

static GParamSpec *properties[PROP_MAX_DELAY + 1];

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
    case PROP_MAX_BYTES:
      g_value_set_uint64 (value, self->max_bytes);
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
      g_value_set_uint (value, self->per_host);
      break;
    case PROP_DELAY:
      g_value_set_uint (value, self->delay_ms);
      break;
    case PROP_THROTTLE:
      g_value_set_boolean (value, self->throttle);
      break;
    case PROP_TARGET_CONCURRENCY:
      g_value_set_double (value, self->concurrency);
      break;
    case PROP_MAX_DELAY:
      g_value_set_uint (value, self->max_delay_ms);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
  g_mutex_unlock (&self->lock);
}

/* Sets one property; says whether it had another value before. */
static gboolean
change_locked (MillCrawlSource *self, MillCrawlSourceProperty property, const GValue *value)
{
  switch (property)
    {
    case PROP_START:
      return mill_property_take_string (&self->start, value);
    case PROP_MAX_PAGES:
      return mill_property_take_uint (&self->max_pages, value);
    case PROP_MAX_BYTES:
      return mill_property_take_uint64 (&self->max_bytes, value);
    case PROP_MAX_DEPTH:
      return mill_property_take_int (&self->max_depth, value);
    case PROP_PREFIX:
      return mill_property_take_boolean (&self->prefix, value);
    case PROP_INCLUDE:
      return mill_property_take_string (&self->include, value);
    case PROP_EXCLUDE:
      return mill_property_take_string (&self->exclude, value);
    case PROP_REQUISITES:
      return mill_property_take_boolean (&self->requisites, value);
    case PROP_SITEMAPS:
      return mill_property_take_boolean (&self->sitemaps, value);
    case PROP_ROBOTS:
      return mill_property_take_boolean (&self->robots, value);
    case PROP_PER_HOST:
      return mill_property_take_uint (&self->per_host, value);
    case PROP_DELAY:
      return mill_property_take_uint (&self->delay_ms, value);
    case PROP_THROTTLE:
      return mill_property_take_boolean (&self->throttle, value);
    case PROP_TARGET_CONCURRENCY:
      return mill_property_take_double (&self->concurrency, value);
    case PROP_MAX_DELAY:
      return mill_property_take_uint (&self->max_delay_ms, value);
    default:
      return FALSE;
    }
}

static void
mill_crawl_source_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MillCrawlSource *self = MILL_CRAWL_SOURCE (object);
  gboolean changed;

  if (prop_id < PROP_START || prop_id > PROP_MAX_DELAY)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      return;
    }
  g_mutex_lock (&self->lock);
  changed = change_locked (self, (MillCrawlSourceProperty) prop_id, value);
  self->n_changes += changed;
  g_mutex_unlock (&self->lock);
  if (!changed)
    return;
  mill_crawl_source_apply_knobs (self);
  g_object_notify_by_pspec (object, pspec);
}

void
mill_crawl_source_install_properties (GObjectClass *object_class)
{
  object_class->get_property = mill_crawl_source_get_property;
  object_class->set_property = mill_crawl_source_set_property;

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
   * MillCrawlSource:max-bytes:
   *
   * After how many bytes of pages to fetch no more; 0 is no limit. The bodies count as they are once they are
   * decompressed; those of errors and redirects do not. What is on its way then is fetched to its end.
   */
  properties[PROP_MAX_BYTES] = g_param_spec_uint64 (
      "max-bytes", _ ("Most bytes"), _ ("After how many bytes of pages to fetch no more; 0 is no limit"), 0,
      G_MAXINT64, 0, MILL_CONFIG_FLAGS);
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
  /**
   * MillCrawlSource:throttle:
   *
   * Have each host's delay follow how long it takes to answer, as Scrapy's AutoThrottle does: a host that
   * answers slowly is asked less often. Off by default, as there: the delay of a hundred milliseconds is
   * polite to a host that is well, and who asks for none wants no other. Live, from any thread.
   */
  properties[PROP_THROTTLE] = g_param_spec_boolean ("throttle", _ ("Throttle"),
                                                    _ ("Ask a host less often the longer it takes to answer"),
                                                    FALSE, MILL_KNOB_FLAGS);
  /**
   * MillCrawlSource:target-concurrency:
   *
   * How many requests the throttle lets a host have in work on average. Live, from any thread.
   */
  properties[PROP_TARGET_CONCURRENCY] =
      g_param_spec_double ("target-concurrency", _ ("Target concurrency"),
                           _ ("How many requests the throttle lets a host have in work on average"), 0.01,
                           1000.0, MILL_CRAWL_DEFAULT_CONCURRENCY, MILL_KNOB_FLAGS);
  /**
   * MillCrawlSource:max-delay:
   *
   * The longest that the throttle may make a host's delay, in milliseconds. Live, from any thread.
   */
  properties[PROP_MAX_DELAY] =
      mill_knob_with_unit (g_param_spec_uint ("max-delay", _ ("Longest delay"),
                                              _ ("The longest that the throttle may make a host’s delay"), 0,
                                              3600000, MILL_CRAWL_DEFAULT_MAX_DELAY_MS, MILL_KNOB_FLAGS),
                           N_ ("ms"));
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

void
mill_crawl_source_init_properties (MillCrawlSource *self)
{
  self->max_depth = -1;
  self->robots = TRUE;
  self->per_host = MILL_CRAWL_DEFAULT_PER_HOST;
  self->delay_ms = MILL_CRAWL_DEFAULT_DELAY_MS;
  self->concurrency = MILL_CRAWL_DEFAULT_CONCURRENCY;
  self->max_delay_ms = MILL_CRAWL_DEFAULT_MAX_DELAY_MS;
}

/* The frontier calls back, so no lock is held; who was overtaken by another change does it over. */
void
mill_crawl_source_apply_knobs (MillCrawlSource *self)
{
  g_autoptr (MillFrontier) frontier = NULL;
  guint n_changes, per_host, delay_ms, max_delay_ms;
  double concurrency;

  g_mutex_lock (&self->lock);
  g_set_object (&frontier, self->frontier);
  while (frontier != NULL)
    {
      n_changes = self->n_changes;
      per_host = self->per_host;
      delay_ms = self->delay_ms;
      concurrency = self->throttle ? self->concurrency : 0;
      max_delay_ms = self->max_delay_ms;
      g_mutex_unlock (&self->lock);
      mill_frontier_set_max_in_flight (frontier, per_host);
      mill_frontier_set_delay_ms (frontier, delay_ms);
      mill_frontier_set_throttle (frontier, concurrency, max_delay_ms);
      g_mutex_lock (&self->lock);
      if (n_changes == self->n_changes)
        break;
    }
  g_mutex_unlock (&self->lock);
}
