/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mill-queue.c: who is served and who is woken after a change, and the changes that no item makes: task_done,
 * another bound, a shutdown. */

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
