/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillThrottle:
 * @delay_us: the time between two requests that the answers so far ask for; 0 before the first
 *
 * How far apart requests to one host are, as it answers: a server that needs `latency` to answer has N
 * requests in work when it gets one each `latency / N`. The contract (tests/test-throttle.c), which is that
 * of Scrapy's AutoThrottle (https://docs.scrapy.org/en/latest/topics/autothrottle.html), but for the start
 * and for requests without an answer:
 *
 * - It begins with the least delay, not with one of its own.
 * - An answer's target is its latency / `target_concurrency`. The new delay is the mean of the last one and
 * the target, or the target if that is longer: it rises at once, and falls by halves.
 * - It is never below `min_us`, nor above `max_us`; of the two, `min_us` wins.
 * - What is not a success never shortens it: errors are quick, and no reason to ask faster. A request that
 * ended without an answer counts with the time until then.
 * - There is no clock inside. Bounds may differ from call to call: they are knobs.
 *
 * A plain struct, for one thread at a time.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gint64 delay_us;
} MillThrottle;

/**
 * MillThrottleBounds:
 * @min_us: the delay that a person, or robots.txt, asks for
 * @max_us: the longest that the throttle may make of it
 * @target_concurrency: how many requests the host is to have in work on average; more than 0
 *
 * What a throttle must keep to.
 */
typedef struct
{
  gint64 min_us;
  gint64 max_us;
  double target_concurrency;
} MillThrottleBounds;

gint64 mill_throttle_get_delay (const MillThrottle *self, const MillThrottleBounds *bounds);
void mill_throttle_answered (MillThrottle *self, const MillThrottleBounds *bounds, gint64 latency_us,
                             gboolean is_success);

G_END_DECLS
