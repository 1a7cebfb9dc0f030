/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillCancelSource: cancelling, on any thread, does no more than set the source's ready time. */

#include "config.h"

#include "core/mill-cancel-source-private.h"

typedef struct
{
  GSource source;
  GCancellable *cancellable; /* (owned) (nullable) */
  gulong handler;            /* 0: not connected */
  GMutex lock;
  gboolean is_destroyed; /* (lock) the context may be gone, so it must not be woken any more */
} MillCancelSource;

static gboolean
cancel_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  callback (user_data);
  return G_SOURCE_REMOVE;
}

static void
cancel_source_finalize (GSource *source)
{
  MillCancelSource *self = (MillCancelSource *) source;

  g_clear_object (&self->cancellable);
  g_mutex_clear (&self->lock);
}

static GSourceFuncs cancel_source_funcs = {
  .dispatch = cancel_source_dispatch,
  .finalize = cancel_source_finalize,
};

static void
make_ready (MillCancelSource *self)
{
  g_mutex_lock (&self->lock);
  if (!self->is_destroyed)
    g_source_set_ready_time (&self->source, 0);
  g_mutex_unlock (&self->lock);
}

static void
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  make_ready (user_data);
}

static void
unref_source (gpointer source, GClosure *closure)
{
  g_source_unref (source);
}

/* The signal and not g_cancellable_connect(), whose counterpart waits for handlers that run. A cancellable
 * that fires in between has been seen by the handler, by the look after it, or by both. */
static void
watch (MillCancelSource *self, GCancellable *cancellable)
{
  self->cancellable = g_object_ref (cancellable);
  self->handler = g_signal_connect_data (cancellable, "cancelled", G_CALLBACK (cancelled_cb),
                                         g_source_ref (&self->source), unref_source, G_CONNECT_DEFAULT);
  if (g_cancellable_is_cancelled (cancellable))
    make_ready (self);
}

/* (transfer full): a source that is not attached yet. @ready_time_us is a time of g_get_monotonic_time(), or
 * %MILL_NEVER; @cancellable may be %NULL. Give it back with mill_cancel_source_destroy(). */
GSource *
mill_cancel_source_new (const char *name, gint64 ready_time_us, GCancellable *cancellable,
                        GSourceFunc callback, gpointer user_data, GDestroyNotify notify)
{
  GSource *source = g_source_new (&cancel_source_funcs, sizeof (MillCancelSource));

  g_mutex_init (&((MillCancelSource *) source)->lock);
  g_source_set_static_name (source, name);
  g_source_set_callback (source, callback, user_data, notify);
  g_source_set_ready_time (source, ready_time_us);
  if (cancellable != NULL)
    watch ((MillCancelSource *) source, cancellable);
  return source;
}

/* Ends the source, dispatched or not, and drops the reference. Any thread. */
void
mill_cancel_source_destroy (GSource *source)
{
  MillCancelSource *self = (MillCancelSource *) source;

  if (self->handler != 0)
    g_signal_handler_disconnect (self->cancellable, self->handler);
  self->handler = 0;
  g_mutex_lock (&self->lock);
  self->is_destroyed = TRUE;
  g_mutex_unlock (&self->lock);
  g_source_destroy (source);
  g_source_unref (source);
}
