/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a pipeline to its end in the terminal. */

#pragma once

#include "cli.h"
#include "pipeline/mill-alert-limits.h"
#include "pipeline/mill-pipeline.h"

G_BEGIN_DECLS

/**
 * MillCliStartedFunc:
 * @pipeline: it has just started
 * @user_data: as given to mill_cli_watch()
 */
typedef void (*MillCliStartedFunc) (MillPipeline *pipeline, gpointer user_data);

/**
 * MillCliWatchOptions:
 * @duration_s: after how many seconds to drain; 0 is never
 * @as_json: print the result as a JSON object instead of a summary
 * @alerts: (nullable): limits whose passing is to be told
 * @run_file: (nullable): where the run is recorded, if it may be one to compare with an earlier one
 * @started: (nullable): called once the pipeline runs
 * @user_data: for @started
 */
typedef struct
{
  double duration_s;
  gboolean as_json;
  const MillAlertLimits *alerts; /* (unowned) (nullable) */
  const char *run_file;          /* (unowned) (nullable) */
  MillCliStartedFunc started;
  gpointer user_data;
} MillCliWatchOptions;

MillCliStatus mill_cli_watch (MillPipeline *pipeline, const MillCliWatchOptions *options);
void mill_cli_forget_unstarted (MillPipeline **pipeline, const char *run_file);

G_END_DECLS
