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

static const char schema[] =
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;"
    "CREATE TABLE host (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);"
    "CREATE TABLE frontier ("
    " id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, host INTEGER NOT NULL REFERENCES host,"
    " depth INTEGER NOT NULL, referrer INTEGER REFERENCES frontier,"
    " redirects INTEGER NOT NULL DEFAULT 0, state INTEGER NOT NULL DEFAULT 0,"
    " level INTEGER NOT NULL DEFAULT 0, sitemap INTEGER REFERENCES sitemap);"
    "CREATE INDEX frontier_queued ON frontier (host, id) WHERE state = 0;"
    "CREATE TABLE scope (authority TEXT PRIMARY KEY) WITHOUT ROWID;"
    "CREATE TABLE item ("
    " key TEXT PRIMARY KEY, outcome TEXT NOT NULL, finished TEXT NOT NULL, attempts INTEGER NOT NULL,"
    " status INTEGER, type TEXT, bytes INTEGER, depth INTEGER, referrer TEXT, location TEXT, file TEXT,"
    " error TEXT, started TEXT, header_ms REAL, fetch_ms REAL, title TEXT, hash TEXT, etag TEXT,"
    " last_modified TEXT)"
    " WITHOUT ROWID;" SITEMAP_TABLE EARLIER_TABLE;

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
