/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillPitfallRun:
 *
 * Both variants of a [class@Pitfall], run with the same load.
 *
 * The contract (tests/test-pitfalls.c):
 *
 * - The variants run at the same time, unless they would slow each other down: then the cured one begins when
 * the wrong one has ended. The time of each is counted from its own start, so both fit on one axis.
 * - What is shown of a variant is what its program did: its figure, its samples, the items that are done.
 * - A wait that can never end is noticed, watched for as long as the pitfall's parameter `give-up` says,
 * given up, and reported as hanging. Memory is bounded.
 * - It can be cancelled at any moment and ends soon after. When it has ended, or is freed, no thread is left.
 *
 * Threads: made, started, waited for and freed by one thread at a time; all else may be called from any.
 */

#pragma once

#include "pitfalls/mill-pitfall.h"

G_BEGIN_DECLS

/**
 * MillTrialState:
 * @MILL_TRIAL_WAITING: it has not begun
 * @MILL_TRIAL_RUNNING: it runs
 * @MILL_TRIAL_FINISHED: it came to its end, or was given up as hanging
 * @MILL_TRIAL_CANCELLED: it was cancelled before
 *
 * How far a variant is.
 */
typedef enum
{
  MILL_TRIAL_WAITING,
  MILL_TRIAL_RUNNING,
  MILL_TRIAL_FINISHED,
  MILL_TRIAL_CANCELLED,
} MillTrialState;

/**
 * MillTrialResult:
 * @state: how far it is
 * @hangs: whether it was in a wait that can never end
 * @figure: what the pitfall measures, in its unit, so far
 * @items: the load
 * @done: items done so far
 * @unfinished: items that kept the wait from ending, if it hangs
 * @seconds: how long it has run
 *
 * How a variant gets on.
 */
typedef struct
{
  MillTrialState state;
  gboolean hangs;
  double figure;
  guint64 items;
  guint64 done;
  guint64 unfinished;
  double seconds;
} MillTrialResult;

#define MILL_TYPE_TRIAL_RESULT (mill_trial_result_get_type ())
GType mill_trial_result_get_type (void);
MillTrialResult *mill_trial_result_copy (const MillTrialResult *self);
void mill_trial_result_free (MillTrialResult *self);

/**
 * MillTrialSample:
 * @time_us: when, in microseconds since the variant's start
 * @value: what the curve was at then
 *
 * One point of a variant's curve.
 */
typedef struct
{
  gint64 time_us;
  double value;
} MillTrialSample;

#define MILL_TYPE_PITFALL_RUN (mill_pitfall_run_get_type ())
G_DECLARE_FINAL_TYPE (MillPitfallRun, mill_pitfall_run, MILL, PITFALL_RUN, GObject)

MillPitfallRun *mill_pitfall_run_new (MillPitfall *pitfall);

MillPitfall *mill_pitfall_run_get_pitfall (MillPitfallRun *self);
void mill_pitfall_run_start (MillPitfallRun *self);
void mill_pitfall_run_cancel (MillPitfallRun *self);
void mill_pitfall_run_wait (MillPitfallRun *self);
gboolean mill_pitfall_run_is_over (MillPitfallRun *self);
void mill_pitfall_run_get_result (MillPitfallRun *self, MillVariant variant, MillTrialResult *result);
guint mill_pitfall_run_get_samples (MillPitfallRun *self, MillVariant variant, GArray *samples);

G_END_DECLS
