/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line on the terminal that says how a run is getting on. */

#pragma once

#include "pipeline/mill-pipeline.h"

G_BEGIN_DECLS

typedef struct _MillCliProgress MillCliProgress;

MillCliProgress *mill_cli_progress_new (MillPipeline *pipeline);
void mill_cli_progress_free (MillCliProgress *self);

G_END_DECLS
