/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Crawls of a hostile server. */

#include "config.h"

#include "hostile-crawl.h"

#include <string.h>

#include "test-parts.h"

#define START_PAGE "<a href=/bad>bad</a> <a href=/good>good</a>"

void
hostile_crawl_set_up (HostileCrawl *crawl, gconstpointer data)
{
  crawl->server = hostile_server_new (NULL);
  hostile_server_set (crawl->server, "/", hostile_act_html, START_PAGE);
  hostile_server_set (crawl->server, "/good", hostile_act_html, "good");
  crawl->folder = g_dir_make_tmp ("mill-hostile-XXXXXX", NULL);
  crawl->start[0] = g_strconcat (hostile_server_get_base (crawl->server), "/", NULL);
  crawl->urls[0] = crawl->start[0];
  mill_crawl_options_init (&crawl->options, crawl->urls);
  crawl->options.delay_ms = 0;
  crawl->options.per_host = 1;
  crawl->options.retries = 0;
  crawl->options.folder = crawl->folder;
  crawl->max_body = 1;
  crawl->max_stall = 60.0;
  crawl->min_speed = 100;
}

/* Returns how many files a folder holds, at any depth. */
static guint
count_files (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  guint n_files = dir == NULL ? 1 : 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      n_files += count_files (child);
    }
  return n_files;
}

void
hostile_crawl_tear_down (HostileCrawl *crawl, gconstpointer data)
{
  g_assert_cmpuint (hostile_server_get_malformed (crawl->server), ==, 0);
  /* First: an act that comes late still turns a knob. */
  hostile_server_free (crawl->server);
  g_clear_pointer (&crawl->end, mill_snapshot_unref);
  g_clear_object (&crawl->pipeline);
  test_remove_tree (crawl->folder);
  g_free (crawl->folder);
  g_free (crawl->start[0]);
  g_free (crawl->start[1]);
}

static void
set_knob (HostileCrawl *crawl, const char *path, double value)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillKnob) knob = mill_pipeline_find_knob (crawl->pipeline, path, &error);
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_assert_no_error (error);
  mill_knob_set_text (knob, g_ascii_formatd (text, sizeof text, "%g", value), &error);
  g_assert_no_error (error);
}

void
hostile_crawl_limit_bad (HostileCrawl *crawl, const char *limit, double seconds, HostileAct act,
                         gconstpointer user_data)
{
  crawl->limit = limit;
  crawl->limit_s = seconds;
  crawl->bad_act = act;
  crawl->bad_data = user_data;
}

/* A request keeps the limits that it began with. This one has begun, and the next one is that of "/bad". */
static void
act_before_bad (HostileTalk *talk)
{
  HostileCrawl *crawl = (HostileCrawl *) talk->user_data;

  set_knob (crawl, crawl->limit, crawl->limit_s);
  talk->user_data = START_PAGE;
  hostile_act_html (talk);
}

static void
act_bad (HostileTalk *talk)
{
  HostileCrawl *crawl = (HostileCrawl *) talk->user_data;

  set_knob (crawl, crawl->limit, crawl->usual_limit_s);
  talk->user_data = crawl->bad_data;
  crawl->bad_act (talk);
}

static void
prepare_limit (HostileCrawl *crawl)
{
  g_autoptr (MillKnob) knob = mill_pipeline_find_knob (crawl->pipeline, crawl->limit, NULL);

  crawl->usual_limit_s = mill_knob_get_number (knob);
  hostile_server_set (crawl->server, "/", act_before_bad, crawl);
  hostile_server_set (crawl->server, "/bad", act_bad, crawl);
}

static void
run (HostileCrawl *crawl)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillJob) job = mill_crawl_job_new (&crawl->options, &error);

  g_assert_no_error (error);
  crawl->pipeline = mill_job_build (job, &error);
  g_assert_no_error (error);
  set_knob (crawl, "fetch.max-body", crawl->max_body);
  set_knob (crawl, "fetch.max-stall", crawl->max_stall);
  set_knob (crawl, "fetch.min-speed", crawl->min_speed);
  set_knob (crawl, "fetch.backoff", 0.001);
  if (crawl->limit != NULL)
    prepare_limit (crawl);
  mill_pipeline_start (crawl->pipeline, &error);
  g_assert_no_error (error);
  g_assert_true (mill_pipeline_join (crawl->pipeline, NULL, NULL));
  crawl->end = mill_pipeline_snapshot (crawl->pipeline);
  g_assert_true (mill_snapshot_is_conserved (crawl->end));
  g_assert_cmpuint (crawl->end->unfinished, ==, 0);
  g_assert_cmpuint (crawl->end->workers_alive, ==, 0);
}

static void
tell_dead_letters (HostileCrawl *crawl)
{
  g_autoptr (GPtrArray) letters = mill_pipeline_get_dead_letters (crawl->pipeline);

  for (guint i = 0; i < letters->len; i++)
    {
      const MillDeadLetter *letter = g_ptr_array_index (letters, i);

      g_test_message ("%s: %s", mill_item_get_key (letter->item), letter->error->message);
    }
}

void
hostile_crawl_run (HostileCrawl *crawl, const char *start)
{
  crawl->start[1] = g_strdup (start);
  crawl->urls[1] = crawl->start[1];
  run (crawl);
  g_assert_cmpint (crawl->end->state, ==, MILL_STATE_FINISHED);
  g_assert_cmpuint (crawl->end->returned, ==, 0);
  hostile_crawl_assert_asked (crawl, "/good", 1);
  tell_dead_letters (crawl);
}

void
hostile_crawl_run_to_failure (HostileCrawl *crawl)
{
  run (crawl);
  g_assert_cmpint (crawl->end->state, ==, MILL_STATE_FAILED);
  g_assert_cmpuint (crawl->end->produced, ==, 0);
}

void
hostile_crawl_assert_done (HostileCrawl *crawl)
{
  g_assert_cmpuint (crawl->end->dead, ==, 0);
  g_assert_cmpuint (crawl->end->done, ==, 3);
  hostile_crawl_assert_asked (crawl, "/bad", 1);
}

/* @path: of the server, or a whole address */
void
hostile_crawl_assert_dead (HostileCrawl *crawl, const char *path, const char *words, guint times)
{
  g_autoptr (GPtrArray) letters = mill_pipeline_get_dead_letters (crawl->pipeline);
  const MillDeadLetter *letter;

  g_assert_cmpuint (crawl->end->dead, ==, 1);
  g_assert_cmpuint (letters->len, ==, 1);
  letter = g_ptr_array_index (letters, 0);
  g_assert_true (g_str_has_suffix (mill_item_get_key (letter->item), path));
  if (strstr (letter->error->message, words) == NULL)
    g_error ("“%s” does not say “%s”", letter->error->message, words);
  g_assert_true (g_utf8_validate (letter->error->message, -1, NULL));
  g_assert_null (mill_item_get_payload (letter->item));
  g_assert_cmpuint (letter->attempts, ==, times);
}

void
hostile_crawl_assert_asked (HostileCrawl *crawl, const char *path, guint times)
{
  g_assert_cmpuint (hostile_server_get_asked (crawl->server, path), ==, times);
}

void
hostile_crawl_assert_problem (HostileCrawl *crawl, const char *words)
{
  MillSource *source = mill_pipeline_get_source (crawl->pipeline);
  g_auto (GStrv) problems = mill_crawl_source_dup_problems (MILL_CRAWL_SOURCE (source));

  g_assert_cmpuint (g_strv_length (problems), ==, 1);
  g_test_message ("%s", problems[0]);
  if (strstr (problems[0], words) == NULL)
    g_error ("“%s” does not say “%s”", problems[0], words);
}

guint
hostile_crawl_count_files (HostileCrawl *crawl)
{
  return count_files (crawl->folder);
}
