/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A key of the settings for each limit; only a queue's stage, which is a job's own, has none. */

#include "config.h"

#include "mill-alert-defaults.h"

/**
 * mill_alert_defaults_read:
 * @settings: (transfer none): where they are kept
 *
 * Returns: (transfer full): the limits of new runs
 */
MillAlertLimits *
mill_alert_defaults_read (GSettings *settings)
{
  MillAlertLimits *limits = mill_alert_limits_new ();

  limits->queue = g_settings_get_double (settings, "alert-queue");
  limits->queue_for_s = g_settings_get_double (settings, "alert-queue-for");
  limits->dead_letters = g_settings_get_int64 (settings, "alert-dead-letters");
  limits->p99_s = g_settings_get_double (settings, "alert-p99");
  limits->no_progress_s = g_settings_get_double (settings, "alert-no-progress");
  return limits;
}

/**
 * mill_alert_defaults_write:
 * @settings: (transfer none): where they are kept
 * @limits: the limits of new runs
 *
 * Keeps them.
 */
void
mill_alert_defaults_write (GSettings *settings, const MillAlertLimits *limits)
{
  g_settings_set_double (settings, "alert-queue", limits->queue);
  g_settings_set_double (settings, "alert-queue-for", limits->queue_for_s);
  g_settings_set_int64 (settings, "alert-dead-letters", limits->dead_letters);
  g_settings_set_double (settings, "alert-p99", limits->p99_s);
  g_settings_set_double (settings, "alert-no-progress", limits->no_progress_s);
}

/**
 * mill_alert_defaults_apply:
 * @settings: (transfer none) (nullable): where they are kept
 * @run: (transfer none): a run that was not started
 *
 * Has @run watched for these too, where its job has no limit of its own.
 */
void
mill_alert_defaults_apply (GSettings *settings, MillRun *run)
{
  g_autoptr (MillAlertLimits) defaults = NULL;
  g_autoptr (MillAlertLimits) limits = NULL;

  if (settings == NULL)
    return;
  defaults = mill_alert_defaults_read (settings);
  limits = mill_alert_limits_copy (mill_run_get_alert_limits (run));
  if (limits->queue <= 0)
    {
      limits->queue = defaults->queue;
      limits->queue_for_s = defaults->queue_for_s;
    }
  if (limits->dead_letters < 0)
    limits->dead_letters = defaults->dead_letters;
  if (limits->p99_s <= 0)
    limits->p99_s = defaults->p99_s;
  if (limits->no_progress_s <= 0)
    limits->no_progress_s = defaults->no_progress_s;
  mill_run_set_alert_limits (run, limits);
}
