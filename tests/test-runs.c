/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "test-runs.h"

#include <glib/gstdio.h>

/* Takes over @source and the stages. */
MillPipeline *
test_pipeline_new (MillSource *source, MillKind source_kind, ...)
{
  MillPipeline *pipeline = mill_pipeline_new ("test");
  MillStage *stage;
  va_list stages;

  mill_pipeline_set_source (pipeline, "test", source, source_kind);
  g_object_unref (source);
  va_start (stages, source_kind);
  while ((stage = va_arg (stages, MillStage *)) != NULL)
    {
      mill_pipeline_add_stage (pipeline, stage);
      g_object_unref (stage);
    }
  va_end (stages);
  return pipeline;
}

/* Takes over @step. No slots, no time-out, 2 retries without a wait worth waiting for. */
MillStage *
test_stage_new (const char *name, MillKind kind, MillStep *step, gint maxsize, guint consumers)
{
  MillStage *stage = mill_stage_new (name, kind, step);

  g_object_set (stage, "maxsize", maxsize, "consumers", consumers, "backoff", 0.001, NULL);
  g_object_unref (step);
  return stage;
}

void
test_start (MillPipeline *pipeline)
{
  g_autoptr (GError) error = NULL;

  mill_pipeline_start (pipeline, &error);
  g_assert_no_error (error);
}

void
test_join (MillPipeline *pipeline)
{
  g_autoptr (GError) error = NULL;

  mill_pipeline_join (pipeline, NULL, &error);
  g_assert_no_error (error);
  test_assert_conserved (pipeline);
}

void
test_set (MillPipeline *pipeline, const char *path, const char *value)
{
  g_autoptr (GError) error = NULL;

  mill_pipeline_set_knob (pipeline, path, value, &error);
  g_assert_no_error (error);
}

void
test_assert_conserved (MillPipeline *pipeline)
{
  g_autoptr (MillSnapshot) snapshot = mill_pipeline_snapshot (pipeline);

  g_assert_true (mill_snapshot_is_conserved (snapshot));
}

void
test_add_both (const char *suite, const char *name, GTestDataFunc func)
{
  g_autofree char *threads = g_strdup_printf ("/%s/%s/threads", suite, name);
  g_autofree char *tasks = g_strdup_printf ("/%s/%s/tasks", suite, name);

  g_test_add_data_func (threads, GINT_TO_POINTER (MILL_KIND_THREADS), func);
  g_test_add_data_func (tasks, GINT_TO_POINTER (MILL_KIND_ASYNC), func);
}

/* Between two looks at a condition: leaves the processor to those who bring it about. Nothing depends on how
 * long. */
void
test_step_aside (void)
{
  static GMutex lock;
  static GCond never;

  g_mutex_lock (&lock);
  g_cond_wait_until (&never, &lock, g_get_monotonic_time () + 300);
  g_mutex_unlock (&lock);
}

void
test_not_in_vain (const MillSnapshot *snapshot, guint *looks, const char *condition)
{
  const guint many = 20000; /* far more than a joined thread takes to leave the counts */

  if (snapshot->state >= MILL_STATE_FINISHED && snapshot->workers_alive == 0 && ++*looks > many)
    g_error ("the pipeline is over, and never %s: state %d, produced %" G_GUINT64_FORMAT
             ", done %" G_GUINT64_FORMAT ", dead %" G_GUINT64_FORMAT ", returned %" G_GUINT64_FORMAT
             ", dropped %" G_GUINT64_FORMAT,
             condition, (gint) snapshot->state, snapshot->produced, snapshot->done, snapshot->dead,
             snapshot->returned, snapshot->dropped);
}

MillJob *
test_load_job (const char *name)
{
  g_autofree char *path = g_strdup_printf ("%s/../data/jobs/%s.millrace", g_getenv ("G_TEST_SRCDIR"), name);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  MillJob *job = mill_job_new_from_file (file, &error);

  g_assert_no_error (error);
  return job;
}

MillPipeline *
test_build_job (const char *name)
{
  g_autoptr (MillJob) job = test_load_job (name);
  g_autoptr (GError) error = NULL;
  MillPipeline *pipeline = mill_job_build (job, &error);

  g_assert_no_error (error);
  return pipeline;
}

/* GLib keeps threads of its own, which serve the whole process; and so do sanitizers, under the program's
 * name. All of the engine's have names. */
static gboolean
is_engines (const char *name, const char *program)
{
  static const char *const others[] = { "gmain", "gdbus", "pool-", "dconf" };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (g_str_has_prefix (name, others[i]))
      return FALSE;
  return g_strcmp0 (name, program) != 0;
}

/* The threads of this process but for the main one, GLib's and a sanitizer's. */
guint
test_count_engine_threads (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/task", 0, NULL);
  g_autofree char *program = NULL;
  const char *id;
  guint n = 0;

  g_file_get_contents ("/proc/self/comm", &program, NULL, NULL);
  while (dir != NULL && (id = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_strdup_printf ("/proc/self/task/%s/comm", id);
      g_autofree char *name = NULL;

      if (g_file_get_contents (path, &name, NULL, NULL) && is_engines (name, program))
        n++;
    }
  return n;
}

/* A thread that was joined may be in the kernel's list for a moment still, and a reading of the list that
 * others leave meanwhile may miss some; so two readings have to agree. */
void
test_wait_for_threads (guint n)
{
  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  guint n_agree = 0;

  while (n_agree < 2 && g_get_monotonic_time () < deadline)
    {
      n_agree = test_count_engine_threads () <= n ? n_agree + 1 : 0;
      test_step_aside ();
    }
  g_assert_cmpuint (n_agree, ==, 2);
}

/* Nothing of @pipeline works any more, and there are no more threads than before. */
void
test_assert_nothing_left (MillPipeline *pipeline, guint threads_before)
{
  TEST_WAIT (pipeline, s->workers_alive == 0 && s->unfinished == 0);
  test_wait_for_threads (threads_before);
}

void
test_remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      test_remove_tree (child);
    }
  g_remove (path);
}
