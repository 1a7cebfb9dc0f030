/* SPDX-License-Identifier: GPL-3.0-or-later */
/* millrace-cli's end when a step or the source ignores that it is told to: the status, the names, and that
 * the process exits although a thread is stuck. The process under test is this program, with a plan's name.
 */

#include "config.h"

#include <json-glib/json-glib.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli-watch.h"
#include "core/mill-error.h"
#include "test-parts.h"

#define N_ITEMS 10

/* The command's own are in the file with its main(). */
void
mill_cli_complain (const char *message)
{
  g_printerr ("%s\n", message);
}

MillCliStatus
mill_cli_status_for_error (const GError *error)
{
  return MILL_CLI_FAILED;
}

/* ---- the process under test ------------------------------------------------------------------------------
 */

static TestAct
hang_at_one (guint64 id, guint attempt)
{
  return id == 1 ? TEST_HANG : TEST_SUCCEED;
}

static TestAct
hang_at_first (guint64 id, guint attempt)
{
  return id == 1 && attempt == 0 ? TEST_HANG : TEST_SUCCEED;
}

static MillPipeline *
pipeline_new (TestPlan plan, const char *timeout, const char *retries)
{
  MillStage *stage = test_stage_new ("work", MILL_KIND_THREADS, test_step_new (plan), 50, 1);
  MillPipeline *pipeline;

  g_object_set (stage, "grace", 0.05, NULL);
  pipeline = test_pipeline_new (test_source_new (N_ITEMS, 0), MILL_KIND_THREADS, stage, NULL);
  test_set (pipeline, "work.timeout", timeout);
  test_set (pipeline, "work.retries", retries);
  return pipeline;
}

static void
stop (MillPipeline *pipeline, gpointer user_data)
{
  TEST_WAIT (pipeline, s0->by_state[MILL_WORKER_BUSY] == 1);
  mill_pipeline_stop (pipeline);
}

/* What hangs is over its time, and nothing else, however slow this machine: there is no time-out for what
 * comes after it. */
static void
release_source (MillPipeline *pipeline, gpointer user_data)
{
  MillStep *step = mill_stage_get_step (mill_pipeline_get_stage (pipeline, 0));

  TEST_WAIT (pipeline, test_step_get_holding (step) == 1);
  test_set (pipeline, "work.timeout", "0");
  test_source_release (mill_pipeline_get_source (pipeline));
}

/* Only then does the time run that is given to the run. */
static void
wait_for_two (MillPipeline *pipeline, gpointer user_data)
{
  TEST_WAIT (pipeline, s->done == 2);
}

static gboolean
say_ready_cb (gpointer user_data)
{
  MillPipeline *pipeline = user_data;

  TEST_WAIT (pipeline, s0->by_state[MILL_WORKER_BUSY] == 1);
  g_printerr ("ready\n");
  return G_SOURCE_REMOVE;
}

/* Signals are heard from when the main loop runs. */
static void
say_when_ready (MillPipeline *pipeline, gpointer user_data)
{
  g_idle_add (say_ready_cb, pipeline);
}

static MillCliStatus
run_plan (const char *name, gboolean as_json)
{
  MillCliWatchOptions options = { .as_json = as_json };
  g_autoptr (MillPipeline) pipeline = NULL;

  if (g_str_equal (name, "again"))
    pipeline = pipeline_new (hang_at_first, "0.1", "100");
  else
    pipeline = pipeline_new (hang_at_one, g_str_equal (name, "dead") ? "0.1" : "0", "0");
  if (g_str_equal (name, "source"))
    {
      g_clear_object (&pipeline);
      pipeline = pipeline_new (hang_at_first, "0.1", "100");
      test_source_hang_at (mill_pipeline_get_source (pipeline), 3);
      options.started = wait_for_two;
      options.duration_s = 0.1;
    }
  else if (g_str_equal (name, "dead"))
    {
      test_source_hang_at (mill_pipeline_get_source (pipeline), 2);
      options.started = release_source;
    }
  else if (g_str_equal (name, "stop"))
    options.started = stop;
  else if (g_str_equal (name, "interrupt"))
    options.started = say_when_ready;
  return mill_cli_watch (pipeline, &options);
}

/* ---- the tests -------------------------------------------------------------------------------------------
 */

static GSubprocess *
spawn (const char *plan, const char *form)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "test-cli-stuck", NULL);
  GSubprocess *child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                                         &error, program, "--plan", plan, form, NULL);

  g_assert_no_error (error);
  return child;
}

/* Its output, once it has exited with @status. */
static char *
finish (GSubprocess *child, int status)
{
  g_autoptr (GError) error = NULL;
  char *output = NULL;

  g_subprocess_communicate_utf8 (child, NULL, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (child));
  g_assert_cmpint (g_subprocess_get_exit_status (child), ==, status);
  return output;
}

static void
assert_json (const char *output, const char *state, const char *stuck, gint64 done)
{
  g_autoptr (JsonNode) node = json_from_string (output, NULL);
  JsonObject *object;
  JsonArray *names;

  g_assert_nonnull (node);
  object = json_node_get_object (node);
  names = json_object_get_array_member (object, "stuck");
  g_assert_cmpstr (json_object_get_string_member (object, "state"), ==, state);
  g_assert_cmpint (json_object_get_int_member (object, "done"), ==, done);
  g_assert_cmpint (json_object_get_int_member (object, "unfinished"), ==, 0);
  g_assert_cmpuint (json_array_get_length (names), >=, 1);
  g_assert_true (g_str_has_prefix (json_array_get_string_element (names, 0), stuck));
}

static void
test_finished (void)
{
  g_autoptr (GSubprocess) child = spawn ("again", "json");
  g_autofree char *output = finish (child, 0);

  assert_json (output, "finished", "work-", N_ITEMS);
}

static void
test_dead_letter (void)
{
  g_autoptr (GSubprocess) child = spawn ("dead", "json");
  g_autofree char *output = finish (child, 1);

  assert_json (output, "finished", "work-1", N_ITEMS - 1);
}

static void
test_stopped (void)
{
  g_autoptr (GSubprocess) child = spawn ("stop", "json");
  g_autofree char *output = finish (child, 3);

  assert_json (output, "stopped", "work-1", 0);
}

static void
test_stuck_source (void)
{
  g_autoptr (GSubprocess) child = spawn ("source", "json");
  g_autofree char *output = finish (child, 0);

  assert_json (output, "finished", "source", 2);
}

static void
test_summary (void)
{
  g_autoptr (GSubprocess) child = spawn ("dead", "text");
  g_autofree char *output = finish (child, 1);

  g_assert_nonnull (strstr (output, "\n1 is stuck and was left behind: work-1 ("));
}

static void
wait_for_line (GDataInputStream *lines, const char *start)
{
  g_autofree char *line = NULL;

  do
    {
      g_free (line);
      line = g_data_input_stream_read_line_utf8 (lines, NULL, NULL, NULL);
      g_assert_nonnull (line);
    }
  while (!g_str_has_prefix (line, start));
}

static void
test_interrupted_twice (void)
{
  g_autoptr (GSubprocess) child = spawn ("interrupt", "json");
  g_autoptr (GDataInputStream) errors = g_data_input_stream_new (g_subprocess_get_stderr_pipe (child));
  g_autofree char *output = NULL;

  wait_for_line (errors, "ready");
  g_subprocess_send_signal (child, SIGINT);
  wait_for_line (errors, "Finishing");
  g_subprocess_send_signal (child, SIGINT);
  wait_for_line (errors, "Stopping");
  output = finish (child, 130);
  assert_json (output, "stopped", "work-1", 0);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  if (argc == 4 && g_str_equal (argv[1], "--plan"))
    return (int) run_plan (argv[2], g_str_equal (argv[3], "json"));
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cli-stuck/finished", test_finished);
  g_test_add_func ("/cli-stuck/dead-letter", test_dead_letter);
  g_test_add_func ("/cli-stuck/stopped", test_stopped);
  g_test_add_func ("/cli-stuck/stuck-source", test_stuck_source);
  g_test_add_func ("/cli-stuck/summary", test_summary);
  g_test_add_func ("/cli-stuck/interrupted-twice", test_interrupted_twice);

  return g_test_run ();
}
