/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillQueue:
 *
 * One bounded queue for two worlds, threads that block and main-loop tasks that suspend.
 *
 * The contract (tests/test-queue.c has a test for each sentence):
 *
 * - The semantics are those of CPython 3.13's queue.Queue and asyncio.Queue. maxsize <= 0 is unbounded.
 *   Items leave in the order in which they came (FIFO), the last one first (LIFO), or the one of the lowest
 *   priority first and equals as they came (PRIORITY). A change of the order holds for what is queued, too.
 * - `put` raises `unfinished`, `task_done` lowers it; one `task_done` too many is an error. `join` waits
 *   until `unfinished` is zero, also after a shutdown.
 * - After `shutdown (FALSE)` every put fails with %MILL_ERROR_SHUT_DOWN, the ones that wait included; gets go
 *   on until the queue is empty and fail from then on. After `shutdown (TRUE)` gets fail at once; what was
 *   queued is handed back to the caller and `unfinished` falls by as many, to 0 at the least.
 * - Growing a bound lets waiting putters in at once; shrinking evicts nothing: putters wait until depth is
 *   below maxsize. With a byte bound, an item also waits until its payload fits; one that is larger than the
 *   bound enters once the queue is empty. Nobody overtakes a putter that waits for room.
 * - Waiters of each side are served in the order in which they began to wait, threads and tasks alike. A task
 *   is served where it stands; a woken thread helps itself. Newcomers may overtake a woken thread on its way,
 *   but a thread that came too late keeps its place at the head and is served there next time. So neither
 *   world starves.
 * - No wake-up is lost: while an item is queued and a getter waits, some getter has been woken (the same for
 *   room and putters). A waiter that is cancelled or times out after it was woken passes the wake-up on. An
 *   operation that had already taken effect when it was cancelled succeeds.
 * - Cancelled or timed-out operations have no effect: the item was not put, none was taken. A negative
 * deadline is an error, %MILL_ERROR_INVALID, whether or not there would be a wait.
 * - `put_many` puts a batch in its order, as room allows; `get_many` waits for one item and takes what else
 *   there is, up to a number. Whoever is cancelled or shut out in the middle of a `put_many` learns how many
 *   went in; those stay in.
 * - `put_many_async` is suspended until all items are in. While it waits it keeps its place: nothing comes
 *   between its items from then on. `get_many_async` is suspended while there is nothing, and then takes up
 * to its number; one that is cancelled takes nothing.
 *
 * Threads: every function may be called from any thread. The blocking ones must not be called on a thread
 * that runs a main loop somebody waits for. Callbacks of the `_async` ones run in the caller's thread-default
 * main context. No callback is ever called with the queue's locks held.
 */

#pragma once

#include <gio/gio.h>

#include "core/mill-histogram.h"
#include "core/mill-item.h"
#include "core/mill-queue-order.h"
#include "core/mill-queue-wait.h"

G_BEGIN_DECLS

#define MILL_TYPE_QUEUE (mill_queue_get_type ())
G_DECLARE_FINAL_TYPE (MillQueue, mill_queue, MILL, QUEUE, GObject)

/**
 * MillQueueStats:
 * @depth: items queued now
 * @bytes: payload bytes queued now
 * @maxsize: the bound now; <= 0 is unbounded
 * @max_bytes: the bound on @bytes now; 0 is unbounded
 * @unfinished: items put and not yet reported done
 * @high_water: the greatest depth so far
 * @puts: items put so far
 * @gets: items taken so far
 * @putters: producers waiting now
 * @getters: consumers waiting now
 * @put_blocked_us: time producers have spent waiting for room, the present waits included, in microseconds
 * @get_idle_us: time consumers have spent waiting for an item, the present waits included, in microseconds
 * @is_shut_down: whether puts fail
 *
 * One consistent picture of a queue.
 */
typedef struct
{
  guint depth;
  guint64 bytes;
  gint maxsize;
  guint64 max_bytes;
  guint64 unfinished;
  guint high_water;
  guint64 puts;
  guint64 gets;
  guint putters;
  guint getters;
  gint64 put_blocked_us;
  gint64 get_idle_us;
  gboolean is_shut_down;
} MillQueueStats;

#define MILL_TYPE_QUEUE_STATS (mill_queue_stats_get_type ())
GType mill_queue_stats_get_type (void);
MillQueueStats *mill_queue_stats_copy (const MillQueueStats *self);
void mill_queue_stats_free (MillQueueStats *self);

MillQueue *mill_queue_new (gint maxsize);
MillQueue *mill_queue_new_with_order (gint maxsize, MillQueueOrder order);

gint mill_queue_get_maxsize (MillQueue *self);
void mill_queue_set_maxsize (MillQueue *self, gint maxsize);
guint64 mill_queue_get_max_bytes (MillQueue *self);
void mill_queue_set_max_bytes (MillQueue *self, guint64 max_bytes);
MillQueueOrder mill_queue_get_order (MillQueue *self);
void mill_queue_set_order (MillQueue *self, MillQueueOrder order);
gboolean mill_queue_get_statistics (MillQueue *self);
void mill_queue_set_statistics (MillQueue *self, gboolean statistics);
guint mill_queue_get_depth (MillQueue *self);
void mill_queue_get_stats (MillQueue *self, MillQueueStats *stats);
MillHistogram *mill_queue_get_waits (MillQueue *self);
GArray *mill_queue_list_waits (MillQueue *self);

gboolean mill_queue_put (MillQueue *self, MillItem *item, GCancellable *cancellable, GError **error);
gboolean mill_queue_put_until (MillQueue *self, MillItem *item, gint64 deadline_us, GCancellable *cancellable,
                               GError **error);
gboolean mill_queue_try_put (MillQueue *self, MillItem *item, GError **error);
void mill_queue_put_async (MillQueue *self, MillItem *item, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data);
gboolean mill_queue_put_finish (MillQueue *self, GAsyncResult *result, GError **error);

MillItem *mill_queue_get (MillQueue *self, GCancellable *cancellable, GError **error);
MillItem *mill_queue_get_until (MillQueue *self, gint64 deadline_us, GCancellable *cancellable,
                                GError **error);
MillItem *mill_queue_try_get (MillQueue *self, GError **error);
void mill_queue_get_async (MillQueue *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data);
MillItem *mill_queue_get_finish (MillQueue *self, GAsyncResult *result, GError **error);

guint mill_queue_put_many (MillQueue *self, GPtrArray *items, GCancellable *cancellable, GError **error);
guint mill_queue_try_put_many (MillQueue *self, GPtrArray *items, guint first);
GPtrArray *mill_queue_get_many (MillQueue *self, guint max_items, GCancellable *cancellable, GError **error);
GPtrArray *mill_queue_get_many_until (MillQueue *self, guint max_items, gint64 deadline_us,
                                      GCancellable *cancellable, GError **error);
GPtrArray *mill_queue_try_get_many (MillQueue *self, guint max_items, GError **error);
void mill_queue_put_many_async (MillQueue *self, GPtrArray *items, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data);
guint mill_queue_put_many_finish (MillQueue *self, GAsyncResult *result, GError **error);
void mill_queue_get_many_async (MillQueue *self, guint max_items, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *mill_queue_get_many_finish (MillQueue *self, GAsyncResult *result, GError **error);

gboolean mill_queue_task_done (MillQueue *self, GError **error);
gboolean mill_queue_tasks_done (MillQueue *self, guint n_items, GError **error);
gboolean mill_queue_join (MillQueue *self, GCancellable *cancellable, GError **error);
gboolean mill_queue_join_until (MillQueue *self, gint64 deadline_us, GCancellable *cancellable,
                                GError **error);
void mill_queue_join_async (MillQueue *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean mill_queue_join_finish (MillQueue *self, GAsyncResult *result, GError **error);

GPtrArray *mill_queue_shutdown (MillQueue *self, gboolean immediate);

/* For other languages, under the names above. */
GList *mill_queue_get_many_list (MillQueue *self, guint max_items, GCancellable *cancellable, GError **error);
GList *mill_queue_get_many_until_list (MillQueue *self, guint max_items, gint64 deadline_us,
                                       GCancellable *cancellable, GError **error);
GList *mill_queue_get_many_finish_list (MillQueue *self, GAsyncResult *result, GError **error);
GList *mill_queue_shutdown_list (MillQueue *self, gboolean immediate);

G_END_DECLS
