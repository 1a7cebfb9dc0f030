/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillCommandStep's contract (engine/steps/mill-command-step.h): what a program is given, how its end is
 * taken, and that nothing of it is left. */

#include "config.h"

#include <locale.h>
#include <string.h>

#include "core/mill-error.h"
#include "core/mill-retry-policy.h"
#include "mill-enum-types.h"
#include "steps/mill-command-step.h"
#include "test-parts.h"
#include "test-work.h"

/* Runs @step at an item with @payload; (transfer full): the item. */
static MillItem *
run_step (MillStep *step, const char *payload, gssize length, GCancellable *cancellable, GError **error)
{
  g_autoptr (MillPipeline) pipeline = mill_pipeline_new ("test");
  MillItem *item = mill_item_new (7, "key of it");
  MillWork work;
  gboolean ok;

  if (payload != NULL)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (payload, length < 0 ? strlen (payload) : (gsize) length);

      mill_item_set_payload (item, bytes);
    }
  test_work_init (&work, mill_item_ref (item));
  mill_work_begin_attempt (&work, 2);
  ok = mill_step_open (step, pipeline, error) && mill_step_run (step, &work, cancellable, error);
  g_assert_true (ok == (error == NULL || *error == NULL));
  mill_work_finalize (&work);
  return item;
}

/* (transfer full): what @step makes of @payload. */
static char *
get_output (MillStep *step, const char *payload)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillItem) item = run_step (step, payload, -1, NULL, &error);
  GBytes *bytes = mill_item_get_payload (item);

  g_assert_no_error (error);
  if (bytes == NULL || g_bytes_get_size (bytes) == 0)
    return g_strdup ("");
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
assert_output (const char *command, const char *payload, const char *expected)
{
  g_autoptr (MillStep) step = mill_command_step_new (command);
  g_autofree char *output = get_output (step, payload);

  g_assert_cmpstr (output, ==, expected);
}

static void
assert_fails (MillStep *step, GError **error)
{
  g_autoptr (MillItem) item = run_step (step, "before", -1, NULL, error);

  g_assert_nonnull (*error);
  g_assert_cmpuint (mill_item_get_size (item), ==, strlen ("before"));
}

/* That the process has ended; as whose child, and whether that one has been told, does not matter. */
static void
assert_gone (const char *pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/stat", pid);
  g_autofree char *stat = NULL;
  char *state;

  g_assert_cmpint ((gint) strspn (pid, "0123456789"), ==, (gint) strlen (pid));
  do
    {
      g_clear_pointer (&stat, g_free);
      if (!g_file_get_contents (path, &stat, NULL, NULL))
        return;
      state = strrchr (stat, ')');
      test_step_aside ();
    }
  while (state != NULL && state[2] != 'Z' && state[2] != 'X');
}

static void
test_words (void)
{
  assert_output ("printf '%s|' a 'b c' \"d\" e\\ f", NULL, "a|b c|d|e f|");
  assert_output ("printf '%s|' {payload} {} x{key}y {n}{attempt} {other} '{' {{n}}", "it's",
                 "it's|it's|xkey of ity|72|{other}|{|{7}|");
  assert_output ("printf '%s|' -- {payload}{key}", NULL, "--|key of it|");
}

/* No shell sees what an item holds. */
static void
test_no_shell (void)
{
  assert_output ("printf %s {payload}", "$(echo x) `id`; {key} > /tmp/x \" ' * \n",
                 "$(echo x) `id`; {key} > /tmp/x \" ' * \n");
  assert_output ("printf %s $HOME", NULL, "$HOME");
}

static void
test_input (void)
{
  g_autoptr (MillStep) cat = mill_command_step_new ("cat");
  g_autoptr (MillStep) none = mill_command_step_new ("wc -c");
  g_autoptr (MillStep) deaf = mill_command_step_new ("true");
  g_autofree char *large = g_strnfill (1000000, 'x');
  g_autofree char *copied = NULL;
  g_autofree char *counted = get_output (none, "not given");
  g_autofree char *unread = NULL;

  g_object_set (cat, "input", MILL_COMMAND_INPUT_PAYLOAD, NULL);
  g_object_set (deaf, "input", MILL_COMMAND_INPUT_PAYLOAD, NULL);
  copied = get_output (cat, large);
  unread = get_output (deaf, large);
  g_assert_cmpstr (copied, ==, large);
  g_assert_cmpstr (g_strchug (counted), ==, "0\n");
  g_assert_cmpstr (unread, ==, "");
}

static void
test_discard (void)
{
  g_autoptr (MillStep) step = mill_command_step_new ("echo more than may be");
  g_autofree char *output = NULL;

  g_object_set (step, "output", MILL_COMMAND_OUTPUT_DISCARD, "max-output", G_GUINT64_CONSTANT (3), NULL);
  output = get_output (step, "payload");
  g_assert_cmpstr (output, ==, "payload");
}

static void
test_status (void)
{
  g_autoptr (MillStep) step = mill_command_step_new ("sh -c 'echo first >&2; echo why not >&2; exit 3'");
  g_autoptr (GError) of_status = NULL;
  g_autoptr (GError) of_retry = NULL;

  assert_fails (step, &of_status);
  g_assert_error (of_status, MILL_ERROR, MILL_ERROR_FAILED);
  g_assert_false (mill_retry_policy_is_retryable (of_status));
  g_assert_cmpstr (of_status->message, ==, "“sh” ended with status 3: why not");
  g_object_set (step, "retry-on", "75, 3", NULL);
  assert_fails (step, &of_retry);
  g_assert_true (mill_retry_policy_is_retryable (of_retry));
}

static void
test_signal (void)
{
  g_autoptr (MillStep) step = mill_command_step_new ("sh -c 'kill -9 $$'");
  g_autoptr (GError) of_signal = NULL;
  g_autoptr (GError) of_retry = NULL;

  assert_fails (step, &of_signal);
  g_assert_error (of_signal, MILL_ERROR, MILL_ERROR_FAILED);
  g_assert_cmpstr (of_signal->message, ==, "“sh” was killed by signal 9 (Killed)");
  g_object_set (step, "retry-on", "signal", NULL);
  assert_fails (step, &of_retry);
  g_assert_true (mill_retry_policy_is_retryable (of_retry));
}

static void
test_not_found (void)
{
  g_autoptr (MillStep) step = mill_command_step_new ("no-such-program-anywhere {}");
  g_autoptr (MillPipeline) pipeline = mill_pipeline_new ("test");
  g_autoptr (GError) error = NULL;

  g_assert_false (mill_step_open (step, pipeline, &error));
  g_assert_cmpstr (error->message, ==, "there is no program “no-such-program-anywhere”");
}

/* It was there when the run began. */
static void
test_vanished (void)
{
  g_autofree char *folder = g_dir_make_tmp ("mill-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "program", NULL);
  g_autoptr (MillStep) step = mill_command_step_new (path);
  g_autoptr (MillPipeline) pipeline = mill_pipeline_new ("test");
  g_autoptr (GError) error = NULL;
  MillWork work;

  g_assert_true (g_file_set_contents_full (path, "#!/bin/sh\n", -1, G_FILE_SET_CONTENTS_NONE, 0755, NULL));
  g_assert_true (mill_step_open (step, pipeline, NULL));
  test_remove_tree (folder);
  test_work_init (&work, mill_item_new (1, NULL));
  g_assert_false (mill_step_run (step, &work, NULL, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "No such file"));
  mill_work_finalize (&work);
}

static void
test_impossible_arguments (void)
{
  g_autoptr (MillStep) step = mill_command_step_new ("true {}");
  g_autofree char *huge = g_strnfill (4000000, 'x');
  g_autoptr (GError) of_nul = NULL;
  g_autoptr (GError) of_size = NULL;

  mill_item_unref (run_step (step, "a\0b", 3, NULL, &of_nul));
  mill_item_unref (run_step (step, huge, -1, NULL, &of_size));
  g_assert_error (of_nul, MILL_ERROR, MILL_ERROR_INVALID);
  g_assert_error (of_size, MILL_ERROR, MILL_ERROR_TOO_LARGE);
}

static void
assert_flood_ends (const char *command)
{
  g_autoptr (MillStep) step = mill_command_step_new (command);
  g_autoptr (GError) error = NULL;

  g_object_set (step, "max-output", G_GUINT64_CONSTANT (100000), NULL);
  assert_fails (step, &error);
  g_assert_error (error, MILL_ERROR, MILL_ERROR_TOO_LARGE);
  g_assert_nonnull (strstr (error->message, "wrote more than 100000 bytes"));
}

static void
test_flood (void)
{
  assert_flood_ends ("yes");
  assert_flood_ends ("sh -c 'yes >&2'");
  assert_flood_ends ("sh -c 'yes & wait'");
}

/* The limit itself may be reached. */
static void
test_limit (void)
{
  g_autoptr (MillStep) step = mill_command_step_new ("printf 12345");
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;

  g_object_set (step, "max-output", G_GUINT64_CONSTANT (5), NULL);
  output = get_output (step, NULL);
  g_assert_cmpstr (output, ==, "12345");
  g_object_set (step, "max-output", G_GUINT64_CONSTANT (4), NULL);
  assert_fails (step, &error);
  g_assert_error (error, MILL_ERROR, MILL_ERROR_TOO_LARGE);
}

/* What a command leaves behind, holding its output open, neither holds the step up nor lives on. */
static void
test_fork (void)
{
  g_autoptr (MillStep) step = mill_command_step_new ("sh -c 'sleep 1000 & echo $!'");
  g_autofree char *pid = get_output (step, NULL);

  assert_gone (g_strchomp (pid));
}

typedef struct
{
  GCancellable *cancellable; /* (owned) */
  char *folder;              /* (owned) where a command writes its number */
  char *path;                /* (owned) */
  char *pids;                /* (owned) (nullable) what it wrote */
} Hang;

/* Cancels once the command runs. */
static gpointer
cancel_when_running (gpointer data)
{
  Hang *hang = data;

  do
    {
      g_clear_pointer (&hang->pids, g_free);
      test_step_aside ();
    }
  while (!g_file_get_contents (hang->path, &hang->pids, NULL, NULL) || strchr (hang->pids, '\n') == NULL);
  g_cancellable_cancel (hang->cancellable);
  return NULL;
}

/* @script is given the name of a file to write the numbers of its processes to, in one line. */
static void
assert_hang_ends (const char *script)
{
  Hang hang = { g_cancellable_new (), g_dir_make_tmp ("mill-XXXXXX", NULL), NULL, NULL };
  g_autofree char *command = NULL;
  g_autoptr (MillStep) step = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MillItem) item = NULL;
  g_auto (GStrv) pids = NULL;
  GThread *canceller;

  hang.path = g_build_filename (hang.folder, "pids", NULL);
  command = g_strdup_printf ("sh -c '%s' sh %s", script, hang.path);
  step = mill_command_step_new (command);
  canceller = g_thread_new ("canceller", cancel_when_running, &hang);
  item = run_step (step, "before", -1, hang.cancellable, &error);
  g_thread_join (canceller);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (mill_item_get_size (item), ==, strlen ("before"));
  pids = g_strsplit (g_strchomp (hang.pids), " ", -1);
  for (guint i = 0; pids[i] != NULL; i++)
    assert_gone (pids[i]);
  test_remove_tree (hang.folder);
  g_free (hang.folder);
  g_free (hang.path);
  g_free (hang.pids);
  g_object_unref (hang.cancellable);
}

static void
test_hang (void)
{
  assert_hang_ends ("sleep 1000 & echo $$ $! > $1; wait");
}

/* One that does not want to end is made to. */
static void
test_stubborn_hang (void)
{
  assert_hang_ends ("trap \"\" TERM; sleep 1000 & echo $$ $! > $1; while :; do wait; done");
}

static void
assert_wrong (const char *property, const char *value, const char *message)
{
  g_autoptr (MillStep) step = mill_command_step_new ("true");
  const char *wrong = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (mill_step_check (step, &wrong, NULL));
  g_object_set (step, property, value, NULL);
  g_assert_false (mill_step_check (step, &wrong, &error));
  g_assert_cmpstr (wrong, ==, property);
  g_assert_nonnull (strstr (error->message, message));
}

static void
test_check (void)
{
  g_autoptr (MillStep) step = mill_command_step_new ("true");

  g_object_set (step, "retry-on", "", NULL);
  g_assert_true (mill_step_check (step, NULL, NULL));
  assert_wrong ("command", NULL, "it is empty");
  assert_wrong ("command", "  ", "not a command line");
  assert_wrong ("command", "echo 'x", "not a command line");
  assert_wrong ("command", "{payload} x", "cannot come from an item");
  assert_wrong ("retry-on", "75,,3", "“” is neither");
  assert_wrong ("retry-on", "0", "“0” is neither");
  assert_wrong ("retry-on", "always", "“always” is neither");
}

static const char job_text[] =
    "[Job]\nname=x\n[Source]\ntype=count\nitems=%u\n[Stage run]\nkind=%s\nstep=command\n"
    "command=%s\nconsumers=4\nslots=4\ntimeout=%s\nretries=0\n[Sink]\ntype=count\n";

static MillJob *
make_job (guint n, MillKind kind, const char *command, const char *timeout)
{
  g_autofree char *text =
      g_strdup_printf (job_text, n, kind == MILL_KIND_THREADS ? "threads" : "async", command, timeout);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  MillJob *job = mill_job_new_from_bytes (bytes, "test", &error);

  g_assert_no_error (error);
  return job;
}

/* A pool of commands in a run, in either world. */
static void
test_pool (gconstpointer kind)
{
  g_autoptr (MillJob) job =
      make_job (40, (MillKind) GPOINTER_TO_INT (kind), "sh -c \"test $1 != 9\" sh {n}", "60");
  g_autoptr (MillPipeline) pipeline = mill_job_build (job, NULL);

  g_assert_cmpuint (g_strv_length ((char **) mill_job_get_commands (job)), ==, 1);
  g_assert_cmpstr (mill_job_get_commands (job)[0], ==, "sh -c \"test $1 != 9\" sh {n}");
  test_start (pipeline);
  test_join (pipeline);
  TEST_WAIT (pipeline, s->state == MILL_STATE_FINISHED && s->done == 39 && s->dead == 1);
}

/* The stage's time-out ends a command, and so does a stop. */
static void
test_time_out (gconstpointer kind)
{
  g_autoptr (MillJob) job = make_job (4, (MillKind) GPOINTER_TO_INT (kind), "sleep 1000", "0.05");
  g_autoptr (MillPipeline) pipeline = mill_job_build (job, NULL);

  test_start (pipeline);
  test_join (pipeline);
  TEST_WAIT (pipeline, s->state == MILL_STATE_FINISHED && s->dead == 4);
}

static void
test_stop (gconstpointer kind)
{
  g_autoptr (MillJob) job = make_job (100, (MillKind) GPOINTER_TO_INT (kind), "sleep 1000", "0");
  g_autoptr (MillPipeline) pipeline = mill_job_build (job, NULL);

  test_start (pipeline);
  TEST_WAIT (pipeline, s0->held == 4);
  mill_pipeline_stop (pipeline);
  test_join (pipeline);
  TEST_WAIT (pipeline, s->state == MILL_STATE_STOPPED && s->done == 0 && s->dead == 0 && s->returned >= 4);
}

/* What a person is asked about hides nothing. */
static void
test_visible (void)
{
  g_autoptr (MillJob) job =
      make_job (1, MILL_KIND_THREADS, "echo 'é 中' \\n\033[2J \u202etxt.sh \u200b", "0");

  g_assert_cmpstr (mill_job_get_commands (job)[0], ==,
                   "echo 'é 中' <U+000A><U+001B>[2J <U+202E>txt.sh <U+200B>");
}

/* Most jobs run none. */
static void
test_no_commands (void)
{
  g_autoptr (MillJob) job = test_load_job ("bounded-thread-queue");

  g_assert_cmpuint (g_strv_length ((char **) mill_job_get_commands (job)), ==, 0);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/command/words", test_words);
  g_test_add_func ("/command/no-shell", test_no_shell);
  g_test_add_func ("/command/input", test_input);
  g_test_add_func ("/command/discard", test_discard);
  g_test_add_func ("/command/status", test_status);
  g_test_add_func ("/command/signal", test_signal);
  g_test_add_func ("/command/not-found", test_not_found);
  g_test_add_func ("/command/vanished", test_vanished);
  g_test_add_func ("/command/impossible-arguments", test_impossible_arguments);
  g_test_add_func ("/command/flood", test_flood);
  g_test_add_func ("/command/limit", test_limit);
  g_test_add_func ("/command/fork", test_fork);
  g_test_add_func ("/command/hang", test_hang);
  g_test_add_func ("/command/stubborn-hang", test_stubborn_hang);
  g_test_add_func ("/command/check", test_check);
  g_test_add_func ("/command/visible", test_visible);
  g_test_add_func ("/command/no-commands", test_no_commands);
  test_add_both ("command", "pool", test_pool);
  test_add_both ("command", "time-out", test_time_out);
  test_add_both ("command", "stop", test_stop);

  return g_test_run ();
}
