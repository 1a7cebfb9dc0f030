/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A source and a step whose every move a test decides. */

#include "config.h"

#include "test-parts.h"

#include "core/mill-error.h"

/* What both steps keep; they differ only in how they wait. */
typedef struct
{
  TestPlan plan;
  GMutex lock;
  GCond changed;
  gboolean released;
  gboolean open_fails;
  GFunc close_func;
  gpointer close_data;
  guint holding;
  guint begun;
  guint at_once;
  guint most_at_once;
  guint closed;
  guint second_calls;
  GHashTable *threads; /* (owned) those that began an attempt */
} Shared;

struct _TestStep
{
  MillStep parent_instance;
  Shared shared;
};

struct _TestTaskStep
{
  MillStep parent_instance;
  Shared shared;
};

struct _TestSource
{
  MillSource parent_instance;
  guint n;
  guint fail_after;
  guint next;
  guint hang_at; /* 0 is never */
  guint n_polls;
  GMutex lock; /* guards the two below */
  GCond changed;
  gboolean released;
  guint closed;
  gint settled[MILL_OUTCOME_RETURNED + 1]; /* (atomic) */
};

G_DEFINE_FINAL_TYPE (TestStep, test_step, MILL_TYPE_STEP)
G_DEFINE_FINAL_TYPE (TestTaskStep, test_task_step, MILL_TYPE_STEP)
G_DEFINE_FINAL_TYPE (TestSource, test_source, MILL_TYPE_SOURCE)

static Shared *
get_shared (MillStep *step)
{
  return TEST_IS_STEP (step) ? &TEST_STEP (step)->shared : &TEST_TASK_STEP (step)->shared;
}

static TestAct
begin (Shared *shared, MillWork *work)
{
  g_mutex_lock (&shared->lock);
  shared->begun++;
  g_hash_table_add (shared->threads, g_thread_self ());
  shared->at_once++;
  shared->most_at_once = MAX (shared->most_at_once, shared->at_once);
  g_cond_broadcast (&shared->changed);
  g_mutex_unlock (&shared->lock);
  return shared->plan (mill_item_get_id (mill_work_get_item (work)), mill_work_get_attempt (work));
}

static gboolean
end (Shared *shared, MillWork *work, TestAct act, GError **error)
{
  g_mutex_lock (&shared->lock);
  shared->at_once--;
  g_mutex_unlock (&shared->lock);
  switch (act)
    {
    case TEST_FAIL:
      g_set_error_literal (error, MILL_ERROR, MILL_ERROR_FAILED, "planned failure");
      return FALSE;
    case TEST_FAIL_FOR_NOW:
      g_set_error_literal (error, MILL_ERROR, MILL_ERROR_RETRYABLE, "planned failure for now");
      return FALSE;
    case TEST_POSTPONE:
      mill_work_postpone (work, G_USEC_PER_SEC);
      return FALSE;
    case TEST_FAIL_FATALLY:
      g_set_error_literal (error, MILL_ERROR, MILL_ERROR_FATAL, "planned end of the run");
      return FALSE;
    case TEST_FAIL_SILENTLY:
      return FALSE;
    case TEST_FAIL_CANCELLED:
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "planned cancellation");
      return FALSE;
    case TEST_HANG:
      /* Late: whoever has the item now must not see any of this. */
      mill_item_set_attribute (mill_work_get_item (work), "late", "yes");
      mill_work_emit (work, mill_item_new (mill_item_get_id (mill_work_get_item (work)) + 1000, NULL));
      return TRUE;
    case TEST_CONSUME:
      mill_work_consume (work);
      return TRUE;
    case TEST_EMIT:
      mill_work_emit (work, mill_item_new (mill_item_get_id (mill_work_get_item (work)) + 1000, NULL));
      return TRUE;
    case TEST_HOLD:
    case TEST_CALL_TWICE:
    case TEST_SUCCEED:
    default:
      return TRUE;
    }
}

static void
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Shared *shared = user_data;

  g_mutex_lock (&shared->lock);
  g_cond_broadcast (&shared->changed);
  g_mutex_unlock (&shared->lock);
}

static void
hang (Shared *shared)
{
  g_mutex_lock (&shared->lock);
  shared->holding++;
  while (!shared->released)
    g_cond_wait (&shared->changed, &shared->lock);
  shared->holding--;
  g_mutex_unlock (&shared->lock);
}

static gboolean
hold (Shared *shared, GCancellable *cancellable, GError **error)
{
  gulong handler = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), shared, NULL);

  g_mutex_lock (&shared->lock);
  shared->holding++;
  while (!shared->released && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait (&shared->changed, &shared->lock);
  shared->holding--;
  g_mutex_unlock (&shared->lock);
  g_cancellable_disconnect (cancellable, handler);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static gboolean
test_step_process (MillStep *step, MillWork *work, GCancellable *cancellable, GError **error)
{
  Shared *shared = get_shared (step);
  TestAct act = begin (shared, work);

  if (act == TEST_HOLD && !hold (shared, cancellable, error))
    {
      end (shared, work, act, NULL);
      return FALSE;
    }
  if (act == TEST_HANG)
    hang (shared);
  return end (shared, work, act, error);
}

static gboolean
test_open (MillStep *step, MillPipeline *pipeline, GError **error)
{
  if (!get_shared (step)->open_fails)
    return TRUE;
  g_set_error_literal (error, MILL_ERROR, MILL_ERROR_INVALID, "planned refusal");
  return FALSE;
}

static void
test_close (MillStep *step)
{
  Shared *shared = get_shared (step);

  g_mutex_lock (&shared->lock);
  shared->closed++;
  g_mutex_unlock (&shared->lock);
  if (shared->close_func != NULL)
    shared->close_func (step, shared->close_data);
}

static void
return_task (GTask *task, TestAct act)
{
  Shared *shared = get_shared (g_task_get_source_object (task));
  GError *error = NULL;

  if (end (shared, g_task_get_task_data (task), act, &error))
    g_task_return_boolean (task, TRUE);
  else if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, FALSE);
}

/* Polls for the release, as a task that waits does; a timer stands in for the network. */
static gboolean
hold_cb (gpointer user_data)
{
  GTask *task = user_data;
  Shared *shared = get_shared (g_task_get_source_object (task));
  gboolean cancelled = g_cancellable_is_cancelled (g_task_get_cancellable (task));
  gboolean released;

  g_mutex_lock (&shared->lock);
  released = shared->released;
  if (released || cancelled)
    shared->holding--;
  g_mutex_unlock (&shared->lock);
  if (!released && !cancelled)
    return G_SOURCE_CONTINUE;
  return_task (task, TEST_HOLD);
  return G_SOURCE_REMOVE;
}

static gboolean
hang_cb (gpointer user_data)
{
  GTask *task = user_data;
  Shared *shared = get_shared (g_task_get_source_object (task));
  gboolean released;

  g_mutex_lock (&shared->lock);
  released = shared->released;
  if (released)
    shared->holding--;
  g_mutex_unlock (&shared->lock);
  if (!released)
    return G_SOURCE_CONTINUE;
  return_task (task, TEST_HANG);
  return G_SOURCE_REMOVE;
}

typedef struct
{
  GTask *task; /* (owned) the result; never returned by itself */
  GAsyncReadyCallback callback;
  gpointer user_data;
} Twice;

static gboolean
second_call_cb (gpointer user_data)
{
  Twice *twice = user_data;
  MillStep *step = g_task_get_source_object (twice->task);
  Shared *shared = get_shared (step);

  twice->callback (G_OBJECT (step), G_ASYNC_RESULT (twice->task), twice->user_data);
  g_mutex_lock (&shared->lock);
  shared->second_calls++;
  g_mutex_unlock (&shared->lock);
  return G_SOURCE_REMOVE;
}

static void
twice_free (gpointer user_data)
{
  Twice *twice = user_data;

  g_object_unref (twice->task);
  g_free (twice);
}

/* A step that calls its callback by hand, and forgets that it did. */
static void
call_twice (MillStep *step, MillWork *work, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GSource) later = g_timeout_source_new (2);
  GTask *task = g_task_new (step, NULL, NULL, NULL);
  Twice *twice = g_new (Twice, 1);

  *twice = (Twice){ task, callback, user_data };
  end (get_shared (step), work, TEST_CALL_TWICE, NULL);
  g_source_set_callback (later, second_call_cb, twice, twice_free);
  g_source_attach (later, g_main_context_get_thread_default ());
  g_task_return_boolean (task, TRUE);
  callback (G_OBJECT (step), G_ASYNC_RESULT (task), user_data);
}

static void
hold_task (GTask *task, GSourceFunc poll)
{
  g_autoptr (GSource) timer = g_timeout_source_new (1);
  Shared *shared = get_shared (g_task_get_source_object (task));

  g_mutex_lock (&shared->lock);
  shared->holding++;
  g_mutex_unlock (&shared->lock);
  g_source_set_callback (timer, poll, g_object_ref (task), g_object_unref);
  g_source_attach (timer, g_main_context_get_thread_default ());
}

static void
test_task_step_process_async (MillStep *step, MillWork *work, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  TestAct act = begin (get_shared (step), work);
  g_autoptr (GTask) task = NULL;

  if (act == TEST_CALL_TWICE)
    {
      call_twice (step, work, callback, user_data);
      return;
    }
  task = g_task_new (step, cancellable, callback, user_data);
  g_task_set_check_cancellable (task, act != TEST_HANG);
  g_task_set_task_data (task, work, NULL);
  if (act == TEST_HOLD)
    hold_task (task, hold_cb);
  else if (act == TEST_HANG)
    hold_task (task, hang_cb);
  else
    return_task (task, act);
}

static void
clear_shared (Shared *shared)
{
  g_hash_table_unref (shared->threads);
  g_mutex_clear (&shared->lock);
  g_cond_clear (&shared->changed);
}

static void
test_step_finalize (GObject *object)
{
  clear_shared (get_shared (MILL_STEP (object)));
  G_OBJECT_CLASS (test_step_parent_class)->finalize (object);
}

static void
test_task_step_finalize (GObject *object)
{
  clear_shared (get_shared (MILL_STEP (object)));
  G_OBJECT_CLASS (test_task_step_parent_class)->finalize (object);
}

static gboolean
test_task_step_process_finish (MillStep *step, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
test_step_class_init (TestStepClass *klass)
{
  MILL_STEP_CLASS (klass)->open = test_open;
  MILL_STEP_CLASS (klass)->process = test_step_process;
  MILL_STEP_CLASS (klass)->close = test_close;
  G_OBJECT_CLASS (klass)->finalize = test_step_finalize;
}

static void
test_step_init (TestStep *self)
{
  self->shared.threads = g_hash_table_new (NULL, NULL);
}

static void
test_task_step_class_init (TestTaskStepClass *klass)
{
  MILL_STEP_CLASS (klass)->open = test_open;
  MILL_STEP_CLASS (klass)->process_async = test_task_step_process_async;
  MILL_STEP_CLASS (klass)->process_finish = test_task_step_process_finish;
  MILL_STEP_CLASS (klass)->close = test_close;
  G_OBJECT_CLASS (klass)->finalize = test_task_step_finalize;
}

static void
test_task_step_init (TestTaskStep *self)
{
  self->shared.threads = g_hash_table_new (NULL, NULL);
}

static void
wait_for_release (TestSource *self)
{
  g_mutex_lock (&self->lock);
  while (!self->released)
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);
}

static MillSourceResult
test_source_poll (MillSource *source, gint64 now_us, MillSourceYield *yield, GError **error)
{
  TestSource *self = TEST_SOURCE (source);

  if (++self->n_polls == self->hang_at)
    wait_for_release (self);
  if (self->fail_after > 0 && self->next >= self->fail_after)
    {
      g_set_error_literal (error, MILL_ERROR, MILL_ERROR_FAILED, "planned end of the source");
      return MILL_SOURCE_ERROR;
    }
  if (self->next == self->n)
    return MILL_SOURCE_END;
  yield->item = mill_item_new (++self->next, NULL);
  return MILL_SOURCE_READY;
}

static void
test_source_settled (MillSource *source, MillItem *item, MillOutcome outcome, const GError *error)
{
  g_atomic_int_inc (&TEST_SOURCE (source)->settled[outcome]);
}

static void
test_source_close (MillSource *source)
{
  TestSource *self = TEST_SOURCE (source);

  g_mutex_lock (&self->lock);
  self->closed++;
  g_mutex_unlock (&self->lock);
}

static gint64
test_source_get_total (MillSource *source)
{
  return TEST_SOURCE (source)->n == G_MAXUINT ? -1 : (gint64) TEST_SOURCE (source)->n;
}

static void
test_source_class_init (TestSourceClass *klass)
{
  MillSourceClass *source_class = MILL_SOURCE_CLASS (klass);

  source_class->poll = test_source_poll;
  source_class->settled = test_source_settled;
  source_class->get_total = test_source_get_total;
  source_class->close = test_source_close;
}

static void
test_source_init (TestSource *self)
{
}

TestAct
test_succeed (guint64 id, guint attempt)
{
  return TEST_SUCCEED;
}

TestAct
test_hold (guint64 id, guint attempt)
{
  return TEST_HOLD;
}

TestAct
test_fail_for_now (guint64 id, guint attempt)
{
  return TEST_FAIL_FOR_NOW;
}

TestAct
test_fail_twice (guint64 id, guint attempt)
{
  return attempt < 2 ? TEST_FAIL_FOR_NOW : TEST_SUCCEED;
}

MillStep *
test_step_new (TestPlan plan)
{
  TestStep *self = g_object_new (TEST_TYPE_STEP, NULL);

  self->shared.plan = plan;
  return MILL_STEP (self);
}

MillStep *
test_task_step_new (TestPlan plan)
{
  TestTaskStep *self = g_object_new (TEST_TYPE_TASK_STEP, NULL);

  self->shared.plan = plan;
  return MILL_STEP (self);
}

/* Lets go whoever is held, now and from now on. */
void
test_step_release (MillStep *step)
{
  Shared *shared = get_shared (step);

  g_mutex_lock (&shared->lock);
  shared->released = TRUE;
  g_cond_broadcast (&shared->changed);
  g_mutex_unlock (&shared->lock);
}

static guint
read_counter (MillStep *step, const guint *counter)
{
  Shared *shared = get_shared (step);
  guint value;

  g_mutex_lock (&shared->lock);
  value = *counter;
  g_mutex_unlock (&shared->lock);
  return value;
}

guint
test_step_get_holding (MillStep *step)
{
  return read_counter (step, &get_shared (step)->holding);
}

guint
test_step_get_begun (MillStep *step)
{
  return read_counter (step, &get_shared (step)->begun);
}

guint
test_step_get_most_at_once (MillStep *step)
{
  return read_counter (step, &get_shared (step)->most_at_once);
}

guint
test_step_get_closed (MillStep *step)
{
  return read_counter (step, &get_shared (step)->closed);
}

guint
test_step_get_second_calls (MillStep *step)
{
  return read_counter (step, &get_shared (step)->second_calls);
}

/* How many threads have run it. */
guint
test_step_get_n_threads (MillStep *step)
{
  Shared *shared = get_shared (step);
  guint n;

  g_mutex_lock (&shared->lock);
  n = g_hash_table_size (shared->threads);
  g_mutex_unlock (&shared->lock);
  return n;
}

void
test_step_set_open_error (MillStep *step, gboolean fails)
{
  get_shared (step)->open_fails = fails;
}

void
test_step_set_close_func (MillStep *step, GFunc func, gpointer data)
{
  get_shared (step)->close_func = func;
  get_shared (step)->close_data = data;
}

MillSource *
test_source_new (guint n, guint fail_after)
{
  TestSource *self = g_object_new (TEST_TYPE_SOURCE, NULL);

  self->n = n;
  self->fail_after = fail_after;
  return MILL_SOURCE (self);
}

void
test_source_hang_at (MillSource *source, guint n)
{
  TEST_SOURCE (source)->hang_at = n;
}

void
test_source_release (MillSource *source)
{
  TestSource *self = TEST_SOURCE (source);

  g_mutex_lock (&self->lock);
  self->released = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

guint
test_source_get_closed (MillSource *source)
{
  TestSource *self = TEST_SOURCE (source);
  guint closed;

  g_mutex_lock (&self->lock);
  closed = self->closed;
  g_mutex_unlock (&self->lock);
  return closed;
}

guint
test_source_get_settled (MillSource *source, MillOutcome outcome)
{
  return (guint) g_atomic_int_get (&TEST_SOURCE (source)->settled[outcome]);
}
