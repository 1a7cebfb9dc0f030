/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillRetryBudget: items and retries of the last ten seconds, counted second by second. */

#include "config.h"

#include "core/mill-retry-budget.h"

#include "core/mill-limits-private.h"
#include "core/mill-lock-private.h"

#define WINDOW_S      10
#define RESERVE_PER_S 10
#define RESERVE       (WINDOW_S * RESERVE_PER_S)
#define NEVER         G_MININT64

typedef struct
{
  gint64 second; /* of the clock; which one this counts */
  guint64 items;
  guint64 retries;
} Bucket;

struct _MillRetryBudget
{
  GObject parent_instance;

  MillClock *clock; /* (owned) */

  GMutex lock;
  guint percent;
  Bucket buckets[WINDOW_S]; /* by the second, modulo WINDOW_S */
  guint64 refused;
};

typedef enum
{
  PROP_PERCENT = 1,
  PROP_CLOCK,
} MillRetryBudgetProperty;

static GParamSpec *props[PROP_CLOCK + 1];

G_DEFINE_FINAL_TYPE (MillRetryBudget, mill_retry_budget, G_TYPE_OBJECT)

static gint64
get_second (MillRetryBudget *self)
{
  return mill_clock_get_time (self->clock) / G_USEC_PER_SEC;
}

/* The bucket of @second; what it counted ten seconds ago is forgotten. */
static Bucket *
get_bucket_locked (MillRetryBudget *self, gint64 second)
{
  Bucket *bucket = &self->buckets[second % WINDOW_S];

  if (bucket->second != second)
    *bucket = (Bucket){ .second = second };
  return bucket;
}

static guint64
get_balance_locked (MillRetryBudget *self, gint64 second)
{
  guint64 items = 0, retries = 0, allowed;

  for (guint i = 0; i < WINDOW_S; i++)
    if (self->buckets[i].second > second - WINDOW_S)
      {
        items += self->buckets[i].items;
        retries += self->buckets[i].retries;
      }
  allowed = items * self->percent / 100 + RESERVE;
  return allowed > retries ? allowed - retries : 0;
}

static void
mill_retry_budget_constructed (GObject *object)
{
  MillRetryBudget *self = MILL_RETRY_BUDGET (object);

  G_OBJECT_CLASS (mill_retry_budget_parent_class)->constructed (object);
  if (self->clock == NULL)
    self->clock = g_object_ref (mill_clock_get_real ());
}

static void
mill_retry_budget_finalize (GObject *object)
{
  MillRetryBudget *self = MILL_RETRY_BUDGET (object);

  g_clear_object (&self->clock);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (mill_retry_budget_parent_class)->finalize (object);
}

static void
mill_retry_budget_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MillRetryBudget *self = MILL_RETRY_BUDGET (object);

  switch ((MillRetryBudgetProperty) prop_id)
    {
    case PROP_PERCENT:
      g_value_set_uint (value, mill_retry_budget_get_percent (self));
      break;
    case PROP_CLOCK:
      g_value_set_object (value, self->clock);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_retry_budget_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MillRetryBudget *self = MILL_RETRY_BUDGET (object);

  switch ((MillRetryBudgetProperty) prop_id)
    {
    case PROP_PERCENT:
      mill_retry_budget_set_percent (self, g_value_get_uint (value));
      break;
    case PROP_CLOCK:
      self->clock = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_retry_budget_class_init (MillRetryBudgetClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = mill_retry_budget_constructed;
  object_class->finalize = mill_retry_budget_finalize;
  object_class->get_property = mill_retry_budget_get_property;
  object_class->set_property = mill_retry_budget_set_property;

  /**
   * MillRetryBudget:percent:
   *
   * How many retries there may be for a hundred items; 0 is no budget. Live, from any thread.
   */
  props[PROP_PERCENT] = g_param_spec_uint (
      "percent", NULL, NULL, 0, MILL_RETRY_BUDGET_MAX_PERCENT, MILL_RETRY_BUDGET_DEFAULT_PERCENT,
      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  /**
   * MillRetryBudget:clock:
   *
   * By what it goes.
   */
  props[PROP_CLOCK] =
      g_param_spec_object ("clock", NULL, NULL, MILL_TYPE_CLOCK,
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (props), props);
}

static void
mill_retry_budget_init (MillRetryBudget *self)
{
  g_mutex_init (&self->lock);
  self->percent = MILL_RETRY_BUDGET_DEFAULT_PERCENT;
  for (guint i = 0; i < WINDOW_S; i++)
    self->buckets[i].second = NEVER;
}

/**
 * mill_retry_budget_new:
 * @percent: how many retries there may be for a hundred items; 0 is no budget
 * @clock: (nullable) (transfer none): by what it goes, from time 0 on; %NULL is mill_clock_get_real()
 *
 * Creates a budget.
 *
 * Returns: (transfer full): a budget with its reserve
 */
MillRetryBudget *
mill_retry_budget_new (guint percent, MillClock *clock)
{
  MillRetryBudget *self = g_object_new (MILL_TYPE_RETRY_BUDGET, "clock", clock, NULL);

  mill_retry_budget_set_percent (self, percent);
  return self;
}

/**
 * mill_retry_budget_get_percent:
 *
 * The share of the items that may be tried again.
 *
 * Returns: how many retries there may be for a hundred items; 0 is no budget
 */
guint
mill_retry_budget_get_percent (MillRetryBudget *self)
{
  guint percent;

  g_return_val_if_fail (MILL_IS_RETRY_BUDGET (self), 0);
  g_mutex_lock (&self->lock);
  percent = self->percent;
  g_mutex_unlock (&self->lock);
  return percent;
}

/**
 * mill_retry_budget_set_percent:
 * @percent: how many retries there may be for a hundred items; 0 is no budget
 *
 * Changes the budget, for what was counted in the last ten seconds as well.
 */
void
mill_retry_budget_set_percent (MillRetryBudget *self, guint percent)
{
  gboolean changed;

  g_return_if_fail (MILL_IS_RETRY_BUDGET (self));
  g_return_if_fail (percent <= MILL_RETRY_BUDGET_MAX_PERCENT);

  g_mutex_lock (&self->lock);
  changed = self->percent != percent;
  self->percent = percent;
  g_mutex_unlock (&self->lock);
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PERCENT]);
}

void
mill_retry_budget_deposit_at (MillRetryBudget *self, guint n, gint64 now_us)
{
  mill_lock (&self->lock);
  get_bucket_locked (self, now_us / G_USEC_PER_SEC)->items += n;
  g_mutex_unlock (&self->lock);
}

/**
 * mill_retry_budget_deposit:
 *
 * An item is tried for the first time.
 */
void
mill_retry_budget_deposit (MillRetryBudget *self)
{
  g_return_if_fail (MILL_IS_RETRY_BUDGET (self));
  mill_retry_budget_deposit_at (self, 1, mill_clock_get_time (self->clock));
}

/**
 * mill_retry_budget_try_withdraw:
 *
 * An item is to be tried again.
 *
 * Returns: whether it may be
 */
gboolean
mill_retry_budget_try_withdraw (MillRetryBudget *self)
{
  gint64 second;
  gboolean allowed;

  g_return_val_if_fail (MILL_IS_RETRY_BUDGET (self), FALSE);
  second = get_second (self);
  g_mutex_lock (&self->lock);
  allowed = self->percent == 0 || get_balance_locked (self, second) > 0;
  if (allowed)
    get_bucket_locked (self, second)->retries++;
  else
    self->refused++;
  g_mutex_unlock (&self->lock);
  return allowed;
}

/**
 * mill_retry_budget_get_balance:
 *
 * What may be spent now.
 *
 * Returns: how many retries would be allowed now; %G_MAXUINT when there is no budget
 */
guint
mill_retry_budget_get_balance (MillRetryBudget *self)
{
  gint64 second;
  guint64 balance = G_MAXUINT;

  g_return_val_if_fail (MILL_IS_RETRY_BUDGET (self), 0);
  second = get_second (self);
  g_mutex_lock (&self->lock);
  if (self->percent > 0)
    balance = get_balance_locked (self, second);
  g_mutex_unlock (&self->lock);
  return (guint) MIN (balance, G_MAXUINT);
}

/**
 * mill_retry_budget_get_refused:
 *
 * How often the budget said no.
 *
 * Returns: how many retries were refused so far
 */
guint64
mill_retry_budget_get_refused (MillRetryBudget *self)
{
  guint64 refused;

  g_return_val_if_fail (MILL_IS_RETRY_BUDGET (self), 0);
  g_mutex_lock (&self->lock);
  refused = self->refused;
  g_mutex_unlock (&self->lock);
  return refused;
}
