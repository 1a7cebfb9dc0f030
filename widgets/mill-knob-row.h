/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A row of a list that shows one tunable number or switch and lets it be turned.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * MillKnobKind:
 * @MILL_KNOB_INTEGER_STEPPER: −, a number, +
 * @MILL_KNOB_LOG_SLIDER: a slider by powers of ten, and the number
 * @MILL_KNOB_LINEAR_SLIDER: a slider, and the number
 * @MILL_KNOB_SWITCH: off is 0, on is 1
 *
 * How a knob is turned.
 */
typedef enum
{
  MILL_KNOB_INTEGER_STEPPER,
  MILL_KNOB_LOG_SLIDER,
  MILL_KNOB_LINEAR_SLIDER,
  MILL_KNOB_SWITCH
} MillKnobKind;

#define MILL_TYPE_KNOB_KIND (mill_knob_kind_get_type ())
GType mill_knob_kind_get_type (void) G_GNUC_CONST;

#define MILL_TYPE_KNOB_ROW (mill_knob_row_get_type ())
G_DECLARE_FINAL_TYPE (MillKnobRow, mill_knob_row, MILL, KNOB_ROW, AdwPreferencesRow)

/* Signal: void changed-by-user (MillKnobRow *self, double value); never for mill_knob_row_set_value(). */

GtkWidget *mill_knob_row_new (MillKnobKind kind, const char *label);

MillKnobKind mill_knob_row_get_kind (MillKnobRow *self);
double mill_knob_row_get_value (MillKnobRow *self);
void mill_knob_row_set_value (MillKnobRow *self, double value);
void mill_knob_row_set_range (MillKnobRow *self, double lower, double upper, double step);
void mill_knob_row_set_digits (MillKnobRow *self, guint digits);
const char *mill_knob_row_get_label (MillKnobRow *self);
void mill_knob_row_set_label (MillKnobRow *self, const char *label);
const char *mill_knob_row_get_description (MillKnobRow *self);
void mill_knob_row_set_description (MillKnobRow *self, const char *description);
const char *mill_knob_row_get_unit (MillKnobRow *self);
void mill_knob_row_set_unit (MillKnobRow *self, const char *unit);
/* The far end of a slider can mean "no limit": then @value (often 0) is the row's value, shown as @text. */
void mill_knob_row_set_no_limit (MillKnobRow *self, double value, const char *text);
/* What it can be reset to; a row that stands elsewhere is marked (CSS class "turned"). */
void mill_knob_row_set_usual (MillKnobRow *self, double value, const char *text);
gboolean mill_knob_row_is_editing (MillKnobRow *self);

G_END_DECLS
