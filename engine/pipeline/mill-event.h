/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * MillEventKind:
 * @MILL_EVENT_STATE: the pipeline is in another state
 * @MILL_EVENT_KNOB: a knob was turned
 * @MILL_EVENT_FAULT: something went wrong in the engine, or was made to go wrong
 * @MILL_EVENT_ALERT: a limit that somebody watches was passed
 *
 * What sort of thing happened.
 */
typedef enum
{
  MILL_EVENT_STATE,
  MILL_EVENT_KNOB,
  MILL_EVENT_FAULT,
  MILL_EVENT_ALERT,
} MillEventKind;

/**
 * MillEvent:
 * @number: counts from 0 for each run
 * @time_us: since the start of the run, in microseconds
 * @kind: what sort of thing
 * @text: for people, translated: "work.consumers 8 → 0"
 *
 * Something that happened to a run as a whole: a state change, a knob turned, an alert. The list is bounded;
 * what no longer fits is counted.
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
