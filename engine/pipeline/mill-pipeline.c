/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillPipeline: building it and asking it. Its life is in mill-pipeline-life.c. */

#include "config.h"

#include <ftw.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>

#include "core/mill-error.h"
#include "core/mill-virtual-clock.h"
#include "pipeline/mill-pipeline-private.h"
#include "pipeline/mill-snapshot-private.h"
#include "pipeline/mill-wait-theory-private.h"
#include "record/mill-item-rows-private.h"

#define MAX_DEAD_LETTERS 10000

G_DEFINE_FINAL_TYPE (MillPipeline, mill_pipeline, G_TYPE_OBJECT)

static int
remove_entry (const char *path, const struct stat *info, int type, struct FTW *walk)
{
  return remove (path);
}

/* Removes a folder that mill_pipeline_expand() made, without following links out of it. */
static void
remove_temp_folder (char *path)
{
  if (path != NULL)
    nftw (path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
  g_free (path);
}

static void
mill_pipeline_dispose (GObject *object)
{
  /* Not a main loop's thread by contract; a pipeline that was joined costs nothing here. */
  mill_pipeline_end_life (MILL_PIPELINE (object));
  G_OBJECT_CLASS (mill_pipeline_parent_class)->dispose (object);
}

static void
mill_pipeline_finalize (GObject *object)
{
  MillPipeline *self = MILL_PIPELINE (object);

  g_clear_pointer (&self->recorder, mill_recorder_free);
  g_clear_pointer (&self->producer, mill_producer_unref);
  mill_pipeline_free_feeds (self);
  g_free (self->stage_ends);
  g_clear_pointer (&self->ledger, mill_ledger_free);
  g_clear_pointer (&self->stages, g_ptr_array_unref);
  g_clear_object (&self->source);
  g_clear_object (&self->sink);
  g_clear_object (&self->demo_site);
  g_clear_object (&self->gate);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->events, mill_event_log_unref);
  g_clear_error (&self->source_error);
  g_clear_error (&self->fatal);
  g_queue_clear_full (&self->dead_letters, (GDestroyNotify) mill_dead_letter_free);
  g_clear_pointer (&self->returned, g_ptr_array_unref);
  g_clear_pointer (&self->scheduled, g_ptr_array_unref);
  g_free (self->name);
  g_free (self->source_name);
  remove_temp_folder (self->temp_folder);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (mill_pipeline_parent_class)->finalize (object);
}

static void
mill_pipeline_class_init (MillPipelineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mill_pipeline_dispose;
  object_class->finalize = mill_pipeline_finalize;
}

static void
mill_pipeline_init (MillPipeline *self)
{
  g_mutex_init (&self->lock);
  self->stages = g_ptr_array_new_with_free_func (g_object_unref);
  self->events = mill_event_log_new ();
  self->gate = mill_gate_new ();
  self->clock = g_object_ref (mill_clock_get_real ());
  self->scheduled = g_ptr_array_new_with_free_func (mill_scheduled_knob_free);
  self->returned = g_ptr_array_new_with_free_func ((GDestroyNotify) mill_item_unref);
}

/**
 * mill_pipeline_new:
 * @name: for people
 *
 * Creates a pipeline that has nothing in it yet.
 *
 * Returns: (transfer full): an empty pipeline, idle
 */
MillPipeline *
mill_pipeline_new (const char *name)
{
  MillPipeline *self = g_object_new (MILL_TYPE_PIPELINE, NULL);

  self->name = g_strdup (name);
  return self;
}

/**
 * mill_pipeline_get_name:
 *
 * The pipeline's title.
 *
 * Returns: (transfer none): the name, for people
 */
const char *
mill_pipeline_get_name (MillPipeline *self)
{
  g_return_val_if_fail (MILL_IS_PIPELINE (self), NULL);
  return self->name;
}

/**
 * mill_pipeline_set_source:
 * @name: for people, such as "URLs"
 * @source: (transfer none): where items come from
 * @kind: whether the producer is a thread or a task
 *
 * Says where items come from. Before the start.
 */
void
mill_pipeline_set_source (MillPipeline *self, const char *name, MillSource *source, MillKind kind)
{
  g_return_if_fail (MILL_IS_PIPELINE (self));
  g_return_if_fail (MILL_IS_SOURCE (source));
  g_return_if_fail (self->control == NULL);

  g_set_object (&self->source, source);
  g_free (self->source_name);
  self->source_name = g_strdup (name);
  self->source_kind = kind;
}

/**
 * mill_pipeline_get_source:
 *
 * Where items come from.
 *
 * Returns: (transfer none) (nullable): the source; %NULL before it was set
 */
MillSource *
mill_pipeline_get_source (MillPipeline *self)
{
  g_return_val_if_fail (MILL_IS_PIPELINE (self), NULL);
  return self->source;
}

/**
 * mill_pipeline_add_stage:
 * @stage: (transfer none): comes after those added before
 *
 * Adds a stage at the end. Before the start.
 */
void
mill_pipeline_add_stage (MillPipeline *self, MillStage *stage)
{
  g_return_if_fail (MILL_IS_PIPELINE (self));
  g_return_if_fail (MILL_IS_STAGE (stage));
  g_return_if_fail (self->control == NULL);

  g_ptr_array_add (self->stages, g_object_ref (stage));
}

/**
 * mill_pipeline_get_n_stages:
 *
 * How many stages there are.
 *
 * Returns: the number of stages
 */
guint
mill_pipeline_get_n_stages (MillPipeline *self)
{
  g_return_val_if_fail (MILL_IS_PIPELINE (self), 0);
  return self->stages->len;
}

/**
 * mill_pipeline_get_stage:
 * @index: which, counted from 0
 *
 * One of the stages.
 *
 * Returns: (transfer none): stage number @index, counted from 0
 */
MillStage *
mill_pipeline_get_stage (MillPipeline *self, guint index)
{
  g_return_val_if_fail (MILL_IS_PIPELINE (self), NULL);
  g_return_val_if_fail (index < self->stages->len, NULL);
  return g_ptr_array_index (self->stages, index);
}

/**
 * mill_pipeline_set_sink:
 * @sink: (transfer none) (nullable): what sees the items that are done
 *
 * Says where items end. Before the start.
 */
void
mill_pipeline_set_sink (MillPipeline *self, MillSink *sink)
{
  g_return_if_fail (MILL_IS_PIPELINE (self));
  g_set_object (&self->sink, sink);
}

/**
 * mill_pipeline_set_demo_site:
 * @site: (transfer none): started before the source is opened, stopped after the end
 *
 * Gives the pipeline a web site to crawl. Before the start.
 */
void
mill_pipeline_set_demo_site (MillPipeline *self, MillDemoSite *site)
{
  g_return_if_fail (MILL_IS_PIPELINE (self));
  g_set_object (&self->demo_site, site);
}

/**
 * mill_pipeline_set_clock:
 * @clock: (transfer none): by what rate limits, retry budgets, the waits before retries and a source's times
 * go; the real one at first
 *
 * For tests, before the start. Everything that is measured goes by the real clock all the same.
 */
void
mill_pipeline_set_clock (MillPipeline *self, MillClock *clock)
{
  g_return_if_fail (MILL_IS_PIPELINE (self));
  g_return_if_fail (MILL_IS_CLOCK (clock));
  g_return_if_fail (self->control == NULL);

  g_set_object (&self->clock, clock);
}

/**
 * mill_pipeline_set_leaping:
 *
 * Lets the run leap: its time goes from event to event and does not wait in between, so that hours take as
 * long as the work in them, and nothing is late by what a real timer is late. Everything that is measured
 * goes by this time. All is done by one thread, so the source and all stages must be tasks (kind=async) that
 * wait by nothing but the pipeline's clock; mill_pipeline_start() says if they are not. A knob that is
 * scheduled, with mill_pipeline_schedule_knob(), is turned at its time of the run. Before the start.
 */
void
mill_pipeline_set_leaping (MillPipeline *self)
{
  g_return_if_fail (MILL_IS_PIPELINE (self));
  g_return_if_fail (self->control == NULL);

  g_clear_object (&self->clock);
  self->clock = mill_virtual_clock_new (g_get_monotonic_time ());
  self->is_leaping = TRUE;
}

/**
 * mill_pipeline_is_leaping:
 *
 * Whether the run leaps over the time in which nothing happens.
 *
 * Returns: whether mill_pipeline_set_leaping() was called
 */
gboolean
mill_pipeline_is_leaping (MillPipeline *self)
{
  g_return_val_if_fail (MILL_IS_PIPELINE (self), FALSE);
  return self->is_leaping;
}

/**
 * mill_pipeline_get_clock:
 *
 * For a source that must know the time between two polls.
 *
 * Returns: (transfer none): by what limits and a source's times go
 */
MillClock *
mill_pipeline_get_clock (MillPipeline *self)
{
  g_return_val_if_fail (MILL_IS_PIPELINE (self), NULL);
  return self->clock;
}

static const char *
get_temp_folder (MillPipeline *self, GError **error)
{
  if (self->temp_folder == NULL)
    self->temp_folder = g_dir_make_tmp ("millrace-XXXXXX", error);
  return self->temp_folder;
}

/**
 * mill_pipeline_expand:
 * @text: a value from a job file
 *
 * Replaces {demo} by the demo site's address, without a slash at the end, and {temp} by a private folder that
 * exists as long as the pipeline. For sources and steps, in their `open`.
 *
 * Returns: (transfer full) (nullable): the value to use; %NULL with an error when there is no demo site or no
 * folder
 */
char *
mill_pipeline_expand (MillPipeline *self, const char *text, GError **error)
{
  g_autoptr (GString) expanded = g_string_new (text);

  g_return_val_if_fail (MILL_IS_PIPELINE (self), NULL);

  if (strstr (text, "{demo}") != NULL)
    {
      g_autofree char *uri = self->demo_site != NULL ? mill_demo_site_get_uri (self->demo_site) : NULL;

      if (uri == NULL)
        {
          g_set_error (error, MILL_ERROR, MILL_ERROR_JOB,
                       _ ("“%s” needs the demo site, but the job has no [Demo] group"), text);
          return NULL;
        }
      if (g_str_has_suffix (uri, "/"))
        uri[strlen (uri) - 1] = '\0';
      g_string_replace (expanded, "{demo}", uri, 0);
    }
  if (strstr (text, "{temp}") != NULL)
    {
      const char *folder = get_temp_folder (self, error);

      if (folder == NULL)
        return NULL;
      g_string_replace (expanded, "{temp}", folder, 0);
    }
  return g_string_free (g_steal_pointer (&expanded), FALSE);
}

/**
 * mill_pipeline_get_context:
 *
 * For sources and steps that have asynchronous work of their own: the control thread's context. Not before
 * the start.
 *
 * Returns: (transfer none) (nullable): the context
 */
GMainContext *
mill_pipeline_get_context (MillPipeline *self)
{
  g_return_val_if_fail (MILL_IS_PIPELINE (self), NULL);
  return self->control != NULL ? mill_loop_get_context (self->control) : NULL;
}

/**
 * mill_pipeline_get_state:
 *
 * Where in its life the pipeline is.
 *
 * Returns: the state, which may change at any time until it is final
 */
MillState
mill_pipeline_get_state (MillPipeline *self)
{
  MillState state;

  g_return_val_if_fail (MILL_IS_PIPELINE (self), MILL_STATE_IDLE);
  g_mutex_lock (&self->lock);
  state = self->state;
  g_mutex_unlock (&self->lock);
  return state;
}

static void
keep_dead_letter_locked (MillPipeline *self, guint stage, MillItem *item, const GError *error, guint attempts)
{
  MillDeadLetter *letter = g_new0 (MillDeadLetter, 1);

  letter->id = ++self->n_letters;
  letter->item = mill_item_ref (item);
  letter->stage = g_strdup (mill_stage_get_name (g_ptr_array_index (self->stages, stage)));
  letter->error = g_error_copy (error);
  letter->attempts = attempts;
  letter->time_us = g_get_monotonic_time () - self->start_us;
  g_queue_push_tail (&self->dead_letters, letter);
  if (self->dead_letters.length > MAX_DEAD_LETTERS)
    mill_dead_letter_free (g_queue_pop_head (&self->dead_letters));
}

/* An item has gone all its way, at @now_us of g_get_monotonic_time(): the books, and the source that is told.
 * Any thread. */
void
mill_pipeline_items_done (MillPipeline *self, guint stage, MillItem *const *items, guint n, gint64 now_us)
{
  for (guint i = 0; i < n && self->watcher != NULL; i++)
    mill_source_settled (self->watcher, items[i], MILL_OUTCOME_DONE, NULL);
  for (guint i = 0; i < n && self->recorder != NULL; i++)
    mill_recorder_settled (self->recorder, stage, items[i], MILL_OUTCOME_DONE, NULL,
                           mill_item_get_attempt (items[i]) + 1, now_us);
  mill_ledger_finish (self->ledger, stage, items, n, now_us);
}

/* An item leaves the pipeline dead or returned: the books, the lists, and the source that is told. Any
 * thread.
 */
void
mill_pipeline_item_lost (MillPipeline *self, guint stage, MillItem *item, MillOutcome outcome,
                         const GError *error, guint attempts)
{
  /* First, so that a letter that is requeued at once is not settled before it died. */
  if (self->watcher != NULL)
    {
      if (outcome == MILL_OUTCOME_DEAD)
        mill_item_set_attribute (item, MILL_ITEM_STAGE,
                                 mill_stage_get_name (g_ptr_array_index (self->stages, stage)));
      mill_source_settled (self->watcher, item, outcome, error);
    }
  if (self->recorder != NULL)
    mill_recorder_settled (self->recorder, stage, item, outcome, error, attempts, g_get_monotonic_time ());
  g_mutex_lock (&self->lock);
  mill_ledger_lose (self->ledger, stage, outcome);
  if (outcome == MILL_OUTCOME_DEAD)
    keep_dead_letter_locked (self, stage, item, error, attempts);
  else
    g_ptr_array_add (self->returned, mill_item_ref (item));
  g_mutex_unlock (&self->lock);
}

static void
fill_totals (MillPipeline *self, MillSnapshot *snapshot)
{
  MillLedgerTotals totals = { 0 };
  g_autofree MillLedgerStage *books = g_new0 (MillLedgerStage, self->stages->len + 1);

  if (snapshot->state != MILL_STATE_IDLE)
    mill_ledger_read (self->ledger, &totals, books, snapshot->latency);
  snapshot->produced = totals.produced;
  snapshot->done = totals.done;
  snapshot->dead = totals.dead;
  snapshot->returned = totals.returned;
  snapshot->dropped = totals.dropped;
  snapshot->bytes = totals.bytes;
  for (guint i = 0; i < self->stages->len; i++)
    {
      MillStageSnapshot *stage = g_new0 (MillStageSnapshot, 1);

      mill_stage_fill_snapshot (g_ptr_array_index (self->stages, i), stage);
      stage->unfinished = books[i].unfinished;
      stage->done = books[i].done;
      stage->dead = books[i].dead;
      stage->retries = books[i].retries;
      snapshot->unfinished += books[i].unfinished;
      snapshot->retries += books[i].retries;
      snapshot->workers_alive += stage->workers;
      if (i == 0 && self->source != NULL)
        stage->theory = mill_wait_theory_new (self->source, self->stages->pdata[i], stage);
      g_ptr_array_add (snapshot->stages, stage);
    }
}

static void
fill_ends (MillPipeline *self, MillSnapshot *snapshot)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; self->stage_ends != NULL && i < self->stages->len; i++)
    {
      MillStageSnapshot *stage = g_ptr_array_index (snapshot->stages, i);

      stage->closed_us = self->stage_ends[i].closed_us;
      stage->joined_us = self->stage_ends[i].joined_us;
    }
  g_mutex_unlock (&self->lock);
}

static void
list_stuck (MillPipeline *self, GPtrArray *list)
{
  MillStuck *source = mill_producer_describe_stuck (self->producer);

  if (source != NULL)
    g_ptr_array_add (list, source);
  for (guint i = 0; i < self->stages->len; i++)
    mill_stage_list_stuck (g_ptr_array_index (self->stages, i), list);
}

static char *
dup_failure_locked (MillPipeline *self)
{
  return g_strdup ((self->fatal != NULL ? self->fatal : self->source_error)->message);
}

/* (transfer full): why the run, which has failed, has. Any thread. */
char *
mill_pipeline_dup_failure (MillPipeline *self)
{
  char *failure;

  g_mutex_lock (&self->lock);
  failure = dup_failure_locked (self);
  g_mutex_unlock (&self->lock);
  return failure;
}

/* Before the start. Takes over @recorder. */
void
mill_pipeline_set_recorder (MillPipeline *self, MillRecorder *recorder)
{
  g_clear_pointer (&self->recorder, mill_recorder_free);
  self->recorder = recorder;
}

/**
 * mill_pipeline_snapshot:
 *
 * Takes a picture. Cheap enough for 30 times a second with hundreds of workers; never waits for the engine.
 *
 * Returns: (transfer full): the picture
 */
MillSnapshot *
mill_pipeline_snapshot (MillPipeline *self)
{
  MillSnapshot *snapshot;
  gboolean is_final;

  g_return_val_if_fail (MILL_IS_PIPELINE (self), NULL);

  snapshot = mill_snapshot_new ();
  snapshot->latency = mill_histogram_new ();
  snapshot->time_us = g_get_monotonic_time ();
  g_mutex_lock (&self->lock);
  snapshot->state = self->state;
  is_final = mill_state_is_final (self->state);
  if (self->start_us > 0)
    snapshot->real_us = (is_final ? self->ending.end_us : snapshot->time_us) - self->start_us;
  snapshot->elapsed_us = snapshot->real_us;
  snapshot->is_leaping = self->is_leaping;
  if (self->is_leaping)
    snapshot->time_us = mill_clock_get_time (self->clock);
  if (self->is_leaping && self->start_us > 0)
    snapshot->elapsed_us = snapshot->time_us - self->clock_start_us;
  snapshot->workers_alive = self->producer_alive;
  snapshot->ending = self->ending;
  snapshot->progress_done = self->progress_done;
  snapshot->progress_total = self->progress_total;
  if (self->state == MILL_STATE_FAILED)
    snapshot->error = dup_failure_locked (self);
  g_mutex_unlock (&self->lock);

  snapshot->source_name = g_strdup (self->source_name);
  snapshot->producer_kind = self->source_kind;
  snapshot->total = self->source != NULL ? mill_source_get_total (self->source) : -1;
  if (snapshot->state != MILL_STATE_IDLE)
    {
      snapshot->producer = mill_producer_get_state (self->producer, &snapshot->why);
      list_stuck (self, snapshot->stuck);
    }
  fill_totals (self, snapshot);
  snapshot->unrecorded = self->recorder != NULL ? mill_recorder_get_unrecorded (self->recorder) : 0;
  fill_ends (self, snapshot);
  snapshot->n_events = mill_event_log_get_count (self->events);
  return snapshot;
}

/**
 * mill_pipeline_add_event:
 * @kind: what sort of thing
 * @text: what it was, for people
 *
 * Notes something that happened to the run as a whole and that the engine does not know of: an alert, a fault
 * that was injected. It comes after all events so far, at the present time. Any thread, in any state.
 */
void
mill_pipeline_add_event (MillPipeline *self, MillEventKind kind, const char *text)
{
  g_return_if_fail (MILL_IS_PIPELINE (self));
  g_return_if_fail (text != NULL);

  mill_event_log_add (self->events, kind, g_strdup (text));
}

/**
 * mill_pipeline_get_events:
 * @since: the number of the first event wanted; 0 for all that are kept
 *
 * What has happened to the run as a whole.
 *
 * Returns: (transfer full) (element-type MillEvent): copies, oldest first. The last 1000 are kept; a gap
 * before the first one's number is what was dropped
 */
GPtrArray *
mill_pipeline_get_events (MillPipeline *self, guint64 since)
{
  g_return_val_if_fail (MILL_IS_PIPELINE (self), NULL);
  return mill_event_log_list (self->events, since);
}

/**
 * mill_pipeline_get_dead_letters:
 *
 * What failed for good.
 *
 * Returns: (transfer full) (element-type MillDeadLetter): copies, oldest first; the last 10,000 are kept
 */
GPtrArray *
mill_pipeline_get_dead_letters (MillPipeline *self)
{
  GPtrArray *letters = g_ptr_array_new_with_free_func ((GDestroyNotify) mill_dead_letter_free);

  g_return_val_if_fail (MILL_IS_PIPELINE (self), letters);
  g_mutex_lock (&self->lock);
  for (GList *l = self->dead_letters.head; l != NULL; l = l->next)
    g_ptr_array_add (letters, mill_dead_letter_copy (l->data));
  g_mutex_unlock (&self->lock);
  return letters;
}

/**
 * mill_pipeline_get_returned:
 *
 * What was not processed.
 *
 * Returns: (transfer full) (element-type MillItem): the items that were not processed because the run was
 * stopped
 */
GPtrArray *
mill_pipeline_get_returned (MillPipeline *self)
{
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify) mill_item_unref);

  g_return_val_if_fail (MILL_IS_PIPELINE (self), items);
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->returned->len; i++)
    g_ptr_array_add (items, mill_item_ref (g_ptr_array_index (self->returned, i)));
  g_mutex_unlock (&self->lock);
  return items;
}

void
mill_pipeline_report_fault (MillPipeline *self, char *text)
{
  mill_event_log_add (self->events, MILL_EVENT_FAULT, text);
}
