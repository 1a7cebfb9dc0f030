/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillLimit:
 *
 * Names what holds a run back at present, from the last seconds of its snapshots: the binding constraint. It
 * claims what follows from the numbers and no more; where they are thin or mixed it is %MILL_LIMIT_UNSURE.
 *
 * All is computed over the last %MILL_LIMIT_SPAN_S seconds, or since a knob was turned or the state changed,
 * if that is less: what was measured under other settings says nothing about these. It sees by itself when a
 * queue's bound, consumers, slots or a rate change; of other knobs mill_limit_begin_again() tells it. Each
 * worker's time is accounted for by #MillWorkerState. A stage whose workers are hardly ever idle (for want of
 * items) nor blocked (for want of room) is saturated. The last saturated stage with a backlog before it
 * binds, since what is before it can only wait for it; the source and the stages that are blocked by it are
 * the consequence, not the cause. Of that stage, the resource that is used up binds: its rate, slots or
 * consumers. If no stage is saturated and the producer never has to wait for room, the source binds. If the
 * process uses all processors, these bind and nothing else does.
 *
 * The measurements check each other by Little's law (J. D. C. Little, “A Proof for the Queuing Formula:
 * L = λW”, Operations Research 9 (3), 1961): the mean number of attempts in work, from the workers' time, is
 * the rate of attempts times the mean time of one, from the histogram.
 *
 * An estimate of what more of a resource would give assumes that an attempt takes as long as it does now, so
 * it is never for more than twice as much (ten times, of a source), and it ends where the next constraint
 * binds, as far as one can be known.
 *
 * What was named stays for a moment when the numbers begin to say something else, so that it does not
 * flicker; a turned knob or a new state ends it at once.
 *
 * Threads: it has no lock; one thread at a time. There is no clock inside: times are those of the snapshots,
 * and processor time is the caller's.
 */

#pragma once

#include "pipeline/mill-snapshot.h"

G_BEGIN_DECLS

/**
 * MILL_LIMIT_SPAN_S:
 *
 * How many seconds back it looks at most.
 */
#define MILL_LIMIT_SPAN_S 10
/**
 * MILL_LIMIT_MIN_SPAN_S:
 *
 * From fewer seconds nothing is claimed.
 */
#define MILL_LIMIT_MIN_SPAN_S 1
/**
 * MILL_LIMIT_ENOUGH:
 *
 * With this many attempts, the least number of seconds will do.
 */
#define MILL_LIMIT_ENOUGH 20
/**
 * MILL_LIMIT_LEAST:
 *
 * From fewer attempts nothing is claimed of a stage, however long they took.
 */
#define MILL_LIMIT_LEAST 5

/**
 * MillLimitKind:
 * @MILL_LIMIT_UNSURE: the evidence does not say; see #MillLimitDoubt
 * @MILL_LIMIT_NOT_STARTED: nothing runs yet
 * @MILL_LIMIT_PAUSED: the pipeline is paused
 * @MILL_LIMIT_DRAINING: nothing comes in any more; `resource` and `stage` say what the rest waits for, if
 * that is known
 * @MILL_LIMIT_ENDED: the run is stopping or over
 * @MILL_LIMIT_SOURCE: the source does not give items as fast as the stages could take them
 * @MILL_LIMIT_SOURCE_WAITING: the same, and it waits for something; `why` says for what
 * @MILL_LIMIT_CONSUMERS: all consumers of the stage are at work
 * @MILL_LIMIT_NO_CONSUMERS: items wait before a stage that has no consumer
 * @MILL_LIMIT_SLOTS: all slots of the stage are held
 * @MILL_LIMIT_RATE: the stage's rate is used up
 * @MILL_LIMIT_BACKOFF: the stage's workers mostly wait before they try again
 * @MILL_LIMIT_FAILURES: most attempts of the stage fail, and they use up its `resource`
 * @MILL_LIMIT_QUEUE: the stage's queue is too short to even out what comes and what goes: those before it are
 *   blocked at times, those after it idle at others
 * @MILL_LIMIT_CPU: the processors are busy with this process
 *
 * What holds a run back.
 */
typedef enum
{
  MILL_LIMIT_UNSURE,
  MILL_LIMIT_NOT_STARTED,
  MILL_LIMIT_PAUSED,
  MILL_LIMIT_DRAINING,
  MILL_LIMIT_ENDED,
  MILL_LIMIT_SOURCE,
  MILL_LIMIT_SOURCE_WAITING,
  MILL_LIMIT_CONSUMERS,
  MILL_LIMIT_NO_CONSUMERS,
  MILL_LIMIT_SLOTS,
  MILL_LIMIT_RATE,
  MILL_LIMIT_BACKOFF,
  MILL_LIMIT_FAILURES,
  MILL_LIMIT_QUEUE,
  MILL_LIMIT_CPU,
} MillLimitKind;

const char *mill_limit_kind_get_id (MillLimitKind kind);

/**
 * MillLimitDoubt:
 * @MILL_LIMIT_DOUBT_NONE: there is none
 * @MILL_LIMIT_DOUBT_TOO_SHORT: too short a time was seen
 * @MILL_LIMIT_DOUBT_CHANGED: a knob was turned, and too short a time was seen since
 * @MILL_LIMIT_DOUBT_TOO_FEW: too few attempts ended
 * @MILL_LIMIT_DOUBT_MIXED: no constraint stands out
 *
 * Why nothing is claimed.
 */
typedef enum
{
  MILL_LIMIT_DOUBT_NONE,
  MILL_LIMIT_DOUBT_TOO_SHORT,
  MILL_LIMIT_DOUBT_CHANGED,
  MILL_LIMIT_DOUBT_TOO_FEW,
  MILL_LIMIT_DOUBT_MIXED,
} MillLimitDoubt;

/**
 * MillStageLoad:
 * @seconds: the time that was looked at
 * @workers: how many workers there were, on average
 * @shares: parts of the workers' time in each #MillWorkerState; all 0 without workers. Times 1000, these are
 *   milliseconds a second of each worker
 * @maxsize: the bound of its queue; <= 0 is unbounded
 * @depth: items in its queue, on average
 * @full: the part of the time that its queue was full
 * @consumers: the knob
 * @permits: its slots; 0 is no limit
 * @rate: its rate, attempts a second; 0 is no limit
 * @attempts: how many attempts ended
 * @attempt_rate: attempts that ended a second (λ)
 * @service_us: their mean time in microseconds (W)
 * @in_flight: attempts in work, on average (L)
 * @failed: the part of the attempts that failed
 * @put_rate: items put into its queue a second
 * @get_rate: items taken from its queue a second
 *
 * What a stage did in the time that was looked at.
 */
typedef struct
{
  double seconds;
  double workers;
  double shares[MILL_N_WORKER_STATES];
  gint maxsize;
  double depth;
  double full;
  guint consumers;
  guint permits;
  double rate;
  guint64 attempts;
  double attempt_rate;
  double service_us;
  double in_flight;
  double failed;
  double put_rate;
  double get_rate;
} MillStageLoad;

#define MILL_TYPE_STAGE_LOAD (mill_stage_load_get_type ())
GType mill_stage_load_get_type (void);
MillStageLoad *mill_stage_load_copy (const MillStageLoad *self);
void mill_stage_load_free (MillStageLoad *self);
gboolean mill_stage_load_check_little (const MillStageLoad *self);

/**
 * MillLimitFinding:
 * @kind: what binds
 * @stage: the stage that it belongs to, from 0; -1 if it is no stage's
 * @resource: with %MILL_LIMIT_FAILURES and %MILL_LIMIT_DRAINING, what of the stage is used up; else @kind
 * @doubt: with %MILL_LIMIT_UNSURE, why
 * @seconds: the time that was looked at
 * @why: (nullable): with %MILL_LIMIT_SOURCE_WAITING, for what the source waited; translated
 * @load: of the stage, if it is one's; else of the first one
 * @waiting: workers waiting for the resource, on average
 * @source_blocked: the part of the time that the producer waited for room
 * @pushed_back: the first stage that the full queues block, -1 if it is the source, or @stage if nobody is
 * @cpu: the part of all processors' time that the process used; -1 if unknown
 * @helps: what would help: %MILL_LIMIT_SLOTS, %MILL_LIMIT_CONSUMERS, %MILL_LIMIT_RATE or %MILL_LIMIT_SOURCE;
 *   %MILL_LIMIT_UNSURE if nothing can be said
 * @with_consumers: only together with as many more consumers
 * @value: to what the knob of @helps would have to be set; 0 of a source
 * @gain: how much more that would give: 0.2 is 20 %. 0 if something else binds at once, as @until says
 * @until: what binds then; %MILL_LIMIT_UNSURE if nothing that is known does so before the estimate ends
 * @until_stage: whose it is; -1 if it is no stage's
 *
 * What holds a run back, with its numbers.
 */
typedef struct
{
  MillLimitKind kind;
  gint stage;
  MillLimitKind resource;
  MillLimitDoubt doubt;
  double seconds;
  const char *why; /* (static) (nullable) */
  MillStageLoad load;
  double waiting;
  double source_blocked;
  gint pushed_back;
  double cpu;
  MillLimitKind helps;
  gboolean with_consumers;
  double value;
  double gain;
  MillLimitKind until;
  gint until_stage;
} MillLimitFinding;

#define MILL_TYPE_LIMIT_FINDING (mill_limit_finding_get_type ())
GType mill_limit_finding_get_type (void);
MillLimitFinding *mill_limit_finding_copy (const MillLimitFinding *self);
void mill_limit_finding_free (MillLimitFinding *self);
gboolean mill_limit_finding_is_sure (const MillLimitFinding *self);

#define MILL_TYPE_LIMIT (mill_limit_get_type ())

typedef struct _MillLimit MillLimit;

GType mill_limit_get_type (void);

MillLimit *mill_limit_new (guint n_processors);
MillLimit *mill_limit_copy (const MillLimit *self);
void mill_limit_free (MillLimit *self);

void mill_limit_add_snapshot (MillLimit *self, const MillSnapshot *snapshot, gint64 cpu_us);
void mill_limit_begin_again (MillLimit *self);
const MillLimitFinding *mill_limit_get_finding (const MillLimit *self);
const MillLimitFinding *mill_limit_get_last_sure (const MillLimit *self);
const MillStageLoad *mill_limit_get_load (const MillLimit *self, guint stage);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MillLimit, mill_limit_free)

G_END_DECLS
