/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillEvent: something that happened to a run as a whole. */

#include "config.h"

#include "pipeline/mill-event.h"

G_DEFINE_BOXED_TYPE (MillEvent, mill_event, mill_event_copy, mill_event_free)

/**
 * mill_event_copy:
 *
 * Copies an event.
 *
 * Returns: (transfer full): the copy
 */
MillEvent *
mill_event_copy (const MillEvent *self)
{
  MillEvent *copy = g_memdup2 (self, sizeof *self);

  copy->text = g_strdup (self->text);
  return copy;
}

/**
 * mill_event_free:
 *
 * Frees an event.
 */
void
mill_event_free (MillEvent *self)
{
  g_free (self->text);
  g_free (self);
}
