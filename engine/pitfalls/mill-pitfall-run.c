/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillPitfallRun: a thread for each variant, or one for both in turn. */

#include "config.h"

#include "pitfalls/mill-pitfall-run.h"

#include "pitfalls/mill-pitfall-private.h"
#include "pitfalls/mill-trial-private.h"

struct _MillPitfallRun
{
  GObject parent_instance;

  MillPitfall *pitfall;               /* (owned) */
  MillTrial *trials[MILL_N_VARIANTS]; /* (owned) */
  GThread *threads[MILL_N_VARIANTS];  /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (MillPitfallRun, mill_pitfall_run, G_TYPE_OBJECT)

G_DEFINE_BOXED_TYPE (MillTrialResult, mill_trial_result, mill_trial_result_copy, mill_trial_result_free)

static void
run_variant (MillPitfallRun *self, MillVariant variant)
{
  mill_trial_start (self->trials[variant]);
  mill_pitfall_get_info (self->pitfall)->programs[variant](self->trials[variant]);
  mill_trial_end (self->trials[variant]);
}

static gpointer
run_wrong (gpointer user_data)
{
  run_variant (user_data, MILL_VARIANT_WRONG);
  return NULL;
}

static gpointer
run_cured (gpointer user_data)
{
  run_variant (user_data, MILL_VARIANT_CURED);
  return NULL;
}

static gpointer
run_in_turn (gpointer user_data)
{
  run_variant (user_data, MILL_VARIANT_WRONG);
  run_variant (user_data, MILL_VARIANT_CURED);
  return NULL;
}

static void
mill_pitfall_run_finalize (GObject *object)
{
  MillPitfallRun *self = MILL_PITFALL_RUN (object);

  mill_pitfall_run_cancel (self);
  mill_pitfall_run_wait (self);
  for (guint i = 0; i < MILL_N_VARIANTS; i++)
    mill_trial_free (self->trials[i]);
  g_object_unref (self->pitfall);
  G_OBJECT_CLASS (mill_pitfall_run_parent_class)->finalize (object);
}

static void
mill_pitfall_run_class_init (MillPitfallRunClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mill_pitfall_run_finalize;
}

static void
mill_pitfall_run_init (MillPitfallRun *self)
{
}

/**
 * mill_pitfall_run_new:
 * @pitfall: (transfer none): what to run; its parameters must not change from now on
 *
 * Prepares a run. A run runs once.
 *
 * Returns: (transfer full): the run, not started
 */
MillPitfallRun *
mill_pitfall_run_new (MillPitfall *pitfall)
{
  MillPitfallRun *self;

  g_return_val_if_fail (MILL_IS_PITFALL (pitfall), NULL);
  self = g_object_new (MILL_TYPE_PITFALL_RUN, NULL);
  self->pitfall = g_object_ref (pitfall);
  for (guint i = 0; i < MILL_N_VARIANTS; i++)
    self->trials[i] = mill_trial_new (pitfall);
  return self;
}

/**
 * mill_pitfall_run_get_pitfall:
 * @self: a run
 *
 * What it runs.
 *
 * Returns: (transfer none): the pitfall
 */
MillPitfall *
mill_pitfall_run_get_pitfall (MillPitfallRun *self)
{
  g_return_val_if_fail (MILL_IS_PITFALL_RUN (self), NULL);
  return self->pitfall;
}

/**
 * mill_pitfall_run_start:
 * @self: a run that was not started
 *
 * Starts it.
 */
void
mill_pitfall_run_start (MillPitfallRun *self)
{
  g_return_if_fail (MILL_IS_PITFALL_RUN (self));
  g_return_if_fail (self->threads[0] == NULL);

  if (mill_pitfall_is_apart (self->pitfall))
    {
      self->threads[0] = g_thread_new ("mill-pitfall", run_in_turn, self);
      return;
    }
  self->threads[0] = g_thread_new ("mill-pitfall", run_wrong, self);
  self->threads[1] = g_thread_new ("mill-pitfall", run_cured, self);
}

/**
 * mill_pitfall_run_cancel:
 * @self: a run
 *
 * Lets it end soon, wherever it is.
 */
void
mill_pitfall_run_cancel (MillPitfallRun *self)
{
  g_return_if_fail (MILL_IS_PITFALL_RUN (self));
  for (guint i = 0; i < MILL_N_VARIANTS; i++)
    mill_trial_cancel (self->trials[i]);
}

/**
 * mill_pitfall_run_wait:
 * @self: a run
 *
 * Blocks until it has ended, if it was started, and no thread of it is left.
 */
void
mill_pitfall_run_wait (MillPitfallRun *self)
{
  g_return_if_fail (MILL_IS_PITFALL_RUN (self));
  for (guint i = 0; i < MILL_N_VARIANTS; i++)
    g_clear_pointer (&self->threads[i], g_thread_join);
}

/**
 * mill_pitfall_run_is_over:
 * @self: a run
 *
 * How far it is.
 *
 * Returns: whether both variants have ended, so that mill_pitfall_run_wait() would not wait
 */
gboolean
mill_pitfall_run_is_over (MillPitfallRun *self)
{
  g_return_val_if_fail (MILL_IS_PITFALL_RUN (self), FALSE);
  for (guint i = 0; i < MILL_N_VARIANTS; i++)
    {
      MillTrialResult result;

      mill_trial_get_result (self->trials[i], &result);
      if (result.state < MILL_TRIAL_FINISHED)
        return FALSE;
    }
  return TRUE;
}

/**
 * mill_pitfall_run_get_result:
 * @self: a run
 * @variant: one of its variants
 * @result: (out caller-allocates): how it gets on
 *
 * Says how a variant gets on, or how it ended.
 */
void
mill_pitfall_run_get_result (MillPitfallRun *self, MillVariant variant, MillTrialResult *result)
{
  g_return_if_fail (MILL_IS_PITFALL_RUN (self));
  g_return_if_fail (variant < MILL_N_VARIANTS);
  mill_trial_get_result (self->trials[variant], result);
}

/**
 * mill_pitfall_run_get_samples:
 * @self: a run
 * @variant: one of its variants
 * @samples: (element-type MillTrialSample): an array of #MillTrialSample to be filled, oldest first; what is
 * in it is replaced
 *
 * Reads a variant's curve. A long one becomes coarser while it grows.
 *
 * Returns: how many samples there are
 */
guint
mill_pitfall_run_get_samples (MillPitfallRun *self, MillVariant variant, GArray *samples)
{
  g_return_val_if_fail (MILL_IS_PITFALL_RUN (self), 0);
  g_return_val_if_fail (variant < MILL_N_VARIANTS, 0);
  g_return_val_if_fail (samples != NULL, 0);
  return mill_trial_get_samples (self->trials[variant], samples);
}

/**
 * mill_trial_result_copy:
 * @self: a result
 *
 * Copies it.
 *
 * Returns: (transfer full): a copy
 */
MillTrialResult *
mill_trial_result_copy (const MillTrialResult *self)
{
  return g_memdup2 (self, sizeof *self);
}

/**
 * mill_trial_result_free:
 * @self: (transfer full): a result
 *
 * Frees it.
 */
void
mill_trial_result_free (MillTrialResult *self)
{
  g_free (self);
}
