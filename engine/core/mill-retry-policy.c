/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillRetryPolicy: exponential backoff with jitter. Pure functions; who waits, and how, is the stage's. */

#include "config.h"

#include "core/mill-retry-policy.h"

#include <gio/gio.h>

#include "core/mill-error.h"

/**
 * mill_retry_policy_is_retryable:
 * @error: why the attempt failed
 *
 * A step says %MILL_ERROR_RETRYABLE when it knows; beyond that, time-outs and failures to reach or keep a
 * connection may pass. A name that does not exist, a refused certificate or a 404 will not.
 *
 * Returns: whether another attempt may succeed
 */
gboolean
mill_retry_policy_is_retryable (const GError *error)
{
  static const int io_codes[] = {
    G_IO_ERROR_TIMED_OUT,           G_IO_ERROR_CONNECTION_REFUSED, G_IO_ERROR_CONNECTION_CLOSED,
    G_IO_ERROR_NETWORK_UNREACHABLE, G_IO_ERROR_HOST_UNREACHABLE,   G_IO_ERROR_PARTIAL_INPUT,
    G_IO_ERROR_BROKEN_PIPE,
  };

  if (g_error_matches (error, MILL_ERROR, MILL_ERROR_RETRYABLE) ||
      g_error_matches (error, MILL_ERROR, MILL_ERROR_TIMED_OUT) ||
      g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE))
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (io_codes); i++)
    if (g_error_matches (error, G_IO_ERROR, io_codes[i]))
      return TRUE;
  return FALSE;
}

/**
 * mill_retry_policy_get_wait:
 * @attempt: how many attempts have failed before the one that failed now; 0 for the first
 * @uniform: a random number in [0, 1)
 *
 * The wait is base · 2^attempt · (1 + 0.2 · uniform), at most the cap: exponential backoff with up to 20 % of
 * jitter, so that items that failed together do not come back together (Metcalfe and Boggs, "Ethernet",
 * 1976).
 *
 * Returns: the wait in seconds
 */
double
mill_retry_policy_get_wait (const MillRetryPolicy *self, guint attempt, double uniform)
{
  double wait = self->base * (double) (G_GUINT64_CONSTANT (1) << MIN (attempt, 40)) * (1.0 + 0.2 * uniform);

  return MIN (wait, self->cap);
}
