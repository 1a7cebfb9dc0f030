/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Taking a lock that is only ever held for tens of nanoseconds, by threads that all come by for each item. To
 * sleep and to be woken takes thousands; so one looks a few times first. */

#pragma once

#include <glib.h>
#include <stdatomic.h>

G_BEGIN_DECLS

#define MILL_LOCK_LOOKS 50

/* For a loop that waits for another processor. */
static inline void
mill_spin_pause (void)
{
#if defined __x86_64__ || defined __i386__
  __builtin_ia32_pause ();
#elif defined __aarch64__
  __asm__ __volatile__("yield" ::: "memory");
#else
  atomic_signal_fence (memory_order_seq_cst);
#endif
}

/* g_mutex_lock() for a lock of that kind; g_mutex_unlock() gives it back. */
static inline void
mill_lock (GMutex *lock)
{
  for (guint i = 0; i < MILL_LOCK_LOOKS; i++)
    {
      if (g_mutex_trylock (lock))
        return;
      mill_spin_pause ();
    }
  g_mutex_lock (lock);
}

G_END_DECLS
