/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillQueueWaits: how long items have waited in a queue, in all and for each priority there was. As long as
 * all have the same, nothing is kept twice. No lock: the queue's `out.lock`. */

#pragma once

#include "core/mill-histogram.h"
#include "core/mill-queue-wait.h"

G_BEGIN_DECLS

/* More priorities than these are counted with the last of them. */
#define MILL_QUEUE_MOST_WAITS 8

typedef struct
{
  gint priority;
  MillHistogram *times;  /* (owned) (nullable) NULL while it is the only one: those of all */
  MillHistogram *marked; /* (owned) (nullable) what they were at the mark */
} MillQueueWaitClass;

typedef struct
{
  MillHistogram *times;  /* (owned) of all */
  MillHistogram *marked; /* (owned) (nullable) what they were at the mark */
  guint n_classes;
  MillQueueWaitClass classes[MILL_QUEUE_MOST_WAITS];
} MillQueueWaits;

void mill_queue_waits_init (MillQueueWaits *self);
void mill_queue_waits_clear (MillQueueWaits *self);
void mill_queue_waits_record (MillQueueWaits *self, gint priority, gint64 wait_us);
/* From now on is recent. */
void mill_queue_waits_mark (MillQueueWaits *self);
/* Adds a MillQueueWait for each priority to @list, the least first. */
void mill_queue_waits_list (const MillQueueWaits *self, GArray *list);

G_END_DECLS
