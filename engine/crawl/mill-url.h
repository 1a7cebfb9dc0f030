/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One spelling for every web address. The crawler knows a page by its canonical URL: http or https,
 * lower-case scheme and ASCII host, no default port, no dot segments, escapes normalised, no fragment, no
 * credentials. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MILL_URL_MAX_LENGTH:
 *
 * The longest address accepted, in bytes, before and after canonicalising.
 */
#define MILL_URL_MAX_LENGTH 8192

/**
 * MillUrlFlags:
 * @MILL_URL_FLAGS_NONE: credentials in the address are dropped, as for links found on a page
 * @MILL_URL_FLAGS_REFUSE_CREDENTIALS: credentials are an error, as for an address a person typed
 *
 * What to do with what an address should not have.
 */
typedef enum
{
  MILL_URL_FLAGS_NONE = 0,
  MILL_URL_FLAGS_REFUSE_CREDENTIALS = 1 << 0,
} MillUrlFlags;

char *mill_url_canonicalize (const char *base, const char *ref, MillUrlFlags flags, GError **error);
GUri *mill_url_parse_base (const char *url, GError **error);
char *mill_url_resolve (GUri *base, const char *ref, MillUrlFlags flags, GError **error);

char *mill_url_host_key (const char *url);
char *mill_url_authority (const char *url);
const char *mill_url_path_and_query (const char *url);
gboolean mill_url_same_host (const char *a, const char *b);

G_END_DECLS
