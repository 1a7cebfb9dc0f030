/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A crawl whose storage fails on the way ends with one clear message, kills no page, and goes on later as if
 * nothing had been. */

#include "config.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <sqlite3.h>
#include <string.h>

#include "crawl/mill-crawl-record.h"
#include "failing-vfs.h"
#include "hostile-crawl.h"
#include "test-parts.h"

#define PAGES 40

typedef struct
{
  HostileCrawl crawl;
  char *away;   /* (owned) where the save folder is moved to */
  char *folder; /* (owned) of the run file */
  char *path;   /* (owned) of the run file, which is not there yet */
  GString *start;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  HostileCrawl *crawl = &fixture->crawl;

  hostile_crawl_set_up (crawl, data);
  fixture->folder = g_dir_make_tmp ("mill-crawl-failures-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "run.sqlite", NULL);
  fixture->away = g_build_filename (fixture->folder, "away", NULL);
  fixture->start = g_string_new (NULL);
  for (guint i = 1; i < PAGES; i++)
    g_string_append_printf (fixture->start, "<a href=/p/%u>x</a>", i);
  hostile_server_set (crawl->server, "/", hostile_act_html, fixture->start->str);
  hostile_server_set (crawl->server, "/p/", hostile_act_html, "page");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  hostile_crawl_tear_down (&fixture->crawl, data);
  test_remove_tree (fixture->folder);
  g_string_free (fixture->start, TRUE);
  g_free (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->away);
}

/* Runs it to its end. Returns: (transfer full): how it ended */
static MillSnapshot *
run (MillPipeline *pipeline)
{
  g_autoptr (GError) error = NULL;
  MillSnapshot *end;

  mill_pipeline_start (pipeline, &error);
  g_assert_no_error (error);
  g_assert_true (mill_pipeline_join (pipeline, NULL, NULL));
  end = mill_pipeline_snapshot (pipeline);
  g_assert_true (mill_snapshot_is_conserved (end));
  return end;
}

static MillSnapshot *
begin (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillJob) job = mill_crawl_job_new (&fixture->crawl.options, &error);
  g_autoptr (MillPipeline) pipeline = NULL;

  g_assert_no_error (error);
  pipeline = mill_job_build (job, &error);
  g_assert_no_error (error);
  mill_crawl_record (pipeline, job, fixture->path, &error);
  g_assert_no_error (error);
  return run (pipeline);
}

/* It has failed, and says why; no page is dead. */
static void
assert_failed (const MillSnapshot *end, const char *place, const char *words)
{
  g_assert_cmpint (end->state, ==, MILL_STATE_FAILED);
  g_test_message ("%s", end->error);
  g_assert_nonnull (strstr (end->error, place));
  g_assert_nonnull (strstr (end->error, words));
  g_assert_cmpuint (end->dead, ==, 0);
  g_assert_cmpuint (end->done, <, PAGES);
}

/* Every page is there in the end. */
static void
go_on (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillPipeline) pipeline = mill_crawl_resume (fixture->path, &error);
  g_autoptr (MillSnapshot) end = NULL;

  g_assert_no_error (error);
  end = run (pipeline);
  g_assert_cmpint (end->state, ==, MILL_STATE_FINISHED);
  g_assert_cmpuint (end->dead, ==, 0);
  g_assert_cmpuint (hostile_crawl_count_files (&fixture->crawl), ==, PAGES);
}

static void
act_move_away (HostileTalk *talk)
{
  const Fixture *fixture = talk->user_data;

  if (talk->times == 1)
    g_assert_cmpint (g_rename (fixture->crawl.folder, fixture->away), ==, 0);
  hostile_say_page (talk, "text/html", "page", 4);
}

/* The folder is moved before one of the first pages is answered. */
static void
test_save_folder (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MillSnapshot) end = NULL;
  g_autofree char *left_over = g_build_filename (fixture->crawl.folder, ".millrace-77-0.part", NULL);

  hostile_server_set (fixture->crawl.server, "/p/5", act_move_away, fixture);
  end = begin (fixture);
  assert_failed (end, fixture->crawl.folder, "is not there any more");
  g_assert_false (g_file_test (fixture->crawl.folder, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_rename (fixture->away, fixture->crawl.folder), ==, 0);
  /* As a program that is killed leaves it. */
  g_assert_true (g_file_set_contents (left_over, "half a pa", -1, NULL));
  go_on (fixture);
  g_assert_false (g_file_test (left_over, G_FILE_TEST_EXISTS));
}

static void
act_fill_disk (HostileTalk *talk)
{
  if (talk->times == 1)
    failing_vfs_arm (0, SQLITE_FULL);
  hostile_say_page (talk, "text/html", "page", 4);
}

/* Answers once the run file has met the full disk. */
static void
act_wait_for_failure (HostileTalk *talk)
{
  while (!failing_vfs_has_failed () && hostile_listen (talk, G_TIME_SPAN_MILLISECOND))
    ;
  hostile_say_page (talk, "text/html", "page", 4);
}

/* No page after that is kept as done, so what is fetched twice is at most what was in work. */
static void
test_run_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MillSnapshot) end = NULL;

  /* Before the file is opened: it is the disk that fails, not the file. */
  failing_vfs_arm (G_MAXINT, SQLITE_FULL);
  hostile_server_set (fixture->crawl.server, "/p/5", act_fill_disk, NULL);
  /* Nothing more comes before the run has noticed. */
  hostile_server_set (fixture->crawl.server, "/p/20", act_wait_for_failure, NULL);
  end = begin (fixture);
  g_assert_true (failing_vfs_disarm ());
  assert_failed (end, "run.sqlite", "the disk is full");
  go_on (fixture);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/crawl-failures/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("save-folder", test_save_folder);
  ADD ("run-file", test_run_file);
#undef ADD
  return g_test_run ();
}
