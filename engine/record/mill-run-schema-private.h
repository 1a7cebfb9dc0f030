/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tables of a run file, and how those of an earlier version become the present ones. */

#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/* `PRAGMA user_version` */
#define MILL_RUN_SCHEMA_VERSION 3

/* Each returns what SQLite says, SQLITE_OK if all is well; otherwise the file is as it was. */
int mill_run_schema_create (sqlite3 *db);
int mill_run_schema_migrate (sqlite3 *db, gint64 version, char **missing);

char *mill_run_schema_find_missing (sqlite3 *db);

G_END_DECLS
