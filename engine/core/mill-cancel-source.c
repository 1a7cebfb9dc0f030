/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillCancelSource: cancelling, on any thread, does no more than set the source's ready time. */

#include "config.h"

#include "core/mill-cancel-source-private.h"

/* What a handler on its way may still touch: neither the source nor its context, which may be gone by then.
 */
typedef struct
{
  gatomicrefcount refs;
  GMutex lock;
  GSource *source; /* (unowned) (nullable) (lock) NULL once it was destroyed */
} Wake;

typedef struct
{
  GSource source;
  GCancellable *cancellable; /* (owned) (nullable) */
  gulong handler;
  Wake *wake; /* (owned) (nullable) */
} MillCancelSource;

static Wake *
wake_new (GSource *source)
{
  Wake *wake = g_new0 (Wake, 1);

  g_atomic_ref_count_init (&wake->refs);
  g_mutex_init (&wake->lock);
  wake->source = source;
  return wake;
}

static void
wake_unref (Wake *wake)
{
  if (!g_atomic_ref_count_dec (&wake->refs))
    return;
  g_mutex_clear (&wake->lock);
  g_free (wake);
}

static void
wake_make_ready (Wake *wake)
{
  g_mutex_lock (&wake->lock);
  if (wake->source != NULL)
    g_source_set_ready_time (wake->source, 0);
  g_mutex_unlock (&wake->lock);
}

static void
wake_forget (Wake *wake)
{
  g_mutex_lock (&wake->lock);
  wake->source = NULL;
  g_mutex_unlock (&wake->lock);
}

static gboolean
cancel_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  callback (user_data);
  return G_SOURCE_REMOVE;
}

static GSourceFuncs cancel_source_funcs = { .dispatch = cancel_source_dispatch };

static void
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  wake_make_ready (user_data);
}

static void
unref_wake (gpointer wake, GClosure *closure)
{
  wake_unref (wake);
}

/* The signal and not g_cancellable_connect(), whose counterpart waits for handlers that run. A cancellable
 * that fires in between has been seen by the handler, by the look after it, or by both. */
static void
watch (MillCancelSource *self, GCancellable *cancellable)
{
  self->cancellable = g_object_ref (cancellable);
  self->wake = wake_new (&self->source);
  g_atomic_ref_count_inc (&self->wake->refs);
  self->handler = g_signal_connect_data (cancellable, "cancelled", G_CALLBACK (cancelled_cb), self->wake,
                                         unref_wake, G_CONNECT_DEFAULT);
  if (g_cancellable_is_cancelled (cancellable))
    wake_make_ready (self->wake);
}

/* (transfer full): a source that is not attached yet. @ready_time_us is a time of g_get_monotonic_time(), or
 * %MILL_NEVER; @cancellable may be %NULL. Give it back with mill_cancel_source_destroy(). */
GSource *
mill_cancel_source_new (const char *name, gint64 ready_time_us, GCancellable *cancellable,
                        GSourceFunc callback, gpointer user_data, GDestroyNotify notify)
{
  GSource *source = g_source_new (&cancel_source_funcs, sizeof (MillCancelSource));

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

  if (self->wake != NULL)
    {
      g_signal_handler_disconnect (self->cancellable, self->handler);
      wake_forget (self->wake);
      g_clear_pointer (&self->wake, wake_unref);
    }
  g_clear_object (&self->cancellable);
  g_source_destroy (source);
  g_source_unref (source);
}
