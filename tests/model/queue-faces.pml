/* SPDX-License-Identifier: GPL-3.0-or-later */
/* put, get and join as their callers know them: the quick way first, with the lock of one end, and the slow one
 * under all locks if that did not do. */

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
