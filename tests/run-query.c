/* SPDX-License-Identifier: GPL-3.0-or-later */
/* With SQLite alone, so that what is asked does not pass through what is tested. */

#include "config.h"

#include "run-query.h"

#include <sqlite3.h>

gint64
test_ask_run (const char *path, const char *sql)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *query = NULL;
  gint64 number;

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &query, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (query), ==, SQLITE_ROW);
  number = sqlite3_column_int64 (query, 0);
  sqlite3_finalize (query);
  sqlite3_close (db);
  return number;
}
