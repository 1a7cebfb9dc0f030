/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillSitemap:
 *
 * The addresses that a site says it has (sitemaps.org, version 0.9): a list of pages, or an index of more
 * sitemaps. Immutable; any thread may read it. The contract (tests/test-sitemap.c):
 *
 * - XML or lines of text, plain or gzip, whatever the file's name.
 * - At most %MILL_SITEMAP_MAX_ENTRIES entries and %MILL_SITEMAP_MAX_BYTES bytes count; what is beyond is cut
 * off.
 * - Entries that are no full web address, too long, or on another site than the sitemap are left out.
 * - No DTD is read and no entity expanded, but for the five of XML and characters by number. Reading takes
 * time linear in the size, whatever is in the file.
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define MILL_TYPE_SITEMAP (mill_sitemap_get_type ())

/**
 * MILL_SITEMAP_MAX_BYTES:
 *
 * How much of a sitemap is read, in bytes after decompression; what sitemaps.org allows.
 */
#define MILL_SITEMAP_MAX_BYTES (50 * 1024 * 1024)
/**
 * MILL_SITEMAP_MAX_ENTRIES:
 *
 * How many entries of a sitemap count; what sitemaps.org allows.
 */
#define MILL_SITEMAP_MAX_ENTRIES 50000
/**
 * MILL_SITEMAP_MAX_LENGTH:
 *
 * The longest address in a sitemap, in bytes; what sitemaps.org allows.
 */
#define MILL_SITEMAP_MAX_LENGTH 2048

typedef struct _MillSitemap MillSitemap;

GType mill_sitemap_get_type (void);

MillSitemap *mill_sitemap_parse (GBytes *body, const char *url, GError **error);
MillSitemap *mill_sitemap_ref (MillSitemap *self);
void mill_sitemap_unref (MillSitemap *self);

gboolean mill_sitemap_is_index (const MillSitemap *self);
gboolean mill_sitemap_is_truncated (const MillSitemap *self);
const char *const *mill_sitemap_get_urls (const MillSitemap *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MillSitemap, mill_sitemap_unref)

G_END_DECLS
