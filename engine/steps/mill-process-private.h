/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs a program to its end, on the calling thread, and sees to it that nothing of it is left: it gets a
 * process group of its own, which is killed when the program has ended, was told to end, or has said too
 * much. Only what leaves the group, by starting a session of its own, escapes.
 *
 * GSubprocess knows no groups but by a function between fork and exec, and then GLib cannot use
 * posix_spawn(): each start would copy the page tables of a program with many threads. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  const char *const *argv; /* the first is the program's path, not looked for in PATH */
  GBytes *input;           /* (nullable) the standard input; NULL is none */
  gboolean keep_output;    /* or else it is not even read */
  gsize max_output;        /* bytes that it may write to either of standard output and error */
} MillProcessPlan;

typedef struct
{
  GByteArray *output;    /* (owned) (nullable) what it wrote to its standard output */
  GByteArray *complaint; /* (owned) (nullable) the end of what it wrote to its standard error */
  int status;            /* as of waitpid() */
  gboolean flooded;      /* it was killed for having written more than it may */
  gboolean cancelled;    /* it was killed because of the cancellable */
} MillProcessResult;

gboolean mill_process_run (const MillProcessPlan *plan, GCancellable *cancellable, MillProcessResult *result,
                           GError **error);
void mill_process_result_clear (MillProcessResult *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MillProcessResult, mill_process_result_clear)

G_END_DECLS
