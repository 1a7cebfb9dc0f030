/* SPDX-License-Identifier: GPL-3.0-or-later */
/* millrace-cli bench memory: what a queued item takes, its key included, with no payload. The process's
 * resident memory before and after. */

#include "config.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <unistd.h>

#include "cli-bench-report.h"
#include "cli-bench.h"
#include "core/mill-queue.h"

typedef struct
{
  int items;
  gboolean as_json;
} Options;

/* The second figure of /proc/self/statm, proc(5), is the resident set in pages. Returns -1 without /proc. */
static gint64
get_resident_bytes (void)
{
  g_autofree char *text = NULL;
  long pages;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL) || sscanf (text, "%*s %ld", &pages) != 1)
    return -1;
  return (gint64) pages * sysconf (_SC_PAGESIZE);
}

static void
fill (MillQueue *queue, guint n_items)
{
  char key[12];

  for (guint i = 1; i <= n_items; i++)
    {
      g_autoptr (MillItem) item = NULL;

      g_snprintf (key, sizeof key, "%u", i);
      item = mill_item_new (i, key);
      mill_queue_put (queue, item, NULL, NULL);
    }
}

static void
report (const Options *options, const MillBenchRun *run, gint64 bytes)
{
  g_autoptr (MillBenchReport) report = mill_bench_report_new ("memory");
  double per_item = (double) bytes / (double) options->items;

  mill_bench_report_add_run (report, run);
  mill_bench_report_add_count (report, "bytes", _ ("memory taken"), MAX (bytes, 0));
  mill_bench_report_add_number (report, "bytes_per_item", _ ("per item"), MAX (per_item, 0.0),
                                _ ("%s bytes"));
  mill_bench_report_print (report, options->as_json);
}

static MillCliStatus
measure (const Options *options)
{
  g_autoptr (MillQueue) queue = mill_queue_new (0);
  gint64 before = get_resident_bytes ();
  gint64 after;
  MillBenchRun run;

  if (before < 0)
    {
      mill_cli_complain (_ ("bench memory: /proc/self/statm cannot be read"));
      return MILL_CLI_FAILED;
    }
  mill_bench_run_begin (&run);
  fill (queue, (guint) options->items);
  mill_bench_run_end (&run, (guint64) options->items);
  after = get_resident_bytes ();
  report (options, &run, after - before);
  g_ptr_array_unref (mill_queue_shutdown (queue, TRUE));
  return MILL_CLI_FINISHED;
}

/**
 * mill_cli_bench_memory:
 * @arguments: "bench memory", then options
 *
 * Returns: the exit status
 */
MillCliStatus
mill_cli_bench_memory (char **arguments)
{
  g_auto (GStrv) words = g_strdupv (arguments);
  Options options = { .items = 1000000 };
  const GOptionEntry entries[] = {
    { "items", 0, 0, G_OPTION_ARG_INT, &options.items, N_ ("Items to queue (1000000)"), N_ ("N") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.as_json, N_ ("Print the result as one JSON object"), NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (!mill_cli_bench_parse (&words, _ ("Queues items without a payload, and looks at the memory."),
                             entries) ||
      !mill_cli_check_range (words[0], "items", options.items, 1, 100000000))
    return MILL_CLI_USAGE;
  return measure (&options);
}
