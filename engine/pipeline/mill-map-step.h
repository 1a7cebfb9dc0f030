/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillMapStep:
 *
 * A step that makes of each item its record, by itself and in a few microseconds: reads a line, renames a
 * field. To take such an item from the queue, to book it and to put it into the next one takes longer than
 * that; so this is a #MillBatchStep that takes what is there, some dozens, and waits for no more. An item of
 * which nothing can be made is a dead letter, and the others go on. No item is changed before all are done,
 * so that an attempt that was too late finds them as they were.
 *
 * Not for a step that waits, or that takes milliseconds: the items that it has taken wait for their turn.
 *
 * Threads: a step's; the function is called on several at once.
 */

#pragma once

#include "pipeline/mill-batch-step.h"

G_BEGIN_DECLS

#define MILL_TYPE_MAP_STEP (mill_map_step_get_type ())
G_DECLARE_DERIVABLE_TYPE (MillMapStep, mill_map_step, MILL, MAP_STEP, MillBatchStep)

/**
 * MillMapStepClass:
 * @map: returns (transfer full) the record that the item is to have, or %NULL with an error:
 * %MILL_ERROR_INVALID when it is the item's own
 *
 * What a subclass implements.
 */
struct _MillMapStepClass
{
  MillBatchStepClass parent_class;

  MillRecord *(*map) (MillMapStep *self, MillItem *item, GError **error);

  gpointer padding[4];
};

G_END_DECLS
