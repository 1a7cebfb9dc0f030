/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A row of a list that shows one of a few names and lets another one be chosen. Looks like a MillKnobRow.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MILL_TYPE_CHOICE_ROW (mill_choice_row_get_type ())
G_DECLARE_FINAL_TYPE (MillChoiceRow, mill_choice_row, MILL, CHOICE_ROW, AdwPreferencesRow)

/* Signal: void changed-by-user (MillChoiceRow *self, guint choice); never for mill_choice_row_set_chosen().
 */

GtkWidget *mill_choice_row_new (const char *label, const char *const *choices);

guint mill_choice_row_get_chosen (MillChoiceRow *self);
void mill_choice_row_set_chosen (MillChoiceRow *self, guint choice);
void mill_choice_row_set_description (MillChoiceRow *self, const char *description);
/* What it can be reset to; a row that stands elsewhere is marked (CSS class "turned"). */
void mill_choice_row_set_usual (MillChoiceRow *self, guint choice, const char *text);

G_END_DECLS
