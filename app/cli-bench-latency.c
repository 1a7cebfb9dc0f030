/* SPDX-License-Identifier: GPL-3.0-or-later */
/* millrace-cli bench latency: how long a lone item takes through an idle queue to a consumer that is parked.
 * Each item goes through MillQueue and then one through the textbook's queue, so that both see the same
 * machine. */

#include "config.h"

#include <glib/gi18n.h>

#include "cli-bench-channel.h"
#include "cli-bench-report.h"
#include "cli-bench.h"

#define UNITS_PER_MS_OF_NS 1e6
#define MAXSIZE            1000

typedef struct
{
  int items;
  int interval_us;
  gboolean as_json;
} Options;

/* A queue with a consumer. No item and no stamp is used twice, since a consumer may be late. */
typedef struct
{
  const MillBenchChannel *channel;
  gpointer queue;       /* (owned) */
  GThread *thread;      /* (owned) */
  GPtrArray *items;     /* (owned) of MillItem */
  gint64 *stamps;       /* (owned) when each of them was put; handed over with it */
  MillHistogram *times; /* (owned) used by the thread alone until it has ended */
} Lane;

static gpointer
consume (gpointer data)
{
  Lane *self = data;
  MillItem *item;

  while ((item = self->channel->get (self->queue)) != NULL)
    {
      mill_histogram_record (self->times, mill_bench_now_ns () - self->stamps[mill_item_get_id (item)]);
      self->channel->done (self->queue, item);
    }
  return NULL;
}

static void
lane_open (Lane *self, const MillBenchChannel *channel, guint n_items)
{
  self->items = mill_bench_items_new (n_items);
  self->stamps = g_new0 (gint64, n_items);
  self->channel = channel;
  self->queue = channel->make (MAXSIZE, TRUE);
  self->times = mill_histogram_new ();
  self->thread = g_thread_new ("consumer", consume, self);
}

static void
lane_end (Lane *self)
{
  self->channel->end (self->queue, 1);
  g_thread_join (self->thread);
}

static void
lane_clear (Lane *self)
{
  mill_histogram_free (self->times);
  self->channel->free (self->queue);
  g_ptr_array_unref (self->items);
  g_free (self->stamps);
}

/* The pause lets the consumer deal with the item and park again. */
static void
send_one (Lane *self, guint number, int interval_us)
{
  g_usleep ((gulong) interval_us);
  self->stamps[number] = mill_bench_now_ns ();
  self->channel->put (self->queue, g_ptr_array_index (self->items, number));
}

static void
report (const Options *options, const MillBenchRun *run, const Lane *ours, const Lane *rival)
{
  g_autoptr (MillBenchReport) report = mill_bench_report_new ("latency");
  double added_us = (double) (mill_histogram_get_percentile (ours->times, 99) -
                              mill_histogram_get_percentile (rival->times, 99)) /
                    1000.0;

  mill_bench_report_add_run (report, run);
  mill_bench_report_add_times (report, "latency_ms", ours->channel->name, ours->times, UNITS_PER_MS_OF_NS);
  mill_bench_report_add_times (report, "cond_latency_ms", rival->channel->name, rival->times,
                               UNITS_PER_MS_OF_NS);
  mill_bench_report_add_number (report, "p99_above_cond_us", _ ("more at p99"), added_us, _ ("%s µs"));
  mill_bench_report_print (report, options->as_json);
}

static void
measure (const Options *options)
{
  Lane ours = { NULL }, rival = { NULL };
  guint n_items = (guint) options->items;
  MillBenchRun run;

  lane_open (&ours, &mill_bench_mill_queue, n_items);
  lane_open (&rival, &mill_bench_cond_queue, n_items);
  mill_bench_run_begin (&run);
  for (guint i = 0; i < n_items; i++)
    {
      send_one (&ours, i, options->interval_us);
      send_one (&rival, i, options->interval_us);
    }
  lane_end (&ours);
  lane_end (&rival);
  mill_bench_run_end (&run, n_items);
  report (options, &run, &ours, &rival);
  lane_clear (&ours);
  lane_clear (&rival);
}

/**
 * mill_cli_bench_latency:
 * @arguments: "bench latency", then options
 *
 * Returns: the exit status
 */
MillCliStatus
mill_cli_bench_latency (char **arguments)
{
  g_auto (GStrv) words = g_strdupv (arguments);
  Options options = { .items = 1000, .interval_us = 1000 };
  const GOptionEntry entries[] = {
    { "items", 0, 0, G_OPTION_ARG_INT, &options.items, N_ ("Items through each queue (1000)"), N_ ("N") },
    { "interval", 0, 0, G_OPTION_ARG_INT, &options.interval_us, N_ ("The pause before each item (1000)"),
      N_ ("US") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.as_json, N_ ("Print the result as one JSON object"), NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (!mill_cli_bench_parse (
          &words,
          _ ("Sends lone items through an idle queue, and through a plain one with condition "
             "variables."),
          entries) ||
      !mill_cli_check_range (words[0], "items", options.items, 1, 10000000) ||
      !mill_cli_check_range (words[0], "interval", options.interval_us, 1, 10000000))
    return MILL_CLI_USAGE;
  measure (&options);
  return MILL_CLI_FINISHED;
}
