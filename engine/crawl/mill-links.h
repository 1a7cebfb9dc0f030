/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The links of an HTML page. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MILL_LINKS_MAX:
 *
 * How many links are taken from one page.
 */
#define MILL_LINKS_MAX 100000

GPtrArray *mill_links_extract (GBytes *html, const char *content_type, const char *page_url,
                               gboolean *truncated, GError **error);

G_END_DECLS
