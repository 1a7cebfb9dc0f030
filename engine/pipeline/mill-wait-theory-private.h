/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the pipeline asks theory. */

#pragma once

#include "pipeline/mill-snapshot.h"
#include "pipeline/mill-wait-theory.h"

G_BEGIN_DECLS

/* (transfer full) (nullable): what is to be expected of the first stage's queue, which @snapshot tells of;
 * NULL when @source's items do not come at random. */
MillWaitTheory *mill_wait_theory_new (MillSource *source, MillStage *stage,
                                      const MillStageSnapshot *snapshot);

G_END_DECLS
