/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The frontier's tables in a run file: `scope`, `host`, and `frontier` with a row for each URL a crawl knows.
 * All between mill_run_file_begin() and mill_run_file_end(), and nothing else is asked of the file while rows
 * are read. */

#pragma once

#include "record/mill-run-file-private.h"

G_BEGIN_DECLS

/* The column `state`; part of the file's format. */
typedef enum
{
  MILL_FRONTIER_ROW_QUEUED = 0, /* to be fetched, or being fetched */
  MILL_FRONTIER_ROW_DONE = 1,
  MILL_FRONTIER_ROW_DEAD = 2,
  MILL_FRONTIER_ROW_DISALLOWED = 3, /* by robots.txt */
} MillFrontierRowState;

/* Where a URL was found. */
typedef struct
{
  guint depth;              /* in links from a start URL */
  guint level;              /* 0 for a page, else how many requisites lead from a page to it */
  guint redirects;          /* how many in a row led to it */
  gint64 referrer;          /* id of the page's row, or 0 */
  gint64 sitemap;           /* id of the sitemap's row, or 0 */
  const char *referrer_url; /* (nullable) of the page or the sitemap */
} MillFrontierOrigin;

typedef struct
{
  gint64 id;
  const char *url;
  MillFrontierOrigin origin;
} MillFrontierRow;

typedef void (*MillFrontierRowFunc) (const MillFrontierRow *row, gpointer user_data);
/* @url: some URL of the host */
typedef void (*MillFrontierHostFunc) (gint64 id, const char *key, const char *url, guint64 n_queued,
                                      gpointer user_data);
typedef void (*MillFrontierCountFunc) (MillFrontierRowState state, guint64 n, gpointer user_data);

/* Whether an address in the file is one that a crawl may have put there; ends the file if not. @url:
 * (nullable) */
gboolean mill_frontier_rows_check_url (MillRunFile *file, const char *url);

gint64 mill_frontier_rows_add_host (MillRunFile *file, const char *key);
void mill_frontier_rows_read_hosts (MillRunFile *file, MillFrontierHostFunc func, gpointer user_data);

void mill_frontier_rows_add_scope (MillRunFile *file, const char *authority);
void mill_frontier_rows_read_scope (MillRunFile *file, GFunc func, gpointer user_data);
/* The URLs that start URLs redirected to, in the order they were found. */
void mill_frontier_rows_read_redirected (MillRunFile *file, GFunc func, gpointer user_data);

/* The id of a new queued row, or 0 if the URL has one. */
gint64 mill_frontier_rows_add (MillRunFile *file, gint64 host, const char *url,
                               const MillFrontierOrigin *origin);
gboolean mill_frontier_rows_has (MillRunFile *file, const char *url);
/* The id of a row that is done or dead, or 0. Of @origin, only depth and level are set. */
gint64 mill_frontier_rows_find_settled (MillRunFile *file, const char *url, MillFrontierOrigin *origin);
void mill_frontier_rows_set_state (MillRunFile *file, gint64 id, MillFrontierRowState state);
/* Of a queued row that is deeper; a requisite is deeper than the page it belongs to, and less than the pages
 * that this one links to. */
void mill_frontier_rows_shorten (MillRunFile *file, const char *url, const MillFrontierOrigin *origin);
/* Up to @n of a host's queued rows after the id @after, in their order. Returns how many. */
guint mill_frontier_rows_read_queued (MillRunFile *file, gint64 host, gint64 after, guint n,
                                      MillFrontierRowFunc func, gpointer user_data);
/* How many bytes the pages have that are settled. */
guint64 mill_frontier_rows_sum_bytes (MillRunFile *file);
void mill_frontier_rows_count (MillRunFile *file, MillFrontierCountFunc func, gpointer user_data);

G_END_DECLS
