/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillStep:
 *
 * What happens to one item, written once and run by threads or by tasks.
 *
 * A subclass implements `process` (blocking), or `process_async` and `process_finish`, or both. The stage
 * runs either in either world: blocking code in an async stage runs on a helper thread, asynchronous code in
 * a thread stage on a private main context. A step is shared by all workers of its stage: it must be
 * thread-safe.
 *
 * A step fails by returning %FALSE and setting an error; mill_retry_policy_is_retryable() says what is tried
 * again. An error of the code %MILL_ERROR_FATAL ends the run, as a stop does: the item is returned, not dead,
 * and the pipeline has failed. A step should end soon after its cancellable is cancelled; that happens on a
 * time-out and on a stop. One that does not is given up on (see #MillStage); what it uses lives on until it
 * comes back, and its result is dropped. Of a callback that comes twice only the first counts.
 *
 * Threads: `open`, `wrap_up` and `close` run once each, `process` on several workers' and helper threads at
 * once, `process_async` on the engine's loops, where it must not block.
 */

#pragma once

#include <gio/gio.h>

#include "pipeline/mill-types.h"
#include "pipeline/mill-work.h"

G_BEGIN_DECLS

#define MILL_TYPE_STEP (mill_step_get_type ())
G_DECLARE_DERIVABLE_TYPE (MillStep, mill_step, MILL, STEP, GObject)

/**
 * MillStepClass:
 * @check: once the step's properties are set: whether they fit together, such as a pattern that can be
 * compiled; names the property that does not
 * @dup_command: the command line that the step runs, as a person would write it, if it runs one: whoever
 * starts a job is asked first
 * @open: called once, before the pipeline's workers start, on the starting thread; checks what the step
 * needs (a folder that can be written, a source that can take links) and fails with a message for people
 * @process: does the work; runs on a worker's or a helper thread
 * @process_async: starts the work on the thread-default main context
 * @process_finish: ends it
 * @wrap_up: called once, after the last worker has ended and before `close`, on a thread of its own; does
 * what can be done only once all items are through. It may take its time: a pipeline has not ended before,
 * and mill_pipeline_set_progress() says how far it is
 * @close: called once, after the last worker has ended; if some are stuck then, by the last of them to come
 * back, on its thread
 * @get_exponential_mean: see mill_step_get_exponential_mean(); any thread
 * @keeps_time: its asynchronous face knows of no other time than the pipeline's clock, so that the run can
 * leap
 */
struct _MillStepClass
{
  GObjectClass parent_class;

  gboolean (*open) (MillStep *self, MillPipeline *pipeline, GError **error);
  gboolean (*process) (MillStep *self, MillWork *work, GCancellable *cancellable, GError **error);
  void (*process_async) (MillStep *self, MillWork *work, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*process_finish) (MillStep *self, GAsyncResult *result, GError **error);
  gboolean (*wrap_up) (MillStep *self, MillPipeline *pipeline, GCancellable *cancellable, GError **error);
  void (*close) (MillStep *self);

  gboolean (*check) (MillStep *self, const char **property, GError **error);
  char *(*dup_command) (MillStep *self);

  double (*get_exponential_mean) (MillStep *self);
  gboolean keeps_time;
  gpointer padding[1];
};

gboolean mill_step_check (MillStep *self, const char **property, GError **error);
char *mill_step_dup_command (MillStep *self);

gboolean mill_step_open (MillStep *self, MillPipeline *pipeline, GError **error);
gboolean mill_step_wrap_up (MillStep *self, MillPipeline *pipeline, GCancellable *cancellable,
                            GError **error);
void mill_step_close (MillStep *self);

gboolean mill_step_is_async (MillStep *self);
gboolean mill_step_keeps_time (MillStep *self);
double mill_step_get_exponential_mean (MillStep *self);

gboolean mill_step_run (MillStep *self, MillWork *work, GCancellable *cancellable, GError **error);
gboolean mill_step_process (MillStep *self, MillWork *work, GCancellable *cancellable, GError **error);
void mill_step_process_async (MillStep *self, MillWork *work, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data);
gboolean mill_step_process_finish (MillStep *self, GAsyncResult *result, GError **error);

G_END_DECLS
