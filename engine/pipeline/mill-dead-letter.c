/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillDeadLetter: an item that failed for good, with the reason. */

#include "config.h"

#include "pipeline/mill-dead-letter.h"

G_DEFINE_BOXED_TYPE (MillDeadLetter, mill_dead_letter, mill_dead_letter_copy, mill_dead_letter_free)

/**
 * mill_dead_letter_copy:
 *
 * Copies a dead letter; the item is shared.
 *
 * Returns: (transfer full): the copy
 */
MillDeadLetter *
mill_dead_letter_copy (const MillDeadLetter *self)
{
  MillDeadLetter *copy = g_memdup2 (self, sizeof *self);

  mill_item_ref (copy->item);
  copy->stage = g_strdup (self->stage);
  copy->error = g_error_copy (self->error);
  return copy;
}

/**
 * mill_dead_letter_free:
 *
 * Frees a dead letter.
 */
void
mill_dead_letter_free (MillDeadLetter *self)
{
  mill_item_unref (self->item);
  g_free (self->stage);
  g_error_free (self->error);
  g_free (self);
}
