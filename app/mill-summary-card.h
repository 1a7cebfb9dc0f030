/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillSummaryCard: how a run ended: one sentence, the sum of what became of the items, the figures of the
 * whole run, and what failed. */

#pragma once

#include <gtk/gtk.h>

#include "mill-run.h"

G_BEGIN_DECLS

#define MILL_TYPE_SUMMARY_CARD (mill_summary_card_get_type ())
G_DECLARE_FINAL_TYPE (MillSummaryCard, mill_summary_card, MILL, SUMMARY_CARD, GtkBox)

void mill_summary_card_show (MillSummaryCard *self, MillRun *run);

G_END_DECLS
