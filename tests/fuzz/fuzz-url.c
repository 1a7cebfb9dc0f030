/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any reference: the address it is relative to in the first line, which may be empty, then the reference. */

#include "config.h"

#include "core/mill-error.h"
#include "crawl/mill-url.h"
#include "fuzz.h"

static void
check_same (const char *base, const char *ref, MillUrlFlags flags, const char *url)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *again = mill_url_canonicalize (base, ref, flags, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (again, ==, url);
}

static void
check_parts (const char *url)
{
  const char *authority = strstr (url, "://") + 3;
  const char *path = mill_url_path_and_query (url);
  g_autofree char *site = mill_url_authority (url);
  g_autofree char *host_key = mill_url_host_key (url);
  g_autofree char *root = g_strndup (url, (size_t) (path - url));

  g_assert_true (path > authority && *path == '/');
  g_assert_true (g_str_has_prefix (authority, site) && authority + strlen (site) == path);
  g_assert_null (strpbrk (site, "@%\\?# ABCDEFGHIJKLMNOPQRSTUVWXYZ"));
  g_assert_false (g_str_has_suffix (site, g_str_has_prefix (url, "https:") ? ":443" : ":80"));
  g_assert_true (g_str_has_prefix (host_key, site));
  g_assert_cmpint (g_ascii_strtoll (strrchr (host_key, ':') + 1, NULL, 10), >, 0);
  g_assert_true (mill_url_same_host (url, root));
}

/* No dot segments; escapes in upper case, and none that means the same plain. */
static void
check_path (const char *path)
{
  g_auto (GStrv) segments = NULL;
  g_autofree char *only = g_strndup (path, strcspn (path, "?"));

  segments = g_strsplit (only, "/", -1);
  for (guint i = 0; segments[i] != NULL; i++)
    g_assert_false (g_str_equal (segments[i], ".") || g_str_equal (segments[i], ".."));
  for (const char *p = strchr (path, '%'); p != NULL; p = strchr (p + 1, '%'))
    {
      char c = (char) (g_ascii_xdigit_value (p[1]) << 4 | g_ascii_xdigit_value (p[2]));

      g_assert_true (g_ascii_isxdigit (p[1]) && g_ascii_isxdigit (p[2]));
      g_assert_false (g_ascii_islower (p[1]) || g_ascii_islower (p[2]));
      g_assert_false (g_ascii_isalnum (c) || c == '-' || c == '.' || c == '_' || c == '~');
    }
}

static void
check_url (const char *base, const char *url)
{
  g_autofree char *with_fragment = g_strconcat (url, "#fragment", NULL);

  g_assert_true (g_str_has_prefix (url, "http://") || g_str_has_prefix (url, "https://"));
  g_assert_cmpuint (strlen (url), <=, MILL_URL_MAX_LENGTH);
  for (const char *p = url; *p != '\0'; p++)
    g_assert_true (g_ascii_isgraph (*p) && *p != '#' && *p != '\\');
  check_parts (url);
  check_path (mill_url_path_and_query (url));
  check_same (NULL, url, MILL_URL_FLAGS_REFUSE_CREDENTIALS, url);
  if (base != NULL)
    check_same (base, url, MILL_URL_FLAGS_NONE, url);
  if (strlen (with_fragment) <= MILL_URL_MAX_LENGTH)
    check_same (NULL, with_fragment, MILL_URL_FLAGS_NONE, url);
}

static void
check_error (const GError *error)
{
  g_assert_nonnull (error);
  g_assert_true (g_error_matches (error, MILL_ERROR, MILL_ERROR_INVALID) ||
                 g_error_matches (error, MILL_ERROR, MILL_ERROR_TOO_LARGE));
  g_assert_true (*error->message != '\0' && g_utf8_validate (error->message, -1, NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *first = fuzz_take_line (&data, &size);
  g_autofree char *ref = g_strndup ((const char *) data, size);
  const char *base = *first != '\0' ? first : NULL;
  g_autoptr (GError) error = NULL, strict_error = NULL;
  g_autofree char *url = mill_url_canonicalize (base, ref, MILL_URL_FLAGS_NONE, &error);
  g_autofree char *strict =
      mill_url_canonicalize (base, ref, MILL_URL_FLAGS_REFUSE_CREDENTIALS, &strict_error);

  if (url != NULL)
    check_url (base, url);
  else
    check_error (error);
  if (strict != NULL)
    g_assert_cmpstr (strict, ==, url);
  else
    check_error (strict_error);
  return 0;
}
