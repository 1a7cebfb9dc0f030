/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding a job: a file, or one that is built in. A file wins, so that a job can be saved and changed under
 * the name it had. */

#include "config.h"

#include "cli-job.h"

#include <glib/gi18n.h>

#include "cli-text.h"
#include "core/mill-error.h"
#include "mill-builtin-jobs.h"

static void
set_unknown_error (GError **error, const char *name)
{
  g_auto (GStrv) names = mill_builtin_jobs_list ();
  g_auto (GStrv) pitfalls = mill_builtin_jobs_list_pitfalls ();
  g_autofree char *known_pipelines = g_strjoinv (", ", names);
  g_autofree char *known_pitfalls = g_strjoinv (", ", pitfalls);
  g_autofree char *known = g_strdup_printf ("%s, %s", known_pipelines, known_pitfalls);

  g_set_error (error, MILL_ERROR, MILL_ERROR_JOB,
               _ ("there is no job file “%s”, and no built-in job of that name (%s)"), name, known);
}

/**
 * mill_cli_job_load:
 * @name_or_path: a path, or the name of a built-in job
 *
 * Returns: (transfer full): the job, or %NULL with @error set
 */
MillJob *
mill_cli_job_load (const char *name_or_path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (name_or_path);
  MillJob *job;

  if (g_file_query_exists (file, NULL))
    return mill_job_new_from_file (file, error);
  job = mill_builtin_jobs_load (name_or_path, error);
  if (job == NULL && error != NULL && g_error_matches (*error, G_RESOURCE_ERROR, G_RESOURCE_ERROR_NOT_FOUND))
    {
      g_clear_error (error);
      set_unknown_error (error, name_or_path);
    }
  return job;
}

static void
print_table (const char *heading, char **names)
{
  g_autoptr (MillCliTable) table = mill_cli_table_new ("ll");
  g_autofree char *text = NULL;

  for (char **name = names; *name != NULL; name++)
    {
      g_autoptr (MillJob) job = mill_builtin_jobs_load (*name, NULL);

      if (job != NULL)
        mill_cli_table_add (table, *name, mill_job_get_description (job), NULL);
    }
  text = mill_cli_table_to_string (table);
  g_print ("%s\n\n%s", heading, text);
}

/**
 * mill_cli_job_print_list:
 *
 * Prints the built-in jobs with what each of them shows.
 */
void
mill_cli_job_print_list (void)
{
  g_auto (GStrv) names = mill_builtin_jobs_list ();
  g_auto (GStrv) pitfalls = mill_builtin_jobs_list_pitfalls ();

  print_table (_ ("Built-in jobs:"), names);
  g_print ("\n");
  print_table (_ ("Pitfalls, each as usually written and cured:"), pitfalls);
}
