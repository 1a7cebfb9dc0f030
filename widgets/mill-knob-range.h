/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The numbers a knob can have: between controls that count differently, and as text.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MILL_KNOB_NO_LIMIT_POSITION 1.05

typedef struct
{
  gboolean logarithmic; /* how a slider is divided */
  double lower;
  double upper;
  double step;
  guint digits;
  char *unit;          /* (owned) (nullable) */
  char *no_limit_text; /* (owned) (nullable): NULL if there always is a limit */
  double no_limit;     /* the value that stands for it */
} MillKnobRange;

gboolean mill_knob_same (double a, double b);
gboolean mill_knob_range_is_no_limit (const MillKnobRange *self, double value);
double mill_knob_range_to_spin (const MillKnobRange *self, double value);
double mill_knob_range_from_spin (const MillKnobRange *self, double spin);
double mill_knob_range_to_slider (const MillKnobRange *self, double value);
double mill_knob_range_from_slider (const MillKnobRange *self, double position);
char *mill_knob_range_format (const MillKnobRange *self, double value);
char *mill_knob_range_explain (const MillKnobRange *self, const char *typed, const double *value);
gboolean mill_knob_range_parse (const MillKnobRange *self, const char *typed, double *out_value);

G_END_DECLS
