/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tests of pipelines do with them, and keep asking. */

#pragma once

#include "pipeline/mill-job.h"
#include "pipeline/mill-pipeline.h"

G_BEGIN_DECLS

MillPipeline *test_pipeline_new (MillSource *source, MillKind source_kind, ...) G_GNUC_NULL_TERMINATED;
MillStage *test_stage_new (const char *name, MillKind kind, MillStep *step, gint maxsize, guint consumers);
void test_start (MillPipeline *pipeline);
void test_join (MillPipeline *pipeline);
void test_set (MillPipeline *pipeline, const char *path, const char *value);
void test_assert_conserved (MillPipeline *pipeline);
void test_step_aside (void);

/* Adds /@suite/@name for a stage of threads and for one of tasks; the test is given the #MillKind. */
void test_add_both (const char *suite, const char *name, GTestDataFunc func);

/* Fails the test, saying what @condition waits for, when @looks at a pipeline that is over were all in vain.
 */
void test_not_in_vain (const MillSnapshot *snapshot, guint *looks, const char *condition);

/* One of the shipped jobs, and what it describes. */
MillJob *test_load_job (const char *name);
MillPipeline *test_build_job (const char *name);

/* Removes a folder and what is in it. */
void test_remove_tree (const char *path);

guint test_count_engine_threads (void);
void test_wait_for_threads (guint n);
void test_assert_nothing_left (MillPipeline *pipeline, guint threads_before);

/* Waits until @condition holds; every snapshot on the way is checked for conservation. */
#define TEST_WAIT(pipeline, condition)                                                                       \
  do                                                                                                         \
    {                                                                                                        \
      g_autoptr (MillSnapshot) snapshot_ = NULL;                                                             \
      MillSnapshot *s;                                                                                       \
      MillStageSnapshot *s0;                                                                                 \
      guint looks_ = 0;                                                                                      \
      do                                                                                                     \
        {                                                                                                    \
          g_clear_pointer (&snapshot_, mill_snapshot_unref);                                                 \
          test_step_aside ();                                                                                \
          s = snapshot_ = mill_pipeline_snapshot (pipeline);                                                 \
          s0 = g_ptr_array_index (s->stages, 0);                                                             \
          g_assert_true (mill_snapshot_is_conserved (s));                                                    \
          (void) s0;                                                                                         \
          test_not_in_vain (s, &looks_, #condition);                                                         \
        }                                                                                                    \
      while (!(condition));                                                                                  \
    }                                                                                                        \
  while (0)

G_END_DECLS
