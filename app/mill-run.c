/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillRun: samples a pipeline and keeps what the last seconds were like. */

#include "config.h"

#include "mill-run.h"

#include "mill-history.h"
#include "mill-processor.h"
#include "mill-recording.h"
#include "mill-run-files.h"
#include "mill-run-summary.h"
#include "pipeline/mill-alert-watch.h"
#include "sources/mill-crawl-source.h"

#define BEAT_SPACING_US   (200 * G_TIME_SPAN_MILLISECOND)
#define UNSEEN_SPACING_US (500 * G_TIME_SPAN_MILLISECOND)
#define MAX_BROKEN        100 /* links that are listed */

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
  MillLimit *limit;          /* (owned) */
  MillEta *eta;              /* (owned) */
  MillAlertWatch *alerts;    /* (owned) */
  char *run_folder;          /* (owned) (nullable): where the run file is to be made */
  char *run_path;            /* (owned) (nullable): the run file, once there is one */
  MillCrawlSummary *summary; /* (owned) (nullable): of a crawl that has ended */
  MillRunFacts *facts;       /* (owned) (nullable): of a stored run that is no crawl */
  gboolean is_stored;        /* it is what the run file holds, and cannot be started */
  MillState state;           /* the last one announced */
  gint64 last_beat_us;
  guint unseen_timer;   /* 0 unless the pipeline runs */
  MillKnobBoard *knobs; /* (owned) */
  gboolean is_started;
  gboolean has_ended; /* join has returned */
};

enum
{
  SIGNAL_SAMPLED,
  SIGNAL_BEAT,
  SIGNAL_STATE_CHANGED,
  SIGNAL_ALERT,
  SIGNAL_LIMITS_CHANGED,
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
  mill_limit_add_snapshot (self->limit, self->snapshot, mill_processor_get_time ());
}

static void
alert_cb (const char *text, gpointer user_data)
{
  MillRun *self = user_data;

  mill_pipeline_add_event (self->pipeline, MILL_EVENT_ALERT, text);
  g_signal_emit (self, signals[SIGNAL_ALERT], 0, text);
}

/* Takes a snapshot now and tells everybody; a new state is always a beat. */
static void
sample_now (MillRun *self, gboolean force_beat)
{
  gboolean is_new_state, is_beat;

  take_snapshot (self);
  mill_eta_add_snapshot (self->eta, self->snapshot);
  is_new_state = self->snapshot->state != self->state;
  is_beat = force_beat || is_new_state || self->snapshot->time_us - self->last_beat_us >= BEAT_SPACING_US;
  if (is_beat)
    {
      self->last_beat_us = self->snapshot->time_us;
      self->state = self->snapshot->state;
      compute_figures (self);
    }

  g_object_ref (self);
  mill_alert_watch_look (self->alerts, self->snapshot, alert_cb, self);
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
summary_thread (GTask *task, gpointer source, gpointer path, GCancellable *cancellable)
{
  GError *error = NULL;
  MillCrawlSummary *summary = mill_crawl_summary_read (path, MAX_BROKEN, &error);

  if (summary != NULL)
    g_task_return_pointer (task, summary, (GDestroyNotify) mill_crawl_summary_free);
  else
    g_task_return_error (task, error);
}

static void
summed_up_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MillRun *self = MILL_RUN (source);
  g_autoptr (GError) error = NULL;

  self->summary = g_task_propagate_pointer (G_TASK (result), &error);
  if (error != NULL)
    g_message ("%s", error->message);
  g_signal_emit (self, signals[SIGNAL_ENDED], 0);
}

/* A recorded crawl is summed up by its file, which also knows what was before this run. */
static void
sum_up (MillRun *self)
{
  if (self->run_path != NULL && mill_run_is_crawl (self))
    {
      g_autoptr (GTask) task = g_task_new (self, NULL, summed_up_cb, NULL);

      g_task_set_task_data (task, g_strdup (self->run_path), g_free);
      g_task_run_in_thread (task, summary_thread);
      return;
    }
  if (mill_run_is_crawl (self))
    self->summary = mill_run_summary_of_pipeline (self->pipeline, MAX_BROKEN);
  g_signal_emit (self, signals[SIGNAL_ENDED], 0);
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
  sum_up (self);
}

/* What was measured under other settings says nothing about these. */
static void
knob_turned_cb (MillRun *self)
{
  mill_limit_begin_again (self->limit);
}

static void
mill_run_dispose (GObject *object)
{
  MillRun *self = MILL_RUN (object);

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
  mill_limit_free (self->limit);
  mill_eta_free (self->eta);
  g_clear_object (&self->alerts);
  g_clear_pointer (&self->summary, mill_crawl_summary_free);
  g_clear_pointer (&self->facts, mill_run_facts_free);
  g_free (self->run_folder);
  g_free (self->run_path);
  g_clear_object (&self->knobs);
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
  signals[SIGNAL_ALERT] = g_signal_new ("alert", MILL_TYPE_RUN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_LIMITS_CHANGED] = new_signal ("limits-changed");
  signals[SIGNAL_ENDED] = new_signal ("ended");
}

static void
mill_run_init (MillRun *self)
{
  self->second = mill_history_new (G_USEC_PER_SEC / 10, 13);
  self->ten_seconds = mill_history_new (G_USEC_PER_SEC, 12);
  self->limit = mill_limit_new (g_get_num_processors ());
  self->eta = mill_eta_new ();
}

static MillRun *
new_of_pipeline (MillJob *job, const char *origin, MillPipeline *pipeline)
{
  MillRun *self = g_object_new (MILL_TYPE_RUN, NULL);

  self->job = g_object_ref (job);
  self->origin = g_strdup (origin);
  self->pipeline = g_object_ref (pipeline);
  self->knobs = mill_knob_board_new (pipeline);
  g_signal_connect_object (self->knobs, "changed", G_CALLBACK (knob_turned_cb), self, G_CONNECT_SWAPPED);
  self->alerts = mill_alert_watch_new (mill_job_get_alert_limits (job));
  mill_figures_init (&self->figures, mill_pipeline_get_n_stages (self->pipeline));
  take_snapshot (self);
  self->state = self->snapshot->state;
  compute_figures (self);

  return self;
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

  return pipeline != NULL ? new_of_pipeline (job, origin, pipeline) : NULL;
}

/**
 * mill_run_new_resumed:
 * @job: (transfer none): what is in the run file
 * @origin: where it is from, in a word for people
 * @pipeline: (transfer none): from mill_crawl_resume()
 * @path: the run file
 *
 * Returns: (transfer full): a run that goes on with the one in the file
 */
MillRun *
mill_run_new_resumed (MillJob *job, const char *origin, MillPipeline *pipeline, const char *path)
{
  MillRun *self = new_of_pipeline (job, origin, pipeline);

  self->run_path = g_strdup (path);
  return self;
}

/**
 * mill_run_new_stored:
 * @job: (transfer none): what is in the run file
 * @origin: where it is from, in a word for people
 * @path: the run file
 * @summary: what is in it
 *
 * Shows what a run file holds, without taking it away from others.
 *
 * Returns: (transfer full) (nullable): a run that cannot be started itself, or %NULL with the error of
 *   mill_job_build()
 */
MillRun *
mill_run_new_stored (MillJob *job, const char *origin, const char *path, const MillCrawlSummary *summary,
                     GError **error)
{
  MillRun *self = mill_run_new (job, origin, error);

  if (self == NULL)
    return NULL;
  self->run_path = g_strdup (path);
  self->summary = mill_crawl_summary_copy (summary);
  self->is_stored = TRUE;
  return self;
}

/**
 * mill_run_new_recording:
 * @job: (transfer none): what is in the run file
 * @origin: where it is from, in a word for people
 * @path: the run file
 * @facts: what is in it
 *
 * Shows what a run file holds of a run that is no crawl.
 *
 * Returns: (transfer full) (nullable): a run that cannot be started itself, or %NULL with the error of
 *   mill_job_build()
 */
MillRun *
mill_run_new_recording (MillJob *job, const char *origin, const char *path, const MillRunFacts *facts,
                        GError **error)
{
  MillRun *self = mill_run_new (job, origin, error);

  if (self == NULL)
    return NULL;
  self->run_path = g_strdup (path);
  self->facts = mill_run_facts_copy (facts);
  self->is_stored = TRUE;
  return self;
}

/**
 * mill_run_record_in:
 * @folder: (nullable): a folder, which is made if it is not there; %NULL is not to record
 *
 * Has the run kept in a run file of its own in @folder, from the start on. A crawl that cannot be kept does
 * not start; any other run does, and says so in its events.
 */
void
mill_run_record_in (MillRun *self, const char *folder)
{
  g_free (self->run_folder);
  self->run_folder = g_strdup (folder);
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
 * Builds a fresh pipeline of the same job, its knobs and limits as they stand in @before: what the knobs show
 * is what runs. If @before was recorded, so is the new run, in a file of its own beside the other.
 *
 * Returns: (transfer full) (nullable): a new run, or %NULL with the error of mill_job_build()
 */
MillRun *
mill_run_new_again (MillRun *before, GError **error)
{
  MillRun *self = mill_run_new (before->job, before->origin, error);

  if (self == NULL)
    return NULL;
  copy_knobs (before->pipeline, self->pipeline);
  mill_alert_watch_set_limits (self->alerts, mill_alert_watch_get_limits (before->alerts));
  if (before->run_folder != NULL)
    self->run_folder = g_strdup (before->run_folder);
  else if (before->run_path != NULL)
    self->run_folder = g_path_get_dirname (before->run_path);

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
 * mill_run_get_limit:
 *
 * Returns: (transfer none): what holds the run back, as of the newest snapshot
 */
const MillLimit *
mill_run_get_limit (MillRun *self)
{
  return self->limit;
}

/**
 * mill_run_get_left:
 * @left_us: (out): an estimate of the time to the end in microseconds; -1 when there is none
 *
 * Returns: what the estimate is worth
 */
MillEtaKind
mill_run_get_left (MillRun *self, gint64 *left_us)
{
  return mill_eta_estimate (self->eta, left_us);
}

/**
 * mill_run_get_path:
 *
 * Returns: (transfer none) (nullable): the run file; %NULL if there is none, or none yet
 */
const char *
mill_run_get_path (MillRun *self)
{
  return self->run_path;
}

/**
 * mill_run_get_summary:
 *
 * Returns: (transfer none) (nullable): what became of the crawl; %NULL of what is no crawl, has not ended, or
 *   is not known
 */
const MillCrawlSummary *
mill_run_get_summary (MillRun *self)
{
  return self->summary;
}

/**
 * mill_run_get_facts:
 *
 * Returns: (transfer none) (nullable): what the run file says; %NULL unless it is a stored run that is no
 *   crawl
 */
const MillRunFacts *
mill_run_get_facts (MillRun *self)
{
  return self->facts;
}

/**
 * mill_run_can_go_on:
 *
 * Returns: whether the run file holds pages that are still to be fetched, and nobody fetches them
 */
gboolean
mill_run_can_go_on (MillRun *self)
{
  return self->run_path != NULL && !mill_run_is_active (self) && self->summary != NULL &&
         !mill_crawl_summary_is_finished (self->summary);
}

/**
 * mill_run_is_stored:
 *
 * Returns: whether this is what a run file holds, to be looked at; to go on, the file is to be resumed
 */
gboolean
mill_run_is_stored (MillRun *self)
{
  return self->is_stored;
}

/**
 * mill_run_is_crawl:
 *
 * Returns: whether it fetches pages
 */
gboolean
mill_run_is_crawl (MillRun *self)
{
  return MILL_IS_CRAWL_SOURCE (mill_pipeline_get_source (self->pipeline));
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

static gboolean
start_pipeline (MillRun *self, GError **error)
{
  gboolean is_new = self->run_folder != NULL && self->run_path == NULL;

  if (is_new && !mill_recording_begin (self->pipeline, self->job, self->run_folder, &self->run_path, error))
    return FALSE;
  if (mill_pipeline_start (self->pipeline, error))
    return TRUE;
  /* Nothing is in it yet. */
  if (is_new && self->run_path != NULL)
    mill_run_files_delete (self->run_path);
  return FALSE;
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
  g_return_val_if_fail (!self->is_stored, FALSE);

  /* Rates begin here, not when the pipeline was built. */
  mill_history_clear (self->second);
  mill_history_clear (self->ten_seconds);
  take_snapshot (self);

  if (!start_pipeline (self, error))
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
  gboolean ok = mill_pipeline_drain (self->pipeline, MILL_RUN_DRAIN_DEADLINE_S, error);

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
 * To be called with every frame that is to show something new: takes a snapshot, if the pipeline runs.
 */
void
mill_run_sample (MillRun *self)
{
  if (mill_run_is_active (self))
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
 * mill_run_get_knobs:
 *
 * Returns: (transfer none): the knobs, where they stand in the job, and how they were turned
 */
MillKnobBoard *
mill_run_get_knobs (MillRun *self)
{
  return self->knobs;
}

/**
 * mill_run_set_knob:
 * @knob: (transfer none): one of the pipeline's knobs
 * @value: its new value; brought into its range
 *
 * Turns the knob, as mill_knob_board_turn() does.
 */
void
mill_run_set_knob (MillRun *self, MillKnob *knob, double value)
{
  mill_knob_board_turn (self->knobs, knob, value);
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
  return mill_knob_board_get_number (self->knobs, knob);
}

/**
 * mill_run_get_alert_limits:
 *
 * Returns: (transfer none): the limits that are watched, valid until they are set again
 */
const MillAlertLimits *
mill_run_get_alert_limits (MillRun *self)
{
  return mill_alert_watch_get_limits (self->alerts);
}

/**
 * mill_run_set_alert_limits:
 * @limits: what to watch from now on
 *
 * Watches these instead of the job's; what is above them alerts at once.
 */
void
mill_run_set_alert_limits (MillRun *self, const MillAlertLimits *limits)
{
  mill_alert_watch_set_limits (self->alerts, limits);
  if (self->is_started)
    mill_alert_watch_look (self->alerts, self->snapshot, alert_cb, self);
  g_signal_emit (self, signals[SIGNAL_LIMITS_CHANGED], 0);
}

/**
 * mill_run_list_alerts:
 *
 * Returns: (transfer full): which limits are passed as of the newest snapshot, a text for each
 */
char **
mill_run_list_alerts (MillRun *self)
{
  return mill_alert_watch_list_passed (self->alerts);
}
