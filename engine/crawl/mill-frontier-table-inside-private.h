/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The inside of MillFrontierTable, for its two files: what is there, and (mill-frontier-table-add.c) how it
 * comes in. */

#pragma once

#include "crawl/mill-frontier-table-private.h"
#include "crawl/mill-known-urls-private.h"

G_BEGIN_DECLS

#define MILL_FRONTIER_WINDOW 256 /* URLs of a host that are read at a time */

struct _MillFrontierTable
{
  MillRunFile *file; /* (owned) */
  int max_depth;
  guint64 max_pages;
  guint64 max_bytes;  /* 0 is no limit */
  char *robots_token; /* (owned) (nullable) */
  MillPoliteness politeness;

  GHashTable *entries; /* (owned) set of the `url` of MillEntry, owned */
  GHashTable *hosts;   /* (owned) key → MillHost, owned */
  GHashTable *scope;   /* (owned) set of authorities */
  GSequence *ready;    /* (owned) of MillHost in HOST_READY, the earliest first */
  guint n_hosts[N_HOST_STATES];
  MillFrontierCounts counts;

  MillKnownUrls *known; /* (owned) */
};

/* (transfer none) (nullable): what is in a window or out; @url: (nullable) */
MillEntry *mill_frontier_table_find_entry (MillFrontierTable *self, const char *url);
/* Puts a host where it belongs after a change. Returns: whether it may go on, and could not before or only
 * later */
gboolean mill_frontier_table_update_host (MillFrontierTable *self, MillHost *host);
/* (transfer none): an entry, which the table knows by its URL */
MillEntry *mill_frontier_table_new_entry (MillFrontierTable *self, MillHost *host, gint64 id, const char *url,
                                          const MillFrontierOrigin *origin);
/* Whether the host's robots.txt, if it is known, disallows a URL. */
gboolean mill_frontier_table_is_disallowed (const MillFrontierTable *self, const MillHost *host,
                                            const char *url);
/* Books a pending row as disallowed. */
void mill_frontier_table_disallow (MillFrontierTable *self, gint64 id);
/* (transfer none): the host of a URL, new if need be */
MillHost *mill_frontier_table_get_host (MillFrontierTable *self, const char *url);
/* Whether as much was taken as may be. */
gboolean mill_frontier_table_limit_reached (const MillFrontierTable *self);

G_END_DECLS
