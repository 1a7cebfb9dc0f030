/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How far a recorded crawl is, read from its run file. */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * MillBrokenLink:
 * @url: what could not be fetched
 * @referrer: (nullable): the page that links to it; %NULL for a start address
 * @error: why
 *
 * A page of a crawl that failed for good.
 */
typedef struct
{
  char *url;      /* (owned) */
  char *referrer; /* (owned) (nullable) */
  char *error;    /* (owned) */
} MillBrokenLink;

#define MILL_TYPE_BROKEN_LINK (mill_broken_link_get_type ())
GType mill_broken_link_get_type (void);
MillBrokenLink *mill_broken_link_copy (const MillBrokenLink *self);
void mill_broken_link_free (MillBrokenLink *self);

/**
 * MillCrawlSummary:
 * @name: the job's name
 * @start: the start address, the first one if there are several
 * @folder: (nullable): where pages are saved
 * @max_pages: the limit on pages; 0 is none
 * @max_bytes: the limit on bytes; 0 is none
 * @known: addresses that the crawl knows
 * @done: those that were fetched
 * @dead: those that failed for good
 * @disallowed: those that robots.txt disallows
 * @left: those that are still to be fetched, within the limits on pages and bytes
 * @over_limit: those that are not fetched because of these limits
 * @bytes: what was fetched, after decompression
 * @saved: files that were saved
 * @began: (nullable): when the first page was settled, UTC; %NULL if none was
 * @ended: (nullable): when the last page was settled, UTC
 * @is_in_use: a program is writing to the file
 * @broken: (element-type MillBrokenLink): the first of @dead, in the order in which they were found
 *
 * What a run file says of a crawl.
 */
typedef struct
{
  char *name;   /* (owned) */
  char *start;  /* (owned) */
  char *folder; /* (owned) (nullable) */
  guint64 max_pages;
  guint64 max_bytes;
  guint64 known;
  guint64 done;
  guint64 dead;
  guint64 disallowed;
  guint64 left;
  guint64 over_limit;
  guint64 bytes;
  guint64 saved;
  GDateTime *began; /* (owned) (nullable) */
  GDateTime *ended; /* (owned) (nullable) */
  gboolean is_in_use;
  GPtrArray *broken; /* (owned) */
} MillCrawlSummary;

#define MILL_TYPE_CRAWL_SUMMARY (mill_crawl_summary_get_type ())
GType mill_crawl_summary_get_type (void);
MillCrawlSummary *mill_crawl_summary_copy (const MillCrawlSummary *self);
void mill_crawl_summary_free (MillCrawlSummary *self);

MillCrawlSummary *mill_crawl_summary_read (const char *path, guint max_broken, GError **error);
gboolean mill_crawl_summary_is_finished (const MillCrawlSummary *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MillBrokenLink, mill_broken_link_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MillCrawlSummary, mill_crawl_summary_free)

G_END_DECLS
