/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a URL comes into the frontier: whether it belongs there, and whether it is known. */

#include "config.h"

#include <string.h>

#include "crawl/mill-frontier-rows-private.h"
#include "crawl/mill-frontier-table-inside-private.h"
#include "crawl/mill-sitemap-rows-private.h"
#include "crawl/mill-url.h"

/* @referrer: (nullable): the page that it was found on */
static MillFrontierOrigin
origin_on (const MillEntry *referrer, guint depth)
{
  MillFrontierOrigin origin = { .depth = depth };

  if (referrer == NULL)
    return origin;
  origin.referrer = referrer->id;
  origin.referrer_url = referrer->url;
  return origin;
}

/* One number for depth and level, in their order. */
static guint
get_distance (guint depth, guint level)
{
  return MIN (depth, G_MAXUINT / (MILL_FRONTIER_MAX_LEVEL + 1) - 1) * (MILL_FRONTIER_MAX_LEVEL + 1) + level;
}

static gboolean
in_scope (MillFrontierTable *self, const char *url)
{
  g_autofree char *authority = mill_url_authority (url);

  return g_hash_table_contains (self->scope, authority);
}

/* A shorter way to a page counts, as long as the page was not taken. */
static void
shorten (MillFrontierTable *self, const char *url, const MillFrontierOrigin *origin)
{
  MillEntry *entry = mill_frontier_table_find_entry (self, url);

  if (entry != NULL &&
      ((entry->flags & ENTRY_PENDING) == 0 ||
       get_distance (entry->depth, entry->level) <= get_distance (origin->depth, origin->level)))
    return;
  mill_frontier_rows_shorten (self->file, url, origin);
  if (entry == NULL)
    return;
  entry->depth = origin->depth;
  entry->level = (guint8) origin->level;
  g_free (entry->referrer);
  entry->referrer = g_strdup (origin->referrer_url);
}

static void
add_scope (MillFrontierTable *self, const char *url)
{
  char *authority = mill_url_authority (url);

  if (g_hash_table_add (self->scope, authority))
    mill_frontier_rows_add_scope (self->file, authority);
}

void
mill_frontier_table_add_scope (MillFrontierTable *self, const char *url)
{
  mill_run_file_begin (self->file);
  add_scope (self, url);
  mill_run_file_end (self->file);
}

/* Of a URL that has no row yet. */
static MillFrontierVerdict
add_new (MillFrontierTable *self, MillHost *host, gint64 id, const char *url,
         const MillFrontierOrigin *origin, gboolean *changed)
{
  self->counts.known++;
  if (mill_frontier_table_limit_reached (self))
    {
      self->counts.skipped_limit++;
      return MILL_FRONTIER_PAGE_LIMIT;
    }
  self->counts.pending++;
  if (mill_frontier_table_is_disallowed (self, host, url))
    {
      mill_frontier_table_disallow (self, id);
      return MILL_FRONTIER_DISALLOWED;
    }
  if (host->n_beyond > 0 || host->n_window >= MILL_FRONTIER_WINDOW)
    {
      host->n_beyond++;
      return MILL_FRONTIER_ADDED;
    }
  mill_host_push (host, mill_frontier_table_new_entry (self, host, id, url, origin));
  if (host->state == HOST_IDLE)
    *changed |= mill_frontier_table_update_host (self, host);
  return MILL_FRONTIER_ADDED;
}

static gboolean
is_too_deep (const MillFrontierTable *self, const MillFrontierOrigin *origin)
{
  return origin->level > MILL_FRONTIER_MAX_LEVEL ||
         (self->max_depth >= 0 && origin->depth > (guint) self->max_depth);
}

static MillFrontierVerdict
add (MillFrontierTable *self, const char *url, const MillFrontierOrigin *origin, gboolean *changed)
{
  guint64 hash = mill_known_urls_get_hash (self->known, url);
  guint distance = get_distance (origin->depth, origin->level);
  MillHost *host;
  gint64 id;

  if (mill_known_urls_has (self->known, hash, distance))
    return MILL_FRONTIER_KNOWN;
  if (!in_scope (self, url))
    {
      self->counts.skipped_scope++;
      return MILL_FRONTIER_OUT_OF_SCOPE;
    }
  if (is_too_deep (self, origin))
    {
      if (mill_frontier_rows_has (self->file, url))
        return MILL_FRONTIER_KNOWN;
      self->counts.skipped_depth++;
      return MILL_FRONTIER_TOO_DEEP;
    }
  host = mill_frontier_table_get_host (self, url);
  if (host->robots_state != ROBOTS_NONE && strcmp (url, host->robots_url) == 0)
    return MILL_FRONTIER_KNOWN; /* it is fetched anyway, for itself */
  id = mill_frontier_rows_add (self->file, host->id, url, origin);
  mill_known_urls_note (self->known, hash, distance);
  if (id != 0)
    return add_new (self, host, id, url, origin, changed);
  shorten (self, url, origin);
  return MILL_FRONTIER_KNOWN;
}

/* Adds a URL; sets *@changed, but never clears it. */
MillFrontierVerdict
mill_frontier_table_add (MillFrontierTable *self, const char *url, guint depth, const char *referrer,
                         gboolean *changed)
{
  const MillFrontierOrigin origin = origin_on (mill_frontier_table_find_entry (self, referrer), depth);
  MillFrontierVerdict verdict;

  mill_run_file_begin (self->file);
  verdict = add (self, url, &origin, changed);
  mill_run_file_end (self->file);
  return verdict;
}

/* Adds a page that a sitemap names, which has a row: one link away from the start. */
MillFrontierVerdict
mill_frontier_table_add_from_sitemap (MillFrontierTable *self, const char *url, const char *sitemap,
                                      gboolean *changed)
{
  MillFrontierOrigin origin = { .depth = 1, .referrer_url = sitemap };
  MillFrontierVerdict verdict;

  mill_run_file_begin (self->file);
  origin.sitemap = mill_sitemap_rows_find (self->file, sitemap);
  verdict = add (self, url, &origin, changed);
  mill_run_file_end (self->file);
  return verdict;
}

/* Where a redirect leads: from a start page to another, from a requisite to one of the next level. */
static MillFrontierOrigin
origin_of_redirect (const MillEntry *sender, guint depth)
{
  gboolean is_requisite = sender != NULL && sender->level > 0;
  gboolean is_start = sender != NULL && sender->depth == 0 && !is_requisite;
  MillFrontierOrigin origin = origin_on (is_start ? NULL : sender, is_start       ? 0
                                                                   : is_requisite ? sender->depth
                                                                                  : depth);

  if (is_requisite)
    origin.level = sender->level + 1u;
  origin.redirects = sender != NULL ? sender->redirects + 1u : 1;
  return origin;
}

/* Adds where a URL redirects to. */
MillFrontierVerdict
mill_frontier_table_add_redirect (MillFrontierTable *self, const char *url, guint depth, const char *from,
                                  gboolean *changed)
{
  const MillFrontierOrigin origin = origin_of_redirect (mill_frontier_table_find_entry (self, from), depth);
  MillFrontierVerdict verdict = MILL_FRONTIER_TOO_MANY_REDIRECTS;

  mill_run_file_begin (self->file);
  if (origin.redirects <= MILL_FRONTIER_MAX_REDIRECTS || mill_frontier_rows_has (self->file, url))
    {
      if (origin.depth == 0 && origin.level == 0)
        add_scope (self, url);
      verdict = add (self, url, &origin, changed);
    }
  mill_run_file_end (self->file);
  return verdict;
}

/* Adds what was found in one place, whole or not at all. Returns how many were new. */
static guint
add_all (MillFrontierTable *self, GPtrArray *urls, const MillFrontierOrigin *origin, gboolean *changed)
{
  guint added = 0;

  mill_run_file_begin (self->file);
  for (guint i = 0; i < urls->len; i++)
    if (add (self, g_ptr_array_index (urls, i), origin, changed) == MILL_FRONTIER_ADDED)
      added++;
  mill_run_file_end (self->file);
  return added;
}

guint
mill_frontier_table_add_links (MillFrontierTable *self, GPtrArray *urls, guint depth, const char *referrer,
                               gboolean *changed)
{
  const MillFrontierOrigin origin = origin_on (mill_frontier_table_find_entry (self, referrer), depth);

  return add_all (self, urls, &origin, changed);
}

guint
mill_frontier_table_add_requisites (MillFrontierTable *self, GPtrArray *urls, const char *referrer,
                                    gboolean *changed)
{
  const MillEntry *page = mill_frontier_table_find_entry (self, referrer);
  MillFrontierOrigin origin;

  if (page == NULL)
    return 0;
  origin = origin_on (page, page->depth);
  origin.level = page->level + 1u;
  return add_all (self, urls, &origin, changed);
}
