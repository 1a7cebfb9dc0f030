/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A crawl's run file is what it goes on from, so without it there is no crawl; that of any other run is good
 * to have. */

#include "config.h"

#include "mill-recording.h"

#include <glib/gi18n.h>

#include "mill-run-files.h"
#include "record/mill-run-record.h"
#include "sources/mill-crawl-source.h"

/* Nobody thinks of the disk who lets a run go on overnight. */
#define MOST_ITEMS 1000000

static char *
make_path (MillPipeline *pipeline, MillJob *job, const char *folder, GError **error)
{
  MillSource *source = mill_pipeline_get_source (pipeline);
  g_autofree char *start = NULL;

  if (!MILL_IS_CRAWL_SOURCE (source))
    return mill_run_files_new_named_path (folder, mill_job_get_name (job), error);
  g_object_get (source, "start", &start, NULL);
  return mill_run_files_new_path (folder, start, error);
}

/**
 * mill_recording_begin:
 * @pipeline: a pipeline that was not started
 * @job: what it was built from
 * @folder: where the run file is to be, which gets the name of the site or of the job
 * @path: (out) (transfer full) (nullable): the run file; %NULL if there is none
 *
 * Has the run recorded. One that cannot be goes unrecorded, and says so in its events, unless it is a crawl.
 *
 * Returns: whether it may start; else @error is set
 */
gboolean
mill_recording_begin (MillPipeline *pipeline, MillJob *job, const char *folder, char **path, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autofree char *new_path = make_path (pipeline, job, folder, &problem);
  g_autofree char *text = NULL;

  *path = NULL;
  if (new_path != NULL && mill_run_record (pipeline, job, new_path, MOST_ITEMS, &problem))
    {
      *path = g_steal_pointer (&new_path);
      return TRUE;
    }
  if (MILL_IS_CRAWL_SOURCE (mill_pipeline_get_source (pipeline)))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  /* Translators: what is wrong with a file */
  text = g_strdup_printf (_ ("%s; the run is not recorded"), problem->message);
  mill_pipeline_add_event (pipeline, MILL_EVENT_FAULT, text);
  return TRUE;
}
