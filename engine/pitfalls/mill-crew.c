/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillCrew: some threads that do the same. */

#include "config.h"

#include "pitfalls/mill-crew-private.h"

struct _MillCrew
{
  GThreadFunc func;
  gpointer data;      /* (unowned) */
  GPtrArray *threads; /* (owned) of (owned) GThread */
  gint n_alive;       /* (atomic) */
};

static gpointer
run (gpointer user_data)
{
  MillCrew *self = user_data;
  gpointer result = self->func (self->data);

  g_atomic_int_add (&self->n_alive, -1);
  return result;
}

/* Starts them; each calls @func with @data once. (transfer full): end with mill_crew_end(). */
MillCrew *
mill_crew_start (guint n_threads, GThreadFunc func, gpointer data)
{
  MillCrew *self = g_new0 (MillCrew, 1);

  self->func = func;
  self->data = data;
  self->n_alive = (gint) n_threads;
  self->threads = g_ptr_array_new ();
  for (guint i = 0; i < n_threads; i++)
    g_ptr_array_add (self->threads, g_thread_new ("mill-pitfall", run, self));
  return self;
}

/* How many have not returned. */
guint
mill_crew_get_alive (MillCrew *self)
{
  return (guint) g_atomic_int_get (&self->n_alive);
}

/* Waits until all have returned, and frees the crew. */
void
mill_crew_end (MillCrew *self)
{
  for (guint i = 0; i < self->threads->len; i++)
    g_thread_join (g_ptr_array_index (self->threads, i));
  g_ptr_array_unref (self->threads);
  g_free (self);
}
