/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillScope:
 *
 * Which addresses a crawl may go to. Immutable; any thread may read it. The contract (tests/test-scope.c):
 *
 * - The addresses it starts from are always in scope.
 * - All others must be on one of their sites (mill_url_authority()), and, if it stays below, in the folder of
 *   a start address there or further down.
 * - They must match a pattern to include, if there is any, and none to exclude. A pattern is held against all
 *   of an address's path and query: `*` stands for anything, `?` for any one character. It is spelled as
 *   addresses are (mill_url_canonicalize()) before.
 * - What a page in scope needs to be shown may be anywhere on these sites, where no pattern excludes it.
 * - What takes the scope's time is linear in the address, whatever the patterns.
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define MILL_TYPE_SCOPE (mill_scope_get_type ())

/**
 * MILL_SCOPE_MAX_PATTERNS:
 *
 * How many patterns there may be to include, and how many to exclude.
 */
#define MILL_SCOPE_MAX_PATTERNS 1000

typedef struct _MillScope MillScope;

GType mill_scope_get_type (void);

char *mill_scope_check_pattern (const char *pattern, GError **error);

MillScope *mill_scope_new (const char *const *starts, gboolean below, const char *const *include,
                           const char *const *exclude, GError **error);
MillScope *mill_scope_new_redirected (const MillScope *self, const char *from, const char *to);
MillScope *mill_scope_new_restored (const MillScope *self, const char *to);
MillScope *mill_scope_ref (MillScope *self);
void mill_scope_unref (MillScope *self);

gboolean mill_scope_contains (const MillScope *self, const char *url);
gboolean mill_scope_allows_requisite (const MillScope *self, const char *url);
gboolean mill_scope_excludes (const MillScope *self, const char *url);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MillScope, mill_scope_unref)

G_END_DECLS
