/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Knobs in words: "32", "5.0 s", "no limit", "fetch: Slots 24 → 32". */

#pragma once

#include "pipeline/mill-knob.h"

G_BEGIN_DECLS

guint mill_knob_words_digits (const MillKnob *knob);
gboolean mill_knob_words_is_no_limit (const MillKnob *knob, double number);
char *mill_knob_words_number (const MillKnob *knob, double number);
char *mill_knob_words_turn (const MillKnob *knob, double before, double after);

G_END_DECLS
