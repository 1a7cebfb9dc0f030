/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillSink:
 *
 * Where finished items end. `accept` runs on the worker that finished the item, in either world, so
 * it must be quick and thread-safe; slow work belongs in a stage.
 *
 * Threads: `accept` may run on several threads at once; all else is the subclass's.
 */

#pragma once

#include "core/mill-item.h"

G_BEGIN_DECLS

#define MILL_TYPE_SINK (mill_sink_get_type ())
G_DECLARE_DERIVABLE_TYPE (MillSink, mill_sink, MILL, SINK, GObject)

/**
 * MillSinkClass:
 * @accept: an item is done
 */
struct _MillSinkClass
{
  GObjectClass parent_class;

  void (*accept) (MillSink *self, MillItem *item);

  gpointer padding[4];
};

void mill_sink_accept (MillSink *self, MillItem *item);

G_END_DECLS
