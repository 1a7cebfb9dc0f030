/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a crawl puts into a web archive: engine/docs/archive.md. */

#include "config.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "crawl/mill-crawl-record.h"
#include "demo/mill-demo-site.h"
#include "hostile-crawl.h"
#include "record/mill-warc-exchange-private.h"
#include "test-parts.h"
#include "warc-reader.h"

#define PAGES    40
#define MIB      (1024 * 1024)
#define STALL_S  0.2
#define OK_HEAD  "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
#define CLOSE    "Connection: close\r\n\r\n"
#define TEXT     "<p>some of the oldest text there is, some of the oldest text there is"
#define OLD_NAME "X-Archive-Orig-"

typedef struct
{
  HostileCrawl crawl;
  char *folder; /* (owned) */
  char *path;   /* (owned) of the archive */
} Fixture;

/* What the server does at /bad, and what the archive has of it. */
typedef struct
{
  const char *name;
  HostileAct act;
  gconstpointer user_data; /* (nullable) */
  guint status;
  const char *body;  /* (nullable) any */
  const char *cut;   /* (nullable) */
  const char *words; /* (nullable) in the head */
} Case;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  hostile_crawl_set_up (&fixture->crawl, NULL);
  fixture->folder = g_dir_make_tmp ("millrace-warc-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "a.warc.gz", NULL);
  fixture->crawl.options.warc = fixture->path;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  hostile_crawl_tear_down (&fixture->crawl, NULL);
  test_remove_tree (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static GBytes *
compress (const char *text)
{
  g_autoptr (GZlibCompressor) gzip = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
  g_autofree guint8 *out = g_malloc (strlen (text) + 100);
  gsize n_read, n_written;

  g_assert_cmpint (g_converter_convert (G_CONVERTER (gzip), text, strlen (text), out, strlen (text) + 100,
                                        G_CONVERTER_INPUT_AT_END, &n_read, &n_written, NULL),
                   ==, G_CONVERTER_FINISHED);
  return g_bytes_new (out, n_written);
}

/* user_data: what to say after the gzip member; it belongs to the body, if it makes no sense. */
static void
act_gzip (HostileTalk *talk)
{
  g_autoptr (GBytes) body = compress (TEXT);
  g_autofree char *head =
      g_strdup_printf (OK_HEAD "Content-Encoding: gzip\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n" CLOSE,
                       g_bytes_get_size (body) + strlen (talk->user_data));

  if (hostile_say (talk, head) &&
      hostile_say_bytes (talk, g_bytes_get_data (body, NULL), g_bytes_get_size (body)))
    hostile_say (talk, talk->user_data);
}

/* The response is whole; what is in it is not. */
static void
act_half_gzip (HostileTalk *talk)
{
  g_autoptr (GBytes) body = compress (TEXT);
  g_autofree char *head =
      g_strdup_printf (OK_HEAD "Content-Encoding: gzip\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n" CLOSE,
                       g_bytes_get_size (body) / 2);

  if (hostile_say (talk, head))
    hostile_say_bytes (talk, g_bytes_get_data (body, NULL), g_bytes_get_size (body) / 2);
}

static void
act_gzip_bomb (HostileTalk *talk)
{
  g_autofree char *zeros = g_strnfill (4 * MIB, '0');
  g_autoptr (GBytes) body = compress (zeros);

  if (hostile_say (talk, OK_HEAD "Content-Encoding: gzip\r\n" CLOSE) &&
      hostile_say_bytes (talk, g_bytes_get_data (body, NULL), g_bytes_get_size (body)))
    hostile_act_silent (talk);
}

/* Says what user_data is, and no more; the client may go. */
static void
act_stall (HostileTalk *talk)
{
  if (hostile_say (talk, talk->user_data))
    hostile_act_silent (talk);
}

static void
act_endless (HostileTalk *talk)
{
  g_autofree char *block = g_strnfill (64 * 1024, 'x');

  if (hostile_say (talk, talk->user_data))
    hostile_say_for_ever (talk, block, 64 * 1024);
}

static void
act_reset (HostileTalk *talk)
{
  if (hostile_say (talk, OK_HEAD "Content-Length: 100000\r\n\r\nsome of it") && hostile_listen (talk, 0))
    hostile_reset (talk);
}

static const Case cases[] = {
  { "page", hostile_act_html, TEXT, 200, TEXT, NULL, "\r\nContent-Length: 69\r\n" },
  { "chunks", hostile_act_text,
    OK_HEAD "Transfer-Encoding: chunked\r\n" CLOSE "4\r\nsome\r\n8\r\n of this\r\n0\r\n\r\n", 200,
    "some of this", NULL, OLD_NAME "Transfer-Encoding: chunked\r\n" },
  { "chunks-length", hostile_act_text,
    OK_HEAD "Transfer-Encoding: chunked\r\n" CLOSE "4\r\nsome\r\n0\r\n\r\n", 200, "some", NULL,
    "\r\nContent-Length: 4\r\n" },
  { "chunk-cut", hostile_act_text, OK_HEAD "Transfer-Encoding: chunked\r\n" CLOSE "ff\r\nonly this", 200,
    "only this", MILL_WARC_CUT_DISCONNECT, "\r\nContent-Length: 9\r\n" },
  { "until-close", hostile_act_text, OK_HEAD CLOSE "to the end", 200, "to the end", NULL, NULL },
  { "http-1.0", hostile_act_text, "HTTP/1.0 200 Fine\r\n\r\nold", 200, "old", NULL, "HTTP/1.0 200 Fine" },
  { "gzip-whole", act_gzip, "", 200, NULL, NULL, "\r\nContent-Encoding: gzip\r\n" },
  { "gzip-and-more", act_gzip, "more", 200, NULL, NULL, "\r\nContent-Encoding: gzip\r\n" },
  { "gzip-half", act_half_gzip, NULL, 200, NULL, NULL, "\r\nContent-Encoding: gzip\r\n" },
  { "gzip-bad", hostile_act_text, OK_HEAD "Content-Encoding: gzip\r\nContent-Length: 9\r\n" CLOSE "not gzip!",
    200, "not gzip!", MILL_WARC_CUT_OTHERWISE, NULL },
  { "gzip-bomb", act_gzip_bomb, NULL, 200, NULL, MILL_WARC_CUT_LENGTH, NULL },
  { "too-short", hostile_act_text, OK_HEAD "Content-Length: 100\r\n" CLOSE "only this", 200, "only this",
    MILL_WARC_CUT_DISCONNECT, OLD_NAME "Content-Length: 100\r\n" },
  { "endless", act_endless, OK_HEAD "\r\n", 200, NULL, MILL_WARC_CUT_LENGTH, NULL },
  { "huge", hostile_act_text, OK_HEAD "Content-Length: 999999999999\r\n\r\nx", 200, "", MILL_WARC_CUT_LENGTH,
    OLD_NAME "Content-Length: 999999999999\r\n" },
  { "stall", act_stall, OK_HEAD "Content-Length: 100\r\n\r\nslow", 200, "slow", MILL_WARC_CUT_TIME, NULL },
  { "404", hostile_act_text, "HTTP/1.1 404 Gone Fishing\r\nContent-Length: 5\r\n" CLOSE "no\r\n!", 404,
    "no\r\n!", NULL, "HTTP/1.1 404 Gone Fishing\r\n" },
  { "404-too-short", hostile_act_text, "HTTP/1.1 404 X\r\nContent-Length: 9\r\n" CLOSE "only", 404, "only",
    MILL_WARC_CUT_DISCONNECT, NULL },
  { "404-chunk-cut", hostile_act_text, "HTTP/1.1 404 X\r\nTransfer-Encoding: chunked\r\n" CLOSE "9\r\nonly",
    404, "only", MILL_WARC_CUT_DISCONNECT, NULL },
  { "404-stall", act_stall, "HTTP/1.1 404 X\r\nContent-Length: 9\r\n\r\nonly", 404, "only",
    MILL_WARC_CUT_TIME, NULL },
  { "404-endless", act_endless, "HTTP/1.1 404 X\r\n\r\n", 404, NULL, MILL_WARC_CUT_LENGTH, NULL },
  { "404-nothing", hostile_act_text, "HTTP/1.1 404 X\r\n" CLOSE, 404, "", NULL, NULL },
  { "redirect", hostile_act_text,
    "HTTP/1.1 302 Found\r\nLocation: /good\r\nContent-Length: 5\r\n" CLOSE "there", 302, "there", NULL,
    "\r\nLocation: /good\r\n" },
  { "no-content", hostile_act_text, "HTTP/1.1 204 No Content\r\n" CLOSE, 204, "", NULL, NULL },
  { "cookie", hostile_act_text, OK_HEAD "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n" CLOSE,
    200, "", NULL, "\r\nSet-Cookie: b=2\r\n" },
};

/* Lets slow answers be given up soon. What else the machine may be too slow for gets another try. */
static void
set_impatient (Fixture *fixture)
{
  fixture->crawl.max_stall = STALL_S;
  fixture->crawl.options.retries = 1;
}

/* (transfer full) of WarcRecord; each exchange has both records */
static GPtrArray *
read_archive (Fixture *fixture)
{
  GPtrArray *records = warc_read (fixture->path);

  g_assert_cmpuint (warc_count (records, "request", ""), ==, warc_count (records, "response", ""));
  return records;
}

static void
test_case (Fixture *fixture, gconstpointer data)
{
  const Case *c = data;
  g_autoptr (GPtrArray) records = NULL;
  const WarcRecord *record;

  gboolean is_slow = g_strcmp0 (c->cut, MILL_WARC_CUT_TIME) == 0;

  if (is_slow)
    set_impatient (fixture);
  hostile_server_set (fixture->crawl.server, "/bad", c->act, c->user_data);
  hostile_crawl_run (&fixture->crawl, NULL);
  records = read_archive (fixture);
  if (is_slow && warc_find (records, "response", "/bad") == NULL)
    {
      g_test_skip ("this machine is too slow: not even the head came in time");
      return;
    }
  record = warc_assert_response (records, "/bad", c->status, c->body, c->cut);
  if (c->words != NULL && strstr (record->head, c->words) == NULL)
    g_error ("“%s” does not say “%s”", record->head, c->words);
  g_assert_cmpuint (g_bytes_get_size (record->body), <=, MIB + 128 * 1024);
  warc_assert_response (records, "/robots.txt", 404, "", NULL);
  warc_assert_response (records, "/good", 200, "good", NULL);
  if (!is_slow)
    g_assert_cmpuint (warc_count (records, "response", ""), ==, 4);
}

/* What is archived of a compressed page is what came; what goes on is the page. */
static void
test_gzip (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) body = compress (TEXT);
  g_autoptr (GPtrArray) records = NULL;
  const WarcRecord *record;

  hostile_server_set (fixture->crawl.server, "/bad", act_gzip, "more");
  hostile_crawl_run (&fixture->crawl, NULL);
  hostile_crawl_assert_done (&fixture->crawl);
  records = read_archive (fixture);
  record = warc_assert_response (records, "/bad", 200, NULL, NULL);
  g_assert_cmpuint (g_bytes_get_size (record->body), ==, g_bytes_get_size (body) + strlen ("more"));
  g_assert_cmpmem (g_bytes_get_data (record->body, NULL), g_bytes_get_size (body),
                   g_bytes_get_data (body, NULL), g_bytes_get_size (body));
}

/* The stage's limit, which cancels the request. */
static void
test_timeout (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) records = NULL;

  set_impatient (fixture);
  fixture->crawl.max_stall = 0.0;
  fixture->crawl.options.timeout_s = STALL_S;
  hostile_server_set (fixture->crawl.server, "/bad", act_stall, OK_HEAD "Content-Length: 100\r\n\r\nslow");
  hostile_crawl_run (&fixture->crawl, NULL);
  records = read_archive (fixture);
  if (warc_find (records, "response", "/bad") == NULL)
    g_test_skip ("this machine is too slow: not even the head came in time");
  else
    warc_assert_response (records, "/bad", 200, "slow", MILL_WARC_CUT_TIME);
}

static void
test_reset (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) records = NULL;
  const WarcRecord *record;

  hostile_server_set (fixture->crawl.server, "/bad", act_reset, NULL);
  hostile_crawl_run (&fixture->crawl, NULL);
  records = read_archive (fixture);
  record = warc_find (records, "response", "/bad");
  /* The reset may overtake the head. */
  if (record != NULL)
    g_assert_nonnull (warc_get (record, "WARC-Truncated"));
}

/* What has no head is not there: there is nothing to show. */
static void
test_no_answer (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) records = NULL;

  hostile_server_set (fixture->crawl.server, "/bad", hostile_act_text, "");
  hostile_crawl_run (&fixture->crawl, NULL);
  hostile_crawl_assert_dead (&fixture->crawl, "/bad", "Connection terminated unexpectedly", 1);
  records = read_archive (fixture);
  g_assert_cmpuint (warc_count (records, "response", "/bad"), ==, 0);
  g_assert_cmpuint (warc_count (records, "response", "/good"), ==, 1);
}

static void
act_busy_once (HostileTalk *talk)
{
  if (talk->times == 1)
    hostile_say (talk, "HTTP/1.1 503 X\r\nContent-Length: 4\r\n" CLOSE "busy");
  else
    hostile_say_page (talk, "text/html", "free", 4);
}

/* Each attempt is an exchange. */
static void
test_again (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) records = NULL;

  fixture->crawl.options.retries = 1;
  hostile_server_set (fixture->crawl.server, "/bad", act_busy_once, NULL);
  hostile_crawl_run (&fixture->crawl, NULL);
  records = read_archive (fixture);
  g_assert_cmpuint (warc_count (records, "response", "/bad"), ==, 2);
  warc_assert_response (records, "/bad", 503, "busy", NULL);
}

/* A whole site: each page is there as it was, and so is robots.txt; who wrote it is said once. */
static void
test_site (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MillDemoSite) site = mill_demo_site_new ();
  g_autofree char *uri = NULL;
  const char *urls[2] = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (MillJob) job = NULL;
  g_autoptr (MillPipeline) pipeline = NULL;
  g_autoptr (GPtrArray) records = NULL;
  const WarcRecord *info;

  g_object_set (site, "pages", PAGES, NULL);
  g_assert_true (mill_demo_site_start (site, 0, NULL));
  urls[0] = uri = mill_demo_site_get_uri (site);
  fixture->crawl.options.urls = urls;
  fixture->crawl.options.sitemaps = TRUE;
  job = mill_crawl_job_new (&fixture->crawl.options, &error);
  g_assert_no_error (error);
  pipeline = mill_job_build (job, &error);
  g_assert_no_error (error);
  test_start (pipeline);
  test_join (pipeline);
  mill_demo_site_stop (site);
  records = read_archive (fixture);
  info = g_ptr_array_index (records, 0);
  g_assert_cmpstr (info->type, ==, "warcinfo");
  g_assert_cmpuint (warc_count (records, "warcinfo", ""), ==, 1);
  g_assert_nonnull (g_strstr_len (g_bytes_get_data (info->block, NULL),
                                  (gssize) g_bytes_get_size (info->block), "\r\nrobots: obey\r\n"));
  g_assert_cmpuint (warc_count (records, "response", "/robots.txt"), ==, 1);
  g_assert_cmpuint (warc_count (records, "response", "sitemap.xml"), >=, 1);
  g_assert_cmpuint (warc_count (records, "response", ".html"), ==, PAGES - 1);
}

/* Runs the addresses that are given, not as a crawl. */
static MillPipeline *
run_urls (Fixture *fixture, const char *url)
{
  g_autofree char *text = g_strdup_printf ("[Job]\nname=Two\\nlines\n"
                                           "[Source]\ntype=urls\nkind=async\ntemplate=%s\ncount=1\n"
                                           "[Stage get]\nkind=async\nstep=fetch\nconsumers=1\nwarc=%s\n"
                                           "[Sink]\ntype=count\n",
                                           url, fixture->path);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  g_autoptr (MillJob) job = mill_job_new_from_bytes (bytes, "test", &error);
  MillPipeline *pipeline;

  g_assert_no_error (error);
  pipeline = mill_job_build (job, &error);
  g_assert_no_error (error);
  test_start (pipeline);
  test_join (pipeline);
  return pipeline;
}

/* Outside a crawl redirects are followed, and each is an exchange. A password that a server sends is not
 * given away with the address. */
static void
test_urls (Fixture *fixture, gconstpointer data)
{
  const char *base = hostile_server_get_base (fixture->crawl.server);
  g_autofree char *url = g_strdup_printf ("%s/bad?q=1", base);
  g_autofree char *answer = g_strdup_printf ("HTTP/1.1 301 X\r\nLocation: http://me:secret@%s/good\r\n"
                                             "Content-Length: 0\r\n" CLOSE,
                                             base + strlen ("http://"));
  g_autoptr (MillPipeline) pipeline = NULL;
  g_autoptr (GPtrArray) records = NULL;
  const WarcRecord *request;

  hostile_server_set (fixture->crawl.server, "/bad?q=1", hostile_act_text, answer);
  pipeline = run_urls (fixture, url);
  records = read_archive (fixture);
  g_assert_cmpuint (records->len, ==, 1 + 2 * 2);
  warc_assert_response (records, "/bad?q=1", 301, "", NULL);
  warc_assert_response (records, "/good", 200, "good", NULL);
  request = warc_find (records, "request", "/good");
  g_assert_null (strstr (request->head, "secret"));
  g_assert_null (strstr (request->uri, "secret"));
}

static void
act_large (HostileTalk *talk)
{
  g_autofree guint8 *noise = g_malloc (MIB);
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  for (gsize i = 0; i < MIB; i++)
    noise[i] = (guint8) g_rand_int (random);
  hostile_say_page (talk, "application/octet-stream", noise, MIB);
}

static void
limit_files (rlim_t size)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = size;
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

/* The disk is full: the run ends, says why, and loses nothing; once there is room again, it goes on. */
static void
test_full_disk (Fixture *fixture, gconstpointer data)
{
  g_autofree char *run = g_build_filename (fixture->folder, "run.sqlite", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (MillJob) job = NULL;
  g_autoptr (MillPipeline) pipeline = NULL;
  g_autoptr (MillPipeline) second = NULL;
  g_autoptr (MillSnapshot) end = NULL;
  g_autoptr (MillSnapshot) second_end = NULL;
  GPtrArray *records;

  fixture->crawl.options.folder = NULL;
  hostile_server_set (fixture->crawl.server, "/bad", act_large, NULL);
  job = mill_crawl_job_new (&fixture->crawl.options, &error);
  g_assert_no_error (error);
  pipeline = mill_job_build (job, &error);
  g_assert_no_error (error);
  mill_crawl_record (pipeline, job, run, &error);
  g_assert_no_error (error);
  limit_files (MIB / 2);
  test_start (pipeline);
  test_join (pipeline);
  limit_files (RLIM_INFINITY);
  end = mill_pipeline_snapshot (pipeline);
  g_assert_cmpint (end->state, ==, MILL_STATE_FAILED);
  g_assert_nonnull (strstr (end->error, "a.warc.gz cannot be written"));
  g_assert_true (mill_snapshot_is_conserved (end));
  g_assert_cmpuint (end->dead, ==, 0);
  g_assert_cmpuint (end->done, ==, 1);
  g_assert_cmpuint (end->returned, >=, 1);
  records = read_archive (fixture);
  warc_assert_response (records, "/robots.txt", 404, "", NULL);
  g_assert_null (warc_find (records, "response", "/bad"));
  g_assert_null (warc_find (records, "response", "/good"));
  g_ptr_array_unref (records);

  g_clear_object (&pipeline);
  second = mill_crawl_resume (run, &error);
  g_assert_no_error (error);
  test_start (second);
  test_join (second);
  second_end = mill_pipeline_snapshot (second);
  g_assert_cmpint (second_end->state, ==, MILL_STATE_FINISHED);
  g_assert_cmpuint (second_end->done, ==, 2);
  records = read_archive (fixture);
  g_assert_cmpuint (warc_count (records, "warcinfo", ""), ==, 2);
  g_assert_cmpuint (warc_count (records, "response", "/bad"), ==, 1);
  g_assert_cmpuint (warc_count (records, "response", "/good"), ==, 1);
  g_ptr_array_unref (records);
}

/* The same for what is no page: without its robots.txt in the archive, a site must not be gone on with. */
static void
test_full_at_robots (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillJob) job = NULL;
  g_autoptr (MillPipeline) pipeline = NULL;
  g_autoptr (MillSnapshot) end = NULL;

  job = mill_crawl_job_new (&fixture->crawl.options, &error);
  g_assert_no_error (error);
  pipeline = mill_job_build (job, &error);
  g_assert_no_error (error);
  limit_files (10);
  test_start (pipeline);
  test_join (pipeline);
  limit_files (RLIM_INFINITY);
  end = mill_pipeline_snapshot (pipeline);
  g_assert_cmpint (end->state, ==, MILL_STATE_FAILED);
  g_assert_nonnull (strstr (end->error, "a.warc.gz cannot be written"));
  g_assert_cmpuint (end->done + end->dead, ==, 0);
  g_assert_cmpuint (hostile_server_get_asked (fixture->crawl.server, "/"), ==, 0);
  /* Nothing came into it, so it is gone. */
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

/* A start that fails leaves nothing behind. */
static void
test_bad_name (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "nowhere", "a.warc.gz", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (MillJob) job = NULL;
  g_autoptr (MillPipeline) pipeline = NULL;

  fixture->crawl.options.warc = path;
  job = mill_crawl_job_new (&fixture->crawl.options, &error);
  g_assert_no_error (error);
  pipeline = mill_job_build (job, &error);
  g_assert_no_error (error);
  g_assert_false (mill_pipeline_start (pipeline, &error));
  g_assert_nonnull (strstr (error->message, "a.warc.gz"));
}

#define ADD(name, func) g_test_add ("/warc-crawl/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/warc-crawl/case/", cases[i].name, NULL);

      g_test_add (path, Fixture, &cases[i], set_up, test_case, tear_down);
    }
  ADD ("gzip", test_gzip);
  ADD ("timeout", test_timeout);
  ADD ("reset", test_reset);
  ADD ("no-answer", test_no_answer);
  ADD ("again", test_again);
  ADD ("site", test_site);
  ADD ("urls", test_urls);
  ADD ("full-disk", test_full_disk);
  ADD ("full-at-robots", test_full_at_robots);
  ADD ("bad-name", test_bad_name);
  return g_test_run ();
}
