/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillEnding: when each part of a run's end came. */

#include "config.h"

#include "pipeline/mill-ending.h"

G_DEFINE_BOXED_TYPE (MillEnding, mill_ending, mill_ending_copy, mill_ending_free)

/**
 * mill_ending_copy:
 * @self: a record
 *
 * Copies it.
 *
 * Returns: (transfer full): a copy
 */
MillEnding *
mill_ending_copy (const MillEnding *self)
{
  return g_memdup2 (self, sizeof *self);
}

/**
 * mill_ending_free:
 * @self: (transfer full): a record
 *
 * Frees it.
 */
void
mill_ending_free (MillEnding *self)
{
  g_free (self);
}
