/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillCrawlHost:
 * @name: the host and its port, as from mill_url_host_key()
 * @pending: URLs that are still to be handed out
 * @in_flight: URLs that are being fetched, or on their way to it
 * @requests: requests that have begun, those for robots.txt and repeated ones among them
 * @delay_us: how far apart they start at present, in microseconds
 * @least_gap_us: how far apart two in a row have started at least, in microseconds; -1 before the second
 * @wait: why the next one does not start, or %MILL_CRAWL_WAIT_NONE
 * @wait_us: for how much longer, in microseconds; 0 if that is no matter of time
 * @status: with %MILL_CRAWL_WAIT_RETRY_AFTER, the status of the answer that asked for it, such as 503
 *
 * How a crawl gets on with one host. A plain record.
 *
 * Threads: one at a time.
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define MILL_TYPE_CRAWL_HOST (mill_crawl_host_get_type ())

/**
 * MillCrawlWait:
 * @MILL_CRAWL_WAIT_NONE: nothing keeps the next request, but for having something to request
 * @MILL_CRAWL_WAIT_DELAY: the delay that a person asked for
 * @MILL_CRAWL_WAIT_CRAWL_DELAY: the longer one that robots.txt asks for
 * @MILL_CRAWL_WAIT_THROTTLE: the longer one that the throttle makes of how slowly the host answers
 * @MILL_CRAWL_WAIT_RETRY_AFTER: an answer such as 429 or 503 with Retry-After
 * @MILL_CRAWL_WAIT_PER_HOST: as many requests as one host may have are under way
 * @MILL_CRAWL_WAIT_ROBOTS: its robots.txt is being fetched
 * @MILL_CRAWL_WAIT_LEFT_ALONE: its robots.txt could not be read, so nothing may be fetched
 *
 * Why no request to a host begins.
 */
typedef enum
{
  MILL_CRAWL_WAIT_NONE,
  MILL_CRAWL_WAIT_DELAY,
  MILL_CRAWL_WAIT_CRAWL_DELAY,
  MILL_CRAWL_WAIT_THROTTLE,
  MILL_CRAWL_WAIT_RETRY_AFTER,
  MILL_CRAWL_WAIT_PER_HOST,
  MILL_CRAWL_WAIT_ROBOTS,
  MILL_CRAWL_WAIT_LEFT_ALONE,
} MillCrawlWait;

typedef struct
{
  char *name; /* (owned) */
  guint64 pending;
  guint in_flight;
  guint64 requests;
  gint64 delay_us;
  gint64 least_gap_us;
  MillCrawlWait wait;
  gint64 wait_us;
  guint status;
} MillCrawlHost;

GType mill_crawl_host_get_type (void);
MillCrawlHost *mill_crawl_host_copy (const MillCrawlHost *self);
void mill_crawl_host_free (MillCrawlHost *self);

const char *mill_crawl_wait_get_id (MillCrawlWait wait);
const char *mill_crawl_wait_get_label (MillCrawlWait wait);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MillCrawlHost, mill_crawl_host_free)

G_END_DECLS
