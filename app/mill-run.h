/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillRun: one run of a job as the window sees it: the job, its pipeline, the newest snapshot and the figures
 * made of it.
 *
 * Whoever shows the run calls mill_run_sample() with the frame clock; at most 30 times a second it takes a
 * snapshot. A slow timer of its own goes on when nobody looks, so that no chart has a hole.
 *
 * Signals: `sampled` after each snapshot, `beat` about five times a second, when the figures are new too
 * (text that changes faster cannot be read), `state-changed`, `alert` with a text when a limit that is
 * watched is passed (an event of the run as well), `limits-changed` when others are watched, and `ended`
 * once, when no thread of the pipeline is left and a crawl is summed up.
 *
 * Threads: the main thread only. Nothing here waits for the engine.
 */

#pragma once

#include "crawl/mill-crawl-summary.h"
#include "mill-figures.h"
#include "mill-knob-board.h"
#include "pipeline/mill-eta.h"
#include "pipeline/mill-job.h"
#include "pipeline/mill-limit.h"
#include "pipeline/mill-pipeline.h"
#include "record/mill-run-facts.h"

G_BEGIN_DECLS

#define MILL_TYPE_RUN (mill_run_get_type ())
G_DECLARE_FINAL_TYPE (MillRun, mill_run, MILL, RUN, GObject)

/**
 * MILL_RUN_DRAIN_DEADLINE_S:
 *
 * How many seconds a drain may take before it becomes a stop.
 */
#define MILL_RUN_DRAIN_DEADLINE_S 30.0

MillRun *mill_run_new (MillJob *job, const char *origin, GError **error);
MillRun *mill_run_new_again (MillRun *before, GError **error);
MillRun *mill_run_new_resumed (MillJob *job, const char *origin, MillPipeline *pipeline, const char *path);
MillRun *mill_run_new_stored (MillJob *job, const char *origin, const char *path,
                              const MillCrawlSummary *summary, GError **error);
MillRun *mill_run_new_recording (MillJob *job, const char *origin, const char *path,
                                 const MillRunFacts *facts, GError **error);
void mill_run_record_in (MillRun *self, const char *folder);

MillJob *mill_run_get_job (MillRun *self);
const char *mill_run_get_origin (MillRun *self);
MillPipeline *mill_run_get_pipeline (MillRun *self);
MillSnapshot *mill_run_get_snapshot (MillRun *self);
const MillFigures *mill_run_get_figures (MillRun *self);
const MillLimit *mill_run_get_limit (MillRun *self);
MillEtaKind mill_run_get_left (MillRun *self, gint64 *left_us);
const char *mill_run_get_path (MillRun *self);
const MillRunFacts *mill_run_get_facts (MillRun *self);
const MillCrawlSummary *mill_run_get_summary (MillRun *self);
gboolean mill_run_can_go_on (MillRun *self);
gboolean mill_run_is_stored (MillRun *self);
gboolean mill_run_is_crawl (MillRun *self);
MillState mill_run_get_state (MillRun *self);
gboolean mill_run_is_active (MillRun *self);

gboolean mill_run_start (MillRun *self, GError **error);
gboolean mill_run_pause (MillRun *self, GError **error);
gboolean mill_run_resume (MillRun *self, GError **error);
gboolean mill_run_drain (MillRun *self, GError **error);
void mill_run_stop (MillRun *self);
void mill_run_sample (MillRun *self);

MillKnob *mill_run_get_stage_knob (MillRun *self, guint stage, const char *name);
MillKnobBoard *mill_run_get_knobs (MillRun *self);
double mill_run_get_knob_number (MillRun *self, MillKnob *knob);
void mill_run_set_knob (MillRun *self, MillKnob *knob, double value);

const MillAlertLimits *mill_run_get_alert_limits (MillRun *self);
void mill_run_set_alert_limits (MillRun *self, const MillAlertLimits *limits);
char **mill_run_list_alerts (MillRun *self);

G_END_DECLS
