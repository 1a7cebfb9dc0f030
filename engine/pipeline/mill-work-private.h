/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillWork from the worker's side. */

#pragma once

#include "pipeline/mill-work.h"

G_BEGIN_DECLS

struct _MillWork
{
  MillItem *item; /* (owned) */
  guint attempt;
  gboolean consumed;
  gint timed_out;       /* (atomic) set by the control thread before it cancels the attempt for that */
  double retry_after_s; /* negative: none was given */
  gint64 postponed_us;  /* 0: it was not */
  GPtrArray *emitted;   /* (owned) (nullable) of (owned) MillItem */
};

void mill_work_init (MillWork *self, MillItem *item);
void mill_work_begin_attempt (MillWork *self, guint attempt);
void mill_work_clear (MillWork *self);

G_END_DECLS
