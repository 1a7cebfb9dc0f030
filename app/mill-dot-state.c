/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which dot shows which state of a worker. */

#include "config.h"

#include "mill-dot-state.h"

/**
 * mill_dot_state_of:
 * @state: what a worker does
 *
 * Returns: the dot that shows it
 */
MillDotState
mill_dot_state_of (MillWorkerState state)
{
  switch (state)
    {
    case MILL_WORKER_IDLE:
      return MILL_DOT_IDLE;
    case MILL_WORKER_PAUSED:
      return MILL_DOT_PAUSED;
    case MILL_WORKER_LIMITED:
      return MILL_DOT_LIMITED;
    case MILL_WORKER_WAITING:
      return MILL_DOT_WAITING;
    case MILL_WORKER_BUSY:
      return MILL_DOT_BUSY;
    case MILL_WORKER_BACKING_OFF:
      return MILL_DOT_BACKING_OFF;
    case MILL_WORKER_BLOCKED:
      return MILL_DOT_BLOCKED;
    default:
      g_return_val_if_reached (MILL_DOT_IDLE);
    }
}
