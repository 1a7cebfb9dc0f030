/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillRobots:
 *
 * What a site's robots.txt asks of crawlers (RFC 9309). Immutable; any thread may read it.
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define MILL_TYPE_ROBOTS (mill_robots_get_type ())

/**
 * MILL_ROBOTS_MAX_BYTES:
 *
 * How much of a robots.txt is read; the least RFC 9309 allows.
 */
#define MILL_ROBOTS_MAX_BYTES (500 * 1024)

typedef struct _MillRobots MillRobots;

GType mill_robots_get_type (void);

MillRobots *mill_robots_parse (GBytes *body);
MillRobots *mill_robots_new_allow_all (void);
MillRobots *mill_robots_new_disallow_all (void);
MillRobots *mill_robots_ref (MillRobots *self);
void mill_robots_unref (MillRobots *self);

gboolean mill_robots_allows (const MillRobots *self, const char *product_token, const char *path_and_query);
double mill_robots_get_crawl_delay (const MillRobots *self, const char *product_token);
const char *const *mill_robots_get_sitemaps (const MillRobots *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MillRobots, mill_robots_unref)

G_END_DECLS
