/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A value over time in fixed memory: recent samples as they came, older ones merged two by two, with minimum
 * and maximum kept however old they are. The memory is taken at the first sample, whole, and never grows.
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * MillSeriesFill:
 * @MILL_SERIES_FILL_NONE: a column without a sample stays empty
 * @MILL_SERIES_FILL_STEP: it repeats the sample before it
 * @MILL_SERIES_FILL_LINEAR: it lies on the line between its neighbours
 *
 * What a column between two samples holds.
 */
typedef enum
{
  MILL_SERIES_FILL_NONE,
  MILL_SERIES_FILL_STEP,
  MILL_SERIES_FILL_LINEAR
} MillSeriesFill;

/**
 * MillSeriesColumn:
 * @min: the least value
 * @max: the greatest value
 * @last: the newest value
 * @mean: the mean value
 * @sum: the sum of all values, for series that count
 * @n: how many samples; 0 for an empty or filled column
 * @filled: whether @min, @max, @last and @mean hold something
 *
 * What happened in one pixel column.
 */
typedef struct
{
  double min;
  double max;
  double last;
  double mean;
  double sum;
  guint n;
  guint n_means; /* how many entries @mean is of */
  gboolean filled;
} MillSeriesColumn;

/**
 * MillSeriesEntry:
 * @t0: the time of its first sample, in microseconds
 * @t1: the time of its last sample
 * @min: the least value
 * @max: the greatest value
 * @last: the newest value
 * @sum: the sum of all values
 * @n: how many samples; 1 for a recent one
 *
 * One sample, or several that follow one another and were merged.
 */
typedef struct
{
  gint64 t0;
  gint64 t1;
  double min;
  double max;
  double last;
  double sum;
  guint32 n;
} MillSeriesEntry;

typedef void (*MillSeriesFunc) (const MillSeriesEntry *entry, gpointer user_data);

/**
 * MillSeriesStats:
 * @n: how many samples
 * @min: the least value
 * @max: the greatest value
 * @mean: the mean over time: each sample stands for the time since the one before it
 * @sum: the sum of all values, for series that count
 *
 * What happened in a span of time.
 */
typedef struct
{
  guint64 n;
  double min;
  double max;
  double mean;
  double sum;
} MillSeriesStats;

#define MILL_TYPE_SERIES (mill_series_get_type ())
G_DECLARE_FINAL_TYPE (MillSeries, mill_series, MILL, SERIES, GObject)

MillSeries *mill_series_new (void);
MillSeries *mill_series_new_sized (guint capacity, guint n_levels);

void mill_series_append (MillSeries *self, gint64 time_us, double value);
void mill_series_clear (MillSeries *self);

guint64 mill_series_get_n_samples (MillSeries *self);
guint64 mill_series_get_generation (MillSeries *self);
gsize mill_series_get_memory (MillSeries *self);
gboolean mill_series_get_first_time (MillSeries *self, gint64 *out_time_us);
gboolean mill_series_get_last (MillSeries *self, gint64 *out_time_us, double *out_value);
gboolean mill_series_get_at (MillSeries *self, gint64 time_us, double *out_value);
gboolean mill_series_get_range (MillSeries *self, gint64 t0_us, gint64 t1_us, double *out_min,
                                double *out_max);
gboolean mill_series_get_stats (MillSeries *self, gint64 t0_us, gint64 t1_us, MillSeriesStats *out);
void mill_series_foreach (MillSeries *self, gint64 t0_us, gint64 t1_us, MillSeriesFunc func,
                          gpointer user_data);
guint mill_series_query (MillSeries *self, gint64 t0_us, gint64 t1_us, MillSeriesFill fill,
                         MillSeriesColumn *columns, guint n_columns);

G_END_DECLS
