/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillRateLimiter: a token bucket (Turner, "New directions in communications", IEEE Communications Magazine
 * 24(10), 1986), computed as the virtual schedule of the equivalent cell rate algorithm (ITU-T I.371, annex
 * A): instead of adding up what each moment brings, which drifts, the bucket remembers an epoch, how many
 * tokens there were then and how many were taken since. The n-th token after the epoch is due at
 *
 *     epoch + (n - tokens at the epoch) / rate
 *
 * so every due time is one division away from the epoch. The epoch moves when the bucket is full, which
 * forgets the past by definition, and when rate or burst change.
 *
 * While somebody waits, no token is due: whoever changes anything serves first, and caps the bucket after. A
 * due token that was handed out late is then as if it had been handed out in time. */

#include "config.h"

#include "core/mill-rate-limiter.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "core/mill-limits-private.h"
#include "core/mill-lock-private.h"
#include "core/mill-waiter-private.h"

#define MAX_RATE  1e9
#define MAX_BURST 1000000

/* What the division may be off by, in microseconds: a token is not late for that. */
#define ROUNDING_US 1e-3

struct _MillRateLimiter
{
  GObject parent_instance;

  MillClock *clock; /* (owned) */

  GMutex lock;
  double rate;
  guint burst;
  gint64 epoch_us;
  double epoch_tokens;
  guint64 taken; /* since the epoch */
  guint64 acquired;
  MillWaitList waiters;
  guint n_threads; /* of the waiters */
  MillWaiter
      *keeper;    /* (unowned) (nullable) who waits for the time: the first thread, or else the first task */
  gint64 kept_us; /* and until when */
  GSource *timer; /* (owned) (nullable) if it is a task */
};

typedef enum
{
  PROP_RATE = 1,
  PROP_BURST,
  PROP_CLOCK,
} MillRateLimiterProperty;

static GParamSpec *props[PROP_CLOCK + 1];

G_DEFINE_FINAL_TYPE (MillRateLimiter, mill_rate_limiter, G_TYPE_OBJECT)

static void serve_and_unlock (MillRateLimiter *self);

/* When there will have been @n tokens more than were taken so far. The rate is above 0. */
static gint64
get_due_locked (MillRateLimiter *self, guint n)
{
  double tokens = (double) self->taken + n - self->epoch_tokens;
  double wait_us = ceil (tokens * G_USEC_PER_SEC / self->rate - ROUNDING_US);

  return wait_us < (double) (G_MAXINT64 / 2) ? self->epoch_us + (gint64) MAX (wait_us, 0) : G_MAXINT64;
}

static void
set_epoch_locked (MillRateLimiter *self, gint64 now_us, double tokens)
{
  self->epoch_us = now_us;
  self->epoch_tokens = tokens;
  self->taken = 0;
}

/* What is over the burst flows off. Not before those who wait were served. */
static void
cap_locked (MillRateLimiter *self, gint64 now_us)
{
  if (self->rate > 0 && now_us >= get_due_locked (self, self->burst))
    set_epoch_locked (self, now_us, self->burst);
}

static gboolean
take_locked (MillRateLimiter *self, gint64 now_us)
{
  if (self->rate > 0)
    {
      if (now_us < get_due_locked (self, 1))
        return FALSE;
      self->taken++;
    }
  self->acquired++;
  return TRUE;
}

static void
serve_locked (MillRateLimiter *self, gint64 now_us, GQueue *ready)
{
  MillWaiter *waiter;

  while ((waiter = mill_wait_list_peek (&self->waiters)) != NULL && take_locked (self, now_us))
    {
      if (waiter->task == NULL)
        self->n_threads--;
      mill_waiter_serve (waiter, -1, ready);
    }
  cap_locked (self, now_us);
}

static gint64
get_now (MillRateLimiter *self)
{
  return mill_clock_get_time (self->clock);
}

/* A thread comes before a task: no loop can keep it from coming in time. */
static MillWaiter *
find_keeper_locked (MillRateLimiter *self)
{
  GList *link = self->waiters.waiters.head;

  while (self->n_threads > 0 && ((MillWaiter *) link->data)->task != NULL)
    link = link->next;
  return link != NULL ? link->data : NULL;
}

static gboolean
timer_cb (gpointer user_data)
{
  MillRateLimiter *self = user_data;

  g_mutex_lock (&self->lock);
  serve_and_unlock (self);
  return G_SOURCE_REMOVE;
}

static GSource *
start_timer_locked (MillRateLimiter *self)
{
  GSource *timer = mill_clock_source_new (self->clock, self->kept_us);

  g_source_set_static_name (timer, "mill rate limiter");
  g_source_set_callback (timer, timer_cb, g_object_ref (self), g_object_unref);
  g_source_attach (timer, g_task_get_context (self->keeper->task));
  return timer;
}

/* Sees to it that somebody comes when the next token is due. Returns (transfer full) (nullable) the timer
 * that is not needed any more, to be destroyed without the lock. */
static GSource *
keep_time_locked (MillRateLimiter *self)
{
  MillWaiter *keeper = find_keeper_locked (self);
  gint64 due = keeper != NULL ? get_due_locked (self, 1) : G_MAXINT64;
  GSource *old_timer;

  if (keeper == self->keeper && due == self->kept_us)
    return NULL;
  old_timer = g_steal_pointer (&self->timer);
  self->keeper = keeper;
  self->kept_us = due;
  if (keeper != NULL && keeper->task == NULL)
    g_cond_signal (&keeper->cond);
  else if (keeper != NULL)
    self->timer = start_timer_locked (self);
  return old_timer;
}

/* Has somebody come for those who still wait, and tells the tasks that do not. */
static void
complete_and_unlock (MillRateLimiter *self, GQueue *ready)
{
  GSource *old_timer = keep_time_locked (self);
  MillWaiter *waiter;

  g_mutex_unlock (&self->lock);
  if (old_timer != NULL)
    {
      g_source_destroy (old_timer);
      g_source_unref (old_timer);
    }
  while ((waiter = mill_waiter_pop_ready (ready)) != NULL)
    {
      g_task_return_boolean (waiter->task, TRUE);
      mill_waiter_unref (waiter);
    }
}

static void
serve_and_unlock (MillRateLimiter *self)
{
  GQueue ready = G_QUEUE_INIT;

  serve_locked (self, get_now (self), &ready);
  complete_and_unlock (self, &ready);
}

/* Begins to wait. What flowed off before anybody waited is gone. */
static void
join_and_unlock (MillRateLimiter *self, MillWaiter *waiter)
{
  if (mill_wait_list_get_length (&self->waiters) == 0)
    cap_locked (self, get_now (self));
  if (waiter->task == NULL)
    self->n_threads++;
  mill_wait_list_push (&self->waiters, waiter);
  serve_and_unlock (self);
}

static void
leave_and_unlock (MillRateLimiter *self, MillWaiter *waiter)
{
  if (waiter->task == NULL)
    self->n_threads--;
  mill_wait_list_remove (&self->waiters, waiter);
  serve_and_unlock (self);
}

static void
waiting_task_cancelled (gpointer owner, MillWaiter *waiter)
{
  MillRateLimiter *self = owner;

  g_mutex_lock (&self->lock);
  if (waiter->list == NULL)
    {
      g_mutex_unlock (&self->lock);
      return;
    }
  leave_and_unlock (self, waiter);
  mill_waiter_return_cancelled (waiter);
}

static void
mill_rate_limiter_constructed (GObject *object)
{
  MillRateLimiter *self = MILL_RATE_LIMITER (object);

  G_OBJECT_CLASS (mill_rate_limiter_parent_class)->constructed (object);
  if (self->clock == NULL)
    self->clock = g_object_ref (mill_clock_get_real ());
  set_epoch_locked (self, get_now (self), self->burst);
}

static void
mill_rate_limiter_finalize (GObject *object)
{
  MillRateLimiter *self = MILL_RATE_LIMITER (object);

  g_clear_object (&self->clock);
  g_clear_pointer (&self->timer, g_source_unref);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (mill_rate_limiter_parent_class)->finalize (object);
}

static void
mill_rate_limiter_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MillRateLimiter *self = MILL_RATE_LIMITER (object);

  switch ((MillRateLimiterProperty) prop_id)
    {
    case PROP_RATE:
      g_value_set_double (value, mill_rate_limiter_get_rate (self));
      break;
    case PROP_BURST:
      g_value_set_uint (value, mill_rate_limiter_get_burst (self));
      break;
    case PROP_CLOCK:
      g_value_set_object (value, self->clock);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_rate_limiter_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MillRateLimiter *self = MILL_RATE_LIMITER (object);

  switch ((MillRateLimiterProperty) prop_id)
    {
    case PROP_RATE:
      mill_rate_limiter_set_rate (self, g_value_get_double (value));
      break;
    case PROP_BURST:
      mill_rate_limiter_set_burst (self, g_value_get_uint (value));
      break;
    case PROP_CLOCK:
      self->clock = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_rate_limiter_class_init (MillRateLimiterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = mill_rate_limiter_constructed;
  object_class->finalize = mill_rate_limiter_finalize;
  object_class->get_property = mill_rate_limiter_get_property;
  object_class->set_property = mill_rate_limiter_set_property;

  /**
   * MillRateLimiter:rate:
   *
   * Tokens a second; 0 is no limit. Live, from any thread.
   */
  props[PROP_RATE] =
      g_param_spec_double ("rate", NULL, NULL, 0, MAX_RATE, 0,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  /**
   * MillRateLimiter:burst:
   *
   * The most tokens that may lie ready, at least 1. Live, from any thread.
   */
  props[PROP_BURST] =
      g_param_spec_uint ("burst", NULL, NULL, 1, MAX_BURST, 1,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  /**
   * MillRateLimiter:clock:
   *
   * By what it goes.
   */
  props[PROP_CLOCK] =
      g_param_spec_object ("clock", NULL, NULL, MILL_TYPE_CLOCK,
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (props), props);
}

static void
mill_rate_limiter_init (MillRateLimiter *self)
{
  g_mutex_init (&self->lock);
  self->burst = 1;
  self->kept_us = G_MAXINT64;
}

/**
 * mill_rate_limiter_new:
 * @rate: tokens a second; 0 is no limit
 * @burst: the most tokens that may lie ready, at least 1
 * @clock: (nullable) (transfer none): by what it goes; %NULL is mill_clock_get_real()
 *
 * Creates a limiter.
 *
 * Returns: (transfer full): a limiter with a full bucket
 */
MillRateLimiter *
mill_rate_limiter_new (double rate, guint burst, MillClock *clock)
{
  MillRateLimiter *self = g_object_new (MILL_TYPE_RATE_LIMITER, "clock", clock, NULL);

  mill_rate_limiter_set_burst (self, burst);
  mill_rate_limiter_set_rate (self, rate);
  return self;
}

/**
 * mill_rate_limiter_get_rate:
 *
 * How many may go in a second.
 *
 * Returns: tokens a second; 0 is no limit
 */
double
mill_rate_limiter_get_rate (MillRateLimiter *self)
{
  double rate;

  g_return_val_if_fail (MILL_IS_RATE_LIMITER (self), 0);
  g_mutex_lock (&self->lock);
  rate = self->rate;
  g_mutex_unlock (&self->lock);
  return rate;
}

/* Goes on with another rate and burst, from what was gained so far; from a full bucket if there was no limit.
 */
static void
change_and_unlock (MillRateLimiter *self, double rate, guint burst)
{
  gint64 now = get_now (self);
  double tokens = burst;
  GQueue ready = G_QUEUE_INIT;

  serve_locked (self, now, &ready);
  if (self->rate > 0)
    tokens = self->epoch_tokens - (double) self->taken +
             (double) (now - self->epoch_us) * self->rate / G_USEC_PER_SEC;
  set_epoch_locked (self, now, MIN (tokens, burst));
  self->rate = rate;
  self->burst = burst;
  serve_locked (self, now, &ready);
  complete_and_unlock (self, &ready);
}

/**
 * mill_rate_limiter_set_rate:
 * @rate: tokens a second, up to 10⁹; 0 is no limit
 *
 * Changes the rate, from now on and for those who wait too.
 */
void
mill_rate_limiter_set_rate (MillRateLimiter *self, double rate)
{
  gboolean changed;

  g_return_if_fail (MILL_IS_RATE_LIMITER (self));
  g_return_if_fail (rate >= 0 && rate <= MAX_RATE);

  g_mutex_lock (&self->lock);
  changed = self->rate < rate || self->rate > rate;
  change_and_unlock (self, rate, self->burst);
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RATE]);
}

/**
 * mill_rate_limiter_get_burst:
 *
 * How many may go at once after a quieter time.
 *
 * Returns: the most tokens that may lie ready
 */
guint
mill_rate_limiter_get_burst (MillRateLimiter *self)
{
  guint burst;

  g_return_val_if_fail (MILL_IS_RATE_LIMITER (self), 1);
  g_mutex_lock (&self->lock);
  burst = self->burst;
  g_mutex_unlock (&self->lock);
  return burst;
}

/**
 * mill_rate_limiter_set_burst:
 * @burst: the most tokens that may lie ready, from 1 to 1,000,000
 *
 * Changes the burst. A larger bucket is not fuller for that; of a smaller one what is over flows off.
 */
void
mill_rate_limiter_set_burst (MillRateLimiter *self, guint burst)
{
  gboolean changed;

  g_return_if_fail (MILL_IS_RATE_LIMITER (self));
  g_return_if_fail (burst >= 1 && burst <= MAX_BURST);

  g_mutex_lock (&self->lock);
  changed = self->burst != burst;
  change_and_unlock (self, self->rate, burst);
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_BURST]);
}

gboolean
mill_rate_limiter_try_acquire_at (MillRateLimiter *self, gint64 now_us)
{
  gboolean taken = FALSE;

  mill_lock (&self->lock);
  if (mill_wait_list_get_length (&self->waiters) == 0)
    {
      cap_locked (self, now_us);
      taken = take_locked (self, now_us);
    }
  g_mutex_unlock (&self->lock);
  return taken;
}

/**
 * mill_rate_limiter_try_acquire:
 *
 * Takes a token if one lies ready and nobody waits for it.
 *
 * Returns: whether it was taken
 */
gboolean
mill_rate_limiter_try_acquire (MillRateLimiter *self)
{
  g_return_val_if_fail (MILL_IS_RATE_LIMITER (self), FALSE);
  return mill_rate_limiter_try_acquire_at (self, get_now (self));
}

/* Waits until served or cancelled. Lock held, and released meanwhile. */
static void
wait_locked (MillRateLimiter *self, MillWaiter *waiter)
{
  while (!waiter->served && !waiter->cancelled)
    {
      if (self->keeper != waiter)
        mill_waiter_park (waiter, G_MAXINT64);
      else if (!mill_clock_cond_wait_until (self->clock, &waiter->cond, &self->lock, self->kept_us))
        {
          serve_and_unlock (self);
          g_mutex_lock (&self->lock);
        }
    }
}

/**
 * mill_rate_limiter_acquire:
 * @cancellable: (nullable): ends the wait
 *
 * Takes a token, and blocks the calling thread until it is due.
 *
 * Returns: %TRUE if it was taken; %FALSE with %G_IO_ERROR_CANCELLED
 */
gboolean
mill_rate_limiter_acquire (MillRateLimiter *self, GCancellable *cancellable, GError **error)
{
  MillWaiter waiter;
  gulong handler;

  g_return_val_if_fail (MILL_IS_RATE_LIMITER (self), FALSE);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (mill_rate_limiter_try_acquire (self))
    return TRUE;

  mill_waiter_init_thread (&waiter, &self->lock);
  handler = mill_waiter_connect (&waiter, cancellable);
  g_mutex_lock (&self->lock);
  join_and_unlock (self, &waiter);
  g_mutex_lock (&self->lock);
  wait_locked (self, &waiter);
  if (waiter.served)
    g_mutex_unlock (&self->lock);
  else
    leave_and_unlock (self, &waiter);
  mill_waiter_disconnect (&waiter, cancellable, handler);

  if (!waiter.served)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Operation was cancelled"));
  return waiter.served;
}

/**
 * mill_rate_limiter_acquire_async:
 * @cancellable: (nullable): ends the wait
 * @callback: called in the thread-default main context, with the token taken or the wait cancelled
 * @user_data: for @callback
 *
 * Takes a token once it is due.
 */
void
mill_rate_limiter_acquire_async (MillRateLimiter *self, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  MillWaiter *waiter;

  g_return_if_fail (MILL_IS_RATE_LIMITER (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mill_rate_limiter_acquire_async);
  /* A token that was granted must arrive even if the cancellable fires on the way. */
  g_task_set_check_cancellable (task, FALSE);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (mill_rate_limiter_try_acquire (self))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  waiter = mill_waiter_new_task (task, self, cancellable, waiting_task_cancelled);
  g_mutex_lock (&self->lock);
  join_and_unlock (self, waiter);
}

/**
 * mill_rate_limiter_acquire_finish:
 * @result: what the callback was given
 *
 * Ends mill_rate_limiter_acquire_async().
 *
 * Returns: %TRUE if a token was taken; %FALSE with %G_IO_ERROR_CANCELLED
 */
gboolean
mill_rate_limiter_acquire_finish (MillRateLimiter *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * mill_rate_limiter_get_waiting:
 *
 * How many wait for their turn.
 *
 * Returns: how many wait
 */
guint
mill_rate_limiter_get_waiting (MillRateLimiter *self)
{
  guint waiting;

  g_return_val_if_fail (MILL_IS_RATE_LIMITER (self), 0);
  g_mutex_lock (&self->lock);
  waiting = mill_wait_list_get_length (&self->waiters);
  g_mutex_unlock (&self->lock);
  return waiting;
}

/**
 * mill_rate_limiter_get_acquired:
 *
 * How much has gone through.
 *
 * Returns: how many tokens were taken so far, without a limit too
 */
guint64
mill_rate_limiter_get_acquired (MillRateLimiter *self)
{
  guint64 acquired;

  g_return_val_if_fail (MILL_IS_RATE_LIMITER (self), 0);
  g_mutex_lock (&self->lock);
  acquired = self->acquired;
  g_mutex_unlock (&self->lock);
  return acquired;
}
