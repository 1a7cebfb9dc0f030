/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a job says that its database is. Private to the engine. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean mill_postgres_check_conninfo (const char *conninfo, GError **error);
gboolean mill_postgres_check_server (const char *conninfo, GError **error);

G_END_DECLS
