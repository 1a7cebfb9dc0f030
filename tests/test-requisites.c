/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What it takes to show a page, in HTML and in CSS; and that no stylesheet is slow or harmful. */

#include "config.h"

#include <string.h>

#include "crawl/mill-css-scan-private.h"
#include "crawl/mill-links.h"

#define PAGE "http://h/d/page.html"

static char *
join (GPtrArray *links)
{
  GString *joined = g_string_new (NULL);

  for (guint i = 0; i < links->len; i++)
    g_string_append_printf (joined, "%s%s", i > 0 ? " " : "", (const char *) g_ptr_array_index (links, i));
  return g_string_free (joined, FALSE);
}

/* Of a page; the links to follow, then what else is needed. */
static void
assert_page (const char *html, const char *links, const char *requisites)
{
  g_autoptr (GBytes) bytes = g_bytes_new (html, strlen (html));
  g_autoptr (GPtrArray) needed = NULL;
  g_autoptr (GPtrArray) followed = mill_links_extract (bytes, "text/html", PAGE, &needed, NULL, NULL, NULL);
  g_autoptr (GPtrArray) alone = mill_links_extract (bytes, "text/html", PAGE, NULL, NULL, NULL, NULL);
  g_autofree char *found = join (followed);
  g_autofree char *found_alone = join (alone);
  g_autofree char *found_needed = join (needed);

  g_test_message ("%s", html);
  g_assert_cmpstr (found, ==, links);
  g_assert_cmpstr (found_alone, ==, links);
  g_assert_cmpstr (found_needed, ==, requisites);
}

static void
test_elements (void)
{
  assert_page ("<img src=i><script src=s></script><a href=x>", "http://h/d/x", "http://h/d/i http://h/d/s");
  assert_page ("<video src=v poster=p><source src=s><track src=t></video><audio src=a>", "",
               "http://h/d/v http://h/d/p http://h/d/s http://h/d/t http://h/d/a");
  assert_page ("<input type=Image src=i><input type=text src=no><iframe src=f>", "http://h/d/f",
               "http://h/d/i");
  assert_page ("<link rel=stylesheet href=a><link rel='alternate StyleSheet' href=b><link rel=icon href=c>"
               "<link rel='shortcut icon' href=d><link rel=apple-touch-icon href=e><link rel=next href=no>",
               "", "http://h/d/a http://h/d/b http://h/d/c http://h/d/d http://h/d/e");
  assert_page ("<img src=''><img src=' '><img src='#x'><img src='data:,x'><img src=i><img src=./i#y>", "",
               "http://h/d/i");
  assert_page ("<img src=i><base href=/b/><img src=i><script>'<img src=no>'</script>", "",
               "http://h/d/i http://h/b/i");
  assert_page ("<img src=i", "", "");
  /* what is both, is both */
  assert_page ("<a href=i><img src=i></a>", "http://h/d/i", "http://h/d/i");
}

static void
test_srcset (void)
{
  assert_page ("<img src=z srcset='a 1x, b 2x,c'>", "",
               "http://h/d/z http://h/d/a http://h/d/b http://h/d/c");
  assert_page ("<source srcset=' , a,b 100w , c&amp;d 2x'>", "", "http://h/d/a,b http://h/d/c&d");
  assert_page ("<img srcset='a, b'>", "", "http://h/d/a http://h/d/b");
  assert_page ("<img srcset='a (1,2), b (,'>", "", "http://h/d/a http://h/d/b");
  assert_page ("<img srcset=',,, '>", "", "");
}

static void
test_styles (void)
{
  assert_page ("<p style='background: url(&quot;a&quot;)' style='url(no)'><b style=\"x:url('b')\">", "",
               "http://h/d/a http://h/d/b");
  assert_page ("<style>@import 'a'; p { x: url(b) }</style><a href=x><style>q { y: url(<c>) }</STYLE >",
               "http://h/d/x", "http://h/d/a http://h/d/b http://h/d/%3Cc%3E");
  assert_page ("<style media='url(no)'></style><style>a{b:url(c)}", "", "http://h/d/c");
  assert_page ("<style>url(a)</style x='<img src=no>'><img src=i>", "", "http://h/d/a http://h/d/i");
  assert_page ("<title>url(no)</title><svg style='clip-path:url(#no)'>", "", "");
}

static void
test_follow (void)
{
  assert_page ("<link rel=canonical href=c><link rel='canonical nofollow' href=no>", "http://h/d/c", "");
  assert_page (
      "<meta http-equiv=Refresh content='5; url=a'><meta http-equiv=refresh content='0;URL = \"b\" no'>"
      "<meta http-equiv=refresh content=\"1,url='c'\"><meta http-equiv=refresh content=' 2 d'>",
      "http://h/d/a http://h/d/b http://h/d/c http://h/d/d", "");
  assert_page ("<meta http-equiv=refresh content='30'><meta http-equiv=refresh content='url=no'>"
               "<meta http-equiv=refresh content='5x; url=no'><meta http-equiv=refresh content='5;'>"
               "<meta http-equiv=refresh content='5; url='><meta http-equiv=refresh>"
               "<meta content='5; url=no'><meta http-equiv=refresh content='0; url=javascript:x'>",
               "", "");
  assert_page ("<meta http-equiv=refresh content='0; urlx'>", "http://h/d/urlx", "");
}

static void
test_nofollow (void)
{
  assert_page ("<a href=no><meta name=ROBOTS content='noindex,NoFollow'><a href=no2><img src=i>", "",
               "http://h/d/i");
  assert_page ("<meta name=robots content=none><link rel=canonical href=no>", "", "");
  assert_page ("<meta name=millrace content='nofollow'><a href=no>", "", "");
  assert_page ("<meta name=robots content='noindex, nofollower'><meta name=other content=nofollow><a href=x>",
               "http://h/d/x", "");
}

static void
assert_css_bytes (const char *css, gsize length, const char *expected)
{
  /* a copy of exactly this length, so that AddressSanitizer sees a read past the end */
  g_autofree char *copy = g_memdup2 (css, length);
  g_autoptr (GString) found = g_string_new (NULL);
  MillCssScan scan;
  char *reference;

  mill_css_scan_init (&scan, copy, length);
  while ((reference = mill_css_scan_next (&scan)) != NULL)
    {
      g_string_append_printf (found, "[%s]", reference);
      g_free (reference);
    }
  g_test_message ("%.60s", css);
  g_assert_cmpstr (found->str, ==, expected);
}

static void
assert_css (const char *css, const char *expected)
{
  assert_css_bytes (css, strlen (css), expected);
}

static void
test_css_url (void)
{
  assert_css ("", "");
  assert_css ("a { b: url(c) } d { e: URL( \"f\" ) url('g')url(\n h \n) }", "[c][f][g][h]");
  assert_css ("a{b:url()c:url( )d:url('')}", "[][][]");
  assert_css ("@font-face { src: url(a.woff2) format('woff2'), local('url(no)'), url(b.ttf) }",
              "[a.woff2][b.ttf]");
  assert_css ("url(a b) url(c\"d) url(e(f) url(g'h') url(i)", "[i]");
  assert_css ("url(a b\\) url(no) url(c)", "[c]");
  assert_css ("xurl(no) -url(no) urls(no) #url(no) 1url(no) 1.5url(no) u-rl(no) url (no) @url(no)", "");
  assert_css ("url(a", "[a]");
  assert_css ("url('a", "[a]");
  assert_css ("url(", "[]");
  assert_css ("a{b:image(url(c))}", "[c]");
}

static void
test_css_import (void)
{
  assert_css ("@import 'a'; @import \"b\" screen; @import url(c) print; @IMPORT/**/ /**/'d';",
              "[a][b][c][d]");
  assert_css ("@import;'no' @import{'no'} @import x 'no'; @imports 'no'; @ import 'no';", "");
  assert_css ("@charset 'no'; @import 'a' 'no'", "[a]");
  assert_css ("@namespace url(no); @namespace s url(no); @namespace 'no'; a{b:url(c)}", "[c]");
}

static void
test_css_comments (void)
{
  assert_css ("/* url(no) */ url(a) /* ' */ url(b) /* url(no)", "[a][b]");
  assert_css ("'/*' url(a) '*/' \"url(no)\"", "[a]");
  assert_css ("/*/ url(no) */url(a)/**/url(b) / url(c)", "[a][b][c]");
  assert_css ("url(/*a*/)", "[/*a*/]");
  assert_css ("'bad\n url(a) 'x'", "[a]");
  assert_css ("<!-- url(a) -->", "[a]");
}

static void
test_css_escapes (void)
{
  assert_css ("url(a\\)b) url('c\\'d') url(\"e\\\nf\") url('g\\\r\nh')", "[a)b][c'd][ef][gh]");
  assert_css ("url(\\61 b\\000063 d\\65\r\nf)", "[abcdef]");
  assert_css ("url(\\0000611)", "[a1]");
  assert_css ("\\75 rl(a) u\\52l(b) u\\72 l(c) @\\69mport 'd'", "[a][b][c][d]");
  assert_css ("url(\\0) url(\\d800) url(\\110000)", "[\xEF\xBF\xBD][\xEF\xBF\xBD][\xEF\xBF\xBD]");
  assert_css ("url(a\\", "");
  assert_css ("url('a\\", "[a]");
  assert_css ("url(\\e9) url(\xC3\xA9) url(\\\xC3\xA9)", "[\xC3\xA9][\xC3\xA9][\xC3\xA9]");
  assert_css ("\\", "");
  assert_css_bytes ("url(a\0b) url('c\0') url(d)", 25, "[c][d]");
}

static void
test_css_file (void)
{
  static const char css[] =
      "@import 'a.css'; b { c: url(../d.png) url(a.css) url(http://g/x) url(data:,no) url(#no) }";
  g_autoptr (GBytes) bytes = g_bytes_new_static (css, strlen (css));
  g_autoptr (GPtrArray) links = mill_links_extract_css (bytes, "text/css", "http://h/s/main.css", NULL, NULL);
  g_autofree char *found = join (links);

  g_assert_cmpstr (found, ==, "http://h/s/a.css http://h/d.png http://g/x");
  g_assert_null (mill_links_extract_css (bytes, NULL, "ftp://h/", NULL, NULL));
}

static void
test_limit (void)
{
  g_autoptr (GString) html = g_string_new ("<a href=x>");
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GPtrArray) links = NULL, requisites = NULL;
  gboolean truncated = FALSE;

  for (guint i = 0; i <= MILL_LINKS_MAX; i++)
    g_string_append_printf (html, "<img src=%u>", i);
  g_string_append (html, "<a href=y>");
  bytes = g_bytes_new (html->str, html->len);
  links = mill_links_extract (bytes, NULL, PAGE, &requisites, NULL, &truncated, NULL);
  g_assert_true (truncated);
  g_assert_cmpuint (links->len, ==, 2);
  g_assert_cmpuint (requisites->len, ==, MILL_LINKS_MAX);
}

/* Stylesheets made to hurt. What takes more than linear time in any of them takes minutes and longer. */
static void
test_hostile (void)
{
  static const char *const units[] = { "url(",     "url('",  "\"",        "'\n",     "/*",
                                       "/",        "\\",     "@import ",  "url(a b", "a\\62 ",
                                       "u\\72 l(", "url(\\", "@import'a", "#",       "(" };

  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    {
      g_autoptr (GString) css = g_string_new (NULL);
      MillCssScan scan;
      char *reference;

      while (css->len < 2000000)
        g_string_append (css, units[i]);
      g_test_timer_start ();
      mill_css_scan_init (&scan, css->str, css->len);
      while ((reference = mill_css_scan_next (&scan)) != NULL)
        g_free (reference);
      g_test_message ("%s…: %.3f s", units[i], g_test_timer_elapsed ());
    }
}

/* Pages with attributes that hold long lists. */
static void
test_hostile_pages (void)
{
  static const char *const units[] = { ",", "a,", "a ", "a (", "a 1x, " };

  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    {
      g_autoptr (GString) html = g_string_new ("<a href=x><img srcset='");
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GPtrArray) links = NULL, requisites = NULL;

      while (html->len < 2000000)
        g_string_append (html, units[i]);
      g_string_append (html, "'>");
      bytes = g_bytes_new (html->str, html->len);
      links = mill_links_extract (bytes, NULL, PAGE, &requisites, NULL, NULL, NULL);
      g_assert_cmpuint (links->len, ==, 1);
    }
}

/* Any bytes: nothing may be read that is not there. */
static void
test_random (void)
{
  static const char *const bits[] = { "url(", ")",        "'",       "\"",         "\\", "\n",      "\r\n",
                                      "/*",   "*/",       "@import", " ",          ";",  "{",       "}",
                                      "a",    "\xC3\xA9", "\xFF",    "(",          "#",  "1",       "-",
                                      "0d",   "u",        "\\75 ",   "@namespace", "<",  "</style>" };

  for (guint i = 0; i < 15000; i++)
    {
      g_autoptr (GString) css = g_string_new (NULL);
      g_autofree char *copy = NULL;
      MillCssScan scan;
      char *reference;
      guint n = (guint) g_test_rand_int_range (1, 30);

      for (guint j = 0; j < n; j++)
        g_string_append (css, bits[g_test_rand_int_range (0, G_N_ELEMENTS (bits))]);
      copy = g_memdup2 (css->str, css->len);
      mill_css_scan_init (&scan, copy, css->len);
      while ((reference = mill_css_scan_next (&scan)) != NULL)
        g_free (reference);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/requisites/elements", test_elements);
  g_test_add_func ("/requisites/srcset", test_srcset);
  g_test_add_func ("/requisites/styles", test_styles);
  g_test_add_func ("/requisites/follow", test_follow);
  g_test_add_func ("/requisites/nofollow", test_nofollow);
  g_test_add_func ("/requisites/css/url", test_css_url);
  g_test_add_func ("/requisites/css/import", test_css_import);
  g_test_add_func ("/requisites/css/comments", test_css_comments);
  g_test_add_func ("/requisites/css/escapes", test_css_escapes);
  g_test_add_func ("/requisites/css/file", test_css_file);
  g_test_add_func ("/requisites/limit", test_limit);
  g_test_add_func ("/requisites/hostile", test_hostile);
  g_test_add_func ("/requisites/hostile-pages", test_hostile_pages);
  g_test_add_func ("/requisites/random", test_random);
  return g_test_run ();
}
