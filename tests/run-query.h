/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run file holds, asked as another program would ask it. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The first column of the first row, which there must be. */
gint64 test_ask_run (const char *path, const char *sql);

G_END_DECLS
