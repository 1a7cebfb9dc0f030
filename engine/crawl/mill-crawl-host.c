/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillCrawlHost and MillCrawlWait: the record and the words. */

#include "config.h"

#include "crawl/mill-crawl-host.h"

#include <glib/gi18n-lib.h>

G_DEFINE_BOXED_TYPE (MillCrawlHost, mill_crawl_host, mill_crawl_host_copy, mill_crawl_host_free)

static const struct
{
  const char *id;
  const char *label;
} waits[] = {
  [MILL_CRAWL_WAIT_NONE] = { "none", N_ ("nothing to fetch at the moment") },
  [MILL_CRAWL_WAIT_DELAY] = { "delay", N_ ("delay between requests") },
  [MILL_CRAWL_WAIT_CRAWL_DELAY] = { "crawl-delay", N_ ("Crawl-delay in robots.txt") },
  [MILL_CRAWL_WAIT_THROTTLE] = { "throttle", N_ ("throttled, for it answers slowly") },
  [MILL_CRAWL_WAIT_RETRY_AFTER] = { "retry-after", N_ ("asked to wait (Retry-After)") },
  [MILL_CRAWL_WAIT_PER_HOST] = { "per-host", N_ ("per-host limit") },
  [MILL_CRAWL_WAIT_ROBOTS] = { "robots", N_ ("waiting for robots.txt") },
  [MILL_CRAWL_WAIT_LEFT_ALONE] = { "left-alone", N_ ("left alone, for its robots.txt cannot be read") },
};

/**
 * mill_crawl_host_copy:
 * @self: a host
 *
 * Copies the record.
 *
 * Returns: (transfer full): the copy
 */
MillCrawlHost *
mill_crawl_host_copy (const MillCrawlHost *self)
{
  MillCrawlHost *copy = g_memdup2 (self, sizeof *self);

  copy->name = g_strdup (self->name);
  return copy;
}

/**
 * mill_crawl_host_free:
 * @self: (transfer full): a host
 *
 * Frees the record.
 */
void
mill_crawl_host_free (MillCrawlHost *self)
{
  g_free (self->name);
  g_free (self);
}

/**
 * mill_crawl_wait_get_id:
 * @wait: a reason
 *
 * Names a reason for programs.
 *
 * Returns: (transfer none): its name, such as "retry-after"
 */
const char *
mill_crawl_wait_get_id (MillCrawlWait wait)
{
  g_return_val_if_fail ((guint) wait < G_N_ELEMENTS (waits), NULL);

  return waits[wait].id;
}

/**
 * mill_crawl_wait_get_label:
 * @wait: a reason
 *
 * Names a reason for people.
 *
 * Returns: (transfer none): a translated static string, such as "asked to wait (Retry-After)"
 */
const char *
mill_crawl_wait_get_label (MillCrawlWait wait)
{
  g_return_val_if_fail ((guint) wait < G_N_ELEMENTS (waits), NULL);

  return _ (waits[wait].label);
}
