/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillKnobHistory: the turns of knobs that can be undone and redone. It knows paths and numbers, and turns
 * nothing itself.
 *
 * A step is what one undo takes back: a single turn, all turns of one knob that follow each other closely (a
 * drag), or all between mill_knob_history_begin() and _end(). A step that ends where it began is none. What
 * was undone can be redone until the next turn. Of more than `capacity` steps the oldest are forgotten.
 *
 * Threads: one at a time.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Turns of one knob that are no further apart are one. */
#define MILL_KNOB_DRAG_US (400 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  char *path; /* (owned) */
  double before;
  double after;
} MillKnobTurn;

typedef struct _MillKnobHistory MillKnobHistory;

MillKnobHistory *mill_knob_history_new (guint capacity);
void mill_knob_history_free (MillKnobHistory *self);

void mill_knob_history_begin (MillKnobHistory *self);
void mill_knob_history_end (MillKnobHistory *self);
void mill_knob_history_add (MillKnobHistory *self, const char *path, double before, double after,
                            gint64 now_us);

gboolean mill_knob_history_can_undo (const MillKnobHistory *self);
gboolean mill_knob_history_can_redo (const MillKnobHistory *self);
const GPtrArray *mill_knob_history_undo (MillKnobHistory *self);
const GPtrArray *mill_knob_history_redo (MillKnobHistory *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MillKnobHistory, mill_knob_history_free)

G_END_DECLS
