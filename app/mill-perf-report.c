/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillPerfReport: listens to the frame clock of the window's surface. The clock also turns without painting,
 * for ticks; only a turn with a `paint` is a frame. */

#include "config.h"

#include "mill-perf-report.h"

#include <time.h>

/* What comes with the start is no part of the report: the first drawing of everything, and empty caches. */
#define WARM_UP_S 1.0
/* How much of the end is told apart. */
#define LAST_S 2.0

struct _MillPerfReport
{
  GObject parent_instance;

  GdkFrameClock *clock; /* (owned) (nullable): NULL once the surface has none */
  MillRun *run;         /* (owned) (nullable) */
  MillPerfReportFunc done;
  gpointer user_data;
  double seconds;
  guint timer; /* 0 unless it measures, or waits for that */

  gint64 started_us;     /* when the program began */
  gint64 first_frame_us; /* when the first frame was done; 0 before */
  gboolean is_measuring;
  gboolean is_painting; /* this turn of the clock paints */
  gint64 turn_us;       /* when this turn of the clock began */
  gint64 turn_cpu_ns;
  guint64 n_turns;       /* with and without a frame */
  GArray *starts_us;     /* (owned) (element-type gint64): when each frame began */
  GArray *durations_us;  /* (owned) (element-type gint64): from the start to the end of a frame */
  GArray *frame_cpus_us; /* (owned) (element-type gint64): the main thread's share of that */
  gint64 begin_us, end_us;
  gint64 begin_cpu_ns, end_cpu_ns;
};

G_DEFINE_FINAL_TYPE (MillPerfReport, mill_perf_report, G_TYPE_OBJECT)

/* Returns: how much CPU this thread, the one that draws, has used in its life, in nanoseconds */
static gint64
get_cpu_ns (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return (gint64) time.tv_sec * 1000000000 + time.tv_nsec;
}

static void
before_paint_cb (MillPerfReport *self)
{
  self->is_painting = FALSE;
  self->turn_us = g_get_monotonic_time ();
  self->turn_cpu_ns = get_cpu_ns ();
}

static void
paint_cb (MillPerfReport *self)
{
  self->is_painting = TRUE;
}

static void
count_frame (MillPerfReport *self, gint64 now_us)
{
  gint64 duration_us = now_us - self->turn_us;
  gint64 cpu_us = (get_cpu_ns () - self->turn_cpu_ns) / 1000;

  g_array_append_val (self->starts_us, self->turn_us);
  g_array_append_val (self->durations_us, duration_us);
  g_array_append_val (self->frame_cpus_us, cpu_us);
}

static void
after_paint_cb (MillPerfReport *self)
{
  gint64 now_us = g_get_monotonic_time ();

  if (self->is_painting && self->first_frame_us == 0)
    self->first_frame_us = now_us;
  if (!self->is_measuring)
    return;
  self->n_turns++;
  if (self->is_painting)
    count_frame (self, now_us);
}

static void
finish (MillPerfReport *self)
{
  self->end_us = g_get_monotonic_time ();
  self->end_cpu_ns = get_cpu_ns ();
  self->is_measuring = FALSE;
  self->done (self, self->user_data);
}

static gboolean
finish_cb (gpointer user_data)
{
  MillPerfReport *self = user_data;

  self->timer = 0;
  finish (self);

  return G_SOURCE_REMOVE;
}

static gboolean
begin_cb (gpointer user_data)
{
  MillPerfReport *self = user_data;

  self->is_measuring = TRUE;
  self->begin_us = g_get_monotonic_time ();
  self->begin_cpu_ns = get_cpu_ns ();
  self->timer = g_timeout_add ((guint) (self->seconds * 1000), finish_cb, self);

  return G_SOURCE_REMOVE;
}

/* A run that ends before its time has nothing more to draw. */
static void
ended_cb (MillPerfReport *self)
{
  if (self->timer == 0)
    return;
  g_clear_handle_id (&self->timer, g_source_remove);
  if (!self->is_measuring)
    begin_cb (self);
  g_clear_handle_id (&self->timer, g_source_remove);
  finish (self);
}

static int
compare_times (gconstpointer one, gconstpointer other)
{
  gint64 a = *(const gint64 *) one, b = *(const gint64 *) other;

  return (a > b) - (a < b);
}

/* Returns: the time that @percent of all do not exceed, in milliseconds; 0 if there is none */
static double
get_percentile_ms (GArray *times_us, double percent)
{
  guint index;

  if (times_us->len == 0)
    return 0;
  g_array_sort (times_us, compare_times);
  index = (guint) ((double) (times_us->len - 1) * percent / 100.0 + 0.5);

  return (double) g_array_index (times_us, gint64, index) / 1000.0;
}

/* Returns: (transfer full): the times from the start of a frame to that of the next */
static GArray *
list_intervals (MillPerfReport *self)
{
  GArray *intervals = g_array_new (FALSE, FALSE, sizeof (gint64));
  guint i;

  for (i = 1; i < self->starts_us->len; i++)
    {
      gint64 interval_us =
          g_array_index (self->starts_us, gint64, i) - g_array_index (self->starts_us, gint64, i - 1);

      g_array_append_val (intervals, interval_us);
    }

  return intervals;
}

/* Returns: frames a second as it was at last */
static double
get_last_fps (MillPerfReport *self)
{
  guint n_frames = 0;

  while (n_frames < self->starts_us->len &&
         g_array_index (self->starts_us, gint64, self->starts_us->len - 1 - n_frames) >=
             self->end_us - (gint64) (LAST_S * G_USEC_PER_SEC))
    n_frames++;

  return n_frames / LAST_S;
}

static void
add_number (GString *json, const char *name, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (text, sizeof text, "%.3f", value);
  g_string_append_printf (json, "%s\"%s\":%s", json->len > 1 ? "," : "", name, text);
}

static void
add_run (GString *json, MillRun *run)
{
  const MillSnapshot *snapshot = mill_run_get_snapshot (run);
  double seconds = (double) snapshot->elapsed_us / G_USEC_PER_SEC;

  add_number (json, "done", (double) snapshot->done);
  add_number (json, "run_seconds", seconds);
  add_number (json, "items_per_second", seconds > 0 ? (double) snapshot->done / seconds : 0);
}

static void
mill_perf_report_dispose (GObject *object)
{
  MillPerfReport *self = MILL_PERF_REPORT (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->clock);
  g_clear_object (&self->run);

  G_OBJECT_CLASS (mill_perf_report_parent_class)->dispose (object);
}

static void
mill_perf_report_finalize (GObject *object)
{
  MillPerfReport *self = MILL_PERF_REPORT (object);

  g_clear_pointer (&self->starts_us, g_array_unref);
  g_clear_pointer (&self->durations_us, g_array_unref);
  g_clear_pointer (&self->frame_cpus_us, g_array_unref);

  G_OBJECT_CLASS (mill_perf_report_parent_class)->finalize (object);
}

static void
mill_perf_report_class_init (MillPerfReportClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mill_perf_report_dispose;
  G_OBJECT_CLASS (klass)->finalize = mill_perf_report_finalize;
}

static void
mill_perf_report_init (MillPerfReport *self)
{
  self->starts_us = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->durations_us = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->frame_cpus_us = g_array_new (FALSE, FALSE, sizeof (gint64));
}

/**
 * mill_perf_report_new:
 * @window: (transfer none): a window that has just been presented and has not been drawn yet
 * @run: (transfer none) (nullable): what it shows
 * @started_us: when the program began, by g_get_monotonic_time()
 *
 * Begins to listen.
 *
 * Returns: (transfer full): a report that is still to be taken
 */
MillPerfReport *
mill_perf_report_new (GtkWindow *window, MillRun *run, gint64 started_us)
{
  MillPerfReport *self = g_object_new (MILL_TYPE_PERF_REPORT, NULL);

  self->started_us = started_us;
  self->run = run != NULL ? g_object_ref (run) : NULL;
  self->clock = g_object_ref (gtk_widget_get_frame_clock (GTK_WIDGET (window)));
  g_signal_connect_object (self->clock, "before-paint", G_CALLBACK (before_paint_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->clock, "paint", G_CALLBACK (paint_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->clock, "after-paint", G_CALLBACK (after_paint_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  if (run != NULL)
    g_signal_connect_object (run, "ended", G_CALLBACK (ended_cb), self, G_CONNECT_SWAPPED);

  return self;
}

/**
 * mill_perf_report_take:
 * @seconds: for how long
 * @done: (scope async): called when it is over, or the run is
 *
 * Measures, from a second after now on.
 */
void
mill_perf_report_take (MillPerfReport *self, double seconds, MillPerfReportFunc done, gpointer user_data)
{
  self->seconds = seconds;
  self->done = done;
  self->user_data = user_data;
  self->timer = g_timeout_add ((guint) (WARM_UP_S * 1000), begin_cb, self);
}

/**
 * mill_perf_report_get_run:
 *
 * Returns: (transfer none) (nullable): what the window shows
 */
MillRun *
mill_perf_report_get_run (MillPerfReport *self)
{
  return self->run;
}

/**
 * mill_perf_report_to_json:
 *
 * `frame_ms_p99` is the time from the start of a frame to its end, all phases included; `interval_ms_p99`
 * that from the start of a frame to the start of the next. `cpu_ms_per_frame` is all that the main thread
 * used, within frames and between them, by the number of frames.
 *
 * Returns: (transfer full): one line
 */
char *
mill_perf_report_to_json (MillPerfReport *self)
{
  GString *json = g_string_new ("{");
  g_autoptr (GArray) intervals_us = list_intervals (self);
  double seconds = (double) (self->end_us - self->begin_us) / G_USEC_PER_SEC;
  double cpu_ms = (double) (self->end_cpu_ns - self->begin_cpu_ns) / 1e6;
  double n_frames = self->durations_us->len;
  double first_us = self->first_frame_us != 0 ? (double) (self->first_frame_us - self->started_us) : 0;

  add_number (json, "fps", seconds > 0 ? n_frames / seconds : 0);
  add_number (json, "cpu_ms_per_frame", n_frames > 0 ? cpu_ms / n_frames : 0);
  add_number (json, "frame_ms_p99", get_percentile_ms (self->durations_us, 99));
  add_number (json, "first_frame_ms", first_us / 1000);
  add_number (json, "seconds", seconds);
  add_number (json, "frames", n_frames);
  add_number (json, "fps_last_2_s", get_last_fps (self));
  add_number (json, "clock_turns", (double) self->n_turns);
  add_number (json, "frame_ms_p50", get_percentile_ms (self->durations_us, 50));
  add_number (json, "frame_cpu_ms_p50", get_percentile_ms (self->frame_cpus_us, 50));
  add_number (json, "frame_cpu_ms_p99", get_percentile_ms (self->frame_cpus_us, 99));
  add_number (json, "interval_ms_p50", get_percentile_ms (intervals_us, 50));
  add_number (json, "interval_ms_p99", get_percentile_ms (intervals_us, 99));
  add_number (json, "cpu_share", seconds > 0 ? cpu_ms / 1000 / seconds : 0);
  if (self->run != NULL)
    add_run (json, self->run);
  g_string_append_c (json, '}');

  return g_string_free (json, FALSE);
}
