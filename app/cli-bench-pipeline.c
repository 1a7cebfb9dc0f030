/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pipelines of one stage, run to the end and measured. */

#include "config.h"

#include "cli-bench-pipeline.h"

#include "sinks/mill-count-sink.h"

/* A step that has done its work as soon as it is asked to: what is left is what the stage itself costs. */
struct _MillNoopStep
{
  MillStep parent_instance;
};

G_DEFINE_FINAL_TYPE (MillNoopStep, mill_noop_step, MILL_TYPE_STEP)

static gboolean
mill_noop_step_process (MillStep *step, MillWork *work, GCancellable *cancellable, GError **error)
{
  return TRUE;
}

static void
mill_noop_step_class_init (MillNoopStepClass *klass)
{
  MILL_STEP_CLASS (klass)->process = mill_noop_step_process;
}

static void
mill_noop_step_init (MillNoopStep *self)
{
}

MillStep *
mill_noop_step_new (void)
{
  return g_object_new (MILL_TYPE_NOOP_STEP, NULL);
}

/**
 * mill_bench_pipeline_new:
 * @source: (transfer none): read by a thread
 * @stage: (transfer none): the only one
 *
 * Returns: (transfer full): the pipeline, with a sink that counts
 */
MillPipeline *
mill_bench_pipeline_new (MillSource *source, MillStage *stage)
{
  MillPipeline *pipeline = mill_pipeline_new ("bench");
  g_autoptr (MillSink) sink = mill_count_sink_new ();

  mill_pipeline_set_source (pipeline, "source", source, MILL_KIND_THREADS);
  mill_pipeline_add_stage (pipeline, stage);
  mill_pipeline_set_sink (pipeline, sink);
  return pipeline;
}

/**
 * mill_bench_pipeline_run:
 * @run: (out caller-allocates): what it took, from the start to the end of the last thread
 *
 * Runs @pipeline to its end.
 *
 * Returns: (transfer full) (nullable): its end, or %NULL with @error set if it could not start or broke off
 */
MillSnapshot *
mill_bench_pipeline_run (MillPipeline *pipeline, MillBenchRun *run, GError **error)
{
  MillSnapshot *end;

  mill_bench_run_begin (run);
  if (!mill_pipeline_start (pipeline, error) || !mill_pipeline_join (pipeline, NULL, error))
    return NULL;
  mill_bench_run_end (run, 0);
  end = mill_pipeline_snapshot (pipeline);
  run->produced = end->produced;
  run->done = end->done;
  run->dead = end->dead;
  run->returned = end->returned;
  run->retries = end->retries;
  return end;
}
