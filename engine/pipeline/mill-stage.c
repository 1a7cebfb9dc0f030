/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillStage: an input queue, its workers, and their limits. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "pipeline/mill-knob.h"
#include "pipeline/mill-pipeline-private.h"
#include "pipeline/mill-stage-private.h"
#include "pipeline/mill-worker-private.h"

#define MAX_CONSUMERS   10000
#define MAX_SLOTS       10000
#define MAX_MAXSIZE     10000000
#define MAX_RATE        1e6
#define MAX_BURST       10000
#define LONGEST_BACKOFF 60.0
#define DEFAULT_GRACE   2.0

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
  MillStageLinks links;     /* set at the start */

  GMutex lock; /* guards the rest; taken before a worker's */
  gboolean running;
  guint consumers;
  double timeout_s;
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

typedef enum
{
  PROP_MAXSIZE = 1,
  PROP_CONSUMERS,
  PROP_SLOTS,
  PROP_RATE,
  PROP_BURST,
  PROP_TIMEOUT,
  PROP_RETRIES,
  PROP_BACKOFF,
  PROP_RETRY_BUDGET,
  PROP_GRACE,
} MillStageProperty;

static GParamSpec *props[PROP_GRACE + 1];

G_DEFINE_FINAL_TYPE (MillStage, mill_stage, G_TYPE_OBJECT)

/* Starts @worker (transfer full). Lock held. Returns whether the system let it. */
static gboolean
start_locked (MillStage *self, MillWorker *worker)
{
  g_autoptr (GError) error = NULL;

  if (self->kind == MILL_KIND_ASYNC)
    mill_worker_start_task (worker, mill_pipeline_get_loop (self->links.pipeline));
  else if (!mill_worker_start_thread (worker, &error))
    {
      mill_pipeline_report_fault (self->links.pipeline,
                                  g_strdup_printf (_ ("%s: no more than %u workers can be started: %s"),
                                                   self->name, self->workers->len, error->message));
      mill_worker_unref (worker);
      return FALSE;
    }
  g_ptr_array_add (self->workers, worker);
  g_ptr_array_add (self->serving, worker);
  return TRUE;
}

static gboolean
spawn_locked (MillStage *self)
{
  return start_locked (self, mill_worker_new (self, ++self->next_number));
}

/* How many are to serve. Past the bound, nobody takes the place of one that is stuck. */
static guint
get_wanted_locked (MillStage *self)
{
  guint excess = self->stuck->len > MILL_MAX_STUCK ? self->stuck->len - MILL_MAX_STUCK : 0;

  return self->consumers > excess ? self->consumers - excess : 0;
}

/* Makes as many workers serve as are wanted. The ones to be retired come back, to be told without the lock.
 */
static GPtrArray *
adjust_locked (MillStage *self)
{
  GPtrArray *retired = g_ptr_array_new_with_free_func ((GDestroyNotify) mill_worker_unref);
  guint wanted = get_wanted_locked (self);

  while (self->running && self->serving->len < wanted && spawn_locked (self))
    ;
  while (self->serving->len > wanted)
    {
      MillWorker *worker = g_ptr_array_steal_index (self->serving, self->serving->len - 1);

      g_ptr_array_add (retired, mill_worker_ref (worker));
    }
  return retired;
}

static void
adjust_and_unlock (MillStage *self)
{
  g_autoptr (GPtrArray) retired = adjust_locked (self);

  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < retired->len; i++)
    mill_worker_retire (g_ptr_array_index (retired, i));
}

static GPtrArray *
ref_workers (MillStage *self)
{
  GPtrArray *workers = g_ptr_array_new_with_free_func ((GDestroyNotify) mill_worker_unref);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->workers->len; i++)
    g_ptr_array_add (workers, mill_worker_ref (g_ptr_array_index (self->workers, i)));
  g_mutex_unlock (&self->lock);
  return workers;
}

/* Worker @index, which was just given up on, leaves those that count. (transfer full) */
static MillWorker *
set_aside_locked (MillStage *self, guint index)
{
  MillWorker *worker = g_ptr_array_steal_index (self->workers, index);
  MillWorkerState state;

  mill_worker_add_times (worker, g_get_monotonic_time (), &state, self->past_state_us);
  g_ptr_array_remove_fast (self->serving, worker);
  g_ptr_array_add (self->stuck, worker);
  g_clear_pointer (&worker->thread, g_thread_unref);
  if (worker->loop != NULL && mill_step_is_async (self->step))
    mill_loop_hold (worker->loop);
  return mill_worker_ref (worker);
}

/* Looks after all attempts, and says when the next look is due. An attempt that begins after this one cannot
 * be over its time sooner than one time-out from now, nor, once cancelled, sooner than the grace. */
static gint64
look_locked (MillStage *self, GPtrArray *overdue, GPtrArray *given_up)
{
  gint64 now = g_get_monotonic_time ();
  gint64 next = self->timeout_s > 0 ? now + (gint64) (self->timeout_s * G_USEC_PER_SEC) : G_MAXINT64;

  if (!self->running)
    next = MIN (next, now + (gint64) (self->grace_s * G_USEC_PER_SEC));
  for (guint i = self->workers->len; i > 0; i--)
    {
      GCancellable *cancellable = NULL;
      gboolean give_up = FALSE;
      gint64 due = mill_worker_look (g_ptr_array_index (self->workers, i - 1), now,
                                     (gint64) (self->grace_s * G_USEC_PER_SEC), &cancellable, &give_up);

      next = MIN (next, due);
      if (cancellable != NULL)
        g_ptr_array_add (overdue, cancellable);
      if (give_up)
        g_ptr_array_add (given_up, set_aside_locked (self, i - 1));
    }
  return next;
}

static void
rescue_all (MillStage *self, GPtrArray *given_up)
{
  guint n_settled = 0;

  if (given_up->len == 0)
    return;
  for (guint i = 0; i < given_up->len; i++)
    n_settled += mill_worker_rescue (g_ptr_array_index (given_up, i)) ? 1 : 0;
  /* Those that were handed an item count already; one too many is retired and ends after it. */
  g_mutex_lock (&self->lock);
  adjust_and_unlock (self);
  mill_pipeline_worker_given_up (self->links.pipeline);
  /* At the very end: on this thread it may call back at once, and that be the end of the pipeline. */
  if (n_settled > 0)
    mill_queue_tasks_done (self->queue, n_settled, NULL);
}

/* Cancels the attempts that are over their time, gives up on those that go on all the same, and comes back
 * when the next may be. */
static gboolean
reap_cb (gpointer user_data)
{
  MillStage *self = user_data;
  g_autoptr (GPtrArray) overdue = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) given_up = g_ptr_array_new_with_free_func ((GDestroyNotify) mill_worker_unref);
  gint64 next;

  g_mutex_lock (&self->lock);
  next = look_locked (self, overdue, given_up);
  if (self->reaper != NULL)
    g_source_set_ready_time (self->reaper, next == G_MAXINT64 ? -1 : next);
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < overdue->len; i++)
    g_cancellable_cancel (g_ptr_array_index (overdue, i));
  rescue_all (self, given_up);
  return G_SOURCE_CONTINUE;
}

static gboolean
reaper_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs reaper_funcs = { .dispatch = reaper_dispatch };

static void
start_reaper (MillStage *self)
{
  self->reaper = g_source_new (&reaper_funcs, sizeof (GSource));
  g_source_set_static_name (self->reaper, "mill time-outs");
  g_source_set_callback (self->reaper, reap_cb, self, NULL);
  g_source_set_ready_time (self->reaper, 0);
  g_source_attach (self->reaper, self->links.control);
}

static void
set_consumers (MillStage *self, guint consumers)
{
  gboolean changed;

  g_mutex_lock (&self->lock);
  changed = self->consumers != consumers;
  self->consumers = consumers;
  adjust_and_unlock (self);
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CONSUMERS]);
}

static void
set_timeout (MillStage *self, double timeout_s)
{
  gboolean changed;

  g_mutex_lock (&self->lock);
  changed = self->timeout_s < timeout_s || self->timeout_s > timeout_s;
  self->timeout_s = timeout_s;
  if (self->reaper != NULL)
    g_source_set_ready_time (self->reaper, 0);
  g_mutex_unlock (&self->lock);
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TIMEOUT]);
}

static void
set_grace (MillStage *self, double grace_s)
{
  gboolean changed;

  g_mutex_lock (&self->lock);
  changed = self->grace_s < grace_s || self->grace_s > grace_s;
  self->grace_s = grace_s;
  g_mutex_unlock (&self->lock);
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_GRACE]);
}

static void
set_retry (MillStage *self, const MillRetryPolicy *policy, GParamSpec *pspec)
{
  gboolean changed;

  g_mutex_lock (&self->lock);
  changed = memcmp (&self->retry, policy, sizeof *policy) != 0;
  self->retry = *policy;
  g_mutex_unlock (&self->lock);
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), pspec);
}

static void
mill_stage_finalize (GObject *object)
{
  MillStage *self = MILL_STAGE (object);

  g_free (self->name);
  g_clear_object (&self->step);
  g_clear_object (&self->queue);
  g_clear_object (&self->semaphore);
  g_clear_object (&self->limiter);
  g_clear_object (&self->budget);
  g_clear_pointer (&self->rand, g_rand_free);
  g_ptr_array_unref (self->serving);
  g_ptr_array_unref (self->stuck);
  g_ptr_array_unref (self->workers);
  mill_histogram_free (self->service);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (mill_stage_parent_class)->finalize (object);
}

static void
mill_stage_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MillStage *self = MILL_STAGE (object);
  MillRetryPolicy policy;

  mill_stage_get_retry_policy (self, &policy);
  switch ((MillStageProperty) prop_id)
    {
    case PROP_MAXSIZE:
      g_value_set_int (value, mill_queue_get_maxsize (self->queue));
      break;
    case PROP_CONSUMERS:
      g_mutex_lock (&self->lock);
      g_value_set_uint (value, self->consumers);
      g_mutex_unlock (&self->lock);
      break;
    case PROP_SLOTS:
      g_value_set_uint (value, mill_semaphore_get_permits (self->semaphore));
      break;
    case PROP_RATE:
      g_value_set_double (value, mill_rate_limiter_get_rate (self->limiter));
      break;
    case PROP_BURST:
      g_value_set_uint (value, mill_rate_limiter_get_burst (self->limiter));
      break;
    case PROP_TIMEOUT:
      g_mutex_lock (&self->lock);
      g_value_set_double (value, self->timeout_s);
      g_mutex_unlock (&self->lock);
      break;
    case PROP_RETRIES:
      g_value_set_uint (value, policy.retries);
      break;
    case PROP_BACKOFF:
      g_value_set_double (value, policy.base);
      break;
    case PROP_RETRY_BUDGET:
      g_value_set_uint (value, mill_retry_budget_get_percent (self->budget));
      break;
    case PROP_GRACE:
      g_value_set_double (value, (double) mill_stage_get_grace_us (self) / G_USEC_PER_SEC);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_stage_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MillStage *self = MILL_STAGE (object);
  MillRetryPolicy policy;

  mill_stage_get_retry_policy (self, &policy);
  switch ((MillStageProperty) prop_id)
    {
    case PROP_MAXSIZE:
      mill_queue_set_maxsize (self->queue, g_value_get_int (value));
      break;
    case PROP_CONSUMERS:
      set_consumers (self, g_value_get_uint (value));
      break;
    case PROP_SLOTS:
      mill_semaphore_set_permits (self->semaphore, g_value_get_uint (value));
      break;
    case PROP_RATE:
      mill_rate_limiter_set_rate (self->limiter, g_value_get_double (value));
      break;
    case PROP_BURST:
      mill_rate_limiter_set_burst (self->limiter, g_value_get_uint (value));
      break;
    case PROP_TIMEOUT:
      set_timeout (self, g_value_get_double (value));
      break;
    case PROP_RETRIES:
      policy.retries = g_value_get_uint (value);
      set_retry (self, &policy, pspec);
      break;
    case PROP_BACKOFF:
      policy.base = g_value_get_double (value);
      set_retry (self, &policy, pspec);
      break;
    case PROP_RETRY_BUDGET:
      mill_retry_budget_set_percent (self->budget, g_value_get_uint (value));
      break;
    case PROP_GRACE:
      set_grace (self, g_value_get_double (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_stage_class_init (MillStageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = mill_stage_finalize;
  object_class->get_property = mill_stage_get_property;
  object_class->set_property = mill_stage_set_property;

  /**
   * MillStage:maxsize:
   *
   * The most items the queue holds; a full queue blocks whoever fills it. 0 is no bound. Live, from any
   * thread.
   */
  props[PROP_MAXSIZE] =
      g_param_spec_int ("maxsize", _ ("Max size"),
                        _ ("The most items the queue holds; a full queue blocks whoever fills it. "
                           "0 is no bound."),
                        0, MAX_MAXSIZE, 0, MILL_KNOB_FLAGS);
  /**
   * MillStage:consumers:
   *
   * How many workers take items from the queue. Live, from any thread.
   */
  props[PROP_CONSUMERS] =
      g_param_spec_uint ("consumers", _ ("Consumers"), _ ("How many workers take items from the queue."), 0,
                         MAX_CONSUMERS, 4, MILL_KNOB_FLAGS);
  /**
   * MillStage:slots:
   *
   * How many items may be worked on at a time; a semaphore. 0 is no limit. Live, from any thread.
   */
  props[PROP_SLOTS] = g_param_spec_uint (
      "slots", _ ("Slots"), _ ("How many items may be worked on at a time; a semaphore. 0 is no limit."), 0,
      MAX_SLOTS, 0, MILL_KNOB_FLAGS);
  /**
   * MillStage:rate:
   *
   * How many attempts may begin in a second; a token bucket. 0 is no limit. Live, from any thread.
   */
  props[PROP_RATE] = mill_knob_with_unit (
      g_param_spec_double ("rate", _ ("Rate"),
                           _ ("How many attempts may begin in a second; a token bucket. 0 is no limit."), 0,
                           MAX_RATE, 0, MILL_KNOB_FLAGS),
      N_ ("/s"));
  /**
   * MillStage:burst:
   *
   * How many attempts may begin at once, beyond the rate, after a quieter time. Live, from any thread.
   */
  props[PROP_BURST] = g_param_spec_uint (
      "burst", _ ("Burst"), _ ("How many attempts may begin at once, beyond the rate, after a quieter time."),
      1, MAX_BURST, 1, MILL_KNOB_FLAGS);
  /**
   * MillStage:timeout:
   *
   * How long one attempt may take before it is cancelled. 0 is no limit, in seconds. Live, from any thread.
   */
  props[PROP_TIMEOUT] = mill_knob_with_unit (
      g_param_spec_double ("timeout", _ ("Timeout"),
                           _ ("How long one attempt may take before it is cancelled. 0 is no limit."), 0,
                           86400, 0, MILL_KNOB_FLAGS),
      N_ ("s"));
  /**
   * MillStage:retries:
   *
   * How often a failed item is tried again, if that may help. Live, from any thread.
   */
  props[PROP_RETRIES] = g_param_spec_uint ("retries", _ ("Retries"),
                                           _ ("How often a failed item is tried again, if that may help."), 0,
                                           100, 2, MILL_KNOB_FLAGS);
  /**
   * MillStage:backoff:
   *
   * The wait before the first retry; it doubles each time, plus up to 20 %, in seconds. Live, from any
   * thread.
   */
  props[PROP_BACKOFF] = mill_knob_with_unit (
      g_param_spec_double ("backoff", _ ("Backoff base"),
                           _ ("The wait before the first retry; it doubles each time, plus up to 20 %."), 0,
                           3600, 0.1, MILL_KNOB_FLAGS),
      N_ ("s"));
  /**
   * MillStage:retry-budget:
   *
   * How many retries there may be for a hundred items, beyond ten a second. When it is spent, what fails is
   * not tried again. 0 is no limit. Live, from any thread.
   */
  props[PROP_RETRY_BUDGET] = mill_knob_with_unit (
      g_param_spec_uint (
          "retry-budget", _ ("Retry budget"),
          _ ("How many retries there may be for a hundred items, beyond ten a second. When it is spent, "
             "what fails is not tried again. 0 is no limit."),
          0, MILL_RETRY_BUDGET_MAX_PERCENT, MILL_RETRY_BUDGET_DEFAULT_PERCENT, MILL_KNOB_FLAGS),
      N_ ("%"));
  props[PROP_GRACE] = mill_knob_with_unit (
      g_param_spec_double (
          "grace", _ ("Grace"),
          _ ("How long a step may take to end once it was cancelled, before it is given up on."), 0, 86400,
          DEFAULT_GRACE, MILL_CONFIG_FLAGS),
      N_ ("s"));
  g_object_class_install_properties (object_class, G_N_ELEMENTS (props), props);
}

static void
mill_stage_init (MillStage *self)
{
  g_mutex_init (&self->lock);
  self->queue = mill_queue_new (0);
  self->semaphore = mill_semaphore_new (0);
  self->limiter = mill_rate_limiter_new (0, 1, NULL);
  self->budget = mill_retry_budget_new (MILL_RETRY_BUDGET_DEFAULT_PERCENT, NULL);
  self->workers = g_ptr_array_new_with_free_func ((GDestroyNotify) mill_worker_unref);
  self->serving = g_ptr_array_new ();
  self->stuck = g_ptr_array_new_with_free_func ((GDestroyNotify) mill_worker_unref);
  self->service = mill_histogram_new ();
  self->consumers = 4;
  self->grace_s = DEFAULT_GRACE;
  self->retry = (MillRetryPolicy){ .retries = 2, .base = 0.1, .cap = LONGEST_BACKOFF };
}

/**
 * mill_stage_new:
 * @name: its name, unique in the pipeline
 * @kind: what its workers are
 * @step: (transfer none): what they do
 *
 * Creates a stage of no workers: set its `consumers`.
 *
 * Returns: (transfer full): a stage with an unbounded queue, 4 consumers and no other limit
 */
MillStage *
mill_stage_new (const char *name, MillKind kind, MillStep *step)
{
  MillStage *self = g_object_new (MILL_TYPE_STAGE, NULL);

  self->name = g_strdup (name);
  /* The same in every run, and another one in every stage. */
  self->rand = g_rand_new_with_seed (g_str_hash (name));
  self->kind = kind;
  self->step = g_object_ref (step);
  return self;
}

/**
 * mill_stage_get_name:
 *
 * The stage's name.
 *
 * Returns: (transfer none): its name in job files
 */
const char *
mill_stage_get_name (MillStage *self)
{
  return self->name;
}

/**
 * mill_stage_get_kind:
 *
 * What the stage's workers are.
 *
 * Returns: threads or tasks
 */
MillKind
mill_stage_get_kind (MillStage *self)
{
  return self->kind;
}

/**
 * mill_stage_get_step:
 *
 * What happens to an item.
 *
 * Returns: (transfer none): what the workers do
 */
MillStep *
mill_stage_get_step (MillStage *self)
{
  return self->step;
}

/**
 * mill_stage_get_queue:
 *
 * Where the stage's items wait.
 *
 * Returns: (transfer none): the input queue
 */
MillQueue *
mill_stage_get_queue (MillStage *self)
{
  return self->queue;
}

/**
 * mill_stage_get_semaphore:
 *
 * What limits how many items are in work.
 *
 * Returns: (transfer none): what limits the items in work
 */
MillSemaphore *
mill_stage_get_semaphore (MillStage *self)
{
  return self->semaphore;
}

/**
 * mill_stage_get_rate_limiter:
 *
 * What limits how fast attempts begin.
 *
 * Returns: (transfer none): what limits the attempts that begin in a second
 */
MillRateLimiter *
mill_stage_get_rate_limiter (MillStage *self)
{
  return self->limiter;
}

/**
 * mill_stage_get_retry_budget:
 *
 * What limits how many attempts are repeated.
 *
 * Returns: (transfer none): what limits the retries of all items together
 */
MillRetryBudget *
mill_stage_get_retry_budget (MillStage *self)
{
  return self->budget;
}

/* Has limiter and budget go by @clock; nobody uses them yet. */
static void
set_clock (MillStage *self, MillClock *clock)
{
  g_autoptr (MillRateLimiter) limiter = g_steal_pointer (&self->limiter);
  g_autoptr (MillRetryBudget) budget = g_steal_pointer (&self->budget);

  self->limiter = mill_rate_limiter_new (mill_rate_limiter_get_rate (limiter),
                                         mill_rate_limiter_get_burst (limiter), clock);
  self->budget = mill_retry_budget_new (mill_retry_budget_get_percent (budget), clock);
}

/* Starts the workers. */
void
mill_stage_start (MillStage *self, const MillStageLinks *links)
{
  self->links = *links;
  if (links->clock != mill_clock_get_real ())
    set_clock (self, links->clock);
  g_mutex_lock (&self->lock);
  self->running = TRUE;
  self->step_open = TRUE;
  start_reaper (self);
  adjust_and_unlock (self);
}

/* Cancels all workers, now and for good. */
void
mill_stage_cancel_workers (MillStage *self)
{
  g_autoptr (GPtrArray) workers = NULL;

  g_mutex_lock (&self->lock);
  self->running = FALSE;
  g_mutex_unlock (&self->lock);
  workers = ref_workers (self);
  for (guint i = 0; i < workers->len; i++)
    mill_worker_cancel (g_ptr_array_index (workers, i));
  /* Those that do not care are to be given up on. */
  g_mutex_lock (&self->lock);
  if (self->reaper != NULL)
    g_source_set_ready_time (self->reaper, 0);
  g_mutex_unlock (&self->lock);
}

/* Whether no worker is left; if so none will be started any more. */
gboolean
mill_stage_try_close (MillStage *self)
{
  gboolean closed;

  g_mutex_lock (&self->lock);
  closed = self->workers->len == 0;
  if (closed)
    self->running = FALSE;
  g_mutex_unlock (&self->lock);
  return closed;
}

/* On the control thread, at the end. */
void
mill_stage_stop_timer (MillStage *self)
{
  g_mutex_lock (&self->lock);
  if (self->reaper != NULL)
    g_source_destroy (self->reaper);
  g_clear_pointer (&self->reaper, g_source_unref);
  g_mutex_unlock (&self->lock);
}

const MillStageLinks *
mill_stage_get_links (MillStage *self)
{
  return &self->links;
}

void
mill_stage_get_retry_policy (MillStage *self, MillRetryPolicy *policy)
{
  g_mutex_lock (&self->lock);
  *policy = self->retry;
  g_mutex_unlock (&self->lock);
}

/* A random number in [0, 1) for a wait before a retry. Any thread. */
double
mill_stage_get_jitter (MillStage *self)
{
  double uniform;

  g_mutex_lock (&self->lock);
  uniform = g_rand_double (self->rand);
  g_mutex_unlock (&self->lock);
  return uniform;
}

gint64
mill_stage_get_timeout_us (MillStage *self)
{
  double timeout;

  g_mutex_lock (&self->lock);
  timeout = self->timeout_s;
  g_mutex_unlock (&self->lock);
  return (gint64) (timeout * G_USEC_PER_SEC);
}

gint64
mill_stage_get_grace_us (MillStage *self)
{
  double grace;

  g_mutex_lock (&self->lock);
  grace = self->grace_s;
  g_mutex_unlock (&self->lock);
  return (gint64) (grace * G_USEC_PER_SEC);
}

void
mill_stage_record_service (MillStage *self, gint64 duration_us)
{
  g_mutex_lock (&self->lock);
  mill_histogram_record (self->service, duration_us);
  g_mutex_unlock (&self->lock);
}

/* The worker's thread or task has ended. */
void
mill_stage_worker_reaped (MillStage *self, MillWorker *worker)
{
  MillWorkerState state;

  g_mutex_lock (&self->lock);
  mill_worker_add_times (worker, g_get_monotonic_time (), &state, self->past_state_us);
  g_ptr_array_remove_fast (self->serving, worker);
  g_ptr_array_remove (self->workers, worker);
  g_mutex_unlock (&self->lock);
}

/* Starts a worker that goes on with @item (transfer none), the @attempt-th time at @retry_at_us. On the
 * control thread. FALSE when there can be none. */
gboolean
mill_stage_hand_over (MillStage *self, MillItem *item, guint attempt, gint64 retry_at_us)
{
  MillWorker *worker;
  gboolean ok;

  g_mutex_lock (&self->lock);
  ok = self->running && self->stuck->len <= MILL_MAX_STUCK;
  if (ok)
    {
      worker = mill_worker_new (self, ++self->next_number);
      mill_worker_inherit (worker, mill_item_ref (item), attempt, retry_at_us);
      ok = start_locked (self, worker);
    }
  g_mutex_unlock (&self->lock);
  return ok;
}

static void
report_return (MillStage *self, MillWorker *worker)
{
  g_autofree char *name = mill_worker_dup_name (worker);
  double seconds = (double) (g_get_monotonic_time () - worker->attempt_began_us) / G_USEC_PER_SEC;

  /* Translators: a worker's name, then seconds */
  mill_pipeline_report_fault (
      self->links.pipeline,
      g_strdup_printf (_ ("%s came back after %.3g s; its result came too late"), name, seconds));
}

/* The step of one of the stuck has ended. Any thread, also when the pipeline is gone; drops the reference
 * that the list had. */
void
mill_stage_worker_came_back (MillStage *self, MillWorker *worker)
{
  gboolean close;
  guint index;

  g_mutex_lock (&self->lock);
  if (g_ptr_array_find (self->stuck, worker, &index))
    g_ptr_array_steal_index (self->stuck, index);
  close = self->over && self->stuck->len == 0 && self->step_open;
  if (close)
    self->step_open = FALSE;
  if (!self->over)
    report_return (self, worker);
  adjust_and_unlock (self);
  if (close)
    mill_step_close (self->step);
  mill_worker_unref (worker);
}

/* At the end, on the control thread: from now on nobody of this stage looks at the pipeline. The step is
 * closed, unless some are stuck in it. */
void
mill_stage_close_step (MillStage *self)
{
  gboolean close;

  g_mutex_lock (&self->lock);
  self->over = TRUE;
  close = self->stuck->len == 0 && self->step_open;
  if (close)
    self->step_open = FALSE;
  g_mutex_unlock (&self->lock);
  if (close)
    mill_step_close (self->step);
}

/* Adds a #MillStuck (transfer full) to @list for each worker that was given up on and has not come back. */
void
mill_stage_list_stuck (MillStage *self, GPtrArray *list)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->stuck->len; i++)
    g_ptr_array_add (list, mill_worker_describe_stuck (g_ptr_array_index (self->stuck, i)));
  g_mutex_unlock (&self->lock);
}

guint
mill_stage_get_n_workers (MillStage *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->workers->len;
  g_mutex_unlock (&self->lock);
  return n;
}

/* Fills in all that is the stage's own; the books are the pipeline's. */
void
mill_stage_fill_snapshot (MillStage *self, MillStageSnapshot *snapshot)
{
  gint64 now = g_get_monotonic_time ();

  snapshot->name = g_strdup (self->name);
  snapshot->kind = self->kind;
  snapshot->permits = mill_semaphore_get_permits (self->semaphore);
  snapshot->held = mill_semaphore_get_held (self->semaphore);
  snapshot->waiting = mill_semaphore_get_waiting (self->semaphore);
  snapshot->rate = mill_rate_limiter_get_rate (self->limiter);
  snapshot->burst = mill_rate_limiter_get_burst (self->limiter);
  snapshot->retries_refused = mill_retry_budget_get_refused (self->budget);
  snapshot->slots = g_array_new (FALSE, FALSE, sizeof (MillSlot));
  mill_semaphore_get_slots (self->semaphore, snapshot->slots);
  mill_queue_get_stats (self->queue, &snapshot->queue);

  g_mutex_lock (&self->lock);
  snapshot->consumers = self->consumers;
  snapshot->workers = self->workers->len;
  snapshot->worker_states = g_new0 (guint8, self->workers->len);
  memcpy (snapshot->state_us, self->past_state_us, sizeof snapshot->state_us);
  for (guint i = 0; i < self->workers->len; i++)
    {
      MillWorkerState state;

      mill_worker_add_times (g_ptr_array_index (self->workers, i), now, &state, snapshot->state_us);
      snapshot->worker_states[i] = (guint8) state;
      snapshot->by_state[state]++;
    }
  snapshot->service = mill_histogram_copy (self->service);
  g_mutex_unlock (&self->lock);
}
