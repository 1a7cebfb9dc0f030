/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Waits in words. */

#include "config.h"

#include "mill-wait-words.h"

#include <glib/gi18n.h>

#include "mill-words.h"

static gboolean
applies (const MillWaitTheory *theory)
{
  return theory != NULL && theory->why_not == NULL;
}

static char *
expected_span (double time_us)
{
  return time_us < 0.0 ? g_strdup ("–") : mill_words_span ((gint64) time_us);
}

/**
 * mill_wait_words_are_worth_it:
 * @stage: a stage of a snapshot
 *
 * Returns: whether the waits in its queue are worth telling: some items were more urgent than others, or
 *   theory has something to say
 */
gboolean
mill_wait_words_are_worth_it (const MillStageSnapshot *stage)
{
  return stage->theory != NULL || (stage->waits != NULL && stage->waits->len > 1);
}

/**
 * mill_wait_words_are_recent:
 * @stage: a stage of a snapshot
 *
 * Returns: whether a knob was turned on the way, so that not all waits are recent
 */
gboolean
mill_wait_words_are_recent (const MillStageSnapshot *stage)
{
  for (guint i = 0; i < stage->waits->len; i++)
    {
      const MillQueueWait *wait = &g_array_index (stage->waits, MillQueueWait, i);

      if (wait->recent_count != wait->count)
        return TRUE;
    }
  return FALSE;
}

/**
 * mill_wait_words_class:
 * @stage: a stage of a snapshot
 * @wait: one of its waits
 *
 * Returns: (transfer full): "urgent" or "ordinary", or the priority's number, when there are others
 */
char *
mill_wait_words_class (const MillStageSnapshot *stage, const MillQueueWait *wait)
{
  if (wait->priority == -1)
    return g_strdup (_ ("urgent"));
  if (wait->priority != 0)
    return g_strdup_printf ("%d", wait->priority);
  /* Translators: items that are not urgent; or all items, when none is */
  return g_strdup (stage->waits->len > 1 ? _ ("ordinary") : _ ("all"));
}

/**
 * mill_wait_words_expected_mean:
 * @stage: a stage of a snapshot
 * @wait: one of its waits
 *
 * Returns: (transfer full): how long such items ought to wait on average, or a dash
 */
char *
mill_wait_words_expected_mean (const MillStageSnapshot *stage, const MillQueueWait *wait)
{
  return expected_span (applies (stage->theory) ? mill_wait_theory_get_mean (stage->theory, wait->priority)
                                                : -1.0);
}

/**
 * mill_wait_words_expected_p95:
 * @stage: a stage of a snapshot
 *
 * Returns: (transfer full): how long 95 of a hundred items ought to wait at most, or a dash
 */
char *
mill_wait_words_expected_p95 (const MillStageSnapshot *stage)
{
  return expected_span (applies (stage->theory) ? stage->theory->p95_us : -1.0);
}

/**
 * mill_wait_words_theory:
 * @theory: what theory says
 *
 * Returns: (transfer full): a sentence about it
 */
char *
mill_wait_words_theory (const MillWaitTheory *theory)
{
  g_autofree char *load = mill_words_percent (theory->load);
  g_autofree char *waiting = mill_words_percent (theory->wait_probability);

  if (theory->why_not != NULL)
    return g_strdup_printf (_ ("Theory (Erlang C) does not apply: %s."), theory->why_not);
  return g_strdup_printf (_ ("Theory (Erlang C): %s busy, %s of all wait."), load, waiting);
}
