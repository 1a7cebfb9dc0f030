/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One poll() watches all of it: the process by a pidfd, what it writes, and the cancellable. Its input is a
 * file in memory, so that it may read as much of it as it likes, whenever it likes. */

#include "config.h"

#include "steps/mill-process-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/mill-error.h"
#include "core/mill-write-private.h"

#define CHUNK         (64 * 1024)
#define MAX_COMPLAINT 4096
#define PATIENCE_US   (G_USEC_PER_SEC / 2) /* between asking a group to end and killing it */

typedef enum
{
  WATCH_PROCESS,
  WATCH_OUTPUT,
  WATCH_COMPLAINT,
  WATCH_CANCEL,
  N_WATCHES,
} Watch;

typedef struct
{
  const MillProcessPlan *plan;  /* (unowned) */
  MillProcessResult *result;    /* (unowned) */
  pid_t pid;                    /* of its group, too */
  struct pollfd fds[N_WATCHES]; /* (owned) but the cancellable's; -1: closed, or not watched */
  int ends[2];                  /* (owned) the process's ends of the pipes, until it has them */
  int input;                    /* (owned) -1: none */
  gsize n_complained;
  gint64 kill_at_us; /* 0: it was not asked to end */
} Process;

static void
close_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

static gboolean
set_error (GError **error, const char *program, int errsv)
{
  gboolean may_pass = errsv == EAGAIN || errsv == ENOMEM || errsv == EMFILE || errsv == ENFILE;
  MillError code = may_pass         ? MILL_ERROR_RETRYABLE
                   : errsv == E2BIG ? MILL_ERROR_TOO_LARGE
                                    : MILL_ERROR_FAILED;

  g_set_error (error, MILL_ERROR, (gint) code, _ ("cannot run “%s”: %s"), program, g_strerror (errsv));
  return FALSE;
}

/* ---- the start; functions return 0 or an error's number ---- */

static int
open_pipe (Process *self, Watch watch, int *end)
{
  int fds[2];

  if (pipe2 (fds, O_CLOEXEC) != 0)
    return errno;
  self->fds[watch].fd = fds[0];
  *end = fds[1];
  return 0;
}

static int
open_input (Process *self)
{
  gsize length;
  const char *data = g_bytes_get_data (self->plan->input, &length);

  self->input = memfd_create ("millrace input", MFD_CLOEXEC);
  if (self->input < 0)
    return errno;
  if (!mill_write_all (self->input, data, length))
    return errno;
  return lseek (self->input, 0, SEEK_SET) < 0 ? errno : 0;
}

static int
open_all (Process *self)
{
  int errsv = open_pipe (self, WATCH_COMPLAINT, &self->ends[1]);

  if (errsv == 0 && self->plan->keep_output)
    errsv = open_pipe (self, WATCH_OUTPUT, &self->ends[0]);
  if (errsv == 0 && self->plan->input != NULL)
    errsv = open_input (self);
  return errsv;
}

static void
add_actions (Process *self, posix_spawn_file_actions_t *actions)
{
  if (self->input >= 0)
    posix_spawn_file_actions_adddup2 (actions, self->input, STDIN_FILENO);
  else
    posix_spawn_file_actions_addopen (actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  if (self->ends[0] >= 0)
    posix_spawn_file_actions_adddup2 (actions, self->ends[0], STDOUT_FILENO);
  else
    posix_spawn_file_actions_addopen (actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2 (actions, self->ends[1], STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np (actions, STDERR_FILENO + 1);
}

/* Signals are to mean to the program what they do to one that a shell starts. */
static void
set_attributes (posix_spawnattr_t *attributes)
{
  static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGCHLD };
  sigset_t set;

  sigemptyset (&set);
  posix_spawnattr_setsigmask (attributes, &set);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    sigaddset (&set, signals[i]);
  posix_spawnattr_setsigdefault (attributes, &set);
  posix_spawnattr_setpgroup (attributes, 0);
  posix_spawnattr_setflags (attributes,
                            POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

static int
spawn (Process *self)
{
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int errsv;

  posix_spawn_file_actions_init (&actions);
  posix_spawnattr_init (&attributes);
  add_actions (self, &actions);
  set_attributes (&attributes);
  errsv = posix_spawn (&self->pid, self->plan->argv[0], &actions, &attributes,
                       (char *const *) self->plan->argv, environ);
  posix_spawnattr_destroy (&attributes);
  posix_spawn_file_actions_destroy (&actions);
  return errsv;
}

/* ---- the end ---- */

static void
signal_group (Process *self, int number)
{
  kill (-self->pid, number);
}

/* Until here the process's number, and with it the group's, is nobody else's: it was not waited for. */
static void
reap (Process *self)
{
  signal_group (self, SIGKILL);
  while (waitpid (self->pid, &self->result->status, 0) < 0 && errno == EINTR)
    ;
}

static int
start (Process *self)
{
  int errsv = open_all (self);

  if (errsv == 0)
    errsv = spawn (self);
  close_fd (&self->ends[0]);
  close_fd (&self->ends[1]);
  close_fd (&self->input);
  if (errsv != 0)
    return errsv;
  self->fds[WATCH_PROCESS].fd = pidfd_open (self->pid, 0);
  if (self->fds[WATCH_PROCESS].fd >= 0)
    return 0;
  errsv = errno;
  reap (self);
  return errsv;
}

/* ---- meanwhile ---- */

static void
note_flood (Process *self, gsize n_written)
{
  if (n_written <= self->plan->max_output || self->result->flooded)
    return;
  self->result->flooded = TRUE;
  signal_group (self, SIGKILL);
}

static void
note_output (Process *self, const guint8 *data, gsize length)
{
  GByteArray *output = self->result->output;
  gsize room = self->plan->max_output - MIN (self->plan->max_output, output->len);

  g_byte_array_append (output, data, (guint) MIN (length, room));
  note_flood (self, length > room ? G_MAXSIZE : output->len);
}

static void
note_complaint (Process *self, const guint8 *data, gsize length)
{
  GByteArray *complaint = self->result->complaint;

  self->n_complained += length;
  g_byte_array_append (complaint, data, (guint) length);
  if (complaint->len > MAX_COMPLAINT)
    g_byte_array_remove_range (complaint, 0, complaint->len - MAX_COMPLAINT);
  note_flood (self, self->n_complained);
}

/* After poll() has said that there is something, so it does not block. */
static void
read_from (Process *self, Watch watch)
{
  guint8 chunk[CHUNK];
  ssize_t n = read (self->fds[watch].fd, chunk, sizeof chunk);

  if (n > 0 && watch == WATCH_OUTPUT)
    note_output (self, chunk, (gsize) n);
  else if (n > 0)
    note_complaint (self, chunk, (gsize) n);
  else if (n == 0 || errno != EINTR)
    close_fd (&self->fds[watch].fd);
}

static int
get_patience_ms (Process *self)
{
  if (self->kill_at_us == 0)
    return -1;
  return (int) CLAMP ((self->kill_at_us - g_get_monotonic_time ()) / 1000 + 1, 0, 1000);
}

/* First it is asked to end, then it is made to. */
static void
end_on_request (Process *self)
{
  gint64 now_us = g_get_monotonic_time ();

  if (self->kill_at_us == 0)
    {
      self->result->cancelled = TRUE;
      self->fds[WATCH_CANCEL].fd = -1; /* it stays ready */
      self->kill_at_us = now_us + PATIENCE_US;
      signal_group (self, SIGTERM);
    }
  else if (now_us >= self->kill_at_us)
    {
      self->kill_at_us = G_MAXINT64;
      signal_group (self, SIGKILL);
    }
}

/* Reads what there is; whether there was anything. */
static gboolean
look (Process *self, int timeout_ms)
{
  int n = poll (self->fds, N_WATCHES, timeout_ms);
  gboolean any = FALSE;

  for (Watch watch = WATCH_OUTPUT; n > 0 && watch <= WATCH_COMPLAINT; watch++)
    if (self->fds[watch].fd >= 0 && self->fds[watch].revents != 0)
      {
        read_from (self, watch);
        any = TRUE;
      }
  return any;
}

static void
attend (Process *self)
{
  do
    {
      for (Watch watch = WATCH_PROCESS; watch < N_WATCHES; watch++)
        self->fds[watch].revents = 0;
      look (self, get_patience_ms (self));
      if (self->fds[WATCH_CANCEL].revents != 0 || self->kill_at_us != 0)
        end_on_request (self);
    }
  while (self->fds[WATCH_PROCESS].revents == 0);
  /* What else is in the group holds the pipes open, and may be writing without an end: it ends here. What is
   * in the pipes then is all there is; who has left the group is not waited for. */
  reap (self);
  close_fd (&self->fds[WATCH_PROCESS].fd);
  self->fds[WATCH_CANCEL].fd = -1;
  while (!self->result->flooded && look (self, 0))
    ;
}

/* Runs the program to its end. FALSE with an error if it cannot be started: %MILL_ERROR_RETRYABLE for want of
 * processes, memory or files. Anything else is in @result, which the caller clears. */
gboolean
mill_process_run (const MillProcessPlan *plan, GCancellable *cancellable, MillProcessResult *result,
                  GError **error)
{
  Process self = { .plan = plan, .result = result, .ends = { -1, -1 }, .input = -1 };
  gboolean is_watched;
  int errsv;

  for (Watch watch = WATCH_PROCESS; watch < N_WATCHES; watch++)
    self.fds[watch] = (struct pollfd){ -1, POLLIN, 0 };
  errsv = start (&self);
  if (errsv == 0)
    {
      result->complaint = g_byte_array_new ();
      result->output = plan->keep_output ? g_byte_array_new () : NULL;
      self.fds[WATCH_CANCEL].fd = g_cancellable_get_fd (cancellable);
      is_watched = self.fds[WATCH_CANCEL].fd >= 0;
      attend (&self);
      if (is_watched)
        g_cancellable_release_fd (cancellable);
    }
  close_fd (&self.fds[WATCH_OUTPUT].fd);
  close_fd (&self.fds[WATCH_COMPLAINT].fd);
  return errsv == 0 || set_error (error, plan->argv[0], errsv);
}

/* Frees what is in it. */
void
mill_process_result_clear (MillProcessResult *self)
{
  g_clear_pointer (&self->output, g_byte_array_unref);
  g_clear_pointer (&self->complaint, g_byte_array_unref);
}
