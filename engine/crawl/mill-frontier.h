/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillFrontier:
 *
 * The URLs a crawl knows, and which may be fetched when.
 *
 * A feeder calls mill_frontier_take() and fetches what it gets; whoever reads the pages adds the links. The
 * contract (tests/test-frontier.c):
 *
 * - Each URL is handed out at most once, however often it is added, and whatever number there is: what is
 * known is on disk, and memory holds what is out and the next few of each host.
 * - Of one host (mill_url_host_key()) at most `max-in-flight` URLs are out at a time, started at least
 * `delay-ms` apart, or its robots.txt's Crawl-delay if that is longer, or what a throttle makes of how it
 * answers.
 * - mill_frontier_begin() keeps the same distance between the requests themselves, however long they were on
 * their way to it and however often they are tried again.
 * - With a `robots-token`, each host's /robots.txt is handed out first; its other URLs wait for the answer.
 * - A URL that was taken is first *finished* (the fetch is over, its place is free), then *settled* (nothing
 * more will come of it: its links were added). The crawl is over when nothing is pending and all is settled.
 * - Of redirects in a row, the first %MILL_FRONTIER_MAX_REDIRECTS are gone after.
 * - With a run file, that is where it is: what was settled stays settled and what was out is pending again
 * when another frontier takes the file up, whatever happened to the program. What cannot be written ends the
 * crawl.
 * - There is no clock inside: times are microseconds of any monotonic clock, and the caller's.
 *
 * Threads: every function may be called from any thread; the wake function runs in the caller's, without the
 * lock. Every operation takes constant or logarithmic time, but for setting a property (all hosts) and for
 * disallowed URLs, which are passed over as they come up. Some read or write the disk.
 */

#pragma once

#include <glib-object.h>

#include "crawl/mill-robots.h"
#include "pipeline/mill-types.h"

G_BEGIN_DECLS

#define MILL_TYPE_FRONTIER (mill_frontier_get_type ())
G_DECLARE_FINAL_TYPE (MillFrontier, mill_frontier, MILL, FRONTIER, GObject)

/**
 * MILL_FRONTIER_MAX_REDIRECTS:
 *
 * How many redirects in a row are gone after.
 */
#define MILL_FRONTIER_MAX_REDIRECTS 20

/**
 * MILL_FRONTIER_MAX_LEVEL:
 *
 * How many requisites, each found on the one before, are gone after from a page.
 */
#define MILL_FRONTIER_MAX_LEVEL 15

/**
 * MillFrontierResult:
 * @MILL_FRONTIER_READY: an entry was taken
 * @MILL_FRONTIER_WAIT: nothing may be fetched yet
 * @MILL_FRONTIER_END: nothing is pending and nothing can come
 * @MILL_FRONTIER_FAILED: what is known cannot be kept any more; see mill_frontier_check()
 *
 * What a frontier has to fetch.
 */
typedef enum
{
  MILL_FRONTIER_READY,
  MILL_FRONTIER_WAIT,
  MILL_FRONTIER_END,
  MILL_FRONTIER_FAILED,
} MillFrontierResult;

/**
 * MillFrontierVerdict:
 * @MILL_FRONTIER_ADDED: the URL is new and will be handed out
 * @MILL_FRONTIER_KNOWN: it was added before
 * @MILL_FRONTIER_OUT_OF_SCOPE: it is on none of the start URLs' sites
 * @MILL_FRONTIER_TOO_DEEP: it is deeper than `max-depth`, or a requisite beyond %MILL_FRONTIER_MAX_LEVEL
 * @MILL_FRONTIER_DISALLOWED: the host's robots.txt disallows it
 * @MILL_FRONTIER_PAGE_LIMIT: `max-pages` have been handed out, or `max-bytes` came
 * @MILL_FRONTIER_TOO_MANY_REDIRECTS: %MILL_FRONTIER_MAX_REDIRECTS redirects in a row led to it
 *
 * What became of a URL that was added to a frontier.
 */
typedef enum
{
  MILL_FRONTIER_ADDED,
  MILL_FRONTIER_KNOWN,
  MILL_FRONTIER_OUT_OF_SCOPE,
  MILL_FRONTIER_TOO_DEEP,
  MILL_FRONTIER_DISALLOWED,
  MILL_FRONTIER_PAGE_LIMIT,
  MILL_FRONTIER_TOO_MANY_REDIRECTS,
} MillFrontierVerdict;

/**
 * MillFrontierEntry:
 * @url: what to fetch; valid until it is settled
 * @referrer: (nullable): the page it was found on, or the sitemap; %NULL for a start URL; valid as long as
 *   @url
 * @depth: how many links away from a start URL
 * @level: 0 for a page; for what it takes to show one, how many such requisites lead from the page to it
 * @is_robots: it is a host's robots.txt: answer with mill_frontier_set_robots()
 *
 * A URL to be fetched.
 */
typedef struct
{
  const char *url;
  const char *referrer;
  guint depth;
  guint level;
  gboolean is_robots;
} MillFrontierEntry;

/**
 * MillFrontierCounts:
 * @known: different URLs of pages: pending + taken + skipped_robots + skipped_limit
 * @pending: URLs that were not handed out yet
 * @taken: URLs that were handed out, robots.txt not counted
 * @unsettled: URLs that were handed out and not settled, robots.txt counted
 * @bytes: what came of them, decompressed; counted only with a `max-bytes`
 * @skipped_robots: URLs that a robots.txt disallows
 * @skipped_limit: URLs left when `max-pages` or `max-bytes` was reached
 * @skipped_depth: links that were too deep (links, not URLs: these are not remembered)
 * @skipped_scope: links that were out of scope (links, not URLs)
 *
 * What a frontier holds.
 */
typedef struct
{
  guint64 known;
  guint64 pending;
  guint64 taken;
  guint64 unsettled;
  guint64 bytes;
  guint64 skipped_robots;
  guint64 skipped_limit;
  guint64 skipped_depth;
  guint64 skipped_scope;
} MillFrontierCounts;

/**
 * MillFrontierWakeFunc:
 * @frontier: the frontier
 * @user_data: as given to mill_frontier_set_wake()
 *
 * Called when mill_frontier_take() may answer differently than before. It may run in any thread, and in
 * several at once; it should only make the feeder look.
 */
typedef void (*MillFrontierWakeFunc) (MillFrontier *frontier, gpointer user_data);

MillFrontier *mill_frontier_new (int max_depth, guint64 max_pages, const char *robots_token);

guint mill_frontier_get_max_in_flight (MillFrontier *self);
void mill_frontier_set_max_in_flight (MillFrontier *self, guint max_in_flight);
void mill_frontier_set_throttle (MillFrontier *self, double target_concurrency, guint max_delay_ms);
guint mill_frontier_get_delay_ms (MillFrontier *self);
void mill_frontier_set_delay_ms (MillFrontier *self, guint delay_ms);

MillFrontierVerdict mill_frontier_add_start (MillFrontier *self, const char *url);
MillFrontierVerdict mill_frontier_add (MillFrontier *self, const char *url, guint depth,
                                       const char *referrer);
MillFrontierVerdict mill_frontier_add_redirect (MillFrontier *self, const char *url, guint depth,
                                                const char *from);
guint mill_frontier_add_links (MillFrontier *self, GPtrArray *urls, guint depth, const char *referrer);
guint mill_frontier_add_requisites (MillFrontier *self, GPtrArray *urls, const char *referrer);

MillFrontierResult mill_frontier_take (MillFrontier *self, gint64 now_us, MillFrontierEntry *entry,
                                       gint64 *ready_at_us, const char **why);
gboolean mill_frontier_begin (MillFrontier *self, const char *url, gint64 now_us, gint64 *ready_at_us);
void mill_frontier_answered (MillFrontier *self, const char *url, gint64 latency_us, gboolean is_success);
void mill_frontier_received (MillFrontier *self, guint64 n_bytes);
void mill_frontier_finished (MillFrontier *self, const char *url);
void mill_frontier_settled (MillFrontier *self, const char *url, MillOutcome outcome);
void mill_frontier_reopen (MillFrontier *self, const char *url);

gboolean mill_frontier_check (MillFrontier *self, GError **error);

void mill_frontier_set_robots (MillFrontier *self, const char *host_key, MillRobots *robots);
void mill_frontier_hold_host (MillFrontier *self, const char *host_key, gint64 until_us, guint status);

void mill_frontier_get_counts (MillFrontier *self, MillFrontierCounts *counts);
void mill_frontier_set_wake (MillFrontier *self, MillFrontierWakeFunc wake, gpointer user_data,
                             GDestroyNotify destroy);

G_END_DECLS
