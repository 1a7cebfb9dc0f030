/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Servers that answer badly, slowly, too much or not at all; the table of engine/docs/crawling.md, row by
 * row. */

#include "config.h"

#include <locale.h>
#include <string.h>
#include <sys/resource.h>

#include "hostile-crawl.h"
#include "test-web-server.h"

#define MIB        (1024 * 1024)
#define STALL_S    0.5
#define NO_ANSWER  "no answer within 0.5 s"
#define TOO_SLOW   "the body comes too slowly"
#define OK_HEAD    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
#define MOST_SENT  ((guint64) 64 * MIB) /* what fits the sockets' buffers, and some */
#define MOST_GROWN (128 * 1024)         /* KiB of memory, with a limit of 1 MiB */

/* What the server does at /bad, and what comes of it. */
typedef struct
{
  const char *name;
  HostileAct act;
  gconstpointer user_data; /* (nullable) */
  const char *words;       /* (nullable) of the dead letter; NULL: it is a page like any */
} Case;

/* What libsoup's version decides: up to 3.6.5 a chunked body ends, whole, at a chunk's size that is no number
 * and at the first trailer. */
#define EITHER "either"

static void
act_reset (HostileTalk *talk)
{
  if (hostile_say (talk, OK_HEAD "Content-Length: 100000\r\n\r\nsome of it"))
    hostile_reset (talk);
}

static void
act_reset_at_once (HostileTalk *talk)
{
  hostile_reset (talk);
}

/* A byte now and then: always something, never enough. */
static void
drip (HostileTalk *talk, const char *start)
{
  gboolean is_there = hostile_say (talk, start);

  while (is_there && hostile_listen (talk, 20 * G_TIME_SPAN_MILLISECOND))
    is_there = hostile_say (talk, "x");
}

static void
act_drip (HostileTalk *talk)
{
  drip (talk, OK_HEAD "Content-Length: 100000\r\n\r\n");
}

/* A good start is no excuse. */
static void
act_stall (HostileTalk *talk)
{
  g_autofree char *start = g_strnfill (MIB / 4, 'x');

  if (hostile_say (talk, OK_HEAD "Content-Length: 1000000\r\n\r\n") && hostile_say (talk, start))
    hostile_act_silent (talk);
}

static void
act_drip_header (HostileTalk *talk)
{
  drip (talk, OK_HEAD "X-Slow: ");
}

static void
act_endless_body (HostileTalk *talk)
{
  g_autofree char *block = g_strnfill (64 * 1024, 'x');

  if (hostile_say (talk, OK_HEAD "Connection: close\r\n\r\n"))
    hostile_say_for_ever (talk, block, 64 * 1024);
}

static void
act_endless_chunks (HostileTalk *talk)
{
  g_autofree char *block = g_strnfill (0x4000, 'x');
  g_autofree char *chunk = g_strconcat ("4000\r\n", block, "\r\n", NULL);

  if (hostile_say (talk, OK_HEAD "Transfer-Encoding: chunked\r\n\r\n"))
    hostile_say_for_ever (talk, chunk, strlen (chunk));
}

static void
act_endless_trailers (HostileTalk *talk)
{
  if (hostile_say (talk, OK_HEAD "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n1\r\nx\r\n0\r\n"))
    hostile_say_for_ever (talk, "X-Trailer: and on\r\n", 19);
}

static void
act_endless_header_line (HostileTalk *talk)
{
  g_autofree char *block = g_strnfill (4096, 'x');

  if (hostile_say (talk, OK_HEAD "X-Long: "))
    hostile_say_for_ever (talk, block, 4096);
}

static void
act_endless_headers (HostileTalk *talk)
{
  if (hostile_say (talk, OK_HEAD))
    hostile_say_for_ever (talk, "X-Many: another one\r\n", 21);
}

static void
act_endless_interim (HostileTalk *talk)
{
  hostile_say_for_ever (talk, "HTTP/1.1 102 Processing\r\n\r\n", 27);
}

/* The end of a deflate block on a byte's edge, so that it can be said again and again: a bomb without an end.
 */
static void
act_endless_bomb (HostileTalk *talk)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
  g_autofree guint8 *zeros = g_malloc0 (MIB);
  g_autofree guint8 *packed = g_malloc (MIB);
  gsize n_read, n_start, n_block;
  GConverter *converter = G_CONVERTER (compressor);

  g_converter_convert (converter, zeros, MIB, packed, MIB, G_CONVERTER_FLUSH, &n_read, &n_start, NULL);
  g_assert_cmpuint (n_read, ==, MIB);
  if (!hostile_say (talk, OK_HEAD "Content-Encoding: gzip\r\nConnection: close\r\n\r\n") ||
      !hostile_say_bytes (talk, packed, n_start))
    return;
  g_converter_convert (converter, zeros, MIB, packed, MIB, G_CONVERTER_FLUSH, &n_read, &n_block, NULL);
  g_assert_cmpuint (n_read, ==, MIB);
  hostile_say_for_ever (talk, packed, n_block);
}

/* Deflate blocks that hold nothing. */
static void
act_empty_bomb (HostileTalk *talk)
{
  static const guint8 gzip_head[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3 };
  static const guint8 stored_nothing[] = { 0, 0, 0, 0xff, 0xff };

  if (hostile_say (talk, OK_HEAD "Content-Encoding: gzip\r\nConnection: close\r\n\r\n") &&
      hostile_say_bytes (talk, gzip_head, sizeof gzip_head))
    hostile_say_for_ever (talk, stored_nothing, sizeof stored_nothing);
}

static void
act_endless_error (HostileTalk *talk)
{
  g_autofree char *block = g_strnfill (64 * 1024, 'x');

  if (hostile_say (talk, "HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n"))
    hostile_say_for_ever (talk, block, 64 * 1024);
}

static void
act_nul_in_header (HostileTalk *talk)
{
  static const char answer[] = OK_HEAD "X-Nul: a\0b\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx";

  hostile_say_bytes (talk, answer, sizeof answer - 1);
}

static const Case cases[] = {
  { "reset", act_reset, NULL, "reset by peer" },
  { "reset-at-once", act_reset_at_once, NULL, "reset by peer" },
  { "silent", hostile_act_silent, NULL, NO_ANSWER },
  { "drip", act_drip, NULL, TOO_SLOW },
  { "stall", act_stall, NULL, TOO_SLOW },
  { "drip-header", act_drip_header, NULL, NO_ANSWER },
  { "endless-body", act_endless_body, NULL, "the body is larger than 1 MiB" },
  { "endless-chunks", act_endless_chunks, NULL, "the body is larger than 1 MiB" },
  { "endless-trailers", act_endless_trailers, NULL, EITHER },
  { "endless-header-line", act_endless_header_line, NULL, "the header of the response is too large" },
  { "endless-headers", act_endless_headers, NULL, "the header of the response is too large" },
  { "endless-interim", act_endless_interim, NULL, "more than 16 interim responses" },
  { "endless-bomb", act_endless_bomb, NULL, "the body is larger than 1 MiB" },
  { "empty-bomb", act_empty_bomb, NULL, TOO_SLOW },
  { "endless-error", act_endless_error, NULL, "404 Not Found" },
  { "length-too-long", hostile_act_text, OK_HEAD "Content-Length: 100\r\nConnection: close\r\n\r\nonly this",
    "ends before the length that was announced" },
  { "length-too-long-keep-alive", hostile_act_text, OK_HEAD "Content-Length: 100\r\n\r\nonly this",
    "Connection terminated unexpectedly" },
  { "length-too-short", hostile_act_text, OK_HEAD "Content-Length: 4\r\nConnection: close\r\n\r\nonly this",
    NULL },
  { "length-too-short-keep-alive", hostile_act_text, OK_HEAD "Content-Length: 4\r\n\r\nonly this", NULL },
  { "length-huge", hostile_act_text, OK_HEAD "Content-Length: 999999999999\r\n\r\nx",
    "the body is larger than 1 MiB" },
  { "length-no-number", hostile_act_text, OK_HEAD "Content-Length: 9z\r\nConnection: close\r\n\r\nx",
    "the length or the transfer encoding" },
  { "chunk-cut", hostile_act_text, OK_HEAD "Transfer-Encoding: chunked\r\n\r\nff\r\nonly this",
    "Connection terminated unexpectedly" },
  { "chunk-size-endless", hostile_act_text,
    OK_HEAD
    "Transfer-Encoding: chunked\r\n\r\n"
    "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
    "Connection terminated unexpectedly" },
  { "chunk-size-bad", hostile_act_text, OK_HEAD "Transfer-Encoding: chunked\r\n\r\nZZ\r\nhello\r\n", EITHER },
  { "encoding-unknown", hostile_act_text, OK_HEAD "Transfer-Encoding: wrong\r\n\r\nx",
    "the transfer encoding of the response makes no sense" },
  { "gzip-bad", hostile_act_text,
    OK_HEAD "Content-Encoding: gzip\r\nContent-Length: 9\r\nConnection: close\r\n\r\nnot gzip!",
    "the compressed body is damaged" },
  { "nothing", hostile_act_text, "", "Connection terminated unexpectedly" },
  { "http-0.9", hostile_act_text, "<html><a href=/x>no header at all</a></html>\r\n\r\n",
    "not an HTTP response" },
  { "garbage", hostile_act_text, "\x01\x02\xff\xfe\x1b[31m\r\n\r\n", "not an HTTP response" },
  { "status-huge", hostile_act_text, "HTTP/1.1 99999999999 OK\r\n\r\n", "not an HTTP response" },
  { "nul-in-header", act_nul_in_header, NULL, "not an HTTP response" },
  { "control-in-header", hostile_act_text,
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\x1b[31m\x07\x7f\r\nContent-Length: 1\r\nConnection: "
    "close\r\n\r\nx",
    NULL },
  { "500", hostile_act_text, "HTTP/1.1 500 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    "500 Internal Server Error" },
  { "status-unheard-of", hostile_act_text, "HTTP/1.1 799 \x1b[31m\r\nContent-Length: 0\r\n\r\n", "799" },
};

static long
peak_kib (void)
{
  struct rusage usage;

  g_assert_cmpint (getrusage (RUSAGE_SELF, &usage), ==, 0);
  return usage.ru_maxrss;
}

/* Whether the crawl has to lose its patience for the case to end. */
static gboolean
takes_patience (const Case *c)
{
  return g_strcmp0 (c->words, NO_ANSWER) == 0 || g_strcmp0 (c->words, TOO_SLOW) == 0 ||
         g_strcmp0 (c->words, EITHER) == 0;
}

static void
test_case (HostileCrawl *crawl, gconstpointer data)
{
  const Case *c = data;
  long before = peak_kib ();

  if (takes_patience (c))
    hostile_crawl_limit_bad (crawl, "fetch.max-stall", STALL_S, c->act, c->user_data);
  else
    hostile_server_set (crawl->server, "/bad", c->act, c->user_data);
  hostile_crawl_run (crawl, NULL);
  if (c->words == NULL || (g_str_equal (c->words, EITHER) && crawl->end->dead == 0))
    hostile_crawl_assert_done (crawl);
  else
    hostile_crawl_assert_dead (crawl, "/bad", g_str_equal (c->words, EITHER) ? "" : c->words, 1);
  g_assert_cmpuint (hostile_crawl_count_files (crawl), ==, crawl->end->done);
  hostile_crawl_assert_asked (crawl, "/bad", 1);
  g_assert_cmpuint (hostile_server_get_sent (crawl->server), <, MOST_SENT);
  g_assert_cmpint (peak_kib () - before, <, MOST_GROWN);
}

/* Nobody listens at the second address. */
static void
test_refused (HostileCrawl *crawl, gconstpointer data)
{
  g_autofree char *base = NULL;
  G_GNUC_UNUSED g_autoptr (GSocket) port = test_refusing_port_new (&base);
  g_autofree char *url = g_strconcat (base, "/", NULL);

  crawl->options.obey_robots = FALSE;
  crawl->options.retries = 2;
  hostile_server_set (crawl->server, "/bad", hostile_act_html, "");
  hostile_crawl_run (crawl, url);
  hostile_crawl_assert_dead (crawl, url, "Connection refused", 3);
}

/* Without a limit on stalls the stage's timeout still ends it. */
static void
test_no_stall_limit (HostileCrawl *crawl, gconstpointer data)
{
  crawl->max_stall = 0.0;
  hostile_crawl_limit_bad (crawl, "fetch.timeout", STALL_S, act_drip, NULL);
  hostile_crawl_run (crawl, NULL);
  hostile_crawl_assert_dead (crawl, "/bad", "", 1);
}

static void
test_500_for_ever (HostileCrawl *crawl, gconstpointer data)
{
  crawl->options.retries = 3;
  hostile_server_set (crawl->server, "/bad", hostile_act_text,
                      "HTTP/1.1 500 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  hostile_crawl_run (crawl, NULL);
  hostile_crawl_assert_dead (crawl, "/bad", "500 Internal Server Error", 4);
  hostile_crawl_assert_asked (crawl, "/bad", 4);
}

/* The first time it asks to come back; user_data is how. */
static void
act_busy_once (HostileTalk *talk)
{
  if (talk->times == 1)
    hostile_say (talk, talk->user_data);
  else
    hostile_say_page (talk, "text/html", "", 0);
}

static void
test_busy (HostileCrawl *crawl, gconstpointer data)
{
  crawl->options.retries = 1;
  hostile_server_set (crawl->server, "/bad", act_busy_once, data);
  hostile_crawl_run (crawl, NULL);
  g_assert_cmpuint (crawl->end->done, ==, 3);
  g_assert_cmpuint (crawl->end->retries, ==, 1);
  hostile_crawl_assert_asked (crawl, "/bad", 2);
}

/* libsoup 3.2 warns of it, and goes on well; later ones may do as they like. */
static void
test_negative_length (HostileCrawl *crawl, gconstpointer data)
{
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);

  hostile_server_set (crawl->server, "/bad", hostile_act_text,
                      OK_HEAD "Content-Length: -5\r\nConnection: close\r\n\r\nx");
  hostile_crawl_run (crawl, NULL);
  hostile_crawl_assert_asked (crawl, "/bad", 1);
  g_log_set_always_fatal (fatal);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
#define ADD(name, data, func)                                                                                \
  g_test_add ("/hostile/" name, HostileCrawl, data, hostile_crawl_set_up, func, hostile_crawl_tear_down)
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/hostile/", cases[i].name, NULL);

      g_test_add (path, HostileCrawl, &cases[i], hostile_crawl_set_up, test_case, hostile_crawl_tear_down);
    }
  ADD ("length-negative", NULL, test_negative_length);
  ADD ("refused", NULL, test_refused);
  ADD ("no-stall-limit", NULL, test_no_stall_limit);
  ADD ("500-for-ever", NULL, test_500_for_ever);
  ADD ("429-with-seconds",
       "HTTP/1.1 429 X\r\nRetry-After: 0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", test_busy);
  ADD ("503-with-date",
       "HTTP/1.1 503 X\r\nRetry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\nContent-Length: 0\r\n"
       "Connection: close\r\n\r\n",
       test_busy);
  return g_test_run ();
}
