/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillKnobBoard: the knobs of one run, as the window turns them: where each stood in the job, and the history
 * of all turns. Every way to turn a knob in the window leads here.
 *
 * A knob that is dragged is turned ten times a second, not with every motion; until then the board knows
 * where it is going. What turns a knob without the window (`--at`) is no part of the history.
 *
 * Signal: `changed` after each turn, undo and redo.
 *
 * Threads: the main thread only.
 */

#pragma once

#include "pipeline/mill-pipeline.h"

G_BEGIN_DECLS

#define MILL_TYPE_KNOB_BOARD (mill_knob_board_get_type ())
G_DECLARE_FINAL_TYPE (MillKnobBoard, mill_knob_board, MILL, KNOB_BOARD, GObject)

MillKnobBoard *mill_knob_board_new (MillPipeline *pipeline);

GPtrArray *mill_knob_board_get_knobs (MillKnobBoard *self);
MillKnob *mill_knob_board_find (MillKnobBoard *self, const char *path);
double mill_knob_board_get_number (MillKnobBoard *self, const MillKnob *knob);
double mill_knob_board_get_job_number (MillKnobBoard *self, const MillKnob *knob);
void mill_knob_board_turn (MillKnobBoard *self, MillKnob *knob, double value);

gboolean mill_knob_board_is_as_in_job (MillKnobBoard *self);
void mill_knob_board_reset (MillKnobBoard *self);
gboolean mill_knob_board_has_faults_on (MillKnobBoard *self, const char *owner);
void mill_knob_board_turn_faults_off (MillKnobBoard *self);

gboolean mill_knob_board_can_undo (MillKnobBoard *self);
gboolean mill_knob_board_can_redo (MillKnobBoard *self);
char *mill_knob_board_undo (MillKnobBoard *self);
char *mill_knob_board_redo (MillKnobBoard *self);

G_END_DECLS
