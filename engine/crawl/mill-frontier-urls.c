/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The way of a URL through a MillFrontier: it is added, taken, begun, answered, finished and settled. */

#include "config.h"

#include "crawl/mill-frontier-private.h"

/**
 * mill_frontier_add_start:
 * @self: the frontier
 * @url: a canonical URL
 *
 * Adds a start URL, at depth 0, and its site to the scope.
 *
 * Returns: what became of it
 */
MillFrontierVerdict
mill_frontier_add_start (MillFrontier *self, const char *url)
{
  MillFrontierVerdict verdict;
  gboolean changed = FALSE;

  g_return_val_if_fail (MILL_IS_FRONTIER (self), MILL_FRONTIER_OUT_OF_SCOPE);
  g_return_val_if_fail (url != NULL, MILL_FRONTIER_OUT_OF_SCOPE);

  g_mutex_lock (&self->lock);
  mill_frontier_table_add_scope (self->table, url);
  verdict = mill_frontier_table_add (self->table, url, 0, NULL, &changed);
  mill_frontier_unlock_and_wake (self, changed);
  return verdict;
}

/**
 * mill_frontier_add:
 * @self: the frontier
 * @url: a canonical URL
 * @depth: how many links away from a start URL
 * @referrer: (nullable): the URL it was found on, as taken from here
 *
 * Adds a URL that was found. Of a URL that is known and still pending, the lesser depth counts.
 *
 * Returns: what became of it
 */
MillFrontierVerdict
mill_frontier_add (MillFrontier *self, const char *url, guint depth, const char *referrer)
{
  MillFrontierVerdict verdict;
  gboolean changed = FALSE;

  g_return_val_if_fail (MILL_IS_FRONTIER (self), MILL_FRONTIER_OUT_OF_SCOPE);
  g_return_val_if_fail (url != NULL, MILL_FRONTIER_OUT_OF_SCOPE);

  g_mutex_lock (&self->lock);
  verdict = mill_frontier_table_add (self->table, url, depth, referrer, &changed);
  mill_frontier_unlock_and_wake (self, changed);
  return verdict;
}

/**
 * mill_frontier_add_redirect:
 * @self: the frontier
 * @url: a canonical URL
 * @depth: how many links away from a start URL it is, unless @from is one, or a requisite
 * @from: the URL that redirects to it, as taken from here
 *
 * Adds a URL like a link. But where a start URL leads is a start URL, be it another site: who asks for
 * example.org and is sent to www.example.org wants the latter. Where a requisite leads is one of the next
 * level. A server that sends on and on is left after
 * %MILL_FRONTIER_MAX_REDIRECTS redirects.
 *
 * Returns: what became of it
 */
MillFrontierVerdict
mill_frontier_add_redirect (MillFrontier *self, const char *url, guint depth, const char *from)
{
  MillFrontierVerdict verdict;
  gboolean changed = FALSE;

  g_return_val_if_fail (MILL_IS_FRONTIER (self), MILL_FRONTIER_OUT_OF_SCOPE);
  g_return_val_if_fail (url != NULL, MILL_FRONTIER_OUT_OF_SCOPE);
  g_return_val_if_fail (from != NULL, MILL_FRONTIER_OUT_OF_SCOPE);

  g_mutex_lock (&self->lock);
  verdict = mill_frontier_table_add_redirect (self->table, url, depth, from, &changed);
  mill_frontier_unlock_and_wake (self, changed);
  return verdict;
}

/**
 * mill_frontier_add_links:
 * @self: the frontier
 * @urls: (element-type utf8): canonical URLs, as from mill_links_extract()
 * @depth: how many links away from a start URL they are
 * @referrer: (nullable): the URL they were found on, as taken from here
 *
 * Does what mill_frontier_add() does for each, under one lock; a run file keeps all of it or nothing.
 *
 * Returns: how many were added
 */
guint
mill_frontier_add_links (MillFrontier *self, GPtrArray *urls, guint depth, const char *referrer)
{
  gboolean changed = FALSE;
  guint added;

  g_return_val_if_fail (MILL_IS_FRONTIER (self), 0);
  g_return_val_if_fail (urls != NULL, 0);

  g_mutex_lock (&self->lock);
  added = mill_frontier_table_add_links (self->table, urls, depth, referrer, &changed);
  mill_frontier_unlock_and_wake (self, changed);
  return added;
}

/**
 * mill_frontier_add_requisites:
 * @self: the frontier
 * @urls: (element-type utf8): canonical URLs of what it takes to show @referrer
 * @referrer: the URL they were found on, a page or a requisite, as taken from here
 *
 * Adds them at the depth of @referrer, one level further. Otherwise as mill_frontier_add_links().
 *
 * Returns: how many were added
 */
guint
mill_frontier_add_requisites (MillFrontier *self, GPtrArray *urls, const char *referrer)
{
  gboolean changed = FALSE;
  guint added;

  g_return_val_if_fail (MILL_IS_FRONTIER (self), 0);
  g_return_val_if_fail (urls != NULL, 0);
  g_return_val_if_fail (referrer != NULL, 0);

  g_mutex_lock (&self->lock);
  added = mill_frontier_table_add_requisites (self->table, urls, referrer, &changed);
  mill_frontier_unlock_and_wake (self, changed);
  return added;
}

/* Private: adds a page that @sitemap names, which has a row in the run file. */
MillFrontierVerdict
mill_frontier_add_from_sitemap (MillFrontier *self, const char *url, const char *sitemap)
{
  MillFrontierVerdict verdict;
  gboolean changed = FALSE;

  g_mutex_lock (&self->lock);
  verdict = mill_frontier_table_add_from_sitemap (self->table, url, sitemap, &changed);
  mill_frontier_unlock_and_wake (self, changed);
  return verdict;
}

/**
 * mill_frontier_take:
 * @self: the frontier
 * @now_us: the time
 * @entry: (out caller-allocates): what to fetch, if %MILL_FRONTIER_READY
 * @ready_at_us: (out) (optional): if %MILL_FRONTIER_WAIT, when to ask again; %G_MAXINT64: when woken
 * @why: (out) (optional) (nullable) (transfer none): if %MILL_FRONTIER_WAIT, why; a translated static string
 *
 * Takes the next URL that may be fetched now.
 *
 * Returns: whether there is one, or will be
 */
MillFrontierResult
mill_frontier_take (MillFrontier *self, gint64 now_us, MillFrontierEntry *entry, gint64 *ready_at_us,
                    const char **why)
{
  MillFrontierResult result;
  gint64 ready_at;
  const char *reason;

  g_return_val_if_fail (MILL_IS_FRONTIER (self), MILL_FRONTIER_END);
  g_return_val_if_fail (entry != NULL, MILL_FRONTIER_END);

  g_mutex_lock (&self->lock);
  result = mill_frontier_table_take (self->table, now_us, entry, &ready_at, &reason);
  if (!mill_run_file_check (self->file, NULL))
    result = MILL_FRONTIER_FAILED;
  g_mutex_unlock (&self->lock);

  if (ready_at_us != NULL)
    *ready_at_us = ready_at;
  if (why != NULL)
    *why = reason;
  return result;
}

/**
 * mill_frontier_begin:
 * @self: the frontier
 * @url: a URL that was taken, no robots.txt
 * @now_us: the time
 * @ready_at_us: (out): if it is not time, when to ask again
 *
 * Asks to begin a request, the first for @url or another try. Between taking and beginning a queue may lie,
 * and tries come when they come; here is where the host's delay, and its wish to be left alone for a while,
 * are kept to.
 *
 * Returns: whether the request has begun, and is to be sent
 */
gboolean
mill_frontier_begin (MillFrontier *self, const char *url, gint64 now_us, gint64 *ready_at_us)
{
  gboolean has_begun;

  g_return_val_if_fail (MILL_IS_FRONTIER (self), FALSE);
  g_return_val_if_fail (url != NULL, FALSE);
  g_return_val_if_fail (ready_at_us != NULL, FALSE);

  g_mutex_lock (&self->lock);
  has_begun = mill_frontier_table_begin (self->table, url, now_us, ready_at_us);
  g_mutex_unlock (&self->lock);
  return has_begun;
}

/**
 * mill_frontier_answered:
 * @self: the frontier
 * @url: a URL that was taken and begun
 * @latency_us: how long the answer took, or the failure
 * @is_success: whether it was an answer, and one that says that the host is well (a status of 2xx)
 *
 * Tells the throttle how a host answers.
 */
void
mill_frontier_answered (MillFrontier *self, const char *url, gint64 latency_us, gboolean is_success)
{
  g_return_if_fail (MILL_IS_FRONTIER (self));
  g_return_if_fail (url != NULL);

  g_mutex_lock (&self->lock);
  mill_frontier_unlock_and_wake (self,
                                 mill_frontier_table_answered (self->table, url, latency_us, is_success));
}

/**
 * mill_frontier_received:
 * @self: the frontier
 * @n_bytes: how long the body of a page is, decompressed
 *
 * Counts towards `max-bytes`, as what an earlier run fetched does. Once that many came, nothing more is
 * handed out; what is out is settled as ever.
 */
void
mill_frontier_received (MillFrontier *self, guint64 n_bytes)
{
  g_return_if_fail (MILL_IS_FRONTIER (self));

  g_mutex_lock (&self->lock);
  mill_frontier_unlock_and_wake (self, mill_frontier_table_received (self->table, n_bytes));
}

/**
 * mill_frontier_finished:
 * @self: the frontier
 * @url: a URL that was taken
 *
 * Says that the fetch is over, well or badly: the host has a place free. Once per URL counts.
 */
void
mill_frontier_finished (MillFrontier *self, const char *url)
{
  g_return_if_fail (MILL_IS_FRONTIER (self));
  g_return_if_fail (url != NULL);

  g_mutex_lock (&self->lock);
  mill_frontier_unlock_and_wake (self, mill_frontier_table_finish (self->table, url));
}

/**
 * mill_frontier_settled:
 * @self: the frontier
 * @url: a URL that was taken
 * @outcome: what became of it; one that is returned is pending again for who takes up the run file
 *
 * Says that nothing more will come of a URL: its links were added, or there are none. Finishes it if nobody
 * has. A robots.txt that mill_frontier_set_robots() was not called for is one that could not be read, and the
 * host is left alone. Once per URL counts.
 */
void
mill_frontier_settled (MillFrontier *self, const char *url, MillOutcome outcome)
{
  g_return_if_fail (MILL_IS_FRONTIER (self));
  g_return_if_fail (url != NULL);

  g_mutex_lock (&self->lock);
  mill_frontier_unlock_and_wake (self, mill_frontier_table_settle (self->table, url, outcome));
}

/**
 * mill_frontier_reopen:
 * @self: the frontier
 * @url: a URL that was settled
 *
 * Says that something may come of a URL all the same: it is on its way once more, and will be settled again.
 * It takes no place at its host.
 */
void
mill_frontier_reopen (MillFrontier *self, const char *url)
{
  g_return_if_fail (MILL_IS_FRONTIER (self));
  g_return_if_fail (url != NULL);

  g_mutex_lock (&self->lock);
  mill_frontier_table_reopen (self->table, url);
  g_mutex_unlock (&self->lock);
}
