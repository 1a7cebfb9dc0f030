/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs that are kept in a run file. */

#pragma once

#include "pipeline/mill-job.h"

G_BEGIN_DECLS

gboolean mill_run_record (MillPipeline *pipeline, MillJob *job, const char *path, guint64 most_items,
                          GError **error);

G_END_DECLS
