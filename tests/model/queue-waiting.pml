/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Standing in line until served, cancelled or too late: a thread parks (mill-queue-threads.c, mill-waiter.c), a
 * task is suspended (mill-queue-tasks.c). */

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
