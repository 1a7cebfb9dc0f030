/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillRunFile: one SQLite file that is a run's recording, result and checkpoint. Its tables are described in
 * engine/docs/run-file.md; this is the connection that all who write share.
 *
 * Contract (tests/test-run-file.c):
 *
 * - What one thread writes between mill_run_file_begin() and mill_run_file_end() is kept whole or not at all,
 *   and only after all that was written before it: whatever moment the program is killed at, the file holds
 *   the run as of some moment, a second before at most if somebody calls mill_run_file_commit() that often.
 * - The first error ends it: nothing is written any more, and mill_run_file_check() says what happened.
 * - One program at a time writes to a file; others may read it meanwhile.
 * - A file that is not a run file, damaged, of a later version or in use is refused, and not touched. Who
 * only reads a damaged one is told when he comes to what is damaged.
 * - A file may come from anybody: nothing that is in it runs, and no value takes more than 64 MiB.
 * - It keeps 32 MiB of the file in memory, or what mill_run_file_limit_cache() says, however long the run.
 *
 * Threads: any; between begin and end the others wait.
 */

#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

typedef struct _MillRunFile MillRunFile;

MillRunFile *mill_run_file_new_temporary (void);
MillRunFile *mill_run_file_create (const char *path, GError **error);
MillRunFile *mill_run_file_open (const char *path, GError **error);
MillRunFile *mill_run_file_open_for_reading (const char *path, GError **error);
MillRunFile *mill_run_file_ref (MillRunFile *self);
void mill_run_file_unref (MillRunFile *self);
gboolean mill_run_file_close (MillRunFile *self, GError **error);
void mill_run_file_discard (MillRunFile *self, const char *path);
void mill_run_file_limit_cache (MillRunFile *self, guint kib);

void mill_run_file_begin (MillRunFile *self);
void mill_run_file_end (MillRunFile *self);
void mill_run_file_commit (MillRunFile *self);
gboolean mill_run_file_check (MillRunFile *self, GError **error);
void mill_run_file_fail (MillRunFile *self, const char *what);

/* Between begin and end. A statement is prepared once and stays the file's; its values are bound with
 * SQLite's own functions, and mill_run_file_step() says whether there is a row; it resets a statement that
 * has none. */
sqlite3_stmt *mill_run_file_prepare (MillRunFile *self, const char *sql);
gboolean mill_run_file_step (MillRunFile *self, sqlite3_stmt *statement);
gint64 mill_run_file_last_id (MillRunFile *self);
guint mill_run_file_n_changed (MillRunFile *self);

/* Returns: (transfer full): a time of g_get_real_time() as people and SQLite's functions read it, UTC:
 * "2026-11-27 12:00:00.123" */
char *mill_run_file_format_time (gint64 time_us);
/* Returns: (transfer full) (nullable): the time that is told so in a row; %NULL if it is none */
GDateTime *mill_run_file_parse_time (sqlite3_stmt *row, int column);
/* @text: (nullable): copied; %NULL leaves NULL */
void mill_run_file_bind_text (sqlite3_stmt *statement, int column, const char *text);
/* Returns: (transfer full) (nullable): text in a row, in valid UTF-8 whoever wrote the file */
char *mill_run_file_dup_text (sqlite3_stmt *row, int column);

/* What `meta` has of every run. */
#define MILL_RUN_FILE_META_JOB     "job"
#define MILL_RUN_FILE_META_PROGRAM "program"

gboolean mill_run_file_begin_run (MillRunFile *self, const char *path, const char *job, GError **error);
char *mill_run_file_dup_meta (MillRunFile *self, const char *key);
void mill_run_file_set_meta (MillRunFile *self, const char *key, const char *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MillRunFile, mill_run_file_unref)

G_END_DECLS
