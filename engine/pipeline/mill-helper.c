/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillHelper: a thread that does one worker's blocking work. */

#include "config.h"

#include "pipeline/mill-helper-private.h"

typedef struct
{
  MillWorker *worker;  /* (unowned) lives until its attempt has ended; NULL asks the thread to end */
  MillHelperFunc func; /* where the result goes */
  gboolean ok;
  GError *error; /* (owned) (nullable) */
} Errand;

struct _MillHelper
{
  GAsyncQueue *errands; /* (owned) of (owned) Errand */
  GThread *thread;      /* (owned) */
};

/* Nobody waits for this thread any more: it frees the helper itself, and takes leave of the worker. */
static void
end_alone (MillHelper *self, MillWorker *worker)
{
  worker->helper = NULL;
  mill_worker_came_back (worker);
  g_thread_unref (self->thread);
  g_async_queue_unref (self->errands);
  g_free (self);
}

static gboolean
report_cb (gpointer user_data)
{
  g_autofree Errand *errand = user_data;

  errand->func (errand->worker, errand->ok, errand->error);
  return G_SOURCE_REMOVE;
}

/* Whether the helper goes on. */
static gboolean
do_errand (MillHelper *self, Errand *errand)
{
  MillWorker *worker = errand->worker;
  MillStep *step = mill_stage_get_step (worker->stage);

  errand->ok = mill_step_process (step, &worker->work, worker->attempt, &errand->error);
  if (mill_worker_claim_result (worker))
    {
      mill_loop_call (worker->loop, report_cb, errand);
      return TRUE;
    }
  g_clear_error (&errand->error);
  g_free (errand);
  end_alone (self, worker);
  return FALSE;
}

static gpointer
run (gpointer data)
{
  MillHelper *self = data;
  Errand *errand = g_async_queue_pop (self->errands);

  while (errand->worker != NULL)
    {
      if (!do_errand (self, errand))
        return NULL;
      errand = g_async_queue_pop (self->errands);
    }
  g_free (errand);
  return NULL;
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
mill_helper_run (MillHelper *self, MillWorker *worker, MillHelperFunc func)
{
  Errand *errand = g_new0 (Errand, 1);

  errand->worker = worker;
  errand->func = func;
  g_async_queue_push (self->errands, errand);
}
