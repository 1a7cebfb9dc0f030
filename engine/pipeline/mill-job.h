/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillJob:
 *
 * A pipeline, or a pitfall, described by a key file (*.millrace).
 *
 *     [Job]            name, description (both may be localised: name[zh_CN])
 *     [Demo]           optional: the built-in demo site; its address is {demo} in the values below
 *     [Source]         type, kind, and the source's own keys
 *     [Stage NAME]     kind, step, the stage's knobs, and the step's own keys; one group per stage, in order
 *     [Sink]           type
 *     [Alerts]         optional: limits that are watched: queue, queue-stage, queue-for, dead-letters, p99,
 *                      no-progress (see #MillAlertLimits)
 *
 * A pitfall has, beside [Job], one group only:
 *
 *     [Pitfall]        name (see #MillPitfall), and the pitfall's own keys
 *
 * The keys are the names of the properties that are marked as knobs or as configuration, so there is one list
 * of them. Every error names file, group and key, and says what was wanted.
 *
 * Threads: one at a time. A job may be built more than once, each time into a pipeline of its own.
 */

#pragma once

#include "pipeline/mill-alert-limits.h"
#include "pipeline/mill-pipeline.h"
#include "pitfalls/mill-pitfall.h"

G_BEGIN_DECLS

#define MILL_TYPE_JOB (mill_job_get_type ())
G_DECLARE_FINAL_TYPE (MillJob, mill_job, MILL, JOB, GObject)

MillJob *mill_job_new_from_file (GFile *file, GError **error);
MillJob *mill_job_new_from_bytes (GBytes *bytes, const char *display_name, GError **error);

const char *mill_job_get_name (MillJob *self);
const char *mill_job_get_description (MillJob *self);
const char *const *mill_job_get_commands (MillJob *self);
const MillAlertLimits *mill_job_get_alert_limits (MillJob *self);

char *mill_job_to_text (MillJob *self);

MillPipeline *mill_job_build (MillJob *self, GError **error);

gboolean mill_job_is_pitfall (MillJob *self);
MillPitfall *mill_job_build_pitfall (MillJob *self, GError **error);

G_END_DECLS
