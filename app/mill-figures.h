/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillFigures: what the last seconds of a run amount to: rates, shares of time, percentiles. Computed from
 * the differences of snapshots, so every figure can be checked against the totals. */

#pragma once

#include "pipeline/mill-snapshot.h"

G_BEGIN_DECLS

/**
 * MillTimes:
 * @count: how many durations there were; the rest is 0 when there were none
 * @mean_us: their mean
 * @p50_us: the median
 * @p95_us: the 95th percentile
 * @p99_us: the 99th percentile
 *
 * Durations of the window, in microseconds.
 */
typedef struct
{
  guint64 count;
  gint64 mean_us;
  gint64 p50_us;
  gint64 p95_us;
  gint64 p99_us;
} MillTimes;

/**
 * MillStageFigures:
 * @rate: items that left the stage, per second, over the last second
 * @growth: how fast its queue grows, in items per second, over the last second; negative when it shrinks
 * @shares: parts of its workers' time in each #MillWorkerState, over the last three seconds; all 0 without
 * workers
 * @recent: durations of attempts in the last second
 * @service: durations of attempts in the last ten seconds
 */
typedef struct
{
  double rate;
  double growth;
  double shares[MILL_N_WORKER_STATES];
  MillTimes recent;
  MillTimes service;
} MillStageFigures;

/**
 * MillFigures:
 * @rate: items done per second, over the last second
 * @produced_rate: items produced per second, over the last second
 * @blocked: the part of the last ten seconds that the producer was blocked
 * @n_stages: how many stages there are
 * @stages: (array length=n_stages): each stage's figures
 */
typedef struct
{
  double rate;
  double produced_rate;
  double blocked;
  guint n_stages;
  MillStageFigures *stages; /* (owned) */
} MillFigures;

void mill_figures_init (MillFigures *self, guint n_stages);
void mill_figures_clear (MillFigures *self);
void mill_figures_compute (MillFigures *self, const MillSnapshot *now, const MillSnapshot *second_ago,
                           const MillSnapshot *few_seconds_ago, const MillSnapshot *ten_seconds_ago);
void mill_times_of (MillTimes *self, const MillHistogram *now, const MillHistogram *then);

G_END_DECLS
