/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the window remembers from one time to the next. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GSettings *mill_settings_new (void);

G_END_DECLS
