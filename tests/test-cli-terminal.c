/* SPDX-License-Identifier: GPL-3.0-or-later */
/* millrace-cli on a terminal: the progress line, and Ctrl+C. */

#include "config.h"

#include <errno.h>
#include <locale.h>
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli-fixture.h"

#define COLUMNS 60

/* A run whose errors go to a terminal of so many columns. */
typedef struct
{
  GSubprocess *child; /* (owned) */
  int terminal;       /* (owned) the terminal's other end */
  GString *screen;    /* (owned) all that was written to it */
} Session;

/* Whether there is a terminal to be had: a bare chroot has none. */
static gboolean
session_begin (Session *session, CliFixture *fixture, const char *command)
{
  g_autofree char *line = g_strdup_printf ("'%s' %s", g_getenv ("MILLRACE_CLI"), command);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  struct winsize size = { .ws_row = 24, .ws_col = COLUMNS };
  g_auto (GStrv) words = NULL;
  int slave;

  cli_forget_run (fixture);
  if (openpty (&session->terminal, &slave, NULL, NULL, &size) != 0)
    {
      g_test_skip ("no pseudo-terminal can be opened");
      return FALSE;
    }
  g_assert_true (g_shell_parse_argv (line, NULL, &words, NULL));
  g_subprocess_launcher_setenv (launcher, "TERM", "xterm", TRUE);
  g_subprocess_launcher_take_stderr_fd (launcher, slave);
  session->child = g_subprocess_launcher_spawnv (launcher, (const char *const *) words, NULL);
  g_assert_nonnull (session->child);
  session->screen = g_string_new (NULL);
  return TRUE;
}

/* Reads some of what the terminal shows. FALSE at the end. */
static gboolean
session_read (Session *session)
{
  char buffer[256];
  gssize n;

  do
    n = read (session->terminal, buffer, sizeof buffer);
  while (n < 0 && errno == EINTR);
  if (n > 0)
    g_string_append_len (session->screen, buffer, n);
  return n > 0;
}

/* Reads what the terminal shows until @word is there, or with NULL until the end. */
static void
session_read_until (Session *session, const char *word)
{
  while ((word == NULL || strstr (session->screen->str, word) == NULL) && session_read (session))
    ;
  if (word != NULL)
    g_assert_nonnull (strstr (session->screen->str, word));
}

static void
session_end (Session *session, CliFixture *fixture)
{
  session_read_until (session, NULL);
  g_assert_true (g_subprocess_communicate_utf8 (session->child, NULL, NULL, &fixture->output, NULL, NULL));
  cli_end_run (fixture, session->child);
  g_object_unref (session->child);
  g_string_free (session->screen, TRUE);
  close (session->terminal);
}

/* However slow the machine: the run goes on until the line was drawn often enough. */
static void
test_progress (CliFixture *fixture, gconstpointer data)
{
  Session session;
  g_auto (GStrv) lines = NULL;

  if (!session_begin (&session, fixture,
                      "run bounded-thread-queue --set work.maxsize=20 --set work.latency=50 --json"))
    return;
  do
    {
      g_assert_true (session_read (&session));
      g_strfreev (lines);
      lines = g_strsplit (session.screen->str, "\r\033[K", -1);
    }
  while (g_strv_length (lines) < 4);
  for (char **line = lines; *line != NULL; line++)
    g_assert_cmpint (g_utf8_strlen (*line, -1), <, COLUMNS);
  g_assert_nonnull (strstr (lines[1], " done"));
  g_subprocess_send_signal (session.child, SIGINT);
  session_read_until (&session, NULL);
  /* The line is gone in the end. */
  g_assert_true (g_str_has_suffix (session.screen->str, "\r\033[K"));
  session_end (&session, fixture);
  g_assert_cmpint (fixture->status, ==, 130);
}

static void
test_interrupted_once (CliFixture *fixture, gconstpointer data)
{
  Session session;

  if (!session_begin (&session, fixture,
                      "run bounded-thread-queue --set work.maxsize=20 --set work.latency=50 --json"))
    return;
  session_read_until (&session, "source: blocked");
  g_subprocess_send_signal (session.child, SIGINT);
  session_read_until (&session, "Ctrl+C again");
  session_end (&session, fixture);
  g_assert_cmpint (fixture->status, ==, 130);
  g_assert_cmpstr (cli_get_string (fixture, "state"), ==, "finished");
  g_assert_cmpint (cli_get_count (fixture, "done"), ==, cli_get_count (fixture, "produced"));
  g_assert_cmpint (cli_get_count (fixture, "done"), <, 5000);
}

static void
test_interrupted_twice (CliFixture *fixture, gconstpointer data)
{
  Session session;

  if (!session_begin (&session, fixture, "run bounded-thread-queue --set work.latency=30000 --json"))
    return;
  session_read_until (&session, "source: blocked");
  g_subprocess_send_signal (session.child, SIGTERM);
  session_read_until (&session, "Ctrl+C again");
  g_subprocess_send_signal (session.child, SIGINT);
  session_end (&session, fixture);
  g_assert_cmpint (fixture->status, ==, 130);
  g_assert_cmpstr (cli_get_string (fixture, "state"), ==, "stopped");
  g_assert_cmpint (cli_get_count (fixture, "returned"), >, 0);
  cli_assert_adds_up (fixture);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_assert_nonnull (g_getenv ("MILLRACE_CLI"));
#define ADD(name, func) g_test_add ("/cli-terminal/" name, CliFixture, NULL, cli_set_up, func, cli_tear_down)
  ADD ("progress", test_progress);
  ADD ("interrupted-once", test_interrupted_once);
  ADD ("interrupted-twice", test_interrupted_twice);
  return g_test_run ();
}
