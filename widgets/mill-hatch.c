/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The hatchings, in one table.
 */
#include "config.h"

#include "mill-hatch.h"

static const MillHatch hatches[MILL_N_DOT_STATES] = {
  [MILL_DOT_LIMITED] = { 3.0, 1.0, 0.0, 0.32f },
  [MILL_DOT_WAITING] = { 7.0, 2.0, -0.8, 0.32f },
  [MILL_DOT_BACKING_OFF] = { 5.0, 1.5, 0.0, 0.32f },
  [MILL_DOT_BLOCKED] = { 5.0, 2.0, 0.8, 0.32f },
};

/**
 * mill_dot_state_get_hatch:
 * @state: a state
 *
 * Returns: its stripes; without spacing for a state that is no waiting
 */
MillHatch
mill_dot_state_get_hatch (MillDotState state)
{
  g_return_val_if_fail (state < MILL_N_DOT_STATES, hatches[MILL_DOT_IDLE]);

  return hatches[state];
}
