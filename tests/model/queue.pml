/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A model of MillQueue's park and wake protocol for spin; tests/tools/check-model runs it. This is its head, which
 * explains and configures it; the parts are included at the end.
 *
 * It follows engine/core/mill-queue.c, -threads.c, -tasks.c, -store.c and mill-waiter.c. An inline is named after
 * the C function that it stands for, and does its accesses in the same order. Spin runs every interleaving of a
 * handful of producers, consumers, a joiner and those who resize, cancel and shut down, and checks
 *
 *   rules      those at the top of mill-queue.c, whenever nobody holds a lock of the ends (queue-rules.pml)
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

#include "queue-state.pml"
#include "queue-rules.pml"
#include "queue-locks.pml"
#include "queue-store.pml"
#include "queue-settling.pml"
#include "queue-waiting.pml"
#include "queue-faces.pml"
#include "queue-cast.pml"
