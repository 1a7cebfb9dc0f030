/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillEnding: when each part of a run's end came. A plain record. */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * MillEnding:
 * @began_us: a drain or a stop was asked for, or the source ended by itself
 * @stop_us: everything was cancelled: by a stop, a drain's deadline, or a step that said that the run cannot
 *   go on
 * @deadline_us: when the drain becomes a stop; 0 also when it has no deadline
 * @source_us: the source has ended, or was given up on
 * @wrap_up_us: the last worker has ended; the steps wrap up from then on
 * @end_us: the end
 *
 * When each part of a run's end came, in microseconds of g_get_monotonic_time(); 0 is not yet. When each
 * stage was shut down and joined is in its #MillStageSnapshot.
 */
typedef struct
{
  gint64 began_us;
  gint64 stop_us;
  gint64 deadline_us;
  gint64 source_us;
  gint64 wrap_up_us;
  gint64 end_us;
} MillEnding;

#define MILL_TYPE_ENDING (mill_ending_get_type ())
GType mill_ending_get_type (void);
MillEnding *mill_ending_copy (const MillEnding *self);
void mill_ending_free (MillEnding *self);

G_END_DECLS
