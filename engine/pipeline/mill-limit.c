/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillLimit: a ring of samples, half a second apart, from whose differences a limit is judged. */

#include "config.h"

#include <string.h>

#include "pipeline/mill-limit-private.h"

#define SPACING_US (G_USEC_PER_SEC / 2)
#define SPAN_US    (MILL_LIMIT_SPAN_S * G_USEC_PER_SEC)
#define N_SAMPLES  (SPAN_US / SPACING_US + 2)
/* For how long the numbers must say something else before it is said: at once something where nothing was
 * known, soon something else, late that nothing is known any more. */
#define KNOW_US   (G_USEC_PER_SEC / 2)
#define CHANGE_US G_USEC_PER_SEC
#define FORGET_US (2 * G_USEC_PER_SEC)

/* A stage's totals, so that a difference of two is what happened in between. */
typedef struct
{
  gint64 state_us[MILL_N_WORKER_STATES];
  double depth_us; /* the sum of the depth's time */
  gint64 full_us;
  guint64 attempts;
  double service_us; /* the sum of all attempts */
  guint64 failed;
  guint64 puts;
  guint64 gets;
} StageTotals;

/* What a person may have turned, and what is only true now. */
typedef struct
{
  guint depth;
  gint maxsize;
  guint consumers;
  guint permits;
  double rate;
  guint burst;
} StageNow;

typedef struct
{
  gint64 time_us;
  gint64 cpu_us; /* -1: unknown */
  gint64 blocked_us;
  gint64 waiting_us;
  const char *why;     /* (static) (nullable) */
  StageTotals *stages; /* (owned) (array length=n_stages) */
} Sample;

struct _MillLimit
{
  guint n_processors;
  guint n_stages;
  MillState state;             /* of the last snapshot */
  MillProducerState producer;  /* of the last snapshot */
  gboolean begins_again;       /* with the next snapshot */
  gboolean is_changed;         /* the window began with the turn of a knob */
  StageNow *now;               /* (owned) (array length=n_stages) */
  Sample latest;               /* of the last snapshot */
  Sample samples[N_SAMPLES];   /* a ring */
  guint n_samples;             /* in the window so far; the ring holds the last N_SAMPLES of them */
  MillStageLoad *loads;        /* (owned) (array length=n_stages) */
  MillLimitFinding shown;      /* what is said */
  MillLimitFinding candidate;  /* what the numbers say */
  gint64 candidate_since_us;   /* since when they say something else than is said */
  MillLimitFinding last_sure;  /* its kind is %MILL_LIMIT_UNSURE if there was none */
  gboolean sure_while_running; /* it was found before the source ended */
};

G_DEFINE_BOXED_TYPE (MillLimit, mill_limit, mill_limit_copy, mill_limit_free)
G_DEFINE_BOXED_TYPE (MillStageLoad, mill_stage_load, mill_stage_load_copy, mill_stage_load_free)
G_DEFINE_BOXED_TYPE (MillLimitFinding, mill_limit_finding, mill_limit_finding_copy, mill_limit_finding_free)

static const char *const kind_ids[] = {
  [MILL_LIMIT_UNSURE] = "unsure",
  [MILL_LIMIT_NOT_STARTED] = "not-started",
  [MILL_LIMIT_PAUSED] = "paused",
  [MILL_LIMIT_DRAINING] = "draining",
  [MILL_LIMIT_ENDED] = "ended",
  [MILL_LIMIT_SOURCE] = "source",
  [MILL_LIMIT_SOURCE_WAITING] = "source-waiting",
  [MILL_LIMIT_CONSUMERS] = "consumers",
  [MILL_LIMIT_NO_CONSUMERS] = "no-consumers",
  [MILL_LIMIT_SLOTS] = "slots",
  [MILL_LIMIT_RATE] = "rate",
  [MILL_LIMIT_BACKOFF] = "backoff",
  [MILL_LIMIT_FAILURES] = "failures",
  [MILL_LIMIT_QUEUE] = "queue",
  [MILL_LIMIT_CPU] = "cpu",
};

static const MillStageSnapshot *
stage_of (const MillSnapshot *snapshot, guint index)
{
  return g_ptr_array_index (snapshot->stages, index);
}

/* ---- samples ---- */

static void
sample_copy (Sample *to, const Sample *from, guint n_stages)
{
  StageTotals *stages = to->stages;

  *to = *from;
  to->stages = stages;
  if (n_stages > 0)
    memcpy (to->stages, from->stages, n_stages * sizeof *stages);
}

/* @self has no samples. */
static void
allocate (MillLimit *self, guint n_stages)
{
  self->n_stages = n_stages;
  self->now = g_new0 (StageNow, n_stages);
  self->loads = g_new0 (MillStageLoad, n_stages);
  self->latest.stages = g_new0 (StageTotals, n_stages);
  for (guint i = 0; i < N_SAMPLES; i++)
    self->samples[i].stages = g_new0 (StageTotals, n_stages);
}

static void
release (MillLimit *self)
{
  g_clear_pointer (&self->now, g_free);
  g_clear_pointer (&self->loads, g_free);
  g_clear_pointer (&self->latest.stages, g_free);
  for (guint i = 0; i < N_SAMPLES; i++)
    g_clear_pointer (&self->samples[i].stages, g_free);
}

static Sample *
nth_newest (MillLimit *self, guint n)
{
  return &self->samples[(self->n_samples - 1 - n) % N_SAMPLES];
}

/* The beginning of the window; there is a sample at least. */
static Sample *
find_base (MillLimit *self)
{
  Sample *base = nth_newest (self, 0);

  for (guint i = 1; i < MIN (self->n_samples, N_SAMPLES); i++)
    {
      Sample *sample = nth_newest (self, i);

      if (self->latest.time_us - sample->time_us > SPAN_US)
        break;
      base = sample;
    }
  return base;
}

static void
keep_sample (MillLimit *self)
{
  if (self->n_samples > 0 && self->latest.time_us - nth_newest (self, 0)->time_us < SPACING_US)
    return;
  sample_copy (&self->samples[self->n_samples % N_SAMPLES], &self->latest, self->n_stages);
  self->n_samples++;
}

/* What a snapshot shows of one moment is taken to have been so since the one before. */
static void
add_stage (StageTotals *totals, StageNow *now, const MillStageSnapshot *stage, gint64 since_us)
{
  memcpy (totals->state_us, stage->state_us, sizeof totals->state_us);
  totals->depth_us += (double) now->depth * (double) since_us;
  if (now->maxsize > 0 && now->depth >= (guint) now->maxsize)
    totals->full_us += since_us;
  totals->attempts = stage->service != NULL ? mill_histogram_get_count (stage->service) : 0;
  totals->service_us =
      stage->service != NULL ? mill_histogram_get_mean (stage->service) * (double) totals->attempts : 0;
  totals->failed = stage->retries + stage->dead;
  totals->puts = stage->queue.puts;
  totals->gets = stage->queue.gets;
  *now = (StageNow){ stage->queue.depth, stage->queue.maxsize, stage->consumers,
                     stage->permits,     stage->rate,          stage->burst };
}

static void
add_sample (MillLimit *self, const MillSnapshot *snapshot, gint64 cpu_us)
{
  Sample *latest = &self->latest;
  gint64 since_us = latest->time_us > 0 ? MAX (snapshot->time_us - latest->time_us, 0) : 0;

  if (self->producer == MILL_PRODUCER_WAITING)
    latest->waiting_us += since_us;
  for (guint i = 0; i < self->n_stages; i++)
    add_stage (&latest->stages[i], &self->now[i], stage_of (snapshot, i), since_us);
  latest->time_us = snapshot->time_us;
  latest->cpu_us = cpu_us;
  latest->blocked_us = stage_of (snapshot, 0)->queue.put_blocked_us;
  latest->why = snapshot->producer == MILL_PRODUCER_WAITING ? snapshot->why : NULL;
  self->producer = snapshot->producer;
}

static gboolean
is_turned (const StageNow *now, const MillStageSnapshot *stage)
{
  return now->maxsize != stage->queue.maxsize || now->consumers != stage->consumers ||
         now->permits != stage->permits || now->rate < stage->rate || now->rate > stage->rate ||
         now->burst != stage->burst;
}

static gboolean
is_any_turned (const MillLimit *self, const MillSnapshot *snapshot)
{
  for (guint i = 0; i < self->n_stages; i++)
    if (is_turned (&self->now[i], stage_of (snapshot, i)))
      return TRUE;
  return FALSE;
}

/* ---- evidence ---- */

static double
per_second (double difference, double seconds)
{
  return seconds > 0 ? MAX (difference, 0) / seconds : 0;
}

static void
compute_shares (MillStageLoad *load, const StageTotals *now, const StageTotals *then)
{
  double total = 0;

  for (guint i = 0; i < MILL_N_WORKER_STATES; i++)
    {
      load->shares[i] = (double) MAX (now->state_us[i] - then->state_us[i], 0);
      total += load->shares[i];
    }
  load->workers = per_second (total / G_USEC_PER_SEC, load->seconds);
  load->in_flight = per_second (load->shares[MILL_WORKER_BUSY] / G_USEC_PER_SEC, load->seconds);
  for (guint i = 0; i < MILL_N_WORKER_STATES; i++)
    load->shares[i] = total > 0 ? load->shares[i] / total : 0;
}

static void
compute_load (MillStageLoad *load, const StageNow *knobs, const StageTotals *now, const StageTotals *then,
              double seconds)
{
  double time_us = seconds * G_USEC_PER_SEC;

  *load = (MillStageLoad){
    .seconds = seconds,
    .maxsize = knobs->maxsize,
    .consumers = knobs->consumers,
    .permits = knobs->permits,
    .rate = knobs->rate,
    .attempts = now->attempts - MIN (then->attempts, now->attempts),
    .put_rate = per_second ((double) now->puts - (double) then->puts, seconds),
    .get_rate = per_second ((double) now->gets - (double) then->gets, seconds),
  };
  compute_shares (load, now, then);
  load->depth = time_us > 0 ? (now->depth_us - then->depth_us) / time_us : knobs->depth;
  load->full = time_us > 0 ? (double) (now->full_us - then->full_us) / time_us : 0;
  load->attempt_rate = per_second ((double) load->attempts, seconds);
  if (load->attempts == 0)
    return;
  load->service_us = MAX (now->service_us - then->service_us, 0) / (double) load->attempts;
  load->failed = CLAMP (((double) now->failed - (double) then->failed) / (double) load->attempts, 0, 1);
}

/* (nullable): for what the source waited at most samples of the window. */
static const char *
find_why (MillLimit *self)
{
  const char *why = self->latest.why;
  guint most = 0;

  for (guint i = 0; i < MIN (self->n_samples, N_SAMPLES); i++)
    {
      const char *candidate = nth_newest (self, i)->why;
      guint n = 0;

      for (guint j = 0; candidate != NULL && j < MIN (self->n_samples, N_SAMPLES); j++)
        n += g_strcmp0 (nth_newest (self, j)->why, candidate) == 0;
      if (n > most)
        {
          most = n;
          why = candidate;
        }
    }
  return why;
}

static double
share_of (gint64 part_us, double seconds)
{
  return seconds > 0 ? CLAMP ((double) part_us / (seconds * G_USEC_PER_SEC), 0, 1) : 0;
}

static MillLimitEvidence
gather (MillLimit *self)
{
  const Sample *base = find_base (self);
  double seconds = (double) (self->latest.time_us - base->time_us) / G_USEC_PER_SEC;
  MillLimitEvidence evidence = {
    .seconds = seconds,
    .is_changed = self->is_changed,
    .has_ended = self->producer == MILL_PRODUCER_ENDED,
    .source_blocked = share_of (self->latest.blocked_us - base->blocked_us, seconds),
    .source_waiting = share_of (self->latest.waiting_us - base->waiting_us, seconds),
    .why = find_why (self),
    .cpu = -1,
    .n_stages = self->n_stages,
    .stages = self->loads,
  };

  if (base->cpu_us >= 0 && self->latest.cpu_us >= 0)
    evidence.cpu = share_of (self->latest.cpu_us - base->cpu_us, seconds * self->n_processors);
  for (guint i = 0; i < self->n_stages; i++)
    compute_load (&self->loads[i], &self->now[i], &self->latest.stages[i], &base->stages[i], seconds);
  return evidence;
}

/* ---- what is said ---- */

static gboolean
says_the_same (const MillLimitFinding *a, const MillLimitFinding *b)
{
  return a->kind == b->kind && a->resource == b->resource && a->stage == b->stage;
}

static void
show (MillLimit *self, const MillLimitFinding *finding)
{
  gboolean is_running = self->state == MILL_STATE_RUNNING;

  self->shown = self->candidate = *finding;
  if (finding->resource < MILL_LIMIT_SOURCE || (!is_running && self->sure_while_running))
    return;
  self->last_sure = *finding;
  if (!is_running)
    self->last_sure.kind = finding->resource;
  self->sure_while_running = is_running;
}

/* For how long the numbers must say @next. */
static gint64
get_patience (const MillLimitFinding *shown, const MillLimitFinding *next)
{
  if (shown->resource == MILL_LIMIT_UNSURE)
    return KNOW_US;
  return next->resource == MILL_LIMIT_UNSURE ? FORGET_US : CHANGE_US;
}

static void
consider (MillLimit *self, const MillLimitFinding *finding)
{
  if (says_the_same (&self->shown, finding))
    {
      show (self, finding);
      return;
    }
  if (!says_the_same (&self->candidate, finding))
    self->candidate_since_us = self->latest.time_us;
  self->candidate = *finding;
  if (self->latest.time_us - self->candidate_since_us >= get_patience (&self->shown, finding))
    show (self, finding);
}

/* What is said of a state as such. */
static void
show_state (MillLimit *self, MillLimitKind kind, MillLimitDoubt doubt)
{
  MillLimitFinding finding = { .kind = kind,
                               .resource = doubt != MILL_LIMIT_DOUBT_NONE ? MILL_LIMIT_UNSURE : kind,
                               .doubt = doubt,
                               .stage = -1,
                               .pushed_back = -1,
                               .until_stage = -1,
                               .cpu = -1 };

  show (self, &finding);
}

static gboolean
is_judged (MillState state)
{
  return state == MILL_STATE_RUNNING || state == MILL_STATE_DRAINING;
}

/* What was seen has nothing to do with what comes. */
static void
begin_window (MillLimit *self, gboolean is_changed)
{
  MillLimitDoubt doubt = is_changed ? MILL_LIMIT_DOUBT_CHANGED : MILL_LIMIT_DOUBT_TOO_SHORT;

  self->n_samples = 0;
  self->is_changed = is_changed;
  if (self->state == MILL_STATE_IDLE)
    show_state (self, MILL_LIMIT_NOT_STARTED, MILL_LIMIT_DOUBT_NONE);
  else if (self->state == MILL_STATE_PAUSED)
    show_state (self, MILL_LIMIT_PAUSED, MILL_LIMIT_DOUBT_NONE);
  else if (self->state == MILL_STATE_DRAINING)
    show_state (self, MILL_LIMIT_DRAINING, doubt);
  else if (self->state == MILL_STATE_RUNNING)
    show_state (self, MILL_LIMIT_UNSURE, doubt);
  else
    show_state (self, MILL_LIMIT_ENDED, MILL_LIMIT_DOUBT_NONE);
}

static void
judge (MillLimit *self)
{
  MillLimitEvidence evidence = gather (self);
  MillLimitFinding finding = mill_limit_judge (&evidence);

  if (!is_judged (self->state))
    return;
  if (self->state == MILL_STATE_DRAINING)
    finding.kind = MILL_LIMIT_DRAINING;
  consider (self, &finding);
}

/**
 * mill_limit_kind_get_id:
 * @kind: a kind
 *
 * Names a kind for programs.
 *
 * Returns: (transfer none): its name, such as "slots"
 */
const char *
mill_limit_kind_get_id (MillLimitKind kind)
{
  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (kind_ids), NULL);

  return kind_ids[kind];
}

/**
 * mill_stage_load_copy:
 * @self: a load
 *
 * Copies it.
 *
 * Returns: (transfer full): the copy
 */
MillStageLoad *
mill_stage_load_copy (const MillStageLoad *self)
{
  return g_memdup2 (self, sizeof *self);
}

/**
 * mill_stage_load_free:
 * @self: (transfer full): a load
 *
 * Frees it.
 */
void
mill_stage_load_free (MillStageLoad *self)
{
  g_free (self);
}

/**
 * mill_stage_load_check_little:
 * @self: a load
 *
 * Checks the measurements by Little's law. What was in work at the beginning and the end of the time was seen
 * in part only, which is allowed for, and so are five percent.
 *
 * Returns: whether L = λW
 */
gboolean
mill_stage_load_check_little (const MillStageLoad *self)
{
  double service_s = self->service_us / G_USEC_PER_SEC;
  double cut = self->seconds > 0 ? self->in_flight * service_s / self->seconds : 0;

  return self->attempts > 0 &&
         ABS (self->in_flight - self->attempt_rate * service_s) <= 0.05 * self->in_flight + cut;
}

/**
 * mill_limit_finding_copy:
 * @self: a finding
 *
 * Copies it.
 *
 * Returns: (transfer full): the copy
 */
MillLimitFinding *
mill_limit_finding_copy (const MillLimitFinding *self)
{
  return g_memdup2 (self, sizeof *self);
}

/**
 * mill_limit_finding_free:
 * @self: (transfer full): a finding
 *
 * Frees it.
 */
void
mill_limit_finding_free (MillLimitFinding *self)
{
  g_free (self);
}

/**
 * mill_limit_finding_is_sure:
 * @self: a finding
 *
 * Whether it names a constraint, be it of a run or of what a drain works off.
 *
 * Returns: whether `resource` is one
 */
gboolean
mill_limit_finding_is_sure (const MillLimitFinding *self)
{
  return self->resource >= MILL_LIMIT_SOURCE;
}

/**
 * mill_limit_new:
 * @n_processors: how many processors the process may use, as from g_get_num_processors()
 *
 * Creates one that has seen nothing.
 *
 * Returns: (transfer full): the limit
 */
MillLimit *
mill_limit_new (guint n_processors)
{
  MillLimit *self = g_new0 (MillLimit, 1);

  self->n_processors = MAX (n_processors, 1);
  begin_window (self, FALSE);
  return self;
}

/**
 * mill_limit_copy:
 * @self: the limit
 *
 * Copies all that was seen.
 *
 * Returns: (transfer full): the copy
 */
MillLimit *
mill_limit_copy (const MillLimit *self)
{
  MillLimit *copy = g_new (MillLimit, 1);

  *copy = *self;
  allocate (copy, self->n_stages);
  if (self->n_stages > 0)
    {
      memcpy (copy->now, self->now, self->n_stages * sizeof *self->now);
      memcpy (copy->loads, self->loads, self->n_stages * sizeof *self->loads);
    }
  sample_copy (&copy->latest, &self->latest, self->n_stages);
  for (guint i = 0; i < N_SAMPLES; i++)
    sample_copy (&copy->samples[i], &self->samples[i], self->n_stages);
  return copy;
}

/**
 * mill_limit_free:
 * @self: (transfer full): the limit
 *
 * Frees it.
 */
void
mill_limit_free (MillLimit *self)
{
  release (self);
  g_free (self);
}

/**
 * mill_limit_add_snapshot:
 * @self: the limit
 * @snapshot: the newest one of a pipeline, always the same
 * @cpu_us: processor time that the process has used so far, all threads, in microseconds; -1 if unknown
 *
 * Takes in how things stand. As often as one likes, ten times a second or more; memory stays the same.
 */
void
mill_limit_add_snapshot (MillLimit *self, const MillSnapshot *snapshot, gint64 cpu_us)
{
  gboolean is_first = self->latest.time_us == 0 || self->n_stages != snapshot->stages->len;
  gboolean is_turned = !is_first && (self->begins_again || is_any_turned (self, snapshot));
  gboolean is_new_state = is_first || snapshot->state != self->state;

  if (snapshot->stages->len == 0)
    return;
  if (self->n_stages != snapshot->stages->len)
    {
      release (self);
      allocate (self, snapshot->stages->len);
    }
  self->begins_again = FALSE;
  add_sample (self, snapshot, cpu_us);
  self->state = snapshot->state;
  if (is_new_state || is_turned)
    begin_window (self, is_turned && !is_new_state);
  keep_sample (self);
  judge (self);
}

/**
 * mill_limit_begin_again:
 * @self: the limit
 *
 * Says that a knob was turned which no snapshot shows, such as how long a step takes: with the next snapshot,
 * what was seen so far counts no more.
 */
void
mill_limit_begin_again (MillLimit *self)
{
  self->begins_again = TRUE;
}

/**
 * mill_limit_get_finding:
 * @self: the limit
 *
 * Says what binds as of the last snapshot, or did a moment ago.
 *
 * Returns: (transfer none): the finding, until the next snapshot
 */
const MillLimitFinding *
mill_limit_get_finding (const MillLimit *self)
{
  return &self->shown;
}

/**
 * mill_limit_get_last_sure:
 * @self: the limit
 *
 * Says what bound before the run ended: the last that was certain while the source gave items; or else while
 * the run drained.
 *
 * Returns: (transfer none) (nullable): the finding, until the next snapshot; %NULL if none was certain
 */
const MillLimitFinding *
mill_limit_get_last_sure (const MillLimit *self)
{
  return self->last_sure.kind != MILL_LIMIT_UNSURE ? &self->last_sure : NULL;
}

/**
 * mill_limit_get_load:
 * @self: the limit
 * @stage: a stage, from 0
 *
 * Says what the stage did in the time that is looked at: the evidence.
 *
 * Returns: (transfer none) (nullable): the load, until the next snapshot; %NULL if nothing was seen of it
 */
const MillStageLoad *
mill_limit_get_load (const MillLimit *self, guint stage)
{
  return stage < self->n_stages ? &self->loads[stage] : NULL;
}
