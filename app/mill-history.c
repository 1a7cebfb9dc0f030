/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillHistory: a queue of snapshots that forgets the oldest. */

#include "config.h"

#include "mill-history.h"

struct _MillHistory
{
  GQueue snapshots; /* (element-type MillSnapshot) (owned): oldest first */
  gint64 spacing_us;
  guint capacity;
};

/**
 * mill_history_new:
 * @spacing_us: snapshots that follow sooner than this are not kept
 * @capacity: how many are kept
 *
 * Returns: (transfer full): an empty history
 */
MillHistory *
mill_history_new (gint64 spacing_us, guint capacity)
{
  MillHistory *self = g_new0 (MillHistory, 1);

  g_queue_init (&self->snapshots);
  self->spacing_us = spacing_us;
  self->capacity = capacity;

  return self;
}

void
mill_history_free (MillHistory *self)
{
  mill_history_clear (self);
  g_free (self);
}

/**
 * mill_history_clear:
 *
 * Forgets all snapshots.
 */
void
mill_history_clear (MillHistory *self)
{
  g_queue_clear_full (&self->snapshots, (GDestroyNotify) mill_snapshot_unref);
}

/**
 * mill_history_add:
 * @snapshot: (transfer none): newer than all before it
 *
 * Keeps @snapshot if it is far enough from the one before.
 */
void
mill_history_add (MillHistory *self, MillSnapshot *snapshot)
{
  const MillSnapshot *last = g_queue_peek_tail (&self->snapshots);

  if (last != NULL && snapshot->time_us - last->time_us < self->spacing_us)
    return;

  if (g_queue_get_length (&self->snapshots) == self->capacity)
    mill_snapshot_unref (g_queue_pop_head (&self->snapshots));
  g_queue_push_tail (&self->snapshots, mill_snapshot_ref (snapshot));
}

/**
 * mill_history_look_back:
 * @time_us: a moment of g_get_monotonic_time()
 *
 * Returns: (transfer none) (nullable): the newest snapshot not after @time_us, or else the oldest there is
 */
MillSnapshot *
mill_history_look_back (MillHistory *self, gint64 time_us)
{
  GList *link;

  for (link = self->snapshots.tail; link != NULL; link = link->prev)
    if (((MillSnapshot *) link->data)->time_us <= time_us)
      return link->data;

  return g_queue_peek_head (&self->snapshots);
}
