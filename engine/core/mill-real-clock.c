/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillRealClock: the system's monotonic time. */

#include "config.h"

#include "core/mill-real-clock.h"

struct _MillRealClock
{
  GObject parent_instance;
};

static void clock_iface_init (MillClockInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MillRealClock, mill_real_clock, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (MILL_TYPE_CLOCK, clock_iface_init))

static gboolean
source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  g_source_set_ready_time (source, -1);
  return callback != NULL ? callback (user_data) : G_SOURCE_REMOVE;
}

static GSourceFuncs source_funcs = { .dispatch = source_dispatch };

static gint64
get_time (MillClock *clock)
{
  return g_get_monotonic_time ();
}

static gboolean
cond_wait_until (MillClock *clock, GCond *cond, GMutex *mutex, gint64 time_us)
{
  return g_cond_wait_until (cond, mutex, time_us);
}

static GSource *
source_new (MillClock *clock, gint64 time_us)
{
  GSource *source = g_source_new (&source_funcs, sizeof (GSource));

  g_source_set_static_name (source, "mill clock");
  /* A negative time would be never. */
  g_source_set_ready_time (source, MAX (time_us, 0));
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
mill_real_clock_class_init (MillRealClockClass *klass)
{
}

static void
mill_real_clock_init (MillRealClock *self)
{
}

/**
 * mill_clock_get_real:
 *
 * The clock that runs.
 *
 * Returns: (transfer none): the clock of the system, the same object each time
 */
MillClock *
mill_clock_get_real (void)
{
  static gsize clock;

  if (g_once_init_enter (&clock))
    g_once_init_leave (&clock, (gsize) g_object_new (MILL_TYPE_REAL_CLOCK, NULL));
  return (MillClock *) clock;
}
