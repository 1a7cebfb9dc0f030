/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A run file holds the job that began it, so that its path is all that is needed to go on. */

#include "config.h"

#include "crawl/mill-crawl-record.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/mill-error.h"
#include "pipeline/mill-pipeline-private.h"
#include "record/mill-changes-private.h"
#include "record/mill-run-file-private.h"
#include "sources/mill-crawl-source-private.h"

static MillCrawlSource *
get_crawl (MillPipeline *pipeline, GError **error)
{
  MillSource *source = mill_pipeline_get_source (pipeline);

  if (MILL_IS_CRAWL_SOURCE (source))
    return MILL_CRAWL_SOURCE (source);
  g_set_error_literal (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("only a crawl can go on from its run file"));
  return NULL;
}

static void
keep_in (MillRunFile *file, MillPipeline *pipeline, MillCrawlSource *crawl)
{
  mill_crawl_source_set_run_file (crawl, file);
  mill_pipeline_set_recorder (pipeline, mill_recorder_new (file, FALSE, 0));
}

/* Has the crawl keep what it knows in @file, which is new; if that is impossible, there is no such file. */
static gboolean
begin_file (MillRunFile *file, const char *path, MillPipeline *pipeline, MillCrawlSource *crawl,
            const char *job, GError **error)
{
  if (!mill_run_file_begin_run (file, path, job, error))
    return FALSE;
  keep_in (file, pipeline, crawl);
  return TRUE;
}

/**
 * mill_crawl_record:
 * @pipeline: a crawl that was not started
 * @job: what it was built from
 * @path: a file that does not exist yet
 *
 * Has the crawl keep what it knows, and what becomes of each page, in a run file: whatever happens to the
 * program, mill_crawl_resume() goes on from there.
 *
 * Returns: %FALSE with @error set when the file cannot be made
 */
gboolean
mill_crawl_record (MillPipeline *pipeline, MillJob *job, const char *path, GError **error)
{
  g_autoptr (MillRunFile) file = NULL;
  g_autofree char *text = NULL;
  MillCrawlSource *crawl;

  g_return_val_if_fail (MILL_IS_PIPELINE (pipeline), FALSE);
  g_return_val_if_fail (MILL_IS_JOB (job), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  crawl = get_crawl (pipeline, error);
  if (crawl == NULL)
    return FALSE;
  file = mill_run_file_create (path, error);
  if (file == NULL)
    return FALSE;
  text = mill_job_to_text (job);
  return begin_file (file, path, pipeline, crawl, text, error);
}

/* (transfer full) (nullable) */
static MillJob *
read_job (MillRunFile *file, const char *path, GError **error)
{
  g_autofree char *text = mill_run_file_dup_meta (file, MILL_RUN_FILE_META_JOB);
  g_autofree char *name = g_filename_display_name (path);
  g_autoptr (GBytes) bytes = NULL;

  if (text == NULL)
    {
      g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("%s does not say what was to be crawled"), name);
      return NULL;
    }
  bytes = g_bytes_new (text, strlen (text));
  return mill_job_new_from_bytes (bytes, name, error);
}

/**
 * mill_crawl_resume:
 * @path: a run file
 *
 * Makes ready to go on with a crawl: what was settled stays as it is, and the rest is fetched once the
 * pipeline is started.
 *
 * Returns: (transfer full): the pipeline, or %NULL with @error set, and the file as it was
 */
MillPipeline *
mill_crawl_resume (const char *path, GError **error)
{
  g_autoptr (MillRunFile) file = NULL;
  g_autoptr (MillJob) job = NULL;
  g_autoptr (MillPipeline) pipeline = NULL;
  MillCrawlSource *crawl;

  g_return_val_if_fail (path != NULL, NULL);

  file = mill_run_file_open (path, error);
  job = file != NULL ? read_job (file, path, error) : NULL;
  pipeline = job != NULL ? mill_job_build (job, error) : NULL;
  crawl = pipeline != NULL ? get_crawl (pipeline, error) : NULL;
  if (crawl == NULL)
    return NULL;
  keep_in (file, pipeline, crawl);
  return g_steal_pointer (&pipeline);
}

/* Returns: (transfer full) (nullable): a new run file at @path that is compared with @earlier */
static MillRunFile *
create_compared (const char *path, MillRunFile *earlier, const char *earlier_path, GError **error)
{
  g_autoptr (MillRunFile) file = mill_run_file_create (path, error);
  g_autofree char *full_path = g_canonicalize_filename (earlier_path, NULL);
  g_autofree char *name = g_filename_display_name (full_path);

  if (file == NULL)
    return NULL;
  if (mill_changes_take_earlier (file, earlier, name, error))
    return g_steal_pointer (&file);
  mill_run_file_discard (file, path);
  return NULL;
}

/**
 * mill_crawl_repeat:
 * @earlier: the run file of an earlier crawl; it stays as it is
 * @path: a file that does not exist yet
 *
 * Makes ready to do a crawl once more, from its beginning, and to keep it in a run file that is compared with
 * the earlier run; see mill_changes_count() and %MILL_EXPORT_CHANGES. mill_crawl_resume() goes on with it.
 *
 * Returns: (transfer full): the pipeline, or %NULL with @error set
 */
MillPipeline *
mill_crawl_repeat (const char *earlier, const char *path, GError **error)
{
  g_autoptr (MillRunFile) before = NULL;
  g_autoptr (MillRunFile) file = NULL;
  g_autoptr (MillJob) job = NULL;
  g_autoptr (MillPipeline) pipeline = NULL;
  g_autofree char *text = NULL;
  MillCrawlSource *crawl;

  g_return_val_if_fail (earlier != NULL, NULL);
  g_return_val_if_fail (path != NULL, NULL);

  before = mill_run_file_open_for_reading (earlier, error);
  job = before != NULL ? read_job (before, earlier, error) : NULL;
  pipeline = job != NULL ? mill_job_build (job, error) : NULL;
  crawl = pipeline != NULL ? get_crawl (pipeline, error) : NULL;
  file = crawl != NULL ? create_compared (path, before, earlier, error) : NULL;
  if (file == NULL)
    return NULL;
  text = mill_run_file_dup_meta (before, MILL_RUN_FILE_META_JOB);
  return begin_file (file, path, pipeline, crawl, text, error) ? g_steal_pointer (&pipeline) : NULL;
}

/**
 * mill_crawl_read_job:
 * @path: a run file, which may be in use
 *
 * Reads what a crawl was begun with.
 *
 * Returns: (transfer full): the job, or %NULL with @error set
 */
MillJob *
mill_crawl_read_job (const char *path, GError **error)
{
  g_autoptr (MillRunFile) file = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  file = mill_run_file_open_for_reading (path, error);
  return file != NULL ? read_job (file, path, error) : NULL;
}

/**
 * mill_crawl_get_n_before:
 * @pipeline: a pipeline that was started
 *
 * Says how many pages of a crawl that goes on were settled before; the counts of the pipeline's snapshots
 * begin after them.
 *
 * Returns: how many; 0 for what is no crawl
 */
guint64
mill_crawl_get_n_before (MillPipeline *pipeline)
{
  MillCrawlSource *crawl;

  g_return_val_if_fail (MILL_IS_PIPELINE (pipeline), 0);

  crawl = get_crawl (pipeline, NULL);
  return crawl != NULL ? crawl->n_before : 0;
}
