/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rewrites the links of a saved page or stylesheet, so that it can be read without the network: from bytes to
 * bytes.
 *
 * Contract (tests/test-offline-links.c):
 *
 * - A link to a page that is there becomes what the caller says, and keeps its fragment; any other that is
 *   relative becomes absolute. What is absolute already, and what is no web address, stays as it is.
 * - All else stays byte for byte: the encoding, case, quotes, blanks, scripts, comments, what is invalid. So
 * do pages in an encoding whose bytes cannot be told apart without decoding it, such as UTF-16.
 * - The first <base href> becomes empty, since what it says has gone into the links.
 * - To rewrite again what was rewritten, as settled, changes only links that were absolute: to what has come
 *   since.
 *
 * Any thread. Takes time linear in the page's length but for the caller's answers, of which there are
 * %MILL_OFFLINE_LINKS_MAX at most; the links after those stay as they are.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The longest page, before and after, in bytes. */
#define MILL_OFFLINE_SIZE_MAX (128 * 1024 * 1024)
/* How many links of a page are looked up. */
#define MILL_OFFLINE_LINKS_MAX 1000000

/* @url: canonical. Returns: (transfer full) (nullable): the reference to put in its place, with nothing in it
 * that needs an escape in HTML or CSS, as mill_offline_reference() makes it; %NULL if the page is not there
 */
typedef char *(*MillOfflineFunc) (const char *url, gpointer user_data);

gboolean mill_offline_is_rewritable (const char *content_type);
GBytes *mill_offline_rewrite (GBytes *page, const char *content_type, const char *page_url,
                              gboolean is_settled, MillOfflineFunc func, gpointer user_data);
char *mill_offline_reference (const char *from, const char *to);

G_END_DECLS
