/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recorded crawl, and a stored run, are spoken of by their file, all else by the last snapshot. */

#include "config.h"

#include "mill-run-words.h"

#include <glib/gi18n.h>

#include "crawl/mill-crawl-record.h"
#include "mill-crawl-words.h"
#include "mill-format.h"
#include "mill-record-words.h"
#include "mill-summary-words.h"
#include "mill-words.h"

/* A crawl counts from its very beginning, whenever that was, and knows only what it has found so far. */
static char *
describe_progress (MillRun *run)
{
  const MillSnapshot *snapshot = mill_run_get_snapshot (run);
  guint64 n_before = mill_crawl_get_n_before (mill_run_get_pipeline (run));
  g_autofree char *settled = mill_format_count (n_before + snapshot->done + snapshot->dead);
  guint64 n_total = n_before + (guint64) MAX (snapshot->total, 0);
  g_autofree char *total = mill_format_count (n_total);

  if (snapshot->total < 0)
    /* Translators: how many items are through */
    return g_strdup_printf (_ ("%s done"), settled);
  if (mill_run_is_crawl (run))
    return g_strdup_printf (ngettext ("%s of %s known page", "%s of %s known pages", (gulong) n_total),
                            settled, total);
  /* Translators: how many items are through, of how many; "9,075 of 21,000" */
  return g_strdup_printf (_ ("%s of %s"), settled, total);
}

/**
 * mill_run_words_now:
 * @run: any run
 *
 * Returns: (transfer full): where it stands, as in
 *   “crawl · running · 0:42 · 9,075 of 21,000 · about 1 min left”
 */
char *
mill_run_words_now (MillRun *run)
{
  const MillSnapshot *snapshot = mill_run_get_snapshot (run);
  gint64 left_us;
  MillEtaKind kind = mill_run_get_left (run, &left_us);
  g_autofree char *clock = mill_format_time (snapshot->elapsed_us, 0);
  g_autofree char *progress = describe_progress (run);
  g_autofree char *left = mill_words_left (kind, left_us);
  g_autoptr (GString) text = g_string_new (mill_run_get_origin (run));

  g_string_append_printf (text, " · %s", mill_state_get_label (snapshot->state));
  if (snapshot->state == MILL_STATE_IDLE)
    return g_strdup (text->str);
  g_string_append_printf (text, " · %s · %s", clock, progress);
  if (left != NULL)
    g_string_append_printf (text, " · %s", left);

  return g_strdup (text->str);
}

static char *
describe_snapshot (const MillSnapshot *snapshot)
{
  g_autofree char *sentence = mill_summary_words_sentence (snapshot);
  g_autofree char *unrecorded = mill_record_words_unrecorded (snapshot->unrecorded);

  return unrecorded != NULL ? g_strdup_printf ("%s %s", sentence, unrecorded) : g_steal_pointer (&sentence);
}

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

  if (mill_run_get_facts (run) != NULL)
    return mill_record_words_sentence (mill_run_get_facts (run));
  if (summary == NULL || mill_run_get_path (run) == NULL)
    return describe_snapshot (snapshot);
  sentence = mill_crawl_words_sentence (summary, mill_run_is_stored (run) ? NULL : snapshot);
  stuck = mill_words_stuck (snapshot);
  return stuck != NULL ? g_strdup_printf ("%s %s", sentence, stuck) : g_steal_pointer (&sentence);
}
