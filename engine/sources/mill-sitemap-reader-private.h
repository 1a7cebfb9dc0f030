/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillSitemapReader: reads the sitemaps that sites name in their robots.txt, and those that they name in
 * turn.
 *
 * Of one site one at a time and no closer together than its pages, of all sites two at a time; of one site at
 * most 100, and of an index in an index only the pages. Sitemaps on another site than the robots.txt are left
 * alone. What is to be read is in the run file before it is read, and what was read is so noted after its
 * pages were taken; another reader goes on from there. Callbacks run on the thread of the loop;
 * mill_sitemap_reader_add() must be called there.
 */

#pragma once

#include "crawl/mill-sitemap.h"
#include "record/mill-run-file-private.h"
#include "sources/mill-file-reader-private.h"

G_BEGIN_DECLS

/**
 * MILL_SITEMAP_READER_MAX_PER_SITE:
 *
 * How many sitemaps of a site are read.
 */
#define MILL_SITEMAP_READER_MAX_PER_SITE 100

typedef struct _MillSitemapReader MillSitemapReader;

/**
 * MillSitemapFunc:
 * @url: a sitemap
 * @sitemap: (nullable): what it says, pages; %NULL if there is nothing to take from it
 * @problem: (nullable): what a person should know
 * @user_data: as given to mill_sitemap_reader_new()
 *
 * Takes what was read.
 */
typedef void (*MillSitemapFunc) (const char *url, MillSitemap *sitemap, const GError *problem,
                                 gpointer user_data);

/**
 * MillSitemapIdleFunc:
 * @user_data: as given to mill_sitemap_reader_new()
 *
 * Called when there is nothing more to read.
 */
typedef void (*MillSitemapIdleFunc) (gpointer user_data);

MillSitemapReader *mill_sitemap_reader_new (GMainContext *context, MillFileReader *files,
                                            MillRunFile *run_file, MillSitemapFunc func,
                                            MillSitemapIdleFunc idle, gpointer user_data);
void mill_sitemap_reader_add (MillSitemapReader *self, const char *robots_url, const char *const *sitemaps,
                              guint delay_ms);
gboolean mill_sitemap_reader_is_busy (MillSitemapReader *self);
void mill_sitemap_reader_stop (MillSitemapReader *self);
void mill_sitemap_reader_free (MillSitemapReader *self);

G_END_DECLS
