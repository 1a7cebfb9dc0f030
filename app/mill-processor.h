/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much processor time this process has used. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gint64 mill_processor_get_time (void);

G_END_DECLS
