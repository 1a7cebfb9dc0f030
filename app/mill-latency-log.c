/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillLatencyLog: each moment holds only the buckets that are not empty; the newest histogram is held beside
 * them, whole. */

#include "config.h"

#include "mill-latency-log.h"

#define MAX_MOMENTS       128
#define FIRST_INTERVAL_US (500 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  gint64 value_us; /* in the middle of the bucket */
  guint64 count;
} Bucket;

typedef struct
{
  gint64 time_us;
  GArray *buckets; /* (owned) (element-type Bucket): by value */
} Moment;

struct _MillLatencyLog
{
  GArray *moments; /* (owned) (element-type Moment): oldest first */
  gint64 interval_us;
  gint64 newest_us;
  MillHistogram *newest; /* (owned) (nullable): as of the last call */
};

static void
clear_moment (gpointer data)
{
  g_array_unref (((Moment *) data)->buckets);
}

MillLatencyLog *
mill_latency_log_new (void)
{
  MillLatencyLog *self = g_new0 (MillLatencyLog, 1);

  self->moments = g_array_sized_new (FALSE, FALSE, sizeof (Moment), MAX_MOMENTS);
  g_array_set_clear_func (self->moments, clear_moment);
  self->interval_us = FIRST_INTERVAL_US;

  return self;
}

void
mill_latency_log_free (MillLatencyLog *self)
{
  g_array_unref (self->moments);
  g_clear_pointer (&self->newest, mill_histogram_free);
  g_free (self);
}

static GArray *
pack (const MillHistogram *histogram)
{
  GArray *buckets = g_array_new (FALSE, FALSE, sizeof (Bucket));
  gint64 low, high;
  guint position = 0;
  Bucket bucket;

  while (mill_histogram_next_bucket (histogram, &position, &low, &high, &bucket.count))
    {
      bucket.value_us = low + (high - low) / 2;
      g_array_append_val (buckets, bucket);
    }

  return buckets;
}

static void
unpack (const GArray *buckets, MillHistogram *out)
{
  guint i;

  for (i = 0; i < buckets->len; i++)
    mill_histogram_record_many (out, g_array_index (buckets, Bucket, i).value_us,
                                g_array_index (buckets, Bucket, i).count);
}

static void
thin_out (MillLatencyLog *self)
{
  guint i;

  for (i = self->moments->len / 2; i-- > 0;)
    g_array_remove_index (self->moments, 2 * i + 1);
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
  const guint n = self->moments->len;
  Moment moment = { .time_us = time_us };

  g_clear_pointer (&self->newest, mill_histogram_free);
  self->newest = mill_histogram_copy (now);
  self->newest_us = time_us;
  if (n > 0 && time_us - g_array_index (self->moments, Moment, n - 1).time_us < self->interval_us)
    return;

  if (n == MAX_MOMENTS)
    thin_out (self);
  moment.buckets = pack (now);
  g_array_append_val (self->moments, moment);
}

/* The last moment at or before a time; NULL for nothing recorded yet. */
static const Moment *
before (MillLatencyLog *self, gint64 time_us)
{
  guint i;

  for (i = self->moments->len; i-- > 0;)
    if (g_array_index (self->moments, Moment, i).time_us <= time_us)
      return &g_array_index (self->moments, Moment, i);

  return NULL;
}

/* The first moment at or after a time; NULL for the newest histogram. */
static const Moment *
after (MillLatencyLog *self, gint64 time_us)
{
  guint i;

  for (i = 0; i < self->moments->len; i++)
    if (g_array_index (self->moments, Moment, i).time_us >= time_us)
      return &g_array_index (self->moments, Moment, i);

  return NULL;
}

/**
 * mill_latency_log_get:
 * @from_us: (inout): the begin of a span; out: of the span that the answer is of
 * @to_us: (inout): its end
 *
 * Returns: (transfer full): what was recorded in that span, each value known as in the histogram
 */
MillHistogram *
mill_latency_log_get (MillLatencyLog *self, gint64 *from_us, gint64 *to_us)
{
  const Moment *begin = before (self, *from_us);
  const Moment *end = after (self, *to_us);
  g_autoptr (MillHistogram) earlier = mill_histogram_new ();
  MillHistogram *span = mill_histogram_new ();

  if (begin != NULL)
    unpack (begin->buckets, earlier);
  if (end != NULL)
    unpack (end->buckets, span);
  else if (self->newest != NULL)
    {
      g_autoptr (GArray) buckets = pack (self->newest);

      unpack (buckets, span);
    }
  mill_histogram_subtract (span, earlier);
  *from_us = begin != NULL ? begin->time_us : 0;
  *to_us = end != NULL ? end->time_us : self->newest_us;

  return span;
}

/**
 * mill_latency_log_get_memory:
 *
 * Returns: about how many bytes the moments take
 */
gsize
mill_latency_log_get_memory (MillLatencyLog *self)
{
  gsize bytes = 0;
  guint i;

  for (i = 0; i < self->moments->len; i++)
    bytes += sizeof (Moment) + g_array_index (self->moments, Moment, i).buckets->len * sizeof (Bucket);

  return bytes;
}
