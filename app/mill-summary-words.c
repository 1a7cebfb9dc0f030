/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A finished run in sentences. */

#include "config.h"

#include "mill-summary-words.h"

#include <glib/gi18n.h>

#include "mill-format.h"
#include "mill-words.h"

static gboolean
is_cut_short (const MillSnapshot *snapshot)
{
  return snapshot->total >= 0 && snapshot->produced < (guint64) snapshot->total;
}

static char *
finished_sentence (const MillSnapshot *snapshot, const char *span)
{
  g_autofree char *done = mill_format_count (snapshot->done);
  g_autofree char *dead = mill_format_count (snapshot->dead);

  if (snapshot->dead > 0)
    /* Translators: numbers of items, then a span of time */
    return g_strdup_printf (_ ("Finished: %s done and %s failed for good, in %s."), done, dead, span);
  if (is_cut_short (snapshot))
    return g_strdup_printf (ngettext ("Drained: the %s item that was sent went through, in %s.",
                                      "Drained: all %s items that were sent went through, in %s.",
                                      (gulong) snapshot->done),
                            done, span);
  return g_strdup_printf (ngettext ("Finished: %s item went through, in %s.",
                                    "Finished: all %s items went through, in %s.", (gulong) snapshot->done),
                          done, span);
}

static char *
stopped_sentence (const MillSnapshot *snapshot, const char *span)
{
  g_autofree char *done = mill_format_count (snapshot->done);
  g_autofree char *returned = mill_format_count (snapshot->returned);

  if (snapshot->returned == 0)
    return g_strdup_printf (_ ("Stopped after %s: %s done, nothing left in the pipeline."), span, done);
  /* Translators: "returned" items were not processed; none of them is lost */
  return g_strdup_printf (_ ("Stopped after %s: %s done, %s returned unprocessed."), span, done, returned);
}

static char *
end_sentence (const MillSnapshot *snapshot)
{
  g_autofree char *span = mill_words_span (snapshot->elapsed_us);

  if (snapshot->state == MILL_STATE_FINISHED)
    return finished_sentence (snapshot, span);
  if (snapshot->state == MILL_STATE_FAILED)
    return g_strdup_printf (_ ("Failed after %s: %s"), span, snapshot->error != NULL ? snapshot->error : "");
  return stopped_sentence (snapshot, span);
}

/**
 * mill_summary_words_sentence:
 * @snapshot: the last one of a run
 *
 * Returns: (transfer full): how it ended, and who was left behind
 */
char *
mill_summary_words_sentence (const MillSnapshot *snapshot)
{
  g_autofree char *end = end_sentence (snapshot);
  g_autofree char *stuck = mill_words_stuck (snapshot);

  return stuck != NULL ? g_strdup_printf ("%s %s", end, stuck) : g_steal_pointer (&end);
}

/**
 * mill_summary_words_sum:
 * @snapshot: the last one of a run
 *
 * Returns: (transfer full): what became of every item, as an equation
 */
char *
mill_summary_words_sum (const MillSnapshot *snapshot)
{
  g_autofree char *produced = mill_format_count (snapshot->produced);
  g_autofree char *done = mill_format_count (snapshot->done);
  g_autofree char *dead = mill_format_count (snapshot->dead);
  g_autofree char *returned = mill_format_count (snapshot->returned);
  g_autofree char *dropped = mill_format_count (snapshot->dropped);

  if (!mill_snapshot_is_conserved (snapshot) || snapshot->unfinished > 0)
    {
      g_autofree char *unfinished = mill_format_count (snapshot->unfinished);

      /* Translators: this must never be seen: the count of items does not add up */
      return g_strdup_printf (
          _ ("This does not add up: %s produced, %s done, %s dead, %s returned, %s dropped, %s unfinished"),
          produced, done, dead, returned, dropped, unfinished);
    }
  return g_strdup_printf (_ ("%s produced = %s done + %s dead + %s returned + %s dropped"), produced, done,
                          dead, returned, dropped);
}
