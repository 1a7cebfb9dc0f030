/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Canonical URLs. A reference is first tidied as browsers do (stray blanks, backslashes, raw bytes,
 * credentials), then GUri resolves it and normalises escapes and dot segments (RFC 3986, sections 5.2
 * and 6.2). The tidying comes first because GUri decodes a host, and quotes what it cannot parse, credentials
 * included, in its errors. */

#include "config.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/mill-error.h"
#include "crawl/mill-url.h"

#define SHOWN_MAX 200 /* bytes of an address in an error message */

/* What is shown of an address nobody has checked: no credentials, no control characters, not endless. */
static char *
shown (const char *ref)
{
  g_autofree char *valid = g_utf8_make_valid (ref, strnlen (ref, SHOWN_MAX));
  g_autoptr (GString) out = g_string_new (NULL);
  const char *start = valid;
  const char *at = strrchr (valid, '@');
  const char *slashes = strstr (valid, "//");

  if (at != NULL)
    {
      if (slashes != NULL && slashes < at)
        g_string_append_len (out, valid, slashes + 2 - valid);
      g_string_append (out, "…");
      start = at;
    }
  for (const char *p = start; *p != '\0'; p = g_utf8_next_char (p))
    g_string_append_unichar (out, g_unichar_isprint (g_utf8_get_char (p)) ? g_utf8_get_char (p) : 0xFFFD);
  if (strlen (ref) > SHOWN_MAX)
    g_string_append (out, "…");
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
fail (GError **error, const char *problem, const char *ref)
{
  g_autofree char *text = NULL;

  if (error == NULL)
    return;
  text = shown (ref);
  g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, "%s: %s", text, problem);
}

static gboolean
is_slash (char c)
{
  return c == '/' || c == '\\';
}

static gboolean
is_allowed (guchar c, gboolean in_query)
{
  if (g_ascii_isalnum (c))
    return TRUE;
  return c != '\0' && (strchr ("/-._~!$&'()*+,;=:@", c) != NULL || (in_query && c == '?'));
}

/* Length of the scheme, or 0 if @ref is relative. */
static size_t
scheme_length (const char *ref)
{
  size_t n = 0;

  if (!g_ascii_isalpha (ref[0]))
    return 0;
  while (g_ascii_isalnum (ref[n]) || ref[n] == '+' || ref[n] == '-' || ref[n] == '.')
    n++;
  return ref[n] == ':' ? n : 0;
}

/* Browsers ignore blanks and control characters around an address, and tabs and line ends within. */
static char *
strip_blanks (const char *ref)
{
  size_t length = strlen (ref), n = 0;
  char *out;

  while (length > 0 && (guchar) ref[length - 1] <= ' ')
    length--;
  while (length > 0 && (guchar) ref[0] <= ' ')
    ref++, length--;
  out = g_malloc (length + 1);
  for (size_t i = 0; i < length; i++)
    if (ref[i] != '\t' && ref[i] != '\n' && ref[i] != '\r')
      out[n++] = ref[i];
  out[n] = '\0';
  return out;
}

/* Appends path and query, up to the fragment, with everything escaped that RFC 3986 does not allow there. */
static void
append_path_and_query (GString *out, const char *p)
{
  static const char hex[] = "0123456789ABCDEF";
  gboolean in_query = FALSE;

  for (; *p != '\0' && *p != '#'; p++)
    {
      guchar c = (guchar) *p;

      if (c == '\\' && !in_query)
        c = '/';
      if (c == '?')
        in_query = TRUE;
      if (is_allowed (c, in_query) || (c == '%' && g_ascii_isxdigit (p[1]) && g_ascii_isxdigit (p[2])))
        {
          g_string_append_c (out, (char) c);
          continue;
        }
      g_string_append_c (out, '%');
      g_string_append_c (out, hex[c >> 4]);
      g_string_append_c (out, hex[c & 15]);
    }
}

/* Appends "//host:port" of @p without credentials. Returns: where the path begins, or %NULL with @error set.
 */
static const char *
append_authority (GString *out, const char *p, const char *ref, MillUrlFlags flags, GError **error)
{
  size_t length = strcspn (p, "/\\?#");
  const char *at = g_strrstr_len (p, (gssize) length, "@");

  if (at != NULL && (flags & MILL_URL_FLAGS_REFUSE_CREDENTIALS))
    {
      fail (error,
            _ ("there is a user name or password in the address, and it would be recorded; leave it out"),
            ref);
      return NULL;
    }
  g_string_append (out, "//");
  if (at != NULL)
    g_string_append_len (out, at + 1, p + length - at - 1);
  else
    g_string_append_len (out, p, (gssize) length);
  return p + length;
}

static gboolean
check_scheme (const char *ref, size_t length, GError **error)
{
  g_autofree char *scheme = NULL, *text = NULL;

  if ((length == 4 && g_ascii_strncasecmp (ref, "http", 4) == 0) ||
      (length == 5 && g_ascii_strncasecmp (ref, "https", 5) == 0))
    return TRUE;
  if (error == NULL)
    return FALSE;
  scheme = g_strndup (ref, MIN (length, 40));
  text = shown (ref);
  g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID,
               _ ("%s: the scheme “%s” is not supported, only http and https are"), text, scheme);
  return FALSE;
}

/* Makes of @ref (already without stray blanks) something that GUri takes. */
static char *
tidy (GUri *base, const char *ref, MillUrlFlags flags, GError **error)
{
  g_autoptr (GString) out = g_string_sized_new (128);
  size_t scheme = scheme_length (ref);
  const char *rest = ref;

  if (scheme == 0 && base == NULL)
    {
      fail (error, _ ("this is no web address; one begins with http:// or https://"), ref);
      return NULL;
    }
  if (scheme > 0)
    {
      if (!check_scheme (ref, scheme, error))
        return NULL;
      rest = ref + scheme + 1;
      if (is_slash (rest[0]) && is_slash (rest[1]))
        g_string_append (out, scheme == 4 ? "http:" : "https:");
      else if (base == NULL || g_ascii_strncasecmp (ref, g_uri_get_scheme (base), scheme) != 0 ||
               strlen (g_uri_get_scheme (base)) != scheme)
        {
          fail (error, _ ("the address has no host name"), ref);
          return NULL;
        }
      else if (rest[0] != '\0' && strchr ("/\\?#", rest[0]) == NULL)
        g_string_append (out, "./"); /* "http:a:b" must not become the scheme "a" */
    }
  if (is_slash (rest[0]) && is_slash (rest[1]))
    {
      rest = append_authority (out, rest + 2, ref, flags, error);
      if (rest == NULL)
        return NULL;
    }
  append_path_and_query (out, rest);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* GUri has decoded the host and turned it into ASCII; what comes out may still be anything. */
static char *
canonical_host (const char *host)
{
  g_autofree char *lower = g_ascii_strdown (host, -1);
  gboolean has_name = FALSE;

  if (strchr (lower, ':') != NULL)
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (lower);
      g_autofree char *text = address != NULL ? g_inet_address_to_string (address) : NULL;

      return text != NULL ? g_strdup_printf ("[%s]", text) : NULL;
    }
  for (const char *p = lower; *p != '\0'; p++)
    {
      has_name |= g_ascii_isalnum (*p);
      if (!g_ascii_isalnum (*p) && *p != '-' && *p != '.' && *p != '_')
        return NULL;
    }
  return has_name && strlen (lower) <= 253 ? g_steal_pointer (&lower) : NULL;
}

static gboolean
is_default_port (const char *scheme, int port)
{
  return port < 0 || port == (strcmp (scheme, "https") == 0 ? 443 : 80);
}

static char *
compose (GUri *uri, const char *ref, GError **error)
{
  const char *host = g_uri_get_host (uri), *path = g_uri_get_path (uri), *query = g_uri_get_query (uri);
  g_autofree char *ascii = host != NULL ? canonical_host (host) : NULL;
  g_autoptr (GString) out = NULL;

  if (ascii == NULL || g_uri_get_port (uri) == 0)
    {
      fail (error, _ ("the address has no valid host name or port"), ref);
      return NULL;
    }
  out = g_string_sized_new (128);
  g_string_append (out, g_uri_get_scheme (uri));
  g_string_append (out, "://");
  g_string_append (out, ascii);
  if (!is_default_port (g_uri_get_scheme (uri), g_uri_get_port (uri)))
    g_string_append_printf (out, ":%d", g_uri_get_port (uri));
  if (path[0] != '/')
    g_string_append_c (out, '/');
  g_string_append (out, path);
  if (query != NULL)
    {
      g_string_append_c (out, '?');
      g_string_append (out, query);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static gboolean
check_length (const char *ref, GError **error)
{
  if (strlen (ref) <= MILL_URL_MAX_LENGTH)
    return TRUE;
  g_set_error (error, MILL_ERROR, MILL_ERROR_TOO_LARGE,
               _ ("an address of %zu bytes is too long: the limit is %d"), strlen (ref), MILL_URL_MAX_LENGTH);
  return FALSE;
}

/**
 * mill_url_resolve:
 * @base: (nullable): what @ref is relative to, from mill_url_parse_base()
 * @ref: an address or a relative reference; any bytes
 * @flags: what to do with credentials
 * @error: return location for an error
 *
 * Does what mill_url_canonicalize() does, for many references against one base.
 *
 * Returns: (transfer full): the canonical URL, in ASCII, or %NULL with @error set
 */
char *
mill_url_resolve (GUri *base, const char *ref, MillUrlFlags flags, GError **error)
{
  const GUriFlags uri_flags = G_URI_FLAGS_ENCODED;
  g_autofree char *stripped = NULL, *tidied = NULL, *url = NULL;
  g_autoptr (GUri) uri = NULL;

  g_return_val_if_fail (ref != NULL, NULL);

  stripped = strip_blanks (ref);
  if (!check_length (stripped, error))
    return NULL;
  tidied = tidy (base, stripped, flags, error);
  if (tidied == NULL)
    return NULL;
  uri = g_uri_parse_relative (base, tidied, uri_flags, NULL);
  if (uri != NULL && base == NULL)
    {
      g_autoptr (GUri) absolute = g_steal_pointer (&uri);

      uri = g_uri_parse_relative (absolute, tidied, uri_flags, NULL); /* only so are dot segments removed */
    }
  if (uri == NULL)
    {
      fail (error, _ ("the address has no valid host name or port"), stripped);
      return NULL;
    }
  url = compose (uri, stripped, error);
  return url != NULL && check_length (url, error) ? g_steal_pointer (&url) : NULL;
}

/**
 * mill_url_parse_base:
 * @url: a full address
 * @error: return location for an error
 *
 * Prepares the base of many references. The result is immutable; threads may share it.
 *
 * Returns: (transfer full): the base, or %NULL with @error set
 */
GUri *
mill_url_parse_base (const char *url, GError **error)
{
  g_autofree char *canonical = mill_url_resolve (NULL, url, MILL_URL_FLAGS_NONE, error);

  return canonical != NULL ? g_uri_parse (canonical, G_URI_FLAGS_ENCODED, error) : NULL;
}

/**
 * mill_url_canonicalize:
 * @base: (nullable): the full address that @ref is relative to
 * @ref: an address or a relative reference; any bytes
 * @flags: what to do with credentials
 * @error: return location for an error
 *
 * Resolves @ref and gives the one spelling under which the crawler knows the page: http or https only, scheme
 * and host in lower case, IDN host in ASCII, no default port, no dot segments, upper-case escapes, unreserved
 * characters decoded and all else that needs it escaped, path at least "/", no fragment, no credentials.
 * Canonicalising a canonical URL changes nothing.
 *
 * Any thread. Fails with %MILL_ERROR_INVALID or, past %MILL_URL_MAX_LENGTH, %MILL_ERROR_TOO_LARGE; messages
 * never quote credentials.
 *
 * Returns: (transfer full): the canonical URL, in ASCII, or %NULL with @error set
 */
char *
mill_url_canonicalize (const char *base, const char *ref, MillUrlFlags flags, GError **error)
{
  g_autoptr (GUri) base_uri = NULL;

  g_return_val_if_fail (ref != NULL, NULL);

  if (base != NULL)
    {
      base_uri = mill_url_parse_base (base, error);
      if (base_uri == NULL)
        return NULL;
    }
  return mill_url_resolve (base_uri, ref, flags, error);
}

/* Returns: where the authority of a canonical @url begins, with its @length. */
static const char *
find_authority (const char *url, size_t *length)
{
  const char *slashes = strstr (url, "://");
  const char *authority = slashes != NULL ? slashes + 3 : url;

  *length = strcspn (authority, "/?#");
  return authority;
}

/**
 * mill_url_host_key:
 * @url: a canonical URL
 *
 * Names the server, as politeness counts them.
 *
 * Returns: (transfer full): "host:port", the port always given
 */
char *
mill_url_host_key (const char *url)
{
  size_t length;
  const char *authority = find_authority (url, &length);
  const char *colon = g_strrstr_len (authority, (gssize) length, ":");
  const char *bracket = g_strrstr_len (authority, (gssize) length, "]");

  if (colon != NULL && (bracket == NULL || colon > bracket))
    return g_strndup (authority, length);
  return g_strdup_printf ("%.*s:%s", (int) length, authority,
                          g_str_has_prefix (url, "https:") ? "443" : "80");
}

/**
 * mill_url_authority:
 * @url: a canonical URL
 *
 * Names the site, as the scope of a crawl counts them: http and https on their default ports are the same
 * site, so that a site which sends everybody to https stays in scope; any other port is a site of its own.
 *
 * Returns: (transfer full): "host", or "host:port" if the port is not the default one
 */
char *
mill_url_authority (const char *url)
{
  size_t length;
  const char *authority = find_authority (url, &length);

  return g_strndup (authority, length);
}

/**
 * mill_url_path_and_query:
 * @url: a canonical URL
 *
 * What a request asks a host for.
 *
 * Returns: (transfer none): the part of @url from the path's first slash on, as sent in a request
 */
const char *
mill_url_path_and_query (const char *url)
{
  size_t length;
  const char *authority = find_authority (url, &length);

  return authority + length;
}

/**
 * mill_url_same_host:
 * @a: a canonical URL
 * @b: a canonical URL
 *
 * Compares two sites.
 *
 * Returns: whether both are of one site, see mill_url_authority()
 */
gboolean
mill_url_same_host (const char *a, const char *b)
{
  size_t length_a, length_b;
  const char *authority_a = find_authority (a, &length_a);
  const char *authority_b = find_authority (b, &length_b);

  return length_a == length_b && strncmp (authority_a, authority_b, length_a) == 0;
}
