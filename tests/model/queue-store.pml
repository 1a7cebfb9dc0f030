/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mill-queue-store.c: chunks of items, filled at one end and emptied at the other, and the counts that tell
 * either end about the other one. */

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
