/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What more of a resource would give, and what binds next: each of the other constraints allows so many times
 * the throughput of now, and the least of them counts. */

#include "config.h"

#include <math.h>

#include "pipeline/mill-limit-private.h"

/* How far an estimate goes. */
#define MOST_TIMES        2.0
#define MOST_TIMES_SOURCE 10.0
/* A smaller gain is not worth a promise. */
#define LEAST_GAIN 0.05

/* The constraint that binds first as the throughput grows. */
typedef struct
{
  double times;
  MillLimitKind kind;
  gint stage;
} Bound;

static void
bound (Bound *self, double times, MillLimitKind kind, gint stage)
{
  if (!(times >= 0) || times >= self->times)
    return;
  *self = (Bound){ MAX (times, 1), kind, stage };
}

static double
ratio (double more, double less)
{
  return less > 0 ? more / less : INFINITY;
}

/* What comes in may not be enough: what waits in a queue is soon gone. */
static void
bound_by_inflow (Bound *self, const MillLimitEvidence *evidence, guint stage)
{
  const MillStageLoad *load = &evidence->stages[stage];
  double times = ratio (load->put_rate, load->get_rate);

  if (stage == 0)
    {
      if (!evidence->has_ended)
        bound (self, times * ratio (1, 1 - evidence->source_blocked), MILL_LIMIT_SOURCE, -1);
      return;
    }
  bound (self, times * ratio (1, 1 - mill_stage_load_get_slack (&evidence->stages[stage - 1])),
         MILL_LIMIT_CONSUMERS, (gint) stage - 1);
}

static void
bound_by_others (Bound *self, const MillLimitEvidence *evidence, guint stage)
{
  for (guint i = 0; i <= stage; i++)
    bound_by_inflow (self, evidence, i);
  for (guint i = stage + 1; i < evidence->n_stages; i++)
    bound (self, ratio (1, 1 - mill_stage_load_get_slack (&evidence->stages[i])), MILL_LIMIT_CONSUMERS,
           (gint) i);
  if (evidence->cpu > 0)
    bound (self, 1 / evidence->cpu, MILL_LIMIT_CPU, -1);
}

/* The stage's own other limits. */
static void
bound_by_slots (Bound *self, const MillStageLoad *load, gint stage)
{
  if (load->permits > 0)
    bound (self, ratio (load->permits, load->in_flight), MILL_LIMIT_SLOTS, stage);
}

static void
bound_by_rate (Bound *self, const MillStageLoad *load, gint stage)
{
  if (load->rate > 0)
    bound (self, ratio (load->rate, load->attempt_rate), MILL_LIMIT_RATE, stage);
}

/* Those that wait for the resource would be at work. */
static void
bound_by_consumers (Bound *self, const MillStageLoad *load, double waiting, gint stage)
{
  bound (self, ratio (load->in_flight + waiting, load->in_flight), MILL_LIMIT_CONSUMERS, stage);
}

static void
set_help (MillLimitFinding *finding, MillLimitKind helps, double value, const Bound *next)
{
  finding->helps = helps;
  finding->until = next->kind;
  finding->until_stage = next->stage;
  finding->value = value;
  finding->gain = next->times - 1 >= LEAST_GAIN ? next->times - 1 : 0;
}

static void
estimate_slots (MillLimitFinding *finding, Bound next)
{
  const MillStageLoad *load = &finding->load;

  finding->with_consumers = load->consumers <= load->permits;
  if (!finding->with_consumers)
    bound_by_consumers (&next, load, finding->waiting, finding->stage);
  bound_by_rate (&next, load, finding->stage);
  set_help (finding, MILL_LIMIT_SLOTS, ceil (load->permits * next.times - 1e-9), &next);
}

static void
estimate_consumers (MillLimitFinding *finding, Bound next)
{
  const MillStageLoad *load = &finding->load;

  bound_by_slots (&next, load, finding->stage);
  bound_by_rate (&next, load, finding->stage);
  set_help (finding, MILL_LIMIT_CONSUMERS, ceil (load->consumers * next.times - 1e-9), &next);
}

static void
estimate_rate (MillLimitFinding *finding, Bound next)
{
  const MillStageLoad *load = &finding->load;

  bound_by_slots (&next, load, finding->stage);
  bound_by_consumers (&next, load, finding->waiting, finding->stage);
  set_help (finding, MILL_LIMIT_RATE, load->rate * next.times, &next);
}

static void
estimate_source (MillLimitFinding *finding, const MillLimitEvidence *evidence)
{
  Bound next = { MOST_TIMES_SOURCE, MILL_LIMIT_UNSURE, -1 };

  for (guint i = 0; i < evidence->n_stages; i++)
    bound (&next, ratio (1, 1 - mill_stage_load_get_slack (&evidence->stages[i])), MILL_LIMIT_CONSUMERS,
           (gint) i);
  if (evidence->cpu > 0)
    bound (&next, 1 / evidence->cpu, MILL_LIMIT_CPU, -1);
  set_help (finding, MILL_LIMIT_SOURCE, 0, &next);
}

/* Private: fills in what would help. */
void
mill_limit_estimate (MillLimitFinding *finding, const MillLimitEvidence *evidence)
{
  Bound next = { MOST_TIMES, MILL_LIMIT_UNSURE, -1 };

  if (finding->stage >= 0)
    bound_by_others (&next, evidence, (guint) finding->stage);
  if (finding->kind == MILL_LIMIT_SLOTS)
    estimate_slots (finding, next);
  else if (finding->kind == MILL_LIMIT_CONSUMERS || finding->kind == MILL_LIMIT_BACKOFF)
    estimate_consumers (finding, next);
  else if (finding->kind == MILL_LIMIT_RATE)
    estimate_rate (finding, next);
  else if (finding->kind == MILL_LIMIT_SOURCE || finding->kind == MILL_LIMIT_SOURCE_WAITING)
    estimate_source (finding, evidence);
}
