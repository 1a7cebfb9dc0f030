/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillThrottle: see the header. */

#include "config.h"

#include "crawl/mill-throttle-private.h"

static gint64
clamp (const MillThrottleBounds *bounds, gint64 delay_us)
{
  return MAX (MIN (delay_us, bounds->max_us), bounds->min_us);
}

/* In microseconds. */
gint64
mill_throttle_get_delay (const MillThrottle *self, const MillThrottleBounds *bounds)
{
  return clamp (bounds, self->delay_us);
}

/* Takes in how long a request took to be answered, or to fail. */
void
mill_throttle_answered (MillThrottle *self, const MillThrottleBounds *bounds, gint64 latency_us,
                        gboolean is_success)
{
  gint64 last = mill_throttle_get_delay (self, bounds);
  double wanted = (double) MAX (latency_us, 0) / bounds->target_concurrency;
  gint64 target = wanted < (double) bounds->max_us ? (gint64) wanted : bounds->max_us;
  gint64 next = clamp (bounds, MAX (target, last + (target - last) / 2));

  self->delay_us = is_success ? next : MAX (last, next);
}
