/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillHistogram: log-linear counts of durations. Recording is an index computation and an increment. */

#include "config.h"

#include "core/mill-histogram.h"

#define SUB_BITS    7
#define SUB_COUNT   (1 << SUB_BITS)
#define MAX_BITS    37 /* values up to 2^37 us, 38 hours; longer ones are counted as the longest */
#define N_BUCKETS   ((MAX_BITS - SUB_BITS + 1) * SUB_COUNT)
#define MAX_TRACKED ((G_GINT64_CONSTANT (1) << MAX_BITS) - 1)

struct _MillHistogram
{
  guint64 count;
  guint64 sum_us;
  gint64 max_us;
  guint64 buckets[N_BUCKETS];
};

G_DEFINE_BOXED_TYPE (MillHistogram, mill_histogram, mill_histogram_copy, mill_histogram_free)

/* Values below 2^7 have a bucket each. Above, the highest bit chooses a group and the next 7 bits the bucket
 * in it. */
static guint
bucket_index (gint64 value_us)
{
  guint exponent;

  if (value_us < SUB_COUNT)
    return (guint) value_us;
  exponent = g_bit_storage ((gulong) value_us) - 1;
  return (exponent - SUB_BITS + 1) * SUB_COUNT +
         (guint) ((value_us >> (exponent - SUB_BITS)) & (SUB_COUNT - 1));
}

/* The least value of a bucket and the least of the next. */
static void
bucket_bounds (guint index, gint64 *low_us, gint64 *high_us)
{
  guint group = index / SUB_COUNT;
  gint64 width = group == 0 ? 1 : G_GINT64_CONSTANT (1) << (group - 1);

  *low_us = group == 0 ? index : (gint64) (SUB_COUNT + index % SUB_COUNT) * width;
  *high_us = *low_us + width;
}

static gint64
bucket_midpoint (guint index)
{
  guint group = index / SUB_COUNT;
  gint64 low;

  if (group == 0)
    return index;
  low = (gint64) (SUB_COUNT + index % SUB_COUNT) << (group - 1);
  return low + ((G_GINT64_CONSTANT (1) << (group - 1)) >> 1);
}

/**
 * mill_histogram_new:
 *
 * Creates an empty histogram.
 *
 * Returns: (transfer full): the histogram
 */
MillHistogram *
mill_histogram_new (void)
{
  return g_new0 (MillHistogram, 1);
}

/**
 * mill_histogram_copy:
 *
 * Copies a histogram.
 *
 * Returns: (transfer full): an independent copy
 */
MillHistogram *
mill_histogram_copy (const MillHistogram *self)
{
  return g_memdup2 (self, sizeof *self);
}

/**
 * mill_histogram_free:
 *
 * Frees a histogram.
 */
void
mill_histogram_free (MillHistogram *self)
{
  g_free (self);
}

/**
 * mill_histogram_record:
 * @value_us: a duration in microseconds; negative ones count as 0
 *
 * Counts one duration.
 */
void
mill_histogram_record (MillHistogram *self, gint64 value_us)
{
  mill_histogram_record_many (self, value_us, 1);
}

/**
 * mill_histogram_record_many:
 * @value_us: a duration in microseconds; negative ones count as 0
 * @count: how often there was one of that length
 *
 * Counts several durations of one length.
 */
void
mill_histogram_record_many (MillHistogram *self, gint64 value_us, guint64 count)
{
  gint64 value = CLAMP (value_us, 0, MAX_TRACKED);

  if (count == 0)
    return;
  self->buckets[bucket_index (value)] += count;
  self->count += count;
  self->sum_us += (guint64) value * count;
  self->max_us = MAX (self->max_us, value);
}

/**
 * mill_histogram_merge:
 * @other: another histogram
 *
 * Adds everything that was recorded in @other to @self.
 */
void
mill_histogram_merge (MillHistogram *self, const MillHistogram *other)
{
  for (guint i = 0; i < N_BUCKETS; i++)
    self->buckets[i] += other->buckets[i];
  self->count += other->count;
  self->sum_us += other->sum_us;
  self->max_us = MAX (self->max_us, other->max_us);
}

/**
 * mill_histogram_subtract:
 * @other: an earlier copy of @self
 *
 * Leaves in @self what was recorded since @other was copied. The greatest value is then known only to within
 * its bucket.
 */
void
mill_histogram_subtract (MillHistogram *self, const MillHistogram *other)
{
  guint highest = 0;

  for (guint i = 0; i < N_BUCKETS; i++)
    {
      self->buckets[i] -= MIN (self->buckets[i], other->buckets[i]);
      if (self->buckets[i] > 0)
        highest = i;
    }
  self->count -= MIN (self->count, other->count);
  self->sum_us -= MIN (self->sum_us, other->sum_us);
  self->max_us = self->count > 0 ? MIN (self->max_us, bucket_midpoint (highest)) : 0;
}

/**
 * mill_histogram_get_count:
 *
 * Counts what was recorded.
 *
 * Returns: how many durations were recorded
 */
guint64
mill_histogram_get_count (const MillHistogram *self)
{
  return self->count;
}

/**
 * mill_histogram_get_mean:
 *
 * The mean of what was recorded.
 *
 * Returns: the exact arithmetic mean in microseconds; 0 when empty
 */
double
mill_histogram_get_mean (const MillHistogram *self)
{
  return self->count > 0 ? (double) self->sum_us / (double) self->count : 0.0;
}

/**
 * mill_histogram_get_max:
 *
 * The longest of what was recorded.
 *
 * Returns: the greatest value in microseconds; 0 when empty
 */
gint64
mill_histogram_get_max (const MillHistogram *self)
{
  return self->max_us;
}

/**
 * mill_histogram_get_percentile:
 * @percentile: between 0 and 100
 *
 * The nearest-rank percentile: the smallest recorded value such that at least @percentile % of all are not
 * greater, as the middle of its bucket, so within 1/128 of the exact value.
 *
 * Returns: the value in microseconds; 0 when empty
 */
gint64
mill_histogram_get_percentile (const MillHistogram *self, double percentile)
{
  double exact_rank = CLAMP (percentile, 0.0, 100.0) / 100.0 * (double) self->count;
  guint64 rank = (guint64) exact_rank;
  guint64 seen = 0;

  if (self->count == 0)
    return 0;
  if ((double) rank < exact_rank)
    rank++;
  rank = CLAMP (rank, 1, self->count);
  for (guint i = 0; i < N_BUCKETS; i++)
    {
      seen += self->buckets[i];
      if (seen >= rank)
        return MIN (bucket_midpoint (i), self->max_us);
    }
  return self->max_us;
}

/**
 * mill_histogram_next_bucket:
 * @position: (inout): 0 for the first bucket; then as the last call left it
 * @low_us: (out): the least value that the bucket counts, in microseconds
 * @high_us: (out): the least value that it no longer counts
 * @count: (out): how many it counts
 *
 * Goes through the buckets that are not empty, shortest durations first.
 *
 * Returns: %FALSE, with nothing but @position touched, if there is no other
 */
gboolean
mill_histogram_next_bucket (const MillHistogram *self, guint *position, gint64 *low_us, gint64 *high_us,
                            guint64 *count)
{
  while (*position < N_BUCKETS && self->buckets[*position] == 0)
    (*position)++;
  if (*position >= N_BUCKETS)
    return FALSE;

  bucket_bounds (*position, low_us, high_us);
  *count = self->buckets[(*position)++];

  return TRUE;
}
