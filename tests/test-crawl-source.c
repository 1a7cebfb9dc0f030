/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Crawls from end to end: MillCrawlSource, the fetch, links and save steps, and the job that joins them. */

#include "config.h"

#include <locale.h>
#include <string.h>

#include "core/mill-error.h"
#include "crawl/mill-crawl-job.h"
#include "crawl/mill-robots.h"
#include "demo/mill-demo-site.h"
#include "sources/mill-crawl-source.h"
#include "steps/mill-links-step.h"
#include "test-parts.h"
#include "test-web-server.h"

#define HTML "text/html; charset=utf-8"

typedef struct
{
  TestWebServer *server;    /* (owned) */
  char *folder;             /* (owned) */
  const char *urls[3];      /* (unowned) */
  char *start;              /* (owned) (nullable) */
  MillCrawlOptions options; /* quick, not polite */
  MillPipeline *pipeline;   /* (owned) (nullable) */
  MillSnapshot *end;        /* (owned) (nullable) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = test_web_server_new ();
  fixture->folder = g_dir_make_tmp ("mill-crawl-XXXXXX", NULL);
  mill_crawl_options_init (&fixture->options, fixture->urls);
  fixture->options.delay_ms = 0;
  fixture->options.retries = 0;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->end, mill_snapshot_unref);
  g_clear_object (&fixture->pipeline);
  test_web_server_free (fixture->server);
  test_remove_tree (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->start);
}

static void
start_crawl (Fixture *fixture, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillJob) job = NULL;

  g_free (fixture->start);
  fixture->start = test_web_server_url (fixture->server, path);
  if (fixture->urls[0] == NULL)
    fixture->urls[0] = fixture->start;
  job = mill_crawl_job_new (&fixture->options, &error);
  g_assert_no_error (error);
  fixture->pipeline = mill_job_build (job, &error);
  g_assert_no_error (error);
  mill_pipeline_start (fixture->pipeline, &error);
  g_assert_no_error (error);
}

static void
end_crawl (Fixture *fixture)
{
  g_assert_true (mill_pipeline_join (fixture->pipeline, NULL, NULL));
  fixture->end = mill_pipeline_snapshot (fixture->pipeline);
  g_assert_true (mill_snapshot_is_conserved (fixture->end));
  g_assert_cmpuint (fixture->end->unfinished, ==, 0);
  g_assert_cmpuint (fixture->end->workers_alive, ==, 0);
}

static void
crawl (Fixture *fixture, const char *path)
{
  start_crawl (fixture, path);
  end_crawl (fixture);
}

static void
get_counts (Fixture *fixture, MillFrontierCounts *counts)
{
  MillSource *source = mill_pipeline_get_source (fixture->pipeline);

  g_assert_true (mill_crawl_source_get_counts (MILL_CRAWL_SOURCE (source), counts));
}

static void
assert_asked (Fixture *fixture, const char *path, guint times)
{
  g_assert_cmpuint (test_web_server_get_asked (fixture->server, path), ==, times);
}

/* Each page once, whoever links to it; a dead link with its reason and the page it is on. */
static void
test_site (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) letters = NULL;
  const MillDeadLetter *letter;

  test_web_server_set_page (fixture->server, "/", HTML,
                            "<a href=a.html>a</a> <a href=/b/>b</a> <a href=http://elsewhere.invalid/>c</a>");
  test_web_server_set_page (fixture->server, "/a.html", HTML,
                            "<a href=/>up</a> <a href=b/#x>b</a> <a href=gone>d</a>");
  test_web_server_set_page (fixture->server, "/b/", HTML, "<a href=../a.html>a</a> <a href=note.txt>e</a>");
  test_web_server_set_page (fixture->server, "/b/note.txt", "text/plain", "<a href=/not-a-link>f</a>");
  fixture->options.folder = fixture->folder;
  crawl (fixture, "/");
  g_assert_cmpint (fixture->end->state, ==, MILL_STATE_FINISHED);
  g_assert_cmpuint (fixture->end->produced, ==, 5);
  g_assert_cmpuint (fixture->end->done, ==, 4);
  g_assert_cmpuint (fixture->end->dead, ==, 1);
  g_assert_cmpint (fixture->end->total, ==, 5);
  assert_asked (fixture, "/", 1);
  assert_asked (fixture, "/a.html", 1);
  assert_asked (fixture, "/b/", 1);
  assert_asked (fixture, "/robots.txt", 1);
  assert_asked (fixture, "/not-a-link", 0);
  letters = mill_pipeline_get_dead_letters (fixture->pipeline);
  g_assert_cmpuint (letters->len, ==, 1);
  letter = g_ptr_array_index (letters, 0);
  g_assert_true (g_str_has_suffix (mill_item_get_key (letter->item), "/gone"));
  g_assert_true (g_str_has_suffix (mill_item_get_attribute (letter->item, "referrer"), "/a.html"));
  g_assert_cmpstr (mill_item_get_attribute (letter->item, "depth"), ==, "2");
  g_assert_cmpstr (letter->error->message, ==, "404 Not Found");
  g_assert_cmpstr (letter->stage, ==, "fetch");
}

static void
assert_saved (Fixture *fixture, const char *path, const char *contents)
{
  const char *port = strrchr (fixture->server->base, ':') + 1;
  g_autofree char *host = g_strdup_printf ("127.0.0.1_%s", port);
  g_autofree char *file = g_build_filename (fixture->folder, host, path, NULL);
  g_autofree char *found = NULL;

  g_assert_true (g_file_get_contents (file, &found, NULL, NULL));
  g_assert_cmpstr (found, ==, contents);
}

static void
test_saves (Fixture *fixture, gconstpointer data)
{
  test_web_server_set_page (fixture->server, "/", HTML, "<a href=d/a.html>a</a>");
  test_web_server_set_page (fixture->server, "/d/a.html", HTML, "page a");
  fixture->options.folder = fixture->folder;
  crawl (fixture, "/");
  g_assert_cmpuint (fixture->end->done, ==, 2);
  assert_saved (fixture, "index.html", "<a href=d/a.html>a</a>");
  assert_saved (fixture, "d/a.html", "page a");
}

static void
test_depth (Fixture *fixture, gconstpointer data)
{
  MillFrontierCounts counts;

  test_web_server_set_page (fixture->server, "/", HTML, "<a href=1>1</a>");
  test_web_server_set_page (fixture->server, "/1", HTML, "<a href=2>2</a>");
  test_web_server_set_page (fixture->server, "/2", HTML, "");
  fixture->options.max_depth = 1;
  crawl (fixture, "/");
  g_assert_cmpuint (fixture->end->done, ==, 2);
  assert_asked (fixture, "/2", 0);
  get_counts (fixture, &counts);
  g_assert_cmpuint (counts.skipped_depth, ==, 1);
}

static void
test_pages (Fixture *fixture, gconstpointer data)
{
  test_web_server_set_page (fixture->server, "/", HTML, "<a href=1>1</a> <a href=2>2</a> <a href=3>3</a>");
  test_web_server_set_page (fixture->server, "/1", HTML, "");
  test_web_server_set_page (fixture->server, "/2", HTML, "");
  fixture->options.max_pages = 2;
  crawl (fixture, "/");
  g_assert_cmpint (fixture->end->state, ==, MILL_STATE_FINISHED);
  g_assert_cmpuint (fixture->end->produced, ==, 2);
  g_assert_cmpint (fixture->end->total, ==, 2);
}

static void
test_robots (Fixture *fixture, gconstpointer data)
{
  MillFrontierCounts counts;

  test_web_server_set_page (fixture->server, "/robots.txt", "text/plain",
                            "User-agent: *\nDisallow: /secret\n");
  test_web_server_set_page (fixture->server, "/", HTML, "<a href=secret/x>x</a> <a href=open>y</a>");
  test_web_server_set_page (fixture->server, "/open", HTML, "");
  crawl (fixture, "/");
  g_assert_cmpuint (fixture->end->produced, ==, 2);
  assert_asked (fixture, "/secret/x", 0);
  get_counts (fixture, &counts);
  g_assert_cmpuint (counts.skipped_robots, ==, 1);
}

static void
test_robots_ignored (Fixture *fixture, gconstpointer data)
{
  test_web_server_set_page (fixture->server, "/robots.txt", "text/plain", "User-agent: *\nDisallow: /\n");
  test_web_server_set_page (fixture->server, "/", HTML, "");
  fixture->options.obey_robots = FALSE;
  crawl (fixture, "/");
  g_assert_cmpuint (fixture->end->done, ==, 1);
  assert_asked (fixture, "/robots.txt", 0);
}

/* robots.txt may be up to five redirects away; farther, it counts as not there. */
static void
test_robots_redirected (Fixture *fixture, gconstpointer data)
{
  test_web_server_set_status (fixture->server, "/robots.txt", "301 Moved", "Location: /r1\r\n");
  test_web_server_set_status (fixture->server, "/r1", "301 Moved", "Location: /r2\r\n");
  test_web_server_set_page (fixture->server, "/r2", "text/plain", "User-agent: *\nDisallow: /x\n");
  test_web_server_set_page (fixture->server, "/", HTML, "<a href=x>x</a>");
  crawl (fixture, "/");
  g_assert_cmpuint (fixture->end->produced, ==, 1);
  assert_asked (fixture, "/x", 0);
}

static void
test_robots_loop (Fixture *fixture, gconstpointer data)
{
  test_web_server_set_status (fixture->server, "/robots.txt", "301 Moved", "Location: /robots.txt\r\n");
  test_web_server_set_page (fixture->server, "/", HTML, "");
  crawl (fixture, "/");
  g_assert_cmpuint (fixture->end->done, ==, 1);
  assert_asked (fixture, "/robots.txt", 6);
}

/* The part of a robots.txt beyond 500 KiB does not count; what comes before does. */
static void
test_robots_long (Fixture *fixture, gconstpointer data)
{
  g_autofree char *filler = g_strnfill (600 * 1024, '#');
  g_autofree char *body =
      g_strconcat ("User-agent: *\nDisallow: /x\n", filler, "\nUser-agent: *\nDisallow: /y\n", NULL);

  test_web_server_set_page (fixture->server, "/robots.txt", "text/plain", body);
  test_web_server_set_page (fixture->server, "/", HTML, "<a href=x>x</a> <a href=y>y</a>");
  test_web_server_set_page (fixture->server, "/y", HTML, "");
  crawl (fixture, "/");
  assert_asked (fixture, "/x", 0);
  assert_asked (fixture, "/y", 1);
}

/* A rule that the limit cuts is no rule: half of this one would forbid the whole site. */
static void
test_robots_cut (Fixture *fixture, gconstpointer data)
{
  const char *head = "User-agent: *\nDisallow: /x\n", *rule = "Disallow: /";
  g_autofree char *filler = g_strnfill (MILL_ROBOTS_MAX_BYTES - strlen (head) - 1 - strlen (rule), '#');
  g_autofree char *body = g_strconcat (head, filler, "\n", rule, "private/\n", NULL);

  test_web_server_set_page (fixture->server, "/robots.txt", "text/plain", body);
  test_web_server_set_page (fixture->server, "/", HTML, "<a href=x>x</a> <a href=y>y</a>");
  test_web_server_set_page (fixture->server, "/y", HTML, "");
  crawl (fixture, "/");
  assert_asked (fixture, "/x", 0);
  assert_asked (fixture, "/y", 1);
}

static void
assert_failed (Fixture *fixture, const char *word)
{
  g_assert_cmpint (fixture->end->state, ==, MILL_STATE_FAILED);
  g_assert_cmpuint (fixture->end->produced, ==, 0);
  g_assert_nonnull (fixture->end->error);
  g_assert_nonnull (strstr (fixture->end->error, word));
}

/* A server in trouble is left alone, and the crawl says so instead of finishing with nothing. */
static void
test_robots_unavailable (Fixture *fixture, gconstpointer data)
{
  test_web_server_set_status (fixture->server, "/robots.txt", "503 Service Unavailable", "");
  test_web_server_set_page (fixture->server, "/", HTML, "");
  crawl (fixture, "/");
  assert_failed (fixture, "503 Service Unavailable");
  assert_asked (fixture, "/", 0);
}

static void
test_all_disallowed (Fixture *fixture, gconstpointer data)
{
  test_web_server_set_page (fixture->server, "/robots.txt", "text/plain", "User-agent: *\nDisallow: /\n");
  crawl (fixture, "/");
  assert_failed (fixture, "robots.txt");
}

static void
test_unreachable (Fixture *fixture, gconstpointer data)
{
  g_autofree char *base = NULL;
  G_GNUC_UNUSED g_autoptr (GSocket) port = test_refusing_port_new (&base);

  fixture->urls[0] = base;
  crawl (fixture, "/");
  assert_failed (fixture, base);
}

/* Of two sites one is away: the other is crawled, and the problem named. */
static void
test_half_reachable (Fixture *fixture, gconstpointer data)
{
  g_autofree char *base = NULL;
  G_GNUC_UNUSED g_autoptr (GSocket) port = test_refusing_port_new (&base);
  g_auto (GStrv) problems = NULL;

  test_web_server_set_page (fixture->server, "/", HTML, "");
  fixture->urls[0] = base;
  fixture->urls[1] = fixture->server->base;
  crawl (fixture, "/");
  g_assert_cmpint (fixture->end->state, ==, MILL_STATE_FINISHED);
  g_assert_cmpuint (fixture->end->done, ==, 1);
  problems =
      mill_crawl_source_dup_problems (MILL_CRAWL_SOURCE (mill_pipeline_get_source (fixture->pipeline)));
  g_assert_cmpuint (g_strv_length (problems), ==, 1);
  g_assert_nonnull (strstr (problems[0], base));
}

/* A redirect is a link: within the site it is followed, from a page to elsewhere it is not. */
static void
test_redirects (Fixture *fixture, gconstpointer data)
{
  test_web_server_set_page (fixture->server, "/", HTML, "<a href=old>o</a> <a href=away>a</a>");
  test_web_server_set_status (fixture->server, "/old", "301 Moved Permanently", "Location: /new\r\n");
  test_web_server_set_status (fixture->server, "/away", "302 Found",
                              "Location: http://elsewhere.invalid/\r\n");
  test_web_server_set_page (fixture->server, "/new", HTML, "");
  fixture->options.folder = fixture->folder;
  crawl (fixture, "/");
  g_assert_cmpuint (fixture->end->produced, ==, 4);
  g_assert_cmpuint (fixture->end->done, ==, 4);
  assert_asked (fixture, "/new", 1);
}

/* Where a start address is sent, the crawl goes, and robots.txt is asked there too. */
static void
test_start_redirected (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TestWebServer) other = test_web_server_new ();
  g_autofree char *header = g_strdup_printf ("Location: %s/home\r\n", other->base);

  test_web_server_set_status (fixture->server, "/", "301 Moved Permanently", header);
  test_web_server_set_page (other, "/home", HTML, "<a href=a>a</a>");
  test_web_server_set_page (other, "/a", HTML, "");
  crawl (fixture, "/");
  g_assert_cmpuint (fixture->end->done, ==, 3);
  g_assert_cmpuint (test_web_server_get_asked (other, "/robots.txt"), ==, 1);
  g_assert_cmpuint (test_web_server_get_asked (other, "/a"), ==, 1);
}

/* A server that sends the crawl on for ever is left after a while. */
static void
test_start_redirected_for_ever (Fixture *fixture, gconstpointer data)
{
  fixture->options.max_depth = 3;
  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *path = g_strdup_printf ("/%u", i);
      g_autofree char *header = g_strdup_printf ("Location: /%u\r\n", i + 1);

      test_web_server_set_status (fixture->server, path, "302 Found", header);
    }
  crawl (fixture, "/0");
  g_assert_cmpint (fixture->end->state, ==, MILL_STATE_FINISHED);
  g_assert_cmpuint (fixture->end->produced, <=, 25);
}

static void
set_empty_pages (Fixture *fixture, const char *const *paths)
{
  for (; *paths != NULL; paths++)
    test_web_server_set_page (fixture->server, *paths, HTML, "");
}

static void
assert_all_asked (Fixture *fixture, guint times, const char *const *paths)
{
  for (; *paths != NULL; paths++)
    assert_asked (fixture, *paths, times);
}

/* The rules hold for links and for what pages redirect to; what they keep out is counted. */
static void
test_scope (Fixture *fixture, gconstpointer data)
{
  const char *const include[] = { "/d/*", "/extra", NULL };
  const char *const exclude[] = { "*/private*", NULL };
  MillFrontierCounts counts;

  test_web_server_set_page (fixture->server, "/d/", HTML,
                            "<a href=a>a</a> <a href=private/b>b</a> <a href=/c>c</a> <a href=/extra>x</a> "
                            "<a href=http://elsewhere.invalid/d/>y</a> <a href=r>r</a> <a href=s>s</a>");
  test_web_server_set_status (fixture->server, "/d/r", "302 Found", "Location: /d/private/r\r\n");
  test_web_server_set_status (fixture->server, "/d/s", "302 Found", "Location: /d/t\r\n");
  set_empty_pages (fixture, (const char *[]){ "/d/a", "/extra", "/d/t", NULL });
  fixture->options.include = include;
  fixture->options.exclude = exclude;
  crawl (fixture, "/d/");
  g_assert_cmpuint (fixture->end->produced, ==, 6);
  assert_all_asked (fixture, 1, (const char *[]){ "/d/", "/d/a", "/extra", "/d/r", "/d/s", "/d/t", NULL });
  assert_all_asked (fixture, 0, (const char *[]){ "/d/private/b", "/c", "/d/private/r", NULL });
  get_counts (fixture, &counts);
  g_assert_cmpuint (counts.skipped_scope, ==, 4);
}

/* Below the folder that the start address is sent to for want of a slash. */
static void
test_below (Fixture *fixture, gconstpointer data)
{
  test_web_server_set_status (fixture->server, "/d", "301 Moved Permanently", "Location: /d/\r\n");
  test_web_server_set_page (fixture->server, "/d/", HTML,
                            "<a href=e/a>a</a> <a href=/b>b</a> <a href=/d>d</a>");
  set_empty_pages (fixture, (const char *[]){ "/d/e/a", "/b", NULL });
  fixture->options.below = TRUE;
  crawl (fixture, "/d");
  assert_all_asked (fixture, 1, (const char *[]){ "/d", "/d/", "/d/e/a", NULL });
  assert_asked (fixture, "/b", 0);
}

/* Where a start address leads the crawl goes, but not where it must not. */
static void
test_start_redirected_out (Fixture *fixture, gconstpointer data)
{
  const char *const exclude[] = { "/login*", NULL };

  test_web_server_set_status (fixture->server, "/", "302 Found", "Location: /login?from=/\r\n");
  fixture->options.exclude = exclude;
  crawl (fixture, "/");
  g_assert_cmpuint (fixture->end->produced, ==, 1);
  assert_asked (fixture, "/login?from=/", 0);
}

static void
test_bad_pattern (Fixture *fixture, gconstpointer data)
{
  const char *const exclude[] = { "/fine", "login*", NULL };
  g_autoptr (MillSource) source = mill_crawl_source_new ("http://h/");
  g_autoptr (MillPipeline) pipeline = mill_pipeline_new ("test");
  g_autoptr (GError) error = NULL;

  fixture->urls[0] = "http://h/";
  fixture->options.exclude = exclude;
  g_assert_null (mill_crawl_job_new (&fixture->options, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "exclude: “login*”"));
  g_clear_error (&error);
  g_object_set (source, "include", "/fine  login*", NULL);
  g_assert_false (mill_source_open (source, pipeline, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "include: “login*”"));
}

/* Pages with all they need, one level of pages deep and in one folder; what they need may be anywhere on the
 * site and takes no part of the depth. */
static void
set_rich_site (Fixture *fixture)
{
  test_web_server_set_page (fixture->server, "/d/", HTML, "<img src=/i.png><a href=a>a</a><a href=/no>n</a>");
  test_web_server_set_page (fixture->server, "/d/a", HTML,
                            "<link rel=stylesheet href=/s/1.css><img src=private/i.png><a href=b>b</a>"
                            "<img src=http://elsewhere.invalid/i.png><img src=/odd.html>");
  test_web_server_set_page (fixture->server, "/s/1.css", "text/css; charset=utf-8",
                            "@import '2.css'; a { b: url(../f.png) }");
  test_web_server_set_status (fixture->server, "/s/2.css", "302 Found", "Location: /s/3.css\r\n");
  test_web_server_set_page (fixture->server, "/s/3.css", "text/css", "a { b: url(g.png) }");
  test_web_server_set_page (fixture->server, "/odd.html", HTML, "<a href=/d/no2>x</a><img src=/no3.png>");
  set_empty_pages (fixture,
                   (const char *[]){ "/i.png", "/f.png", "/s/g.png", "/no", "/d/no2", "/no3.png", NULL });
}

static void
test_requisites (Fixture *fixture, gconstpointer data)
{
  const char *const exclude[] = { "*/private/*", NULL };
  MillFrontierCounts counts;

  set_rich_site (fixture);
  fixture->options.requisites = TRUE;
  fixture->options.below = TRUE;
  fixture->options.exclude = exclude;
  fixture->options.max_depth = 1;
  crawl (fixture, "/d/");
  assert_all_asked (fixture, 1,
                    (const char *[]){ "/d/", "/d/a", "/i.png", "/s/1.css", "/s/2.css", "/s/3.css", "/f.png",
                                      "/s/g.png", "/odd.html", NULL });
  assert_all_asked (fixture, 0,
                    (const char *[]){ "/no", "/d/b", "/d/private/i.png", "/d/no2", "/no3.png", NULL });
  g_assert_cmpuint (fixture->end->produced, ==, 9);
  get_counts (fixture, &counts);
  g_assert_cmpuint (counts.skipped_depth, ==, 1);
  g_assert_cmpuint (counts.skipped_scope, ==, 3);
}

static void
test_requisites_unwanted (Fixture *fixture, gconstpointer data)
{
  set_rich_site (fixture);
  fixture->options.max_depth = 1;
  crawl (fixture, "/d/");
  assert_all_asked (fixture, 1, (const char *[]){ "/d/", "/d/a", "/no", NULL });
  g_assert_cmpuint (fixture->end->produced, ==, 3);
}

/* The items say what they are, redirected or not; a dead one shows it. */
static void
test_requisite_item (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) letters = NULL;
  const MillDeadLetter *letter;

  test_web_server_set_page (fixture->server, "/", HTML, "<a href=old>a</a>");
  test_web_server_set_status (fixture->server, "/old", "302 Found", "Location: /a\r\n");
  test_web_server_set_page (fixture->server, "/a", HTML, "<img src=old.png>");
  test_web_server_set_status (fixture->server, "/old.png", "302 Found", "Location: /gone.png\r\n");
  fixture->options.requisites = TRUE;
  crawl (fixture, "/");
  letters = mill_pipeline_get_dead_letters (fixture->pipeline);
  g_assert_cmpuint (letters->len, ==, 1);
  letter = g_ptr_array_index (letters, 0);
  g_assert_cmpstr (mill_item_get_attribute (letter->item, "depth"), ==, "2");
  g_assert_cmpstr (mill_item_get_attribute (letter->item, "requisite"), ==, "2");
  g_assert_true (g_str_has_suffix (mill_item_get_attribute (letter->item, "referrer"), "/old.png"));
}

/* Stylesheets that name one after the other for ever come to an end, and that of the start page takes the
 * crawl to no other site. */
static void
test_requisites_for_ever (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TestWebServer) other = test_web_server_new ();
  g_autofree char *header = g_strdup_printf ("Location: %s/x\r\n", other->base);
  MillFrontierCounts counts;

  test_web_server_set_page (fixture->server, "/", HTML, "<img src=away><link rel=stylesheet href=0>");
  test_web_server_set_status (fixture->server, "/away", "302 Found", header);
  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *path = g_strdup_printf ("/%u", i);
      g_autofree char *css = g_strdup_printf ("@import '/%u'", i + 1);

      test_web_server_set_page (fixture->server, path, "text/css", css);
    }
  fixture->options.requisites = TRUE;
  crawl (fixture, "/");
  g_assert_cmpuint (fixture->end->produced, ==, 17);
  g_assert_cmpuint (test_web_server_get_asked (other, "/x"), ==, 0);
  get_counts (fixture, &counts);
  g_assert_cmpuint (counts.skipped_depth, ==, 1);
}

static void
wait_until_asked (Fixture *fixture, const char *path)
{
  while (test_web_server_get_asked (fixture->server, path) == 0)
    g_thread_yield ();
}

/* While a server keeps the crawl waiting, be it for robots.txt, the crawl can be stopped. */
static void
test_stopped_at_robots (Fixture *fixture, gconstpointer data)
{
  test_web_server_set (fixture->server, "/robots.txt", TEST_SILENCE);
  start_crawl (fixture, "/");
  wait_until_asked (fixture, "/robots.txt");
  mill_pipeline_stop (fixture->pipeline);
  end_crawl (fixture);
  g_assert_cmpint (fixture->end->state, ==, MILL_STATE_STOPPED);
}

static void
test_stopped_at_page (Fixture *fixture, gconstpointer data)
{
  test_web_server_set (fixture->server, "/", TEST_SILENCE);
  start_crawl (fixture, "/");
  wait_until_asked (fixture, "/");
  mill_pipeline_stop (fixture->pipeline);
  end_crawl (fixture);
  g_assert_cmpuint (fixture->end->produced, ==, 1);
  g_assert_cmpuint (fixture->end->returned, ==, 1);
}

/* A page that takes too long is dead, and nothing hangs. */
static void
test_timeout (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) letters = NULL;
  const MillDeadLetter *letter;

  test_web_server_set (fixture->server, "/", TEST_SILENCE);
  fixture->options.timeout_s = 0.1;
  crawl (fixture, "/");
  g_assert_cmpuint (fixture->end->dead, ==, 1);
  letters = mill_pipeline_get_dead_letters (fixture->pipeline);
  letter = g_ptr_array_index (letters, 0);
  g_assert_error (letter->error, MILL_ERROR, MILL_ERROR_TIMED_OUT);
}

/* Busy pages hold the host back and are fetched in the end; nothing is lost on the way. */
static void
test_demo_site (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MillDemoSite) site =
      g_object_new (MILL_TYPE_DEMO_SITE, "pages", 120u, "dead-links", 4u, "busy-rate", 0.02, NULL);
  g_autofree char *uri = NULL;

  g_assert_true (mill_demo_site_start (site, 0, NULL));
  uri = mill_demo_site_get_uri (site);
  fixture->urls[0] = uri;
  fixture->options.per_host = 16;
  fixture->options.retries = 3;
  fixture->options.folder = fixture->folder;
  crawl (fixture, "/");
  g_assert_cmpint (fixture->end->state, ==, MILL_STATE_FINISHED);
  g_assert_cmpuint (fixture->end->done, ==, 120);
  g_assert_cmpuint (fixture->end->dead, ==, 4);
  g_assert_cmpuint (fixture->end->retries, >=, 1);
  mill_demo_site_stop (site);
}

/* The knobs are the frontier's, live. */
static void
test_knobs (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MillKnob) per_host = NULL;
  g_autoptr (MillKnob) delay = NULL;

  test_web_server_set (fixture->server, "/", TEST_SILENCE);
  start_crawl (fixture, "/");
  per_host = mill_pipeline_find_knob (fixture->pipeline, "source.per-host", NULL);
  delay = mill_pipeline_find_knob (fixture->pipeline, "source.delay", NULL);
  g_assert_true (mill_knob_set_text (per_host, "7", NULL));
  g_assert_true (mill_knob_set_text (delay, "250", NULL));
  g_assert_cmpfloat_with_epsilon (mill_knob_get_number (per_host), 7, 1e-9);
  g_assert_cmpfloat_with_epsilon (mill_knob_get_number (delay), 250, 1e-9);
  g_assert_false (mill_knob_set_text (per_host, "0", NULL));
  mill_pipeline_stop (fixture->pipeline);
  end_crawl (fixture);
}

static void
assert_start_refused (const char *start, const char *hint)
{
  const char *urls[] = { start, NULL };
  MillCrawlOptions options;
  g_autoptr (GError) error = NULL;

  mill_crawl_options_init (&options, urls);
  g_assert_null (mill_crawl_job_new (&options, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, hint));
}

static void
test_bad_starts (void)
{
  assert_start_refused ("ftp://x", "ftp://x");
  assert_start_refused ("ftp://x", "only http and https");
  assert_start_refused ("example.org/a", "http://example.org/a");
  assert_start_refused ("localhost:8080", "http://localhost:8080");
  assert_start_refused ("127.0.0.1:80/x", "http://127.0.0.1:80/x");
  assert_start_refused ("mailto:a@b.example", "only http and https");
  assert_start_refused ("", "no scheme");
  assert_start_refused (NULL, "an address to start from");
}

/* What is written as a job file means what the options said. */
static void
test_job (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MillJob) job = NULL;
  g_autoptr (MillPipeline) pipeline = NULL;
  g_autoptr (MillKnob) slots = NULL;
  const char *const include[] = { "/a b/*", "*;\\?*", NULL };
  g_autofree char *included = NULL, *excluded = NULL;
  guint max_pages;
  guint64 max_bytes;
  gint max_depth;
  gboolean robots, prefix;

  fixture->urls[0] = "http://a.example/x;y=1#z";
  fixture->urls[1] = "https://b.example";
  fixture->options.max_pages = 12;
  fixture->options.max_bytes = G_GUINT64_CONSTANT (5000000000);
  fixture->options.max_depth = 3;
  fixture->options.below = TRUE;
  fixture->options.include = include;
  fixture->options.exclude = include + 1;
  fixture->options.slots = 5;
  fixture->options.obey_robots = FALSE;
  fixture->options.folder = "/tmp/a folder; with \\ and =";
  job = mill_crawl_job_new (&fixture->options, NULL);
  g_assert_nonnull (job);
  pipeline = mill_job_build (job, NULL);
  g_assert_cmpuint (mill_pipeline_get_n_stages (pipeline), ==, 3);
  slots = mill_pipeline_find_knob (pipeline, "fetch.slots", NULL);
  g_assert_cmpfloat_with_epsilon (mill_knob_get_number (slots), 5, 1e-9);
  g_object_get (mill_pipeline_get_source (pipeline), "max-pages", &max_pages, "max-bytes", &max_bytes,
                "max-depth", &max_depth, "robots", &robots, "prefix", &prefix, "include", &included,
                "exclude", &excluded, "start", &fixture->start, NULL);
  g_assert_cmpuint (max_pages, ==, 12);
  g_assert_cmpuint (max_bytes, ==, G_GUINT64_CONSTANT (5000000000));
  g_assert_cmpint (max_depth, ==, 3);
  g_assert_false (robots);
  g_assert_true (prefix);
  g_assert_cmpstr (included, ==, "/a%20b/* *;/?*");
  g_assert_cmpstr (excluded, ==, "*;/?*");
  g_assert_cmpstr (fixture->start, ==, "http://a.example/x;y=1 https://b.example/");
  g_clear_pointer (&fixture->start, g_free);
  g_object_get (mill_stage_get_step (mill_pipeline_get_stage (pipeline, 2)), "folder", &fixture->start, NULL);
  g_assert_cmpstr (fixture->start, ==, fixture->options.folder);
}

static void
test_links_need_a_crawl (void)
{
  g_autoptr (MillPipeline) pipeline = mill_pipeline_new ("test");
  g_autoptr (MillStep) step = mill_links_step_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (mill_step_open (step, pipeline, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/crawl/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("site", test_site);
  ADD ("saves", test_saves);
  ADD ("depth", test_depth);
  ADD ("pages", test_pages);
  ADD ("robots/obeyed", test_robots);
  ADD ("robots/ignored", test_robots_ignored);
  ADD ("robots/redirected", test_robots_redirected);
  ADD ("robots/loop", test_robots_loop);
  ADD ("robots/long", test_robots_long);
  ADD ("robots/cut", test_robots_cut);
  ADD ("robots/unavailable", test_robots_unavailable);
  ADD ("robots/all-disallowed", test_all_disallowed);
  ADD ("unreachable", test_unreachable);
  ADD ("half-reachable", test_half_reachable);
  ADD ("redirects", test_redirects);
  ADD ("start-redirected/once", test_start_redirected);
  ADD ("start-redirected/for-ever", test_start_redirected_for_ever);
  ADD ("start-redirected/out", test_start_redirected_out);
  ADD ("scope", test_scope);
  ADD ("below", test_below);
  ADD ("bad-pattern", test_bad_pattern);
  ADD ("requisites/wanted", test_requisites);
  ADD ("requisites/unwanted", test_requisites_unwanted);
  ADD ("requisites/item", test_requisite_item);
  ADD ("requisites/for-ever", test_requisites_for_ever);
  ADD ("stopped/at-robots", test_stopped_at_robots);
  ADD ("stopped/at-page", test_stopped_at_page);
  ADD ("timeout", test_timeout);
  ADD ("demo-site", test_demo_site);
  ADD ("knobs", test_knobs);
  ADD ("job", test_job);
  g_test_add_func ("/crawl/bad-starts", test_bad_starts);
  g_test_add_func ("/crawl/links-need-a-crawl", test_links_need_a_crawl);
  return g_test_run ();
}
