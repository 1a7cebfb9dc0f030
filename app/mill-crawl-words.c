/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A crawl in sentences. */

#include "config.h"

#include "mill-crawl-words.h"

#include <glib/gi18n.h>

#include "mill-format.h"
#include "mill-words.h"

/* (transfer full) (nullable) */
static char *
take_text (GString *text)
{
  char *result = g_string_free (text, FALSE);

  if (*result == '\0')
    g_clear_pointer (&result, g_free);
  return result;
}

static char *
stopped_sentence (const MillCrawlSummary *summary, const MillSnapshot *end)
{
  guint64 n_known = summary->done + summary->dead + summary->left;
  g_autofree char *settled = mill_format_count (summary->done + summary->dead);
  g_autofree char *known = mill_format_count (n_known);
  g_autofree char *span = end != NULL ? mill_words_span (end->elapsed_us) : NULL;

  if (end == NULL)
    return g_strdup_printf (ngettext ("%s of %s known page is through; the crawl can go on.",
                                      "%s of %s known pages are through; the crawl can go on.",
                                      (gulong) n_known),
                            settled, known);
  if (end->state == MILL_STATE_STOPPED)
    return g_strdup_printf (
        ngettext ("Stopped after %s: %s of %s known page is through; the crawl can go on.",
                  "Stopped after %s: %s of %s known pages are through; the crawl can go on.",
                  (gulong) n_known),
        span, settled, known);
  return g_strdup_printf (
      ngettext ("Drained after %s: %s of %s known page is through; the crawl can go on.",
                "Drained after %s: %s of %s known pages are through; the crawl can go on.", (gulong) n_known),
      span, settled, known);
}

static char *
finished_sentence (const MillCrawlSummary *summary)
{
  g_autofree char *done = mill_format_count (summary->done);
  g_autofree char *dead = mill_format_count (summary->dead);

  if (summary->dead > 0)
    /* Translators: numbers of pages */
    return g_strdup_printf (ngettext ("Finished: %s page fetched, %s failed for good.",
                                      "Finished: %s pages fetched, %s failed for good.",
                                      (gulong) summary->done),
                            done, dead);
  return g_strdup_printf (ngettext ("Finished: %s page fetched, none failed.",
                                    "Finished: %s pages fetched, none failed.", (gulong) summary->done),
                          done);
}

/**
 * mill_crawl_words_sentence:
 * @summary: a crawl
 * @end: (nullable): the last snapshot of a run of it; %NULL if it is just looked at
 *
 * Returns: (transfer full): how far it is
 */
char *
mill_crawl_words_sentence (const MillCrawlSummary *summary, const MillSnapshot *end)
{
  if (end != NULL && end->state == MILL_STATE_FAILED)
    {
      g_autofree char *span = mill_words_span (end->elapsed_us);

      return g_strdup_printf (_ ("Failed after %s: %s"), span, end->error);
    }
  if (mill_crawl_summary_is_finished (summary))
    return finished_sentence (summary);
  return stopped_sentence (summary, end);
}

/**
 * mill_crawl_words_pages:
 * @summary: a crawl
 *
 * Returns: (transfer full): what became of the pages it knows
 */
char *
mill_crawl_words_pages (const MillCrawlSummary *summary)
{
  GString *text = g_string_new (NULL);

  mill_words_append_part (text, mill_words_count_with (_ ("%s fetched"), summary->done));
  if (summary->bytes > 0)
    mill_words_append_part (text, g_format_size (summary->bytes));
  if (summary->saved > 0)
    mill_words_append_part (text, mill_words_count_with (_ ("%s saved"), summary->saved));
  if (summary->dead > 0)
    mill_words_append_part (text, mill_words_count_with (_ ("%s failed"), summary->dead));
  if (summary->left > 0)
    mill_words_append_part (text, mill_words_count_with (_ ("%s left"), summary->left));
  return g_string_free (text, FALSE);
}

/**
 * mill_crawl_words_not_fetched:
 * @summary: a crawl
 *
 * Returns: (transfer full) (nullable): which pages it knows and leaves alone; %NULL if there are none
 */
char *
mill_crawl_words_not_fetched (const MillCrawlSummary *summary)
{
  GString *text = g_string_new (NULL);

  if (summary->disallowed > 0)
    mill_words_append_part (text,
                            mill_words_count_with (_ ("%s because of robots.txt"), summary->disallowed));
  if (summary->over_limit > 0)
    mill_words_append_part (
        text, mill_words_count_with (_ ("%s because of the limit on pages or bytes"), summary->over_limit));
  return take_text (text);
}

/**
 * mill_crawl_words_not_followed:
 * @counts: what a run of a crawl counted
 *
 * Returns: (transfer full) (nullable): which links it did not follow; %NULL if there are none
 */
char *
mill_crawl_words_not_followed (const MillFrontierCounts *counts)
{
  GString *text = g_string_new (NULL);

  if (counts->skipped_scope > 0)
    mill_words_append_part (text, mill_words_count_with (_ ("%s out of scope"), counts->skipped_scope));
  if (counts->skipped_depth > 0)
    mill_words_append_part (text, mill_words_count_with (_ ("%s too deep"), counts->skipped_depth));
  return take_text (text);
}

/**
 * mill_crawl_words_broken:
 * @n_broken: how many pages failed
 * @n_shown: how many of them are shown
 *
 * Returns: (transfer full): a heading for them
 */
char *
mill_crawl_words_broken (guint64 n_broken, guint n_shown)
{
  g_autofree char *count = mill_format_count (n_broken);
  g_autofree char *shown = mill_format_count (n_shown);

  if (n_broken > n_shown)
    return g_strdup_printf (_ ("%s broken links, the first %s"), count, shown);
  return g_strdup_printf (ngettext ("%s broken link", "%s broken links", (gulong) n_broken), count);
}

/**
 * mill_crawl_words_when:
 * @when: a time
 * @now: the present one, local
 *
 * Returns: (transfer full): @when, as short as it can be said today
 */
char *
mill_crawl_words_when (GDateTime *when, GDateTime *now)
{
  g_autoptr (GDateTime) local = g_date_time_to_local (when);
  GTimeSpan ago = g_date_time_difference (now, when);

  if (ago >= 0 && ago < G_TIME_SPAN_MINUTE)
    return g_strdup (_ ("just now"));
  if (g_date_time_get_year (local) == g_date_time_get_year (now) &&
      g_date_time_get_day_of_year (local) == g_date_time_get_day_of_year (now))
    /* Translators: a time of today, for strftime */
    return g_date_time_format (local, _ ("today %H:%M"));
  /* Translators: a day and a time, for strftime */
  return g_date_time_format (local, _ ("%e %b %Y, %H:%M"));
}

/**
 * mill_crawl_words_row:
 * @summary: a crawl
 * @now: the time, local
 *
 * Returns: (transfer full): how far it is and since when, on a line
 */
char *
mill_crawl_words_row (const MillCrawlSummary *summary, GDateTime *now)
{
  guint64 settled = summary->done + summary->dead;
  g_autofree char *settled_text = mill_format_count (settled);
  g_autofree char *known = mill_format_count (settled + summary->left);
  GString *text = g_string_new (NULL);

  if (summary->is_in_use)
    mill_words_append_part (text, g_strdup (_ ("running")));
  else
    mill_words_append_part (
        text, g_strdup (mill_crawl_summary_is_finished (summary) ? _ ("finished") : _ ("can go on")));
  if (mill_crawl_summary_is_finished (summary))
    mill_words_append_part (
        text, g_strdup_printf (ngettext ("%s page", "%s pages", (gulong) settled), settled_text));
  else
    mill_words_append_part (text, g_strdup_printf (ngettext ("%s of %s known page", "%s of %s known pages",
                                                             (gulong) (settled + summary->left)),
                                                   settled_text, known));
  if (summary->dead > 0)
    mill_words_append_part (text, mill_words_count_with (_ ("%s failed"), summary->dead));
  if (summary->ended != NULL)
    mill_words_append_part (text, mill_crawl_words_when (summary->ended, now));
  return g_string_free (text, FALSE);
}
