/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillFigures: differences of snapshots. */

#include "config.h"

#include "mill-figures.h"

static double
seconds_between (const MillSnapshot *now, const MillSnapshot *then)
{
  return (double) (now->time_us - then->time_us) / G_USEC_PER_SEC;
}

/* Counters only grow; a difference below zero would be a defect elsewhere, and a rate is not the place to
 * show it. */
static double
per_second (guint64 now, guint64 then, double seconds)
{
  return seconds > 0 && now > then ? (double) (now - then) / seconds : 0;
}

/**
 * mill_times_of:
 * @now: a histogram
 * @then: (nullable): the same one as it was before
 *
 * Describes what was recorded since @then, or all that was.
 */
void
mill_times_of (MillTimes *self, const MillHistogram *now, const MillHistogram *then)
{
  g_autoptr (MillHistogram) window = mill_histogram_copy (now);

  if (then != NULL)
    mill_histogram_subtract (window, then);

  *self = (MillTimes){ .count = mill_histogram_get_count (window) };
  if (self->count == 0)
    return;

  self->mean_us = (gint64) mill_histogram_get_mean (window);
  self->p50_us = mill_histogram_get_percentile (window, 50);
  self->p95_us = mill_histogram_get_percentile (window, 95);
  self->p99_us = mill_histogram_get_percentile (window, 99);
}

static const MillStageSnapshot *
stage_of (const MillSnapshot *snapshot, guint index)
{
  return g_ptr_array_index (snapshot->stages, index);
}

static void
compute_shares (double shares[MILL_N_WORKER_STATES], const MillStageSnapshot *now,
                const MillStageSnapshot *then)
{
  gint64 total = 0;
  guint i;

  for (i = 0; i < MILL_N_WORKER_STATES; i++)
    total += MAX (now->state_us[i] - then->state_us[i], 0);
  for (i = 0; i < MILL_N_WORKER_STATES; i++)
    shares[i] = total > 0 ? (double) MAX (now->state_us[i] - then->state_us[i], 0) / (double) total : 0;
}

static void
compute_stage (MillStageFigures *self, guint index, const MillSnapshot *now, const MillSnapshot *second_ago,
               const MillSnapshot *few_seconds_ago, const MillSnapshot *ten_seconds_ago)
{
  const MillStageSnapshot *stage = stage_of (now, index);
  const MillStageSnapshot *before = stage_of (second_ago, index);
  double seconds = seconds_between (now, second_ago);

  self->rate = per_second (stage->done, before->done, seconds);
  self->growth = seconds > 0 ? ((double) stage->queue.depth - (double) before->queue.depth) / seconds : 0;
  compute_shares (self->shares, stage, stage_of (few_seconds_ago, index));
  mill_times_of (&self->recent, stage->service, before->service);
  mill_times_of (&self->service, stage->service, stage_of (ten_seconds_ago, index)->service);
}

/* The producer is the only one that puts into the first queue. */
static double
blocked_share (const MillSnapshot *now, const MillSnapshot *then)
{
  gint64 elapsed_us = now->time_us - then->time_us;
  gint64 blocked_us;

  if (elapsed_us <= 0 || now->stages->len == 0)
    return 0;

  blocked_us = stage_of (now, 0)->queue.put_blocked_us - stage_of (then, 0)->queue.put_blocked_us;
  return CLAMP ((double) blocked_us / (double) elapsed_us, 0, 1);
}

/**
 * mill_figures_init:
 * @n_stages: how many stages the pipeline has
 *
 * Sets every figure to nothing. Release with mill_figures_clear().
 */
void
mill_figures_init (MillFigures *self, guint n_stages)
{
  *self = (MillFigures){ .n_stages = n_stages, .stages = g_new0 (MillStageFigures, n_stages) };
}

void
mill_figures_clear (MillFigures *self)
{
  g_clear_pointer (&self->stages, g_free);
  self->n_stages = 0;
}

/**
 * mill_figures_compute:
 * @now: the newest snapshot
 * @second_ago: one from a second before, or the oldest there is
 * @few_seconds_ago: one from three seconds before, or the oldest there is
 * @ten_seconds_ago: one from ten seconds before, or the oldest there is
 *
 * Fills in all figures.
 */
void
mill_figures_compute (MillFigures *self, const MillSnapshot *now, const MillSnapshot *second_ago,
                      const MillSnapshot *few_seconds_ago, const MillSnapshot *ten_seconds_ago)
{
  double seconds = seconds_between (now, second_ago);
  guint i;

  self->rate = per_second (now->done, second_ago->done, seconds);
  self->produced_rate = per_second (now->produced, second_ago->produced, seconds);
  self->blocked = blocked_share (now, ten_seconds_ago);
  for (i = 0; i < self->n_stages; i++)
    compute_stage (&self->stages[i], i, now, second_ago, few_seconds_ago, ten_seconds_ago);
}
