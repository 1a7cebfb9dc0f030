/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one error domain of the engine. Callers act on the code; people read the message. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MillError:
 * @MILL_ERROR_INVALID: a value is not of the form or range asked for
 * @MILL_ERROR_SHUT_DOWN: the queue was shut down (CPython: `ShutDown`)
 * @MILL_ERROR_FULL: no room, and the call does not wait (CPython: `Full`)
 * @MILL_ERROR_EMPTY: nothing there, and the call does not wait (CPython: `Empty`)
 * @MILL_ERROR_TIMED_OUT: the deadline passed first
 * @MILL_ERROR_SURPLUS_DONE: `task_done` was called more often than items were put
 * @MILL_ERROR_JOB: a job file is wrong; the message names file, group and key
 * @MILL_ERROR_HTTP: the server answered with a status that is not success
 * @MILL_ERROR_TOO_LARGE: a limit on size was reached
 * @MILL_ERROR_STATE: the object is in a state that does not allow the call
 * @MILL_ERROR_FAILED: the work itself failed
 * @MILL_ERROR_RETRYABLE: the work failed, and trying again may succeed
 * @MILL_ERROR_FATAL: the work cannot be done, and neither can any other of its kind: a step that fails with
 * it ends the run
 * @MILL_ERROR_DAMAGED: a file does not fit together; it was not touched
 *
 * Why something failed: the one error domain of the library. Programs act on the code; people read the
 * message.
 */
typedef enum
{
  MILL_ERROR_INVALID,
  MILL_ERROR_SHUT_DOWN,
  MILL_ERROR_FULL,
  MILL_ERROR_EMPTY,
  MILL_ERROR_TIMED_OUT,
  MILL_ERROR_SURPLUS_DONE,
  MILL_ERROR_JOB,
  MILL_ERROR_HTTP,
  MILL_ERROR_TOO_LARGE,
  MILL_ERROR_STATE,
  MILL_ERROR_FAILED,
  MILL_ERROR_RETRYABLE,
  MILL_ERROR_FATAL,
  MILL_ERROR_DAMAGED,
} MillError;

/**
 * mill_error_quark:
 *
 * The domain of [error@Mill.Error].
 *
 * Returns: the quark
 */
#define MILL_ERROR (mill_error_quark ())
GQuark mill_error_quark (void);

G_END_DECLS
