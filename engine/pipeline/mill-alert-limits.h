/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillAlertLimits: what somebody wants to be told of. A plain record; see #MillAlertWatch. */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * MillAlertLimits:
 * @queue: the share of its bound, from 0 to 1, above which a queue is too full; 0 is no limit
 * @queue_stage: (nullable): of which stage; %NULL is of every stage
 * @queue_for_s: for how long, in seconds
 * @dead_letters: how many dead letters there may be; negative is no limit
 * @p99_s: how long the 99th percentile of the latency may be, in seconds; 0 is no limit
 * @no_progress_s: for how long, in seconds, no item may move on; 0 is no limit
 *
 * The limits of a run that are watched.
 */
typedef struct
{
  double queue;
  char *queue_stage; /* (owned) (nullable) */
  double queue_for_s;
  gint64 dead_letters;
  double p99_s;
  double no_progress_s;
} MillAlertLimits;

#define MILL_TYPE_ALERT_LIMITS (mill_alert_limits_get_type ())
GType mill_alert_limits_get_type (void);

MillAlertLimits *mill_alert_limits_new (void);
MillAlertLimits *mill_alert_limits_copy (const MillAlertLimits *self);
void mill_alert_limits_free (MillAlertLimits *self);

gboolean mill_alert_limits_set (MillAlertLimits *self, const char *key, const char *text, GError **error);
gboolean mill_alert_limits_is_empty (const MillAlertLimits *self);
gboolean mill_alert_limits_equal (const MillAlertLimits *a, const MillAlertLimits *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MillAlertLimits, mill_alert_limits_free)

G_END_DECLS
