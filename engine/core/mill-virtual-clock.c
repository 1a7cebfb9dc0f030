/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillVirtualClock: a list of alarms, sorted by time.
 *
 * A waiting thread holds its own mutex when it takes the clock's, so whoever wakes it must not do the
 * reverse: advance() takes the alarm out, lets go of the clock, and only then takes the thread's mutex to
 * signal it. The alarm lives on that thread's stack, which the thread therefore does not leave before it was
 * `told`. */

#include "config.h"

#include "core/mill-virtual-clock.h"

typedef struct
{
  GList link; /* link.data is the alarm */
  gint64 time_us;
  gboolean waiting; /* whether it is in the list */
  gboolean told;    /* a thread: nobody looks at it any more; a task: it is due */

  GCond *cond;           /* (unowned) (nullable) a thread's */
  GMutex *mutex;         /* (unowned) (nullable) a thread's */
  GMainContext *context; /* (owned) (nullable) a task's, once that has looked and found nothing due */
} Alarm;

typedef struct
{
  GSource source;
  MillVirtualClock *clock; /* (owned) */
  Alarm alarm;
} ClockSource;

struct _MillVirtualClock
{
  GObject parent_instance;

  GMutex lock;
  GCond changed; /* an alarm came into the list, or was told */
  gint64 now_us;
  GQueue alarms; /* of (unowned) Alarm, the next one first */
};

static void clock_iface_init (MillClockInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MillVirtualClock, mill_virtual_clock, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (MILL_TYPE_CLOCK, clock_iface_init))

static void
add_alarm_locked (MillVirtualClock *self, Alarm *alarm, gint64 time_us)
{
  GList *after = self->alarms.tail;

  /* Behind those of the same time. */
  alarm->link.data = alarm;
  alarm->time_us = time_us;
  alarm->waiting = TRUE;
  while (after != NULL && ((Alarm *) after->data)->time_us > time_us)
    after = after->prev;
  g_queue_insert_after_link (&self->alarms, after, &alarm->link);
  g_cond_broadcast (&self->changed);
}

static void
remove_alarm_locked (MillVirtualClock *self, Alarm *alarm)
{
  g_queue_unlink (&self->alarms, &alarm->link);
  alarm->waiting = FALSE;
}

static gint64
get_time (MillClock *clock)
{
  MillVirtualClock *self = MILL_VIRTUAL_CLOCK (clock);
  gint64 now;

  g_mutex_lock (&self->lock);
  now = self->now_us;
  g_mutex_unlock (&self->lock);
  return now;
}

/* The end of a thread's wait, with both locks held; the thread's own is released if it has to wait. Returns
 * whether the time had not come. */
static gboolean
leave (MillVirtualClock *self, Alarm *alarm, GMutex *mutex)
{
  gboolean early = alarm->waiting;

  if (early)
    remove_alarm_locked (self, alarm);
  else if (!alarm->told)
    {
      g_mutex_unlock (mutex);
      while (!alarm->told)
        g_cond_wait (&self->changed, &self->lock);
      g_mutex_unlock (&self->lock);
      g_mutex_lock (mutex);
      return FALSE;
    }
  g_mutex_unlock (&self->lock);
  return early;
}

static gboolean
cond_wait_until (MillClock *clock, GCond *cond, GMutex *mutex, gint64 time_us)
{
  MillVirtualClock *self = MILL_VIRTUAL_CLOCK (clock);
  Alarm alarm = { .cond = cond, .mutex = mutex };

  g_mutex_lock (&self->lock);
  if (time_us <= self->now_us)
    {
      g_mutex_unlock (&self->lock);
      return FALSE;
    }
  add_alarm_locked (self, &alarm, time_us);
  g_mutex_unlock (&self->lock);
  /* The signal cannot come before the wait: it is given with @mutex held. */
  g_cond_wait (cond, mutex);
  g_mutex_lock (&self->lock);
  return leave (self, &alarm, mutex);
}

/* Whether the source is due. If not, its context has to be woken when it is. */
static gboolean
source_check (GSource *source)
{
  ClockSource *self = (ClockSource *) source;
  gboolean due;

  g_mutex_lock (&self->clock->lock);
  due = self->alarm.told;
  if (self->alarm.waiting && self->alarm.context == NULL)
    self->alarm.context = g_main_context_ref (g_source_get_context (source));
  g_mutex_unlock (&self->clock->lock);
  return due;
}

static gboolean
source_prepare (GSource *source, int *timeout_ms)
{
  *timeout_ms = -1;
  return source_check (source);
}

static gboolean
source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  ClockSource *self = (ClockSource *) source;

  g_mutex_lock (&self->clock->lock);
  self->alarm.told = FALSE;
  g_mutex_unlock (&self->clock->lock);
  return callback != NULL ? callback (user_data) : G_SOURCE_REMOVE;
}

static void
source_finalize (GSource *source)
{
  ClockSource *self = (ClockSource *) source;

  g_mutex_lock (&self->clock->lock);
  if (self->alarm.waiting)
    remove_alarm_locked (self->clock, &self->alarm);
  g_mutex_unlock (&self->clock->lock);
  g_clear_pointer (&self->alarm.context, g_main_context_unref);
  g_object_unref (self->clock);
}

static GSourceFuncs source_funcs = { .prepare = source_prepare,
                                     .check = source_check,
                                     .dispatch = source_dispatch,
                                     .finalize = source_finalize };

static GSource *
source_new (MillClock *clock, gint64 time_us)
{
  MillVirtualClock *self = MILL_VIRTUAL_CLOCK (clock);
  GSource *source = g_source_new (&source_funcs, sizeof (ClockSource));
  ClockSource *clock_source = (ClockSource *) source;

  g_source_set_static_name (source, "mill virtual clock");
  clock_source->clock = g_object_ref (self);
  g_mutex_lock (&self->lock);
  if (time_us <= self->now_us)
    clock_source->alarm.told = TRUE;
  else
    add_alarm_locked (self, &clock_source->alarm, time_us);
  g_mutex_unlock (&self->lock);
  return source;
}

static void
clock_iface_init (MillClockInterface *iface)
{
  iface->get_time = get_time;
  iface->cond_wait_until = cond_wait_until;
  iface->source_new = source_new;
}

static void
mill_virtual_clock_finalize (GObject *object)
{
  MillVirtualClock *self = MILL_VIRTUAL_CLOCK (object);

  g_assert (self->alarms.length == 0);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (mill_virtual_clock_parent_class)->finalize (object);
}

static void
mill_virtual_clock_class_init (MillVirtualClockClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mill_virtual_clock_finalize;
}

static void
mill_virtual_clock_init (MillVirtualClock *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
}

/**
 * mill_virtual_clock_new:
 * @time_us: the time at first, in microseconds
 *
 * Creates a clock that stands.
 *
 * Returns: (transfer full) (type MillVirtualClock): a clock that stands still
 */
MillClock *
mill_virtual_clock_new (gint64 time_us)
{
  MillVirtualClock *self = g_object_new (MILL_TYPE_VIRTUAL_CLOCK, NULL);

  self->now_us = time_us;
  return MILL_CLOCK (self);
}

/* Wakes the thread or the source's context. The lock is released for a thread. */
static void
tell_locked (MillVirtualClock *self, Alarm *alarm)
{
  if (alarm->mutex != NULL)
    {
      g_mutex_unlock (&self->lock);
      g_mutex_lock (alarm->mutex);
      g_cond_broadcast (alarm->cond);
      g_mutex_unlock (alarm->mutex);
      g_mutex_lock (&self->lock);
    }
  alarm->told = TRUE;
  if (alarm->context != NULL)
    g_main_context_wakeup (alarm->context);
  g_cond_broadcast (&self->changed);
}

/**
 * mill_virtual_clock_advance:
 * @by_us: how far, in microseconds; not negative
 *
 * Moves the time and wakes those that are due. They may still be on their way when this returns. The caller
 * holds no mutex that somebody waits with.
 *
 * Returns: how many were woken
 */
guint
mill_virtual_clock_advance (MillVirtualClock *self, gint64 by_us)
{
  guint n = 0;
  Alarm *alarm;

  g_return_val_if_fail (MILL_IS_VIRTUAL_CLOCK (self), 0);
  g_return_val_if_fail (by_us >= 0, 0);

  g_mutex_lock (&self->lock);
  self->now_us += by_us;
  while ((alarm = g_queue_peek_head (&self->alarms)) != NULL && alarm->time_us <= self->now_us)
    {
      remove_alarm_locked (self, alarm);
      tell_locked (self, alarm);
      n++;
    }
  g_mutex_unlock (&self->lock);
  return n;
}

/**
 * mill_virtual_clock_get_next:
 *
 * When the next one that waits is due.
 *
 * Returns: the time for which the next one waits; %G_MAXINT64 when nobody waits
 */
gint64
mill_virtual_clock_get_next (MillVirtualClock *self)
{
  gint64 next;

  g_return_val_if_fail (MILL_IS_VIRTUAL_CLOCK (self), G_MAXINT64);
  g_mutex_lock (&self->lock);
  next = self->alarms.head != NULL ? ((Alarm *) self->alarms.head->data)->time_us : G_MAXINT64;
  g_mutex_unlock (&self->lock);
  return next;
}

/**
 * mill_virtual_clock_get_n_waiting:
 *
 * How many wait for the clock.
 *
 * Returns: how many threads and sources wait
 */
guint
mill_virtual_clock_get_n_waiting (MillVirtualClock *self)
{
  guint n;

  g_return_val_if_fail (MILL_IS_VIRTUAL_CLOCK (self), 0);
  g_mutex_lock (&self->lock);
  n = self->alarms.length;
  g_mutex_unlock (&self->lock);
  return n;
}

/**
 * mill_virtual_clock_await_waiting:
 * @n: how many
 *
 * Blocks the calling thread until at least @n threads and sources wait.
 */
void
mill_virtual_clock_await_waiting (MillVirtualClock *self, guint n)
{
  g_return_if_fail (MILL_IS_VIRTUAL_CLOCK (self));
  g_mutex_lock (&self->lock);
  while (self->alarms.length < n)
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);
}

typedef struct
{
  GSource source;
  MillVirtualClock *clock; /* (owned) */
} Leaper;

static gboolean
leaper_check (GSource *source)
{
  return mill_virtual_clock_get_next (((Leaper *) source)->clock) != G_MAXINT64;
}

static gboolean
leaper_prepare (GSource *source, int *timeout_ms)
{
  *timeout_ms = -1;
  return leaper_check (source);
}

static gboolean
leaper_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  MillVirtualClock *clock = ((Leaper *) source)->clock;
  gint64 next = mill_virtual_clock_get_next (clock);
  gint64 now = mill_clock_get_time (MILL_CLOCK (clock));

  if (next != G_MAXINT64 && next > now)
    mill_virtual_clock_advance (clock, next - now);
  return G_SOURCE_CONTINUE;
}

static void
leaper_finalize (GSource *source)
{
  g_object_unref (((Leaper *) source)->clock);
}

static GSourceFuncs leaper_funcs = { .prepare = leaper_prepare,
                                     .check = leaper_check,
                                     .dispatch = leaper_dispatch,
                                     .finalize = leaper_finalize };

/**
 * mill_virtual_clock_leaper_new:
 *
 * Creates a source that moves the time, as long as it is attached to a main context, to the next time for
 * which anybody waits, whenever no source of a higher priority is ready. All that waits and works must do so
 * in that context; its sources' priorities are at least %G_PRIORITY_DEFAULT_IDLE.
 *
 * Returns: (transfer full): the source, of the priority %G_PRIORITY_LOW
 */
GSource *
mill_virtual_clock_leaper_new (MillVirtualClock *self)
{
  GSource *source = g_source_new (&leaper_funcs, sizeof (Leaper));

  g_source_set_static_name (source, "mill leaper");
  g_source_set_priority (source, G_PRIORITY_LOW);
  ((Leaper *) source)->clock = g_object_ref (self);
  return source;
}
