/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The summary of a run, for programs: one JSON object, described in millrace-cli(1). */

#include "config.h"

#include "cli-report.h"

#include <json-glib/json-glib.h>

#include "sources/mill-crawl-source.h"

#define MAX_LETTERS 1000
#define MAX_HOSTS   1000

static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  g_autofree char *valid = value != NULL ? g_utf8_make_valid (value, -1) : NULL;

  json_builder_set_member_name (builder, name);
  if (valid != NULL)
    json_builder_add_string_value (builder, valid);
  else
    json_builder_add_null_value (builder);
}

static void
add_count (JsonBuilder *builder, const char *name, guint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, (gint64) value);
}

static void
add_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, value);
}

/* (nullable): the stage's name, if it is one's. */
static const char *
name_of (const MillSnapshot *run, gint stage)
{
  return stage >= 0 ? ((const MillStageSnapshot *) g_ptr_array_index (run->stages, stage))->name : NULL;
}

static double
to_seconds (gint64 time_us)
{
  return (double) time_us / G_USEC_PER_SEC;
}

static void
add_times (JsonBuilder *builder, const char *name, const MillHistogram *times)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
  add_number (builder, "p50", (double) mill_histogram_get_percentile (times, 50) / 1000.0);
  add_number (builder, "p95", (double) mill_histogram_get_percentile (times, 95) / 1000.0);
  add_number (builder, "p99", (double) mill_histogram_get_percentile (times, 99) / 1000.0);
  add_number (builder, "max", (double) mill_histogram_get_max (times) / 1000.0);
  json_builder_end_object (builder);
}

static void
add_counts (JsonBuilder *builder, const MillSnapshot *run)
{
  double seconds = to_seconds (run->elapsed_us);

  add_string (builder, "state", mill_state_get_id (run->state));
  add_count (builder, "produced", run->produced);
  add_count (builder, "done", run->done);
  add_count (builder, "dead", run->dead);
  add_count (builder, "returned", run->returned);
  add_count (builder, "dropped", run->dropped);
  add_count (builder, "unfinished", run->unfinished);
  add_count (builder, "unrecorded", run->unrecorded);
  add_count (builder, "retries", run->retries);
  add_number (builder, "seconds", seconds);
  add_number (builder, "real_seconds", to_seconds (run->real_us));
  add_number (builder, "items_per_second", seconds > 0 ? (double) run->done / seconds : 0.0);
  add_times (builder, "latency_ms", run->latency);
  add_count (builder, "bytes", run->bytes);
}

static void
add_wait (JsonBuilder *builder, const MillStageSnapshot *stage, const MillQueueWait *wait)
{
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "priority");
  json_builder_add_int_value (builder, wait->priority);
  add_count (builder, "items", wait->count);
  add_number (builder, "mean_ms", wait->mean_us / 1000.0);
  add_number (builder, "p95_ms", (double) wait->p95_us / 1000.0);
  add_number (builder, "max_ms", (double) wait->max_us / 1000.0);
  add_count (builder, "recent_items", wait->recent_count);
  add_number (builder, "recent_mean_ms", wait->recent_mean_us / 1000.0);
  add_number (builder, "recent_p95_ms", (double) wait->recent_p95_us / 1000.0);
  if (stage->theory != NULL && stage->theory->why_not == NULL)
    add_number (builder, "theory_mean_ms",
                mill_wait_theory_get_mean (stage->theory, wait->priority) / 1000.0);
  json_builder_end_object (builder);
}

static void
add_waits (JsonBuilder *builder, const MillStageSnapshot *stage)
{
  json_builder_set_member_name (builder, "waits");
  json_builder_begin_array (builder);
  for (guint i = 0; i < stage->waits->len; i++)
    add_wait (builder, stage, &g_array_index (stage->waits, MillQueueWait, i));
  json_builder_end_array (builder);
}

/* Null where items do not come at random. */
static void
add_theory (JsonBuilder *builder, const MillWaitTheory *theory)
{
  json_builder_set_member_name (builder, "theory");
  if (theory == NULL)
    {
      json_builder_add_null_value (builder);
      return;
    }
  json_builder_begin_object (builder);
  add_string (builder, "why_not", theory->why_not);
  add_number (builder, "load", theory->load);
  if (theory->why_not == NULL)
    {
      add_number (builder, "wait_probability", theory->wait_probability);
      add_number (builder, "mean_ms", theory->mean_us / 1000.0);
      if (theory->p95_us >= 0.0)
        add_number (builder, "p95_ms", theory->p95_us / 1000.0);
    }
  json_builder_end_object (builder);
}

static void
add_stage (JsonBuilder *builder, const MillStageSnapshot *stage)
{
  json_builder_begin_object (builder);
  add_string (builder, "name", stage->name);
  add_string (builder, "kind", stage->kind == MILL_KIND_THREADS ? "threads" : "async");
  add_count (builder, "done", stage->done);
  add_count (builder, "dead", stage->dead);
  add_count (builder, "retries", stage->retries);
  add_count (builder, "retries_refused", stage->retries_refused);
  add_count (builder, "unfinished", stage->unfinished);
  json_builder_set_member_name (builder, "maxsize");
  json_builder_add_int_value (builder, stage->queue.maxsize);
  add_count (builder, "high_water", stage->queue.high_water);
  add_count (builder, "consumers", stage->consumers);
  add_count (builder, "slots", stage->permits);
  add_number (builder, "rate", stage->rate);
  add_count (builder, "burst", stage->burst);
  add_number (builder, "put_blocked_seconds", to_seconds (stage->queue.put_blocked_us));
  add_number (builder, "get_idle_seconds", to_seconds (stage->queue.get_idle_us));
  add_number (builder, "limited_seconds", to_seconds (stage->state_us[MILL_WORKER_LIMITED]));
  add_number (builder, "slot_wait_seconds", to_seconds (stage->state_us[MILL_WORKER_WAITING]));
  add_number (builder, "busy_seconds", to_seconds (stage->state_us[MILL_WORKER_BUSY]));
  add_times (builder, "service_ms", stage->service);
  add_waits (builder, stage);
  add_theory (builder, stage->theory);
  json_builder_end_object (builder);
}

static void
add_stages (JsonBuilder *builder, const MillSnapshot *run)
{
  json_builder_set_member_name (builder, "stages");
  json_builder_begin_array (builder);
  for (guint i = 0; i < run->stages->len; i++)
    add_stage (builder, g_ptr_array_index (run->stages, i));
  json_builder_end_array (builder);
}

/* The names of those that were left behind. */
static void
add_stuck (JsonBuilder *builder, const MillSnapshot *run)
{
  json_builder_set_member_name (builder, "stuck");
  json_builder_begin_array (builder);
  for (guint i = 0; i < run->stuck->len; i++)
    json_builder_add_string_value (builder, ((const MillStuck *) g_ptr_array_index (run->stuck, i))->name);
  json_builder_end_array (builder);
}

static void
add_letters (JsonBuilder *builder, MillPipeline *pipeline)
{
  g_autoptr (GPtrArray) letters = mill_pipeline_get_dead_letters (pipeline);

  json_builder_set_member_name (builder, "dead_letters");
  json_builder_begin_array (builder);
  for (guint i = 0; i < MIN (letters->len, MAX_LETTERS); i++)
    {
      const MillDeadLetter *letter = g_ptr_array_index (letters, i);

      json_builder_begin_object (builder);
      add_string (builder, "key", mill_item_get_key (letter->item));
      add_string (builder, "error", letter->error->message);
      add_count (builder, "attempts", letter->attempts);
      add_string (builder, "referrer", mill_item_get_attribute (letter->item, "referrer"));
      add_string (builder, "stage", letter->stage);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_changes (JsonBuilder *builder, const MillChangeCounts *changes)
{
  json_builder_set_member_name (builder, "changes");
  json_builder_begin_object (builder);
  add_count (builder, "new", changes->n_new);
  add_count (builder, "changed", changes->n_changed);
  add_count (builder, "unchanged", changes->n_unchanged);
  add_count (builder, "unknown", changes->n_unknown);
  add_count (builder, "gone", changes->n_gone);
  add_count (builder, "unlinked", changes->n_unlinked);
  add_count (builder, "failed", changes->n_failed);
  add_count (builder, "unfetched", changes->n_unfetched);
  json_builder_end_object (builder);
}

static void
add_host (JsonBuilder *builder, const MillCrawlHost *host)
{
  json_builder_begin_object (builder);
  add_string (builder, "host", host->name);
  add_count (builder, "requests", host->requests);
  add_count (builder, "pending", host->pending);
  add_count (builder, "in_flight", host->in_flight);
  add_number (builder, "delay_ms", (double) host->delay_us / 1000.0);
  if (host->least_gap_us >= 0)
    add_number (builder, "least_gap_ms", (double) host->least_gap_us / 1000.0);
  add_string (builder, "wait", mill_crawl_wait_get_id (host->wait));
  add_number (builder, "wait_ms", (double) host->wait_us / 1000.0);
  if (host->status != 0)
    add_count (builder, "status", host->status);
  json_builder_end_object (builder);
}

static void
add_hosts (JsonBuilder *builder, MillCrawlSource *crawl)
{
  g_autoptr (GPtrArray) hosts = mill_crawl_source_get_hosts (crawl, MAX_HOSTS);

  json_builder_set_member_name (builder, "hosts");
  json_builder_begin_array (builder);
  for (guint i = 0; i < hosts->len; i++)
    add_host (builder, g_ptr_array_index (hosts, i));
  json_builder_end_array (builder);
}

static void
add_crawl (JsonBuilder *builder, MillCrawlSource *crawl, const MillChangeCounts *changes)
{
  g_auto (GStrv) problems = mill_crawl_source_dup_problems (crawl);
  MillFrontierCounts counts;

  if (!mill_crawl_source_get_counts (crawl, &counts))
    return;
  json_builder_set_member_name (builder, "crawl");
  json_builder_begin_object (builder);
  add_count (builder, "known", counts.known);
  add_count (builder, "pending", counts.pending);
  add_count (builder, "skipped_robots", counts.skipped_robots);
  add_count (builder, "skipped_limit", counts.skipped_limit);
  add_count (builder, "skipped_depth", counts.skipped_depth);
  add_count (builder, "skipped_scope", counts.skipped_scope);
  add_hosts (builder, crawl);
  json_builder_set_member_name (builder, "problems");
  json_builder_begin_array (builder);
  for (char **problem = problems; *problem != NULL; problem++)
    json_builder_add_string_value (builder, *problem);
  json_builder_end_array (builder);
  if (changes != NULL)
    add_changes (builder, changes);
  json_builder_end_object (builder);
}

/* What would help; null if nothing can be said. */
static void
add_help (JsonBuilder *builder, const MillLimitFinding *limit, const MillSnapshot *run)
{
  json_builder_set_member_name (builder, "helps");
  if (limit->helps == MILL_LIMIT_UNSURE)
    {
      json_builder_add_null_value (builder);
      return;
    }
  json_builder_begin_object (builder);
  add_string (builder, "knob", mill_limit_kind_get_id (limit->helps));
  if (limit->helps != MILL_LIMIT_SOURCE)
    add_number (builder, "value", limit->value);
  add_number (builder, "gain", limit->gain);
  add_string (builder, "until",
              limit->until != MILL_LIMIT_UNSURE ? mill_limit_kind_get_id (limit->until) : NULL);
  add_string (builder, "until_stage", name_of (run, limit->until_stage));
  json_builder_end_object (builder);
}

static void
add_load (JsonBuilder *builder, const MillStageLoad *load)
{
  add_number (builder, "in_flight", load->in_flight);
  add_number (builder, "attempts_per_second", load->attempt_rate);
  add_number (builder, "service_ms", load->service_us / 1000.0);
  json_builder_set_member_name (builder, "little_checks");
  json_builder_add_boolean_value (builder, mill_stage_load_check_little (load));
  add_number (builder, "failed", load->failed);
}

static void
add_limit (JsonBuilder *builder, const MillLimitFinding *limit, const MillSnapshot *run)
{
  MillLimitKind kind = limit != NULL ? limit->kind : MILL_LIMIT_UNSURE;

  json_builder_set_member_name (builder, "limit");
  json_builder_begin_object (builder);
  add_string (builder, "kind", mill_limit_kind_get_id (kind));
  add_string (builder, "stage", limit != NULL ? name_of (run, limit->stage) : NULL);
  if (limit != NULL)
    {
      add_string (builder, "why", limit->why);
      add_number (builder, "seconds", limit->seconds);
      add_number (builder, "waiting", limit->waiting);
      add_number (builder, "source_blocked", limit->source_blocked);
      if (limit->cpu >= 0)
        add_number (builder, "cpu", limit->cpu);
      add_load (builder, &limit->load);
      add_help (builder, limit, run);
    }
  json_builder_end_object (builder);
}

/**
 * mill_cli_report_to_json:
 * @pipeline: a pipeline that has ended, or could not start
 * @report: what else there is to tell
 *
 * Returns: (transfer full): the object, on one line
 */
char *
mill_cli_report_to_json (MillPipeline *pipeline, const MillCliReport *report)
{
  g_autoptr (MillSnapshot) run = mill_pipeline_snapshot (pipeline);
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autoptr (JsonNode) root = NULL;
  MillSource *source = mill_pipeline_get_source (pipeline);

  if (report->error != NULL)
    run->state = MILL_STATE_FAILED;
  json_builder_begin_object (builder);
  add_counts (builder, run);
  add_stages (builder, run);
  add_limit (builder, report->limit, run);
  if (MILL_IS_CRAWL_SOURCE (source))
    add_crawl (builder, MILL_CRAWL_SOURCE (source), report->changes);
  add_stuck (builder, run);
  add_letters (builder, pipeline);
  add_count (builder, "alerts", report->n_alerts);
  add_string (builder, "error", report->error != NULL ? report->error : run->error);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}
