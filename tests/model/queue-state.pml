/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the queue and its waiters remember, as in struct _MillQueue and struct _MillWaiter, and the questions
 * that are asked of it; besides what the model notes for its own checks. */

typedef Waiter {
  bit is_task;
  bit in_list;    /* `list` is set */
  bit woken;
  bit overtaken;
  bit served;     /* for a task also: returned */
  bit failed;     /* `error_code` is set: shut down */
  bit cancelled;
  bit parked;     /* in g_cond_wait () */
  bit signalled;
  bit connected;  /* its cancellable calls thread_cancelled_cb () */
  bit fired;      /* its cancellable has been cancelled, */
  bit running;    /* and is calling the handler */
  byte payload
}

Waiter q[WAITERS];

bit lock, out_lock, in_lock;
bit is_shut_down;
short maxsize = MAXSIZE;
chan getters = [WAITERS] of { byte };
chan putters = [WAITERS] of { byte };
chan joiners = [WAITERS] of { byte };
chan between = [ALL_ITEMS] of { byte }; /* chunk after chunk, CHUNK items each */

bit in_open;
byte limit;
byte known_gets;
byte puts;
chan in_chunk = [CHUNK] of { byte };

bit out_open;
byte gets;
chan out_chunk = [CHUNK] of { byte };

byte done;
byte known_puts;
bit has_joiners;

/* What the model notes for its own checks. */
byte entered;   /* a bit an item: it was appended, */
byte taken;     /* it left the queue, */
byte put_ok;    /* its put succeeded, */
byte received;  /* a get returned it, */
byte removed;   /* or an immediate shutdown did */
byte busy;      /* processes that have not ended, but for init */
byte reporting; /* those between their change of `done` and the end of tasks_done () */

/* Scratch of d_steps; no part of the state. */
hidden byte w, x, item_at_hand, changed, may;

#define any_in(l)  (len (l) > 0)
#define none_in(l) (len (l) == 0)
#define depth      (puts - gets)
#define bit_of(i)  (1 << (i))
#define ok(who)    (q[who].served && !q[who].failed)
#define size_of(i) ((i) <= ITEMS -> 2 : 1)

/* With a byte bound: what the queue holds. The model keeps no sums, since it knows the items. */
#if MAX_BYTES
#define queued(i) ((entered & ~taken & bit_of (i)) -> size_of (i) : 0)
#define bytes     (queued (1) + queued (2) + queued (3) + queued (4) + queued (5) + queued (6) + queued (7))
#define fits(i)   (depth == 0 || bytes + size_of (i) <= MAX_BYTES)
#else
#define fits(i) true
#endif

/* mill_queue_can_enter_locked () */
#define can_enter(i) ((maxsize <= 0 || depth < maxsize) && fits (i))
