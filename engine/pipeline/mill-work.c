/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillWork: one attempt of a step at one item, or at a batch. What the attempt emits is kept until it has
 * succeeded, so a retry never duplicates. Used by one thread at a time. */

#include "config.h"

#include "pipeline/mill-work-private.h"

/* Holding nothing. */
void
mill_work_init (MillWork *self)
{
  *self = (MillWork){ .items = g_ptr_array_new_with_free_func ((GDestroyNotify) mill_item_unref) };
}

void
mill_work_finalize (MillWork *self)
{
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_pointer (&self->emitted, g_ptr_array_unref);
  g_clear_pointer (&self->rejected, g_ptr_array_unref);
}

/* Holds @item (transfer full), too. */
void
mill_work_take (MillWork *self, MillItem *item)
{
  g_ptr_array_add (self->items, item);
  self->n = self->items->len;
}

/* Holds @items (transfer full), too. */
void
mill_work_take_many (MillWork *self, GPtrArray *items)
{
  g_ptr_array_extend_and_steal (self->items, items);
  self->n = self->items->len;
}

/* (transfer none) (nullable): the first item of the part, if any is held */
MillItem *
mill_work_peek (MillWork *self)
{
  return self->n > 0 ? g_ptr_array_index (self->items, self->first) : NULL;
}

/* (transfer none): the part's items */
MillItem *const *
mill_work_get_items (MillWork *self)
{
  return (MillItem *const *) self->items->pdata + self->first;
}

/* Begins on all that is held. */
void
mill_work_begin (MillWork *self, guint attempt)
{
  self->first = 0;
  self->n = self->items->len;
  mill_work_begin_attempt (self, attempt);
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
  g_clear_pointer (&self->rejected, g_ptr_array_unref);
  for (guint i = 0; i < self->n; i++)
    mill_item_set_attempt (mill_work_get_nth_item (self, i), attempt);
}

/* Makes the part's first half the part, to find what is wrong with it. FALSE when there is but one. */
gboolean
mill_work_split (MillWork *self)
{
  if (self->n < 2)
    return FALSE;
  self->n /= 2;
  mill_work_begin_attempt (self, 0);
  return TRUE;
}

/* The part is settled: the rest is next. FALSE, holding nothing, when there is none. */
gboolean
mill_work_begin_rest (MillWork *self)
{
  self->first += self->n;
  self->n = self->items->len - self->first;
  if (self->n == 0)
    {
      g_ptr_array_set_size (self->items, 0);
      self->first = 0;
    }
  mill_work_begin_attempt (self, 0);
  return self->n > 0;
}

/* (transfer none) (nullable): why item @i of the part is dead although the attempt succeeded */
const GError *
mill_work_get_rejection (MillWork *self, guint i)
{
  return self->rejected != NULL ? g_ptr_array_index (self->rejected, i) : NULL;
}

/**
 * mill_work_get_item:
 *
 * What to work on; of a batch, the first. The step is the item's sole holder and may change it.
 *
 * Returns: (transfer none): the item
 */
MillItem *
mill_work_get_item (MillWork *self)
{
  return g_ptr_array_index (self->items, self->first);
}

/**
 * mill_work_get_n_items:
 *
 * How many items the attempt is for.
 *
 * Returns: 1, but for a #MillBatchStep
 */
guint
mill_work_get_n_items (MillWork *self)
{
  return self->n;
}

/**
 * mill_work_get_nth_item:
 * @i: its place, less than mill_work_get_n_items()
 *
 * One of the items that the attempt is for. The step is the item's sole holder and may change it.
 *
 * Returns: (transfer none): the item
 */
MillItem *
mill_work_get_nth_item (MillWork *self, guint i)
{
  return g_ptr_array_index (self->items, self->first + i);
}

static void
rejection_free (gpointer error)
{
  if (error != NULL)
    g_error_free (error);
}

/**
 * mill_work_reject:
 * @i: the item's place, less than mill_work_get_n_items()
 * @error: (transfer full): what is wrong with it
 *
 * Makes one of the items a dead letter; the others go on. Only if the attempt succeeds. Of an item that is
 * rejected twice the first reason counts.
 */
void
mill_work_reject (MillWork *self, guint i, GError *error)
{
  if (self->rejected == NULL)
    {
      self->rejected = g_ptr_array_new_full (self->n, rejection_free);
      g_ptr_array_set_size (self->rejected, (gint) self->n);
    }
  if (g_ptr_array_index (self->rejected, i) == NULL)
    g_ptr_array_index (self->rejected, i) = error;
  else
    g_error_free (error);
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
 * Lets the item, or the whole batch, end here: counted as done, not handed to the next stage. Only if the
 * attempt succeeds.
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
