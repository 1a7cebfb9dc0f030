/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs both variants of a pitfall and prints them side by side. */

#include "config.h"

#include "cli-pitfall.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <unistd.h>

#include "cli-text.h"
#include "mill-pitfall-words.h"

#define LOOK_INTERVAL_MS 100
#define CLEAR_LINE       "\r\033[K"

typedef struct
{
  MillPitfallRun *run; /* (unowned) */
  GMainLoop *loop;     /* (unowned) */
  gboolean shows_progress;
  gboolean interrupted;
} Watch;

static void
get_results (MillPitfallRun *run, MillTrialResult results[MILL_N_VARIANTS])
{
  for (guint i = 0; i < MILL_N_VARIANTS; i++)
    mill_pitfall_run_get_result (run, (MillVariant) i, &results[i]);
}

static void
print_progress (Watch *self)
{
  MillTrialResult results[MILL_N_VARIANTS];

  get_results (self->run, results);
  g_printerr (CLEAR_LINE);
  for (guint i = 0; i < MILL_N_VARIANTS; i++)
    {
      g_autofree char *done = mill_pitfall_words_done (&results[i]);

      g_printerr ("%s%s: %s", i > 0 ? "   " : "", mill_pitfall_words_variant ((MillVariant) i), done);
    }
}

static gboolean
look_cb (gpointer user_data)
{
  Watch *self = user_data;

  if (mill_pitfall_run_is_over (self->run))
    g_main_loop_quit (self->loop);
  else if (self->shows_progress)
    print_progress (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
interrupted_cb (gpointer user_data)
{
  Watch *self = user_data;

  self->interrupted = TRUE;
  mill_pitfall_run_cancel (self->run);
  return G_SOURCE_CONTINUE;
}

/* Prints the heading, if any, once it can be interrupted. Returns whether it came to its end. */
static gboolean
run_to_the_end (MillPitfallRun *run, const char *heading)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Watch self = { run, loop, isatty (STDERR_FILENO) != 0, FALSE };
  guint sources[] = { g_unix_signal_add (SIGINT, interrupted_cb, &self),
                      g_unix_signal_add (SIGTERM, interrupted_cb, &self),
                      g_timeout_add (LOOK_INTERVAL_MS, look_cb, &self) };

  if (heading != NULL)
    g_print ("%s\n\n", heading);
  mill_pitfall_run_start (run);
  g_main_loop_run (loop);
  mill_pitfall_run_wait (run);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
  if (self.shows_progress)
    g_printerr (CLEAR_LINE);
  return !self.interrupted;
}

/* ---- for people -----------------------------------------------------------------------------------------
 */

typedef char *(*ResultWords) (const MillTrialResult *result);

static void
add_row (MillCliTable *table, const char *label, const MillTrialResult results[MILL_N_VARIANTS],
         ResultWords words)
{
  g_autofree char *wrong = words (&results[MILL_VARIANT_WRONG]);
  g_autofree char *cured = words (&results[MILL_VARIANT_CURED]);

  mill_cli_table_add (table, label, wrong, cured, NULL);
}

static void
add_figures (MillCliTable *table, MillPitfall *pitfall, const MillTrialResult results[MILL_N_VARIANTS])
{
  g_autofree char *wrong = mill_pitfall_words_figure (pitfall, &results[MILL_VARIANT_WRONG]);
  g_autofree char *cured = mill_pitfall_words_figure (pitfall, &results[MILL_VARIANT_CURED]);

  mill_cli_table_add (table, mill_pitfall_get_figure_label (pitfall), wrong, cured, NULL);
}

static void
print_table (MillPitfall *pitfall, const MillTrialResult results[MILL_N_VARIANTS])
{
  g_autoptr (MillCliTable) table = mill_cli_table_new ("lll");
  g_autofree char *text = NULL;

  mill_cli_table_add (table, "", mill_pitfall_words_variant (MILL_VARIANT_WRONG),
                      mill_pitfall_words_variant (MILL_VARIANT_CURED), NULL);
  mill_cli_table_add (table, _ ("Program"), mill_pitfall_get_variant_text (pitfall, MILL_VARIANT_WRONG),
                      mill_pitfall_get_variant_text (pitfall, MILL_VARIANT_CURED), NULL);
  add_figures (table, pitfall, results);
  add_row (table, _ ("Items done"), results, mill_pitfall_words_done);
  add_row (table, _ ("Ended"), results, mill_pitfall_words_end);
  text = mill_cli_table_to_string (table);
  g_print ("%s", text);
}

/* ---- for programs, described in millrace-cli(1) ----------------------------------------------------------
 */

static const char *
get_state_id (const MillTrialResult *result)
{
  if (result->state == MILL_TRIAL_CANCELLED)
    return "stopped";
  return result->hangs ? "hangs" : "finished";
}

static void
add_result (JsonBuilder *builder, const char *name, const MillTrialResult *result)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "state");
  json_builder_add_string_value (builder, get_state_id (result));
  json_builder_set_member_name (builder, "figure");
  json_builder_add_double_value (builder, result->figure);
  json_builder_set_member_name (builder, "items");
  json_builder_add_int_value (builder, (gint64) result->items);
  json_builder_set_member_name (builder, "done");
  json_builder_add_int_value (builder, (gint64) result->done);
  json_builder_set_member_name (builder, "unfinished");
  json_builder_add_int_value (builder, (gint64) result->unfinished);
  json_builder_set_member_name (builder, "seconds");
  json_builder_add_double_value (builder, result->seconds);
  json_builder_end_object (builder);
}

static void
print_json (MillPitfall *pitfall, const MillTrialResult results[MILL_N_VARIANTS])
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "pitfall");
  json_builder_add_string_value (builder, mill_pitfall_get_name (pitfall));
  add_result (builder, "wrong", &results[MILL_VARIANT_WRONG]);
  add_result (builder, "cured", &results[MILL_VARIANT_CURED]);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, FALSE);
  /* JSON is UTF-8 whatever the terminal's encoding is. */
  fputs (text, stdout);
  fputc ('\n', stdout);
}

/**
 * mill_cli_pitfall_run:
 * @job: (transfer none): a job that is a pitfall
 * @as_json: whether the result is for programs
 *
 * Runs both variants to the end, or until Ctrl+C.
 *
 * Returns: the exit status
 */
MillCliStatus
mill_cli_pitfall_run (MillJob *job, gboolean as_json)
{
  g_autoptr (MillPitfall) pitfall = mill_job_build_pitfall (job, NULL);
  g_autoptr (MillPitfallRun) run = mill_pitfall_run_new (pitfall);
  g_autofree char *name = mill_cli_text_printable (mill_job_get_name (job));
  g_autofree char *heading = g_strdup_printf ("%s\n%s", name, mill_pitfall_get_advice (pitfall));
  MillTrialResult results[MILL_N_VARIANTS];
  gboolean finished;

  finished = run_to_the_end (run, as_json ? NULL : heading);
  get_results (run, results);
  if (as_json)
    print_json (pitfall, results);
  else
    print_table (pitfall, results);
  return finished ? MILL_CLI_FINISHED : MILL_CLI_INTERRUPTED;
}
