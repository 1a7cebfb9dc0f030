/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillRunWriter. Notes are on a stack that is pushed to and taken as a whole, each with one atomic operation:
 * a lock that the writer shared with the workers would have them wait for a thread that nobody lets run. So
 * the writer is not woken either, but looks by itself. */

#include "config.h"

#include "record/mill-run-writer-private.h"

#include <sys/resource.h>

#define LOOK_EVERY_US (50 * G_TIME_SPAN_MILLISECOND)

struct _MillRunWriter
{
  MillRunFile *file; /* (owned) */
  MillRunWriterFailedFunc failed_func;
  gpointer user_data;

  MillRunNote *stack; /* (owned) (nullable) (atomic) the newest note first */
  gint has_failed;    /* (atomic) */

  /* The writing thread's; after close joined it, the closing one's. */
  MillRunNote *taken; /* (owned) (nullable) the oldest note first */

  GThread *thread; /* (owned) (nullable) once it is closed */
  GMutex lock;
  GCond closing;
  gint is_closing; /* (atomic) set with the lock held */
};

/* Takes little but processor time that is left over. With SCHED_IDLE it would take nothing else, and on a
 * busy machine hardly write a row. Linux has a niceness for each thread. */
static void
stand_back (void)
{
#ifdef __linux__
  (void) setpriority (PRIO_PROCESS, 0, 19);
#endif
}

static MillRunNote *
reverse (MillRunNote *newest)
{
  MillRunNote *oldest = NULL;

  while (newest != NULL)
    {
      MillRunNote *note = newest;

      newest = note->next;
      note->next = oldest;
      oldest = note;
    }
  return oldest;
}

/* (transfer full) (nullable): the oldest note that is not written yet */
static MillRunNote *
take (MillRunWriter *self)
{
  MillRunNote *note;

  if (self->taken == NULL)
    self->taken = reverse (g_atomic_pointer_exchange (&self->stack, NULL));
  note = self->taken;
  if (note != NULL)
    self->taken = note->next;
  return note;
}

static void
check (MillRunWriter *self)
{
  g_autoptr (GError) error = NULL;

  if (g_atomic_int_get (&self->has_failed) || mill_run_file_check (self->file, &error))
    return;
  g_atomic_int_set (&self->has_failed, TRUE);
  self->failed_func (error, self->user_data);
}

/* Returns: whether there was a note */
static gboolean
write_one (MillRunWriter *self)
{
  MillRunNote *note = take (self);

  if (note == NULL)
    return FALSE;
  if (!g_atomic_int_get (&self->has_failed))
    {
      note->write (note, self->file);
      check (self);
    }
  note->release (note);
  return TRUE;
}

static void
commit (MillRunWriter *self)
{
  mill_run_file_commit (self->file);
  check (self);
}

static void
wait (MillRunWriter *self)
{
  gint64 until = g_get_monotonic_time () + LOOK_EVERY_US;

  g_mutex_lock (&self->lock);
  while (!g_atomic_int_get (&self->is_closing) && g_cond_wait_until (&self->closing, &self->lock, until))
    ;
  g_mutex_unlock (&self->lock);
}

static gpointer
writer_main (gpointer data)
{
  MillRunWriter *self = data;

  stand_back ();
  while (!g_atomic_int_get (&self->is_closing))
    {
      gboolean has_written = FALSE;

      while (!g_atomic_int_get (&self->is_closing) && write_one (self))
        has_written = TRUE;
      if (has_written)
        commit (self);
      wait (self);
    }
  return NULL;
}

/* @failed: told why nothing is written any more */
MillRunWriter *
mill_run_writer_new (MillRunFile *file, MillRunWriterFailedFunc failed, gpointer user_data)
{
  MillRunWriter *self = g_new0 (MillRunWriter, 1);

  self->file = mill_run_file_ref (file);
  self->failed_func = failed;
  self->user_data = user_data;
  g_mutex_init (&self->lock);
  g_cond_init (&self->closing);
  self->thread = g_thread_new ("mill-record", writer_main, self);
  return self;
}

/* Takes over @note. */
void
mill_run_writer_push (MillRunWriter *self, MillRunNote *note)
{
  MillRunNote *newest;

  do
    {
      newest = g_atomic_pointer_get (&self->stack);
      note->next = newest;
    }
  while (!g_atomic_pointer_compare_and_exchange (&self->stack, newest, note));
}

gboolean
mill_run_writer_has_failed (MillRunWriter *self)
{
  return g_atomic_int_get (&self->has_failed);
}

/* Writes what is not written yet. Nothing may be pushed any more. */
void
mill_run_writer_close (MillRunWriter *self)
{
  if (self->thread == NULL)
    return;
  g_mutex_lock (&self->lock);
  g_atomic_int_set (&self->is_closing, TRUE);
  g_cond_signal (&self->closing);
  g_mutex_unlock (&self->lock);
  g_thread_join (g_steal_pointer (&self->thread));
  while (write_one (self))
    ;
  commit (self);
}

void
mill_run_writer_free (MillRunWriter *self)
{
  mill_run_writer_close (self);
  mill_run_file_unref (self->file);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->closing);
  g_free (self);
}
