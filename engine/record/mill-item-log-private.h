/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillItemLog: settled items on their way into a run file's table `item`.
 *
 * Contract (tests/test-run-record.c):
 *
 * - Whoever settles an item never waits for the file. What the writer cannot take in time, some 65,000 items
 *   being on their way, is not recorded, and counted; nor is what is done once most_items items are in the
 *   file. Dead and returned items are recorded always.
 * - Each item has a row of its own, in the order of settling. Its key is the item's; "#7" for item 7 if it
 * has none, and "KEY #7" if another item has that key already.
 * - A dead item that is requeued loses its row, and gets another once it is settled again.
 * - What has been settled is handed to the writer by mill_item_log_flush() at the latest.
 *
 * Threads: any.
 */

#pragma once

#include "core/mill-item.h"
#include "pipeline/mill-types.h"
#include "record/mill-run-writer-private.h"

G_BEGIN_DECLS

typedef struct _MillItemLog MillItemLog;

MillItemLog *mill_item_log_new (MillRunWriter *writer, const char *const *stages, guint64 most_items);
void mill_item_log_free (MillItemLog *self);

/* @attempts: how often it was tried; @now_us: g_get_monotonic_time(); @error: (nullable) */
void mill_item_log_settled (MillItemLog *self, guint stage, MillItem *item, MillOutcome outcome,
                            const GError *error, guint attempts, gint64 now_us);
void mill_item_log_requeued (MillItemLog *self, MillItem *item);
void mill_item_log_flush (MillItemLog *self);
guint64 mill_item_log_get_unrecorded (MillItemLog *self);

G_END_DECLS
