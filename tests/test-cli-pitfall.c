/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A pitfall in the terminal: its two variants side by side, for people and for programs, and Ctrl+C. */

#include "config.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <string.h>

#include "test-parts.h"

#define QUICK                                                                                                \
  "[Job]\nname=Mine\n[Pitfall]\nname=dying-consumer\nitems=200\nlatency=0\nmaxsize=10\nbad=20\ngive-up=30\n"
/* Items take a second each. */
#define LONG "[Job]\nname=Long\n[Pitfall]\nname=retry-without-key\nitems=1000\nconsumers=1\nlatency=1000\n"

typedef struct
{
  char *folder; /* (owned) */
  char *path;   /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("mill-cli-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "mine.millrace", NULL);
  g_file_set_contents (fixture->path, data, -1, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  test_remove_tree (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static GSubprocess *
begin (Fixture *fixture, const char *command, const char *option)
{
  g_autoptr (GError) error = NULL;
  GSubprocess *child =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error,
                        g_getenv ("MILLRACE_CLI"), command, fixture->path, option, NULL);

  g_assert_no_error (error);
  return child;
}

static int
run (Fixture *fixture, const char *command, const char *option, char **output, char **errors)
{
  g_autoptr (GSubprocess) child = begin (fixture, command, option);
  g_autoptr (GError) error = NULL;

  g_subprocess_communicate_utf8 (child, NULL, NULL, output, errors, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (child));
  return g_subprocess_get_exit_status (child);
}

static void
test_table (Fixture *fixture, gconstpointer data)
{
  static const char *const words[] = {
    "Mine\n",    "As Usually Written", "Cured",  "Items never processed", "124 items", "0 items",
    "76 of 200", "190 of 200",         "never: "
  };
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;

  g_assert_cmpint (run (fixture, "run", NULL, &output, &errors), ==, 0);
  g_assert_cmpstr (errors, ==, "");
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (strstr (output, words[i]) == NULL)
      g_error ("“%s” is not in: %s", words[i], output);
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
test_json (Fixture *fixture, gconstpointer data)
{
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  g_autoptr (JsonNode) node = NULL;

  g_assert_cmpint (run (fixture, "run", "--json", &output, &errors), ==, 0);
  node = json_from_string (output, NULL);
  g_assert_nonnull (node);
  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (node), "pitfall"), ==,
                   "dying-consumer");
  assert_variant (json_node_get_object (node), "wrong", "hangs", 124, 76);
  assert_variant (json_node_get_object (node), "cured", "finished", 0, 190);
}

static void
test_check (Fixture *fixture, gconstpointer data)
{
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;

  g_assert_cmpint (run (fixture, "check", NULL, &output, &errors), ==, 0);
  g_assert_cmpstr (errors, ==, "");
}

/* What belongs to pipelines. */
static void
test_options (Fixture *fixture, gconstpointer data)
{
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;

  g_assert_cmpint (run (fixture, "run", "--duration=3", &output, &errors), ==, 2);
  g_assert_true (g_str_has_prefix (errors, "millrace-cli: run: --set, --at"));
}

static void
test_interrupted (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSubprocess) child = begin (fixture, "run", NULL);
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
#define ADD(name, text, func) g_test_add ("/cli-pitfall/" name, Fixture, text, set_up, func, tear_down)
  ADD ("table", QUICK, test_table);
  ADD ("json", QUICK, test_json);
  ADD ("check", QUICK, test_check);
  ADD ("options", QUICK, test_options);
  ADD ("interrupted", LONG, test_interrupted);
  return g_test_run ();
}
