/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pipelines that are started and ended at random moments, in every way there is, while knobs are turned: all
 * end, all books add up, and no thread, no descriptor and no memory is left. `-m slow` does 10,000 of them.
 */

#include "config.h"

#include <locale.h>

#include "test-parts.h"

#define QUICK_RUNS 400
#define SLOW_RUNS  10000

/* What a run may grow by for what libraries keep once and allocators do not give back. */
#define MAX_GROWTH_KB 4096

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define IS_SANITIZED 1 /* which look for leaks themselves, and keep what was freed */
#else
#define IS_SANITIZED 0
#endif

typedef enum
{
  DRAIN,
  DRAIN_WITH_DEADLINE,
  DRAIN_THEN_STOP,
  PAUSE_THEN_STOP,
  STOP,
  STOP_WHILE_RESIZING,
  LET_GO, /* drops the last reference of a running one */
  N_ENDS,
} End;

/* Some fail, some are tried again, some end on the way and some bring others. */
static TestAct
mixed (guint64 id, guint attempt)
{
  if (id % 17 == 0)
    return TEST_FAIL;
  if (id % 11 == 0)
    return TEST_FAIL_FOR_NOW;
  if (id % 7 == 0)
    return TEST_CONSUME;
  return id % 5 == 0 && id < 1000 ? TEST_EMIT : TEST_SUCCEED;
}

/* The same, and some never end unless they are cancelled. */
static TestAct
mixed_with_holds (guint64 id, guint attempt)
{
  return id % 29 == 0 ? TEST_HOLD : mixed (id, attempt);
}

static MillKind
random_kind (GRand *rand)
{
  return g_rand_boolean (rand) ? MILL_KIND_ASYNC : MILL_KIND_THREADS;
}

static MillStage *
random_stage (GRand *rand, const char *name, TestPlan plan)
{
  MillStep *step = g_rand_boolean (rand) ? test_step_new (plan) : test_task_step_new (plan);
  MillStage *stage = test_stage_new (name, random_kind (rand), step, g_rand_int_range (rand, 1, 20),
                                     (guint) g_rand_int_range (rand, 1, 5));

  g_object_set (stage, "slots", (guint) g_rand_int_range (rand, 0, 4), "backoff", 0.0, "retry-budget", 0u,
                NULL);
  return stage;
}

static MillPipeline *
random_pipeline (GRand *rand, End end)
{
  gboolean may_hold = end != DRAIN;
  TestPlan plan = may_hold && g_rand_boolean (rand) ? mixed_with_holds : mixed;
  guint n = g_rand_boolean (rand) ? G_MAXUINT : (guint) g_rand_int_range (rand, 0, 300);

  return test_pipeline_new (test_source_new (n, g_rand_int_range (rand, 0, 8) == 0 ? 40 : 0),
                            random_kind (rand), random_stage (rand, "one", plan),
                            random_stage (rand, "two", mixed), NULL);
}

static void
let_run (GRand *rand)
{
  for (gint32 n = g_rand_int_range (rand, 0, 40); n > 0; n--)
    test_step_aside ();
}

static void
turn_knobs (MillPipeline *pipeline, GRand *rand)
{
  static const char *const paths[] = { "one.maxsize", "two.maxsize", "one.consumers", "two.consumers",
                                       "one.slots" };

  for (guint i = 0; i < 6; i++)
    {
      char value[12];

      g_snprintf (value, sizeof value, "%d", g_rand_int_range (rand, 1, 12));
      test_set (pipeline, paths[g_rand_int_range (rand, 0, G_N_ELEMENTS (paths))], value);
      test_step_aside ();
    }
}

/* Finite ones may have ended by themselves, so that what is refused then does not matter. */
static void
end_pipeline (MillPipeline *pipeline, GRand *rand, End end)
{
  switch (end)
    {
    case DRAIN:
      mill_pipeline_drain (pipeline, -1, NULL);
      break;
    case DRAIN_WITH_DEADLINE:
      mill_pipeline_drain (pipeline, g_rand_double_range (rand, 0, 0.003), NULL);
      break;
    case DRAIN_THEN_STOP:
      mill_pipeline_drain (pipeline, -1, NULL);
      let_run (rand);
      mill_pipeline_stop (pipeline);
      break;
    case PAUSE_THEN_STOP:
      mill_pipeline_pause (pipeline, NULL);
      let_run (rand);
      mill_pipeline_stop (pipeline);
      break;
    case STOP_WHILE_RESIZING:
      turn_knobs (pipeline, rand);
      mill_pipeline_stop (pipeline);
      turn_knobs (pipeline, rand);
      break;
    case STOP:
      mill_pipeline_stop (pipeline);
      break;
    case LET_GO:
    case N_ENDS:
    default:
      g_assert_not_reached ();
    }
}

static void
assert_books (MillPipeline *pipeline)
{
  g_autoptr (MillSnapshot) end = mill_pipeline_snapshot (pipeline);
  g_autoptr (GPtrArray) returned = mill_pipeline_get_returned (pipeline);

  g_assert_true (mill_state_is_final (end->state));
  g_assert_true (mill_snapshot_is_conserved (end));
  g_assert_cmpuint (end->unfinished, ==, 0);
  g_assert_cmpuint (end->workers_alive, ==, 0);
  g_assert_cmpuint (end->stuck->len, ==, 0);
  g_assert_cmpuint (end->returned, ==, returned->len);
}

static void
run_once (GRand *rand)
{
  End end = (End) g_rand_int_range (rand, 0, N_ENDS);
  MillPipeline *pipeline = random_pipeline (rand, end);
  gpointer weak = pipeline;

  g_object_add_weak_pointer (G_OBJECT (pipeline), &weak);
  test_start (pipeline);
  let_run (rand);
  test_assert_conserved (pipeline);
  if (end != LET_GO)
    {
      end_pipeline (pipeline, rand, end);
      test_join (pipeline);
      assert_books (pipeline);
    }
  g_object_unref (pipeline);
  g_assert_null (weak);
}

static guint
count_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* Resident memory; 0 where the system does not tell. */
static guint64
get_resident_kb (void)
{
  g_autofree char *text = NULL;
  guint64 pages = 0;

  if (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    pages = g_ascii_strtoull (strchr (text, ' ') + 1, NULL, 10);
  return pages * 4;
}

static void
test_random_ends (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) g_test_rand_int ());
  guint runs = g_test_slow () ? SLOW_RUNS : QUICK_RUNS;
  guint threads = 0, descriptors = 0;
  guint64 resident_kb = 0;

  for (guint i = 0; i < runs; i++)
    {
      run_once (rand);
      /* By then the libraries have what they keep. */
      if (i == runs / 4)
        {
          threads = test_count_engine_threads ();
          descriptors = count_descriptors ();
          resident_kb = get_resident_kb ();
        }
    }
  test_wait_for_threads (threads);
  g_assert_cmpuint (count_descriptors (), <=, descriptors);
  if (!IS_SANITIZED)
    g_assert_cmpuint (get_resident_kb (), <=, resident_kb + MAX_GROWTH_KB);
  g_test_message ("%u runs, resident %" G_GUINT64_FORMAT " kB after a quarter, %" G_GUINT64_FORMAT
                  " kB at the end",
                  runs, resident_kb, get_resident_kb ());
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pipeline/random-ends", test_random_ends);
  return g_test_run ();
}
