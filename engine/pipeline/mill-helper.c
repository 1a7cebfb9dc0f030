/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillHelper: a thread that does one worker's blocking work. */

#include "config.h"

#include "pipeline/mill-helper-private.h"

typedef struct
{
  GTask *task;    /* (owned) NULL asks the thread to end */
  MillStep *step; /* (unowned) */
  MillWork *work; /* (unowned) */
} Errand;

struct _MillHelper
{
  GAsyncQueue *errands; /* (owned) of (owned) Errand */
  GThread *thread;      /* (owned) */
};

static gpointer
run (gpointer data)
{
  MillHelper *self = data;

  while (TRUE)
    {
      g_autofree Errand *errand = g_async_queue_pop (self->errands);
      g_autoptr (GTask) task = errand->task;
      GError *error = NULL;

      if (task == NULL)
        return NULL;
      if (mill_step_process (errand->step, errand->work, g_task_get_cancellable (task), &error))
        g_task_return_boolean (task, TRUE);
      else if (error != NULL)
        g_task_return_error (task, error);
      else
        g_task_return_boolean (task, FALSE);
    }
}

MillHelper *
mill_helper_new (const char *name, GError **error)
{
  MillHelper *self = g_new0 (MillHelper, 1);

  self->errands = g_async_queue_new ();
  self->thread = g_thread_try_new (name, run, self, error);
  if (self->thread == NULL)
    g_clear_pointer (&self->errands, g_async_queue_unref);
  if (self->errands == NULL)
    g_clear_pointer (&self, g_free);
  return self;
}

/* Waits for the thread, which must have no errand. */
void
mill_helper_free (MillHelper *self)
{
  g_async_queue_push (self->errands, g_new0 (Errand, 1));
  g_thread_join (self->thread);
  g_async_queue_unref (self->errands);
  g_free (self);
}

void
mill_helper_run (MillHelper *self, MillStep *step, MillWork *work, GCancellable *cancellable,
                 GAsyncReadyCallback callback, gpointer user_data)
{
  Errand *errand = g_new0 (Errand, 1);

  errand->task = g_task_new (NULL, cancellable, callback, user_data);
  /* A step that succeeded has succeeded, even if it was cancelled meanwhile. */
  g_task_set_check_cancellable (errand->task, FALSE);
  errand->step = step;
  errand->work = work;
  g_async_queue_push (self->errands, errand);
}

gboolean
mill_helper_run_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
