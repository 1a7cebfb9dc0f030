/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillFault:
 *
 * The trouble that a person makes for a stage, to see how a pipeline takes it: a server that has become slow,
 * fails, or does not answer. Every stage has one, [method@Stage.get_fault], whatever its step is and
 * whichever world it lives in; it is off unless somebody turns it on.
 *
 * Each attempt meets, in this order, after it got its slot and before the step begins:
 *
 * - `fault-stall`: it waits until the stall is over.
 * - `fault-latency`: it waits so long, by the pipeline's clock; the value is the one at the beginning of the
 *   wait.
 * - `fault-errors`: this share of the attempts fails with %MILL_ERROR_RETRYABLE, and the step does not run.
 *   Which ones is a function of the stage's name, the item and the attempt, so two runs agree, and an attempt
 *   that fails at one share fails at every greater one.
 *
 * To all else this is part of the attempt: the worker is busy, its slot is held, the stage's time limit runs,
 * and the time counts as time that the item took. A time-out or a stop ends the waiting at once. A task that
 * waits suspends; no loop is ever blocked. A fault is no attempt's that the stage's queue only holds: what
 * waits there waits on.
 *
 * The properties are knobs with the flag %MILL_PARAM_FAULT. While all are off an attempt pays for an atomic
 * read.
 *
 * Threads: all functions, and the properties, from any thread.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MILL_TYPE_FAULT (mill_fault_get_type ())
G_DECLARE_FINAL_TYPE (MillFault, mill_fault, MILL, FAULT, GObject)

gboolean mill_fault_is_on (MillFault *self);

G_END_DECLS
