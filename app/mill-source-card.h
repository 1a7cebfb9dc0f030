/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillSourceCard: the left end of the flow: what was sent, and how long the producer was kept waiting. */

#pragma once

#include <gtk/gtk.h>

#include "mill-run.h"

G_BEGIN_DECLS

#define MILL_TYPE_SOURCE_CARD (mill_source_card_get_type ())
G_DECLARE_FINAL_TYPE (MillSourceCard, mill_source_card, MILL, SOURCE_CARD, GtkBox)

GtkWidget *mill_source_card_new (MillRun *run);

G_END_DECLS
