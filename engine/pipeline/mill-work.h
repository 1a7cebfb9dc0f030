/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillWork:
 *
 * One attempt of a step at one item, or of a #MillBatchStep at several, as the step sees it.
 *
 * Threads: the one that runs the attempt.
 */

#pragma once

#include "core/mill-item.h"

G_BEGIN_DECLS

typedef struct _MillWork MillWork;

MillItem *mill_work_get_item (MillWork *self);
guint mill_work_get_n_items (MillWork *self);
MillItem *mill_work_get_nth_item (MillWork *self, guint i);
guint mill_work_get_attempt (MillWork *self);
gboolean mill_work_is_timed_out (MillWork *self);

void mill_work_consume (MillWork *self);
void mill_work_reject (MillWork *self, guint i, GError *error);
void mill_work_emit (MillWork *self, MillItem *item);
void mill_work_postpone (MillWork *self, gint64 wait_us);
void mill_work_set_retry_after (MillWork *self, double seconds);

G_END_DECLS
