/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillCrawlSource:
 *
 * The pages of a site, as they are found. It begins with its start addresses and feeds on
 * the links that the links step finds. A table decides what may be fetched when (see #MillFrontier), so the
 * pipeline's queues stay bounded whatever the site's size, and a full queue cannot block the step that fills
 * the table.
 *
 * Its items have the attributes `depth`, how many links away from a start address they are, `referrer`, the
 * page they were found on, and `requisite` if they are not pages but what it takes to show one.
 */

#pragma once

#include "crawl/mill-crawl-host.h"
#include "crawl/mill-frontier.h"
#include "pipeline/mill-source.h"

G_BEGIN_DECLS

#define MILL_TYPE_CRAWL_SOURCE (mill_crawl_source_get_type ())
G_DECLARE_FINAL_TYPE (MillCrawlSource, mill_crawl_source, MILL, CRAWL_SOURCE, MillSource)

MillSource *mill_crawl_source_new (const char *start);

void mill_crawl_source_add_links (MillCrawlSource *self, MillItem *page, GPtrArray *urls);
void mill_crawl_source_add_requisites (MillCrawlSource *self, MillItem *page, GPtrArray *urls);
gboolean mill_crawl_source_add_redirect (MillCrawlSource *self, MillItem *page, const char *target,
                                         GError **error);
void mill_crawl_source_hold_host (MillCrawlSource *self, const char *url, double seconds, guint status);
gint64 mill_crawl_source_begin_request (MillCrawlSource *self, const char *url);
void mill_crawl_source_answered (MillCrawlSource *self, const char *url, gint64 latency_us,
                                 gboolean is_success);
void mill_crawl_source_received (MillCrawlSource *self, guint64 n_bytes);
GPtrArray *mill_crawl_source_get_hosts (MillCrawlSource *self, guint most);
GList *mill_crawl_source_get_host_list (MillCrawlSource *self, guint most);

gboolean mill_crawl_source_get_requisites (MillCrawlSource *self);
gboolean mill_crawl_source_get_counts (MillCrawlSource *self, MillFrontierCounts *counts);
char **mill_crawl_source_dup_problems (MillCrawlSource *self);

G_END_DECLS
