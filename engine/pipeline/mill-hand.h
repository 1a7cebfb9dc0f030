/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillHand: what one worker has in its hands at the moment of a snapshot. A plain record. */

#pragma once

#include <glib-object.h>

#include "pipeline/mill-types.h"

G_BEGIN_DECLS

/**
 * MillHand:
 * @number: the worker's number in its stage, from 1; "fetch-3" is the third worker of the stage “fetch”
 * @state: what it is doing
 * @state_since_us: since when, in microseconds of g_get_monotonic_time()
 * @has_item: whether it holds an item
 * @item_id: the item's id, if there is one
 * @item_since_us: since when it has held it, all attempts and waits included, in microseconds of
 *   g_get_monotonic_time()
 *
 * One worker of a stage, and the item it holds.
 */
typedef struct
{
  guint number;
  MillWorkerState state;
  gint64 state_since_us;
  gboolean has_item;
  guint64 item_id;
  gint64 item_since_us;
} MillHand;

#define MILL_TYPE_HAND (mill_hand_get_type ())
GType mill_hand_get_type (void);
MillHand *mill_hand_copy (const MillHand *self);
void mill_hand_free (MillHand *self);

G_END_DECLS
