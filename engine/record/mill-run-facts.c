/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillRunFacts: one row, whatever the size of the file. */

#include "config.h"

#include "record/mill-run-facts.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"
#include "core/mill-key-file-private.h"
#include "record/mill-run-file-private.h"
#include "record/mill-run-lock-private.h"

#define CRAWL "crawl" /* the type of a crawl's source in a job */

G_DEFINE_BOXED_TYPE (MillRunFacts, mill_run_facts, mill_run_facts_copy, mill_run_facts_free)

/**
 * mill_run_facts_copy:
 *
 * Copies the facts.
 *
 * Returns: (transfer full): the copy
 */
MillRunFacts *
mill_run_facts_copy (const MillRunFacts *self)
{
  MillRunFacts *copy = g_memdup2 (self, sizeof *self);

  copy->name = g_strdup (self->name);
  copy->error = g_strdup (self->error);
  if (self->started != NULL)
    g_date_time_ref (self->started);
  if (self->ended != NULL)
    g_date_time_ref (self->ended);
  return copy;
}

/**
 * mill_run_facts_free:
 * @self: (transfer full): the facts
 *
 * Frees the facts.
 */
void
mill_run_facts_free (MillRunFacts *self)
{
  g_free (self->name);
  g_free (self->error);
  g_clear_pointer (&self->started, g_date_time_unref);
  g_clear_pointer (&self->ended, g_date_time_unref);
  g_free (self);
}

/* Only what is wanted of the job, and whatever it is: a run file may come from anywhere. */
static gboolean
read_job (MillRunFacts *self, MillRunFile *file, const char *path, GError **error)
{
  g_autofree char *text = mill_run_file_dup_meta (file, MILL_RUN_FILE_META_JOB);
  g_autofree char *display_name = g_filename_display_name (path);
  g_autoptr (GKeyFile) job = g_key_file_new ();
  g_autofree char *type = NULL;

  if (text != NULL && g_key_file_load_from_data (job, text, (gsize) -1, G_KEY_FILE_KEEP_TRANSLATIONS, NULL))
    type = mill_key_file_dup_string (job, "Source", "type", NULL);
  if (type == NULL)
    {
      g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("%s does not say what was run"), display_name);
      return FALSE;
    }
  self->is_crawl = g_str_equal (type, CRAWL);
  self->name = mill_key_file_dup_translated (job, "Job", "name", NULL);
  if (self->name == NULL)
    self->name = g_filename_display_basename (path);
  return TRUE;
}

static MillState
find_state (const char *id)
{
  for (int state = MILL_STATE_IDLE; id != NULL && state <= MILL_STATE_FAILED; state++)
    if (g_str_equal (id, mill_state_get_id ((MillState) state)))
      return (MillState) state;
  return MILL_STATE_IDLE;
}

static void
read_run (MillRunFacts *self, MillRunFile *file)
{
  guint64 *const counts[] = { &self->produced, &self->done,    &self->dead,
                              &self->returned, &self->retries, &self->unrecorded };
  sqlite3_stmt *query;

  mill_run_file_begin (file);
  query = mill_run_file_prepare (file, "SELECT state, error, started, ended, produced, done, dead, returned,"
                                       " retries, unrecorded FROM run ORDER BY id DESC LIMIT 1");
  if (mill_run_file_step (file, query))
    {
      self->state = find_state ((const char *) sqlite3_column_text (query, 0));
      self->error = mill_run_file_dup_text (query, 1);
      self->started = mill_run_file_parse_time (query, 2);
      self->ended = mill_run_file_parse_time (query, 3);
      for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
        *counts[i] = (guint64) MAX (sqlite3_column_int64 (query, 4 + (int) i), 0);
    }
  sqlite3_reset (query);
  mill_run_file_end (file);
}

/**
 * mill_run_facts_read:
 * @path: a run file; it may be in use
 *
 * Reads what a run file says of its run. Blocks for a short time, however large the file is, unless that is
 * of an earlier version.
 *
 * Returns: (transfer full): the facts, or %NULL with @error set when the file cannot be read or is damaged
 */
MillRunFacts *
mill_run_facts_read (const char *path, GError **error)
{
  g_autoptr (MillRunFile) file = NULL;
  g_autoptr (MillRunFacts) self = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  file = mill_run_file_open_for_reading (path, error);
  if (file == NULL)
    return NULL;
  self = g_new0 (MillRunFacts, 1);
  if (!read_job (self, file, path, error))
    return NULL;
  read_run (self, file);
  if (!mill_run_file_check (file, error))
    return NULL;
  self->is_in_use = mill_run_lock_is_taken (path);
  self->is_cut_off = !self->is_in_use && self->state != MILL_STATE_IDLE && !mill_state_is_final (self->state);
  return g_steal_pointer (&self);
}
