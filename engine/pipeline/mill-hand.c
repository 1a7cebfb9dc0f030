/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillHand: what one worker has in its hands. */

#include "config.h"

#include "pipeline/mill-hand.h"

G_DEFINE_BOXED_TYPE (MillHand, mill_hand, mill_hand_copy, mill_hand_free)

/**
 * mill_hand_copy:
 * @self: a description
 *
 * Copies it.
 *
 * Returns: (transfer full): a copy
 */
MillHand *
mill_hand_copy (const MillHand *self)
{
  return g_memdup2 (self, sizeof *self);
}

/**
 * mill_hand_free:
 * @self: (transfer full): a description
 *
 * Frees it.
 */
void
mill_hand_free (MillHand *self)
{
  g_free (self);
}
