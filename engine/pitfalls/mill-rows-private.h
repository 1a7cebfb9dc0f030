/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillRows: a real table, in an SQLite database in memory.
 *
 * Threads: every function may be called from any thread. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _MillRows MillRows;

MillRows *mill_rows_new (const char *schema);
void mill_rows_free (MillRows *self);

void mill_rows_write (MillRows *self, const char *sql, const guint64 *ids, guint n_ids);
guint mill_rows_count (MillRows *self, const char *sql);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MillRows, mill_rows_free)

G_END_DECLS
