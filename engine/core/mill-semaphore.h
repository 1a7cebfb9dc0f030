/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillSemaphore:
 *
 * A counting semaphore for two worlds that knows its holders.
 *
 * The contract (tests/test-semaphore.c):
 *
 * - At most `permits` holders at a time; waiters, threads and tasks alike, are served strictly in the order
 *   in which they began to wait. `permits` == 0 means no limit.
 * - Raising permits lets waiters in at once. Lowering them interrupts no holder: nobody enters until fewer
 * than `permits` hold.
 * - Each holder has a slot, the lowest free number; it says which item it holds, and since when.
 * - A cancelled acquire takes nothing; one that had already been granted when it was cancelled succeeds.
 *
 * Threads: every function may be called from any thread; callbacks run in the caller's thread-default main
 * context, never with the lock held.
 */

#pragma once

#include <gio/gio.h>

#include "core/mill-item.h"

G_BEGIN_DECLS

#define MILL_TYPE_SEMAPHORE (mill_semaphore_get_type ())
G_DECLARE_FINAL_TYPE (MillSemaphore, mill_semaphore, MILL, SEMAPHORE, GObject)

/**
 * MillSlot:
 * @held: whether somebody holds the slot
 * @item_id: the holder's item, or 0
 * @since_us: since when, in microseconds of g_get_monotonic_time()
 *
 * One slot of a semaphore.
 */
typedef struct
{
  gboolean held;
  guint64 item_id;
  gint64 since_us;
} MillSlot;

#define MILL_TYPE_SLOT (mill_slot_get_type ())
GType mill_slot_get_type (void);
MillSlot *mill_slot_copy (const MillSlot *self);
void mill_slot_free (MillSlot *self);

MillSemaphore *mill_semaphore_new (guint permits);

guint mill_semaphore_get_permits (MillSemaphore *self);
void mill_semaphore_set_permits (MillSemaphore *self, guint permits);

gboolean mill_semaphore_acquire (MillSemaphore *self, guint64 item_id, guint *slot, GCancellable *cancellable,
                                 GError **error);
gboolean mill_semaphore_try_acquire (MillSemaphore *self, guint64 item_id, guint *slot);
void mill_semaphore_acquire_async (MillSemaphore *self, guint64 item_id, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data);
gboolean mill_semaphore_acquire_finish (MillSemaphore *self, GAsyncResult *result, guint *slot,
                                        GError **error);
void mill_semaphore_release (MillSemaphore *self, guint slot);

guint mill_semaphore_get_held (MillSemaphore *self);
guint mill_semaphore_get_waiting (MillSemaphore *self);
void mill_semaphore_get_slots (MillSemaphore *self, GArray *slots);
GList *mill_semaphore_get_slot_list (MillSemaphore *self);

G_END_DECLS
