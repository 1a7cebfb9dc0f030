/* SPDX-License-Identifier: GPL-3.0-or-later */
/* millrace-cli run: a job, with knobs set at the start or turned on the way. */

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "cli-job.h"
#include "cli-pitfall.h"
#include "cli-watch.h"
#include "cli.h"
#include "core/mill-error.h"
#include "record/mill-run-record.h"

/**
 * Turn:
 * @at_s: when, in seconds since the start; 0 before it
 * @path: "stage.knob"
 * @value: the new value
 *
 * One --set or --at.
 */
typedef struct
{
  double at_s;
  char *path;  /* (owned) */
  char *value; /* (owned) */
} Turn;

typedef struct
{
  char **sets;  /* (owned) (nullable) */
  char **ats;   /* (owned) (nullable) */
  char *record; /* (owned) (nullable) */
  double duration_s;
  gboolean leap;
  gboolean as_json;
  gboolean list;
  gboolean allow_commands;
} Options;

static void
turn_free (gpointer data)
{
  Turn *turn = data;

  g_free (turn->path);
  g_free (turn->value);
  g_free (turn);
}

static void
options_clear (Options *options)
{
  g_strfreev (options->sets);
  g_strfreev (options->ats);
  g_free (options->record);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* "STAGE.KNOB=VALUE" */
static Turn *
parse_set (const char *text, GError **error)
{
  const char *equals = strchr (text, '=');
  const char *dot = strchr (text, '.');
  Turn *turn;

  if (equals == NULL || dot == NULL || dot > equals)
    {
      g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("“%s” is not of the form STAGE.KNOB=VALUE"),
                   text);
      return NULL;
    }
  turn = g_new0 (Turn, 1);
  turn->path = g_strndup (text, (gsize) (equals - text));
  turn->value = g_strdup (equals + 1);
  return turn;
}

/* "SECONDS:STAGE.KNOB=VALUE" */
static Turn *
parse_at (const char *text, GError **error)
{
  char *rest = NULL;
  double at_s = g_ascii_strtod (text, &rest);
  Turn *turn;

  if (rest == text || *rest != ':' || !isfinite (at_s) || at_s < 0.0)
    {
      g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID,
                   _ ("“%s” is not of the form SECONDS:STAGE.KNOB=VALUE"), text);
      return NULL;
    }
  turn = parse_set (rest + 1, error);
  if (turn != NULL)
    turn->at_s = at_s;
  return turn;
}

static gboolean
check_turn (MillPipeline *pipeline, const Turn *turn, GError **error)
{
  g_autoptr (MillKnob) knob = mill_pipeline_find_knob (pipeline, turn->path, error);
  g_auto (GValue) value = G_VALUE_INIT;

  if (knob == NULL)
    return FALSE;
  g_value_init (&value, G_PARAM_SPEC_VALUE_TYPE (mill_knob_get_pspec (knob)));
  if (mill_pspec_parse (mill_knob_get_pspec (knob), turn->value, &value, error))
    return TRUE;
  g_prefix_error (error, "%s: ", turn->path);
  return FALSE;
}

static gboolean
apply_sets (MillPipeline *pipeline, char **sets, GError **error)
{
  for (char **text = sets; text != NULL && *text != NULL; text++)
    {
      Turn *turn = parse_set (*text, error);
      gboolean ok = turn != NULL && mill_pipeline_set_knob (pipeline, turn->path, turn->value, error);

      g_clear_pointer (&turn, turn_free);
      if (!ok)
        {
          g_prefix_error (error, "--set: ");
          return FALSE;
        }
    }
  return TRUE;
}

/* (element-type Turn): what is to be turned on the way; all of it can be */
static GPtrArray *
read_ats (MillPipeline *pipeline, char **ats, GError **error)
{
  g_autoptr (GPtrArray) turns = g_ptr_array_new_with_free_func (turn_free);

  for (char **text = ats; text != NULL && *text != NULL; text++)
    {
      Turn *turn = parse_at (*text, error);

      if (turn != NULL)
        g_ptr_array_add (turns, turn);
      if (turn == NULL || !check_turn (pipeline, turn, error))
        {
          g_prefix_error (error, "--at: ");
          return NULL;
        }
    }
  return g_steal_pointer (&turns);
}

static void
schedule_turns (MillPipeline *pipeline, gpointer user_data)
{
  GPtrArray *turns = user_data;

  for (guint i = 0; i < turns->len; i++)
    {
      const Turn *turn = g_ptr_array_index (turns, i);
      g_autoptr (GError) error = NULL;

      if (!mill_pipeline_schedule_knob (pipeline, turn->at_s, turn->path, turn->value, &error))
        mill_cli_complain (error->message);
    }
}

static MillCliStatus
complain_about (const GError *error)
{
  mill_cli_complain (error->message);
  return MILL_CLI_USAGE;
}

/* A job may come from anywhere: what programs it runs is shown before, and only who asks for it gets it. */
static gboolean
check_commands (MillJob *job, const Options *options)
{
  const char *const *commands = mill_job_get_commands (job);

  if (commands[0] == NULL || options->allow_commands)
    return TRUE;
  mill_cli_complain (_ ("this job runs commands, which can do whatever you can:"));
  for (; *commands != NULL; commands++)
    g_printerr ("  %s\n", *commands);
  g_printerr ("%s\n", _ ("To run it, add --allow-commands."));
  return FALSE;
}

/* A pitfall's parameters are its job file's; it has no knobs, and ends by itself. */
static MillCliStatus
run_pitfall (MillJob *job, const Options *options)
{
  if (options->sets == NULL && options->ats == NULL && options->record == NULL && options->duration_s <= 0.0)
    return mill_cli_pitfall_run (job, options->as_json);
  mill_cli_complain (
      _ ("run: --set, --at, --duration and --record are for pipelines, and this job is a pitfall"));
  return MILL_CLI_USAGE;
}

static MillCliStatus
run_pipeline (MillJob *job, const Options *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillPipeline) pipeline = mill_job_build (job, &error);
  g_autoptr (GPtrArray) turns = NULL;
  MillCliWatchOptions watch = { .duration_s = options->duration_s, .as_json = options->as_json };
  MillCliStatus status;

  if (pipeline == NULL || !apply_sets (pipeline, options->sets, &error))
    return complain_about (error);
  if (!check_commands (job, options))
    return MILL_CLI_USAGE;
  turns = read_ats (pipeline, options->ats, &error);
  if (turns == NULL)
    return complain_about (error);
  if (options->leap)
    {
      mill_pipeline_set_leaping (pipeline);
      /* Before the start: its time may be over before anybody could turn a knob. */
      schedule_turns (pipeline, turns);
    }
  if (options->record != NULL && !mill_run_record (pipeline, job, options->record, 0, &error))
    {
      mill_cli_complain (error->message);
      return MILL_CLI_FAILED;
    }
  watch.alerts = mill_job_get_alert_limits (job);
  watch.started = options->leap ? NULL : schedule_turns;
  watch.user_data = turns;
  status = mill_cli_watch (pipeline, &watch);
  mill_cli_forget_unstarted (&pipeline, options->record);
  return status;
}

static MillCliStatus
run_job (const char *name, const Options *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillJob) job = mill_cli_job_load (name, &error);

  if (job == NULL)
    return complain_about (error);
  return mill_job_is_pitfall (job) ? run_pitfall (job, options) : run_pipeline (job, options);
}

static gboolean
parse (char ***words, Options *options)
{
  const GOptionEntry entries[] = {
    { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->sets,
      N_ ("Set a knob before the start; may be repeated"), N_ ("STAGE.KNOB=VALUE") },
    { "at", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->ats, N_ ("Turn a knob on the way; may be repeated"),
      N_ ("SECONDS:STAGE.KNOB=VALUE") },
    { "duration", 0, 0, G_OPTION_ARG_DOUBLE, &options->duration_s, N_ ("Drain after this time"),
      N_ ("SECONDS") },
    { "record", 0, 0, G_OPTION_ARG_FILENAME, &options->record, N_ ("Record the run in this file, a new one"),
      N_ ("RUN") },
    { "allow-commands", 0, 0, G_OPTION_ARG_NONE, &options->allow_commands,
      N_ ("Let the job run the commands that it has"), NULL },
    { "leap", 0, 0, G_OPTION_ARG_NONE, &options->leap,
      N_ ("Leap over the time in which nothing happens; for jobs of timers and simulated work"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options->as_json, N_ ("Print the result as one JSON object"), NULL },
    { "list", 0, 0, G_OPTION_ARG_NONE, &options->list, N_ ("List the built-in jobs"), NULL },
    G_OPTION_ENTRY_NULL,
  };

  return mill_cli_parse (
      words, _ ("JOB"), _ ("Runs a job: a file (*.millrace), or one of the built-in ones that --list shows."),
      entries);
}

/**
 * mill_cli_run:
 * @arguments: "run", then options and a job
 *
 * Runs the job to its end.
 *
 * Returns: the exit status
 */
MillCliStatus
mill_cli_run (char **arguments)
{
  g_auto (GStrv) words = g_strdupv (arguments);
  g_auto (Options) options = { 0 };

  if (!parse (&words, &options))
    return MILL_CLI_USAGE;
  if (!isfinite (options.duration_s) || options.duration_s < 0.0 || options.duration_s > 1e6)
    {
      mill_cli_complain (_ ("run: --duration is a number of seconds, up to a million"));
      return MILL_CLI_USAGE;
    }
  if (options.leap && (options.duration_s > 0.0 || options.record != NULL))
    {
      mill_cli_complain (_ ("run: --leap goes with neither --duration nor --record"));
      return MILL_CLI_USAGE;
    }
  if (words[1] != NULL && words[2] != NULL)
    {
      mill_cli_complain (_ ("run: one job at a time"));
      return MILL_CLI_USAGE;
    }
  if (options.list || words[1] == NULL)
    {
      mill_cli_job_print_list ();
      return options.list ? MILL_CLI_FINISHED : MILL_CLI_USAGE;
    }
  return run_job (words[1], &options);
}
