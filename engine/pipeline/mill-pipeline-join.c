/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillPipeline: waiting for its end. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "pipeline/mill-pipeline-private.h"

/* Waits for the control thread, which has ended or is about to. */
static void
reap_control (MillPipeline *self)
{
  MillLoop *control;

  g_mutex_lock (&self->lock);
  control = mill_state_is_final (self->state) ? g_steal_pointer (&self->control) : NULL;
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&control, mill_loop_free);
}

/* Ends the pipeline if it still runs, when its last owner lets go of it. */
void
mill_pipeline_end_life (MillPipeline *self)
{
  if (self->control == NULL)
    return;
  mill_pipeline_stop (self);
  mill_pipeline_join (self, NULL, NULL);
}

static gboolean
refuse_idle (MillPipeline *self, GError **error)
{
  if (mill_pipeline_get_state (self) != MILL_STATE_IDLE)
    return FALSE;
  mill_pipeline_refuse (MILL_STATE_IDLE, error);
  return TRUE;
}

/**
 * mill_pipeline_join:
 * @cancellable: (nullable): ends the wait, not the pipeline
 *
 * Blocks the calling thread until the pipeline has ended. No thread and no task of it is left then.
 *
 * Returns: %FALSE with %G_IO_ERROR_CANCELLED, or with %MILL_ERROR_STATE when it was never started
 */
gboolean
mill_pipeline_join (MillPipeline *self, GCancellable *cancellable, GError **error)
{
  MillWaiter waiter;
  gulong handler;

  g_return_val_if_fail (MILL_IS_PIPELINE (self), FALSE);

  if (refuse_idle (self, error))
    return FALSE;
  mill_waiter_init_thread (&waiter, &self->lock);
  handler = mill_waiter_connect (&waiter, cancellable);
  g_mutex_lock (&self->lock);
  waiter.served = mill_state_is_final (self->state);
  if (!waiter.served)
    mill_waiter_wait (&waiter, &self->joiners);
  g_mutex_unlock (&self->lock);
  mill_waiter_disconnect (&waiter, cancellable, handler);
  if (!waiter.served)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Operation was cancelled"));
      return FALSE;
    }
  reap_control (self);
  return TRUE;
}

static void
join_cancelled (gpointer owner, MillWaiter *waiter)
{
  MillPipeline *self = owner;

  mill_waiter_leave_cancelled (waiter, &self->lock);
}

/**
 * mill_pipeline_join_async:
 * @cancellable: (nullable): ends the wait, not the pipeline
 * @callback: called in the thread-default main context once the pipeline has ended
 * @user_data: for @callback
 *
 * Waits for the end, suspended meanwhile.
 */
void
mill_pipeline_join_async (MillPipeline *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;

  g_return_if_fail (MILL_IS_PIPELINE (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mill_pipeline_join_async);
  g_task_set_check_cancellable (task, FALSE);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (refuse_idle (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  g_mutex_lock (&self->lock);
  if (!mill_state_is_final (self->state))
    {
      mill_wait_list_push (&self->joiners, mill_waiter_new_task (task, self, cancellable, join_cancelled));
      g_mutex_unlock (&self->lock);
      return;
    }
  g_mutex_unlock (&self->lock);
  g_task_return_boolean (task, TRUE);
}

/**
 * mill_pipeline_join_finish:
 * @result: what the callback was given
 *
 * Ends mill_pipeline_join_async().
 *
 * Returns: as mill_pipeline_join()
 */
gboolean
mill_pipeline_join_finish (MillPipeline *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  reap_control (self);
  return TRUE;
}
