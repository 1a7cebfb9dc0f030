/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What SQLite alone can do with the rows of log_lines.py: bound inserts of rows made on the spot, in WAL
 * mode, a commit every 500, by key. Prints one JSON object.
 *
 * usage: raw-sqlite DATABASE ROWS */

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BATCH 500

static void
check (sqlite3 *db, int code)
{
  if (code == SQLITE_OK || code == SQLITE_DONE)
    return;
  fprintf (stderr, "raw-sqlite: %s\n", sqlite3_errmsg (db));
  exit (1);
}

static double
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return (double) time.tv_sec + (double) time.tv_nsec / 1e9;
}

static void
put (sqlite3 *db, sqlite3_stmt *insert, long id)
{
  static const char time[] = "2026-11-28T02:18:12.000Z", message[] = "GET /item/0000000 HTTP/1.1";

  sqlite3_bind_int64 (insert, 1, id);
  sqlite3_bind_text (insert, 2, time, sizeof time - 1, SQLITE_STATIC);
  sqlite3_bind_text (insert, 3, "info", 4, SQLITE_STATIC);
  sqlite3_bind_text (insert, 4, message, sizeof message - 1, SQLITE_STATIC);
  sqlite3_bind_double (insert, 5, (double) (id % 10000) / 16);
  check (db, sqlite3_step (insert));
  sqlite3_reset (insert);
}

int
main (int argc, char **argv)
{
  long n = argc == 3 ? atol (argv[2]) : 0;
  sqlite3 *db;
  sqlite3_stmt *insert;
  double began = now (), seconds;

  if (n <= 0)
    return 2;
  check (NULL, sqlite3_open (argv[1], &db));
  check (db, sqlite3_exec (
                 db,
                 "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                 "CREATE TABLE log (id INTEGER PRIMARY KEY, time TEXT, level TEXT, message TEXT, ms REAL)",
                 NULL, NULL, NULL));
  check (db, sqlite3_prepare_v2 (db, "INSERT INTO log VALUES (?, ?, ?, ?, ?)", -1, &insert, NULL));
  for (long id = 1; id <= n; id++)
    {
      if (id % BATCH == 1)
        check (db, sqlite3_exec (db, "BEGIN IMMEDIATE", NULL, NULL, NULL));
      put (db, insert, id);
      if (id % BATCH == 0 || id == n)
        check (db, sqlite3_exec (db, "COMMIT", NULL, NULL, NULL));
    }
  sqlite3_finalize (insert);
  check (db, sqlite3_close (db));
  seconds = now () - began;
  printf ("{\"items_per_second\": %.0f, \"seconds\": %.3f}\n", (double) n / seconds, seconds);
  return 0;
}
