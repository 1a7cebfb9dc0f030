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

typedef struct
{
  gint64 id;
  const char *url;
  const char *referrer; /* (nullable) */
  guint depth;
  guint redirects;
} MillFrontierRow;

typedef void (*MillFrontierRowFunc) (const MillFrontierRow *row, gpointer user_data);
/* @url: some URL of the host */
typedef void (*MillFrontierHostFunc) (gint64 id, const char *key, const char *url, guint64 n_queued,
                                      gpointer user_data);
typedef void (*MillFrontierCountFunc) (MillFrontierRowState state, guint64 n, gpointer user_data);

gint64 mill_frontier_rows_add_host (MillRunFile *file, const char *key);
void mill_frontier_rows_read_hosts (MillRunFile *file, MillFrontierHostFunc func, gpointer user_data);

void mill_frontier_rows_add_scope (MillRunFile *file, const char *authority);
void mill_frontier_rows_read_scope (MillRunFile *file, GFunc func, gpointer user_data);
/* The URLs that start URLs redirected to, in the order they were found. */
void mill_frontier_rows_read_redirected (MillRunFile *file, GFunc func, gpointer user_data);

/* The id of a new queued row, or 0 if the URL has one. @referrer: an id, or 0. @redirects: how many in a row
 */
gint64 mill_frontier_rows_add (MillRunFile *file, gint64 host, const char *url, guint depth, gint64 referrer,
                               guint redirects);
gboolean mill_frontier_rows_has (MillRunFile *file, const char *url);
/* The id of a row that is done or dead, or 0. */
gint64 mill_frontier_rows_find_settled (MillRunFile *file, const char *url, guint *depth);
void mill_frontier_rows_set_state (MillRunFile *file, gint64 id, MillFrontierRowState state);
/* Of a queued row that is deeper. */
void mill_frontier_rows_shorten (MillRunFile *file, const char *url, guint depth, gint64 referrer);
/* Up to @n of a host's queued rows after the id @after, in their order. Returns how many. */
guint mill_frontier_rows_read_queued (MillRunFile *file, gint64 host, gint64 after, guint n,
                                      MillFrontierRowFunc func, gpointer user_data);
void mill_frontier_rows_count (MillRunFile *file, MillFrontierCountFunc func, gpointer user_data);

G_END_DECLS
