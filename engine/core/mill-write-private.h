/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a write that may come back early, or be interrupted, needs around it. Private to the engine. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean mill_write_all (int fd, gconstpointer data, gsize length);
gboolean mill_write_is_hopeless (int errsv);

G_END_DECLS
