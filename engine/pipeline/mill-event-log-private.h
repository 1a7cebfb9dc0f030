/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillEventLog: the last events of a run, shared by the pipeline and its knobs. Thread-safe. */

#pragma once

#include "pipeline/mill-event.h"

G_BEGIN_DECLS

typedef struct _MillEventLog MillEventLog;

MillEventLog *mill_event_log_new (void);
MillEventLog *mill_event_log_ref (MillEventLog *self);
void mill_event_log_unref (MillEventLog *self);

void mill_event_log_start (MillEventLog *self, gint64 now_us);
void mill_event_log_add (MillEventLog *self, MillEventKind kind, char *text);
guint64 mill_event_log_get_count (MillEventLog *self);
GPtrArray *mill_event_log_list (MillEventLog *self, guint64 since);

G_END_DECLS
