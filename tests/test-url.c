/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mill-url: resolution, one spelling for each address, and what is refused. */

#include "config.h"

#include <string.h>

#include "core/mill-error.h"
#include "crawl/mill-hash-private.h"
#include "crawl/mill-url.h"

typedef struct
{
  const char *ref;
  const char *url; /* NULL: refused */
} Pair;

static void
assert_resolves (const char *base, const char *ref, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *url = mill_url_canonicalize (base, ref, MILL_URL_FLAGS_NONE, &error);
  g_autofree char *shown = g_strescape (ref, NULL);

  g_test_message ("%s", shown);
  g_assert_cmpstr (url, ==, expected);
  if (expected == NULL)
    g_assert_error (error, MILL_ERROR, MILL_ERROR_INVALID);
  else
    g_assert_no_error (error);
}

static void
assert_all (const char *base, const Pair *pairs, size_t n)
{
  for (size_t i = 0; i < n; i++)
    assert_resolves (base, pairs[i].ref, pairs[i].url);
}

/* RFC 3986, sections 5.4.1 and 5.4.2, fragments dropped and empty paths filled. */
static void
test_rfc3986_examples (void)
{
  static const Pair pairs[] = {
    { "g:h", NULL },
    { "g", "http://a/b/c/g" },
    { "./g", "http://a/b/c/g" },
    { "g/", "http://a/b/c/g/" },
    { "/g", "http://a/g" },
    { "//g", "http://g/" },
    { "?y", "http://a/b/c/d;p?y" },
    { "g?y", "http://a/b/c/g?y" },
    { "#s", "http://a/b/c/d;p?q" },
    { "g#s", "http://a/b/c/g" },
    { "g?y#s", "http://a/b/c/g?y" },
    { ";x", "http://a/b/c/;x" },
    { "g;x", "http://a/b/c/g;x" },
    { "g;x?y#s", "http://a/b/c/g;x?y" },
    { "", "http://a/b/c/d;p?q" },
    { ".", "http://a/b/c/" },
    { "./", "http://a/b/c/" },
    { "..", "http://a/b/" },
    { "../", "http://a/b/" },
    { "../g", "http://a/b/g" },
    { "../..", "http://a/" },
    { "../../", "http://a/" },
    { "../../g", "http://a/g" },
    { "../../../g", "http://a/g" },
    { "../../../../g", "http://a/g" },
    { "/./g", "http://a/g" },
    { "/../g", "http://a/g" },
    { "g.", "http://a/b/c/g." },
    { ".g", "http://a/b/c/.g" },
    { "g..", "http://a/b/c/g.." },
    { "..g", "http://a/b/c/..g" },
    { "./../g", "http://a/b/g" },
    { "./g/.", "http://a/b/c/g/" },
    { "g/./h", "http://a/b/c/g/h" },
    { "g/../h", "http://a/b/c/h" },
    { "g;x=1/./y", "http://a/b/c/g;x=1/y" },
    { "g;x=1/../y", "http://a/b/c/y" },
    { "g?y/./x", "http://a/b/c/g?y/./x" },
    { "g?y/../x", "http://a/b/c/g?y/../x" },
    { "g#s/./x", "http://a/b/c/g" },
    { "g#s/../x", "http://a/b/c/g" },
    { "http:g", "http://a/b/c/g" }, /* the backward compatible reading, as in browsers */
  };

  assert_all ("http://a/b/c/d;p?q", pairs, G_N_ELEMENTS (pairs));
}

static void
test_absolute (void)
{
  static const Pair pairs[] = {
    { "http://example.com", "http://example.com/" },
    { "HTTP://EXAMPLE.COM/Path", "http://example.com/Path" },
    { "https://Example.com:443/", "https://example.com/" },
    { "http://example.com:80", "http://example.com/" },
    { "http://example.com:443/", "http://example.com:443/" },
    { "https://example.com:80/", "https://example.com:80/" },
    { "http://example.com:/x", "http://example.com/x" },
    { "http://example.com:0080/x", "http://example.com/x" },
    { "http://example.com?q", "http://example.com/?q" },
    { "http://example.com#top", "http://example.com/" },
    { "http://example.com/?", "http://example.com/?" },
    { "http://example.com/a/../b/./c", "http://example.com/b/c" },
    { "http://example.com/a//b", "http://example.com/a//b" },
    { "http://my_host.example/", "http://my_host.example/" },
    { "http://127.0.0.1:8000/", "http://127.0.0.1:8000/" },
    { "http://[::1]:8080/a", "http://[::1]:8080/a" },
    { "http://[2001:DB8:0:0:0:0:0:1]/", "http://[2001:db8::1]/" },
    { "http://b\xC3\xBC"
      "cher.example/",
      "http://xn--bcher-kva.example/" },
    { "http://b%C3%BCcher.example/", "http://xn--bcher-kva.example/" },
    { "http://\xE4\xBE\x8B\xE3\x81\x88.\xE3\x83\x86\xE3\x82\xB9\xE3\x83\x88/",
      "http://xn--r8jz45g.xn--zckzah/" },
    { "http:\\\\example.com\\a\\b?c\\d", "http://example.com/a/b?c%5Cd" },
    { "http://example.com\\@evil.example/", "http://example.com/@evil.example/" },
  };

  assert_all (NULL, pairs, G_N_ELEMENTS (pairs));
}

static void
test_escapes (void)
{
  static const Pair pairs[] = {
    { "/%7euser/%41%2d%2E%5f", "http://h/~user/A-._" },
    { "/a%2fb%3aC", "http://h/a%2Fb%3AC" },
    { "/%2e%2e/x/%2E/y", "http://h/x/y" },
    { "/a b", "http://h/a%20b" },
    { "/a?b c", "http://h/a?b%20c" },
    { "/100%", "http://h/100%25" },
    { "/100%/%zz/%4", "http://h/100%25/%25zz/%254" },
    { "/\xE4\xBD\xA0?q=\xE5\xA5\xBD", "http://h/%E4%BD%A0?q=%E5%A5%BD" },
    { "/\xFF\xC3", "http://h/%FF%C3" },
    { "/<a>\"|^`{}[]", "http://h/%3Ca%3E%22%7C%5E%60%7B%7D%5B%5D" },
    { "/a?b[]=1", "http://h/a?b%5B%5D=1" },
    { "/a?b?c", "http://h/a?b?c" },
    { "/!$&'()*+,;=:@", "http://h/!$&'()*+,;=:@" },
    { "/%00", "http://h/%00" },
    { "/\x01\x7F", "http://h/%01%7F" },
    { "%61:b", "http://h/a:b" }, /* what is decoded does not become a scheme */
    { "http:c:d", "http://h/c:d" },
  };

  assert_all ("http://h/", pairs, G_N_ELEMENTS (pairs));
}

static void
test_blanks (void)
{
  static const Pair pairs[] = {
    { "  /a  ", "http://h/a" },
    { "\x01\x1F/a\x02", "http://h/a" },
    { "/a\tb\nc\rd", "http://h/abcd" },
    { "ht\ntp://x/", "http://x/" },
    { " ", "http://h/" },
    { "\n#top\n", "http://h/" },
  };

  assert_all ("http://h/", pairs, G_N_ELEMENTS (pairs));
}

static void
test_refused (void)
{
  static const Pair pairs[] = {
    { "javascript:alert(1)", NULL },
    { "mailto:a@b.example", NULL },
    { "data:text/html,<a>", NULL },
    { "ftp://example.com/", NULL },
    { "file:///etc/passwd", NULL },
    { "httpx://example.com/", NULL },
    { "http://", NULL },
    { "http:///path", NULL },
    { "https:path", NULL }, /* not the base's scheme */
    { "//", NULL },
    { "http://?q", NULL },
    { "http://a b/", NULL },
    { "http://a%20b/", NULL },
    { "http://a%00b/", NULL },
    { "http://a<b/", NULL },
    { "http://..", NULL },
    { "http://example.com:port/", NULL },
    { "http://example.com:70000/", NULL },
    { "http://example.com:0/", NULL },
    { "http://[::1/", NULL },
    { "http://[zz::1]/", NULL },
    { "http://[v1.x]/", NULL },
    { "http://\xFF.example/", NULL },
  };

  assert_all ("http://h/", pairs, G_N_ELEMENTS (pairs));
}

static void
assert_message (const char *base, const char *ref, MillUrlFlags flags, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *url = mill_url_canonicalize (base, ref, flags, &error);

  g_assert_null (url);
  g_assert_error (error, MILL_ERROR, MILL_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_messages (void)
{
  assert_message (NULL, "ftp://example.com/x", 0,
                  "ftp://example.com/x: the scheme “ftp” is not supported, only http and https are");
  assert_message (NULL, "example.com/x", 0,
                  "example.com/x: this is no web address; one begins with http:// or https://");
  assert_message ("nonsense", "x", 0,
                  "nonsense: this is no web address; one begins with http:// or https://");
  assert_message (NULL, "http:x", 0, "http:x: the address has no host name");
  assert_message (NULL, "http://a b/", 0, "http://a b/: the address has no valid host name or port");
  assert_message (NULL, "http://a\x01\xFF/", 0,
                  "http://a\xEF\xBF\xBD\xEF\xBF\xBD/: the address has no valid host name or port");
}

static void
test_credentials (void)
{
  static const char *const refs[] = { "http://user:secret@example.com/a", "http://user@example.com/a",
                                      "http://u:sec@ret@example.com/a", "//user:secret@example.com/a",
                                      "http:\\\\user:secret@example.com/a" };

  for (size_t i = 0; i < G_N_ELEMENTS (refs); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *refused = NULL;

      assert_resolves ("http://h/", refs[i], "http://example.com/a");
      refused = mill_url_canonicalize ("http://h/", refs[i], MILL_URL_FLAGS_REFUSE_CREDENTIALS, &error);
      g_assert_null (refused);
      g_assert_error (error, MILL_ERROR, MILL_ERROR_INVALID);
      g_assert_null (strstr (error->message, "sec"));
      g_assert_null (strstr (error->message, "user:"));
    }
  assert_resolves (NULL, "http://example.com/@user:x", "http://example.com/@user:x");
  assert_message (NULL, "http://user:se/cret@example.com/", 0,
                  "http://…@example.com/: the address has no valid host name or port");
}

static void
test_length (void)
{
  g_autofree char *filler = g_strnfill (MILL_URL_MAX_LENGTH, 'a');
  g_autofree char *blanks = g_strnfill (MILL_URL_MAX_LENGTH / 2, '{');
  g_autofree char *fits = g_strdup_printf ("http://h/%s", filler + 9);
  g_autofree char *too_long = g_strdup_printf ("http://h/%s", filler + 8);
  g_autofree char *grows = g_strdup_printf ("http://h/%s", blanks);
  const char *const refs[] = { too_long, grows };
  g_autofree char *url = mill_url_canonicalize (NULL, fits, 0, NULL);

  g_assert_cmpstr (url, ==, fits);
  for (size_t i = 0; i < G_N_ELEMENTS (refs); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (mill_url_canonicalize (NULL, refs[i], 0, &error));
      g_assert_error (error, MILL_ERROR, MILL_ERROR_TOO_LARGE);
      g_assert_cmpuint (strlen (error->message), <, 200);
    }
}

static void
test_parts (void)
{
  g_autofree char *key = mill_url_host_key ("http://example.com/a:b");
  g_autofree char *tls = mill_url_host_key ("https://example.com/?a:b");
  g_autofree char *port = mill_url_host_key ("http://example.com:8080/");
  g_autofree char *six = mill_url_host_key ("http://[::1]/");
  g_autofree char *six_port = mill_url_host_key ("http://[::1]:81/");
  g_autofree char *authority = mill_url_authority ("http://example.com:8080/x");

  g_assert_cmpstr (key, ==, "example.com:80");
  g_assert_cmpstr (tls, ==, "example.com:443");
  g_assert_cmpstr (port, ==, "example.com:8080");
  g_assert_cmpstr (six, ==, "[::1]:80");
  g_assert_cmpstr (six_port, ==, "[::1]:81");
  g_assert_cmpstr (authority, ==, "example.com:8080");
  g_assert_cmpstr (mill_url_path_and_query ("http://h/a/b?c/d"), ==, "/a/b?c/d");
  g_assert_cmpstr (mill_url_path_and_query ("http://h/"), ==, "/");

  g_assert_true (mill_url_same_host ("http://a/x", "http://a/y?z"));
  g_assert_true (mill_url_same_host ("http://a/x", "https://a/x"));
  g_assert_false (mill_url_same_host ("http://a/", "http://a.b/"));
  g_assert_false (mill_url_same_host ("http://a/", "http://b/"));
  g_assert_false (mill_url_same_host ("http://a/", "http://a:81/"));
}

/* Whatever goes in, what comes out is printable ASCII and its own canonical form. */
static void
test_random (void)
{
  static const char *const bits[] = {
    "http:", "https:", "//", "/",    "?",    "#",      "@",        ":",    "..", ".", "%2e",  "%2F",
    "%",     "[",      "]",  "::",   "\\",   " ",      "\xC3\xA9", "\xFF", "a",  "B", "80",   "\n",
    "%41",   "&",      "*",  "host", "xn--", "%C3%A9", "\x7F",     "|",    "-",  "~", "HTTP", "0"
  };
  guint accepted = 0;

  for (guint i = 0; i < 200000; i++)
    {
      g_autoptr (GString) ref = g_string_new (NULL);
      g_autofree char *url = NULL, *again = NULL;
      guint n = (guint) g_test_rand_int_range (1, 12);

      if (g_test_rand_bit ())
        g_string_append (ref, "http://h/");
      for (guint j = 0; j < n; j++)
        g_string_append (ref, bits[g_test_rand_int_range (0, G_N_ELEMENTS (bits))]);
      url = mill_url_canonicalize ("http://base/a/b", ref->str, 0, NULL);
      if (url == NULL)
        continue;
      accepted++;
      again = mill_url_canonicalize (NULL, url, MILL_URL_FLAGS_REFUSE_CREDENTIALS, NULL);
      g_assert_cmpstr (again, ==, url);
      g_assert_null (strstr (mill_url_path_and_query (url), "#"));
      for (const char *p = url; *p != '\0'; p++)
        g_assert_true (g_ascii_isgraph (*p));
    }
  g_assert_cmpuint (accepted, >, 50000);
}

/* The reference vector of SipHash-2-4: key 00…0f, message 00…0e. */
static void
test_hash (void)
{
  guint8 message[15];

  for (guint8 i = 0; i < sizeof message; i++)
    message[i] = i;
  g_assert_cmphex (mill_hash_keyed (message, sizeof message, 0x0706050403020100u, 0x0f0e0d0c0b0a0908u), ==,
                   0xa129ca6149be45e5u);
  g_assert_cmphex (mill_hash_keyed (message, 0, 0x0706050403020100u, 0x0f0e0d0c0b0a0908u), ==,
                   0x726fdb47dd0e0e31u);
  g_assert_cmphex (mill_hash_keyed (message, 8, 0x0706050403020100u, 0x0f0e0d0c0b0a0908u), ==,
                   0x93f5f5799a932462u);
  g_assert_cmpuint (mill_hash_string ("a"), ==, mill_hash_string ("a"));
  g_assert_cmpuint (mill_hash_string ("a"), !=, mill_hash_string ("b"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/url/rfc3986-examples", test_rfc3986_examples);
  g_test_add_func ("/url/absolute", test_absolute);
  g_test_add_func ("/url/escapes", test_escapes);
  g_test_add_func ("/url/blanks", test_blanks);
  g_test_add_func ("/url/refused", test_refused);
  g_test_add_func ("/url/messages", test_messages);
  g_test_add_func ("/url/credentials", test_credentials);
  g_test_add_func ("/url/length", test_length);
  g_test_add_func ("/url/parts", test_parts);
  g_test_add_func ("/url/random", test_random);
  g_test_add_func ("/url/hash", test_hash);

  return g_test_run ();
}
