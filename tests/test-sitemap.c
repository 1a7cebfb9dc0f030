/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillSitemap: what counts as an entry, in every wrapping; and that no file is slow, large or harmful. */

#include "config.h"

#include <gio/gio.h>
#include <string.h>

#include "core/mill-error.h"
#include "crawl/mill-sitemap.h"

#define HERE "http://h/maps/site.xml"

static MillSitemap *
parse (const char *text, gssize length, GError **error)
{
  /* a copy of exactly this length, so that AddressSanitizer sees a read past the end */
  g_autoptr (GBytes) body = g_bytes_new (text, length < 0 ? strlen (text) : (gsize) length);

  return mill_sitemap_parse (body, HERE, error);
}

static void
assert_sitemap_bytes (const char *text, gssize length, gboolean is_index, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillSitemap) sitemap = parse (text, length, &error);
  g_autofree char *shown = g_strescape (text, NULL);
  g_autofree char *found = NULL;

  g_test_message ("%.100s", shown);
  g_assert_no_error (error);
  found = g_strjoinv (" ", (char **) mill_sitemap_get_urls (sitemap));
  g_assert_cmpstr (found, ==, expected);
  g_assert_cmpint (mill_sitemap_is_index (sitemap), ==, is_index);
  g_assert_false (mill_sitemap_is_truncated (sitemap));
}

static void
assert_sitemap (const char *text, gboolean is_index, const char *expected)
{
  assert_sitemap_bytes (text, -1, is_index, expected);
}

static void
assert_refused (const char *text, const char *hint)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (parse (text, -1, &error));
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, hint));
}

static void
test_urlset (void)
{
  assert_sitemap ("<?xml version='1.0' encoding='UTF-8'?>\n"
                  "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>\n"
                  "<url><loc>http://h/a</loc><lastmod>2026-01-01</lastmod></url>\n"
                  "<url>\n <priority>1</priority><loc>\n https://H/b?x=1&amp;y=2#z </loc></url></urlset>",
                  FALSE, "http://h/a https://h/b?x=1&y=2");
  assert_sitemap ("<urlset></urlset>", FALSE, "");
  assert_sitemap ("<urlset/>", FALSE, "");
  assert_sitemap ("\xEF\xBB\xBF \n<urlset><url><loc>http://h/caf\xC3\xA9</loc></url>", FALSE,
                  "http://h/caf%C3%A9");
  assert_sitemap (
      "<s:urlset xmlns:s='x'><s:url><s:loc>http://h/a</s:loc></s:url><url><loc>http://h/no</loc></url>",
      FALSE, "http://h/a");
  assert_sitemap ("<urlset><url><image:image><image:loc>http://h/no</image:loc></image:image>"
                  "<loc >http://h/a</loc ><loc>http://h/no</loc></url ><loc>http://h/no</loc></urlset>",
                  FALSE, "http://h/a");
  assert_sitemap (
      "<urlset><url><loc>&#x68;ttp://h/&#97;</loc></url><url><loc><![CDATA[http://h/<b>&amp;]]></loc></url>"
      "<url><loc>http://h/<!-- x -->c</loc></url></urlset>",
      FALSE, "http://h/a http://h/%3Cb%3E&amp; http://h/c");
}

static void
test_index (void)
{
  assert_sitemap (
      "<sitemapindex><sitemap><loc>http://h/1.xml</loc></sitemap><url><loc>http://h/no</loc></url>"
      "<sitemap><loc>http://h/2.xml.gz</loc></sitemap></sitemapindex>",
      TRUE, "http://h/1.xml http://h/2.xml.gz");
}

static void
test_text (void)
{
  assert_sitemap ("http://h/a\r\n  https://h/b  \n\nnot an address\nhttp://h/c", FALSE,
                  "http://h/a https://h/b http://h/c");
}

/* Other sites, other schemes, no full address, or too long a one. */
static void
test_left_out (void)
{
  g_autofree char *longest = g_strnfill (MILL_SITEMAP_MAX_LENGTH - 9, 'x');
  g_autofree char *both =
      g_strdup_printf ("<urlset><url><loc>http://h/%s</loc></url><url><loc>http://h/%sxxx</loc>"
                       "</url></urlset>",
                       longest, longest);
  g_autofree char *expected = g_strdup_printf ("http://h/%s", longest);

  assert_sitemap (
      "<urlset><url><loc>http://g/</loc></url><url><loc>http://h:8/</loc></url><url><loc>/a</loc></url>"
      "<url><loc>ftp://h/</loc></url><url><loc></loc></url><url><loc/></url><url><loc>javascript:x</loc></"
      "url>"
      "<url><loc>http://h/a</loc></url></urlset>",
      FALSE, "http://h/a");
  assert_sitemap (both, FALSE, expected);
}

static void
test_refused (void)
{
  assert_refused ("<html><body>Not found</body></html>", "<html>");
  assert_refused ("<rss><channel/></rss>", "<rss>");
  assert_refused ("", "neither");
  assert_refused ("Not found", "neither");
  assert_refused ("<!-- nothing -->", "no XML element");
  assert_refused ("\x1f\x8bgarbage", "gzip");
}

/* What a DTD declares is never read, so it can do no harm; what it cannot hide is found. */
static void
test_dtd (void)
{
  assert_sitemap (
      "<!DOCTYPE urlset [ <!ENTITY a 'http://h/no'> <!ENTITY b SYSTEM \"file:///etc/passwd\">\n"
      "<!-- ]> ' --> <!ENTITY c ']>'> <!ELEMENT url ANY> ]>"
      "<urlset><url><loc>&a;</loc></url><url><loc>&b;</loc></url><url><loc>http://h/&c;</loc></url></urlset>",
      FALSE, "http://h/&c;");
  assert_sitemap (
      "<!DOCTYPE urlset [ <!ENTITY a 'x'> <no> ]><urlset><url><loc>http://h/a</loc></url></urlset>", FALSE,
      "http://h/a");
}

static GBytes *
compress (const char *text, gsize length)
{
  g_autoptr (GZlibCompressor) gzip = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 1);
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) stream = g_converter_output_stream_new (memory, G_CONVERTER (gzip));

  g_assert_true (g_output_stream_write_all (stream, text, length, NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

static void
test_gzip (void)
{
  static const char first[] = "<urlset><url><loc>http://h/a</loc></url>";
  static const char second[] = "<url><loc>http://h/b</loc></url></urlset>";
  g_autoptr (GBytes) one = compress (first, strlen (first));
  g_autoptr (GBytes) two = compress (second, strlen (second));
  g_autoptr (GByteArray) both = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  assert_sitemap_bytes (g_bytes_get_data (one, NULL), (gssize) g_bytes_get_size (one), FALSE, "http://h/a");
  g_byte_array_append (both, g_bytes_get_data (one, NULL), (guint) g_bytes_get_size (one));
  g_byte_array_append (both, g_bytes_get_data (two, NULL), (guint) g_bytes_get_size (two));
  assert_sitemap_bytes ((const char *) both->data, both->len, FALSE, "http://h/a http://h/b");
  g_assert_null (parse ((const char *) both->data, (gssize) both->len - 9, &error)); /* it breaks off */
  g_assert_nonnull (error);
}

/* Much of nothing, small on the way: no more than the limit is unpacked. What comes before counts. */
static void
test_bomb (void)
{
  gsize length = MILL_SITEMAP_MAX_BYTES + 1024 * 1024;
  g_autofree char *text = g_strnfill (length, ' ');
  static const char start[] = "<urlset><url><loc>http://h/a</loc></url>";
  static const char late[] = "<url><loc>http://h/b</loc></url>";
  g_autoptr (GBytes) body = NULL;
  g_autoptr (MillSitemap) sitemap = NULL;

  memcpy (text, start, strlen (start));
  memcpy (text + length - strlen (late), late, strlen (late));
  body = compress (text, length);
  g_assert_cmpuint (g_bytes_get_size (body), <, 1000000);
  sitemap = mill_sitemap_parse (body, HERE, NULL);
  g_assert_true (mill_sitemap_is_truncated (sitemap));
  g_assert_cmpuint (g_strv_length ((char **) mill_sitemap_get_urls (sitemap)), ==, 1);
}

static void
test_limit (void)
{
  g_autoptr (GString) text = g_string_new ("<urlset>");
  g_autoptr (MillSitemap) full = NULL, over = NULL;

  for (guint i = 0; i < MILL_SITEMAP_MAX_ENTRIES; i++)
    g_string_append_printf (text, "<url><loc>http://h/%u</loc></url>", i);
  full = parse (text->str, -1, NULL);
  g_assert_false (mill_sitemap_is_truncated (full));
  g_assert_cmpuint (g_strv_length ((char **) mill_sitemap_get_urls (full)), ==, MILL_SITEMAP_MAX_ENTRIES);
  g_string_append (text, "<url><loc>http://h/more</loc></url>");
  over = parse (text->str, -1, NULL);
  g_assert_true (mill_sitemap_is_truncated (over));
  g_assert_cmpuint (g_strv_length ((char **) mill_sitemap_get_urls (over)), ==, MILL_SITEMAP_MAX_ENTRIES);
}

/* Files made to hurt. What takes more than linear time in any of them takes minutes and longer. */
static void
test_hostile (void)
{
  static const char *const units[] = { "<url>", "<url><loc>",  "<",           "<!--",   "<![CDATA[",
                                       "<?",    "<!DOCTYPE [", "<!",          "<a b='", "</",
                                       "&",     "<loc>&#",     "<loc><!---->" };

  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    {
      g_autoptr (GString) text = g_string_new ("<urlset><url><loc>http://h/a</loc></url><url><loc>");
      g_autoptr (MillSitemap) sitemap = NULL;

      while (text->len < 2000000)
        g_string_append (text, units[i]);
      g_test_timer_start ();
      sitemap = parse (text->str, -1, NULL);
      g_test_message ("%s…: %.3f s", units[i], g_test_timer_elapsed ());
      g_assert_nonnull (sitemap);
      g_assert_cmpstr (mill_sitemap_get_urls (sitemap)[0], ==, "http://h/a");
    }
}

/* Any bytes: nothing may be read that is not there. */
static void
test_random (void)
{
  static const char *const bits[] = {
    "<urlset>", "<url>", "<loc>",     "http://h/",     "</loc>",    "</url>",
    "<!--",     "-->",   "<![CDATA[", "]]>",           "<!DOCTYPE", "[",
    "]",        ">",     "<",         "&amp;",         "&#",        "'",
    "\"",       "\n",    "\xFF",      "<sitemapindex", "<?",        "?>",
    "/"
  };

  for (guint i = 0; i < 15000; i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (MillSitemap) sitemap = NULL;
      guint n = (guint) g_test_rand_int_range (1, 30);

      for (guint j = 0; j < n; j++)
        g_string_append (text, bits[g_test_rand_int_range (0, G_N_ELEMENTS (bits))]);
      sitemap = parse (text->str, -1, NULL);
      for (guint j = 0; sitemap != NULL && mill_sitemap_get_urls (sitemap)[j] != NULL; j++)
        g_assert_true (g_str_has_prefix (mill_sitemap_get_urls (sitemap)[j], "http://h/"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sitemap/urlset", test_urlset);
  g_test_add_func ("/sitemap/index", test_index);
  g_test_add_func ("/sitemap/text", test_text);
  g_test_add_func ("/sitemap/left-out", test_left_out);
  g_test_add_func ("/sitemap/refused", test_refused);
  g_test_add_func ("/sitemap/dtd", test_dtd);
  g_test_add_func ("/sitemap/gzip", test_gzip);
  g_test_add_func ("/sitemap/bomb", test_bomb);
  g_test_add_func ("/sitemap/limit", test_limit);
  g_test_add_func ("/sitemap/hostile", test_hostile);
  g_test_add_func ("/sitemap/random", test_random);
  return g_test_run ();
}
