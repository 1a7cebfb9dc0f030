/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table `sitemap` of a run file: the sitemaps that a crawl knows, and which of them are still to be read.
 */

#pragma once

#include "record/mill-run-file-private.h"

G_BEGIN_DECLS

/* The column `state`; part of the file's format. */
typedef enum
{
  MILL_SITEMAP_ROW_QUEUED = 0, /* to be read, or being read */
  MILL_SITEMAP_ROW_READ = 1,
  MILL_SITEMAP_ROW_FAILED = 2,
} MillSitemapRowState;

typedef struct
{
  const char *url;
  const char *site; /* whose robots.txt leads to it, as from mill_url_authority() */
  guint nesting;    /* how many indexes it was found behind */
  guint delay_ms;   /* how far apart requests to the site are to be */
  MillSitemapRowState state;
} MillSitemapRow;

typedef void (*MillSitemapRowFunc) (const MillSitemapRow *row, gpointer user_data);

void mill_sitemap_rows_add (MillRunFile *file, const MillSitemapRow *row);
void mill_sitemap_rows_set_state (MillRunFile *file, const char *url, MillSitemapRowState state);
/* In the order they were added. @func must not use the run file. */
void mill_sitemap_rows_read (MillRunFile *file, MillSitemapRowFunc func, gpointer user_data);
/* The id of a row, or 0; between mill_run_file_begin() and mill_run_file_end(). */
gint64 mill_sitemap_rows_find (MillRunFile *file, const char *url);

G_END_DECLS
