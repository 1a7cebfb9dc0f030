/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillTimerSource:
 *
 * Numbered items, `rate` of them a second, whether or not anybody has time for them.
 *
 * The contract (tests/test-timer-source.c):
 *
 * - The first item comes one interval after the start, and so on; with `jitter` fixed all intervals are
 *   1/`rate`, with exponential they are random with that mean: arrivals of a Poisson process. The same `seed`
 *   gives the same intervals.
 * - The times are a schedule that does not drift. What is overdue is given at once; but of a pause, or of a
 *   full queue, no more than one second is made up for.
 * - A new `rate` takes effect at once: what is left of the running interval is stretched or shortened. At 0
 *   nothing comes until it is turned up again.
 * - `urgent` of a hundred items, at random, have the priority -1, the others 0; `malformed` of a hundred
 *   payloads are cut off in the middle. The same `seed` gives the same ones.
 * - It ends after `count` items; 0 is no end. An item's key is its number, from 1; its payload is `payload`
 *   with the number in the place of each {n}, and none if that is not set.
 *
 * It goes by the pipeline's clock.
 */

#pragma once

#include "pipeline/mill-source.h"

G_BEGIN_DECLS

/**
 * MillTimerJitter:
 * @MILL_TIMER_JITTER_FIXED: all alike
 * @MILL_TIMER_JITTER_EXPONENTIAL: mostly short, sometimes long, and none knows of the one before
 *
 * How the intervals between items are spread around their mean.
 */
typedef enum
{
  MILL_TIMER_JITTER_FIXED,
  MILL_TIMER_JITTER_EXPONENTIAL,
} MillTimerJitter;

#define MILL_TYPE_TIMER_SOURCE (mill_timer_source_get_type ())
G_DECLARE_FINAL_TYPE (MillTimerSource, mill_timer_source, MILL, TIMER_SOURCE, MillSource)

MillSource *mill_timer_source_new (double rate);

G_END_DECLS
