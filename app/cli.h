/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the commands of millrace-cli have in common: their entry points, their exit status, their way to
 * complain. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MillCliStatus:
 * @MILL_CLI_FINISHED: all is well
 * @MILL_CLI_DEAD_LETTERS: the run finished, and some items failed for good
 * @MILL_CLI_USAGE: the command line or the job is wrong
 * @MILL_CLI_FAILED: the run could not start, broke off, or did not drain in time
 * @MILL_CLI_INTERRUPTED: ended by Ctrl+C or SIGTERM
 *
 * The exit status.
 */
typedef enum
{
  MILL_CLI_FINISHED = 0,
  MILL_CLI_DEAD_LETTERS = 1,
  MILL_CLI_USAGE = 2,
  MILL_CLI_FAILED = 3,
  MILL_CLI_INTERRUPTED = 130,
} MillCliStatus;

/* Each takes the command line from the command's name on, and runs to the end. */
MillCliStatus mill_cli_run (char **arguments);
MillCliStatus mill_cli_crawl (char **arguments);
MillCliStatus mill_cli_serve (char **arguments);
MillCliStatus mill_cli_check (char **arguments);
MillCliStatus mill_cli_export (char **arguments);
MillCliStatus mill_cli_bench (char **arguments);
MillCliStatus mill_cli_reference (char **arguments);

gboolean mill_cli_parse (char ***arguments, const char *synopsis, const char *summary,
                         const GOptionEntry *entries);
gboolean mill_cli_parse_into (char ***arguments, const char *synopsis, const char *summary,
                              const GOptionEntry *entries, gpointer target);
void mill_cli_complain (const char *message);
gboolean mill_cli_check_range (const char *command, const char *option, int value, int least, int most);
MillCliStatus mill_cli_status_for_error (const GError *error);

G_END_DECLS
