/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The arithmetic of knobs. A spin button counts "no limit" as one step above the upper end; a slider goes
 * from 0 to 1, and for "no limit" a little further.
 */
#include "config.h"

#include "mill-knob-range.h"

#include "mill-format.h"
#include "mill-scale.h"

#include <glib/gi18n-lib.h>
#include <langinfo.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NO_LIMIT_THRESHOLD 1.02

gboolean
mill_knob_same (double a, double b)
{
  return !(a < b) && !(a > b);
}

gboolean
mill_knob_range_is_no_limit (const MillKnobRange *self, double value)
{
  return self->no_limit_text != NULL && mill_knob_same (value, self->no_limit);
}

double
mill_knob_range_to_spin (const MillKnobRange *self, double value)
{
  return mill_knob_range_is_no_limit (self, value) ? self->upper + self->step : value;
}

double
mill_knob_range_from_spin (const MillKnobRange *self, double spin)
{
  return self->no_limit_text != NULL && spin > self->upper + self->step * 0.5 ? self->no_limit : spin;
}

/* A logarithmic slider needs a lower end above 0; the lowest position still is the lower end itself. */
static double
log_base (const MillKnobRange *self)
{
  return self->lower > 0.0 ? self->lower : self->step;
}

double
mill_knob_range_to_slider (const MillKnobRange *self, double value)
{
  double position;

  if (mill_knob_range_is_no_limit (self, value))
    return MILL_KNOB_NO_LIMIT_POSITION;
  if (!(self->upper > self->lower))
    return 0.0;
  if (self->logarithmic)
    position = log (MAX (value, log_base (self)) / log_base (self)) / log (self->upper / log_base (self));
  else
    position = (value - self->lower) / (self->upper - self->lower);

  return isfinite (position) ? CLAMP (position, 0.0, 1.0) : 0.0;
}

/* Two significant digits on a logarithmic slider, whole steps on a linear one. */
double
mill_knob_range_from_slider (const MillKnobRange *self, double position)
{
  double value, step = self->step;

  if (self->no_limit_text != NULL && position > NO_LIMIT_THRESHOLD)
    return self->no_limit;
  position = CLAMP (position, 0.0, 1.0);
  if (self->logarithmic && position < 0.001)
    return self->lower;
  if (self->logarithmic)
    {
      value = log_base (self) * pow (self->upper / log_base (self), position);
      step = MAX (self->step, mill_scale_nice_floor (value / 20.0));
      value = round (value / step) * step;
    }
  else
    {
      value = self->lower + round (position * (self->upper - self->lower) / step) * step;
    }

  return CLAMP (value, self->lower, self->upper);
}

char *
mill_knob_range_format (const MillKnobRange *self, double value)
{
  g_autofree char *number = NULL;

  if (mill_knob_range_is_no_limit (self, value))
    return g_strdup (self->no_limit_text);
  number = mill_format_number (value, self->digits);
  if (self->unit == NULL || self->unit[0] == '\0')
    return g_steal_pointer (&number);

  return g_strdup_printf ("%s %s", number, self->unit);
}

/* Why what was @typed is not taken as it is, (transfer full) (nullable); @value is what it says, or %NULL if
 * it is no number. */
char *
mill_knob_range_explain (const MillKnobRange *self, const char *typed, const double *value)
{
  g_autofree char *lower = mill_knob_range_format (self, self->lower);
  g_autofree char *upper = mill_knob_range_format (self, self->upper);
  g_autofree char *wanted = NULL;

  if (value != NULL &&
      (mill_knob_range_is_no_limit (self, *value) || (*value >= self->lower && *value <= self->upper)))
    return NULL;
  if (self->no_limit_text != NULL)
    /* Translators: two numbers, then the words for “no limit” */
    wanted = g_strdup_printf (_ ("From %s to %s, or “%s”."), lower, upper, self->no_limit_text);
  else
    wanted = g_strdup_printf (_ ("From %s to %s."), lower, upper);
  if (value == NULL)
    return g_strdup_printf (_ ("“%s” is not a number. %s"), typed, wanted);
  if (*value < self->lower)
    return g_strdup_printf (_ ("“%s” is too little. %s"), typed, wanted);
  return g_strdup_printf (_ ("“%s” is too much. %s"), typed, wanted);
}

/* Removes every @what from @text. */
static void
strip (char *text, const char *what)
{
  const gsize length = strlen (what);
  char *at;

  while (length > 0 && (at = strstr (text, what)) != NULL)
    memmove (at, at + length, strlen (at + length) + 1);
}

/* Reads what a person typed: grouped or not, with or without the unit, or the words for "no limit". */
gboolean
mill_knob_range_parse (const MillKnobRange *self, const char *typed, double *out_value)
{
  g_autofree char *text = g_strstrip (g_strdup (typed));
  g_autofree char *folded = g_utf8_casefold (text, -1);
  g_autofree char *no_limit = g_utf8_casefold (self->no_limit_text != NULL ? self->no_limit_text : "", -1);
  char *end;

  if (no_limit[0] != '\0' && strcmp (folded, no_limit) == 0)
    {
      *out_value = self->no_limit;
      return TRUE;
    }
  if (self->unit != NULL && self->unit[0] != '\0' && g_str_has_suffix (text, self->unit))
    text[strlen (text) - strlen (self->unit)] = '\0';
  strip (text, nl_langinfo (THOUSEP));
  if (strcmp (nl_langinfo (RADIXCHAR), ",") != 0)
    strip (text, ",");
  g_strstrip (text);

  *out_value = strtod (text, &end);

  return end != text && *end == '\0' && isfinite (*out_value);
}
