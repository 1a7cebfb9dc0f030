/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillStageCard: one stage in the flow: its consumers, what they do, its slots and times. */

#pragma once

#include <gtk/gtk.h>

#include "mill-run.h"

G_BEGIN_DECLS

#define MILL_TYPE_STAGE_CARD (mill_stage_card_get_type ())
G_DECLARE_FINAL_TYPE (MillStageCard, mill_stage_card, MILL, STAGE_CARD, GtkBox)

GtkWidget *mill_stage_card_new (MillRun *run, guint stage);

G_END_DECLS
