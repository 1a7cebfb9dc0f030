/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillSink: where finished items end. */

#include "config.h"

#include "pipeline/mill-sink.h"

G_DEFINE_ABSTRACT_TYPE (MillSink, mill_sink, G_TYPE_OBJECT)

static void
mill_sink_class_init (MillSinkClass *klass)
{
}

static void
mill_sink_init (MillSink *self)
{
}

/**
 * mill_sink_accept:
 * @item: (transfer none): the item
 *
 * Tells the sink that an item is done. A subclass may keep a reference.
 */
void
mill_sink_accept (MillSink *self, MillItem *item)
{
  MILL_SINK_GET_CLASS (self)->accept (self, item);
}
