/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillStuck: somebody who was given up on. */

#include "config.h"

#include "pipeline/mill-stuck.h"

G_DEFINE_BOXED_TYPE (MillStuck, mill_stuck, mill_stuck_copy, mill_stuck_free)

/**
 * mill_stuck_copy:
 * @self: a description
 *
 * Copies it.
 *
 * Returns: (transfer full): a copy
 */
MillStuck *
mill_stuck_copy (const MillStuck *self)
{
  MillStuck *copy = g_memdup2 (self, sizeof *self);

  copy->name = g_strdup (self->name);
  copy->item_key = g_strdup (self->item_key);
  return copy;
}

/**
 * mill_stuck_free:
 * @self: (transfer full): a description
 *
 * Frees it.
 */
void
mill_stuck_free (MillStuck *self)
{
  g_free (self->name);
  g_free (self->item_key);
  g_free (self);
}
