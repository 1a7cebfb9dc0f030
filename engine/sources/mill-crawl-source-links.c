/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillCrawlSource: what a page leads to goes to the frontier, as far as it is in scope. */

#include "config.h"

#include "sources/mill-crawl-source-private.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"

static guint
get_number (MillItem *page, const char *attribute)
{
  const char *text = mill_item_get_attribute (page, attribute);

  return text != NULL ? (guint) g_ascii_strtoull (text, NULL, 10) : 0;
}

static MillScope *
get_scope (MillCrawlSource *self)
{
  MillScope *scope;

  g_mutex_lock (&self->lock);
  scope = mill_scope_ref (self->scope);
  g_mutex_unlock (&self->lock);
  return scope;
}

/* Whether an address is in scope; @scope is asked in one of two ways. */
typedef gboolean (*ScopeFunc) (const MillScope *scope, const char *url);

static void
count_out_of_scope (MillCrawlSource *self, guint n_links)
{
  g_mutex_lock (&self->lock);
  self->skipped_scope += n_links;
  g_mutex_unlock (&self->lock);
}

/* Returns: (transfer container) (element-type utf8): those of @urls that are in scope, borrowed */
static GPtrArray *
filter (MillCrawlSource *self, GPtrArray *urls, ScopeFunc is_in_scope)
{
  g_autoptr (MillScope) scope = get_scope (self);
  GPtrArray *kept = g_ptr_array_sized_new (urls->len);

  for (guint i = 0; i < urls->len; i++)
    if (is_in_scope (scope, g_ptr_array_index (urls, i)))
      g_ptr_array_add (kept, g_ptr_array_index (urls, i));
  if (kept->len < urls->len)
    count_out_of_scope (self, urls->len - kept->len);
  return kept;
}

/**
 * mill_crawl_source_add_links:
 * @page: an item of this source
 * @urls: (element-type utf8): canonical addresses that @page links to
 *
 * Adds what is new and in scope. Any thread, while @page is in work.
 */
void
mill_crawl_source_add_links (MillCrawlSource *self, MillItem *page, GPtrArray *urls)
{
  g_autoptr (GPtrArray) kept = NULL;

  g_return_if_fail (MILL_IS_CRAWL_SOURCE (self));
  g_return_if_fail (self->frontier != NULL);

  kept = filter (self, urls, mill_scope_contains);
  mill_frontier_add_links (self->frontier, kept, get_number (page, "depth") + 1, mill_item_get_key (page));
}

/**
 * mill_crawl_source_add_requisites:
 * @page: an item of this source, a page or itself a requisite
 * @urls: (element-type utf8): canonical addresses of what it takes to show @page
 *
 * Adds what is new and on the crawl's sites, unless it is excluded, if the crawl wants requisites. What is
 * known as a page stays one: add a page's links first. Any thread, while @page is in work.
 */
void
mill_crawl_source_add_requisites (MillCrawlSource *self, MillItem *page, GPtrArray *urls)
{
  g_autoptr (GPtrArray) kept = NULL;

  g_return_if_fail (MILL_IS_CRAWL_SOURCE (self));
  g_return_if_fail (self->frontier != NULL);

  if (!self->requisites)
    return;
  kept = filter (self, urls, mill_scope_allows_requisite);
  mill_frontier_add_requisites (self->frontier, kept, mill_item_get_key (page));
}

/* What a start address redirects to is one in turn, unless it is excluded. */
static gboolean
admit_start_redirect (MillCrawlSource *self, const char *from, const char *to)
{
  gboolean is_excluded;

  g_mutex_lock (&self->lock);
  is_excluded = mill_scope_excludes (self->scope, to);
  if (!is_excluded)
    {
      g_autoptr (MillScope) old = self->scope;

      self->scope = mill_scope_new_redirected (old, from, to);
    }
  g_mutex_unlock (&self->lock);
  return !is_excluded;
}

static gboolean
admit_redirect (MillCrawlSource *self, MillItem *page, const char *target)
{
  gboolean is_requisite = get_number (page, "requisite") > 0;
  g_autoptr (MillScope) scope = NULL;

  if (!is_requisite && get_number (page, "depth") == 0)
    return admit_start_redirect (self, mill_item_get_key (page), target);
  scope = get_scope (self);
  return is_requisite ? mill_scope_allows_requisite (scope, target) : mill_scope_contains (scope, target);
}

/**
 * mill_crawl_source_add_redirect:
 * @page: an item of this source
 * @target: the canonical address that @page redirects to
 *
 * Adds the target like a link, or a start address when @page is one (mill_frontier_add_redirect()). Any
 * thread, while @page is in work.
 *
 * Returns: %FALSE with %MILL_ERROR_HTTP when there were too many redirects in a row
 */
gboolean
mill_crawl_source_add_redirect (MillCrawlSource *self, MillItem *page, const char *target, GError **error)
{
  MillFrontierVerdict verdict;

  g_return_val_if_fail (MILL_IS_CRAWL_SOURCE (self), FALSE);
  g_return_val_if_fail (self->frontier != NULL, FALSE);

  if (!admit_redirect (self, page, target))
    {
      count_out_of_scope (self, 1);
      return TRUE;
    }
  verdict = mill_frontier_add_redirect (self->frontier, target, get_number (page, "depth") + 1,
                                        mill_item_get_key (page));
  if (verdict != MILL_FRONTIER_TOO_MANY_REDIRECTS)
    return TRUE;
  g_set_error (error, MILL_ERROR, MILL_ERROR_HTTP, _ ("more than %u redirects, the last one to “%s”"),
               MILL_FRONTIER_MAX_REDIRECTS, target);
  return FALSE;
}
