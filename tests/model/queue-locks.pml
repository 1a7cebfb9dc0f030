/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The three locks of mill-queue.c and the order they are taken in; and what the last to let go of both ends
 * leaves behind for the quick ways in and out. */

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
