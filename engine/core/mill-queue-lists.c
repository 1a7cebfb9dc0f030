/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillQueue's batches for other languages: lists instead of arrays. */

#include "config.h"

#include "core/mill-list-private.h"
#include "core/mill-queue.h"

/**
 * mill_queue_get_many_list: (rename-to mill_queue_get_many)
 * @max_items: how many to take at most, at least 1
 * @cancellable: (nullable): ends the wait
 *
 * The same as mill_queue_get_many(), with a list.
 *
 * Returns: (transfer full) (element-type MillItem): at least one item, or none with @error as for
 *   mill_queue_get()
 */
GList *
mill_queue_get_many_list (MillQueue *self, guint max_items, GCancellable *cancellable, GError **error)
{
  return mill_list_steal (mill_queue_get_many (self, max_items, cancellable, error));
}

/**
 * mill_queue_get_many_until_list: (rename-to mill_queue_get_many_until)
 * @max_items: how many to take at most, at least 1
 * @deadline_us: until when to wait for the first one, as in mill_queue_put_until()
 * @cancellable: (nullable): ends the wait
 *
 * The same as mill_queue_get_many_until(), with a list.
 *
 * Returns: (transfer full) (element-type MillItem): at least one item, or none with @error
 */
GList *
mill_queue_get_many_until_list (MillQueue *self, guint max_items, gint64 deadline_us,
                                GCancellable *cancellable, GError **error)
{
  return mill_list_steal (mill_queue_get_many_until (self, max_items, deadline_us, cancellable, error));
}

/**
 * mill_queue_get_many_finish_list: (rename-to mill_queue_get_many_finish)
 * @result: what the callback was given
 *
 * The same as mill_queue_get_many_finish(), with a list.
 *
 * Returns: (transfer full) (element-type MillItem): at least one item, or none with @error as for
 *   mill_queue_get()
 */
GList *
mill_queue_get_many_finish_list (MillQueue *self, GAsyncResult *result, GError **error)
{
  return mill_list_steal (mill_queue_get_many_finish (self, result, error));
}

/**
 * mill_queue_shutdown_list: (rename-to mill_queue_shutdown)
 * @immediate: whether to empty the queue as well
 *
 * The same as mill_queue_shutdown(), with a list.
 *
 * Returns: (transfer full) (element-type MillItem): what was removed, in order; empty unless
 *   @immediate
 */
GList *
mill_queue_shutdown_list (MillQueue *self, gboolean immediate)
{
  return mill_list_steal (mill_queue_shutdown (self, immediate));
}
