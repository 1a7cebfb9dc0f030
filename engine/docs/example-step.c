/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The program that step.md explains: counts the letters of its arguments' words in two threads. */

#include <mill.h>

#define EXAMPLE_TYPE_STEP (example_step_get_type ())
G_DECLARE_FINAL_TYPE (ExampleStep, example_step, EXAMPLE, STEP, MillStep)

struct _ExampleStep
{
  MillStep parent_instance;

  gint letters; /* (atomic) */
};

G_DEFINE_FINAL_TYPE (ExampleStep, example_step, MILL_TYPE_STEP)

static gboolean
example_step_process (MillStep *step, MillWork *work, GCancellable *cancellable, GError **error)
{
  ExampleStep *self = EXAMPLE_STEP (step);
  GBytes *word = mill_item_get_payload (mill_work_get_item (work));

  if (g_bytes_get_size (word) == 0)
    {
      g_set_error_literal (error, MILL_ERROR, MILL_ERROR_FAILED, "an empty word");
      return FALSE;
    }
  g_atomic_int_add (&self->letters, (gint) g_bytes_get_size (word));
  return TRUE;
}

static void
example_step_class_init (ExampleStepClass *klass)
{
  MILL_STEP_CLASS (klass)->process = example_step_process;
}

static void
example_step_init (ExampleStep *self)
{
}

#define EXAMPLE_TYPE_SOURCE (example_source_get_type ())
G_DECLARE_FINAL_TYPE (ExampleSource, example_source, EXAMPLE, SOURCE, MillSource)

struct _ExampleSource
{
  MillSource parent_instance;

  char **words; /* (unowned) what is left of them */
  guint64 number;
};

G_DEFINE_FINAL_TYPE (ExampleSource, example_source, MILL_TYPE_SOURCE)

static MillSourceResult
example_source_poll (MillSource *source, gint64 now_us, MillSourceYield *yield, GError **error)
{
  ExampleSource *self = EXAMPLE_SOURCE (source);
  g_autoptr (GBytes) payload = NULL;

  if (*self->words == NULL)
    return MILL_SOURCE_END;
  payload = g_bytes_new (*self->words, strlen (*self->words));
  yield->item = mill_item_new (++self->number, *self->words);
  mill_item_set_payload (yield->item, payload);
  self->words++;
  return MILL_SOURCE_READY;
}

static void
example_source_class_init (ExampleSourceClass *klass)
{
  MILL_SOURCE_CLASS (klass)->poll = example_source_poll;
}

static void
example_source_init (ExampleSource *self)
{
}

static gboolean
run (MillPipeline *pipeline, GError **error)
{
  return mill_pipeline_start (pipeline, error) && mill_pipeline_join (pipeline, NULL, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (MillPipeline) pipeline = mill_pipeline_new ("Letters");
  g_autoptr (ExampleSource) source = g_object_new (EXAMPLE_TYPE_SOURCE, NULL);
  g_autoptr (ExampleStep) step = g_object_new (EXAMPLE_TYPE_STEP, NULL);
  g_autoptr (MillStage) stage = mill_stage_new ("count", MILL_KIND_THREADS, MILL_STEP (step));
  g_autoptr (MillSnapshot) snapshot = NULL;
  g_autoptr (GError) error = NULL;

  source->words = argv + 1;
  mill_pipeline_set_source (pipeline, "words", MILL_SOURCE (source), MILL_KIND_THREADS);
  g_object_set (stage, "consumers", 2, "maxsize", 100, NULL);
  mill_pipeline_add_stage (pipeline, stage);
  if (!run (pipeline, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  snapshot = mill_pipeline_snapshot (pipeline);
  g_print ("%d letters in %" G_GUINT64_FORMAT " words, %" G_GUINT64_FORMAT " failed\n",
           g_atomic_int_get (&step->letters), snapshot->done, snapshot->dead);
  return 0;
}
