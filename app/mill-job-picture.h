/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillJobPicture: a pipeline in miniature: source, tanks and workers, drawn from what the job says. */

#pragma once

#include <gtk/gtk.h>

#include "pipeline/mill-pipeline.h"

G_BEGIN_DECLS

#define MILL_TYPE_JOB_PICTURE (mill_job_picture_get_type ())
G_DECLARE_FINAL_TYPE (MillJobPicture, mill_job_picture, MILL, JOB_PICTURE, GtkWidget)

void mill_job_picture_set_pipeline (MillJobPicture *self, MillPipeline *pipeline);

G_END_DECLS
