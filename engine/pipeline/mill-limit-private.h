/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a limit is judged: a pure function of what was measured. */

#pragma once

#include "pipeline/mill-limit.h"

G_BEGIN_DECLS

/* What was measured in @seconds, all that a judgement is made of. */
typedef struct
{
  double seconds;
  gboolean is_changed; /* the time began with the turn of a knob */
  gboolean has_ended;  /* the source gives nothing any more */
  double source_blocked;
  double source_waiting; /* the part of the time that the source had nothing to give */
  const char *why;       /* (static) (nullable): for what it waited most */
  double cpu;            /* -1: unknown */
  guint n_stages;
  const MillStageLoad *stages; /* (array length=n_stages) (unowned) */
} MillLimitEvidence;

MillLimitFinding mill_limit_judge (const MillLimitEvidence *evidence);
void mill_limit_estimate (MillLimitFinding *finding, const MillLimitEvidence *evidence);
double mill_stage_load_get_slack (const MillStageLoad *self);

G_END_DECLS
