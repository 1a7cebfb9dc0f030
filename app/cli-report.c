/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The summary of a run, for people. The JSON object is in cli-report-json.c. */

#include "config.h"

#include "cli-report.h"

#include <glib/gi18n.h>

#include "cli-text.h"
#include "mill-format.h"
#include "mill-limit-words.h"
#include "mill-wait-words.h"
#include "mill-words.h"
#include "sources/mill-crawl-source.h"

#define SHOWN_LETTERS 10

static char *
describe_end (const MillSnapshot *run)
{
  g_autofree char *span = mill_words_span (run->elapsed_us);
  g_autofree char *done = mill_format_count (run->done);
  g_autofree char *dead = mill_format_count (run->dead);
  g_autofree char *returned = mill_format_count (run->returned);

  if (run->state == MILL_STATE_FAILED)
    return g_strdup_printf (_ ("Failed after %s: %s."), span, run->error);
  if (run->state == MILL_STATE_STOPPED)
    return g_strdup_printf (_ ("Stopped after %s: %s done, %s not processed and returned."), span, done,
                            returned);
  if (run->dead > 0)
    return g_strdup_printf (_ ("Finished in %s: %s done, %s failed for good."), span, done, dead);
  if (run->total >= 0 && run->produced < (guint64) run->total)
    return g_strdup_printf (_ ("Drained in %s: %s done, none failed; the source was told to end."), span,
                            done);
  return g_strdup_printf (_ ("Finished in %s: %s done, none failed."), span, done);
}

static void
add_count (MillCliTable *table, const char *sign, const char *label, guint64 count, const char *note)
{
  g_autofree char *text = mill_format_count (count);

  mill_cli_table_add (table, sign, label, text, note, NULL);
}

/* The parts add up to what was produced. */
static char *
describe_counts (const MillSnapshot *run)
{
  g_autoptr (MillCliTable) table = mill_cli_table_new ("llrl");

  add_count (table, "", _ ("produced"), run->produced, NULL);
  add_count (table, "=", _ ("done"), run->done, NULL);
  add_count (table, "+", _ ("dead"), run->dead, run->dead > 0 ? _ ("failed for good") : NULL);
  add_count (table, "+", _ ("returned"), run->returned, run->returned > 0 ? _ ("not processed") : NULL);
  if (run->dropped > 0)
    add_count (table, "+", _ ("dropped"), run->dropped, NULL);
  if (run->unfinished > 0)
    add_count (table, "+", _ ("unfinished"), run->unfinished, NULL);
  return mill_cli_table_to_string (table);
}

static char *
describe_throughput (const MillSnapshot *run)
{
  double seconds = (double) run->elapsed_us / G_USEC_PER_SEC;
  g_autofree char *rate = mill_words_rate (seconds > 0 ? (double) run->done / seconds : 0.0);
  g_autofree char *size = g_format_size (run->bytes);

  if (run->bytes == 0)
    return g_strdup_printf (_ ("%s items/s"), rate);
  return g_strdup_printf (_ ("%s items/s, %s in all"), rate, size);
}

static char *
percentile (const MillHistogram *times, double percent)
{
  if (mill_histogram_get_count (times) == 0)
    return g_strdup ("–");
  return mill_words_span (mill_histogram_get_percentile (times, percent));
}

static char *
describe_latency (const MillHistogram *times)
{
  g_autofree char *p50 = percentile (times, 50);
  g_autofree char *p95 = percentile (times, 95);
  g_autofree char *p99 = percentile (times, 99);
  g_autofree char *max = percentile (times, 100);

  return g_strdup_printf (_ ("p50 %s, p95 %s, p99 %s, longest %s"), p50, p95, p99, max);
}

static char *
describe_producer (const MillSnapshot *run)
{
  const MillStageSnapshot *first = g_ptr_array_index (run->stages, 0);
  gint64 blocked_us = first->queue.put_blocked_us;
  g_autofree char *span = mill_words_span (blocked_us);
  g_autofree char *share =
      mill_words_percent (run->elapsed_us > 0 ? (double) blocked_us / (double) run->elapsed_us : 0);

  if (blocked_us == 0)
    return g_strdup (_ ("never blocked"));
  return g_strdup_printf (_ ("blocked by a full queue for %s (%s)"), span, share);
}

static char *
describe_limit (const MillSnapshot *run, const MillLimitFinding *limit)
{
  if (limit == NULL)
    /* Translators: what held a run back */
    return g_strdup (_ ("not sure: the run was too short, or none stood out"));
  return mill_limit_words_brief (limit, run);
}

static char *
describe_figures (const MillSnapshot *run, const MillLimitFinding *limit)
{
  g_autoptr (MillCliTable) table = mill_cli_table_new ("ll");
  g_autofree char *throughput = describe_throughput (run);
  g_autofree char *latency = describe_latency (run->latency);
  g_autofree char *retries = mill_format_count (run->retries);
  g_autofree char *producer = describe_producer (run);
  g_autofree char *binding = describe_limit (run, limit);
  g_autofree char *advice = limit != NULL ? mill_limit_words_advice (limit, run) : NULL;

  mill_cli_table_add (table, _ ("throughput"), throughput, NULL);
  mill_cli_table_add (table, _ ("latency"), latency, NULL);
  mill_cli_table_add (table, _ ("retries"), retries, NULL);
  mill_cli_table_add (table, _ ("producer"), producer, NULL);
  /* Translators: what holds a run back */
  mill_cli_table_add (table, _ ("limit"), binding, NULL);
  if (advice != NULL && *advice != '\0')
    mill_cli_table_add (table, "", advice, NULL);
  if (run->unrecorded > 0)
    {
      g_autofree char *unrecorded = mill_format_count (run->unrecorded);
      g_autofree char *text =
          g_strdup_printf (ngettext ("%s item is not in the run file", "%s items are not in the run file",
                                     (gulong) run->unrecorded),
                           unrecorded);

      mill_cli_table_add (table, _ ("not recorded"), text, NULL);
    }
  return mill_cli_table_to_string (table);
}

static void
add_stage (MillCliTable *table, const MillStageSnapshot *stage)
{
  g_autofree char *done = mill_format_count (stage->done);
  g_autofree char *dead = mill_format_count (stage->dead);
  g_autofree char *retries = mill_format_count (stage->retries);
  g_autofree char *most = mill_format_count (stage->queue.high_water);
  g_autofree char *p50 = percentile (stage->service, 50);
  g_autofree char *p99 = percentile (stage->service, 99);

  mill_cli_table_add (table, stage->name, mill_words_kind (stage->kind), done, dead, retries, most, p50, p99,
                      NULL);
}

static char *
describe_stages (const MillSnapshot *run)
{
  g_autoptr (MillCliTable) table = mill_cli_table_new ("llrrrrrr");

  mill_cli_table_add (table, _ ("stage"), _ ("workers"), _ ("done"), _ ("dead"), _ ("retries"),
                      _ ("most queued"), "p50", "p99", NULL);
  for (guint i = 0; i < run->stages->len; i++)
    add_stage (table, g_ptr_array_index (run->stages, i));
  return mill_cli_table_to_string (table);
}

static void
add_wait (MillCliTable *table, const MillStageSnapshot *stage, const MillQueueWait *wait)
{
  g_autofree char *class = mill_wait_words_class (stage, wait);
  g_autofree char *count = mill_format_count (wait->recent_count);
  g_autofree char *mean = mill_words_span ((gint64) wait->recent_mean_us);
  g_autofree char *p95 = mill_words_span (wait->recent_p95_us);
  g_autofree char *expected_mean = mill_wait_words_expected_mean (stage, wait);
  g_autofree char *expected_p95 = mill_wait_words_expected_p95 (stage);

  mill_cli_table_add (table, stage->name, class, count, mean, p95, expected_mean, expected_p95, NULL);
}

/* How long items waited in a queue. */
static void
append_stage_waits (GString *text, const MillStageSnapshot *stage)
{
  g_autoptr (MillCliTable) table = mill_cli_table_new ("llrrrrr");
  g_autofree char *theory = stage->theory != NULL ? mill_wait_words_theory (stage->theory) : NULL;
  g_autofree char *lines = NULL;

  mill_cli_table_add (table, _ ("waits in"), _ ("class"), _ ("items"), _ ("mean"), "p95", _ ("theory: mean"),
                      "p95", NULL);
  for (guint i = 0; i < stage->waits->len; i++)
    add_wait (table, stage, &g_array_index (stage->waits, MillQueueWait, i));
  lines = mill_cli_table_to_string (table);
  g_string_append_printf (text, "\n%s", lines);
  if (theory != NULL)
    g_string_append_printf (text, "  %s\n", theory);
  if (mill_wait_words_are_recent (stage))
    g_string_append_printf (text, "  %s\n", _ ("Counted since a knob was last turned."));
}

static void
append_waits (GString *text, const MillSnapshot *run)
{
  for (guint i = 0; i < run->stages->len; i++)
    if (mill_wait_words_are_worth_it (g_ptr_array_index (run->stages, i)))
      append_stage_waits (text, g_ptr_array_index (run->stages, i));
}

static void
append_letter (GString *text, const MillDeadLetter *letter)
{
  const char *key = mill_item_get_key (letter->item);
  const char *referrer = mill_item_get_attribute (letter->item, "referrer");
  g_autofree char *what = mill_cli_text_printable (key != NULL ? key : "–");
  g_autofree char *why = mill_cli_text_printable (letter->error->message);

  g_string_append_printf (text, "  %s\n      %s: %s", what, letter->stage, why);
  if (letter->attempts > 1)
    g_string_append_printf (text, ngettext (" (%u attempt)", " (%u attempts)", letter->attempts),
                            letter->attempts);
  g_string_append_c (text, '\n');
  if (referrer != NULL)
    {
      g_autofree char *from = mill_cli_text_printable (referrer);

      g_string_append (text, "      ");
      g_string_append_printf (text, _ ("linked from %s"), from);
      g_string_append_c (text, '\n');
    }
}

static void
append_letters (GString *text, MillPipeline *pipeline, guint64 dead)
{
  g_autoptr (GPtrArray) letters = mill_pipeline_get_dead_letters (pipeline);
  guint shown = MIN (letters->len, SHOWN_LETTERS);
  g_autofree char *count = mill_format_count (dead);

  if (letters->len == 0)
    return;
  g_string_append_c (text, '\n');
  if (dead > shown)
    g_string_append_printf (text, _ ("Dead letters, %u of %s:"), shown, count);
  else
    g_string_append (text, _ ("Dead letters:"));
  g_string_append_c (text, '\n');
  for (guint i = 0; i < shown; i++)
    append_letter (text, g_ptr_array_index (letters, i));
}

static void
add_skipped (MillCliTable *table, const char *label, guint64 number)
{
  g_autofree char *count = mill_format_count (number);

  if (number > 0)
    mill_cli_table_add (table, label, count, NULL);
}

static char *
describe_skipped (const MillFrontierCounts *counts)
{
  g_autoptr (MillCliTable) table = mill_cli_table_new ("lr");

  add_skipped (table, _ ("not fetched because of robots.txt"), counts->skipped_robots);
  add_skipped (table, _ ("not fetched because of the limit on pages or bytes"), counts->skipped_limit);
  add_skipped (table, _ ("links not followed because of the limit on depth"), counts->skipped_depth);
  add_skipped (table, _ ("links not followed because they are out of scope"), counts->skipped_scope);
  return mill_cli_table_to_string (table);
}

/* What a crawl left out, so that nobody takes the result for the whole site. */
static void
append_crawl (GString *text, MillPipeline *pipeline)
{
  MillSource *source = mill_pipeline_get_source (pipeline);
  g_auto (GStrv) problems = NULL;
  g_autofree char *skipped = NULL;
  MillFrontierCounts counts;

  if (!MILL_IS_CRAWL_SOURCE (source) || !mill_crawl_source_get_counts (MILL_CRAWL_SOURCE (source), &counts))
    return;
  skipped = describe_skipped (&counts);
  problems = mill_crawl_source_dup_problems (MILL_CRAWL_SOURCE (source));
  if (*skipped != '\0' || *problems != NULL)
    g_string_append_printf (text, "\n%s", skipped);
  for (char **problem = problems; *problem != NULL; problem++)
    g_string_append_printf (text, "  %s\n", *problem);
}

/* Beside the earlier run. */
static void
append_changes (GString *text, const MillChangeCounts *changes)
{
  g_autoptr (MillCliTable) table = mill_cli_table_new ("lrl");
  const struct
  {
    const char *label;
    guint64 n;
    const char *note; /* (nullable) */
  } rows[] = {
    { _ ("new"), changes->n_new, NULL },
    { _ ("changed"), changes->n_changed, NULL },
    { _ ("gone"), changes->n_gone, _ ("the server says so (404 or 410)") },
    { _ ("no longer linked"), changes->n_unlinked, _ ("nothing led to them this time") },
    { _ ("failed now"), changes->n_failed, NULL },
    { _ ("not asked for"), changes->n_unfetched, _ ("robots.txt, a limit or the end came before") },
    { _ ("not known"), changes->n_unknown, _ ("the earlier run kept no hashes") },
    { _ ("unchanged"), changes->n_unchanged, NULL },
  };
  g_autofree char *lines = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *count = mill_format_count (rows[i].n);

      if (rows[i].n > 0)
        mill_cli_table_add (table, rows[i].label, count, rows[i].note, NULL);
    }
  lines = mill_cli_table_to_string (table);
  g_string_append_printf (text, "\n%s\n%s", _ ("Compared with the earlier run:"), lines);
}

static void
append_leap (GString *text, const MillSnapshot *run)
{
  g_autofree char *span = mill_words_span (run->real_us);

  g_string_append_printf (text, _ ("All times are the run’s own, which leapt: it took %s."), span);
  g_string_append_c (text, '\n');
}

/**
 * mill_cli_report_to_text:
 * @pipeline: a pipeline that has ended
 * @report: what else there is to tell
 *
 * Returns: (transfer full): the summary, several lines
 */
char *
mill_cli_report_to_text (MillPipeline *pipeline, const MillCliReport *report)
{
  g_autoptr (MillSnapshot) run = mill_pipeline_snapshot (pipeline);
  g_autofree char *end = describe_end (run);
  g_autofree char *stuck = mill_words_stuck (run);
  g_autofree char *counts = describe_counts (run);
  g_autofree char *figures = describe_figures (run, report->limit);
  g_autofree char *stages = describe_stages (run);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%s\n", end);
  if (run->is_leaping)
    append_leap (text, run);
  if (stuck != NULL)
    g_string_append_printf (text, "%s\n", stuck);
  if (run->produced == 0 && run->state == MILL_STATE_FAILED)
    return g_string_free (text, FALSE);
  g_string_append_printf (text, "\n%s\n%s\n%s", counts, figures, stages);
  append_waits (text, run);
  append_crawl (text, pipeline);
  if (report->changes != NULL)
    append_changes (text, report->changes);
  append_letters (text, pipeline, run->dead);
  return g_string_free (text, FALSE);
}
