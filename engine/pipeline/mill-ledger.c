/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillLedger: a pipeline's books. Each entry is made under one lock, and a reading takes both, so it adds up.
 *
 * What the source produces is booked apart from what the workers do with it, since the producer and the
 * workers are on different processors, and each entry under a common lock would take the other's cache lines.
 */

#include "config.h"

#include "core/mill-lock-private.h"
#include "pipeline/mill-ledger-private.h"

#define CACHE_LINE 64

struct _MillLedger
{
  struct
  {
    GMutex lock; /* taken before the other */
    guint64 produced;
  } source;
  guint8 apart[CACHE_LINE];

  GMutex lock; /* guards the rest */
  MillLedgerTotals totals;
  MillHistogram *latency; /* (owned) */
  guint n_stages;
  MillLedgerStage stages[];
};

MillLedger *
mill_ledger_new (guint n_stages)
{
  MillLedger *self = g_malloc0 (sizeof *self + n_stages * sizeof self->stages[0]);

  g_mutex_init (&self->source.lock);
  g_mutex_init (&self->lock);
  self->latency = mill_histogram_new ();
  self->n_stages = n_stages;
  return self;
}

void
mill_ledger_free (MillLedger *self)
{
  mill_histogram_free (self->latency);
  g_mutex_clear (&self->lock);
  g_mutex_clear (&self->source.lock);
  g_free (self);
}

/* The source has produced an item, bound for the first stage. */
void
mill_ledger_produce (MillLedger *self)
{
  mill_lock (&self->source.lock);
  self->source.produced++;
  g_mutex_unlock (&self->source.lock);
}

/* @n items that a step emitted come into the pipeline, bound for @stage. */
void
mill_ledger_admit (MillLedger *self, guint stage, guint n)
{
  mill_lock (&self->lock);
  self->totals.produced += n;
  self->stages[stage].unfinished += n;
  g_mutex_unlock (&self->lock);
}

/* @n items go from stage @from to the next. */
void
mill_ledger_move (MillLedger *self, guint from, guint n)
{
  mill_lock (&self->lock);
  self->stages[from].unfinished -= n;
  self->stages[from].done += n;
  self->stages[from + 1].unfinished += n;
  g_mutex_unlock (&self->lock);
}

/* @n items that are in stage @stage's books leave the pipeline at its end, at @now_us of
 * g_get_monotonic_time(). */
void
mill_ledger_finish (MillLedger *self, guint stage, MillItem *const *items, guint n, gint64 now_us)
{
  mill_lock (&self->lock);
  self->stages[stage].unfinished -= n;
  self->stages[stage].done += n;
  self->totals.done += n;
  for (guint i = 0; i < n; i++)
    {
      self->totals.bytes += mill_item_get_size (items[i]);
      mill_histogram_record (self->latency, now_us - mill_item_get_born (items[i]));
    }
  g_mutex_unlock (&self->lock);
}

/* An item that is in stage @stage's books leaves the pipeline dead or returned. */
void
mill_ledger_lose (MillLedger *self, guint stage, MillOutcome outcome)
{
  mill_lock (&self->lock);
  self->stages[stage].unfinished--;
  if (outcome == MILL_OUTCOME_DEAD)
    {
      self->stages[stage].dead++;
      self->totals.dead++;
    }
  else
    self->totals.returned++;
  g_mutex_unlock (&self->lock);
}

/* A dead item comes back to stage @stage, where it died. */
void
mill_ledger_requeue (MillLedger *self, guint stage)
{
  g_mutex_lock (&self->lock);
  self->totals.dead--;
  self->stages[stage].dead--;
  self->stages[stage].unfinished++;
  g_mutex_unlock (&self->lock);
}

void
mill_ledger_retry (MillLedger *self, guint stage)
{
  mill_lock (&self->lock);
  self->stages[stage].retries++;
  g_mutex_unlock (&self->lock);
}

/* Copies the books of one moment; @stages has room for all stages. */
void
mill_ledger_read (MillLedger *self, MillLedgerTotals *totals, MillLedgerStage *stages, MillHistogram *latency)
{
  g_mutex_lock (&self->source.lock);
  g_mutex_lock (&self->lock);
  *totals = self->totals;
  memcpy (stages, self->stages, self->n_stages * sizeof self->stages[0]);
  mill_histogram_merge (latency, self->latency);
  totals->produced += self->source.produced;
  stages[0].unfinished +=
      self->source.produced; /* of which the workers have subtracted what they have seen */
  g_mutex_unlock (&self->lock);
  g_mutex_unlock (&self->source.lock);
}
