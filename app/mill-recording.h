/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the window records its runs. */

#pragma once

#include "pipeline/mill-job.h"

G_BEGIN_DECLS

gboolean mill_recording_begin (MillPipeline *pipeline, MillJob *job, const char *folder, char **path,
                               GError **error);

G_END_DECLS
