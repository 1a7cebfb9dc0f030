/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillSimulateStep:
 *
 * Work that takes a random time and sometimes fails, and does nothing else.
 */

#pragma once

#include "pipeline/mill-step.h"

G_BEGIN_DECLS

/**
 * MillDistribution:
 * @MILL_DISTRIBUTION_FIXED: every item takes the latency
 * @MILL_DISTRIBUTION_UNIFORM: anything from latency - spread to latency + spread, all equally likely
 * @MILL_DISTRIBUTION_EXPONENTIAL: mostly short, sometimes long; its mean is the latency, the spread is not
 * used
 * @MILL_DISTRIBUTION_LOGNORMAL: its mean is the latency and its standard deviation the spread; a long tail
 *
 * How the time that an item takes is spread.
 */
typedef enum
{
  MILL_DISTRIBUTION_FIXED,
  MILL_DISTRIBUTION_UNIFORM,
  MILL_DISTRIBUTION_EXPONENTIAL,
  MILL_DISTRIBUTION_LOGNORMAL,
} MillDistribution;

#define MILL_TYPE_SIMULATE_STEP (mill_simulate_step_get_type ())
G_DECLARE_FINAL_TYPE (MillSimulateStep, mill_simulate_step, MILL, SIMULATE_STEP, MillStep)

MillStep *mill_simulate_step_new (void);
gint64 mill_simulate_step_get_duration (MillSimulateStep *self, guint64 item_id, guint attempt,
                                        gboolean *fails);

G_END_DECLS
