/* SPDX-License-Identifier: GPL-3.0-or-later */
/* millrace-cli check: reads a job, which builds what it describes, without starting it. */

#include "config.h"

#include <glib/gi18n.h>

#include "cli-job.h"
#include "cli.h"

static MillCliStatus
check (const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillJob) job = mill_cli_job_load (name, &error);

  if (job == NULL)
    {
      mill_cli_complain (error->message);
      return MILL_CLI_USAGE;
    }
  g_print (_ ("%s: all is well\n"), name);
  return MILL_CLI_FINISHED;
}

/**
 * mill_cli_check:
 * @arguments: "check", then options and jobs
 *
 * Checks each job and says all that is wrong.
 *
 * Returns: the exit status
 */
MillCliStatus
mill_cli_check (char **arguments)
{
  static const GOptionEntry no_options[] = { G_OPTION_ENTRY_NULL };
  g_auto (GStrv) words = g_strdupv (arguments);
  MillCliStatus status = MILL_CLI_FINISHED;

  if (!mill_cli_parse (&words, _ ("JOB…"), _ ("Says what is wrong with job files: file, group and key."),
                       no_options))
    return MILL_CLI_USAGE;
  if (words[1] == NULL)
    {
      mill_cli_complain (_ ("check: which job? Give a job file or the name of a built-in job"));
      return MILL_CLI_USAGE;
    }
  for (char **name = words + 1; *name != NULL; name++)
    if (check (*name) != MILL_CLI_FINISHED)
      status = MILL_CLI_USAGE;
  return status;
}
