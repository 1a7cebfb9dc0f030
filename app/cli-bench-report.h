/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a measurement found, kept for people (a table) and for programs (one JSON object) at once. */

#pragma once

#include "core/mill-histogram.h"

G_BEGIN_DECLS

/**
 * MillBenchRun:
 * @produced: how many items went in
 * @done: how many came out
 * @dead: how many failed for good
 * @returned: how many were not processed
 * @retries: attempts beyond the first
 * @wall_ns: how long it took, in nanoseconds
 * @cpu_ns: processor time of the whole process meanwhile, in nanoseconds
 *
 * One timed run.
 */
typedef struct
{
  guint64 produced;
  guint64 done;
  guint64 dead;
  guint64 returned;
  guint64 retries;
  gint64 wall_ns;
  gint64 cpu_ns;
} MillBenchRun;

gint64 mill_bench_now_ns (void);
void mill_bench_run_begin (MillBenchRun *run);
void mill_bench_run_end (MillBenchRun *run, guint64 items);
double mill_bench_run_get_rate (const MillBenchRun *run);
double mill_bench_run_get_cpu_ns (const MillBenchRun *run);

typedef struct _MillBenchReport MillBenchReport;

MillBenchReport *mill_bench_report_new (const char *kind);
void mill_bench_report_free (MillBenchReport *self);
void mill_bench_report_add_run (MillBenchReport *self, const MillBenchRun *run);
void mill_bench_report_add_times (MillBenchReport *self, const char *key, const char *label,
                                  const MillHistogram *times, double units_per_ms);
void mill_bench_report_add_count (MillBenchReport *self, const char *key, const char *label, gint64 count);
void mill_bench_report_add_number (MillBenchReport *self, const char *key, const char *label, double number,
                                   const char *unit);
void mill_bench_report_add_text (MillBenchReport *self, const char *key, const char *label, const char *text);
void mill_bench_report_begin_part (MillBenchReport *self, const char *key, const char *label);
void mill_bench_report_end_part (MillBenchReport *self);
void mill_bench_report_print (MillBenchReport *self, gboolean as_json);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MillBenchReport, mill_bench_report_free)

G_END_DECLS
