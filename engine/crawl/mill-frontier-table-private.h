/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The inside of MillFrontier, for one thread at a time: mill-frontier.c adds the lock, the wake-up and the
 * object, whose file may hold a crawl to go on with. Where a function here returns whether something changed,
 * mill_frontier_table_take() may answer differently now. */

#pragma once

#include "crawl/mill-frontier-host-private.h"
#include "crawl/mill-frontier.h"
#include "record/mill-run-file-private.h"

G_BEGIN_DECLS

typedef struct _MillFrontierTable MillFrontierTable;

MillFrontier *mill_frontier_new_recorded (int max_depth, guint64 max_pages, guint64 max_bytes,
                                          const char *robots_token, MillRunFile *file);
MillRunFile *mill_frontier_get_run_file (MillFrontier *self);
MillFrontierVerdict mill_frontier_add_from_sitemap (MillFrontier *self, const char *url, const char *sitemap);
/* (transfer full) (element-type MillCrawlHost): up to @most, see mill_crawl_source_get_hosts() */
GPtrArray *mill_frontier_get_hosts (MillFrontier *self, gint64 now_us, guint most);

MillFrontierTable *mill_frontier_table_new (MillRunFile *file);
void mill_frontier_table_free (MillFrontierTable *self);

void mill_frontier_table_set_bounds (MillFrontierTable *self, int max_depth, guint64 max_pages,
                                     const char *robots_token);
void mill_frontier_table_set_max_bytes (MillFrontierTable *self, guint64 max_bytes);
gboolean mill_frontier_table_set_politeness (MillFrontierTable *self, const MillPoliteness *politeness);

void mill_frontier_table_add_scope (MillFrontierTable *self, const char *url);
MillFrontierVerdict mill_frontier_table_add (MillFrontierTable *self, const char *url, guint depth,
                                             const char *referrer, gboolean *changed);
MillFrontierVerdict mill_frontier_table_add_redirect (MillFrontierTable *self, const char *url, guint depth,
                                                      const char *from, gboolean *changed);
guint mill_frontier_table_add_links (MillFrontierTable *self, GPtrArray *urls, guint depth,
                                     const char *referrer, gboolean *changed);
guint mill_frontier_table_add_requisites (MillFrontierTable *self, GPtrArray *urls, const char *referrer,
                                          gboolean *changed);
MillFrontierVerdict mill_frontier_table_add_from_sitemap (MillFrontierTable *self, const char *url,
                                                          const char *sitemap, gboolean *changed);
MillFrontierResult mill_frontier_table_take (MillFrontierTable *self, gint64 now_us, MillFrontierEntry *entry,
                                             gint64 *ready_at_us, const char **why);
gboolean mill_frontier_table_begin (MillFrontierTable *self, const char *url, gint64 now_us,
                                    gint64 *ready_at_us);
gboolean mill_frontier_table_answered (MillFrontierTable *self, const char *url, gint64 latency_us,
                                       gboolean is_success);
gboolean mill_frontier_table_received (MillFrontierTable *self, guint64 n_bytes);
GPtrArray *mill_frontier_table_get_hosts (const MillFrontierTable *self, gint64 now_us, guint most);
gboolean mill_frontier_table_finish (MillFrontierTable *self, const char *url);
gboolean mill_frontier_table_settle (MillFrontierTable *self, const char *url, MillOutcome outcome);
void mill_frontier_table_reopen (MillFrontierTable *self, const char *url);
gboolean mill_frontier_table_set_robots (MillFrontierTable *self, const char *host_key, MillRobots *robots);
gboolean mill_frontier_table_hold (MillFrontierTable *self, const char *host_key, gint64 until_us,
                                   guint status);
const MillFrontierCounts *mill_frontier_table_get_counts (const MillFrontierTable *self);

G_END_DECLS
