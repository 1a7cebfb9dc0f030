/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run came to: for people, and for programs. */

#pragma once

#include "pipeline/mill-limit.h"
#include "pipeline/mill-pipeline.h"
#include "record/mill-changes.h"

G_BEGIN_DECLS

/**
 * MillCliReport:
 * @limit: (nullable): what held the run back; %NULL if that is not known
 * @changes: (nullable): what changed since an earlier run
 * @n_alerts: how many alerts there were
 * @error: (nullable): why it could not start
 *
 * What there is to tell beside what the pipeline knows.
 */
typedef struct
{
  const MillLimitFinding *limit;   /* (unowned) (nullable) */
  const MillChangeCounts *changes; /* (unowned) (nullable) */
  guint64 n_alerts;
  const char *error; /* (unowned) (nullable) */
} MillCliReport;

char *mill_cli_report_to_text (MillPipeline *pipeline, const MillCliReport *report);
char *mill_cli_report_to_json (MillPipeline *pipeline, const MillCliReport *report);

G_END_DECLS
