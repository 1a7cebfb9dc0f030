/* SPDX-License-Identifier: GPL-3.0-or-later */
/* millrace-cli export: a run file's results, for other programs. */

#include "config.h"

#include <gio/gunixoutputstream.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "record/mill-export.h"

typedef struct
{
  char *table;  /* (owned) (nullable) */
  char *format; /* (owned) (nullable) */
  char *output; /* (owned) (nullable) */
} Options;

static void
options_clear (Options *options)
{
  g_free (options->table);
  g_free (options->format);
  g_free (options->output);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
find_table (const char *name, MillExportTable *table)
{
  static const char *const names[] = {
    [MILL_EXPORT_PAGES] = "pages",           [MILL_EXPORT_BROKEN] = "broken",
    [MILL_EXPORT_DUPLICATES] = "duplicates", [MILL_EXPORT_CHANGES] = "changes",
    [MILL_EXPORT_ITEMS] = "items",           [MILL_EXPORT_EVENTS] = "events",
    [MILL_EXPORT_SAMPLES] = "samples"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (name, names[i]) == 0)
      {
        *table = (MillExportTable) i;
        return TRUE;
      }
  return FALSE;
}

static gboolean
find_format (const char *name, MillExportFormat *format)
{
  if (g_strcmp0 (name, "csv") == 0)
    *format = MILL_EXPORT_CSV;
  else if (g_strcmp0 (name, "jsonl") == 0)
    *format = MILL_EXPORT_JSONL;
  else
    return FALSE;
  return TRUE;
}

static gboolean
export_to_file (const char *path, MillExportTable table, MillExportFormat format, const char *output,
                GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (output);

  return mill_export_run_to_file (path, table, format, file, error);
}

static gboolean
export_to_stdout (const char *path, MillExportTable table, MillExportFormat format, GError **error)
{
  g_autoptr (GOutputStream) stream = g_unix_output_stream_new (STDOUT_FILENO, FALSE);

  return mill_export_run (path, table, format, stream, NULL, error);
}

/**
 * mill_cli_export:
 * @arguments: "export", then options and a run file
 *
 * Writes a run's results.
 *
 * Returns: the exit status
 */
MillCliStatus
mill_cli_export (char **arguments)
{
  g_auto (GStrv) words = g_strdupv (arguments);
  g_auto (Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "what", 0, 0, G_OPTION_ARG_STRING, &options.table,
      N_ ("items, events or samples, and of a crawl pages, broken, duplicates or changes (pages of a crawl, "
          "items of another run)"),
      N_ ("TABLE") },
    { "to", 0, 0, G_OPTION_ARG_STRING, &options.format, N_ ("csv or jsonl"), N_ ("FORMAT") },
    { "output", 0, 0, G_OPTION_ARG_FILENAME, &options.output, N_ ("Write to this file (standard output)"),
      N_ ("FILE") },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  MillExportTable table = MILL_EXPORT_PAGES;
  MillExportFormat format;
  gboolean ok;

  if (!mill_cli_parse (&words, _ ("RUN"), _ ("Writes results of a recorded run."), entries))
    return MILL_CLI_USAGE;
  if (words[1] == NULL || words[2] != NULL)
    {
      mill_cli_complain (_ ("export: which run? Give one run file"));
      return MILL_CLI_USAGE;
    }
  if (options.table != NULL && !find_table (options.table, &table))
    {
      mill_cli_complain (_ (
          "export: --what is items, events or samples, or of a crawl pages, broken, duplicates or changes"));
      return MILL_CLI_USAGE;
    }
  if (!find_format (options.format, &format))
    {
      mill_cli_complain (_ ("export: --to is csv or jsonl"));
      return MILL_CLI_USAGE;
    }
  if (options.table == NULL)
    table = mill_export_choose_table (words[1]);
  ok = options.output != NULL ? export_to_file (words[1], table, format, options.output, &error)
                              : export_to_stdout (words[1], table, format, &error);
  if (ok)
    return MILL_CLI_FINISHED;
  mill_cli_complain (error->message);
  return MILL_CLI_FAILED;
}
