/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillEvent: something that happened to a run as a whole: a state change, a knob turned. The list is bounded;
 * what no longer fits is counted. */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum
{
  MILL_EVENT_STATE,
  MILL_EVENT_KNOB,
  MILL_EVENT_FAULT,
} MillEventKind;

/**
 * MillEvent:
 * @number: counts from 0 for each run
 * @time_us: since the start of the run, in microseconds
 * @kind: what sort of thing
 * @text: for people, translated: "work.consumers 8 → 0"
 */
typedef struct
{
  guint64 number;
  gint64 time_us;
  MillEventKind kind;
  char *text; /* (owned) */
} MillEvent;

#define MILL_TYPE_EVENT (mill_event_get_type ())
GType mill_event_get_type (void);
MillEvent *mill_event_copy (const MillEvent *self);
void mill_event_free (MillEvent *self);

G_END_DECLS
