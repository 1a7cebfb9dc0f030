/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillTrial: one variant of a pitfall while it runs. The program asks it for its parameters and tells it how
 * it gets on; whoever watches reads that from another thread.
 *
 * Threads: every function may be called from any thread. The samples are bounded: when there are too many,
 * each two become one, the greater. */

#pragma once

#include <gio/gio.h>

#include "core/mill-queue.h"
#include "pitfalls/mill-crew-private.h"
#include "pitfalls/mill-pitfall-run.h"

G_BEGIN_DECLS

typedef struct _MillTrial MillTrial;

MillTrial *mill_trial_new (MillPitfall *pitfall);
void mill_trial_free (MillTrial *self);

/* For the run. */
void mill_trial_start (MillTrial *self);
void mill_trial_end (MillTrial *self);
void mill_trial_cancel (MillTrial *self);
void mill_trial_get_result (MillTrial *self, MillTrialResult *result);
guint mill_trial_get_samples (MillTrial *self, GArray *samples);

/* For the program. */
guint mill_trial_get (MillTrial *self, const char *parameter);
GCancellable *mill_trial_get_cancellable (MillTrial *self);
gboolean mill_trial_is_cancelled (MillTrial *self);
void mill_trial_block (MillTrial *self, guint time_ms);
void mill_trial_count_done (MillTrial *self);
guint mill_trial_get_done (MillTrial *self);
void mill_trial_chart (MillTrial *self, double value);
void mill_trial_set_figure (MillTrial *self, double figure);
gboolean mill_trial_put (MillTrial *self, MillQueue *queue, MillItem *item, MillCrew *crew);
gboolean mill_trial_join (MillTrial *self, MillQueue *queue, MillCrew *crew);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MillTrial, mill_trial_free)

G_END_DECLS
