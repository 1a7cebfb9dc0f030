/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillStuck: a worker, or the source's producer, that was given up on and has not come back. Immutable. */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * MillStuck:
 * @name: who: "fetch-3" is the third worker of the stage “fetch”, "source" the producer
 * @has_item: whether it holds an item; a producer does not
 * @item_id: the item's id
 * @item_key: (nullable): the item's key
 * @since_us: since when it has not returned, in microseconds of g_get_monotonic_time()
 *
 * Somebody who was given up on and has not come back.
 */
typedef struct
{
  char *name; /* (owned) */
  gboolean has_item;
  guint64 item_id;
  char *item_key; /* (owned) (nullable) */
  gint64 since_us;
} MillStuck;

#define MILL_TYPE_STUCK (mill_stuck_get_type ())
GType mill_stuck_get_type (void);
MillStuck *mill_stuck_copy (const MillStuck *self);
void mill_stuck_free (MillStuck *self);

G_END_DECLS
