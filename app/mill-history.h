/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillHistory: the snapshots of the last seconds, spaced out, to compute what happened since then. Bounded,
 * whatever the run's length. */

#pragma once

#include "pipeline/mill-snapshot.h"

G_BEGIN_DECLS

typedef struct _MillHistory MillHistory;

MillHistory *mill_history_new (gint64 spacing_us, guint capacity);
void mill_history_free (MillHistory *self);

void mill_history_clear (MillHistory *self);
void mill_history_add (MillHistory *self, MillSnapshot *snapshot);
MillSnapshot *mill_history_look_back (MillHistory *self, gint64 time_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MillHistory, mill_history_free)

G_END_DECLS
