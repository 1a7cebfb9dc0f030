/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The slots of a semaphore as cells, coloured by how long each has been held.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MillSlotCell:
 * @age_us: how long it has been held, in microseconds; ignored when free
 * @held: whether somebody holds it
 *
 * One slot.
 */
typedef struct
{
  gint64 age_us;
  gboolean held;
} MillSlotCell;

#define MILL_TYPE_SLOTS (mill_slots_get_type ())
G_DECLARE_FINAL_TYPE (MillSlots, mill_slots, MILL, SLOTS, GtkWidget)

/* Signal: char *query-slot (MillSlots *self, guint slot): the text of that slot's tooltip, or NULL. */

GtkWidget *mill_slots_new (void);

void mill_slots_set (MillSlots *self, const MillSlotCell *cells, guint n, guint limit);
void mill_slots_set_thresholds (MillSlots *self, gint64 amber_us, gint64 orange_us);
guint mill_slots_get_n (MillSlots *self);
guint mill_slots_get_n_held (MillSlots *self);
guint mill_slots_get_limit (MillSlots *self);
int mill_slots_get_slot_at (MillSlots *self, double x, double y);
guint mill_slots_get_max_rows (MillSlots *self);
void mill_slots_set_max_rows (MillSlots *self, guint max_rows);
const char *mill_slots_get_label (MillSlots *self);
void mill_slots_set_label (MillSlots *self, const char *label);

G_END_DECLS
