/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillRunFile. All writing is one connection's, in transactions of up to COMMIT_EVERY_US: so they follow each
 * other in the order of the calls, which is what makes a file that was cut off a file of an earlier moment.
 * WAL with synchronous=NORMAL waits for the disk at checkpoints only; a crash of the program loses nothing
 * that was committed, one of the machine the last moments, and neither damages the file. */

#include "config.h"

#include "record/mill-run-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "core/mill-error.h"
#include "record/mill-run-lock-private.h"
#include "record/mill-run-schema-private.h"

#define COMMIT_EVERY_US (250 * G_TIME_SPAN_MILLISECOND)
#define APPLICATION_ID  0x4d696c6c         /* "Mill" */
#define MAX_VALUE       (64 * 1024 * 1024) /* bytes of one, so that no file makes us take all memory */

struct _MillRunFile
{
  gatomicrefcount refs;
  char *name; /* (owned) for messages */
  gboolean is_temporary;
  gboolean is_read_only;
  int lock_fd; /* holds the lock that keeps other writers away; -1 is none */

  GMutex lock;            /* guards the rest */
  sqlite3 *db;            /* (owned) (nullable) NULL once it is closed */
  GHashTable *statements; /* (owned) sql, static → (owned) sqlite3_stmt */
  gint64 began_us;        /* when the transaction began; 0 is none */
  GError *error;          /* (owned) (nullable) the first */
};

static void
statement_free (gpointer statement)
{
  sqlite3_finalize (statement);
}

/* Returns: (transfer full): what SQLite says, which may quote a damaged file */
static char *
make_printable (const char *message)
{
  char *text = g_utf8_make_valid (message != NULL ? message : "", -1);

  for (char *c = text; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  return text;
}

/* What SQLite says, in our words where a person can do something about it. */
static void
set_error (GError **error, const char *name, int code, const char *said)
{
  g_autofree char *message = make_printable (said);

  switch (code & 0xff)
    {
    case SQLITE_NOTADB:
      g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("%s is not a run file"), name);
      break;
    case SQLITE_CORRUPT:
      g_set_error (error, MILL_ERROR, MILL_ERROR_DAMAGED, _ ("%s is damaged (%s)"), name, message);
      break;
    case SQLITE_FULL:
      g_set_error (error, MILL_ERROR, MILL_ERROR_FAILED, _ ("%s: the disk is full"), name);
      break;
    case SQLITE_READONLY:
      g_set_error (error, MILL_ERROR, MILL_ERROR_FAILED,
                   _ ("%s cannot be written to; its folder must be writable, too"), name);
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      g_set_error (error, MILL_ERROR, MILL_ERROR_FAILED,
                   _ ("%s is in use by another program; end that, or wait until it has ended"), name);
      break;
    case SQLITE_CANTOPEN:
      g_set_error (error, MILL_ERROR, MILL_ERROR_FAILED,
                   _ ("%s cannot be opened; its folder must be writable, too"), name);
      break;
    case SQLITE_IOERR:
      g_set_error (error, MILL_ERROR, MILL_ERROR_FAILED, _ ("%s cannot be read or written (%s)"), name,
                   message);
      break;
    default:
      g_set_error (error, MILL_ERROR, MILL_ERROR_FAILED, "%s: %s", name, message);
    }
}

static gboolean
check_code (MillRunFile *self, int code, GError **error)
{
  if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE)
    return TRUE;
  /* A connection that did something else since then says something else. */
  set_error (error, self->name, code,
             self->db != NULL && sqlite3_extended_errcode (self->db) == code ? sqlite3_errmsg (self->db)
                                                                             : sqlite3_errstr (code));
  return FALSE;
}

static void
note_locked (MillRunFile *self, int code)
{
  if (self->error == NULL)
    check_code (self, code, &self->error);
}

static gboolean
execute (MillRunFile *self, const char *sql, GError **error)
{
  return check_code (self, sqlite3_exec (self->db, sql, NULL, NULL, NULL), error);
}

/* Of a statement with a number for an answer. */
static gboolean
ask_number (MillRunFile *self, const char *sql, gint64 *number, GError **error)
{
  sqlite3_stmt *statement = NULL;
  int code = sqlite3_prepare_v2 (self->db, sql, -1, &statement, NULL);

  if (code == SQLITE_OK)
    code = sqlite3_step (statement);
  *number = code == SQLITE_ROW ? sqlite3_column_int64 (statement, 0) : 0;
  sqlite3_finalize (statement);
  return check_code (self, code, error);
}

/* FALSE, with what errno says. */
static gboolean
fail_with_errno (MillRunFile *self, GError **error)
{
  g_set_error (error, MILL_ERROR, MILL_ERROR_FAILED, "%s: %s", self->name, g_strerror (errno));
  return FALSE;
}

/* Keeps other programs that write from the file. */
static gboolean
take_lock (MillRunFile *self, const char *path, GError **error)
{
  self->lock_fd = mill_run_lock_take (path);
  if (self->lock_fd >= 0)
    return TRUE;
  if (errno != EWOULDBLOCK)
    return fail_with_errno (self, error);
  set_error (error, self->name, SQLITE_BUSY, NULL);
  return FALSE;
}

static gboolean
set_pragmas (MillRunFile *self, GError **error)
{
  return execute (self,
                  "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                  "PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -32768;",
                  error);
}

static gboolean
make_tables (MillRunFile *self, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("PRAGMA application_id = %d", APPLICATION_ID);

  return execute (self, sql, error) && check_code (self, mill_run_schema_create (self->db), error);
}

/* Whatever the file says its tables are. */
static void
distrust (sqlite3 *db, gboolean is_read_only)
{
  /* With this SQLite also reads what is left of a file that was cut off. */
  if (is_read_only)
    sqlite3_exec (db, "PRAGMA writable_schema = ON", NULL, NULL, NULL);
  else
    sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
  sqlite3_limit (db, SQLITE_LIMIT_LENGTH, MAX_VALUE);
}

/* FALSE, for want of a column. */
static gboolean
fail_without (MillRunFile *self, const char *column, GError **error)
{
  g_set_error (error, MILL_ERROR, MILL_ERROR_DAMAGED, _ ("%s is damaged (its tables have no “%s”)"),
               self->name, column);
  return FALSE;
}

static gboolean
check_tables (MillRunFile *self, GError **error)
{
  g_autofree char *missing = NULL;
  gint64 n;

  /* For the error that there is if the tables cannot be listed. */
  if (!ask_number (self, "SELECT count (*) FROM sqlite_schema", &n, error))
    return FALSE;
  missing = mill_run_schema_find_missing (self->db);
  return missing == NULL || fail_without (self, missing, error);
}

/* Reads it all, up to the first problem; who only reads finds out anyway. Not by the pragma's table, where
 * newer versions of SQLite take the limit for the name of a table. */
static gboolean
check_whole (MillRunFile *self, GError **error)
{
  sqlite3_stmt *statement = NULL;
  int code = sqlite3_prepare_v2 (self->db, "PRAGMA quick_check (1)", -1, &statement, NULL);
  gboolean is_whole;

  if (code == SQLITE_OK)
    code = sqlite3_step (statement);
  is_whole = code == SQLITE_ROW && g_strcmp0 ((const char *) sqlite3_column_text (statement, 0), "ok") == 0;
  sqlite3_finalize (statement);
  if (!check_code (self, code, error))
    return FALSE;
  if (!is_whole)
    set_error (error, self->name, SQLITE_CORRUPT, _ ("its tables do not fit together"));
  return is_whole;
}

/* Nothing is written before it is known to be ours. The tables of an earlier version are checked when they
 * have become the present ones. */
static gboolean
check_file (MillRunFile *self, gint64 *version, GError **error)
{
  gint64 application_id;

  if (!ask_number (self, "PRAGMA application_id", &application_id, error) ||
      !ask_number (self, "PRAGMA user_version", version, error))
    return FALSE;
  if (application_id != APPLICATION_ID)
    {
      set_error (error, self->name, SQLITE_NOTADB, NULL);
      return FALSE;
    }
  if (*version > MILL_RUN_SCHEMA_VERSION)
    {
      g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("%s was written by a later version of Millrace"),
                   self->name);
      return FALSE;
    }
  return (*version < MILL_RUN_SCHEMA_VERSION || check_tables (self, error)) &&
         (self->is_read_only || check_whole (self, error));
}

static MillRunFile *
new_closed (const char *path)
{
  MillRunFile *self = g_new0 (MillRunFile, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->lock);
  self->lock_fd = -1;
  self->is_temporary = *path == '\0';
  self->name = self->is_temporary ? g_strdup (_ ("the list of addresses")) : g_filename_display_name (path);
  self->statements = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, statement_free);
  return self;
}

static gboolean
open_database (MillRunFile *self, const char *path, int flags, GError **error)
{
  int code = sqlite3_open_v2 (path, &self->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);

  return check_code (self, code, error) &&
         (self->is_temporary || self->is_read_only || take_lock (self, path, error));
}

/**
 * mill_run_file_new_temporary:
 *
 * Returns: (transfer full): a file that nobody sees and that goes away by itself; in memory as long as it is
 *   small. What is wrong with it, mill_run_file_check() says
 */
MillRunFile *
mill_run_file_new_temporary (void)
{
  MillRunFile *self = new_closed ("");

  (void) (open_database (self, "", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &self->error) &&
          execute (self, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -32768;",
                   &self->error) &&
          make_tables (self, &self->error) && execute (self, "BEGIN", &self->error));
  return self;
}

/**
 * mill_run_file_create:
 * @path: where; there must be nothing yet
 *
 * Returns: (transfer full): an empty run file, or %NULL with @error set
 */
MillRunFile *
mill_run_file_create (const char *path, GError **error)
{
  g_autoptr (MillRunFile) self = new_closed (path);
  int fd = g_open (path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);

  if (fd < 0 && errno == EEXIST)
    g_set_error (error, MILL_ERROR, MILL_ERROR_FAILED,
                 _ ("%s is there already; resume it, or take another name"), self->name);
  else if (fd < 0)
    fail_with_errno (self, error);
  if (fd < 0)
    return NULL;
  close (fd);
  if (open_database (self, path, SQLITE_OPEN_READWRITE, error) && set_pragmas (self, error) &&
      make_tables (self, error))
    return g_steal_pointer (&self);
  mill_run_file_discard (self, path);
  return NULL;
}

/* Goes on with a copy of the file, which goes away by itself. */
static gboolean
replace_by_copy (MillRunFile *self, GError **error)
{
  sqlite3 *copy = NULL;
  sqlite3_backup *backup;
  int code = sqlite3_open_v2 (
      "", &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
      NULL);

  backup = code == SQLITE_OK ? sqlite3_backup_init (copy, "main", self->db, "main") : NULL;
  if (backup != NULL)
    {
      sqlite3_backup_step (backup, -1);
      code = sqlite3_backup_finish (backup);
    }
  else if (code == SQLITE_OK)
    code = sqlite3_errcode (copy);
  sqlite3_close (self->db);
  self->db = copy;
  if (!check_code (self, code, error))
    return FALSE;
  distrust (self->db, self->is_read_only);
  return TRUE;
}

/* Brings the tables up to date. What is only read stays as it is: a copy is read in its place. */
static gboolean
migrate (MillRunFile *self, gint64 version, GError **error)
{
  g_autofree char *missing = NULL;
  int code;

  if (self->is_read_only && !replace_by_copy (self, error))
    return FALSE;
  code = mill_run_schema_migrate (self->db, version, &missing);
  if (missing != NULL)
    return fail_without (self, missing, error);
  if (code != SQLITE_ERROR)
    return check_code (self, code, error);
  /* There is no such table or column to change, or there is one where it is to be made. */
  set_error (error, self->name, SQLITE_CORRUPT, _ ("its tables do not fit together"));
  return FALSE;
}

static gboolean
open_checked (MillRunFile *self, const char *name, int flags, GError **error)
{
  gint64 version;

  if (!open_database (self, name, flags, error))
    return FALSE;
  distrust (self->db, self->is_read_only);
  return check_file (self, &version, error) &&
         (version == MILL_RUN_SCHEMA_VERSION || migrate (self, version, error));
}

/* Whether a run that ended as it should lies where SQLite cannot make the files it wants beside it. */
static gboolean
lies_in_read_only_folder (MillRunFile *self, const char *path)
{
  int code = sqlite3_errcode (self->db) & 0xff;
  g_autofree char *log = g_strconcat (path, "-wal", NULL);

  return (code == SQLITE_CANTOPEN || code == SQLITE_READONLY) && g_access (log, F_OK) != 0;
}

static gboolean
open_to_read (MillRunFile *self, const char *path, GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *uri = NULL, *immutable = NULL;

  if (open_checked (self, path, SQLITE_OPEN_READONLY, error))
    return TRUE;
  if (!lies_in_read_only_folder (self, path))
    return FALSE;
  g_clear_error (error);
  g_clear_pointer (&self->db, sqlite3_close);
  uri = g_filename_to_uri (absolute, NULL, NULL);
  immutable = g_strconcat (uri, "?immutable=1", NULL);
  return open_checked (self, immutable, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, error);
}

static MillRunFile *
open_existing (const char *path, gboolean read_only, GError **error)
{
  g_autoptr (MillRunFile) self = new_closed (path);

  self->is_read_only = read_only;
  if (g_access (path, read_only ? R_OK : R_OK | W_OK) != 0)
    fail_with_errno (self, error);
  else if (read_only ? open_to_read (self, path, error)
                     : open_checked (self, path, SQLITE_OPEN_READWRITE, error) && set_pragmas (self, error))
    return g_steal_pointer (&self);
  return NULL;
}

/**
 * mill_run_file_open:
 * @path: a run file
 *
 * Opens a file to go on with it; one of an earlier version of Millrace becomes one of this version.
 *
 * Returns: (transfer full): the file, or %NULL with @error set, untouched
 */
MillRunFile *
mill_run_file_open (const char *path, GError **error)
{
  return open_existing (path, FALSE, error);
}

/**
 * mill_run_file_open_for_reading:
 * @path: a run file, which may be in use
 *
 * Returns: (transfer full): the file, or %NULL with @error set; what is written to it fails
 */
MillRunFile *
mill_run_file_open_for_reading (const char *path, GError **error)
{
  return open_existing (path, TRUE, error);
}

MillRunFile *
mill_run_file_ref (MillRunFile *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

static void
commit_locked (MillRunFile *self)
{
  if (self->began_us == 0)
    return;
  self->began_us = 0;
  if (self->error == NULL)
    note_locked (self, sqlite3_exec (self->db, "COMMIT", NULL, NULL, NULL));
}

static void
close_locked (MillRunFile *self)
{
  if (self->db == NULL)
    return;
  g_hash_table_remove_all (self->statements);
  commit_locked (self);
  sqlite3_close (self->db);
  self->db = NULL;
  if (self->lock_fd >= 0)
    mill_run_lock_give_back (self->lock_fd);
  self->lock_fd = -1;
}

void
mill_run_file_unref (MillRunFile *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  close_locked (self);
  g_hash_table_unref (self->statements);
  g_clear_error (&self->error);
  g_free (self->name);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * mill_run_file_close:
 *
 * Writes what is not written yet. Nothing can be written afterwards, and others may write to the file.
 *
 * Returns: %FALSE with @error set if something could not be written, now or before
 */
gboolean
mill_run_file_close (MillRunFile *self, GError **error)
{
  g_mutex_lock (&self->lock);
  close_locked (self);
  g_mutex_unlock (&self->lock);
  return mill_run_file_check (self, error);
}

/**
 * mill_run_file_discard:
 * @path: where it was created
 *
 * Undoes a creation that was of no use. Nothing can be written afterwards.
 */
void
mill_run_file_discard (MillRunFile *self, const char *path)
{
  static const char *const suffixes[] = { "", "-journal", "-wal", "-shm" };

  /* SQLite leaves its files if it cannot write to them. */
  g_mutex_lock (&self->lock);
  close_locked (self);
  g_mutex_unlock (&self->lock);
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *name = g_strconcat (path, suffixes[i], NULL);

      g_unlink (name);
    }
}

/**
 * mill_run_file_limit_cache:
 * @kib: of pages that are kept in memory
 *
 * For who reads little of what was written.
 */
void
mill_run_file_limit_cache (MillRunFile *self, guint kib)
{
  g_autofree char *sql = g_strdup_printf ("PRAGMA cache_size = -%u", kib);

  g_mutex_lock (&self->lock);
  if (self->db != NULL && self->error == NULL)
    note_locked (self, sqlite3_exec (self->db, sql, NULL, NULL, NULL));
  g_mutex_unlock (&self->lock);
}

/**
 * mill_run_file_begin:
 *
 * What is written until mill_run_file_end() belongs together. The file is the calling thread's meanwhile.
 */
void
mill_run_file_begin (MillRunFile *self)
{
  g_mutex_lock (&self->lock);
  /* A temporary file's only transaction is never committed. */
  if (self->db == NULL || self->error != NULL || self->began_us != 0 || self->is_temporary)
    return;
  self->began_us = g_get_monotonic_time ();
  note_locked (self, sqlite3_exec (self->db, "BEGIN", NULL, NULL, NULL));
}

/**
 * mill_run_file_end:
 *
 * Ends what belongs together. It is committed soon.
 */
void
mill_run_file_end (MillRunFile *self)
{
  if (self->began_us != 0 && g_get_monotonic_time () - self->began_us >= COMMIT_EVERY_US)
    commit_locked (self);
  g_mutex_unlock (&self->lock);
}

/**
 * mill_run_file_commit:
 *
 * Commits what has ended. For who knows that nothing may be written for a while.
 */
void
mill_run_file_commit (MillRunFile *self)
{
  g_mutex_lock (&self->lock);
  commit_locked (self);
  g_mutex_unlock (&self->lock);
}

/**
 * mill_run_file_check:
 *
 * Returns: %FALSE with @error set to what went wrong first, if anything has
 */
gboolean
mill_run_file_check (MillRunFile *self, GError **error)
{
  gboolean ok;

  g_mutex_lock (&self->lock);
  ok = self->error == NULL;
  if (!ok && error != NULL)
    *error = g_error_copy (self->error);
  g_mutex_unlock (&self->lock);
  return ok;
}

/**
 * mill_run_file_fail:
 * @what: for people: what is wrong
 *
 * Ends it, between begin and end: what was read makes no sense.
 */
void
mill_run_file_fail (MillRunFile *self, const char *what)
{
  if (self->error == NULL)
    set_error (&self->error, self->name, SQLITE_CORRUPT, what);
}

/**
 * mill_run_file_prepare:
 * @sql: a static string
 *
 * Returns: (transfer none) (nullable): the statement, with nothing bound; %NULL once the file failed or was
 *   closed, which SQLite's functions and mill_run_file_step() put up with
 */
sqlite3_stmt *
mill_run_file_prepare (MillRunFile *self, const char *sql)
{
  sqlite3_stmt *statement = g_hash_table_lookup (self->statements, sql);

  if (self->db == NULL || self->error != NULL)
    return NULL;
  if (statement != NULL)
    {
      sqlite3_reset (statement);
      sqlite3_clear_bindings (statement);
      return statement;
    }
  note_locked (self, sqlite3_prepare_v3 (self->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL));
  if (statement != NULL)
    g_hash_table_insert (self->statements, (gpointer) sql, statement);
  return statement;
}

/**
 * mill_run_file_step:
 * @statement: (nullable): from mill_run_file_prepare()
 *
 * Returns: whether there is a row to be read
 */
gboolean
mill_run_file_step (MillRunFile *self, sqlite3_stmt *statement)
{
  int code;

  if (statement == NULL || self->error != NULL)
    return FALSE;
  code = sqlite3_step (statement);
  if (code == SQLITE_ROW)
    return TRUE;
  note_locked (self, code);
  sqlite3_reset (statement);
  return FALSE;
}

gint64
mill_run_file_last_id (MillRunFile *self)
{
  return self->db != NULL ? sqlite3_last_insert_rowid (self->db) : 0;
}

/* By the last statement. */
guint
mill_run_file_n_changed (MillRunFile *self)
{
  return self->db != NULL && self->error == NULL ? (guint) sqlite3_changes (self->db) : 0;
}

char *
mill_run_file_format_time (gint64 time_us)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (time_us / G_USEC_PER_SEC);
  g_autofree char *seconds = g_date_time_format (time, "%F %T");

  return g_strdup_printf ("%s.%03d", seconds, (int) (time_us % G_USEC_PER_SEC / G_TIME_SPAN_MILLISECOND));
}

GDateTime *
mill_run_file_parse_time (sqlite3_stmt *row, int column)
{
  const char *text = (const char *) sqlite3_column_text (row, column);
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();

  return text != NULL ? g_date_time_new_from_iso8601 (text, utc) : NULL;
}

void
mill_run_file_bind_text (sqlite3_stmt *statement, int column, const char *text)
{
  if (text != NULL)
    sqlite3_bind_text (statement, column, text, -1, SQLITE_TRANSIENT);
}

char *
mill_run_file_dup_text (sqlite3_stmt *row, int column)
{
  const char *text = (const char *) sqlite3_column_text (row, column);

  return text != NULL ? g_utf8_make_valid (text, -1) : NULL;
}

/**
 * mill_run_file_dup_meta:
 *
 * Returns: (transfer full) (nullable): what mill_run_file_set_meta() set
 */
char *
mill_run_file_dup_meta (MillRunFile *self, const char *key)
{
  sqlite3_stmt *query;
  char *value = NULL;

  mill_run_file_begin (self);
  query = mill_run_file_prepare (self, "SELECT value FROM meta WHERE key = ?");
  sqlite3_bind_text (query, 1, key, -1, SQLITE_STATIC);
  if (mill_run_file_step (self, query))
    value = g_strdup ((const char *) sqlite3_column_text (query, 0));
  sqlite3_reset (query);
  mill_run_file_end (self);
  return value;
}

void
mill_run_file_set_meta (MillRunFile *self, const char *key, const char *value)
{
  sqlite3_stmt *insert;

  mill_run_file_begin (self);
  insert = mill_run_file_prepare (self, "INSERT OR REPLACE INTO meta VALUES (?, ?)");
  sqlite3_bind_text (insert, 1, key, -1, SQLITE_STATIC);
  sqlite3_bind_text (insert, 2, value, -1, SQLITE_STATIC);
  mill_run_file_step (self, insert);
  mill_run_file_end (self);
}

/**
 * mill_run_file_begin_run:
 * @path: where it was just created
 * @job: the job file's text
 *
 * Notes what is to be run.
 *
 * Returns: %FALSE with @error set if that is impossible, and the file gone
 */
gboolean
mill_run_file_begin_run (MillRunFile *self, const char *path, const char *job, GError **error)
{
  mill_run_file_set_meta (self, MILL_RUN_FILE_META_JOB, job);
  mill_run_file_set_meta (self, MILL_RUN_FILE_META_PROGRAM, "Millrace " MILLRACE_VERSION);
  mill_run_file_commit (self);
  if (mill_run_file_check (self, error))
    return TRUE;
  mill_run_file_discard (self, path);
  return FALSE;
}
