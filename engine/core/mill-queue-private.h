/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of MillQueue share: its parts, and which lock guards what.
 *
 *   mill-queue.c          the object, the rules about waiters, shutdown
 *   mill-queue-stats.c    its figures
 *   mill-queue-lists.c    batches for other languages
 *   mill-queue-store.c    where the items lie, and in which order they leave
 *   mill-queue-threads.c  the faces that block
 *   mill-queue-tasks.c    the faces that suspend
 *
 * Three locks, always taken in this order: `lock`, `out.lock`, `in.lock`.
 *
 * - The queue has two ends with a lock each, so that a producer and a consumer meet only when the consumer
 * has run out of items it knew of. With its end's lock alone a put or get may go through while that end's
 * `open` says so: nobody waits who would have to be served.
 * - Everything else happens with all three held ("locked"): waiting, waking, resizing, shutting down, orders
 *   other than FIFO. Whatever changed, mill_queue_settle_and_unlock() restores the rules and
 *   decides anew whether the ends are open.
 * - A parked thread sleeps on a condition of its own, with `lock`.
 */

#pragma once

#include <stdatomic.h>

#include "core/mill-error.h"
#include "core/mill-clock.h"
#include "core/mill-lock-private.h"
#include "core/mill-queue.h"
#include "core/mill-queue-waits-private.h"
#include "core/mill-waiter-private.h"

G_BEGIN_DECLS

typedef struct _MillQueueChunk MillQueueChunk;

/* Reads the clock for a sample of the items only, see mill_queue_store.c. */
typedef struct
{
  guint stride; /* every how many items */
  guint left;   /* until the next reading */
  gint64 last_us;
} MillQueueSampler;

/* Far enough apart for two processors to write to each side without taking the other's cache line. */
#define MILL_CACHE_LINE    64
#define MILL_KEEP_APART(n) guint8 apart_##n[MILL_CACHE_LINE]

struct _MillQueue
{
  GObject parent_instance;

  GMutex lock;
  MillQueueOrder order;
  gint maxsize;
  guint64 max_bytes;
  gboolean statistics;
  MillClock
      *clock; /* (owned) (nullable) by which waits are timed; NULL is the real one. Set before its use */
  gboolean is_shut_down;
  gsize removed;  /* by an immediate shutdown */
  GArray *sorted; /* (owned) (nullable) a stack or a heap; NULL for FIFO */
  guint64 arrivals;
  MillWaitList getters;
  MillWaitList putters;
  MillWaitList joiners;
  GAsyncQueue *full; /* (owned) of (owned) MillQueueChunk: what lies between the two ends */

  MILL_KEEP_APART (1);
  struct
  {
    GMutex lock;
    gboolean open;
    gsize limit;           /* maxsize, or G_MAXSIZE */
    gsize byte_limit;      /* max_bytes, or G_MAXSIZE */
    gsize known_gets;      /* `out.gets` as last looked at: never too many */
    gsize known_bytes_out; /* `out.bytes` likewise */
    MillQueueChunk *chunk; /* (owned) being filled */
    gsize high_water;
    gsize bytes; /* ever put */
    MillQueueSampler sampler;
    atomic_size_t puts;
  } in;

  MILL_KEEP_APART (2);
  struct
  {
    GMutex lock;
    gboolean open;
    MillQueueChunk *chunk; /* (owned) being emptied */
    MillQueueWaits waits;
    atomic_size_t gets;  /* taken or removed */
    atomic_size_t bytes; /* of those */
  } out;

  MILL_KEEP_APART (3);
  atomic_size_t done;
  atomic_size_t known_puts; /* `in.puts` as last looked at: never too many */
  atomic_bool has_joiners;
  MILL_KEEP_APART (4);
  atomic_bool getter_spins;
  MILL_KEEP_APART (5);
  atomic_bool putter_spins;
};

/* What an asynchronous batch has done so far: its task's data. While the task waits it is guarded as its
 * waiter is; before and after it is the task's own. */
typedef struct
{
  GPtrArray *items; /* (owned) (nullable) once a get has handed it over */
  guint n_put;      /* a put: those from here on are (owned), those before are the queue's */
  guint max_items;  /* a get: how many to take; 0 for a put */
} MillQueueBatch;

/* ---- mill-queue-store.c: the lock of the end in question held, or all ---- */

void mill_queue_store_init (MillQueue *self);
void mill_queue_store_clear (MillQueue *self);
/* With all locks held: rearranges what is queued. */
void mill_queue_store_set_order_locked (MillQueue *self, MillQueueOrder order);
/* Takes over a reference of @item. */
void mill_queue_append_locked (MillQueue *self, MillItem *item);
/* (transfer full) (nullable): the next item. @all_held: whether `in.lock` is held as well. */
MillItem *mill_queue_take_locked (MillQueue *self, gboolean all_held);
void mill_queue_ref_items (MillItem *const *items, guint n_items);
void mill_queue_append_many_locked (MillQueue *self, MillItem *const *items, guint n_items);
guint mill_queue_take_many_locked (MillQueue *self, MillItem **items, guint max_items, gboolean all_held);
/* How many of @n_items items there is room for, from the front, with the lock of the open end. */
gsize mill_queue_room_quickly (MillQueue *self, MillItem *const *items, gsize n_items);
gsize mill_queue_depth_locked (MillQueue *self);
guint64 mill_queue_bytes_locked (MillQueue *self);

/* ---- mill-queue-stats.c ---- */

/* Has waits timed by @clock. Before the queue is used. */
void mill_queue_set_clock (MillQueue *self, MillClock *clock);
/* What is timed from now on is recent. Any thread. */
void mill_queue_mark_waits (MillQueue *self);

/* ---- mill-queue.c ---- */

void mill_queue_lock_ends (MillQueue *self);
void mill_queue_lock_all (MillQueue *self);
/* Publishes whether the ends are open, and leaves with only `lock` held. */
void mill_queue_unlock_ends (MillQueue *self);
/* With no lock held: puts what an open end takes of @items from the @n-th on, whose references it takes over;
 * returns the next one. */
guint mill_queue_put_many_quickly (MillQueue *self, GPtrArray *items, guint n);
/* The same for a get: adds what there is, up to @max_items in all. Returns whether @items has any. */
gboolean mill_queue_get_many_quickly (MillQueue *self, GPtrArray *items, guint max_items);
/* With all locks held, at an end open or closed. */
void mill_queue_get_many_locked (MillQueue *self, GPtrArray *items, guint max_items);
/* Restores the rules after a change, wakes, releases all locks, completes the tasks that were served. */
void mill_queue_settle_and_unlock (MillQueue *self);
gboolean mill_queue_can_enter_locked (MillQueue *self, const MillItem *item);
/* With all locks held; FALSE and NULL: it has to wait, or the queue is shut down. The put takes over a
 * reference. */
gboolean mill_queue_try_put_locked (MillQueue *self, MillItem *item);
MillItem *mill_queue_try_get_locked (MillQueue *self);
/* With no lock held: what goes through at an open end. The put takes over a reference if it succeeds. */
gboolean mill_queue_put_quickly (MillQueue *self, MillItem *item);
MillItem *mill_queue_get_quickly (MillQueue *self);
gsize mill_queue_unfinished (MillQueue *self);
/* With the locks, or once @waiter is out of its list: the batch it waits for, or NULL; and what is left of
 * its payload for the caller to free, or NULL. */
MillQueueBatch *mill_queue_waiter_get_batch (const MillWaiter *waiter);
MillItem *mill_queue_waiter_steal_item (MillWaiter *waiter);
void mill_queue_set_error (MillError code, GError **error);

G_END_DECLS
