/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * mill_pace: which frames of the display something new is drawn in. All who ask about the same frame get the
 * same answer, so that what moves, moves together, and no frame is drawn for one of them alone. It goes by
 * the time of the frame, not by what was drawn before: a late frame delays none after it.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean mill_pace_is_due (gint64 *last, gint64 frame_time_us);
guint mill_pace_get_limit (void);
void mill_pace_set_limit (guint per_second);

G_END_DECLS
