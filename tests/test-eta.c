/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillEta: a table of courses that a run can take, and what may be said of its end. */

#include "config.h"

#include "pipeline/mill-eta.h"

/* A course begins at 0 s with nothing done; from then on so much a second is done and found. */
typedef struct
{
  const char *what;
  guint seconds;
  double done_per_s;
  double found_per_s;
  guint64 known; /* at the beginning */
  MillEtaKind kind;
  double left_s;
} Course;

static const Course courses[] = {
  { "nothing was seen", 0, 10, 0, 100, MILL_ETA_UNKNOWN, -1 },
  { "too short", 2, 100, 0, 10000, MILL_ETA_UNKNOWN, -1 },
  { "long enough", 3, 100, 0, 10000, MILL_ETA_ABOUT, 97 },
  { "nothing is done", 30, 0, 0, 100, MILL_ETA_UNKNOWN, -1 },
  { "too few are done", 40, 0.1, 0, 100, MILL_ETA_UNKNOWN, -1 },
  { "few, but in a long time", 60, 0.1, 0, 100, MILL_ETA_ABOUT, 940 },
  { "all is done", 10, 10, 0, 100, MILL_ETA_UNKNOWN, -1 },
  { "the last one", 99, 1, 0, 100, MILL_ETA_ABOUT, 1 },
  { "finds as it goes", 20, 10, 5, 1000, MILL_ETA_AT_LEAST, 90 },
  { "finds faster than it fetches", 20, 10, 50, 1000, MILL_ETA_AT_LEAST, 180 },
  { "days", 10, 1, 0, 1000000, MILL_ETA_ABOUT, 999990 },
};

static void
run (MillEta *eta, const Course *course)
{
  /* Four times a second, as a display would. */
  for (guint i = 1; i <= course->seconds * 4; i++)
    {
      double seconds = (i - 1) / 4.0 + 0.25;
      guint64 done = (guint64) (course->done_per_s * seconds + 1e-9);
      guint64 known = course->known + (guint64) (course->found_per_s * seconds + 1e-9);

      mill_eta_add (eta, (gint64) (seconds * G_USEC_PER_SEC), done, known - done);
    }
}

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (courses); i++)
    {
      g_autoptr (MillEta) eta = mill_eta_new ();
      gint64 left_us;

      mill_eta_add (eta, 0, 0, courses[i].known);
      run (eta, &courses[i]);
      g_test_message ("%s", courses[i].what);
      g_assert_cmpint (mill_eta_estimate (eta, &left_us), ==, courses[i].kind);
      if (courses[i].left_s < 0)
        g_assert_cmpint (left_us, ==, -1);
      else
        g_assert_cmpfloat_with_epsilon ((double) left_us / G_USEC_PER_SEC, courses[i].left_s,
                                        courses[i].left_s * 0.001);
    }
}

/* What was a minute ago no longer counts, nor what was before there was enough. */
static void
test_follows_the_rate (void)
{
  g_autoptr (MillEta) eta = mill_eta_new ();
  guint64 done = 0;
  gint64 left_us;

  for (guint second = 0; second <= 100; second++)
    {
      mill_eta_add (eta, second * G_USEC_PER_SEC, done, 100000 - done);
      done += second < 90 ? 1000 : 10;
    }
  g_assert_cmpint (mill_eta_estimate (eta, &left_us), ==, MILL_ETA_ABOUT);
  /* 9,900 are left, at 10 a second. */
  g_assert_cmpint (left_us, ==, 990 * G_USEC_PER_SEC);
}

/* What is found no more is forgotten with the rest: the bound becomes an estimate. */
static void
test_ends_finding (void)
{
  g_autoptr (MillEta) eta = mill_eta_new ();
  gint64 left_us;

  for (guint second = 0; second <= 20; second++)
    mill_eta_add (eta, second * G_USEC_PER_SEC, second * 10, 1000 + MIN (second, 15) * 100 - second * 10);
  g_assert_cmpint (mill_eta_estimate (eta, &left_us), ==, MILL_ETA_ABOUT);
  g_assert_cmpint (left_us, ==, 230 * G_USEC_PER_SEC);
}

/* A snapshot counts while the pipeline runs or drains, and each state by itself. */
static void
test_snapshots (void)
{
  g_autoptr (MillEta) eta = mill_eta_new ();
  MillSnapshot snapshot = { .state = MILL_STATE_RUNNING, .total = 1000 };
  gint64 left_us;

  for (guint second = 0; second <= 10; second++)
    {
      snapshot.time_us = second * G_USEC_PER_SEC;
      snapshot.done = second * 8;
      snapshot.dead = second * 2;
      mill_eta_add_snapshot (eta, &snapshot);
    }
  g_assert_cmpint (mill_eta_estimate (eta, &left_us), ==, MILL_ETA_ABOUT);
  g_assert_cmpint (left_us, ==, 90 * G_USEC_PER_SEC);

  snapshot.state = MILL_STATE_PAUSED;
  mill_eta_add_snapshot (eta, &snapshot);
  g_assert_cmpint (mill_eta_estimate (eta, &left_us), ==, MILL_ETA_UNKNOWN);

  snapshot.state = MILL_STATE_DRAINING;
  snapshot.total = -1;
  for (guint second = 0; second <= 10; second++)
    {
      snapshot.time_us += G_USEC_PER_SEC;
      snapshot.done += 10;
      snapshot.unfinished = 200 - second * 10;
      mill_eta_add_snapshot (eta, &snapshot);
    }
  g_assert_cmpint (mill_eta_estimate (eta, &left_us), ==, MILL_ETA_ABOUT);
  g_assert_cmpint (left_us, ==, 10 * G_USEC_PER_SEC);

  /* A source that does not know its end allows no estimate. */
  snapshot.state = MILL_STATE_RUNNING;
  for (guint second = 0; second <= 10; second++)
    {
      snapshot.time_us += G_USEC_PER_SEC;
      snapshot.done += 10;
      mill_eta_add_snapshot (eta, &snapshot);
    }
  g_assert_cmpint (mill_eta_estimate (eta, &left_us), ==, MILL_ETA_UNKNOWN);
}

static void
test_copy (void)
{
  g_autoptr (MillEta) eta = mill_eta_new ();
  g_autoptr (MillEta) copy = NULL;
  gint64 left_us;

  mill_eta_add (eta, 0, 0, courses[2].known);
  run (eta, &courses[2]);
  copy = mill_eta_copy (eta);
  mill_eta_clear (eta);
  g_assert_cmpint (mill_eta_estimate (eta, &left_us), ==, MILL_ETA_UNKNOWN);
  g_assert_cmpint (mill_eta_estimate (copy, &left_us), ==, MILL_ETA_ABOUT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/eta/table", test_table);
  g_test_add_func ("/eta/follows-the-rate", test_follows_the_rate);
  g_test_add_func ("/eta/ends-finding", test_ends_finding);
  g_test_add_func ("/eta/snapshots", test_snapshots);
  g_test_add_func ("/eta/copy", test_copy);
  return g_test_run ();
}
