/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillQueue's figures, each set of one moment. */

#include "config.h"

#include "core/mill-queue-private.h"

G_DEFINE_BOXED_TYPE (MillQueueStats, mill_queue_stats, mill_queue_stats_copy, mill_queue_stats_free)

/**
 * mill_queue_stats_copy:
 * @self: the figures
 *
 * Copies the figures.
 *
 * Returns: (transfer full): the copy
 */
MillQueueStats *
mill_queue_stats_copy (const MillQueueStats *self)
{
  return g_memdup2 (self, sizeof *self);
}

/**
 * mill_queue_stats_free:
 * @self: (transfer full): a copy
 *
 * Frees a copy.
 */
void
mill_queue_stats_free (MillQueueStats *self)
{
  g_free (self);
}

/**
 * mill_queue_get_depth:
 *
 * The depth, which another thread may be changing.
 *
 * Returns: how many items are queued now
 */
guint
mill_queue_get_depth (MillQueue *self)
{
  guint depth;

  g_return_val_if_fail (MILL_IS_QUEUE (self), 0);
  mill_lock (&self->out.lock);
  mill_lock (&self->in.lock);
  depth = (guint) mill_queue_depth_locked (self);
  g_mutex_unlock (&self->in.lock);
  g_mutex_unlock (&self->out.lock);
  return depth;
}

/**
 * mill_queue_get_stats:
 * @stats: (out caller-allocates): filled with figures of one moment
 *
 * Takes one consistent picture of the queue.
 */
void
mill_queue_get_stats (MillQueue *self, MillQueueStats *stats)
{
  gint64 now = g_get_monotonic_time ();

  g_return_if_fail (MILL_IS_QUEUE (self));
  mill_queue_lock_all (self);
  *stats = (MillQueueStats){
    .depth = (guint) mill_queue_depth_locked (self),
    .bytes = mill_queue_bytes_locked (self),
    .maxsize = self->maxsize,
    .max_bytes = self->max_bytes,
    .unfinished = mill_queue_unfinished (self),
    .high_water = (guint) self->in.high_water,
    .puts = atomic_load (&self->in.puts),
    .gets = atomic_load (&self->out.gets) - self->removed,
    .putters = mill_wait_list_get_length (&self->putters),
    .getters = mill_wait_list_get_length (&self->getters),
    .put_blocked_us = mill_wait_list_get_waited (&self->putters, now),
    .get_idle_us = mill_wait_list_get_waited (&self->getters, now),
    .is_shut_down = self->is_shut_down,
  };
  mill_queue_unlock_ends (self);
  g_mutex_unlock (&self->lock);
}

/**
 * mill_queue_get_waits:
 *
 * How long items have waited in the queue. When more than half a million come a second, only a sample of them
 * is timed, since reading the clock costs as much as a put.
 *
 * Returns: (transfer full): a copy
 */
MillHistogram *
mill_queue_get_waits (MillQueue *self)
{
  MillHistogram *waits;

  g_return_val_if_fail (MILL_IS_QUEUE (self), NULL);
  g_mutex_lock (&self->out.lock);
  waits = mill_histogram_copy (self->out.waits.times);
  g_mutex_unlock (&self->out.lock);
  return waits;
}

/**
 * mill_queue_list_waits:
 *
 * How long items have waited in the queue, for each priority there was; of more than eight, the others are
 * counted with the eighth. Timed as by [method@Queue.get_waits].
 *
 * Returns: (transfer full) (element-type MillQueueWait): the waits, the least priority first
 */
GArray *
mill_queue_list_waits (MillQueue *self)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (MillQueueWait));

  g_return_val_if_fail (MILL_IS_QUEUE (self), list);
  g_mutex_lock (&self->out.lock);
  mill_queue_waits_list (&self->out.waits, list);
  g_mutex_unlock (&self->out.lock);
  return list;
}

void
mill_queue_set_clock (MillQueue *self, MillClock *clock)
{
  g_set_object (&self->clock, clock);
}

void
mill_queue_mark_waits (MillQueue *self)
{
  g_mutex_lock (&self->out.lock);
  mill_queue_waits_mark (&self->out.waits);
  g_mutex_unlock (&self->out.lock);
}
