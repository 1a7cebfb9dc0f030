/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillLoop: an engine thread that runs a GMainContext of its own, as the thread's default one. */

#include "config.h"

#include "pipeline/mill-loop-private.h"

struct _MillLoop
{
  GMainContext *context; /* (owned) */
  GMainLoop *loop;       /* (owned) */
  GThread *thread;       /* (owned) */
};

static gpointer
run (gpointer data)
{
  MillLoop *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  /* What was already due, such as the last callbacks of closed connections, still runs. */
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

MillLoop *
mill_loop_new (const char *thread_name)
{
  MillLoop *self = g_new0 (MillLoop, 1);

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

  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

/* Lets the thread end after what was called before. */
void
mill_loop_quit (MillLoop *self)
{
  mill_loop_call (self, quit_cb, self);
}

/* Waits for the thread, which was told to quit, and frees the loop. Not from its own thread. */
void
mill_loop_free (MillLoop *self)
{
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_free (self);
}
