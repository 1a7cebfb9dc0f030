/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MillRetryPolicy:
 * @retries: how many attempts may follow the first one
 * @base: the first wait, in seconds
 * @cap: the longest wait, in seconds
 *
 * Which failures are tried again, and after how long.
 */
typedef struct
{
  guint retries;
  double base;
  double cap;
} MillRetryPolicy;

gboolean mill_retry_policy_is_retryable (const GError *error);
double mill_retry_policy_get_wait (const MillRetryPolicy *self, guint attempt, double uniform);

G_END_DECLS
