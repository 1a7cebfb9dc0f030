/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillPipeline:
 *
 * Source → stages → sink, and its life: start, pause, drain, stop, join.
 *
 * The contract (tests/test-pipeline.c):
 *
 * - Every item that the source produced ends as done, dead, returned or dropped; none is lost or counted
 * twice. Conservation holds in every snapshot (see #MillSnapshot).
 * - When the source ends, or on a drain, the queues are shut down in the order of the flow, each after the
 *   one before it was joined. A drain whose deadline passes becomes a stop.
 * - Once the last worker has ended, also after a stop, the steps wrap up (#MillStepClass.wrap_up). A stop
 * that comes then ends that.
 * - A stop cancels everything. Items that were queued or in work, and the one in the producer's hands, are
 *   returned: mill_pipeline_get_returned() has them.
 * - Once join has returned, no thread and no task of the pipeline is left, but for those that are stuck.
 * - It always ends after a stop, a drain or the last unref: a step that ignores its cancellable, or a source
 *   that does not return when it is to end, is given up on after the stage's `grace`, and named (see
 *   #MillStage, tests/test-stuck.c). Its thread is left behind; it uses nothing of the pipeline any more.
 * - A dead letter can be requeued while the pipeline is running or paused: it is unfinished again at once,
 *   goes back into the queue of the stage where it died when there is room, and has all its attempts again.
 *   A requeue that came too late is an error and changes nothing (tests/test-requeue.c).
 *
 * Threads: the pipeline has engine threads of its own and keeps off the caller's main context. Every function
 * may be called from any thread and none waits for the engine, except mill_pipeline_join(). Build it
 * (set_source, add_stage, set_sink) on one thread, before mill_pipeline_start(). A pipeline runs once.
 */

#pragma once

#include "demo/mill-demo-site.h"
#include "pipeline/mill-dead-letter.h"
#include "pipeline/mill-event.h"
#include "pipeline/mill-knob.h"
#include "pipeline/mill-sink.h"
#include "pipeline/mill-snapshot.h"
#include "pipeline/mill-source.h"
#include "pipeline/mill-stage.h"

G_BEGIN_DECLS

#define MILL_TYPE_PIPELINE (mill_pipeline_get_type ())
G_DECLARE_FINAL_TYPE (MillPipeline, mill_pipeline, MILL, PIPELINE, GObject)

MillPipeline *mill_pipeline_new (const char *name);

const char *mill_pipeline_get_name (MillPipeline *self);
void mill_pipeline_set_source (MillPipeline *self, const char *name, MillSource *source, MillKind kind);
MillSource *mill_pipeline_get_source (MillPipeline *self);
void mill_pipeline_add_stage (MillPipeline *self, MillStage *stage);
guint mill_pipeline_get_n_stages (MillPipeline *self);
MillStage *mill_pipeline_get_stage (MillPipeline *self, guint index);
void mill_pipeline_set_sink (MillPipeline *self, MillSink *sink);
void mill_pipeline_set_demo_site (MillPipeline *self, MillDemoSite *site);
void mill_pipeline_set_clock (MillPipeline *self, MillClock *clock);
MillClock *mill_pipeline_get_clock (MillPipeline *self);
void mill_pipeline_set_leaping (MillPipeline *self);
gboolean mill_pipeline_is_leaping (MillPipeline *self);

char *mill_pipeline_expand (MillPipeline *self, const char *text, GError **error);
GMainContext *mill_pipeline_get_context (MillPipeline *self);

gboolean mill_pipeline_start (MillPipeline *self, GError **error);
gboolean mill_pipeline_pause (MillPipeline *self, GError **error);
gboolean mill_pipeline_resume (MillPipeline *self, GError **error);
gboolean mill_pipeline_drain (MillPipeline *self, double deadline_s, GError **error);
void mill_pipeline_stop (MillPipeline *self);

gboolean mill_pipeline_join (MillPipeline *self, GCancellable *cancellable, GError **error);
void mill_pipeline_join_async (MillPipeline *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean mill_pipeline_join_finish (MillPipeline *self, GAsyncResult *result, GError **error);

MillState mill_pipeline_get_state (MillPipeline *self);
MillSnapshot *mill_pipeline_snapshot (MillPipeline *self);
void mill_pipeline_set_progress (MillPipeline *self, guint64 done, guint64 total);
void mill_pipeline_add_event (MillPipeline *self, MillEventKind kind, const char *text);
GPtrArray *mill_pipeline_get_events (MillPipeline *self, guint64 since);
GPtrArray *mill_pipeline_get_dead_letters (MillPipeline *self);
GPtrArray *mill_pipeline_get_returned (MillPipeline *self);

gboolean mill_pipeline_requeue_dead_letter (MillPipeline *self, guint64 id, GError **error);
gint mill_pipeline_requeue_dead_letters (MillPipeline *self, GError **error);

GPtrArray *mill_pipeline_list_knobs (MillPipeline *self);
MillKnob *mill_pipeline_find_knob (MillPipeline *self, const char *path, GError **error);
gboolean mill_pipeline_set_knob (MillPipeline *self, const char *path, const char *text, GError **error);
gboolean mill_pipeline_schedule_knob (MillPipeline *self, double at_s, const char *path, const char *text,
                                      GError **error);

/* For other languages, under the names above. */
GList *mill_pipeline_get_event_list (MillPipeline *self, guint64 since);
GList *mill_pipeline_get_dead_letter_list (MillPipeline *self);
GList *mill_pipeline_get_returned_list (MillPipeline *self);
GList *mill_pipeline_get_knob_list (MillPipeline *self);

G_END_DECLS
