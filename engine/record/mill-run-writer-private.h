/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillRunWriter: a thread that writes notes into a run file, for those who must not wait for a disk.
 *
 * Contract (tests/test-run-record.c):
 *
 * - mill_run_writer_push() never waits, neither for the disk nor for a lock, and wakes nobody.
 * - Notes are written in the order in which they were pushed, within about a twentieth of a second while
 * there is processor time that nobody else wants: the writer takes no other (niceness 19), so that what it
 * watches is not slowed down.
 * - mill_run_writer_close() returns once all is written, and writes the rest itself if the writer lags.
 * - After the file's first failure notes are released unwritten, and the failure is told once, on whatever
 *   thread writes.
 *
 * Threads: push: any. New and close: one at a time.
 */

#pragma once

#include "record/mill-run-file-private.h"

G_BEGIN_DECLS

typedef struct _MillRunWriter MillRunWriter;
typedef struct _MillRunNote MillRunNote;

/* Begins what is to be written; whoever pushes it adds his own after it. */
struct _MillRunNote
{
  MillRunNote *next; /* the writer's */
  void (*write) (MillRunNote *self, MillRunFile *file);
  void (*release) (MillRunNote *self); /* it was written, or will not be */
};

typedef void (*MillRunWriterFailedFunc) (const GError *error, gpointer user_data);

MillRunWriter *mill_run_writer_new (MillRunFile *file, MillRunWriterFailedFunc failed, gpointer user_data);
void mill_run_writer_push (MillRunWriter *self, MillRunNote *note);
gboolean mill_run_writer_has_failed (MillRunWriter *self);
void mill_run_writer_close (MillRunWriter *self);
void mill_run_writer_free (MillRunWriter *self);

G_END_DECLS
