/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillWork from the worker's side: what it holds, and what part of that the present attempt is for. Of a
 * batch that fails the first half comes next, and so on; what follows the part waits for its turn. */

#pragma once

#include "pipeline/mill-work.h"

G_BEGIN_DECLS

struct _MillWork
{
  GPtrArray *items; /* (owned) of (owned) MillItem: one, or a batch */
  guint first;      /* of the part */
  guint n;          /* so many are in the part; 0 when nothing is held */
  guint attempt;
  gboolean consumed;
  gint timed_out;       /* (atomic) set by the control thread before it cancels the attempt for that */
  double retry_after_s; /* negative: none was given */
  gint64 postponed_us;  /* 0: it was not */
  GPtrArray *emitted;   /* (owned) (nullable) of (owned) MillItem */
  GPtrArray *rejected;  /* (owned) (nullable) of (owned) (nullable) GError, one for each item of the part */
};

void mill_work_init (MillWork *self);
void mill_work_finalize (MillWork *self);

void mill_work_take (MillWork *self, MillItem *item);
void mill_work_take_many (MillWork *self, GPtrArray *items);
MillItem *mill_work_peek (MillWork *self);
MillItem *const *mill_work_get_items (MillWork *self);
void mill_work_begin (MillWork *self, guint attempt);
void mill_work_begin_attempt (MillWork *self, guint attempt);
gboolean mill_work_split (MillWork *self);
gboolean mill_work_begin_rest (MillWork *self);
const GError *mill_work_get_rejection (MillWork *self, guint i);

G_END_DECLS
