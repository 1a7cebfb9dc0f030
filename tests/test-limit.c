/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillLimit: made-up runs of which one knows what binds, and what may be said of it. */

#include "config.h"

#include <math.h>
#include <string.h>

#include "pipeline/mill-limit.h"

#define STEP_US    (G_USEC_PER_SEC / 10)
#define MAX_STAGES 3

/* How a stage goes on, second after second: mean numbers of workers in each state, and its limits. */
typedef struct
{
  double idle, limited, waiting, busy, backing_off, blocked;
  double attempts; /* a second */
  double service_ms;
  double retries; /* a second */
  double depth;
  gint maxsize;
  guint permits;
  double rate;
  double puts, gets; /* a second; 0: as many as attempts */
} Going;

/* How a run goes on. */
typedef struct
{
  double blocked; /* of the producer's time */
  const char *why;
  MillProducerState producer;
  double cpu; /* processors */
  guint n_stages;
  Going stages[MAX_STAGES];
} Course;

/* A run so far: its snapshot, and what is too small to show in it yet. */
typedef struct
{
  MillSnapshot snapshot;
  MillLimit *limit;
  double attempts[MAX_STAGES], retries[MAX_STAGES], puts[MAX_STAGES], gets[MAX_STAGES];
  double cpu_us;
} Run;

static void
run_init (Run *self, guint n_stages)
{
  *self = (Run){ .snapshot = { .time_us = 1000 * G_USEC_PER_SEC, .state = MILL_STATE_RUNNING, .total = -1 } };
  self->snapshot.stages = g_ptr_array_new ();
  for (guint i = 0; i < n_stages; i++)
    {
      MillStageSnapshot *stage = g_new0 (MillStageSnapshot, 1);

      stage->service = mill_histogram_new ();
      g_ptr_array_add (self->snapshot.stages, stage);
    }
  self->limit = mill_limit_new (2);
}

static void
run_clear (Run *self)
{
  for (guint i = 0; i < self->snapshot.stages->len; i++)
    {
      MillStageSnapshot *stage = g_ptr_array_index (self->snapshot.stages, i);

      mill_histogram_free (stage->service);
      g_free (stage);
    }
  g_ptr_array_unref (self->snapshot.stages);
  mill_limit_free (self->limit);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

static void
set_limits (MillStageSnapshot *stage, const Going *going)
{
  double workers =
      going->idle + going->limited + going->waiting + going->busy + going->backing_off + going->blocked;

  stage->consumers = stage->workers = (guint) lround (workers);
  stage->permits = going->permits;
  stage->rate = going->rate;
  stage->queue.maxsize = going->maxsize;
  stage->queue.depth = (guint) lround (going->depth);
}

static void
step_stage (Run *self, guint index, const Going *going)
{
  MillStageSnapshot *stage = g_ptr_array_index (self->snapshot.stages, index);
  const double by_state[MILL_N_WORKER_STATES] = { [MILL_WORKER_IDLE] = going->idle,
                                                  [MILL_WORKER_LIMITED] = going->limited,
                                                  [MILL_WORKER_WAITING] = going->waiting,
                                                  [MILL_WORKER_BUSY] = going->busy,
                                                  [MILL_WORKER_BACKING_OFF] = going->backing_off,
                                                  [MILL_WORKER_BLOCKED] = going->blocked };

  set_limits (stage, going);
  for (guint i = 0; i < MILL_N_WORKER_STATES; i++)
    stage->state_us[i] += (gint64) (by_state[i] * STEP_US);
  self->attempts[index] += going->attempts / 10;
  while (mill_histogram_get_count (stage->service) + 1 <= (guint64) (self->attempts[index] + 1e-6))
    mill_histogram_record (stage->service, (gint64) (going->service_ms * 1000));
  stage->retries = (guint64) (self->retries[index] += going->retries / 10);
  stage->queue.puts = (guint64) (self->puts[index] += (going->puts > 0 ? going->puts : going->attempts) / 10);
  stage->queue.gets = (guint64) (self->gets[index] += (going->gets > 0 ? going->gets : going->attempts) / 10);
}

/* Goes on like this for so long, and says what binds then. */
static const MillLimitFinding *
run_on (Run *self, const Course *course, double seconds)
{
  MillSnapshot *snapshot = &self->snapshot;

  for (guint i = 0; i < course->n_stages; i++)
    set_limits (g_ptr_array_index (snapshot->stages, i), &course->stages[i]);
  snapshot->producer = course->producer;
  snapshot->why = course->why;
  mill_limit_add_snapshot (self->limit, snapshot, (gint64) self->cpu_us);
  for (guint step = 0; step < (guint) lround (seconds * 10); step++)
    {
      MillStageSnapshot *first = g_ptr_array_index (snapshot->stages, 0);

      snapshot->time_us += STEP_US;
      self->cpu_us += course->cpu * STEP_US;
      first->queue.put_blocked_us += (gint64) (course->blocked * STEP_US);
      for (guint i = 0; i < course->n_stages; i++)
        step_stage (self, i, &course->stages[i]);
      mill_limit_add_snapshot (self->limit, snapshot, (gint64) self->cpu_us);
    }
  return mill_limit_get_finding (self->limit);
}

/* ---- courses ---- */

/* 39 consumers, 32 slots: the picture of a saturated crawl. */
static const Course slots = {
  .blocked = 0.61,
  .cpu = 0.6,
  .n_stages = 2,
  .stages = { { .busy = 31.6,
                .waiting = 6,
                .backing_off = 1.4,
                .attempts = 214,
                .service_ms = 148,
                .depth = 942,
                .maxsize = 1000,
                .permits = 32,
                .retries = 1 },
              { .busy = 1.8, .idle = 2.2, .attempts = 214, .service_ms = 8.4, .depth = 1, .maxsize = 500 } }
};

static const Course consumers = {
  .blocked = 0.9,
  .n_stages = 2,
  .stages = { { .busy = 0.3,
                .blocked = 7.5,
                .idle = 0.2,
                .attempts = 250,
                .service_ms = 1,
                .depth = 200,
                .maxsize = 200 },
              { .busy = 1, .attempts = 250, .service_ms = 4, .depth = 50, .maxsize = 50 } }
};

static const Course rate = { .blocked = 0.99,
                             .n_stages = 2,
                             .stages = { { .limited = 20.5,
                                           .busy = 3,
                                           .backing_off = 0.5,
                                           .attempts = 50,
                                           .service_ms = 60,
                                           .depth = 100,
                                           .maxsize = 100,
                                           .permits = 8,
                                           .rate = 50 },
                                         { .idle = 3.9,
                                           .busy = 0.1,
                                           .attempts = 50,
                                           .service_ms = 2,
                                           .maxsize = 50,
                                           .permits = 2,
                                           .rate = 200 } } };

static const Course source = { .n_stages = 1,
                               .stages = { { .idle = 6, .busy = 2, .attempts = 200, .service_ms = 10 } } };

static const Course waiting_source = { .n_stages = 1,
                                       .why = "waiting for input",
                                       .producer = MILL_PRODUCER_WAITING,
                                       .stages = { { .idle = 8 } } };

static const Course backoff = { .blocked = 0.9,
                                .n_stages = 1,
                                .stages = { { .busy = 2,
                                              .backing_off = 6,
                                              .attempts = 200,
                                              .retries = 60,
                                              .service_ms = 10,
                                              .depth = 100,
                                              .maxsize = 100 } } };

static const Course failures = { .blocked = 0.5,
                                 .n_stages = 1,
                                 .stages = { { .busy = 8,
                                               .waiting = 24,
                                               .attempts = 800,
                                               .retries = 700,
                                               .service_ms = 10,
                                               .depth = 100,
                                               .maxsize = 100,
                                               .permits = 8 } } };

static const Course short_queue = {
  .n_stages = 2,
  .stages = { { .idle = 0.5, .busy = 3.5, .blocked = 2, .attempts = 100, .service_ms = 30 },
              { .idle = 1.5, .busy = 4.5, .attempts = 100, .service_ms = 45, .depth = 0.5, .maxsize = 1 } }
};

static const Course no_consumers = { .blocked = 1,
                                     .n_stages = 1,
                                     .stages = { { .depth = 50, .maxsize = 50 } } };

static const Course all_cpu = {
  .blocked = 0.5,
  .cpu = 1.95,
  .n_stages = 1,
  .stages = { { .busy = 8, .attempts = 4000, .service_ms = 2, .depth = 100, .maxsize = 100 } }
};

/* A stage works half the time, and the producer waits at times, for no reason that shows. */
static const Course mixed = {
  .blocked = 0.1,
  .n_stages = 1,
  .stages = { { .idle = 4, .busy = 4, .attempts = 400, .service_ms = 10, .maxsize = 10 } }
};

/* Six attempts, of ten seconds each: nothing ended in the first ten seconds. */
static const Course few = { .blocked = 1,
                            .n_stages = 1,
                            .stages = { { .busy = 6, .service_ms = 10000, .depth = 9, .maxsize = 9 } } };

typedef struct
{
  const char *name;
  const Course *course;
  MillLimitKind kind;
  gint stage;
  MillLimitDoubt doubt;
} Case;

static const Case cases[] = {
  { "slots", &slots, MILL_LIMIT_SLOTS, 0, MILL_LIMIT_DOUBT_NONE },
  { "consumers", &consumers, MILL_LIMIT_CONSUMERS, 1, MILL_LIMIT_DOUBT_NONE },
  { "rate", &rate, MILL_LIMIT_RATE, 0, MILL_LIMIT_DOUBT_NONE },
  { "source", &source, MILL_LIMIT_SOURCE, -1, MILL_LIMIT_DOUBT_NONE },
  { "waiting source", &waiting_source, MILL_LIMIT_SOURCE_WAITING, -1, MILL_LIMIT_DOUBT_NONE },
  { "backoff", &backoff, MILL_LIMIT_BACKOFF, 0, MILL_LIMIT_DOUBT_NONE },
  { "failures", &failures, MILL_LIMIT_FAILURES, 0, MILL_LIMIT_DOUBT_NONE },
  { "short queue", &short_queue, MILL_LIMIT_QUEUE, 1, MILL_LIMIT_DOUBT_NONE },
  { "no consumers", &no_consumers, MILL_LIMIT_NO_CONSUMERS, 0, MILL_LIMIT_DOUBT_NONE },
  { "processors", &all_cpu, MILL_LIMIT_CPU, 0, MILL_LIMIT_DOUBT_NONE },
  { "mixed", &mixed, MILL_LIMIT_UNSURE, -1, MILL_LIMIT_DOUBT_MIXED },
  { "few", &few, MILL_LIMIT_UNSURE, 0, MILL_LIMIT_DOUBT_TOO_FEW },
};

static void
test_kinds (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Run) run = { 0 };
      const MillLimitFinding *finding;

      g_test_message ("%s", cases[i].name);
      run_init (&run, cases[i].course->n_stages);
      finding = run_on (&run, cases[i].course, 10);
      g_assert_cmpstr (mill_limit_kind_get_id (finding->kind), ==, mill_limit_kind_get_id (cases[i].kind));
      g_assert_cmpint (finding->stage, ==, cases[i].stage);
      g_assert_cmpint (finding->doubt, ==, cases[i].doubt);
      g_assert_cmpint (mill_limit_finding_is_sure (finding), ==, cases[i].kind != MILL_LIMIT_UNSURE);
      g_assert_cmpfloat (finding->seconds, >, 9);
    }
}

/* Whatever it is, in less than a second nobody knows; soon after everybody does. */
static void
test_takes_time (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Run) run = { 0 };
      const MillLimitFinding *finding;

      run_init (&run, cases[i].course->n_stages);
      finding = run_on (&run, cases[i].course, 0.9);
      g_assert_cmpint (finding->kind, ==, MILL_LIMIT_UNSURE);
      g_assert_cmpint (finding->doubt, ==, MILL_LIMIT_DOUBT_TOO_SHORT);
      g_assert_null (mill_limit_get_last_sure (run.limit));
      finding = run_on (&run, cases[i].course, 0.8);
      g_assert_cmpint (finding->kind, ==, cases[i].kind);
    }
}

/* ---- numbers ---- */

static void
test_numbers (void)
{
  g_auto (Run) run = { 0 };
  const MillLimitFinding *finding;

  run_init (&run, 2);
  finding = run_on (&run, &slots, 10);
  g_assert_cmpfloat_with_epsilon (finding->load.in_flight, 31.6, 0.01);
  g_assert_cmpfloat_with_epsilon (finding->load.attempt_rate, 214, 0.5);
  g_assert_cmpfloat_with_epsilon (finding->load.service_us, 148000, 1);
  g_assert_cmpfloat_with_epsilon (finding->waiting, 6, 0.01);
  g_assert_cmpfloat_with_epsilon (finding->load.shares[MILL_WORKER_BUSY], 31.6 / 39, 0.001);
  g_assert_cmpfloat_with_epsilon (finding->load.depth, 942, 0.5);
  g_assert_cmpfloat_with_epsilon (finding->load.full, 0, 0.001);
  g_assert_cmpfloat_with_epsilon (finding->source_blocked, 0.61, 0.001);
  g_assert_cmpfloat_with_epsilon (finding->cpu, 0.3, 0.001);
  g_assert_cmpint (finding->pushed_back, ==, -1);
  g_assert_true (mill_stage_load_check_little (&finding->load));
  /* What is not the binding stage's is known as well. */
  g_assert_cmpfloat_with_epsilon (mill_limit_get_load (run.limit, 1)->workers, 4, 0.01);
  g_assert_null (mill_limit_get_load (run.limit, 2));
}

/* Little's law can fail. */
static void
test_little (void)
{
  g_auto (Run) run = { 0 };
  Course wrong = slots;

  wrong.stages[0].service_ms = 200;
  run_init (&run, 2);
  g_assert_false (mill_stage_load_check_little (&run_on (&run, &wrong, 10)->load));
}

static void
test_estimates (void)
{
  const struct
  {
    const char *name;
    const Course *course;
    MillLimitKind helps;
    double value;
    double gain;
    MillLimitKind until;
    gint until_stage;
  } estimates[] = {
    /* The six that wait would be at work. */
    { "slots", &slots, MILL_LIMIT_SLOTS, 39, 6 / 31.6, MILL_LIMIT_CONSUMERS, 0 },
    /* Nothing else is near: twice as many, at the most. */
    { "consumers", &consumers, MILL_LIMIT_CONSUMERS, 2, 1, MILL_LIMIT_UNSURE, -1 },
    { "rate", &rate, MILL_LIMIT_RATE, 100, 1, MILL_LIMIT_UNSURE, -1 },
    /* The workers idle for three quarters of their time. */
    { "source", &source, MILL_LIMIT_SOURCE, 0, 3, MILL_LIMIT_CONSUMERS, 0 },
    { "backoff", &backoff, MILL_LIMIT_CONSUMERS, 16, 1, MILL_LIMIT_UNSURE, -1 },
    { "failures", &failures, MILL_LIMIT_UNSURE, 0, 0, MILL_LIMIT_UNSURE, -1 },
    { "processors", &all_cpu, MILL_LIMIT_UNSURE, 0, 0, MILL_LIMIT_UNSURE, -1 },
    { "mixed", &mixed, MILL_LIMIT_UNSURE, 0, 0, MILL_LIMIT_UNSURE, -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (estimates); i++)
    {
      g_auto (Run) run = { 0 };
      const MillLimitFinding *finding;

      g_test_message ("%s", estimates[i].name);
      run_init (&run, estimates[i].course->n_stages);
      finding = run_on (&run, estimates[i].course, 10);
      g_assert_cmpint (finding->helps, ==, estimates[i].helps);
      g_assert_cmpfloat_with_epsilon (finding->value, estimates[i].value, 0.01);
      g_assert_cmpfloat_with_epsilon (finding->gain, estimates[i].gain, 0.01);
      g_assert_cmpstr (mill_limit_kind_get_id (finding->until), ==,
                       mill_limit_kind_get_id (estimates[i].until));
      g_assert_cmpint (finding->until_stage, ==, estimates[i].until_stage);
    }
}

/* What binds next, whichever it is, ends the estimate. */
static void
test_what_binds_next (void)
{
  Course course = slots;
  g_auto (Run) run = { 0 };
  const MillLimitFinding *finding;

  /* As many consumers as slots: neither alone. The second stage has a tenth to spare. */
  course.stages[0].waiting = 0;
  course.stages[0].backing_off = 0.4;
  course.stages[1].busy = 3.6;
  course.stages[1].idle = 0.4;
  run_init (&run, 2);
  finding = run_on (&run, &course, 10);
  g_assert_cmpint (finding->kind, ==, MILL_LIMIT_SLOTS);
  g_assert_true (finding->with_consumers);
  g_assert_cmpfloat_with_epsilon (finding->gain, 1 / 0.9 - 1, 0.01);
  g_assert_cmpint (finding->until_stage, ==, 1);

  /* The source gives no more. */
  course.blocked = 0.01;
  finding = run_on (&run, &course, 30);
  g_assert_cmpint (finding->kind, ==, MILL_LIMIT_SLOTS);
  g_assert_cmpfloat_with_epsilon (finding->gain, 0, 0.0001);
  g_assert_cmpint (finding->until, ==, MILL_LIMIT_SOURCE);
}

/* Who waits for a full queue is not to blame, however far up. */
static void
test_backpressure (void)
{
  Course course = { .blocked = 0.8,
                    .n_stages = 3,
                    .stages = { { .busy = 1, .blocked = 3, .attempts = 100, .service_ms = 10, .maxsize = 9 },
                                { .busy = 1, .blocked = 1, .attempts = 100, .service_ms = 10, .maxsize = 9 },
                                { .busy = 2, .attempts = 100, .service_ms = 20, .maxsize = 9 } } };
  g_auto (Run) run = { 0 };
  const MillLimitFinding *finding;

  for (guint i = 0; i < 3; i++)
    course.stages[i].depth = 9;
  run_init (&run, 3);
  finding = run_on (&run, &course, 10);
  g_assert_cmpint (finding->kind, ==, MILL_LIMIT_CONSUMERS);
  g_assert_cmpint (finding->stage, ==, 2);
  g_assert_cmpint (finding->pushed_back, ==, -1);
  g_assert_cmpfloat_with_epsilon (finding->load.full, 1, 0.01);

  /* It reaches as far as somebody is blocked without a gap. */
  course.blocked = 0;
  course.stages[0].blocked = 0;
  course.stages[0].idle = 3;
  course.stages[0].depth = 0;
  finding = run_on (&run, &course, 20);
  g_assert_cmpint (finding->stage, ==, 2);
  g_assert_cmpint (finding->pushed_back, ==, 1);
}

/* Two stages that are as tight as each other. */
static void
test_two_at_once (void)
{
  static const Course course = {
    .blocked = 0.3,
    .n_stages = 2,
    .stages = { { .idle = 0.4, .busy = 7.6, .attempts = 100, .service_ms = 76, .maxsize = 10 },
                { .idle = 0.5, .busy = 7.5, .attempts = 100, .service_ms = 75, .maxsize = 10 } }
  };
  g_auto (Run) run = { 0 };
  const MillLimitFinding *finding;

  run_init (&run, 2);
  finding = run_on (&run, &course, 10);
  g_assert_cmpint (finding->kind, ==, MILL_LIMIT_UNSURE);
  g_assert_cmpint (finding->doubt, ==, MILL_LIMIT_DOUBT_MIXED);
}

/* ---- over time ---- */

/* The numbers say something else for a moment: that is not worth a word. */
static void
test_does_not_flicker (void)
{
  g_auto (Run) run = { 0 };
  Course tight = slots, loose = slots;
  guint changes = 0;

  /* Between the two, the slots would be seen as used up or not. */
  loose.stages[0].idle = 9;
  loose.stages[0].busy = 25;
  loose.stages[0].waiting = 5;
  loose.stages[0].backing_off = 0;
  run_init (&run, 2);
  run_on (&run, &tight, 10);
  for (guint i = 0; i < 100; i++)
    {
      MillLimitKind before = mill_limit_get_finding (run.limit)->kind;

      run_on (&run, i % 2 == 0 ? &loose : &tight, 0.3);
      changes += mill_limit_get_finding (run.limit)->kind != before;
    }
  g_assert_cmpuint (changes, <=, 2);
}

/* A turned knob ends what was said, and what is said next is of the time after it. */
static void
test_turned_knob (void)
{
  g_auto (Run) run = { 0 };
  Course more = slots;
  const MillLimitFinding *finding;

  more.stages[0].permits = 64;
  more.stages[0].busy = 38;
  more.stages[0].waiting = 0;
  more.stages[0].backing_off = 1;
  more.stages[0].attempts = 256;
  run_init (&run, 2);
  run_on (&run, &slots, 10);
  finding = run_on (&run, &more, 0.5);
  g_assert_cmpint (finding->kind, ==, MILL_LIMIT_UNSURE);
  g_assert_cmpint (finding->doubt, ==, MILL_LIMIT_DOUBT_CHANGED);
  g_assert_cmpint (mill_limit_get_last_sure (run.limit)->kind, ==, MILL_LIMIT_SLOTS);
  finding = run_on (&run, &more, 1.5);
  g_assert_cmpint (finding->kind, ==, MILL_LIMIT_CONSUMERS);
  g_assert_cmpfloat_with_epsilon (finding->seconds, 2, 0.01);
  g_assert_cmpfloat_with_epsilon (finding->load.in_flight, 38, 0.1);
}

/* Nor need a snapshot show it. */
static void
test_hidden_knob (void)
{
  g_auto (Run) run = { 0 };
  const MillLimitFinding *finding;

  run_init (&run, 2);
  run_on (&run, &slots, 10);
  mill_limit_begin_again (run.limit);
  finding = run_on (&run, &slots, 0.5);
  g_assert_cmpint (finding->doubt, ==, MILL_LIMIT_DOUBT_CHANGED);
  finding = run_on (&run, &slots, 1.5);
  g_assert_cmpint (finding->kind, ==, MILL_LIMIT_SLOTS);
  g_assert_cmpfloat_with_epsilon (finding->seconds, 2, 0.11);
}

static void
test_states (void)
{
  g_auto (Run) run = { 0 };
  Course rest = consumers;
  const MillLimitFinding *finding;

  run_init (&run, 2);
  g_assert_cmpint (mill_limit_get_finding (run.limit)->kind, ==, MILL_LIMIT_NOT_STARTED);
  run.snapshot.state = MILL_STATE_IDLE;
  g_assert_cmpint (run_on (&run, &slots, 2)->kind, ==, MILL_LIMIT_NOT_STARTED);
  run.snapshot.state = MILL_STATE_RUNNING;
  g_assert_cmpint (run_on (&run, &slots, 2)->kind, ==, MILL_LIMIT_SLOTS);
  run.snapshot.state = MILL_STATE_PAUSED;
  g_assert_cmpint (run_on (&run, &slots, 2)->kind, ==, MILL_LIMIT_PAUSED);

  run.snapshot.state = MILL_STATE_DRAINING;
  rest.producer = MILL_PRODUCER_ENDED;
  finding = run_on (&run, &rest, 0.5);
  g_assert_cmpint (finding->kind, ==, MILL_LIMIT_DRAINING);
  g_assert_false (mill_limit_finding_is_sure (finding));
  finding = run_on (&run, &rest, 2);
  g_assert_cmpint (finding->kind, ==, MILL_LIMIT_DRAINING);
  g_assert_cmpint (finding->resource, ==, MILL_LIMIT_CONSUMERS);
  g_assert_cmpint (finding->stage, ==, 1);

  run.snapshot.state = MILL_STATE_FINISHED;
  finding = run_on (&run, &rest, 2);
  g_assert_cmpint (finding->kind, ==, MILL_LIMIT_ENDED);
  /* What bound while it ran counts for more than what the end waited for. */
  g_assert_cmpint (mill_limit_get_last_sure (run.limit)->kind, ==, MILL_LIMIT_SLOTS);
}

/* A run that is all drain is known by that. */
static void
test_only_drained (void)
{
  g_auto (Run) run = { 0 };

  run_init (&run, 2);
  run.snapshot.state = MILL_STATE_DRAINING;
  run_on (&run, &consumers, 3);
  run.snapshot.state = MILL_STATE_FINISHED;
  run_on (&run, &consumers, 1);
  g_assert_cmpint (mill_limit_get_last_sure (run.limit)->kind, ==, MILL_LIMIT_CONSUMERS);
  g_assert_cmpint (mill_limit_get_last_sure (run.limit)->stage, ==, 1);
}

static void
test_copy (void)
{
  g_auto (Run) run = { 0 };
  g_autoptr (MillLimit) copy = NULL;
  MillLimitFinding *finding;

  run_init (&run, 2);
  run_on (&run, &slots, 10);
  copy = mill_limit_copy (run.limit);
  run.snapshot.state = MILL_STATE_PAUSED;
  run_on (&run, &slots, 1);
  g_assert_cmpint (mill_limit_get_finding (copy)->kind, ==, MILL_LIMIT_SLOTS);
  run.snapshot.state = MILL_STATE_RUNNING;
  mill_limit_add_snapshot (copy, &run.snapshot, -1);
  finding = mill_limit_finding_copy (mill_limit_get_finding (copy));
  g_assert_cmpint (finding->kind, ==, MILL_LIMIT_SLOTS);
  mill_limit_finding_free (finding);
}

/* ---- anything at all ---- */

static double
pick (GRand *rand, double most)
{
  return g_rand_boolean (rand) ? 0 : g_rand_double_range (rand, 0, most);
}

static Course
pick_course (GRand *rand)
{
  Course course = { .n_stages = MAX_STAGES,
                    .blocked = g_rand_double (rand),
                    .cpu = g_rand_double_range (rand, 0, 2),
                    .producer = (MillProducerState) g_rand_int_range (rand, 0, MILL_PRODUCER_ENDED + 1) };

  for (guint i = 0; i < MAX_STAGES; i++)
    course.stages[i] = (Going){ .idle = pick (rand, 10),
                                .limited = pick (rand, 10),
                                .waiting = pick (rand, 10),
                                .busy = pick (rand, 10),
                                .backing_off = pick (rand, 10),
                                .blocked = pick (rand, 10),
                                .attempts = pick (rand, 200),
                                .service_ms = pick (rand, 100),
                                .retries = pick (rand, 100),
                                .depth = pick (rand, 100),
                                .maxsize = g_rand_int_range (rand, -1, 100),
                                .permits = (guint) pick (rand, 20),
                                .rate = pick (rand, 200) };
  return course;
}

/* What is said of a stage is of one that there is, and of numbers that are numbers. */
static void
check (const MillLimitFinding *finding)
{
  g_assert_cmpint (finding->stage, >=, -1);
  g_assert_cmpint (finding->stage, <, MAX_STAGES);
  g_assert_nonnull (mill_limit_kind_get_id (finding->kind));
  g_assert_true (isfinite (finding->gain) && isfinite (finding->value) && isfinite (finding->waiting));
  g_assert_cmpfloat (finding->gain, >=, 0);
  g_assert_cmpfloat (finding->gain, <=, finding->helps == MILL_LIMIT_SOURCE ? 9 : 1);
  if (finding->kind == MILL_LIMIT_UNSURE)
    g_assert_cmpint (finding->doubt, !=, MILL_LIMIT_DOUBT_NONE);
  if (finding->kind == MILL_LIMIT_UNSURE || finding->doubt != MILL_LIMIT_DOUBT_NONE)
    g_assert_cmpint (finding->helps, ==, MILL_LIMIT_UNSURE);
  if (finding->kind == MILL_LIMIT_SLOTS)
    g_assert_cmpuint (finding->load.permits, >, 0);
  if (finding->kind == MILL_LIMIT_RATE)
    g_assert_cmpfloat (finding->load.rate, >, 0);
}

static void
test_anything (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_test_rand_int ());

  for (guint i = 0; i < 100; i++)
    {
      g_auto (Run) run = { 0 };

      run_init (&run, MAX_STAGES);
      for (guint turn = 0; turn < 6; turn++)
        {
          Course course = pick_course (rand);

          run.snapshot.state = (MillState) g_rand_int_range (rand, MILL_STATE_IDLE, MILL_STATE_FAILED + 1);
          check (run_on (&run, &course, g_rand_double_range (rand, 0, 4)));
        }
    }
}

/* No stage, no histogram, no time that passes: nothing is claimed. */
static void
test_nothing (void)
{
  g_autoptr (MillLimit) limit = mill_limit_new (0);
  g_autoptr (GPtrArray) stages = g_ptr_array_new ();
  MillStageSnapshot stage = { 0 };
  MillSnapshot snapshot = { .stages = stages, .state = MILL_STATE_RUNNING };

  mill_limit_add_snapshot (limit, &snapshot, -1);
  g_assert_null (mill_limit_get_load (limit, 0));
  g_ptr_array_add (stages, &stage);
  for (guint i = 0; i < 50; i++)
    {
      mill_limit_add_snapshot (limit, &snapshot, -1);
      g_assert_cmpint (mill_limit_get_finding (limit)->kind, ==, MILL_LIMIT_UNSURE);
    }
  for (guint i = 0; i < 50; i++)
    {
      snapshot.time_us += STEP_US;
      mill_limit_add_snapshot (limit, &snapshot, -1);
      g_assert_cmpint (mill_limit_get_finding (limit)->kind, ==, MILL_LIMIT_UNSURE);
    }
  g_assert_null (mill_limit_get_last_sure (limit));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/limit/kinds", test_kinds);
  g_test_add_func ("/limit/takes-time", test_takes_time);
  g_test_add_func ("/limit/numbers", test_numbers);
  g_test_add_func ("/limit/little", test_little);
  g_test_add_func ("/limit/estimates", test_estimates);
  g_test_add_func ("/limit/what-binds-next", test_what_binds_next);
  g_test_add_func ("/limit/backpressure", test_backpressure);
  g_test_add_func ("/limit/two-at-once", test_two_at_once);
  g_test_add_func ("/limit/does-not-flicker", test_does_not_flicker);
  g_test_add_func ("/limit/turned-knob", test_turned_knob);
  g_test_add_func ("/limit/hidden-knob", test_hidden_knob);
  g_test_add_func ("/limit/states", test_states);
  g_test_add_func ("/limit/only-drained", test_only_drained);
  g_test_add_func ("/limit/copy", test_copy);
  g_test_add_func ("/limit/anything", test_anything);
  g_test_add_func ("/limit/nothing", test_nothing);
  return g_test_run ();
}
