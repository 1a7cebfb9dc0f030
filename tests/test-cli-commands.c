/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A job that runs commands, at the command line: it says so, and runs only if that is wanted. */

#include "config.h"

#include <locale.h>
#include <string.h>

#include "cli-fixture.h"

static const char job_text[] = "[Job]\nname=Touch\n[Source]\ntype=count\nitems=3\n"
                               "[Stage touch]\nstep=command\ncommand=touch %s/{n}\n"
                               "[Stage echo]\nstep=command\ncommand=echo {key}\n[Sink]\ntype=count\n";

static void
set_up (CliFixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;

  cli_set_up (fixture, data);
  text = g_strdup_printf (job_text, fixture->folder);
  cli_write_file (fixture, "touch.millrace", text);
}

static gboolean
is_made (CliFixture *fixture, guint i)
{
  g_autofree char *path = g_strdup_printf ("%s/%u", fixture->folder, i);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
test_refused (CliFixture *fixture, gconstpointer data)
{
  g_autofree char *line = g_strdup_printf ("\n  touch %s/{n}\n  echo {key}\n", fixture->folder);

  g_assert_cmpint (cli_run (fixture, "run touch.millrace"), ==, 2);
  g_assert_nonnull (strstr (fixture->errors, line));
  g_assert_nonnull (strstr (fixture->errors, "--allow-commands"));
  g_assert_false (is_made (fixture, 1));
}

static void
test_allowed (CliFixture *fixture, gconstpointer data)
{
  g_assert_cmpint (cli_run (fixture, "run touch.millrace --allow-commands"), ==, 0);
  for (guint i = 1; i <= 3; i++)
    g_assert_true (is_made (fixture, i));
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/cli-commands/refused", CliFixture, NULL, set_up, test_refused, cli_tear_down);
  g_test_add ("/cli-commands/allowed", CliFixture, NULL, set_up, test_allowed, cli_tear_down);

  return g_test_run ();
}
