/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The character encoding of an HTML page: found as browsers find it, and turned into UTF-8. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean mill_html_is_xhtml (const char *content_type);
char *mill_html_find_charset (GBytes *html, const char *content_type);
gboolean mill_html_is_ascii_based (const char *charset);
GBytes *mill_html_piece_to_utf8 (const char *text, size_t length, const char *charset);
GBytes *mill_html_to_utf8 (GBytes *html, const char *content_type);

G_END_DECLS
