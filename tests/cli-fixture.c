/* SPDX-License-Identifier: GPL-3.0-or-later */
/* millrace-cli from outside. */

#include "config.h"

#include "cli-fixture.h"

#include <string.h>

#include "test-parts.h"

void
cli_set_up (CliFixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("mill-cli-XXXXXX", NULL);
}

void
cli_forget_run (CliFixture *fixture)
{
  g_clear_pointer (&fixture->output, g_free);
  g_clear_pointer (&fixture->errors, g_free);
  g_clear_pointer (&fixture->end, json_node_unref);
}

void
cli_tear_down (CliFixture *fixture, gconstpointer data)
{
  cli_forget_run (fixture);
  test_remove_tree (fixture->folder);
  g_free (fixture->folder);
}

/* Reads the last line of the output, if it is an object. */
static void
read_end (CliFixture *fixture)
{
  g_autofree char *text = g_strchomp (g_strdup (fixture->output));
  const char *line = strrchr (text, '\n');

  line = line != NULL ? line + 1 : text;
  if (*line == '{')
    fixture->end = json_from_string (line, NULL);
}

void
cli_end_run (CliFixture *fixture, GSubprocess *child)
{
  if (g_subprocess_get_if_exited (child))
    fixture->status = g_subprocess_get_exit_status (child);
  else
    fixture->status = -g_subprocess_get_term_sig (child);
  read_end (fixture);
}

/* (transfer full): millrace-cli with the words of @command, in the fixture's folder. */
GSubprocess *
cli_begin (CliFixture *fixture, const char *command)
{
  g_autofree char *line = g_strdup_printf ("'%s' %s", g_getenv ("MILLRACE_CLI"), command);
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  GSubprocess *child;

  cli_forget_run (fixture);
  g_assert_true (g_shell_parse_argv (line, NULL, &words, NULL));
  g_subprocess_launcher_set_cwd (launcher, fixture->folder);
  child = g_subprocess_launcher_spawnv (launcher, (const char *const *) words, &error);
  g_assert_no_error (error);
  return child;
}

/* Runs it to its end. Returns the exit status; negative when a signal ended it. */
int
cli_run (CliFixture *fixture, const char *command)
{
  g_autoptr (GSubprocess) child = cli_begin (fixture, command);
  g_autoptr (GError) error = NULL;

  g_subprocess_communicate_utf8 (child, NULL, NULL, &fixture->output, &fixture->errors, &error);
  g_assert_no_error (error);
  cli_end_run (fixture, child);
  return fixture->status;
}

JsonObject *
cli_get_object (CliFixture *fixture)
{
  g_assert_nonnull (fixture->end);
  return json_node_get_object (fixture->end);
}

gint64
cli_get_count (CliFixture *fixture, const char *name)
{
  JsonObject *object = cli_get_object (fixture);

  g_assert_true (json_object_has_member (object, name));
  return json_object_get_int_member (object, name);
}

const char *
cli_get_string (CliFixture *fixture, const char *name)
{
  return json_object_get_string_member (cli_get_object (fixture), name);
}

void
cli_assert_adds_up (CliFixture *fixture)
{
  g_assert_cmpint (cli_get_count (fixture, "produced"), ==,
                   cli_get_count (fixture, "done") + cli_get_count (fixture, "dead") +
                       cli_get_count (fixture, "returned") + cli_get_count (fixture, "dropped") +
                       cli_get_count (fixture, "unfinished"));
}

void
cli_assert_complains (CliFixture *fixture, const char *command, int status, const char *word)
{
  g_assert_cmpint (cli_run (fixture, command), ==, status);
  g_assert_true (g_str_has_prefix (fixture->errors, "millrace-cli: "));
  if (strstr (fixture->errors, word) == NULL)
    g_error ("“%s” is not in: %s", word, fixture->errors);
}

void
cli_write_file (CliFixture *fixture, const char *name, const char *contents)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

  g_assert_true (g_file_set_contents (path, contents, -1, NULL));
}
