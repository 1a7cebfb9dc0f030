/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a pipeline to its end in the terminal: progress, Ctrl+C, result. The first Ctrl+C lets what was begun
 * be finished, the second stops it, the third is the operating system's. */

#include "config.h"

#include "cli-watch.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>

#include "cli-progress.h"
#include "cli-report.h"
#include "cli-text.h"
#include "mill-processor.h"
#include "pipeline/mill-alert-watch.h"
#include "pipeline/mill-limit.h"

#define DRAIN_DEADLINE_S 30.0
#define LOOK_INTERVAL_MS 100

typedef struct
{
  MillPipeline *pipeline;    /* (unowned) */
  MillCliProgress *progress; /* (owned) (nullable) */
  GMainLoop *loop;           /* (owned) */
  MillAlertWatch *alerts;    /* (owned) (nullable) */
  guint interrupts;
  guint sigint;
  guint sigterm;
  guint duration;
  MillLimit *limit; /* (owned) */
  guint look;
} Watch;

static void
remove_source (guint *id)
{
  if (*id != 0)
    g_source_remove (*id);
  *id = 0;
}

/* Says something that stays on the screen, above the progress line. */
static void
say (Watch *self, const char *message)
{
  g_autofree char *text = mill_cli_text_printable (message);

  if (self->progress != NULL)
    g_printerr ("\r\033[K");
  g_printerr ("%s\n", text);
}

static gboolean
interrupted_cb (gpointer user_data)
{
  Watch *self = user_data;

  if (++self->interrupts == 1 && mill_pipeline_drain (self->pipeline, DRAIN_DEADLINE_S, NULL))
    {
      say (self, _ ("Finishing what was begun, for 30 s at most. Ctrl+C again stops at once."));
      return G_SOURCE_CONTINUE;
    }
  say (self, _ ("Stopping."));
  mill_pipeline_stop (self->pipeline);
  /* From now on a signal kills. */
  remove_source (&self->sigint);
  remove_source (&self->sigterm);
  return G_SOURCE_REMOVE;
}

static gboolean
duration_over_cb (gpointer user_data)
{
  Watch *self = user_data;

  mill_pipeline_drain (self->pipeline, DRAIN_DEADLINE_S, NULL);
  self->duration = 0;
  return G_SOURCE_REMOVE;
}

static void
alert_cb (const char *text, gpointer user_data)
{
  Watch *self = user_data;
  /* Translators: a limit that was passed */
  g_autofree char *message = g_strdup_printf (_ ("Alert: %s"), text);

  mill_pipeline_add_event (self->pipeline, MILL_EVENT_ALERT, text);
  say (self, message);
}

static gboolean
look_cb (gpointer user_data)
{
  Watch *self = user_data;
  g_autoptr (MillSnapshot) run = mill_pipeline_snapshot (self->pipeline);

  mill_limit_add_snapshot (self->limit, run, mill_processor_get_time ());
  if (self->alerts != NULL)
    mill_alert_watch_look (self->alerts, run, alert_cb, self);
  return G_SOURCE_CONTINUE;
}

static void
say_address (Watch *self)
{
  g_autofree char *address = mill_source_dup_address (mill_pipeline_get_source (self->pipeline));
  g_autofree char *message = address != NULL ? g_strdup_printf (_ ("Listening at %s"), address) : NULL;

  if (message != NULL)
    say (self, message);
}

static guint64
count_alerts (const Watch *self)
{
  return self->alerts != NULL ? mill_alert_watch_get_count (self->alerts) : 0;
}

static void
ended_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Watch *self = user_data;

  mill_pipeline_join_finish (self->pipeline, result, NULL);
  g_main_loop_quit (self->loop);
}

static void
run_to_the_end (Watch *self, const MillCliWatchOptions *options)
{
  self->loop = g_main_loop_new (NULL, FALSE);
  say_address (self);
  self->sigint = g_unix_signal_add (SIGINT, interrupted_cb, self);
  self->sigterm = g_unix_signal_add (SIGTERM, interrupted_cb, self);
  if (options->duration_s > 0)
    self->duration = g_timeout_add ((guint) (options->duration_s * 1000.0), duration_over_cb, self);
  if (options->alerts != NULL && !mill_alert_limits_is_empty (options->alerts))
    self->alerts = mill_alert_watch_new (options->alerts);
  self->look = g_timeout_add (LOOK_INTERVAL_MS, look_cb, self);
  look_cb (self);
  self->progress = mill_cli_progress_new (self->pipeline);
  mill_pipeline_join_async (self->pipeline, NULL, ended_cb, self);
  g_main_loop_run (self->loop);
  /* Once more: what was passed in the end is told as well. */
  look_cb (self);
  g_clear_pointer (&self->progress, mill_cli_progress_free);
  remove_source (&self->look);
  remove_source (&self->duration);
  remove_source (&self->sigint);
  remove_source (&self->sigterm);
  g_clear_pointer (&self->loop, g_main_loop_unref);
}

/* JSON is UTF-8 whatever the terminal's encoding is. */
static void
print_json (MillPipeline *pipeline, const MillCliReport *report)
{
  g_autofree char *json = mill_cli_report_to_json (pipeline, report);

  fputs (json, stdout);
  fputc ('\n', stdout);
}

/* Whether the run is compared with an earlier one. */
static gboolean
count_changes (const char *run_file, MillChangeCounts *counts)
{
  g_autoptr (GError) error = NULL;

  if (run_file == NULL)
    return FALSE;
  if (!mill_changes_count (run_file, counts, &error))
    mill_cli_complain (error->message);
  return error == NULL && counts->is_compared;
}

static void
print_result (const Watch *self, const MillCliWatchOptions *options)
{
  MillChangeCounts counts;
  MillCliReport report = { .limit = mill_limit_get_last_sure (self->limit),
                           .changes = count_changes (options->run_file, &counts) ? &counts : NULL,
                           .n_alerts = count_alerts (self) };
  g_autofree char *text = NULL;

  if (options->as_json)
    {
      print_json (self->pipeline, &report);
      return;
    }
  text = mill_cli_report_to_text (self->pipeline, &report);
  g_print ("%s", text);
}

static MillCliStatus
status_of (MillPipeline *pipeline, gboolean was_interrupted)
{
  g_autoptr (MillSnapshot) run = mill_pipeline_snapshot (pipeline);

  if (was_interrupted)
    return MILL_CLI_INTERRUPTED;
  if (run->state != MILL_STATE_FINISHED)
    return MILL_CLI_FAILED;
  return run->dead > 0 ? MILL_CLI_DEAD_LETTERS : MILL_CLI_FINISHED;
}

static MillCliStatus
fail_to_start (MillPipeline *pipeline, const MillCliWatchOptions *options, const GError *error)
{
  MillCliReport report = { .error = error->message };

  if (options->as_json)
    print_json (pipeline, &report);
  mill_cli_complain (error->message);
  return mill_cli_status_for_error (error);
}

/**
 * mill_cli_watch:
 * @pipeline: a pipeline that was not started
 * @options: how to run it
 *
 * Starts @pipeline, shows how it gets on, and prints what came of it.
 *
 * Returns: the exit status
 */
MillCliStatus
mill_cli_watch (MillPipeline *pipeline, const MillCliWatchOptions *options)
{
  g_autoptr (MillLimit) limit = mill_limit_new (g_get_num_processors ());
  Watch self = { .pipeline = pipeline, .limit = limit };
  g_autoptr (GError) error = NULL;

  if (!mill_pipeline_start (pipeline, &error))
    return fail_to_start (pipeline, options, error);
  if (options->started != NULL)
    options->started (pipeline, options->user_data);
  run_to_the_end (&self, options);
  print_result (&self, options);
  g_clear_object (&self.alerts);
  return status_of (pipeline, self.interrupts > 0);
}

/**
 * mill_cli_forget_unstarted:
 * @pipeline: (inout) (transfer full): a pipeline that was watched
 * @run_file: (nullable): the file that was made for its run
 *
 * If @pipeline could not start, lets go of it and removes @run_file: nothing is in it, and it would be in the
 * way of the next try.
 */
void
mill_cli_forget_unstarted (MillPipeline **pipeline, const char *run_file)
{
  if (run_file == NULL || mill_pipeline_get_state (*pipeline) != MILL_STATE_IDLE)
    return;
  /* The last to close the file removes what SQLite keeps beside it. */
  g_clear_object (pipeline);
  g_unlink (run_file);
}
