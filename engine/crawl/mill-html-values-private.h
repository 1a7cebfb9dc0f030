/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Attribute values that hold addresses among other things. They are read where they stand, character
 * references decoded. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Goes on at @p to the next address of a srcset, which ends where @length says. Returns: (nullable): where it
 * begins, or %NULL when there are no more */
const char *mill_srcset_next (const char **p, gsize *length);

/* Returns: (nullable): where the address begins in the content of a meta refresh, of @length; %NULL when it
 * leads to the page itself */
const char *mill_refresh_find (const char *content, gsize *length);

G_END_DECLS
