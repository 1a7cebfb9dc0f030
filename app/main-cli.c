/* SPDX-License-Identifier: GPL-3.0-or-later */
/* millrace-cli: the engine without a window. This file finds the command; each command has a file of its own.
 */

#include "config.h"

#include <glib/gi18n.h>
#include <stdlib.h>

#include "cli-text.h"
#include "cli.h"
#include "mill-language.h"
#include "core/mill-error.h"

typedef struct
{
  const char *name;
  const char *help;
  MillCliStatus (*run) (char **arguments);
} Command;

static const Command commands[] = {
  { "run", N_ ("run a job file, or a built-in job"), mill_cli_run },
  { "crawl", N_ ("fetch a site or a part of it, politely"), mill_cli_crawl },
  { "serve", N_ ("serve the demo site, to try things on"), mill_cli_serve },
  { "export", N_ ("write the results of a recorded run"), mill_cli_export },
  { "check", N_ ("say what is wrong with a job file"), mill_cli_check },
  { "reference", N_ ("say what may stand in a job file"), mill_cli_reference },
  { "bench", N_ ("measure the engine on this machine"), mill_cli_bench },
};

static void
print_help (void)
{
  g_print ("%s\n\n%s\n", _ ("Usage: millrace-cli COMMAND [ARGUMENTS]"), _ ("Commands:"));
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  %-9s %s\n", commands[i].name, _ (commands[i].help));
  g_print ("\n%s\n%s\n", _ ("“millrace-cli COMMAND --help” says more about a command."),
           _ ("Exit status: 0 finished, 1 finished with dead letters, 2 bad usage or bad job, 3 failed, "
              "130 interrupted."));
}

static const Command *
find_command (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i].name, name))
      return &commands[i];
  return NULL;
}

/* The options of the program itself; all else begins with a command. */
static MillCliStatus
run_without_command (const char *word)
{
  g_autofree char *message = NULL;

  if (word == NULL)
    {
      print_help ();
      return MILL_CLI_USAGE;
    }
  if (g_str_equal (word, "--help") || g_str_equal (word, "-h") || g_str_equal (word, "help"))
    {
      print_help ();
      return MILL_CLI_FINISHED;
    }
  if (g_str_equal (word, "--version"))
    {
      g_print ("millrace-cli %s\n", MILLRACE_VERSION);
      return MILL_CLI_FINISHED;
    }
  message = g_strdup_printf (_ ("there is no command “%s”; “millrace-cli --help” lists them"), word);
  mill_cli_complain (message);
  return MILL_CLI_USAGE;
}

int
main (int argc, char **argv)
{
  const Command *command = argc > 1 ? find_command (argv[1]) : NULL;

  mill_language_set_up ();
  g_set_prgname ("millrace-cli");
  if (command == NULL)
    return (int) run_without_command (argc > 1 ? argv[1] : NULL);
  return (int) command->run (argv + 1);
}

/**
 * mill_cli_complain:
 * @message: what is wrong
 *
 * Prints @message where errors go, after the program's name.
 */
void
mill_cli_complain (const char *message)
{
  g_autofree char *text = mill_cli_text_printable (message);

  g_printerr ("millrace-cli: %s\n", text);
}

/**
 * mill_cli_check_range:
 * @command: the command's name
 * @option: the option's name
 *
 * Checks the value of an option. Prints what is wrong.
 *
 * Returns: whether it is from @least to @most
 */
gboolean
mill_cli_check_range (const char *command, const char *option, int value, int least, int most)
{
  g_autofree char *message = NULL;

  if (value >= least && value <= most)
    return TRUE;
  message = g_strdup_printf (_ ("%s: --%s is a whole number from %d to %d, not %d"), command, option, least,
                             most, value);
  mill_cli_complain (message);
  return FALSE;
}

/**
 * mill_cli_parse_into:
 * @arguments: (inout) (transfer full): the command's name and its arguments; the options are taken out
 * @synopsis: such as "JOB"
 * @summary: one or more sentences for --help
 * @entries: the options
 * @target: (nullable): what callbacks among @entries are given
 *
 * Parses the options. Prints what is wrong with them.
 *
 * Returns: whether all is well
 */
gboolean
mill_cli_parse_into (char ***arguments, const char *synopsis, const char *summary,
                     const GOptionEntry *entries, gpointer target)
{
  g_autofree char *parameters = g_strdup_printf ("%s %s", (*arguments)[0], synopsis);
  g_autoptr (GOptionContext) context = g_option_context_new (parameters);
  g_autofree char *message = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *command = g_strdup ((*arguments)[0]);
  GOptionGroup *group = g_option_group_new (NULL, NULL, NULL, target, NULL);

  g_option_group_add_entries (group, entries);
  g_option_group_set_translation_domain (group, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, summary);
  g_option_context_set_main_group (context, group);
  if (g_option_context_parse_strv (context, arguments, &error))
    return TRUE;
  message = g_strdup_printf (_ ("%s: %s; see “millrace-cli %s --help”"), command, error->message, command);
  mill_cli_complain (message);
  return FALSE;
}

/**
 * mill_cli_parse:
 *
 * The same as mill_cli_parse_into(), for options without callbacks.
 *
 * Returns: whether all is well
 */
gboolean
mill_cli_parse (char ***arguments, const char *synopsis, const char *summary, const GOptionEntry *entries)
{
  return mill_cli_parse_into (arguments, synopsis, summary, entries, NULL);
}

/**
 * mill_cli_status_for_error:
 * @error: why a run could not be set up or started
 *
 * Returns: %MILL_CLI_USAGE when the one who wrote the job can mend it, otherwise %MILL_CLI_FAILED
 */
MillCliStatus
mill_cli_status_for_error (const GError *error)
{
  if (g_error_matches (error, MILL_ERROR, MILL_ERROR_JOB) ||
      g_error_matches (error, MILL_ERROR, MILL_ERROR_INVALID))
    return MILL_CLI_USAGE;
  return MILL_CLI_FAILED;
}
