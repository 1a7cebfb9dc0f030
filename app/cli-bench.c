/* SPDX-License-Identifier: GPL-3.0-or-later */
/* millrace-cli bench: finds the kind of measurement; each kind has a file of its own. */

#include "config.h"

#include "cli-bench.h"

#include <glib/gi18n.h>

typedef struct
{
  const char *name;
  const char *help;
  MillCliStatus (*run) (char **arguments);
} Kind;

static const Kind kinds[] = {
  { "queue", N_ ("threads on one queue, or on a rival of it"), mill_cli_bench_queue },
  { "latency", N_ ("a lone item through an idle queue"), mill_cli_bench_latency },
  { "hop", N_ ("from a thread to a main loop, and back"), mill_cli_bench_hop },
  { "stage", N_ ("processor time of a stage whose step does nothing"), mill_cli_bench_stage },
  { "memory", N_ ("what a queued item takes"), mill_cli_bench_memory },
  { "fetch", N_ ("requests to a web server"), mill_cli_bench_fetch },
};

static void
print_help (void)
{
  g_print ("%s\n\n%s\n", _ ("Usage: millrace-cli bench KIND [OPTIONS] [--json]"), _ ("Kinds:"));
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    g_print ("  %-8s %s\n", kinds[i].name, _ (kinds[i].help));
  g_print ("\n%s\n", _ ("“millrace-cli bench KIND --help” says more about a kind."));
}

static const Kind *
find_kind (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].name, name))
      return &kinds[i];
  return NULL;
}

static MillCliStatus
refuse_kind (const char *name)
{
  g_autofree char *message = NULL;

  if (name == NULL)
    message = g_strdup (_ ("bench: say which kind; “millrace-cli bench --help” lists them"));
  else
    message =
        g_strdup_printf (_ ("bench: there is no kind “%s”; “millrace-cli bench --help” lists them"), name);
  mill_cli_complain (message);
  return MILL_CLI_USAGE;
}

/**
 * mill_cli_bench:
 * @arguments: "bench", then a kind and its options
 *
 * Measures, and prints what was found.
 *
 * Returns: the exit status
 */
MillCliStatus
mill_cli_bench (char **arguments)
{
  const char *name = arguments[1];
  const Kind *kind = name != NULL ? find_kind (name) : NULL;
  g_auto (GStrv) words = NULL;

  if (name != NULL && (g_str_equal (name, "--help") || g_str_equal (name, "-h")))
    {
      print_help ();
      return MILL_CLI_FINISHED;
    }
  if (kind == NULL)
    return refuse_kind (name);
  words = g_strdupv (arguments + 1);
  g_free (words[0]);
  words[0] = g_strconcat ("bench ", name, NULL);
  return kind->run (words);
}

/**
 * mill_cli_bench_parse:
 * @arguments: (inout) (transfer full): "bench KIND" and its arguments; the options are taken out
 * @summary: one or more sentences for --help
 * @entries: the options
 *
 * Parses the options of a kind, which takes nothing else. Prints what is wrong.
 *
 * Returns: whether all is well
 */
gboolean
mill_cli_bench_parse (char ***arguments, const char *summary, const GOptionEntry *entries)
{
  g_autofree char *message = NULL;

  if (!mill_cli_parse (arguments, "", summary, entries))
    return FALSE;
  if ((*arguments)[1] == NULL)
    return TRUE;
  message = g_strdup_printf (_ ("%s: it takes options only, not “%s”"), (*arguments)[0], (*arguments)[1]);
  mill_cli_complain (message);
  return FALSE;
}
