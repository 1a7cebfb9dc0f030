/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A pitfall in the terminal: its two variants side by side, for people and for programs, and Ctrl+C. */

#include "config.h"

#include <signal.h>
#include <string.h>

#include "cli-fixture.h"

#define QUICK                                                                                                \
  "[Job]\nname=Mine\n[Pitfall]\nname=dying-consumer\nitems=200\nlatency=0\nmaxsize=10\nbad=20\ngive-up=30\n"
/* Items take a second each. */
#define LONG "[Job]\nname=Long\n[Pitfall]\nname=retry-without-key\nitems=1000\nconsumers=1\nlatency=1000\n"

static void
set_up (CliFixture *fixture, gconstpointer data)
{
  cli_set_up (fixture, data);
  cli_write_file (fixture, "mine.millrace", data);
}

static void
test_table (CliFixture *fixture, gconstpointer data)
{
  static const char *const words[] = {
    "Mine\n",    "As Usually Written", "Cured",  "Items never processed", "124 items", "0 items",
    "76 of 200", "190 of 200",         "never: "
  };
  g_assert_cmpint (cli_run (fixture, "run mine.millrace"), ==, 0);
  g_assert_cmpstr (fixture->errors, ==, "");
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (strstr (fixture->output, words[i]) == NULL)
      g_error ("“%s” is not in: %s", words[i], fixture->output);
}

static void
assert_variant (JsonObject *result, const char *name, const char *state, gint64 figure, gint64 done)
{
  JsonObject *variant = json_object_get_object_member (result, name);

  g_assert_cmpstr (json_object_get_string_member (variant, "state"), ==, state);
  g_assert_cmpint ((gint64) json_object_get_double_member (variant, "figure"), ==, figure);
  g_assert_cmpint (json_object_get_int_member (variant, "items"), ==, 200);
  g_assert_cmpint (json_object_get_int_member (variant, "done"), ==, done);
  g_assert_cmpfloat (json_object_get_double_member (variant, "seconds"), >, 0.0);
}

static void
test_json (CliFixture *fixture, gconstpointer data)
{
  g_assert_cmpint (cli_run (fixture, "run mine.millrace --json"), ==, 0);
  g_assert_cmpstr (cli_get_string (fixture, "pitfall"), ==, "dying-consumer");
  assert_variant (cli_get_object (fixture), "wrong", "hangs", 124, 76);
  assert_variant (cli_get_object (fixture), "cured", "finished", 0, 190);
}

static void
test_check (CliFixture *fixture, gconstpointer data)
{
  g_assert_cmpint (cli_run (fixture, "check mine.millrace"), ==, 0);
  g_assert_cmpstr (fixture->errors, ==, "");
}

/* What belongs to pipelines. */
static void
test_options (CliFixture *fixture, gconstpointer data)
{
  g_assert_cmpint (cli_run (fixture, "run mine.millrace --duration=3"), ==, 2);
  g_assert_true (g_str_has_prefix (fixture->errors, "millrace-cli: run: --set, --at"));
}

static void
test_interrupted (CliFixture *fixture, gconstpointer data)
{
  g_autoptr (GSubprocess) child = cli_begin (fixture, "run mine.millrace");
  g_autoptr (GDataInputStream) output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (child));
  g_autofree char *title = g_data_input_stream_read_line (output, NULL, NULL, NULL);
  g_autofree char *advice = g_data_input_stream_read_line (output, NULL, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (title, ==, "Long");
  g_assert_nonnull (advice);
  g_subprocess_send_signal (child, SIGINT);
  g_subprocess_wait (child, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (child));
  g_assert_cmpint (g_subprocess_get_exit_status (child), ==, 130);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_nonnull (g_getenv ("MILLRACE_CLI"));
#define ADD(name, text, func) g_test_add ("/cli-pitfall/" name, CliFixture, text, set_up, func, cli_tear_down)
  ADD ("table", QUICK, test_table);
  ADD ("json", QUICK, test_json);
  ADD ("check", QUICK, test_check);
  ADD ("options", QUICK, test_options);
  ADD ("interrupted", LONG, test_interrupted);
  return g_test_run ();
}
