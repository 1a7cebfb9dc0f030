/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mill_window_rest: a window that is minimised draws nothing. Who minimised it need not have told the frame
 * clock: without a compositor nobody stops it. */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

void mill_window_rest_when_minimized (AdwApplicationWindow *window);

G_END_DECLS
