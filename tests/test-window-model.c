/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the window computes before it shows anything: the layout of the flow, figures, and sentences. */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <utime.h>

#include "mill-crawl-address.h"
#include "mill-crawl-words.h"
#include "mill-figures.h"
#include "mill-flow-layout.h"
#include "mill-latency-log.h"
#include "mill-record-words.h"
#include "mill-run-files.h"
#include "mill-summary-words.h"
#include "mill-words.h"
#include "record/mill-run-record.h"

/* ---- layout -------------------------------------------------------------------------------------------- */

/* A source, two stages with a tank each, an end; pipes between them. */
static void
fill_flow (MillFlowBox boxes[11])
{
  const MillFlowBox card = { .minimum = 100, .natural = 150 };
  const MillFlowBox pipe = { .minimum = 10, .natural = 20, .is_pipe = TRUE };
  const MillFlowBox leading_pipe = { .minimum = 10, .natural = 20, .is_pipe = TRUE, .may_begin_row = TRUE };
  const MillFlowBox tank = { .minimum = 80, .natural = 100 };
  const MillFlowBox stage = { .minimum = 120, .natural = 200, .limit = 300 };
  const MillFlowBox all[] = { card, pipe, tank,  pipe,         stage, leading_pipe,
                              tank, pipe, stage, leading_pipe, card };

  memcpy (boxes, all, sizeof all);
}

static int
width_of_row (const MillFlowBox *boxes, guint n_boxes, guint row)
{
  int sum = 0;
  guint i;

  for (i = 0; i < n_boxes; i++)
    if (boxes[i].row == row)
      sum += boxes[i].width;

  return sum;
}

static void
assert_no_narrower (const MillFlowBox *boxes, guint n_boxes)
{
  guint i;

  for (i = 0; i < n_boxes; i++)
    g_assert_cmpint (boxes[i].width, >=, boxes[i].minimum);
}

static void
test_layout_one_row (void)
{
  MillFlowBox boxes[11];
  int width;

  for (width = 650; width < 3000; width += 7)
    {
      fill_flow (boxes);
      g_assert_cmpuint (mill_flow_layout_arrange (boxes, G_N_ELEMENTS (boxes), width), ==, 1);
      g_assert_cmpint (width_of_row (boxes, G_N_ELEMENTS (boxes), 0), ==, width);
      assert_no_narrower (boxes, G_N_ELEMENTS (boxes));
      g_assert_cmpint (boxes[4].width, <=, 300);
      g_assert_cmpint (boxes[0].width, <=, 150);
    }
}

static void
test_layout_room_goes_to_stages_then_pipes (void)
{
  MillFlowBox boxes[11];
  int natural;

  fill_flow (boxes);
  natural = mill_flow_layout_get_natural (boxes, G_N_ELEMENTS (boxes));
  mill_flow_layout_arrange (boxes, G_N_ELEMENTS (boxes), natural + 100);
  g_assert_cmpint (boxes[4].width, ==, 250);
  g_assert_cmpint (boxes[8].width, ==, 250);
  g_assert_cmpint (boxes[1].width, ==, 20);

  mill_flow_layout_arrange (boxes, G_N_ELEMENTS (boxes), natural + 200 + 5 * 40);
  g_assert_cmpint (boxes[4].width, ==, 300);
  g_assert_cmpint (boxes[1].width, ==, 60);
}

static void
test_layout_breaks_between_groups (void)
{
  MillFlowBox boxes[11];

  fill_flow (boxes);
  g_assert_cmpuint (mill_flow_layout_arrange (boxes, G_N_ELEMENTS (boxes), 560), ==, 2);
  /* As even as can be: 320 and 330 of the minimum, not 540 and 110. */
  g_assert_cmpuint (boxes[4].row, ==, 0);
  g_assert_cmpuint (boxes[5].row, ==, 1);
  g_assert_cmpint (width_of_row (boxes, G_N_ELEMENTS (boxes), 0), ==, 560);
  g_assert_cmpint (width_of_row (boxes, G_N_ELEMENTS (boxes), 1), ==, 560);

  /* A tank stays with its stage. */
  g_assert_cmpuint (mill_flow_layout_arrange (boxes, G_N_ELEMENTS (boxes), 330), ==, 2);
  g_assert_cmpuint (boxes[4].row, ==, 0);
  g_assert_cmpuint (boxes[5].row, ==, 1);
  g_assert_cmpuint (boxes[10].row, ==, 1);
}

static void
test_layout_narrower_than_the_minimum (void)
{
  MillFlowBox boxes[11];
  int minimum;

  fill_flow (boxes);
  minimum = mill_flow_layout_get_minimum (boxes, G_N_ELEMENTS (boxes));
  g_assert_cmpint (minimum, ==, 100 + 10 + 80 + 10 + 120);
  g_assert_cmpuint (mill_flow_layout_arrange (boxes, G_N_ELEMENTS (boxes), 10), ==, 3);
  assert_no_narrower (boxes, G_N_ELEMENTS (boxes));
}

/* ---- figures ------------------------------------------------------------------------------------------- */

typedef struct
{
  MillStageSnapshot stage;
  MillSnapshot snapshot;
} Moment;

static void
moment_init (Moment *self, double seconds, guint64 produced, guint64 done, guint depth)
{
  *self = (Moment){
    .stage = { .name = "work", .done = done, .queue = { .depth = depth, .maxsize = 100 } },
    .snapshot = {
      .time_us = (gint64) (seconds * G_USEC_PER_SEC),
      .elapsed_us = (gint64) (seconds * G_USEC_PER_SEC),
      .state = MILL_STATE_RUNNING,
      .total = 1000,
      .produced = produced,
      .done = done,
      .unfinished = produced - done,
    },
  };
  self->stage.service = mill_histogram_new ();
  self->snapshot.latency = mill_histogram_new ();
  self->snapshot.stages = g_ptr_array_new ();
  g_ptr_array_add (self->snapshot.stages, &self->stage);
}

static void
moment_clear (Moment *self)
{
  g_ptr_array_unref (self->snapshot.stages);
  mill_histogram_free (self->snapshot.latency);
  mill_histogram_free (self->stage.service);
}

static gboolean
is_about (double value, double wanted)
{
  return ABS (value - wanted) < 0.001;
}

static void
test_figures_rates_and_shares (void)
{
  Moment then, now;
  MillFigures figures;

  moment_init (&then, 10, 300, 200, 90);
  moment_init (&now, 12, 420, 360, 50);
  now.stage.queue.put_blocked_us = G_USEC_PER_SEC / 2;
  now.stage.state_us[MILL_WORKER_BUSY] = 3 * G_USEC_PER_SEC;
  now.stage.state_us[MILL_WORKER_IDLE] = G_USEC_PER_SEC;
  mill_histogram_record (then.stage.service, 5000);
  mill_histogram_record (now.stage.service, 5000);
  mill_histogram_record (now.stage.service, 100);

  mill_figures_init (&figures, 1);
  mill_figures_compute (&figures, &now.snapshot, &then.snapshot, &then.snapshot, &then.snapshot);
  g_assert_true (is_about (figures.rate, 80));
  g_assert_true (is_about (figures.produced_rate, 60));
  g_assert_true (is_about (figures.blocked, 0.25));
  g_assert_true (is_about (figures.stages[0].rate, 80));
  g_assert_true (is_about (figures.stages[0].growth, -20));
  g_assert_true (is_about (figures.stages[0].shares[MILL_WORKER_BUSY], 0.75));
  g_assert_true (is_about (figures.stages[0].shares[MILL_WORKER_IDLE], 0.25));
  /* Only what was recorded since. */
  g_assert_cmpuint (figures.stages[0].service.count, ==, 1);
  g_assert_cmpint (figures.stages[0].service.p50_us, ==, 100);

  mill_figures_clear (&figures);
  moment_clear (&then);
  moment_clear (&now);
}

static void
test_figures_of_nothing (void)
{
  Moment now;
  MillFigures figures;

  moment_init (&now, 0, 0, 0, 0);
  mill_figures_init (&figures, 1);
  mill_figures_compute (&figures, &now.snapshot, &now.snapshot, &now.snapshot, &now.snapshot);
  g_assert_true (is_about (figures.rate, 0));
  g_assert_true (is_about (figures.blocked, 0));
  g_assert_true (is_about (figures.stages[0].shares[MILL_WORKER_BUSY], 0));
  g_assert_cmpuint (figures.stages[0].service.count, ==, 0);

  mill_figures_clear (&figures);
  moment_clear (&now);
}

/* ---- words --------------------------------------------------------------------------------------------- */

static void
assert_text (char *text, const char *wanted)
{
  g_assert_cmpstr (text, ==, wanted);
  g_free (text);
}

static void
test_words_spans (void)
{
  assert_text (mill_words_span (0), "0 µs");
  assert_text (mill_words_span (999), "999 µs");
  assert_text (mill_words_span (2100), "2.10 ms");
  assert_text (mill_words_span (148000), "148 ms");
  assert_text (mill_words_span (1300000), "1.30 s");
  assert_text (mill_words_span (119 * G_USEC_PER_SEC), "119 s");
  assert_text (mill_words_span (60 * G_TIME_SPAN_MINUTE), "60 min");
}

static void
test_words_percent_keeps_the_ends (void)
{
  assert_text (mill_words_percent (0), "0 %");
  assert_text (mill_words_percent (0.001), "< 1 %");
  assert_text (mill_words_percent (0.614), "61 %");
  assert_text (mill_words_percent (0.998), "99 %");
  assert_text (mill_words_percent (1), "100 %");
}

static void
test_words_left (void)
{
  assert_text (mill_words_left (MILL_ETA_ABOUT, G_USEC_PER_SEC), "a few seconds left");
  assert_text (mill_words_left (MILL_ETA_ABOUT, 42 * G_USEC_PER_SEC), "about 45 s left");
  assert_text (mill_words_left (MILL_ETA_ABOUT, 65 * G_USEC_PER_SEC), "about 1 min left");
  assert_text (mill_words_left (MILL_ETA_ABOUT, 3 * G_TIME_SPAN_HOUR), "about 3 h left");
  assert_text (mill_words_left (MILL_ETA_ABOUT, G_MAXINT64), "days left");
  assert_text (mill_words_left (MILL_ETA_AT_LEAST, G_USEC_PER_SEC), "more than a few seconds left");
  assert_text (mill_words_left (MILL_ETA_AT_LEAST, 42 * G_USEC_PER_SEC), "at least 40 s left");
  assert_text (mill_words_left (MILL_ETA_AT_LEAST, 119 * G_USEC_PER_SEC), "at least 1 min left");
  assert_text (mill_words_left (MILL_ETA_AT_LEAST, 3 * G_TIME_SPAN_HOUR), "at least 3 h left");
  assert_text (mill_words_left (MILL_ETA_AT_LEAST, G_MAXINT64), "days left");
  g_assert_null (mill_words_left (MILL_ETA_UNKNOWN, -1));
}

/* No stage is needed to sum up a run. */
static GPtrArray no_stages;
static GPtrArray nobody;

static void
test_summary_finished (void)
{
  MillSnapshot snapshot = {
    .stages = &no_stages,
    .stuck = &nobody,
    .state = MILL_STATE_FINISHED,
    .elapsed_us = 5200000,
    .total = 5000,
    .produced = 5000,
    .done = 5000,
  };

  assert_text (mill_summary_words_sentence (&snapshot), "Finished: all 5,000 items went through, in 5.20 s.");
  assert_text (mill_summary_words_sum (&snapshot),
               "5,000 produced = 5,000 done + 0 dead + 0 returned + 0 dropped");

  snapshot.done = 4990;
  snapshot.dead = 10;
  assert_text (mill_summary_words_sentence (&snapshot),
               "Finished: 4,990 done and 10 failed for good, in 5.20 s.");

  snapshot = (MillSnapshot){
    .stages = &no_stages,
    .stuck = &nobody,
    .state = MILL_STATE_FINISHED,
    .elapsed_us = 5200000,
    .total = 5000,
    .produced = 1200,
    .done = 1200,
  };
  assert_text (mill_summary_words_sentence (&snapshot),
               "Drained: all 1,200 items that were sent went through, in 5.20 s.");
}

static void
test_summary_stopped (void)
{
  MillSnapshot snapshot = {
    .stages = &no_stages,
    .stuck = &nobody,
    .state = MILL_STATE_STOPPED,
    .elapsed_us = 3100000,
    .total = -1,
    .produced = 3000,
    .done = 1214,
    .returned = 1786,
  };

  assert_text (mill_summary_words_sentence (&snapshot),
               "Stopped after 3.10 s: 1,214 done, 1,786 returned unprocessed.");
  assert_text (mill_summary_words_sum (&snapshot),
               "3,000 produced = 1,214 done + 0 dead + 1,786 returned + 0 dropped");
}

/* Who was left behind is named; of many, the first. */
static void
test_summary_stuck (void)
{
  g_autoptr (GPtrArray) stuck = g_ptr_array_new ();
  MillStuck worker = { .name = (char *) "fetch-3", .since_us = 1000000 };
  MillSnapshot snapshot = {
    .stages = &no_stages,
    .stuck = stuck,
    .state = MILL_STATE_STOPPED,
    .time_us = 6000000,
    .elapsed_us = 3100000,
    .total = -1,
    .produced = 3,
    .done = 2,
    .returned = 1,
  };
  g_autofree char *many = NULL;

  g_ptr_array_add (stuck, &worker);
  assert_text (mill_summary_words_sentence (&snapshot),
               "Stopped after 3.10 s: 2 done, 1 returned unprocessed. "
               "1 is stuck and was left behind: fetch-3 (5.00 s).");
  g_ptr_array_add (stuck, &worker);
  assert_text (mill_words_stuck (&snapshot),
               "2 are stuck and were left behind: fetch-3 (5.00 s), fetch-3 (5.00 s).");
  for (guint i = 0; i < 10; i++)
    g_ptr_array_add (stuck, &worker);
  many = mill_words_stuck (&snapshot);
  g_assert_true (g_str_has_prefix (many, "12 are stuck"));
  g_assert_true (g_str_has_suffix (many, "fetch-3 (5.00 s), …."));
}

static void
test_summary_failed (void)
{
  MillSnapshot snapshot = { .stages = &no_stages,
                            .stuck = &nobody,
                            .state = MILL_STATE_FAILED,
                            .elapsed_us = 1000,
                            .total = -1,
                            .error = (char *) "it broke" };

  assert_text (mill_summary_words_sentence (&snapshot), "Failed after 1.00 ms: it broke");
}

/* An instrument must not lie: a sum that is wrong is not shown as an equation. */
static void
test_summary_that_does_not_add_up (void)
{
  MillSnapshot snapshot = {
    .stages = &no_stages, .state = MILL_STATE_FINISHED, .total = -1, .produced = 3, .done = 2
  };
  g_autofree char *text = mill_summary_words_sum (&snapshot);

  g_assert_true (g_str_has_prefix (text, "This does not add up: 3 produced, 2 done"));
}

/* ---- crawls -------------------------------------------------------------------------------------------- */

static void
test_crawl_sentences (void)
{
  MillSnapshot end = { .stages = &no_stages, .stuck = &nobody, .elapsed_us = 3100000 };
  MillCrawlSummary summary = { .known = 1200, .done = 1190, .dead = 10, .bytes = 2000000 };

  end.state = MILL_STATE_FINISHED;
  assert_text (mill_crawl_words_sentence (&summary, &end),
               "Finished: 1,190 pages fetched, 10 failed for good.");
  summary.dead = 0;
  assert_text (mill_crawl_words_sentence (&summary, NULL), "Finished: 1,190 pages fetched, none failed.");
  assert_text (mill_crawl_words_pages (&summary), "1,190 fetched · 2.0\302\240MB");
  g_assert_null (mill_crawl_words_not_fetched (&summary));

  summary.dead = 4;
  summary.left = 3806;
  end.state = MILL_STATE_STOPPED;
  assert_text (mill_crawl_words_sentence (&summary, &end),
               "Stopped after 3.10 s: 1,194 of 5,000 known pages are through; the crawl can go on.");
  end.state = MILL_STATE_FINISHED;
  assert_text (mill_crawl_words_sentence (&summary, &end),
               "Drained after 3.10 s: 1,194 of 5,000 known pages are through; the crawl can go on.");
  assert_text (mill_crawl_words_sentence (&summary, NULL),
               "1,194 of 5,000 known pages are through; the crawl can go on.");
  end.state = MILL_STATE_FAILED;
  end.error = (char *) "the disk is full";
  assert_text (mill_crawl_words_sentence (&summary, &end), "Failed after 3.10 s: the disk is full");
}

/* The word goes with the number before it, whatever the others are. */
static void
test_crawl_of_one_page (void)
{
  MillCrawlSummary summary = { .known = 1, .left = 1 };

  assert_text (mill_crawl_words_sentence (&summary, NULL),
               "0 of 1 known page is through; the crawl can go on.");
  summary.left = 0;
  summary.done = 1;
  summary.dead = 2;
  assert_text (mill_crawl_words_sentence (&summary, NULL), "Finished: 1 page fetched, 2 failed for good.");
}

static void
test_crawl_facts (void)
{
  MillCrawlSummary summary = {
    .known = 40, .done = 20, .dead = 3, .saved = 19, .left = 5, .disallowed = 2, .over_limit = 10
  };
  MillFrontierCounts counts = { .skipped_scope = 1234, .skipped_depth = 1 };

  assert_text (mill_crawl_words_pages (&summary), "20 fetched · 19 saved · 3 failed · 5 left");
  assert_text (mill_crawl_words_not_fetched (&summary),
               "2 because of robots.txt · 10 because of the limit on pages or bytes");
  assert_text (mill_crawl_words_not_followed (&counts), "1,234 out of scope · 1 too deep");
  counts = (MillFrontierCounts){ 0 };
  g_assert_null (mill_crawl_words_not_followed (&counts));
  assert_text (mill_crawl_words_broken (1, 1), "1 broken link");
  assert_text (mill_crawl_words_broken (3000, 100), "3,000 broken links, the first 100");
}

static void
test_crawl_row (void)
{
  g_autoptr (GDateTime) noon = g_date_time_new_utc (2026, 11, 27, 12, 0, 0);
  g_autoptr (GDateTime) later = g_date_time_new_utc (2026, 11, 27, 12, 30, 0);
  g_autoptr (GDateTime) soon = g_date_time_new_utc (2026, 11, 27, 12, 0, 30);
  g_autoptr (GDateTime) next_year = g_date_time_new_utc (2027, 11, 27, 12, 0, 30);
  MillCrawlSummary summary = { .known = 40, .done = 20, .dead = 3, .left = 17, .ended = noon };

  assert_text (mill_crawl_words_row (&summary, later),
               "can go on · 23 of 40 known pages · 3 failed · today 12:00");
  summary.left = 0;
  assert_text (mill_crawl_words_row (&summary, soon), "finished · 23 pages · 3 failed · just now");
  summary.dead = 0;
  summary.is_in_use = TRUE;
  summary.ended = NULL;
  assert_text (mill_crawl_words_row (&summary, soon), "running · 20 pages");
  summary.ended = noon;
  assert_text (mill_crawl_words_row (&summary, next_year), "running · 20 pages · 27 Nov 2026, 12:00");
}

static void
test_crawl_address (void)
{
  static const char *const cases[][2] = {
    { "example.org", "https://example.org" },
    { " example.org/a ", "https://example.org/a" },
    { "http://example.org", "http://example.org" },
    /* An address in a query is no scheme; nor is a port. */
    { "example.org/?next=https://x.org", "https://example.org/?next=https://x.org" },
    { "example.org?next=https://x.org", "https://example.org?next=https://x.org" },
    { "example.org:8443/", "https://example.org:8443/" },
    /* On this machine, and by number. */
    { "localhost", "http://localhost" },
    { "Localhost:8080/a", "http://Localhost:8080/a" },
    { "localhost.example.org", "https://localhost.example.org" },
    { "127.0.0.1:8080", "http://127.0.0.1:8080" },
    { "[::1]:8080/", "http://[::1]:8080/" },
    /* Names may begin with a digit. */
    { "3m.com", "https://3m.com" },
    { "1password.com/a", "https://1password.com/a" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *address = mill_crawl_address_complete (cases[i][0]);

      g_assert_cmpstr (address, ==, cases[i][1]);
    }
}

static void
make_file (const char *path, gint64 time_s)
{
  const struct utimbuf times = { .actime = time_s, .modtime = time_s };

  g_assert_true (g_file_set_contents (path, "SQLite format 3", 16, NULL));
  g_assert_cmpint (utime (path, &times), ==, 0);
}

/* The newest first, wherever they are; what is gone is left out. */
static void
test_run_files_list (void)
{
  g_autofree char *folder = g_dir_make_tmp ("millrace-runs-XXXXXX", NULL);
  g_autofree char *runs = g_build_filename (folder, "deep", "runs", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *first = mill_run_files_new_path (runs, "https://www.example.org/a b", &error);
  g_autofree char *second = NULL;
  g_autofree char *wal = g_strconcat (first, "-wal", NULL);
  g_autofree char *other = g_build_filename (folder, "other.sqlite", NULL);
  const char *elsewhere[] = { other, "/nowhere/at/all", NULL };
  g_autoptr (GFile) file = NULL;
  GPtrArray *paths;

  g_assert_no_error (error);
  g_assert_nonnull (strstr (first, "/deep/runs/www.example.org 2"));
  g_assert_true (g_str_has_suffix (first, MILL_RUN_FILE_SUFFIX));
  make_file (first, 1000);
  second = mill_run_files_new_path (runs, "https://www.example.org/", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (first, !=, second);
  make_file (second, 3000);
  make_file (other, 2000);

  paths = mill_run_files_list (runs, elsewhere, 10);
  g_assert_cmpuint (paths->len, ==, 3);
  g_assert_cmpstr (g_ptr_array_index (paths, 0), ==, second);
  g_assert_cmpstr (g_ptr_array_index (paths, 1), ==, other);
  g_ptr_array_unref (paths);

  /* What was written last may be beside the file still. */
  make_file (wal, 4000);
  paths = mill_run_files_list (runs, elsewhere, 1);
  g_assert_cmpuint (paths->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (paths, 0), ==, first);
  g_ptr_array_unref (paths);

  file = g_file_new_for_path (other);
  g_assert_true (mill_run_files_is_one (file));
  g_assert_true (g_file_set_contents (other, "[Job]\nname=x\n", -1, NULL));
  g_assert_false (mill_run_files_is_one (file));

  mill_run_files_delete (first);
  mill_run_files_delete (second);
  mill_run_files_delete (other);
  paths = mill_run_files_list (runs, elsewhere, 10);
  g_assert_cmpuint (paths->len, ==, 0);
  g_ptr_array_unref (paths);
  g_assert_false (g_file_test (wal, G_FILE_TEST_EXISTS));
  g_rmdir (runs);
  g_free (g_steal_pointer (&first));
  first = g_build_filename (folder, "deep", NULL);
  g_rmdir (first);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* (transfer full): the path of a run file that was closed at @time_s */
static char *
make_run (const char *runs, const char *name, const char *source, gint64 time_s)
{
  const struct utimbuf times = { .actime = time_s, .modtime = time_s };
  g_autofree char *text = g_strdup_printf ("[Job]\nname=%s\n[Source]\n%s\n[Stage work]\nkind=async\n"
                                           "step=fetch\n[Sink]\ntype=count\n",
                                           name, source);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  g_autoptr (MillJob) job = mill_job_new_from_bytes (bytes, "job", &error);
  g_autoptr (MillPipeline) pipeline = job != NULL ? mill_job_build (job, &error) : NULL;
  char *path = mill_run_files_new_named_path (runs, name, NULL);

  g_assert_no_error (error);
  g_assert_true (mill_run_record (pipeline, job, path, 0, &error));
  g_assert_no_error (error);
  g_clear_object (&pipeline);
  g_assert_cmpint (utime (path, &times), ==, 0);
  return path;
}

static gboolean
is_there (const char *path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* The oldest go, but no crawls, and nothing that is no run file. */
static void
test_run_files_prune (void)
{
  g_autofree char *folder = g_dir_make_tmp ("millrace-runs-XXXXXX", NULL);
  g_autofree char *old = make_run (folder, "../.old/", "type=count\nitems=3", 1000);
  g_autofree char *crawl = make_run (folder, "crawl", "type=crawl\nstart=http://127.0.0.1/", 500);
  g_autofree char *middle = make_run (folder, "", "type=count\nitems=3", 2000);
  g_autofree char *new = make_run (folder, "新 new", "type=count\nitems=3", 3000);
  g_autofree char *strange = g_build_filename (folder, "strange" MILL_RUN_FILE_SUFFIX, NULL);
  const char *const paths[] = { crawl, new, strange };

  g_assert_nonnull (strstr (old, "/_._.old_ 2"));
  g_assert_nonnull (strstr (middle, "/run 2"));
  g_assert_nonnull (strstr (new, "/新 new 2"));
  make_file (strange, 100);
  mill_run_files_prune (folder, 3);
  g_assert_true (is_there (old));
  mill_run_files_prune (folder, 2);
  g_assert_false (is_there (old));
  g_assert_true (is_there (middle));
  mill_run_files_prune (folder, 1);
  g_assert_false (is_there (middle));
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_assert_true (is_there (paths[i]));
      mill_run_files_delete (paths[i]);
    }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* A recording is spoken of as the run was, and says what it lacks. */
static void
test_record_words (void)
{
  g_autoptr (GDateTime) noon = g_date_time_new_local (2026, 11, 27, 12, 0, 0);
  g_autoptr (GDateTime) before = g_date_time_add_seconds (noon, -2.5);
  MillRunFacts facts = { .name = (char *) "Run",
                         .state = MILL_STATE_FINISHED,
                         .started = before,
                         .ended = noon,
                         .produced = 1200,
                         .done = 1190,
                         .dead = 10 };

  assert_text (mill_record_words_row (&facts, noon), "finished · 1,190 done · 10 failed · just now");
  assert_text (mill_record_words_sentence (&facts),
               "Finished: 1,190 done and 10 failed for good, in 2.50 s.");
  facts.unrecorded = 1;
  assert_text (mill_record_words_sentence (&facts),
               "Finished: 1,190 done and 10 failed for good, in 2.50 s. 1 item is not in the recording.");
  facts.state = MILL_STATE_RUNNING;
  facts.ended = NULL;
  facts.unrecorded = 0;
  facts.is_in_use = TRUE;
  assert_text (mill_record_words_row (&facts, noon), "running · 1,190 done · 10 failed · just now");
  assert_text (mill_record_words_sentence (&facts), "This run goes on elsewhere: 1,190 done so far.");
  facts.is_in_use = FALSE;
  facts.is_cut_off = TRUE;
  assert_text (mill_record_words_row (&facts, noon), "broken off · 1,190 done · 10 failed · just now");
  assert_text (mill_record_words_sentence (&facts),
               "The recording breaks off, as the program did: 1,190 done until then.");
}

static void
test_run_files_no_folder (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (mill_run_files_new_path ("/dev/null/runs", NULL, &error));
  g_assert_nonnull (strstr (error->message, "/dev/null/runs"));
}

/* Durations of one length at a time: a span's percentiles tell of when it is. */
static void
test_latency_log (void)
{
  g_autoptr (MillLatencyLog) log = mill_latency_log_new ();
  g_autoptr (MillHistogram) all = mill_histogram_new ();
  g_autoptr (MillHistogram) span = NULL;
  gint64 from = 0, to = G_USEC_PER_SEC, second;
  gsize memory;

  span = mill_latency_log_get (log, &from, &to);
  g_assert_cmpuint (mill_histogram_get_count (span), ==, 0);
  g_assert_cmpuint (mill_latency_log_get_memory (log), ==, 0);
  mill_latency_log_add (log, 0, all);
  memory = mill_latency_log_get_memory (log);
  for (second = 0; second < 7200; second++)
    {
      mill_latency_log_add (log, second * G_USEC_PER_SEC, all);
      mill_histogram_record_many (all, second < 3600 ? 1000 : 50000, 10);
    }
  mill_latency_log_add (log, 7200 * (gint64) G_USEC_PER_SEC, all);
  g_assert_cmpuint (memory, <, 1600000);
  g_assert_cmpuint (mill_latency_log_get_memory (log), ==, memory);

  mill_histogram_free (span);
  from = 1000 * (gint64) G_USEC_PER_SEC;
  to = 2000 * (gint64) G_USEC_PER_SEC;
  span = mill_latency_log_get (log, &from, &to);
  g_assert_cmpint (from, <=, 1000 * (gint64) G_USEC_PER_SEC);
  g_assert_cmpint (to, >=, 2000 * (gint64) G_USEC_PER_SEC);
  g_assert_cmpuint (mill_histogram_get_count (span), ==, (guint64) (to - from) / G_USEC_PER_SEC * 10);
  g_assert_cmpint (mill_histogram_get_percentile (span, 99), <, 1010);

  mill_histogram_free (span);
  from = 5000 * (gint64) G_USEC_PER_SEC;
  to = 7200 * (gint64) G_USEC_PER_SEC;
  span = mill_latency_log_get (log, &from, &to);
  g_assert_cmpint (to, ==, 7200 * (gint64) G_USEC_PER_SEC);
  g_assert_cmpint (mill_histogram_get_percentile (span, 1), >, 49500);

  /* Nothing is lost at the end, however long ago the last moment was. */
  mill_histogram_free (span);
  from = 0;
  to = 8000 * (gint64) G_USEC_PER_SEC;
  span = mill_latency_log_get (log, &from, &to);
  g_assert_cmpuint (mill_histogram_get_count (span), ==, 72000);
}

/* Durations from a microsecond to hours: more buckets than there is place for. What is left of a span is what
 * was recorded in it, known a bit less well. */
static void
test_latency_log_spread (void)
{
  g_autoptr (MillLatencyLog) log = mill_latency_log_new ();
  g_autoptr (MillHistogram) all = mill_histogram_new ();
  g_autoptr (MillHistogram) span = NULL;
  const gint64 first_us = 200 * (gint64) G_USEC_PER_SEC, second_us = 300 * (gint64) G_USEC_PER_SEC;
  gint64 from = first_us, to = second_us, second;
  double value;
  gsize memory;

  for (second = 0; second < 200; second++)
    {
      mill_latency_log_add (log, second * G_USEC_PER_SEC, all);
      mill_histogram_record (all, 20000 + second * 10);
    }
  mill_latency_log_add (log, first_us, all);
  memory = mill_latency_log_get_memory (log);
  for (value = 1; value < 1e10; value *= 1.002)
    mill_histogram_record (all, (gint64) value);
  mill_latency_log_add (log, second_us, all);
  g_assert_cmpuint (mill_latency_log_get_memory (log), ==, memory);

  span = mill_latency_log_get (log, &from, &to);
  g_assert_cmpint (from, ==, first_us);
  g_assert_cmpint (to, ==, second_us);
  g_assert_cmpuint (mill_histogram_get_count (span), ==, mill_histogram_get_count (all) - 200);
  g_assert_cmpint (mill_histogram_get_percentile (span, 50), >, 100000 * 95 / 100);
  g_assert_cmpint (mill_histogram_get_percentile (span, 50), <, 100000 * 105 / 100);

  /* Before them, too, all is as it was. */
  mill_histogram_free (span);
  from = 0;
  to = first_us;
  span = mill_latency_log_get (log, &from, &to);
  g_assert_cmpuint (mill_histogram_get_count (span), ==, 200);
  g_assert_cmpint (mill_histogram_get_percentile (span, 50), >, 20000);
  g_assert_cmpint (mill_histogram_get_percentile (span, 50), <, 22000);
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/layout/one-row", test_layout_one_row);
  g_test_add_func ("/layout/room-goes-to-stages-then-pipes", test_layout_room_goes_to_stages_then_pipes);
  g_test_add_func ("/layout/breaks-between-groups", test_layout_breaks_between_groups);
  g_test_add_func ("/layout/narrower-than-the-minimum", test_layout_narrower_than_the_minimum);
  g_test_add_func ("/figures/rates-and-shares", test_figures_rates_and_shares);
  g_test_add_func ("/figures/of-nothing", test_figures_of_nothing);
  g_test_add_func ("/words/spans", test_words_spans);
  g_test_add_func ("/words/percent-keeps-the-ends", test_words_percent_keeps_the_ends);
  g_test_add_func ("/words/left", test_words_left);
  g_test_add_func ("/summary/finished", test_summary_finished);
  g_test_add_func ("/summary/stopped", test_summary_stopped);
  g_test_add_func ("/summary/failed", test_summary_failed);
  g_test_add_func ("/summary/stuck", test_summary_stuck);
  g_test_add_func ("/summary/that-does-not-add-up", test_summary_that_does_not_add_up);
  g_test_add_func ("/crawl/sentences", test_crawl_sentences);
  g_test_add_func ("/crawl/of-one-page", test_crawl_of_one_page);
  g_test_add_func ("/crawl/facts", test_crawl_facts);
  g_test_add_func ("/crawl/row", test_crawl_row);
  g_test_add_func ("/crawl/address", test_crawl_address);
  g_test_add_func ("/run-files/list", test_run_files_list);
  g_test_add_func ("/run-files/no-folder", test_run_files_no_folder);
  g_test_add_func ("/latency-log/over-time", test_latency_log);
  g_test_add_func ("/latency-log/spread", test_latency_log_spread);
  g_test_add_func ("/run-files/prune", test_run_files_prune);
  g_test_add_func ("/record-words", test_record_words);

  return g_test_run ();
}
