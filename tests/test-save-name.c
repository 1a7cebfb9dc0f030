/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mill-save-name: ordinary names stay, no name leaves the folder, no two URLs share one. */

#include "config.h"

#include <string.h>

#include "crawl/mill-save-name.h"
#include "crawl/mill-url.h"

static void
assert_name (const char *url, const char *content_type, const char *expected)
{
  g_autofree char *name = mill_save_name (url, content_type);

  g_assert_cmpstr (name, ==, expected);
}

static void
test_ordinary (void)
{
  assert_name ("http://docs.example/library/asyncio-task.html", "text/html",
               "docs.example/library/asyncio-task.html");
  assert_name ("http://docs.example/_static/Foo.js", "text/javascript", "docs.example/_static/Foo.js");
  assert_name ("http://docs.example/", "text/html", "docs.example/index.html");
  assert_name ("https://docs.example/a/b/", NULL, "docs.example/a/b/index.html");
  assert_name ("http://127.0.0.1:8000/x.tar.gz", NULL, "127.0.0.1_8000/x.tar.gz");
  assert_name ("http://[::1]/a", NULL, "[%3A%3A1]/a");
  assert_name ("http://[::1]:81/a", NULL, "[%3A%3A1]_81/a");
  assert_name ("http://h/.well-known/x", NULL, "h/.well-known/x");
  assert_name ("http://h/a~b/c+d,e(f)!$&';=@", NULL, "h/a~b/c+d,e(f)!$&';=@");
}

static void
test_types (void)
{
  assert_name ("http://h/about", "text/html; charset=utf-8", "h/about.html");
  assert_name ("http://h/about", "TEXT/HTML", "h/about.html");
  assert_name ("http://h/item/5", "application/json", "h/item/5.json");
  assert_name ("http://h/about", "image/x-odd", "h/about");
  assert_name ("http://h/about", NULL, "h/about");
  assert_name ("http://h/a.php", "text/html", "h/a.php");
  assert_name ("http://h/v1.2-notes", "text/html", "h/v1.2-notes.html");
  assert_name ("http://h/.hidden", "text/html", "h/.hidden.html");
}

static void
test_queries (void)
{
  assert_name ("http://h/a.php?id=3&x=y", NULL, "h/a.php@id=3&x=y");
  assert_name ("http://h/a.php?id=3", "text/html", "h/a.php@id=3.html");
  assert_name ("http://h/?q", "text/html", "h/index.html@q.html");
  assert_name ("http://h/a?", NULL, "h/a@");
  assert_name ("http://h/a?b/../../c?d", NULL, "h/a@b%2F..%2F..%2Fc%3Fd");
}

static void
test_awkward (void)
{
  assert_name ("http://h/a:b*c", NULL, "h/a%3Ab%2Ac");
  assert_name ("http://h/%3C%22%7C%5C%00%2F", NULL, "h/%3C%22%7C%5C%00%2F");
  assert_name ("http://h/a//b", NULL, "h/a/_/b");
  assert_name ("http://h/a./b../c.", NULL, "h/a%2E/b.%2E/c%2E");
  assert_name ("http://h/.../x", NULL, "h/..%2E/x");
  assert_name ("http://h/con/NUL.txt/com1/LPT9.a.b/console/com", NULL,
               "h/%63on/%4EUL.txt/%63om1/%4CPT9.a.b/console/com");
  assert_name ("http://aux/x", NULL, "%61ux/x");
  assert_name ("http://h/%E4%BD%A0%E5%A5%BD.html", NULL, "h/\xE4\xBD\xA0\xE5\xA5\xBD.html");
  assert_name ("http://h/%E4%BD", NULL, "h/%E4%BD");
  assert_name ("http://h/%FF%20%C0%AE", NULL, "h/%FF%20%C0%AE");
  assert_name ("http://h/%E2%80%AEgpj.exe", NULL, "h/%E2%80%AEgpj.exe"); /* right-to-left override */
  /* not canonical, so it should not be asked, but still harmless */
  assert_name ("http://h/../../etc/passwd", NULL, "h/.%2E/.%2E/etc/passwd");
  assert_name ("http://../x", NULL, ".%2E/x");
  assert_name ("", NULL, "_/index.html");
  assert_name ("/a/\xFF\x01", NULL, "_/a/%FF%01");
}

static void
assert_legal (const char *path)
{
  g_auto (GStrv) segments = g_strsplit (path, "/", -1);

  g_assert_cmpuint (strlen (path), <=, MILL_SAVE_NAME_MAX);
  g_assert_true (g_utf8_validate (path, -1, NULL));
  g_assert_false (g_path_is_absolute (path));
  g_assert_cmpuint (g_strv_length (segments), >=, 2);
  for (guint i = 0; segments[i] != NULL; i++)
    {
      size_t length = strlen (segments[i]);

      g_assert_cmpuint (length, >, 0);
      g_assert_cmpuint (length, <=, MILL_SAVE_NAME_SEGMENT_MAX);
      g_assert_cmpint (segments[i][length - 1], !=, '.');
      g_assert_cmpint (segments[i][length - 1], !=, ' ');
      g_assert_null (strpbrk (segments[i], "<>:\"|?*\\"));
      for (size_t j = 0; j < length; j++)
        g_assert_cmpuint ((guchar) segments[i][j], >=, ' ');
    }
}

static void
test_long (void)
{
  g_autofree char *filler = g_strnfill (300, 'x');
  g_autofree char *segment = g_strdup_printf ("http://h/%s.html", filler);
  g_autofree char *other = g_strdup_printf ("http://h/%sy.html", filler);
  g_autofree char *escape = g_strdup_printf ("http://h/%.*s%%3A%%3A%s", 186, filler, filler);
  g_autofree char *letters = g_strdup_printf ("http://h/%.*s%%E4%%BD%%A0%s", 187, filler, filler);
  g_autoptr (GString) deep = g_string_new ("http://h/");
  g_autofree char *a = mill_save_name (segment, NULL), *b = mill_save_name (other, NULL);
  g_autofree char *c = mill_save_name (escape, NULL), *d = mill_save_name (letters, NULL);
  g_autofree char *e = NULL;

  g_assert_cmpuint (strlen (a), ==, 2 + MILL_SAVE_NAME_SEGMENT_MAX);
  g_assert_true (g_str_has_suffix (a, ".html"));
  g_assert_cmpstr (a, !=, b);
  g_assert_nonnull (strstr (c, "xxx%3A~"));
  g_assert_nonnull (strstr (d, "xxx~"));
  for (guint i = 0; i < 600; i++)
    g_string_append (deep, "d/");
  g_string_append (deep, "end.html?q");
  e = mill_save_name (deep->str, NULL);
  g_assert_true (g_str_has_prefix (e, "h/end.html@q~"));
  assert_legal (a);
  assert_legal (c);
  assert_legal (d);
  assert_legal (e);
}

static void
assert_given (MillSaveNames *names, const char *url, const char *pattern)
{
  g_autofree char *name = mill_save_names_get (names, url, NULL);
  g_autofree char *again = mill_save_names_get (names, url, NULL);

  g_test_message ("%s: %s", url, name);
  g_assert_true (g_pattern_match_simple (pattern, name));
  g_assert_cmpstr (again, ==, name);
}

static void
test_collisions (void)
{
  g_autoptr (MillSaveNames) names = mill_save_names_new ();

  assert_given (names, "http://h/Page.html", "h/Page.html");
  assert_given (names, "http://h/page.html", "h/page~*.html");
  assert_given (names, "https://h/page.html", "h/page~*.html");
  assert_given (names, "http://h/dir/", "h/dir/index.html");
  assert_given (names, "http://h/dir/index.html", "h/dir/index~*.html");
  /* a file where a folder should be, for all that is in it */
  assert_given (names, "http://h/a", "h/a");
  assert_given (names, "http://h/a/b", "h/a~*/b");
  assert_given (names, "http://h/a/c", "h/a~*/c");
  assert_given (names, "http://h/A/d", "h/A~*/d");
  assert_given (names, "http://h/a/b/c", "h/a~*/b~*/c");
  /* a folder where a file should be */
  assert_given (names, "http://h/x/y", "h/x/y");
  assert_given (names, "http://h/X", "h/X~*");
  assert_given (names, "http://h/x/y", "h/x/y");
  /* what the sets of case and of Unicode make one */
  assert_given (names, "http://h/%C3%89t%C3%A9", "h/\xC3\x89t\xC3\xA9");
  assert_given (names, "http://h/%C3%A9t%C3%A9", "h/\xC3\xA9t\xC3\xA9~*");
  assert_given (names, "http://h/e%CC%81te%CC%81", "h/e\xCC\x81te\xCC\x81~*");
  /* a name that was made to be in the way */
  assert_given (names, "http://h/b?c", "h/b@c");
  assert_given (names, "http://h/b@c", "h/b@c~*");
}

/* The hash of a URL is known to who writes it, so its name can be taken first. */
static void
test_taken_hash (void)
{
  g_autoptr (MillSaveNames) probe = mill_save_names_new ();
  g_autoptr (MillSaveNames) names = mill_save_names_new ();
  g_autofree char *first = mill_save_names_get (probe, "http://h/P", NULL);
  g_autofree char *hashed = mill_save_names_get (probe, "http://h/p", NULL);
  g_autofree char *trap = g_strdup_printf ("http://%s", hashed);
  g_autofree char *trapped = mill_save_names_get (names, trap, NULL);
  g_autofree char *plain = mill_save_names_get (names, "http://h/P", NULL);
  g_autofree char *late = mill_save_names_get (names, "http://h/p", NULL);

  g_assert_cmpstr (trapped, ==, hashed);
  g_assert_cmpstr (plain, ==, first);
  g_assert_cmpstr (late, !=, hashed);
  assert_legal (late);
}

static char *
random_url (void)
{
  static const char *const bits[] = { "a",          "A",    "b",         "/",      "/",      "/",
                                      "?",          "..",   ".",         "%2e",    "%2F",    "%00",
                                      "con",        ".txt", "%E4%BD%A0", "%C3%89", "%C3%A9", "@",
                                      "index.html", "%5C",  ":",         "*",      "~",      "%20",
                                      "\\",         "%FF",  "_",         "C:",     "%7E",    " " };
  static const char *const hosts[] = { "http://h/", "https://h/", "http://h:81/", "http://aux/",
                                       "http://[::1]/" };
  g_autoptr (GString) url = g_string_new (hosts[g_test_rand_int_range (0, G_N_ELEMENTS (hosts))]);
  guint n = (guint) g_test_rand_int_range (0, 10);

  for (guint i = 0; i < n; i++)
    g_string_append (url, bits[g_test_rand_int_range (0, G_N_ELEMENTS (bits))]);
  if (g_test_rand_int_range (0, 50) == 0)
    for (guint i = 0; i < 400; i++)
      g_string_append (url, bits[g_test_rand_int_range (0, G_N_ELEMENTS (bits))]);
  return mill_url_canonicalize (NULL, url->str, MILL_URL_FLAGS_NONE, NULL);
}

/* What a file system that ignores case takes as one name; simpler than what is tested. */
static char *
fold (const char *path)
{
  g_autofree char *normal = g_utf8_normalize (path, -1, G_NORMALIZE_NFC);

  return g_utf8_strdown (normal, -1);
}

/* Every name is legal; no two URLs share one in any case; no name is a file and a folder. */
static void
test_random (void)
{
  g_autoptr (MillSaveNames) names = mill_save_names_new ();
  g_autoptr (GHashTable) files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GHashTable) folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer key;

  for (guint i = 0; i < 100000; i++)
    {
      g_autofree char *url = random_url ();
      g_autofree char *name = mill_save_names_get (names, url, i % 3 == 0 ? "text/html" : NULL);
      g_autofree char *folded = fold (name);
      const char *owner = g_hash_table_lookup (files, folded);

      assert_legal (name);
      g_assert_true (owner == NULL || strcmp (owner, url) == 0);
      for (char *slash = strchr (folded, '/'); slash != NULL; slash = strchr (slash + 1, '/'))
        g_hash_table_add (folders, g_strndup (folded, (size_t) (slash - folded)));
      g_hash_table_insert (files, g_steal_pointer (&folded), g_steal_pointer (&url));
    }
  g_assert_cmpuint (g_hash_table_size (files), >, 20000);
  g_hash_table_iter_init (&iter, folders);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_assert_false (g_hash_table_contains (files, key));
}

static gpointer
get_many (gpointer names)
{
  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://h/%c/%u", i % 2 ? 'a' : 'A', i / 4);
      g_autofree char *name = mill_save_names_get (names, url, NULL);

      assert_legal (name);
    }
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (MillSaveNames) names = mill_save_names_new ();
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("names", get_many, names);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/save-name/ordinary", test_ordinary);
  g_test_add_func ("/save-name/types", test_types);
  g_test_add_func ("/save-name/queries", test_queries);
  g_test_add_func ("/save-name/awkward", test_awkward);
  g_test_add_func ("/save-name/long", test_long);
  g_test_add_func ("/save-name/collisions", test_collisions);
  g_test_add_func ("/save-name/taken-hash", test_taken_hash);
  g_test_add_func ("/save-name/random", test_random);
  g_test_add_func ("/save-name/threads", test_threads);

  return g_test_run ();
}
