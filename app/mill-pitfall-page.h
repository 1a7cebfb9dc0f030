/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillPitfallPage: a pitfall, its two variants side by side on the same axes. While it can be seen it shows
 * how far they are with the frame clock.
 *
 * Signal: `changed` when it was started or has ended, also when it is only seen now that it has. */

#pragma once

#include <gtk/gtk.h>

#include "pipeline/mill-job.h"

G_BEGIN_DECLS

#define MILL_TYPE_PITFALL_PAGE (mill_pitfall_page_get_type ())
G_DECLARE_FINAL_TYPE (MillPitfallPage, mill_pitfall_page, MILL, PITFALL_PAGE, GtkWidget)

void mill_pitfall_page_set_job (MillPitfallPage *self, MillJob *job);
MillJob *mill_pitfall_page_get_job (MillPitfallPage *self);
void mill_pitfall_page_start (MillPitfallPage *self);
void mill_pitfall_page_stop (MillPitfallPage *self);
gboolean mill_pitfall_page_is_running (MillPitfallPage *self);

G_END_DECLS
