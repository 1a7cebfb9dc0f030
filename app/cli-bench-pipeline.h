/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pipelines of one stage, run to the end and measured; and the step that does nothing. */

#pragma once

#include "cli-bench-report.h"
#include "pipeline/mill-pipeline.h"

G_BEGIN_DECLS

#define MILL_TYPE_NOOP_STEP (mill_noop_step_get_type ())
G_DECLARE_FINAL_TYPE (MillNoopStep, mill_noop_step, MILL, NOOP_STEP, MillStep)

MillStep *mill_noop_step_new (void);

MillPipeline *mill_bench_pipeline_new (MillSource *source, MillStage *stage);
MillSnapshot *mill_bench_pipeline_run (MillPipeline *pipeline, MillBenchRun *run, GError **error);

G_END_DECLS
