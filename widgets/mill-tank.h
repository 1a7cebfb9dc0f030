/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A gauge for a bounded queue: the level is its depth, the dashed mark its maximum size, which can be
 * dragged.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define MILL_TYPE_TANK (mill_tank_get_type ())
G_DECLARE_FINAL_TYPE (MillTank, mill_tank, MILL, TANK, GtkWidget)

/* Signal: void maxsize-changed (MillTank *self, guint64 maxsize); only for what the user does, also while
 * dragging; never for mill_tank_set_maxsize(). */

GtkWidget *mill_tank_new (void);

guint64 mill_tank_get_depth (MillTank *self);
void mill_tank_set_depth (MillTank *self, guint64 depth);
guint64 mill_tank_get_maxsize (MillTank *self);
void mill_tank_set_maxsize (MillTank *self, guint64 maxsize);
guint64 mill_tank_get_high_water (MillTank *self);
void mill_tank_set_high_water (MillTank *self, guint64 high_water);
gboolean mill_tank_get_blocked (MillTank *self);
void mill_tank_set_blocked (MillTank *self, gboolean blocked);
gboolean mill_tank_get_editable (MillTank *self);
void mill_tank_set_editable (MillTank *self, gboolean editable);
const char *mill_tank_get_label (MillTank *self);
void mill_tank_set_label (MillTank *self, const char *label);
const char *mill_tank_get_caption (MillTank *self);
void mill_tank_set_caption (MillTank *self, const char *caption);

G_END_DECLS
