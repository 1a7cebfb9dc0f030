/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs that are kept in a run file. Of a crawl the file is more than a recording, so the crawl sees to it. */

#include "config.h"

#include "record/mill-run-record.h"

#include "crawl/mill-crawl-record.h"
#include "pipeline/mill-pipeline-private.h"
#include "record/mill-recorder-private.h"
#include "sources/mill-crawl-source.h"

/**
 * mill_run_record:
 * @pipeline: a pipeline that was not started
 * @job: what it was built from
 * @path: a file that does not exist yet
 * @most_items: of how many items that are done there is a row, so that the file of a run that does not end
 * does; 0 for all
 *
 * Has the run recorded in a run file: ten times a second what each stage is like, all events, and what
 * becomes of each item. The file never holds the run up. An item that cannot be written in time, or comes
 * after
 * @most_items, is left out, and counted in #MillSnapshot.unrecorded, unless it is dead or returned; if the
 * file cannot be written to at all, the run goes on, and a fault among its events says that it is not
 * recorded any more.
 *
 * Of a crawl it is mill_crawl_record(): nothing is left out, and without its file the crawl fails.
 *
 * Returns: %FALSE with @error set when the file cannot be made
 */
gboolean
mill_run_record (MillPipeline *pipeline, MillJob *job, const char *path, guint64 most_items, GError **error)
{
  g_autoptr (MillRunFile) file = NULL;
  g_autofree char *text = NULL;

  g_return_val_if_fail (MILL_IS_PIPELINE (pipeline), FALSE);
  g_return_val_if_fail (MILL_IS_JOB (job), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  if (MILL_IS_CRAWL_SOURCE (mill_pipeline_get_source (pipeline)))
    return mill_crawl_record (pipeline, job, path, error);
  file = mill_run_file_create (path, error);
  if (file == NULL)
    return FALSE;
  text = mill_job_to_text (job);
  if (!mill_run_file_begin_run (file, path, text, error))
    return FALSE;
  mill_pipeline_set_recorder (pipeline, mill_recorder_new (file, TRUE, most_items));
  return TRUE;
}
