/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillLimitCard: the line that says what holds a run back, and the evidence for it. Of the same height
 * whatever it says, and gone once the run has ended. */

#pragma once

#include <gtk/gtk.h>

#include "mill-run.h"

G_BEGIN_DECLS

#define MILL_TYPE_LIMIT_CARD (mill_limit_card_get_type ())
G_DECLARE_FINAL_TYPE (MillLimitCard, mill_limit_card, MILL, LIMIT_CARD, GtkBox)

void mill_limit_card_set_run (MillLimitCard *self, MillRun *run);

G_END_DECLS
