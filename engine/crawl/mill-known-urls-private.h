/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillKnownUrls: a cache of fixed size for the answer "known, and as near". Most links of a site lead to what
 * all its pages lead to, and are so answered without a look into the run file. It never says so of a URL that
 * was not noted, but for a chance of 2^-64: a slot keeps 64 bits of a hash under a secret key. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _MillKnownUrls MillKnownUrls;

MillKnownUrls *mill_known_urls_new (void);
void mill_known_urls_free (MillKnownUrls *self);

/* Of a URL; for both functions below. */
guint64 mill_known_urls_get_hash (const MillKnownUrls *self, const char *url);
/* Whether it was noted with that depth or a lesser one, and is not forgotten. */
gboolean mill_known_urls_has (const MillKnownUrls *self, guint64 hash, guint depth);
void mill_known_urls_note (MillKnownUrls *self, guint64 hash, guint depth);

G_END_DECLS
