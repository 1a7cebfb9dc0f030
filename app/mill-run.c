/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillRun: samples a pipeline and keeps what the last seconds were like. */

#include "config.h"

#include "mill-run.h"

#include "mill-history.h"

/* A sample at most every 1/30 s; a little less, so that every second frame of a 60 Hz display is taken. */
#define SAMPLE_SPACING_US (30 * G_TIME_SPAN_MILLISECOND)
#define BEAT_SPACING_US   (200 * G_TIME_SPAN_MILLISECOND)
#define UNSEEN_SPACING_US (500 * G_TIME_SPAN_MILLISECOND)
/* A knob that is dragged is turned this often, not with every motion: each turn is an event of the run. */
#define TURN_SPACING_US  (100 * G_TIME_SPAN_MILLISECOND)
#define DRAIN_DEADLINE_S 30.0

struct _MillRun
{
  GObject parent_instance;

  MillJob *job;             /* (owned) */
  char *origin;             /* (owned) */
  MillPipeline *pipeline;   /* (owned) */
  MillSnapshot *snapshot;   /* (owned): the newest */
  MillHistory *second;      /* (owned): a bit more than a second, finely spaced */
  MillHistory *ten_seconds; /* (owned): the last ten seconds and a bit, a second apart */
  MillFigures figures;
  MillState state; /* the last one announced */
  gint64 last_beat_us;
  guint unseen_timer; /* 0 unless the pipeline runs */
  MillKnob *turning;  /* (owned) (nullable): a knob still to be set, to turning_value */
  double turning_value;
  gint64 last_turn_us;
  guint turn_timer; /* 0 unless a knob is still to be set */
  gboolean is_started;
  gboolean has_ended; /* join has returned */
};

enum
{
  SIGNAL_SAMPLED,
  SIGNAL_BEAT,
  SIGNAL_STATE_CHANGED,
  SIGNAL_ENDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MillRun, mill_run, G_TYPE_OBJECT)

static void
compute_figures (MillRun *self)
{
  gint64 now_us = self->snapshot->time_us;

  mill_figures_compute (&self->figures, self->snapshot,
                        mill_history_look_back (self->second, now_us - G_USEC_PER_SEC),
                        mill_history_look_back (self->ten_seconds, now_us - 3 * G_USEC_PER_SEC),
                        mill_history_look_back (self->ten_seconds, now_us - 10 * G_USEC_PER_SEC));
}

static void
take_snapshot (MillRun *self)
{
  g_clear_pointer (&self->snapshot, mill_snapshot_unref);
  self->snapshot = mill_pipeline_snapshot (self->pipeline);
  mill_history_add (self->second, self->snapshot);
  mill_history_add (self->ten_seconds, self->snapshot);
}

/* Takes a snapshot now and tells everybody; a new state is always a beat. */
static void
sample_now (MillRun *self, gboolean force_beat)
{
  gboolean is_new_state, is_beat;

  take_snapshot (self);
  is_new_state = self->snapshot->state != self->state;
  is_beat = force_beat || is_new_state || self->snapshot->time_us - self->last_beat_us >= BEAT_SPACING_US;
  if (is_beat)
    {
      self->last_beat_us = self->snapshot->time_us;
      self->state = self->snapshot->state;
      compute_figures (self);
    }

  g_object_ref (self);
  g_signal_emit (self, signals[SIGNAL_SAMPLED], 0);
  if (is_beat)
    g_signal_emit (self, signals[SIGNAL_BEAT], 0);
  if (is_new_state)
    g_signal_emit (self, signals[SIGNAL_STATE_CHANGED], 0);
  g_object_unref (self);
}

static gboolean
unseen_timer_cb (gpointer user_data)
{
  MillRun *self = user_data;

  if (g_get_monotonic_time () - self->snapshot->time_us >= UNSEEN_SPACING_US)
    sample_now (self, FALSE);

  return G_SOURCE_CONTINUE;
}

static void
joined_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MillRun) self = user_data;

  /* It fails only when cancelled, and nobody can cancel it; how the run ended is in the snapshot. */
  mill_pipeline_join_finish (self->pipeline, result, NULL);
  self->has_ended = TRUE;
  g_clear_handle_id (&self->unseen_timer, g_source_remove);
  sample_now (self, TRUE);
  g_signal_emit (self, signals[SIGNAL_ENDED], 0);
}

static void
turn_knob (MillRun *self, MillKnob *knob, double value)
{
  g_autoptr (GError) error = NULL;
  double allowed = CLAMP (value, mill_knob_get_minimum (knob), mill_knob_get_maximum (knob));

  self->last_turn_us = g_get_monotonic_time ();
  if (!mill_knob_set_number (knob, allowed, &error))
    g_warning ("%s", error->message);
}

static void
turn_pending_knob (MillRun *self)
{
  g_autoptr (MillKnob) knob = g_steal_pointer (&self->turning);

  g_clear_handle_id (&self->turn_timer, g_source_remove);
  if (knob != NULL)
    turn_knob (self, knob, self->turning_value);
}

static gboolean
turn_timer_cb (gpointer user_data)
{
  turn_pending_knob (user_data);

  return G_SOURCE_REMOVE;
}

static void
mill_run_dispose (GObject *object)
{
  MillRun *self = MILL_RUN (object);

  g_clear_handle_id (&self->turn_timer, g_source_remove);
  g_clear_pointer (&self->turning, mill_knob_unref);
  g_clear_handle_id (&self->unseen_timer, g_source_remove);

  G_OBJECT_CLASS (mill_run_parent_class)->dispose (object);
}

static void
mill_run_finalize (GObject *object)
{
  MillRun *self = MILL_RUN (object);

  g_clear_pointer (&self->snapshot, mill_snapshot_unref);
  g_clear_pointer (&self->second, mill_history_free);
  g_clear_pointer (&self->ten_seconds, mill_history_free);
  mill_figures_clear (&self->figures);
  g_clear_object (&self->pipeline);
  g_clear_object (&self->job);
  g_clear_pointer (&self->origin, g_free);

  G_OBJECT_CLASS (mill_run_parent_class)->finalize (object);
}

static guint
new_signal (const char *name)
{
  return g_signal_new (name, MILL_TYPE_RUN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
mill_run_class_init (MillRunClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mill_run_dispose;
  object_class->finalize = mill_run_finalize;

  signals[SIGNAL_SAMPLED] = new_signal ("sampled");
  signals[SIGNAL_BEAT] = new_signal ("beat");
  signals[SIGNAL_STATE_CHANGED] = new_signal ("state-changed");
  signals[SIGNAL_ENDED] = new_signal ("ended");
}

static void
mill_run_init (MillRun *self)
{
  self->second = mill_history_new (G_USEC_PER_SEC / 10, 13);
  self->ten_seconds = mill_history_new (G_USEC_PER_SEC, 12);
}

/**
 * mill_run_new:
 * @job: (transfer none): what to run
 * @origin: where it is from, in a word for people, such as “scenario”
 *
 * Builds the pipeline of @job; it does not start yet.
 *
 * Returns: (transfer full) (nullable): the run, or %NULL with the error of mill_job_build()
 */
MillRun *
mill_run_new (MillJob *job, const char *origin, GError **error)
{
  g_autoptr (MillPipeline) pipeline = mill_job_build (job, error);
  MillRun *self;

  if (pipeline == NULL)
    return NULL;

  self = g_object_new (MILL_TYPE_RUN, NULL);
  self->job = g_object_ref (job);
  self->origin = g_strdup (origin);
  self->pipeline = g_steal_pointer (&pipeline);
  mill_figures_init (&self->figures, mill_pipeline_get_n_stages (self->pipeline));
  take_snapshot (self);
  self->state = self->snapshot->state;
  compute_figures (self);

  return self;
}

static void
copy_knobs (MillPipeline *from, MillPipeline *to)
{
  g_autoptr (GPtrArray) knobs = mill_pipeline_list_knobs (from);
  guint i;

  for (i = 0; i < knobs->len; i++)
    {
      MillKnob *knob = g_ptr_array_index (knobs, i);
      g_autofree char *text = mill_knob_get_text (knob);
      g_autoptr (GError) error = NULL;

      if (!mill_pipeline_set_knob (to, mill_knob_get_path (knob), text, &error))
        g_warning ("%s", error->message);
    }
}

/**
 * mill_run_new_again:
 * @before: a run
 *
 * Builds a fresh pipeline of the same job, its knobs as they stand in @before: what the knobs show is what
 * runs.
 *
 * Returns: (transfer full) (nullable): a new run, or %NULL with the error of mill_job_build()
 */
MillRun *
mill_run_new_again (MillRun *before, GError **error)
{
  MillRun *self = mill_run_new (before->job, before->origin, error);

  if (self != NULL)
    copy_knobs (before->pipeline, self->pipeline);

  return self;
}

/**
 * mill_run_get_job:
 *
 * Returns: (transfer none): the job
 */
MillJob *
mill_run_get_job (MillRun *self)
{
  return self->job;
}

/**
 * mill_run_get_origin:
 *
 * Returns: (transfer none): where the job is from
 */
const char *
mill_run_get_origin (MillRun *self)
{
  return self->origin;
}

/**
 * mill_run_get_pipeline:
 *
 * Returns: (transfer none): the pipeline
 */
MillPipeline *
mill_run_get_pipeline (MillRun *self)
{
  return self->pipeline;
}

/**
 * mill_run_get_snapshot:
 *
 * Returns: (transfer none): the newest snapshot; valid until the next one is taken
 */
MillSnapshot *
mill_run_get_snapshot (MillRun *self)
{
  return self->snapshot;
}

/**
 * mill_run_get_figures:
 *
 * Returns: (transfer none): the figures as of the last beat
 */
const MillFigures *
mill_run_get_figures (MillRun *self)
{
  return &self->figures;
}

/**
 * mill_run_get_state:
 *
 * Returns: the state as of the newest snapshot
 */
MillState
mill_run_get_state (MillRun *self)
{
  return self->snapshot->state;
}

/**
 * mill_run_is_active:
 *
 * Returns: whether the pipeline was started and has threads left
 */
gboolean
mill_run_is_active (MillRun *self)
{
  return self->is_started && !self->has_ended;
}

/**
 * mill_run_start:
 *
 * Starts the pipeline.
 *
 * Returns: %FALSE with the error of mill_pipeline_start(); the run is then of no more use
 */
gboolean
mill_run_start (MillRun *self, GError **error)
{
  /* Rates begin here, not when the pipeline was built. */
  mill_history_clear (self->second);
  mill_history_clear (self->ten_seconds);
  take_snapshot (self);

  if (!mill_pipeline_start (self->pipeline, error))
    return FALSE;

  self->is_started = TRUE;
  self->unseen_timer = g_timeout_add (UNSEEN_SPACING_US / G_TIME_SPAN_MILLISECOND, unseen_timer_cb, self);
  mill_pipeline_join_async (self->pipeline, NULL, joined_cb, g_object_ref (self));
  sample_now (self, TRUE);

  return TRUE;
}

/**
 * mill_run_pause:
 *
 * Returns: whether the pipeline pauses
 */
gboolean
mill_run_pause (MillRun *self, GError **error)
{
  gboolean ok = mill_pipeline_pause (self->pipeline, error);

  sample_now (self, TRUE);

  return ok;
}

/**
 * mill_run_resume:
 *
 * Returns: whether the pipeline goes on
 */
gboolean
mill_run_resume (MillRun *self, GError **error)
{
  gboolean ok = mill_pipeline_resume (self->pipeline, error);

  sample_now (self, TRUE);

  return ok;
}

/**
 * mill_run_drain:
 *
 * Ends the source and lets the pipeline work off what it holds; after half a minute the rest is returned.
 *
 * Returns: whether the pipeline drains
 */
gboolean
mill_run_drain (MillRun *self, GError **error)
{
  gboolean ok = mill_pipeline_drain (self->pipeline, DRAIN_DEADLINE_S, error);

  sample_now (self, TRUE);

  return ok;
}

/**
 * mill_run_stop:
 *
 * Cancels everything; what was not processed is returned.
 */
void
mill_run_stop (MillRun *self)
{
  mill_pipeline_stop (self->pipeline);
  sample_now (self, TRUE);
}

/**
 * mill_run_sample:
 *
 * To be called with every frame: takes a snapshot if the last one is old enough and the pipeline runs.
 */
void
mill_run_sample (MillRun *self)
{
  if (mill_run_is_active (self) && g_get_monotonic_time () - self->snapshot->time_us >= SAMPLE_SPACING_US)
    sample_now (self, FALSE);
}

/**
 * mill_run_get_stage_knob:
 * @stage: which stage, from 0
 * @name: a knob that every stage has
 *
 * Returns: (transfer full): the knob
 */
MillKnob *
mill_run_get_stage_knob (MillRun *self, guint stage, const char *name)
{
  const char *stage_name = mill_stage_get_name (mill_pipeline_get_stage (self->pipeline, stage));
  g_autofree char *path = g_strdup_printf ("%s.%s", stage_name, name);

  return mill_pipeline_find_knob (self->pipeline, path, NULL);
}

/**
 * mill_run_set_knob:
 * @knob: (transfer none): one of the pipeline's knobs
 * @value: its new value; clamped to its range
 *
 * Turns the knob, at once or, while it is being dragged, a tenth of a second later.
 */
void
mill_run_set_knob (MillRun *self, MillKnob *knob, double value)
{
  gint64 since_us = g_get_monotonic_time () - self->last_turn_us;

  if (self->turning != NULL && g_strcmp0 (mill_knob_get_path (self->turning), mill_knob_get_path (knob)) != 0)
    turn_pending_knob (self);

  if (self->turning == NULL && since_us >= TURN_SPACING_US)
    {
      turn_knob (self, knob, value);
      return;
    }

  if (self->turning == NULL)
    self->turning = mill_knob_ref (knob);
  self->turning_value = value;
  if (self->turn_timer == 0)
    self->turn_timer = g_timeout_add (TURN_SPACING_US / G_TIME_SPAN_MILLISECOND, turn_timer_cb, self);
}

/**
 * mill_run_get_knob_number:
 * @knob: one of the pipeline's knobs
 *
 * Returns: the value of @knob, or what it will be in a moment
 */
double
mill_run_get_knob_number (MillRun *self, MillKnob *knob)
{
  if (self->turning != NULL && g_strcmp0 (mill_knob_get_path (self->turning), mill_knob_get_path (knob)) == 0)
    return self->turning_value;

  return mill_knob_get_number (knob);
}
