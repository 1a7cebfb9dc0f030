/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The run file's SQL; engine/docs/run-file.md says what is in it. A later version adds a step to the
 * migration, and what it adds to `schema` as well: a test compares the two. */

#include "config.h"

#include "record/mill-run-schema-private.h"

#define SITEMAP_TABLE                                                                                        \
  "CREATE TABLE sitemap ("                                                                                   \
  " id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, site TEXT NOT NULL, nesting INTEGER NOT NULL,"         \
  " delay INTEGER NOT NULL, state INTEGER NOT NULL DEFAULT 0);"
#define EARLIER_TABLE                                                                                        \
  "CREATE TABLE earlier ("                                                                                   \
  " key TEXT PRIMARY KEY, outcome TEXT NOT NULL, finished TEXT NOT NULL, status INTEGER, bytes INTEGER,"     \
  " hash TEXT, etag TEXT, last_modified TEXT, location TEXT) WITHOUT ROWID;"

/* What is written of an item in every version, and what version 3 adds. */
#define ITEM_COLUMNS                                                                                         \
  "key, outcome, finished, attempts, status, type, bytes, depth, referrer, location, file, error, started,"  \
  " header_ms, fetch_ms, title, hash, etag, last_modified"
/* Its rowids are in the order of settling: a row that is replaced gets a new one. */
#define ITEM_TABLE                                                                                           \
  "CREATE TABLE item ("                                                                                      \
  " key TEXT NOT NULL PRIMARY KEY, outcome TEXT NOT NULL, finished TEXT NOT NULL,"                           \
  " attempts INTEGER NOT NULL, status INTEGER, type TEXT, bytes INTEGER, depth INTEGER, referrer TEXT,"      \
  " location TEXT, file TEXT, error TEXT, started TEXT, header_ms REAL, fetch_ms REAL, title TEXT,"          \
  " hash TEXT, etag TEXT, last_modified TEXT, latency_ms REAL, stage TEXT, result TEXT, number INTEGER);"
#define RUN_TABLES                                                                                           \
  "CREATE TABLE run ("                                                                                       \
  " id INTEGER PRIMARY KEY, started TEXT NOT NULL, ended TEXT, state TEXT NOT NULL, error TEXT,"             \
  " produced INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0, dead INTEGER NOT NULL DEFAULT 0,"  \
  " returned INTEGER NOT NULL DEFAULT 0, dropped INTEGER NOT NULL DEFAULT 0,"                                \
  " retries INTEGER NOT NULL DEFAULT 0, unrecorded INTEGER NOT NULL DEFAULT 0, program TEXT NOT NULL);"      \
  "CREATE TABLE event ("                                                                                     \
  " run INTEGER NOT NULL REFERENCES run, number INTEGER NOT NULL, time_ms REAL NOT NULL,"                    \
  " kind TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (run, number)) WITHOUT ROWID;"                       \
  "CREATE TABLE sample ("                                                                                    \
  " run INTEGER NOT NULL REFERENCES run, time_ms REAL NOT NULL, stage TEXT NOT NULL,"                        \
  " depth INTEGER NOT NULL, maxsize INTEGER NOT NULL, held INTEGER NOT NULL, permits INTEGER NOT NULL,"      \
  " workers INTEGER NOT NULL, busy REAL, idle REAL, blocked REAL, done INTEGER NOT NULL,"                    \
  " dead INTEGER NOT NULL, retries INTEGER NOT NULL, p50_ms REAL, p95_ms REAL, p99_ms REAL,"                 \
  " PRIMARY KEY (run, time_ms, stage)) WITHOUT ROWID;"

static const char schema[] =
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;"
    "CREATE TABLE host (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);"
    "CREATE TABLE frontier ("
    " id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, host INTEGER NOT NULL REFERENCES host,"
    " depth INTEGER NOT NULL, referrer INTEGER REFERENCES frontier,"
    " redirects INTEGER NOT NULL DEFAULT 0, state INTEGER NOT NULL DEFAULT 0,"
    " level INTEGER NOT NULL DEFAULT 0, sitemap INTEGER REFERENCES sitemap);"
    "CREATE INDEX frontier_queued ON frontier (host, id) WHERE state = 0;"
    "CREATE TABLE scope (authority TEXT PRIMARY KEY) WITHOUT ROWID;" ITEM_TABLE SITEMAP_TABLE EARLIER_TABLE
        RUN_TABLES;

static const char from_1[] =
    SITEMAP_TABLE EARLIER_TABLE "ALTER TABLE frontier ADD COLUMN level INTEGER NOT NULL DEFAULT 0;"
                                "ALTER TABLE frontier ADD COLUMN sitemap INTEGER REFERENCES sitemap;"
                                "ALTER TABLE item ADD COLUMN started TEXT;"
                                "ALTER TABLE item ADD COLUMN header_ms REAL;"
                                "ALTER TABLE item ADD COLUMN fetch_ms REAL;"
                                "ALTER TABLE item ADD COLUMN title TEXT;"
                                "ALTER TABLE item ADD COLUMN hash TEXT;"
                                "ALTER TABLE item ADD COLUMN etag TEXT;"
                                "ALTER TABLE item ADD COLUMN last_modified TEXT;";

/* Items had no rowids, only keys; the order in which they were settled is that of the time. */
static const char from_2[] =
    "ALTER TABLE item RENAME TO item_2;" ITEM_TABLE "INSERT INTO item (" ITEM_COLUMNS ") SELECT " ITEM_COLUMNS
    " FROM item_2 ORDER BY finished, key; DROP TABLE item_2;" RUN_TABLES;

/* With requisites, version 1 kept both numbers in one. */
static const char split_depths[] = "UPDATE frontier SET level = depth % 16, depth = depth / 16;";

static int
execute (sqlite3 *db, const char *sql)
{
  return sqlite3_exec (db, sql, NULL, NULL, NULL);
}

static gboolean
wants_requisites (const char *job)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  return g_key_file_load_from_data (file, job, (gsize) -1, G_KEY_FILE_NONE, NULL) &&
         g_key_file_get_boolean (file, "Source", "requisites", NULL);
}

static int
split_depths_if_needed (sqlite3 *db)
{
  sqlite3_stmt *query = NULL;
  gboolean is_needed = FALSE;
  int code = sqlite3_prepare_v2 (db, "SELECT value FROM meta WHERE key = 'job' AND value IS NOT NULL", -1,
                                 &query, NULL);

  if (code == SQLITE_OK)
    code = sqlite3_step (query);
  if (code == SQLITE_ROW)
    is_needed = wants_requisites ((const char *) sqlite3_column_text (query, 0));
  sqlite3_finalize (query);
  if (code != SQLITE_ROW && code != SQLITE_DONE)
    return code;
  return is_needed ? execute (db, split_depths) : SQLITE_OK;
}

/* @code: what the transaction came to */
static int
end_transaction (sqlite3 *db, int code)
{
  if (code == SQLITE_OK)
    code = execute (db, "COMMIT");
  if (code != SQLITE_OK)
    execute (db, "ROLLBACK");
  return code;
}

static int
set_version (sqlite3 *db)
{
  g_autofree char *sql = g_strdup_printf ("PRAGMA user_version = %d", MILL_RUN_SCHEMA_VERSION);

  return execute (db, sql);
}

/* Makes the tables in an empty file. */
int
mill_run_schema_create (sqlite3 *db)
{
  int code = execute (db, "BEGIN");

  if (code != SQLITE_OK)
    return code;
  code = execute (db, schema);
  if (code == SQLITE_OK)
    code = set_version (db);
  return end_transaction (db, code);
}

/* Returns: (transfer full): a set of "table.column" of the real tables, in small letters; empty if @db is in
 * no state to say */
static GHashTable *
list_columns (sqlite3 *db)
{
  GHashTable *columns = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  sqlite3_stmt *query = NULL;

  sqlite3_prepare_v2 (
      db,
      "SELECT lower (s.name || '.' || c.name) FROM sqlite_schema s, pragma_table_info (s.name) c"
      " WHERE s.type = 'table' AND s.rootpage > 0",
      -1, &query, NULL);
  while (sqlite3_step (query) == SQLITE_ROW)
    g_hash_table_add (columns, g_strdup ((const char *) sqlite3_column_text (query, 0)));
  sqlite3_finalize (query);
  return columns;
}

/* Compares the tables with those of a new file; more than these do no harm. Returns: (transfer full)
 * (nullable): "table.column" that is not there */
char *
mill_run_schema_find_missing (sqlite3 *db)
{
  g_autoptr (GHashTable) wanted = NULL, found = NULL;
  GHashTableIter iter;
  gpointer column;
  sqlite3 *model = NULL;

  sqlite3_open (":memory:", &model);
  execute (model, schema);
  wanted = list_columns (model);
  sqlite3_close (model);
  found = list_columns (db);
  g_hash_table_iter_init (&iter, wanted);
  while (g_hash_table_iter_next (&iter, &column, NULL))
    if (!g_hash_table_contains (found, column))
      return g_strdup (column);
  return NULL;
}

static int
migrate (sqlite3 *db, gint64 version)
{
  int code = SQLITE_OK;

  if (version < 2)
    code = execute (db, from_1);
  if (version < 2 && code == SQLITE_OK)
    code = split_depths_if_needed (db);
  if (version < 3 && code == SQLITE_OK)
    code = execute (db, from_2);
  return code == SQLITE_OK ? set_version (db) : code;
}

/* Brings a file of an earlier @version up to the present one, in one transaction, unless a column would be
 * @missing then: (out) (transfer full) (nullable): see mill_run_schema_find_missing(). */
int
mill_run_schema_migrate (sqlite3 *db, gint64 version, char **missing)
{
  int code = execute (db, "BEGIN IMMEDIATE");

  *missing = NULL;
  if (code != SQLITE_OK)
    return code;
  code = migrate (db, version);
  if (code == SQLITE_OK)
    *missing = mill_run_schema_find_missing (db);
  if (*missing != NULL)
    code = SQLITE_CORRUPT;
  return end_transaction (db, code);
}
