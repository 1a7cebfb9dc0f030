/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The progress line: redrawn in place five times a second, cut to the terminal's width, and gone at the end.
 * Where errors do not go to a terminal there is none. */

#include "config.h"

#include "cli-progress.h"

#include <glib/gi18n.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli-text.h"
#include "crawl/mill-crawl-record.h"
#include "mill-format.h"
#include "mill-words.h"
#include "sources/mill-crawl-source.h"

#define INTERVAL_MS     200
#define RATE_SPAN       5 /* intervals over which the rate is taken: one second */
#define DEFAULT_COLUMNS 80
#define CLEAR_LINE      "\r\033[K"

typedef struct
{
  gint64 time_us;
  guint64 done;
} Sample;

struct _MillCliProgress
{
  MillPipeline *pipeline; /* (owned) */
  guint timer;
  Sample samples[RATE_SPAN];
  guint n_samples;
  MillEta *eta; /* (owned) */
};

static guint
terminal_columns (void)
{
  struct winsize size;

  if (ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;
  return DEFAULT_COLUMNS;
}

/* The rate since the oldest of the samples kept; then @snapshot takes its place. */
static double
take_rate (MillCliProgress *self, const MillSnapshot *snapshot)
{
  Sample *oldest = &self->samples[self->n_samples % RATE_SPAN];
  double rate = 0.0;

  if (self->n_samples < RATE_SPAN)
    rate = snapshot->elapsed_us > 0 ? (double) snapshot->done * G_USEC_PER_SEC / (double) snapshot->elapsed_us
                                    : 0.0;
  else if (snapshot->time_us > oldest->time_us)
    rate = (double) (snapshot->done - oldest->done) * G_USEC_PER_SEC /
           (double) (snapshot->time_us - oldest->time_us);
  *oldest = (Sample){ snapshot->time_us, snapshot->done };
  self->n_samples++;
  return rate;
}

/* Of a crawl, with what an earlier run of it has settled. */
static void
append_pages (GString *line, const MillSnapshot *snapshot, guint64 n_before)
{
  g_autofree char *settled = mill_format_count (n_before + snapshot->done + snapshot->dead);
  guint64 n_known = n_before + (guint64) snapshot->total;
  g_autofree char *known = mill_format_count (n_known);

  /* Translators: pages that are through, pages that the crawl knows so far */
  g_string_append_printf (line, ngettext ("%s of %s known page", "%s of %s known pages", (gulong) n_known),
                          settled, known);
}

static void
append_counts (MillCliProgress *self, GString *line, const MillSnapshot *snapshot)
{
  g_autofree char *done = mill_format_count (snapshot->done);
  g_autofree char *dead = mill_format_count (snapshot->dead);

  if (MILL_IS_CRAWL_SOURCE (mill_pipeline_get_source (self->pipeline)) && snapshot->total >= 0)
    append_pages (line, snapshot, mill_crawl_get_n_before (self->pipeline));
  else if (snapshot->total > 0)
    {
      g_autofree char *total = mill_format_count ((guint64) snapshot->total);

      g_string_append_printf (line, _ ("%s of %s done"), done, total);
    }
  else
    g_string_append_printf (line, _ ("%s done"), done);
  if (snapshot->dead > 0)
    g_string_append_printf (line, _ (", %s dead"), dead);
}

/* What is done once all items are through. */
static void
append_progress (GString *line, const MillSnapshot *snapshot)
{
  g_autofree char *done = mill_format_count (snapshot->progress_done);
  g_autofree char *total = mill_format_count (snapshot->progress_total);

  /* Translators: at the end of a run, such as the links of so many saved files */
  g_string_append_printf (line, _ ("wrapping up: %s of %s"), done, total);
}

/* Why nothing comes in, if nothing does. */
static void
append_producer (GString *line, MillPipeline *pipeline, const MillSnapshot *snapshot)
{
  g_autofree char *host = mill_words_crawl_wait (mill_pipeline_get_source (pipeline), snapshot);

  if (host != NULL)
    g_string_append_printf (line, "%s; ", host);
  else if (snapshot->producer == MILL_PRODUCER_BLOCKED)
    g_string_append (line, _ ("source: blocked; "));
  else if (snapshot->producer == MILL_PRODUCER_WAITING && snapshot->why != NULL)
    /* Translators: the reason why the source has nothing to give at the moment */
    g_string_append_printf (line, _ ("source: %s; "), snapshot->why);
}

static void
append_stage (GString *line, const MillStageSnapshot *stage)
{
  g_autofree char *depth = mill_format_count (stage->queue.depth);
  guint busy = stage->by_state[MILL_WORKER_BUSY];

  if (stage->queue.maxsize > 0)
    /* Translators: name of a stage: items in its queue/most items in its queue, workers at work/workers */
    g_string_append_printf (line, _ ("%s: %s/%d queued, %u/%u busy"), stage->name, depth,
                            stage->queue.maxsize, busy, stage->workers);
  else
    /* Translators: name of a stage: items in its queue, workers at work/workers */
    g_string_append_printf (line, _ ("%s: %s queued, %u/%u busy"), stage->name, depth, busy, stage->workers);
  if (stage->by_state[MILL_WORKER_LIMITED] > 0)
    /* Translators: follows "3/8 busy": how many workers wait for the rate limiter */
    g_string_append_printf (line, _ (", %u limited"), stage->by_state[MILL_WORKER_LIMITED]);
}

static void
append_left (MillCliProgress *self, GString *line, const MillSnapshot *snapshot)
{
  g_autofree char *left = NULL;
  MillEtaKind kind;
  gint64 left_us;

  mill_eta_add_snapshot (self->eta, snapshot);
  kind = mill_eta_estimate (self->eta, &left_us);
  left = mill_words_left (kind, left_us);
  if (left != NULL)
    /* Translators: follows a rate, before the time left */
    g_string_append_printf (line, _ (", %s"), left);
}

/* One line, what matters most first: a narrow terminal cuts the rest. */
static char *
describe (MillCliProgress *self, const MillSnapshot *snapshot)
{
  GString *line = g_string_new (NULL);
  g_autofree char *elapsed = mill_format_time (snapshot->elapsed_us, 0);
  g_autofree char *per_second = mill_words_rate (take_rate (self, snapshot));

  g_string_append_printf (line, "%s %s  ", elapsed, mill_state_get_label (snapshot->state));
  append_counts (self, line, snapshot);
  /* Translators: items per second */
  g_string_append_printf (line, _ (", %s/s"), per_second);
  append_left (self, line, snapshot);
  g_string_append (line, "  ");
  if (snapshot->progress_total > 0)
    {
      append_progress (line, snapshot);
      return g_string_free (line, FALSE);
    }
  append_producer (line, self->pipeline, snapshot);
  for (guint i = 0; i < snapshot->stages->len; i++)
    {
      g_string_append (line, i == 0 ? "" : "; ");
      append_stage (line, g_ptr_array_index (snapshot->stages, i));
    }
  return g_string_free (line, FALSE);
}

static gboolean
draw_cb (gpointer user_data)
{
  MillCliProgress *self = user_data;
  g_autoptr (MillSnapshot) snapshot = mill_pipeline_snapshot (self->pipeline);
  g_autofree char *line = describe (self, snapshot);
  /* One column stays free: some terminals go to the next line when the last one is filled. */
  g_autofree char *visible = mill_cli_text_fit (line, terminal_columns () - 1);

  g_printerr (CLEAR_LINE "%s", visible);
  return G_SOURCE_CONTINUE;
}

static gboolean
can_redraw (void)
{
  return isatty (STDERR_FILENO) && g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
}

/**
 * mill_cli_progress_new:
 * @pipeline: (transfer none): a pipeline that runs
 *
 * Shows a progress line, redrawn by the main loop of the calling thread, if there is a terminal to show it.
 *
 * Returns: (transfer full) (nullable): the line; %NULL without a terminal
 */
MillCliProgress *
mill_cli_progress_new (MillPipeline *pipeline)
{
  MillCliProgress *self;

  if (!can_redraw ())
    return NULL;
  self = g_new0 (MillCliProgress, 1);
  self->pipeline = g_object_ref (pipeline);
  self->eta = mill_eta_new ();
  self->timer = g_timeout_add (INTERVAL_MS, draw_cb, self);
  draw_cb (self);
  return self;
}

/**
 * mill_cli_progress_free:
 *
 * Wipes the line away.
 */
void
mill_cli_progress_free (MillCliProgress *self)
{
  g_source_remove (self->timer);
  g_printerr (CLEAR_LINE);
  g_object_unref (self->pipeline);
  mill_eta_free (self->eta);
  g_free (self);
}
