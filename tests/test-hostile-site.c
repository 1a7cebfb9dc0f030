/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sites that lead a crawl astray: redirects, robots.txt, pages, links, certificates; the tables of
 * engine/docs/crawling.md, row by row. */

#include "config.h"

#include <locale.h>
#include <string.h>

#include "crawl/mill-links.h"
#include "hostile-crawl.h"

#define MIB (1024 * 1024)

/* For 127.0.0.1 and a hundred years, signed by itself. */
static const char certificate_pem[] = "-----BEGIN CERTIFICATE-----\n"
                                      "MIIBkDCCATagAwIBAgIUJAV6+qacoRkZSE/y1N6WQEXgTwkwCgYIKoZIzj0EAwIw\n"
                                      "FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNzEzMTA1M1oYDzIxMjYxMTAz\n"
                                      "MTMxMDUzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO\n"
                                      "PQMBBwNCAAQM/c2czoHtyxFhHpKocOVlS4fepsT3/1YStYUES2qn6fbl2UNEJ41r\n"
                                      "u0fkCnEgptcOuiMzxaRKbdqyPGRX1HOzo2QwYjAdBgNVHQ4EFgQUJTJqn6AOb4iw\n"
                                      "/aif275OLROW0jAwHwYDVR0jBBgwFoAUJTJqn6AOb4iw/aif275OLROW0jAwDwYD\n"
                                      "VR0TAQH/BAUwAwEB/zAPBgNVHREECDAGhwR/AAABMAoGCCqGSM49BAMCA0gAMEUC\n"
                                      "IEJJXb94BALhG9XDfLBLZaPvuMGBupJk/uUbnFxVPQU6AiEA+oyFaqjAI/Y9jjkw\n"
                                      "Wv5GCKcVSouqZW1EdvrG2i/8dYk=\n"
                                      "-----END CERTIFICATE-----\n"
                                      "-----BEGIN PRIVATE KEY-----\n"
                                      "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgIXWEhZuhCPdPHRGU\n"
                                      "a62Ov1kuA4gxVBvlnYmL1JuP1gihRANCAAQM/c2czoHtyxFhHpKocOVlS4fepsT3\n"
                                      "/1YStYUES2qn6fbl2UNEJ41ru0fkCnEgptcOuiMzxaRKbdqyPGRX1HOz\n"
                                      "-----END PRIVATE KEY-----\n";

static void
say_redirect (HostileTalk *talk, const char *location)
{
  g_autofree char *answer = g_strdup_printf (
      "HTTP/1.1 302 X\r\nLocation: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", location);

  hostile_say (talk, answer);
}

/* user_data is where to. */
static void
act_redirect (HostileTalk *talk)
{
  say_redirect (talk, talk->user_data);
}

/* From /chain/N to the next one. */
static void
act_chain (HostileTalk *talk)
{
  guint64 n = g_ascii_strtoull (strrchr (talk->path, '/') + 1, NULL, 10);
  g_autofree char *next = g_strdup_printf ("/chain/%" G_GUINT64_FORMAT, n + 1);

  say_redirect (talk, next);
}

static void
test_redirect_loop (HostileCrawl *crawl, gconstpointer data)
{
  hostile_server_set (crawl->server, "/bad", act_redirect, "/b");
  hostile_server_set (crawl->server, "/b", act_redirect, "/c");
  hostile_server_set (crawl->server, "/c", act_redirect, "/bad");
  hostile_crawl_run (crawl, NULL);
  g_assert_cmpuint (crawl->end->done, ==, 5);
  g_assert_cmpuint (crawl->end->dead, ==, 0);
  hostile_crawl_assert_asked (crawl, "/bad", 1);
  hostile_crawl_assert_asked (crawl, "/c", 1);
}

static void
test_redirect_to_itself (HostileCrawl *crawl, gconstpointer data)
{
  hostile_server_set (crawl->server, "/bad", act_redirect, "/bad");
  hostile_crawl_run (crawl, NULL);
  hostile_crawl_assert_done (crawl);
}

static void
test_redirect_chain (HostileCrawl *crawl, gconstpointer data)
{
  hostile_server_set (crawl->server, "/bad", act_redirect, "/chain/1");
  hostile_server_set (crawl->server, "/chain/", act_chain, NULL);
  hostile_crawl_run (crawl, NULL);
  hostile_crawl_assert_dead (crawl, "/chain/20", "more than 20 redirects", 1);
  hostile_crawl_assert_asked (crawl, "/chain/20", 1);
  hostile_crawl_assert_asked (crawl, "/chain/21", 0);
}

static void
test_redirect_chain_from_start (HostileCrawl *crawl, gconstpointer data)
{
  g_autofree char *start = g_strconcat (hostile_server_get_base (crawl->server), "/chain/0", NULL);

  hostile_server_set (crawl->server, "/bad", hostile_act_html, "");
  hostile_server_set (crawl->server, "/chain/", act_chain, NULL);
  hostile_crawl_run (crawl, start);
  hostile_crawl_assert_dead (crawl, "/chain/20", "more than 20 redirects", 1);
  hostile_crawl_assert_asked (crawl, "/chain/21", 0);
}

static void
test_redirect_to_file (HostileCrawl *crawl, gconstpointer data)
{
  hostile_server_set (crawl->server, "/bad", act_redirect, "file:///etc/passwd");
  hostile_crawl_run (crawl, NULL);
  hostile_crawl_assert_dead (crawl, "/bad", "redirects to “file:///etc/passwd”", 1);
}

/* Who is sent away from a page in the middle of a site stays. */
static void
test_redirect_to_another_host (HostileCrawl *crawl, gconstpointer data)
{
  g_autoptr (HostileServer) other = hostile_server_new (NULL);

  hostile_server_set (crawl->server, "/bad", act_redirect, hostile_server_get_base (other));
  hostile_crawl_run (crawl, NULL);
  hostile_crawl_assert_done (crawl);
  g_assert_cmpuint (hostile_server_get_connections (other), ==, 0);
}

static void
test_redirect_to_disallowed (HostileCrawl *crawl, gconstpointer data)
{
  hostile_server_set (crawl->server, "/robots.txt", hostile_act_html, "User-agent: *\nDisallow: /secret\n");
  hostile_server_set (crawl->server, "/bad", act_redirect, "/secret");
  hostile_server_set (crawl->server, "/secret", hostile_act_html, "");
  hostile_crawl_run (crawl, NULL);
  hostile_crawl_assert_done (crawl);
  hostile_crawl_assert_asked (crawl, "/secret", 0);
}

/* What is no address at all is told without the bytes that would paint a terminal red. */
static void
test_redirect_with_control_characters (HostileCrawl *crawl, gconstpointer data)
{
  hostile_server_set (crawl->server, "/bad", act_redirect, "gopher:\x1b[31m\x07\x7f\xff");
  hostile_crawl_run (crawl, NULL);
  hostile_crawl_assert_dead (crawl, "/bad", "redirects to “gopher: [31m", 1);
}

static void
act_long_redirect (HostileTalk *talk)
{
  g_autofree char *name = g_strnfill (50000, 'a');
  g_autofree char *location = g_strconcat ("/long/", name, NULL);

  say_redirect (talk, location);
}

/* Who is sent too far is told so in a few words. */
static void
test_redirect_far (HostileCrawl *crawl, gconstpointer data)
{
  g_autoptr (GPtrArray) letters = NULL;
  const MillDeadLetter *letter;

  hostile_server_set (crawl->server, "/bad", act_long_redirect, NULL);
  hostile_server_set (crawl->server, "/long/", hostile_act_html, "long");
  hostile_crawl_run (crawl, NULL);
  hostile_crawl_assert_dead (crawl, "/bad", "…”: an address of 50006 bytes is too long", 1);
  letters = mill_pipeline_get_dead_letters (crawl->pipeline);
  letter = g_ptr_array_index (letters, 0);
  g_assert_cmpuint (strlen (letter->error->message), <, 500);
}

/* What a robots.txt does, and why its site is left alone. */
typedef struct
{
  const char *name;
  HostileAct act;
  gconstpointer user_data; /* (nullable) */
  const char *words;
} RobotsCase;

static void
act_robots_reset (HostileTalk *talk)
{
  if (hostile_say (talk, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nUser-agent: *\n"))
    hostile_reset (talk);
}

static void
act_robots_endless_header (HostileTalk *talk)
{
  if (hostile_say (talk, "HTTP/1.1 200 OK\r\n"))
    hostile_say_for_ever (talk, "X-Many: another one\r\n", 21);
}

static const RobotsCase robots_cases[] = {
  { "500", hostile_act_text, "HTTP/1.1 500 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    "500 Internal Server Error" },
  { "reset", act_robots_reset, NULL, "reset by peer" },
  { "garbage", hostile_act_text, "\x01\x02 not HTTP\r\n\r\n", "not an HTTP response" },
  { "endless-header", act_robots_endless_header, NULL, "the header of the response is too large" },
};

/* The second site is left alone; the first is crawled as ever. */
static void
test_robots_case (HostileCrawl *crawl, gconstpointer data)
{
  const RobotsCase *c = data;
  g_autoptr (HostileServer) other = hostile_server_new (NULL);
  g_autofree char *start = g_strconcat (hostile_server_get_base (other), "/", NULL);

  hostile_server_set (crawl->server, "/bad", hostile_act_html, "");
  hostile_server_set (other, "/", hostile_act_html, "");
  hostile_server_set (other, "/robots.txt", c->act, c->user_data);
  hostile_crawl_run (crawl, start);
  hostile_crawl_assert_done (crawl);
  hostile_crawl_assert_problem (crawl, c->words);
  g_assert_cmpuint (hostile_server_get_asked (other, "/"), ==, 0);
}

static void
act_robots_endless (HostileTalk *talk)
{
  if (hostile_say (talk, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nUser-agent: *\nDisallow: /bad\n"))
    hostile_say_for_ever (talk, "Disallow: /more\n", 16);
}

static void
act_robots_endless_line (HostileTalk *talk)
{
  g_autofree char *block = g_strnfill (4096, 'x');

  if (hostile_say (talk, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nUser-agent: *\nDisallow: /bad\n# "))
    hostile_say_for_ever (talk, block, 4096);
}

static void
act_robots_binary (HostileTalk *talk)
{
  static const char body[] =
      "\xff\xfe\0\x01junk\r\r\n\0:::\nUser-agent\n:\nUser-agent: *\nDisallow: /bad\n\x80\0";

  hostile_say_page (talk, "text/plain", body, sizeof body - 1);
}

/* However long or odd it is, the rule that can be read is obeyed. */
static void
test_robots_rule (HostileCrawl *crawl, gconstpointer data)
{
  const RobotsCase *c = data;

  hostile_server_set (crawl->server, "/robots.txt", c->act, NULL);
  hostile_crawl_run (crawl, NULL);
  g_assert_cmpuint (crawl->end->done, ==, 2);
  hostile_crawl_assert_asked (crawl, "/bad", 0);
  g_assert_cmpuint (hostile_server_get_sent (crawl->server), <, 64 * MIB);
}

static const RobotsCase robots_rules[] = {
  { "endless", act_robots_endless, NULL, NULL },
  { "endless-line", act_robots_endless_line, NULL, NULL },
  { "binary", act_robots_binary, NULL, NULL },
};

/* user_data is the page's GBytes. */
static void
act_page (HostileTalk *talk)
{
  GBytes *page = (GBytes *) talk->user_data;

  hostile_say_page (talk, "text/html", g_bytes_get_data (page, NULL), g_bytes_get_size (page));
}

/* @page, at /bad, is a page whose link to /found is found. */
static void
assert_link_found (HostileCrawl *crawl, GBytes *page)
{
  crawl->max_body = 32;
  hostile_server_set (crawl->server, "/bad", act_page, page);
  hostile_server_set (crawl->server, "/found", hostile_act_html, "");
  hostile_crawl_run (crawl, NULL);
  g_assert_cmpuint (crawl->end->dead, ==, 0);
  g_assert_cmpuint (crawl->end->done, ==, 4);
  hostile_crawl_assert_asked (crawl, "/found", 1);
  g_assert_cmpuint (hostile_crawl_count_files (crawl), ==, 4);
}

/* @n times @unit, then a link. */
static GBytes *
repeat (const char *unit, gsize n)
{
  GString *page = g_string_sized_new (strlen (unit) * n + 64);

  for (gsize i = 0; i < n; i++)
    g_string_append (page, unit);
  g_string_append (page, "<a href=/found>found</a>");
  return g_string_free_to_bytes (page);
}

static void
test_page_of_one_line (HostileCrawl *crawl, gconstpointer data)
{
  g_autoptr (GBytes) page = repeat ("all of this is in one line ", 400000);

  assert_link_found (crawl, page);
}

static void
test_page_of_tags (HostileCrawl *crawl, gconstpointer data)
{
  g_autoptr (GBytes) page = repeat (data, 500000);

  assert_link_found (crawl, page);
}

static void
test_page_of_nul (HostileCrawl *crawl, gconstpointer data)
{
  static const char html[] = "<!-- \0 --> \0 <a title=\"\0\" href=/found>\0</a>\0";
  g_autoptr (GBytes) page = g_bytes_new_static (html, sizeof html - 1);

  assert_link_found (crawl, page);
}

static void
test_page_of_bad_utf8 (HostileCrawl *crawl, gconstpointer data)
{
  static const char html[] =
      "<meta charset=utf-8>\xff\xfe \xc0\xaf \xed\xa0\x80 <a href=/found>\xf4\x90\x80\x80</a>";
  g_autoptr (GBytes) page = g_bytes_new_static (html, sizeof html - 1);

  assert_link_found (crawl, page);
}

static void
act_bad_charset (HostileTalk *talk)
{
  static const char html[] = "<meta charset='../../etc/passwd//TRANSLIT'><a href=/found>x</a>";

  hostile_say_page (talk, "text/html; charset=\"no such charset \x1b[31m\"; charset=;;=", html,
                    sizeof html - 1);
}

static void
test_bad_charset (HostileCrawl *crawl, gconstpointer data)
{
  hostile_server_set (crawl->server, "/bad", act_bad_charset, NULL);
  hostile_server_set (crawl->server, "/found", hostile_act_html, "");
  hostile_crawl_run (crawl, NULL);
  g_assert_cmpuint (crawl->end->done, ==, 4);
  hostile_crawl_assert_asked (crawl, "/found", 1);
}

/* Each byte in a path, in a query and escaped, control characters as references, and ways out of a folder.
 * Whatever is asked for is asked for well (see the tear-down), and whatever is saved stays in the folder. */
static GBytes *
odd_links (void)
{
  GString *page = g_string_new (NULL);

  for (guint c = 1; c < 256; c++)
    {
      if (c != '"')
        g_string_append_printf (page, "<a href=\"/odd/a%cb\">x</a><a href=\"/odd/?q=%c\">x</a>", (int) c,
                                (int) c);
      if (c < 64)
        g_string_append_printf (page, "<a href=\"/odd/r&#%u;HTTP/1.1&#13;&#10;Evil: 1\">x</a>", c);
      g_string_append_printf (page, "<a href=\"/odd/p%%%02x\">x</a>", c);
    }
  g_string_append (page, "<a href='/odd/../../../etc/passwd'>x</a><a href='/odd/%2e%2e/%2e%2e/x'>x</a>"
                         "<a href='/odd/%00'>x</a><a href='/odd/..%2f..%2fx'>x</a><a href='/odd/%'>x</a>"
                         "<a href='/odd/%zz'>x</a><a href='/odd/con'>x</a><a href='/odd/\\..\\x'>x</a>"
                         "<a href='//'>x</a><a href='http://'>x</a><a href='http:///x'>x</a>"
                         "<a href='http://[::'>x</a><a href='http://127.0.0.1:99999/'>x</a>"
                         "<a href='javascript:alert(1)'>x</a><a href='data:text/html,x'>x</a>");
  return g_string_free_to_bytes (page);
}

static void
test_odd_links (HostileCrawl *crawl, gconstpointer data)
{
  g_autoptr (GBytes) page = odd_links ();

  crawl->options.per_host = 8;
  hostile_server_set (crawl->server, "/bad", act_page, page);
  hostile_server_set (crawl->server, "/odd/", hostile_act_html, "odd");
  hostile_server_set (crawl->server, "/etc/", hostile_act_html, "odd");
  hostile_crawl_run (crawl, NULL);
  g_assert_cmpuint (crawl->end->done, >, 500);
  g_assert_cmpuint (crawl->end->produced, ==, crawl->end->done + crawl->end->dead);
  g_assert_cmpuint (hostile_crawl_count_files (crawl), ==, crawl->end->done);
}

/* More links than anybody follows, and none is fetched beyond max-pages. */
static void
test_too_many_links (HostileCrawl *crawl, gconstpointer data)
{
  GString *html = g_string_new (NULL);
  g_autoptr (GBytes) page = NULL;
  MillFrontierCounts counts;

  for (guint i = 0; i < MILL_LINKS_MAX + 1000; i++)
    g_string_append_printf (html, "<a href=/n/%u>", i);
  page = g_string_free_to_bytes (html);
  crawl->max_body = 32;
  crawl->options.max_pages = 5;
  hostile_server_set (crawl->server, "/bad", act_page, page);
  hostile_server_set (crawl->server, "/n/", hostile_act_html, "");
  hostile_crawl_run (crawl, NULL);
  g_assert_cmpuint (crawl->end->done, ==, 5);
  g_assert_true (
      mill_crawl_source_get_counts (MILL_CRAWL_SOURCE (mill_pipeline_get_source (crawl->pipeline)), &counts));
  g_assert_cmpuint (counts.known, <=, MILL_LINKS_MAX + 3);
}

/* Each day leads to the day before and the day after. */
static void
act_calendar (HostileTalk *talk)
{
  gint64 day = g_ascii_strtoll (strrchr (talk->path, '/') + 1, NULL, 10);
  g_autofree char *html = g_strdup_printf ("<a href=/day/%" G_GINT64_FORMAT
                                           ">before</a> <a href=/day/%" G_GINT64_FORMAT ">after</a>",
                                           day - 1, day + 1);

  hostile_say_page (talk, "text/html", html, strlen (html));
}

static void
run_calendar (HostileCrawl *crawl)
{
  hostile_server_set (crawl->server, "/bad", hostile_act_html, "<a href=/day/0>today</a>");
  hostile_server_set (crawl->server, "/day/", act_calendar, NULL);
  hostile_crawl_run (crawl, NULL);
  g_assert_cmpuint (crawl->end->dead, ==, 0);
}

static void
test_calendar_max_pages (HostileCrawl *crawl, gconstpointer data)
{
  crawl->options.max_pages = 40;
  run_calendar (crawl);
  g_assert_cmpuint (crawl->end->done, ==, 40);
}

/* /, /bad, /good, then one day, and two more for each further link. */
static void
test_calendar_max_depth (HostileCrawl *crawl, gconstpointer data)
{
  crawl->options.max_depth = 6;
  run_calendar (crawl);
  g_assert_cmpuint (crawl->end->done, ==, 3 + 1 + 2 * 4);
}

static HostileServer *
new_secure_server (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_pem (certificate_pem, -1, &error);
  HostileServer *server;

  g_assert_no_error (error);
  server = hostile_server_new (certificate);
  hostile_server_set (server, "/", hostile_act_html, "");
  return server;
}

static gboolean
skip_without_tls (void)
{
  if (g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    return FALSE;
  g_test_skip ("GIO has no TLS here");
  return TRUE;
}

/* A certificate that nobody vouches for: a failure for good, and nothing was asked. */
static void
test_certificate (HostileCrawl *crawl, gconstpointer data)
{
  g_autoptr (HostileServer) secure = NULL;
  g_autofree char *start = NULL;

  if (skip_without_tls ())
    return;
  secure = new_secure_server ();
  start = g_strconcat (hostile_server_get_base (secure), "/", NULL);
  crawl->options.obey_robots = FALSE;
  crawl->options.retries = 2;
  hostile_server_set (crawl->server, "/bad", hostile_act_html, "");
  hostile_crawl_run (crawl, start);
  hostile_crawl_assert_dead (crawl, start,
                             "certificate is refused: no authority that is known here has signed it", 1);
  g_assert_cmpuint (hostile_server_get_asked (secure, "/"), ==, 0);
}

static void
test_certificate_at_robots (HostileCrawl *crawl, gconstpointer data)
{
  g_autoptr (HostileServer) secure = NULL;
  g_autofree char *start = NULL;

  if (skip_without_tls ())
    return;
  secure = new_secure_server ();
  start = g_strconcat (hostile_server_get_base (secure), "/", NULL);
  hostile_server_set (crawl->server, "/bad", hostile_act_html, "");
  hostile_crawl_run (crawl, start);
  hostile_crawl_assert_done (crawl);
  hostile_crawl_assert_problem (crawl, "certificate is refused");
  g_assert_cmpuint (hostile_server_get_asked (secure, "/robots.txt"), ==, 0);
}

/* Words where TLS should be. */
static void
test_not_tls (HostileCrawl *crawl, gconstpointer data)
{
  g_autoptr (HostileServer) plain = NULL;
  g_autofree char *start = NULL;

  if (skip_without_tls ())
    return;
  plain = hostile_server_new (NULL);
  hostile_server_set_greeting (plain, "220 this is another protocol\r\n");
  start = g_strdup_printf ("https%s/", strchr (hostile_server_get_base (plain), ':'));
  crawl->options.obey_robots = FALSE;
  crawl->options.retries = 2;
  hostile_server_set (crawl->server, "/bad", hostile_act_html, "");
  hostile_crawl_run (crawl, start);
  hostile_crawl_assert_dead (crawl, start, "the secure connection failed", 1);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
#define ADD(name, data, func)                                                                                \
  g_test_add ("/hostile-site/" name, HostileCrawl, data, hostile_crawl_set_up, func, hostile_crawl_tear_down)
#define ADD_CASES(prefix, cases, func)                                                                       \
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)                                                           \
    {                                                                                                        \
      g_autofree char *path = g_strconcat ("/hostile-site/" prefix "/", cases[i].name, NULL);                \
                                                                                                             \
      g_test_add (path, HostileCrawl, &cases[i], hostile_crawl_set_up, func, hostile_crawl_tear_down);       \
    }
  ADD ("redirect/loop", NULL, test_redirect_loop);
  ADD ("redirect/to-itself", NULL, test_redirect_to_itself);
  ADD ("redirect/chain", NULL, test_redirect_chain);
  ADD ("redirect/chain-from-start", NULL, test_redirect_chain_from_start);
  ADD ("redirect/to-file", NULL, test_redirect_to_file);
  ADD ("redirect/to-another-host", NULL, test_redirect_to_another_host);
  ADD ("redirect/to-disallowed", NULL, test_redirect_to_disallowed);
  ADD ("redirect/with-control-characters", NULL, test_redirect_with_control_characters);
  ADD ("redirect/far", NULL, test_redirect_far);
  ADD_CASES ("robots-left-alone", robots_cases, test_robots_case)
  ADD_CASES ("robots-obeyed", robots_rules, test_robots_rule)
  ADD ("page/one-line", NULL, test_page_of_one_line);
  ADD ("page/deep", "<div><p><b>", test_page_of_tags);
  ADD ("page/deep-lists", "<ul><li>", test_page_of_tags);
  ADD ("page/open-angles", "< a < ", test_page_of_tags);
  ADD ("page/nul", NULL, test_page_of_nul);
  ADD ("page/bad-utf8", NULL, test_page_of_bad_utf8);
  ADD ("page/bad-charset", NULL, test_bad_charset);
  ADD ("links/odd", NULL, test_odd_links);
  ADD ("links/too-many", NULL, test_too_many_links);
  ADD ("links/calendar-max-pages", NULL, test_calendar_max_pages);
  ADD ("links/calendar-max-depth", NULL, test_calendar_max_depth);
  ADD ("tls/certificate", NULL, test_certificate);
  ADD ("tls/certificate-at-robots", NULL, test_certificate_at_robots);
  ADD ("tls/not-tls", NULL, test_not_tls);
  return g_test_run ();
}
