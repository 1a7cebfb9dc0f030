/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mill-offline-links: what becomes of each way to write a link, and that all else stays as it is. */

#include "config.h"

#include <string.h>

#include "crawl/mill-html-charset-private.h"
#include "crawl/mill-offline-links-private.h"

#define HTML "text/html"
#define CSS  "text/css"
#define PAGE "http://h/d/page.html"

/* What is there, and under which name: a reader of this table can check each case by hand. */
static const char *const saved[][2] = {
  { "http://h/", "h/index.html" },
  { "http://h/d/page.html", "h/d/page.html" },
  { "http://h/d/a", "h/d/a.html" },
  { "http://h/d/a%20b", "h/d/a%20b.html" },
  { "http://h/d/q?x=1&y=2", "h/d/q@x=1&y=2.html" },
  { "http://h/d/%C3%A9", "h/d/\xC3\xA9.html" },
  { "http://h/d/c,d", "h/d/c,d" },
  { "http://h/d/p(1)", "h/d/p(1)" },
  { "http://h/e/i.png", "h/e/i.png" },
  { "https://h:81/s.css", "h_81/s.css" },
};

static char *
find_saved (const char *url, gpointer from)
{
  for (gsize i = 0; i < G_N_ELEMENTS (saved); i++)
    if (strcmp (saved[i][0], url) == 0)
      return mill_offline_reference (from, saved[i][1]);
  return NULL;
}

static char *
find_none (const char *url, gpointer user_data)
{
  return NULL;
}

static GBytes *
rewrite (const char *text, gsize length, const char *type, gboolean is_settled)
{
  /* a copy of exactly this length, so that AddressSanitizer sees a read past the end */
  g_autoptr (GBytes) bytes = g_bytes_new (text, length);

  return mill_offline_rewrite (bytes, type, PAGE, is_settled, find_saved, (gpointer) "h/d/page.html");
}

static void
assert_bytes (GBytes *bytes, const char *expected, gsize length)
{
  g_assert_nonnull (bytes);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, length);
}

/* Also that to rewrite it again changes nothing. */
static void
assert_rewritten (const char *text, gsize length, const char *type, const char *expected,
                  gsize expected_length)
{
  g_autoptr (GBytes) once = rewrite (text, length, type, FALSE);
  g_autoptr (GBytes) twice = NULL;

  assert_bytes (once, expected, expected_length);
  twice = rewrite (expected, expected_length, type, TRUE);
  assert_bytes (twice, expected, expected_length);
}

typedef struct
{
  const char *text;
  const char *expected; /* (nullable): NULL is the text */
} Case;

static void
run_cases (const Case *cases, gsize n, const char *type)
{
  for (gsize i = 0; i < n; i++)
    {
      const char *expected = cases[i].expected != NULL ? cases[i].expected : cases[i].text;

      g_test_message ("%s", cases[i].text);
      assert_rewritten (cases[i].text, strlen (cases[i].text), type, expected, strlen (expected));
    }
}

static void
test_links (void)
{
  static const Case cases[] = {
    { "", NULL },
    { "no tags < here > & there", NULL },
    { "<a href=\"a\">x</a>", "<a href=\"a.html\">x</a>" },
    { "<A  HREF = 'a' >", "<A  HREF = 'a.html' >" },
    { "<a href=a>x</a>", "<a href=a.html>x</a>" },
    { "<a href=/ class=c>", "<a href=../index.html class=c>" },
    { "<a href=\"http://h/d/a\">", "<a href=\"a.html\">" },
    { "<a href=\"HTTP://H:80/d/./a\">", "<a href=\"a.html\">" },
    { "<a href=\"//h/d/a\">", "<a href=\"a.html\">" },
    { "<a href=\"https://h:81/s.css\">", "<a href=\"../../h_81/s.css\">" },
    { "<a href=\"page.html\">", NULL },
    { "<a href=\"./page.html\">", "<a href=\"page.html\">" },
    /* what is not there */
    { "<a href=\"b\">", "<a href=\"http://h/d/b\">" },
    { "<a href=b>", "<a href=http://h/d/b>" },
    { "<a href=../../b/>", "<a href=http://h/b/>" },
    { "<a href=\"//other/x y\">", "<a href=\"http://other/x%20y\">" },
    { "<a href=\"?x=1\">", "<a href=\"http://h/d/page.html?x=1\">" },
    { "<a href=\"b?x=1&y='\">", "<a href=\"http://h/d/b?x=1&amp;y=&#39;\">" },
    { "<a href=\"HTTP://Other/%7eb\">", NULL },
    { "<a href=\"mailto:a@h\"><a href=\"javascript:a\"><a href=\"data:,a\"><a href=\"file:///a\">", NULL },
    { "<a href=\"http://\"><a href=\"http://[/\">", NULL },
    /* fragments */
    { "<a href=\"a#f\">", "<a href=\"a.html#f\">" },
    { "<a href=\"a#F&amp;'g h\">", "<a href=\"a.html#F&amp;'g h\">" },
    { "<a href=\"b#f\">", "<a href=\"http://h/d/b#f\">" },
    { "<a href=\"http://h/d/a#\">", "<a href=\"a.html#\">" },
    { "<a href=\"a&#35;f\">", "<a href=\"a.html&#35;f\">" },
    { "<a href=\"#f\"><a href=\"\"><a href><a href=' '>", NULL },
    { "<a href=\"http://h/d/page.html#f\">", "<a href=\"page.html#f\">" },
    /* queries, escapes, character references */
    { "<a href=\"q?x=1&amp;y=2#z\">", "<a href=\"q@x=1%26y=2.html#z\">" },
    { "<a href=\"q?x=1&y=2\">", "<a href=\"q@x=1%26y=2.html\">" },
    { "<a href=\"&#x61;\">", "<a href=\"a.html\">" },
    { "<a href=\"&#97\">", "<a href=\"a.html\">" },
    { "<a href=\"a b\"><a href=\"a%20b\">", "<a href=\"a%2520b.html\"><a href=\"a%2520b.html\">" },
    { "<a href=\"\xC3\xA9\"><a href=\"%c3%a9\"><a href=\"&eacute;\">",
      "<a href=\"%C3%A9.html\"><a href=\"%C3%A9.html\"><a href=\"%C3%A9.html\">" },
    { "<a href=\" \n a \t\">", "<a href=\" \n a.html \t\">" },
    { "<a href=\"&#32;a&#10;\">", "<a href=\"&#32;a.html&#10;\">" },
    { "<a href=\"/d\\a\">", "<a href=\"a.html\">" },
    { "<a href=\"c,d\"><a href=\"p(1)\">", "<a href=\"c%2Cd\"><a href=\"p%281%29\">" },
    { "<a title=\"<a href=a>\" href=a>", "<a title=\"<a href=a>\" href=a.html>" },
    { "<a href=a href=a>", "<a href=a.html href=a>" },
    /* what is no link */
    { "<!-- <a href=a> --><script>'<a href=a>'</script><textarea><a href=a></textarea>", NULL },
    { "<b href=a><a name=a src=a><x-a href=a>", NULL },
    { "<meta content=a><meta property='og:image' content='/d/a'>", NULL },
    { "<a href=a", NULL },
    { "<a href='a>", NULL },
    { "</a href=a>", NULL },
  };

  run_cases (cases, G_N_ELEMENTS (cases), HTML);
}

static void
test_elements (void)
{
  static const Case cases[] = {
    { "<img src=../e/i.png><IMG SRC='/e/i.png' lowsrc=a>",
      "<img src=../e/i.png><IMG SRC='../e/i.png' lowsrc=a.html>" },
    { "<link rel=stylesheet href=//h/d/a>", "<link rel=stylesheet href=a.html>" },
    { "<script src=a></script><iframe src=a></iframe><frame src=a><embed src=a>",
      "<script src=a.html></script><iframe src=a.html></iframe><frame src=a.html><embed src=a.html>" },
    { "<video src=a poster=a><source src=a><track src=a></video><audio src=a>",
      "<video src=a.html poster=a.html><source src=a.html><track src=a.html></video><audio src=a.html>" },
    { "<input type=image src=a formaction=b><form action=/x?y><button formaction=a>",
      "<input type=image src=a.html formaction=http://h/d/b><form action=http://h/x?y><button "
      "formaction=a.html>" },
    { "<object data=a></object><body background=a><td background=a><area href=a>",
      "<object data=a.html></object><body background=a.html><td background=a.html><area href=a.html>" },
    { "<blockquote cite=a><svg><use xlink:href='a#i'/><image href=a /></svg>",
      "<blockquote cite=a.html><svg><use xlink:href='a.html#i'/><image href=a.html /></svg>" },
    /* srcset */
    { "<img srcset='a 1x,b 2x'>", "<img srcset='a.html 1x,http://h/d/b 2x'>" },
    { "<img srcset=' , a 1x , ,b 100w (,) , c,d'>",
      "<img srcset=' , a.html 1x , ,http://h/d/b 100w (,) , c%2Cd'>" },
    { "<source srcset=\"a,\n  b\">", "<source srcset=\"a.html,\n  http://h/d/b\">" },
    { "<img srcset='q?x=1&amp;y=2 1x, &#97; 2x, x?a&b 3x' src=a>",
      "<img srcset='q@x=1%26y=2.html 1x, a.html 2x, http://h/d/x?a&amp;b 3x' src=a.html>" },
    { "<link imagesrcset='a 1x'>", "<link imagesrcset='a.html 1x'>" },
    { "<img srcset=','>", NULL },
    /* refresh */
    { "<meta http-equiv=Refresh content='5; URL=a'>", "<meta http-equiv=Refresh content='5; URL=a.html'>" },
    { "<meta content=\"0;url='b?&quot;'\" http-equiv=refresh>",
      "<meta content=\"0;url='http://h/d/b?%22'\" http-equiv=refresh>" },
    { "<meta http-equiv=refresh content=\"0;url=b'\">",
      "<meta http-equiv=refresh content=\"0;url=http://h/d/b&#39;\">" },
    { "<meta http-equiv=refresh content=\"0;url'b\">",
      "<meta http-equiv=refresh content=\"0;http://h/d/url&#39;b\">" },
    { "<meta http-equiv=refresh content='0; a#f '>", "<meta http-equiv=refresh content='0; a.html#f '>" },
    { "<meta http-equiv=refresh content=5><meta http-equiv=other content='5;url=a'>", NULL },
    /* styles */
    { "<p style='x:url(a)'>", "<p style='x:url(a.html)'>" },
    { "<p style=\"x:url('a');y:url(&quot;b&quot;)\">",
      "<p style=\"x:url('a.html');y:url(&quot;http://h/d/b&quot;)\">" },
    { "<p style='x:url(b?a&amp;b(\\29)'><p style='x:url(b?a&amp;b\\28)'>",
      "<p style='x:url(b?a&amp;b(\\29)'><p style='x:url(http://h/d/b?a&amp;b\\()'>" },
    { "<style>@import 'a'; b{c:url(b)}</style><a href=a>",
      "<style>@import 'a.html'; b{c:url(http://h/d/b)}</style><a href=a.html>" },
    { "<p style='x:url(#a)'>", NULL },
    /* several in one tag, in any order */
    { "<img style='x:url(a)' srcset='a 1x' alt=a src=a>",
      "<img style='x:url(a.html)' srcset='a.html 1x' alt=a src=a.html>" },
  };

  run_cases (cases, G_N_ELEMENTS (cases), HTML);
}

static void
test_base (void)
{
  static const Case cases[] = {
    { "<base href='/e/'><img src=i.png><a href=x>",
      "<base href=''><img src=../e/i.png><a href=http://h/e/x>" },
    { "<base href=/e/><img src=i.png>", "<base href=\"\"><img src=../e/i.png>" },
    { "<base href=/e/ target=_top><img src=i.png>", "<base href=\"\" target=_top><img src=../e/i.png>" },
    { "<a href=a><base href=/e/><a href=/d/a>", "<a href=a.html><base href=\"\"><a href=a.html>" },
    { "<base target=x><base href=/e/><base href=/f/><img src=i.png>",
      "<base target=x><base href=\"\"><base href=/f/><img src=../e/i.png>" },
    { "<base href='http://other/'><a href=a><a href='#x'><a href=''>",
      "<base href=''><a href=http://other/a><a href='http://other/#x'><a href='http://other/'>" },
    { "<base href='/'><a href='#x'>", "<base href=''><a href='../index.html#x'>" },
    { "<base href='page.html'><a href='#x'><a href=a>", "<base href=''><a href='#x'><a href=a.html>" },
    { "<base href=''><a href=a><base href='/e/'>", "<base href=''><a href=a.html><base href='/e/'>" },
    { "<base href='javascript:x'><a href=a>", "<base href=''><a href=a.html>" },
    { "<base style='x:url(a)' href='/e/'><base>", "<base style='x:url(a.html)' href=''><base>" },
    { "<base href='/e/'><p style='x:url(i.png);y:url(#z)'>",
      "<base href=''><p style='x:url(../e/i.png);y:url(#z)'>" },
  };

  run_cases (cases, G_N_ELEMENTS (cases), HTML);
}

static void
test_css (void)
{
  static const Case cases[] = {
    { "", NULL },
    { "a{b:url(a)}", "a{b:url(a.html)}" },
    { "a{b:URL( \"a\" )}", "a{b:URL( \"a.html\" )}" },
    { "a{b:url( a\n)}", "a{b:url( a.html\n)}" },
    { "@import 'a' screen;@import url(b);", "@import 'a.html' screen;@import url(http://h/d/b);" },
    { "@font-face{src:url(a#iefix) format('x'),url('b?#y')}",
      "@font-face{src:url(a.html#iefix) format('x'),url('http://h/d/b?#y')}" },
    { "a{b:url(\\61)}", "a{b:url(a.html)}" },
    { "a{b:url(x\\(y)}", "a{b:url(http://h/d/x\\(y)}" },
    { "a{b:url(\"x(y'\")}", "a{b:url(\"http://h/d/x(y'\")}" },
    { "a{b:url('x(\\'y&z')}", "a{b:url('http://h/d/x(\\'y&z')}" },
    { "a{b:url(p\\(1\\))}", "a{b:url(p%281%29)}" },
    { "a{b:url(a\\23 f)}", NULL },
    { "@import '\\\n';@import ' ';a{b:url( )}", NULL },
    { "/* url(a) */ a{b:'url(a)';c:#url(a)} @namespace url(a);", NULL },
    { "a{b:url(a b)} c{d:url('a\n')}", NULL },
    { "a{b:url(#f)} c{d:url()} e{f:url('')} g{h:url(data:,a)}", NULL },
    { "a{b:url(a", "a{b:url(a.html" },
    { "@import 'a", "@import 'a.html" },
    { "<a href=a>", NULL },
    { "a{b:url(\xC3\xA9)}", "a{b:url(%C3%A9.html)}" },
  };

  run_cases (cases, G_N_ELEMENTS (cases), CSS);
}

/* Every byte but those of the links stays, whatever the encoding. */
static void
test_encodings (void)
{
  static const char latin1[] = "<p>\xE9\xFF</p><a href=\"\xE9#\xE9\">\xE9</a>";
  static const char latin1_after[] = "<p>\xE9\xFF</p><a href=\"%C3%A9.html#\xE9\">\xE9</a>";
  /* the second byte of the first letter is a backslash */
  static const char sjis[] = "<p title='\x83\x5C'>\x95\x5C</p><a href=a><p style=\"x:'\x83\x5C';y:url(a)\">";
  static const char sjis_after[] =
      "<p title='\x83\x5C'>\x95\x5C</p><a href=a.html><p style=\"x:'\x83\x5C';y:url(a)\">";
  static const char jis[] = "<a href=a>\x1b$B<a href=a>\x1b(B";
  static const char utf16[] = "\xFF\xFE<\0a\0 \0h\0r\0e\0f\0=\0a\0>\0";
  static const char odd[] = "\xEF\xBB\xBF<a\0href=a>\xC3\xFE</a\xFF><a \xFF=\xFE href=\"a\"\xFF>\0\r\n";
  static const char odd_after[] =
      "\xEF\xBB\xBF<a\0href=a>\xC3\xFE</a\xFF><a \xFF=\xFE href=\"a.html\"\xFF>\0\r\n";

  assert_rewritten (latin1, sizeof latin1 - 1, "text/html; charset=iso-8859-1", latin1_after,
                    sizeof latin1_after - 1);
  assert_rewritten (sjis, sizeof sjis - 1, "text/html;charset=Shift_JIS", sjis_after, sizeof sjis_after - 1);
  assert_rewritten (jis, sizeof jis - 1, "text/html;charset=iso-2022-jp", jis, sizeof jis - 1);
  assert_rewritten (utf16, sizeof utf16 - 1, HTML, utf16, sizeof utf16 - 1);
  assert_rewritten (utf16 + 2, sizeof utf16 - 3, "text/html;charset=utf-16le", utf16 + 2, sizeof utf16 - 3);
  assert_rewritten (odd, sizeof odd - 1, HTML, odd_after, sizeof odd_after - 1);
  assert_rewritten ("<a href=a>", 10, "text/html; charset=no-such", "<a href=a.html>", 15);
}

static void
test_charsets (void)
{
  static const char *const plain[] = { "UTF-8", "WINDOWS-1252", "ISO-8859-5", "KOI8-R", "GB18030",
                                       "CP932", "CP949",        "BIG5-HKSCS", "EUC-JP", "no-such" };
  static const char *const others[] = { "UTF-16LE",    "UTF-16BE",    "utf-32",
                                        "iso-2022-jp", "iso-2022-kr", "unicode" };

  for (gsize i = 0; i < G_N_ELEMENTS (plain); i++)
    g_assert_true (mill_html_is_ascii_based (plain[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_false (mill_html_is_ascii_based (others[i]));
}

/* In XHTML a script may be empty. */
static void
test_xhtml (void)
{
  static const char page[] = "<script src=\"a\"/><a href=\"a\">";

  static const char as_xhtml[] = "<script src=\"a.html\"/><a href=\"a.html\">";
  static const char as_html[] = "<script src=\"a.html\"/><a href=\"a\">";

  assert_rewritten (page, strlen (page), "application/xhtml+xml", as_xhtml, strlen (as_xhtml));
  assert_rewritten (page, strlen (page), HTML, as_html, strlen (as_html));
}

/* What was not there before is there now: only what was absolute is looked at. */
static void
test_settled (void)
{
  static const char page[] =
      "<a href='http://h/d/a'><a href=a.html><a href='../x'><a href='http://h/y'><base href=/e/>";
  static const char after[] =
      "<a href='a.html'><a href=a.html><a href='../x'><a href='http://h/y'><base href=/e/>";
  g_autoptr (GBytes) rewritten = rewrite (page, strlen (page), HTML, TRUE);

  assert_bytes (rewritten, after, strlen (after));
}

static void
test_untouched (void)
{
  static const char page[] = "<a href='http://h/d/b'>";
  g_autoptr (GBytes) bytes = g_bytes_new_static (page, strlen (page));
  g_autoptr (GBytes) same = mill_offline_rewrite (bytes, HTML, PAGE, FALSE, find_none, NULL);
  g_autoptr (GBytes) none = mill_offline_rewrite (bytes, HTML, "ftp://h/", FALSE, find_none, NULL);

  g_assert_true (same == bytes);
  g_assert_null (none);
}

static void
test_types (void)
{
  g_assert_true (mill_offline_is_rewritable ("text/html"));
  g_assert_true (mill_offline_is_rewritable ("Text/HTML; charset=x"));
  g_assert_true (mill_offline_is_rewritable ("text/css;x"));
  g_assert_true (mill_offline_is_rewritable ("application/xhtml+xml"));
  g_assert_false (mill_offline_is_rewritable (NULL));
  g_assert_false (mill_offline_is_rewritable ("text/plain"));
  g_assert_false (mill_offline_is_rewritable ("image/svg+xml"));
  g_assert_false (mill_offline_is_rewritable ("text/htmlx"));
}

static void
assert_reference (const char *from, const char *to, const char *expected)
{
  g_autofree char *reference = mill_offline_reference (from, to);

  g_assert_cmpstr (reference, ==, expected);
}

static void
test_reference (void)
{
  assert_reference ("h/a", "h/a", "a");
  assert_reference ("h/a", "h/b", "b");
  assert_reference ("h/a", "h/ab", "ab");
  assert_reference ("h/d/a", "h/a", "../a");
  assert_reference ("h/d/a", "h/e/a", "../e/a");
  assert_reference ("h/d/a", "h/da/a", "../da/a");
  assert_reference ("h/a", "g/a", "../g/a");
  assert_reference ("h/a", "h/d/e/a", "d/e/a");
  assert_reference ("a", "b:c", "b%3Ac");
  assert_reference ("h/a", "h/%41 \"<>'()&?#,;\xC3\xA9", "%2541%20%22%3C%3E%27%28%29%26%3F%23%2C%3B%C3%A9");
}

/* A page that is made to grow without end is left alone, and soon. */
static void
test_bomb (void)
{
  g_autoptr (GString) page = g_string_new ("<base href='http://h/");
  g_autoptr (GBytes) bytes = NULL, rewritten = NULL;

  for (guint i = 0; i < 8000; i++)
    g_string_append_c (page, 'x');
  g_string_append (page, "/'>");
  for (guint i = 0; i < 20000; i++)
    g_string_append (page, "<a href=y>");
  bytes = g_string_free_to_bytes (g_steal_pointer (&page));
  rewritten = mill_offline_rewrite (bytes, HTML, PAGE, FALSE, find_none, NULL);
  g_assert_null (rewritten);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/offline-links/links", test_links);
  g_test_add_func ("/offline-links/elements", test_elements);
  g_test_add_func ("/offline-links/base", test_base);
  g_test_add_func ("/offline-links/css", test_css);
  g_test_add_func ("/offline-links/encodings", test_encodings);
  g_test_add_func ("/offline-links/charsets", test_charsets);
  g_test_add_func ("/offline-links/xhtml", test_xhtml);
  g_test_add_func ("/offline-links/settled", test_settled);
  g_test_add_func ("/offline-links/untouched", test_untouched);
  g_test_add_func ("/offline-links/types", test_types);
  g_test_add_func ("/offline-links/reference", test_reference);
  g_test_add_func ("/offline-links/bomb", test_bomb);
  return g_test_run ();
}
