/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How often durations of each length were seen: bars on a logarithmic axis, with marks at percentiles.
 * Pointing at a bar, or the arrow keys, say what it counts.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MillHistogramBucket:
 * @low_us: the least duration it counts, in microseconds
 * @high_us: the least that it no longer counts
 * @count: how many there were
 *
 * One bucket of a histogram.
 */
typedef struct
{
  gint64 low_us;
  gint64 high_us;
  guint64 count;
} MillHistogramBucket;

#define MILL_TYPE_HISTOGRAM_VIEW (mill_histogram_view_get_type ())
G_DECLARE_FINAL_TYPE (MillHistogramView, mill_histogram_view, MILL, HISTOGRAM_VIEW, GtkWidget)

GtkWidget *mill_histogram_view_new (void);

void mill_histogram_view_set_buckets (MillHistogramView *self, const MillHistogramBucket *buckets,
                                      guint n_buckets);
void mill_histogram_view_set_mark (MillHistogramView *self, guint index, const char *name, gint64 value_us);
guint64 mill_histogram_view_get_count (MillHistogramView *self);
const char *mill_histogram_view_get_caption (MillHistogramView *self);
void mill_histogram_view_set_caption (MillHistogramView *self, const char *caption);
const char *mill_histogram_view_get_label (MillHistogramView *self);
void mill_histogram_view_set_label (MillHistogramView *self, const char *label);

G_END_DECLS
