/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillWork: one attempt of a step at one item, as the step sees it. */

#pragma once

#include "core/mill-item.h"

G_BEGIN_DECLS

typedef struct _MillWork MillWork;

/* (transfer none): the item; the step is its sole holder and may change it. */
MillItem *mill_work_get_item (MillWork *self);
/* How many attempts have failed before; 0 on the first. */
guint mill_work_get_attempt (MillWork *self);

/* Lets the item end here: counted as done, not handed to the next stage. */
void mill_work_consume (MillWork *self);
/* (transfer full): hands @item to the next stage as well; counted as produced. Only if the attempt
 * succeeds. */
void mill_work_emit (MillWork *self, MillItem *item);
/* After a failure: wait at least this many seconds before the next attempt (HTTP's Retry-After). */
void mill_work_set_retry_after (MillWork *self, double seconds);

G_END_DECLS
