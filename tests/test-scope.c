/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillScope and MillGlob: which addresses a crawl may go to, and that no pattern makes that slow. */

#include "config.h"

#include <string.h>

#include "core/mill-error.h"
#include "crawl/mill-glob-private.h"
#include "crawl/mill-scope.h"

typedef const char *const Words[8];

static MillScope *
make (Words starts, gboolean below, Words include, Words exclude)
{
  g_autoptr (GError) error = NULL;
  MillScope *scope = mill_scope_new (starts, below, include, exclude, &error);

  g_assert_no_error (error);
  g_assert_nonnull (scope);
  return scope;
}

static void
assert_contains (const MillScope *scope, gboolean expected, Words urls)
{
  for (guint i = 0; urls[i] != NULL; i++)
    {
      g_test_message ("%s", urls[i]);
      g_assert_cmpint (mill_scope_contains (scope, urls[i]), ==, expected);
    }
}

static void
test_sites (void)
{
  g_autoptr (MillScope) scope =
      make ((Words){ "http://h/a/b", "https://k:8/" }, FALSE, (Words){ NULL }, (Words){ NULL });

  assert_contains (scope, TRUE,
                   (Words){ "http://h/a/b", "http://h/", "https://h/x?y", "http://h/a/c", "http://k:8/",
                            "https://k:8/z" });
  assert_contains (
      scope, FALSE,
      (Words){ "http://h:8/", "http://hh/", "http://g/", "http://i/", "http://k/", "http://x.h/" });
}

static void
test_below (void)
{
  g_autoptr (MillScope) scope = make ((Words){ "http://h/a/b?c=/d/", "http://h/a/b/e/", "http://h/a.z/" },
                                      TRUE, (Words){ NULL }, (Words){ NULL });
  g_autoptr (MillScope) root = make ((Words){ "http://h/a" }, TRUE, (Words){ NULL }, (Words){ NULL });

  assert_contains (scope, TRUE,
                   (Words){ "http://h/a/", "http://h/a/x", "http://h/a/b/e/f", "https://h/a/b?x",
                            "http://h/a.z/y", "http://h/a/b?c=/d/" });
  assert_contains (
      scope, FALSE,
      (Words){ "http://h/", "http://h/a", "http://h/a?/a/", "http://h/a.z", "http://h/b/a/", "http://g/a/" });
  assert_contains (root, TRUE, (Words){ "http://h/", "http://h/x/y" });
}

static void
test_patterns (void)
{
  g_autoptr (MillScope) both = make ((Words){ "http://h/start" }, FALSE, (Words){ "/news/*", "*.html?x=?" },
                                     (Words){ "*print*", "/news/old/*", "/start" });

  assert_contains (both, TRUE, (Words){ "http://h/news/", "http://h/news/a?b", "http://h/q/a.html?x=1" });
  assert_contains (both, FALSE,
                   (Words){ "http://h/", "http://h/news", "http://h/news/old/a", "http://h/news/printer",
                            "http://h/a.html?x=12", "http://g/news/" });
  /* a start address is in scope whatever the patterns say */
  assert_contains (both, TRUE, (Words){ "http://h/start" });
  g_assert_true (mill_scope_excludes (both, "http://elsewhere/print"));
  g_assert_false (mill_scope_excludes (both, "http://elsewhere/"));
}

/* What a page needs may be outside its folder, but not elsewhere, and not excluded. */
static void
test_requisites (void)
{
  g_autoptr (MillScope) scope = make ((Words){ "http://h/a/b/", "http://i.h/", "http://k:8/c/d" }, TRUE,
                                      (Words){ "*.html" }, (Words){ "*.zip" });
  const char *const yes[] = { "http://h/x.png", "http://h/", "https://h/a/b/x", "http://k:8/",
                              "http://i.h/z" };
  const char *const no[] = { "http://h/x.zip", "http://k/x",   "http://g/",
                             "http://hh/x",    "http://k:80/", "http://z/" };

  for (guint i = 0; i < G_N_ELEMENTS (yes); i++)
    g_assert_true (mill_scope_allows_requisite (scope, yes[i]));
  for (guint i = 0; i < G_N_ELEMENTS (no); i++)
    g_assert_false (mill_scope_allows_requisite (scope, no[i]));
}

/* Patterns are spelled as the addresses are that they are held against. */
static void
test_spelling (void)
{
  static const char *const spelled[][2] = {
    { "/caf\xC3\xA9/*", "/caf%C3%A9/*" },
    { "/%c3%a9", "/%C3%A9" },
    { "/%7Ea", "/~a" },
    { "*.PDF", "*.PDF" },
    { "/a b", "/a%20b" },
    { "?a=*", "?a=*" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (spelled); i++)
    {
      g_autofree char *pattern = mill_scope_check_pattern (spelled[i][0], NULL);

      g_assert_cmpstr (pattern, ==, spelled[i][1]);
    }
}

static void
assert_refused (Words include, Words exclude, const char *hint)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (mill_scope_new ((Words){ "http://h/" }, FALSE, include, exclude, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_INVALID);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, hint));
}

static void
test_refused (void)
{
  g_autofree char *filler = g_strnfill (MILL_GLOB_MAX_LENGTH, 'x');
  g_autofree char *longest = g_strconcat ("/", filler, NULL);
  g_auto (GStrv) many = g_new0 (char *, MILL_SCOPE_MAX_PATTERNS + 2);

  assert_refused ((Words){ "/fine", "news/*" }, (Words){ NULL }, "include: “news/*”");
  assert_refused ((Words){ NULL }, (Words){ "http://h/*" }, "exclude: “http://h/*”");
  assert_refused ((Words){ NULL }, (Words){ "" }, "exclude: “”");
  assert_refused ((Words){ "/a#b" }, (Words){ NULL }, "#");
  assert_refused ((Words){ longest }, (Words){ NULL }, "too long");
  longest[MILL_GLOB_MAX_LENGTH] = '\0';
  mill_scope_unref (make ((Words){ "http://h/" }, FALSE, (Words){ longest }, (Words){ NULL }));
  for (guint i = 0; i <= MILL_SCOPE_MAX_PATTERNS; i++)
    many[i] = g_strdup ("*");
  g_assert_null (
      mill_scope_new ((Words){ "http://h/" }, FALSE, (const char *const *) many, (Words){ NULL }, NULL));
}

static void
test_redirected (void)
{
  g_autoptr (MillScope) scope = make ((Words){ "http://h/docs" }, TRUE, (Words){ NULL }, (Words){ "*.zip" });
  g_autoptr (MillScope) secure = mill_scope_new_redirected (scope, "http://h/docs", "https://h/docs");
  g_autoptr (MillScope) folder = mill_scope_new_redirected (secure, "https://h/docs", "https://h/docs/");
  g_autoptr (MillScope) inner = mill_scope_new_redirected (folder, "https://h/docs/", "http://h/login/in");
  g_autoptr (MillScope) away = mill_scope_new_redirected (inner, "https://h/docs/", "http://k/docs/en/");

  assert_contains (secure, TRUE, (Words){ "https://h/docs", "http://h/x" });
  assert_contains (folder, TRUE,
                   (Words){ "http://h/docs", "https://h/docs", "https://h/docs/", "http://h/docs/a" });
  assert_contains (folder, FALSE, (Words){ "http://h/x", "http://h/docs/a.zip" });
  assert_contains (inner, TRUE, (Words){ "http://h/login/in", "http://h/docs/a" });
  assert_contains (inner, FALSE, (Words){ "http://h/login/out", "http://h/", "http://k/docs/en/" });
  assert_contains (away, TRUE, (Words){ "http://k/docs/en/", "http://k/docs/en/a", "http://h/docs/a" });
  assert_contains (away, FALSE, (Words){ "http://k/docs/", "http://h/login/out", "http://k/docs/en/a.zip" });
}

/* What a pattern matches, told by a definition that nobody needs to trust for its speed. */
static gboolean
matches_slowly (const char *pattern, const char *text)
{
  if (*pattern == '\0')
    return *text == '\0';
  if (*pattern == '*')
    return matches_slowly (pattern + 1, text) || (*text != '\0' && matches_slowly (pattern, text + 1));
  return *text != '\0' && (*pattern == '?' || *pattern == *text) && matches_slowly (pattern + 1, text + 1);
}

static void
fill_random (char *text, const char *letters, guint most)
{
  guint length = (guint) g_test_rand_int_range (0, (gint32) most + 1);

  for (guint i = 0; i < length; i++)
    text[i] = letters[g_test_rand_int_range (0, (gint32) strlen (letters))];
  text[length] = '\0';
}

static void
test_glob_random (void)
{
  char pattern[16], text[16];
  guint n_matches = 0;

  for (guint i = 0; i < 100000; i++)
    {
      g_autoptr (MillGlob) glob = NULL;
      gboolean matches;

      fill_random (pattern, "ab*?", 8);
      fill_random (text, "ab\xC3", 10);
      glob = mill_glob_new (pattern);
      matches = mill_glob_matches (glob, text);
      if (matches != matches_slowly (pattern, text))
        g_error ("%s against %s: %d", pattern, text, matches);
      n_matches += matches ? 1 : 0;
    }
  g_assert_cmpuint (n_matches, >, 1000);
}

/* Patterns of more than one word, at and around the words' ends. */
static void
test_glob_long (void)
{
  for (gsize length = 60; length < 200; length++)
    {
      g_autofree char *text = g_strnfill (length, 'x');
      g_autofree char *pattern = g_strconcat (text, "*y?", text, NULL);
      g_autofree char *yes = g_strconcat (text, "zzyz", text, NULL);
      g_autofree char *no = g_strconcat (text, "zzyz", text, "x", NULL);
      g_autoptr (MillGlob) glob = mill_glob_new (pattern);

      g_assert_true (mill_glob_matches (glob, yes));
      g_assert_false (mill_glob_matches (glob, no));
      g_assert_false (mill_glob_matches (glob, text));
    }
}

/* A backtracking matcher does not come back from this, nor would one that tries each place in turn soon. */
static void
test_glob_hostile (void)
{
  g_autoptr (GString) pattern = g_string_new (NULL);
  g_autofree char *text = g_strnfill (1000000, 'a');
  g_autoptr (MillGlob) glob = NULL;

  while (pattern->len + 4 < MILL_GLOB_MAX_LENGTH)
    g_string_append (pattern, "*a?a");
  g_string_append (pattern, "b");
  glob = mill_glob_new (pattern->str);
  g_assert_false (mill_glob_matches (glob, text));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scope/sites", test_sites);
  g_test_add_func ("/scope/below", test_below);
  g_test_add_func ("/scope/patterns", test_patterns);
  g_test_add_func ("/scope/requisites", test_requisites);
  g_test_add_func ("/scope/spelling", test_spelling);
  g_test_add_func ("/scope/refused", test_refused);
  g_test_add_func ("/scope/redirected", test_redirected);
  g_test_add_func ("/scope/glob/random", test_glob_random);
  g_test_add_func ("/scope/glob/long", test_glob_long);
  g_test_add_func ("/scope/glob/hostile", test_glob_hostile);
  return g_test_run ();
}
