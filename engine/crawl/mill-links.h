/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The links of HTML pages and stylesheets. Those of one kind a person may follow; the others, requisites, a
 * browser fetches by itself to show the page. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MILL_LINKS_MAX:
 *
 * How many links of either kind are taken from one page.
 */
#define MILL_LINKS_MAX 100000

/**
 * MILL_LINKS_MAX_TITLE:
 *
 * How many characters of a page's title are kept.
 */
#define MILL_LINKS_MAX_TITLE 300

GPtrArray *mill_links_extract (GBytes *html, const char *content_type, const char *page_url,
                               GPtrArray **requisites, char **title, gboolean *truncated, GError **error);
GPtrArray *mill_links_extract_css (GBytes *css, const char *content_type, const char *css_url,
                                   gboolean *truncated, GError **error);

G_END_DECLS
