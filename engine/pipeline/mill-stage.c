/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillStage: an input queue, its workers, and their limits. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "core/mill-lock-private.h"
#include "mill-enum-types.h"
#include "pipeline/mill-fault-private.h"
#include "pipeline/mill-knob.h"
#include "pipeline/mill-pipeline-private.h"
#include "pipeline/mill-stage-private.h"
#include "pipeline/mill-worker-private.h"

#define MAX_CONSUMERS   10000
#define MAX_SLOTS       10000
#define MAX_MAXSIZE     10000000
#define MAX_RATE        1e9
#define MAX_BURST       10000
#define LONGEST_BACKOFF 60.0
#define DEFAULT_GRACE   2.0

typedef enum
{
  PROP_MAXSIZE = 1,
  PROP_CONSUMERS,
  PROP_ORDER,
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

static void
set_consumers (MillStage *self, guint consumers)
{
  gboolean changed;

  g_mutex_lock (&self->lock);
  changed = self->consumers != consumers;
  self->consumers = consumers;
  mill_stage_adjust_and_unlock (self);
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
  atomic_store (&self->timeout_us, (gint64) (timeout_s * G_USEC_PER_SEC));
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
  g_clear_object (&self->fault);
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
    case PROP_ORDER:
      g_value_set_enum (value, (gint) mill_queue_get_order (self->queue));
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
    case PROP_ORDER:
      mill_queue_set_order (self->queue, (MillQueueOrder) g_value_get_enum (value));
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
                        0, MAX_MAXSIZE, 0, MILL_KNOB_FLAGS | MILL_PARAM_UNLIMITED);
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
      MAX_SLOTS, 0, MILL_KNOB_FLAGS | MILL_PARAM_UNLIMITED);
  /**
   * MillStage:rate:
   *
   * How many attempts may begin in a second; a token bucket. 0 is no limit. Live, from any thread.
   */
  props[PROP_RATE] = mill_knob_with_unit (
      g_param_spec_double ("rate", _ ("Rate"),
                           _ ("How many attempts may begin in a second; a token bucket. 0 is no limit."), 0,
                           MAX_RATE, 0, MILL_KNOB_FLAGS | MILL_PARAM_UNLIMITED),
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
                           86400, 0, MILL_KNOB_FLAGS | MILL_PARAM_UNLIMITED),
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
          0, MILL_RETRY_BUDGET_MAX_PERCENT, MILL_RETRY_BUDGET_DEFAULT_PERCENT,
          MILL_KNOB_FLAGS | MILL_PARAM_UNLIMITED),
      N_ ("%"));
  /**
   * MillStage:grace:
   *
   * How long a step may take to end once it was cancelled, before it is given up on, in seconds. Fixed from
   * the start on.
   */
  props[PROP_GRACE] = mill_knob_with_unit (
      g_param_spec_double (
          "grace", _ ("Grace"),
          _ ("How long a step may take to end once it was cancelled, before it is given up on."), 0, 86400,
          DEFAULT_GRACE, MILL_CONFIG_FLAGS),
      N_ ("s"));
  /**
   * MillStage:order:
   *
   * In which order items leave the queue: fifo, lifo, or priority, the lowest number first. Live, from any
   * thread.
   */
  props[PROP_ORDER] =
      g_param_spec_enum ("order", _ ("Order"),
                         _ ("Which item is next: fifo, the one that has waited longest; lifo, the last one "
                            "that came; priority, the most urgent one."),
                         MILL_TYPE_QUEUE_ORDER, MILL_QUEUE_ORDER_FIFO, MILL_KNOB_FLAGS);
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
 * Creates a stage that works once its pipeline is started.
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
  self->fault = mill_fault_new (g_str_hash (name));
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

/**
 * mill_stage_get_fault:
 *
 * The trouble that is made for the stage's attempts.
 *
 * Returns: (transfer none): its faults, which are off at first
 */
MillFault *
mill_stage_get_fault (MillStage *self)
{
  return self->fault;
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
  return atomic_load_explicit (&self->timeout_us, memory_order_relaxed);
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

/* By which items and workers are timed. Any thread. */
gint64
mill_stage_get_time (MillStage *self)
{
  return self->links.is_leaping ? mill_clock_get_time (self->links.clock) : g_get_monotonic_time ();
}

void
mill_stage_record_service (MillStage *self, gint64 duration_us)
{
  mill_lock (&self->lock);
  mill_histogram_record (self->service, duration_us);
  g_mutex_unlock (&self->lock);
}

/* Fills in all that is the stage's own; the books are the pipeline's. */
void
mill_stage_fill_snapshot (MillStage *self, MillStageSnapshot *snapshot)
{
  gint64 now = mill_stage_get_time (self);

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
  snapshot->waits = mill_queue_list_waits (self->queue);
  snapshot->batching = MILL_IS_BATCH_STEP (self->step);

  g_mutex_lock (&self->lock);
  snapshot->consumers = self->consumers;
  snapshot->workers = self->workers->len;
  snapshot->hands = g_array_sized_new (FALSE, TRUE, sizeof (MillHand), self->workers->len);
  g_array_set_size (snapshot->hands, self->workers->len);
  snapshot->worker_states = g_new0 (guint8, self->workers->len);
  memcpy (snapshot->state_us, self->past_state_us, sizeof snapshot->state_us);
  for (guint i = 0; i < self->workers->len; i++)
    {
      MillHand *hand = &g_array_index (snapshot->hands, MillHand, i);

      mill_worker_look_at (g_ptr_array_index (self->workers, i), now, hand, snapshot->state_us);
      snapshot->worker_states[i] = (guint8) hand->state;
      snapshot->by_state[hand->state]++;
    }
  snapshot->service = mill_histogram_copy (self->service);
  g_mutex_unlock (&self->lock);
}
