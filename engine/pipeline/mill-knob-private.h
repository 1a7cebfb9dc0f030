/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a pipeline hears of the changes made through its knobs. */

#pragma once

#include "pipeline/mill-knob.h"

G_BEGIN_DECLS

typedef void (*MillKnobChangedFunc) (MillKnob *knob, const char *before, const char *after,
                                     gpointer user_data);

void mill_knob_set_changed_func (MillKnob *self, MillKnobChangedFunc changed, gpointer user_data,
                                 GDestroyNotify destroy);

G_END_DECLS
