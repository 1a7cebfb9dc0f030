/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillCrawlSummary: a few queries, in one read transaction so that the counts belong together. */

#include "config.h"

#include "crawl/mill-crawl-summary.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"
#include "core/mill-key-file-private.h"
#include "crawl/mill-frontier-rows-private.h"
#include "record/mill-run-file-private.h"
#include "record/mill-run-lock-private.h"

G_DEFINE_BOXED_TYPE (MillBrokenLink, mill_broken_link, mill_broken_link_copy, mill_broken_link_free)
G_DEFINE_BOXED_TYPE (MillCrawlSummary, mill_crawl_summary, mill_crawl_summary_copy, mill_crawl_summary_free)

/**
 * mill_broken_link_copy:
 * @self: a broken link
 *
 * Copies it.
 *
 * Returns: (transfer full): the copy
 */
MillBrokenLink *
mill_broken_link_copy (const MillBrokenLink *self)
{
  MillBrokenLink *copy = g_new (MillBrokenLink, 1);

  *copy = (MillBrokenLink){ .url = g_strdup (self->url),
                            .referrer = g_strdup (self->referrer),
                            .error = g_strdup (self->error) };
  return copy;
}

/**
 * mill_broken_link_free:
 * @self: (transfer full): a broken link
 *
 * Frees it.
 */
void
mill_broken_link_free (MillBrokenLink *self)
{
  g_free (self->url);
  g_free (self->referrer);
  g_free (self->error);
  g_free (self);
}

static gpointer
copy_link (gconstpointer link, gpointer unused)
{
  return mill_broken_link_copy (link);
}

/**
 * mill_crawl_summary_copy:
 * @self: a summary
 *
 * Copies it.
 *
 * Returns: (transfer full): the copy
 */
MillCrawlSummary *
mill_crawl_summary_copy (const MillCrawlSummary *self)
{
  MillCrawlSummary *copy = g_new (MillCrawlSummary, 1);

  *copy = *self;
  copy->name = g_strdup (self->name);
  copy->start = g_strdup (self->start);
  copy->folder = g_strdup (self->folder);
  copy->began = self->began != NULL ? g_date_time_ref (self->began) : NULL;
  copy->ended = self->ended != NULL ? g_date_time_ref (self->ended) : NULL;
  copy->broken = g_ptr_array_copy (self->broken, (GCopyFunc) copy_link, NULL);
  g_ptr_array_set_free_func (copy->broken, (GDestroyNotify) mill_broken_link_free);
  return copy;
}

/**
 * mill_crawl_summary_free:
 * @self: (transfer full): a summary
 *
 * Frees it.
 */
void
mill_crawl_summary_free (MillCrawlSummary *self)
{
  g_free (self->name);
  g_free (self->start);
  g_free (self->folder);
  g_clear_pointer (&self->began, g_date_time_unref);
  g_clear_pointer (&self->ended, g_date_time_unref);
  g_ptr_array_unref (self->broken);
  g_free (self);
}

/* Only what a summary needs of the job, and whatever it is: a run file may come from anywhere. */
static gboolean
read_job (MillCrawlSummary *self, MillRunFile *file, const char *name, GError **error)
{
  g_autofree char *text = mill_run_file_dup_meta (file, "job");
  g_autoptr (GKeyFile) job = g_key_file_new ();
  g_autofree char *starts = NULL;
  g_auto (GStrv) words = NULL;

  if (text != NULL && g_key_file_load_from_data (job, text, (gsize) -1, G_KEY_FILE_NONE, NULL))
    starts = mill_key_file_dup_string (job, "Source", "start", NULL);
  if (starts == NULL)
    {
      g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("%s does not say what was to be crawled"), name);
      return FALSE;
    }
  words = g_strsplit (g_strstrip (starts), " ", 2);
  self->start = g_strdup (words[0] != NULL ? words[0] : "");
  self->name = mill_key_file_dup_translated (job, "Job", "name", NULL);
  if (self->name == NULL)
    self->name = g_strdup (self->start);
  self->folder = mill_key_file_dup_string (job, "Stage save", "folder", NULL);
  self->max_pages = g_key_file_get_uint64 (job, "Source", "max-pages", NULL);
  self->max_bytes = g_key_file_get_uint64 (job, "Source", "max-bytes", NULL);
  return TRUE;
}

static void
count_cb (MillFrontierRowState state, guint64 n, gpointer user_data)
{
  MillCrawlSummary *self = user_data;

  self->known += n;
  switch (state)
    {
    case MILL_FRONTIER_ROW_QUEUED:
      self->left = n;
      break;
    case MILL_FRONTIER_ROW_DONE:
      self->done = n;
      break;
    case MILL_FRONTIER_ROW_DEAD:
      self->dead = n;
      break;
    case MILL_FRONTIER_ROW_DISALLOWED:
      self->disallowed = n;
      break;
    default:
      break;
    }
}

static void
apply_limit (MillCrawlSummary *self)
{
  guint64 taken = self->done + self->dead;
  guint64 most = self->max_pages > taken ? self->max_pages - taken : 0;

  if (self->max_bytes > 0 && self->bytes >= self->max_bytes)
    most = 0;
  else if (self->max_pages == 0)
    return;
  if (self->left <= most)
    return;
  self->over_limit = self->left - most;
  self->left = most;
}

static void
read_items (MillCrawlSummary *self, MillRunFile *file)
{
  sqlite3_stmt *query = mill_run_file_prepare (
      file, "SELECT ifnull (sum (bytes), 0), count (file), min (finished), max (finished) FROM item");

  if (mill_run_file_step (file, query))
    {
      self->bytes = (guint64) MAX (sqlite3_column_int64 (query, 0), 0);
      self->saved = (guint64) sqlite3_column_int64 (query, 1);
      self->began = mill_run_file_parse_time (query, 2);
      self->ended = mill_run_file_parse_time (query, 3);
    }
  sqlite3_reset (query);
}

static void
read_broken (MillCrawlSummary *self, MillRunFile *file, guint max_broken)
{
  sqlite3_stmt *query = mill_run_file_prepare (
      file, "SELECT i.key, i.referrer, i.error FROM item i LEFT JOIN frontier f ON f.url = i.key"
            " WHERE i.outcome = 'dead' ORDER BY f.id LIMIT ?");

  sqlite3_bind_int64 (query, 1, max_broken);
  while (mill_run_file_step (file, query))
    {
      MillBrokenLink *link = g_new (MillBrokenLink, 1);

      link->url = mill_run_file_dup_text (query, 0);
      link->referrer = mill_run_file_dup_text (query, 1);
      link->error = mill_run_file_dup_text (query, 2);
      if (link->error == NULL)
        link->error = g_strdup ("");
      g_ptr_array_add (self->broken, link);
    }
}

/**
 * mill_crawl_summary_read:
 * @path: a run file; it may be in use
 * @max_broken: how many broken links to read
 *
 * Reads how far a crawl is. Blocks for as long as it takes to look through the file.
 *
 * Returns: (transfer full): the summary, or %NULL with @error set when the file cannot be read, is damaged or
 *   no crawl's
 */
MillCrawlSummary *
mill_crawl_summary_read (const char *path, guint max_broken, GError **error)
{
  g_autoptr (MillRunFile) file = NULL;
  g_autoptr (MillCrawlSummary) self = NULL;
  g_autofree char *name = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  file = mill_run_file_open_for_reading (path, error);
  if (file == NULL)
    return NULL;
  name = g_filename_display_name (path);
  self = g_new0 (MillCrawlSummary, 1);
  self->broken = g_ptr_array_new_with_free_func ((GDestroyNotify) mill_broken_link_free);
  if (!read_job (self, file, name, error))
    return NULL;
  mill_run_file_begin (file);
  mill_frontier_rows_count (file, count_cb, self);
  read_items (self, file);
  if (max_broken > 0)
    read_broken (self, file, max_broken);
  mill_run_file_end (file);
  if (!mill_run_file_check (file, error))
    return NULL;
  apply_limit (self);
  self->is_in_use = mill_run_lock_is_taken (path);
  return g_steal_pointer (&self);
}

/**
 * mill_crawl_summary_is_finished:
 * @self: a summary
 *
 * Says whether there is anything to go on with.
 *
 * Returns: whether the crawl has begun and nothing is left to be fetched
 */
gboolean
mill_crawl_summary_is_finished (const MillCrawlSummary *self)
{
  return self->known > 0 && self->left == 0;
}
