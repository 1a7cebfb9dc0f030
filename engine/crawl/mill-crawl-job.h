/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A crawl as a job, for the command line and the window alike: what they start can be shown, saved and
 * changed as a job file. */

#pragma once

#include "pipeline/mill-job.h"

G_BEGIN_DECLS

/**
 * MILL_CRAWL_DEFAULT_SLOTS:
 *
 * How many requests are under way at a time, unless a person says otherwise.
 */
#define MILL_CRAWL_DEFAULT_SLOTS 16
/**
 * MILL_CRAWL_DEFAULT_PER_HOST:
 *
 * How many of them go to one host, unless a person says otherwise.
 */
#define MILL_CRAWL_DEFAULT_PER_HOST 4
/**
 * MILL_CRAWL_DEFAULT_DELAY_MS:
 *
 * The least time between two requests to one host in milliseconds, unless a person says otherwise.
 */
#define MILL_CRAWL_DEFAULT_DELAY_MS 100
/**
 * MILL_CRAWL_DEFAULT_CONCURRENCY:
 *
 * How many requests a throttle lets a host have in work on average, unless a person says otherwise.
 */
#define MILL_CRAWL_DEFAULT_CONCURRENCY 1.0
/**
 * MILL_CRAWL_DEFAULT_MAX_DELAY_MS:
 *
 * The longest that a throttle may make the time between two requests in milliseconds, unless a person says
 * otherwise.
 */
#define MILL_CRAWL_DEFAULT_MAX_DELAY_MS 60000
/**
 * MILL_CRAWL_DEFAULT_TIMEOUT_S:
 *
 * How long a request may take in seconds, unless a person says otherwise.
 */
#define MILL_CRAWL_DEFAULT_TIMEOUT_S 20
/**
 * MILL_CRAWL_DEFAULT_RETRIES:
 *
 * How often a request is tried again, unless a person says otherwise.
 */
#define MILL_CRAWL_DEFAULT_RETRIES 2

/**
 * MillCrawlOptions:
 * @urls: (array zero-terminated=1): where to start
 * @max_pages: how many pages to fetch at most; 0 is no limit
 * @max_bytes: after how many bytes of pages to fetch no more; 0 is no limit
 * @max_depth: how many links away to go; -1 is no limit
 * @below: whether to stay in the start addresses' folders
 * @include: (array zero-terminated=1) (nullable): patterns of where to go only, see #MillScope
 * @exclude: (array zero-terminated=1) (nullable): patterns of where not to go
 * @requisites: whether to fetch what it takes to show the pages as well
 * @sitemaps: whether to fetch the pages that sitemaps name as well; not without @obey_robots
 * @slots: how many requests may be under way at a time
 * @per_host: how many of them to one host
 * @delay_ms: the least time between two requests to one host
 * @throttle: how many requests a host may have in work on average, as it answers; 0 is no throttle
 * @timeout_s: how long one request may take
 * @retries: how often a request that failed is tried again
 * @obey_robots: whether to leave alone what robots.txt says
 * @folder: (nullable): where to save the pages; %NULL saves nothing
 * @offline: whether links between the saved pages are made to lead from file to file at the end
 * @warc: (nullable): a web archive to keep what was asked and what came, see [property@Mill.FetchStep:warc]
 *
 * What a person asks of a crawl.
 */
typedef struct
{
  const char *const *urls; /* (unowned) */
  guint max_pages;
  guint64 max_bytes;
  gint max_depth;
  gboolean below;
  const char *const *include; /* (unowned) (nullable) */
  const char *const *exclude; /* (unowned) (nullable) */
  gboolean requisites;
  gboolean sitemaps;
  guint slots;
  guint per_host;
  guint delay_ms;
  double throttle;
  double timeout_s;
  guint retries;
  gboolean obey_robots;
  const char *folder; /* (unowned) (nullable) */
  gboolean offline;
  const char *warc; /* (unowned) (nullable) */
} MillCrawlOptions;

void mill_crawl_options_init (MillCrawlOptions *options, const char *const *urls);
char *mill_crawl_check_start (const char *text, GError **error);
MillJob *mill_crawl_job_new (const MillCrawlOptions *options, GError **error);

G_END_DECLS
