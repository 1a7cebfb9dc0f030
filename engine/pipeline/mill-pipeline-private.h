/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillPipeline from the inside: its record, shared by mill-pipeline.c (building, asking),
 * mill-pipeline-life.c (start to end) and mill-pipeline-join.c (waiting for the end), and what workers and
 * the producer tell it. */

#pragma once

#include "pipeline/mill-event-log-private.h"
#include "pipeline/mill-gate-private.h"
#include "pipeline/mill-ledger-private.h"
#include "pipeline/mill-loop-private.h"
#include "pipeline/mill-pipeline.h"
#include "pipeline/mill-producer-private.h"
#include "pipeline/mill-worker-private.h"
#include "record/mill-recorder-private.h"

G_BEGIN_DECLS

#define MILL_MAX_LOOPS 4

/* As good as never, and no overflow in microseconds. */
#define MILL_MOST_SECONDS 1e9

/* Requeued items on their way into a stage's queue (mill-pipeline-requeue.c). */
typedef struct
{
  GQueue items;       /* of (owned) MillItem, all in the stage's books already */
  gboolean putting;   /* a put waits for room */
  gboolean closing;   /* the queue is to be shut down once they are in */
  gboolean is_closed; /* the queue is being shut down: no more */
} MillFeed;

/* When a stage ended, in microseconds of g_get_monotonic_time(); 0 is not yet. */
typedef struct
{
  gint64 closed_us;
  gint64 joined_us;
} MillStageEnd;

/* What the control thread is told: what happened, and to whom. */
typedef struct
{
  MillPipeline *pipeline; /* (unowned) outlives its control thread */
  gpointer subject;       /* (owned) (nullable) */
} MillMessage;

struct _MillPipeline
{
  GObject parent_instance;

  /* Set while it is built, fixed from the start on. */
  char *name;          /* (owned) */
  MillSource *source;  /* (owned) (nullable) before it is set */
  MillSource *watcher; /* (unowned) (nullable) `source`, if it wants to hear what becomes of its items */
  char *source_name;   /* (owned) (nullable) */
  MillKind source_kind;
  GPtrArray *stages;               /* (owned) of (owned) MillStage */
  MillSink *sink;                  /* (owned) (nullable) */
  MillDemoSite *demo_site;         /* (owned) (nullable) */
  MillClock *clock;                /* (owned) */
  MillEventLog *events;            /* (owned) */
  MillRecorder *recorder;          /* (owned) (nullable) if the run is recorded */
  MillGate *gate;                  /* (owned) */
  MillLedger *ledger;              /* (owned) (nullable) before the start */
  MillProducer *producer;          /* (owned) (nullable) before the start */
  MillLoop *control;               /* (owned) (nullable) before the start; after the end was joined */
  MillLoop *loops[MILL_MAX_LOOPS]; /* (owned) (nullable) */
  guint n_loops;
  gboolean is_leaping; /* `clock` is a MillVirtualClock, and all goes by it */
  gint64 clock_start_us;
  gint next_loop; /* (atomic) */

  /* The control thread's own. */
  gboolean all_joined;
  gboolean watch_over;     /* the producer has ended or was given up on */
  GSource *watch_timer;    /* (owned) (nullable) when to give up on the producer */
  GThread *wrap_up_thread; /* (owned) (nullable) while the steps wrap up */
  GError *source_error;    /* (owned) (nullable) also read with the lock held once the state is final */

  GMutex lock; /* guards the rest; held, it may be followed by the gate's, the event log's or the ledger's */
  MillState state;
  gboolean stop_asked;
  gboolean is_ending; /* how it ends is decided, and being recorded */
  GError *fatal;      /* (owned) (nullable) why a step had it stopped */
  gboolean source_ended;
  gboolean producer_alive;
  GCancellable *wrap_up; /* (owned) (nullable) while the steps wrap up */
  guint64 progress_done;
  guint64 progress_total;
  gint64 start_us;
  MillEnding ending;
  MillStageEnd *stage_ends; /* (owned) (nullable) before the start; one for each stage */
  GSource *drain_timer;     /* (owned) (nullable) */
  MillFeed *feeds;          /* (owned) (nullable) before the start; one for each stage */
  GQueue dead_letters;      /* of (owned) MillDeadLetter */
  guint64 n_letters;        /* so far */
  GPtrArray *returned;      /* (owned) of (owned) MillItem */
  MillWaitList joiners;
  GPtrArray *scheduled; /* (owned) knobs to be turned, until the start */
  char *temp_folder;    /* (owned) (nullable) the building thread's until the start */
};

void mill_pipeline_items_done (MillPipeline *self, guint stage, MillItem *const *items, guint n,
                               gint64 now_us);
void mill_pipeline_item_lost (MillPipeline *self, guint stage, MillItem *item, MillOutcome outcome,
                              const GError *error, guint attempts);
void mill_pipeline_worker_ended (MillPipeline *self, MillWorker *worker);
void mill_pipeline_worker_given_up (MillPipeline *self);
void mill_pipeline_producer_ended (MillPipeline *self, GError *error);
void mill_pipeline_set_recorder (MillPipeline *self, MillRecorder *recorder);
char *mill_pipeline_dup_failure (MillPipeline *self);
void mill_pipeline_report_fault (MillPipeline *self, char *text);
void mill_pipeline_fail (MillPipeline *self, const char *stage, const GError *error);
MillLoop *mill_pipeline_get_loop (MillPipeline *self);
void mill_scheduled_knob_free (gpointer scheduled);
void mill_pipeline_attach_scheduled (MillPipeline *self, gpointer data);
void mill_pipeline_end_life (MillPipeline *self);

/* Within mill-pipeline-*.c. */
void mill_pipeline_tell_control (MillPipeline *self, GSourceFunc func, gpointer subject);
void mill_pipeline_wrap_up (MillPipeline *self);
void mill_pipeline_finish (MillPipeline *self);
void mill_pipeline_close_stage (MillPipeline *self, guint index);
gboolean mill_pipeline_may_close (MillPipeline *self, guint index);
gboolean mill_pipeline_refuse (MillState state, GError **error);
void mill_pipeline_free_feeds (MillPipeline *self);

G_END_DECLS
