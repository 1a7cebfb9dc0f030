/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillEta: the newest sample, and a ring of earlier ones a second apart. */

#include "config.h"

#include "pipeline/mill-eta.h"

#define SPACING_US (G_USEC_PER_SEC)
#define N_SAMPLES  (MILL_ETA_MAX_SPAN_S + 1)

typedef struct
{
  gint64 time_us;
  guint64 done;
  guint64 left;
} Sample;

struct _MillEta
{
  Sample now;
  Sample samples[N_SAMPLES];
  guint n_samples; /* added so far; the ring holds the last N_SAMPLES of them */
  MillState state; /* of the last snapshot */
};

G_DEFINE_BOXED_TYPE (MillEta, mill_eta, mill_eta_copy, mill_eta_free)

static const Sample *
nth_newest (const MillEta *self, guint n)
{
  return &self->samples[(self->n_samples - 1 - n) % N_SAMPLES];
}

static gboolean
is_enough (const Sample *now, const Sample *then)
{
  return now->time_us - then->time_us >= MILL_ETA_MIN_SPAN_S * G_USEC_PER_SEC &&
         now->done - then->done >= MILL_ETA_ENOUGH;
}

/* (nullable): what to compare the newest sample with. */
static const Sample *
find_base (const MillEta *self)
{
  const Sample *base = NULL;

  for (guint i = 0; i < MIN (self->n_samples, N_SAMPLES); i++)
    {
      const Sample *sample = nth_newest (self, i);

      if (self->now.time_us - sample->time_us > MILL_ETA_MAX_SPAN_S * G_USEC_PER_SEC)
        break;
      base = sample;
      if (is_enough (&self->now, base))
        break;
    }
  return base;
}

/**
 * mill_eta_new:
 *
 * Creates one that has seen nothing.
 *
 * Returns: (transfer full): the estimate
 */
MillEta *
mill_eta_new (void)
{
  return g_new0 (MillEta, 1);
}

/**
 * mill_eta_copy:
 * @self: the estimate
 *
 * Copies all that was seen.
 *
 * Returns: (transfer full): the copy
 */
MillEta *
mill_eta_copy (const MillEta *self)
{
  MillEta *copy = g_new (MillEta, 1);

  *copy = *self;
  return copy;
}

/**
 * mill_eta_free:
 * @self: (transfer full): the estimate
 *
 * Frees it.
 */
void
mill_eta_free (MillEta *self)
{
  g_free (self);
}

/**
 * mill_eta_clear:
 * @self: the estimate
 *
 * Forgets what was seen: what comes now has nothing to do with it.
 */
void
mill_eta_clear (MillEta *self)
{
  *self = (MillEta){ .state = self->state };
}

/**
 * mill_eta_add:
 * @self: the estimate
 * @time_us: a time in microseconds, not before the last one
 * @done: how many items are settled, well or badly; not fewer than before
 * @left: how many are known to be left
 *
 * Takes in how things stand. As often as one likes; memory stays the same.
 */
void
mill_eta_add (MillEta *self, gint64 time_us, guint64 done, guint64 left)
{
  self->now = (Sample){ time_us, done, left };
  if (self->n_samples > 0 && time_us - nth_newest (self, 0)->time_us < SPACING_US)
    return;
  self->samples[self->n_samples % N_SAMPLES] = self->now;
  self->n_samples++;
}

/* Returns: whether anybody knows how many items are left */
static gboolean
count_left (const MillSnapshot *snapshot, guint64 settled, guint64 *left)
{
  *left = snapshot->unfinished;
  if (snapshot->state == MILL_STATE_DRAINING)
    return TRUE;
  if (snapshot->state != MILL_STATE_RUNNING || snapshot->total < 0 || (guint64) snapshot->total < settled)
    return FALSE;
  *left = (guint64) snapshot->total - settled;
  return TRUE;
}

/**
 * mill_eta_add_snapshot:
 * @self: the estimate
 * @snapshot: the newest one of a pipeline
 *
 * Takes in how a pipeline stands: while it runs, what its source knows to come counts as left; while it
 * drains, what is inside. In any other state nothing is known, and a new state is a new beginning.
 */
void
mill_eta_add_snapshot (MillEta *self, const MillSnapshot *snapshot)
{
  guint64 settled = snapshot->done + snapshot->dead;
  guint64 left;
  gboolean is_known = count_left (snapshot, settled, &left);

  if (!is_known || snapshot->state != self->state)
    mill_eta_clear (self);
  self->state = snapshot->state;
  if (is_known)
    mill_eta_add (self, snapshot->time_us, settled, left);
}

/**
 * mill_eta_estimate:
 * @self: the estimate
 * @left_us: (out): the time left in microseconds; -1 if that is unknown
 *
 * Estimates the time left as of the last mill_eta_add().
 *
 * Returns: what @left_us is worth
 */
MillEtaKind
mill_eta_estimate (const MillEta *self, gint64 *left_us)
{
  const Sample *now = &self->now;
  const Sample *base = find_base (self);
  double left;

  *left_us = -1;
  if (base == NULL || now->left == 0 || now->done < base->done + MILL_ETA_LEAST ||
      now->time_us - base->time_us < MILL_ETA_MIN_SPAN_S * G_USEC_PER_SEC)
    return MILL_ETA_UNKNOWN;
  left = (double) now->left * (double) (now->time_us - base->time_us) / (double) (now->done - base->done);
  *left_us = left < (double) G_MAXINT64 / 2 ? (gint64) left : G_MAXINT64 / 2;
  return now->done + now->left > base->done + base->left ? MILL_ETA_AT_LEAST : MILL_ETA_ABOUT;
}
