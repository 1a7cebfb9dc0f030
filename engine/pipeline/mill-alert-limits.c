/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillAlertLimits: what somebody wants to be told of, and how a person writes it. */

#include "config.h"

#include "pipeline/mill-alert-limits.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "core/mill-error.h"

#define MAX_SECONDS      1e6
#define MAX_DEAD_LETTERS 1e15

G_DEFINE_BOXED_TYPE (MillAlertLimits, mill_alert_limits, mill_alert_limits_copy, mill_alert_limits_free)

/**
 * mill_alert_limits_new:
 *
 * Makes limits of which none is set.
 *
 * Returns: (transfer full): no limits
 */
MillAlertLimits *
mill_alert_limits_new (void)
{
  MillAlertLimits *self = g_new0 (MillAlertLimits, 1);

  self->dead_letters = -1;
  return self;
}

/**
 * mill_alert_limits_copy:
 * @self: limits
 *
 * Copies them.
 *
 * Returns: (transfer full): a copy
 */
MillAlertLimits *
mill_alert_limits_copy (const MillAlertLimits *self)
{
  MillAlertLimits *copy = g_memdup2 (self, sizeof *self);

  copy->queue_stage = g_strdup (self->queue_stage);
  return copy;
}

/**
 * mill_alert_limits_free:
 * @self: (transfer full): limits
 *
 * Frees them.
 */
void
mill_alert_limits_free (MillAlertLimits *self)
{
  g_free (self->queue_stage);
  g_free (self);
}

/**
 * mill_alert_limits_is_empty:
 * @self: limits
 *
 * Whether there is nothing to watch.
 *
 * Returns: whether no limit is set
 */
gboolean
mill_alert_limits_is_empty (const MillAlertLimits *self)
{
  return self->queue <= 0 && self->dead_letters < 0 && self->p99_s <= 0 && self->no_progress_s <= 0;
}

/* What cannot be told apart when it is shown. */
static gboolean
is_same (double a, double b)
{
  return fabs (a - b) < 1e-9;
}

/**
 * mill_alert_limits_equal:
 * @a: limits
 * @b: others
 *
 * Compares them.
 *
 * Returns: whether they are the same
 */
gboolean
mill_alert_limits_equal (const MillAlertLimits *a, const MillAlertLimits *b)
{
  return is_same (a->queue, b->queue) && g_strcmp0 (a->queue_stage, b->queue_stage) == 0 &&
         is_same (a->queue_for_s, b->queue_for_s) && a->dead_letters == b->dead_letters &&
         is_same (a->p99_s, b->p99_s) && is_same (a->no_progress_s, b->no_progress_s);
}

/* A number and what follows it, without the spaces between. */
static gboolean
parse_number (const char *text, double *number, const char **unit)
{
  char *rest = NULL;

  *number = g_ascii_strtod (text, &rest);
  if (rest == text || !isfinite (*number))
    return FALSE;
  while (g_ascii_isspace (*rest))
    rest++;
  *unit = rest;
  return TRUE;
}

static gboolean
refuse (const char *text, const char *wanted, GError **error)
{
  g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("“%s” is not %s"), text, wanted);
  return FALSE;
}

static gboolean
parse_percent (const char *text, double *share, GError **error)
{
  const char *unit = NULL;
  double percent;

  if (!parse_number (text, &percent, &unit) || !(*unit == '\0' || g_str_equal (unit, "%")) || percent < 1 ||
      percent > 100)
    /* xgettext:no-c-format */
    return refuse (text, _ ("a share from 1% to 100%"), error);
  *share = percent / 100;
  return TRUE;
}

static gboolean
parse_span (const char *text, gboolean zero, double *seconds, GError **error)
{
  const char *unit = NULL;
  double number;

  if (!parse_number (text, &number, &unit))
    return refuse (text, _ ("a span of time such as 2 s, 500 ms or 1 min"), error);
  if (g_str_equal (unit, "ms"))
    number /= 1000;
  else if (g_str_equal (unit, "min"))
    number *= 60;
  else if (*unit != '\0' && !g_str_equal (unit, "s"))
    return refuse (text, _ ("a span of time such as 2 s, 500 ms or 1 min"), error);
  if (number < 0 || (!zero && number <= 0) || number > MAX_SECONDS)
    return refuse (text, _ ("a span of time such as 2 s, 500 ms or 1 min"), error);
  *seconds = number;
  return TRUE;
}

static gboolean
parse_count (const char *text, gint64 *count, GError **error)
{
  const char *unit = NULL;
  double number;

  if (!parse_number (text, &number, &unit) || *unit != '\0' || number < 0 || number > MAX_DEAD_LETTERS ||
      floor (number) < number)
    return refuse (text, _ ("a whole number, 0 or more"), error);
  *count = (gint64) number;
  return TRUE;
}

static gboolean
set_stage (MillAlertLimits *self, const char *text)
{
  g_free (self->queue_stage);
  self->queue_stage = g_strdup (text);
  return TRUE;
}

/**
 * mill_alert_limits_set:
 * @self: limits
 * @key: "queue", "queue-stage", "queue-for", "dead-letters", "p99" or "no-progress"
 * @text: its value as a person writes it: "90%", a stage's name, "10 s", "10", "2 s", "30 s"
 *
 * Sets one limit. After a failure it is as before.
 *
 * Returns: whether it was set; otherwise @error (%MILL_ERROR_INVALID) says what was wanted
 */
gboolean
mill_alert_limits_set (MillAlertLimits *self, const char *key, const char *text, GError **error)
{
  if (g_str_equal (key, "queue"))
    return parse_percent (text, &self->queue, error);
  if (g_str_equal (key, "queue-stage"))
    return set_stage (self, text);
  if (g_str_equal (key, "queue-for"))
    return parse_span (text, TRUE, &self->queue_for_s, error);
  if (g_str_equal (key, "dead-letters"))
    return parse_count (text, &self->dead_letters, error);
  if (g_str_equal (key, "p99"))
    return parse_span (text, FALSE, &self->p99_s, error);
  if (g_str_equal (key, "no-progress"))
    return parse_span (text, FALSE, &self->no_progress_s, error);
  g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("unknown key; the keys here are %s"),
               "queue, queue-stage, queue-for, dead-letters, p99, no-progress");
  return FALSE;
}
