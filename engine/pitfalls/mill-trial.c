/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillTrial: one variant of a pitfall while it runs, and the waits that cannot end, given up on. */

#include "config.h"

#include "pitfalls/mill-trial-private.h"

#include "core/mill-clock.h"
#include "core/mill-error.h"
#include "pitfalls/mill-pitfall-private.h"

#define MAX_SAMPLES 2048
/* How often a wait that may be hopeless looks round. */
#define LOOK_MS 50

struct _MillTrial
{
  MillPitfall *pitfall;      /* (owned) */
  GCancellable *cancellable; /* (owned) */
  gint n_done;               /* (atomic) */
  GMutex lock;               /* guards the rest */
  GArray *samples;           /* (owned) of MillTrialSample */
  gint64 least_gap_us;       /* between two samples; grows with their number */
  gint64 start_us;
  MillTrialResult result;
};

MillTrial *
mill_trial_new (MillPitfall *pitfall)
{
  MillTrial *self = g_new0 (MillTrial, 1);

  self->pitfall = g_object_ref (pitfall);
  self->cancellable = g_cancellable_new ();
  g_mutex_init (&self->lock);
  self->samples = g_array_new (FALSE, FALSE, sizeof (MillTrialSample));
  self->least_gap_us = 1000;
  self->result.items = mill_pitfall_get_parameter (pitfall, "items");
  return self;
}

void
mill_trial_free (MillTrial *self)
{
  g_object_unref (self->pitfall);
  g_object_unref (self->cancellable);
  g_mutex_clear (&self->lock);
  g_array_unref (self->samples);
  g_free (self);
}

/* ---- for the run ----------------------------------------------------------------------------------------
 */

void
mill_trial_start (MillTrial *self)
{
  g_mutex_lock (&self->lock);
  self->start_us = g_get_monotonic_time ();
  self->result.state = MILL_TRIAL_RUNNING;
  g_mutex_unlock (&self->lock);
}

static double
get_seconds_locked (MillTrial *self)
{
  return (double) (g_get_monotonic_time () - self->start_us) / G_USEC_PER_SEC;
}

void
mill_trial_end (MillTrial *self)
{
  g_mutex_lock (&self->lock);
  self->result.seconds = get_seconds_locked (self);
  self->result.state = mill_trial_is_cancelled (self) ? MILL_TRIAL_CANCELLED : MILL_TRIAL_FINISHED;
  g_mutex_unlock (&self->lock);
}

void
mill_trial_cancel (MillTrial *self)
{
  g_cancellable_cancel (self->cancellable);
}

void
mill_trial_get_result (MillTrial *self, MillTrialResult *result)
{
  g_mutex_lock (&self->lock);
  *result = self->result;
  if (result->state == MILL_TRIAL_RUNNING)
    result->seconds = get_seconds_locked (self);
  g_mutex_unlock (&self->lock);
  result->done = mill_trial_get_done (self);
}

/* Replaces what is in @samples. Returns their number. */
guint
mill_trial_get_samples (MillTrial *self, GArray *samples)
{
  g_array_set_size (samples, 0);
  g_mutex_lock (&self->lock);
  g_array_append_vals (samples, self->samples->data, self->samples->len);
  g_mutex_unlock (&self->lock);
  return samples->len;
}

/* ---- for the program ------------------------------------------------------------------------------------
 */

guint
mill_trial_get (MillTrial *self, const char *parameter)
{
  return mill_pitfall_get_parameter (self->pitfall, parameter);
}

GCancellable *
mill_trial_get_cancellable (MillTrial *self)
{
  return self->cancellable;
}

gboolean
mill_trial_is_cancelled (MillTrial *self)
{
  return g_cancellable_is_cancelled (self->cancellable);
}

/* Blocks the calling thread, as a query or a read that takes so long would; only a cancelled trial ends it
 * before. */
void
mill_trial_block (MillTrial *self, guint time_ms)
{
  if (time_ms > 0)
    mill_clock_wait_until (mill_clock_get_real (), g_get_monotonic_time () + (gint64) time_ms * 1000,
                           self->cancellable, NULL);
}

void
mill_trial_count_done (MillTrial *self)
{
  g_atomic_int_inc (&self->n_done);
}

guint
mill_trial_get_done (MillTrial *self)
{
  return (guint) g_atomic_int_get (&self->n_done);
}

static void
halve_samples_locked (MillTrial *self)
{
  MillTrialSample *samples = (MillTrialSample *) (gpointer) self->samples->data;

  for (guint i = 0; i + 1 < self->samples->len; i += 2)
    {
      samples[i / 2] = samples[i + 1];
      samples[i / 2].value = MAX (samples[i].value, samples[i + 1].value);
    }
  g_array_set_size (self->samples, self->samples->len / 2);
  self->least_gap_us *= 2;
}

static void
add_sample_locked (MillTrial *self, const MillTrialSample *sample)
{
  MillTrialSample *last = NULL;

  if (self->samples->len == MAX_SAMPLES)
    halve_samples_locked (self);
  if (self->samples->len > 0)
    last = &g_array_index (self->samples, MillTrialSample, self->samples->len - 1);
  if (last != NULL && sample->time_us - last->time_us < self->least_gap_us)
    last->value = sample->value;
  else
    g_array_append_vals (self->samples, sample, 1);
}

/* Adds a sample to the curve, of now. */
void
mill_trial_chart (MillTrial *self, double value)
{
  MillTrialSample sample = { .value = value };

  g_mutex_lock (&self->lock);
  sample.time_us = g_get_monotonic_time () - self->start_us;
  add_sample_locked (self, &sample);
  g_mutex_unlock (&self->lock);
}

/* What has been measured, so far or in the end. */
void
mill_trial_set_figure (MillTrial *self, double figure)
{
  g_mutex_lock (&self->lock);
  self->result.figure = figure;
  g_mutex_unlock (&self->lock);
}

static void
set_hangs (MillTrial *self, guint64 unfinished)
{
  g_mutex_lock (&self->lock);
  self->result.hangs = TRUE;
  self->result.unfinished = unfinished;
  g_mutex_unlock (&self->lock);
}

static gint64
get_look_time (MillTrial *self)
{
  return g_get_monotonic_time () + MIN (mill_trial_get (self, "give-up"), LOOK_MS) * 1000;
}

static gint64
get_give_up_time (MillTrial *self)
{
  return g_get_monotonic_time () + (gint64) mill_trial_get (self, "give-up") * 1000;
}

/* Puts @item. When there is no room and nobody is left in @crew to make some, this can never succeed; it is
 * watched for as long as "give-up" says, and then given up.
 *
 * Returns: whether it is in; otherwise it was given up, or the trial was cancelled */
gboolean
mill_trial_put (MillTrial *self, MillQueue *queue, MillItem *item, MillCrew *crew)
{
  gint64 give_up_us = get_give_up_time (self);
  MillQueueStats stats;

  while (!mill_queue_put_until (queue, item, get_look_time (self), self->cancellable, NULL))
    {
      if (mill_trial_is_cancelled (self))
        return FALSE;
      mill_trial_chart (self, mill_crew_get_alive (crew));
      if (mill_crew_get_alive (crew) == 0 && g_get_monotonic_time () >= give_up_us)
        {
          mill_queue_get_stats (queue, &stats);
          set_hangs (self, stats.unfinished);
          return FALSE;
        }
    }
  return TRUE;
}

/* Whether nobody works on anything, and nobody ever will. */
static gboolean
is_hopeless (const MillQueueStats *stats, guint n_alive)
{
  return n_alive == 0 || (stats->depth == 0 && stats->getters == n_alive);
}

/* Waits in join. The figure is for how many seconds. When nobody in @crew can lower "unfinished" any more,
 * the wait can never end; it is watched for as long as "give-up" says, and then given up.
 *
 * Returns: whether join returned */
gboolean
mill_trial_join (MillTrial *self, MillQueue *queue, MillCrew *crew)
{
  gint64 begin_us = g_get_monotonic_time (), give_up_us = get_give_up_time (self);
  gboolean joined = FALSE, hopeless = FALSE;
  MillQueueStats stats;

  while (!joined && !hopeless && !mill_trial_is_cancelled (self))
    {
      /* Before the queue is looked at: who is counted here may have taken something then. */
      guint n_alive = mill_crew_get_alive (crew);

      joined = mill_queue_join_until (queue, get_look_time (self), self->cancellable, NULL);
      mill_queue_get_stats (queue, &stats);
      mill_trial_chart (self, (double) stats.unfinished);
      mill_trial_set_figure (self, (double) (g_get_monotonic_time () - begin_us) / G_USEC_PER_SEC);
      hopeless = !joined && g_get_monotonic_time () >= give_up_us && is_hopeless (&stats, n_alive);
    }
  if (hopeless)
    set_hangs (self, stats.unfinished);
  return joined;
}
