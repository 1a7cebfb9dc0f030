/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillLatencyLog: what a histogram that only grows was at moments of a run, so that the percentiles of any
 * span of it can be told from the difference of two.
 *
 * Its memory is the same whatever the run's length, 1.5 MiB from the first moment on: when there are too many
 * moments every other one goes and they come half as often. A span is widened to the moments around it; the
 * log says to which. A value is known as in the histogram, to less than 1 %; if values are spread over so
 * many buckets that a moment cannot hold them, half as well.
 */

#pragma once

#include "core/mill-histogram.h"

G_BEGIN_DECLS

typedef struct _MillLatencyLog MillLatencyLog;

MillLatencyLog *mill_latency_log_new (void);
void mill_latency_log_free (MillLatencyLog *self);

void mill_latency_log_add (MillLatencyLog *self, gint64 time_us, const MillHistogram *now);
MillHistogram *mill_latency_log_get (MillLatencyLog *self, gint64 *from_us, gint64 *to_us);
gsize mill_latency_log_get_memory (MillLatencyLog *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MillLatencyLog, mill_latency_log_free)

G_END_DECLS
