/* SPDX-License-Identifier: GPL-3.0-or-later */
/* millrace-cli bench hop: items between a thread that blocks and a main loop that must not, through one
 * MillQueue. */

#include "config.h"

#include <glib/gi18n.h>

#include "cli-bench-channel.h"
#include "cli-bench-report.h"
#include "cli-bench.h"
#include "core/mill-queue.h"

/* With --try-first the loop gives its other sources their turn after so many items. */
#define ITEMS_PER_TURN 64

typedef struct
{
  int items;
  int maxsize;
  gboolean try_first;
  gboolean as_json;
} Options;

typedef struct
{
  MillQueue *queue; /* (owned) */
  GPtrArray *items; /* (owned) of MillItem: put over and over, none while it is still queued */
  guint n_items;
  guint n_tries; /* how many items the loop may put or get without suspending before it suspends */

  GMainLoop *loop; /* (owned) on the loop's thread alone */
  guint n_put;     /* by the loop */
} Hop;

static MillItem *
item_for (Hop *self, guint put)
{
  return g_ptr_array_index (self->items, put % self->items->len);
}

/* Takes what is there without suspending. */
static void
get_some (Hop *self)
{
  MillItem *item;

  for (guint i = 0; i < self->n_tries && (item = mill_queue_try_get (self->queue, NULL)) != NULL; i++)
    {
      mill_item_unref (item);
      mill_queue_task_done (self->queue, NULL);
    }
}

static void
got_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Hop *self = user_data;
  g_autoptr (MillItem) item = mill_queue_get_finish (self->queue, result, NULL);

  if (item == NULL)
    {
      g_main_loop_quit (self->loop);
      return;
    }
  mill_queue_task_done (self->queue, NULL);
  get_some (self);
  mill_queue_get_async (self->queue, NULL, got_cb, self);
}

static void
begin_getting (Hop *self)
{
  mill_queue_get_async (self->queue, NULL, got_cb, self);
}

static void put_next (Hop *self);

static void
put_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Hop *self = user_data;

  mill_queue_put_finish (self->queue, result, NULL);
  put_next (self);
}

/* Puts what there is room for without suspending. */
static void
put_some (Hop *self)
{
  for (guint i = 0; i < self->n_tries && self->n_put < self->n_items; i++)
    {
      if (!mill_queue_try_put (self->queue, item_for (self, self->n_put), NULL))
        return;
      self->n_put++;
    }
}

static void
put_next (Hop *self)
{
  put_some (self);
  if (self->n_put < self->n_items)
    mill_queue_put_async (self->queue, item_for (self, self->n_put++), NULL, put_cb, self);
  else
    {
      g_ptr_array_unref (mill_queue_shutdown (self->queue, FALSE));
      g_main_loop_quit (self->loop);
    }
}

static void
run_loop (Hop *self, void (*begin) (Hop *self))
{
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  self->loop = g_main_loop_new (context, FALSE);
  begin (self);
  g_main_loop_run (self->loop);
  g_main_loop_unref (self->loop);
  g_main_context_pop_thread_default (context);
}

static gpointer
get_on_loop (gpointer data)
{
  run_loop (data, begin_getting);
  return NULL;
}

static gpointer
put_on_loop (gpointer data)
{
  run_loop (data, put_next);
  return NULL;
}

static void
put_here (Hop *self)
{
  for (guint i = 0; i < self->n_items; i++)
    mill_queue_put (self->queue, item_for (self, i), NULL, NULL);
  g_ptr_array_unref (mill_queue_shutdown (self->queue, FALSE));
}

static void
get_here (Hop *self)
{
  MillItem *item;

  while ((item = mill_queue_get (self->queue, NULL, NULL)) != NULL)
    {
      mill_item_unref (item);
      mill_queue_task_done (self->queue, NULL);
    }
}

static void
measure (const Options *options, GThreadFunc there, void (*here) (Hop *self), MillBenchRun *run)
{
  Hop hop = { .n_items = (guint) options->items, .n_tries = options->try_first ? ITEMS_PER_TURN - 1 : 0 };
  GThread *thread;

  hop.queue = mill_queue_new (options->maxsize);
  hop.items = mill_bench_items_new (MIN (hop.n_items, 2 * (guint) options->maxsize + 2));
  mill_bench_run_begin (run);
  thread = g_thread_new ("loop", there, &hop);
  here (&hop);
  g_thread_join (thread);
  mill_bench_run_end (run, hop.n_items);
  g_ptr_array_unref (hop.items);
  g_object_unref (hop.queue);
}

static void
add_direction (MillBenchReport *report, const char *key, const char *label, const MillBenchRun *run)
{
  mill_bench_report_begin_part (report, key, NULL);
  mill_bench_report_add_number (report, "items_per_second", label, mill_bench_run_get_rate (run),
                                _ ("%s items/s"));
  mill_bench_report_add_number (report, "cpu_ns_per_item", NULL, mill_bench_run_get_cpu_ns (run), NULL);
  mill_bench_report_end_part (report);
}

/* Both ways together are one run. */
static void
report (const Options *options, const MillBenchRun *to_loop, const MillBenchRun *to_thread)
{
  g_autoptr (MillBenchReport) report = mill_bench_report_new ("hop");
  const MillBenchRun both = { .produced = to_loop->produced + to_thread->produced,
                              .done = to_loop->done + to_thread->done,
                              .wall_ns = to_loop->wall_ns + to_thread->wall_ns,
                              .cpu_ns = to_loop->cpu_ns + to_thread->cpu_ns };

  mill_bench_report_add_count (report, "maxsize", NULL, options->maxsize);
  mill_bench_report_add_text (report, "try_first", NULL, options->try_first ? "yes" : "no");
  mill_bench_report_add_run (report, &both);
  add_direction (report, "thread_to_loop", _ ("thread to loop"), to_loop);
  add_direction (report, "loop_to_thread", _ ("loop to thread"), to_thread);
  mill_bench_report_print (report, options->as_json);
}

/**
 * mill_cli_bench_hop:
 * @arguments: "bench hop", then options
 *
 * Returns: the exit status
 */
MillCliStatus
mill_cli_bench_hop (char **arguments)
{
  g_auto (GStrv) words = g_strdupv (arguments);
  Options options = { .items = 200000, .maxsize = 1000 };
  MillBenchRun to_loop, to_thread;
  const GOptionEntry entries[] = {
    { "items", 0, 0, G_OPTION_ARG_INT, &options.items, N_ ("Items each way (200000)"), N_ ("N") },
    { "maxsize", 0, 0, G_OPTION_ARG_INT, &options.maxsize, N_ ("The queue's bound (1000)"), N_ ("N") },
    { "try-first", 0, 0, G_OPTION_ARG_NONE, &options.try_first,
      N_ ("On the loop, suspend only when the queue is empty or full"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.as_json, N_ ("Print the result as one JSON object"), NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (!mill_cli_bench_parse (&words, _ ("Sends items from a thread to a main loop, and back."), entries) ||
      !mill_cli_check_range (words[0], "items", options.items, 1, 100000000) ||
      !mill_cli_check_range (words[0], "maxsize", options.maxsize, 1, 10000000))
    return MILL_CLI_USAGE;
  measure (&options, get_on_loop, put_here, &to_loop);
  measure (&options, put_on_loop, get_here, &to_thread);
  report (&options, &to_loop, &to_thread);
  return MILL_CLI_FINISHED;
}
