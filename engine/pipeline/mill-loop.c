/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillLoop: an engine thread that runs a GMainContext of its own, as the thread's default one. */

#include "config.h"

#include "pipeline/mill-loop-private.h"

struct _MillLoop
{
  GMainContext *context; /* (owned) */
  GMainLoop *loop;       /* (owned) */
  GThread *thread;       /* (owned) */

  GMutex lock; /* guards the rest */
  gint holds;  /* callbacks still to come that nobody waits for; -1 for a moment when one came first */
  gboolean quit_asked;
  gboolean orphaned; /* frees itself when it has ended */
};

static void
destroy (MillLoop *self)
{
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static gpointer
run (gpointer data)
{
  MillLoop *self = data;
  gboolean orphaned;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  /* What was already due, such as the last callbacks of closed connections, still runs. */
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_pop_thread_default (self->context);
  g_mutex_lock (&self->lock);
  orphaned = self->orphaned;
  g_mutex_unlock (&self->lock);
  if (orphaned)
    destroy (self);
  return NULL;
}

MillLoop *
mill_loop_new (const char *thread_name)
{
  MillLoop *self = g_new0 (MillLoop, 1);

  g_mutex_init (&self->lock);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->thread = g_thread_new (thread_name, run, self);
  return self;
}

/* (transfer none) */
GMainContext *
mill_loop_get_context (MillLoop *self)
{
  return self->context;
}

/* Calls @func once on the loop's thread, always later, never within this call. Calls are made in order. */
void
mill_loop_call (MillLoop *self, GSourceFunc func, gpointer data)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, data, NULL);
  g_source_attach (source, self->context);
}

static gboolean
quit_cb (gpointer data)
{
  MillLoop *self = data;
  gboolean quit;

  g_mutex_lock (&self->lock);
  self->quit_asked = TRUE;
  quit = self->holds == 0;
  g_mutex_unlock (&self->lock);
  if (quit)
    g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

/* Keeps the loop running after it was told to quit, for a callback that is still to come. */
void
mill_loop_hold (MillLoop *self)
{
  g_mutex_lock (&self->lock);
  self->holds++;
  g_mutex_unlock (&self->lock);
}

/* That callback has come. On the loop's own thread. */
void
mill_loop_release (MillLoop *self)
{
  gboolean quit;

  g_mutex_lock (&self->lock);
  self->holds--;
  quit = self->quit_asked && self->holds == 0;
  g_mutex_unlock (&self->lock);
  if (quit)
    g_main_loop_quit (self->loop);
}

/* Lets the thread end after what was called before. */
void
mill_loop_quit (MillLoop *self)
{
  mill_loop_call (self, quit_cb, self);
}

/* Waits for the thread, which was told to quit, and frees the loop; one that is held is left to end by
 * itself. Not from its own thread. */
void
mill_loop_free (MillLoop *self)
{
  GThread *thread = self->thread;
  gboolean orphaned;

  g_mutex_lock (&self->lock);
  orphaned = self->orphaned = self->holds > 0;
  g_mutex_unlock (&self->lock);
  if (orphaned)
    {
      g_thread_unref (thread);
      return;
    }
  g_thread_join (thread);
  destroy (self);
}
