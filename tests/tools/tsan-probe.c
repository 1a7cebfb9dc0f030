/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests the test: does this ThreadSanitizer set-up stay silent on a correct program and speak up on a wrong
 * one? Without arguments, two threads hand heap cells over through a GAsyncQueue, a GMutex with GCond, a
 * GTask and g_once, all of it correct: nothing may be reported. With the argument "race" they also add
 * to one plain counter with no lock: that must be reported. */

#include <gio/gio.h>

#define ROUNDS 20000

typedef struct
{
  GAsyncQueue *queue; /* (owned) */
  GMutex lock;
  GCond wake;
  guint64 guarded; /* by lock */
  guint64 bare;    /* by nothing: the planted race */
  gboolean racy;
} Probe;

static gpointer
produce (gpointer data)
{
  Probe *probe = data;

  for (guint64 i = 1; i <= ROUNDS; i++)
    {
      guint64 *cell = g_new (guint64, 1);

      *cell = i;
      g_async_queue_push (probe->queue, cell);
      if (probe->racy)
        probe->bare++;
    }

  g_mutex_lock (&probe->lock);
  probe->guarded += ROUNDS;
  g_cond_signal (&probe->wake);
  g_mutex_unlock (&probe->lock);
  return NULL;
}

static guint64
consume (Probe *probe)
{
  guint64 sum = 0;

  for (guint i = 0; i < ROUNDS; i++)
    {
      g_autofree guint64 *cell = g_async_queue_pop (probe->queue);

      sum += *cell;
      if (probe->racy)
        probe->bare++;
    }

  g_mutex_lock (&probe->lock);
  while (probe->guarded < ROUNDS)
    g_cond_wait (&probe->wake, &probe->lock);
  g_mutex_unlock (&probe->lock);
  return sum;
}

static void
double_it (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  guint64 *value = task_data;

  *value *= 2;
  g_task_return_int (task, (gssize) *value);
}

static void
take_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gssize *answer = user_data;

  *answer = g_task_propagate_int (G_TASK (result), NULL);
}

/* A worker of GLib's own pool, and back through the main context. */
static gssize
run_task (void)
{
  gssize answer = 0;
  g_autoptr (GTask) task = g_task_new (NULL, NULL, take_result, &answer);

  g_task_set_task_data (task, g_memdup2 (&(guint64){ 21 }, sizeof (guint64)), g_free);
  g_task_run_in_thread (task, double_it);
  while (answer == 0)
    g_main_context_iteration (NULL, TRUE);
  return answer;
}

int
main (int argc, char **argv)
{
  Probe probe = { .queue = g_async_queue_new (), .racy = argc > 1 && g_str_equal (argv[1], "race") };
  GThread *producer;
  guint64 sum;
  gssize answer;

  g_mutex_init (&probe.lock);
  g_cond_init (&probe.wake);
  producer = g_thread_new ("producer", produce, &probe);
  sum = consume (&probe);
  g_thread_join (producer);
  answer = run_task ();

  g_print ("sum %" G_GUINT64_FORMAT ", task %" G_GSSIZE_FORMAT "\n", sum, answer);
  g_async_queue_unref (probe.queue);
  g_cond_clear (&probe.wake);
  g_mutex_clear (&probe.lock);
  return sum == (guint64) ROUNDS * (ROUNDS + 1) / 2 && answer == 42 ? 0 : 1;
}
