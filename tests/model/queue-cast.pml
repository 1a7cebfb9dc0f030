/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who uses the queue: the processes, as many of each as the macros at the head of queue.pml ask for, and init,
 * which starts them and has the last word. */

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
