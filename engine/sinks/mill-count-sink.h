/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillCountSink:
 *
 * Counts what is done, and lets it go.
 */

#pragma once

#include "pipeline/mill-sink.h"

G_BEGIN_DECLS

#define MILL_TYPE_COUNT_SINK (mill_count_sink_get_type ())
G_DECLARE_FINAL_TYPE (MillCountSink, mill_count_sink, MILL, COUNT_SINK, MillSink)

MillSink *mill_count_sink_new (void);
guint64 mill_count_sink_get_items (MillCountSink *self);
guint64 mill_count_sink_get_bytes (MillCountSink *self);

G_END_DECLS
