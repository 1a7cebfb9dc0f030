/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillSnapshot: one picture of a pipeline. */

#include "config.h"

#include "pipeline/mill-snapshot-private.h"

G_DEFINE_BOXED_TYPE (MillSnapshot, mill_snapshot, mill_snapshot_ref, mill_snapshot_unref)

static void
stage_snapshot_free (gpointer data)
{
  MillStageSnapshot *self = data;

  g_free ((char *) self->name);
  g_free (self->worker_states);
  g_clear_pointer (&self->slots, g_array_unref);
  g_clear_pointer (&self->service, mill_histogram_free);
  g_free (self);
}

static void
snapshot_clear (gpointer data)
{
  MillSnapshot *self = data;

  g_free (self->error);
  g_free ((char *) self->source_name);
  g_clear_pointer (&self->latency, mill_histogram_free);
  g_clear_pointer (&self->stages, g_ptr_array_unref);
  g_clear_pointer (&self->stuck, g_ptr_array_unref);
}

/* Private: an empty snapshot for the pipeline to fill. */
MillSnapshot *
mill_snapshot_new (void)
{
  MillSnapshot *self = g_atomic_rc_box_new0 (MillSnapshot);

  self->stages = g_ptr_array_new_with_free_func (stage_snapshot_free);
  self->stuck = g_ptr_array_new_with_free_func ((GDestroyNotify) mill_stuck_free);
  return self;
}

MillSnapshot *
mill_snapshot_ref (MillSnapshot *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
mill_snapshot_unref (MillSnapshot *self)
{
  g_atomic_rc_box_release_full (self, snapshot_clear);
}

/**
 * mill_snapshot_is_conserved:
 *
 * Returns: whether produced = done + dead + returned + dropped + unfinished, in total and with the stages'
 * own counts
 */
gboolean
mill_snapshot_is_conserved (const MillSnapshot *self)
{
  guint64 unfinished = 0;

  for (guint i = 0; i < self->stages->len; i++)
    unfinished += ((const MillStageSnapshot *) g_ptr_array_index (self->stages, i))->unfinished;
  return unfinished == self->unfinished &&
         self->produced == self->done + self->dead + self->returned + self->dropped + self->unfinished;
}
