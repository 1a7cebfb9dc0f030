/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is said to PostgreSQL. Private to the engine. Names are quoted by libpq for the connection they go to.
 */

#pragma once

#include "sinks/mill-columns-private.h"
#include "sinks/mill-postgres-link-private.h"

G_BEGIN_DECLS

char *mill_postgres_sql_list_columns (MillPostgresLink *link, const char *table);
char *mill_postgres_sql_set_up (MillPostgresLink *link, const char *table, MillColumns *columns,
                                gboolean create);
char *mill_postgres_sql_insert (MillPostgresLink *link, const char *table, MillColumns *columns);
char *mill_postgres_sql_merge (MillPostgresLink *link, const char *table, MillColumns *columns);

gboolean mill_postgres_append_row (GString *copied, gint number, const MillCell *cells, guint n_cells,
                                   GError **error);

G_END_DECLS
