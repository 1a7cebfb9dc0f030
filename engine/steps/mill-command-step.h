/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillCommandStep:
 *
 * Runs a program for each item: xargs -P, with as many at once as the stage has consumers and slots.
 *
 * `command` is split into words once, as a shell would, but no shell runs, so nothing that an item holds is
 * ever taken for more than a text: in the words after the first, {payload} (or {}), {key}, {n} and {attempt}
 * stand for the item's payload, key and number, and for the attempt's, from 0. A word that begins with what
 * an item holds may be taken for an option by the program: put “--” before it.
 *
 * The program gets the payload, or nothing, as its standard input; what it writes to its standard output
 * becomes the payload, or is dropped. What it writes to its standard error is read, and its last line is part
 * of the error. It runs in a process group of its own, which is killed when it has ended, so nothing that it
 * started stays behind, unless that started a session of its own (setsid).
 *
 * How it ends is how the attempt ends:
 *
 * - status 0: it succeeded;
 * - a status of `retry-on`, or “signal” there and a signal: it failed, and may be tried again;
 * - another status, or a signal: it failed for good;
 * - more than `max-output` bytes on either output: it is killed and failed for good (%MILL_ERROR_TOO_LARGE);
 * - the stage's time-out or a stop: the group gets SIGTERM, half a second later SIGKILL;
 * - it cannot be found: the step cannot be opened, so the run does not begin; if it cannot be started later,
 * the attempt fails for good, unless it is for want of processes, memory or files.
 *
 * A job that has such a step says so: mill_job_get_commands().
 */

#pragma once

#include "pipeline/mill-step.h"

G_BEGIN_DECLS

/**
 * MillCommandInput:
 * @MILL_COMMAND_INPUT_NONE: nothing
 * @MILL_COMMAND_INPUT_PAYLOAD: the item's payload
 *
 * What a command reads from its standard input.
 */
typedef enum
{
  MILL_COMMAND_INPUT_NONE,
  MILL_COMMAND_INPUT_PAYLOAD,
} MillCommandInput;

/**
 * MillCommandOutput:
 * @MILL_COMMAND_OUTPUT_KEEP: it becomes the item's payload
 * @MILL_COMMAND_OUTPUT_DISCARD: nothing; the item keeps its payload
 *
 * What becomes of a command's standard output.
 */
typedef enum
{
  MILL_COMMAND_OUTPUT_KEEP,
  MILL_COMMAND_OUTPUT_DISCARD,
} MillCommandOutput;

#define MILL_TYPE_COMMAND_STEP (mill_command_step_get_type ())
G_DECLARE_FINAL_TYPE (MillCommandStep, mill_command_step, MILL, COMMAND_STEP, MillStep)

MillStep *mill_command_step_new (const char *command);

G_END_DECLS
