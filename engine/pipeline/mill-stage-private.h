/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillStage from the inside: its record, shared by mill-stage.c (the object, its knobs, its snapshot) and
 * mill-stage-workers.c, and what its pipeline and its workers call. */

#pragma once

#include <stdatomic.h>

#include "core/mill-retry-policy.h"
#include "pipeline/mill-gate-private.h"
#include "pipeline/mill-ledger-private.h"
#include "pipeline/mill-sink.h"
#include "pipeline/mill-snapshot.h"
#include "pipeline/mill-source.h"
#include "pipeline/mill-stage.h"

G_BEGIN_DECLS

typedef struct _MillWorker MillWorker;

/**
 * MillStageLinks:
 *
 * What a running stage needs of its pipeline. All of it outlives the stage's workers.
 */
typedef struct
{
  MillPipeline *pipeline; /* (unowned) */
  MillLedger *ledger;     /* (unowned) */
  MillGate *gate;         /* (unowned) */
  MillSource *watcher;    /* (unowned) (nullable) the source, if it wants to hear what becomes of its items */
  MillSink *sink;         /* (unowned) (nullable) */
  MillStage *next;        /* (unowned) (nullable) NULL after the last */
  GMainContext *control;  /* (unowned) the context for timers */
  MillClock *clock;       /* (unowned) by which limits and backoff go */
  gboolean clock_is_real; /* which is g_get_monotonic_time() */
  gboolean is_leaping;    /* what is measured goes by the clock, too */
  guint index;
} MillStageLinks;

struct _MillStage
{
  GObject parent_instance;

  char *name; /* (owned) */
  MillKind kind;
  MillStep *step;           /* (owned) */
  MillQueue *queue;         /* (owned) */
  MillSemaphore *semaphore; /* (owned) */
  MillRateLimiter *limiter; /* (owned) */
  MillRetryBudget *budget;  /* (owned) */
  MillFault *fault;         /* (owned) */
  MillStageLinks links;     /* set at the start */

  GMutex lock; /* guards the rest; taken before a worker's */
  gboolean running;
  guint consumers;
  double timeout_s;
  atomic_llong timeout_us; /* the same, read without the lock for each attempt */
  double grace_s;
  MillRetryPolicy retry;
  GRand *rand;        /* (owned) for the jitter */
  GPtrArray *workers; /* (owned) of (owned) MillWorker: all whose thread or task has not ended */
  GPtrArray *serving; /* (owned) of (unowned) MillWorker: those that were not retired */
  GPtrArray *stuck;   /* (owned) of (owned) MillWorker: those that were given up on and have not come back */
  gboolean over;      /* the pipeline may be gone */
  gboolean step_open; /* closed by the last of the stuck to come back */
  guint next_number;
  gint64 past_state_us[MILL_N_WORKER_STATES]; /* of the workers that have ended */
  MillHistogram *service;                     /* (owned) */
  GSource *reaper;                            /* (owned) (nullable) cancels attempts that take too long */
};

/* Makes as many workers serve as are wanted; the lock held, which it gives up. */
void mill_stage_adjust_and_unlock (MillStage *self);

void mill_stage_start (MillStage *self, const MillStageLinks *links);
void mill_stage_cancel_workers (MillStage *self);
gboolean mill_stage_try_close (MillStage *self);
void mill_stage_stop_timer (MillStage *self);
void mill_stage_close_step (MillStage *self);

const MillStageLinks *mill_stage_get_links (MillStage *self);
void mill_stage_get_retry_policy (MillStage *self, MillRetryPolicy *policy);
double mill_stage_get_jitter (MillStage *self);
gint64 mill_stage_get_timeout_us (MillStage *self);
gint64 mill_stage_get_grace_us (MillStage *self);
gint64 mill_stage_get_time (MillStage *self);
void mill_stage_record_service (MillStage *self, gint64 duration_us);
void mill_stage_worker_reaped (MillStage *self, MillWorker *worker);
gboolean mill_stage_hand_over (MillStage *self, GPtrArray *items, guint attempt, gint64 retry_at_us);
void mill_stage_worker_came_back (MillStage *self, MillWorker *worker);
void mill_stage_list_stuck (MillStage *self, GPtrArray *list);
void mill_stage_fill_snapshot (MillStage *self, MillStageSnapshot *snapshot);

G_END_DECLS
