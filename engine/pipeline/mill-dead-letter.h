/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "core/mill-item.h"

G_BEGIN_DECLS

/**
 * MillDeadLetter:
 * @id: its number, from 1; unique within the run
 * @item: the item, as the last attempt left it
 * @stage: where it failed
 * @error: why
 * @attempts: how many attempts were made
 * @time_us: when, since the start of the run, in microseconds
 *
 * An item that failed for good, with the reason. Immutable.
 */
typedef struct
{
  guint64 id;
  MillItem *item; /* (owned) */
  char *stage;    /* (owned) */
  GError *error;  /* (owned) */
  guint attempts;
  gint64 time_us;
} MillDeadLetter;

#define MILL_TYPE_DEAD_LETTER (mill_dead_letter_get_type ())
GType mill_dead_letter_get_type (void);
MillDeadLetter *mill_dead_letter_copy (const MillDeadLetter *self);
void mill_dead_letter_free (MillDeadLetter *self);

G_END_DECLS
