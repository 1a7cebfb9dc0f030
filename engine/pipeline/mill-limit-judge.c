/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which constraint binds. What more of it would give is in mill-limit-estimate.c. */

#include "config.h"

#include "pipeline/mill-limit-private.h"

/* Workers that spend no more of their time idle, blocked or paused are as good as always at it. */
#define SATURATED 0.15
/* With less slack than this, a backlog is one that the stage does not catch up with. */
#define TIGHT 0.05
/* Of two stages, one stands out if its slack is smaller by this. */
#define APART 0.03
/* A limit that is used so far is used up: to wait for it takes a moment. */
#define USED_UP 0.85
/* Somebody waits, if it is half a worker on average. */
#define SOMEBODY 0.5
/* So much of the workers' time makes them mostly busy, or backing off. */
#define MOSTLY_BUSY    0.8
#define MOSTLY_BACKOFF 0.4
/* A queue is too short if those on both sides wait for each other for so long. */
#define BOTH_WAIT 0.15
/* A producer that waits for room less is not held up; a stage that idles more is hungry. */
#define HARDLY_BLOCKED 0.05
#define HUNGRY         0.15
#define MOST_FAIL      0.5
#define ALL_CPU        0.9
/* In this many seconds, the least number of attempts will do. */
#define LONG_S 3

/* Private: the part of the workers' time in which the stage could have taken on more. */
double
mill_stage_load_get_slack (const MillStageLoad *self)
{
  return self->shares[MILL_WORKER_IDLE] + self->shares[MILL_WORKER_BLOCKED] +
         self->shares[MILL_WORKER_PAUSED];
}

static gboolean
is_saturated (const MillStageLoad *stage)
{
  return stage->workers > 0 && mill_stage_load_get_slack (stage) <= SATURATED;
}

static gboolean
has_backlog (const MillStageLoad *stage)
{
  return is_saturated (stage) && mill_stage_load_get_slack (stage) <= TIGHT &&
         stage->depth >= MAX (2, stage->workers);
}

/* Returns: the index, or -1 */
static gint
find_without_consumers (const MillLimitEvidence *evidence)
{
  for (guint i = 0; i < evidence->n_stages; i++)
    if (evidence->stages[i].consumers == 0 && evidence->stages[i].workers < SOMEBODY &&
        evidence->stages[i].depth >= 1)
      return (gint) i;
  return -1;
}

static gint
find_last_with_backlog (const MillLimitEvidence *evidence)
{
  for (gint i = (gint) evidence->n_stages - 1; i >= 0; i--)
    if (has_backlog (&evidence->stages[i]))
      return i;
  return -1;
}

/* Returns: the saturated stage with the least slack, or -1. @stands_out: (out): whether no other comes near
 */
static gint
find_tightest (const MillLimitEvidence *evidence, gboolean *stands_out)
{
  gint best = -1;
  double least = 1, second = 1;

  for (guint i = 0; i < evidence->n_stages; i++)
    {
      double slack = mill_stage_load_get_slack (&evidence->stages[i]);

      if (!is_saturated (&evidence->stages[i]))
        continue;
      if (slack < least)
        {
          second = least;
          least = slack;
          best = (gint) i;
        }
      else
        second = MIN (second, slack);
    }
  *stands_out = second - least >= APART;
  return best;
}

static gboolean
is_rate_used_up (const MillStageLoad *stage)
{
  double limited = stage->shares[MILL_WORKER_LIMITED] * stage->workers;
  double waiting = stage->shares[MILL_WORKER_WAITING] * stage->workers;

  return stage->rate > 0 && stage->attempt_rate >= USED_UP * stage->rate && limited >= SOMEBODY &&
         limited >= waiting;
}

static gboolean
are_slots_used_up (const MillStageLoad *stage)
{
  double waiting = stage->shares[MILL_WORKER_WAITING] * stage->workers;

  if (stage->permits == 0 || stage->in_flight < USED_UP * stage->permits)
    return FALSE;
  return waiting >= SOMEBODY || stage->permits <= stage->consumers;
}

/* What of a saturated stage is used up. */
static MillLimitKind
find_resource (const MillStageLoad *stage)
{
  double backoff = stage->shares[MILL_WORKER_BACKING_OFF];
  double busy = stage->shares[MILL_WORKER_BUSY];

  if (is_rate_used_up (stage))
    return MILL_LIMIT_RATE;
  if (are_slots_used_up (stage))
    return MILL_LIMIT_SLOTS;
  if (backoff >= MOSTLY_BACKOFF && backoff > busy)
    return MILL_LIMIT_BACKOFF;
  if (busy + backoff >= MOSTLY_BUSY)
    return MILL_LIMIT_CONSUMERS;
  return MILL_LIMIT_UNSURE;
}

static gboolean
are_failures_to_blame (const MillStageLoad *stage, MillLimitKind resource)
{
  return stage->failed >= MOST_FAIL &&
         (resource == MILL_LIMIT_SLOTS || resource == MILL_LIMIT_CONSUMERS || resource == MILL_LIMIT_BACKOFF);
}

static gboolean
has_enough_attempts (const MillStageLoad *stage)
{
  if (stage->attempts >= MILL_LIMIT_ENOUGH)
    return TRUE;
  return stage->attempts >= MILL_LIMIT_LEAST && stage->seconds >= LONG_S;
}

static void
doubt (MillLimitFinding *finding, MillLimitDoubt doubt)
{
  finding->kind = finding->resource = MILL_LIMIT_UNSURE;
  finding->doubt = doubt;
}

static void
judge_stage (MillLimitFinding *finding, const MillLimitEvidence *evidence, gint stage)
{
  const MillStageLoad *load = &evidence->stages[stage];

  finding->stage = stage;
  finding->resource = finding->kind = find_resource (load);
  if (!has_enough_attempts (load))
    doubt (finding, MILL_LIMIT_DOUBT_TOO_FEW);
  else if (finding->kind == MILL_LIMIT_UNSURE)
    doubt (finding, MILL_LIMIT_DOUBT_MIXED);
  else if (are_failures_to_blame (load, finding->resource))
    finding->kind = MILL_LIMIT_FAILURES;
}

/* Returns: the stage whose queue keeps both sides waiting in turn, or -1 */
static gint
find_short_queue (const MillLimitEvidence *evidence)
{
  for (guint i = 0; i < evidence->n_stages; i++)
    {
      const MillStageLoad *after = &evidence->stages[i];
      double blocked =
          i == 0 ? evidence->source_blocked : evidence->stages[i - 1].shares[MILL_WORKER_BLOCKED];

      if (after->maxsize > 0 && blocked >= BOTH_WAIT && after->shares[MILL_WORKER_IDLE] >= BOTH_WAIT &&
          has_enough_attempts (after))
        return (gint) i;
    }
  return -1;
}

static gboolean
is_source_to_blame (const MillLimitEvidence *evidence)
{
  return !evidence->has_ended && evidence->source_blocked <= HARDLY_BLOCKED &&
         evidence->stages[0].shares[MILL_WORKER_IDLE] >= HUNGRY;
}

/* No stage is saturated. */
static void
judge_source (MillLimitFinding *finding, const MillLimitEvidence *evidence)
{
  gint queue = find_short_queue (evidence);

  if (is_source_to_blame (evidence))
    {
      finding->kind = evidence->source_waiting >= 0.5 ? MILL_LIMIT_SOURCE_WAITING : MILL_LIMIT_SOURCE;
      finding->resource = finding->kind;
      if (finding->kind == MILL_LIMIT_SOURCE_WAITING)
        finding->why = evidence->why;
    }
  else if (queue >= 0)
    {
      finding->kind = finding->resource = MILL_LIMIT_QUEUE;
      finding->stage = queue;
    }
  else
    doubt (finding, MILL_LIMIT_DOUBT_MIXED);
}

static void
judge_flow (MillLimitFinding *finding, const MillLimitEvidence *evidence)
{
  gboolean stands_out = TRUE;
  gint stage = find_without_consumers (evidence);

  if (stage >= 0)
    {
      finding->kind = finding->resource = MILL_LIMIT_NO_CONSUMERS;
      finding->stage = stage;
      return;
    }
  stage = find_last_with_backlog (evidence);
  if (stage < 0)
    stage = find_tightest (evidence, &stands_out);
  if (stage < 0)
    judge_source (finding, evidence);
  else if (stands_out)
    judge_stage (finding, evidence, stage);
  else
    doubt (finding, MILL_LIMIT_DOUBT_MIXED);
}

/* Whatever seems to be used up: it would be used less with more processors. A rate, a backoff and a source
 * that waits pass by themselves. */
static gboolean
is_cpu_to_blame (const MillLimitFinding *finding, const MillLimitEvidence *evidence)
{
  MillLimitKind resource = finding->resource;

  if (evidence->cpu < ALL_CPU)
    return FALSE;
  return resource == MILL_LIMIT_SOURCE || resource == MILL_LIMIT_CONSUMERS || resource == MILL_LIMIT_SLOTS ||
         resource == MILL_LIMIT_QUEUE || finding->doubt == MILL_LIMIT_DOUBT_MIXED;
}

/* Who has to wait because the stage's queue is full: as far up as it goes without a gap. */
static gint
find_pushed_back (const MillLimitEvidence *evidence, gint stage)
{
  gint first = stage;

  while (first > 0 && evidence->stages[first - 1].shares[MILL_WORKER_BLOCKED] >= BOTH_WAIT)
    first--;
  return first == 0 && evidence->source_blocked >= BOTH_WAIT ? -1 : first;
}

static double
count_waiting (const MillStageLoad *load, MillLimitKind resource)
{
  if (resource == MILL_LIMIT_SLOTS)
    return load->shares[MILL_WORKER_WAITING] * load->workers;
  if (resource == MILL_LIMIT_RATE)
    return load->shares[MILL_WORKER_LIMITED] * load->workers;
  if (resource == MILL_LIMIT_BACKOFF)
    return load->shares[MILL_WORKER_BACKING_OFF] * load->workers;
  return 0;
}

/* Private: what binds, by the evidence alone; @evidence has a stage at least. */
MillLimitFinding
mill_limit_judge (const MillLimitEvidence *evidence)
{
  MillLimitFinding finding = {
    .stage = -1,
    .until_stage = -1,
    .pushed_back = -1,
    .seconds = evidence->seconds,
    .source_blocked = evidence->source_blocked,
    .cpu = evidence->cpu,
  };

  if (evidence->seconds < MILL_LIMIT_MIN_SPAN_S)
    doubt (&finding, evidence->is_changed ? MILL_LIMIT_DOUBT_CHANGED : MILL_LIMIT_DOUBT_TOO_SHORT);
  else
    judge_flow (&finding, evidence);
  if (is_cpu_to_blame (&finding, evidence))
    {
      finding.kind = finding.resource = MILL_LIMIT_CPU;
      finding.doubt = MILL_LIMIT_DOUBT_NONE;
    }
  finding.load = evidence->stages[MAX (finding.stage, 0)];
  finding.waiting = count_waiting (&finding.load, finding.resource);
  if (finding.stage >= 0)
    finding.pushed_back = find_pushed_back (evidence, finding.stage);
  mill_limit_estimate (&finding, evidence);
  return finding;
}
