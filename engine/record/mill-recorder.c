/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillRecorder. The control thread takes a snapshot ten times a second and makes a note of it. A plain run's
 * notes are written by a thread of their own; a crawl's at once, its file being written to by all its workers
 * anyway. */

#include "config.h"

#include "record/mill-recorder-private.h"

#include <glib/gi18n-lib.h>

#include "pipeline/mill-pipeline-private.h"
#include "record/mill-item-log-private.h"
#include "record/mill-run-writer-private.h"

#define SAMPLE_EVERY_MS 100
#define SHORTEST_US     1000 /* below which nothing can be said of a second */
#define MOST_PENDING    600  /* samples that are not written yet, before others are left out */
#define CACHE_KIB       4096 /* rows are added at the end; more is full of what nobody reads again */

struct _MillRecorder
{
  MillRunFile *file;  /* (owned) */
  gboolean has_items; /* or else the source keeps them */
  guint64 most_items;
  MillRunWriter *writer;  /* (owned) (nullable) before the start, and of a crawl */
  MillItemLog *items;     /* (owned) (nullable) likewise */
  MillPipeline *pipeline; /* (unowned) (nullable) before the start */
  gint n_pending;         /* (atomic) samples */

  /* The control thread's. */
  GSource *timer;       /* (owned) (nullable) */
  MillSnapshot *before; /* (owned) (nullable) of the last sample */
  guint64 next_event;   /* number of the first that is not noted */
  MillState ended;      /* how; idle as long as it has not */

  /* Whoever writes. */
  gint64 run; /* its number in the file; 0 before its row is there */
};

/* A row of `sample`. */
typedef struct
{
  char *stage; /* (owned) */
  guint depth;
  gint maxsize;
  guint held;
  guint permits;
  guint workers;
  gboolean has_rates;
  double busy;
  double idle;
  double blocked;
  guint64 done;
  guint64 dead;
  guint64 retries;
  gboolean has_service;
  double percentiles_ms[3];
} Sample;

/* All that is written at a time. */
typedef struct
{
  MillRunNote note;
  MillRecorder *recorder; /* (unowned) */
  double time_ms;
  gint64 now_us; /* g_get_real_time() */
  MillState state;
  gboolean is_end;
  char *error; /* (owned) (nullable) */
  guint64 produced, done, dead, returned, dropped, retries, unrecorded;
  GArray *samples;   /* (owned) of Sample */
  GPtrArray *events; /* (owned) of (owned) MillEvent */
} Note;

static const char *const event_kinds[] = {
  [MILL_EVENT_STATE] = "state",
  [MILL_EVENT_KNOB] = "knob",
  [MILL_EVENT_FAULT] = "fault",
  [MILL_EVENT_ALERT] = "alert",
};

static const double percentiles[] = { 50, 95, 99 };

/* ---- writing --------------------------------------------------------------------------------------------
 */

static void
insert_run (MillRecorder *self, MillRunFile *file, const Note *note)
{
  sqlite3_stmt *insert =
      mill_run_file_prepare (file, "INSERT INTO run (started, state, program) VALUES (?, ?, ?)");
  g_autofree char *started =
      mill_run_file_format_time (note->now_us - (gint64) (note->time_ms * G_TIME_SPAN_MILLISECOND));

  mill_run_file_bind_text (insert, 1, started);
  mill_run_file_bind_text (insert, 2, mill_state_get_id (note->state));
  mill_run_file_bind_text (insert, 3, "Millrace " MILLRACE_VERSION);
  mill_run_file_step (file, insert);
  self->run = mill_run_file_last_id (file);
}

static void
update_run (MillRecorder *self, MillRunFile *file, const Note *note)
{
  sqlite3_stmt *update = mill_run_file_prepare (
      file, "UPDATE run SET ended = ?, state = ?, error = ?, produced = ?, done = ?, dead = ?, returned = ?,"
            " dropped = ?, retries = ?, unrecorded = ? WHERE id = ?");
  const guint64 counts[] = { note->produced, note->done,    note->dead,      note->returned,
                             note->dropped,  note->retries, note->unrecorded };

  if (note->is_end)
    {
      g_autofree char *ended = mill_run_file_format_time (note->now_us);

      mill_run_file_bind_text (update, 1, ended);
    }
  mill_run_file_bind_text (update, 2, mill_state_get_id (note->state));
  mill_run_file_bind_text (update, 3, note->error);
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    sqlite3_bind_int64 (update, 4 + (int) i, (gint64) counts[i]);
  sqlite3_bind_int64 (update, 4 + (int) G_N_ELEMENTS (counts), self->run);
  mill_run_file_step (file, update);
}

static void
insert_sample (MillRecorder *self, MillRunFile *file, double time_ms, const Sample *sample)
{
  sqlite3_stmt *insert = mill_run_file_prepare (
      file,
      "INSERT OR REPLACE INTO sample (run, time_ms, stage, depth, maxsize, held, permits, workers, done,"
      " dead, retries, busy, idle, blocked, p50_ms, p95_ms, p99_ms)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const gint64 counts[] = { sample->depth,         sample->maxsize,         sample->held,
                            sample->permits,       sample->workers,         (gint64) sample->done,
                            (gint64) sample->dead, (gint64) sample->retries };
  const double rates[] = { sample->busy, sample->idle, sample->blocked };

  sqlite3_bind_int64 (insert, 1, self->run);
  sqlite3_bind_double (insert, 2, time_ms);
  mill_run_file_bind_text (insert, 3, sample->stage);
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    sqlite3_bind_int64 (insert, 4 + (int) i, counts[i]);
  for (guint i = 0; sample->has_rates && i < G_N_ELEMENTS (rates); i++)
    sqlite3_bind_double (insert, 12 + (int) i, rates[i]);
  for (guint i = 0; sample->has_service && i < G_N_ELEMENTS (percentiles); i++)
    sqlite3_bind_double (insert, 15 + (int) i, sample->percentiles_ms[i]);
  mill_run_file_step (file, insert);
}

static void
insert_event (MillRecorder *self, MillRunFile *file, const MillEvent *event)
{
  sqlite3_stmt *insert = mill_run_file_prepare (
      file, "INSERT OR REPLACE INTO event (run, number, time_ms, kind, text) VALUES (?, ?, ?, ?, ?)");

  sqlite3_bind_int64 (insert, 1, self->run);
  sqlite3_bind_int64 (insert, 2, (gint64) event->number);
  sqlite3_bind_double (insert, 3, (double) event->time_us / G_TIME_SPAN_MILLISECOND);
  mill_run_file_bind_text (insert, 4, event_kinds[event->kind]);
  mill_run_file_bind_text (insert, 5, event->text);
  mill_run_file_step (file, insert);
}

static void
write_note (MillRunNote *base, MillRunFile *file)
{
  Note *note = (Note *) base;
  MillRecorder *self = note->recorder;

  mill_run_file_begin (file);
  if (self->run == 0)
    insert_run (self, file, note);
  update_run (self, file, note);
  for (guint i = 0; i < note->samples->len; i++)
    insert_sample (self, file, note->time_ms, &g_array_index (note->samples, Sample, i));
  for (guint i = 0; i < note->events->len; i++)
    insert_event (self, file, g_ptr_array_index (note->events, i));
  mill_run_file_end (file);
}

static void
release_note (MillRunNote *base)
{
  Note *note = (Note *) base;

  g_atomic_int_add (&note->recorder->n_pending, -1);
  g_array_unref (note->samples);
  g_ptr_array_unref (note->events);
  g_free (note->error);
  g_free (note);
}

/* ---- sampling, on the control thread --------------------------------------------------------------------
 */

static void
sample_clear (gpointer sample)
{
  g_free (((Sample *) sample)->stage);
}

/* @before: (nullable) at the beginning */
static double
per_second (const MillStageSnapshot *now, const MillStageSnapshot *before, MillWorkerState state,
            gint64 span_us)
{
  gint64 spent_us = now->state_us[state] - (before != NULL ? before->state_us[state] : 0);

  return (double) spent_us * 1000.0 / (double) span_us;
}

static void
measure (Sample *sample, const MillStageSnapshot *now, const MillStageSnapshot *before, gint64 span_us)
{
  g_autoptr (MillHistogram) service = mill_histogram_copy (now->service);

  sample->has_rates = span_us >= SHORTEST_US;
  if (sample->has_rates)
    {
      sample->busy = per_second (now, before, MILL_WORKER_BUSY, span_us);
      sample->idle = per_second (now, before, MILL_WORKER_IDLE, span_us);
      sample->blocked = per_second (now, before, MILL_WORKER_BLOCKED, span_us);
    }
  if (before != NULL)
    mill_histogram_subtract (service, before->service);
  sample->has_service = mill_histogram_get_count (service) > 0;
  for (guint i = 0; sample->has_service && i < G_N_ELEMENTS (percentiles); i++)
    sample->percentiles_ms[i] = (double) mill_histogram_get_percentile (service, percentiles[i]) / 1000.0;
}

static void
add_sample (MillRecorder *self, GArray *samples, const MillSnapshot *snapshot, guint stage)
{
  const MillStageSnapshot *now = g_ptr_array_index (snapshot->stages, stage);
  Sample sample = {
    .stage = g_strdup (now->name),
    .depth = now->queue.depth,
    .maxsize = now->queue.maxsize,
    .held = now->held,
    .permits = now->permits,
    .workers = now->workers,
    .done = now->done,
    .dead = now->dead,
    .retries = now->retries,
  };

  measure (&sample, now, self->before != NULL ? g_ptr_array_index (self->before->stages, stage) : NULL,
           self->before != NULL ? snapshot->time_us - self->before->time_us : snapshot->elapsed_us);
  g_array_append_val (samples, sample);
}

/* Those since the last note. */
static GPtrArray *
take_events (MillRecorder *self)
{
  GPtrArray *events = mill_pipeline_get_events (self->pipeline, self->next_event);

  if (events->len > 0)
    self->next_event = ((const MillEvent *) g_ptr_array_index (events, events->len - 1))->number + 1;
  return events;
}

static Note *
note_new (MillRecorder *self, const MillSnapshot *snapshot)
{
  Note *note = g_new0 (Note, 1);
  gboolean is_end = self->ended != MILL_STATE_IDLE;

  note->note = (MillRunNote){ NULL, write_note, release_note };
  note->recorder = self;
  note->time_ms = (double) snapshot->elapsed_us / G_TIME_SPAN_MILLISECOND;
  note->now_us = g_get_real_time ();
  note->state = is_end ? self->ended : snapshot->state;
  note->is_end = is_end;
  if (note->state == MILL_STATE_FAILED)
    note->error = mill_pipeline_dup_failure (self->pipeline);
  note->produced = snapshot->produced;
  note->done = snapshot->done;
  note->dead = snapshot->dead;
  note->returned = snapshot->returned;
  note->dropped = snapshot->dropped;
  note->retries = snapshot->retries;
  note->unrecorded = snapshot->unrecorded;
  note->samples = g_array_new (FALSE, FALSE, sizeof (Sample));
  g_array_set_clear_func (note->samples, sample_clear);
  for (guint i = 0; i < snapshot->stages->len; i++)
    add_sample (self, note->samples, snapshot, i);
  note->events = take_events (self);
  return note;
}

static void
send_note (MillRecorder *self, Note *note)
{
  g_atomic_int_inc (&self->n_pending);
  if (self->writer != NULL)
    {
      mill_run_writer_push (self->writer, &note->note);
      return;
    }
  write_note (&note->note, self->file);
  release_note (&note->note);
}

static void
take_sample (MillRecorder *self)
{
  MillSnapshot *snapshot = mill_pipeline_snapshot (self->pipeline);

  send_note (self, note_new (self, snapshot));
  g_clear_pointer (&self->before, mill_snapshot_unref);
  self->before = snapshot;
}

static gboolean
sample_cb (gpointer user_data)
{
  MillRecorder *self = user_data;

  if (self->items != NULL)
    mill_item_log_flush (self->items);
  if (g_atomic_int_get (&self->n_pending) < MOST_PENDING)
    take_sample (self);
  return G_SOURCE_CONTINUE;
}

/* From whoever writes. */
static void
failed_cb (const GError *error, gpointer user_data)
{
  MillRecorder *self = user_data;

  mill_pipeline_report_fault (
      self->pipeline,
      /* Translators: what is wrong with a file */
      g_strdup_printf (_ ("%s; the run goes on, but is not recorded any more"), error->message));
}

/* ---- from the pipeline ----------------------------------------------------------------------------------
 */

/* @file: (transfer none): a run file that is written to; @has_items: whether items are to be recorded, too;
 * @most_items: as of mill_item_log_new() */
MillRecorder *
mill_recorder_new (MillRunFile *file, gboolean has_items, guint64 most_items)
{
  MillRecorder *self = g_new0 (MillRecorder, 1);

  self->file = mill_run_file_ref (file);
  self->has_items = has_items;
  self->most_items = most_items;
  return self;
}

void
mill_recorder_free (MillRecorder *self)
{
  g_clear_pointer (&self->writer, mill_run_writer_free);
  g_clear_pointer (&self->items, mill_item_log_free);
  g_clear_pointer (&self->before, mill_snapshot_unref);
  mill_run_file_unref (self->file);
  g_free (self);
}

static void
start_items (MillRecorder *self)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_auto (GStrv) stages = NULL;

  for (guint i = 0; i < mill_pipeline_get_n_stages (self->pipeline); i++)
    g_strv_builder_add (names, mill_stage_get_name (mill_pipeline_get_stage (self->pipeline, i)));
  stages = g_strv_builder_end (names);
  mill_run_file_limit_cache (self->file, CACHE_KIB);
  self->writer = mill_run_writer_new (self->file, failed_cb, self);
  self->items = mill_item_log_new (self->writer, (const char *const *) stages, self->most_items);
}

/* Before the first item. @pipeline: (transfer none): is about to begin; outlives the recorder */
void
mill_recorder_start (MillRecorder *self, MillPipeline *pipeline)
{
  self->pipeline = pipeline;
  if (self->has_items)
    start_items (self);
  self->timer = g_timeout_source_new (SAMPLE_EVERY_MS);
  g_source_set_static_name (self->timer, "mill recorder");
  g_source_set_callback (self->timer, sample_cb, self, NULL);
  g_source_attach (self->timer, mill_pipeline_get_context (pipeline));
}

/* Nothing more happens. On the control thread. @state: the final one, which is not the pipeline's yet */
void
mill_recorder_end (MillRecorder *self, MillState state)
{
  g_autoptr (GError) error = NULL;

  g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  self->ended = state;
  if (self->items != NULL)
    mill_item_log_flush (self->items);
  take_sample (self);
  if (self->writer == NULL)
    {
      mill_run_file_commit (self->file);
      return;
    }
  mill_run_writer_close (self->writer);
  if (!mill_run_file_close (self->file, &error) && !mill_run_writer_has_failed (self->writer))
    failed_cb (error, self);
}

/* What became of an item. @error: (nullable); @now_us: g_get_monotonic_time(). Any thread. */
void
mill_recorder_settled (MillRecorder *self, guint stage, MillItem *item, MillOutcome outcome,
                       const GError *error, guint attempts, gint64 now_us)
{
  if (self->items != NULL)
    mill_item_log_settled (self->items, stage, item, outcome, error, attempts, now_us);
}

/* A dead item is on its way again. Any thread. */
void
mill_recorder_requeued (MillRecorder *self, MillItem *item)
{
  if (self->items != NULL)
    mill_item_log_requeued (self->items, item);
}

guint64
mill_recorder_get_unrecorded (MillRecorder *self)
{
  return self->items != NULL ? mill_item_log_get_unrecorded (self->items) : 0;
}
