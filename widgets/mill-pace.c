/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The pace: time is cut into slots, and the first frame in each is drawn.
 */
#include "config.h"

#include "mill-pace.h"

/* One more than 30, so that 30 remain when a frame now and then misses its slot. */
#define DEFAULT_LIMIT 31

static guint limit = DEFAULT_LIMIT;

/**
 * mill_pace_is_due:
 * @last: (inout): what was remembered at the last call; 0 at first
 * @frame_time_us: the time of this frame, from its #GdkFrameClock
 *
 * To be asked once in each frame.
 *
 * Returns: whether this frame is to show something new
 */
gboolean
mill_pace_is_due (gint64 *last, gint64 frame_time_us)
{
  gint64 slot = frame_time_us * limit / G_USEC_PER_SEC;

  if (slot == *last)
    return FALSE;
  *last = slot;
  return TRUE;
}

/**
 * mill_pace_get_limit:
 *
 * Returns: how many frames a second are drawn at most
 */
guint
mill_pace_get_limit (void)
{
  return limit;
}

/**
 * mill_pace_set_limit:
 * @per_second: how many frames a second are drawn at most; 0 for what it is at first
 *
 * Sets the pace of everything. Main thread only.
 */
void
mill_pace_set_limit (guint per_second)
{
  limit = per_second > 0 ? per_second : DEFAULT_LIMIT;
}
