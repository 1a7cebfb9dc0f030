/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A model of MillQueue's park and wake protocol for spin; tests/tools/check-model runs it.
 *
 * It follows engine/core/mill-queue.c, -threads.c, -tasks.c, -store.c and mill-waiter.c. An inline is named after
 * the C function that it stands for, and does its accesses in the same order. Spin runs every interleaving of a
 * handful of producers, consumers, a joiner and those who resize, cancel and shut down, and checks
 *
 *   rules      those at the top of mill-queue.c, whenever nobody holds a lock of the ends (check_rules)
 *   items      none is lost, doubled, or taken before it was counted; a put that failed left none behind
 *   bound      no item enters unless depth < maxsize
 *   counts     known_gets and known_puts never run ahead; done never passes puts; join returns at unfinished 0
 *   fairness   no thread comes too late twice
 *   ending     when nothing moves any more, everybody who is not done waits in a list and has a reason to; after a
 *              shutdown everybody ends (an invalid end state otherwise)
 *
 * Left out, and why that hides nothing:
 *
 *   - lock_end's looks before it sleeps, look_around, and put_slowly's and get_slowly's first try under all locks:
 *     a look that fails changes nothing, so that it might as well have come later.
 *   - Spurious wake-ups, and compare_exchange_weak failing for no reason: they would only mend a lost wake-up.
 *   - Statistics, sizes of items (but see MAX_BYTES), references, and what the orders other than FIFO do with the
 *     items: to the protocol they are a queue whose ends are never open (CLOSED).
 *   - Memory orders: spin's memory is sequentially consistent. ThreadSanitizer looks after those.
 *   - A task is a process of its own, though tasks share a loop: that allows more interleavings, not fewer.
 *
 * Steps: what touches nothing but what the held locks guard goes `together` with its neighbours, as locking moves
 * later and unlocking earlier without anyone noticing (Lipton, CACM 18 (1975)); each access to what is shared
 * beyond the locks (puts, gets, the full chunks, done, has_joiners, known_puts) is a step of its own. With FINE every
 * statement is.
 *
 * Configured by macros, each a number and 0 by default:
 *
 *   PUT_THREADS, PUT_TASKS, GET_THREADS, GET_TASKS, JOIN_THREADS, JOIN_TASKS   how many of each
 *   ITEMS      how many each producer puts (1 by default)
 *   MAXSIZE    the bound at first; <= 0 is none
 *   RESIZE, RESIZE_AGAIN    the bounds it is changed to, at any time
 *   CANCEL, CANCEL_TOO      1 + the number of a waiter to cancel at any time: producers, then consumers, then joiners
 *   DEADLINE   1 + the number of a thread whose waits have a deadline, which may pass at any time
 *   SHUTDOWN   1: at any time; 2: immediately, at any time; 3: the one and then the other
 *   SURPLUS    1: somebody who took nothing calls task_done
 *   PUT_MANY   1: producers put all their items with put_many
 *   GET_MANY   how many consumers take at most with get_many
 *   CHUNK      slots of a chunk (as many as there are items by default)
 *   CLOSED     an order other than FIFO
 *   MAX_BYTES  the byte bound; the first producer's items have two bytes, the others' one
 *   BREAK_...  a mistake, which has to be found
 */

#ifdef FINE
#define together
#else
#define together atomic
#endif

#ifndef PUT_THREADS
#define PUT_THREADS 0
#endif
#ifndef PUT_TASKS
#define PUT_TASKS 0
#endif
#ifndef GET_THREADS
#define GET_THREADS 0
#endif
#ifndef GET_TASKS
#define GET_TASKS 0
#endif
#ifndef JOIN_THREADS
#define JOIN_THREADS 0
#endif
#ifndef JOIN_TASKS
#define JOIN_TASKS 0
#endif
#ifndef ITEMS
#define ITEMS 1
#endif
#ifndef MAXSIZE
#define MAXSIZE 0
#endif
#ifndef CANCEL
#define CANCEL 0
#endif
#ifndef CANCEL_TOO
#define CANCEL_TOO 0
#endif
#ifndef DEADLINE
#define DEADLINE 0
#endif
#ifndef SHUTDOWN
#define SHUTDOWN 0
#endif
#ifndef SURPLUS
#define SURPLUS 0
#endif
#ifndef PUT_MANY
#define PUT_MANY 0
#endif
#ifndef GET_MANY
#define GET_MANY 0
#endif
#ifndef CLOSED
#define CLOSED 0
#endif
#ifndef MAX_BYTES
#define MAX_BYTES 0
#endif

#define PRODUCERS (PUT_THREADS + PUT_TASKS)
#define CONSUMERS (GET_THREADS + GET_TASKS)
#define JOINERS   (JOIN_THREADS + JOIN_TASKS)
#define WAITERS   (PRODUCERS + CONSUMERS + JOINERS)
#define ALL_ITEMS (PRODUCERS * ITEMS) /* at most 7: numbered from 1, a bit each in a byte */
#ifndef CHUNK
#define CHUNK ALL_ITEMS
#endif

#if PUT_MANY
#define PUT_AT_ONCE(n) (n)
#else
#define PUT_AT_ONCE(n) 1
#endif
#if GET_MANY
#define GET_AT_ONCE GET_MANY
#else
#define GET_AT_ONCE 1
#endif

#define NO_ITEM 0
#define UNBOUND 100

#define NOTHING    0 /* where a get goes on */
#define HERE       1
#define FULL_CHUNK 2
#define TRADE      3

/* ---- the queue and its waiters: struct _MillQueue, struct _MillWaiter ----------------------------------- */

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

/* ---- checks --------------------------------------------------------------------------------------------- */

/* The rules at the top of mill-queue.c. In a d_step. */
inline check_rules ()
{
  if
  :: any_in (putters) ->
     putters ? <w>;
     assert (!is_shut_down);
     assert (!can_enter (q[w].payload) || (q[w].woken && !q[w].is_task))
  :: else
  fi;
  if
  :: any_in (getters) ->
     getters ? <w>;
     assert (depth > 0 || !is_shut_down);
     assert (depth == 0 || (q[w].woken && !q[w].is_task))
  :: else
  fi;
  assert (none_in (joiners) || puts != done || reporting > 0);
  assert (known_gets <= gets && known_puts <= puts && gets <= puts && done <= puts);
  w = 0
}

inline check_rules_if_free ()
{
  if
  :: !in_lock && !out_lock -> check_rules ()
  :: else
  fi
}

/* ---- locks ---------------------------------------------------------------------------------------------- */

inline acquire (mutex)
{
  atomic { !mutex -> mutex = 1 }
}

inline release_end (mutex)
{
  d_step { assert (mutex); mutex = 0; check_rules_if_free () }
}

inline lock_ends ()
{
#ifdef BREAK_ORDER
  acquire (in_lock);
  acquire (out_lock)
#else
  acquire (out_lock);
  acquire (in_lock)
#endif
}

inline lock_all ()
{
  acquire (lock);
  lock_ends ()
}

inline ends_locked ()
{
  d_step {
    may = 1;
    if
    :: any_in (putters) -> putters ? <w>; may = q[w].woken
    :: else
    fi;
    out_open = !CLOSED && !is_shut_down && may;
    if
    :: any_in (getters) -> getters ? <w>; may = may && q[w].woken
    :: else
    fi;
    in_open = !CLOSED && !is_shut_down && MAX_BYTES == 0 && may;
    limit = (maxsize > 0 -> maxsize : UNBOUND);
    may = 0;
    w = 0
  }
}

inline unlock_ends ()
{
  ends_locked ();
  release_end (in_lock);
  release_end (out_lock)
}

/* ---- mill-queue-store.c --------------------------------------------------------------------------------- */

inline note_entry (item)
{
  assert (!is_shut_down && can_enter (item) && !(entered & bit_of (item)));
  entered = entered | bit_of (item)
}

inline note_leaving (item)
{
  assert (item != NO_ITEM && (entered & bit_of (item)) && !(taken & bit_of (item)));
  taken = taken | bit_of (item)
}

/* From one chunk to another, as much as there is. In a d_step. */
inline move_chunk (from, to)
{
  x = 0;
  do
  :: any_in (from) && x < CHUNK -> from ? w; to ! w; x++
  :: else -> break
  od;
  w = 0;
  x = 0
}

/* Not yet counted. In a d_step, with in_lock. */
inline push_slot (item)
{
  note_entry (item);
  in_chunk ! item
}

/* mill_queue_append_locked () and take_locked (), with all locks; in a d_step: nobody else can look. */
inline append_all_held (item)
{
  if
  :: len (in_chunk) < CHUNK
  :: else -> move_chunk (in_chunk, between)
  fi;
  push_slot (item);
  puts++
}

inline take_all_held (item)
{
  if
  :: any_in (out_chunk)
  :: none_in (out_chunk) && any_in (between) -> move_chunk (between, out_chunk)
  :: none_in (out_chunk) && none_in (between) -> move_chunk (in_chunk, out_chunk)
  fi;
  out_chunk ? item;
  note_leaving (item);
  gets++
}

/* With in_lock: how many of `wanted` there is room for. The look at gets is a step. */
inline room_quickly (room, wanted)
{
  assert (known_gets <= gets);
  if
  :: puts - known_gets > limit || limit - (puts - known_gets) < wanted -> known_gets = gets
  :: else
  fi;
  d_step {
    room = (puts - known_gets < limit -> limit - (puts - known_gets) : 0);
    room = (room < wanted -> room : wanted)
  }
}

/* With in_lock alone, which it releases: `n` items from `first` on, counted at the end, but before a full chunk is
 * handed on; find_chunk_locked () on the other side relies on that. `k` and `counted` are the caller's, 0. */
inline append_many_and_unlock (first, n)
{
  counted = puts;
  do
  :: k < n && len (in_chunk) == CHUNK ->
#ifndef BREAK_PUBLISH
     puts = counted + k;
#endif
     d_step { move_chunk (in_chunk, between) }
  :: else ->
     together {
       d_step {
         do
         :: k < n && len (in_chunk) < CHUNK -> push_slot (first + k); k++
         :: else -> break
         od;
         w = 0
       };
       if
       :: k == n -> puts = counted + n; release_end (in_lock)
       :: else
       fi
     };
     if
     :: k == n -> break
     :: else
     fi
  od;
  atomic { k = 0; counted = 0 }
}

/* With out_lock alone, take_one_locked () and find_chunk_locked () as far as out_chunk and `puts` go. `k` are taken but
 * not counted yet. */
inline look_for_item (wanted)
{
  if
  :: k == wanted || (none_in (out_chunk) && puts == gets + k) -> find = NOTHING
  :: k < wanted && any_in (out_chunk) -> find = HERE
  :: k < wanted && none_in (out_chunk) && puts != gets + k -> find = FULL_CHUNK
  fi
}

/* The rest of them: a full chunk if there is one; otherwise in_lock, to trade chunks. */
inline take_many (wanted)
{
  do
  :: find == NOTHING -> break
  :: find == FULL_CHUNK ->
     atomic {
       if
       :: any_in (between) -> d_step { move_chunk (between, out_chunk) }; find = HERE
       :: none_in (between) -> find = TRADE
       fi
     }
  :: find == TRADE ->
     together {
       acquire (in_lock);
       d_step {
         if
         :: any_in (between) -> move_chunk (between, out_chunk)
         :: else -> move_chunk (in_chunk, out_chunk)
         fi;
         find = HERE
       };
       release_end (in_lock)
     }
  :: find == HERE ->
     together {
       assert (any_in (out_chunk));
       d_step { out_chunk ? w; note_leaving (w); mine = mine | bit_of (w); w = 0; k++ };
       look_for_item (wanted)
     }
  od
}

/* ---- mill-queue.c: who is served, who is woken ---------------------------------------------------------- */

/* All of these with all locks, in a d_step. */
inline signal (who)
{
  q[who].signalled = q[who].parked
}

/* mill_wait_list_remove () and mill_waiter_end () */
inline end_head (list, error)
{
  list ? w;
  q[w].in_list = 0;
  q[w].served = 1;
  q[w].failed = error;
  signal (w)
}

/* wake () has two outcomes; this is the question, and the deed is in serve_. */
#define can_be_woken(who) (!q[who].is_task && !q[who].overtaken)

inline wake (who)
{
  if
  :: !q[who].woken -> q[who].woken = 1; signal (who)
  :: else
  fi
}

inline serve_getters ()
{
  do
  :: depth > 0 && any_in (getters) ->
     getters ? <w>;
     if
     :: can_be_woken (w) -> wake (w); break
     :: else ->
        take_into_payload ();
        end_head (getters, 0);
        changed = 1
     fi
  :: else -> break
  od
}

/* take_all_held () uses w, so the head is looked up again. */
inline take_into_payload ()
{
  take_all_held (item_at_hand);
  getters ? <w>;
  q[w].payload = item_at_hand;
  item_at_hand = NO_ITEM
}

inline serve_putters ()
{
  do
  :: any_in (putters) ->
     putters ? <w>;
     if
     :: !can_enter (q[w].payload) -> break
     :: else ->
        if
        :: can_be_woken (w) -> wake (w); break
        :: else ->
           item_at_hand = q[w].payload;
           q[w].payload = NO_ITEM;
           append_all_held (item_at_hand);
           item_at_hand = NO_ITEM;
           end_head (putters, 0);
           changed = 1
        fi
     fi
  :: else -> break
  od
}

inline fail_all (list, error)
{
  do
  :: any_in (list) -> end_head (list, error)
  :: else -> break
  od
}

/* settle_locked () up to the look at the counts. */
inline serve_both_sides ()
{
  d_step {
    if
    :: is_shut_down -> fail_all (putters, 1)
    :: else
    fi;
    do
    :: changed = 0;
       serve_putters ();
       serve_getters ();
       if
       :: changed
       :: else -> break
       fi
    od;
    if
    :: is_shut_down && depth == 0 -> fail_all (getters, 1)
    :: else
    fi;
    w = 0
  }
}

inline unlock_ends_then_lock ()
{
  unlock_ends ();
  d_step { assert (lock); lock = 0 }
}

/* mill_queue_settle_and_unlock () comes in two parts, since `done` and has_joiners are looked at and changed by
 * those who hold no lock. settle () ends the caller's step; then comes finish_settling (). Waiters are signalled
 * early here, but without `lock` none of them can notice. `seen` is the caller's. */
#if JOINERS > 0
inline settle ()
{
  serve_both_sides ();
  seen = done
}

inline finish_settling ()
{
  together {
    d_step {
      if
      :: puts == seen -> assert (any_in (joiners) -> puts == done : true); fail_all (joiners, 0)
      :: else
      fi;
      if
      :: none_in (joiners) -> has_joiners = 0
      :: else
      fi;
      seen = 0;
      w = 0
    };
    unlock_ends_then_lock ()
  }
}
#else
inline settle ()
{
  serve_both_sides ();
  unlock_ends_then_lock ()
}

inline finish_settling ()
{
  skip
}
#endif

/* ---- mill-queue.c: task_done, resizing, shutdown -------------------------------------------------------- */

/* mill_queue_tasks_done (n). Without joiners nobody looks at `done` but those who report, in one step. `seen`,
 * `seen_puts` and `late` (for "enough is known") are the caller's. */
#if JOINERS > 0
inline tasks_done (n, surplus)
{
  seen = done;
  do
  :: late = (known_puts - seen >= n);
     if
     :: late
     :: else ->
        seen_puts = puts;
        known_puts = seen_puts;
        late = (seen_puts - seen >= n)
     fi;
     if
     :: !late -> assert (surplus); break
     :: else ->
        atomic {
          if
          :: done == seen -> done = seen + n; reporting++; break
          :: else -> seen = done
          fi
        }
     fi
  od;
  seen_puts = 0;
  if
  :: late && has_joiners ->
     seen = done;
     if
     :: puts == seen ->
        together { lock_all (); settle () };
        finish_settling ()
     :: else
     fi
  :: else
  fi;
  d_step {
    reporting = reporting - late;
    late = 0;
    seen = 0
  }
}
#else
inline tasks_done (n, surplus)
{
  d_step {
    if
    :: puts - done >= n -> done = done + n
    :: else -> assert (surplus)
    fi
  }
}
#endif

inline set_maxsize (value)
{
  together {
    lock_all ();
    maxsize = value;
#ifdef BREAK_RESIZE
    unlock_ends_then_lock ()
  }
#else
    settle ()
  };
  finish_settling ()
#endif
}

/* mill_queue_shutdown () */
inline shut_down (immediate)
{
  together {
    lock_all ();
    is_shut_down = 1;
    d_step {
      do
      :: immediate && depth > 0 ->
         take_all_held (item_at_hand);
         removed = removed | bit_of (item_at_hand);
         k++
      :: else -> break
      od;
      item_at_hand = NO_ITEM
    }
  };
  together {
    atomic {
#ifdef BREAK_REMOVED
      done = done + k;
#else
      done = (puts - done < k -> puts : done + k);
#endif
      k = 0
    }
  };
  together { settle () };
  finish_settling ()
}

/* ---- mill-queue-threads.c: parking ---------------------------------------------------------------------- */

/* mill_waiter_park (), the half before the sleep. */
inline go_to_sleep ()
{
  d_step { q[me].parked = 1; q[me].signalled = 0; lock = 0 }
}

/* The half after it. */
inline wake_up ()
{
  atomic {
    !lock && (q[me].signalled || DEADLINE == me + 1) ->
    if
    :: q[me].signalled
    :: DEADLINE == me + 1 -> late = 1
    fi;
    lock = 1;
    q[me].parked = 0;
    q[me].signalled = 0
  }
}

/* mill_waiter_connect (): the handler runs at once if the cancellable has fired. */
inline connect ()
{
  if
  :: (CANCEL == me + 1 || CANCEL_TOO == me + 1) && !q[me].is_task ->
     d_step {
       if
       :: q[me].fired -> q[me].cancelled = 1
       :: else -> q[me].connected = 1
       fi
     }
  :: else
  fi
}

/* mill_waiter_disconnect () waits for a handler that is running. Then the waiter's memory is gone. */
inline disconnect ()
{
  atomic { !q[me].running -> q[me].connected = 0 };
  forget_waiter ()
}

inline forget_waiter ()
{
  d_step {
    assert (!q[me].in_list && !q[me].parked);
    q[me].woken = 0;
    q[me].overtaken = 0;
    q[me].served = 0;
    q[me].failed = 0;
    q[me].cancelled = 0;
    q[me].signalled = 0;
    q[me].payload = NO_ITEM
  }
}

inline leave (list)
{
  d_step { list ?? eval (me); q[me].in_list = 0 }
}

inline enter_list (list)
{
  d_step { list ! me; q[me].in_list = 1 }
}

inline help_oneself (list, is_getter)
{
  d_step {
    assert (!q[me].overtaken);
    q[me].woken = 0;
    if
    :: is_getter && depth > 0 ->
       take_all_held (item_at_hand);
       q[me].payload = item_at_hand;
       item_at_hand = NO_ITEM;
       q[me].served = 1
    :: !is_getter && can_enter (q[me].payload) ->
       item_at_hand = q[me].payload;
       append_all_held (item_at_hand);
       item_at_hand = NO_ITEM;
       q[me].payload = NO_ITEM;
       q[me].served = 1
    :: else
    fi;
    q[me].overtaken = !q[me].served
#ifdef BREAK_OVERTAKEN
    ; q[me].woken = !q[me].served
#endif
  };
  if
  :: q[me].served -> leave (list)
  :: else
  fi
}

/* wait_in_list_locked (), wait_blocking () and wait_as_task_and_unlock (), in a step that holds all locks:
 * stand_in_line () and then settle_or_sleep (), which ends the step; wait () is the rest. `left` is the caller's: the
 * operation is over, or need not park. */
inline stand_in_line (list)
{
  enter_list (list);
  if
  :: !q[me].is_task && q[me].cancelled -> left = 1; leave (list)
  :: else
  fi
}

inline settle_or_sleep ()
{
  if
  :: left || q[me].is_task -> settle ()
  :: else -> unlock_ends (); go_to_sleep ()
  fi
}

inline wait (list, is_getter)
{
  if
  :: q[me].is_task -> finish_settling (); await_return (list)
  :: else -> park_until_done (list, is_getter)
  fi
}

inline park_until_done (list, is_getter)
{
  do
  :: together {
       wake_up ();
       lock_ends ();
       if
       :: q[me].woken && !q[me].served && !q[me].cancelled -> help_oneself (list, is_getter)
       :: else
       fi;
       left = q[me].served || q[me].cancelled || late;
       if
       :: left && !q[me].served -> leave (list)
       :: else
       fi;
#ifdef BREAK_CANCEL
       if
       :: left && q[me].cancelled && !q[me].served -> unlock_ends_then_lock ()
       :: else -> settle_or_sleep ()
       fi
#else
       settle_or_sleep ()
#endif
     };
     if
     :: left -> finish_settling (); break
     :: else
     fi
  od
}

/* ---- mill-queue-tasks.c: suspended ---------------------------------------------------------------------- */

/* The loop that runs the task: either it has been returned, or waiting_task_cancelled () is dispatched. */
inline await_return (list)
{
  do
  :: q[me].served -> break
  :: q[me].fired && !q[me].cancelled && !q[me].served ->
     together {
       lock_all ();
       q[me].cancelled = 1;
       if
       :: q[me].in_list -> leave (list)
       :: else
       fi;
       settle ()
     };
     finish_settling ();
     if
     :: !q[me].served -> break
     :: else
     fi
  od
}

/* ---- the faces: put ------------------------------------------------------------------------------------- */

/* mill_queue_put_quickly () and put_many_quickly (): `n` are wanted from `item` on, `n_put` went in. */
inline put_quickly (item, n)
{
  together {
    acquire (in_lock);
    if
#ifdef BREAK_OPEN
    :: !CLOSED && !is_shut_down && MAX_BYTES == 0 -> room_quickly (n_put, n)
#else
    :: in_open -> room_quickly (n_put, n)
#endif
    :: else -> n_put = 0
    fi
  };
  append_many_and_unlock (item, n_put)
}

/* put_slowly () for a thread, the second half of mill_queue_put_async () for a task; n_put is 1 if it went in. */
inline put_slowly (item)
{
  together {
    connect ();
    lock_all ();
    d_step {
      may = 1;
      if
      :: any_in (putters) -> putters ? <w>; may = q[w].woken
      :: else
      fi;
      n_put = (!is_shut_down && can_enter (item) && may -> 1 : 0);
      may = 0;
      w = 0;
      if
      :: n_put > 0 -> append_all_held (item)
      :: else
      fi
    };
    if
    :: n_put > 0 || is_shut_down -> left = 1
    :: else -> q[me].payload = item; stand_in_line (putters)
    fi;
    settle_or_sleep ()
  };
  if
  :: left -> finish_settling ()
  :: else -> wait (putters, 0)
  fi;
  atomic { n_put = n_put || ok (me); left = 0; late = 0 };
  disconnect ()
}

/* ---- the faces: get ------------------------------------------------------------------------------------- */

/* mill_queue_get_quickly (), get_many_quickly (): up to `wanted` items, in `mine`, `k` of them. */
inline get_quickly (wanted)
{
  together {
    acquire (out_lock);
    if
    :: out_open -> look_for_item (wanted)
    :: else
    fi
  };
  take_many (wanted);
  together {
    atomic { gets = gets + k; assert (gets <= puts) };
    release_end (out_lock)
  }
}

/* get_slowly () for a thread, the second half of mill_queue_get_async () for a task. */
inline get_slowly ()
{
  together {
    connect ();
    lock_all ();
    d_step {
      if
      :: depth > 0 -> take_all_held (item_at_hand); q[me].payload = item_at_hand; item_at_hand = NO_ITEM; left = 1
      :: depth == 0 && is_shut_down -> left = 1
      :: else
      fi
    };
    if
    :: left
    :: else -> stand_in_line (getters)
    fi;
    settle_or_sleep ()
  };
  if
  :: left -> finish_settling ()
  :: else -> wait (getters, 1)
  fi;
  atomic {
    if
    :: q[me].payload != NO_ITEM -> assert (!q[me].failed); mine = bit_of (q[me].payload); k = 1
    :: else
    fi;
    left = 0;
    late = 0
  };
  disconnect ()
}

/* get_rest (): without waiting, at an end open or closed. */
inline get_rest (wanted)
{
  together {
    lock_all ();
    d_step {
      do
      :: depth > 0 && k < wanted ->
         take_all_held (item_at_hand);
         mine = mine | bit_of (item_at_hand);
         k++
      :: else -> break
      od;
      item_at_hand = NO_ITEM
    };
    settle ()
  };
  finish_settling ()
}

/* ---- the face: join ------------------------------------------------------------------------------------- */

#if JOINERS > 0
/* mill_queue_join_until () for a thread, mill_queue_join_async () for a task. */
inline join ()
{
  together {
    connect ();
    lock_all ()
#ifndef BREAK_JOIN
    ; has_joiners = 1
#endif
  };
  together {
    seen = done;
    if
    :: puts == seen -> assert (puts == done); left = 1; settle ()
    :: else -> seen = 0
    fi
  };
  if
  :: left -> finish_settling ()
  :: else ->
     together {
#ifdef BREAK_JOIN
       has_joiners = 1;
#endif
       stand_in_line (joiners);
       settle_or_sleep ()
     };
     if
     :: left -> finish_settling ()
     :: else -> wait (joiners, 0)
     fi
  fi;
  atomic {
    assert (!q[me].failed);
    left = 0;
    late = 0
  };
  disconnect ()
}
#endif

/* ---- who uses it ---------------------------------------------------------------------------------------- */

proctype Producer (byte me)
{
  byte item = me * ITEMS + 1, n_put, k, counted, seen;
  bit left, late;

  do
  :: item > me * ITEMS + ITEMS || q[me].fired -> break
  :: else ->
     put_quickly (item, PUT_AT_ONCE (me * ITEMS + ITEMS + 1 - item));
     if
     :: n_put == 0 -> put_slowly (item)
     :: else
     fi;
     if
     :: n_put == 0 -> break
     :: else ->
        d_step {
          do
          :: n_put > 0 -> put_ok = put_ok | bit_of (item); item++; n_put--
          :: else -> break
          od;
          w = 0
        }
     fi
  od;
  busy--
}

#if CONSUMERS > 0
proctype Consumer (byte me)
{
  byte mine, k, find, seen, seen_puts;
  bit left, late;

  do
  :: q[me].fired -> break
  :: else ->
     get_quickly (GET_AT_ONCE);
     if
     :: mine == 0 ->
        get_slowly ();
        if
        :: GET_MANY && mine != 0 -> get_rest (GET_MANY)
        :: else
        fi
     :: else
     fi;
     if
     :: mine == 0 -> break
     :: else ->
        d_step {
          assert (!(received & mine));
          received = received | mine;
          mine = 0
        };
        tasks_done (k, SURPLUS);
        k = 0
     fi
  od;
  busy--
}
#endif

#if JOINERS > 0
proctype Joiner (byte me)
{
  byte seen;
  bit left, late;

  join ();
  busy--
}
#endif

#if CANCEL
proctype Canceller (byte who)
{
  /* g_cancellable_cancel (); for a task, await_return () sees it. */
  atomic { q[who].fired = 1; q[who].running = q[who].connected };
  if
  :: q[who].running ->
     together {
       /* thread_cancelled_cb () */
       acquire (lock);
       d_step { q[who].cancelled = 1; signal (who) };
       d_step { lock = 0; q[who].running = 0 }
     }
  :: else
  fi;
  busy--
}
#endif

#ifdef RESIZE
proctype Resizer ()
{
  byte seen;

  set_maxsize (RESIZE);
#ifdef RESIZE_AGAIN
  set_maxsize (RESIZE_AGAIN);
#endif
  busy--
}
#endif

#if SHUTDOWN
proctype Closer ()
{
  byte seen, k;

#if SHUTDOWN != 2
  shut_down (0);
#endif
#if SHUTDOWN >= 2
  shut_down (1);
#endif
  busy--
}
#endif

#if SURPLUS
proctype Misreporter ()
{
  byte seen, seen_puts;
  bit late;

  tasks_done (1, 1);
  busy--
}
#endif

/* Nothing moves: everybody else has ended, or waits and has to. */
inline check_quiescence ()
{
  d_step {
    assert (!lock && !out_lock && !in_lock && reporting == 0);
    check_rules ();
    assert (busy == len (getters) + len (putters) + len (joiners));
    if
    :: any_in (getters) -> assert (depth == 0 && !is_shut_down)
    :: else
    fi;
    if
    :: any_in (putters) -> putters ? <w>; assert (!can_enter (q[w].payload) && !is_shut_down)
    :: else
    fi;
    assert (none_in (joiners) || done < puts);
    assert (put_ok == entered && received == (taken & ~removed))
  }
}

init
{
  byte i, seen, k;

  atomic {
    do
    :: i < PRODUCERS -> q[i].is_task = (i >= PUT_THREADS); busy++; run Producer (i); i++
#if CONSUMERS > 0
    :: i >= PRODUCERS && i < PRODUCERS + CONSUMERS ->
       q[i].is_task = (i - PRODUCERS >= GET_THREADS);
       busy++;
       run Consumer (i);
       i++
#endif
#if JOINERS > 0
    :: i >= PRODUCERS + CONSUMERS && i < WAITERS ->
       q[i].is_task = (i - PRODUCERS - CONSUMERS >= JOIN_THREADS);
       busy++;
       run Joiner (i);
       i++
#endif
    :: i == WAITERS -> break
    od;
    i = 0;
#if CANCEL
    busy++; run Canceller (CANCEL - 1);
#endif
#if CANCEL_TOO
    busy++; run Canceller (CANCEL_TOO - 1);
#endif
#ifdef RESIZE
    busy++; run Resizer ();
#endif
#if SHUTDOWN
    busy++; run Closer ();
#endif
#if SURPLUS
    busy++; run Misreporter ();
#endif
    /* mill_queue_constructed () */
    ends_locked ()
  };
  timeout -> check_quiescence ();
  /* What is left then, a shutdown ends. */
  shut_down (1);
  busy == 0 -> check_quiescence ();
  assert (depth == 0 && done == puts && entered == taken)
}
