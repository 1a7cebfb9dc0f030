/* SPDX-License-Identifier: GPL-3.0-or-later */
/* millrace-cli bench queue: threads on one queue. A warm-up, then the pass that is timed, in which the
 * threads do nothing but use the queue; then a shorter pass in which each item is stamped when it is put, for
 * the hand-over times, so that the clock's cost is not in the throughput.
 */

#include "config.h"

#include <glib/gi18n.h>

#include "cli-bench-channel.h"
#include "cli-bench-report.h"
#include "cli-bench.h"

#define MOST_THREADS       1000
#define MOST_ITEMS         100000000
#define WARM_UP_SHARE      10
#define MOST_LATENCY_ITEMS 200000
#define UNITS_PER_MS_OF_NS 1e6

typedef struct
{
  int producers;
  int consumers;
  int maxsize;
  int items;
  int batch;
  int work_us;
  char *rival; /* (owned) (nullable) */
  gboolean no_statistics;
  gboolean as_json;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->rival);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

typedef struct
{
  const Options *options;
  const MillBenchChannel *channel;
  gpointer queue;   /* (owned) */
  GPtrArray *items; /* (owned) of MillItem: each producer has a stretch of it, which it puts over and over */
  gboolean stamped; /* whether times are taken */
  gint64 *stamps;   /* (owned) (nullable) then: when each of @items was put */

  GMutex lock; /* guards what follows: the starting line */
  GCond cond;
  guint n_ready;
  gboolean is_on;
} Pass;

typedef struct
{
  Pass *pass;      /* (unowned) */
  GThread *thread; /* (owned) */
  guint first;     /* a producer's stretch of the items: a whole number of batches */
  guint n_own;
  guint n_puts;
  GPtrArray *batches;   /* (owned) a producer's stretch in pieces: of GPtrArray of (unowned) MillItem */
  MillHistogram *times; /* (owned) a consumer's, in nanoseconds */
} Runner;

/* All threads are there before the first begins. */
static void
wait_for_start (Pass *pass)
{
  g_mutex_lock (&pass->lock);
  pass->n_ready++;
  g_cond_broadcast (&pass->cond);
  while (!pass->is_on)
    g_cond_wait (&pass->cond, &pass->lock);
  g_mutex_unlock (&pass->lock);
}

static void
start (Pass *pass, guint n_threads)
{
  g_mutex_lock (&pass->lock);
  while (pass->n_ready < n_threads)
    g_cond_wait (&pass->cond, &pass->lock);
  pass->is_on = TRUE;
  g_cond_broadcast (&pass->cond);
  g_mutex_unlock (&pass->lock);
}

static void
stamp (Pass *pass, const MillItem *item)
{
  if (pass->stamps != NULL)
    pass->stamps[mill_item_get_id (item)] = mill_bench_now_ns ();
}

/* Puts so many of its items, from number @from on. */
static void
produce_one_by_one (Runner *self, guint from, guint n_puts)
{
  Pass *pass = self->pass;
  MillItem **first = (MillItem **) pass->items->pdata + self->first;
  MillItem **end = first + self->n_own;
  MillItem **next = first + from;

  for (guint put = 0; put < n_puts; put++)
    {
      stamp (pass, *next);
      pass->channel->put (pass->queue, *next);
      if (++next == end)
        next = first;
    }
}

/* The batches are made beforehand, as the items are. What is left at the end goes one by one. */
static void
produce_batches (Runner *self, guint batch)
{
  Pass *pass = self->pass;
  guint n_batches = self->n_puts / batch;

  for (guint n = 0; n < n_batches; n++)
    {
      GPtrArray *items = g_ptr_array_index (self->batches, n % self->batches->len);

      for (guint i = 0; pass->stamps != NULL && i < batch; i++)
        stamp (pass, g_ptr_array_index (items, i));
      pass->channel->put_many (pass->queue, items);
    }
  produce_one_by_one (self, n_batches % self->batches->len * batch, self->n_puts % batch);
}

static gpointer
produce (gpointer data)
{
  Runner *self = data;
  Pass *pass = self->pass;

  wait_for_start (pass);
  if (pass->options->batch > 1)
    produce_batches (self, (guint) pass->options->batch);
  else
    produce_one_by_one (self, 0, self->n_puts);
  return NULL;
}

static void
note_time (Runner *self, const MillItem *item)
{
  if (self->pass->stamps != NULL)
    mill_histogram_record (self->times, mill_bench_now_ns () - self->pass->stamps[mill_item_get_id (item)]);
}

static void
work (const Options *options)
{
  gint64 until;

  if (options->work_us == 0)
    return;
  until = mill_bench_now_ns () + (gint64) options->work_us * 1000;
  while (mill_bench_now_ns () < until)
    ;
}

static void
consume_many (Runner *self, guint capacity)
{
  Pass *pass = self->pass;
  g_autofree MillItem **own = g_new (MillItem *, capacity);
  MillBenchBatch batch = { .items = own, .capacity = capacity };

  while (pass->channel->get_many (pass->queue, &batch))
    {
      for (guint i = 0; i < batch.n_items; i++)
        {
          note_time (self, batch.items[i]);
          work (pass->options);
        }
      pass->channel->done_many (pass->queue, &batch);
    }
}

static gpointer
consume (gpointer data)
{
  Runner *self = data;
  Pass *pass = self->pass;
  MillItem *item;

  wait_for_start (pass);
  if (pass->options->batch > 1)
    {
      consume_many (self, (guint) pass->options->batch);
      return NULL;
    }
  while ((item = pass->channel->get (pass->queue)) != NULL)
    {
      note_time (self, item);
      work (pass->options);
      pass->channel->done (pass->queue, item);
    }
  return NULL;
}

/* How many items a producer needs so that none is put while it is still queued: in a bounded queue, one whose
 * turn comes again has left. When times are taken no item is used twice, so that its stamp stays. */
static guint
count_own_items (const Pass *pass, guint n_puts)
{
  guint batch = (guint) pass->options->batch;
  guint64 enough = 2 * ((guint64) pass->options->maxsize + batch);
  guint64 all = (guint64) n_puts + batch;
  guint n;

  if (pass->stamped || (pass->options->maxsize == 0 && pass->channel->bounded))
    enough = all;
  n = (guint) MIN (enough, all);
  return n - n % batch;
}

static GPtrArray *
cut (Pass *pass, guint first, guint n_items, guint batch)
{
  GPtrArray *batches = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);

  for (guint i = 0; i < n_items; i += batch)
    {
      GPtrArray *items = g_ptr_array_sized_new (batch);

      for (guint j = 0; j < batch; j++)
        g_ptr_array_add (items, g_ptr_array_index (pass->items, first + i + j));
      g_ptr_array_add (batches, items);
    }
  return batches;
}

static void
share_out (Pass *pass, Runner *producers, guint n_items)
{
  guint n_producers = (guint) pass->options->producers, first = 0;

  for (guint i = 0; i < n_producers; i++)
    {
      producers[i].n_puts = n_items / n_producers + (i < n_items % n_producers ? 1 : 0);
      producers[i].n_own = count_own_items (pass, producers[i].n_puts);
      producers[i].first = first;
      first += producers[i].n_own;
    }
  pass->items = mill_bench_items_new (first);
  pass->stamps = pass->stamped ? g_new0 (gint64, first) : NULL;
  for (guint i = 0; i < n_producers && pass->options->batch > 1; i++)
    producers[i].batches = cut (pass, producers[i].first, producers[i].n_own, (guint) pass->options->batch);
}

static void
open_pass (Pass *pass, const Options *options)
{
  pass->options = options;
  pass->channel = mill_bench_channel_find (options->rival);
  pass->queue = pass->channel->make (options->maxsize, !options->no_statistics);
  g_mutex_init (&pass->lock);
  g_cond_init (&pass->cond);
}

static void
close_pass (Pass *pass)
{
  pass->channel->free (pass->queue);
  g_ptr_array_unref (pass->items);
  g_free (pass->stamps);
  g_cond_clear (&pass->cond);
  g_mutex_clear (&pass->lock);
}

static void
start_threads (Pass *pass, Runner *runners, guint n, const char *name, GThreadFunc func)
{
  for (guint i = 0; i < n; i++)
    {
      runners[i].pass = pass;
      runners[i].times = mill_histogram_new ();
      runners[i].thread = g_thread_new (name, func, &runners[i]);
    }
}

static void
join_threads (Runner *runners, guint n)
{
  for (guint i = 0; i < n; i++)
    g_thread_join (runners[i].thread);
}

/* Merges the times into @times, if it is not %NULL. */
static void
clear_runners (Runner *runners, guint n, MillHistogram *times)
{
  for (guint i = 0; i < n; i++)
    {
      if (times != NULL)
        mill_histogram_merge (times, runners[i].times);
      mill_histogram_free (runners[i].times);
      g_clear_pointer (&runners[i].batches, g_ptr_array_unref);
    }
}

static void
run_pass (const Options *options, guint items, MillBenchRun *run, MillHistogram *times)
{
  guint n_producers = (guint) options->producers, n_consumers = (guint) options->consumers;
  g_autofree Runner *producers = g_new0 (Runner, n_producers);
  g_autofree Runner *consumers = g_new0 (Runner, n_consumers);
  Pass pass = { .stamped = times != NULL };

  open_pass (&pass, options);
  share_out (&pass, producers, items);
  start_threads (&pass, consumers, n_consumers, "consumer", consume);
  start_threads (&pass, producers, n_producers, "producer", produce);
  start (&pass, n_producers + n_consumers);
  mill_bench_run_begin (run);
  join_threads (producers, n_producers);
  pass.channel->end (pass.queue, n_consumers);
  join_threads (consumers, n_consumers);
  mill_bench_run_end (run, items);
  clear_runners (producers, n_producers, NULL);
  clear_runners (consumers, n_consumers, times);
  close_pass (&pass);
}

static void
report (const Options *options, const MillBenchRun *run, const MillHistogram *times)
{
  g_autoptr (MillBenchReport) report = mill_bench_report_new ("queue");
  const MillBenchChannel *channel = mill_bench_channel_find (options->rival);
  gboolean has_statistics = channel == &mill_bench_mill_queue && !options->no_statistics;

  mill_bench_report_add_text (report, "contestant", _ ("queue"), channel->name);
  mill_bench_report_add_count (report, "producers", _ ("producers"), options->producers);
  mill_bench_report_add_count (report, "consumers", _ ("consumers"), options->consumers);
  mill_bench_report_add_count (report, "maxsize", NULL, channel->bounded ? options->maxsize : 0);
  mill_bench_report_add_count (report, "batch", options->batch > 1 ? _ ("batch") : NULL, options->batch);
  mill_bench_report_add_text (report, "statistics", NULL, has_statistics ? "on" : "off");
  mill_bench_report_add_run (report, run);
  mill_bench_report_add_times (report, "latency_ms", _ ("hand-over"), times, UNITS_PER_MS_OF_NS);
  mill_bench_report_add_text (report, "latency_from", NULL, "second pass");
  mill_bench_report_print (report, options->as_json);
}

static gboolean
parse (char ***words, Options *options)
{
  const GOptionEntry entries[] = {
    { "producers", 0, 0, G_OPTION_ARG_INT, &options->producers, N_ ("Threads that put (1)"), N_ ("P") },
    { "consumers", 0, 0, G_OPTION_ARG_INT, &options->consumers, N_ ("Threads that get (8)"), N_ ("C") },
    { "maxsize", 0, 0, G_OPTION_ARG_INT, &options->maxsize, N_ ("The queue's bound; 0 is none (1000)"),
      N_ ("N") },
    { "items", 0, 0, G_OPTION_ARG_INT, &options->items, N_ ("Items in all (500000)"), N_ ("N") },
    { "batch", 0, 0, G_OPTION_ARG_INT, &options->batch, N_ ("Items put and got at a time (1)"), N_ ("N") },
    { "work", 0, 0, G_OPTION_ARG_INT, &options->work_us,
      N_ ("Keep the processor busy for so long with each item (0)"), N_ ("US") },
    { "rival", 0, 0, G_OPTION_ARG_STRING, &options->rival,
      N_ ("Measure gasyncqueue or cond instead of our queue"), N_ ("NAME") },
    { "no-statistics", 0, 0, G_OPTION_ARG_NONE, &options->no_statistics,
      N_ ("Switch the queue's statistics off"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options->as_json, N_ ("Print the result as one JSON object"), NULL },
    G_OPTION_ENTRY_NULL,
  };

  return mill_cli_bench_parse (
      words,
      _ ("Lets threads put items into one queue and get them out again. The hand-over "
         "times are taken in a second, shorter pass."),
      entries);
}

static const char *
find_fault (const Options *options)
{
  const MillBenchChannel *channel = mill_bench_channel_find (options->rival);

  if (channel == NULL)
    return _ ("bench queue: --rival is gasyncqueue or cond");
  if (channel == &mill_bench_cond_queue && options->maxsize < 1)
    return _ ("bench queue: --rival=cond needs a --maxsize of at least 1");
  if (options->no_statistics && !mill_bench_has_statistics ())
    return _ ("bench queue: --no-statistics: the statistics of this queue cannot be switched off");
  return NULL;
}

static gboolean
check_options (char **words, const Options *options)
{
  const char *fault;

  if (!mill_cli_check_range (words[0], "producers", options->producers, 1, MOST_THREADS) ||
      !mill_cli_check_range (words[0], "consumers", options->consumers, 1, MOST_THREADS) ||
      !mill_cli_check_range (words[0], "maxsize", options->maxsize, 0, 10000000) ||
      !mill_cli_check_range (words[0], "items", options->items, 1, MOST_ITEMS) ||
      !mill_cli_check_range (words[0], "batch", options->batch, 1, 100000) ||
      !mill_cli_check_range (words[0], "work", options->work_us, 0, 1000000))
    return FALSE;
  fault = find_fault (options);
  if (fault != NULL)
    mill_cli_complain (fault);
  return fault == NULL;
}

/**
 * mill_cli_bench_queue:
 * @arguments: "bench queue", then options
 *
 * Returns: the exit status
 */
MillCliStatus
mill_cli_bench_queue (char **arguments)
{
  g_auto (GStrv) words = g_strdupv (arguments);
  g_auto (Options) options = { .producers = 1, .consumers = 8, .maxsize = 1000, .items = 500000, .batch = 1 };
  g_autoptr (MillHistogram) times = mill_histogram_new ();
  MillBenchRun run, untimed;
  guint items;

  if (!parse (&words, &options) || !check_options (words, &options))
    return MILL_CLI_USAGE;
  items = (guint) options.items;
  run_pass (&options, MAX (items / WARM_UP_SHARE, 1), &untimed, NULL);
  run_pass (&options, items, &run, NULL);
  run_pass (&options, CLAMP (items / 4, 1, MOST_LATENCY_ITEMS), &untimed, times);
  report (&options, &run, times);
  return MILL_CLI_FINISHED;
}
