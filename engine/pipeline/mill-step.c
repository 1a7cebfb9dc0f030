/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillStep: what happens to one item. */

#include "config.h"

#include "pipeline/mill-step.h"

#include "pipeline/mill-ticket-private.h"

typedef struct
{
  GAsyncResult *result; /* (owned) (nullable) */
} AwaitData;

G_DEFINE_ABSTRACT_TYPE (MillStep, mill_step, G_TYPE_OBJECT)

static void
context_free (gpointer data)
{
  g_main_context_unref (data);
}

/* The context on which a worker thread runs asynchronous steps; kept from item to item, since a step may
 * cache what belongs to a context (a session with its connections). */
static GPrivate private_context = G_PRIVATE_INIT (context_free);

static GMainContext *
get_private_context (void)
{
  GMainContext *context = g_private_get (&private_context);

  if (context == NULL)
    {
      context = g_main_context_new ();
      g_private_set (&private_context, context);
    }
  return context;
}

static void
await_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  AwaitData *data = mill_ticket_redeem (user_data);

  if (data != NULL)
    data->result = g_object_ref (result);
}

static gboolean
run_async_here (MillStep *self, MillWork *work, GCancellable *cancellable, GError **error)
{
  GMainContext *context = get_private_context ();
  AwaitData data = { NULL };
  gboolean ok;

  g_main_context_push_thread_default (context);
  mill_step_process_async (self, work, cancellable, await_cb, mill_ticket_new (&data));
  while (data.result == NULL)
    g_main_context_iteration (context, TRUE);
  ok = mill_step_process_finish (self, data.result, error);
  g_object_unref (data.result);
  g_main_context_pop_thread_default (context);
  return ok;
}

static void
mill_step_class_init (MillStepClass *klass)
{
}

static void
mill_step_init (MillStep *self)
{
}

/**
 * mill_step_check:
 * @property: (out) (optional) (transfer none): the property that is wrong; only on failure
 *
 * Whether what the step's properties say can be done. May be called at any time before it is opened. Without
 * an implementation it can.
 *
 * Returns: %FALSE with an error for people if it cannot
 */
gboolean
mill_step_check (MillStep *self, const char **property, GError **error)
{
  MillStepClass *klass = MILL_STEP_GET_CLASS (self);
  const char *wrong = NULL;

  if (klass->check == NULL || klass->check (self, &wrong, error))
    return TRUE;
  if (property != NULL)
    *property = wrong;
  return FALSE;
}

/**
 * mill_step_dup_command:
 *
 * What program the step runs, for those who must agree to that.
 *
 * Returns: (nullable) (transfer full): the command line, as a person would write it; %NULL if the step runs
 * none
 */
char *
mill_step_dup_command (MillStep *self)
{
  MillStepClass *klass = MILL_STEP_GET_CLASS (self);

  return klass->dup_command != NULL ? klass->dup_command (self) : NULL;
}

/**
 * mill_step_open:
 * @pipeline: (transfer none): whose step it is
 *
 * Called once, before the pipeline's workers start, on the starting thread: checks what the step needs.
 * Without an implementation it succeeds.
 *
 * Returns: %FALSE with an error for people if the step cannot begin
 */
gboolean
mill_step_open (MillStep *self, MillPipeline *pipeline, GError **error)
{
  MillStepClass *klass = MILL_STEP_GET_CLASS (self);

  return klass->open == NULL || klass->open (self, pipeline, error);
}

/**
 * mill_step_wrap_up:
 * @pipeline: (transfer none): whose step it is
 * @cancellable: (nullable): fires on a stop that comes meanwhile; end soon after
 *
 * Called once, after the last worker has ended and before mill_step_close(), on a thread of its own; also
 * when the pipeline was stopped. Without an implementation it succeeds.
 *
 * Returns: %FALSE with an error for people if something could not be done
 */
gboolean
mill_step_wrap_up (MillStep *self, MillPipeline *pipeline, GCancellable *cancellable, GError **error)
{
  MillStepClass *klass = MILL_STEP_GET_CLASS (self);

  return klass->wrap_up == NULL || klass->wrap_up (self, pipeline, cancellable, error);
}

/**
 * mill_step_close:
 *
 * Called once, after the last worker has ended.
 */
void
mill_step_close (MillStep *self)
{
  MillStepClass *klass = MILL_STEP_GET_CLASS (self);

  if (klass->close != NULL)
    klass->close (self);
}

/**
 * mill_step_is_async:
 *
 * Which faces the step has.
 *
 * Returns: whether the step has an asynchronous face
 */
gboolean
mill_step_is_async (MillStep *self)
{
  return MILL_STEP_GET_CLASS (self)->process_async != NULL;
}

/**
 * mill_step_run:
 * @work: the attempt
 * @cancellable: (nullable): ends it
 *
 * Runs the step to its end on the calling thread, whichever face the subclass has.
 *
 * Returns: whether the attempt succeeded; otherwise @error says why
 */
gboolean
mill_step_run (MillStep *self, MillWork *work, GCancellable *cancellable, GError **error)
{
  if (MILL_STEP_GET_CLASS (self)->process != NULL)
    return mill_step_process (self, work, cancellable, error);
  return run_async_here (self, work, cancellable, error);
}

/**
 * mill_step_process:
 * @work: the attempt; valid until this returns
 * @cancellable: (nullable): fires on a time-out and on a stop; end soon after
 *
 * Does the work, on a worker's or a helper thread: the blocking face, which the subclass must have.
 *
 * Returns: whether the attempt succeeded; otherwise @error says why
 */
gboolean
mill_step_process (MillStep *self, MillWork *work, GCancellable *cancellable, GError **error)
{
  return MILL_STEP_GET_CLASS (self)->process (self, work, cancellable, error);
}

/**
 * mill_step_process_async:
 * @work: the attempt; valid until @callback
 * @cancellable: (nullable): fires on a time-out and on a stop; end soon after
 * @callback: called in the thread-default main context at the end
 * @user_data: for @callback
 *
 * Starts the work on the thread-default main context: the asynchronous face, which the subclass must have.
 */
void
mill_step_process_async (MillStep *self, MillWork *work, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  MILL_STEP_GET_CLASS (self)->process_async (self, work, cancellable, callback, user_data);
}

/**
 * mill_step_process_finish:
 * @result: what the callback was given
 *
 * Ends mill_step_process_async().
 *
 * Returns: whether the attempt succeeded; otherwise @error says why
 */
gboolean
mill_step_process_finish (MillStep *self, GAsyncResult *result, GError **error)
{
  return MILL_STEP_GET_CLASS (self)->process_finish (self, result, error);
}

/**
 * mill_step_keeps_time:
 * @self: the step
 *
 * Whether the step knows of no other time than the pipeline's clock.
 *
 * Returns: whether a run with it can leap over waits, see mill_pipeline_set_leaping()
 */
gboolean
mill_step_keeps_time (MillStep *self)
{
  return MILL_STEP_GET_CLASS (self)->keeps_time && mill_step_is_async (self);
}

/**
 * mill_step_get_exponential_mean:
 * @self: the step
 *
 * How long an attempt takes, if that is exponentially distributed and none fails. Called by any thread.
 *
 * Returns: the mean now, in microseconds, or -1 if it is not so
 */
double
mill_step_get_exponential_mean (MillStep *self)
{
  MillStepClass *klass = MILL_STEP_GET_CLASS (self);

  return klass->get_exponential_mean != NULL ? klass->get_exponential_mean (self) : -1.0;
}
