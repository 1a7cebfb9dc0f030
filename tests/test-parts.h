/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A source and a step whose every move a test decides. */

#pragma once

#include "test-runs.h"

G_BEGIN_DECLS

/* What the step does with one attempt. */
typedef enum
{
  TEST_SUCCEED,
  TEST_FAIL,           /* for good */
  TEST_FAIL_FOR_NOW,   /* may be tried again */
  TEST_HOLD,           /* until test_step_release(), or cancelled */
  TEST_CONSUME,        /* succeed, and let the item end here */
  TEST_EMIT,           /* succeed, and add an item of id + 1000 */
  TEST_FAIL_FATALLY,   /* so that the run ends */
  TEST_FAIL_SILENTLY,  /* return FALSE with no error set */
  TEST_FAIL_CANCELLED, /* say that it was cancelled, which it was not */
  TEST_HANG,           /* until test_step_release(), whatever is cancelled; then succeed, changing the item */
  TEST_POSTPONE,       /* say that it is too early, by a second */
  TEST_CALL_TWICE,     /* the asynchronous face: call back now and once more a moment later; succeed */
} TestAct;

/* Decides by item and attempt. Called on the step's thread. */
typedef TestAct (*TestPlan) (guint64 id, guint attempt);

TestAct test_succeed (guint64 id, guint attempt);
TestAct test_hold (guint64 id, guint attempt);
TestAct test_fail_for_now (guint64 id, guint attempt);
/* The first two attempts, for now; the third succeeds. */
TestAct test_fail_twice (guint64 id, guint attempt);

#define TEST_TYPE_STEP (test_step_get_type ())
G_DECLARE_FINAL_TYPE (TestStep, test_step, TEST, STEP, MillStep)

#define TEST_TYPE_TASK_STEP (test_task_step_get_type ())
G_DECLARE_FINAL_TYPE (TestTaskStep, test_task_step, TEST, TASK_STEP, MillStep)

#define TEST_TYPE_SOURCE (test_source_get_type ())
G_DECLARE_FINAL_TYPE (TestSource, test_source, TEST, SOURCE, MillSource)

/* The two faces: a step that blocks and one that is asynchronous, with the same plans. */
MillStep *test_step_new (TestPlan plan);
MillStep *test_task_step_new (TestPlan plan);
void test_step_release (MillStep *step);
guint test_step_get_holding (MillStep *step);
guint test_step_get_begun (MillStep *step);
guint test_step_get_most_at_once (MillStep *step);
guint test_step_get_n_threads (MillStep *step);
guint test_step_get_closed (MillStep *step);
guint test_step_get_second_calls (MillStep *step);
void test_step_set_open_error (MillStep *step, gboolean fails);
/* @func is called when the step is closed, on the pipeline's control thread. */
void test_step_set_close_func (MillStep *step, GFunc func, gpointer data);

/* Items 1 to @n; %G_MAXUINT for no end. @fail_after: after so many items reading fails; 0 never. */
MillSource *test_source_new (guint n, guint fail_after);
/* Poll number @n does not return before test_source_release(). */
void test_source_hang_at (MillSource *source, guint n);
void test_source_release (MillSource *source);
guint test_source_get_closed (MillSource *source);
guint test_source_get_settled (MillSource *source, MillOutcome outcome);

G_END_DECLS
