/* SPDX-License-Identifier: GPL-3.0-or-later */
/* millrace-cli serve: the demo site, until Ctrl+C. */

#include "config.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>

#include "cli-text.h"
#include "cli.h"
#include "demo/mill-demo-site.h"
#include "mill-format.h"

typedef struct
{
  int port;
  int pages;
  int latency_ms;
  double error_rate;
  int seed;
  char *log; /* (owned) (nullable) */
} Options;

static void
options_clear (Options *options)
{
  g_free (options->log);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse (char ***words, Options *options)
{
  const GOptionEntry entries[] = {
    { "port", 0, 0, G_OPTION_ARG_INT, &options->port, N_ ("Listen here (any port that is free)"), N_ ("P") },
    { "pages", 0, 0, G_OPTION_ARG_INT, &options->pages, N_ ("How many pages there are (300)"), N_ ("N") },
    { "latency", 0, 0, G_OPTION_ARG_INT, &options->latency_ms, N_ ("How long an answer takes on average (0)"),
      N_ ("MS") },
    { "error-rate", 0, 0, G_OPTION_ARG_DOUBLE, &options->error_rate,
      N_ ("The share of requests that fail (0)"), N_ ("F") },
    { "seed", 0, 0, G_OPTION_ARG_INT, &options->seed, N_ ("The same seed makes the same site (1)"),
      N_ ("N") },
    { "log", 0, 0, G_OPTION_ARG_FILENAME, &options->log,
      N_ ("Write a line for each request to this new file"), N_ ("FILE") },
    G_OPTION_ENTRY_NULL,
  };

  return mill_cli_parse (words, "", _ ("Serves a made-up site on this computer, to try things on."), entries);
}

static const char *
find_fault (const Options *options)
{
  if (options->port < 0 || options->port > G_MAXUINT16)
    return _ ("serve: --port is a number from 0 to 65535");
  if (options->pages < 1 || options->pages > 1000000)
    return _ ("serve: --pages is a number from 1 to 1000000");
  if (options->latency_ms < 0 || options->latency_ms > 60000)
    return _ ("serve: --latency is a number of milliseconds from 0 to 60000");
  if (!(options->error_rate >= 0.0 && options->error_rate <= 1.0))
    return _ ("serve: --error-rate is a number from 0 to 1");
  if (options->seed < 0)
    return _ ("serve: --seed is a number from 0 on");
  return NULL;
}

static gboolean
quit_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static void
wait_for_signal (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  guint sigint = g_unix_signal_add (SIGINT, quit_cb, loop);
  guint sigterm = g_unix_signal_add (SIGTERM, quit_cb, loop);

  g_main_loop_run (loop);
  g_source_remove (sigint);
  g_source_remove (sigterm);
}

static void
add_count (MillCliTable *table, const char *label, guint64 count)
{
  g_autofree char *text = mill_format_count (count);

  mill_cli_table_add (table, label, text, NULL);
}

static void
print_counts (MillDemoSite *site)
{
  g_autoptr (MillCliTable) table = mill_cli_table_new ("lr");
  g_autofree char *text = NULL;
  MillDemoSiteCounts counts;

  mill_demo_site_get_counts (site, &counts);
  add_count (table, _ ("requests"), counts.requests);
  add_count (table, _ ("most at a time"), counts.max_in_flight);
  add_count (table, "200", counts.ok);
  add_count (table, "404", counts.not_found);
  add_count (table, "405", counts.refused);
  add_count (table, "500", counts.failed);
  add_count (table, "503", counts.busy);
  text = mill_cli_table_to_string (table);
  g_print ("\n%s", text);
}

/* A file that is there is kept. */
static gboolean
open_log (MillDemoSite *site, const char *name, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (name);
  g_autoptr (GFileOutputStream) log = g_file_create (file, G_FILE_CREATE_NONE, NULL, error);

  if (log == NULL)
    return FALSE;
  mill_demo_site_set_log (site, G_OUTPUT_STREAM (log));
  return TRUE;
}

static MillCliStatus
complain_about (const GError *error)
{
  mill_cli_complain (error->message);
  return MILL_CLI_FAILED;
}

static MillCliStatus
serve (const Options *options)
{
  g_autoptr (MillDemoSite) site = mill_demo_site_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = NULL;

  g_object_set (site, "pages", (guint) options->pages, "latency-ms", (guint) options->latency_ms,
                "error-rate", options->error_rate, "seed", (guint) options->seed, NULL);
  if ((options->log != NULL && !open_log (site, options->log, &error)) ||
      !mill_demo_site_start (site, (guint16) options->port, &error))
    return complain_about (error);
  uri = mill_demo_site_get_uri (site);
  g_print (_ ("Serving %s until Ctrl+C\n"), uri);
  wait_for_signal ();
  print_counts (site);
  mill_demo_site_stop (site);
  return mill_demo_site_check_log (site, &error) ? MILL_CLI_FINISHED : complain_about (error);
}

/**
 * mill_cli_serve:
 * @arguments: "serve", then options
 *
 * Serves the demo site until SIGINT or SIGTERM.
 *
 * Returns: the exit status
 */
MillCliStatus
mill_cli_serve (char **arguments)
{
  g_auto (GStrv) words = g_strdupv (arguments);
  g_auto (Options) options = { .pages = 300, .seed = 1 };
  const char *fault;

  if (!parse (&words, &options))
    return MILL_CLI_USAGE;
  fault = words[1] != NULL ? _ ("serve: it takes options only") : find_fault (&options);
  if (fault != NULL)
    {
      mill_cli_complain (fault);
      return MILL_CLI_USAGE;
    }
  return serve (&options);
}
