/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillDoneCard: the right end of the flow: what came through, and what did not. */

#pragma once

#include <gtk/gtk.h>

#include "mill-run.h"

G_BEGIN_DECLS

#define MILL_TYPE_DONE_CARD (mill_done_card_get_type ())
G_DECLARE_FINAL_TYPE (MillDoneCard, mill_done_card, MILL, DONE_CARD, GtkBox)

GtkWidget *mill_done_card_new (MillRun *run);

G_END_DECLS
