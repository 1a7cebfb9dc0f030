/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillStageCharts: depth and slots with every sample, as on the tanks; the rest with every beat. All times
 * are microseconds since the start of the run, as in snapshots and events. */

#include "config.h"

#include "mill-stage-charts.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "mill-format.h"
#include "mill-histogram-view.h"
#include "mill-latency-log.h"
#include "mill-words.h"

/* The parts of the workers' time, from the bottom up; the rest is idle. */
static const struct
{
  MillWorkerState state;
  MillDotState dot;
} share_states[] = {
  { MILL_WORKER_BUSY, MILL_DOT_BUSY },       { MILL_WORKER_LIMITED, MILL_DOT_LIMITED },
  { MILL_WORKER_WAITING, MILL_DOT_WAITING }, { MILL_WORKER_BACKING_OFF, MILL_DOT_BACKING_OFF },
  { MILL_WORKER_BLOCKED, MILL_DOT_BLOCKED }, { MILL_WORKER_PAUSED, MILL_DOT_PAUSED },
};

struct _MillStageCharts
{
  GtkWidget parent_instance;

  MillRun *run; /* (owned) */
  guint stage;
  MillTimeline *timeline;          /* (owned): a child */
  MillHistogramView *distribution; /* (owned): the other one, shown in its place */
  GArray *buckets;                 /* (owned) (element-type MillHistogramBucket): scratch */
  guint64 last_retries;            /* as of the last beat */
  guint64 last_dead;
  gint64 last_state_us[MILL_N_WORKER_STATES];
  double peak;         /* items per second */
  MillLatencyLog *log; /* (owned) */
  MillSeries *done;    /* (owned): how many items had left the stage by then; not drawn */

  MillTimelineRow *depth_row; /* (unowned): all of the timeline's */
  MillTimelineRow *held_row;
  MillTimelineRow *rate_row;
  MillTimelineRow *service_row;
  MillTimelineRow *retries_row;
  MillTimelineRow *shares_row;

  MillSeries *depth; /* (unowned): all of their rows' */
  MillSeries *maxsize;
  MillSeries *held;
  MillSeries *permits;
  MillSeries *rate;
  MillSeries *p50;
  MillSeries *p95;
  MillSeries *p99;
  MillSeries *retries;
  MillSeries *dead;
  MillSeries *shares[G_N_ELEMENTS (share_states)];
};

G_DEFINE_FINAL_TYPE (MillStageCharts, mill_stage_charts, GTK_TYPE_WIDGET)

static const MillStageSnapshot *
snapshot_of (MillStageCharts *self)
{
  return g_ptr_array_index (mill_run_get_snapshot (self->run)->stages, self->stage);
}

/* Of two samples, how many items left in between; nothing before the first. */
static double
items_between (MillStageCharts *self, gint64 from_us, gint64 to_us)
{
  double before = 0, after = 0;

  mill_series_get_at (self->done, from_us, &before);
  mill_series_get_at (self->done, to_us, &after);

  return MAX (after - before, 0);
}

/* Exact, where the mean of the curve, which is a rate over a second, would be late. */
static gboolean
summarise_rate (MillTimelineRow *row, gint64 from_us, gint64 to_us, MillTimelineSummary *out,
                gpointer user_data)
{
  MillStageCharts *self = user_data;
  const double items = items_between (self, from_us, to_us);
  g_autofree char *count = mill_format_number (items, 0);
  g_autofree char *rate = NULL;

  if (to_us <= from_us)
    return FALSE;
  rate = mill_words_rate (items * G_USEC_PER_SEC / (double) (to_us - from_us));
  out->value = g_strdup (rate);
  out->detail = g_strdup_printf (ngettext ("%s item", "%s items", (gulong) items), count);
  /* Translators: how many items left the stage in a span of time, and how many that is per second */
  out->text = g_strdup_printf (ngettext ("%s item, %s per second", "%s items, %s per second", (gulong) items),
                               count, rate);

  return TRUE;
}

/* Of the attempts that ended in the span; the curves are percentiles of a second each, which add up to
 * nothing. */
static gboolean
summarise_service (MillTimelineRow *row, gint64 from_us, gint64 to_us, MillTimelineSummary *out,
                   gpointer user_data)
{
  MillStageCharts *self = user_data;
  g_autoptr (MillHistogram) span = mill_latency_log_get (self->log, &from_us, &to_us);
  const guint64 n = mill_histogram_get_count (span);
  g_autofree char *p50 = mill_words_span (mill_histogram_get_percentile (span, 50));
  g_autofree char *p95 = mill_words_span (mill_histogram_get_percentile (span, 95));
  g_autofree char *p99 = mill_words_span (mill_histogram_get_percentile (span, 99));
  g_autofree char *count = mill_format_count (n);
  g_autofree char *begin = mill_format_time (from_us, 1);
  g_autofree char *end = mill_format_time (to_us, 1);

  if (n == 0)
    return TRUE;
  out->value = g_strdup (p50);
  out->detail = g_strdup_printf (_ ("p95 %s · p99 %s"), p95, p99);
  /* Translators: the median, two percentiles and the number of attempts of a span of time, and its begin and
   * end */
  out->text = g_strdup_printf (ngettext ("service time: p50 %s, p95 %s, p99 %s, of %s attempt from %s to %s",
                                         "service time: p50 %s, p95 %s, p99 %s, of %s attempts from %s to %s",
                                         (gulong) n),
                               p50, p95, p99, count, begin, end);

  return TRUE;
}

static void
add_shares (MillStageCharts *self)
{
  guint i;

  self->shares_row =
      mill_timeline_add_row (self->timeline, MILL_TIMELINE_SHARES, _ ("Workers’ time"), MILL_COLOR_BLUE);
  for (i = 0; i < G_N_ELEMENTS (share_states); i++)
    self->shares[i] = mill_timeline_row_add_share (
        self->shares_row, mill_words_worker_state (share_states[i].state), share_states[i].dot);
}

static void
add_rows (MillStageCharts *self)
{
  MillTimeline *timeline = self->timeline;

  self->depth_row = mill_timeline_add_row (timeline, MILL_TIMELINE_AREA, _ ("Queue depth"), MILL_COLOR_GREEN);
  self->depth = mill_timeline_row_add_series (self->depth_row, _ ("depth"), MILL_COLOR_GREEN);
  self->maxsize = mill_timeline_row_add_limit (self->depth_row, _ ("max size"));

  self->held_row = mill_timeline_add_row (timeline, MILL_TIMELINE_AREA, _ ("In flight"), MILL_COLOR_BLUE);
  self->held = mill_timeline_row_add_series (self->held_row, _ ("in flight"), MILL_COLOR_BLUE);
  self->permits = mill_timeline_row_add_limit (self->held_row, _ ("slots"));

  self->rate_row = mill_timeline_add_row (timeline, MILL_TIMELINE_AREA, _ ("Per second"), MILL_COLOR_GREEN);
  self->rate = mill_timeline_row_add_series (self->rate_row, _ ("per second"), MILL_COLOR_GREEN);
  mill_timeline_row_set_summary_func (self->rate_row, summarise_rate, self);

  self->service_row =
      mill_timeline_add_row (timeline, MILL_TIMELINE_LINES, _ ("Service time"), MILL_COLOR_BLUE);
  self->p50 = mill_timeline_row_add_series (self->service_row, _ ("p50"), MILL_COLOR_BLUE);
  self->p95 = mill_timeline_row_add_series (self->service_row, _ ("p95"), MILL_COLOR_AMBER);
  self->p99 = mill_timeline_row_add_series (self->service_row, _ ("p99"), MILL_COLOR_ORANGE);
  mill_timeline_row_set_unit (self->service_row, _ ("ms"), 1);
  mill_timeline_row_set_summary_func (self->service_row, summarise_service, self);

  self->retries_row = mill_timeline_add_row (timeline, MILL_TIMELINE_BARS, _ ("Retries"), MILL_COLOR_PURPLE);
  self->retries = mill_timeline_row_add_series (self->retries_row, _ ("retries"), MILL_COLOR_PURPLE);
  self->dead = mill_timeline_row_add_series (self->retries_row, _ ("dead"), MILL_COLOR_RED);
  mill_timeline_row_set_minimum_top (self->retries_row, 4);

  add_shares (self);
}

/* As on the tank: green below 60 %, amber to 85 %, red above. */
static MillColor
color_of_depth (const MillQueueStats *queue)
{
  double level = queue->maxsize > 0 ? (double) queue->depth / queue->maxsize : 0;

  return level < 0.6 ? MILL_COLOR_GREEN : level < 0.85 ? MILL_COLOR_AMBER : MILL_COLOR_RED;
}

static void
show_depth (MillStageCharts *self, const MillQueueStats *queue)
{
  g_autofree char *depth = mill_format_count (queue->depth);
  g_autofree char *limit = queue->maxsize > 0 ? mill_format_count ((guint64) queue->maxsize) : NULL;
  g_autofree char *detail = limit != NULL ? g_strdup_printf (_ ("max %s"), limit) : g_strdup (_ ("no limit"));

  mill_timeline_row_set_value (self->depth_row, depth, detail);
  mill_timeline_row_set_color (self->depth_row, color_of_depth (queue));
}

static void
show_held (MillStageCharts *self, const MillStageSnapshot *stage)
{
  g_autofree char *held = mill_format_count (stage->held);
  g_autofree char *limit = mill_format_count (stage->permits);
  g_autofree char *detail = g_strdup_printf (_ ("slots %s"), limit);

  mill_timeline_row_set_value (self->held_row, held, stage->permits > 0 ? detail : _ ("no limit"));
}

static void
sampled_cb (MillStageCharts *self)
{
  const MillStageSnapshot *stage = snapshot_of (self);
  gint64 now_us = mill_run_get_snapshot (self->run)->elapsed_us;

  mill_series_append (self->depth, now_us, stage->queue.depth);
  if (stage->queue.maxsize > 0)
    mill_series_append (self->maxsize, now_us, stage->queue.maxsize);
  mill_series_append (self->held, now_us, stage->held);
  if (stage->permits > 0)
    mill_series_append (self->permits, now_us, stage->permits);
  mill_series_append (self->done, now_us, (double) stage->done);
  show_depth (self, &stage->queue);
  show_held (self, stage);
  mill_timeline_set_now (self->timeline, now_us);
}

static void
show_rate (MillStageCharts *self, double rate, gint64 now_us)
{
  g_autofree char *value = mill_words_rate (rate);
  g_autofree char *peak = NULL;
  g_autofree char *detail = NULL;

  self->peak = MAX (self->peak, rate);
  peak = mill_words_rate (self->peak);
  detail = g_strdup_printf (_ ("peak %s"), peak);
  mill_series_append (self->rate, now_us, rate);
  mill_timeline_row_set_value (self->rate_row, value, detail);
}

static void
show_service (MillStageCharts *self, const MillTimes *times, gint64 now_us)
{
  g_autofree char *p50 = mill_words_span (times->p50_us);
  g_autofree char *p95 = mill_words_span (times->p95_us);
  g_autofree char *p99 = mill_words_span (times->p99_us);
  g_autofree char *detail = NULL;

  /* Without an attempt in the last second there is no latency to speak of: the curve has a gap. */
  mill_series_append (self->p50, now_us, times->count > 0 ? (double) times->p50_us / 1000 : NAN);
  mill_series_append (self->p95, now_us, times->count > 0 ? (double) times->p95_us / 1000 : NAN);
  mill_series_append (self->p99, now_us, times->count > 0 ? (double) times->p99_us / 1000 : NAN);
  if (times->count == 0)
    return;

  detail = g_strdup_printf (_ ("p95 %s · p99 %s"), p95, p99);
  mill_timeline_row_set_value (self->service_row, p50, detail);
}

static void
show_retries (MillStageCharts *self, const MillStageSnapshot *stage, gint64 now_us)
{
  g_autofree char *retries = mill_format_count (stage->retries);
  g_autofree char *dead = mill_format_count (stage->dead);
  g_autofree char *detail = g_strdup_printf (_ ("%s dead"), dead);

  mill_series_append (self->retries, now_us, (double) (stage->retries - self->last_retries));
  mill_series_append (self->dead, now_us, (double) (stage->dead - self->last_dead));
  self->last_retries = stage->retries;
  self->last_dead = stage->dead;
  mill_timeline_row_set_value (self->retries_row, retries, detail);
}

/* Of the time since the last beat. Without workers there is a gap. */
static void
record_shares (MillStageCharts *self, const MillStageSnapshot *stage, gint64 now_us)
{
  gint64 spent[MILL_N_WORKER_STATES], total = 0;
  guint i;

  for (i = 0; i < MILL_N_WORKER_STATES; i++)
    {
      spent[i] = MAX (stage->state_us[i] - self->last_state_us[i], 0);
      total += spent[i];
      self->last_state_us[i] = stage->state_us[i];
    }
  for (i = 0; i < G_N_ELEMENTS (share_states); i++)
    mill_series_append (self->shares[i], now_us,
                        total > 0 ? (double) spent[share_states[i].state] / (double) total : NAN);
}

/* How busy they are, and what else they do most. */
static void
show_shares (MillStageCharts *self, const double shares[MILL_N_WORKER_STATES])
{
  g_autofree char *busy = mill_words_percent (shares[MILL_WORKER_BUSY]);
  g_autofree char *other = NULL;
  g_autofree char *detail = NULL;
  guint most = MILL_WORKER_IDLE, i;

  for (i = 0; i < G_N_ELEMENTS (share_states); i++)
    if (share_states[i].state != MILL_WORKER_BUSY && shares[share_states[i].state] > shares[most])
      most = share_states[i].state;
  other = mill_words_percent (shares[most]);
  /* Translators: below the share of time that workers are busy: what else they do, and its share; "idle 23 %"
   */
  detail = g_strdup_printf (_ ("busy · %s %s"), mill_words_worker_state (most), other);
  mill_timeline_row_set_value (self->shares_row, busy, shares[most] > 0 ? detail : _ ("busy"));
}

static void
show_histogram (MillStageCharts *self, const MillHistogram *histogram)
{
  static const struct
  {
    const char *name;
    double percentile;
  } marks[] = { { "p50", 50 }, { "p95", 95 }, { "p99", 99 } };
  MillHistogramBucket bucket;
  guint position = 0, i;

  g_array_set_size (self->buckets, 0);
  while (mill_histogram_next_bucket (histogram, &position, &bucket.low_us, &bucket.high_us, &bucket.count))
    g_array_append_val (self->buckets, bucket);
  mill_histogram_view_set_buckets (self->distribution, &g_array_index (self->buckets, MillHistogramBucket, 0),
                                   self->buckets->len);
  for (i = 0; i < G_N_ELEMENTS (marks); i++)
    mill_histogram_view_set_mark (self->distribution, i, marks[i].name,
                                  mill_histogram_get_percentile (histogram, marks[i].percentile));
}

/* Of the selected span, or of the whole run. */
static void
show_distribution (MillStageCharts *self)
{
  gint64 from, to;

  if (!gtk_widget_get_visible (GTK_WIDGET (self->distribution)))
    return;
  if (mill_timeline_view_get_selection (mill_timeline_get_view (self->timeline), &from, &to))
    {
      g_autoptr (MillHistogram) span = mill_latency_log_get (self->log, &from, &to);
      guint64 n = mill_histogram_get_count (span);
      g_autofree char *count = mill_format_count (n);
      g_autofree char *begin = mill_format_time (from, 1);
      g_autofree char *end = mill_format_time (to, 1);
      /* Translators: of how many attempts, and from when to when */
      g_autofree char *caption =
          g_strdup_printf (ngettext ("Service time of %s attempt, %s to %s",
                                     "Service time of %s attempts, %s to %s", (gulong) n),
                           count, begin, end);

      show_histogram (self, span);
      mill_histogram_view_set_caption (self->distribution, caption);
    }
  else
    {
      const MillHistogram *all = snapshot_of (self)->service;
      guint64 n = mill_histogram_get_count (all);
      g_autofree char *count = mill_format_count (n);
      g_autofree char *caption =
          g_strdup_printf (ngettext ("Service time of %s attempt since the start",
                                     "Service time of %s attempts since the start", (gulong) n),
                           count);

      show_histogram (self, all);
      mill_histogram_view_set_caption (self->distribution, caption);
    }
}

static void
beat_cb (MillStageCharts *self)
{
  const MillStageSnapshot *stage = snapshot_of (self);
  const MillStageFigures *figures = &mill_run_get_figures (self->run)->stages[self->stage];
  gint64 now_us = mill_run_get_snapshot (self->run)->elapsed_us;

  show_rate (self, figures->rate, now_us);
  mill_latency_log_add (self->log, now_us, stage->service);
  show_service (self, &figures->recent, now_us);
  show_retries (self, stage, now_us);
  record_shares (self, stage, now_us);
  show_shares (self, figures->shares);
  show_distribution (self);
}

static void
mill_stage_charts_dispose (GObject *object)
{
  MillStageCharts *self = MILL_STAGE_CHARTS (object);

  g_clear_pointer ((GtkWidget **) &self->timeline, gtk_widget_unparent);
  g_clear_pointer ((GtkWidget **) &self->distribution, gtk_widget_unparent);
  g_clear_pointer (&self->buckets, g_array_unref);
  g_clear_object (&self->run);
  g_clear_object (&self->done);
  g_clear_pointer (&self->log, mill_latency_log_free);

  G_OBJECT_CLASS (mill_stage_charts_parent_class)->dispose (object);
}

static void
mill_stage_charts_class_init (MillStageChartsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mill_stage_charts_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
mill_stage_charts_init (MillStageCharts *self)
{
  self->done = mill_series_new ();
  self->log = mill_latency_log_new ();
  self->timeline = MILL_TIMELINE (mill_timeline_new ());
  mill_timeline_set_empty_text (self->timeline, _ ("Press Start"));
  gtk_widget_set_parent (GTK_WIDGET (self->timeline), GTK_WIDGET (self));
  self->buckets = g_array_new (FALSE, FALSE, sizeof (MillHistogramBucket));
  self->distribution = MILL_HISTOGRAM_VIEW (mill_histogram_view_new ());
  gtk_widget_set_visible (GTK_WIDGET (self->distribution), FALSE);
  gtk_widget_set_parent (GTK_WIDGET (self->distribution), GTK_WIDGET (self));
}

/**
 * mill_stage_charts_new:
 * @run: (transfer none): the run to follow
 * @stage: which of its stages, from 0
 * @view: (transfer none): what is shown of the time
 *
 * Returns: (transfer floating): the charts
 */
GtkWidget *
mill_stage_charts_new (MillRun *run, guint stage, MillTimelineView *view)
{
  MillStageCharts *self = g_object_new (MILL_TYPE_STAGE_CHARTS, NULL);
  g_autofree char *label = NULL;

  self->run = g_object_ref (run);
  self->stage = stage;
  add_rows (self);
  label = g_strdup_printf (_ ("%s over time"), snapshot_of (self)->name);
  mill_timeline_set_label (self->timeline, label);
  mill_timeline_set_origin (self->timeline, 0);
  mill_timeline_set_view (self->timeline, view);
  g_free (label);
  label = g_strdup_printf (_ ("%s service time"), snapshot_of (self)->name);
  mill_histogram_view_set_label (self->distribution, label);
  g_signal_connect_object (view, "changed", G_CALLBACK (show_distribution), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "sampled", G_CALLBACK (sampled_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "beat", G_CALLBACK (beat_cb), self, G_CONNECT_SWAPPED);

  return GTK_WIDGET (self);
}

/**
 * mill_stage_charts_get_timeline:
 *
 * Returns: (transfer none): the charts themselves
 */
MillTimeline *
mill_stage_charts_get_timeline (MillStageCharts *self)
{
  return self->timeline;
}

/**
 * mill_stage_charts_set_distribution:
 * @distribution: whether to show the distribution of service times in place of the charts over time
 *
 * Chooses what is shown.
 */
void
mill_stage_charts_set_distribution (MillStageCharts *self, gboolean distribution)
{
  gtk_widget_set_visible (GTK_WIDGET (self->distribution), distribution);
  gtk_widget_set_visible (GTK_WIDGET (self->timeline), !distribution);
  show_distribution (self);
}

/**
 * mill_stage_charts_describe_selection:
 * @out_short: (out) (transfer full): the span and how many items left the stage in it
 *
 * Returns: (transfer full) (nullable): the statistics of the selected span, a line each; %NULL, with
 * @out_short untouched, if none is selected
 */
char *
mill_stage_charts_describe_selection (MillStageCharts *self, char **out_short)
{
  g_autofree char *count = NULL;
  double items;
  char *text = mill_timeline_describe_selection (self->timeline);
  gint64 from, to;

  if (text == NULL)
    return NULL;

  mill_timeline_view_get_selection (mill_timeline_get_view (self->timeline), &from, &to);
  items = items_between (self, from, to);
  count = mill_format_number (items, 0);
  /* Translators: a span of time, and how many items left the stage in it */
  *out_short = g_strdup_printf (ngettext ("%.*s · %s item", "%.*s · %s items", (gulong) items),
                                (int) strcspn (text, "\n"), text, count);

  return text;
}

static MillMarkerKind
marker_kind_of (MillEventKind kind)
{
  switch (kind)
    {
    case MILL_EVENT_STATE:
      return MILL_MARKER_STATE;
    case MILL_EVENT_KNOB:
      return MILL_MARKER_KNOB;
    case MILL_EVENT_FAULT:
    case MILL_EVENT_ALERT:
      return MILL_MARKER_FAULT;
    default:
      g_return_val_if_reached (MILL_MARKER_STATE);
    }
}

/**
 * mill_stage_charts_add_event:
 * @event: something that happened in the run
 *
 * Marks it on the time axis.
 */
void
mill_stage_charts_add_event (MillStageCharts *self, const MillEvent *event)
{
  mill_timeline_add_marker (self->timeline, event->time_us, event->text, marker_kind_of (event->kind));
}

/**
 * mill_stage_charts_set_presenting:
 * @presenting: whether they are presented to a room
 *
 * Shows two charts only, depth and throughput, or all.
 */
void
mill_stage_charts_set_presenting (MillStageCharts *self, gboolean presenting)
{
  MillTimelineRow *const rows[] = { self->depth_row, self->rate_row };

  mill_timeline_show_only (self->timeline, rows, presenting ? G_N_ELEMENTS (rows) : 0);
}
