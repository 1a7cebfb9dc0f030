/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recorded run in sentences: those of a run that was just watched, where it came to its end. */

#include "config.h"

#include "mill-record-words.h"

#include <glib/gi18n.h>

#include "mill-crawl-words.h"
#include "mill-format.h"
#include "mill-summary-words.h"
#include "mill-words.h"

static char *
describe_end (const MillRunFacts *facts)
{
  g_autoptr (GPtrArray) nobody = g_ptr_array_new ();
  const MillSnapshot end = {
    .elapsed_us = facts->started != NULL && facts->ended != NULL
                      ? g_date_time_difference (facts->ended, facts->started)
                      : 0,
    .state = facts->state,
    .error = facts->error,
    .total = -1,
    .produced = facts->produced,
    .done = facts->done,
    .dead = facts->dead,
    .returned = facts->returned,
    .stuck = nobody,
  };

  return mill_summary_words_sentence (&end);
}

/**
 * mill_record_words_unrecorded:
 * @unrecorded: how many items have no row in the run file
 *
 * Returns: (transfer full) (nullable): a sentence about them, if there are any
 */
char *
mill_record_words_unrecorded (guint64 unrecorded)
{
  g_autofree char *count = mill_format_count (unrecorded);

  if (unrecorded == 0)
    return NULL;
  return g_strdup_printf (ngettext ("%s item is not in the recording.", "%s items are not in the recording.",
                                    (gulong) unrecorded),
                          count);
}

/**
 * mill_record_words_sentence:
 * @facts: a recorded run
 *
 * Returns: (transfer full): how it ended, or how far it is
 */
char *
mill_record_words_sentence (const MillRunFacts *facts)
{
  g_autofree char *done = mill_format_count (facts->done);
  g_autofree char *unrecorded = mill_record_words_unrecorded (facts->unrecorded);
  g_autofree char *sentence = NULL;

  if (facts->is_in_use)
    sentence = g_strdup_printf (_ ("This run goes on elsewhere: %s done so far."), done);
  else if (mill_state_is_final (facts->state))
    sentence = describe_end (facts);
  else
    sentence =
        g_strdup_printf (_ ("The recording breaks off, as the program did: %s done until then."), done);
  return unrecorded != NULL ? g_strdup_printf ("%s %s", sentence, unrecorded) : g_steal_pointer (&sentence);
}

/**
 * mill_record_words_row:
 * @facts: a recorded run
 * @now: the time, local
 *
 * Returns: (transfer full): how it ended and when, on a line
 */
char *
mill_record_words_row (const MillRunFacts *facts, GDateTime *now)
{
  GDateTime *when = facts->ended != NULL ? facts->ended : facts->started;
  GString *text = g_string_new (NULL);

  mill_words_append_part (
      text, g_strdup (facts->is_cut_off ? _ ("broken off") : mill_state_get_label (facts->state)));
  mill_words_append_part (text, mill_words_count_with (_ ("%s done"), facts->done));
  if (facts->dead > 0)
    mill_words_append_part (text, mill_words_count_with (_ ("%s failed"), facts->dead));
  if (when != NULL)
    mill_words_append_part (text, mill_crawl_words_when (when, now));
  return g_string_free (text, FALSE);
}
