/* SPDX-License-Identifier: GPL-3.0-or-later */
/* millrace-cli bench stage: what a stage costs when its step does nothing, without limits and with every
 * limit set, though none of them ever holds an item up. The processor time is the whole process's, so the
 * source's and the producer's are in it. */

#include "config.h"

#include <glib/gi18n.h>

#include "cli-bench-pipeline.h"
#include "cli-bench.h"
#include "sources/mill-count-source.h"

typedef struct
{
  int items;
  int workers;
  int maxsize;
  int rounds;
  gboolean as_json;
} Options;

#define MAX_BYTES 1000000000

/* A knob of the stage, and a value that is a limit but never reached. */
typedef struct
{
  const char *knob;
  const char *value;
} Limit;

static const Limit limits[] = {
  { "timeout", "60" }, { "retries", "3" }, { "backoff", "0.1" }, { "rate", "10000000" }, { "burst", "10000" },
};

static MillPipeline *
build (const Options *options)
{
  g_autoptr (MillSource) source = mill_count_source_new ((guint) options->items);
  g_autoptr (MillStep) step = mill_noop_step_new ();
  g_autoptr (MillStage) stage = mill_stage_new ("work", MILL_KIND_THREADS, step);

  g_object_set (stage, "maxsize", options->maxsize, "consumers", (guint) options->workers, "retries", 0u,
                NULL);
  return mill_bench_pipeline_new (source, stage);
}

/* As many slots as workers are all taken at times, and nobody waits for one. Names what was set. */
static char *
set_limits (MillPipeline *pipeline, const Options *options, GError **error)
{
  MillStage *stage = mill_pipeline_get_stage (pipeline, 0);
  GString *names = g_string_new ("slots max-bytes");

  g_object_set (stage, "slots", (guint) options->workers, NULL);
  g_object_set (mill_stage_get_queue (stage), "max-bytes", (guint64) MAX_BYTES, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      g_autofree char *path = g_strconcat ("work.", limits[i].knob, NULL);

      if (!mill_pipeline_set_knob (pipeline, path, limits[i].value, error))
        {
          g_string_free (names, TRUE);
          return NULL;
        }
      g_string_append_printf (names, " %s", limits[i].knob);
    }
  return g_string_free (names, FALSE);
}

static gboolean
run_once (const Options *options, char **names, MillBenchRun *run, GError **error)
{
  g_autoptr (MillPipeline) pipeline = build (options);
  g_autoptr (MillSnapshot) end = NULL;

  if (names != NULL)
    {
      g_free (*names);
      *names = set_limits (pipeline, options, error);
      if (*names == NULL)
        return FALSE;
    }
  end = mill_bench_pipeline_run (pipeline, run, error);
  return end != NULL;
}

static void
keep_better (MillBenchRun *best, const MillBenchRun *run)
{
  if (best->produced == 0 || run->cpu_ns < best->cpu_ns)
    *best = *run;
}

static void
report (const Options *options, const MillBenchRun *limited, const MillBenchRun *unlimited, const char *names)
{
  g_autoptr (MillBenchReport) report = mill_bench_report_new ("stage");

  mill_bench_report_add_count (report, "workers", _ ("workers"), options->workers);
  mill_bench_report_add_count (report, "maxsize", NULL, options->maxsize);
  mill_bench_report_add_text (report, "limits", _ ("limits set"), names);
  mill_bench_report_add_run (report, limited);
  mill_bench_report_add_number (report, "cpu_us_per_item", _ ("with limits"),
                                mill_bench_run_get_cpu_ns (limited) / 1000.0, _ ("%s µs per item"));
  mill_bench_report_add_number (report, "cpu_us_per_item_unlimited", _ ("without"),
                                mill_bench_run_get_cpu_ns (unlimited) / 1000.0, _ ("%s µs per item"));
  mill_bench_report_print (report, options->as_json);
}

/* In turns, so that what disturbs the machine disturbs both. */
static MillCliStatus
measure (const Options *options)
{
  MillBenchRun limited = { 0 }, unlimited = { 0 }, run;
  g_autofree char *names = NULL;
  g_autoptr (GError) error = NULL;

  for (int round = 0; round < options->rounds; round++)
    {
      if (!run_once (options, NULL, &run, &error))
        break;
      keep_better (&unlimited, &run);
      if (!run_once (options, &names, &run, &error))
        break;
      keep_better (&limited, &run);
    }
  if (error != NULL)
    {
      mill_cli_complain (error->message);
      return MILL_CLI_FAILED;
    }
  report (options, &limited, &unlimited, names);
  return MILL_CLI_FINISHED;
}

/**
 * mill_cli_bench_stage:
 * @arguments: "bench stage", then options
 *
 * Returns: the exit status
 */
MillCliStatus
mill_cli_bench_stage (char **arguments)
{
  g_auto (GStrv) words = g_strdupv (arguments);
  Options options = { .items = 200000, .workers = 4, .maxsize = 1000, .rounds = 3 };
  const GOptionEntry entries[] = {
    { "items", 0, 0, G_OPTION_ARG_INT, &options.items, N_ ("Items in each run (200000)"), N_ ("N") },
    { "workers", 0, 0, G_OPTION_ARG_INT, &options.workers, N_ ("Threads of the stage (4)"), N_ ("N") },
    { "maxsize", 0, 0, G_OPTION_ARG_INT, &options.maxsize, N_ ("The queue's bound; 0 is none (1000)"),
      N_ ("N") },
    { "rounds", 0, 0, G_OPTION_ARG_INT, &options.rounds, N_ ("Runs of each kind; the best one counts (3)"),
      N_ ("N") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.as_json, N_ ("Print the result as one JSON object"), NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (!mill_cli_bench_parse (
          &words,
          _ ("Runs items through a stage whose step does nothing, without limits and with all "
             "of them."),
          entries) ||
      !mill_cli_check_range (words[0], "items", options.items, 1, 1000000000) ||
      !mill_cli_check_range (words[0], "workers", options.workers, 1, 1000) ||
      !mill_cli_check_range (words[0], "maxsize", options.maxsize, 0, 10000000) ||
      !mill_cli_check_range (words[0], "rounds", options.rounds, 1, 1000))
    return MILL_CLI_USAGE;
  return measure (&options);
}
