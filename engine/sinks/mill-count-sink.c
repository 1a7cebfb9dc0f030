/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillCountSink: the end of the line for pipelines whose last stage leaves nothing more to do. */

#include "config.h"

#include "sinks/mill-count-sink.h"

struct _MillCountSink
{
  MillSink parent_instance;

  GMutex lock;
  guint64 items; /* (lock) */
  guint64 bytes; /* (lock) */
};

G_DEFINE_FINAL_TYPE (MillCountSink, mill_count_sink, MILL_TYPE_SINK)

static void
mill_count_sink_accept (MillSink *sink, MillItem *item)
{
  MillCountSink *self = MILL_COUNT_SINK (sink);

  g_mutex_lock (&self->lock);
  self->items++;
  self->bytes += mill_item_get_size (item);
  g_mutex_unlock (&self->lock);
}

static void
mill_count_sink_finalize (GObject *object)
{
  g_mutex_clear (&MILL_COUNT_SINK (object)->lock);
  G_OBJECT_CLASS (mill_count_sink_parent_class)->finalize (object);
}

static void
mill_count_sink_class_init (MillCountSinkClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mill_count_sink_finalize;
  MILL_SINK_CLASS (klass)->accept = mill_count_sink_accept;
}

static void
mill_count_sink_init (MillCountSink *self)
{
  g_mutex_init (&self->lock);
}

/**
 * mill_count_sink_new:
 *
 * Creates the sink.
 *
 * Returns: (transfer full): the sink
 */
MillSink *
mill_count_sink_new (void)
{
  return g_object_new (MILL_TYPE_COUNT_SINK, NULL);
}

/**
 * mill_count_sink_get_items:
 *
 * May be called from any thread, at any time.
 *
 * Returns: how many items have come so far
 */
guint64
mill_count_sink_get_items (MillCountSink *self)
{
  guint64 items;

  g_return_val_if_fail (MILL_IS_COUNT_SINK (self), 0);

  g_mutex_lock (&self->lock);
  items = self->items;
  g_mutex_unlock (&self->lock);
  return items;
}

/**
 * mill_count_sink_get_bytes:
 *
 * May be called from any thread, at any time.
 *
 * Returns: the sum of their payloads, in bytes
 */
guint64
mill_count_sink_get_bytes (MillCountSink *self)
{
  guint64 bytes;

  g_return_val_if_fail (MILL_IS_COUNT_SINK (self), 0);

  g_mutex_lock (&self->lock);
  bytes = self->bytes;
  g_mutex_unlock (&self->lock);
  return bytes;
}
