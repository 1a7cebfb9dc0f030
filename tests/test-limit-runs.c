/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillLimit on runs of which one knows what binds, for that is how they are built. All run at the same time.
 */

#include "config.h"

#include "pipeline/mill-limit.h"
#include "tests/test-parts.h"

/* What work takes is long beside what the machine takes for it. */
#define SLOW "distribution=fixed\nlatency=20\n"
#define SINK "[Sink]\ntype=count\n"

typedef struct
{
  const char *name;
  const char *job;
  MillLimitKind kind;
  gint stage;
} Case;

static const Case cases[] = {
  { "slots",
    "[Job]\nname=a\n[Source]\ntype=count\nitems=1000000\n"
    "[Stage a]\nkind=async\nstep=simulate\nmaxsize=50\nconsumers=12\nslots=4\n" SLOW SINK,
    MILL_LIMIT_SLOTS, 0 },
  { "consumers",
    "[Job]\nname=a\n[Source]\ntype=count\nitems=1000000\n"
    "[Stage a]\nkind=threads\nstep=simulate\nmaxsize=50\nconsumers=4\nslots=9\n" SLOW SINK,
    MILL_LIMIT_CONSUMERS, 0 },
  { "rate",
    "[Job]\nname=a\n[Source]\ntype=count\nkind=async\nitems=1000000\n"
    "[Stage a]\nkind=async\nstep=simulate\nmaxsize=50\nconsumers=8\nslots=6\nrate=40\nburst=1\n" SLOW SINK,
    MILL_LIMIT_RATE, 0 },
  { "downstream",
    "[Job]\nname=a\n[Source]\ntype=count\nitems=1000000\n"
    "[Stage a]\nkind=async\nstep=simulate\nmaxsize=9\nconsumers=8\n" SLOW
    "[Stage b]\nkind=async\nstep=simulate\nmaxsize=9\nconsumers=8\n" SLOW
    "[Stage c]\nkind=threads\nstep=simulate\nmaxsize=9\nconsumers=1\n" SLOW SINK,
    MILL_LIMIT_CONSUMERS, 2 },
  { "failures",
    "[Job]\nname=a\n[Source]\ntype=count\nitems=1000000\n"
    "[Stage a]\nkind=async\nstep=simulate\nmaxsize=9\nconsumers=8\nslots=4\nretries=1\nretry-budget=0\n"
    "backoff=0.001\nerror-rate=1\n" SLOW SINK,
    MILL_LIMIT_FAILURES, 0 },
  { "no consumers",
    "[Job]\nname=a\n[Source]\ntype=count\nitems=1000000\n"
    "[Stage a]\nkind=async\nstep=simulate\nmaxsize=9\nconsumers=0\n" SLOW SINK,
    MILL_LIMIT_NO_CONSUMERS, 0 },
};

static MillPipeline *
build (const Case *test)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (test->job, strlen (test->job));
  g_autoptr (GError) error = NULL;
  g_autoptr (MillJob) job = mill_job_new_from_bytes (bytes, test->name, &error);
  MillPipeline *pipeline;

  g_assert_no_error (error);
  pipeline = mill_job_build (job, &error);
  g_assert_no_error (error);
  return pipeline;
}

/* One look; whether it is sure by now. */
static gboolean
look (MillPipeline *pipeline, MillLimit *limit)
{
  g_autoptr (MillSnapshot) snapshot = mill_pipeline_snapshot (pipeline);

  g_assert_cmpint (snapshot->state, ==, MILL_STATE_RUNNING);
  mill_limit_add_snapshot (limit, snapshot, -1);
  return mill_limit_finding_is_sure (mill_limit_get_finding (limit));
}

/* Looks at all of them until what binds is known of each, and for sixty seconds at most. */
static void
watch (MillPipeline **pipelines, MillLimit **limits, guint n)
{
  gint64 until_us = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  guint n_sure = 0;

  while (n_sure < n)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, until_us);
      test_step_aside ();
      n_sure = 0;
      for (guint i = 0; i < n; i++)
        n_sure += look (pipelines[i], limits[i]);
    }
}

static void
check (const Case *test, const MillLimitFinding *finding)
{
  g_test_message ("%s", test->name);
  g_assert_cmpstr (mill_limit_kind_get_id (finding->kind), ==, mill_limit_kind_get_id (test->kind));
  g_assert_cmpint (finding->stage, ==, test->stage);
  g_assert_cmpint (finding->pushed_back, ==, -1);
  g_assert_cmpfloat (finding->source_blocked, >, 0.5);
}

static void
test_jobs (void)
{
  MillPipeline *pipelines[G_N_ELEMENTS (cases)];
  MillLimit *limits[G_N_ELEMENTS (cases)];

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      pipelines[i] = build (&cases[i]);
      limits[i] = mill_limit_new (2);
      test_start (pipelines[i]);
    }
  watch (pipelines, limits, G_N_ELEMENTS (cases));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      check (&cases[i], mill_limit_get_finding (limits[i]));
      mill_pipeline_stop (pipelines[i]);
      test_join (pipelines[i]);
      g_object_unref (pipelines[i]);
      mill_limit_free (limits[i]);
    }
}

/* A source that gives three items, and no more for now. */
static void
test_source (void)
{
  MillSource *source = test_source_new (G_MAXUINT, 0);
  g_autoptr (MillPipeline) pipeline =
      test_pipeline_new (source, MILL_KIND_THREADS,
                         test_stage_new ("a", MILL_KIND_ASYNC, test_step_new (test_succeed), 9, 2), NULL);
  g_autoptr (MillLimit) limit = mill_limit_new (2);
  const MillLimitFinding *finding = mill_limit_get_finding (limit);

  test_source_hang_at (source, 4);
  test_start (pipeline);
  watch (&pipeline, &limit, 1);
  g_assert_cmpstr (mill_limit_kind_get_id (finding->kind), ==, "source");
  g_assert_cmpint (finding->stage, ==, -1);
  g_assert_cmpfloat_with_epsilon (finding->load.shares[MILL_WORKER_IDLE], 1, 0.1);
  test_source_release (source);
  mill_pipeline_stop (pipeline);
  test_join (pipeline);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/limit-runs/jobs", test_jobs);
  g_test_add_func ("/limit-runs/source", test_source);
  return g_test_run ();
}
