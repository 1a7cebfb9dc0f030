/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillEventLog: the last events of a run. */

#include "config.h"

#include "pipeline/mill-event-log-private.h"

#define CAPACITY 1000

struct _MillEventLog
{
  gatomicrefcount refs;
  GMutex lock;
  gint64 start_us; /* 0 before the start */
  guint64 count;   /* of all that were added; those no longer kept are the first ones */
  GQueue events;   /* of (owned) MillEvent */
};

MillEventLog *
mill_event_log_new (void)
{
  MillEventLog *self = g_new0 (MillEventLog, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->lock);
  return self;
}

MillEventLog *
mill_event_log_ref (MillEventLog *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
mill_event_log_unref (MillEventLog *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_queue_clear_full (&self->events, (GDestroyNotify) mill_event_free);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Counts times from @now_us on, in microseconds of g_get_monotonic_time(). */
void
mill_event_log_start (MillEventLog *self, gint64 now_us)
{
  g_mutex_lock (&self->lock);
  self->start_us = now_us;
  g_mutex_unlock (&self->lock);
}

/* Takes over @text. */
void
mill_event_log_add (MillEventLog *self, MillEventKind kind, char *text)
{
  MillEvent *event = g_new0 (MillEvent, 1);
  gint64 now = g_get_monotonic_time ();

  event->kind = kind;
  event->text = text;
  g_mutex_lock (&self->lock);
  event->number = self->count++;
  event->time_us = self->start_us > 0 ? now - self->start_us : 0;
  g_queue_push_tail (&self->events, event);
  if (self->events.length > CAPACITY)
    mill_event_free (g_queue_pop_head (&self->events));
  g_mutex_unlock (&self->lock);
}

guint64
mill_event_log_get_count (MillEventLog *self)
{
  guint64 count;

  g_mutex_lock (&self->lock);
  count = self->count;
  g_mutex_unlock (&self->lock);
  return count;
}

/* (transfer full): copies of the kept events whose number is @since or more, oldest first. */
GPtrArray *
mill_event_log_list (MillEventLog *self, guint64 since)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) mill_event_free);

  g_mutex_lock (&self->lock);
  for (GList *l = self->events.head; l != NULL; l = l->next)
    {
      const MillEvent *event = l->data;

      if (event->number >= since)
        g_ptr_array_add (list, mill_event_copy (event));
    }
  g_mutex_unlock (&self->lock);
  return list;
}
