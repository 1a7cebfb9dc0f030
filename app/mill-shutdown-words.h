/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a run ends, in words: what a drain and a stop would do, who holds `join` up and for how long. Pure
 * functions of a snapshot; each returns a new string, in the language of the session, unless it says
 * otherwise. */

#pragma once

#include "pipeline/mill-snapshot.h"

G_BEGIN_DECLS

/**
 * MillJoinHolder:
 * @MILL_JOIN_NOBODY: nothing is left, or nothing has begun
 * @MILL_JOIN_SOURCE: the source has not ended
 * @MILL_JOIN_STAGE: a stage has unfinished items: the first one in the order of the flow
 * @MILL_JOIN_WORKERS: all is through; workers have not ended
 * @MILL_JOIN_STEPS: the steps wrap up
 *
 * For what the join of a run waits.
 */
typedef enum
{
  MILL_JOIN_NOBODY,
  MILL_JOIN_SOURCE,
  MILL_JOIN_STAGE,
  MILL_JOIN_WORKERS,
  MILL_JOIN_STEPS,
} MillJoinHolder;

MillJoinHolder mill_shutdown_words_find_holder (const MillSnapshot *snapshot, guint *stage);
const MillHand *mill_shutdown_words_find_oldest (const MillStageSnapshot *stage);

char *mill_shutdown_words_title (const MillSnapshot *snapshot);
char *mill_shutdown_words_detail (const MillSnapshot *snapshot, double deadline_s);
char *mill_shutdown_words_returns (const MillSnapshot *snapshot);
char *mill_shutdown_words_oldest (const MillSnapshot *snapshot, const MillStageSnapshot *stage);
const char *mill_shutdown_words_queue_state (const MillStageSnapshot *stage);
char *mill_shutdown_words_queue (const MillStageSnapshot *stage);
char *mill_shutdown_words_hand (const MillStageSnapshot *stage, const MillHand *hand, gint64 now_us);
char *mill_shutdown_words_stuck (const MillStuck *stuck, gint64 now_us);

G_END_DECLS
