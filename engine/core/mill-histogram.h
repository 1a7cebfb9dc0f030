/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillHistogram:
 *
 * Counts of durations in log-linear buckets, after HdrHistogram: 128 linear buckets for each
 * power of two, so that a value is known to within 1/128 (< 1 %), from 1 microsecond to 38 hours.
 *
 * Threads: it has no lock; one thread at a time.
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define MILL_TYPE_HISTOGRAM (mill_histogram_get_type ())

typedef struct _MillHistogram MillHistogram;

GType mill_histogram_get_type (void);

MillHistogram *mill_histogram_new (void);
MillHistogram *mill_histogram_copy (const MillHistogram *self);
void mill_histogram_free (MillHistogram *self);

void mill_histogram_record (MillHistogram *self, gint64 value_us);
void mill_histogram_record_many (MillHistogram *self, gint64 value_us, guint64 count);
void mill_histogram_merge (MillHistogram *self, const MillHistogram *other);
void mill_histogram_subtract (MillHistogram *self, const MillHistogram *other);
guint64 mill_histogram_get_count (const MillHistogram *self);
double mill_histogram_get_mean (const MillHistogram *self);
gint64 mill_histogram_get_max (const MillHistogram *self);
gint64 mill_histogram_get_percentile (const MillHistogram *self, double percentile);

gboolean mill_histogram_next_bucket (const MillHistogram *self, guint *position, gint64 *low_us,
                                     gint64 *high_us, guint64 *count);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MillHistogram, mill_histogram_free)

G_END_DECLS
