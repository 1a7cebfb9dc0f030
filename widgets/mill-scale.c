/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Round numbers: 1, 2, 5 and their powers of ten for values; parts of seconds, seconds, minutes and hours for
 * time.
 */
#include "config.h"

#include "mill-scale.h"

#include <math.h>

static const double steps[] = { 1.0, 2.0, 5.0, 10.0 };

/**
 * mill_scale_nice_ceil:
 * @value: a number
 *
 * Returns: the least of 1, 2, 5 · 10^n not below @value; 1 for what is not positive
 */
double
mill_scale_nice_ceil (double value)
{
  double power;
  gsize i;

  if (!(value > 0.0) || !isfinite (value))
    return 1.0;

  power = pow (10.0, floor (log10 (value)));
  for (i = 0; i + 1 < G_N_ELEMENTS (steps); i++)
    if (value <= steps[i] * power * (1.0 + 1e-9))
      return steps[i] * power;

  return 10.0 * power;
}

/**
 * mill_scale_nice_floor:
 * @value: a number
 *
 * Returns: the greatest of 1, 2, 5 · 10^n not above @value; 0 for what is not positive
 */
double
mill_scale_nice_floor (double value)
{
  double power;
  gsize i;

  if (!(value > 0.0) || !isfinite (value))
    return 0.0;

  power = pow (10.0, floor (log10 (value)));
  for (i = G_N_ELEMENTS (steps); i-- > 0;)
    if (value >= steps[i] * power * (1.0 - 1e-9))
      return steps[i] * power;

  return power;
}

/**
 * mill_scale_follow:
 * @top: the top of an axis; 0 for none yet
 * @needed: the greatest value on it
 *
 * Lets an axis follow its values with hysteresis: it grows at once, with room for a few more steps, and
 * shrinks only when less than six tenths of it are used.
 *
 * Returns: the new top, greater than 0
 */
double
mill_scale_follow (double top, double needed)
{
  if (!(needed > 0.0) || !isfinite (needed))
    return top > 0.0 ? top : 1.0;
  if (needed > top && top > 0.0)
    return needed * 1.15;
  if (needed > top || needed < 0.6 * top)
    return needed * 1.04;

  return top;
}

/**
 * mill_scale_time_step:
 * @at_least_us: the least distance of two ticks, in microseconds
 *
 * Returns: a round distance of ticks on a time axis, in microseconds
 */
gint64
mill_scale_time_step (gint64 at_least_us)
{
  static const gint64 milliseconds[] = { 10,      20,      50,       100,      200,      500,
                                         1000,    2000,    5000,     10000,    15000,    30000,
                                         60000,   120000,  300000,   600000,   900000,   1800000,
                                         3600000, 7200000, 21600000, 43200000, 86400000, 604800000 };
  const gint64 week = 604800 * G_GINT64_CONSTANT (1000000);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (milliseconds); i++)
    if (milliseconds[i] * 1000 >= at_least_us)
      return milliseconds[i] * 1000;

  return (at_least_us / week + 1) * week;
}
