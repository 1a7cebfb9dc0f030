/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillRobots: the examples and rules of RFC 9309, and files made to hurt. */

#include "config.h"

#include <string.h>

#include "crawl/mill-robots.h"

static MillRobots *
parse (const char *text)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  return mill_robots_parse (body);
}

static void
assert_allows (const char *text, const char *token, const char *path, gboolean allowed)
{
  g_autoptr (MillRobots) robots = parse (text);

  g_test_message ("%s for %s", path, token != NULL ? token : "anybody");
  g_assert_cmpint (mill_robots_allows (robots, token, path), ==, allowed);
}

/* Section 5.1. */
static void
test_simple_example (void)
{
  static const char text[] = "User-Agent: *\n"
                             "Disallow: *.gif$\n"
                             "Disallow: /example/\n"
                             "Allow: /publications/\n"
                             "\n"
                             "User-Agent: foobot\n"
                             "Disallow:/\n"
                             "Allow:/example/page.html\n"
                             "Allow:/example/allowed.gif\n"
                             "\n"
                             "User-Agent: barbot\n"
                             "User-Agent: bazbot\n"
                             "Disallow: /example/page.html\n"
                             "\n"
                             "User-Agent: quxbot\n"
                             "\n"
                             "#EOF\n";

  assert_allows (text, "otherbot", "/", TRUE);
  assert_allows (text, "otherbot", "/a.gif", FALSE);
  assert_allows (text, "otherbot", "/a.gif?x", TRUE);
  assert_allows (text, "otherbot", "/publications/a.gif", TRUE); /* 14 octets against 6 */
  assert_allows (text, "otherbot", "/example/a", FALSE);
  assert_allows (text, "otherbot", "/publications/a", TRUE);
  assert_allows (text, "foobot", "/", FALSE);
  assert_allows (text, "foobot", "/example/page.html", TRUE);
  assert_allows (text, "FooBot", "/example/allowed.gif", TRUE);
  assert_allows (text, "foobot", "/publications/", FALSE);
  assert_allows (text, "barbot", "/example/page.html", FALSE);
  assert_allows (text, "bazbot", "/example/page.html", FALSE);
  assert_allows (text, "bazbot", "/example/", TRUE);
  assert_allows (text, "quxbot", "/example/", TRUE);
  assert_allows (text, NULL, "/example/", FALSE);
}

/* Section 5.2. */
static void
test_longest_match_example (void)
{
  static const char text[] = "User-Agent: foobot\n"
                             "Allow: /example/page/\n"
                             "Disallow: /example/page/disallowed.gif\n";

  assert_allows (text, "foobot", "/example/page/", TRUE);
  assert_allows (text, "foobot", "/example/page/disallowed.gif", FALSE);
  assert_allows (text, "foobot", "/example/page/disallowed.gifs", FALSE);
  assert_allows (text, "foobot", "/example/", TRUE);
}

/* Section 2.2.1: groups of one name are one group, and "*" counts only for who is not named. */
static void
test_groups (void)
{
  static const char text[] = "Disallow: /before\n"
                             "user-agent: ExampleBot/1.0\n"
                             "disallow: /foo\n"
                             "disallow: /bar\n"
                             "\n"
                             "user-agent: *\n"
                             "disallow: /star\n"
                             "\n"
                             "user-agent: other\n"
                             "sitemap: http://h/s.xml\n"
                             "nonsense\n"
                             "\n"
                             "user-agent: ExampleBot (all of them)\n"
                             "disallow: /baz\n"
                             "user-agent: 008\n"
                             "disallow: /eight\n";

  assert_allows (text, "examplebot", "/before", TRUE);
  assert_allows (text, "examplebot", "/foo", FALSE);
  assert_allows (text, "examplebot", "/bar", FALSE);
  assert_allows (text, "examplebot", "/baz", FALSE);
  assert_allows (text, "examplebot", "/star", TRUE);
  assert_allows (text, "examplebot", "/eight", TRUE);
  assert_allows (text, "other", "/baz", FALSE);
  assert_allows (text, "other", "/foo", TRUE);
  assert_allows (text, "008", "/eight", FALSE);
  assert_allows (text, "example", "/foo", TRUE); /* a name, not its beginning */
  assert_allows (text, "example", "/star", FALSE);
}

/* Section 2.2.2: the longest match, and Allow if there are two. */
static void
test_precedence (void)
{
  assert_allows ("User-agent: *\nDisallow: /a\nAllow: /a\n", "x", "/a", TRUE);
  assert_allows ("User-agent: *\nAllow: /a\nDisallow: /a\n", "x", "/a", TRUE);
  assert_allows ("User-agent: *\nDisallow: /\nAllow: /p\n", "x", "/page", TRUE);
  assert_allows ("User-agent: *\nAllow: /p\nDisallow: /\n", "x", "/other", FALSE);
  assert_allows ("User-agent: *\nAllow: /page\nDisallow: /*.htm\n", "x", "/page.htm", FALSE);
  assert_allows ("User-agent: *\nAllow: /$\nDisallow: /\n", "x", "/", TRUE);
  assert_allows ("User-agent: *\nAllow: /$\nDisallow: /\n", "x", "/page.htm", FALSE);
  assert_allows ("User-agent: *\nDisallow: /a\nUser-agent: x\nUser-agent: *\nAllow: /a/b\n", "y", "/a/b",
                 TRUE);
  assert_allows ("User-agent: *\nDisallow:\n", "x", "/a", TRUE);
  assert_allows ("User-agent: *\nDisallow: /\n", "x", "/robots.txt", TRUE);
  assert_allows ("User-agent: *\nDisallow: /\n", "x", "/robots.txt?x", FALSE);
  assert_allows ("User-agent: *\nDisallow: private/\n", "x", "/private/a", FALSE);
  assert_allows ("", "x", "/a", TRUE);
  assert_allows ("<html><body>User-agent: *<br>Disallow: /</body></html>", "x", "/a", TRUE);
}

/* Section 2.2.2, the table of encodings: pattern, URI, and both ways round. */
static void
test_encoding (void)
{
  static const struct
  {
    const char *a;
    const char *b;
    gboolean same;
  } pairs[] = {
    { "/foo/bar?baz=quz", "/foo/bar?baz=quz", TRUE },
    { "/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar", TRUE },
    { "/foo/bar/\xE3\x83\x84", "/foo/bar/%E3%83%84", TRUE },
    { "/foo/bar/%E3%83%84", "/foo/bar/%e3%83%84", TRUE },
    { "/foo/bar/%62%61%7A", "/foo/bar/baz", TRUE },
    { "/a%2Fb", "/a/b", FALSE },
    { "/a?b%26c", "/a?b&c", FALSE },
    { "/a?b%3Dc", "/a?b=c", FALSE },
    { "/a%20b", "/a b", TRUE },
    { "/a%7Bb", "/a{b", TRUE },
    { "/100%", "/100%25", TRUE },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (pairs); i++)
    for (guint turn = 0; turn < 2; turn++)
      {
        g_autofree char *text =
            g_strdup_printf ("User-agent: *\nDisallow: %s$\n", turn ? pairs[i].a : pairs[i].b);

        assert_allows (text, "x", turn ? pairs[i].b : pairs[i].a, !pairs[i].same);
      }
}

/* Section 2.2.3. */
static void
test_special_characters (void)
{
  static const struct
  {
    const char *pattern;
    const char *path;
    gboolean match;
  } cases[] = {
    { "/this/path/exactly$", "/this/path/exactly", TRUE },
    { "/this/path/exactly$", "/this/path/exactly/not", FALSE },
    { "/this/*/exactly", "/this/a/b/exactly", TRUE },
    { "/this/*/exactly", "/this/exactly", FALSE },
    { "/path/file-with-a-%2A.html", "/path/file-with-a-*.html", TRUE },
    { "/path/file-with-a-%2A.html", "/path/file-with-a-b.html", FALSE },
    { "/path/foo-%24", "/path/foo-$", TRUE },
    { "/path/foo-%24", "/path/foo-", FALSE },
    { "/a$b", "/a$bc", TRUE },
    { "/a$b", "/a", FALSE },
    { "*", "/anything", TRUE },
    { "/*", "/anything", TRUE },
    { "/**", "/anything", TRUE },
    { "/*$", "/anything", TRUE },
    { "/*a*$", "/xay", TRUE },
    { "/*a$", "/xaya", TRUE },
    { "/*a$", "/xayb", FALSE },
    { "/a*a$", "/a", FALSE },
    { "/a*a$", "/aa", TRUE },
    { "/*.php", "/folder/any.php.file.php/", TRUE },
    { "/*.php$", "/filename.php?parameters", FALSE },
    { "/fish*.php", "/fishheads/catfish.php?parameters", TRUE },
    { "/fish*.php", "/Fish.PHP", FALSE },
    { "/fish", "/catfish", FALSE },
    { "/fish", "/fishheads/yummy.html", TRUE },
    { "/fish/", "/fish", FALSE },
    { "/*/print", "/a?u=/print", TRUE },
    { "/*ab*ab$", "/xab", FALSE },
    { "/*ab*ab$", "/xabab", TRUE },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strdup_printf ("User-agent: *\nDisallow: %s\n", cases[i].pattern);

      assert_allows (text, "x", cases[i].path, !cases[i].match);
    }
}

static void
test_lines (void)
{
  static const char *const texts[] = {
    "\xEF\xBB\xBFUser-agent: x\nDisallow: /a",
    "User-agent: x\r\nDisallow: /a\r\n",
    "User-agent: x\rDisallow: /a\r",
    "\n\n  USER-AGENT :x # who\n\n\t disallow\t:\t/a#what\n",
    "User-agent: x\n# a comment: between\nFoo: bar\nDisallow: /a\n",
    "User-agent: y\nUser-agent: x\n\n\nDisallow: /a\n",
    "User-agent: y\nCrawl-delay: 1\nUser-agent: x\nDisallow: /a\n",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      assert_allows (texts[i], "x", "/ab", FALSE);
      assert_allows (texts[i], "x", "/b", TRUE);
      assert_allows (texts[i], "z", "/a", TRUE);
    }
}

static void
test_crawl_delay (void)
{
  g_autoptr (MillRobots) robots =
      parse ("User-agent: a\nCrawl-delay: 2.5\n\nUser-agent: b\nCrawl-delay: x\n"
             "User-agent: c\nCrawl-delay: -1\n\nUser-agent: d\nCrawl-delay: 1e999\n"
             "Disallow: /\n\nUser-agent: *\nCrawl-delay: 1000000\nDisallow:/\n"
             "User-agent: a\nCrawl-delay: 4\n");

  g_assert_cmpfloat_with_epsilon (mill_robots_get_crawl_delay (robots, "A"), 4.0, 1e-9);
  g_assert_cmpfloat (mill_robots_get_crawl_delay (robots, "d"), <, 0.0);
  g_assert_cmpfloat_with_epsilon (mill_robots_get_crawl_delay (robots, "z"), 86400.0, 1e-9);
}

static void
test_sitemaps (void)
{
  g_autoptr (MillRobots) robots =
      parse ("Sitemap: http://h/a.xml\nUser-agent: x\nSITEMAP:http://h/b.xml # second\n"
             "Sitemap:\nSitemap: \xFF\n");
  g_autoptr (MillRobots) none = parse ("User-agent: x\n");
  const char *const *sitemaps = mill_robots_get_sitemaps (robots);

  g_assert_cmpuint (g_strv_length ((char **) sitemaps), ==, 2);
  g_assert_cmpstr (sitemaps[0], ==, "http://h/a.xml");
  g_assert_cmpstr (sitemaps[1], ==, "http://h/b.xml");
  g_assert_null (mill_robots_get_sitemaps (none)[0]);
}

static void
test_fixed (void)
{
  g_autoptr (MillRobots) all = mill_robots_new_allow_all ();
  g_autoptr (MillRobots) nothing = mill_robots_new_disallow_all ();
  g_autoptr (MillRobots) boxed = g_boxed_copy (MILL_TYPE_ROBOTS, nothing);

  g_assert_true (mill_robots_allows (all, "x", "/a"));
  g_assert_false (mill_robots_allows (nothing, "x", "/a"));
  g_assert_true (mill_robots_allows (nothing, "x", "/robots.txt"));
  g_assert_cmpfloat (mill_robots_get_crawl_delay (all, "x"), <, 0.0);
  g_assert_true (boxed == nothing);
}

/* What is behind 500 KiB does not count, and half a rule at the limit would be another rule. */
static void
test_size_limit (void)
{
  g_autoptr (GString) text = g_string_new ("User-agent: *\nDisallow: /first\n");

  while (text->len < MILL_ROBOTS_MAX_BYTES - 12)
    g_string_append (text, "#\n");
  g_string_append (text, "Disallow: /private/\nDisallow: /last\n");
  assert_allows (text->str, "x", "/first", FALSE);
  assert_allows (text->str, "x", "/private/", TRUE);
  assert_allows (text->str, "x", "/public", TRUE);
  assert_allows (text->str, "x", "/last", TRUE);
}

static void
test_nul_bytes (void)
{
  static const char text[] = "User-agent: *\n\0\nDisallow: /a\0b\nDisallow: /c\n\0\xFF";
  g_autoptr (GBytes) body = g_bytes_new (text, sizeof text);
  g_autoptr (MillRobots) robots = mill_robots_parse (body);
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);
  g_autoptr (MillRobots) from_empty = mill_robots_parse (empty);

  g_assert_true (mill_robots_allows (robots, "x", "/a"));
  g_assert_false (mill_robots_allows (robots, "x", "/a%00b"));
  g_assert_false (mill_robots_allows (robots, "x", "/c"));
  g_assert_true (mill_robots_allows (from_empty, "x", "/c"));
}

/* Files made to hurt: many stars in a pattern, many rules, many names for many rules. */
static void
test_hostile (void)
{
  g_autoptr (GString) stars = g_string_new ("User-agent: *\nDisallow: /");
  g_autoptr (GString) rules = g_string_new ("User-agent: *\n");
  g_autoptr (GString) names = g_string_new (NULL);
  g_autofree char *long_path = g_strnfill (8000, 'a');
  g_autofree char *path = g_strconcat ("/", long_path, NULL);
  double seconds;

  for (guint i = 0; i < 4000; i++)
    g_string_append (stars, "*a");
  g_string_append (stars, "*b$\n");
  for (guint i = 0; rules->len < MILL_ROBOTS_MAX_BYTES; i++)
    g_string_append_printf (rules, "Allow: /*a%ub\n", i);
  for (guint i = 0; names->len < MILL_ROBOTS_MAX_BYTES; i++)
    g_string_append_printf (names, "User-agent: n%u\nDisallow: /%u\nUser-agent: *\n", i, i);

  g_test_timer_start ();
  assert_allows (stars->str, "x", path, TRUE);
  assert_allows (rules->str, "x", path, TRUE);
  assert_allows (names->str, "n7", "/7", FALSE);
  seconds = g_test_timer_elapsed ();
  g_test_message ("%.3f s", seconds);
  g_assert_cmpfloat (seconds, <, 60.0);
}

static void
test_random (void)
{
  static const char *const bits[] = { "User-agent", "Disallow", "Allow", ":",       "*", "$", "/",
                                      "#",          "\n",       "\r",    " ",       "x", "%", "%2",
                                      "%41",        "?",        "\xFF",  "Sitemap", "a" };

  for (guint i = 0; i < 50000; i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (GBytes) body = NULL;
      g_autoptr (MillRobots) robots = NULL;
      guint n = (guint) g_test_rand_int_range (0, 40);

      for (guint j = 0; j < n; j++)
        if (g_test_rand_int_range (0, 20) == 0)
          g_string_append_c (text, (char) g_test_rand_int_range (0, 256));
        else
          g_string_append (text, bits[g_test_rand_int_range (0, G_N_ELEMENTS (bits))]);
      body = g_bytes_new (text->str, text->len);
      robots = mill_robots_parse (body);
      mill_robots_allows (robots, "x", "/xa?x%41");
      g_assert_true (mill_robots_allows (robots, "x", "/robots.txt"));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/robots/simple-example", test_simple_example);
  g_test_add_func ("/robots/longest-match-example", test_longest_match_example);
  g_test_add_func ("/robots/groups", test_groups);
  g_test_add_func ("/robots/precedence", test_precedence);
  g_test_add_func ("/robots/encoding", test_encoding);
  g_test_add_func ("/robots/special-characters", test_special_characters);
  g_test_add_func ("/robots/lines", test_lines);
  g_test_add_func ("/robots/crawl-delay", test_crawl_delay);
  g_test_add_func ("/robots/sitemaps", test_sitemaps);
  g_test_add_func ("/robots/fixed", test_fixed);
  g_test_add_func ("/robots/size-limit", test_size_limit);
  g_test_add_func ("/robots/nul-bytes", test_nul_bytes);
  g_test_add_func ("/robots/hostile", test_hostile);
  g_test_add_func ("/robots/random", test_random);

  return g_test_run ();
}
