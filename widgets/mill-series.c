/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A series is a chain of rings. New samples enter the first; when a ring is full its two oldest entries merge
 * into one that enters the next, so each ring covers twice the time of the one before it. The last ring, when
 * full, merges all its entries in pairs in place. So the whole history stays, in fixed memory, finest where
 * it is newest.
 */
#include "config.h"

#include "mill-series.h"

#include <math.h>
#include <string.h>

/* At 30 samples a second: 34 s as they came, 36 min before the last ring first halves itself, 340 KiB. */
#define DEFAULT_CAPACITY 1024
#define DEFAULT_LEVELS   6

/* Samples that follow one another, merged; n == 0 is a gap. */
typedef MillSeriesEntry Entry;

typedef struct
{
  Entry *entries; /* (nullable): its part of the series' entries; NULL before the first sample */
  guint start;
  guint count;
} Level;

struct _MillSeries
{
  GObject parent_instance;

  Level *levels;  /* (owned): newest samples first */
  Entry *entries; /* (owned) (nullable): of all rings; made when the first sample arrives */
  guint n_levels;
  guint capacity;

  gint64 first_time;
  guint64 n_samples;
  guint64 generation;
};

G_DEFINE_FINAL_TYPE (MillSeries, mill_series, G_TYPE_OBJECT)

static Entry *
level_at (MillSeries *self, Level *level, guint index)
{
  return &level->entries[(level->start + index) % self->capacity];
}

static Entry
merge (const Entry *older, const Entry *newer)
{
  Entry merged = newer->n > 0 ? *newer : *older;

  merged.t0 = older->t0;
  merged.t1 = newer->t1;
  if (older->n > 0 && newer->n > 0)
    {
      merged.min = MIN (older->min, newer->min);
      merged.max = MAX (older->max, newer->max);
      merged.sum = older->sum + newer->sum;
      merged.n = older->n + newer->n;
    }

  return merged;
}

static void
halve (MillSeries *self, Level *level)
{
  guint i;

  for (i = 0; i < level->count / 2; i++)
    {
      Entry merged = merge (level_at (self, level, 2 * i), level_at (self, level, 2 * i + 1));

      *level_at (self, level, i) = merged;
    }
  level->count /= 2;
}

/* Takes all the memory there will ever be, and touches it: a run that goes on takes no more than one that
 * begins. */
static void
make_entries (MillSeries *self)
{
  const gsize n = (gsize) self->capacity * self->n_levels;
  guint i;

  self->entries = g_new (Entry, n);
  memset (self->entries, 0, n * sizeof (Entry));
  for (i = 0; i < self->n_levels; i++)
    self->levels[i].entries = self->entries + (gsize) i * self->capacity;
}

static void
push (MillSeries *self, guint index, const Entry *entry)
{
  Level *level = &self->levels[index];

  if (level->count == self->capacity && index + 1 == self->n_levels)
    {
      halve (self, level);
    }
  else if (level->count == self->capacity)
    {
      Entry merged = merge (level_at (self, level, 0), level_at (self, level, 1));

      level->start = (level->start + 2) % self->capacity;
      level->count -= 2;
      push (self, index + 1, &merged);
    }

  *level_at (self, level, level->count) = *entry;
  level->count++;
}

static Entry *
newest (MillSeries *self)
{
  Level *level = &self->levels[0];

  return level->count > 0 ? level_at (self, level, level->count - 1) : NULL;
}

/* The index of the first entry of @level that ends at or after @time, or its count. */
static guint
lower_bound (MillSeries *self, Level *level, gint64 time)
{
  guint low = 0, high = level->count;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (level_at (self, level, middle)->t1 < time)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

/* Calls @visit on the last entry before @t0, those within [@t0, @t1] and the first after, oldest first. */
static void
visit_range (MillSeries *self, gint64 t0, gint64 t1, MillSeriesFunc visit, gpointer user_data)
{
  const Entry *before = NULL;
  guint l, i;

  for (l = self->n_levels; l-- > 0;)
    {
      Level *level = &self->levels[l];

      i = lower_bound (self, level, t0);
      if (i > 0)
        before = level_at (self, level, i - 1);
      if (i == level->count)
        continue;
      if (before != NULL)
        visit (before, user_data);
      before = NULL;
      for (; i < level->count; i++)
        {
          const Entry *entry = level_at (self, level, i);

          visit (entry, user_data);
          if (entry->t0 > t1)
            return;
        }
    }
}

typedef struct
{
  gint64 t0;
  double us_per_column;
  MillSeriesFill fill;
  MillSeriesColumn *columns;
  int n_columns;
  int n_filled;
  int previous;          /* the column of the entry before; only if linked */
  double previous_value; /* its last value */
  gboolean linked;       /* no gap lies between that entry and the next */
} Query;

static int
column_of (const Query *query, gint64 time)
{
  double column = floor ((double) (time - query->t0) / query->us_per_column);

  return (int) CLAMP (column, -1.0e9, 1.0e9);
}

static void
add_to_column (Query *query, int index, const Entry *entry)
{
  MillSeriesColumn *column = &query->columns[index];

  if (!column->filled)
    {
      *column = (MillSeriesColumn){ .min = entry->min, .max = entry->max, .filled = TRUE };
      query->n_filled++;
    }
  column->min = MIN (column->min, entry->min);
  column->max = MAX (column->max, entry->max);
  column->last = entry->last;
  column->mean += (entry->sum / entry->n - column->mean) / ++column->n_means;
}

static void
fill_between (Query *query, int next, const Entry *entry)
{
  const double target = CLAMP (query->previous_value, entry->min, entry->max);
  int i;

  for (i = MAX (query->previous + 1, 0); i < MIN (next, query->n_columns); i++)
    {
      double position = (double) (i - query->previous) / (double) (next - query->previous);
      double value = query->previous_value;

      if (query->columns[i].filled)
        continue;
      if (query->fill == MILL_SERIES_FILL_LINEAR)
        value += (target - value) * position;
      query->columns[i] =
          (MillSeriesColumn){ .min = value, .max = value, .last = value, .mean = value, .filled = TRUE };
      query->n_filled++;
    }
}

static void
query_visit (const Entry *entry, gpointer user_data)
{
  Query *query = user_data;
  const int begin = column_of (query, entry->t0);
  const int end = column_of (query, entry->t1);
  const int middle = column_of (query, entry->t0 + (entry->t1 - entry->t0) / 2);
  int i;

  if (entry->n == 0)
    {
      query->linked = FALSE;
      return;
    }
  if (query->linked && query->fill != MILL_SERIES_FILL_NONE)
    fill_between (query, begin, entry);

  for (i = MAX (begin, 0); i <= MIN (end, query->n_columns - 1); i++)
    add_to_column (query, i, entry);
  if (middle >= 0 && middle < query->n_columns)
    {
      query->columns[middle].sum += entry->sum;
      query->columns[middle].n += entry->n;
    }

  query->previous = end;
  query->previous_value = entry->last;
  query->linked = TRUE;
}

static void
resize (MillSeries *self, guint capacity, guint n_levels)
{
  g_free (self->levels);
  self->capacity = capacity;
  self->n_levels = n_levels;
  self->levels = g_new0 (Level, n_levels);
}

static void
mill_series_finalize (GObject *object)
{
  MillSeries *self = MILL_SERIES (object);

  g_free (self->entries);
  g_free (self->levels);

  G_OBJECT_CLASS (mill_series_parent_class)->finalize (object);
}

static void
mill_series_class_init (MillSeriesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mill_series_finalize;
}

static void
mill_series_init (MillSeries *self)
{
  resize (self, DEFAULT_CAPACITY, DEFAULT_LEVELS);
}

/**
 * mill_series_new:
 *
 * Returns: (transfer full): an empty series, large enough for charts of any length of run
 */
MillSeries *
mill_series_new (void)
{
  return g_object_new (MILL_TYPE_SERIES, NULL);
}

/**
 * mill_series_new_sized:
 * @capacity: entries per ring; at least 4, rounded up to an even number
 * @n_levels: how many rings; at least 1
 *
 * Not for use by two threads at once.
 *
 * Returns: (transfer full): an empty series
 */
MillSeries *
mill_series_new_sized (guint capacity, guint n_levels)
{
  MillSeries *self = g_object_new (MILL_TYPE_SERIES, NULL);

  capacity = CLAMP (capacity, 4, 1u << 24);
  resize (self, capacity + (capacity & 1), MAX (n_levels, 1));

  return self;
}

/**
 * mill_series_append:
 * @self: a series
 * @time_us: when, in microseconds; a time before the newest sample's counts as that one
 * @value: the value; one that is not finite makes a gap, which no fill crosses
 *
 * Adds a sample. Amortised constant time; the first one takes all memory that there will be.
 */
void
mill_series_append (MillSeries *self, gint64 time_us, double value)
{
  Entry *before;
  Entry entry = { .min = value, .max = value, .last = value, .sum = value, .n = isfinite (value) ? 1 : 0 };

  g_return_if_fail (MILL_IS_SERIES (self));

  if (self->entries == NULL)
    make_entries (self);
  before = newest (self);
  if (before != NULL)
    time_us = MAX (time_us, before->t1);
  if (self->n_samples == 0)
    self->first_time = time_us;
  entry.t0 = entry.t1 = time_us;
  push (self, 0, &entry);
  self->n_samples++;
  self->generation++;
}

/**
 * mill_series_clear:
 * @self: a series
 *
 * Forgets every sample; keeps the memory.
 */
void
mill_series_clear (MillSeries *self)
{
  guint i;

  g_return_if_fail (MILL_IS_SERIES (self));

  for (i = 0; i < self->n_levels; i++)
    self->levels[i].start = self->levels[i].count = 0;
  self->n_samples = 0;
  self->generation++;
}

/**
 * mill_series_get_n_samples:
 * @self: a series
 *
 * Returns: how many samples it was given since it was last empty, gaps included
 */
guint64
mill_series_get_n_samples (MillSeries *self)
{
  g_return_val_if_fail (MILL_IS_SERIES (self), 0);

  return self->n_samples;
}

/**
 * mill_series_get_generation:
 * @self: a series
 *
 * Returns: a number that is another one after every change
 */
guint64
mill_series_get_generation (MillSeries *self)
{
  g_return_val_if_fail (MILL_IS_SERIES (self), 0);

  return self->generation;
}

/**
 * mill_series_get_memory:
 * @self: a series
 *
 * Returns: how many bytes the samples take: none before the first one, capacity × levels × the size of an
 *   entry from then on
 */
gsize
mill_series_get_memory (MillSeries *self)
{
  g_return_val_if_fail (MILL_IS_SERIES (self), 0);

  return self->entries != NULL ? (gsize) self->capacity * self->n_levels * sizeof (Entry) : 0;
}

/**
 * mill_series_get_first_time:
 * @self: a series
 * @out_time_us: (out): the time of the first sample
 *
 * Returns: %FALSE, with @out_time_us untouched, if there is none
 */
gboolean
mill_series_get_first_time (MillSeries *self, gint64 *out_time_us)
{
  g_return_val_if_fail (MILL_IS_SERIES (self), FALSE);

  if (self->n_samples == 0)
    return FALSE;
  *out_time_us = self->first_time;

  return TRUE;
}

/**
 * mill_series_get_last:
 * @self: a series
 * @out_time_us: (out) (optional): the time of the newest sample
 * @out_value: (out) (optional): its value
 *
 * Returns: %FALSE, with nothing touched, if there is none or it is a gap
 */
gboolean
mill_series_get_last (MillSeries *self, gint64 *out_time_us, double *out_value)
{
  Entry *entry;

  g_return_val_if_fail (MILL_IS_SERIES (self), FALSE);

  entry = newest (self);
  if (entry == NULL || entry->n == 0)
    return FALSE;
  if (out_time_us != NULL)
    *out_time_us = entry->t1;
  if (out_value != NULL)
    *out_value = entry->last;

  return TRUE;
}

/**
 * mill_series_get_at:
 * @self: a series
 * @time_us: a time
 * @out_value: (out): the newest value at or before @time_us; where samples were merged, the newest of those
 *
 * Returns: %FALSE, with @out_value untouched, if there is none or it is a gap
 */
gboolean
mill_series_get_at (MillSeries *self, gint64 time_us, double *out_value)
{
  guint l, i;

  g_return_val_if_fail (MILL_IS_SERIES (self), FALSE);

  for (l = 0; l < self->n_levels; l++)
    {
      Level *level = &self->levels[l];
      Entry *entry;

      if (level->count == 0 || level_at (self, level, 0)->t0 > time_us)
        continue;
      /* The entry that ends at or after the time holds it, unless it begins later. */
      i = lower_bound (self, level, time_us + 1);
      if (i == level->count || level_at (self, level, i)->t0 > time_us)
        i--;
      entry = level_at (self, level, i);
      if (entry->n == 0)
        return FALSE;
      *out_value = entry->last;
      return TRUE;
    }

  return FALSE;
}

typedef struct
{
  gint64 t0;
  gint64 t1;
  gint64 before; /* the end of the entry before */
  gboolean linked;
  gboolean found;
  double weight; /* microseconds that samples stand for */
  double area;   /* their values times these */
  MillSeriesStats stats;
} Summary;

static void
add_extremes (Summary *summary, const Entry *entry)
{
  MillSeriesStats *stats = &summary->stats;

  stats->min = summary->found ? MIN (stats->min, entry->min) : entry->min;
  stats->max = summary->found ? MAX (stats->max, entry->max) : entry->max;
  summary->found = TRUE;
}

static void
summary_visit (const Entry *entry, gpointer user_data)
{
  Summary *summary = user_data;
  const gint64 middle = entry->t0 + (entry->t1 - entry->t0) / 2;
  const gint64 from = MAX (summary->linked ? summary->before : entry->t0, summary->t0);
  const gint64 to = MIN (entry->t1, summary->t1);

  summary->before = entry->t1;
  summary->linked = entry->n > 0;
  if (entry->n == 0)
    return;

  if (entry->t1 >= summary->t0 && entry->t0 <= summary->t1)
    add_extremes (summary, entry);
  if (middle >= summary->t0 && middle <= summary->t1)
    {
      summary->stats.n += entry->n;
      summary->stats.sum += entry->sum;
    }
  if (to > from)
    {
      summary->weight += (double) (to - from);
      summary->area += (double) (to - from) * entry->sum / entry->n;
    }
}

/**
 * mill_series_get_stats:
 * @self: a series
 * @t0_us: the begin
 * @t1_us: the end, included
 * @out: (out caller-allocates): what was in that time
 *
 * Summarises a span. Exact for recent samples; older ones, whose neighbours were merged, count for the
 * extremes if they reach into the span and for the sum if their middle lies in it.
 *
 * Returns: %FALSE, with @out untouched, if there is no sample in that time
 */
gboolean
mill_series_get_stats (MillSeries *self, gint64 t0_us, gint64 t1_us, MillSeriesStats *out)
{
  Summary summary = { .t0 = t0_us, .t1 = t1_us };

  g_return_val_if_fail (MILL_IS_SERIES (self), FALSE);

  visit_range (self, t0_us, t1_us, summary_visit, &summary);
  if (!summary.found)
    return FALSE;

  if (summary.weight > 0.0)
    summary.stats.mean = summary.area / summary.weight;
  else
    summary.stats.mean =
        summary.stats.n > 0 ? summary.stats.sum / (double) summary.stats.n : summary.stats.max;
  *out = summary.stats;

  return TRUE;
}

typedef struct
{
  gint64 t0;
  gint64 t1;
  MillSeriesFunc func;
  gpointer user_data;
} Each;

static void
each_visit (const Entry *entry, gpointer user_data)
{
  const Each *each = user_data;

  if (entry->n > 0 && entry->t1 >= each->t0 && entry->t1 <= each->t1)
    each->func (entry, each->user_data);
}

/**
 * mill_series_foreach:
 * @self: a series
 * @t0_us: the begin
 * @t1_us: the end, included
 * @func: (scope call): called for each entry that ends in that time, oldest first
 * @user_data: handed to @func
 *
 * Lists what is kept of a span: recent samples one by one, older ones merged.
 */
void
mill_series_foreach (MillSeries *self, gint64 t0_us, gint64 t1_us, MillSeriesFunc func, gpointer user_data)
{
  Each each = { t0_us, t1_us, func, user_data };

  g_return_if_fail (MILL_IS_SERIES (self));

  visit_range (self, t0_us, t1_us, each_visit, &each);
}

/**
 * mill_series_get_range:
 * @self: a series
 * @t0_us: the begin
 * @t1_us: the end, included
 * @out_min: (out): the least value in that time
 * @out_max: (out): the greatest
 *
 * Exact for recent samples; of older ones, whose neighbours were merged, those count that reach into the
 * time.
 *
 * Returns: %FALSE, with nothing touched, if there is no sample in that time
 */
gboolean
mill_series_get_range (MillSeries *self, gint64 t0_us, gint64 t1_us, double *out_min, double *out_max)
{
  MillSeriesStats stats;

  if (!mill_series_get_stats (self, t0_us, t1_us, &stats))
    return FALSE;
  *out_min = stats.min;
  *out_max = stats.max;

  return TRUE;
}

/**
 * mill_series_query:
 * @self: a series
 * @t0_us: the left edge of the first column
 * @t1_us: the right edge of the last column; after @t0_us
 * @fill: what columns between two samples hold
 * @columns: (out caller-allocates) (array length=n_columns): what happened in each
 * @n_columns: how many columns the time is divided into
 *
 * Reduces a span to one minimum, maximum and last value per pixel column, so that a spike one sample wide is
 * seen at any zoom. The sum of an entry goes to the column of its middle, so sums over all columns add up.
 *
 * Returns: how many columns are filled
 */
guint
mill_series_query (MillSeries *self, gint64 t0_us, gint64 t1_us, MillSeriesFill fill,
                   MillSeriesColumn *columns, guint n_columns)
{
  Query query = { .t0 = t0_us, .fill = fill, .columns = columns, .n_columns = (int) n_columns };
  guint i;

  g_return_val_if_fail (MILL_IS_SERIES (self), 0);
  g_return_val_if_fail (t1_us > t0_us, 0);
  g_return_val_if_fail (n_columns > 0 && n_columns <= G_MAXINT, 0);

  for (i = 0; i < n_columns; i++)
    columns[i] = (MillSeriesColumn){ 0 };
  query.us_per_column = (double) (t1_us - t0_us) / (double) n_columns;
  visit_range (self, t0_us, t1_us - 1, query_visit, &query);

  return (guint) query.n_filled;
}
