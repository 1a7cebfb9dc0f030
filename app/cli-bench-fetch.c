/* SPDX-License-Identifier: GPL-3.0-or-later */
/* millrace-cli bench fetch: requests to a web server through an asynchronous stage with the fetch step, as a
 * job has it. The time of a request is that of its attempt, from having a slot to the response's end. */

#include "config.h"

#include <glib/gi18n.h>

#include "cli-bench-pipeline.h"
#include "cli-bench.h"
#include "sources/mill-urls-source.h"
#include "steps/mill-fetch-step.h"

#define UNITS_PER_MS_OF_US 1e3
#define TIMEOUT_S          20.0

typedef struct
{
  char *url; /* (owned) (nullable) */
  int items;
  int slots;
  gboolean as_json;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->url);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static MillPipeline *
build (const Options *options)
{
  g_autoptr (MillSource) source = mill_urls_source_new ();
  g_autoptr (MillStep) step = mill_fetch_step_new ();
  g_autoptr (MillStage) stage = mill_stage_new ("fetch", MILL_KIND_ASYNC, step);

  g_object_set (source, "template", options->url, "count", (guint) options->items, NULL);
  g_object_set (stage, "maxsize", 2 * options->slots, "consumers", (guint) options->slots, "slots",
                (guint) options->slots, "timeout", TIMEOUT_S, "retries", 0u, NULL);
  return mill_bench_pipeline_new (source, stage);
}

static void
report (const Options *options, const MillBenchRun *run, const MillSnapshot *end)
{
  g_autoptr (MillBenchReport) report = mill_bench_report_new ("fetch");
  const MillStageSnapshot *stage = g_ptr_array_index (end->stages, 0);

  mill_bench_report_add_text (report, "url", _ ("address"), options->url);
  mill_bench_report_add_count (report, "slots", _ ("at a time"), options->slots);
  mill_bench_report_add_run (report, run);
  mill_bench_report_add_times (report, "latency_ms", _ ("request"), stage->service, UNITS_PER_MS_OF_US);
  mill_bench_report_add_count (report, "bytes", NULL, (gint64) end->bytes);
  mill_bench_report_print (report, options->as_json);
}

static void
complain_of_dead (MillPipeline *pipeline)
{
  g_autoptr (GPtrArray) letters = mill_pipeline_get_dead_letters (pipeline);
  const MillDeadLetter *first = letters->len > 0 ? g_ptr_array_index (letters, 0) : NULL;
  g_autofree char *message = NULL;

  if (first == NULL)
    return;
  message =
      g_strdup_printf (_ ("bench fetch: some requests failed, the first one: %s"), first->error->message);
  mill_cli_complain (message);
}

static MillCliStatus
measure (const Options *options)
{
  g_autoptr (MillPipeline) pipeline = build (options);
  g_autoptr (GError) error = NULL;
  g_autoptr (MillSnapshot) end = NULL;
  MillBenchRun run;

  end = mill_bench_pipeline_run (pipeline, &run, &error);
  if (end == NULL)
    {
      mill_cli_complain (error->message);
      return mill_cli_status_for_error (error);
    }
  report (options, &run, end);
  if (run.dead == 0)
    return MILL_CLI_FINISHED;
  complain_of_dead (pipeline);
  return MILL_CLI_DEAD_LETTERS;
}

/**
 * mill_cli_bench_fetch:
 * @arguments: "bench fetch", then options
 *
 * Returns: the exit status
 */
MillCliStatus
mill_cli_bench_fetch (char **arguments)
{
  g_auto (GStrv) words = g_strdupv (arguments);
  g_auto (Options) options = { .items = 10000, .slots = 32 };
  const GOptionEntry entries[] = {
    { "url", 0, 0, G_OPTION_ARG_STRING, &options.url,
      N_ ("What to fetch; {n} in it stands for the request's number"), N_ ("URL") },
    { "items", 0, 0, G_OPTION_ARG_INT, &options.items, N_ ("Requests in all (10000)"), N_ ("N") },
    { "slots", 0, 0, G_OPTION_ARG_INT, &options.slots, N_ ("Requests at a time (32)"), N_ ("N") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.as_json, N_ ("Print the result as one JSON object"), NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (!mill_cli_bench_parse (
          &words, _ ("Fetches an address over and over, many at a time. Ask its owner first."), entries) ||
      !mill_cli_check_range (words[0], "items", options.items, 1, 1000000000) ||
      !mill_cli_check_range (words[0], "slots", options.slots, 1, 10000))
    return MILL_CLI_USAGE;
  if (options.url == NULL)
    {
      mill_cli_complain (_ ("bench fetch: say what to fetch: --url=URL"));
      return MILL_CLI_USAGE;
    }
  return measure (&options);
}
