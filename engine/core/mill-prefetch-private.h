/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An item comes from another processor, whose cache has it: to fetch its lines takes longer than much of what
 * is done with it. So a loop over a batch starts to fetch those some places ahead. Nothing here changes what
 * a program does. */

#pragma once

#include "core/mill-item.h"

G_BEGIN_DECLS

#define MILL_PREFETCH_AHEAD 3  /* places; about as far as the memory is behind */
#define MILL_PREFETCH_LINE  64 /* bytes */

static inline void
mill_prefetch (gconstpointer begin, guint n_lines)
{
  for (guint line = 0; line < n_lines; line++)
    __builtin_prefetch ((const char *) begin + (gsize) line * MILL_PREFETCH_LINE);
}

/* Of the payload of the item at @i of @n there is fetched what leads to its data, and a bit of the data of an
 * earlier one, whose way is known by then. */
static inline void
mill_prefetch_payload (MillItem *const *items, guint i, guint n)
{
  GBytes *near = i + MILL_PREFETCH_AHEAD < n ? mill_item_get_payload (items[i + MILL_PREFETCH_AHEAD]) : NULL;

  if (i + 2 * MILL_PREFETCH_AHEAD < n)
    mill_prefetch (mill_item_get_payload (items[i + 2 * MILL_PREFETCH_AHEAD]), 1);
  if (near != NULL)
    mill_prefetch (g_bytes_get_data (near, NULL), 2);
}

/* Of the record of the item some places behind @i what a row of few columns needs. */
static inline void
mill_prefetch_record (MillItem *const *items, guint i, guint n)
{
  if (i + MILL_PREFETCH_AHEAD < n)
    mill_prefetch (mill_item_get_record (items[i + MILL_PREFETCH_AHEAD]), 5);
}

G_END_DECLS
