/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a measurement found. Every figure is added once, with the key that programs know it by and the label
 * that people do, so that the two outputs cannot differ. */

#include "config.h"

#include "cli-bench-report.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <time.h>

#include "cli-text.h"
#include "mill-format.h"
#include "mill-words.h"

#define NS_PER_S 1e9

struct _MillBenchReport
{
  JsonBuilder *builder; /* (owned) */
  MillCliTable *table;  /* (owned) */
};

static gint64
read_clock_ns (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return (gint64) now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

/* Monotonic, as finely as the system has it: g_get_monotonic_time() is too coarse for a hand-over. */
gint64
mill_bench_now_ns (void)
{
  return read_clock_ns (CLOCK_MONOTONIC);
}

void
mill_bench_run_begin (MillBenchRun *run)
{
  *run = (MillBenchRun){ 0 };
  run->cpu_ns = -read_clock_ns (CLOCK_PROCESS_CPUTIME_ID);
  run->wall_ns = -mill_bench_now_ns ();
}

/* All of @items were produced and done. */
void
mill_bench_run_end (MillBenchRun *run, guint64 items)
{
  run->wall_ns += mill_bench_now_ns ();
  run->cpu_ns += read_clock_ns (CLOCK_PROCESS_CPUTIME_ID);
  run->produced = run->done = items;
}

double
mill_bench_run_get_rate (const MillBenchRun *run)
{
  return (double) run->done * NS_PER_S / (double) MAX (run->wall_ns, 1);
}

double
mill_bench_run_get_cpu_ns (const MillBenchRun *run)
{
  return (double) run->cpu_ns / (double) MAX (run->produced, 1);
}

MillBenchReport *
mill_bench_report_new (const char *kind)
{
  MillBenchReport *self = g_new0 (MillBenchReport, 1);

  self->builder = json_builder_new_immutable ();
  self->table = mill_cli_table_new ("ll");
  json_builder_begin_object (self->builder);
  mill_bench_report_add_text (self, "bench", NULL, kind);
  return self;
}

void
mill_bench_report_free (MillBenchReport *self)
{
  g_object_unref (self->builder);
  mill_cli_table_free (self->table);
  g_free (self);
}

static void
add_row (MillBenchReport *self, const char *label, const char *text)
{
  if (label != NULL)
    mill_cli_table_add (self->table, label, text, NULL);
}

void
mill_bench_report_add_count (MillBenchReport *self, const char *key, const char *label, gint64 count)
{
  g_autofree char *text = mill_format_count ((guint64) count);

  json_builder_set_member_name (self->builder, key);
  json_builder_add_int_value (self->builder, count);
  add_row (self, label, text);
}

/* @unit: (nullable): "%s items/s" or the like, translated */
void
mill_bench_report_add_number (MillBenchReport *self, const char *key, const char *label, double number,
                              const char *unit)
{
  g_autofree char *text = mill_format_number (number, number < 9.995 ? 2 : number < 99.95 ? 1 : 0);
  g_autoptr (GString) words = g_string_new (unit != NULL ? unit : "%s");

  json_builder_set_member_name (self->builder, key);
  json_builder_add_double_value (self->builder, number);
  g_string_replace (words, "%s", text, 1);
  add_row (self, label, words->str);
}

/* @text: (nullable) */
void
mill_bench_report_add_text (MillBenchReport *self, const char *key, const char *label, const char *text)
{
  json_builder_set_member_name (self->builder, key);
  if (text != NULL)
    json_builder_add_string_value (self->builder, text);
  else
    json_builder_add_null_value (self->builder);
  add_row (self, label, text != NULL ? text : "–");
}

void
mill_bench_report_begin_part (MillBenchReport *self, const char *key, const char *label)
{
  json_builder_set_member_name (self->builder, key);
  json_builder_begin_object (self->builder);
  if (label != NULL)
    add_row (self, label, "");
}

void
mill_bench_report_end_part (MillBenchReport *self)
{
  json_builder_end_object (self->builder);
}

static double
get_ms (const MillHistogram *times, double percentile, double units_per_ms)
{
  return (double) mill_histogram_get_percentile (times, percentile) / units_per_ms;
}

/* Below a tenth of a millisecond a digit more than mill_words_span() gives. */
static char *
describe_span (double span_ms)
{
  g_autofree char *number = NULL;

  if (span_ms >= 0.1)
    return mill_words_span ((gint64) (span_ms * 1000.0 + 0.5));
  number = mill_format_number (span_ms * 1000.0, 1);
  return g_strdup_printf (_ ("%s µs"), number);
}

/* @units_per_ms: how many of the histogram's units a millisecond has; @label: (nullable) */
void
mill_bench_report_add_times (MillBenchReport *self, const char *key, const char *label,
                             const MillHistogram *times, double units_per_ms)
{
  const struct
  {
    const char *key;
    double percentile;
  } parts[] = { { "p50", 50 }, { "p95", 95 }, { "p99", 99 }, { "max", 100 } };
  g_autofree char *p50 = describe_span (get_ms (times, 50, units_per_ms));
  g_autofree char *p99 = describe_span (get_ms (times, 99, units_per_ms));
  g_autofree char *longest = describe_span (get_ms (times, 100, units_per_ms));
  g_autofree char *text = g_strdup_printf (_ ("p50 %s, p99 %s, longest %s"), p50, p99, longest);

  mill_bench_report_begin_part (self, key, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    mill_bench_report_add_number (self, parts[i].key, NULL, get_ms (times, parts[i].percentile, units_per_ms),
                                  NULL);
  mill_bench_report_end_part (self);
  add_row (self, label, mill_histogram_get_count (times) > 0 ? text : "–");
}

/* The figures that every run of millrace-cli reports, then the processor time. */
void
mill_bench_report_add_run (MillBenchReport *self, const MillBenchRun *run)
{
  mill_bench_report_add_text (self, "state", NULL, "finished");
  mill_bench_report_add_count (self, "produced", _ ("items"), (gint64) run->produced);
  mill_bench_report_add_count (self, "done", NULL, (gint64) run->done);
  mill_bench_report_add_count (self, "dead", run->dead > 0 ? _ ("failed for good") : NULL,
                               (gint64) run->dead);
  mill_bench_report_add_count (self, "returned", NULL, (gint64) run->returned);
  mill_bench_report_add_count (self, "retries", run->retries > 0 ? _ ("retries") : NULL,
                               (gint64) run->retries);
  mill_bench_report_add_number (self, "seconds", _ ("time"), (double) run->wall_ns / NS_PER_S, _ ("%s s"));
  mill_bench_report_add_number (self, "items_per_second", _ ("throughput"), mill_bench_run_get_rate (run),
                                _ ("%s items/s"));
  mill_bench_report_add_number (self, "cpu_ns_per_item", _ ("processor time"),
                                mill_bench_run_get_cpu_ns (run), _ ("%s ns per item"));
}

/* Prints the table, or the object on one line. Nothing can be added any more. */
void
mill_bench_report_print (MillBenchReport *self, gboolean as_json)
{
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  json_builder_end_object (self->builder);
  root = json_builder_get_root (self->builder);
  if (as_json)
    {
      text = json_to_string (root, FALSE);
      g_print ("%s\n", text);
    }
  else
    {
      text = mill_cli_table_to_string (self->table);
      g_print ("%s", text);
    }
}
