/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the steps do once all items are through, between the end of the last worker and the pipeline's. */

#include "config.h"

#include "pipeline/mill-pipeline-private.h"

/* @subject: (transfer full) (nullable): why a step could not wrap up */
static gboolean
wrapped_up_cb (gpointer user_data)
{
  g_autofree MillMessage *message = user_data;
  MillPipeline *self = message->pipeline;
  g_autoptr (GError) error = message->subject;

  g_thread_join (g_steal_pointer (&self->wrap_up_thread));
  g_mutex_lock (&self->lock);
  if (error != NULL && !g_cancellable_is_cancelled (self->wrap_up))
    {
      mill_event_log_add (self->events, MILL_EVENT_FAULT, g_strdup (error->message));
      if (self->source_error == NULL)
        self->source_error = g_steal_pointer (&error);
    }
  g_clear_object (&self->wrap_up);
  g_mutex_unlock (&self->lock);
  mill_pipeline_finish (self);
  return G_SOURCE_REMOVE;
}

/* The steps' own thread: the control thread must hear of a stop meanwhile. */
static gpointer
wrap_up_main (gpointer data)
{
  MillPipeline *self = data;
  GError *first = NULL;

  for (guint i = 0; i < self->stages->len; i++)
    {
      MillStage *stage = g_ptr_array_index (self->stages, i);
      g_autoptr (GError) error = NULL;

      if (mill_step_wrap_up (mill_stage_get_step (stage), self, self->wrap_up, &error))
        continue;
      g_prefix_error (&error, "%s: ", mill_stage_get_name (stage));
      if (first == NULL)
        first = g_steal_pointer (&error);
    }
  mill_pipeline_tell_control (self, wrapped_up_cb, first);
  return NULL;
}

static gboolean
needs_wrap_up (MillPipeline *self)
{
  for (guint i = 0; i < self->stages->len; i++)
    if (MILL_STEP_GET_CLASS (mill_stage_get_step (g_ptr_array_index (self->stages, i)))->wrap_up != NULL)
      return TRUE;
  return FALSE;
}

/* No worker is left. On the control thread. */
void
mill_pipeline_wrap_up (MillPipeline *self)
{
  if (!needs_wrap_up (self))
    {
      mill_pipeline_finish (self);
      return;
    }
  g_mutex_lock (&self->lock);
  self->wrap_up = g_cancellable_new ();
  g_mutex_unlock (&self->lock);
  self->wrap_up_thread = g_thread_new ("mill-wrap-up", wrap_up_main, self);
}

/**
 * mill_pipeline_set_progress:
 * @done: how much is done
 * @total: of how much, in whatever units
 *
 * For a step that wraps up: what a snapshot says of it. Any thread.
 */
void
mill_pipeline_set_progress (MillPipeline *self, guint64 done, guint64 total)
{
  g_return_if_fail (MILL_IS_PIPELINE (self));

  g_mutex_lock (&self->lock);
  self->progress_done = done;
  self->progress_total = total;
  g_mutex_unlock (&self->lock);
}
