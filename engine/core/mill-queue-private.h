/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What mill-queue.c (the rules, the blocking faces) and mill-queue-tasks.c (the asynchronous faces) share. */

#pragma once

#include "core/mill-queue.h"
#include "core/mill-waiter-private.h"

G_BEGIN_DECLS

struct _MillQueue
{
  GObject parent_instance;

  GMutex lock;
  GAsyncQueue *items; /* (owned) of (owned) MillItem */
  gint maxsize;
  guint64 bytes;
  guint64 unfinished;
  guint high_water;
  guint64 puts;
  guint64 gets;
  gboolean is_shut_down;
  MillWaitList getters;
  MillWaitList putters;
  MillWaitList joiners;
};

/* Restores the rules of mill-queue.c after a change, releases the lock, completes the tasks that were
 * served. */
void mill_queue_settle_and_unlock (MillQueue *self);
/* The fast paths: take effect at once, or not at all. */
gboolean mill_queue_try_put_locked (MillQueue *self, MillItem *item);
MillItem *mill_queue_try_get_locked (MillQueue *self);

G_END_DECLS
