/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pitfall: work that computes, in callbacks of the loop. It uses one processor, and the loop serves
 * nobody else meanwhile. Cured: a stage of threads, as many as there are processors, and a step that says
 * what is done to one item. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "pipeline/mill-pipeline.h"
#include "pitfalls/mill-heartbeat-private.h"
#include "pitfalls/mill-pitfall-private.h"
#include "sources/mill-count-source.h"

/* ---- the work: a checksum over so many kilobytes ---------------------------------------------------------
 */

static void
compute (MillTrial *trial, guint64 number)
{
  guint n_blocks = mill_trial_get (trial, "kilobytes");
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guchar block[1024];

  memset (block, (int) (number & 0xff), sizeof block);
  for (guint i = 0; i < n_blocks && !mill_trial_is_cancelled (trial); i++)
    g_checksum_update (checksum, block, sizeof block);
  g_checksum_get_string (checksum);
  mill_trial_count_done (trial);
}

/* ---- as usually written: a callback of the loop for each item --------------------------------------------
 */

typedef struct
{
  MillTrial *trial;
  GMainLoop *loop;
  guint n_left;
} Program;

static gboolean
compute_cb (gpointer user_data)
{
  Program *self = user_data;

  if (self->n_left == 0 || mill_trial_is_cancelled (self->trial))
    {
      g_main_loop_quit (self->loop);
      return G_SOURCE_REMOVE;
    }
  compute (self->trial, self->n_left--); /* here the whole loop stands still */
  return G_SOURCE_CONTINUE;
}

static void
run_on_loop (MillTrial *trial, GMainContext *context, GMainLoop *loop)
{
  Program self = { trial, loop, mill_trial_get (trial, "items") };
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_callback (source, compute_cb, &self, NULL);
  g_source_attach (source, context);
  g_main_loop_run (loop);
}

/* ---- cured: a pipeline with a stage of threads -----------------------------------------------------------
 */

#define MILL_TYPE_PITFALL_COMPUTE_STEP (mill_pitfall_compute_step_get_type ())
G_DECLARE_FINAL_TYPE (MillPitfallComputeStep, mill_pitfall_compute_step, MILL, PITFALL_COMPUTE_STEP, MillStep)

struct _MillPitfallComputeStep
{
  MillStep parent_instance;

  MillTrial *trial; /* (unowned) */
};

G_DEFINE_FINAL_TYPE (MillPitfallComputeStep, mill_pitfall_compute_step, MILL_TYPE_STEP)

static gboolean
mill_pitfall_compute_step_process (MillStep *step, MillWork *work, GCancellable *cancellable, GError **error)
{
  compute (MILL_PITFALL_COMPUTE_STEP (step)->trial, mill_item_get_id (mill_work_get_item (work)));
  return TRUE;
}

static void
mill_pitfall_compute_step_class_init (MillPitfallComputeStepClass *klass)
{
  MILL_STEP_CLASS (klass)->process = mill_pitfall_compute_step_process;
}

static void
mill_pitfall_compute_step_init (MillPitfallComputeStep *self)
{
}

static MillPipeline *
make_pipeline (MillTrial *trial)
{
  g_autoptr (MillPitfallComputeStep) step = g_object_new (MILL_TYPE_PITFALL_COMPUTE_STEP, NULL);
  g_autoptr (MillStage) stage = mill_stage_new ("compute", MILL_KIND_THREADS, MILL_STEP (step));
  g_autoptr (MillSource) source = mill_count_source_new (mill_trial_get (trial, "items"));
  MillPipeline *pipeline = mill_pipeline_new ("cpu-bound");

  step->trial = trial;
  g_object_set (stage, "consumers", mill_trial_get (trial, "consumers"), "maxsize", 100, NULL);
  mill_pipeline_set_source (pipeline, "count", source, MILL_KIND_THREADS);
  mill_pipeline_add_stage (pipeline, stage);
  return pipeline;
}

static void
joined_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  mill_pipeline_join_finish (MILL_PIPELINE (object), result, NULL);
  g_main_loop_quit (user_data);
}

static void
run_in_stage (MillTrial *trial, GMainContext *context, GMainLoop *loop)
{
  g_autoptr (MillPipeline) pipeline = make_pipeline (trial);

  if (mill_pipeline_start (pipeline, NULL))
    {
      mill_pipeline_join_async (pipeline, mill_trial_get_cancellable (trial), joined_cb, loop);
      g_main_loop_run (loop);
      mill_pipeline_stop (pipeline);
      mill_pipeline_join (pipeline, NULL, NULL);
    }
}

/* ---- the loop with the heartbeat, the same for both ------------------------------------------------------
 */

static void
run_program (MillTrial *trial, void (*run) (MillTrial *, GMainContext *, GMainLoop *))
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (context, FALSE);
  MillHeartbeat heartbeat;

  g_main_context_push_thread_default (context);
  mill_heartbeat_start (&heartbeat, trial, context);
  run (trial, context, loop);
  mill_heartbeat_stop (&heartbeat);
  g_main_context_pop_thread_default (context);
}

static void
run_wrong (MillTrial *trial)
{
  run_program (trial, run_on_loop);
}

static void
run_cured (MillTrial *trial)
{
  run_program (trial, run_in_stage);
}

const MillPitfallInfo mill_pitfall_cpu_bound = {
  .name = "cpu-bound",
  .type_name = "MillPitfallCpuBound",
  .title = N_ ("Computing in the wrong place"),
  .advice = N_ (
      "Look at the time between two heartbeats, and at how long it takes in all: on the loop, each item "
      "freezes all else, and one processor works while the others idle. Waiting belongs in tasks, of which "
      "there may be thousands; computing belongs in threads, as many as there are processors."),
  .variants = { N_ ("A callback of the loop computes"), N_ ("A stage of threads computes") },
  .figure = N_ ("Longest freeze"),
  .unit = N_ ("ms"),
  .series = N_ ("Between heartbeats"),
  .series_unit = N_ ("ms"),
  .programs = { run_wrong, run_cured },
  .apart = TRUE,
  .parameters = { MILL_PITFALL_ITEMS (16),
                  MILL_PITFALL_CONSUMERS (2),
                  { "kilobytes", N_ ("Data"), N_ ("How much one item's checksum is computed over"),
                    N_ ("KiB"), 1, 10000000, 30000 },
                  MILL_PITFALL_HEARTBEAT (10) },
};
