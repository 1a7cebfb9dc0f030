/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A job that runs commands, at the command line: it says so, and runs only if that is wanted. */

#include "config.h"

#include <locale.h>
#include <string.h>
#include <sys/wait.h>

#include "test-parts.h"

static const char job_text[] = "[Job]\nname=Touch\n[Source]\ntype=count\nitems=3\n"
                               "[Stage touch]\nstep=command\ncommand=touch %s/{n}\n"
                               "[Stage echo]\nstep=command\ncommand=echo {key}\n[Sink]\ntype=count\n";

/* Runs the job in @folder, with @option (nullable); returns the exit status. */
static int
run (const char *folder, const char *option, char **errors)
{
  g_autofree char *path = g_build_filename (folder, "touch.millrace", NULL);
  g_autofree char *text = g_strdup_printf (job_text, folder);
  const char *words[] = { g_getenv ("MILLRACE_CLI"), "run", path, option, NULL };
  g_autoptr (GError) error = NULL;
  int status;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_spawn_sync (NULL, (char **) words, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, errors, &status,
                &error);
  g_assert_no_error (error);
  g_assert_true (WIFEXITED (status));
  return WEXITSTATUS (status);
}

static void
test_refused (void)
{
  g_autofree char *folder = g_dir_make_tmp ("mill-XXXXXX", NULL);
  g_autofree char *made = g_build_filename (folder, "1", NULL);
  g_autofree char *line = g_strdup_printf ("\n  touch %s/{n}\n  echo {key}\n", folder);
  g_autofree char *errors = NULL;

  g_assert_cmpint (run (folder, NULL, &errors), ==, 2);
  g_assert_nonnull (strstr (errors, line));
  g_assert_nonnull (strstr (errors, "--allow-commands"));
  g_assert_false (g_file_test (made, G_FILE_TEST_EXISTS));
  test_remove_tree (folder);
}

static void
test_allowed (void)
{
  g_autofree char *folder = g_dir_make_tmp ("mill-XXXXXX", NULL);
  g_autofree char *errors = NULL;

  g_assert_cmpint (run (folder, "--allow-commands", &errors), ==, 0);
  for (guint i = 1; i <= 3; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%u", folder, i);

      g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
    }
  test_remove_tree (folder);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cli-commands/refused", test_refused);
  g_test_add_func ("/cli-commands/allowed", test_allowed);

  return g_test_run ();
}
