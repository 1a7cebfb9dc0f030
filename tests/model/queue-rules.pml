/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must hold: whenever nobody holds a lock of the ends, and when nothing moves any more. The assertions
 * about one step stand beside that step, in the other parts. */

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
