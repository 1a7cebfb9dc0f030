/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillWaitTheory: how long items ought to wait in a stage's queue, as far as theory can say. A plain record.
 */

#pragma once

#include "pipeline/mill-source.h"
#include "pipeline/mill-stage.h"

G_BEGIN_DECLS

/**
 * MillWaitTheory:
 * @why_not: (nullable): why theory says nothing about the queue as it is, translated; %NULL when it does
 * @order: the queue's order
 * @servers: how many consumers there are
 * @arrival_rate: how many items come in a second
 * @urgent_share: which share of them is urgent, from 0 to 1
 * @service_us: how long one takes on average, in microseconds
 * @load: which share of the time a consumer is busy, from 0
 * @wait_probability: which share of the items has to wait, from 0 to 1
 * @mean_us: how long they wait on average, in microseconds
 * @p95_us: how long 95 of a hundred wait at most; -1 when that is not known for this order
 * @urgent_mean_us: how long the urgent ones wait on average
 * @ordinary_mean_us: how long the others wait on average
 *
 * What queueing theory says about a stage's queue: M/M/c, arrivals of a Poisson process, exponential service,
 * and nothing else in the way.
 */
typedef struct
{
  const char *why_not;
  MillQueueOrder order;
  guint servers;
  double arrival_rate;
  double urgent_share;
  double service_us;
  double load;
  double wait_probability;
  double mean_us;
  double p95_us;
  double urgent_mean_us;
  double ordinary_mean_us;
} MillWaitTheory;

#define MILL_TYPE_WAIT_THEORY (mill_wait_theory_get_type ())
GType mill_wait_theory_get_type (void);
MillWaitTheory *mill_wait_theory_copy (const MillWaitTheory *self);
void mill_wait_theory_free (MillWaitTheory *self);

double mill_wait_theory_get_mean (const MillWaitTheory *self, gint priority);

G_END_DECLS
