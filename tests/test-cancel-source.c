/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillCancelSource: the sentences of its header. */

#include "config.h"

#include "core/mill-cancel-source-private.h"

typedef struct
{
  GMainContext *context;     /* (owned) */
  GCancellable *cancellable; /* (owned) */
  GThread *ran_on;           /* (unowned) (nullable) before the callback ran */
  guint n_calls;
  guint n_freed;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->context = g_main_context_new ();
  fixture->cancellable = g_cancellable_new ();
}

/* Nobody is left who refers to the cancellable: neither a source nor its handler. */
static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gpointer weak = fixture->cancellable;

  g_main_context_unref (fixture->context);
  g_object_add_weak_pointer (G_OBJECT (weak), &weak);
  g_object_unref (fixture->cancellable);
  g_assert_null (weak);
}

static gboolean
called_cb (gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_calls++;
  fixture->ran_on = g_thread_self ();
  return G_SOURCE_CONTINUE; /* does not matter */
}

static void
freed_cb (gpointer user_data)
{
  ((Fixture *) user_data)->n_freed++;
}

static GSource *
attach (Fixture *fixture, gint64 ready_time_us)
{
  GSource *source =
      mill_cancel_source_new ("test", ready_time_us, fixture->cancellable, called_cb, fixture, freed_cb);

  g_source_attach (source, fixture->context);
  return source;
}

static gpointer
cancel_thread (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return NULL;
}

static void
dispatch_all (Fixture *fixture)
{
  while (g_main_context_iteration (fixture->context, FALSE))
    ;
}

static void
test_cancelled_elsewhere (Fixture *fixture, gconstpointer data)
{
  GSource *source = attach (fixture, MILL_NEVER);

  dispatch_all (fixture);
  g_assert_cmpuint (fixture->n_calls, ==, 0);
  g_thread_join (g_thread_new ("cancel", cancel_thread, fixture->cancellable));
  g_assert_cmpuint (fixture->n_calls, ==, 0);
  dispatch_all (fixture);
  g_assert_cmpuint (fixture->n_calls, ==, 1);
  g_assert_true (fixture->ran_on == g_thread_self ());
  mill_cancel_source_destroy (source);
  g_assert_cmpuint (fixture->n_freed, ==, 1);
}

static void
test_cancelled_before (Fixture *fixture, gconstpointer data)
{
  GSource *source;

  g_cancellable_cancel (fixture->cancellable);
  source = attach (fixture, MILL_NEVER);
  dispatch_all (fixture);
  g_assert_cmpuint (fixture->n_calls, ==, 1);
  mill_cancel_source_destroy (source);
}

static void
test_time (Fixture *fixture, gconstpointer data)
{
  gint64 time_us = g_get_monotonic_time () + 2000;
  GSource *source = attach (fixture, time_us);

  while (fixture->n_calls == 0)
    g_main_context_iteration (fixture->context, TRUE);
  g_assert_cmpint (g_get_monotonic_time (), >=, time_us);
  /* Once is once. */
  g_cancellable_cancel (fixture->cancellable);
  dispatch_all (fixture);
  g_assert_cmpuint (fixture->n_calls, ==, 1);
  mill_cancel_source_destroy (source);
}

static void
test_no_cancellable (Fixture *fixture, gconstpointer data)
{
  GSource *source = mill_cancel_source_new ("test", 0, NULL, called_cb, fixture, NULL);

  g_source_attach (source, fixture->context);
  dispatch_all (fixture);
  g_assert_cmpuint (fixture->n_calls, ==, 1);
  mill_cancel_source_destroy (source);
}

static void
test_destroyed (Fixture *fixture, gconstpointer data)
{
  GSource *source = attach (fixture, MILL_NEVER);

  /* Due, but not dispatched. */
  g_cancellable_cancel (fixture->cancellable);
  mill_cancel_source_destroy (source);
  g_assert_cmpuint (fixture->n_freed, ==, 1);
  dispatch_all (fixture);
  g_assert_cmpuint (fixture->n_calls, ==, 0);
}

/* What GCancellableSource does not survive: one thread cancels, the other destroys and lets the context go.
 */
static void
test_race (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 2000; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      GMainContext *context = g_main_context_new ();
      GSource *source =
          mill_cancel_source_new ("test", MILL_NEVER, cancellable, called_cb, fixture, freed_cb);
      GThread *thread = g_thread_new ("cancel", cancel_thread, cancellable);

      g_source_attach (source, context);
      mill_cancel_source_destroy (source);
      g_main_context_unref (context);
      g_thread_join (thread);
      g_assert_cmpuint (fixture->n_freed, ==, i + 1);
    }
  g_assert_cmpuint (fixture->n_calls, ==, 0);
}

#define ADD(name, func) g_test_add ("/cancel-source/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("cancelled-elsewhere", test_cancelled_elsewhere);
  ADD ("cancelled-before", test_cancelled_before);
  ADD ("time", test_time);
  ADD ("no-cancellable", test_no_cancellable);
  ADD ("destroyed", test_destroyed);
  ADD ("race", test_race);
  return g_test_run ();
}
