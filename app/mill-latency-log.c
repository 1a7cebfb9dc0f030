/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillLatencyLog: each moment holds only the buckets that are not empty, at its place in one block; the
 * newest histogram is held beside them, whole. A block, since what is kept changes its size again and again:
 * it would leave holes all over the heap. */

#include "config.h"

#include "mill-latency-log.h"

#include <string.h>

#define MAX_MOMENTS       128
#define MAX_BUCKETS       768         /* of a moment: six octaves, each bucket as narrow as the histogram's */
#define NEWEST            MAX_MOMENTS /* the place in which the newest histogram is packed, to be looked at */
#define N_PLACES          (MAX_MOMENTS + 1)
#define FIRST_INTERVAL_US (500 * G_TIME_SPAN_MILLISECOND)
#define VALUE_BITS        8 /* that tell a histogram's buckets apart */

typedef struct
{
  gint64 value_us; /* in the middle of the bucket */
  guint64 count;
} Bucket;

typedef struct
{
  gint64 time_us;
  guint n_buckets;
} Moment;

struct _MillLatencyLog
{
  Moment moments[N_PLACES]; /* oldest first */
  guint n_moments;
  Bucket *buckets; /* (owned) (nullable): MAX_BUCKETS for each place; NULL before there is a moment */
  guint n_dropped; /* bits of each value, so that there are not more buckets than places for them */
  gint64 interval_us;
  gint64 newest_us;
  MillHistogram *newest; /* (owned) (nullable): as of the last call */
};

MillLatencyLog *
mill_latency_log_new (void)
{
  MillLatencyLog *self = g_new0 (MillLatencyLog, 1);

  self->interval_us = FIRST_INTERVAL_US;

  return self;
}

void
mill_latency_log_free (MillLatencyLog *self)
{
  g_free (self->buckets);
  g_clear_pointer (&self->newest, mill_histogram_free);
  g_free (self);
}

static Bucket *
get_buckets (const MillLatencyLog *self, guint place)
{
  return self->buckets + (gsize) place * MAX_BUCKETS;
}

/* All at once, and touched: a long run takes no more of it than a short one. */
static void
make_buckets (MillLatencyLog *self)
{
  const gsize n = (gsize) N_PLACES * MAX_BUCKETS;

  self->buckets = g_new (Bucket, n);
  memset (self->buckets, 0, n * sizeof (Bucket));
}

/* The middle of the wider bucket that a value is in. */
static gint64
widen (gint64 value_us, guint n_dropped)
{
  int n_bits = (int) g_bit_storage ((gulong) value_us) - VALUE_BITS + (int) n_dropped;
  gint64 width = G_GINT64_CONSTANT (1) << MAX (n_bits, 0);

  if (n_dropped == 0 || n_bits <= 0)
    return value_us;
  return (value_us & ~(width - 1)) + width / 2;
}

/* Adds a bucket after the others, or to the last one. Returns: FALSE if there is no place for it */
static gboolean
put (MillLatencyLog *self, guint place, gint64 value_us, guint64 count)
{
  Moment *moment = &self->moments[place];
  Bucket *buckets = get_buckets (self, place);
  gint64 wide_us = widen (value_us, self->n_dropped);

  if (moment->n_buckets > 0 && buckets[moment->n_buckets - 1].value_us == wide_us)
    {
      buckets[moment->n_buckets - 1].count += count;
      return TRUE;
    }
  if (moment->n_buckets == MAX_BUCKETS)
    return FALSE;
  buckets[moment->n_buckets++] = (Bucket){ wide_us, count };
  return TRUE;
}

/* Makes all buckets twice as wide. */
static void
widen_all (MillLatencyLog *self)
{
  guint place, i;

  self->n_dropped++;
  for (place = 0; place < self->n_moments; place++)
    {
      const Bucket *buckets = get_buckets (self, place);
      const guint n = self->moments[place].n_buckets;

      self->moments[place].n_buckets = 0;
      for (i = 0; i < n; i++)
        put (self, place, buckets[i].value_us, buckets[i].count);
    }
}

static gboolean
try_to_pack (MillLatencyLog *self, guint place, const MillHistogram *histogram)
{
  gint64 low, high;
  guint64 count;
  guint position = 0;

  self->moments[place].n_buckets = 0;
  while (mill_histogram_next_bucket (histogram, &position, &low, &high, &count))
    if (!put (self, place, low + (high - low) / 2, count))
      return FALSE;

  return TRUE;
}

static void
pack (MillLatencyLog *self, guint place, const MillHistogram *histogram)
{
  while (!try_to_pack (self, place, histogram))
    widen_all (self);
}

static void
unpack (const MillLatencyLog *self, guint place, MillHistogram *out)
{
  const Bucket *buckets = get_buckets (self, place);
  guint i;

  for (i = 0; i < self->moments[place].n_buckets; i++)
    mill_histogram_record_many (out, buckets[i].value_us, buckets[i].count);
}

static void
thin_out (MillLatencyLog *self)
{
  guint i;

  self->n_moments /= 2;
  for (i = 1; i < self->n_moments; i++)
    {
      self->moments[i] = self->moments[2 * i];
      memcpy (get_buckets (self, i), get_buckets (self, 2 * i), self->moments[i].n_buckets * sizeof (Bucket));
    }
  self->interval_us *= 2;
}

/**
 * mill_latency_log_add:
 * @time_us: when; not before the last call's
 * @now: the histogram as it is then
 *
 * Takes note of it, if it is time for that. Cheap enough for every beat.
 */
void
mill_latency_log_add (MillLatencyLog *self, gint64 time_us, const MillHistogram *now)
{
  g_clear_pointer (&self->newest, mill_histogram_free);
  self->newest = mill_histogram_copy (now);
  self->newest_us = time_us;
  if (self->buckets == NULL)
    make_buckets (self);
  if (self->n_moments > 0 && time_us - self->moments[self->n_moments - 1].time_us < self->interval_us)
    return;

  if (self->n_moments == MAX_MOMENTS)
    thin_out (self);
  pack (self, self->n_moments, now);
  self->moments[self->n_moments++].time_us = time_us;
}

/* The last moment at or before a time; -1 for nothing recorded yet. */
static int
find_before (const MillLatencyLog *self, gint64 time_us)
{
  int i;

  for (i = (int) self->n_moments - 1; i >= 0 && self->moments[i].time_us > time_us; i--)
    ;
  return i;
}

/* The first moment at or after a time; NEWEST, and that packed, if there is none. */
static guint
find_after (MillLatencyLog *self, gint64 time_us)
{
  guint i;

  for (i = 0; i < self->n_moments; i++)
    if (self->moments[i].time_us >= time_us)
      return i;

  pack (self, NEWEST, self->newest);
  self->moments[NEWEST].time_us = self->newest_us;
  return NEWEST;
}

/**
 * mill_latency_log_get:
 * @from_us: (inout): the begin of a span; out: of the span that the answer is of
 * @to_us: (inout): its end
 *
 * Returns: (transfer full): what was recorded in that span
 */
MillHistogram *
mill_latency_log_get (MillLatencyLog *self, gint64 *from_us, gint64 *to_us)
{
  g_autoptr (MillHistogram) earlier = mill_histogram_new ();
  MillHistogram *span = mill_histogram_new ();
  int begin = find_before (self, *from_us);
  guint end;

  *from_us = begin >= 0 ? self->moments[begin].time_us : 0;
  if (self->newest == NULL)
    {
      *to_us = self->newest_us;
      return span;
    }
  end = find_after (self, *to_us);
  *to_us = self->moments[end].time_us;
  unpack (self, end, span);
  if (begin >= 0)
    unpack (self, (guint) begin, earlier);
  mill_histogram_subtract (span, earlier);

  return span;
}

/**
 * mill_latency_log_get_memory:
 *
 * Returns: how many bytes the moments take: none before the first, the same from then on
 */
gsize
mill_latency_log_get_memory (MillLatencyLog *self)
{
  return self->buckets != NULL ? (gsize) N_PLACES * MAX_BUCKETS * sizeof (Bucket) : 0;
}
