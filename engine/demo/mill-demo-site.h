/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillDemoSite:
 *
 * A web site to crawl with no network, served on loopback by a thread of its own.
 *
 * The index is "/", the other pages "/page/N.html", all reachable by links; "/item/N" gives a small JSON
 * object for any N. robots.txt forbids "/private/", to which some pages link. Times and failures are drawn
 * from the seed, the URL and how often it was asked for, so a run can be repeated.
 *
 * Threads: start and stop from one thread at a time; all else from any.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MILL_TYPE_DEMO_SITE (mill_demo_site_get_type ())
G_DECLARE_FINAL_TYPE (MillDemoSite, mill_demo_site, MILL, DEMO_SITE, GObject)

/**
 * MillDemoSiteCounts:
 * @requests: requests received
 * @in_flight: requests being worked on now
 * @max_in_flight: the most there were at a time
 * @ok: answers 200
 * @not_found: answers 404
 * @failed: answers 500
 * @busy: answers 503
 * @refused: answers 405
 *
 * What a demo site has answered.
 */
typedef struct
{
  guint64 requests;
  guint in_flight;
  guint max_in_flight;
  guint64 ok;
  guint64 not_found;
  guint64 failed;
  guint64 busy;
  guint64 refused;
} MillDemoSiteCounts;

MillDemoSite *mill_demo_site_new (void);

void mill_demo_site_set_log (MillDemoSite *self, GOutputStream *log);
gboolean mill_demo_site_check_log (MillDemoSite *self, GError **error);

gboolean mill_demo_site_start (MillDemoSite *self, guint16 port, GError **error);
void mill_demo_site_stop (MillDemoSite *self);

char *mill_demo_site_get_uri (MillDemoSite *self);
void mill_demo_site_get_counts (MillDemoSite *self, MillDemoSiteCounts *counts);

G_END_DECLS
