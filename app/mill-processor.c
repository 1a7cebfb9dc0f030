/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much processor time this process has used. */

#include "config.h"

#include "mill-processor.h"

#include <time.h>

/**
 * mill_processor_get_time:
 *
 * Returns: what all threads of the process have used so far, in microseconds; -1 if that is unknown
 */
gint64
mill_processor_get_time (void)
{
  struct timespec time;

  if (clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time) != 0)
    return -1;
  return (gint64) time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}
