/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long items waited in a queue, and ought to have, in words. No GTK. */

#pragma once

#include "pipeline/mill-snapshot.h"

G_BEGIN_DECLS

gboolean mill_wait_words_are_worth_it (const MillStageSnapshot *stage);
gboolean mill_wait_words_are_recent (const MillStageSnapshot *stage);
char *mill_wait_words_class (const MillStageSnapshot *stage, const MillQueueWait *wait);
char *mill_wait_words_expected_mean (const MillStageSnapshot *stage, const MillQueueWait *wait);
char *mill_wait_words_expected_p95 (const MillStageSnapshot *stage);
char *mill_wait_words_theory (const MillWaitTheory *theory);

G_END_DECLS
