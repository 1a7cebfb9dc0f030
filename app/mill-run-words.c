/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recorded crawl is spoken of by its file, all else by the last snapshot. */

#include "config.h"

#include "mill-run-words.h"

#include "mill-crawl-words.h"
#include "mill-summary-words.h"
#include "mill-words.h"

/**
 * mill_run_words_end:
 * @run: a run that has ended, or a stored one
 *
 * Returns: (transfer full): how it ended
 */
char *
mill_run_words_end (MillRun *run)
{
  const MillSnapshot *snapshot = mill_run_get_snapshot (run);
  const MillCrawlSummary *summary = mill_run_get_summary (run);
  g_autofree char *sentence = NULL;
  g_autofree char *stuck = NULL;

  if (summary == NULL || mill_run_get_path (run) == NULL)
    return mill_summary_words_sentence (snapshot);
  sentence = mill_crawl_words_sentence (summary, mill_run_is_stored (run) ? NULL : snapshot);
  stuck = mill_words_stuck (snapshot);
  return stuck != NULL ? g_strdup_printf ("%s %s", sentence, stuck) : g_steal_pointer (&sentence);
}
