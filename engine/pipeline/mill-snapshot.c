/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillSnapshot: one picture of a pipeline. */

#include "config.h"

#include "pipeline/mill-snapshot-private.h"

G_DEFINE_BOXED_TYPE (MillSnapshot, mill_snapshot, mill_snapshot_ref, mill_snapshot_unref)
G_DEFINE_BOXED_TYPE (MillStageSnapshot, mill_stage_snapshot, mill_stage_snapshot_copy,
                     mill_stage_snapshot_free)

/**
 * mill_stage_snapshot_copy:
 * @self: a stage of a snapshot
 *
 * Copies the stage's part of a snapshot, to keep it for longer than the whole.
 *
 * Returns: (transfer full): the copy
 */
MillStageSnapshot *
mill_stage_snapshot_copy (const MillStageSnapshot *self)
{
  MillStageSnapshot *copy = g_memdup2 (self, sizeof *self);

  copy->name = g_strdup (self->name);
  copy->worker_states = g_memdup2 (self->worker_states, self->workers);
  copy->hands = self->hands != NULL ? g_array_ref (self->hands) : NULL;
  copy->slots = self->slots != NULL ? g_array_ref (self->slots) : NULL;
  copy->waits = self->waits != NULL ? g_array_ref (self->waits) : NULL;
  copy->theory = self->theory != NULL ? mill_wait_theory_copy (self->theory) : NULL;
  copy->service = self->service != NULL ? mill_histogram_copy (self->service) : NULL;
  return copy;
}

/**
 * mill_stage_snapshot_free:
 * @self: (transfer full): a copy
 *
 * Frees a copy.
 */
void
mill_stage_snapshot_free (MillStageSnapshot *self)
{
  g_free ((char *) self->name);
  g_free (self->worker_states);
  g_clear_pointer (&self->hands, g_array_unref);
  g_clear_pointer (&self->slots, g_array_unref);
  g_clear_pointer (&self->waits, g_array_unref);
  g_clear_pointer (&self->theory, mill_wait_theory_free);
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

  self->stages = g_ptr_array_new_with_free_func ((GDestroyNotify) mill_stage_snapshot_free);
  self->stuck = g_ptr_array_new_with_free_func ((GDestroyNotify) mill_stuck_free);
  return self;
}

/**
 * mill_snapshot_ref:
 *
 * Takes one more reference. May be called from any thread.
 *
 * Returns: (transfer full): @self
 */
MillSnapshot *
mill_snapshot_ref (MillSnapshot *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * mill_snapshot_unref:
 *
 * Drops a reference; the last one frees the snapshot. May be called from any thread.
 */
void
mill_snapshot_unref (MillSnapshot *self)
{
  g_atomic_rc_box_release_full (self, snapshot_clear);
}

/**
 * mill_snapshot_is_conserved:
 *
 * Whether the books balance.
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
