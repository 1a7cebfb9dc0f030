/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillHeartbeat: a timer that notices when it came late. */

#include "config.h"

#include "pitfalls/mill-heartbeat-private.h"

static void
beat (MillHeartbeat *self)
{
  gint64 now_us = g_get_monotonic_time ();
  double gap_ms = (double) (now_us - self->last_us) / 1000.0;

  self->last_us = now_us;
  self->longest_ms = MAX (self->longest_ms, gap_ms);
  mill_trial_chart (self->trial, gap_ms);
  mill_trial_set_figure (self->trial, self->longest_ms);
}

static gboolean
beat_cb (gpointer user_data)
{
  beat (user_data);
  return G_SOURCE_CONTINUE;
}

/* Beats every "heartbeat" ms on the loop of @context. */
void
mill_heartbeat_start (MillHeartbeat *self, MillTrial *trial, GMainContext *context)
{
  self->trial = trial;
  self->longest_ms = 0.0;
  self->last_us = g_get_monotonic_time ();
  self->source = g_timeout_source_new (mill_trial_get (trial, "heartbeat"));
  g_source_set_callback (self->source, beat_cb, self, NULL);
  g_source_attach (self->source, context);
  mill_trial_chart (trial, 0.0);
}

/* The figure is the longest time between two beats; the one that is due now counts as well. */
void
mill_heartbeat_stop (MillHeartbeat *self)
{
  if (g_get_monotonic_time () - self->last_us >= mill_trial_get (self->trial, "heartbeat") * 1000)
    beat (self);
  g_source_destroy (self->source);
  g_source_unref (self->source);
}
