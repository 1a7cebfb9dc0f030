/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillWaitTheory: looks whether a stage is what theory knows of, and asks mill-erlang.c. */

#include "config.h"

#include "pipeline/mill-wait-theory-private.h"

#include <glib/gi18n-lib.h>

#include "core/mill-erlang.h"

G_DEFINE_BOXED_TYPE (MillWaitTheory, mill_wait_theory, mill_wait_theory_copy, mill_wait_theory_free)

/**
 * mill_wait_theory_copy:
 * @self: what theory says
 *
 * Copies it.
 *
 * Returns: (transfer full): the copy
 */
MillWaitTheory *
mill_wait_theory_copy (const MillWaitTheory *self)
{
  return g_memdup2 (self, sizeof *self);
}

/**
 * mill_wait_theory_free:
 * @self: (transfer full): a copy
 *
 * Frees a copy.
 */
void
mill_wait_theory_free (MillWaitTheory *self)
{
  g_free (self);
}

/**
 * mill_wait_theory_get_mean:
 * @self: what theory says
 * @priority: an item's; those below 0 are urgent
 *
 * How long items of a priority ought to wait.
 *
 * Returns: the mean, in microseconds
 */
double
mill_wait_theory_get_mean (const MillWaitTheory *self, gint priority)
{
  return priority < 0 ? self->urgent_mean_us : self->ordinary_mean_us;
}

/* (nullable): what is in the way, translated. */
static const char *
find_obstacle (const MillWaitTheory *self, MillStage *stage, const MillStageSnapshot *snapshot)
{
  double timeout_s = 0.0;

  g_object_get (stage, "timeout", &timeout_s, NULL);
  if (self->service_us < 0.0)
    return _ ("the service times are not exponential, or some attempts fail");
  if (snapshot->permits > 0 || snapshot->rate > 0.0 || timeout_s > 0.0)
    return _ ("slots, a rate or a timeout hold items up besides");
  if (mill_fault_is_on (mill_stage_get_fault (stage)))
    return _ ("the stage has a fault");
  if (snapshot->queue.maxsize > 0 && snapshot->queue.high_water >= (guint) snapshot->queue.maxsize)
    return _ ("the queue was full at times");
  if (self->servers == 0 || self->load >= 1.0)
    return _ ("more come than can be served, so the queue grows without end");
  return NULL;
}

static void
ask_erlang (MillWaitTheory *self)
{
  double service_s = self->service_us / G_USEC_PER_SEC;
  double urgent_rate = self->arrival_rate * self->urgent_share;
  double ordinary_rate = self->arrival_rate - urgent_rate;

  self->wait_probability = mill_erlang_c (self->servers, self->arrival_rate * service_s);
  self->mean_us = mill_erlang_mean_wait (self->servers, self->arrival_rate, service_s) * G_USEC_PER_SEC;
  self->urgent_mean_us = self->ordinary_mean_us = self->mean_us;
  if (self->order == MILL_QUEUE_ORDER_FIFO)
    self->p95_us =
        mill_erlang_wait_percentile (self->servers, self->arrival_rate, service_s, 95) * G_USEC_PER_SEC;
  if (self->order != MILL_QUEUE_ORDER_PRIORITY)
    return;
  self->urgent_mean_us =
      mill_erlang_priority_mean_wait (self->servers, 0.0, urgent_rate, ordinary_rate, service_s) *
      G_USEC_PER_SEC;
  self->ordinary_mean_us =
      mill_erlang_priority_mean_wait (self->servers, urgent_rate, ordinary_rate, 0.0, service_s) *
      G_USEC_PER_SEC;
}

MillWaitTheory *
mill_wait_theory_new (MillSource *source, MillStage *stage, const MillStageSnapshot *snapshot)
{
  double urgent_share = 0.0;
  double arrival_rate = mill_source_get_poisson_rate (source, &urgent_share);
  MillWaitTheory *self;

  if (arrival_rate < 0.0)
    return NULL;
  self = g_new0 (MillWaitTheory, 1);
  self->order = mill_queue_get_order (mill_stage_get_queue (stage));
  self->servers = snapshot->consumers;
  self->arrival_rate = arrival_rate;
  self->urgent_share = urgent_share;
  self->service_us = mill_step_get_exponential_mean (mill_stage_get_step (stage));
  self->load = arrival_rate * self->service_us / G_USEC_PER_SEC / MAX (self->servers, 1);
  self->p95_us = -1.0;
  self->why_not = find_obstacle (self, stage, snapshot);
  if (self->why_not == NULL)
    ask_erlang (self);
  return self;
}
