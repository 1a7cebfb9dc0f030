/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillWaiter: somebody who waits, a parked thread or a pending task, and the list of them. Private to the
 * engine: MillQueue, MillSemaphore and the pipeline's gate all park their two worlds with it.
 *
 * A waiter belongs to one list and is guarded by that list's lock. A thread's waiter lives on its stack; a
 * task's on the heap, with a reference of the list and one of its cancellation source.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _MillWaiter MillWaiter;
typedef struct _MillWaitList MillWaitList;

/* What a list does when the cancellable of a waiting task fires. Called without the lock, in the task's
 * context. */
typedef void (*MillWaiterCancelFunc) (gpointer owner, MillWaiter *waiter);

struct _MillWaiter
{
  GList link;         /* link.data is the waiter */
  MillWaitList *list; /* (unowned) (nullable) the list it waits in; NULL once it was served or left */
  gint64 since_us;
  gboolean woken;     /* a thread: told to look again, on its way */
  gboolean overtaken; /* a thread: came too late once */
  gboolean served;    /* the wait ended well; or badly, if `error_code` is set */
  gboolean cancelled; /* a thread: its cancellable fired */
  gint error_code;    /* a #MillError, or -1 */
  gpointer payload;   /* (nullable) what is handed over; whose it is depends on the list */
  guint64 number;     /* likewise */

  GMutex *lock; /* (unowned) */
  GCond cond;   /* a thread's */

  gatomicrefcount refs;   /* a task's */
  GTask *task;            /* (owned) (nullable) NULL for a thread */
  GSource *cancel_source; /* (owned) (nullable) */
};

struct _MillWaitList
{
  GQueue waiters;
  gint64 sum_since_us;
  gint64 waited_us; /* of those that have left */
};

void mill_wait_list_push (MillWaitList *self, MillWaiter *waiter);
void mill_wait_list_remove (MillWaitList *self, MillWaiter *waiter);
MillWaiter *mill_wait_list_peek (const MillWaitList *self);
guint mill_wait_list_get_length (const MillWaitList *self);
gint64 mill_wait_list_get_waited (const MillWaitList *self, gint64 now_us);

void mill_waiter_init_thread (MillWaiter *self, GMutex *lock);
gulong mill_waiter_connect (MillWaiter *self, GCancellable *cancellable);
void mill_waiter_disconnect (MillWaiter *self, GCancellable *cancellable, gulong handler);
gboolean mill_waiter_park (MillWaiter *self, gint64 deadline_us);
void mill_waiter_wait (MillWaiter *self, MillWaitList *list);

MillWaiter *mill_waiter_new_task (GTask *task, gpointer owner, GCancellable *cancellable,
                                  MillWaiterCancelFunc cancelled);
void mill_waiter_unref (MillWaiter *self);

void mill_waiter_end (MillWaiter *self, gint error_code, GQueue *ready);
void mill_waiter_serve (MillWaiter *self, gint error_code, GQueue *ready);
void mill_waiter_signal_ready (GQueue *ready);
MillWaiter *mill_waiter_pop_ready (GQueue *ready);
void mill_waiter_return_cancelled (MillWaiter *self);
void mill_waiter_leave_cancelled (MillWaiter *self, GMutex *lock);

G_END_DECLS
