/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Moving through time: closer, wider, back, forth, and to the present again. What is shown never leaves the
 * run, and what lies under the pointer stays there.
 */
#include "config.h"

#include "mill-timeline-private.h"

#include <math.h>

#define SHORTEST_US (200 * G_TIME_SPAN_MILLISECOND)

/* This close to the present, a zoom means the present. */
#define NEAR_NOW 0.06

/* The whole run, or the window if that is more. */
static gint64
longest (MillTimeline *self)
{
  const gint64 all = MAX (self->now - self->origin, 10 * G_USEC_PER_SEC);

  return MAX (all, mill_timeline_window_length (self));
}

static void
follow (MillTimeline *self, gint64 length)
{
  mill_timeline_view_follow (self->view, length == mill_timeline_window_length (self) ? 0 : length);
}

static void
freeze (MillTimeline *self, gint64 t0, gint64 length)
{
  const gint64 last = MAX (self->now - length, self->origin);

  t0 = CLAMP (t0, self->origin, last);
  mill_timeline_view_freeze (self->view, t0, t0 + length);
}

/**
 * mill_timeline_zoom:
 * @self: a timeline
 * @factor: greater than 1 to show less time, less than 1 to show more
 * @around_us: the time that keeps its place
 *
 * Zooms in time. Around the present it follows on, else it freezes.
 */
void
mill_timeline_zoom (MillTimeline *self, double factor, gint64 around_us)
{
  const gint64 before = self->t1 - self->t0;
  gint64 length;
  double share;

  g_return_if_fail (MILL_IS_TIMELINE (self));
  g_return_if_fail (factor > 0.0 && isfinite (factor));

  length = (gint64) CLAMP ((double) before / factor, (double) SHORTEST_US, (double) longest (self));
  around_us = CLAMP (around_us, self->t0, self->t1);
  if (mill_timeline_view_get_live (self->view) &&
      (double) (self->now - around_us) <= NEAR_NOW * (double) before)
    {
      follow (self, length);
      return;
    }

  share = (double) (around_us - self->t0) / (double) MAX (before, 1);
  freeze (self, around_us - (gint64) (share * (double) length), length);
}

/**
 * mill_timeline_pan:
 * @self: a timeline
 * @by_us: how far; negative is back
 *
 * Moves what is shown. Whoever moves on past the present follows it again.
 */
void
mill_timeline_pan (MillTimeline *self, gint64 by_us)
{
  const gint64 length = self->t1 - self->t0;
  const gint64 end = self->t1 + by_us;

  g_return_if_fail (MILL_IS_TIMELINE (self));

  if (by_us == 0 || (by_us > 0 && mill_timeline_view_get_live (self->view)))
    return;
  if (self->now - self->origin <= length || (by_us > 0 && end > self->now))
    follow (self, length);
  else
    freeze (self, self->t0 + by_us, length);
}

/**
 * mill_timeline_follow:
 * @self: a timeline
 *
 * Follows the present again, with as much time as its window is.
 */
void
mill_timeline_follow (MillTimeline *self)
{
  g_return_if_fail (MILL_IS_TIMELINE (self));

  mill_timeline_view_follow (self->view, 0);
}

/**
 * mill_timeline_freeze:
 * @self: a timeline
 *
 * Stays at what is shown now, while time goes on.
 */
void
mill_timeline_freeze (MillTimeline *self)
{
  g_return_if_fail (MILL_IS_TIMELINE (self));

  if (mill_timeline_view_get_live (self->view) && self->t1 > self->t0)
    mill_timeline_view_freeze (self->view, self->t0, self->t1);
}
