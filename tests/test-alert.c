/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillAlertWatch's contract (engine/pipeline/mill-alert-watch.h), with made-up snapshots, and what a job may
 * say. */

#include "config.h"

#include <locale.h>

#include "core/mill-error.h"
#include "pipeline/mill-alert-watch.h"
#include "pipeline/mill-job.h"
#include "pipeline/mill-snapshot-private.h"

#define SECOND G_USEC_PER_SEC

typedef struct
{
  MillAlertLimits *limits; /* (owned) */
  MillAlertWatch *watch;   /* (owned) (nullable) before the first look */
  MillHistogram *latency;  /* (owned): of the run so far */
  GPtrArray *told;         /* (owned) of (owned) char */
  gint64 now_us;
  MillState state;
  guint depth;
  gint maxsize;
  guint64 done;
  guint64 dead;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->limits = mill_alert_limits_new ();
  self->latency = mill_histogram_new ();
  self->told = g_ptr_array_new_with_free_func (g_free);
  self->now_us = 1000 * SECOND;
  self->state = MILL_STATE_RUNNING;
  self->maxsize = 100;
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  mill_alert_limits_free (self->limits);
  g_clear_object (&self->watch);
  mill_histogram_free (self->latency);
  g_ptr_array_unref (self->told);
}

static void
tell_cb (const char *text, gpointer user_data)
{
  g_ptr_array_add (((Fixture *) user_data)->told, g_strdup (text));
}

static MillSnapshot *
snapshot_new (Fixture *self)
{
  MillSnapshot *snapshot = mill_snapshot_new ();

  snapshot->state = self->state;
  snapshot->time_us = self->now_us;
  snapshot->done = self->done;
  snapshot->dead = self->dead;
  snapshot->latency = mill_histogram_copy (self->latency);
  for (guint i = 0; i < 2; i++)
    {
      MillStageSnapshot *stage = g_new0 (MillStageSnapshot, 1);

      stage->name = g_strdup (i == 0 ? "fetch" : "save");
      stage->queue.depth = i == 0 ? self->depth : 0;
      stage->queue.maxsize = self->maxsize;
      g_ptr_array_add (snapshot->stages, stage);
    }
  return snapshot;
}

/* Looks after @seconds more; returns how many alerts there were. */
static guint
look (Fixture *self, double seconds)
{
  g_autoptr (MillSnapshot) snapshot = NULL;
  guint before = self->told->len;

  if (self->watch == NULL)
    self->watch = mill_alert_watch_new (self->limits);
  self->now_us += (gint64) (seconds * SECOND);
  snapshot = snapshot_new (self);
  mill_alert_watch_look (self->watch, snapshot, tell_cb, self);
  g_assert_cmpuint (mill_alert_watch_get_count (self->watch), ==, self->told->len);
  return self->told->len - before;
}

static guint
look_at_depth (Fixture *self, guint depth)
{
  self->depth = depth;
  return look (self, 0.1);
}

static void
test_queue (Fixture *self, gconstpointer data)
{
  self->limits->queue = 0.9;
  g_assert_cmpuint (look_at_depth (self, 90), ==, 0);
  g_assert_cmpuint (look_at_depth (self, 91), ==, 1);
  g_assert_cmpstr (g_ptr_array_index (self->told, 0), ==, "the queue of fetch is above 90 %: 91 of 100");
  /* It wavers about the limit: that is the same alert. */
  g_assert_cmpuint (look_at_depth (self, 85), ==, 0);
  g_assert_cmpuint (look_at_depth (self, 100), ==, 0);
  /* It was well below: armed again. */
  g_assert_cmpuint (look_at_depth (self, 80), ==, 0);
  g_assert_cmpuint (look_at_depth (self, 95), ==, 1);
}

static void
test_queue_for_a_while (Fixture *self, gconstpointer data)
{
  self->limits->queue = 0.5;
  self->limits->queue_for_s = 2;
  g_assert_cmpuint (look_at_depth (self, 60), ==, 0);
  g_assert_cmpuint (look (self, 1.9), ==, 0);
  /* The time begins anew. */
  g_assert_cmpuint (look_at_depth (self, 10), ==, 0);
  g_assert_cmpuint (look_at_depth (self, 60), ==, 0);
  g_assert_cmpuint (look (self, 1.9), ==, 0);
  g_assert_cmpuint (look (self, 0.2), ==, 1);
  g_assert_cmpuint (look (self, 10), ==, 0);
}

static void
test_full_queue (Fixture *self, gconstpointer data)
{
  self->limits->queue = 1;
  g_assert_cmpuint (look_at_depth (self, 99), ==, 0);
  g_assert_cmpuint (look_at_depth (self, 100), ==, 1);
}

static void
test_queue_of_another_stage (Fixture *self, gconstpointer data)
{
  self->limits->queue = 0.9;
  self->limits->queue_stage = g_strdup ("save");
  g_assert_cmpuint (look_at_depth (self, 100), ==, 0);
}

static void
test_queue_without_bound (Fixture *self, gconstpointer data)
{
  self->limits->queue = 0.9;
  self->maxsize = 0;
  g_assert_cmpuint (look_at_depth (self, 100000), ==, 0);
}

static void
test_dead_letters (Fixture *self, gconstpointer data)
{
  self->limits->dead_letters = 10;
  self->dead = 10;
  g_assert_cmpuint (look (self, 0.1), ==, 0);
  self->dead = 11;
  g_assert_cmpuint (look (self, 0.1), ==, 1);
  self->dead = 12;
  g_assert_cmpuint (look (self, 0.1), ==, 0);
  /* They were requeued, and died again. */
  self->dead = 3;
  g_assert_cmpuint (look (self, 0.1), ==, 0);
  self->dead = 11;
  self->state = MILL_STATE_FINISHED;
  g_assert_cmpuint (look (self, 0.1), ==, 1);
}

static void
record (Fixture *self, guint n, double seconds)
{
  for (guint i = 0; i < n; i++)
    mill_histogram_record (self->latency, (gint64) (seconds * SECOND));
}

static void
test_latency (Fixture *self, gconstpointer data)
{
  self->limits->p99_s = 2;
  g_assert_cmpuint (look (self, 1), ==, 0);
  /* Too few to tell. */
  record (self, MILL_ALERT_LEAST_ITEMS - 1, 5);
  g_assert_cmpuint (look (self, 1), ==, 0);
  record (self, 1, 5);
  g_assert_cmpuint (look (self, 1), ==, 1);
  g_assert_cmpuint (look (self, 1), ==, 0);
  /* A little below is not over. */
  for (guint i = 0; i < 12; i++)
    {
      record (self, 30, 1.9);
      g_assert_cmpuint (look (self, 1), ==, 0);
    }
  record (self, 30, 3);
  g_assert_cmpuint (look (self, 1), ==, 0);
  /* Nothing for the whole window is no reason to arm it again. */
  g_assert_cmpuint (look (self, 30), ==, 0);
  record (self, 30, 3);
  g_assert_cmpuint (look (self, 1), ==, 0);
  for (guint i = 0; i < 12; i++)
    {
      record (self, 30, 0.5);
      g_assert_cmpuint (look (self, 1), ==, 0);
    }
  record (self, 30, 3);
  g_assert_cmpuint (look (self, 1), ==, 1);
}

static void
test_progress (Fixture *self, gconstpointer data)
{
  self->limits->no_progress_s = 30;
  g_assert_cmpuint (look (self, 1), ==, 0);
  g_assert_cmpuint (look (self, 29), ==, 0);
  self->done++;
  g_assert_cmpuint (look (self, 1), ==, 0);
  g_assert_cmpuint (look (self, 30), ==, 1);
  g_assert_cmpstr (g_ptr_array_index (self->told, 0), ==, "no item has moved on for 30 s");
  g_assert_cmpuint (look (self, 30), ==, 0);
  self->done++;
  g_assert_cmpuint (look (self, 1), ==, 0);
  g_assert_cmpuint (look (self, 31), ==, 1);
}

static void
test_pause_is_no_stall (Fixture *self, gconstpointer data)
{
  self->limits->no_progress_s = 30;
  look (self, 1);
  self->state = MILL_STATE_PAUSED;
  g_assert_cmpuint (look (self, 100), ==, 0);
  self->state = MILL_STATE_RUNNING;
  g_assert_cmpuint (look (self, 29), ==, 0);
  g_assert_cmpuint (look (self, 1), ==, 1);
}

static void
test_before_and_after (Fixture *self, gconstpointer data)
{
  self->limits->no_progress_s = 1;
  self->limits->queue = 0.5;
  self->state = MILL_STATE_IDLE;
  g_assert_cmpuint (look_at_depth (self, 100), ==, 0);
  g_assert_cmpuint (look (self, 100), ==, 0);
  self->state = MILL_STATE_STOPPED;
  g_assert_cmpuint (look (self, 100), ==, 0);
  g_assert_cmpuint (look (self, 100), ==, 0);
}

/* What is passed now, in a line. */
static char *
say_passed (Fixture *self)
{
  g_auto (GStrv) passed = mill_alert_watch_list_passed (self->watch);

  return g_strjoinv ("; ", passed);
}

#define ASSERT_PASSED(text)                                                                                  \
  G_STMT_START                                                                                               \
  {                                                                                                          \
    g_autofree char *passed = say_passed (self);                                                             \
                                                                                                             \
    g_assert_cmpstr (passed, ==, text);                                                                      \
  }                                                                                                          \
  G_STMT_END

/* From the alert until it is armed again, with what was last above the limit. */
static void
test_passed (Fixture *self, gconstpointer data)
{
  self->watch = mill_alert_watch_new (self->limits);
  ASSERT_PASSED ("");
  self->limits->queue = 0.9;
  self->limits->no_progress_s = 30;
  mill_alert_watch_set_limits (self->watch, self->limits);
  g_assert_cmpuint (look_at_depth (self, 90), ==, 0);
  ASSERT_PASSED ("");
  g_assert_cmpuint (look_at_depth (self, 91), ==, 1);
  ASSERT_PASSED ("the queue of fetch is above 90 %: 91 of 100");
  g_assert_cmpuint (look_at_depth (self, 95), ==, 0);
  ASSERT_PASSED ("the queue of fetch is above 90 %: 95 of 100");
  /* Neither above it nor well below it. */
  g_assert_cmpuint (look_at_depth (self, 85), ==, 0);
  ASSERT_PASSED ("the queue of fetch is above 90 %: 95 of 100");
  g_assert_cmpuint (look (self, 199.7), ==, 1);
  ASSERT_PASSED ("the queue of fetch is above 90 %: 95 of 100; no item has moved on for 200 s");
  g_assert_cmpuint (look_at_depth (self, 80), ==, 0);
  ASSERT_PASSED ("no item has moved on for 200 s");
  self->done++;
  g_assert_cmpuint (look_at_depth (self, 80), ==, 0);
  ASSERT_PASSED ("");
}

static void
test_passed_latency (Fixture *self, gconstpointer data)
{
  self->limits->p99_s = 2;
  look (self, 1);
  record (self, MILL_ALERT_LEAST_ITEMS, 4);
  g_assert_cmpuint (look (self, 1), ==, 1);
  ASSERT_PASSED (g_ptr_array_index (self->told, 0));
  for (guint i = 0; i < 12; i++)
    {
      record (self, 30, 0.5);
      look (self, 1);
    }
  ASSERT_PASSED ("");
}

/* What is left after the end is dead letters. */
static void
test_passed_at_the_end (Fixture *self, gconstpointer data)
{
  self->limits->queue = 0.9;
  self->limits->dead_letters = 10;
  self->dead = 11;
  g_assert_cmpuint (look_at_depth (self, 100), ==, 2);
  ASSERT_PASSED ("the queue of fetch is above 90 %: 100 of 100; 11 dead letters, more than 10");
  self->state = MILL_STATE_STOPPED;
  self->dead = 12;
  look (self, 1);
  ASSERT_PASSED ("12 dead letters, more than 10");
}

/* Sets the limits, and looks after a moment; returns how many alerts there were. */
static guint
change_limits (Fixture *self)
{
  mill_alert_watch_set_limits (self->watch, self->limits);
  return look (self, 0.1);
}

static void
test_changed_queue (Fixture *self, gconstpointer data)
{
  self->limits->queue = 0.5;
  g_assert_cmpuint (look_at_depth (self, 80), ==, 1);
  /* It is above this as well. */
  self->limits->queue = 0.7;
  g_assert_cmpuint (change_limits (self), ==, 0);
  ASSERT_PASSED ("the queue of fetch is above 70 %: 80 of 100");
  /* It is a little below this: armed. */
  self->limits->queue = 0.85;
  g_assert_cmpuint (change_limits (self), ==, 0);
  ASSERT_PASSED ("");
  g_assert_cmpuint (look_at_depth (self, 86), ==, 1);
  /* It has not been so for that long. */
  self->limits->queue_for_s = 5;
  g_assert_cmpuint (change_limits (self), ==, 0);
  ASSERT_PASSED ("");
  g_assert_cmpuint (look (self, 5), ==, 1);
  self->limits->queue_stage = g_strdup ("save");
  g_assert_cmpuint (change_limits (self), ==, 0);
  ASSERT_PASSED ("");
  g_clear_pointer (&self->limits->queue_stage, g_free);
  g_assert_cmpuint (change_limits (self), ==, 0);
  g_assert_cmpuint (look (self, 5), ==, 1);
  self->limits->queue = 0;
  g_assert_cmpuint (change_limits (self), ==, 0);
  ASSERT_PASSED ("");
}

static void
test_changed_dead_letters (Fixture *self, gconstpointer data)
{
  self->dead = 20;
  g_assert_cmpuint (look (self, 1), ==, 0);
  self->limits->dead_letters = 10;
  g_assert_cmpuint (change_limits (self), ==, 1);
  self->limits->dead_letters = 15;
  g_assert_cmpuint (change_limits (self), ==, 0);
  ASSERT_PASSED ("20 dead letters, more than 15");
  self->limits->dead_letters = -1;
  g_assert_cmpuint (change_limits (self), ==, 0);
  ASSERT_PASSED ("");
  self->limits->dead_letters = 20;
  g_assert_cmpuint (change_limits (self), ==, 0);
  self->dead = 21;
  g_assert_cmpuint (look (self, 1), ==, 1);
}

static void
test_changed_latency (Fixture *self, gconstpointer data)
{
  self->limits->p99_s = 2;
  look (self, 1);
  record (self, MILL_ALERT_LEAST_ITEMS, 4);
  g_assert_cmpuint (look (self, 1), ==, 1);
  self->limits->p99_s = 3;
  g_assert_cmpuint (change_limits (self), ==, 0);
  ASSERT_PASSED ("the 99th percentile of the latency is 4 s, above 3 s");
  /* A little below is enough for a limit that is new. */
  self->limits->p99_s = 4.1;
  g_assert_cmpuint (change_limits (self), ==, 0);
  ASSERT_PASSED ("");
  self->limits->p99_s = 3.9;
  g_assert_cmpuint (change_limits (self), ==, 1);
  /* What was before it was watched does not count. */
  self->limits->p99_s = 0;
  g_assert_cmpuint (change_limits (self), ==, 0);
  ASSERT_PASSED ("");
  self->limits->p99_s = 1;
  g_assert_cmpuint (change_limits (self), ==, 0);
  record (self, MILL_ALERT_LEAST_ITEMS, 4);
  g_assert_cmpuint (look (self, 1), ==, 1);
}

static void
test_changed_progress (Fixture *self, gconstpointer data)
{
  self->limits->no_progress_s = 30;
  look (self, 1);
  g_assert_cmpuint (look (self, 20), ==, 0);
  /* It has not moved for that long already. */
  self->limits->no_progress_s = 10;
  g_assert_cmpuint (change_limits (self), ==, 1);
  self->limits->no_progress_s = 30;
  g_assert_cmpuint (change_limits (self), ==, 0);
  ASSERT_PASSED ("");
  g_assert_cmpuint (look (self, 10), ==, 1);
  self->limits->no_progress_s = 0;
  g_assert_cmpuint (change_limits (self), ==, 0);
  ASSERT_PASSED ("");
  /* The time counts from when it is watched. */
  self->limits->no_progress_s = 10;
  g_assert_cmpuint (change_limits (self), ==, 0);
  g_assert_cmpuint (look (self, 9), ==, 0);
  g_assert_cmpuint (look (self, 2), ==, 1);
}

static void
test_equal (void)
{
  g_autoptr (MillAlertLimits) a = mill_alert_limits_new ();
  static const char *const keys[][2] = { { "queue", "90%" },     { "queue-stage", "a" },
                                         { "queue-for", "1 s" }, { "dead-letters", "0" },
                                         { "p99", "5 ms" },      { "no-progress", "9" } };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (MillAlertLimits) b = mill_alert_limits_copy (a);

      g_assert_true (mill_alert_limits_equal (a, b));
      g_assert_true (mill_alert_limits_set (b, keys[i][0], keys[i][1], NULL));
      g_assert_false (mill_alert_limits_equal (a, b));
    }
}

static MillJob *
job_new (const char *alerts, GError **error)
{
  g_autofree char *text =
      g_strdup_printf ("[Job]\nname=Test\n[Source]\ntype=count\n[Stage work]\nstep=simulate\n%s", alerts);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return mill_job_new_from_bytes (bytes, "test.millrace", error);
}

static void
test_job (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillJob) job =
      job_new ("[Alerts]\nqueue=90%\nqueue-stage=work\nqueue-for=500 ms\ndead-letters=10\n"
               "p99=2 s\nno-progress=1.5 min\n",
               &error);
  const MillAlertLimits *limits;

  g_assert_no_error (error);
  limits = mill_job_get_alert_limits (job);
  g_assert_cmpfloat_with_epsilon (limits->queue, 0.9, 1e-9);
  g_assert_cmpstr (limits->queue_stage, ==, "work");
  g_assert_cmpfloat_with_epsilon (limits->queue_for_s, 0.5, 1e-9);
  g_assert_cmpint (limits->dead_letters, ==, 10);
  g_assert_cmpfloat_with_epsilon (limits->p99_s, 2, 1e-9);
  g_assert_cmpfloat_with_epsilon (limits->no_progress_s, 90, 1e-9);
}

static void
test_job_without (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillJob) job = job_new ("", &error);

  g_assert_no_error (error);
  g_assert_true (mill_alert_limits_is_empty (mill_job_get_alert_limits (job)));
}

static void
test_bad_job (void)
{
  static const char *const bad[][2] = {
    { "queue=0%", "[Alerts] queue: “0%” is not a share from 1% to 100%" },
    { "queue=101", "[Alerts] queue: " },
    { "queue=half", "[Alerts] queue: " },
    { "queue-stage=fetch", "[Alerts] queue-stage: there is no stage “fetch”" },
    { "queue-for=-1", "[Alerts] queue-for: " },
    { "dead-letters=1.5", "[Alerts] dead-letters: “1.5” is not a whole number, 0 or more" },
    { "dead-letters=-1", "[Alerts] dead-letters: " },
    { "p99=2 h", "[Alerts] p99: “2 h” is not a span of time such as 2 s, 500 ms or 1 min" },
    { "p99=0", "[Alerts] p99: " },
    { "no-progress=nan", "[Alerts] no-progress: " },
    { "p98=1",
      "[Alerts] p98: unknown key; the keys here are queue, queue-stage, queue-for, dead-letters, p99, "
      "no-progress" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *alerts = g_strdup_printf ("[Alerts]\n%s\n", bad[i][0]);
      g_autoptr (GError) error = NULL;
      g_autoptr (MillJob) job = job_new (alerts, &error);

      g_assert_null (job);
      g_assert_error (error, MILL_ERROR, MILL_ERROR_JOB);
      g_assert_nonnull (strstr (error->message, bad[i][1]));
    }
}

#define ADD(name, func) g_test_add ("/alert/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  ADD ("queue", test_queue);
  ADD ("queue-for-a-while", test_queue_for_a_while);
  ADD ("full-queue", test_full_queue);
  ADD ("queue-of-another-stage", test_queue_of_another_stage);
  ADD ("queue-without-bound", test_queue_without_bound);
  ADD ("dead-letters", test_dead_letters);
  ADD ("latency", test_latency);
  ADD ("progress", test_progress);
  ADD ("pause-is-no-stall", test_pause_is_no_stall);
  ADD ("before-and-after", test_before_and_after);
  ADD ("passed", test_passed);
  ADD ("passed-latency", test_passed_latency);
  ADD ("passed-at-the-end", test_passed_at_the_end);
  ADD ("changed-queue", test_changed_queue);
  ADD ("changed-dead-letters", test_changed_dead_letters);
  ADD ("changed-latency", test_changed_latency);
  ADD ("changed-progress", test_changed_progress);
  g_test_add_func ("/alert/equal", test_equal);
  g_test_add_func ("/alert/job", test_job);
  g_test_add_func ("/alert/job-without", test_job_without);
  g_test_add_func ("/alert/bad-job", test_bad_job);

  return g_test_run ();
}
