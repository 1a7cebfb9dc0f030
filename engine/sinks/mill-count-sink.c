/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillCountSink: the end of the line for pipelines whose last stage leaves nothing more to do. */

#include "config.h"

#include "sinks/mill-count-sink.h"

#include <stdatomic.h>

struct _MillCountSink
{
  MillSink parent_instance;

  _Atomic guint64 items;
  _Atomic guint64 bytes;
};

G_DEFINE_FINAL_TYPE (MillCountSink, mill_count_sink, MILL_TYPE_SINK)

static void
mill_count_sink_accept (MillSink *sink, MillItem *item)
{
  MillCountSink *self = MILL_COUNT_SINK (sink);

  atomic_fetch_add_explicit (&self->items, 1, memory_order_relaxed);
  atomic_fetch_add_explicit (&self->bytes, mill_item_get_size (item), memory_order_relaxed);
}

static void
mill_count_sink_class_init (MillCountSinkClass *klass)
{
  MILL_SINK_CLASS (klass)->accept = mill_count_sink_accept;
}

static void
mill_count_sink_init (MillCountSink *self)
{
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
  g_return_val_if_fail (MILL_IS_COUNT_SINK (self), 0);
  return atomic_load_explicit (&self->items, memory_order_relaxed);
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
  g_return_val_if_fail (MILL_IS_COUNT_SINK (self), 0);
  return atomic_load_explicit (&self->bytes, memory_order_relaxed);
}
