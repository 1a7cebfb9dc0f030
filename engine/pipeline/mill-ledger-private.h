/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillLedger: where a pipeline's items are and what became of them. Double entry: what came in and went out
 * is counted on one side, what each stage holds on the other; nothing is derived, so a mistake shows. */

#pragma once

#include "core/mill-histogram.h"
#include "core/mill-item.h"
#include "pipeline/mill-types.h"

G_BEGIN_DECLS

typedef struct
{
  guint64 produced;
  guint64 done;
  guint64 dead;
  guint64 returned;
  guint64 dropped;
  guint64 bytes;
} MillLedgerTotals;

typedef struct
{
  guint64 unfinished;
  guint64 done;
  guint64 dead;
  guint64 retries;
} MillLedgerStage;

typedef struct _MillLedger MillLedger;

MillLedger *mill_ledger_new (guint n_stages);
void mill_ledger_free (MillLedger *self);

void mill_ledger_produce (MillLedger *self);
void mill_ledger_admit (MillLedger *self, guint stage, guint n);
void mill_ledger_move (MillLedger *self, guint from, guint n);
void mill_ledger_finish (MillLedger *self, guint stage, MillItem *const *items, guint n, gint64 now_us);
void mill_ledger_lose (MillLedger *self, guint stage, MillOutcome outcome);
void mill_ledger_requeue (MillLedger *self, guint stage);
void mill_ledger_retry (MillLedger *self, guint stage);
void mill_ledger_read (MillLedger *self, MillLedgerTotals *totals, MillLedgerStage *stages,
                       MillHistogram *latency);

G_END_DECLS
