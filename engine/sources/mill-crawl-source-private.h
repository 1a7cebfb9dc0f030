/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The inside of MillCrawlSource, which is in several files: mill-crawl-source.c is the source,
 * mill-crawl-source-properties.c has its knobs, mill-crawl-source-links.c takes what pages lead to,
 * mill-crawl-source-sitemaps.c what sites say they have.
 */

#pragma once

#include "crawl/mill-scope.h"
#include "record/mill-run-file-private.h"
#include "sources/mill-crawl-source.h"
#include "sources/mill-sitemap-reader-private.h"

G_BEGIN_DECLS

#define MILL_CRAWL_ROBOTS_TOKEN "Millrace"
#define MILL_CRAWL_MAX_PROBLEMS 100 /* of each kind */

struct _MillCrawlSource
{
  MillSource parent_instance;

  char *start; /* (owned) (nullable) */
  guint max_pages;
  guint64 max_bytes;
  gint max_depth;
  gboolean prefix;
  char *include; /* (owned) (nullable) */
  char *exclude; /* (owned) (nullable) */
  gboolean requisites;
  gboolean sitemaps;
  gboolean robots;

  MillRunFile *file;     /* (owned) (nullable) set before the start, then constant */
  GSource *commit_timer; /* (owned) (nullable) */

  guint64 n_before; /* URLs that were taken in an earlier run; set by open */

  guint64 given; /* used by poll alone */

  GMutex lock;
  guint per_host;         /* (lock) */
  guint delay_ms;         /* (lock) */
  gboolean throttle;      /* (lock) */
  double concurrency;     /* (lock) the throttle's target */
  guint max_delay_ms;     /* (lock) the throttle's */
  guint n_changes;        /* (lock) of properties */
  MillFrontier *frontier; /* (owned) (nullable) set by open, then constant */
  MillScope *scope;       /* (owned) (nullable) (lock) set by open; replaced when a start address redirects */
  guint64 skipped_scope;  /* (lock) links that the scope kept from the frontier */
  GPtrArray *problems;    /* (owned) (lock) of strings: which sites were left alone, and why */
  GPtrArray *sitemap_problems; /* (owned) (lock) of strings: which sitemaps were, and why */

  MillFileReader *reader;            /* (owned) (nullable) set by open */
  MillSitemapReader *sitemap_reader; /* (owned) (nullable) set by open if sitemaps are wanted */
};

/* Has the next run keep what it knows and what becomes of its pages in @file (transfer none), and go on from
 * what is there. Before the start. */
void mill_crawl_source_set_run_file (MillCrawlSource *self, MillRunFile *file);
/* Keeps robots.txt and sitemaps in an archive as well. Once the source is open, before the first poll. */
void mill_crawl_source_set_archive (MillCrawlSource *self, MillWarcWriter *archive, MillPipeline *pipeline);
/* (transfer none) (nullable) */
MillRunFile *mill_crawl_source_get_run_file (MillCrawlSource *self);

void mill_crawl_source_install_properties (GObjectClass *object_class);
void mill_crawl_source_init_properties (MillCrawlSource *self);
void mill_crawl_source_apply_knobs (MillCrawlSource *self);

void mill_crawl_source_clear_sitemaps (MillCrawlSource *self);
void mill_crawl_source_open_sitemaps (MillCrawlSource *self, GMainContext *context);
void mill_crawl_source_read_sitemaps (MillCrawlSource *self, const char *robots_url, MillRobots *robots);
gboolean mill_crawl_source_awaits_sitemaps (MillCrawlSource *self);

G_END_DECLS
