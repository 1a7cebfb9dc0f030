/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillHeartbeat: a timer on a main loop that notices when it came late. It draws the trial's curve: at each
 * beat, the time since the one before.
 *
 * Threads: the loop's. */

#pragma once

#include "pitfalls/mill-trial-private.h"

G_BEGIN_DECLS

typedef struct
{
  MillTrial *trial; /* (unowned) */
  GSource *source;  /* (owned) */
  gint64 last_us;
  double longest_ms;
} MillHeartbeat;

void mill_heartbeat_start (MillHeartbeat *self, MillTrial *trial, GMainContext *context);
void mill_heartbeat_stop (MillHeartbeat *self);

G_END_DECLS
