/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run came to: for people, and for programs. */

#pragma once

#include "pipeline/mill-pipeline.h"
#include "record/mill-changes.h"

G_BEGIN_DECLS

char *mill_cli_report_to_text (MillPipeline *pipeline, const MillChangeCounts *changes);
char *mill_cli_report_to_json (MillPipeline *pipeline, const MillChangeCounts *changes, const char *error);

G_END_DECLS
