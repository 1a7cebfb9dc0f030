/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillWaitsCard: how long items waited in a stage's queue, urgent ones and others, beside what theory says.
 * It is there for the first stage of a run where that is worth telling, and invisible else. Of a stored run
 * it says that its file does not keep them. */

#pragma once

#include <gtk/gtk.h>

#include "mill-run.h"

G_BEGIN_DECLS

#define MILL_TYPE_WAITS_CARD (mill_waits_card_get_type ())
G_DECLARE_FINAL_TYPE (MillWaitsCard, mill_waits_card, MILL, WAITS_CARD, GtkBox)

void mill_waits_card_set_run (MillWaitsCard *self, MillRun *run);
void mill_waits_card_set_presenting (MillWaitsCard *self, gboolean presenting);

G_END_DECLS
