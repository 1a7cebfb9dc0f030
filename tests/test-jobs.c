/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shipped jobs, run for real: all items accounted for, in every snapshot, whatever is done to them
 * meanwhile. And what is said of a job file that is wrong. */

#include "config.h"

#include <locale.h>
#include <string.h>

#include "core/mill-error.h"
#include "pipeline/mill-job.h"
#include "test-parts.h"

/* Row 1 with `--at 2:work.consumers=0 --at 4:work.consumers=8`, the waiting replaced by what is waited for.
 */
static void
test_threads_no_consumers (void)
{
  guint before = test_count_engine_threads ();
  g_autoptr (MillPipeline) pipeline = test_build_job ("bounded-thread-queue");

  test_start (pipeline);
  TEST_WAIT (pipeline, s->done >= 100);
  test_set (pipeline, "work.consumers", "0");
  TEST_WAIT (pipeline, s0->workers == 0 && s0->queue.putters == 1);
  TEST_WAIT (pipeline, s0->queue.depth == 1000 && s->producer == MILL_PRODUCER_BLOCKED);
  test_set (pipeline, "work.consumers", "8");
  TEST_WAIT (pipeline, s0->queue.depth < 500);
  test_join (pipeline);
  TEST_WAIT (pipeline, s->state == MILL_STATE_FINISHED && s->produced == 5000 && s->done == 5000);
  test_assert_nothing_left (pipeline, before);
}

/* `--at 2:work.maxsize=50` on a fuller queue: nothing evicted, and the producer waits until depth < 50. */
static void
test_threads_shrunk_queue (void)
{
  g_autoptr (MillPipeline) pipeline = test_build_job ("bounded-thread-queue");
  MillQueue *queue = mill_stage_get_queue (mill_pipeline_get_stage (pipeline, 0));
  MillQueueStats at_shrink;

  test_start (pipeline);
  TEST_WAIT (pipeline, s0->queue.depth >= 900);
  test_set (pipeline, "work.maxsize", "50");
  mill_queue_get_stats (queue, &at_shrink);
  /* Nothing was taken away; what goes is consumed, and nothing comes in until then. */
  TEST_WAIT (pipeline, (s0->queue.puts == at_shrink.puts || s0->queue.depth <= 50) && s0->queue.depth <= 100);
  TEST_WAIT (pipeline, s0->queue.puts > at_shrink.puts && s0->queue.depth <= 50);
  test_join (pipeline);
  TEST_WAIT (pipeline, s->state == MILL_STATE_FINISHED && s->done == 5000 && s->dropped == 0);
}

static void
test_tasks_to_the_end (void)
{
  guint before = test_count_engine_threads ();
  g_autoptr (MillPipeline) pipeline = test_build_job ("bounded-async-queue");

  test_start (pipeline);
  test_join (pipeline);
  TEST_WAIT (pipeline, s->state == MILL_STATE_FINISHED && s->produced == 3000 && s->done + s->dead == 3000);
  TEST_WAIT (pipeline, s0->queue.high_water == 1000 && s0->queue.put_blocked_us > 0);
  test_assert_nothing_left (pipeline, before);
}

static void
test_tasks_drained (void)
{
  guint before = test_count_engine_threads ();
  g_autoptr (MillPipeline) pipeline = test_build_job ("bounded-async-queue");

  test_start (pipeline);
  TEST_WAIT (pipeline, s->done >= 300);
  g_assert_true (mill_pipeline_drain (pipeline, 3600, NULL));
  test_join (pipeline);
  TEST_WAIT (pipeline, s->state == MILL_STATE_FINISHED && s->returned == 0 && s->produced < 3000);
  test_assert_nothing_left (pipeline, before);
}

static void
test_tasks_stopped (void)
{
  guint before = test_count_engine_threads ();
  g_autoptr (MillPipeline) pipeline = test_build_job ("bounded-async-queue");
  g_autoptr (GPtrArray) returned = NULL;

  test_start (pipeline);
  TEST_WAIT (pipeline, s->done >= 300 && s0->held > 0);
  mill_pipeline_stop (pipeline);
  test_join (pipeline);
  TEST_WAIT (pipeline, s->state == MILL_STATE_STOPPED && s->returned > 0);
  returned = mill_pipeline_get_returned (pipeline);
  TEST_WAIT (pipeline, s->returned == returned->len && s->produced == s->done + s->dead + s->returned);
  test_assert_nothing_left (pipeline, before);
}

static void
test_all_are_right (void)
{
  g_autofree char *path = g_strdup_printf ("%s/../data/jobs", g_getenv ("G_TEST_SRCDIR"));
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".millrace"))
      {
        g_autofree char *stem = g_strndup (name, strlen (name) - strlen (".millrace"));
        g_autoptr (MillJob) job = test_load_job (stem);

        g_assert_cmpstr (mill_job_get_name (job), !=, "");
        g_assert_nonnull (mill_job_get_description (job));
        n++;
      }
  g_assert_cmpuint (n, >=, 4);
}

#define GOOD                                                                                                 \
  "[Job]\nname=x\n[Source]\ntype=count\nitems=1\n[Stage "                                                    \
  "work]\nstep=simulate\nconsumers=2\n[Sink]\ntype=count\n"

typedef struct
{
  const char *text;
  const char *message; /* what the error begins with */
} Wrong;

static const Wrong wrongs[] = {
  { "", "j: [Job]: the group is missing" },
  { "[Job]\n", "j: [Job] name: the key is missing" },
  { "[Job\n", "j: " },
  { "[Job]\nname=a\\qb\n", "j: [Job] name: " },
  { "[Job]\nname=a\\qb\\\n", "j: [Job] name: the value ends in a lone backslash" },
  { "[Job]\nname=x\ndescription=a\\qb\n", "j: [Job] description: " },
  { "name=x\n", "j: " },
  { "[Job]\nname=x\ncolour=red\n", "j: [Job] colour: unknown key" },
  { "[Job]\nname=x\n", "j: [Source]: the group is missing" },
  { "[Job]\nname=x\n[Source]\n", "j: [Source] type: the key is missing" },
  { "[Job]\nname=x\n[Source]\ntype=magic\n", "j: [Source] type: “magic” is not one of count, crawl, " },
  { "[Job]\nname=x\n[Source]\ntype=count\nkind=fibres\n",
    "j: [Source] kind: “fibres” is not one of threads, async" },
  { "[Job]\nname=x\n[Source]\ntype=count\nitems=-3\n", "j: [Source] items: “-3” is not a whole number from" },
  { "[Job]\nname=x\n[Source]\ntype=count\n", "j: there is no [Stage NAME] group" },
  { GOOD "[Stage work]\n[Stage b]\nstep=bake\n", "j: [Stage b] step: “bake” is not one of " },
  { GOOD "[Stage b]\nstep=simulate\nmaxsize=many\n",
    "j: [Stage b] maxsize: “many” is not a whole number from 0 to 10000000" },
  { GOOD "[Stage b]\nstep=simulate\ntimeout=soon\n",
    "j: [Stage b] timeout: “soon” is not a number from 0 to 86400" },
  { GOOD "[Stage b]\nstep=simulate\ndistribution=odd\n",
    "j: [Stage b] distribution: “odd” is not one of fixed" },
  { GOOD "[Stage b]\nstep=simulate\nmaxszie=3\n",
    "j: [Stage b] maxszie: unknown key; the keys here are kind, step" },
  { GOOD "[Stage a.b]\nstep=simulate\n", "j: [Stage a.b]: “a.b” cannot be a stage's name" },
  { GOOD "[Stage source]\nstep=simulate\n", "j: [Stage source]: “source” cannot be a stage's name" },
  { GOOD "[Extra]\na=b\n", "j: [Extra]: unknown group" },
  { GOOD "[Demo]\npages=0\n", "j: [Demo] pages: “0” is not a whole number from" },
};

static void
test_wrong_files (void)
{
  g_autoptr (GBytes) good = g_bytes_new_static (GOOD, strlen (GOOD));
  g_autoptr (MillJob) job = mill_job_new_from_bytes (good, "j", NULL);

  g_assert_nonnull (job);
  for (guint i = 0; i < G_N_ELEMENTS (wrongs); i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_static (wrongs[i].text, strlen (wrongs[i].text));
      g_autoptr (MillJob) none = NULL;
      g_autoptr (GError) error = NULL;

      none = mill_job_new_from_bytes (bytes, "j", &error);
      g_assert_null (none);
      g_assert_error (error, MILL_ERROR, MILL_ERROR_JOB);
      if (!g_str_has_prefix (error->message, wrongs[i].message))
        g_error ("job %u: “%s” instead of “%s”", i, error->message, wrongs[i].message);
    }
}

/* Bytes of any kind give an error or a job, nothing else. */
static void
test_random_files (void)
{
  gsize length = strlen (GOOD);

  for (guint round = 0; round < 3000; round++)
    {
      g_autofree char *text = g_memdup2 (GOOD, length);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (MillJob) job = NULL;
      g_autoptr (GError) error = NULL;

      for (gint n = g_test_rand_int_range (1, 6); n > 0; n--)
        text[g_test_rand_int_range (0, (gint32) length)] = (char) g_test_rand_int_range (0, 256);
      bytes = g_bytes_new (text, (gsize) g_test_rand_int_range (0, (gint32) length + 1));
      job = mill_job_new_from_bytes (bytes, "j", &error);
      g_assert_true ((job != NULL) == (error == NULL));
    }
}

static gpointer
do_nothing (gpointer data)
{
  return NULL;
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  /* ThreadSanitizer starts a thread of its own with the first one; have it before anything is counted. */
  g_thread_join (g_thread_new ("first", do_nothing, NULL));

  g_test_add_func ("/jobs/all-are-right", test_all_are_right);
  g_test_add_func ("/jobs/wrong-files", test_wrong_files);
  g_test_add_func ("/jobs/random-files", test_random_files);
  g_test_add_func ("/jobs/threads/no-consumers", test_threads_no_consumers);
  g_test_add_func ("/jobs/threads/shrunk-queue", test_threads_shrunk_queue);
  g_test_add_func ("/jobs/tasks/to-the-end", test_tasks_to_the_end);
  g_test_add_func ("/jobs/tasks/drained", test_tasks_drained);
  g_test_add_func ("/jobs/tasks/stopped", test_tasks_stopped);

  return g_test_run ();
}
