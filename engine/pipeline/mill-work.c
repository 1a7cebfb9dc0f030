/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillWork: one attempt of a step at one item. What the attempt emits is kept until it has succeeded, so a
 * retry never duplicates. Used by one thread at a time. */

#include "config.h"

#include "pipeline/mill-work-private.h"

/* Takes over @item. */
void
mill_work_init (MillWork *self, MillItem *item)
{
  *self = (MillWork){ .item = item, .retry_after_s = -1 };
}

/* Forgets what a failed attempt has left. */
void
mill_work_begin_attempt (MillWork *self, guint attempt)
{
  self->attempt = attempt;
  self->consumed = FALSE;
  self->retry_after_s = -1;
  self->postponed_us = 0;
  g_clear_pointer (&self->emitted, g_ptr_array_unref);
  mill_item_set_attempt (self->item, attempt);
}

void
mill_work_clear (MillWork *self)
{
  g_clear_pointer (&self->item, mill_item_unref);
  g_clear_pointer (&self->emitted, g_ptr_array_unref);
}

/**
 * mill_work_get_item:
 *
 * What to work on. The step is the item's sole holder and may change it.
 *
 * Returns: (transfer none): the item
 */
MillItem *
mill_work_get_item (MillWork *self)
{
  return self->item;
}

/**
 * mill_work_get_attempt:
 *
 * Which try this is.
 *
 * Returns: how many attempts have failed before; 0 on the first
 */
guint
mill_work_get_attempt (MillWork *self)
{
  return self->attempt;
}

/**
 * mill_work_is_timed_out:
 *
 * Why the attempt's cancellable has fired.
 *
 * Returns: whether that is because the attempt took longer than its stage allows, and not a stop
 */
gboolean
mill_work_is_timed_out (MillWork *self)
{
  return g_atomic_int_get (&self->timed_out);
}

/**
 * mill_work_consume:
 *
 * Lets the item end here: counted as done, not handed to the next stage. Only if the attempt succeeds.
 */
void
mill_work_consume (MillWork *self)
{
  self->consumed = TRUE;
}

/**
 * mill_work_emit:
 * @item: (transfer full): another item
 *
 * Hands @item to the next stage as well; counted as produced. Only if the attempt succeeds.
 */
void
mill_work_emit (MillWork *self, MillItem *item)
{
  if (self->emitted == NULL)
    self->emitted = g_ptr_array_new_with_free_func ((GDestroyNotify) mill_item_unref);
  g_ptr_array_add (self->emitted, item);
}

/**
 * mill_work_postpone:
 * @wait_us: for how long, in microseconds; more than 0
 *
 * Before a failure: it is too early, and nothing was done. However it fails then, that was no attempt: the
 * worker gives its slot back, waits at least so long, and begins the same attempt anew, with its own time
 * limit. It passes the rate limiter once more.
 */
void
mill_work_postpone (MillWork *self, gint64 wait_us)
{
  self->postponed_us = wait_us;
}

/**
 * mill_work_set_retry_after:
 * @seconds: how long
 *
 * After a failure: wait at least so long before the next attempt (HTTP's Retry-After).
 */
void
mill_work_set_retry_after (MillWork *self, double seconds)
{
  self->retry_after_s = seconds;
}
