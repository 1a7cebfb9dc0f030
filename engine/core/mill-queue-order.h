/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MillQueueOrder:
 * @MILL_QUEUE_ORDER_FIFO: first in, first out
 * @MILL_QUEUE_ORDER_LIFO: last in, first out
 * @MILL_QUEUE_ORDER_PRIORITY: the lowest [method@Item.get_priority] first, equals as they came
 *
 * In which order the items of a queue leave it.
 *
 * The orders of Python's `queue.Queue`, `LifoQueue` and `PriorityQueue`.
 */
typedef enum
{
  MILL_QUEUE_ORDER_FIFO,
  MILL_QUEUE_ORDER_LIFO,
  MILL_QUEUE_ORDER_PRIORITY,
} MillQueueOrder;

G_END_DECLS
