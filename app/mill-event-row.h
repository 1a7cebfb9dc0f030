/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillEventRow: one event of a run, as an object for a list model. Immutable. */

#pragma once

#include <glib-object.h>

#include "pipeline/mill-event.h"

G_BEGIN_DECLS

#define MILL_TYPE_EVENT_ROW (mill_event_row_get_type ())
G_DECLARE_FINAL_TYPE (MillEventRow, mill_event_row, MILL, EVENT_ROW, GObject)

MillEventRow *mill_event_row_new (const MillEvent *event);
const MillEvent *mill_event_row_get_event (MillEventRow *self);
char *mill_event_row_describe_time (MillEventRow *self);
gboolean mill_event_row_matches (MillEventRow *self, int kind, const char *folded);

const char *mill_event_kind_get_label (MillEventKind kind);
const char *mill_event_kind_get_icon_name (MillEventKind kind);

G_END_DECLS
