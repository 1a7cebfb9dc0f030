/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillQueueWaits: a histogram of all waits, and one for each priority once there are two. What is recent is
 * the difference from a copy that was made at the mark. */

#include "config.h"

#include "core/mill-queue-waits-private.h"

G_DEFINE_BOXED_TYPE (MillQueueWait, mill_queue_wait, mill_queue_wait_copy, mill_queue_wait_free)

/**
 * mill_queue_wait_copy:
 * @self: some waits
 *
 * Copies them.
 *
 * Returns: (transfer full): the copy
 */
MillQueueWait *
mill_queue_wait_copy (const MillQueueWait *self)
{
  return g_memdup2 (self, sizeof *self);
}

/**
 * mill_queue_wait_free:
 * @self: (transfer full): a copy
 *
 * Frees a copy.
 */
void
mill_queue_wait_free (MillQueueWait *self)
{
  g_free (self);
}

void
mill_queue_waits_init (MillQueueWaits *self)
{
  *self = (MillQueueWaits){ .times = mill_histogram_new () };
}

void
mill_queue_waits_clear (MillQueueWaits *self)
{
  for (guint i = 0; i < self->n_classes; i++)
    {
      g_clear_pointer (&self->classes[i].times, mill_histogram_free);
      g_clear_pointer (&self->classes[i].marked, mill_histogram_free);
    }
  g_clear_pointer (&self->times, mill_histogram_free);
  g_clear_pointer (&self->marked, mill_histogram_free);
}

/* The first one shares what is kept of all, until there is a second. */
static MillQueueWaitClass *
add_class (MillQueueWaits *self, gint priority)
{
  MillQueueWaitClass *added = &self->classes[self->n_classes++];

  added->priority = priority;
  if (self->n_classes == 1)
    return added;
  added->times = mill_histogram_new ();
  if (self->n_classes == 2)
    {
      self->classes[0].times = mill_histogram_copy (self->times);
      self->classes[0].marked = self->marked != NULL ? mill_histogram_copy (self->marked) : NULL;
    }
  return added;
}

static MillQueueWaitClass *
find_class (MillQueueWaits *self, gint priority)
{
  for (guint i = 0; i < self->n_classes; i++)
    if (self->classes[i].priority == priority)
      return &self->classes[i];
  if (self->n_classes < MILL_QUEUE_MOST_WAITS)
    return add_class (self, priority);
  return &self->classes[MILL_QUEUE_MOST_WAITS - 1];
}

void
mill_queue_waits_record (MillQueueWaits *self, gint priority, gint64 wait_us)
{
  MillQueueWaitClass *found = find_class (self, priority);

  if (found->times != NULL)
    mill_histogram_record (found->times, wait_us);
  mill_histogram_record (self->times, wait_us);
}

static void
mark (MillHistogram **marked, const MillHistogram *times)
{
  g_clear_pointer (marked, mill_histogram_free);
  if (times != NULL)
    *marked = mill_histogram_copy (times);
}

void
mill_queue_waits_mark (MillQueueWaits *self)
{
  mark (&self->marked, self->times);
  for (guint i = 0; i < self->n_classes; i++)
    mark (&self->classes[i].marked, self->classes[i].times);
}

static MillQueueWait
describe (gint priority, const MillHistogram *times, const MillHistogram *marked)
{
  g_autoptr (MillHistogram) recent = mill_histogram_copy (times);

  if (marked != NULL)
    mill_histogram_subtract (recent, marked);
  return (MillQueueWait){
    .priority = priority,
    .count = mill_histogram_get_count (times),
    .mean_us = mill_histogram_get_mean (times),
    .p95_us = mill_histogram_get_percentile (times, 95),
    .max_us = mill_histogram_get_max (times),
    .recent_count = mill_histogram_get_count (recent),
    .recent_mean_us = mill_histogram_get_mean (recent),
    .recent_p95_us = mill_histogram_get_percentile (recent, 95),
  };
}

static gint
compare_priorities (gconstpointer a, gconstpointer b)
{
  gint first = ((const MillQueueWait *) a)->priority, second = ((const MillQueueWait *) b)->priority;

  return (first > second) - (first < second);
}

void
mill_queue_waits_list (const MillQueueWaits *self, GArray *list)
{
  for (guint i = 0; i < self->n_classes; i++)
    {
      const MillQueueWaitClass *one = &self->classes[i];
      MillQueueWait wait = one->times != NULL ? describe (one->priority, one->times, one->marked)
                                              : describe (one->priority, self->times, self->marked);

      g_array_append_val (list, wait);
    }
  g_array_sort (list, compare_priorities);
}
