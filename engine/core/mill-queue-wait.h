/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillQueueWait: how long the items of one priority have waited in a queue. A plain record. */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * MillQueueWait:
 * @priority: the items' priority; the least goes first where the queue's order is by priority
 * @count: how many have left the queue and were timed
 * @mean_us: how long they waited on average, in microseconds
 * @p95_us: how long 95 of a hundred waited at most
 * @max_us: the longest wait
 * @recent_count: how many of them since a knob was last turned
 * @recent_mean_us: how long those waited on average
 * @recent_p95_us: how long 95 of a hundred of those waited at most
 *
 * How long the items of one priority have waited in a queue.
 */
typedef struct
{
  gint priority;
  guint64 count;
  double mean_us;
  gint64 p95_us;
  gint64 max_us;
  guint64 recent_count;
  double recent_mean_us;
  gint64 recent_p95_us;
} MillQueueWait;

#define MILL_TYPE_QUEUE_WAIT (mill_queue_wait_get_type ())
GType mill_queue_wait_get_type (void);
MillQueueWait *mill_queue_wait_copy (const MillQueueWait *self);
void mill_queue_wait_free (MillQueueWait *self);

G_END_DECLS
