/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mill-links: which links are found, in any encoding, and that no page is slow or harmful. */

#include "config.h"

#include <string.h>

#include "core/mill-error.h"
#include "crawl/mill-html-charset-private.h"
#include "crawl/mill-html-scan-private.h"
#include "crawl/mill-links.h"

#define PAGE "http://h/dir/page.html"

static GPtrArray *
extract (const char *html, gssize length, const char *content_type)
{
  /* a copy of exactly this length, so that AddressSanitizer sees a read past the end */
  g_autoptr (GBytes) bytes = g_bytes_new (html, length < 0 ? strlen (html) : (size_t) length);
  g_autoptr (GError) error = NULL;
  g_autofree char *title = NULL;
  GPtrArray *links = mill_links_extract (bytes, content_type, PAGE, NULL, &title, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (links);
  if (title != NULL)
    {
      g_assert_true (g_utf8_validate (title, -1, NULL));
      g_assert_cmpint (g_utf8_strlen (title, -1), <=, MILL_LINKS_MAX_TITLE);
    }
  return links;
}

static void
assert_joined (GPtrArray *links, const char *expected)
{
  g_autoptr (GString) joined = g_string_new (NULL);

  for (guint i = 0; i < links->len; i++)
    g_string_append_printf (joined, "%s%s", i > 0 ? " " : "", (const char *) g_ptr_array_index (links, i));
  g_assert_cmpstr (joined->str, ==, expected);
}

static void
assert_links (const char *html, const char *expected)
{
  g_autoptr (GPtrArray) links = extract (html, -1, NULL);
  g_autofree char *shown = g_strescape (html, NULL);

  g_test_message ("%s", shown);
  assert_joined (links, expected);
}

static void
test_elements (void)
{
  assert_links ("", "");
  assert_links ("no tags < here > & there", "");
  assert_links ("<a href=\"x.html\">x</a>", "http://h/dir/x.html");
  assert_links ("<A HREF='/x'>x</A>", "http://h/x");
  assert_links ("<a href=x>x</a><a href=y/>y</a>", "http://h/dir/x http://h/dir/y/");
  assert_links ("<a\nclass=c\thref\n=\n\"x\"\n>", "http://h/dir/x");
  assert_links ("<a title='<a href=no>' href=yes>", "http://h/dir/yes");
  assert_links ("<a title=\"> <a href=no>\" href=yes>", "http://h/dir/yes");
  assert_links ("<a href=first href=second>", "http://h/dir/first");
  assert_links ("<a name=top><a href><a href=>", "http://h/dir/page.html");
  assert_links ("<area href=m><frame src=f><iframe src=i></iframe>",
                "http://h/dir/m http://h/dir/f http://h/dir/i");
  assert_links ("<img src=no><script src=no></script><link href=no><abbr href=no><aside href=no>", "");
  assert_links ("<a/href=\"x\"/>", "http://h/dir/x");
  assert_links ("<a b=\"1\"href=\"x\">", "http://h/dir/x");
  assert_links ("<a =\"x\" href=y>", "http://h/dir/y");
  assert_links ("<a href=a&amp;b><a href='?a=1&amp;b=2&#38;c=3&#x26;d'>",
                "http://h/dir/a&b http://h/dir/page.html?a=1&b=2&c=3&d");
  assert_links ("<a href='?a=1&copy=2&lt'>", "http://h/dir/page.html?a=1&copy=2&lt");
  assert_links ("<a href='&eacute;&hellip;&unknown;&;&#;&#x;&#0;&#xD800;&#99999999999;'>",
                "http://h/dir/%C3%A9%E2%80%A6&unknown;&;&");
}

static void
assert_title (const char *html, const char *content_type, const char *expected)
{
  g_autoptr (GBytes) bytes = g_bytes_new (html, strlen (html));
  g_autofree char *title = NULL;
  g_autofree char *shown = g_strescape (html, NULL); /* not all is UTF-8 */
  g_autoptr (GPtrArray) links = mill_links_extract (bytes, content_type, PAGE, NULL, &title, NULL, NULL);

  g_test_message ("%s", shown);
  g_assert_nonnull (links);
  g_assert_cmpstr (title, ==, expected);
}

static void
test_title (void)
{
  g_autofree char *row = g_strnfill (MILL_LINKS_MAX_TITLE + 1, 'x');
  g_autofree char *too_long = g_strdup_printf ("<title>%s</title>", row);
  g_autofree char *apart = g_strdup_printf ("<title>%.*s y</title>", MILL_LINKS_MAX_TITLE - 1, row);

  assert_title ("<title>Hello</title><a href=x>", NULL, "Hello");
  assert_title ("<TITLE lang=en >\n  a\t\tb &amp; c&nbsp;d \r\n</TITLE>", NULL, "a b & c d");
  assert_title ("<title>a<b>c</title>", NULL, "a<b>c");
  assert_title ("<title>x&#0;y&#x1b;[31m&#10;&#8364;</title>", NULL, "x\xEF\xBF\xBDy [31m \xE2\x82\xAC");
  assert_title ("<title>\xE4\xF6</title>", "text/html; charset=iso-8859-1", "\xC3\xA4\xC3\xB6");
  assert_title ("<title>first</title><title>second</title>", NULL, "first");
  assert_title ("<!-- <title>no</title> --><script>'<title>no</title>'</script>", NULL, NULL);
  assert_title ("<svg><title>no</title></svg>", NULL, NULL);
  assert_title ("<title></title>", NULL, NULL);
  assert_title ("<title> \n </title>", NULL, NULL);
  assert_title ("<title>without end", NULL, "without end");
  assert_title ("<title", NULL, NULL);
  assert_title ("<title/><p>no</p>", "application/xhtml+xml", NULL);
  assert_title ("", NULL, NULL);
  row[MILL_LINKS_MAX_TITLE] = '\0';
  assert_title (too_long, NULL, row);
  row[MILL_LINKS_MAX_TITLE - 1] = '\0';
  assert_title (apart, NULL, row);
  assert_links ("<title>t</title a='<a href=no>'><a href=x>", "http://h/dir/x");
}

static void
test_order_and_duplicates (void)
{
  assert_links ("<a href=b><a href=a><a href=b><a href=./b><a href=b#x><a href=/dir/b>",
                "http://h/dir/b http://h/dir/a");
  assert_links ("<a href='#top'><a href='page.html#x'><a href=page.html>", "http://h/dir/page.html");
}

static void
test_skipped (void)
{
  assert_links ("<a href='javascript:x()'><a href='mailto:a@b.example'><a href='data:,x'><a href='tel:1'>"
                "<a href='ftp://x/'><a href='http://'><a href='http://a b/'><a href=ok>",
                "http://h/dir/ok");
  assert_links ("<a rel=nofollow href=a><a href=b rel='x NoFollow y'><a rel='nofollower' href=c>"
                "<a rel='nofollow,x' href=d>",
                "http://h/dir/c http://h/dir/d");
  assert_links ("<a href='http://user:secret@x/'>", "http://x/");
}

static void
test_base (void)
{
  assert_links ("<base href='/other/'><a href=x>", "http://h/other/x");
  assert_links ("<base href='https://x.example/y/z'><a href=a><a href=/b>",
                "https://x.example/y/a https://x.example/b");
  assert_links ("<base href=/one/><base href=/two/><a href=x>", "http://h/one/x");
  assert_links ("<base target=_top><base href=/one/><a href=x>", "http://h/one/x");
  assert_links ("<base href='javascript:x'><a href=x>", "http://h/dir/x");
  assert_links ("<a href=x><base href=/b/><a href=x>", "http://h/dir/x http://h/b/x");
}

static void
test_text_content (void)
{
  assert_links ("<script>'<a href=no>'</script><a href=yes>", "http://h/dir/yes");
  assert_links ("<SCRIPT type='x>'>a</scripty><a href=no></Script ><a href=yes>", "http://h/dir/yes");
  assert_links ("<script>if (a</b) '<a href=no>'</script\n><a href=yes>", "http://h/dir/yes");
  assert_links ("<style><a href=no></style/><title><a href=no></title><textarea><a href=no></textarea>"
                "<a href=yes>",
                "http://h/dir/yes");
  assert_links ("<iframe src=f><a href=no></iframe><a href=yes>", "http://h/dir/f http://h/dir/yes");
  assert_links ("<noscript><a href=yes></noscript>", "http://h/dir/yes");
  assert_links ("<a href=yes><script><a href=no>", "http://h/dir/yes");
  assert_links ("</script><a href=yes></script foo='<a href=no>'>", "http://h/dir/yes");
}

static void
test_comments (void)
{
  assert_links ("<!-- <a href=no> --><a href=yes>", "http://h/dir/yes");
  assert_links ("<!--><a href=yes>-->", "http://h/dir/yes");
  assert_links ("<!---><a href=yes>-->", "http://h/dir/yes");
  assert_links ("<!----><a href=yes>", "http://h/dir/yes");
  assert_links ("<!-- --- --><a href=yes>", "http://h/dir/yes");
  assert_links ("<!-- ---><a href=yes>", "http://h/dir/yes");
  assert_links ("<!-- --!><a href=yes>", "http://h/dir/yes");
  assert_links ("<!--!><a href=no>--><a href=yes>", "http://h/dir/yes");
  assert_links ("<!-- -- > <a href=no> --><a href=yes>", "http://h/dir/yes");
  assert_links ("<!doctype html><?php <a href=no?><a href=yes>", "http://h/dir/yes");
  assert_links ("<![CDATA[ <a href=no> ]]><a href=yes>", "http://h/dir/yes");
  assert_links ("</ <a href=no><a href=yes>", "http://h/dir/yes");
  assert_links ("<a href=yes><!-- <a href=no>", "http://h/dir/yes");
}

static void
test_cut_short (void)
{
  static const char html[] = "<p a=\"b\"><a href='x'><!-- c --><script>s</script><a href=y>&amp;</a></p>";

  for (size_t i = 0; i <= strlen (html); i++)
    {
      g_autoptr (GPtrArray) links = extract (html, (gssize) i, NULL);

      g_assert_cmpuint (links->len, <=, 2);
    }
  assert_links ("<a href=x", "");
  assert_links ("<a href='x", "");
  assert_links ("<a href='x'", "");
  assert_links ("<a href='x' ", "");
  assert_links ("<", "");
  assert_links ("<a", "");
}

static void
test_xhtml (void)
{
  static const char html[] = "<script src='x'/><a href='yes'/>";
  g_autoptr (GPtrArray) as_html = extract (html, -1, "text/html");
  g_autoptr (GPtrArray) as_xhtml = extract (html, -1, "application/xhtml+xml; charset=utf-8");

  g_assert_cmpuint (as_html->len, ==, 0);
  assert_joined (as_xhtml, "http://h/dir/yes");
}

static void
assert_charset (const char *html, gssize length, const char *content_type, const char *expected)
{
  g_autoptr (GBytes) bytes = g_bytes_new (html, length < 0 ? strlen (html) : (size_t) length);
  g_autofree char *charset = mill_html_find_charset (bytes, content_type);

  g_assert_cmpstr (charset, ==, expected);
}

static void
test_charset (void)
{
  assert_charset ("", -1, NULL, "UTF-8");
  assert_charset ("abc", -1, NULL, "UTF-8");
  assert_charset ("\xC3\xA9", -1, NULL, "UTF-8");
  assert_charset ("\xE9", -1, NULL, "WINDOWS-1252");
  assert_charset ("\xEF\xBB\xBF", -1, "text/html; charset=koi8-r", "UTF-8");
  assert_charset ("\xFF\xFE\0<", 4, NULL, "UTF-16LE");
  assert_charset ("\xFE\xFF\0<", 4, NULL, "UTF-16BE");
  assert_charset ("<meta charset=koi8-r>", -1, "text/html;charset=\"Shift_JIS\"", "CP932");
  assert_charset ("<meta charset=koi8-r>", -1, "text/html; charset=", "koi8-r");
  assert_charset ("<meta charset=koi8-r>", -1, "text/html; charset=utf-7", "koi8-r");
  assert_charset ("<meta charset=koi8-r>", -1, "text/html; charset=../../x", "koi8-r");
  assert_charset ("<meta charset=koi8-r>", -1, "text/html; charset=x//IGNORE", "koi8-r");
  assert_charset ("<!-- <meta charset=a> --><META CharSet=' GB2312 '>", -1, NULL, "GB18030");
  assert_charset ("<meta http-equiv='Content-Type' content='text/html; charset=ISO-8859-1'>", -1, NULL,
                  "WINDOWS-1252");
  assert_charset ("<meta content='text/html; charset = big5 ; x' http-equiv=content-type>", -1, NULL,
                  "BIG5-HKSCS");
  assert_charset ("<meta name=description content='charset=koi8-r'>", -1, NULL, "UTF-8");
  assert_charset ("<meta charset=utf-16>", -1, NULL, "UTF-8");
}

static void
test_encodings (void)
{
  static const struct
  {
    const char *charset;
    const char *type;
  } cases[] = {
    { "UTF-8", "text/html" },
    { "UTF-8", "text/html; charset=no-such-charset" },
    { "ISO-8859-1", NULL },
    { "ISO-8859-1", "text/html; charset=iso-8859-1" },
    { "GB18030", "text/html; charset=gb2312" },
    { "UTF-16LE", "text/html; charset=utf-16" },
    { "UTF-16BE", "text/html; charset=utf-16be" },
    { "ISO-2022-JP", "text/html; charset=iso-2022-jp" },
  };
  static const char html[] = "<p>plain<a href='caf\xC3\xA9'><a href=end>";
  static const char kana[] = "<p>plain<a href='\xE3\x81\x82'><a href=end>";

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gboolean japanese = g_str_equal (cases[i].charset, "ISO-2022-JP");
      size_t length;
      g_autofree char *encoded =
          g_convert (japanese ? kana : html, -1, cases[i].charset, "UTF-8", NULL, &length, NULL);
      g_autoptr (GPtrArray) links = extract (encoded, (gssize) length, cases[i].type);

      g_test_message ("%s as %s", cases[i].charset, cases[i].type != NULL ? cases[i].type : "nothing");
      assert_joined (links, japanese ? "http://h/dir/%E3%81%82 http://h/dir/end"
                                     : "http://h/dir/caf%C3%A9 http://h/dir/end");
    }
}

static void
test_invalid_bytes (void)
{
  static const char utf16[] = "\xFF\xFE<\0a\0 \0h\0r\0e\0f\0=\0\0\xD8>\0<\0a\0 \0h\0r\0e\0f\0=\0y\0>";
  static const char nuls[] = "\0<a\0href=no><a href='x\0y'>\0<a hr\0ef=no href=z>\0";
  g_autoptr (GPtrArray) in_utf8 = extract ("<a href='\xFF\xC3'><a href=y>", -1, "text/html; charset=utf-8");
  g_autoptr (GPtrArray) in_utf16 = extract (utf16, sizeof utf16, NULL); /* the NUL at the end belongs to it */
  g_autoptr (GPtrArray) with_nuls = extract (nuls, sizeof nuls, NULL);

  assert_joined (in_utf8, "http://h/dir/%FF%C3 http://h/dir/y");
  assert_joined (in_utf16, "http://h/dir/%EF%BF%BD http://h/dir/y");
  assert_joined (with_nuls, "http://h/dir/x%EF%BF%BDy http://h/dir/z");
}

static void
test_page_url (void)
{
  g_autoptr (GBytes) html = g_bytes_new_static ("<a href=x>", 10);
  g_autoptr (GError) error = NULL;

  g_assert_null (mill_links_extract (html, NULL, "ftp://h/", NULL, NULL, NULL, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_INVALID);
}

static void
test_limit (void)
{
  g_autoptr (GString) html = g_string_new (NULL);
  g_autoptr (GBytes) full = NULL, over = NULL;
  g_autoptr (GPtrArray) all = NULL, cut = NULL;
  gboolean truncated = TRUE;

  for (guint i = 0; i < MILL_LINKS_MAX; i++)
    g_string_append_printf (html, "<a href=%u>", i);
  full = g_bytes_new (html->str, html->len);
  all = mill_links_extract (full, NULL, PAGE, NULL, NULL, &truncated, NULL);
  g_assert_cmpuint (all->len, ==, MILL_LINKS_MAX);
  g_assert_false (truncated);

  g_string_append (html, "<a href=more>");
  over = g_bytes_new (html->str, html->len);
  cut = mill_links_extract (over, NULL, PAGE, NULL, NULL, &truncated, NULL);
  g_assert_cmpuint (cut->len, ==, MILL_LINKS_MAX);
  g_assert_true (truncated);
}

/* @times copies of @unit, between @before and @after. */
static char *
repeat (const char *before, const char *unit, size_t times, const char *after, size_t *length)
{
  size_t n = strlen (unit);
  GString *out = g_string_sized_new (n * times + 64);

  g_string_append (out, before);
  for (size_t i = 0; i < times; i++)
    g_string_append_len (out, unit, (gssize) n);
  g_string_append (out, after);
  *length = out->len;
  return g_string_free (out, FALSE);
}

/* Pages made to hurt, each 10 MB. What takes more than linear time in any of them takes minutes and longer.
 */
static void
test_hostile (void)
{
  static const struct
  {
    const char *before;
    const char *unit;
    const char *after;
    const char *links;
  } pages[] = {
    { "", "<div>", "<a href=x>", "http://h/dir/x" },
    { "<a href=x>", "x", "", "http://h/dir/x" },
    { "<a href=x>", "<", "", "http://h/dir/x" },
    { "<a href=x>", "<a ", "", "http://h/dir/x" },
    { "<a href=x>", "<!-", "", "http://h/dir/x" },
    { "<a href=x>", "<!--", "", "http://h/dir/x" },
    { "", "<!-- --!>", "<a href=x>", "http://h/dir/x" },
    { "<a href=x>", "</", "", "http://h/dir/x" },
    { "<a href=x><script>", "</s", "", "http://h/dir/x" },
    { "<a href=x><script>", "</script", "", "http://h/dir/x" },
    { "", "<script></script>", "<a href=x>", "http://h/dir/x" },
    { "", "<iframe></iframe>", "<a href=x>", "http://h/dir/x" },
    { "<a ", "b ", " href=x>", "http://h/dir/x" },
    { "<a href=x title='", "<a href=y>", "", "" },
    { "<a href=x>", "<a href='", "", "http://h/dir/x" },
    { "<a href=x>", "<a href=", "", "http://h/dir/x" },
    { "<a href=x>", "&", "", "http://h/dir/x" },
    { "<a href='", "&#", "'><a href=x>", "http://h/dir/x" },
    { "<a href='", "&#1", "'><a href=x>", "http://h/dir/page.html http://h/dir/x" },
    { "<a href='&#", "9", ";'><a href=x>", "http://h/dir/%EF%BF%BD http://h/dir/x" },
    { "<a href='", "&amp;", "'><a href=x>", "http://h/dir/x" },
    { "<a href='", "y", "'><a href=x>", "http://h/dir/x" },
    { "<a href=x rel='", " ", "'>", "http://h/dir/x" },
    { "<meta charset='", "x", "'><a href=x>", "http://h/dir/x" },
    { "<meta content='", "charset", "'><a href=x>", "http://h/dir/x" },
    { "<a href=x>", "<a href='javascript:'>", "", "http://h/dir/x" },
    { "<a href=x>", "<base href=//>", "", "http://h/dir/x" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      size_t size = i < 2 || g_test_perf () ? 10000000 : 2000000;
      size_t length, times = size / strlen (pages[i].unit);
      g_autofree char *html = repeat (pages[i].before, pages[i].unit, times, pages[i].after, &length);
      g_autoptr (GPtrArray) links = NULL;
      double seconds;

      g_test_timer_start ();
      links = extract (html, (gssize) length, NULL);
      seconds = g_test_timer_elapsed ();
      g_test_message ("%s%s…%s: %.3f s", pages[i].before, pages[i].unit, pages[i].after, seconds);
      assert_joined (links, pages[i].links);
      g_assert_cmpfloat (seconds, <, 60.0);
    }
}

/* Any bytes: nothing may be read that is not there, and every link found must be a canonical URL. */
static void
test_random (void)
{
  static const char *const bits[] = { "<",        ">",      "/",       "a",      "href",     "=",
                                      "\"",       "'",      " ",       "!",      "--",       "<!--",
                                      "-->",      "<a ",    "src",     "<base ", "<script>", "</script>",
                                      "&",        "#",      "&amp;",   ";",      "x",        "\xFF",
                                      "\xC3\xA9", "<meta ", "charset", "rel",    "nofollow", "http://h2/",
                                      "?",        "iframe", "\n",      "title",  "utf-16",   "]]>" };

  for (guint i = 0; i < 50000; i++)
    {
      g_autoptr (GString) html = g_string_new (NULL);
      g_autoptr (GPtrArray) links = NULL;
      guint n = (guint) g_test_rand_int_range (1, 40);

      for (guint j = 0; j < n; j++)
        if (g_test_rand_int_range (0, 20) == 0)
          g_string_append_c (html, (char) g_test_rand_int_range (0, 256));
        else
          g_string_append (html, bits[g_test_rand_int_range (0, G_N_ELEMENTS (bits))]);
      links = extract (html->str, (gssize) html->len, NULL);
      for (guint j = 0; j < links->len; j++)
        g_assert_true (g_str_has_prefix (g_ptr_array_index (links, j), "http"));
    }
}

static gpointer
extract_many (gpointer html)
{
  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (GPtrArray) links = extract (html, -1, "text/html; charset=gb2312");

      g_assert_cmpuint (links->len, ==, 2);
    }
  return NULL;
}

static void
test_threads (void)
{
  static char html[] = "<meta charset=koi8-r><a href='&eacute;'>\xC4\xE3<a href=y>";
  GThread *threads[8];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("extract", extract_many, html);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

/* With -m perf and MILL_TEST_HTML, a list of pages: how fast. */
static void
test_speed (void)
{
  const char *pages = g_getenv ("MILL_TEST_HTML");
  g_auto (GStrv) paths = NULL;

  if (!g_test_perf () || pages == NULL)
    {
      g_test_skip ("needs -m perf and MILL_TEST_HTML=PAGE:PAGE…");
      return;
    }
  paths = g_strsplit (pages, ":", -1);
  for (guint i = 0; paths[i] != NULL; i++)
    {
      g_autofree char *html = NULL;
      g_autoptr (GBytes) bytes = NULL;
      size_t length;
      guint n = 0;
      double seconds;

      g_assert_true (g_file_get_contents (paths[i], &html, &length, NULL));
      bytes = g_bytes_new_static (html, length);
      g_test_timer_start ();
      for (guint j = 0; j < 20; j++)
        {
          g_autoptr (GPtrArray) links = mill_links_extract (bytes, "text/html", PAGE, NULL, NULL, NULL, NULL);

          n = links->len;
        }
      seconds = g_test_timer_elapsed () / 20;
      g_test_maximized_result ((double) length / seconds / 1e6,
                               "%s: %" G_GSIZE_FORMAT " bytes, %u links, %.1f MB/s", paths[i], length, n,
                               (double) length / seconds / 1e6);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/links/elements", test_elements);
  g_test_add_func ("/links/title", test_title);
  g_test_add_func ("/links/order-and-duplicates", test_order_and_duplicates);
  g_test_add_func ("/links/skipped", test_skipped);
  g_test_add_func ("/links/base", test_base);
  g_test_add_func ("/links/text-content", test_text_content);
  g_test_add_func ("/links/comments", test_comments);
  g_test_add_func ("/links/cut-short", test_cut_short);
  g_test_add_func ("/links/xhtml", test_xhtml);
  g_test_add_func ("/links/charset", test_charset);
  g_test_add_func ("/links/encodings", test_encodings);
  g_test_add_func ("/links/invalid-bytes", test_invalid_bytes);
  g_test_add_func ("/links/page-url", test_page_url);
  g_test_add_func ("/links/limit", test_limit);
  g_test_add_func ("/links/hostile", test_hostile);
  g_test_add_func ("/links/random", test_random);
  g_test_add_func ("/links/threads", test_threads);
  g_test_add_func ("/links/speed", test_speed);

  return g_test_run ();
}
