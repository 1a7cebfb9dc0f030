/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillAlertWatch:
 *
 * Looks at a run's snapshots, one after the other, and says when a limit is passed.
 *
 * The contract (tests/test-alert.c):
 *
 * - Each limit alerts once when it is passed, and is armed again only once what it watches is well below it:
 * a queue or a 99th percentile below nine tenths of the limit, the dead letters no more than their limit, an
 *   item that moved on. So what wavers about a limit alerts once.
 * - A queue is watched while it has a bound; it alerts once it has been above the limit for `queue_for_s`
 *   without having been well below it in between. Each stage alerts for itself.
 * - The 99th percentile is that of the items done in the last ten seconds, and of %MILL_ALERT_LEAST_ITEMS at
 *   the least: fewer neither alert nor arm it again.
 * - Progress is an item that enters, leaves a stage or is settled, or a step that wraps up. A pause is no
 * lack of it: the time counts from its end.
 * - Before the start nothing alerts; after the end, only dead letters.
 * - A limit may be changed at any time. What was passed and is above the new limit too is still the same
 * alert; what is no longer above it is armed again, and what is watched from now on begins to count now.
 * - A limit is passed from its alert until it is armed again, or, unless it is that of dead letters, until
 * the run ends.
 *
 * Threads: it has no lock; one thread at a time. There is no clock inside: times are the snapshots'.
 */

#pragma once

#include "pipeline/mill-alert-limits.h"
#include "pipeline/mill-snapshot.h"

G_BEGIN_DECLS

/**
 * MILL_ALERT_LEAST_ITEMS:
 *
 * From fewer items there is no 99th percentile.
 */
#define MILL_ALERT_LEAST_ITEMS 20

/**
 * MillAlertFunc:
 * @text: for people, translated: which limit was passed, and by what
 * @user_data: as given to mill_alert_watch_look()
 *
 * Is told of an alert.
 */
typedef void (*MillAlertFunc) (const char *text, gpointer user_data);

#define MILL_TYPE_ALERT_WATCH (mill_alert_watch_get_type ())
G_DECLARE_FINAL_TYPE (MillAlertWatch, mill_alert_watch, MILL, ALERT_WATCH, GObject)

MillAlertWatch *mill_alert_watch_new (const MillAlertLimits *limits);

const MillAlertLimits *mill_alert_watch_get_limits (MillAlertWatch *self);
void mill_alert_watch_set_limits (MillAlertWatch *self, const MillAlertLimits *limits);
void mill_alert_watch_look (MillAlertWatch *self, MillSnapshot *snapshot, MillAlertFunc func,
                            gpointer user_data);
guint64 mill_alert_watch_get_count (MillAlertWatch *self);
char **mill_alert_watch_list_passed (MillAlertWatch *self);

G_END_DECLS
