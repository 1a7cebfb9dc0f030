/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillSimulateStep: simulated input and output, in both worlds. How long an item takes and whether it fails
 * are functions of (seed, item, attempt) alone, so two runs agree whatever the order in which workers took
 * the items, and workers share no random state. */

#include "config.h"

#include "steps/mill-simulate-step.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "core/mill-cancel-source-private.h"
#include "core/mill-clock.h"
#include "core/mill-error.h"
#include "core/mill-random-private.h"
#include "mill-enum-types.h"
#include "pipeline/mill-knob.h"
#include "pipeline/mill-pipeline.h"

#define LONGEST_MS 3600000.0 /* the tail of a wide lognormal has no end */

typedef struct
{
  double latency_ms;
  double spread_ms;
  double error_rate;
  MillDistribution distribution;
  guint seed;
} Settings;

struct _MillSimulateStep
{
  MillStep parent_instance;

  MillClock *clock; /* (owned) (nullable) of a run that leaps; NULL is the real one. Set by open */

  GMutex lock;
  Settings settings; /* (lock) */
};

typedef enum
{
  PROP_LATENCY = 1,
  PROP_SPREAD,
  PROP_ERROR_RATE,
  PROP_DISTRIBUTION,
  PROP_SEED,
} MillSimulateStepProperty;

static GParamSpec *properties[PROP_SEED + 1];

G_DEFINE_FINAL_TYPE (MillSimulateStep, mill_simulate_step, MILL_TYPE_STEP)

/* Box and Muller, "A Note on the Generation of Random Normal Deviates", 1958. */
static double
draw_normal (guint64 *state)
{
  double radius = sqrt (-2.0 * log1p (-mill_random_draw (state)));

  return radius * cos (2.0 * G_PI * mill_random_draw (state));
}

/* exp (mu + sigma z) has the mean m and the deviation s when sigma² = ln (1 + s²/m²) and mu = ln m -
 * sigma²/2: Johnson, Kotz and Balakrishnan, "Continuous Univariate Distributions", vol. 1, ch. 14. */
static double
draw_lognormal (guint64 *state, double mean, double deviation)
{
  double variance, normal = draw_normal (state);

  if (mean <= 0.0)
    return 0.0;
  variance = log1p ((deviation / mean) * (deviation / mean));
  return exp (log (mean) - variance / 2.0 + sqrt (variance) * normal);
}

static double
draw_milliseconds (const Settings *settings, guint64 *state)
{
  switch (settings->distribution)
    {
    case MILL_DISTRIBUTION_UNIFORM:
      return settings->latency_ms + settings->spread_ms * (2.0 * mill_random_draw (state) - 1.0);
    case MILL_DISTRIBUTION_EXPONENTIAL:
      /* the inverse of its distribution function */
      return -settings->latency_ms * log1p (-mill_random_draw (state));
    case MILL_DISTRIBUTION_LOGNORMAL:
      return draw_lognormal (state, settings->latency_ms, settings->spread_ms);
    case MILL_DISTRIBUTION_FIXED:
    default:
      return settings->latency_ms;
    }
}

static gboolean
return_outcome (gboolean fails, GError **error)
{
  if (!fails)
    return TRUE;
  g_set_error_literal (error, MILL_ERROR, MILL_ERROR_RETRYABLE, _ ("simulated failure"));
  return FALSE;
}

static gboolean
mill_simulate_step_process (MillStep *step, MillWork *work, GCancellable *cancellable, GError **error)
{
  MillSimulateStep *self = MILL_SIMULATE_STEP (step);
  guint64 id = mill_item_get_id (mill_work_get_item (work));
  gint64 started_us = g_get_monotonic_time ();
  gboolean fails;
  gint64 duration_us = mill_simulate_step_get_duration (self, id, mill_work_get_attempt (work), &fails);

  if (duration_us > 0)
    mill_clock_wait_until (mill_clock_get_real (), started_us + duration_us, cancellable, NULL);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  return return_outcome (fails, error);
}

/* The asynchronous wait. */
typedef struct
{
  gboolean fails;
  GSource *timer; /* (owned) (nullable) the end of the nap, or its cancellation */
  GSource *alarm; /* (owned) (nullable) the end of the nap, by the clock of a run that leaps */
} Nap;

static void
nap_end (Nap *nap)
{
  g_clear_pointer (&nap->timer, mill_cancel_source_destroy);
  if (nap->alarm != NULL)
    g_source_destroy (nap->alarm);
  g_clear_pointer (&nap->alarm, g_source_unref);
}

static void
nap_free (gpointer data)
{
  nap_end (data);
  g_free (data);
}

static gboolean
nap_over_cb (gpointer user_data)
{
  GTask *task = user_data;
  Nap *nap = g_task_get_task_data (task);
  GError *error = NULL;

  nap_end (nap);
  if (g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;
  if (return_outcome (nap->fails, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
  return G_SOURCE_REMOVE;
}

static void
attach_nap (GTask *task, gint64 deadline_us, MillClock *clock)
{
  Nap *nap = g_task_get_task_data (task);

  nap->timer = mill_cancel_source_new ("mill nap", clock == NULL ? deadline_us : MILL_NEVER,
                                       g_task_get_cancellable (task), nap_over_cb, g_object_ref (task),
                                       g_object_unref);
  g_source_attach (nap->timer, g_task_get_context (task));
  if (clock == NULL)
    return;
  nap->alarm = mill_clock_source_new (clock, deadline_us);
  g_source_set_callback (nap->alarm, nap_over_cb, g_object_ref (task), g_object_unref);
  g_source_attach (nap->alarm, g_task_get_context (task));
}

static void
mill_simulate_step_process_async (MillStep *step, MillWork *work, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data)
{
  MillSimulateStep *self = MILL_SIMULATE_STEP (step);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  guint64 id = mill_item_get_id (mill_work_get_item (work));
  gint64 started_us = self->clock == NULL ? g_get_monotonic_time () : mill_clock_get_time (self->clock);
  Nap *nap = g_new0 (Nap, 1);
  gint64 duration_us = mill_simulate_step_get_duration (self, id, mill_work_get_attempt (work), &nap->fails);

  g_task_set_task_data (task, nap, nap_free);
  if (duration_us > 0)
    attach_nap (task, started_us + duration_us, self->clock);
  else
    nap_over_cb (task);
}

static gboolean
mill_simulate_step_open (MillStep *step, MillPipeline *pipeline, GError **error)
{
  MillSimulateStep *self = MILL_SIMULATE_STEP (step);

  g_clear_object (&self->clock);
  if (mill_pipeline_is_leaping (pipeline))
    self->clock = g_object_ref (mill_pipeline_get_clock (pipeline));
  return TRUE;
}

static double
mill_simulate_step_get_exponential_mean (MillStep *step)
{
  MillSimulateStep *self = MILL_SIMULATE_STEP (step);
  Settings now;

  g_mutex_lock (&self->lock);
  now = self->settings;
  g_mutex_unlock (&self->lock);
  return now.distribution == MILL_DISTRIBUTION_EXPONENTIAL && now.error_rate <= 0.0 ? now.latency_ms * 1000.0
                                                                                    : -1.0;
}

static gboolean
mill_simulate_step_process_finish (MillStep *step, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
mill_simulate_step_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MillSimulateStep *self = MILL_SIMULATE_STEP (object);
  Settings now;

  g_mutex_lock (&self->lock);
  now = self->settings;
  g_mutex_unlock (&self->lock);
  switch ((MillSimulateStepProperty) prop_id)
    {
    case PROP_LATENCY:
      g_value_set_double (value, now.latency_ms);
      break;
    case PROP_SPREAD:
      g_value_set_double (value, now.spread_ms);
      break;
    case PROP_ERROR_RATE:
      g_value_set_double (value, now.error_rate);
      break;
    case PROP_DISTRIBUTION:
      g_value_set_enum (value, (gint) now.distribution);
      break;
    case PROP_SEED:
      g_value_set_uint (value, now.seed);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

/* Changes one setting; says whether it was another one before. */
static gboolean
change_locked (Settings *settings, MillSimulateStepProperty property, const GValue *value)
{
  Settings before = *settings;

  switch (property)
    {
    case PROP_LATENCY:
      settings->latency_ms = g_value_get_double (value);
      break;
    case PROP_SPREAD:
      settings->spread_ms = g_value_get_double (value);
      break;
    case PROP_ERROR_RATE:
      settings->error_rate = g_value_get_double (value);
      break;
    case PROP_DISTRIBUTION:
      settings->distribution = (MillDistribution) g_value_get_enum (value);
      break;
    case PROP_SEED:
      settings->seed = g_value_get_uint (value);
      break;
    default:
      break;
    }
  return memcmp (&before, settings, sizeof before) != 0;
}

static void
mill_simulate_step_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MillSimulateStep *self = MILL_SIMULATE_STEP (object);
  gboolean changed;

  if (prop_id < PROP_LATENCY || prop_id > PROP_SEED)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      return;
    }
  g_mutex_lock (&self->lock);
  changed = change_locked (&self->settings, (MillSimulateStepProperty) prop_id, value);
  g_mutex_unlock (&self->lock);
  if (changed)
    g_object_notify_by_pspec (object, pspec);
}

static void
mill_simulate_step_finalize (GObject *object)
{
  MillSimulateStep *self = MILL_SIMULATE_STEP (object);

  g_clear_object (&self->clock);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (mill_simulate_step_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  /**
   * MillSimulateStep:latency:
   *
   * How long an item takes, on average, in milliseconds. Live, from any thread.
   */
  properties[PROP_LATENCY] = mill_knob_with_unit (
      g_param_spec_double ("latency", _ ("Latency"), _ ("How long an item takes, on average"), 0.0, 60000.0,
                           10.0, MILL_KNOB_FLAGS),
      N_ ("ms"));
  /**
   * MillSimulateStep:spread:
   *
   * Uniform: half the width of the range. Lognormal: the standard deviation, in milliseconds. Live, from any
   * thread.
   */
  properties[PROP_SPREAD] = mill_knob_with_unit (
      g_param_spec_double ("spread", _ ("Spread"),
                           _ ("Uniform: half the width of the range. Lognormal: the standard deviation"), 0.0,
                           60000.0, 0.0, MILL_KNOB_FLAGS),
      N_ ("ms"));
  /**
   * MillSimulateStep:error-rate:
   *
   * The share of attempts that fail. Live, from any thread.
   */
  properties[PROP_ERROR_RATE] = g_param_spec_double (
      "error-rate", _ ("Error rate"), _ ("The share of attempts that fail"), 0.0, 1.0, 0.0, MILL_KNOB_FLAGS);
  /**
   * MillSimulateStep:distribution:
   *
   * How the time per item is spread around the latency.
   */
  properties[PROP_DISTRIBUTION] = g_param_spec_enum (
      "distribution", _ ("Distribution"), _ ("How the time per item is spread around the latency"),
      MILL_TYPE_DISTRIBUTION, MILL_DISTRIBUTION_FIXED, MILL_CONFIG_FLAGS);
  /**
   * MillSimulateStep:seed:
   *
   * The same seed gives the same times and failures.
   */
  properties[PROP_SEED] =
      g_param_spec_uint ("seed", _ ("Seed"), _ ("The same seed gives the same times and failures"), 0,
                         G_MAXUINT, 1, MILL_CONFIG_FLAGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mill_simulate_step_class_init (MillSimulateStepClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  MillStepClass *step_class = MILL_STEP_CLASS (klass);

  object_class->get_property = mill_simulate_step_get_property;
  object_class->set_property = mill_simulate_step_set_property;
  object_class->finalize = mill_simulate_step_finalize;
  step_class->open = mill_simulate_step_open;
  step_class->process = mill_simulate_step_process;
  step_class->process_async = mill_simulate_step_process_async;
  step_class->process_finish = mill_simulate_step_process_finish;
  step_class->get_exponential_mean = mill_simulate_step_get_exponential_mean;
  step_class->keeps_time = TRUE;
  install_properties (object_class);
}

static void
mill_simulate_step_init (MillSimulateStep *self)
{
  g_mutex_init (&self->lock);
  self->settings = (Settings){ .latency_ms = 10.0, .distribution = MILL_DISTRIBUTION_FIXED, .seed = 1 };
}

/**
 * mill_simulate_step_new:
 *
 * Creates the step with its defaults: 10 ms for every item, no failures.
 *
 * Returns: (transfer full): the step
 */
MillStep *
mill_simulate_step_new (void)
{
  return g_object_new (MILL_TYPE_SIMULATE_STEP, NULL);
}

/**
 * mill_simulate_step_get_duration:
 * @item_id: the item's number
 * @attempt: how many attempts at it have failed
 * @fails: (out): whether the attempt is to fail
 *
 * What will happen at an attempt, with the settings of this moment. The result depends on nothing else. May
 * be called from any thread.
 *
 * Returns: how long it takes, in microseconds
 */
gint64
mill_simulate_step_get_duration (MillSimulateStep *self, guint64 item_id, guint attempt, gboolean *fails)
{
  guint64 state;
  double milliseconds;
  Settings now;

  g_return_val_if_fail (MILL_IS_SIMULATE_STEP (self), 0);

  g_mutex_lock (&self->lock);
  now = self->settings;
  g_mutex_unlock (&self->lock);
  state = mill_random_state_for (now.seed, item_id, attempt);
  *fails = mill_random_draw (&state) < now.error_rate;
  milliseconds = draw_milliseconds (&now, &state);
  return (gint64) (CLAMP (milliseconds, 0.0, LONGEST_MS) * 1000.0);
}
